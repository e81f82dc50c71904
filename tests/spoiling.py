"""Graphs spoilt at random, to see whether two ways of judging them agree."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pyoxigraph as ox

from moagraph.names import PREFIXES

TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")


def _datatype(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["xsd"] + name)


TEXTS = {
    "string": ("", "plain", "two\nlines, \"marks\" \\ \u00e9 \U0001f9e0"),
    "integer": ("5", " 5 ", "1_000", "\u0663", "+007", "-1", "", "5.0", "12x", "99999999999999999999999"),
    "decimal": ("0.050", "1e3", "NaN", "Infinity", "1_0.5", ".", "+.5", "1.", "-5.0", ""),
    "double": ("1e3", "nan", "NaN", "INF", "infinity", "1_0.5", "1E400", "."),
    "boolean": ("true", "1", "yes", "TRUE", ""),
    "date": (
        "2024-02-29", "2024-02-30", "2023-02-29", "20240229", "2024-2-9", "2024", "2024-02-29Z", "2024-02-29+02:00",
        "-0044-03-15", "12024-02-29", "12023-02-29", "0000-01-01", "2024-W01-1", "2024-02-29T00:00:00",
    ),
    "anyURI": ("http://example.org/x y", ""),
}  # fmt: skip
"""Texts by datatype, right ones and wrong ones."""

TYPED = [ox.Literal(text, datatype=_datatype(name)) for name, texts in TEXTS.items() for text in texts]
ODD: tuple[ox.Literal | ox.NamedNode, ...] = (
    *TYPED,
    ox.Literal("etwas", language="de"),
    ox.Literal("something", language="en"),
    ox.Literal("something", language="en-GB"),
    ox.NamedNode("https://example.org/nobody"),
)
"""Values that few properties take."""


def spoilt(triples: Sequence[ox.Triple], seed: int, faults: int) -> list[ox.Triple]:
    """Gives the triples with a number of random faults: dropped, moved, retyped, doubled, given other values."""
    chance = random.Random(seed)
    known = sorted(triples, key=str)
    types = sorted({t.object for t in known if t.predicate == TYPE}, key=str)
    predicates = sorted({t.predicate for t in known}, key=str)
    graph = list(known)
    for _ in range(faults):
        at = chance.randrange(len(graph))
        s, p, o = graph[at].subject, graph[at].predicate, graph[at].object
        other = chance.choice(known)
        match chance.randrange(8):
            case 0:
                del graph[at]
            case 1:
                graph[at] = ox.Triple(other.subject, p, o)
            case 2:
                graph[at] = ox.Triple(s, chance.choice(predicates), o)
            case 3:
                graph[at] = ox.Triple(s, p, chance.choice(ODD))
            case 4:
                graph.append(ox.Triple(s, p, chance.choice([*ODD, other.object])))
            case 5:
                graph.append(ox.Triple(s, TYPE, chance.choice(types)))
            case 6:
                typed = chance.choice([i for i, t in enumerate(graph) if t.predicate == TYPE])
                graph[typed] = ox.Triple(graph[typed].subject, TYPE, chance.choice(types))
            case 7:
                graph.append(ox.Triple(other.subject, p, o))
    return graph
