"""Turtle in and out: a reader that knows the line of every triple, and a writer whose output differs little from
one version to the next.

Files are read by pyoxigraph, which is strict, says line and column of an error and keeps every literal as it was
written. Its triples have no lines, which only a finding needs: a file with a finding is read once more by rdflib's
parser, which can be asked where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from moagraph.canonical import in_order
from moagraph.names import PREFIXES
from moagraph.terms import Term

if TYPE_CHECKING:
    import rdflib

_BOM = b"\xef\xbb\xbf"


class TurtleFault(Exception):
    """A file that is no Turtle. Attributes: `code`, `line` and `column` (from 1), `problem`, `cure`."""

    def __init__(self, code: str, line: int, column: int, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.code = code
        self.line = line
        self.column = column
        self.problem = problem
        self.cure = cure


@dataclass(frozen=True)
class Document:
    """One Turtle file as it was read.

    Attributes:
        triples: pyoxigraph triples, with literals as written, in the order of the file.
        text: the file.
    """

    triples: tuple[ox.Triple, ...]
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> tuple[tuple[tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node], int], ...]:
        """Each triple, made of rdflib's terms, with its line, from 1.

        The line of a triple in a list of objects is that of the end of the list. What rdflib cannot read has none.
        """
        from moagraph.lines import lines_of

        return lines_of(self.text)


def read(content: bytes) -> Document:
    """Gives the triples of a Turtle file, each with its line.

    Raises:
        TurtleFault: the bytes are not UTF-8, or not Turtle; says where.
    """
    content = content.removeprefix(_BOM)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        raise TurtleFault(
            "not-utf-8",
            line,
            column,
            f"byte {content[error.start]:#04x} at column {column} is not UTF-8",
            "save the file as UTF-8",
        ) from None
    try:
        triples = tuple(
            ox.Triple(quad.subject, quad.predicate, quad.object)
            for quad in ox.parse(input=content, format=ox.RdfFormat.TURTLE)
        )
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        problem = re.sub(r"\A(?:Parser error )?(?:(?:at|between) line [^:]*: )?", "", str(error.msg)).strip()
        raise TurtleFault(
            "turtle-syntax",
            line,
            column,
            f"{problem} (column {column})",
            "mend the syntax; see the line above too",
        ) from None
    if any(_beyond_rdf_1_1(triple.object) for triple in triples):
        line = text.count("\n", 0, max(text.find("<<"), text.find("{|"), 0)) + 1
        problem = "RDF 1.1 has no triple terms and no directions of text"
        raise TurtleFault("turtle-syntax", line, 1, problem, "write it more plainly")
    return Document(triples, text)


def _beyond_rdf_1_1(term: Term) -> bool:
    return isinstance(term, ox.Triple) or (isinstance(term, ox.Literal) and term.direction is not None)


def write(triples: Iterable[ox.Triple], comment: str = "", prefixes: Mapping[str, str] | None = None) -> bytes:
    """Gives Turtle in IRI order with only the prefixes used: the same triples give the same bytes.

    Args:
        triples: in any order; duplicates are written once. Blank nodes come last, under canonical names.
        comment: lines to put at the top, without `#`.
        prefixes: by name, beside those that moagraph knows.

    Raises:
        BlankNodesAlike: too many connected blank nodes differ in nothing.
    """
    known = {**(prefixes or {}), **PREFIXES}
    body = ox.serialize(in_order(triples), format=ox.RdfFormat.TURTLE, prefixes=known) or b""
    # The serialiser writes every prefix, in no fixed order: they are written here instead.
    body = re.sub(rb"\A(@prefix [^\n]*\n)*", b"", body)
    used = _prefixes_in(body, known)
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    head += [f"@prefix {prefix}: <{known[prefix]}> ." for prefix in used]
    return "\n".join(head).encode("utf-8") + b"\n\n" + body.replace(b"\n\t", b"\n    ")


_STRING_OR_IRI = re.compile(rb"""\"(?:[^\"\\]|\\.)*\"|<[^>]*>""")
_SAMPLE = 200_000


def _prefixes_in(body: bytes, known: Iterable[str]) -> list[str]:
    """Gives the prefixes that Turtle uses, in order; a mention in a string is no use."""
    body = b"\n" + body
    used: set[bytes] = set()
    for part in (body[:_SAMPLE], body):  # most prefixes stand in the first lines; the rest is searched for the others
        left = [re.escape(prefix.encode()) for prefix in known if prefix.encode() not in used]
        for match in re.finditer(rb"[\s^](%s):" % b"|".join(left), part) if left else ():
            if match[1] not in used and _outside_strings(match[0], body, match.start()):
                used.add(match[1])
    return sorted(prefix.decode() for prefix in used)


def _outside_strings(word: bytes, body: bytes, at: int) -> bool:
    """Tells whether a word stands outside of strings in the line of a place."""
    line = body[body.rfind(b"\n", 0, at + 1) : body.find(b"\n", at + 1)]
    return word in _STRING_OR_IRI.sub(b"", line)
