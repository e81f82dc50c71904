"""The tests of the vocabulary: a small one that passes all, and for each test a fault that exactly it finds.

Where tools ask the same (FOOPS! and OOPS! both want a licence), one fault fails several tests; a case says which.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from moagraph import fair
from moagraph.check import shapes_of
from moagraph.corpus import Corpus, File
from moagraph.errors import InputUnreadable, NothingToCheck, UnknownFormat
from moagraph.names import VOCAB
from moagraph.turtle import read
from moagraph.vocabulary import published, vocabulary_of

ROOT = Path(__file__).parent.parent
SCHEMA = rdflib.Namespace("https://schema.org/")

CLEAN = """
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix moa: <https://w3id.org/moagraph/vocab#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/moagraph/vocab> a owl:Ontology ;
    dcterms:title "potions"@en ;
    dcterms:description "Terms for potions."@en ;
    dcterms:creator "Nobody" ;
    dcterms:publisher "Nowhere" ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:created "2026-01-01"^^xsd:date ;
    dcterms:issued "2026-01-02"^^xsd:date ;
    dcterms:bibliographicCitation "potions (2026)" ;
    dcterms:source <https://example.org/book> ;
    bibo:doi "10.5555/potions" ;
    bibo:status <http://purl.org/ontology/bibo/status/draft> ;
    foaf:logo <https://example.org/logo.svg> ;
    owl:versionIRI <https://w3id.org/moagraph/vocab/1.0.0> ;
    owl:versionInfo "1.0.0" ;
    vann:preferredNamespacePrefix "moa" ;
    vann:preferredNamespaceUri "https://w3id.org/moagraph/vocab#" .

moa:Potion a owl:Class ;
    rdfs:label "Potion"@en ;
    skos:definition "What is brewed."@en ;
    rdfs:subClassOf prov:Entity .

moa:Colour a owl:Class ;
    rdfs:label "Colour"@en ;
    skos:definition "What a potion looks like."@en ;
    rdfs:subClassOf skos:Concept .

moa:hasColour a owl:ObjectProperty ;
    rdfs:label "has colour"@en ;
    skos:definition "What the potion looks like."@en ;
    rdfs:domain moa:Potion ;
    rdfs:range moa:Colour ;
    owl:inverseOf moa:colourOf .

moa:colourOf a owl:ObjectProperty ;
    rdfs:label "colour of"@en ;
    skos:definition "What looks like this."@en ;
    rdfs:domain moa:Colour ;
    rdfs:range moa:Potion .

moa:strength a owl:DatatypeProperty ;
    rdfs:label "strength"@en ;
    skos:definition "How strong the potion is."@en ;
    rdfs:domain moa:Potion ;
    rdfs:range xsd:decimal .

moa:Red a moa:Colour , skos:Concept ;
    skos:prefLabel "red"@en ;
    skos:definition "The colour of alphamide."@en .

moa:OldPotion a owl:Class ;
    rdfs:label "obsolete old potion"@en ;
    rdfs:subClassOf prov:Entity ;
    skos:definition "What was brewed."@en ;
    obo:IAO_0100001 moa:Potion ;
    owl:deprecated true .
