"""Judging a part gives what judging the whole gives for it, whatever was changed."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH

from moagraph.names import PREFIXES
from moagraph.revalidate import Node, Revalidator, near
from moagraph.turtle import read
from moagraph.validate import validate
from spoiling import spoilt
from test_validate import SHAPES, TRIPLES

SUBCLASS = ox.NamedNode(f"{PREFIXES['rdfs']}subClassOf")


def nodes_of(triples: list[ox.Triple]) -> list[Node]:
    return sorted({t.subject for t in triples if not isinstance(t.subject, ox.Triple)}, key=str)


def subclassed(triples: list[ox.Triple], chance: random.Random) -> list[ox.Triple]:
    """Gives the triples with some classes made narrower than others."""
    classes = [c for c in SHAPES.objects(None, SH.targetClass) if isinstance(c, rdflib.URIRef)]
    pairs = [(chance.choice(sorted(classes)), chance.choice(sorted(classes))) for _ in range(chance.randrange(4))]
    return triples + [ox.Triple(ox.NamedNode(str(a)), SUBCLASS, ox.NamedNode(str(b))) for a, b in pairs]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), faults=st.integers(0, 200), share=st.integers(1, 60))
def test_a_part_is_judged_as_in_the_whole(seed: int, faults: int, share: int) -> None:
    chance = random.Random(seed)
    graph = subclassed(spoilt(TRIPLES, seed, faults), chance)
    part = set(chance.sample(nodes_of(graph), share))
    whole = validate(SHAPES, graph, "shacl")
    assert Revalidator(SHAPES, graph, "shacl").results(part) == [r for r in whole if r.focus in part]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), faults=st.integers(0, 100), edits=st.integers(1, 5))
def test_only_what_a_change_concerns_is_judged_otherwise_than_before(seed: int, faults: int, edits: int) -> None:
    chance = random.Random(seed)
    before = sorted(set(subclassed(spoilt(TRIPLES, seed, faults), chance)), key=str)
    after = sorted(set(subclassed(spoilt(before, seed + 1, edits), chance)), key=str)
    graph = Revalidator(SHAPES, before, "shacl")
    concerned = graph.change(set(before) - set(after), set(after) - set(before))
    was, now = validate(SHAPES, before, "shacl"), validate(SHAPES, after, "shacl")
    assert [r for r in was if r.focus not in concerned] == [r for r in now if r.focus not in concerned]
    assert graph.results(concerned) == [r for r in now if r.focus in concerned]


def test_pyshacl_judges_a_part_as_the_whole() -> None:
    graph = spoilt(TRIPLES, 5, 300)
    part = set(random.Random(5).sample(nodes_of(graph), 40))
    results = Revalidator(SHAPES, graph, "pyshacl").results(part)
    assert results == [r for r in validate(SHAPES, graph, "pyshacl") if r.focus in part]
    assert len(results) > 10


def test_one_claim_takes_a_small_graph_and_its_lines_are_concerned() -> None:
    graph = Revalidator(SHAPES, TRIPLES, "shacl")
    claims = [
        t.subject for t in TRIPLES if t.object == ox.NamedNode(f"{PREFIXES['moa']}Claim") and "claim/" in str(t)
    ]
    claim = next(node for node in claims if isinstance(node, ox.NamedNode))
    concerned = graph.concerned([claim])
    assert any("/evidence/" in str(node) for node in concerned)
    assert len(concerned) < 20
    assert 0 < len(graph.around(concerned)) < 300 < len(TRIPLES) / 10


@pytest.mark.parametrize(
    "further",
    [
        (rdflib.URIRef("http://example.org/shape"), SH.node, rdflib.URIRef("http://example.org/shape")),
        (rdflib.URIRef("http://example.org/shape"), SH.targetSubjectsOf, RDF.type),
        (rdflib.URIRef("http://example.org/shape"), SH.path, rdflib.BNode()),
        (rdflib.URIRef("http://example.org/shape"), SH.property, rdflib.BNode()),
    ],
)
def test_shapes_that_look_further_are_noticed(
    further: tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node],
) -> None:
    assert near(SHAPES)
    shapes = rdflib.Graph()
    for triple in (*SHAPES, further):
        shapes.add(triple)
    assert not near(shapes)


def test_shapes_that_look_further_judge_the_whole() -> None:
    shapes = rdflib.Graph().parse(
        format="turtle",
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix : <http://example.org/> .
        :s a sh:PropertyShape ; sh:targetClass :C ; sh:path ( :p :p :p ) ; sh:minCount 1 .
        """,
    )
    triples = read(b"@prefix : <http://example.org/> . :a a :C ; :p :b . :b :p :c . :c :p :d . :e a :C .").triples
    graph = Revalidator(shapes, triples)
    found = graph.results([ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/e")])
    assert [str(result.focus) for result in found] == ["<http://example.org/e>"]


def test_a_class_that_gets_narrower_concerns_what_points_to_its_members() -> None:
    shapes = rdflib.Graph().parse(
        format="turtle",
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix : <http://example.org/> .
        :s a sh:NodeShape ; sh:targetClass :C ; sh:property :p1 .
        :p1 a sh:PropertyShape ; sh:path :p ; sh:class :Wide .
        """,
    )
    triples = read(
        b"""@prefix : <http://example.org/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :a a :C ; :p :b . :b a :Narrowest . :Narrowest rdfs:subClassOf :Narrow . :Narrow rdfs:subClassOf :Wide ."""
    ).triples
    for engine in ("pyshacl", "shacl"):
        graph = Revalidator(shapes, triples, engine)
        assert graph.looks_near
        pointing = ox.NamedNode("http://example.org/a")
        assert graph.results([pointing]) == []
        concerned = graph.change(remove=triples[-1:])
        assert pointing in concerned
        assert [result.component for result in graph.results(concerned)] == ["ClassConstraintComponent"]
