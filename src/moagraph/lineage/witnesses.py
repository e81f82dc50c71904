"""The witnesses of a row: the solutions of a query's pattern, without its grouping, that the row was made of.

The pattern of a query, and that of each of its sub-selects, is asked again for all its variables. What a row has in
plain columns says which solutions are its own; a sub-select's belong to those that agree with it in what it hands on.
Each triple pattern, filled from such a solution, is a statement that the row was made of. What a row owes to the
*lack* of statements (FILTER NOT EXISTS, MINUS) has no witness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from moagraph import sparql
from moagraph.lineage.nodes import Nodes, text
from moagraph.lineage.paths import Edge, Path, path_of, walked
from moagraph.names import PREFIXES
from moagraph.query import bind
from moagraph.scopes import names_in
from moagraph.store import Solutions, Term
from moagraph.tokens import Token, declared_prefixes, tokens_of

Solution = Mapping[str, Term]
"""Bound variables, without `?`, and their terms."""


class Pattern(NamedTuple):
    """A triple pattern: variables begin with `?`, other ends are terms."""

    subject: str | Term
    predicate: str | Path
    object: str | Term


class Scope(NamedTuple):
    """A query or sub-select as its witnesses are asked for.

    Attributes:
        text: a query for all variables of its pattern.
        opening: where values are put into the text.
        keys: variables that are handed on as they are: their name outside, and within.
        patterns: its triple patterns, without those of its sub-selects.
        inner: its sub-selects, wherever they stand.
    """

    text: str
    opening: int
    keys: tuple[tuple[str, str], ...]
    patterns: tuple[Pattern, ...]
    inner: tuple[Scope, ...]


@lru_cache(maxsize=256)
def scope_of(query: str) -> Scope:
    """Gives the scope of a SELECT query, with those of its sub-selects.

    Raises:
        sparql.Unreadable: it is no query.
    """
    tokens = tokens_of(query)
    prefixes = {**PREFIXES, **declared_prefixes(tokens)}
    return _Reader(query, tokens, prefixes).scope(_first_select(tokens))


def _first_select(tokens: Sequence[Token]) -> int:
    for number, token in enumerate(tokens):
        if token.upper == "SELECT":
            return number
    raise sparql.Unreadable("no SELECT")


class _Reader:
    def __init__(self, query: str, tokens: list[Token], prefixes: dict[str, str]) -> None:
        self.query = query
        self.tokens = tokens
        self.prefixes = prefixes
        self.prologue = query[: tokens[_first_select(tokens)].at]

    def scope(self, start: int) -> Scope:
        """Reads the select at a token."""
        select = sparql.select_from(self.tokens[start:])
        opening = self._opening(start)
        closing = self._closing(opening)
        body = self.query[self.tokens[opening].at + 1 : self.tokens[closing].at]
        head = f"{self.prologue}SELECT DISTINCT * WHERE {{"
        patterns = tuple(self._patterns(select.where)) if select.where else ()
        inner = tuple(self.scope(number) for number in self._inner(opening, closing))
        return Scope(f"{head}{body}\n}}", len(head), tuple(_keys(select)), patterns, inner)

    def _opening(self, start: int) -> int:
        depth = 0
        for number in range(start, len(self.tokens)):
            mark = self.tokens[number].text
            depth += (mark == "(") - (mark == ")")
            if mark == "{" and depth == 0:
                return number
        raise sparql.Unreadable("a SELECT without a pattern")

    def _closing(self, opening: int) -> int:
        depth = 0
        for number in range(opening, len(self.tokens)):
            mark = self.tokens[number].text
            depth += (mark == "{") - (mark == "}")
            if depth == 0:
                return number
        raise sparql.Unreadable("a pattern without an end")

    def _inner(self, opening: int, closing: int) -> Iterator[int]:
        """Gives the tokens at which the nearest sub-selects begin, but for those that only rule out."""
        number = opening + 1
        while number < closing:
            token = self.tokens[number]
            before = self.tokens[number - 1].upper
            if token.text == "{" and before in ("EXISTS", "MINUS"):
                number = self._closing(number)
            elif token.upper == "SELECT":
                yield number
                number = self._closing(self._opening(number))
            number += 1

    def _patterns(self, group: sparql.Group) -> Iterator[Pattern]:
        for part in group.parts:
            if isinstance(part, sparql.Triple):
                subject, value = self._term(part.subject), self._term(part.object)
                variable = len(part.path) == 1 and part.path[0][:1] in ("?", "$")
                path = f"?{part.path[0][1:]}" if variable else path_of(part.path, self.prefixes)
                if subject is not None and value is not None:
                    yield Pattern(subject, path, value)
            elif isinstance(part, sparql.Nested) and part.keyword not in ("MINUS", "SERVICE"):
                for inner in part.groups:
                    yield from self._patterns(inner)

    def _term(self, word: str) -> str | Term | None:
        """Gives a variable or a term; None for what is neither, as a bracketed blank node."""
        if word[:1] in ("?", "$"):
            return f"?{word[1:]}" if ":" not in word else None
        declared = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in self.prefixes.items())
        try:
            (quad,) = ox.parse(f"{declared}<x:s> <x:p> {word} .", format=ox.RdfFormat.TURTLE)
        except (SyntaxError, ValueError):
            return None
        value: Term = quad.object
        return value


def _keys(select: sparql.Select) -> Iterator[tuple[str, str]]:
    for name, expression in select.projection:
        if name == "*":
            yield from ((own, own) for own in sorted(names_in(select.where) if select.where else ()))
        elif expression is None:
            yield name, name
        elif len(expression.tokens) == 1 and expression.tokens[0].kind == "var":
            yield name, expression.tokens[0].text[1:]


class Witnesses:
    """The witnesses of the rows of one question.

    Args:
        nodes: the graph that is asked.
        query: the query's text.
        terms: for each parameter its terms.
    """

    def __init__(self, nodes: Nodes, query: str, terms: Mapping[str, Sequence[str]]) -> None:
        self._nodes = nodes
        self._terms = terms
        self.scope = scope_of(query)
        self._known: dict[Scope, dict[tuple[Term | None, ...], list[Solution]]] = {}
        self._by_row = self._solutions(self.scope, dict(terms))

    def of(self, row: Mapping[str, Term | None]) -> frozenset[Edge]:
        """Gives the statements that a row was made of.

        Args:
            row: its terms by column.
        """
        key = tuple(row.get(name) for name, _ in self.scope.keys)
        found: set[Edge] = set()
        for solution in self._by_row.get(key, ()):
            found |= self._edges(self.scope, solution)
        return frozenset(found)

    def _edges(self, scope: Scope, solution: Solution) -> set[Edge]:
        found: set[Edge] = set()
        for pattern in scope.patterns:
            subject, value = (self._filled(end, solution) for end in (pattern.subject, pattern.object))
            if subject is None or value is None or isinstance(subject, ox.Literal):
                continue
            if isinstance(pattern.predicate, str):
                predicate = solution.get(pattern.predicate[1:])
                path = Path("iri", text(predicate)) if predicate is not None else None
            else:
                path = pattern.predicate
            if path is not None:
                found |= walked(self._nodes, path, subject, value)
        for inner in scope.inner:
            key = tuple(solution.get(name) for name, _ in inner.keys)
            if None not in key:
                for own in self._within(inner).get(key, ()):
                    found |= self._edges(inner, own)
        return found

    @staticmethod
    def _filled(end: str | Term, solution: Solution) -> Term | None:
        return solution.get(end[1:]) if isinstance(end, str) else end

    def _within(self, scope: Scope) -> dict[tuple[Term | None, ...], list[Solution]]:
        """Gives the solutions of a sub-select, by what it hands on."""
        if scope not in self._known:
            handed = dict(scope.keys)
            terms = {handed[name]: terms for name, terms in self._terms.items() if name in handed}
            self._known[scope] = self._solutions(scope, terms)
        return self._known[scope]

    def _solutions(
        self, scope: Scope, terms: Mapping[str, Sequence[str]]
    ) -> dict[tuple[Term | None, ...], list[Solution]]:
        answer = self._nodes.store.answer(bind(scope.text, scope.opening, terms), self._nodes.policy)
        assert isinstance(answer, Solutions)
        found: dict[tuple[Term | None, ...], list[Solution]] = {}
        for row in answer.rows:
            solution = {name: term for name, term in zip(answer.variables, row, strict=True) if term is not None}
            found.setdefault(tuple(solution.get(name) for _, name in scope.keys), []).append(solution)
        self._nodes.read({t.value for row in answer.rows for t in row if isinstance(t, ox.NamedNode)})
        return found
