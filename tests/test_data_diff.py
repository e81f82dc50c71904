"""On the real data: one stance and one number changed are told as exactly that, and as what follows."""

from __future__ import annotations

import shutil
from pathlib import Path

import moagraph
from conftest import ROOT
from moagraph import diff


def test_one_stance_and_one_number(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    assert real_graph.folder is not None
    assert real_graph.folder.is_dir()
    other = tmp_path / "other"
    for name in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / name, other / name)
    stance = "moa:bearsOn claim:cortexin_binds_ampa ;  moa:stance moa:"
    for path, old, new in (
        ("claim/cortexin/receptors.ttl", f"{stance}Supports", f"{stance}Refutes"),
        ("claim/cerebrolysin/effects.ttl", "moa:amount 0.36 ;", "moa:amount 0.37 ;"),
    ):
        text = (other / "data" / path).read_text("utf-8")
        assert text.count(old) == 1
        (other / "data" / path).write_text(text.replace(old, new), "utf-8")
    difference = diff.diff(ROOT, other)
    improves = "cerebrolysin_improves_cognitive-function_in-vascular-dementia"
    changed = [change for root in difference.changes for change in root.walk()]
    assert [(c.what, c.to_dict()["id"], [f.name for f in c.fields]) for c in changed] == [
        ("kept", f"claim:{improves}", []),
        ("kept", f"evidence:{improves}_1", []),
        ("kept", f"finding:{improves}_1.1", []),
        ("changed", f"quantity:{improves}_1.1_estimate", ["amount"]),
        ("kept", "claim:cortexin_binds_ampa", []),
        ("changed", "evidence:cortexin_binds_ampa_1", ["stance"]),
    ]
    assert [policy.policy for policy in difference.policies] == sorted(real_graph.policies)
    # The line was seen in vitro, in a study that the maker of Cortexin co-wrote.
    untouched = {"human", "independent", "trials"}
    assert {policy.policy for policy in difference.policies if not policy.differs} == untouched
    for policy in difference.policies:
        if policy.policy in untouched:
            assert [*policy.verdicts, *policy.edges] == []
            continue
        (verdict,), (edge,) = policy.verdicts, policy.edges
        assert (verdict.old.text, verdict.new.text) == ("supported (tier E)", "refuted (tier E)")
        assert (edge.what, edge.words.text) == ("plain edge lost", "Cortexin binds receptor AMPA receptor")
        assert [cause.to_dict()["id"] for cause in edge.because] == ["evidence:cortexin_binds_ampa_1"]
    answers = {change.query: change for change in difference.answers}
    assert {"receptors-of-compound", "compounds-for-receptor", "evidence-for-claim"} <= answers.keys()
    for change in difference.answers:
        for row in (*change.withdrawn, *change.added):
            assert row.because, (change.query, row.cells)
            assert {cause.to_dict()["id"] for cause in row.because} <= {
                "evidence:cortexin_binds_ampa_1",
                f"evidence:{improves}_1",
            }
    assert difference.compared["queries"] == len(real_graph.library.queries)
    assert difference.compared["claims"] > 500
    assert difference.bump.level == "major"
