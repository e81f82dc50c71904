"""The overlap figure: compounds on a ring, joined where they share mechanisms; or joined to the mechanisms themselves.

Decisions:

1. Compounds stand on a ring with all names outside, at even heights on either side: so no name can meet another, a
   node or a line, however many there are. Lines are bent inwards, so that none passes through a third compound.
2. Lines are drawn strongest last, and numbers are put strongest first, each where it hides least; where there is no
   room the number is left out, and the figure says so.
3. What would be too much to read is cut to what shares most, and the figure says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
from matplotlib.figure import Figure

from moagraph.build import write_file
from moagraph.overlap import Network, bipartite_graph, graphml, overlap_graph
from moagraph.plots import style
from moagraph.plots.sheet import (
    BODY,
    SMALL,
    Entry,
    Frame,
    Legend,
    Point,
    Section,
    Sheet,
    measure,
    pill_size,
    shortened,
)
from moagraph.store import Store

FORMATS = (*style.FORMATS, "graphml")
MOST_COMPOUNDS, MOST_PAIRS, MOST_MECHANISMS = 60, 80, 60
"""What one figure can hold and still be read."""

_CONSIDERED = 2000
_PULL = 0.4


def draw(
    store: Store, policy: str, path: Path, format: str | None = None, mechanisms: bool = False
) -> Network:
    """Writes the overlap figure, and gives the graph it draws: compounds in the order of the ring.

    Args:
        store: what is asked.
        policy: name of the policy of evidence.
        path: where to write; its extension says the format unless that is given.
        format: one of `FORMATS`; GraphML holds the whole graph, the others what can be read.
        mechanisms: whether to join compounds to their mechanisms rather than to each other.

    Raises:
        UnknownFormat: the format is none of those.
        OutputFailed: the file cannot be written.
    """
    format = style.format_of(path, format, FORMATS)
    graph = numbers(store, policy, mechanisms, whole=format == "graphml")
    write_file(path, render(graph, format))
    return graph


def numbers(store: Store, policy: str, mechanisms: bool = False, whole: bool = False) -> Network:
    """Gives the graph that the figure draws: cut to what can be read, unless the whole is wanted."""
    if mechanisms:
        graph = bipartite_graph(store, policy)
        return graph if whole else _shared_mechanisms(graph)
    graph = overlap_graph(store, policy, strongest=None if whole else _CONSIDERED)
    return graph if whole else _strongest(graph)


def render(graph: Network, format: str) -> bytes:
    """Gives the bytes of the figure of a graph that `numbers` gave.

    Raises:
        UnknownFormat: the format is none of `FORMATS`.
    """
    if format not in FORMATS:
        style.format_of(Path(), format, FORMATS)
    if format == "graphml":
        return graphml(graph)
    with style.settings():
        return style.to_bytes(figure(graph), format, _title(graph), describe(graph))


def figure(graph: Network) -> Figure:
    """Gives the matplotlib figure of a graph that `numbers` gave."""
    with style.settings():
        return (_bipartite if graph.graph["shows"] == "bipartite" else _ring)(graph).figure


def describe(graph: Network) -> str:
    """Gives in words what the figure shows."""
    label = dict(graph.nodes(data="label"))
    told = []
    for one, other, edge in graph.edges(data=True):
        if graph.graph["shows"] == "bipartite":
            told.append(f"{label[one]} – {label[other]}: {edge['verdict']}, tier {edge['tier']}.")
        else:
            told.append(f"{label[one]} – {label[other]}: {_count(edge)} shared, tier {edge['tier']}.")
    return " ".join([_subtitle(graph), *told, style.FOOTER + "."])


# What is drawn


def _key(one: str, other: str, edge: dict[str, Any]) -> tuple[Any, ...]:
    """Sorts the pairs that share most first."""
    return (-edge["shared"], -edge["contested_shared"], edge["tier"], -edge["jaccard"], one, other)


def _strongest(graph: Network) -> Network:
    """Cuts to the pairs that share most. As long as all compounds have room, each keeps its strongest pair."""
    ranked = sorted(graph.edges(data=True), key=lambda e: _key(*e))
    kept: list[tuple[str, str]] = []
    seen: set[str] = set()
    if len(graph) <= MOST_COMPOUNDS:
        for one, other, _ in ranked:
            if one not in seen or other not in seen:
                kept.append((one, other))
                seen |= {one, other}
    for one, other, _ in ranked:
        new = {one, other} - seen
        if (one, other) not in kept and len(kept) < MOST_PAIRS and len(seen) + len(new) <= MOST_COMPOUNDS:
            kept.append((one, other))
            seen |= new
    drawn: Network = nx.Graph(**graph.graph)
    order = _ring_order(graph, sorted(seen), kept)
    drawn.add_nodes_from((node, graph.nodes[node]) for node in order)
    drawn.add_edges_from(
        (one, other, edge) for one, other, edge in ranked if (one, other) in set(kept)
    )
    return drawn


def _ring_order(graph: Network, nodes: list[str], kept: Iterable[tuple[str, str]]) -> list[str]:
    """Gives an order around the ring in which strong pairs are near, starting at the compound with most mechanisms."""
    order = sorted(nodes, key=lambda n: (-graph.nodes[n]["mechanisms"], n))
    size = len(order)
    weights: dict[str, list[tuple[str, int]]] = {node: [] for node in order}
    for one, other in kept:
        weight = max(1, graph.edges[one, other]["shared"])
        weights[one].append((other, weight))
        weights[other].append((one, weight))
    at = {node: i for i, node in enumerate(order)}
    chord = [math.sin(math.pi * step / size) for step in range(size)]

    def cost(node: str) -> float:
        return sum(weight * chord[abs(at[node] - at[other])] for other, weight in weights[node])

    improved, rounds = True, 0
    while improved and rounds < 20:
        improved, rounds = False, rounds + 1
        for i in range(size):
            for j in range(i + 1, size):
                a, b = order[i], order[j]
                before = cost(a) + cost(b)
                order[i], order[j], at[a], at[b] = b, a, j, i
                if cost(a) + cost(b) < before - 1e-9:
                    improved = True
                else:
                    order[i], order[j], at[a], at[b] = a, b, i, j
    first = min(order, key=lambda n: (-graph.nodes[n]["mechanisms"], n), default="")
    start = order.index(first) if order else 0
    return order[start:] + order[:start]


def _shared_mechanisms(graph: Network) -> Network:
    """Cuts to mechanisms that several of the compounds have, those of most compounds first."""
    shared = [n for n, kind in graph.nodes(data="kind") if kind == "mechanism" and graph.degree(n) > 1]
    shared = sorted(shared, key=lambda n: (-graph.degree(n), n))[:MOST_MECHANISMS]
    having: dict[str, int] = {}
    for mechanism in shared:
        for compound in graph[mechanism]:
            having[compound] = having.get(compound, 0) + 1
    compounds = sorted(having, key=lambda n: (-having[n], n))[:MOST_COMPOUNDS]
    rows = {n: float(i) for i, n in enumerate(shared)}
    columns = {n: float(i) for i, n in enumerate(compounds)}
    for _ in range(8):
        columns = _by_neighbours(graph, columns, rows)
        rows = _by_neighbours(graph, rows, columns)
    drawn: Network = nx.Graph(
        **graph.graph,
        compounds=sum(kind == "compound" for _, kind in graph.nodes(data="kind")),
        mechanisms=sum(kind == "mechanism" for _, kind in graph.nodes(data="kind")),
        shared=sum(kind == "mechanism" and graph.degree(n) > 1 for n, kind in graph.nodes(data="kind")),
    )
    drawn.add_nodes_from((n, graph.nodes[n]) for n in (*columns, *rows))
    drawn.add_edges_from(
        (one, other, edge) for one in columns for other in rows if (edge := graph.get_edge_data(one, other))
    )
    return drawn


def _by_neighbours(graph: Network, own: dict[str, float], others: dict[str, float]) -> dict[str, float]:
    """Puts nodes in the order of the middle of their neighbours."""

    def middle(node: str) -> float:
        places = [others[n] / max(1, len(others) - 1) for n in graph[node] if n in others]
        return sum(places) / len(places) if places else 0.5

    return {n: float(i) for i, n in enumerate(sorted(own, key=lambda n: (round(middle(n), 9), n)))}


# Words


def _title(graph: Network) -> str:
    if graph.graph["shows"] == "bipartite":
        return "Compounds and the mechanisms they share"
    return "Compounds that share mechanisms"


def _subtitle(graph: Network) -> str:
    about = graph.graph
    if about["shows"] == "bipartite":
        rest = f"{about['shared']} of {about['mechanisms']} mechanisms are those of several compounds"
        return f"Policy of evidence: {about['policy']}. {rest}."
    return f"Policy of evidence: {about['policy']}. {about['compounds']:,} compounds, {about['pairs']:,} pairs."


def _notes(graph: Network, unlabelled: int) -> tuple[str, ...]:
    about = graph.graph
    notes = []
    if about["shows"] == "overlap":
        if graph.number_of_edges() < about["pairs"]:
            notes.append(
                f"Drawn are {len(graph):,} of {about['compounds']:,} compounds and {graph.number_of_edges():,} of "
                f"{about['pairs']:,} pairs: those that share most."
            )
        if about["isolated"]:
            some = "; ".join(shortened(name, 60, 1) for name in about["isolated"][:20])
            more = len(about["isolated"]) - 20
            notes.append(f"Share none of their mechanisms: {some}{f'; and {more:,} more' if more > 0 else ''}.")
    else:
        drawn = sum(kind == "mechanism" for _, kind in graph.nodes(data="kind"))
        compounds = len(graph) - drawn
        if drawn < about["shared"] or compounds < about["compounds"]:
            notes.append(
                f"Drawn are {compounds:,} of {about['compounds']:,} compounds and {drawn:,} of {about['shared']:,} "
                "mechanisms that several have: those of most."
            )
    if unlabelled:
        notes.append(f"On {unlabelled:,} lines there is no room for a label; colour and width hold for them too.")
    return tuple(notes)


def _count(edge: dict[str, Any]) -> str:
    plain, contested = edge["shared"], edge["contested_shared"]
    if not contested:
        return str(plain)
    return f"{plain} +{contested}" if plain else f"{contested} contested"
