"""Engines that validate: equal results on every case of `tests/check/` (see `test_check.py`) and on spoilt graphs."""

from __future__ import annotations

import sys

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moagraph.check import check, shapes_of
from moagraph.corpus import Corpus, File
from moagraph.errors import MissingExtra, UnknownEngine
from moagraph.turtle import read
from moagraph.validate import ENGINES, Result, validate
from spoiling import TEXTS, TYPED, spoilt
from test_check import BASE, ONTOLOGY, many_faults

SHAPES = shapes_of(Corpus.of(ONTOLOGY))
TRIPLES = Corpus.of([*ONTOLOGY, *BASE]).triples


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), faults=st.integers(1, 300))
def test_engines_agree_on_spoilt_graphs(seed: int, faults: int) -> None:
    graph = spoilt(TRIPLES, seed, faults)
    assert validate(SHAPES, graph, "shacl") == validate(SHAPES, graph, "pyshacl")


def test_spoilt_graphs_meet_most_shapes_and_kinds_of_constraint() -> None:
    """Otherwise the law above would say little."""
    results = [r for seed in range(40) for r in validate(SHAPES, spoilt(TRIPLES, seed, 300), "shacl")]
    components = {r.component.removesuffix("ConstraintComponent") for r in results}
    assert components >= {
        "Class", "Closed", "Datatype", "In", "LanguageIn", "MaxCount", "MinCount", "MinInclusive", "NodeKind", "Or",
        "Pattern", "UniqueLang",
    }  # fmt: skip
    assert len({r.shape for r in results}) > 150


def test_both_engines_give_the_same_report() -> None:
    corpus = Corpus.of(many_faults()[0])
    report = check(corpus, "shacl")
    assert report == check(corpus, "pyshacl")
    assert len(report.findings) > 25


@pytest.mark.parametrize("datatype", [name for name in TEXTS if name != "string"])
def test_engines_agree_on_what_is_a_number_or_a_date(datatype: str) -> None:
    """rdflib alone would take `1_000`, `1e3` as a decimal and `2024-W01-1`, and stop at a decimal `NaN`."""
    least = "; sh:minInclusive 0" if datatype in ("integer", "decimal", "double") else ""
    shapes = rdflib.Graph().parse(
        format="turtle",
        data=f"""
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix : <http://example.org/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        :value a sh:PropertyShape ; sh:targetSubjectsOf :p ; sh:path :p ; sh:datatype xsd:{datatype} {least} .
        """,
    )
    subject, predicate = ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/p")
    triples = [ox.Triple(subject, predicate, literal) for literal in TYPED]
    results = validate(shapes, triples, "pyshacl")
    assert results == validate(shapes, triples, "shacl")
    refused = {str(r.value) for r in results}
    right = {str(t) for t in TYPED if t.datatype.value.endswith(f"#{datatype}")} - refused
    assert right
    assert refused


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_result_says_what_where_and_why(engine: str) -> None:
    shapes = rdflib.Graph().parse(
        format="turtle",
        data="""
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix : <http://example.org/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        :dose a sh:PropertyShape ; sh:targetClass :Drug ; sh:path :dose ; sh:datatype xsd:decimal ;
            sh:severity sh:Warning ; sh:message "a dose | a decimal" .
        """,
    )
    triples = read(b'@prefix : <http://example.org/> . :a a :Drug ; :dose "0.50"@en , 0.50 .').triples
    assert validate(shapes, triples, engine) == [
        Result(
            ox.NamedNode("http://example.org/a"),
            "http://example.org/dose",
            ox.Literal("0.50", language="en"),
            "http://example.org/dose",
            "DatatypeConstraintComponent",
            "warning",
            "a dose | a decimal",
        )
    ]
    assert validate(shapes, triples[:1], engine) == []


def test_unknown_and_missing_engines_are_errors_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownEngine, match="pyshac"):
        validate(SHAPES, TRIPLES, "pyshac")
    monkeypatch.setitem(sys.modules, "shacl", None)
    with pytest.raises(MissingExtra) as caught:
        validate(SHAPES, TRIPLES, "shacl")
    assert caught.value.fix == "pip install 'moagraph[fast]'"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_checking_some_files_reports_what_the_whole_says_of_them(data: st.DataObject) -> None:
    corpus = Corpus.of(many_faults()[0])
    whole = check(corpus, "shacl").findings
    paths = data.draw(st.sets(st.sampled_from(sorted(file.path for file in corpus.files)), min_size=1, max_size=5))
    report = check(corpus, "shacl", paths)
    assert set(report.findings) <= set(whole)
    assert [f for f in report.findings if f.path in paths] == [f for f in whole if f.path in paths]
    assert report.looked_at["files"] == len(paths)
    assert report.digest != corpus.digest


def test_a_fault_is_reported_for_what_points_to_the_file_that_has_it() -> None:
    """A compound that loses its class is a fault of the claims about it."""
    path = "data/compound/alphamide.ttl"
    wrong = next(file for file in BASE if file.path == path).content.replace(b"a moa:Compound", b"a moa:Agent")
    corpus = Corpus.of([*ONTOLOGY, *(file for file in BASE if file.path != path), File(path, wrong)])
    report = check(corpus, only=[path])
    assert report.findings == tuple(f for f in check(corpus).findings if f in report.findings)
    assert any(f.code == "claim-subject" for f in report.findings)
    assert len({f.path for f in report.findings}) > 3
    assert any(f.path == path for f in report.findings)
