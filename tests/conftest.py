"""What the tests share: a cache of their own, graphs built in memory, and tables to compare answers with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, settings

import moagraph
from engines.servers import oxigraph_server, server, virtuoso_server  # noqa: F401
from fake_endpoint import fake  # noqa: F401
from listening import listener  # noqa: F401
from moagraph import turtle
from moagraph.api import Graph
from moagraph.build import Derivation, derivations_of, derive, policies_of, queries_of
from moagraph.corpus import Corpus, File, read_files
from moagraph.library import Library
from moagraph.names import ASSERTED, PREFIXES, policy_graph
from moagraph.places import CACHE_VARIABLE, HOME_VARIABLE, Places
from moagraph.policy import Policy
from moagraph.query import Query
from moagraph.store import EmbeddedStore, Term
from moagraph.table import Cell, Column, Table

# Times never decide a test, and a run tries the same examples as the last.
settings.register_profile(
    "moagraph", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("moagraph")

ROOT = Path(__file__).parent.parent
UPDATE_VARIABLE = "MOAGRAPH_UPDATE_GOLDENS"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test sees or fills the user's cache, and all see the checkout."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        patch.delenv(HOME_VARIABLE, raising=False)
        yield folder


@pytest.fixture(scope="session")
def real_graph(own_cache: Path) -> Graph:
    """The real data under the default policy."""
    assert own_cache.is_dir()
    return moagraph.open(ROOT)


@dataclass(frozen=True)
class Ontology:
    """The real ontology and queries, read once, and what is built with them in memory.

    Attributes:
        files: all files of ontology and queries.
        triples: what the ontology states.
        derivations: in the order in which they run.
        policies: by name.
        queries: by name.
    """

    files: tuple[File, ...]
    triples: tuple[ox.Triple, ...]
    derivations: list[Derivation]
    policies: dict[str, Policy]
    queries: dict[str, Query]

    def __repr__(self) -> str:
        return f"Ontology of {len(self.files)} files"

    def store(
        self,
        triples: Iterable[ox.Triple],
        policies: Iterable[str] = ("stated", "everything"),
        *,
        weighing: bool = True,
    ) -> ox.Store:
        """Gives a store of just these triples and of what policies derive from them, weighed or not."""
        store = ox.Store()
        asserted = ox.NamedNode(ASSERTED)
        store.extend(ox.Quad(t.subject, t.predicate, t.object, asserted) for t in triples)
        for name in policies:
            derive(store, self.policies[name], self.derivations, weighing=weighing)
        return store

    def library(self, contents: Iterable[bytes], policy: str = "stated") -> Library:
        """Gives the named queries over Turtle contents and the ontology."""
        triples = [t for content in contents for t in turtle.read(content).triples]
        return Library(self.queries, EmbeddedStore(self.store([*self.triples, *triples], [policy])), policy)


def triples_of(store: ox.Store, policy: str) -> list[ox.Triple]:
    """Gives what was derived under a policy, in order."""
    quads = store.quads_for_pattern(None, None, None, ox.NamedNode(policy_graph(policy)))
    return sorted((quad.triple for quad in quads), key=str)


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    files = [f for f in read_files(Places.at(ROOT)) if not f.path.startswith("data/")]
    corpus = Corpus.of(files)
    assert not corpus.findings
    return Ontology(
        tuple(files),
        corpus.triples,
        derivations_of(corpus),
        {policy.name: policy for policy in policies_of(corpus)},
        {query.name: query for query in queries_of(corpus)},
    )


class OnRdflib(EmbeddedStore):
    """The same graph asked through rdflib: one graph of what was asserted and what the policy derives.

    Cells are made of rdflib's terms without any code of the package, and have no labels.
    """

    def __init__(self, store: ox.Store, policy: str) -> None:
        super().__init__(store)
        self.graph = rdflib.Graph(bind_namespaces="none")
        for name in (ASSERTED, policy_graph(policy)):
            for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(name)):
                self.graph.add((_rdflib(quad.subject), _rdflib(quad.predicate), _rdflib(quad.object)))

    def select(self, query: str, policy: str, columns: Sequence[Column] = ()) -> Table:  # noqa: ARG002
        answer = self.graph.query(query, initNs=dict(PREFIXES))
        assert answer.vars is not None
        columns = columns or [Column(str(variable)) for variable in answer.vars]
        return Table(
            tuple(columns),
            tuple(
                tuple(_cell(term, column) for term, column in zip(row, columns, strict=True))
                for row in answer
                if isinstance(row, rdflib.query.ResultRow)
            ),
        )


def _rdflib(term: Term) -> rdflib.URIRef | rdflib.Literal:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _cell(term: rdflib.term.Node | None, column: Column) -> Cell:
    if column.many:
        return tuple(sorted(set(str(term or "").split())))
    if not isinstance(term, rdflib.Literal):
        return None if term is None else str(term)
    value: Any = term.toPython()
    assert isinstance(value, bool | int | Decimal | str), f"{term!r} in {column}"
    return value if isinstance(value, bool | int | Decimal) else str(value)


def with_kinds(table: Table) -> list[list[tuple[str, Cell]]]:
    """Gives cells with their kind, so that 1 is not taken for true; things are strings."""
    return [[("str" if isinstance(c, str) else type(c).__name__, c) for c in row] for row in table.cells]


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Compares text with a file; with MOAGRAPH_UPDATE_GOLDENS=1 rewrites the file and skips the test."""

    def compare(path: Path, text: str) -> None:
        kept = path.read_bytes().decode("utf-8") if path.is_file() else None
        if os.environ.get(UPDATE_VARIABLE) == "1" and kept != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
            pytest.skip(f"rewrote {path.relative_to(ROOT)}: review it before you commit it")
        assert kept is not None, f"{path} is missing: {UPDATE_VARIABLE}=1 writes it"
        assert text == kept

    return compare


class Run(Protocol):
    """Runs moagraph as a process of its own."""

    def __call__(self, *words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def run(own_cache: Path, real_graph: Graph) -> Run:
    """Gives a function that runs moagraph as a process of its own, over a store that is built already."""
    assert real_graph.folder is not None
    assert real_graph.folder.parent.parent == own_cache

    def go(*words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moagraph", *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "MOAGRAPH_CACHE": str(own_cache), **env},
        )

    return go


def assert_one_screen(done: subprocess.CompletedProcess[str], code: int, says: str) -> None:
    """Holds a user's mistake to its exit code, one screen of words, no data, and no traceback."""
    assert done.returncode == code
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 12
