"""Which variables stand where in a query: its groups with what is bound around them, as linting needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from moagraph.sparql import Bind, Expression, Filter, Group, Nested, Part, Select, Triple, Values, parse
from moagraph.tokens import Token, tokens_of


@dataclass(frozen=True)
class Scope:
    """A group, or what stands in one, with the variables that are bound around it."""

    group: Group
    outer: frozenset[str]
    select: Select


@dataclass(frozen=True)
class Outline:
    """A query with what is known of it.

    Attributes:
        query: its structure.
        tokens: its words.
        parameters: variables that are bound at the top of its WHERE when it is asked.
        things: variables that its header says are things, and so IRIs.
        functional: properties with one value at most, as CURIEs.
        scopes: all its groups.
        selects: itself, and all its sub-selects.
    """

    query: Select
    tokens: list[Token]
    parameters: frozenset[str]
    things: frozenset[str]
    functional: frozenset[str]
    scopes: list[Scope]
    selects: list[Select]

    @classmethod
    def of(cls, text: str, parameters: frozenset[str], things: frozenset[str], functional: frozenset[str]) -> Outline:
        """Makes the outline of a query.

        Raises:
            Unreadable: it has not the structure of one.
        """
        query = parse(text)
        scopes: list[Scope] = []
        selects: list[Select] = []
        _collect(query, parameters, scopes, selects)
        return cls(query, tokens_of(text), parameters, things, functional, scopes, selects)

    @property
    def triples(self) -> Iterator[Triple]:
        """All triple patterns, however deep."""
        return (part for scope in self.scopes for part in scope.group.parts if isinstance(part, Triple))

    @property
    def expressions(self) -> Iterator[tuple[Select, Expression]]:
        """All expressions, each with the select that it stands in."""
        for select in self.selects:
            yield from ((select, expression) for _, expression in select.projection if expression)
            yield from ((select, expression) for expression in select.clauses.values())
        for scope in self.scopes:
            for part in scope.group.parts:
                if isinstance(part, Filter | Bind):
                    yield scope.select, part.expression


def _collect(select: Select, outer: frozenset[str], scopes: list[Scope], selects: list[Select]) -> None:
    selects.append(select)
    if select.where is None:
        return
    _collect_group(Scope(select.where, outer, select), scopes, selects)
    within = outer | names_in(select.where)
    for expression in [*(e for _, e in select.projection if e), *select.clauses.values()]:
        for exists in expression.exists:
            _collect_group(Scope(exists.group, within, select), scopes, selects)


def _collect_group(scope: Scope, scopes: list[Scope], selects: list[Select]) -> None:
    scopes.append(scope)
    within = scope.outer | names_in(scope.group)
    for part in scope.group.parts:
        if isinstance(part, Select):
            _collect(part, frozenset(), scopes, selects)  # a sub-select is answered before what is around it
        elif isinstance(part, Nested):
            for group in part.groups:
                _collect_group(Scope(group, within, scope.select), scopes, selects)
        elif isinstance(part, Filter | Bind):
            for exists in part.expression.exists:
                _collect_group(Scope(exists.group, within, scope.select), scopes, selects)


def names_of(part: Part) -> frozenset[str]:
    """Gives the variables that a part of a group may bind."""
    match part:
        case Triple():
            return frozenset(part.variables)
        case Bind():
            return frozenset({part.variable})
        case Values():
            return frozenset(part.names)
        case Select():
            shown = {name for name, _ in part.projection}
            return names_in(part.where) if "*" in shown and part.where else frozenset(shown)
        case Nested() if part.keyword != "MINUS":
            term = {part.term[1:]} if part.term[:1] in ("?", "$") else set()
            return frozenset(term).union(*map(names_in, part.groups))
    return frozenset()


def names_in(group: Group) -> frozenset[str]:
    """Gives the variables that a group may bind."""
    return frozenset().union(*map(names_of, group.parts))


def surely(part: Part) -> frozenset[str]:
    """Gives the variables that a part of a group binds in every row."""
    if isinstance(part, Nested):
        if part.keyword in ("OPTIONAL", "MINUS"):
            return frozenset()
        each = [frozenset().union(*map(surely, group.parts)) for group in part.groups]
        return frozenset.intersection(*each)
    return names_of(part)


def used_in(group: Group) -> frozenset[str]:
    """Gives all variables that a group names, however deep, but not what sub-selects keep to themselves."""
    found = set(names_in(group))
    for part in group.parts:
        if isinstance(part, Filter | Bind):
            found |= part.expression.variables
            for exists in part.expression.exists:
                found |= used_in(exists.group)
        elif isinstance(part, Nested):
            for inner in part.groups:
                found |= used_in(inner)
    return frozenset(found)


def may_be_empty(path: tuple[str, ...]) -> bool:
    """Tells whether a path matches a node and itself; `path` is its tokens."""
    rest = list(path)

    def alternatives() -> bool:
        empty = sequence()
        while rest and rest[0] == "|":
            rest.pop(0)
            empty = sequence() or empty
        return empty

    def sequence() -> bool:
        empty = element()
        while rest and rest[0] == "/":
            rest.pop(0)
            empty = element() and empty
        return empty

    def element() -> bool:
        while rest and rest[0] in "^!":
            rest.pop(0)
        empty = False
        if rest.pop(0) == "(":
            empty = alternatives()
            rest.pop(0)
        while rest and rest[0] in "*+?":
            empty = rest.pop(0) != "+" or empty
        return empty

    return alternatives()
