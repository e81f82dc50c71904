"""The words of a SPARQL query, each with its kind and place, and the prefixes that it declares and uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
      | (?P<string>\"{3}.*?(?<!\\)\"{3}|'{3}.*?(?<!\\)'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<var>[?$]\w+)
      | (?P<name>(?:[^\W\d_][\w-]*(?:\.[\w-]+)*|_)?:(?:[\w:%-]|\\.|\.+(?=[\w:%-]))*)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>\w+)
      | (?P<tag>@[\w-]+)
      | (?P<mark>\^\^|&&|\|\||[<>!]=|.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One word of a query: its kind (as in the pattern above), its text, its line, from 1, and its offset."""

    kind: str
    text: str
    line: int
    at: int

    @property
    def upper(self) -> str:
        """The text, in capitals if it is a keyword."""
        return self.text.upper() if self.kind == "word" else self.text


def tokens_of(text: str) -> list[Token]:
    """Gives the tokens of a query, without blanks and comments."""
    found = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "skip":
            found.append(Token(kind, match[0], line, match.start()))
        line += match[0].count("\n")
    return found


def declared_prefixes(tokens: Sequence[Token]) -> dict[str, str]:
    """Gives the prefixes that a query declares, with their namespaces as they are written.

    >>> declared_prefixes(tokens_of("PREFIX x: <http://x/> SELECT * WHERE { ?s x:y 1 }"))
    {'x': 'http://x/'}
    """
    return {
        name.text.partition(":")[0]: namespace.text[1:-1]
        for word, name, namespace in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.upper == "PREFIX"
    }


def undeclared_prefixes(text: str) -> set[str]:
    """Gives the prefixes that a query uses and does not declare.

    >>> sorted(undeclared_prefixes("PREFIX x: <x:> SELECT ?s WHERE { ?s xyz:p moa:Claim ; x:y 'a:b' } # c:d"))
    ['moa', 'xyz']
    """
    tokens = tokens_of(text)
    named = {token.text.partition(":")[0] for token in tokens if token.kind == "name"}
    return named - declared_prefixes(tokens).keys() - {"", "_"}
