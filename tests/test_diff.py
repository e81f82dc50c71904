"""Two versions compared: every difference is told once, where it belongs, with what follows from it and why."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import moagraph
from conftest import ROOT, Ontology
from moagraph import diff
from moagraph.cli.commands import cli
from moagraph.derived import PROPERTIES
from moagraph.diff import Difference
from moagraph.diff.bump import bump_of
from moagraph.diff.changes import Change, Field, Words
from moagraph.diff.judged import EdgeChange, VerdictChange
from moagraph.diff.sides import Side, _nodes
from moagraph.errors import CannotCompare, InputUnreadable, UnknownFormat, UnknownPolicy
from moagraph.export import nquads, release
from moagraph.export import turtle as turtle_export
from moagraph.names import PREFIXES, VOCAB
from moagraph.places import HOME_VARIABLE
from moagraph.query import bare
from moagraph.store import EmbeddedStore
from planting import NULL_RESULT

DATA = ROOT / "tests" / "fixtures" / "base" / "data"
ACTIONS, EFFECTS = "claim/alphamide/actions.ttl", "claim/alphamide/effects.ttl"
TRIAL, ALPHAMIDE = "study/alphamide-trial.ttl", "compound/alphamide.ttl"
LINE_THAT_SUPPORTS = "evidence:alphamide_has-mechanism_beta-signal-increase_1"

ASKED = ("mechanisms-of-compound", "findings-of-compound", "claims-by-tier", "sources-at-a-glance", "contested-edges")

Edit = tuple[str, str, str]
"""A file, text that stands in it, and what comes instead."""

ONE_MORE_CLAIM = """
## lowers gammine
claim:alphamide_has-mechanism_gammine-decrease  a moa:Claim ;
    moa:subject compound:alphamide ;  moa:predicate moa:hasMechanism ;  moa:object mechanism:gammine-decrease .

evidence:alphamide_has-mechanism_gammine-decrease_1  a moa:EvidenceLine ;
    moa:bearsOn claim:alphamide_has-mechanism_gammine-decrease ;  moa:stance moa:Supports ;
    moa:statedIn source:example-page ;
    moa:passage passage:example-page_100-200 ;
    moa:system moa:SystemNotStated ;
    moa:strength moa:Asserted ;
    moa:assertedBy agent:example-site .
"""
END = "\n## raises the beta signal\n"

EDITS: dict[str, Edit] = {
    "stance": (
        ACTIONS,
        "alphamide_has-mechanism_beta-signal-increase ;  moa:stance moa:Refutes",
        "alphamide_has-mechanism_beta-signal-increase ;  moa:stance moa:Inconclusive",
    ),
    "number": (EFFECTS, "moa:amount 1.50 ;", "moa:amount 1.60 ;"),
    "line": (ACTIONS, END, NULL_RESULT + END),
    "claim": (ACTIONS, END, ONE_MORE_CLAIM + END),
    "label": (ALPHAMIDE, '"alphamide"@en', '"alphamide forte"@en'),
    "note": (ACTIONS, "means something else by", "means another thing by"),
    "design": (TRIAL, "moa:design moa:RandomisedTrial", "moa:design moa:ControlledTrial"),
    "absence": (EFFECTS, "moa:reason moa:NotStatedInSource", "moa:reason moa:SourceSaysUnknown"),
    "size": (TRIAL, "moa:amount 40.0", "moa:amount 44.0"),
    "comment": (ACTIONS, "## binds the beta receptor", "## binds\n# another comment"),
}


def with_edits(names: Iterable[str]) -> dict[str, bytes]:
    """Gives the files of the fixture with edits made."""
    texts = {p.relative_to(DATA).as_posix(): p.read_text("utf-8") for p in sorted(DATA.rglob("*.ttl"))}
    assert len(texts) > 50
    for name in names:
        path, old, new = EDITS[name]
        assert texts[path].count(old) == 1, (name, texts[path].count(old))
        texts[path] = texts[path].replace(old, new)
    return {path: text.encode() for path, text in texts.items()}


@pytest.fixture(scope="module")
def side(ontology: Ontology) -> Callable[..., Side]:
    """Gives a side of the fixture's data with some edits, derived in memory, with a few of the queries."""
    queries = {name: ontology.queries[name] for name in ASKED}

    @functools.cache
    def made(*edits: str) -> Side:
        triples = [
            quad.triple
            for content in with_edits(edits).values()
            for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)
        ]
        everything = [*ontology.triples, *triples]
        store = EmbeddedStore(ontology.store(everything))
        name = "+".join(edits) or "base"
        return Side(name, "project folder", (), _nodes(everything), store, ("everything", "stated"), queries, True)

    return lambda *edits: made(*sorted(edits))


