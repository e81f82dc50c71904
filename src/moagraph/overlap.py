"""Which compounds share mechanisms: overlap graphs, and a table of what is known of each pair of the two.

Sharing is what `queries/shared-mechanisms.rq` says: both have the mechanism or something narrower, it is no
grouping, and only the most specific ones shared count. Here it is worked out on sets, for many thousand
compounds.

A contested edge is never a plain one. So `shared` counts plain edges alone, and what is shared only through a
contested side stands beside it, in attributes of its own.
"""

from __future__ import annotations

import heapq
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_
from typing import Any, NamedTuple, TypeAlias

import networkx as nx

from moagraph.names import local_name
from moagraph.store import Store
from moagraph.table import Cell, Column, Iri, Table

Network: TypeAlias = "nx.Graph[str]"

_EDGES = """
SELECT ?compound ?mechanism ?verdict ?tier ?unresolved WHERE {
  ?edge a moa:Derivation ; rdf:predicate moa:hasMechanism ; rdf:subject ?compound ; rdf:object ?mechanism ;
    moa:verdict ?verdict ; moa:tier ?tier ; moa:unresolved ?unresolved .
}
ORDER BY ?compound ?mechanism
"""
_BROADER = "SELECT ?mechanism ?broader WHERE { ?mechanism skos:broader ?broader } ORDER BY ?mechanism ?broader"
_GROUPINGS = "SELECT ?grouping WHERE { ?grouping a moa:Grouping } ORDER BY ?grouping"
# An absence with qualifiers is no blank of the whole mechanism.
_ABSENCES = """
SELECT DISTINCT ?compound ?mechanism ?reason WHERE {
  ?absence a moa:Absence ; moa:attribute moa:hasMechanism ; moa:subject ?compound ; moa:object ?mechanism ;
    moa:reason ?reason .
  ?compound a moa:Compound .
  ?mechanism a moa:Mechanism .
  FILTER NOT EXISTS { ?qualifier rdfs:subPropertyOf moa:qualifier . ?absence ?qualifier ?value }
}
ORDER BY ?compound ?mechanism ?reason
"""


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


def _iri(cell: Cell) -> Iri:
    assert isinstance(cell, Iri)
    return cell


def _tier(cell: Cell) -> str:
    return local_name(_iri(cell)).removeprefix("Tier")


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
            steps[_iri(mechanism)].append(_iri(broader))
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
        groupings = frozenset(_iri(cell) for cell in store.select(_GROUPINGS, policy).column("grouping"))
        return cls({m: tuple(b) for m, b in steps.items()}, above, groupings)

    def upward(self, mechanism: Iri) -> list[Iri]:
        """Gives the mechanism and what is broader, groupings left out."""
        return [m for m in (mechanism, *sorted(self.above.get(mechanism, ()))) if m not in self.groupings]

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


def _edges(store: Store, policy: str) -> list[Edge]:
    rows = store.select(_EDGES, policy).cells
    return [Edge(_iri(c), _iri(m), _iri(v), _tier(t), bool(unresolved)) for c, m, v, t, unresolved in rows]


def _closures(edges: Iterable[Edge], hierarchy: Hierarchy, judgements: set[str]) -> dict[Iri, Closure]:
    """Gives for each compound what follows from its edges of these judgements."""
    closures: dict[Iri, Closure] = {}
    for edge in edges:
        closure = closures.setdefault(edge.compound, {})
        if edge.judgement in judgements:
            for wide in hierarchy.upward(edge.mechanism):
                closure[wide] = min(edge.tier, closure.get(wide, "Z"))
    return closures


class Pair(NamedTuple):
    """Two compounds and the most specific mechanisms they share.

    Attributes:
        shared: by plain edges on both sides.
        contested: further ones for which a side has only a contested edge.
        tier: of each mechanism the worse side's best tier, and of those the best; contested ones count where
            there are no others.
        jaccard: of the closures over plain edges.
    """

    one: Iri
    other: Iri
    shared: tuple[Iri, ...]
    contested: tuple[Iri, ...]
    tier: str
    jaccard: float

    @property
    def strength(self) -> tuple[int, int, str, float, str, str]:
        """A key that sorts the pairs that share most first."""
        return (-len(self.shared), -len(self.contested), self.tier, -self.jaccard, self.one, self.other)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _pairs(plain: dict[Iri, Closure], either: dict[Iri, Closure], hierarchy: Hierarchy) -> Iterator[Pair]:
    """Gives all pairs that share something, once each, in the order of their IRIs.

    Sets are bit masks: one per compound over the mechanisms, one per mechanism over the compounds.
    """
    compounds = sorted(either)
    mechanisms = sorted({m for closure in either.values() for m in closure})
    index = {m: i for i, m in enumerate(mechanisms)}
    above = [sum(1 << index[w] for w in hierarchy.above.get(m, ()) if w in index) for m in mechanisms]
    plain_masks = [sum(1 << index[m] for m in plain[c]) for c in compounds]
    either_masks = [sum(1 << index[m] for m in either[c]) for c in compounds]
    postings = [0] * len(mechanisms)
    for position, mask in enumerate(either_masks):
        for bit in _bits(mask):
            postings[bit] |= 1 << position

    @lru_cache(1 << 16)
    def most_specific(mask: int) -> int:
        return mask & ~reduce(or_, (above[bit] for bit in _bits(mask)), 0)

    @lru_cache(1 << 16)
    def names(mask: int) -> tuple[Iri, ...]:
        return tuple(mechanisms[bit] for bit in _bits(mask))

    for a, one in enumerate(compounds):
        candidates = reduce(or_, (postings[bit] for bit in _bits(either_masks[a])), 0)
        for b in _bits(candidates >> (a + 1)):
            b += a + 1
            other = compounds[b]
            common = plain_masks[a] & plain_masks[b]
            shared = names(most_specific(common))
            contested = names(most_specific(either_masks[a] & either_masks[b]) & ~common)
            sides = (plain[one], plain[other]) if shared else (either[one], either[other])
            yield Pair(
                one,
                other,
                shared,
                contested,
                min(max(sides[0][m], sides[1][m]) for m in shared or contested),
                round(common.bit_count() / max(1, (plain_masks[a] | plain_masks[b]).bit_count()), 4),
            )


