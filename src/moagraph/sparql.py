"""The structure of a SPARQL query: its selects, groups and patterns, each with its line.

rdflib's parser keeps no lines and takes 13 ms a query, this 0.2 ms. What is no SPARQL the engine tells; here a query
only must not be misread, to which `tests/test_lint.py` holds it against rdflib's parser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from moagraph.tokens import Token, tokens_of

_MODIFIERS = {"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}


class Unreadable(Exception):
    """The text has not the structure of a query."""


@dataclass(frozen=True)
class Expression:
    """Tokens of an expression, with `EXISTS { … }` taken out into `exists`."""

    tokens: tuple[Token, ...]
    exists: tuple[Exists, ...] = ()

    @property
    def variables(self) -> set[str]:
        """The variables that it names, without those in `exists`."""
        return {token.text[1:] for token in self.tokens if token.kind == "var"}


class Exists(NamedTuple):
    """`EXISTS { … }` or `NOT EXISTS { … }` in an expression."""

    group: Group
    line: int


@dataclass(frozen=True)
class Triple:
    """A triple pattern; terms are their texts, the path is its tokens."""

    subject: str
    path: tuple[str, ...]
    object: str
    line: int

    @property
    def variables(self) -> set[str]:
        """The variables that it binds."""
        return {term[1:] for term in (self.subject, *self.path, self.object) if len(term) > 1 and term[0] in "?$"}


class Filter(NamedTuple):
    """FILTER with its expression."""

    expression: Expression
    line: int


class Bind(NamedTuple):
    """BIND (expression AS ?variable)."""

    expression: Expression
    variable: str
    line: int


class Values(NamedTuple):
    """VALUES with its variables and the number of its rows."""

    names: tuple[str, ...]
    rows: int
    line: int


class Nested(NamedTuple):
    """Groups after a keyword: OPTIONAL, MINUS, GRAPH, SERVICE, UNION, or none for a plain group in braces."""

    keyword: str
    groups: tuple[Group, ...]
    line: int
    term: str = ""


class Group(NamedTuple):
    """What stands between two braces."""

    parts: tuple[Part, ...]
    line: int


@dataclass(frozen=True)
class Select:
    """A query or sub-select, of whatever form.

    Attributes:
        form: SELECT, CONSTRUCT, ASK or DESCRIBE.
        projection: each column with its expression, None for a plain variable; `*` is a column of that name.
        where: None where a DESCRIBE has none.
        clauses: tokens of `GROUP`, `HAVING`, `ORDER`, `LIMIT`, `OFFSET`, and of `FROM`, where it has them.
    """

    form: str
    line: int
    projection: tuple[tuple[str, Expression | None], ...] = ()
    where: Group | None = None
    clauses: dict[str, Expression] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Part = Triple | Filter | Bind | Values | Nested | Select


def parse(text: str) -> Select:
    """Gives the structure of a query.

    Raises:
        Unreadable: it has none.
    """
    parser = _Parser(tokens_of(text))
    try:
        return parser.query()
    except IndexError:
        raise Unreadable("the query ends too early") from None


def select_from(tokens: Sequence[Token]) -> Select:
    """Gives the query or sub-select that begins with the first of some tokens, whatever follows it.

    Raises:
        Unreadable: none does.
    """
    try:
        return _Parser(list(tokens)).select()
    except IndexError:
        raise Unreadable("the query ends too early") from None


class _Parser:
    """Reads tokens from the first to the last, one method for each part of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.blanks = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def next(self, *expected: str) -> Token:
        token = self.tokens[self.at]
        if expected and token.upper not in expected:
            raise Unreadable(f"line {token.line}: {token.text!r} instead of {' or '.join(expected)}")
        self.at += 1
        return token

    def ahead(self, *texts: str) -> bool:
        return self.at < len(self.tokens) and self.now.upper in texts

    def blank(self) -> str:
        self.blanks += 1
        return f"?_:{self.blanks}"

    def query(self) -> Select:
        while self.ahead("PREFIX", "BASE"):
            self.at += 3 if self.now.upper == "PREFIX" else 2
        select = self.select()
        if self.at < len(self.tokens):
            raise Unreadable(f"line {self.now.line}: {self.now.text!r} after the end")
        return select

    def select(self) -> Select:
        start = self.next("SELECT", "CONSTRUCT", "ASK", "DESCRIBE")
        clauses: dict[str, Expression] = {}
        lines: dict[str, int] = {}
        projection = []
        if start.upper == "SELECT":
            if self.ahead("DISTINCT", "REDUCED"):
                self.at += 1
            while not self.ahead("WHERE", "FROM", "{"):
                projection.append(self.column())
        elif start.upper == "CONSTRUCT" and self.ahead("{"):
            self.group()
        while not self.ahead("WHERE", "FROM", "{") and start.upper == "DESCRIBE" and self.at < len(self.tokens):
            self.at += 1
        while self.ahead("FROM"):
            lines.setdefault("FROM", self.now.line)
            self.at += 3 if self.tokens[self.at + 1].upper == "NAMED" else 2
        if self.ahead("WHERE"):
            self.at += 1
        where = self.group() if self.ahead("{") else None
        while self.ahead(*_MODIFIERS):
            keyword = self.next()
            lines[keyword.upper] = keyword.line
            if self.ahead("BY"):
                self.at += 1
            if keyword.upper == "VALUES":
                self.values(keyword.line)
                continue
            first = self.at
            exists: list[Exists] = []
            while self.at < len(self.tokens) and not self.ahead("}", *_MODIFIERS):
                exists += self.balanced()
            clauses[keyword.upper] = Expression(tuple(self.tokens[first : self.at]), tuple(exists))
        return Select(start.upper, start.line, tuple(projection), where, clauses, lines)

    def column(self) -> tuple[str, Expression | None]:
        if not self.ahead("("):
            return self.next().text.lstrip("?$"), None
        expression = self.expression()
        *inside, _, variable = expression.tokens[1:-1]
        return variable.text[1:], Expression(tuple(inside), expression.exists)

    def balanced(self) -> list[Exists]:
        """Passes one token, or all up to the bracket that closes it, and gives the groups of `EXISTS` in it."""
        token = self.next()
        found: list[Exists] = []
        if token.text == "(":
            while not self.ahead(")"):
                found += self.balanced()
            self.at += 1
        elif token.upper == "EXISTS":
            found.append(Exists(self.group(), token.line))
        return found

    def expression(self) -> Expression:
        """Reads what may follow FILTER or stand in a BIND: brackets, a call, or `EXISTS`."""
        first = self.at
        if self.ahead("NOT"):
            self.at += 1
        called = not self.ahead("(", "EXISTS")
        exists = self.balanced()
        if called:
            exists += self.balanced()
        own, depth = [], 0
        for token in self.tokens[first : self.at]:
            depth += (token.text == "{") - (token.text == "}")
            if not depth and token.text != "}":
                own.append(token)
        return Expression(tuple(own), tuple(exists))

    def group(self) -> Group:
        start = self.next("{")
        parts: list[Part] = []
        while not self.ahead("}"):
            if self.ahead("SELECT"):
                parts.append(self.select())
            elif self.ahead("{"):
                parts.append(self.union())
            elif self.ahead("OPTIONAL", "MINUS", "GRAPH", "SERVICE"):
                parts.append(self.nested())
            elif self.ahead("FILTER"):
                line = self.next().line
                parts.append(Filter(self.expression(), line))
            elif self.ahead("BIND"):
                line = self.next().line
                variable, expression = self.column()
                parts.append(Bind(expression or Expression(()), variable, line))
            elif self.ahead("VALUES"):
                parts.append(self.values(self.next().line))
            elif self.ahead("."):
                self.at += 1
            else:
                parts += self.triples()
        self.at += 1
        return Group(tuple(parts), start.line)

    def union(self) -> Nested:
        line = self.now.line
        groups = [self.group()]
        while self.ahead("UNION"):
            self.at += 1
            groups.append(self.group())
        return Nested("UNION" if len(groups) > 1 else "", tuple(groups), line)

    def nested(self) -> Nested:
        keyword = self.next()
        if self.ahead("SILENT"):
            self.at += 1
        term = self.next().text if keyword.upper in ("GRAPH", "SERVICE") else ""
        return Nested(keyword.upper, (self.group(),), keyword.line, term)

    def values(self, line: int) -> Values:
        first = self.at
        self.balanced()
        names = tuple(token.text[1:] for token in self.tokens[first : self.at] if token.kind == "var")
        self.next("{")
        rows = 0
        while not self.ahead("}"):
            if self.ahead("("):
                self.balanced()
            else:
                self.term()
            rows += 1
        self.at += 1
        return Values(names, rows, line)

    def triples(self) -> list[Triple]:
        """Reads one subject with all that is said of it."""
        bracket = self.ahead("[", "(")
        found: list[Triple] = []
        subject = self.term(found)
        if not (bracket and self.ahead(".", "}")):
            found += self.properties(subject)
        return found

    def properties(self, subject: str) -> list[Triple]:
        """Reads what is said of a subject, up to the mark that ends it."""
        found: list[Triple] = []
        while not self.ahead(".", "}", "]"):
            if self.ahead(";"):
                self.at += 1
                continue
            path = self.path()
            while True:
                line = self.now.line
                found.append(Triple(subject, path, self.term(found), line))
                if not self.ahead(","):
                    break
                self.at += 1
            if not self.ahead(";"):
                break
        return found

    def path(self) -> tuple[str, ...]:
        first = self.at
        while True:
            while self.ahead("^", "!"):
                self.at += 1
            self.balanced()
            while self.ahead("*", "+", "?"):
                self.at += 1
            if not self.ahead("/", "|"):
                return tuple(token.text for token in self.tokens[first : self.at])
            self.at += 1

    def term(self, found: list[Triple] | None = None) -> str:
        """Reads one term; what blank nodes and lists in brackets say is added to `found`."""
        found = [] if found is None else found
        token = self.next()
        blank = self.blank()
        if token.text == "[":
            found += self.properties(blank)
            self.next("]")
            return blank
        if token.text == "(":
            items = []
            while not self.ahead(")"):
                items.append(self.term(found))
            self.at += 1
            rest = "rdf:nil"
            for item in reversed(items):
                found.append(Triple(blank, ("rdf:first",), item, token.line))
                found.append(Triple(blank, ("rdf:rest",), rest, token.line))
                rest, blank = blank, self.blank()
            return rest
        if token.text in "+-" and token.kind == "mark":
            return token.text + self.next().text
        if token.kind == "string":
            if self.at < len(self.tokens) and self.now.kind == "tag":
                return token.text + self.next().text
            if self.ahead("^^"):
                self.at += 1
                return f"{token.text}^^{self.next().text}"
        elif token.kind == "mark":
            raise Unreadable(f"line {token.line}: {token.text!r} instead of a term")
        return token.text
