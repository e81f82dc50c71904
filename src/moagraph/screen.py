"""The screen that a stranger's query passes before any engine sees it: it reads, stays inside, and is small enough.

Engines follow SERVICE and FROM to the network, deep nesting kills their process, and planning takes the cube of the
number of patterns, so this looks at the text alone. It cuts the text as engines do, which split words without blanks
(`trueSERVICE`, `FROMNAMED`), end a comment at a carriage return, and read `<` as a comparison or as an IRI: where two
readings are possible, the one that hides nothing counts. The engine's own parser then decides what is SPARQL; workers
that cannot open sockets (`sandbox`) are the second wall.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from moagraph.errors import QueryRefused, QuerySyntax

MAX_CHARACTERS = 100_000
MAX_NESTING = 40
MAX_GROUPS = 200
MAX_CLAUSES = 200
MAX_PATTERNS = 200
MAX_OPERATORS = 1_000
MAX_ROWS = 10_000

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_CHANGING = frozenset({
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "USING",
})  # fmt: skip
_CLAUSES = frozenset({
    "OPTIONAL", "UNION", "MINUS", "FILTER", "BIND", "VALUES", "SELECT", "GRAPH", "EXISTS", "LATERAL",
})  # fmt: skip


@cache
def _tokens() -> re.Pattern[str]:
    letters = r"0-9A-Za-z_\x80-\U0010FFFF"
    escape = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
    return re.compile(
        rf"""(?P<blank>[ \t\r\n]++)
      | (?P<comment>\#[^\r\n]*+)
      | (?P<string>\"\"\"(?:\"{{0,2}}+(?:[^"\\]|{escape}))*+\"\"\"
                  |'''(?:'{{0,2}}+(?:[^'\\]|{escape}))*+'''
                  |"(?:[^"\\\r\n]|{escape})*+"
                  |'(?:[^'\\\r\n]|{escape})*+')
      | (?P<triple><<\(?)
      | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
      | (?P<variable>[?$][{letters}]++)
      | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
      | (?P<name>(?P<word>[A-Za-z_\x80-\U0010FFFF][{letters}]*+)?+
                 (?P<local>:(?:(?:[{letters}:]|%[0-9A-Fa-f]{{2}})(?:[{letters}:-]|%[0-9A-Fa-f]{{2}})*+)?+)
               |(?P<bare>[A-Za-z_\x80-\U0010FFFF][{letters}]*+))
      | (?P<number>[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+)
      | (?P<other>.)""",
        re.VERBOSE | re.DOTALL,
    )


_FULL = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
"""How an IRI begins that no comparison can look like."""

_COMPARED = re.compile(r"<[0-9A-Za-z_\x80-\U0010FFFF?$&=!.:+*,-]*>")
"""What stands between two comparisons, and hides nothing whichever way it is read."""

_ENDS_ITSELF = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:(?://[^/?#]*[/?#].*|[^/].*)>", re.DOTALL)
"""A namespace with which every plain local name makes an IRI; `http://host:80` and `SERVICE` would not."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})?|U([0-9A-Fa-f]{8})?)")


def refuse_unsafe(text: str) -> str:
    """Gives the form of a query that only reads the graph, and nothing but the graph, and is small enough to plan.

    Returns:
        SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        QueryRefused: says what was found, where, what is allowed, and why.
        QuerySyntax: it is no query at all, or a string in it does not end.

    >>> refuse_unsafe("PREFIX ex: <http://example.org/> ASK { ?s ex:service 'FROM here' }")
    'ASK'
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryRefused(
            f"the query has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed, as parsing takes memory",
            "ask in several queries",
        )
    _refuse_characters(text)
    return _Screen(text).form()


def _refuse_characters(text: str) -> None:
    if text.startswith("\ufeff"):
        raise _refused(text, 0, "the query begins with a byte order mark, which is no SPARQL", "save it without one")
    if found := _SURROGATE.search(text):
        raise _refused(
            text, found.start(), "the query holds half a character, so it was no UTF-8", "save it as UTF-8"
        )
    if found := _CONTROL.search(text):
        raise _refused(
            text,
            found.start(),
            f"the query holds the control character {ord(found[0]):#04x}, which results cannot be written with",
            "leave it out",
        )
    for escape in _ESCAPE.finditer(text):
        number = int(escape[1] or escape[2] or "0", 16)
        if number < 0x80 or 0xD800 <= number < 0xE000 or number > 0x10FFFF:
            raise _refused(
                text,
                escape.start(),
                "the query has an escape that hides a sign of the language, or is none",
                "write the character itself",
            )


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _refused(text: str, at: int, problem: str, fix: str = "") -> QueryRefused:
    return QueryRefused(problem, fix, text, *_place(text, at))


class _Screen:
    """One pass over a query's tokens.

    Attributes:
        opened: the brackets that are open, outermost first; `=` stands for the brace of a VALUES block.
        counts: how much was seen of what is limited.
        operand: whether the last token may end what is compared, so that `<` may be a comparison.
        member: whether the last token may end a member of a list.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.opened: list[str] = []
        self.counts: Counter[str] = Counter()
        self.operand = self.member = False
        self.chain = 0
        self.data = False
        self.declaring = ""
        self.unsafe_prefixes: set[str] = set()
        self.first = ""

    def form(self) -> str:
        """Reads all tokens, and gives the form of the query."""
        text, pattern = self.text, _tokens()
        while self.at < len(text):
            token = pattern.match(text, self.at)
            assert token is not None
            end = token.end()
            kind = str(token.lastgroup)
            if kind not in ("blank", "comment"):
                if not self.first:
                    self._prologue(token, kind)
                elif kind in ("iri", "triple") and self.operand and self._in_parentheses():
                    end = self._compared(token, kind)
                elif kind == "name":
                    self._name(token)
                elif kind == "other":
                    self._mark(token[0])
                elif kind == "triple":
                    self._mark("(" if token[0].endswith("(") else "<")
                else:
                    self._term(kind)
            self.at = end
        if not self.first:
            raise self._no_query()
        return self.first

    def _prologue(self, token: re.Match[str], kind: str) -> None:
        """Reads declarations up to the word that says the form: nothing else may stand there."""
        word, local = token["word"] or token["bare"] or "", token["local"] or ""
        if kind == "name":
            self._refuse_leaving(word, local)
        if kind == "name" and not local:
            if word.upper() in ("PREFIX", "BASE") and not self.declaring:
                self.declaring = word.upper()
                return
            if not self.declaring:
                self._keyword(word.upper())
                return
        elif kind == "name" and self.declaring == "PREFIX":
            self.declaring = f"{word}:"
            return
        elif kind == "iri" and self.declaring not in ("", "PREFIX"):
            if self.declaring != "BASE" and not _ENDS_ITSELF.fullmatch(token[0]):
                self.unsafe_prefixes.add(self.declaring)
            self.declaring = ""
            return
        raise self._no_query()

    def _no_query(self) -> QuerySyntax:
        return QuerySyntax(
            f"a query begins with {', '.join(FORMS[:-1])} or {FORMS[-1]}", self.text, *_place(self.text, self.at)
        )

    def _refuse(self, problem: str, fix: str = "") -> QueryRefused:
        return _refused(self.text, self.at, problem, fix)

    def _in_parentheses(self) -> bool:
        return bool(self.opened) and self.opened[-1] == "("

    def _compared(self, token: re.Match[str], kind: str) -> int:
        """Gives where to read on after a `<` that may be a comparison or begin an IRI."""
        if kind == "iri" and _FULL.match(token[0]):
            self._term(kind)
            return token.end()
        if kind == "iri" and _COMPARED.fullmatch(token[0]):
            self._mark("<")
            return token.start() + 1
        raise self._refuse(
            "this < may be a comparison or begin an IRI, and what follows could hide in it",
            "put a blank after a < that compares, and write an IRI in full or with a prefix",
        )

    def _term(self, kind: str) -> None:
        if kind != "language":
            self._member_begins()
        self.operand = self.member = True
        self.chain = 0

    def _member_begins(self) -> None:
        if self.opened and self.opened[-1] == "=":
            self._count("rows", MAX_ROWS, "rows in VALUES", "every row is joined")
        elif self.member and self._in_parentheses() and "=" not in self.opened and not self.data:
            # A list in parentheses: two patterns for each of its members.
            self._count_pattern(2)

    def _name(self, token: re.Match[str]) -> None:
        word, local = token["word"] or token["bare"] or "", token["local"] or ""
        self._refuse_leaving(word, local)
        if local:
            self._term("name")
        else:
            self._keyword(word.upper())
            self.chain = 0

    def _refuse_leaving(self, word: str, local: str) -> None:
        """Refuses SERVICE and FROM, also where an engine would find them within a word or a name."""
        folded, inner = word.casefold(), local[1:]
        plain = re.fullmatch(r"[0-9A-Za-z_:-]*", inner) and f"{word}:" not in self.unsafe_prefixes
        for keyword, problem, fix in (
            ("service", "SERVICE would reach the network", "ask the graph alone"),
            ("from", "FROM would choose other graphs", "use --policy to choose what is asked"),
        ):
            if keyword in folded:
                if local:
                    fix += f"; if {word}: is a prefix, call it otherwise, since engines split it"
                raise self._refuse(problem, fix)
            if keyword in inner.casefold() and not plain:
                raise self._refuse(problem, "if this is a name, write its IRI in full")

    def _keyword(self, word: str) -> None:
        if word in _CHANGING:
            raise self._refuse(f"{word} would change the graph", f"only {', '.join(FORMS)} are allowed")
        if not self.first:
            if word not in FORMS:
                raise self._no_query()
            self.first = word
        if word in ("TRUE", "FALSE", "UNDEF"):
            self._member_begins()
        self.member = word in ("TRUE", "FALSE", "UNDEF")
        # `DISTINCTtrue` and `DISTINCT1` are one word here and two for an engine.
        self.operand = word not in ("DISTINCT", "A")
        if word in _CLAUSES:
            self._count(
                "clauses",
                MAX_CLAUSES,
                "OPTIONAL, UNION, MINUS, FILTER, BIND, VALUES, GRAPH, EXISTS and SELECT together",
                "planning takes the square of their number",
            )
        if word == "VALUES":
            self.data = True

    def _mark(self, mark: str) -> None:
        if mark in "\"'":
            raise QuerySyntax(
                "a string begins here that does not end, or has an escape that is none",
                self.text,
                *_place(self.text, self.at),
            )
        if mark == "\\":
            raise self._refuse("the query has an escape outside a string", "write the character, or the IRI in full")
        if mark in "{([":
            self._open(mark)
        elif mark in "})]":
            if self.opened:
                self.opened.pop()
            self.operand = self.member = True
        elif mark in ".;,":
            if not self._in_parentheses() and self.opened[-1:] != ["="]:
                self._count_pattern(1)
            self.operand = self.member = False
        else:
            if mark in "+-*/|&!^=<>":
                self._count("operators", MAX_OPERATORS, "operators", "the engine holds them one inside the other")
            if mark == "/":
                self._count_pattern(1)
            # `*`, `+` and `?` end a path too, but then no comparison follows.
            self.operand = self.member = False
        self.chain = self.chain + 1 if mark in "!^" else 0
        if self.chain > MAX_NESTING:
            raise self._refuse(
                f"more than {MAX_NESTING} ! or ^ follow one another, which the engine holds one inside the other",
                "two of them are none",
            )

    def _open(self, mark: str) -> None:
        if mark == "{" and self.data:
            self.data = False
            mark = "="
        elif mark == "{":
            self._count("groups", MAX_GROUPS, "groups in braces", "planning takes the cube of their number")
        elif mark == "[":
            self._count_pattern(1)
        else:
            self._member_begins()
        self.opened.append(mark)
        self.operand = self.member = False
        if len(self.opened) > MAX_NESTING:
            raise self._refuse(
                f"brackets nest more than {MAX_NESTING} deep, which engines do not survive", "nest less deeply"
            )

    def _count_pattern(self, more: int) -> None:
        self._count("patterns", MAX_PATTERNS, "triple patterns", "planning takes the cube of their number", more)

    def _count(self, what: str, most: int, named: str, why: str, more: int = 1) -> None:
        self.counts[what] += more
        if self.counts[what] > most:
            raise self._refuse(f"the query has more than {most:,} {named}; {why}", "ask in several queries")