def overlap_graph(store: Store, policy: str, *, isolated: bool = False, strongest: int | None = None) -> Network:
    """Gives the overlap graph: compounds, joined where they share mechanisms.

    Nodes are CURIEs with `kind`, `label`, `iri` and `mechanisms` (how many, broader ones included). Edges
    have `shared` and `mechanisms` (the most specific that both have by plain edges), `contested`,
    `contested_shared` and `contested_mechanisms` (further ones, contested on a side), `jaccard` and `tier`.
    An edge with `shared` 0 is no plain sharing. The graph's own attributes say how much there was:
    `compounds`, `pairs`, and `isolated`, the labels of compounds that share none of their mechanisms.

    Args:
        store: what is asked.
        policy: name of the policy of evidence.
        isolated: whether compounds that share nothing are nodes too.
        strongest: how many pairs to keep, those that share most; all unless given. Of many thousand compounds
            all pairs may not fit into memory.
    """
    edges = _edges(store, policy)
    hierarchy = Hierarchy.of(store, policy)
    plain = _closures(edges, hierarchy, {"supported"})
    either = _closures(edges, hierarchy, {"supported", "contested"})
    having = {c for c, closure in either.items() if closure}
    count = 0
    joined: set[Iri] = set()

    def counted() -> Iterator[Pair]:
        nonlocal count
        for pair in _pairs(plain, either, hierarchy):
            count += 1
            joined.update(pair[:2])
            yield pair

    kept: Iterable[Pair] = counted()
    if strongest is not None:
        kept = sorted(heapq.nsmallest(strongest, kept, key=lambda pair: pair.strength))
    curies = cache(lambda mechanisms: tuple(m.curie for m in mechanisms))
    graph: Network = nx.Graph()
    for pair in kept:
        graph.add_edge(
            pair.one.curie,
            pair.other.curie,
            shared=len(pair.shared),
            mechanisms=curies(pair.shared),
            contested=bool(pair.contested),
            contested_shared=len(pair.contested),
            contested_mechanisms=curies(pair.contested),
            jaccard=pair.jaccard,
            tier=pair.tier,
        )
    graph.graph.update(
        shows="overlap",
        policy=policy,
        compounds=len(joined),
        pairs=count,
        isolated=tuple(sorted(c.label for c in having - joined)),
    )
    for compound in sorted(having):
        if isolated or compound.curie in graph:
            graph.add_node(compound.curie, **_about("compound", compound), mechanisms=len(plain[compound]))
    return graph


def bipartite_graph(store: Store, policy: str) -> Network:
    """Gives compounds and mechanisms as nodes, each compound joined to the mechanisms it has.

    Nodes are CURIEs with `kind`, `label`, `iri` and `bipartite` (0 for compounds, 1 for mechanisms);
    mechanisms also with `grouping`. Edges have `verdict` (supported, contested or suggested), `tier`,
    `unresolved`, and `direct`: false where the mechanism is had only through a narrower one. Null and refuted
    claims make no edge.
    """
    edges = _edges(store, policy)
    hierarchy = Hierarchy.of(store, policy)
    found: dict[tuple[Iri, Iri], dict[str, Any]] = {}
    for edge in edges:
        if edge.judgement in ("supported", "contested", "suggested"):
            found[edge.compound, edge.mechanism] = _judged(edge, direct=True)
    for edge, wide in _climbing(edges, hierarchy):
        new = _judged(edge, direct=False)
        old = found.setdefault((edge.compound, wide), new)
        if old["verdict"] == "suggested" or (not old["direct"] and _rank(new) < _rank(old)):
            found[edge.compound, wide] = new
    graph: Network = nx.Graph()
    graph.graph.update(shows="bipartite", policy=policy)
    for compound in sorted({c for c, _ in found}):
        graph.add_node(compound.curie, **_about("compound", compound), bipartite=0)
    for mechanism in sorted({m for _, m in found}):
        grouping = mechanism in hierarchy.groupings
        graph.add_node(mechanism.curie, **_about("mechanism", mechanism), bipartite=1, grouping=grouping)
    for (compound, mechanism), attributes in sorted(found.items(), key=lambda item: item[0]):
        graph.add_edge(compound.curie, mechanism.curie, **attributes)
    return graph


