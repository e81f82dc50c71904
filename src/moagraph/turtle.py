"""Turtle in and out: a reader that knows the line of every triple, and a writer whose output differs little from
one version to the next.

Each file is read twice, on purpose: by pyoxigraph, which is strict and says line and column of an error and whose
triples keep every literal as it was written; and by rdflib, whose triples are what pySHACL and Python users work
with. The two kinds of terms are never mixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.parsers.notation3 import RDFSink, SinkParser

from moagraph.canonical import in_order
from moagraph.names import PREFIXES

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


Triple = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]


@dataclass(frozen=True)
class Document:
    """One Turtle file as it was read.

    Attributes:
        triples: pyoxigraph triples, with literals as written, in the order of the file.
        lines: each rdflib triple with its line, from 1. The line of a triple in a list of objects is that of the
            end of the list.
    """

    triples: tuple[ox.Triple, ...]
    lines: tuple[tuple[Triple, int], ...]


class _Sink(RDFSink):
    """Collects triples with their line, and leaves literals as they were written."""

    def __init__(self) -> None:
        super().__init__(rdflib.Graph(bind_namespaces="none"))
        self.parser: SinkParser | None = None
        self.found: list[tuple[Triple, int]] = []

    def newLiteral(  # noqa: N802 - rdflib's name
        self, s: str, dt: rdflib.URIRef | None, lang: str | None
    ) -> rdflib.Literal:
        return rdflib.Literal(s, datatype=dt, lang=lang, normalize=False)

    def makeStatement(self, quadruple: Any, why: Any = None) -> None:  # noqa: N802, ARG002 - rdflib's name
        formula, predicate, subject, value = quadruple
        assert self.parser is not None
        triple = (
            self.normalise(formula, subject),
            self.normalise(formula, predicate),
            self.normalise(formula, value),
        )
        self.found.append((triple, self.parser.lines + 1))


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
    sink = _Sink()
    parser = SinkParser(sink, baseURI="", turtle=True)
    sink.parser = parser
    try:
        parser.startDoc()
        parser.feed(text)
        parser.endDoc()
    except Exception as error:  # rdflib raises many kinds on bad Turtle; what it refuses is a fault of the file
        raise TurtleFault(
            "turtle-syntax", parser.lines + 1, 1, f"rdflib cannot read this: {error}", "write it more plainly"
        ) from None
    return Document(triples, tuple(sink.found))


def write(triples: Iterable[ox.Triple], comment: str = "", prefixes: Mapping[str, str] | None = None) -> bytes:
    """Gives Turtle in IRI order with only the prefixes used: the same triples give the same bytes.

    Args:
        triples: in any order; duplicates are written once. Blank nodes come last, under canonical names.
        comment: lines to put at the top, without `#`.
        prefixes: by name, beside those that moagraph knows.

    Raises:
        BlankNodesAlike: too many connected blank nodes differ in nothing.
    """
    ordered = in_order(triples)
    known = {**(prefixes or {}), **PREFIXES}
    body = ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=known) or b""
    # The serialiser writes every prefix, in no fixed order: they are written here instead.
    text = re.sub(r"\A(@prefix [^\n]*\n)*", "", body.decode("utf-8"))
    mentioned = set()
    for triple in ordered:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                mentioned.add(term.value)
            elif isinstance(term, ox.Literal):
                mentioned.add(term.datatype.value)
    used = sorted(
        prefix
        for prefix, namespace in known.items()
        if any(iri.startswith(namespace) for iri in mentioned) and re.search(rf"(?<![\w.-]){prefix}:", text)
    )
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    head += [f"@prefix {prefix}: <{known[prefix]}> ." for prefix in used]
    return ("\n".join(head) + "\n\n" + text.replace("\n\t", "\n    ")).encode("utf-8")
