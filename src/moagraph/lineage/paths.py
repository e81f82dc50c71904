"""Property paths walked from end to end, so that it is known which statements lie on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from moagraph.lineage.nodes import TYPE, Nodes, text
from moagraph.store import Term


class Edge(NamedTuple):
    """A statement that the graph holds."""

    subject: str
    predicate: str
    object: Term


class Path(NamedTuple):
    """A property path: a property (`iri`), or one of `^ / | * + ?` over others; `!` is not followed."""

    mark: str
    iri: str = ""
    parts: tuple[Path, ...] = ()


def path_of(words: Sequence[str], prefixes: Mapping[str, str]) -> Path:
    """Gives the path that its words make.

    Args:
        words: the tokens of the path.
        prefixes: namespaces by prefix.
    """
    return _Reader(list(words), prefixes).alternatives()


class _Reader:
    def __init__(self, words: list[str], prefixes: Mapping[str, str]) -> None:
        self.words = words
        self.prefixes = prefixes

    def alternatives(self) -> Path:
        parts = [self.sequence()]
        while self.words and self.words[0] == "|":
            self.words.pop(0)
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Path("|", parts=tuple(parts))

    def sequence(self) -> Path:
        parts = [self.element()]
        while self.words and self.words[0] == "/":
            self.words.pop(0)
            parts.append(self.element())
        return parts[0] if len(parts) == 1 else Path("/", parts=tuple(parts))

    def element(self) -> Path:
        word = self.words.pop(0)
        if word in ("^", "!"):
            return Path(word, parts=(self.element(),))
        if word == "(":
            path = self.alternatives()
            self.words.pop(0)
        elif word == "a":
            path = Path("iri", TYPE)
        elif word.startswith("<"):
            path = Path("iri", word[1:-1])
        else:
            prefix, _, local = word.partition(":")
            path = Path("iri", self.prefixes.get(prefix, f"{prefix}:") + local)
        while self.words and self.words[0] in ("*", "+", "?"):
            path = Path(self.words.pop(0), parts=(path,))
        return path


Reached = dict[Term, frozenset[Edge]]
"""What a path reaches from one end, and the statements on all ways there."""


def walked(nodes: Nodes, path: Path, start: Term, goal: Term) -> frozenset[Edge]:
    """Gives the statements on the ways that a path has between two terms; none where it has no way."""
    if path.mark == "iri":
        held = not isinstance(start, ox.Literal) and nodes.has(start, path.iri, goal)
        return frozenset({Edge(text(start), path.iri, goal)}) if held else frozenset()
    if path.mark == "^":
        return walked(nodes, path.parts[0], goal, start)
    if path.mark == "|":
        return frozenset().union(*(walked(nodes, part, start, goal) for part in path.parts))
    return _reached(nodes, path, start).get(goal, frozenset())


def _reached(nodes: Nodes, path: Path, start: Term) -> Reached:
    if path.mark == "iri":
        return {edge.object: frozenset({edge}) for edge in _from(nodes, path.iri, start)}
    if path.mark == "^" and path.parts[0].mark == "iri":
        iri = path.parts[0].iri
        subjects = nodes.into(iri, text(start)) if isinstance(start, ox.NamedNode) else ()
        return {ox.NamedNode(s): frozenset({Edge(s, iri, start)}) for s in subjects if not s.startswith("_:")}
    if path.mark == "|":
        return _joined(_reached(nodes, part, start) for part in path.parts)
    if path.mark == "/":
        here: Reached = {start: frozenset()}
        for part in path.parts:
            here = _joined(_onward(nodes, part, here))
        return here
    if path.mark in ("*", "+", "?"):
        return _repeated(nodes, path, start)
    # Negated properties, and ways back over more than one property: not followed, so nothing is said of them.
    return {}


def _repeated(nodes: Nodes, path: Path, start: Term) -> Reached:
    step = path.parts[0]
    found: Reached = {} if path.mark == "+" else {start: frozenset()}
    here: Reached = {start: frozenset()}
    while here:
        there = _joined(_onward(nodes, step, here))
        # A way that adds nothing has been gone before: rings end here.
        here = {end: edges for end, edges in there.items() if end not in found or not edges <= found[end]}
        found = _joined([found, here])
        here = {end: found[end] for end in here}
        if path.mark == "?":
            break
    return found


def _onward(nodes: Nodes, step: Path, here: Reached) -> Iterator[Reached]:
    for place, behind in here.items():
        yield {end: edges | behind for end, edges in _reached(nodes, step, place).items()}


def _joined(several: Iterator[Reached] | Sequence[Reached] | map[Reached]) -> Reached:
    found: Reached = {}
    for reached in several:
        for end, edges in reached.items():
            found[end] = found.get(end, frozenset()) | edges
    return found


def _from(nodes: Nodes, iri: str, start: Term) -> Iterator[Edge]:
    if not isinstance(start, ox.Literal):
        for value in nodes.of(text(start)).get(iri, ()):
            yield Edge(text(start), iri, value)