def compared(old: Side, new: Side) -> Difference:
    return diff.between(old, new, None, lambda _: None)


def told(difference: Difference) -> list[tuple[str, str, list[str]]]:
    """Gives what, node and fields of every change that is no mere container."""
    return [
        (c.what, c.to_dict()["id"], [f"{f.name}: {'; '.join(f.old)} → {'; '.join(f.new)}" for f in c.fields])
        for root in difference.changes
        for c in root.walk()
        if c.what != "kept"
    ]


def test_a_version_does_not_differ_from_itself(side: Callable[..., Side]) -> None:
    difference = compared(side(), side())
    assert not difference.differs
    assert difference.bump.level == "none"
    text = difference.to("text")
    assert re.search(r"No differences: 5,\d{3} statements, 33 claims, 35 evidence lines, 2 policies", text)


def test_comments_make_no_difference(side: Callable[..., Side]) -> None:
    assert not compared(side(), side("comment")).differs


def test_a_changed_stance(side: Callable[..., Side]) -> None:
    difference = compared(side(), side("stance"))
    line = "evidence:alphamide_has-mechanism_beta-signal-increase_2"
    assert told(difference) == [("changed", line, ["stance: refutes → inconclusive"])]
    (root,) = difference.changes
    assert (root.kind, root.what) == ("claim", "kept")
    assert root.words.text == "alphamide acts by increase of the beta signal"
    assert root.parts[0].words.old.startswith("refuted: [tier E, unresolved]")
    assert root.parts[0].words.new.startswith("left open: [tier E, unresolved]")
    for policy in difference.policies:
        (verdict,) = policy.verdicts
        assert (verdict.old.text, verdict.new.text) == (
            "contested (tier D, unresolved)",
            "supported (tier D, unresolved)",
        )
        (edge,) = policy.edges
        assert edge.what == "contested edge becomes plain edge"
        assert [cause.iri for cause in verdict.because] == [cause.iri for cause in edge.because]
        assert [cause.to_dict()["id"] for cause in edge.because] == [line]
    answers = {change.query: change for change in difference.answers}
    assert answers.keys() == {"mechanisms-of-compound", "claims-by-tier", "contested-edges"}
    mechanisms = answers["mechanisms-of-compound"]
    assert len(mechanisms.withdrawn) == len(mechanisms.added) == 1
    for row in (*mechanisms.withdrawn, *mechanisms.added):
        assert [cause.to_dict()["id"] for cause in row.because] == [line]
    text = difference.to("text")
    assert "contested edge becomes plain edge: alphamide has mechanism increase of the beta signal" in text
    assert f"because: evidence line changed: {line}" in text
    assert difference.bump.level == "major"


