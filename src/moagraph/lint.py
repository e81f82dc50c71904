"""Query files become findings: shapes of queries that are known to blow up, or to be answered differently by engines.

Each fault is a function from a whole query, and the names of the parameters that will be bound to it, to lines. What
the engines do with them was measured; the numbers are in `FAULTS`, which `moagraph explain` prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from moagraph.keys import open_columns
from moagraph.names import PREFIXES
from moagraph.report import Finding
from moagraph.scopes import Outline, may_be_empty, names_in, names_of, surely, used_in
from moagraph.sparql import Bind, Exists, Expression, Filter, Nested, Part, Select, Triple, Unreadable, Values
from moagraph.tokens import tokens_of


class Fault(NamedTuple):
    """A kind of fault: what is wrong, how to mend it, and why it matters."""

    problem: str
    cure: str
    why: str
    severity: str = "violation"


FAULTS: Mapping[str, Fault] = {
    "query-syntax": Fault(
        "{detail}",
        "mend the syntax",
        "A query file is not SPARQL 1.1. The place is where the engine gave up.",
    ),
    "query-parameter-hidden": Fault(
        "a sub-select uses ?{detail} but does not select it",
        "add ?{detail} to what the sub-select selects (and to its GROUP BY)",
        "A parameter is bound outside of a sub-select. If the sub-select does not hand it on, the variable within is "
        "another one, and the query answers for everything.",
    ),
    "query-graph-select": Fault(
        "{detail} stands directly in GRAPH with a variable",
        "put a triple pattern beside it, or take it out of GRAPH",
        "Oxigraph leaves the variable of GRAPH unbound here, where other engines bind it.",
    ),
    "query-concat-iri": Fault(
        "GROUP_CONCAT over ?{detail}, which may be an IRI",
        "write STR(?{detail})",
        "GROUP_CONCAT over IRIs is unbound in Oxigraph and text in rdflib.",
    ),
    "query-having-alias": Fault(
        "HAVING names the alias ?{detail}",
        "repeat the aggregate in HAVING",
        "HAVING over an alias gives no rows in any engine that was tried.",
    ),
    "query-compare-iri": Fault(
        "?{detail} is an IRI, and is compared by its order",
        "compare STR(?{detail})",
        "SPARQL _orders no IRIs by < and >: the comparison is an error, and the row is lost.",
    ),
    "query-partial-date": Fault(
        "{detail} is compared differently by engines",
        "use xsd:integer for years, and xsd:date for whole dates",
        "rdflib compares xsd:gYear and its like wrongly.",
    ),
    "query-describe": Fault(
        "DESCRIBE gives what each engine likes",
        "use CONSTRUCT, which says what it gives",
        "No standard says what DESCRIBE gives, so each engine gives something else.",
    ),
    "query-zero-length-path": Fault(
        "{detail} may have length zero, and neither end is bound",
        "bind one end by a pattern beside it, or write + for *",
        "A path of length zero between unbound ends holds for every node of the graph, and engines differ in which "
        "nodes those are.",
    ),
    "query-stance-product": Fault(
        "two patterns ask for moa:stance of different lines by their values alone",
        "use the derived links for each stance, moa:supportedBy, moa:refutedBy, moa:nullIn and moa:inconclusiveIn",
        "rdflib makes the product of all lines of both stances: 155 s over 100 thousand triples, against 0.2 s over "
        "the links.",
    ),
    "query-exists-apart": Fault(
        "EXISTS shares no variable with what stands around it",
        "name a variable of the outer pattern in it",
        "It holds for every row or for none, so it filters nothing; mostly a name is misspelt.",
    ),
    "query-product": Fault(
        "?{detail} has nothing to do with the patterns before it in its group",
        "join them by a variable, or make two queries",
        "Patterns that share no variable give every pairing of their rows.",
    ),
    "query-several-values": Fault(
        "VALUES follows VALUES: all pairs of ?{detail} are made first",
        "put each VALUES right before the patterns that use it",
        "rdflib joins in the order of the text: with two lists of five, shared-indications took 5.3 s so and 0.2 s "
        "with each list before its patterns.",
        "warning",
    ),
    "query-unordered": Fault(
        "has no ORDER BY",
        "order by every column that is no aggregate",
        "Without ORDER BY rows come as the engine likes, and the same question gives other bytes.",
    ),
    "query-partly-ordered": Fault(
        "ORDER BY leaves the order of rows open that differ in {detail} alone",
        "add them to ORDER BY",
        "Rows that are equal in what they are ordered by come as the engine likes.",
    ),
    "query-limit-unordered": Fault(
        "LIMIT or OFFSET without ORDER BY",
        "add an ORDER BY that leaves nothing open",
        "Which rows are cut off is left to the engine.",
    ),
    "query-elsewhere": Fault(
        "{detail} reaches for other graphs, files or hosts",
        "ask the graph alone; policies choose what is in it",
        "Named queries run offline and on every endpoint; engines follow SERVICE and FROM without a time limit.",
    ),
}  # fmt: skip
"""Faults of query files, by code."""

_STANCE = ("moa:stance", f"<{PREFIXES['moa']}stance>")
_PARTIAL = ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")
_NO_IRI = {
    "STR", "CONCAT", "STRAFTER", "STRBEFORE", "SUBSTR", "LCASE", "UCASE", "REPLACE", "LANG", "ENCODE_FOR_URI",
    "xsd:string", "STRLEN", "YEAR", "ROUND", "ABS",
}  # fmt: skip
"""Functions that give no IRI, whatever they are given."""
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}

Found = Iterator[tuple[str, int, str]]
"""Code, line and detail of faults."""


def _parameters_hidden(it: Outline) -> Found:
    for select in it.selects[1:]:
        if select.where is None:
            continue
        for name in sorted(it.parameters & used_in(select.where) - names_of(select)):
            yield "query-parameter-hidden", select.line, name


def _graphs_with_selects(it: Outline) -> Found:
    for scope in it.scopes:
        for part in scope.group.parts:
            if not (isinstance(part, Nested) and part.keyword == "GRAPH" and part.term[:1] in ("?", "$")):
                continue
            for inner in part.groups[0].parts:
                while isinstance(inner, Nested) and inner.keyword == "" and len(inner.groups[0].parts) == 1:
                    inner = inner.groups[0].parts[0]
                if isinstance(inner, Select | Values):
                    yield "query-graph-select", inner.line, "VALUES" if isinstance(inner, Values) else "a sub-select"


def _concatenated_iris(it: Outline) -> Found:
    computed = {p.variable for s in it.scopes for p in s.group.parts if isinstance(p, Bind)}
    computed |= {name for select in it.selects for name, expression in select.projection if expression}
    for _, expression in it.expressions:
        calls: list[str] = []
        for before, token in zip(expression.tokens, expression.tokens[1:], strict=False):
            if token.text == "(":
                calls.append(before.upper)
            elif token.text == ")" and calls:
                calls.pop()
            elif (
                token.kind == "var"
                and "GROUP_CONCAT" in calls
                and not _NO_IRI & set(calls)
                and token.text[1:] not in computed
            ):
                yield "query-concat-iri", token.line, token.text[1:]


def _having_aliases(it: Outline) -> Found:
    for select in it.selects:
        aliases = {name for name, expression in select.projection if expression}
        for token in select.clauses.get("HAVING", Expression(())).tokens:
            if token.kind == "var" and token.text[1:] in aliases:
                yield "query-having-alias", token.line, token.text[1:]


def _compared_iris(it: Outline) -> Found:
    iris = set(it.things)
    for triple in it.triples:
        iris |= {triple.subject[1:]} | ({triple.path[0][1:]} if triple.path[0][0] in "?$" else set())
        if triple.path in (("a",), ("rdf:type",)):
            iris.add(triple.object[1:])
    for _, expression in it.expressions:
        tokens = expression.tokens
        for at, token in enumerate(tokens):
            if token.kind == "mark" and token.text in ("<", ">", "<=", ">="):
                for side in tokens[max(at - 1, 0) : at + 2 : 2]:
                    if side.kind == "var" and side.text[1:] in iris:
                        yield "query-compare-iri", side.line, side.text[1:]


def _partial_dates(it: Outline) -> Found:
    for token in it.tokens:
        for name in _PARTIAL:
            if token.text in (f"xsd:{name}", f"<{PREFIXES['xsd']}{name}>"):
                yield "query-partial-date", token.line, f"xsd:{name}"


def _descriptions(it: Outline) -> Found:
    if it.query.form == "DESCRIBE":
        yield "query-describe", it.query.line, ""


def _zero_length_paths(it: Outline) -> Found:
    for scope in it.scopes:
        for triple in scope.group.parts:
            if not isinstance(triple, Triple) or not may_be_empty(triple.path):
                continue
            ends = {end[1:] for end in (triple.subject, triple.object) if end[0] in "?$"}
            bound = scope.outer.union(*(surely(part) for part in scope.group.parts if part is not triple))
            if len({triple.subject, triple.object}) == len(ends) == 2 and not ends & bound:
                yield "query-zero-length-path", triple.line, "".join(triple.path)


def _stance_products(it: Outline) -> Found:
    for scope in it.scopes:
        lines = set()
        for part in scope.group.parts:
            if (
                isinstance(part, Triple)
                and part.path[0] in _STANCE
                and len(part.path) == 1
                and part.object[0] not in "?$"
            ):
                lines.add(part.subject)
                if len(lines) == 2:
                    yield "query-stance-product", part.line, ""


def _exists_apart(it: Outline) -> Found:
    for scope in it.scopes:
        around = scope.outer | names_in(scope.group)
        for part in scope.group.parts:
            if isinstance(part, Filter | Bind):
                yield from _apart(part.expression.exists, around)
    for select in it.selects:
        around = names_in(select.where) if select.where else frozenset()
        for expression in [*(e for _, e in select.projection if e), *select.clauses.values()]:
            yield from _apart(expression.exists, around)


def _apart(several: tuple[Exists, ...], around: frozenset[str]) -> Found:
    for exists in several:
        if not used_in(exists.group) & around:
            yield "query-exists-apart", exists.line, ""


def _products(it: Outline) -> Found:
    for scope in it.scopes:
        # What is bound around a group, and all that hangs together with it, is one island.
        islands: list[frozenset[str]] = [scope.outer] if scope.outer else []
        binding = []
        for part in scope.group.parts:
            if isinstance(part, Filter | Values):
                continue  # a filter joins nothing, and a short list is no table
            names = names_of(part)
            if isinstance(part, Bind):
                names |= part.expression.variables
            elif names:
                binding.append(part)
            touched = [island for island in islands if island & names]
            islands = [island for island in islands if not island & names] + [names.union(*touched)]
        seen = {next(island for island in islands if island & names_of(part)) for part in binding[:1]}
        seen |= {island for island in islands if island & scope.outer}
        for part in binding:
            island = next(island for island in islands if island & names_of(part))
            if island not in seen:
                yield "query-product", part.line, min(names_of(part))
            seen.add(island)


def _several_values(it: Outline) -> Found:
    for scope in it.scopes:
        triples = [part for part in scope.group.parts if isinstance(part, Triple)]

        def users(values: Values, triples: list[Triple] = triples) -> set[str]:
            return {triple.subject for triple in triples if triple.variables & {*values.names}}

        before: Part | None = None
        for part in scope.group.parts:
            if isinstance(part, Values) and isinstance(before, Values) and min(part.rows, before.rows) > 1:
                one, other = users(before), users(part)
                if one and other and not one & other:
                    yield "query-several-values", part.line, f"{before.names[0]} and ?{part.names[0]}"
            before = part


def _orders(it: Outline) -> Found:
    query = it.query
    if query.form == "SELECT":
        aggregates = {
            name for name, e in query.projection if e and any(token.upper in _AGGREGATES for token in e.tokens)
        }
        one_row = "GROUP" not in query.clauses and len(aggregates) == len(query.projection)
        if "ORDER" not in query.clauses and not one_row:
            yield "query-unordered", query.line, ""
        elif not one_row:
            ordered = query.clauses["ORDER"].variables | it.parameters
            open_ = [f"?{name}" for name in open_columns(query, ordered, it.functional)]
            if open_:
                yield "query-partly-ordered", query.lines["ORDER"], ", ".join(open_)
    for select in it.selects:
        for word in ("LIMIT", "OFFSET"):
            if word in select.lines and "ORDER" not in select.clauses:
                yield "query-limit-unordered", select.lines[word], ""
                break


def _elsewhere(it: Outline) -> Found:
    if "FROM" in it.query.lines:
        yield "query-elsewhere", it.query.lines["FROM"], "FROM"
    for scope in it.scopes:
        for part in scope.group.parts:
            if isinstance(part, Nested) and part.keyword == "SERVICE":
                yield "query-elsewhere", part.line, "SERVICE"


CHECKS: tuple[Callable[[Outline], Found], ...] = (
    _parameters_hidden, _graphs_with_selects, _concatenated_iris, _having_aliases, _compared_iris, _partial_dates,
    _descriptions, _zero_length_paths, _stance_products, _exists_apart, _products, _several_values, _orders,
    _elsewhere,
)  # fmt: skip


def lint(
    path: str,
    text: str,
    parameters: frozenset[str] = frozenset(),
    things: frozenset[str] = frozenset(),
    functional: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Gives the faults of one query file.

    Args:
        path: of the file, for the findings.
        text: the query with its header.
        parameters: names of variables that are bound when it is asked.
        things: names of variables that its header says are things, and so IRIs.
        functional: properties with one value at most, as CURIEs.
    """
    problem = syntax_error(text)
    if problem:
        return [_finding(path, "query-syntax", *problem)]
    try:
        it = Outline.of(text, parameters, things, functional)
    except Unreadable as error:
        return [_finding(path, "query-syntax", 1, str(error))]
    return sorted({_finding(path, *fault) for check in CHECKS for fault in check(it)})


def syntax_error(text: str) -> tuple[int, str] | None:
    """Gives line and message where a text is no query that the engine takes; a query with SERVICE is not tried."""
    if any(token.upper == "SERVICE" for token in tokens_of(text)):
        return None  # the engine might follow it
    try:
        ox.Store().query(text, prefixes=dict(PREFIXES))
    except SyntaxError as error:
        place = re.search(r"error at (\d+):\d+: (.*)", str(error), re.DOTALL)
        return (int(place[1]), place[2].strip()) if place else (1, str(error))
    except (RuntimeError, ValueError) as error:
        return (1, str(error))
    return None


def _finding(path: str, code: str, line: int, detail: str) -> Finding:
    problem, cure, _, severity = FAULTS[code]
    return Finding(code, severity, path, line, "", problem.format(detail=detail), cure.format(detail=detail))
