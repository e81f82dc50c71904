"""On the real data: every query's answers are traced and verify unchanged, and one changed line is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import moagraph
import test_data_answers as answers
from conftest import ROOT
from moagraph.api import Graph
from moagraph.cells import Cell
from moagraph.lineage import Lineage
from moagraph.names import compact
from moagraph.receipts.reading import receipt_at

graph_for = answers.graph_for

MADE_OF_STATEMENTS = {
    "absences-of-compound",
    "authors-on-several-references",
    "blanks-of-source",
    "common-partners",
    "overlap-of-reviews",
    "participants-by-design",
    "references-that-nothing-cites",
    "studies-of-compound",
    "studies-of-design",
    "studies-of-size",
    "studies-without-result",
}
"""Queries on what curators wrote of studies, reviews, publications, stacks and absences: no line bears their rows."""


@answers.EACH
def test_an_answer_is_traced_and_verifies(
    query: str, case: str, graph_for: Callable[[str], Graph], tmp_path: Path
) -> None:
    graph = graph_for(query)
    receipt = graph.receipt(query, **answers.ASKED[query][case])
    assert receipt.rows
    for row in receipt.rows:
        assert row.traced, row.cells
        assert bool(row.lines) == (query not in MADE_OF_STATEMENTS), row.cells
    file = tmp_path / "answer.ttl"
    file.write_text(receipt.to_turtle(), "utf-8")
    assert receipt_at(file) == receipt
    found = graph.verify(file)
    assert not found.differs, found.to("text")
    assert {one.state for one in found.circumstances} == {"same"}


def test_all_rows_of_all_queries_are_traced(graph_for: Callable[[str], Graph]) -> None:
    """Whatever their parameters: 5,961 rows when this was written, 5,617 of them to evidence lines."""
    graph = graph_for("prices")
    assert graph.policy == "everything"
    lineage = Lineage(graph.library)
    rows = borne = 0
    for query in graph.library.queries.values():
        for row in lineage.rows(query, graph.library.all_given(query)):
            assert row.basis, (query.name, row.cells)
            rows += 1
            borne += bool(row.basis.lines)
    assert rows > 5_500
    assert 0.9 < borne / rows < 1


def cells_named(graph: Graph, query: str, column: str) -> Iterator[tuple[set[str], frozenset[str]]]:
    """Gives for each row of all answers what a column holds, and the lines that it was traced to."""
    found = graph.library.find(query)
    given = graph.library.all_given(found)
    place = [one.name for one in graph.library.columns(found, given)].index(column)
    for cells, basis in Lineage(graph.library).rows(found, given):
        cell: Cell = cells[place]
        yield {str(one) for one in (cell if isinstance(cell, tuple) else (cell,)) if one is not None}, basis.lines


def test_the_lines_are_those_that_the_answer_speaks_of(graph_for: Callable[[str], Graph]) -> None:
    """What rows say of their own lines, by sources or by name, is what they were traced to."""
    graph = graph_for("prices")
    looked_at = 0
    lineage = Lineage(graph.library)
    for query in graph.library.queries.values():
        names = {column.name: column.type for column in query.columns}
        if query.name in MADE_OF_STATEMENTS or "sources" not in names:
            continue
        others = [name for name in names if name == "other_sources"]
        for said, lines in cells_named(graph, query.name, "sources"):
            lineage.nodes.read(lines)
            stated = {source for line in lines for source in lineage.nodes.things(line, "statedIn")}
            assert said <= stated, query.name
            if not others and query.name not in PARTIAL:
                assert said == stated, query.name
            looked_at += 1
    assert looked_at > 1_500
    for said, lines in cells_named(graph, "evidence-for-claim", "line"):
        assert said == lines


PARTIAL = {
    # It counts lines against narrower indications too.
    "indications-of-compound",
    # Sources of the citations that cannot be traced, or of lines that support alone, and of no other line.
    "claims-on-untraceable-citations-alone",
    "mechanisms-shared-by-all",
}


def test_counts_of_lines_are_counts_of_what_was_traced(graph_for: Callable[[str], Graph]) -> None:
    graph = graph_for("prices")
    for query in ("claims-on-animal-or-in-vitro-work-alone", "claims-on-unresolved-studies-alone"):
        for said, lines in cells_named(graph, query, "lines"):
            assert said == {str(len(lines))}
    for query in ("mechanisms-of-compound", "receptors-of-compound"):
        found = graph.library.find(query)
        given = graph.library.all_given(found)
        names = [one.name for one in graph.library.columns(found, given)]
        for cells, basis in Lineage(graph.library).rows(found, given):
            row = dict(zip(names, cells, strict=True))
            counts = [row["supporting_lines"], row["opposing_lines"]]
            assert sum(int(str(count)) for count in counts) <= len(basis.lines)


def test_one_changed_line_is_named(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for name in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / name, other / name)
    path = other / "data" / "claim" / "cortexin" / "receptors.ttl"
    stance = "moa:bearsOn claim:cortexin_binds_ampa ;  moa:stance moa:"
    text = path.read_text("utf-8")
    assert text.count(f"{stance}Supports") == 1
    path.write_text(text.replace(f"{stance}Supports", f"{stance}Refutes"), "utf-8")
    changed = moagraph.open(other)
    line = "evidence:cortexin_binds_ampa_1"
    asked = {
        "receptors-of-compound": {"compound": "cortexin"},
        "compounds-for-receptor": {"receptor": "ampa"},
        "evidence-for-claim": {"claim": "cortexin_binds_ampa"},
        "claims-of-reference": {"reference": "kurkin-2021"},
        "claims-by-tier": {"tier": "E"},
    }
    for query, values in asked.items():
        receipt = real_graph.receipt(query, **values)
        found = changed.verify(receipt)
        assert found.exit_code == 1
        assert {compact(one.iri) for change in found.changes for one in change.lines} == {line}, query
        assert all(change.lines for change in found.changes if change.what != "new")
        (alteration,) = {a for change in found.changes for one in change.lines for a in one.alterations}
        assert alteration == (line, "moa:stance", ("moa:Supports",), ("moa:Refutes",))
        assert [one.name for one in found.circumstances if one.state == "changed"] == ["data"]
    same = changed.verify(real_graph.receipt("mechanisms-of-compound", compound="cerebrolysin"))
    assert same.exit_code == 0
    assert "though changed: data" in same.to("text")