def test_a_changed_number_stands_below_its_finding_and_its_line(side: Callable[..., Side]) -> None:
    difference = compared(side(), side("number"))
    claim, line, finding, quantity = (
        next(iter(difference.changes)),
        difference.changes[0].parts[0],
        difference.changes[0].parts[0].parts[0],
        difference.changes[0].parts[0].parts[0].parts[0],
    )
    assert [c.kind for c in (claim, line, finding, quantity)] == ["claim", "line", "finding", "quantity"]
    assert [c.what for c in (claim, line, finding, quantity)] == ["kept", "kept", "kept", "changed"]
    assert told(difference) == [("changed", quantity.to_dict()["id"], ["amount: 1.50 → 1.60"])]
    assert finding.words.text.startswith("gamma score risk ratio 1.50 (1.10 to 2.00)")
    assert not any(policy.verdicts or policy.edges for policy in difference.policies)


def test_literals_are_compared_as_written(side: Callable[..., Side], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EDITS, "zero", (EFFECTS, "moa:amount 1.50 ;", "moa:amount 1.5 ;"))
    assert [fields for _, _, fields in told(compared(side(), side("zero")))] == [["amount: 1.50 → 1.5"]]


def test_one_more_line_and_one_more_claim(side: Callable[..., Side]) -> None:
    difference = compared(side(), side("line", "claim"))
    assert [(what, iri) for what, iri, _ in told(difference)] == [
        ("added", "evidence:alphamide_binds_beta-receptor_2"),
        ("added", "claim:alphamide_has-mechanism_gammine-decrease"),
        ("added", "evidence:alphamide_has-mechanism_gammine-decrease_1"),
    ]
    text = difference.to("text")
    assert "+ claim:alphamide_has-mechanism_gammine-decrease: alphamide acts by decrease of gammine" in text
    assert "plain edge won: alphamide has mechanism decrease of gammine: none → supported (tier F)" in text
    assert "plain edge becomes contested edge: alphamide binds receptor beta receptor" in text
    assert difference.bump.level == "minor"
    assert compared(side("line", "claim"), side()).bump.level == "major"


@pytest.mark.parametrize(
    ("edit", "expected", "level"),
    [
        ("label", "~ compound:alphamide renamed: alphamide → alphamide forte", "patch"),
        ("note", "note: The leaflet means something else", "patch"),
        ("absence", "reason: not stated in source → source says unknown", "major"),
        ("size", "amount: 40.0 → 44.0", "major"),
    ],
)  # fmt: skip
def test_other_changes(edit: str, expected: str, level: str, side: Callable[..., Side]) -> None:
    difference = compared(side(), side(edit))
    assert len(told(difference)) == 1
    assert expected in difference.to("text")
    assert difference.bump.level == level


@pytest.mark.parametrize(
    ("kind", "what", "field", "level"),
    [
        ("thing", "added", None, "minor"),
        ("claim", "withdrawn", None, "major"),
        ("passage", "withdrawn", None, "patch"),
        ("passage", "changed", Field(f"{PREFIXES['oa']}start", ("1",), ("2",)), "patch"),
        ("thing", "changed", Field(f"{PREFIXES['skos']}altLabel", ("a",), ()), "patch"),
        ("line", "changed", Field(f"{VOCAB}passage", ("a",), ()), "patch"),
        ("thing", "changed", Field(f"{PREFIXES['skos']}broader", (), ("a",)), "minor"),
        ("thing", "changed", Field(f"{PREFIXES['skos']}broader", ("a",), ()), "major"),
        ("term", "changed", Field(f"{PREFIXES['rdfs']}label", ("a",), ("b",)), "patch"),
        ("term", "changed", Field(f"{PREFIXES['rdfs']}domain", ("a",), ("b",)), "major"),
        ("term", "changed", Field(f"{PREFIXES['owl']}deprecated", (), ("true",)), "minor"),
        ("claim", "kept", None, "none"),
    ],
)
def test_what_a_change_means_for_the_version(kind: str, what: str, field: Field | None, level: str) -> None:
    change = Change(what, kind, f"{PREFIXES['compound']}x", Words("x", "x"), (field,) if field else ())
    below = Change("kept", "claim", f"{PREFIXES['claim']}y", Words("y", "y"), (), (change,))
    bump = bump_of([below])
    assert (bump.level, bool(bump.reasons)) == (level, level != "none")


