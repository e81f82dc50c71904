"""Terms of pyoxigraph and of rdflib, one made from the other.

The two libraries differ in what a plain string is and in which texts are numbers, so SHACL finds false faults where
their parsers are mixed. All our rdflib terms are made here, from pyoxigraph's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date
from typing import TYPE_CHECKING

import pyoxigraph as ox

from moagraph.names import PREFIXES

if TYPE_CHECKING:
    import rdflib

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_XSD = PREFIXES["xsd"]
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_LEXICAL = {
    f"{_XSD}{name}": re.compile(pattern)
    for name, pattern in {
        "boolean": "true|false|0|1",
        "date": rf"(-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}))-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]){_ZONE}",
        "decimal": _NUMBER,
        "double": rf"{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
        "integer": "[+-]?[0-9]+",
    }.items()
}
"""What XML Schema takes as texts of the datatypes that shapes name. rdflib takes what Python does: `1_000`, `1e3`."""


def as_rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Gives an rdflib graph of the same triples: literals stay as written, plain strings have no datatype."""
    import rdflib

    made: dict[Term, rdflib.URIRef | rdflib.BNode | rdflib.Literal] = {}

    def term(it: Term) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
        known = made.get(it)
        if known is None:
            known = made[it] = rdflib_term(it)
        return known

    graph = rdflib.Graph(bind_namespaces="none")
    for t in triples:
        graph.add((term(t.subject), term(t.predicate), term(t.object)))
    return graph


def rdflib_term(term: Term) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    """Gives rdflib's term for one of pyoxigraph's."""
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, ox.Literal), "RDF 1.1 has no triple terms"
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    if datatype == f"{_XSD}string":
        return rdflib.Literal(term.value)
    lexical = _LEXICAL.get(datatype)
    match = lexical.fullmatch(term.value) if lexical else None
    ill_typed = lexical is not None and match is None
    stand_in = None
    if match and datatype == f"{_XSD}date":
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        ill_typed = day > monthrange(2000 + year % 400, month)[1]
        if not ill_typed and not MINYEAR <= year <= MAXYEAR:
            stand_in = date.min if year < MINYEAR else date.max  # Python has no such date
    if not ill_typed and stand_in is None:
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(datatype), normalize=False)
    # rdflib would log a traceback for what Python cannot convert, and convert what Python can.
    literal = rdflib.Literal(term.value)
    literal._datatype = rdflib.URIRef(datatype)
    literal._value = stand_in
    literal._ill_typed = ill_typed
    return literal


def pyoxigraph_term(term: rdflib.term.Node) -> Term:
    """Gives pyoxigraph's term for one of rdflib's."""
    import rdflib

    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or f"{_XSD}string")))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    return ox.NamedNode(str(term))


def text_of(term: Term) -> str:
    """Gives a term's IRI, label or text."""
    assert not isinstance(term, ox.Triple)
    return term.value
