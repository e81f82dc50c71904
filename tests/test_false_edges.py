"""No export turns a null, refuted, contested, suggested or insufficient claim into a positive edge.

Exports are read as by a consumer who makes rows of subject, predicate and object, as KGX has them, and drops every
column that he does not know: policy, verdict, tier, claims and lines. Each row is judged by `judging.Judge`, which
knows the lines and none of the derivations. Neutral edges may accompany any verdict of an effect: that a compound was
studied for a condition is true of a null result too. They are judged by what they state themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings

from conftest import ROOT, Ontology, triples_of
from judging import CLOSURES, Judge, Row, rows_of
from moagraph import turtle
from moagraph.api import Graph
from moagraph.build import Derivation
from moagraph.export import nquads
from moagraph.export import turtle as turtle_export
from moagraph.names import ASSERTED, BASE, PREFIXES, VOCAB, policy_graph
from moagraph.store import EmbeddedStore
from test_laws import GRAPHS, LAW, Line, asserted

ADMITTED = f"{VOCAB}admittedBy"


def admitted(triples: Iterable[ox.Triple | ox.Quad]) -> set[str]:
    return {getattr(t.subject, "value", "") for t in triples if t.predicate.value == ADMITTED}


def false_edges(stated: Iterable[ox.Triple], derived: Iterable[ox.Triple | ox.Quad]) -> tuple[list[Row], int]:
    """Gives the rows that the lines do not bear out, and how many rows there are."""
    derived = list(derived)
    judge, rows = Judge(stated, admitted(derived)), rows_of(derived)
    return sorted(row for row in rows if not judge.bears_out(row)), len(rows)


def test_no_policy_makes_a_false_edge_of_the_fixtures(ontology: Ontology, tmp_path: Path) -> None:
    """By both exports: N-Quads, with all policies, and Turtle, with one."""
    for folder in ("fixtures/base/data", "queries/data"):
        files = sorted((ROOT / "tests" / folder).rglob("*.ttl"))
        triples = [*ontology.triples, *(t for file in files for t in turtle.read(file.read_bytes()).triples)]
        store = ontology.store(triples, ontology.policies)
        for policy in ontology.policies:
            graph = Graph(EmbeddedStore(store), ontology.queries, dict.fromkeys(ontology.policies, ""), policy)
            exported = tmp_path / "graph.nq"
            nquads.export(graph, exported)
            quads = list(ox.parse(exported.read_bytes(), format=ox.RdfFormat.N_QUADS))
            of_policy = [q for q in quads if q.graph_name == ox.NamedNode(policy_graph(policy))]
            stated = [q.triple for q in quads if q.graph_name == ox.NamedNode(ASSERTED)]
            wrong, looked_at = false_edges(stated, of_policy)
            assert wrong == []
            # A strict policy may leave none.
            assert looked_at > {"fixtures/base/data": 1, "queries/data": 10}[folder] or policy != "everything"
            exported = tmp_path / "graph.ttl"
            turtle_export.export(graph, exported, policy)
            rows = rows_of(q.triple for q in ox.parse(exported.read_bytes(), format=ox.RdfFormat.TURTLE))
            assert rows - rows_of(stated) == rows_of(of_policy)


@settings(LAW, max_examples=400)
@given(GRAPHS)
def test_no_graph_makes_a_false_edge_and_every_supported_one_is_there(ontology: Ontology, lines: list[Line]) -> None:
    stated = asserted(lines)
    store = ontology.store(stated, ["stated", "everything"])
    for policy in ("stated", "everything"):
        derived = triples_of(store, policy)
        wrong, _ = false_edges(stated, derived)
        assert wrong == []
        judge = Judge(stated, admitted(derived))
        supported = {row for row in judge.bearing if judge.verdict(row) == "supported"}
        assert supported == {
            row for row in rows_of(derived) if row[1].removeprefix(VOCAB) not in {*CLOSURES, "recordedWith"}
        }


FAULTS = {
    "a contested edge as a plain one": ("plain-edges", "moa:verdict moa:Supported", "moa:verdict ?any"),
    "a pooled result for a member": ("edges-of-claims", r"FILTER \(\?link IN \(moa:refutedBy, moa:nullIn\)\)", ""),
    "a grouping as had in common": ("closures", r"FILTER NOT EXISTS { \?wide a moa:Grouping }", ""),
    "work in animals as improvement": ("improves", r"\(moa:TierA, moa:TierB", "(moa:TierA, moa:TierD, moa:TierB"),
    "a reading as a statement": ("stance-links", r"FILTER NOT EXISTS { \?\w+ moa:otherReading \?\w+ }", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_seen(ontology: Ontology, fault: str) -> None:
    """Each makes a false edge of the invented world, so that the tests above can fail."""
    name, pattern, instead = FAULTS[fault]
    derivations = []
    for derivation in ontology.derivations:
        text = derivation.text
        if derivation.name == name:
            text = re.sub(pattern, instead, text)
            assert text != derivation.text
        derivations.append(Derivation(derivation.name, derivation.order, derivation.makes, text))
    spoilt = Ontology(ontology.files, ontology.triples, derivations, ontology.policies, ontology.queries)
    files = sorted((ROOT / "tests" / "queries" / "data").glob("*.ttl"))
    triples = [*ontology.triples, *(t for file in files for t in turtle.read(file.read_bytes()).triples)]
    store = spoilt.store(triples, ["stated"])
    wrong, _ = false_edges(triples, triples_of(store, "stated"))
    assert wrong


def test_a_judged_edge_would_be_false_as_a_statement_of_rdf(ontology: Ontology) -> None:
    """KGX takes reified statements for edges: so derivations are none, and this is why."""
    files = sorted((ROOT / "tests" / "queries" / "data").glob("*.ttl"))
    triples = [*ontology.triples, *(t for file in files for t in turtle.read(file.read_bytes()).triples)]
    derived = triples_of(ontology.store(triples, ["stated"]), "stated")
    assert false_edges(triples, derived)[0] == []
    names = {f"{VOCAB}edge{part.capitalize()}": PREFIXES["rdf"] + part for part in ("subject", "predicate", "object")}
    reified = [
        ox.Triple(t.subject, ox.NamedNode(names.get(t.predicate.value, t.predicate.value)), t.object) for t in derived
    ]
    assert false_edges(triples, reified)[0]


def test_a_study_with_a_null_result_was_a_study_and_a_refuted_use_is_no_use(ontology: Ontology) -> None:
    """Neutral edges: what was studied is true whatever was found; a use that is denied is none."""
    files = sorted((ROOT / "tests" / "queries" / "data").glob("*.ttl"))
    triples = [*ontology.triples, *(t for file in files for t in turtle.read(file.read_bytes()).triples)]
    store = ontology.store(triples, ["stated"])
    derived = triples_of(store, "stated")
    judge, rows = Judge(triples, admitted(derived)), rows_of(derived)
    gammamide, late = f"{BASE}compound/gammamide", f"{BASE}condition/late-gammosis"
    assert (gammamide, f"{VOCAB}studiedFor", late) in rows
    assert judge.verdict((gammamide, f"{VOCAB}improves", late)) == "null"
    assert (gammamide, f"{VOCAB}improves", late) not in rows