def test_the_highest_level_counts() -> None:
    iri = f"{PREFIXES['compound']}x"
    made = [Change(what, "thing", iri, Words("", "")) for what in ("added", "withdrawn", "kept")]
    assert bump_of(made) == ("major", ("compound:x is withdrawn",))


def test_a_label_changes_no_row(side: Callable[..., Side]) -> None:
    assert compared(side(), side("label")).answers == ()


def test_a_tier_goes_back_to_the_study(side: Callable[..., Side]) -> None:
    difference = compared(side(), side("design"))
    assert [iri for _, iri, _ in told(difference)] == ["study:alphamide-trial"]
    stated = next(policy for policy in difference.policies if policy.policy == "stated")
    assert {change.kind for change in stated.verdicts} == {"claim", "line"}
    assert {(v.old.text, v.new.text) for v in stated.verdicts} == {
        ("supported (tier B)", "supported (tier C)"),
        ("counted (tier B)", "counted (tier C)"),
    }
    consequences: list[VerdictChange | EdgeChange] = [*stated.verdicts, *stated.edges]
    causes = {cause.to_dict()["id"] for change in consequences for cause in change.because}
    assert causes == {"study:alphamide-trial"}
    assert "plain edge of another tier: alphamide improves gammosis: supported (tier B) → supported (tier C)" in (
        difference.to("text")
    )


def mirrored(value: Any) -> Any:
    """Gives a difference as it is from the other side."""
    if isinstance(value, list):
        return [mirrored(one) for one in value]
    if not isinstance(value, dict):
        return {"added": "withdrawn", "withdrawn": "added"}.get(value, value) if isinstance(value, str) else value
    swapped = {"old": "new", "new": "old", "added": "withdrawn", "withdrawn": "added"}
    return {swapped.get(key, key): mirrored(one) for key, one in value.items()}


EDITED = st.sets(st.sampled_from(sorted(EDITS)), max_size=4)


@settings(derandomize=True, database=None, deadline=None, max_examples=15)
@given(EDITED, EDITED)
def test_the_other_way_round_is_the_mirror(side: Callable[..., Side], some: set[str], others: set[str]) -> None:
    there, back = (compared(*pair).to_dict() for pair in ((side(*some), side(*others)), (side(*others), side(*some))))
    for either in (there, back):
        del either["version"]
    assert mirrored(there) == back
    assert there["differs"] == bool((some ^ others) - {"comment"})


def test_long_lists_are_cut_and_counted(side: Callable[..., Side], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moagraph.diff.words.MOST", 2)
    difference = compared(side(), side("stance", "line", "claim", "number", "label", "design"))
    short, long = difference.to("text"), difference.to("text", everything=True)
    hidden = sum(int(number) for number in re.findall(r"… and (\d+) more \(--all lists them\)", short))
    assert hidden > 0
    assert "--all" not in long
    assert len(long.splitlines()) > len(short.splitlines())
    assert difference.to("json") == difference.to("json", everything=True)


def test_markdown_and_unknown_formats(side: Callable[..., Side]) -> None:
    difference = compared(side(), side("stance"))
    text = difference.to("markdown")
    assert "## Claims and their evidence: 1 evidence line changed" in text
    assert "- `~` evidence:alphamide\\_has-mechanism\\_beta-signal-increase\\_2: left open" in text
    with pytest.raises(UnknownFormat):
        difference.to("xml")


def test_what_is_derived_is_what_the_rule_forbids_in_data() -> None:
    rule = (ROOT / "ontology" / "rules" / "hand-written-edge.rq").read_text("utf-8")
    values = rule.partition("VALUES ?property {")[2].partition("}")[0]
    assert {VOCAB + name.removeprefix("moa:") for name in values.split()} == PROPERTIES


# Folders, releases and exports


def project(folder: Path, *edits: str) -> Path:
    """Gives a project of the fixture's data with edits, under the real ontology and queries."""
    folder.mkdir()
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(ROOT / name)
    for path, content in with_edits(edits).items():
        (folder / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / path).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory, own_cache: Path) -> Path:
    """A folder with two projects and exports of the first."""
    assert own_cache.is_dir()
    folder = tmp_path_factory.mktemp("versions")
    project(folder / "old")
    project(folder / "new", "stance")
    graph = moagraph.open(folder / "old")
    release.export(graph, folder / "release")
    turtle_export.export(graph, folder / "asserted.ttl")
    turtle_export.export(graph, folder / "derived.ttl", "everything")
    nquads.export(graph, folder / "all.nq")
    nquads.export(graph, folder / "one.nq", "everything")
    asserted = ox.parse(path=str(folder / "asserted.ttl"), format=ox.RdfFormat.TURTLE)
    (folder / "bare.nt").write_text("".join(sorted(f"{quad.triple} .\n" for quad in asserted)), "utf-8")
    return folder


