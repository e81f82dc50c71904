"""Golden tables of the named queries, on an invented world, and the same answers from a second engine.

`tests/queries/<query>/<case>/ask.yaml` says what is asked: `params`, `policy` (`stated` unless given) and `data`,
names of datasets in `tests/queries/data/` (`[things, claims]` unless given). `expected.tsv` beside it is the answer.
Each query has a case `full` and a case `empty`. `MOAGRAPH_UPDATE_GOLDENS=1 pytest tests/test_queries.py` rewrites the
answers; read them against the comments in `tests/queries/data/claims.ttl` before you keep them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from conftest import ROOT, OnRdflib, Ontology, with_kinds
from moagraph import turtle
from moagraph.check import check
from moagraph.corpus import Corpus, File
from moagraph.library import Library
from moagraph.names import BASE
from moagraph.store import EmbeddedStore

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
def rdflib_library_for(library_for: Callable[[Case], Library]) -> Callable[[Case], Library]:
    """Gives the same library over the same graph, asked through rdflib."""
    built: dict[int, Library] = {}

    def library(case: Case) -> Library:
        own = library_for(case)
        if id(own) not in built:
            assert isinstance(own.store, EmbeddedStore)
            built[id(own)] = Library(own.queries, OnRdflib(own.store.store, own.policy), own.policy)
        return built[id(own)]

    return library


def test_every_query_has_a_full_and_an_empty_case_and_every_case_a_query(ontology: Ontology) -> None:
    assert ontology.queries
    assert [folder.name for folder in FOLDERS] == sorted(ontology.queries)
    for name in ontology.queries:
        assert {case.name for case in ALL if case.query == name} >= {"full", "empty"}, name


@EACH
def test_answer(case: Case, library_for: Callable[[Case], Library], golden: Callable[[Path, str], None]) -> None:
    table = library_for(case).ask(case.query, case.params)
    assert bool(len(table)) == (case.name != "empty")
    golden(case.expected, table.to_tsv())


def test_no_file_goes_unused() -> None:
    for case in ALL:
        assert sorted(path.name for path in case.expected.parent.iterdir()) == ["ask.yaml", "expected.tsv"]
    assert sorted(path.stem for path in DATA.iterdir()) == sorted({name for case in ALL for name in case.data})


@EACH
def test_rdflib_gives_the_same_rows_in_the_same_order(
    case: Case, library_for: Callable[[Case], Library], rdflib_library_for: Callable[[Case], Library]
) -> None:
    table = rdflib_library_for(case).ask(case.query, case.params)
    assert with_kinds(table) == with_kinds(library_for(case).ask(case.query, case.params))


HOLDERS = ("study", "regimen", "preparation", "test", "stop-rule")
"""The kinds of things whose files hold quantities."""


def as_files(*names: str) -> list[File]:
    """Splits datasets into files as `data/` has them."""
    triples = [t for name in names for t in turtle.read((DATA / f"{name}.ttl").read_bytes()).triples]
    subjects = {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
    files: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        assert isinstance(triple.subject, ox.NamedNode)
        kind, _, name = triple.subject.value.removeprefix(BASE).partition("/")
        owner = name.partition("_")[0]
        holder = next((k for k in HOLDERS if f"{BASE}{k}/{owner}" in subjects), None) if kind == "quantity" else None
        if holder:
            path = f"{holder}/{owner}"
        elif kind in ("claim", "evidence", "quantity", "absence", "finding", "certainty"):
            path = f"claim/{owner}/all"
        else:
            path = f"{kind}/{owner}"
        files[f"data/{path}.ttl"].append(triple)
    return [File(path, turtle.write(some)) for path, some in files.items()]


def test_datasets_pass_the_check(ontology: Ontology) -> None:
    # Without the queries: their examples are of the real world.
    vocabulary = [file for file in ontology.files if file.path.startswith("ontology/")]
    report = check(Corpus.of([*vocabulary, *as_files("things", "claims", "more-things", "uses", "counting", "gaps")]))
    # An estimate that includes no effect is there on purpose: `estimates-that-include-no-effect` asks for it.
    found = [(finding.code, finding.subject.removeprefix(f"{BASE}evidence/")) for finding in report.findings]
    line = "alphamide_improves_gamma-score_in-gammosis_versus-betamide_1"
    assert found == [("significance-contradicts-stance", line), ("support-includes-no-effect", line)], (
        report.to_text()
    )
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


def test_every_query_has_a_budget_in_the_benchmark(ontology: Ontology) -> None:
    lines = (ROOT / "tests" / "benchmarks" / "budgets.tsv").read_text("utf-8").splitlines()
    assert lines[0] == "query\tmilliseconds"
    budgets = dict(line.split("\t") for line in lines[1:])
    assert list(budgets) == sorted(ontology.queries)
    assert all(int(budget) > 0 for budget in budgets.values())
