"""The line of every triple of a Turtle file, found with rdflib's parser, which can be asked where it is.

rdflib's own count of lines is not used: its parser steps back where a literal begins a line, and then counts that
line twice.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import rdflib
from rdflib.plugins.parsers.notation3 import RDFSink, SinkParser

Triple = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]


class _Sink(RDFSink):
    """Collects triples with the place where the parser then was; of literals only text and language count."""

    def __init__(self) -> None:
        super().__init__(rdflib.Graph(bind_namespaces="none"))
        self.parser: _Parser | None = None
        self.found: list[tuple[Triple, int]] = []

    def newLiteral(  # noqa: N802 - rdflib's name
        self,
        s: str,
        dt: rdflib.URIRef | None,  # noqa: ARG002
        lang: str | None,
    ) -> rdflib.Literal:
        return rdflib.Literal(s, lang=lang)  # with a datatype, rdflib would log what it cannot convert

    def makeStatement(self, quadruple: Any, why: Any = None) -> None:  # noqa: N802, ARG002 - rdflib's name
        formula, predicate, subject, value = quadruple
        assert self.parser is not None
        triple = (
            self.normalise(formula, subject),
            self.normalise(formula, predicate),
            self.normalise(formula, value),
        )
        self.found.append((triple, self.parser.at))


class _Parser(SinkParser):
    """Notes the offset of what it looked at last."""

    at = 0

    def skipSpace(self, argstr: str, i: int) -> int:  # noqa: N802 - rdflib's name
        j = super().skipSpace(argstr, i)
        if j >= 0:
            self.at = j
        return j


def lines_of(text: str) -> tuple[tuple[Triple, int], ...]:
    """Gives the triples of a Turtle file, each with its line, from 1.

    Literals have no datatype here. The line of a triple in a list of objects is that of the end of the list. Where
    rdflib cannot read on, the triples before are given.
    """
    sink = _Sink()
    parser = _Parser(sink, baseURI="", turtle=True)
    sink.parser = parser
    try:
        parser.startDoc()
        parser.feed(text)
        parser.endDoc()
    except Exception:  # rdflib raises many kinds; the file was read by pyoxigraph, only its lines are not known
        pass
    ends = [offset for offset, character in enumerate(text) if character == "\n"]
    return tuple((triple, bisect_left(ends, at) + 1) for triple, at in sink.found)