EXPORTS = ("release", "asserted.ttl", "derived.ttl", "all.nq", "one.nq", "bare.nt")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_does_not_differ_from_its_project(name: str, versions: Path) -> None:
    difference = diff.diff(versions / "old", versions / name)
    assert not difference.differs, difference.to("text")
    assert any("package" in note for note in difference.new.notes)
    assert ("not checked" in difference.to("text")) == (name != "release")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_differs_as_its_project_does(name: str, versions: Path) -> None:
    expected = diff.diff(versions / "old", versions / "new", "everything").to_dict()
    found = diff.diff(versions / name, versions / "new", "everything").to_dict()
    for key in ("changes", "answers", "version"):
        assert found[key] == expected[key], key
    assert found["policies"]["everything"] == expected["policies"]["everything"]
    assert len(found["answers"]) > 3


def test_data_without_a_vocabulary_takes_the_packages(versions: Path, tmp_path: Path) -> None:
    triples = [q.triple for f in with_edits(()).values() for q in ox.parse(f, format=ox.RdfFormat.TURTLE)]
    (tmp_path / "data.nt").write_text("".join(f"{t} .\n" for t in triples), "utf-8")
    difference = diff.diff(tmp_path / "data.nt", versions / "old")
    assert not difference.differs
    assert "it has no vocabulary: the ontology of the package is taken for its own" in difference.to("text")


def test_what_is_no_claim_is_said_by_its_name(tmp_path: Path) -> None:
    begin = f"@prefix moa: <{VOCAB}> . @prefix e: <https://w3id.org/moagraph/evidence/> .\n"
    (tmp_path / "a.ttl").write_text(begin + "e:b a moa:EvidenceLine ; moa:bearsOn e:c . e:c a moa:Claim .", "utf-8")
    (tmp_path / "b.ttl").write_text(begin + "e:c a moa:Claim ; moa:stance 'x' . [] moa:note 'z' .", "utf-8")
    text = diff.diff(tmp_path / "a.ttl", tmp_path / "b.ttl").to("text")
    assert "- evidence:b: b" in text
    assert "stance: x added" in text


