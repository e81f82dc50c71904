"""The overlap figure: compounds joined where they share mechanisms, or joined to the mechanisms they share.

What would be too much to read is cut to what shares most, and the figure says so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx as nx
from matplotlib.figure import Figure

from moagraph.overlap import Network, bipartite_graph, graphml, overlap_graph
from moagraph.places import write_file
from moagraph.plots import style
from moagraph.plots.network import columns, columns_legend, ring, ring_legend, strength
from moagraph.plots.sheet import BODY, Frame, Legend, shortened
from moagraph.store import Store

FORMATS = (*style.FORMATS, "graphml")
MOST_COMPOUNDS, MOST_LINES = 60, 64
"""What one figure can hold and still be read."""

_CONSIDERED = 2000


def draw(store: Store, policy: str, path: Path, format: str | None = None, mechanisms: bool = False) -> Network:
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
    bipartite = graph.graph["shows"] == "bipartite"
    with style.settings():
        if not graph.number_of_edges():
            frame = Frame(_title(graph), _subtitle(graph), _notes(graph, 0), Legend([]))
            sheet, (x, y) = frame.lay(4.0, 0.6)
            sheet.text(x, y, "No two compounds share a mechanism under this policy.", size=BODY + 1)
            return sheet.figure
        layout = columns(graph) if bipartite else ring(graph)
        legend = Legend(columns_legend(graph) if bipartite else ring_legend(graph))
        frame = Frame(_title(graph), _subtitle(graph), _notes(graph, layout.unlabelled), legend)
        left, top, right, bottom = layout.bounds
        sheet, origin = frame.lay(right - left, bottom - top, middle=True)
        layout.paint(sheet, origin)
        return sheet.figure


def describe(graph: Network) -> str:
    """Gives in words what the figure shows."""
    label = {node: about["label"] for node, about in graph.nodes(data=True)}
    told = []
    for one, other, edge in graph.edges(data=True):
        if graph.graph["shows"] == "bipartite":
            told.append(f"{label[one]} – {label[other]}: {edge['verdict']}, tier {edge['tier']}.")
        else:
            told.append(f"{label[one]} – {label[other]}: {_count(edge)} shared, tier {edge['tier']}.")
    return " ".join([_subtitle(graph), *told, style.FOOTER + "."])


# What is drawn


def _strongest(graph: Network) -> Network:
    """Cuts to the pairs that share most; where all compounds have room, each keeps its strongest pair."""
    ranked = sorted(graph.edges(data=True), key=strength)
    kept: list[tuple[str, str]] = []
    seen: set[str] = set()
    if len(graph) <= MOST_COMPOUNDS:
        for one, other, _ in ranked:
            if one not in seen or other not in seen:
                kept.append((one, other))
                seen |= {one, other}
    for one, other, _ in ranked:
        new = {one, other} - seen
        if (one, other) not in kept and len(kept) < MOST_LINES and len(seen) + len(new) <= MOST_COMPOUNDS:
            kept.append((one, other))
            seen |= new
    drawn: Network = nx.Graph(**graph.graph)
    drawn.add_nodes_from((node, graph.nodes[node]) for node in _ring_order(graph, sorted(seen), kept))
    drawn.add_edges_from((one, other, graph.edges[one, other]) for one, other in kept)
    return drawn


def _ring_order(graph: Network, nodes: list[str], kept: Iterable[tuple[str, str]]) -> list[str]:
    """Gives an order on a ring: the two compounds with most mechanisms face each other, strong pairs are near."""
    order = sorted(nodes, key=lambda n: (-graph.nodes[n]["mechanisms"], n))
    size = len(order)
    if size > 2:
        order.insert(size // 2, order.pop(1))
    weights: dict[str, list[tuple[str, int]]] = {node: [] for node in order}
    for one, other in kept:
        weight = max(1, graph.edges[one, other]["shared"])
        weights[one].append((other, weight))
        weights[other].append((one, weight))
    at = {node: i for i, node in enumerate(order)}
    # On a crowded ring lines between neighbours are too short to be seen.
    best = 0.5 if size > 16 else 0.0
    chord = [abs(math.sin(math.pi * step / size) - best) for step in range(size)]

    def cost(node: str) -> float:
        return sum(weight * chord[abs(at[node] - at[other])] for other, weight in weights[node])

    improved, rounds = True, 0
    while improved and rounds < 20:
        improved, rounds = False, rounds + 1
        for i, j in combinations((i for i in range(size) if i not in (0, size // 2)), 2):
            a, b = order[i], order[j]
            before = cost(a) + cost(b)
            order[i], order[j], at[a], at[b] = b, a, j, i
            if cost(a) + cost(b) < before - 1e-9:
                improved = True
            else:
                order[i], order[j], at[a], at[b] = a, b, i, j
    return order


def _shared_mechanisms(graph: Network) -> Network:
    """Cuts to mechanisms that several of the compounds have, those of most compounds first."""
    had: dict[str, int] = {}
    for node, about in graph.nodes(data=True):
        if about["kind"] == "mechanism" and not about["grouping"]:
            had[node] = sum(edge["verdict"] != "suggested" for edge in graph[node].values())
    several = sorted((n for n, count in had.items() if count > 1), key=lambda n: (-had[n], n))
    having = Counter(c for m in several for c in graph[m] if graph.edges[c, m]["verdict"] != "suggested")
    compounds = sorted(having, key=lambda n: (-having[n], n))
    kept = graph.subgraph(_densest(graph, compounds, several))
    rows = {n: float(i) for i, n in enumerate(m for m in several if m in kept)}
    columns = {n: float(i) for i, n in enumerate(c for c in compounds if c in kept)}
    for _ in range(8):
        columns = _by_neighbours(kept, columns, rows)
        rows = _by_neighbours(kept, rows, columns)
    drawn: Network = nx.Graph(
        **graph.graph,
        compounds=len(compounds),
        mechanisms=len(had),
        shared=len(several),
    )
    drawn.add_nodes_from((n, graph.nodes[n]) for n in (*columns, *rows))
    drawn.add_edges_from(
        (one, other, edge) for one in columns for other in rows if (edge := graph.get_edge_data(one, other))
    )
    return drawn


def _densest(graph: Network, compounds: list[str], mechanisms: list[str]) -> set[str]:
    """Gives the nodes left when those with fewest lines are taken away until what is left can be read."""
    kept = {*compounds[:MOST_COMPOUNDS], *mechanisms[:MOST_COMPOUNDS]}
    lines = {node: len(kept.intersection(graph[node])) for node in kept}
    while sum(lines.values()) > 2 * MOST_LINES or min(lines.values(), default=1) == 0:
        least = min(lines, key=lambda node: (lines[node], node))
        del lines[least]
        for neighbour in lines.keys() & set(graph[least]):
            lines[neighbour] -= 1
    return set(lines)


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
    many = f"{about['compounds']:,} compounds, {about['pairs']:,} pairs that share a mechanism"
    return f"Policy of evidence: {about['policy']}. {many}."


def _notes(graph: Network, unlabelled: int) -> tuple[str, ...]:
    about = graph.graph
    notes = []
    if about["shows"] == "overlap":
        if graph.number_of_edges() < about["pairs"]:
            notes.append(
                f"Drawn are {len(graph):,} of {about['compounds']:,} compounds and "
                f"{graph.number_of_edges():,} of {about['pairs']:,} pairs: those that share most."
            )
        if about["isolated"]:
            some = "; ".join(shortened(name, 60, 1) for name in about["isolated"][:20])
            more = max(0, len(about["isolated"]) - 20)
            rest = f"; and {more:,} more" if more else ""
            notes.append(f"With mechanisms that no other compound here has: {some}{rest}.")
    else:
        drawn = sum(node["kind"] == "mechanism" for _, node in graph.nodes(data=True))
        compounds = len(graph) - drawn
        if drawn < about["shared"] or compounds < about["compounds"]:
            notes.append(
                f"Drawn are {compounds:,} of {about['compounds']:,} compounds and {drawn:,} of "
                f"{about['shared']:,} mechanisms that several have: those with most lines."
            )
    if unlabelled:
        many = f"{unlabelled:,} lines" if unlabelled > 1 else "1 line"
        notes.append(f"{many} had no room for a label; colour and width hold without.")
    return tuple(notes)


def _count(edge: dict[str, Any]) -> str:
    plain, contested = edge["shared"], edge["contested_shared"]
    if not contested:
        return str(plain)
    return f"{plain} +{contested}" if plain else f"{contested} contested"
