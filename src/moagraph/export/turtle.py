"""Export as Turtle: what curators asserted, and on request what was derived under a policy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from moagraph.api import Graph
from moagraph.names import PREFIXES, VOCAB, policy_graph
from moagraph.places import write_file
from moagraph.turtle import write

_TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")
_PASSAGE = ox.NamedNode(f"{VOCAB}Passage")
_SELECTOR = ox.NamedNode(f"{PREFIXES['oa']}TextPositionSelector")


def asserted(graph: Graph) -> list[ox.Triple]:
    """Gives what curators asserted, as `Graph.asserted` has it.

    Passages are also typed as Web Annotation selectors, for consumers who know those. Each triple comes once, in the
    order of its text.
    """
    triples = {str(t): t for t in graph.asserted()}
    for triple in list(triples.values()):
        if triple.predicate == _TYPE and triple.object == _PASSAGE:
            typed = ox.Triple(triple.subject, _TYPE, _SELECTOR)
            triples[str(typed)] = typed
    return [triple for _, triple in sorted(triples.items())]


def derived(graph: Graph, policy: str) -> Iterable[ox.Triple]:
    """Gives what was derived under a policy, in no order."""
    return graph.store.quads(policy_graph(policy))


def export(graph: Graph, path: Path, policy: str | None = None) -> int:
    """Writes a Turtle file, and gives the number of its triples.

    Args:
        graph: what is exported.
        path: where to.
        policy: adds what was derived under that policy; only supported edges are plain triples.
    """
    triples = asserted(graph)
    comment = "moagraph: claims, evidence and absences as curated. CC0 1.0. Not medical advice."
    if policy is not None:
        triples += list(derived(graph, policy))
        comment += f"\nWith what is derived under policy {policy}: only supported edges are plain triples."
    write_file(path, write(triples, comment))
    return len({str(t) for t in triples})