def _climbing(edges: Iterable[Edge], hierarchy: Hierarchy) -> Iterator[tuple[Edge, Iri]]:
    """Gives what supported and contested edges say of broader mechanisms."""
    for edge in edges:
        if edge.judgement in ("supported", "contested"):
            for wide in hierarchy.upward(edge.mechanism):
                if wide != edge.mechanism:
                    yield edge, wide


def _judged(edge: Edge, direct: bool) -> dict[str, Any]:
    return {"verdict": edge.judgement, "tier": edge.tier, "unresolved": edge.unresolved, "direct": direct}


def _rank(attributes: dict[str, Any]) -> tuple[bool, str, bool]:
    return (attributes["verdict"] != "supported", attributes["tier"], attributes["unresolved"])


def _about(kind: str, thing: Iri) -> dict[str, Any]:
    return {"kind": kind, "label": thing.label, "iri": str(thing)}


MATRIX_COLUMNS = (
    Column("compound", "moa:Compound"),
    Column("mechanism", "moa:Mechanism"),
    Column("verdict", "moa:Verdict"),
    Column("tier", "xsd:string"),
    Column("unresolved", "xsd:boolean"),
    Column("through", "moa:Mechanism*"),
    Column("absence_reason", "moa:AbsenceReason*"),
    Column("group", "moa:Mechanism"),
)
"""The columns of `matrix`."""


def matrix(store: Store, policy: str) -> Table:
    """Gives what is known of each compound and mechanism; pairs of which nobody says anything have no row.

    **Shape**: `MATRIX_COLUMNS`, ordered by the IRIs of compound and mechanism. Verdict, tier and unresolved
    are those of claims on just this mechanism. `through` lists narrower mechanisms with a supported or
    contested edge, which climbs to this one. `absence_reason` says why there is a blank; a pair may have a
    verdict by one source and a blank in another. `group` is what the mechanism is listed under.
    """
    edges = _edges(store, policy)
    hierarchy = Hierarchy.of(store, policy)
    recorded = {(edge.compound, edge.mechanism): edge for edge in edges}
    through: dict[tuple[Iri, Iri], set[Iri]] = defaultdict(set)
    for edge, wide in _climbing(edges, hierarchy):
        through[edge.compound, wide].add(edge.mechanism)
    reasons: dict[tuple[Iri, Iri], set[Iri]] = defaultdict(set)
    for compound, mechanism, reason in store.select(_ABSENCES, policy).cells:
        reasons[_iri(compound), _iri(mechanism)].add(_iri(reason))
    rows: list[tuple[Cell, ...]] = []
    for key in sorted({*recorded, *through, *reasons}):
        at = recorded.get(key)
        judged = (at.verdict, at.tier, at.unresolved) if at else (None, None, None)
        narrower, blanks = (tuple(sorted(found.get(key, ()))) for found in (through, reasons))
        rows.append((*key, *judged, narrower, blanks, hierarchy.group(key[1])))
    return Table(MATRIX_COLUMNS, tuple(rows), f"Compounds and mechanisms, policy of evidence: {policy}")


def graphml(graph: Network) -> bytes:
    """Gives a graph as GraphML, lists joined by "; ".

    An edge of the file always stands for plain edges: what is only contested or suggested goes through a node
    of its own, as in RDF, lest a reader that drops attributes take it for a fact.
    """
    flat: Network = nx.Graph(**{key: _flat(value) for key, value in graph.graph.items()})
    for node, attributes in graph.nodes(data=True):
        flat.add_node(node, **{key: _flat(value) for key, value in attributes.items()})
    for one, other, attributes in graph.edges(data=True):
        values = {key: _flat(value) for key, value in attributes.items()}
        word = attributes.get("verdict", "supported" if attributes.get("shared") else "contested")
        if word == "supported":
            flat.add_edge(one, other, **values)
            continue
        between = f"{word}:{one}--{other}"
        label = f"{word}: {graph.nodes[one]['label']} – {graph.nodes[other]['label']}"
        flat.add_node(between, **{**values, "kind": f"{word} edge", "label": label})
        for end in (one, other):
            flat.add_edge(between, end)
    out = io.BytesIO()
    # Not write_graphml, whose bytes depend on whether lxml is installed.
    nx.readwrite.graphml.write_graphml_xml(flat, out, encoding="utf-8", prettyprint=True)
    return out.getvalue().rstrip(b"\n") + b"\n"


def _flat(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, tuple) else value
