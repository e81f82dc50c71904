"""Overlap graphs: compounds joined where they share mechanisms, or joined to the mechanisms they have."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from moagraph.overlap.closures import Edge, Hierarchy, climbing, closures_of, edges_of
from moagraph.overlap.sharing import Sharing
from moagraph.overlap.weights import WEIGHTS
from moagraph.store import Store
from moagraph.table import Iri

if TYPE_CHECKING:
    import networkx as nx

Network: TypeAlias = "nx.Graph[str]"


def overlap_graph(store: Store, policy: str, *, isolated: bool = False, strongest: int | None = None) -> Network:
    """Gives the overlap graph: compounds, joined where they share mechanisms.

    Nodes are CURIEs with `kind`, `label`, `iri` and `mechanisms` (how many, broader ones included). Edges
    have `shared` and `mechanisms` (the most specific that both have by plain edges), `contested`,
    `contested_shared` and `contested_mechanisms` (further ones, contested on a side), `jaccard`, the overlaps
    `overlap_by_tier`, `overlap_by_information` and `overlap_by_both` (see `WEIGHTS`), and `tier`.
    An edge with `shared` 0 is no plain sharing. The graph's own attributes say how much there was:
    `compounds`, `pairs`, and `isolated`, the labels of compounds that share none of their mechanisms.

    Args:
        store: what is asked.
        policy: name of the policy of evidence.
        isolated: whether compounds that share nothing are nodes too.
        strongest: how many pairs to keep, those that share most; all unless given. Of many thousand compounds
            all pairs may not fit into memory.
    """
    import networkx as nx

    edges = edges_of(store, policy)
    hierarchy = Hierarchy.of(store, policy)
    plain = closures_of(edges, hierarchy, {"supported"})
    either = closures_of(edges, hierarchy, {"supported", "contested"})
    having = {c for c, closure in either.items() if closure}
    sharing = Sharing(plain, either, hierarchy)
    if strongest is None:
        kept = list(sharing.pairs())
        count, joined = len(kept), {c for pair in kept for c in pair[:2]}
    else:
        kept, count, joined = sharing.strongest(strongest)
    named = ((name, WEIGHTS[name]) for name in ("tier", "information", "both"))
    weighed = [(f"overlap_by_{name}", weights, weights.contents(plain)) for name, weights in named]
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
            **{
                name: round(weights.overlap(plain[pair.one], plain[pair.other], contents), 4)
                for name, weights, contents in weighed
            },
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
    import networkx as nx

    edges = edges_of(store, policy)
    hierarchy = Hierarchy.of(store, policy)
    found: dict[tuple[Iri, Iri], dict[str, Any]] = {}
    for edge in edges:
        if edge.judgement in ("supported", "contested", "suggested"):
            found[edge.compound, edge.mechanism] = _judged(edge, direct=True)
    for edge, wide in climbing(edges, hierarchy):
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


def _judged(edge: Edge, direct: bool) -> dict[str, Any]:
    return {"verdict": edge.judgement, "tier": edge.tier, "unresolved": edge.unresolved, "direct": direct}


def _rank(attributes: dict[str, Any]) -> tuple[bool, str, bool]:
    return (attributes["verdict"] != "supported", attributes["tier"], attributes["unresolved"])


def _about(kind: str, thing: Iri) -> dict[str, Any]:
    return {"kind": kind, "label": thing.label, "iri": str(thing)}


def graphml(graph: Network) -> bytes:
    """Gives a graph as GraphML, lists joined by "; ".

    An edge of the file always stands for plain edges: what is only contested or suggested goes through a node
    of its own, as in RDF, lest a reader that drops attributes take it for a fact.
    """
    import networkx as nx

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
