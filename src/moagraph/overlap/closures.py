"""What compounds have: judged edges to mechanisms, the hierarchy of mechanisms, and what follows from the two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from moagraph.names import local_name
from moagraph.store import Store
from moagraph.table import Cell, Iri

_EDGES = """
SELECT ?compound ?mechanism ?verdict ?tier ?unresolved WHERE {
  ?edge a moa:Derivation ; moa:edgePredicate moa:hasMechanism ;
    moa:edgeSubject ?compound ; moa:edgeObject ?mechanism ;
    moa:verdict ?verdict ; moa:tier ?tier ; moa:unresolved ?unresolved .
}
"""
# Sorted here: in the store, ORDER BY takes as long as the rest of the query.
_BROADER = "SELECT ?mechanism ?broader WHERE { ?mechanism skos:broader ?broader } ORDER BY ?mechanism ?broader"
_GROUPINGS = "SELECT ?grouping WHERE { ?grouping a moa:Grouping } ORDER BY ?grouping"


class Edge(NamedTuple):
    """What is judged of one compound and one mechanism, over all claims about the two."""

    compound: Iri
    mechanism: Iri
    verdict: Iri
    tier: str
    unresolved: bool

    @property
    def judgement(self) -> str:
        """The verdict as a word: supported, contested, suggested, null, refuted or insufficient."""
        return local_name(self.verdict).lower()


def iri_of(cell: Cell) -> Iri:
    """Gives a cell that is a thing."""
    assert isinstance(cell, Iri)
    return cell


def _tier(cell: Cell) -> str:
    return local_name(iri_of(cell)).removeprefix("Tier")


Closure: TypeAlias = dict[Iri, str]
"""Mechanisms that a compound has, as such or through something narrower, each with the best tier."""


@dataclass(frozen=True)
class Hierarchy:
    """What is broader than what.

    Attributes:
        broader: for each mechanism that has any, those one step broader, in order.
        above: the same at any distance.
        groupings: nodes that only gather others; having one in common is no sharing.
    """

    broader: dict[Iri, tuple[Iri, ...]]
    above: dict[Iri, frozenset[Iri]]
    groupings: frozenset[Iri]

    @classmethod
    def of(cls, store: Store, policy: str) -> Hierarchy:
        """Reads the hierarchy of mechanisms."""
        steps: dict[Iri, list[Iri]] = defaultdict(list)
        for mechanism, broader in store.select(_BROADER, policy).cells:
            steps[iri_of(mechanism)].append(iri_of(broader))
        above: dict[Iri, frozenset[Iri]] = {}
        for start in steps:
            seen: set[Iri] = set()
            todo = list(steps[start])
            while todo:
                wide = todo.pop()
                if wide not in seen:
                    seen.add(wide)
                    todo += steps.get(wide, ())
            above[start] = frozenset(seen)
        groupings = frozenset(iri_of(cell) for cell in store.select(_GROUPINGS, policy).column("grouping"))
        return cls({m: tuple(b) for m, b in steps.items()}, above, groupings)

    def upward(self, mechanism: Iri) -> list[Iri]:
        """Gives the mechanism and what is broader, groupings left out."""
        return [m for m in (mechanism, *sorted(self.above.get(mechanism, ()))) if m not in self.groupings]

    def most_specific(self, mechanisms: Collection[Iri]) -> tuple[Iri, ...]:
        """Gives those of some mechanisms that are broader than none of them, in order."""
        wide = {w for m in mechanisms for w in self.above.get(m, ())}
        return tuple(sorted(m for m in mechanisms if m not in wide))

    def group(self, mechanism: Iri) -> Iri:
        """Gives what a mechanism is listed under: the nearest grouping, else the broadest mechanism."""
        level, last, seen = [mechanism], mechanism, {mechanism}
        while level:
            grouping = min((m for m in level if m in self.groupings), default=None)
            if grouping is not None:
                return grouping
            last = min(level)
            level = [b for m in level for b in self.broader.get(m, ()) if b not in seen]
            seen.update(level)
        return last


def edges_of(store: Store, policy: str) -> list[Edge]:
    """Reads what is judged of each compound and mechanism, in the order of their IRIs."""
    rows = sorted(store.select(_EDGES, policy).cells, key=lambda row: row[:2])
    return [Edge(iri_of(c), iri_of(m), iri_of(v), _tier(t), bool(unresolved)) for c, m, v, t, unresolved in rows]


def closures_of(edges: Iterable[Edge], hierarchy: Hierarchy, judgements: set[str]) -> dict[Iri, Closure]:
    """Gives for each compound what follows from its edges of these judgements."""
    closures: dict[Iri, Closure] = {}
    for edge in edges:
        closure = closures.setdefault(edge.compound, {})
        if edge.judgement in judgements:
            for wide in hierarchy.upward(edge.mechanism):
                closure[wide] = min(edge.tier, closure.get(wide, "Z"))
    return closures


def climbing(edges: Iterable[Edge], hierarchy: Hierarchy) -> Iterator[tuple[Edge, Iri]]:
    """Gives what supported and contested edges say of broader mechanisms."""
    for edge in edges:
        if edge.judgement in ("supported", "contested"):
            for wide in hierarchy.upward(edge.mechanism):
                if wide != edge.mechanism:
                    yield edge, wide
