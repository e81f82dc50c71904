"""Golden tables of the named queries, on an invented world, and the same answers from a second engine.

`tests/queries/<query>/<case>/ask.yaml` says what is asked: `params`, `policy` (`stated` unless given) and `data`, names
of datasets in `tests/queries/data/` (`[things, claims]` unless given). `expected.tsv` beside it is the answer. Each
query has a case `full` and a case `empty`. `MOAGRAPH_UPDATE_GOLDENS=1 pytest tests/test_queries.py` rewrites the
answers; read them against the comments in `tests/queries/data/claims.ttl` before you keep them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from conftest import ROOT, Ontology

from moagraph import turtle
from moagraph.check import check
from moagraph.corpus import Corpus, File
from moagraph.library import Library
from moagraph.names import ASSERTED, BASE, PREFIXES, local_name, policy_graph
from moagraph.store import Term
from moagraph.table import Cell, Column

CASES = ROOT / "tests" / "queries"
DATA = CASES / "data"
FOLDERS = sorted(path for path in CASES.iterdir() if path != DATA)


@dataclass(frozen=True)
class Case:
    """One question, and where its answer is kept."""

    query: str
    name: str
    params: dict[str, Any]
    policy: str
    data: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> Case:
        asked = yaml.safe_load((folder / "ask.yaml").read_text("utf-8")) or {}
        assert asked.keys() <= {"params", "policy", "data"}, folder
        return cls(
            folder.parent.name,
            folder.name,
            asked.get("params", {}),
            asked.get("policy", "stated"),
            tuple(asked.get("data", ("things", "claims"))),
        )

    @property
    def expected(self) -> Path:
        return CASES / self.query / self.name / "expected.tsv"


ALL = [Case.read(path) for folder in FOLDERS for path in sorted(folder.iterdir())]
EACH = pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.query}-{case.name}")


@pytest.fixture(scope="module")
def library_for(ontology: Ontology) -> Callable[[Case], Library]:
    """Gives the library that a case asks; each is built once."""
    built: dict[tuple[tuple[str, ...], str], Library] = {}

    def library(case: Case) -> Library:
        key = (case.data, case.policy)
        if key not in built:
            built[key] = ontology.library([(DATA / f"{name}.ttl").read_bytes() for name in case.data], case.policy)
        return built[key]

    return library


@pytest.fixture(scope="module")
def graph_for(library_for: Callable[[Case], Library]) -> Callable[[Case], rdflib.Graph]:
    """Gives the same graph for rdflib: what was asserted together with what the policy derives."""
    built: dict[int, rdflib.Graph] = {}

    def graph(case: Case) -> rdflib.Graph:
        library = library_for(case)
        if id(library) not in built:
            store = library.store.store
            built[id(library)] = both = rdflib.Graph(bind_namespaces="none")
            for name in (ASSERTED, policy_graph(case.policy)):
                for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(name)):
                    both.add((of_rdflib(quad.subject), of_rdflib(quad.predicate), of_rdflib(quad.object)))
        return built[id(library)]

    return graph


def of_rdflib(term: Term) -> rdflib.URIRef | rdflib.Literal:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def cell(term: rdflib.term.Node | None, column: Column) -> Cell:
    """Gives the cell that a term of rdflib's answer means, without any code of the package."""
    if column.many:
        return tuple(sorted(set(str(term or "").split())))
    if not isinstance(term, rdflib.Literal):
        return None if term is None else str(term)
    value: Any = term.toPython()
    assert isinstance(value, bool | int | Decimal | str), f"{term!r} in {column}"
    return value if isinstance(value, bool | int | Decimal) else str(value)


def typed(rows: Sequence[Sequence[Cell]]) -> list[list[tuple[str, Cell]]]:
    """Gives cells with their kind, so that 1 is not taken for true; an Iri is a string."""
    return [[("str" if isinstance(c, str) else type(c).__name__, c) for c in row] for row in rows]


