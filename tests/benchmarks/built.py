"""A generated graph, built as `moagraph build` does, but from one file of N-Triples: what the benchmark asks."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from generate import ntriples, pieces, write_sorted

from moagraph.build import derivations_of, derive, policies_of, queries_of
from moagraph.corpus import Corpus, File, read_files
from moagraph.library import Library
from moagraph.names import ASSERTED, BASE, local_name, policy_graph
from moagraph.places import Places
from moagraph.store import EmbeddedStore

ROOT = Path(__file__).parent.parent.parent
POLICY = "stated"


class Built(NamedTuple):
    """A graph on disk.

    Attributes:
        asserted: N-Triples of the ontology and of the generated data.
        derived: N-Triples of what the policy derives.
        store: the folder of the store that holds both.
        library: the named queries over that store.
    """

    asserted: Path
    derived: Path
    store: Path
    library: Library

    @property
    def triples(self) -> int:
        """The number of triples of both graphs."""
        return sum(self.library.store.count(graph) for graph in (ASSERTED, policy_graph(POLICY)))


def ontology_files() -> list[File]:
    """Gives the files of the real ontology and queries."""
    return [f for f in read_files(Places.at(ROOT)) if not f.path.startswith("data/")]


def build(triples: int, seed: int, folder: Path) -> Built:
    """Generates and builds a graph of about this many triples in a folder."""
    corpus = Corpus.of(ontology_files())
    made = Built(
        folder / "asserted.nt", folder / "derived.nt", folder / "store", Library({}, EmbeddedStore(ox.Store()), "")
    )
    with open(made.asserted, "wb") as out:
        write_sorted(ntriples(pieces(triples, seed, [])), out)
        out.writelines(sorted(f"{triple} .\n".encode() for triple in corpus.triples))
    memory = ox.Store()
    asserted, under = ox.NamedNode(ASSERTED), ox.NamedNode(policy_graph(POLICY))
    memory.bulk_load(path=made.asserted, format=ox.RdfFormat.N_TRIPLES, to_graph=asserted)
    derive(memory, next(p for p in policies_of(corpus) if p.name == POLICY), derivations_of(corpus))
    memory.dump(str(made.derived), format=ox.RdfFormat.N_TRIPLES, from_graph=under)
    disk = ox.Store(str(made.store))
    for path, graph in ((made.asserted, asserted), (made.derived, under)):
        disk.bulk_load(path=path, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
    disk.optimize()
    disk.flush()
    del disk
    queries = {query.name: query for query in queries_of(corpus)}
    return made._replace(library=Library(queries, EmbeddedStore.open(made.store), POLICY))


def busiest(library: Library) -> dict[str, str]:
    """Gives for each class that a parameter takes the member that most triples name, the hardest one to ask about."""
    found = {}
    classes = {t for q in library.queries.values() for p in q.params if p.datatype is None for t in p.types}
    for kind in sorted(classes):
        rows = library.store.select(
            f"SELECT ?thing (COUNT(*) AS ?n) WHERE {{ ?thing a {kind} . ?any ?p ?thing }} "
            "GROUP BY ?thing ORDER BY DESC(?n) ?thing LIMIT 1",
            POLICY,
        ).cells
        if rows:
            iri = str(rows[0][0])
            found[kind] = local_name(iri) if iri.startswith(BASE) and "#" not in iri else iri
    return found