def test_queries_and_rules_that_differ(versions: Path, tmp_path: Path) -> None:
    other = project(tmp_path / "other")
    for name in ("queries", "ontology"):
        (other / name).unlink()
        shutil.copytree(ROOT / name, other / name)
    query = other / "queries" / "mechanisms-of-compound.rq"
    query.write_text(query.read_text("utf-8") + "\n# a comment\n", "utf-8")
    assert not diff.diff(versions / "old", other).differs
    query.write_text(query.read_text("utf-8") + "\nLIMIT 0\n", "utf-8")
    (other / "queries" / "contested-edges.rq").unlink()
    policy = other / "ontology" / "policy" / "stated.rq"
    policy.write_text(policy.read_text("utf-8") + "\nLIMIT 0\n", "utf-8")
    difference = diff.diff(versions / "old", other)
    assert difference.changes == ()
    answers = {change.query: change for change in difference.answers}
    assert answers["mechanisms-of-compound"].reworded
    assert answers["contested-edges"].what == "withdrawn"
    text = difference.to("text")
    assert "mechanisms-of-compound: the query itself differs, 1 row withdrawn" in text
    assert "plain edge lost: alphamide binds receptor beta receptor: supported (tier E) → none" in text
    assert "because: evidence line left out by the policy: evidence:alphamide_binds_beta-receptor_1" in text
    assert "not traced" not in text
    assert difference.bump.level == "none"


def test_bare_text_of_a_query(ontology: Ontology) -> None:
    text = bare(ontology.queries["mechanisms-of-compound"].text)
    assert "#" not in re.sub(r"<[^>]*>|'[^']*'|\"[^\"]*\"", "", text)
    assert "SELECT" in text


# The command


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["diff", *map(str, words)])


def test_exit_codes_and_formats(versions: Path, tmp_path: Path) -> None:
    same = run(versions / "old", versions / "old")
    assert (same.exit_code, "No differences" in same.stdout) == (0, True)
    assert same.stderr == ""
    differing = run(versions / "old", versions / "new", "-f", "json")
    assert differing.exit_code == 1
    assert json.loads(differing.stdout)["differs"] is True
    assert run(versions / "old", versions / "new", "-o", tmp_path / "a.md").exit_code == 1
    assert (tmp_path / "a.md").read_text("utf-8").startswith("## Compared\n")
    assert isinstance(run(versions / "old", versions / "old", "-f", "xml").exception, UnknownFormat)


def test_mistakes(versions: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").write_text("# nothing\n", "utf-8")
    (tmp_path / "bad.ttl").write_text("nonsense", "utf-8")
    (tmp_path / "notes.txt").write_text("nothing", "utf-8")
    shutil.copytree(versions / "release", tmp_path / "altered")
    with (tmp_path / "altered" / "moagraph.nq").open("a", encoding="utf-8") as file:
        file.write("<http://a/b> <http://a/c> <http://a/d> .\n")
    bad = project(tmp_path / "bad")
    text = (bad / "data" / ALPHAMIDE).read_text("utf-8")
    (bad / "data" / ALPHAMIDE).write_text(text.replace("@en", "@xx"), "utf-8")
    cases: list[tuple[Path, type[moagraph.MoagraphError], int]] = [
        (tmp_path / "nowhere", InputUnreadable, 3),
        (tmp_path / "bad.ttl", InputUnreadable, 3),
        (tmp_path / "altered", InputUnreadable, 3),
        (tmp_path / "empty.ttl", CannotCompare, 2),
        (tmp_path / "notes.txt", CannotCompare, 2),
        (tmp_path, CannotCompare, 2),
        (bad, CannotCompare, 2),
    ]
    for path, error, code in cases:
        done = run(path, versions / "old")
        assert isinstance(done.exception, error), (path, done.exception)
        assert done.exception.exit_code == code
        assert done.exception.fix
    assert isinstance(run(versions / "old", versions / "old", "--policy", "statd").exception, UnknownPolicy)


def test_neither_hash_seed_nor_home_changes_a_byte(versions: Path) -> None:
    outputs = set()
    for seed in ("0", "1", "77"):
        done = subprocess.run(
            [sys.executable, "-m", "moagraph", "diff", versions / "asserted.ttl", versions / "new", "-f", "json"],
            capture_output=True,
            timeout=300,
            env={**os.environ, "PYTHONHASHSEED": seed, HOME_VARIABLE: str(ROOT)},
        )
        assert done.returncode == 1, done.stderr.decode()
        outputs.add(done.stdout)
    assert len(outputs) == 1