def test_every_query_has_a_full_and_an_empty_case_and_every_case_a_query(ontology: Ontology) -> None:
    assert ontology.queries
    assert [folder.name for folder in FOLDERS] == sorted(ontology.queries)
    for name in ontology.queries:
        assert {case.name for case in ALL if case.query == name} >= {"full", "empty"}, name


def test_no_file_goes_unused() -> None:
    for case in ALL:
        assert sorted(path.name for path in case.expected.parent.iterdir()) == ["ask.yaml", "expected.tsv"]
    assert sorted(path.stem for path in DATA.iterdir()) == sorted({name for case in ALL for name in case.data})


@EACH
def test_answer(case: Case, library_for: Callable[[Case], Library], golden: Callable[[Path, str], None]) -> None:
    table = library_for(case).ask(case.query, case.params)
    assert bool(len(table)) == (case.name != "empty")
    golden(case.expected, table.to_tsv())


@EACH
def test_rdflib_gives_the_same_rows_in_the_same_order(
    case: Case,
    library_for: Callable[[Case], Library],
    graph_for: Callable[[Case], rdflib.Graph],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = library_for(case)
    graph = graph_for(case)
    sent: list[str] = []
    ask_store = library.store.select
    monkeypatch.setattr(
        library.store, "select", lambda text, *more: sent.append(text) or ask_store(text, *more)
    )
    table = library.ask(case.query, case.params)
    text = sent[-1]
    assert all(f"VALUES ?{name} " in text for name in case.params)
    answer = graph.query(text, initNs=dict(PREFIXES))
    rows = [
        [cell(term, column) for term, column in zip(row, table.columns, strict=True)]
        for row in answer
        if isinstance(row, rdflib.query.ResultRow)
    ]
    assert typed(rows) == typed(table.cells)


def as_files(*names: str) -> list[File]:
    """Splits datasets into files as `data/` has them."""
    triples = [t for name in names for t in turtle.read((DATA / f"{name}.ttl").read_bytes()).triples]
    studies = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    files: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        assert isinstance(triple.subject, ox.NamedNode)
        kind, _, name = triple.subject.value.removeprefix(BASE).partition("/")
        owner = name.partition("_")[0]
        if kind == "quantity" and f"{BASE}study/{owner}" in studies:
            path = f"study/{owner}"
        elif kind in ("claim", "evidence", "quantity", "absence"):
            path = f"claim/{owner}/all"
        else:
            path = f"{kind}/{owner}"
        files[f"data/{path}.ttl"].append(triple)
    return [File(path, turtle.write(some)) for path, some in files.items()]


def test_datasets_pass_the_check(ontology: Ontology) -> None:
    report = check(Corpus.of([*ontology.files, *as_files("things", "claims")]))
    assert report.findings == (), report.to_text()
    assert report.looked_at["triples"]


def test_graph_around_a_subselect_leaves_its_variable_unbound_in_pyoxigraph() -> None:
    """Pins what no query may rely on: the W3C tests bind ?g here. If this fails, a new version mended it."""
    store = ox.Store()
    graph, thing = ox.NamedNode("http://example.org/g"), ox.NamedNode("http://example.org/s")
    store.add(ox.Quad(thing, thing, thing, graph))
    for inner, bound in (
        ("?s ?p ?o", graph),
        ("SELECT ?s WHERE { ?s ?p ?o }", None),
        ("VALUES ?s { <http://example.org/s> }", None),
    ):
        answer = store.query(f"SELECT ?g ?s WHERE {{ GRAPH ?g {{ {inner} }} }}")
        assert isinstance(answer, ox.QuerySolutions)
        assert [(row["g"], row["s"]) for row in answer] == [(bound, thing)]


def test_no_query_names_graphs(ontology: Ontology) -> None:
    """So that none meets the fault above, and a policy is chosen by the default graph alone."""
    for query in ontology.queries.values():
        assert "GRAPH" not in query.text, query.name
    assert local_name(ASSERTED) == "asserted"
