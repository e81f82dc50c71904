"""What the tests share: a cache of their own, graphs built in memory, and tables to compare answers with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

import moagraph
from moagraph import turtle
from moagraph.api import Graph
from moagraph.build import Derivation, Policy, derivations_of, derive, policies_of, queries_of
from moagraph.corpus import Corpus, File, read_files
from moagraph.library import Library
from moagraph.names import ASSERTED, policy_graph
from moagraph.places import CACHE_VARIABLE, HOME_VARIABLE, Places
from moagraph.query import Query
from moagraph.store import EmbeddedStore

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

    def store(self, triples: Iterable[ox.Triple], policies: Iterable[str] = ("stated", "everything")) -> ox.Store:
        """Gives a store of just these triples and of what policies derive from them."""
        store = ox.Store()
        asserted = ox.NamedNode(ASSERTED)
        store.extend(ox.Quad(t.subject, t.predicate, t.object, asserted) for t in triples)
        for name in policies:
            derive(store, self.policies[name], self.derivations)
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
