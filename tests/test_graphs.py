"""Graphs in every format: other parsers read the same triples back, and the same triples give the same bytes."""

from __future__ import annotations

import json
import random

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare

from moagraph.errors import UnknownFormat
from moagraph.graphs import FORMATS, written
from moagraph.store import Triples

TEXT = r"""
@prefix compound: <https://w3id.org/moagraph/compound/> .
@prefix moa: <https://w3id.org/moagraph/vocab#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
compound:alphamide a moa:Compound , skos:Concept ;
    skos:prefLabel "Alphamide"@en , "Альфамид"@ru ;
    skos:closeMatch obo:GO_0001 , <http://example.org/odd?x=1&y=2> ;
    moa:amount 0.050 , "2021-05-01"^^xsd:date , true , 1e3 ;
    moa:note "quotes \" and <tags> & \n lines" .
<http://example.org/no-prefix/x> <http://example.org/no-prefix/p> [ moa:note "inner" ] .
"""
TRIPLES = [q.triple for q in ox.parse(TEXT, format=ox.RdfFormat.TURTLE)]
NAMES = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}


def graph_of(text: str, format: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format=format)


@pytest.mark.parametrize("name", FORMATS)
def test_rdflib_reads_the_same_graph(name: str) -> None:
    expected = graph_of("".join(f"{t} .\n" for t in TRIPLES), "nt")
    found = graph_of(written(TRIPLES, name), NAMES[name])
    assert len(found) == len(TRIPLES) == 13
    assert rdflib.compare.isomorphic(found, expected)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_triples_give_the_same_bytes(name: str) -> None:
    shuffled = [*TRIPLES, *TRIPLES[:3]]
    random.Random(1).shuffle(shuffled)
    other = ox.BlankNode("other")
    renamed = [
        ox.Triple(
            other if isinstance(t.subject, ox.BlankNode) else t.subject,
            t.predicate,
            other if isinstance(t.object, ox.BlankNode) else t.object,
        )
        for t in shuffled
    ]
    assert written(renamed, name) == written(TRIPLES, name)


def test_json_ld_has_a_context_of_its_own() -> None:
    data = json.loads(written(TRIPLES, "jsonld"))
    assert set(data["@context"]) <= {"compound", "moa", "skos", "xsd"}
    assert any(node["@id"] == "compound:alphamide" for node in data["@graph"])
    # A prefix that ends in an underscore would be misread by older readers.
    assert "http://purl.obolibrary.org/obo/GO_0001" in written(TRIPLES, "jsonld")


def test_an_unknown_format_offers_the_nearest() -> None:
    with pytest.raises(UnknownFormat, match="turtle"):
        written(TRIPLES, "turtel")


def test_constructed_graphs_show_turtle() -> None:
    triples = Triples.of(TRIPLES)
    assert str(triples) == triples.to("turtle")
    assert "compound:alphamide a " in str(triples)
