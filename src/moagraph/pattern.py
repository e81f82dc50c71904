"""The pattern of a query with its meaning: IRIs in full, paths by their ends, and what kind of value each BIND gives.

The structure is read by `moagraph.sparql`. Terms are text: `?variable`, `<iri>`, or a literal as SPARQL has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from moagraph import sparql
from moagraph.names import PREFIXES, compact
from moagraph.sparql import Expression
from moagraph.tokens import Token, declared_prefixes, tokens_of

KINDS = {
    "string": "GROUP_CONCAT STR CONCAT REPLACE STRAFTER STRBEFORE SUBSTR UCASE LCASE ENCODE_FOR_URI LANG xsd:string",
    "integer": "COUNT STRLEN YEAR MONTH DAY HOURS MINUTES xsd:integer",
    "number": "SUM AVG xsd:decimal",
    "boolean": "BOUND CONTAINS STRSTARTS STRENDS LANGMATCHES REGEX ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM "
    "xsd:boolean",
    "iri": "IRI URI",
}
"""For each kind of value the functions, aggregates and casts that give it."""

_COMPARING = {"||", "&&", "=", "!=", "<", ">", "<=", ">=", "IN"}


class Step(NamedTuple):
    """One step of a property path: a property, and whether it is walked from object to subject."""

    iri: str
    inverse: bool = False


class Path(NamedTuple):
    """A predicate or property path.

    Attributes:
        text: as people read it, with CURIEs.
        firsts: the steps that it can begin with; empty where that cannot be told.
        lasts: the steps that it can end with; empty where that cannot be told.
    """

    text: str
    firsts: frozenset[Step]
    lasts: frozenset[Step]


class Statement(NamedTuple):
    """A triple pattern; the predicate is a variable or a path."""

    subject: str
    predicate: str | Path
    object: str


class Computed(NamedTuple):
    """A variable that an expression gives, by BIND or in SELECT.

    Attributes:
        variable: with its `?`.
        uses: the variables of the expression, in order.
        kind: one of `KINDS`, the variable that it passes on, or "" where unknown.
        how: the name of the outermost aggregate or function, for people; empty where there is none.
    """

    variable: str
    uses: tuple[str, ...]
    kind: str
    how: str


@dataclass
class Group:
    """A group of a pattern.

    Attributes:
        kind: where, optional, union, branch, minus, exists, not exists, select, graph, or service.
        statements: its triple patterns.
        computed: what its BINDs and, for a select, its projection compute.
        groups: the groups in it, in order.
        given: variables of a VALUES block of it.
        filters: for each FILTER the variables that it compares, in order.
        projects: for a select the variables that it hands on.
    """

    kind: str
    statements: list[Statement] = field(default_factory=list)
    computed: list[Computed] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    filters: list[tuple[str, ...]] = field(default_factory=list)
    projects: tuple[str, ...] = ()

    def walk(self) -> Iterator[Group]:
        """Gives this group and all below it."""
        yield self
        for group in self.groups:
            yield from group.walk()

    def bound(self) -> set[str]:
        """Gives the variables that triples or VALUES bind in every solution; what BIND gives may fail."""
        found = set(self.given)
        for statement in self.statements:
            ends = (statement.subject, statement.object, statement.predicate)
            found |= {end for end in ends if isinstance(end, str) and end.startswith("?")}
        for group in self.groups:
            if group.kind == "union":
                found |= set.intersection(*(branch.bound() for branch in group.groups))
            elif group.kind in ("branch", "graph"):
                found |= group.bound()
            elif group.kind == "select":
                found |= group.bound() & set(group.projects)
        return found


@lru_cache(maxsize=256)
def pattern_of(text: str) -> Group:
    """Gives the pattern of a SELECT query; what its projection computes stands in the outermost group.

    It is read once for each text, and is not to be changed.

    Raises:
        sparql.Unreadable: it is no query.
    """
    prefixes = {**PREFIXES, **declared_prefixes(tokens_of(text))}
    return _Reader(prefixes).select(sparql.parse(text), "where")


class _Reader:
    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes

    def select(self, query: sparql.Select, kind: str) -> Group:
        group = self.group(query.where, kind) if query.where else Group(kind)
        for name, expression in query.projection:
            if expression is not None:
                group.computed.append(self.computed(f"?{name}", expression))
        group.projects = tuple(f"?{name}" for name, _ in query.projection if name != "*")
        return group

    def group(self, tree: sparql.Group, kind: str) -> Group:
        group = Group(kind)
        for part in tree.parts:
            match part:
                case sparql.Triple():
                    ends = (self.term(part.subject), self.path(part.path), self.term(part.object))
                    group.statements.append(Statement(*ends))
                case sparql.Bind():
                    group.computed.append(self.computed(f"?{part.variable}", part.expression))
                    group.groups += self.exists(part.expression)
                case sparql.Filter():
                    group.filters.append(_variables(part.expression.tokens))
                    group.groups += self.exists(part.expression)
                case sparql.Values():
                    group.given |= {f"?{name}" for name in part.names}
                case sparql.Select():
                    group.groups.append(self.select(part, "select"))
                case sparql.Nested():
                    group.groups.append(self.nested(part))
        return group

    def nested(self, part: sparql.Nested) -> Group:
        if part.keyword == "UNION":
            return Group("union", groups=[self.branch(one) for one in part.groups])
        if not part.keyword:
            return self.branch(part.groups[0])
        return self.group(part.groups[0], part.keyword.lower())

    def branch(self, tree: sparql.Group) -> Group:
        if len(tree.parts) == 1 and isinstance(tree.parts[0], sparql.Select):
            return self.select(tree.parts[0], "select")
        return self.group(tree, "branch")

    def exists(self, expression: Expression) -> list[Group]:
        """Gives the groups of EXISTS and NOT EXISTS within an expression."""
        words = [token.upper for token in expression.tokens]
        denied = [i > 0 and words[i - 1] == "NOT" for i, word in enumerate(words) if word == "EXISTS"]
        return [
            self.group(exists.group, "not exists" if no else "exists")
            for exists, no in zip(expression.exists, denied, strict=True)
        ]

    def term(self, text: str) -> str:
        if text[:1] in ("?", "$"):
            return f"?{text[1:]}"
        prefix, colon, local = text.partition(":")
        if text[:1] in ("<", '"', "'") or not colon or prefix not in self.prefixes:
            return text
        return f"<{self.prefixes[prefix]}{local}>"

    def path(self, words: Sequence[str]) -> str | Path:
        if len(words) == 1 and words[0][:1] in ("?", "$"):
            return self.term(words[0])
        rest = list(words)
        return self.alternatives(rest)

    def alternatives(self, rest: list[str]) -> Path:
        parts = [self.sequence(rest)]
        while rest and rest[0] == "|":
            rest.pop(0)
            parts.append(self.sequence(rest))
        if len(parts) == 1:
            return parts[0]
        known = all(p.firsts and p.lasts for p in parts)
        firsts: frozenset[Step] = frozenset().union(*(p.firsts for p in parts)) if known else frozenset()
        lasts: frozenset[Step] = frozenset().union(*(p.lasts for p in parts)) if known else frozenset()
        return Path("|".join(p.text for p in parts), firsts, lasts)

    def sequence(self, rest: list[str]) -> Path:
        parts = [self.element(rest)]
        while rest and rest[0] == "/":
            rest.pop(0)
            parts.append(self.element(rest))
        return Path("/".join(p.text for p in parts), parts[0].firsts, parts[-1].lasts)

    def element(self, rest: list[str]) -> Path:
        unknown: frozenset[Step] = frozenset()
        if rest[0] == "^":
            rest.pop(0)
            path = self.element(rest)
            turned = [frozenset(Step(s.iri, not s.inverse) for s in side) for side in (path.lasts, path.firsts)]
            return Path(f"^{path.text}", turned[0], turned[1])
        if rest[0] == "!":
            rest.pop(0)
            return Path(f"!{self.element(rest).text}", unknown, unknown)
        word = rest.pop(0)
        if word == "(":
            path = self.alternatives(rest)
            rest.pop(0)
            path = path._replace(text=f"({path.text})")
        else:
            iri = f"{PREFIXES['rdf']}type" if word == "a" else self.term(word)[1:-1]
            step = frozenset([Step(iri)])
            path = Path("a" if word == "a" else compact(iri), step, step)
        while rest and rest[0] in ("*", "+", "?"):
            mark = rest.pop(0)
            zero = mark != "+"
            path = Path(f"{path.text}{mark}", unknown if zero else path.firsts, unknown if zero else path.lasts)
        return path

    def computed(self, variable: str, expression: Expression) -> Computed:
        tokens = _bare(expression.tokens)
        name, _ = _call(tokens)
        if tokens and tokens[-1].upper == "EXISTS":
            name = " ".join(token.upper for token in tokens)
        return Computed(variable, _variables(expression.tokens), self.kind(tokens), name)

    def kind(self, tokens: Sequence[Token]) -> str:
        """Gives what kind of value an expression has, where its form tells."""
        tokens = _bare(tokens)
        if not tokens:
            return ""
        first = tokens[0]
        if len(tokens) == 1 and first.kind == "var":
            return f"?{first.text[1:]}"
        if first.kind == "string" and all(token.kind == "tag" for token in tokens[1:]):
            return "string"
        if len(tokens) == 1 and first.kind in ("iri", "name"):
            return "iri"
        if len(tokens) == 1 and first.kind == "number":
            return "integer" if first.text.isdecimal() else "number"
        outside = {token.upper for token in _at_top(tokens)}
        if outside & (_COMPARING | {"EXISTS"}) or first.text == "!" or outside in ({"true"}, {"false"}):
            return "boolean"
        if outside & {"+", "-", "*", "/"}:
            return "number"
        name, arguments = _call(tokens)
        if name in ("MIN", "MAX", "SAMPLE"):
            return self.kind([token for token in arguments[0] if token.upper != "DISTINCT"])
        if name in ("IF", "COALESCE"):
            kinds = {self.kind(one) for one in (arguments[1:] if name == "IF" else arguments)}
            return kinds.pop() if len(kinds) == 1 else ""
        return next((kind for kind, functions in KINDS.items() if name in functions.split()), "")


def _variables(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"?{token.text[1:]}" for token in tokens if token.kind == "var"))


def _bare(tokens: Sequence[Token]) -> Sequence[Token]:
    """Gives an expression without the brackets around all of it."""
    while tokens and tokens[0].text == "(" and _closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closing(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for i in range(start, len(tokens)):
        depth += (tokens[i].text == "(") - (tokens[i].text == ")")
        if depth == 0:
            return i
    return len(tokens)


def _at_top(tokens: Sequence[Token]) -> Iterator[Token]:
    """Gives the tokens that stand in no brackets."""
    depth = 0
    for token in tokens:
        depth -= token.text == ")"
        if depth == 0 and token.text != ")":
            yield token
        depth += token.text == "("


def _call(tokens: Sequence[Token]) -> tuple[str, list[list[Token]]]:
    """Gives name and arguments of an expression that is one call, else an empty name."""
    called = len(tokens) > 2 and tokens[1].text == "(" and _closing(tokens, 1) == len(tokens) - 1
    if not called or tokens[0].kind not in ("word", "name"):
        return "", []
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[2:-1]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text == ",":
            arguments.append([])
        else:
            arguments[-1].append(token)
    return tokens[0].upper, arguments
