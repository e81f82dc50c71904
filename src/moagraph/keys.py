"""Which columns of a query's rows follow from others, so that ORDER BY need not name them.

A column follows from another where a property that has one value at most leads from one to the other, where it is
computed from it, or where a group is made by it.
"""

from __future__ import annotations

from collections.abc import Iterable

from moagraph.sparql import Bind, Group, Nested, Select, Triple, Values

DERIVED = frozenset({
    "moa:edgeObject", "moa:edgePredicate", "moa:edgeSubject", "moa:lineTier", "moa:tier", "moa:unresolved",
    "moa:verdict",
})  # fmt: skip
"""Properties that derivations give one value, and of which no shape says so."""
_OBJECT = ("moa:object", "|", "moa:value")
"""A claim has an object or a value, as the rule object-or-value says."""

_EDGE = (("moa:edgeSubject",), ("moa:edgePredicate",), ("moa:edgeObject",))


def open_columns(select: Select, known: Iterable[str], functional: frozenset[str]) -> list[str]:
    """Gives the columns of a query that may differ between rows that are equal in what is known.

    Args:
        select: the query.
        known: the variables that rows are ordered by, and its parameters.
        functional: properties with one value at most, as CURIEs.
    """
    if select.where is None:
        return []
    follows = _closure(select.where, frozenset(known), functional | DERIVED)
    if "GROUP" in select.clauses:
        keys = {token.text[1:] for token in select.clauses["GROUP"].tokens if token.kind == "var"}
        columns = [name for name, _ in select.projection if name in keys]
        return [name for name in columns if name not in follows] if not keys <= follows else []
    return [name for name, e in select.projection if name not in follows and not (e and e.variables <= follows)]


def _closure(group: Group, known: frozenset[str], functional: frozenset[str]) -> frozenset[str]:
    """Gives what follows from known variables in the rows of a group."""
    while True:
        more = known.union(*(_following(part, known, functional) for part in group.parts), _judged(group, known))
        if more == known:
            return known
        known = more


def _judged(group: Group, known: frozenset[str]) -> frozenset[str]:
    """Gives the derivations whose edge is known: under a policy there is one for each."""
    parts: dict[str, set[str]] = {}
    for part in group.parts:
        if (
            isinstance(part, Triple)
            and part.path in _EDGE
            and (part.object[0] not in "?$" or part.object[1:] in known)
        ):
            parts.setdefault(part.subject, set()).add(part.path[0])
    return frozenset(subject[1:] for subject, given in parts.items() if len(given) == len(_EDGE))


def _following(part: object, known: frozenset[str], functional: frozenset[str]) -> frozenset[str]:
    match part:
        case Triple():
            starts = part.subject[0] not in "?$" or part.subject[1:] in known
            single = part.path == _OBJECT or set(part.path) - {"/"} <= functional
            if starts and single and part.object[0] in "?$":
                return frozenset({part.object[1:]})
        case Bind():
            if part.expression.variables <= known:
                return frozenset({part.variable})
        case Values():
            return frozenset(part.names) if part.rows < 2 else frozenset()
        case Select():
            if not open_columns(part, known, functional):
                return frozenset(name for name, _ in part.projection)
        case Nested():
            if part.keyword not in ("MINUS", "UNION"):
                return _closure(part.groups[0], known, functional)
    return frozenset()
