"""Which lines of the real data each policy lets in or leaves out, one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import moagraph
from conftest import ROOT
from moagraph.api import Graph
from moagraph.table import Column, Table

GOLDEN = ROOT / "tests" / "data" / "policies" / "lines.tsv"
ADMITTED = "SELECT ?line WHERE { ?line moa:admittedBy ?policy } ORDER BY ?line"
FEW = 150
"""Of a policy that admits fewer, the lines that it admits are listed; else those of `stated` that it leaves out."""


def admitted(policy: str) -> set[str]:
    graph = moagraph.open(ROOT, policy=policy)
    return {str(cell).rpartition("/")[2] for (cell,) in graph.store.select(ADMITTED, policy).cells}


def test_lines_that_policies_let_in_or_leave_out(real_graph: Graph, golden: Callable[[Path, str], None]) -> None:
    lines = {name: admitted(name) for name in sorted(real_graph.policies)}
    stated = lines["stated"]
    assert len(lines["everything"]) == real_graph.manifest["looked_at"]["evidence lines"]
    rows = []
    for name, found in lines.items():
        assert found, name
        assert found <= stated or name == "everything"
        listed, how = (found, "in") if len(found) < FEW else (stated ^ found, "in" if name == "everything" else "out")
        rows += [(name, len(found), how, line) for line in sorted(listed)]
        if not listed:
            rows.append((name, len(found), "all of stated", ""))
    columns = (Column("policy"), Column("admits"), Column("line_is"), Column("line"))
    golden(GOLDEN, Table(columns, tuple(rows)).to_tsv())


def test_what_a_policy_changes_in_answers() -> None:
    """The null result of CAPTAIN I stands against its per-protocol result, whether or not that one counts."""
    tbi = "cerebrolysin_improves_multidimensional-outcome_in-moderate-to-severe-tbi"
    verdict = f"SELECT ?verdict WHERE {{ claim:{tbi} moa:verdict ?verdict }}"
    for policy in ("stated", "no-per-protocol", "trials", "human+independent"):
        graph = moagraph.open(ROOT, policy=policy)
        assert [str(cell).rpartition("#")[2] for (cell,) in graph.store.select(verdict, graph.policy).cells] == [
            "Contested"
        ]
    assert f"{tbi}_3" not in admitted("no-per-protocol")
    assert {f"{tbi}_1", f"{tbi}_2"} <= admitted("no-per-protocol")
