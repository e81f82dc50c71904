"""Canonical names for blank nodes, so that equal graphs give equal text whatever a parser called their nodes.

A name is made of what its connected part of the graph says, so that a change elsewhere leaves it alone. Most nodes
differ by what is said of them and of their neighbours; only parts in which some do not go through RDFC-1.0, whose
time grows with the factorial of the nodes alike, so that such parts are bounded.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from moagraph.errors import BlankNodesAlike

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

MOST_ALIKE = 6
"""Nodes of one part that nothing tells apart: 6 linked to each other take RDFC-1.0 0.02 s, 7 0.2 s, 8 2 s."""

LARGEST_PART = 200
"""Nodes of a part in which nothing tells some apart: a chain of 200 takes RDFC-1.0 0.5 s, growing with the cube."""


def has_blank_node(triple: ox.Triple) -> bool:
    """Tells whether a triple speaks of a blank node."""
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def in_order(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Gives triples in the order of their text, each once, with canonical names for their blank nodes.

    Raises:
        BlankNodesAlike: too many connected blank nodes differ in nothing.
    """
    given = list(triples)
    text = ox.serialize(given, format=ox.RdfFormat.N_TRIPLES) or b""
    if b"_:" in text and any(has_blank_node(t) for t in given):
        given = named({str(t): t for t in given}.values())
        text = ox.serialize(given, format=ox.RdfFormat.N_TRIPLES) or b""
    # N-Triples of all at once is much faster than the text of each; its order is that of the texts.
    by_line = dict(zip(text.split(b"\n"), given, strict=False))
    return [by_line[line] for line in sorted(by_line)]


def named(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Gives the same triples with canonical names for their blank nodes, in no order.

    Raises:
        BlankNodesAlike: too many connected blank nodes differ in nothing.
    """
    found: list[ox.Triple] = []
    speaking: list[ox.Triple] = []
    for triple in triples:
        (speaking if has_blank_node(triple) else found).append(triple)
    copies: Counter[str] = Counter()
    for part in map(_numbered, _parts(speaking)):
        digest = hashlib.sha256("\n".join(sorted(map(str, part))).encode()).hexdigest()[:10]
        copies[digest] += 1
        # Parts with one digest are equal, so that it does not matter which of them comes first.
        name = f"b{digest}-" if copies[digest] == 1 else f"b{digest}-{copies[digest]}-"
        found += _renamed(part, name.__add__)
    return found


def _parts(triples: Iterable[ox.Triple]) -> list[list[ox.Triple]]:
    """Gives the triples of each connected set of blank nodes."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    placed = []
    for triple in triples:
        nodes = [t.value for t in (triple.subject, triple.object) if isinstance(t, ox.BlankNode)]
        for node in nodes:
            parent.setdefault(node, node)
        parent[root(nodes[0])] = root(nodes[-1])
        placed.append((nodes[0], triple))
    found: dict[str, list[ox.Triple]] = {}
    for node, triple in placed:
        found.setdefault(root(node), []).append(triple)
    return list(found.values())


def _numbered(part: list[ox.Triple]) -> list[ox.Triple]:
    """Gives a connected part with canonical numbers for names."""
    colours = _colours(part)
    alike = max(Counter(colours.values()).values())
    if alike == 1:
        numbers = {node: str(n) for n, node in enumerate(sorted(colours, key=colours.__getitem__))}
        return _renamed(part, numbers.__getitem__)
    if alike > MOST_ALIKE or len(colours) > LARGEST_PART:
        raise BlankNodesAlike(alike, len(colours))
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in part)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return _renamed([quad.triple for quad in dataset], lambda name: name.removeprefix("c14n"))


def _colours(part: list[ox.Triple]) -> dict[str, str]:
    """Gives for each blank node a digest of what can be told of it; nodes that differ in something differ in it."""
    around: dict[str, list[tuple[str, str, str | None]]] = {}
    for t in part:
        for here, there, way in ((t.subject, t.object, ">"), (t.object, t.subject, "<")):
            if isinstance(here, ox.BlankNode):
                other = there.value if isinstance(there, ox.BlankNode) else None
                text = f"{way} {t.predicate} {'' if other else there}"
                around.setdefault(here.value, []).append((text, "self" if other == here.value else "", other))
    colours = dict.fromkeys(around, "")
    kinds = 1
    while True:
        colours = {
            node: hashlib.sha256(
                "\n".join(
                    [
                        colours[node],
                        *sorted(f"{text}{own}{colours[other] if other else ''}" for text, own, other in said),
                    ]
                ).encode()
            ).hexdigest()
            for node, said in around.items()
        }
        now = len(set(colours.values()))
        if now in (kinds, len(colours)):
            return colours
        kinds = now


def _renamed(part: Iterable[ox.Triple], name_of: Callable[[str], str]) -> list[ox.Triple]:
    def renamed(term: Term) -> Term:
        return ox.BlankNode(name_of(term.value)) if isinstance(term, ox.BlankNode) else term

    return [ox.Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in part]  # type: ignore[arg-type]