"""

HEADER = CLEAN[CLEAN.index("<https://w3id.org/moagraph/vocab> a") : CLEAN.index("moa:Potion a")]
IRI = "<https://w3id.org/moagraph/vocab>"

CASES: list[tuple[str, str, str, str]] = [
    # what has to fail; what is replaced (nothing: added at the end), and by what; a term that is named
    (
        "FOOPS FIND1, FOOPS OM2",
        'vann:preferredNamespacePrefix "moa" ;',
        "",
        IRI,
    ),
    (
        "FOOPS URI2",
        '"https://w3id.org/moagraph/vocab#" .',
        '"https://w3id.org/moagraph/" .',
        IRI,
    ),
    (
        "FOOPS PURL1, FOOPS URI2",
        f"{IRI} a",
        "<https://purl.example/vocab> a",
        "<https://purl.example/vocab>",
    ),
    (
        "FOOPS HTTP1, FOOPS URI2",
        f"{IRI} a",
        "<urn:w3id.org:vocab> a",
        "<urn:w3id.org:vocab>",
    ),
    (
        "FOOPS OM1, FOOPS OM5.1",
        'dcterms:creator "Nobody" ;',
        "",
        IRI,
    ),
    (
        "FOOPS OM2",
        'owl:versionInfo "1.0.0" ;',
        "",
        IRI,
    ),
    (
        "FOOPS OM3",
        "foaf:logo <https://example.org/logo.svg> ;",
        "",
        IRI,
    ),
    (
        "FOOPS OM3",
        "dcterms:source <https://example.org/book> ;",
        "",
        IRI,
    ),
    (
        "FOOPS OM4.1, FOOPS OM1, ROBOT missing_ontology_license, OOPS P41",
        "dcterms:license <https",
        "rdfs:seeAlso <https",
        IRI,
    ),
    (
        "FOOPS OM5.1, FOOPS OM2",
        'dcterms:created "2026-01-01"^^xsd:date ;',
        "",
        IRI,
    ),
    (
        "FOOPS OM5.2, FOOPS OM3",
        'dcterms:issued "2026-01-02"^^xsd:date ;',
        "",
        IRI,
    ),
    (
        "FOOPS VER1, FOOPS OM1",
        "owl:versionIRI <https://w3id.org/moagraph/vocab/1.0.0> ;",
        "",
        IRI,
    ),
    (
        "FOOPS VER1",
        "versionIRI <https://w3id.org/moagraph/vocab/1.0.0>",
        f"versionIRI {IRI}",
        IRI,
    ),
    (
        "FOOPS VOC1, FOOPS FIND1, FOOPS OM1, FOOPS OM2, FOOPS OM3, FOOPS OM4.1, FOOPS OM5.1, "
        "FOOPS OM5.2, FOOPS VER1, ROBOT missing_ontology_description, ROBOT "
        "missing_ontology_license, ROBOT missing_ontology_title, OOPS P41",
        HEADER,
        f"{IRI} a owl:Ontology .\n\n",
        IRI,
    ),
    (
        "FOOPS VOC2, ROBOT missing_superclass, OOPS P04",
        "rdfs:subClassOf",
        "rdfs:seeAlso",
        IRI,
    ),
    (
        "FOOPS VOC3, OOPS P08, ROBOT missing_label",
        'rdfs:label "strength"@en ;',
        "",
        "moa:strength",
    ),
    (
        "FOOPS VOC3, OOPS P08, ROBOT missing_label",
        'skos:prefLabel "red"@en ;',
        "",
        "moa:Red",
    ),
    (
        "FOOPS VOC4, OOPS P08, ROBOT missing_definition",
        'skos:definition "How strong the potion is."@en ;',
        "",
        "moa:strength",
    ),
    (
        "ROBOT annotation_whitespace",
        '"How strong the potion is."@en',
        '"How strong the potion is. "@en',
        "moa:strength",
    ),
    (
        "ROBOT deprecated_boolean_datatype, ROBOT misused_replaced_by",
        "deprecated true",
        'deprecated "true"',
        "moa:OldPotion",
    ),
    (
        "ROBOT deprecated_class_reference",
        "rdfs:domain moa:Potion ;\n    rdfs:range moa:C",
        "rdfs:domain moa:OldPotion ;\n    rdfs:range moa:C",
        "moa:hasColour",
    ),
    (
        "ROBOT deprecated_property_reference",
        'rdfs:label "strength"@en ;',
        'rdfs:label "obsolete strength"@en ; owl:deprecated true . moa:Red moa:strength 1 . moa:strength',
        "moa:Red",
    ),
    (
        "ROBOT duplicate_definition",
        '"What looks like this."',
        '"What is brewed."',
        "moa:Potion",
    ),
    (
        "ROBOT duplicate_label",
        '"colour of"',
        '"has colour"',
        "moa:colourOf",
    ),
    (
        "ROBOT duplicate_label_synonym",
        "",
        'moa:Potion oio:hasBroadSynonym "Potion"@en .',
        "moa:Potion",
    ),
    (
        "ROBOT duplicate_exact_synonym",
        "",
        'moa:Potion oio:hasExactSynonym "brew"@en . moa:Colour oio:hasExactSynonym "brew"@en .',
        "moa:Potion",
    ),
    (
        "ROBOT duplicate_scoped_synonym",
        "",
        'moa:Potion oio:hasExactSynonym "brew"@en ; oio:hasNarrowSynonym "brew"@en .',
        "moa:Potion",
    ),
    (
        "ROBOT equivalent_pair",
        "",
        "moa:Potion owl:equivalentClass moa:Colour .",
        "moa:Potion",
    ),
    (
        "ROBOT equivalent_class_axiom_no_genus",
        "",
        "moa:Potion owl:equivalentClass [ a owl:Restriction ; owl:onProperty moa:hasColour ; "
        "owl:someValuesFrom moa:Colour ] .",
        "moa:Potion",
    ),
    (
        "ROBOT illegal_use_of_built_in_vocabulary",
        "",
        'rdf:type rdfs:label "is a"@en ; skos:definition "Membership."@en .',
        "rdf:type",
    ),
    (
        "ROBOT invalid_entity_uri",
        "",
        '<https://purl.obolibrary.org/obo/X_1> a moa:Colour ; rdfs:label "x"@en ; skos:definition "An x."@en .',
        "<https://purl.obolibrary.org/obo/X_1>",
    ),
    (
        "ROBOT invalid_xref",
        "",
        'moa:Potion oio:hasDbXref "see there" .',
        "moa:Potion",
    ),
    (
        "ROBOT label_formatting",
        '"has colour"',
        '"has\\tcolour"',
        "moa:hasColour",
    ),
    (
        "ROBOT label_whitespace",
        '"has colour"',
        '"has colour "',
        "moa:hasColour",
    ),
    (
        "ROBOT lowercase_definition",
        '"What looks like this."',
        '"what looks like this."',
        "moa:colourOf",
    ),
    (
        "ROBOT missing_obsolete_label",
        '"obsolete old potion"',
        '"old potion"',
        "moa:OldPotion",
    ),
    (
        "ROBOT missing_ontology_description, FOOPS OM1",
        'dcterms:description "Terms for potions."@en ;',
        "",
        IRI,
    ),
    (
        "ROBOT missing_ontology_title, FOOPS OM1",
        'dcterms:title "potions"@en ;',
        "",
        IRI,
    ),
    (
        "ROBOT missing_subset_declaration",
        "",
        "moa:Potion oio:inSubset moa:Colour .",
        "moa:Colour",
    ),
    (
        "ROBOT missing_synonymtype_declaration",
        "",
        "moa:Potion oio:hasSynonymType moa:Colour .",
        "moa:Colour",
    ),
    (
        "ROBOT missing_superclass",
        "    rdfs:subClassOf skos:Concept .",
        "    rdfs:seeAlso skos:Concept .",
        "moa:Colour",
    ),
    (
        "ROBOT misused_obsolete_label",
        '"has colour"',
        '"obsolete has colour"',
        "moa:hasColour",
    ),
    (
        "ROBOT misused_replaced_by",
        "rdfs:range xsd:decimal .",
        "rdfs:range xsd:decimal ; obo:IAO_0100001 moa:colourOf .",
        "moa:strength",
    ),
    (
        "ROBOT multiple_definitions, ROBOT duplicate_definition",
        '"How strong the potion is."@en',
        '"How strong the potion is."@en , "What is brewed."@en',
        "moa:strength",
    ),
    (
        "ROBOT multiple_equivalent_classes, ROBOT equivalent_pair",
        "",
        "moa:Potion owl:equivalentClass moa:Colour , prov:Entity .",
        "moa:Potion",
    ),
    (
        "ROBOT multiple_equivalent_class_definitions, ROBOT multiple_equivalent_classes",
        "",
        "moa:Potion owl:equivalentClass [ owl:intersectionOf ( moa:Colour ) ] , [ "
        "owl:intersectionOf ( prov:Entity ) ] .",
        "moa:Potion",
    ),
    (
        "ROBOT multiple_labels",
        '"strength"@en',
        '"strength"@en , "power"@en',
        "moa:strength",
    ),
    (
        "OOPS P04, ROBOT missing_superclass",
        "",
        'moa:Cork a owl:Class ; rdfs:label "Cork"@en ; skos:definition "A stopper."@en .',
        "moa:Cork",
    ),
    (
        "OOPS P11",
        "    rdfs:domain moa:Potion ;\n    rdfs:range xsd:decimal .",
        "    rdfs:range xsd:decimal .",
        "moa:strength",
    ),
    (
        "OOPS P11",
        "    rdfs:domain moa:Potion ;\n    rdfs:range xsd:decimal .",
        "    rdfs:domain moa:Potion .",
        "moa:strength",
    ),
    (
        "OOPS P13",
        "owl:inverseOf moa:colourOf",
        "rdfs:seeAlso moa:colourOf",
        "moa:colourOf",
    ),
    (
        "OOPS P22",
        "moa:strength a",
        "moa:potion_strength a",
        "moa:potion_strength",
    ),
    (
        "OOPS P22",
        "moa:strength a",
        "moa:Strength a",
        "moa:Strength",
    ),
    (
        "OOPS P36, FOOPS URI2",
        f"{IRI} a",
        "<https://w3id.org/moagraph/vocab.owl> a",
        "<https://w3id.org/moagraph/vocab.owl>",
    ),
    (
        "OOPS P38, FOOPS FIND1, FOOPS OM1, FOOPS OM2, FOOPS OM3, FOOPS OM4.1, FOOPS OM5.1, "
        "FOOPS OM5.2, ROBOT missing_ontology_description, ROBOT missing_ontology_license, "
        "ROBOT missing_ontology_title, OOPS P41",
        HEADER,
        "",
        "no header",
    ),
    (
        "OOPS P40",
        "moa:strength a",
        "prov:strength a",
        "prov:strength",
    ),
]


def run(text: str) -> fair.Outcomes:
    return fair.run(published(read(text.encode()).triples))


def found(outcomes: fair.Outcomes) -> dict[str, tuple[fair.Fault, ...]]:
    return {o.test.id: o.faults for o in outcomes.outcomes if o.word in ("fail", "noted")}


def test_a_clean_vocabulary_passes_whatever_can_be_run() -> None:
    outcomes = run(CLEAN)
    assert not found(outcomes)
    assert outcomes.exit_code == 0
    assert {o.test.id for o in outcomes.outcomes if o.word == "not run"} == {
        f"FOOPS {name}" for name in ("FIND2", "FIND3", "FIND_3_BIS", "URI1", "CN1", "DOC1", "RDF1", "OM4.2", "VER2")
    }


@pytest.mark.parametrize(("ids", "old", "new", "term"), CASES, ids=[case[0].split(",")[0] for case in CASES])
def test_a_fault_fails_exactly_its_tests(ids: str, old: str, new: str, term: str) -> None:
    assert old in CLEAN
    outcomes = run(CLEAN.replace(old, new) if old else CLEAN + new)
    faults = found(outcomes)
    assert set(faults) == set(ids.split(", "))
    first = ids.split(", ")[0]
    assert term in {fault.entity for fault in faults[first]}
    informs = {test.id for test in fair.TESTS if test.level == "INFO"}
    assert outcomes.exit_code == (0 if set(faults) <= informs else 1)


def test_every_test_that_can_be_run_is_broken_once() -> None:
    tried = {name for case in CASES for name in case[0].split(", ")}
    assert {test.id for test in fair.TESTS if test.query and not test.needs} == tried
    assert max(Counter(test.id for test in fair.TESTS).values()) == 1
    assert len(fair.TESTS) >= 60
    assert all(test.level in ("ERROR", "WARN", "INFO") and test.asks for test in fair.TESTS)
    assert all(test.query or test.needs for test in fair.TESTS)


def test_what_needs_a_registration_is_open_and_not_passed() -> None:
    outcomes = run(CLEAN.replace('bibo:doi "10.5555/potions" ;', ""))
    assert not found(outcomes)
    outcome = next(o for o in outcomes.outcomes if o.test.id == "FOOPS OM3 (DOI)")
    assert outcome.word == "not run"
    assert "needs a DOI" in outcomes.to_text()


def test_a_vocabulary_without_terms_is_not_fine() -> None:
    with pytest.raises(NothingToCheck):
        run("")
    with pytest.raises(NothingToCheck):
        run(CLEAN[: CLEAN.index("moa:Potion a")])


def test_a_file_that_cannot_be_read_is_not_passed_over() -> None:
    good = File("ontology/potions.ttl", CLEAN.encode())
    assert len(vocabulary_of(Corpus.of([good, File("data/compound/x.ttl", b"<urn:a> <urn:b> 1 .")]))) > 40
    with pytest.raises(InputUnreadable, match=r"ontology/scheme/x\.ttl:1"):
        vocabulary_of(Corpus.of([good, File("ontology/scheme/x.ttl", b"moa:Red a")]))
    with pytest.raises(NothingToCheck):
        vocabulary_of(Corpus.of([File("data/compound/x.ttl", b"<urn:a> <urn:b> 1 .")]))


def test_the_real_vocabulary_fails_nothing() -> None:
    files = [File(p.relative_to(ROOT).as_posix(), p.read_bytes()) for p in sorted((ROOT / "ontology").rglob("*.ttl"))]
    outcomes = fair.run(published(vocabulary_of(Corpus.of(files))))
    assert set(found(outcomes)) == {"ROBOT missing_superclass", "OOPS P13"}
    assert outcomes.terms > 400
    assert outcomes.exit_code == 0


def test_formats_say_the_same() -> None:
    outcomes = run(CLEAN.replace('skos:definition "How strong the potion is."@en ;', ""))
    text = outcomes.to_text()
    assert "fail     FOOPS VOC4: every class, property and concept has a definition\n         moa:strength\n" in text
    assert text.endswith(outcomes.summary() + "\n")
    assert f"looked at {outcomes.terms} terms by {len(fair.TESTS)} tests" in outcomes.summary()
    document = json.loads(outcomes.to("json"))
    assert document["looked_at"] == {"terms": outcomes.terms, "tests": len(fair.TESTS)}
    failed = [test["test"] for test in document["tests"] if test["outcome"] == "fail"]
    assert failed == ["FOOPS VOC4", "ROBOT missing_definition", "OOPS P08"]
    rows = outcomes.table().cells
    assert [row[0] for row in rows if row[3] == "fail"] == failed
    assert len(outcomes.to("tsv").splitlines()) == len(fair.TESTS) + 1
    with pytest.raises(UnknownFormat):
        outcomes.to("docx")


def test_only_the_first_of_many_faults_are_shown_but_all_are_counted() -> None:
    many = "".join(f'moa:Potion{n} a owl:Class ; rdfs:label "Potion {n}"@en .\n' for n in range(9))
    outcomes = run(CLEAN + many)
    assert "         and 4 more\n" in outcomes.to_text()
    assert sum(len(t["faults"]) for t in json.loads(outcomes.to_json())["tests"] if t["test"] == "FOOPS VOC4") == 9


def test_published_form_adds_names_and_definitions_and_takes_nothing_away() -> None:
    curated = read(
        (CLEAN + 'moa:Strength a moa:Colour ; skos:prefLabel "strength"@en , "сила"@ru .').encode()
    ).triples
    triples = published(curated)
    assert set(map(str, curated)) < set(map(str, triples))
    labels = {str(t.subject): t.object for t in triples if t.predicate.value == str(RDFS.label)}
    assert labels[f"<{VOCAB}Red>"] == ox.Literal("red", language="en")
    assert labels[f"<{VOCAB}Strength>"] == ox.Literal("strength (Colour)", language="en")
    assert labels[f"<{VOCAB}strength>"] == ox.Literal("strength", language="en")
    defined = {str(t.object) for t in triples if t.predicate.value == str(SKOS.definition)}
    assert defined == {str(t.object) for t in triples if t.predicate.value.endswith("obo/IAO_0000115")}
    assert published(reversed(curated)) == triples
    assert published(triples) == triples


def test_domains_and_ranges_are_what_the_shapes_let_curators_write() -> None:
    """The vocabulary says for readers what the closed shapes enforce; neither may drift from the other."""
    files = [File(p.relative_to(ROOT).as_posix(), p.read_bytes()) for p in (ROOT / "ontology").rglob("*.ttl")]
    corpus = Corpus.of(files)
    shapes, graph = shapes_of(corpus), corpus.graph
    takers: dict[rdflib.term.Node, set[rdflib.term.Node]] = {}
    values: dict[rdflib.term.Node, set[rdflib.term.Node]] = {}
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        for part in shapes.objects(shape, SH.property):
            path = shapes.value(part, SH.path)
            assert path is not None
            takers.setdefault(path, set()).update(shapes.objects(shape, SH.targetClass))
            kinds = {*shapes.objects(part, SH["class"]), *shapes.objects(part, SH.datatype)}
            for alternatives in shapes.objects(part, SH["or"]):
                kinds |= {k for item in shapes.items(alternatives) for k in shapes.objects(item, SH["class"])}
            values.setdefault(path, set()).update(kinds)

    def above(node: rdflib.term.Node) -> set[rdflib.term.Node]:
        return {OWL.Thing, *(c for c in graph.transitive_objects(node, RDFS.subClassOf) if c is not None)}

    looked_at = 0
    for path in takers:
        if not str(path).startswith(VOCAB):
            continue
        looked_at += 1
        domain = {*graph.objects(path, RDFS.domain), *graph.objects(path, SCHEMA.domainIncludes)}
        assert all(above(taker) & domain for taker in takers[path]), path
        assert all(OWL.Thing == said or any(said in above(t) for t in takers[path]) for said in domain), path
        range_ = {*graph.objects(path, RDFS.range), *graph.objects(path, SCHEMA.rangeIncludes)}
        properties = {OWL.ObjectProperty, OWL.DatatypeProperty}
        wanted = {RDF.Property if kind in properties else kind for kind in values[path]}
        assert all(above(kind) & range_ for kind in wanted), path
        assert not wanted or range_ - {OWL.Thing} <= wanted, path
    assert looked_at > 90


@pytest.mark.parametrize(("spoil", "code"), [(False, 0), (True, 1)], ids=["clean", "spoilt"])
def test_command_exits_as_it_found(spoil: bool, code: int, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    for folder in ("data", "queries"):
        (tmp_path / folder).mkdir()
    if spoil:
        path = tmp_path / "ontology" / "moagraph.ttl"
        path.write_bytes(path.read_bytes().replace(b'rdfs:label "Compound"@en ;', b""))
    done = subprocess.run(
        [sys.executable, "-m", "moagraph", "fair", "--root", str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert ("moa:Compound rdfs:label" in done.stdout) == spoil
    assert "looked at" in done.stdout.splitlines()[-1]
    written = subprocess.run(
        [sys.executable, "-m", "moagraph", "fair", "--root", str(tmp_path), "-o", str(tmp_path / "fair.json")],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert written.returncode == code
    assert "looked at" in written.stderr
    assert not written.stdout
    assert json.loads((tmp_path / "fair.json").read_text("utf-8"))["looked_at"]["terms"] > 400
