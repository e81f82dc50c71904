"""Headers against queries, vocabulary and data: what contradicts is found, what cannot be decided is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from moagraph.check import store_of
from moagraph.corpus import Corpus, File
from moagraph.headers import findings
from moagraph.pattern import Path as PropertyPath
from moagraph.pattern import pattern_of
from moagraph.report import Finding
from moagraph.things import Names
from test_check import BASE, ONTOLOGY

HEAD = """#+ summary: "Amides"
#+ asks: "Which amides?"
"""
PREFIX = "PREFIX moa: <https://w3id.org/moagraph/vocab#>\n"


def found(columns: str, query: str, params: str = "{}") -> list[Finding]:
    text = f"{HEAD}#+ params: {params}\n#+ columns: {columns}\n{PREFIX}{query}"
    corpus = Corpus.of([*ONTOLOGY, *BASE, File("queries/amides.rq", text.encode())])
    return list(findings(corpus, Names(store_of(corpus), "none")))


@pytest.mark.parametrize(
    ("columns", "query", "params", "says"),
    [
        (
            "{ a: moa:Claim }",
            "SELECT ?a WHERE { ?a moa:hasMechanism ?m } ORDER BY ?a",
            "{}",
            "subject of moa:hasMechanism",
        ),
        ("{ a: moa:Claim }", "SELECT ?a WHERE { ?m ^moa:hasMechanism ?a } ORDER BY ?a", "{}", "moa:Compound"),
        ("{ a: moa:Claim }", "SELECT ?a WHERE { ?a a moa:Mechanism } ORDER BY ?a", "{}", "is a moa:Mechanism"),
        ("{ a: xsd:string }", "SELECT ?a WHERE { ?c moa:hasMechanism ?a } ORDER BY ?a", "{}", "moa:Mechanism"),
        (
            "{ a: moa:Compnd }",
            "SELECT ?a WHERE { ?a a moa:Compound } ORDER BY ?a",
            "{}",
            "no class of the vocabulary",
        ),
        ("{ a: moa:Compound* }", "SELECT ?a WHERE { ?a a moa:Compound } ORDER BY ?a", "{}", "hold several"),
        (
            "{ n: xsd:string }",
            "SELECT (COUNT(?a) AS ?n) WHERE { ?a a moa:Compound } ORDER BY ?n",
            "{}",
            "a whole number",
        ),
        ("{ n: xsd:integer }", "SELECT (STR(?a) AS ?n) WHERE { ?a a moa:Compound } ORDER BY ?n", "{}", "text"),
        ("{ n: moa:Tier }", "SELECT ?n WHERE { ?a moa:tier ?t BIND (STR(?t) AS ?n) } ORDER BY ?n", "{}", "text"),
        ("{ n: xsd:string }", "SELECT (?a = ?b AS ?n) WHERE { ?a a ?b } ORDER BY ?n", "{}", "a truth value"),
        (
            "{ n: xsd:string }",
            "SELECT (MIN(?s) AS ?n) WHERE { ?a a ?b BIND (STRLEN(STR(?a)) AS ?s) } ORDER BY ?n",
            "{}",
            "whole",
        ),
        ("{ n: xsd:string }", "SELECT (IRI(STR(?a)) AS ?n) WHERE { ?a a ?b } ORDER BY ?n", "{}", "makes an IRI"),
        (
            "{ a: moa:Compound }",
            "SELECT ?a WHERE { ?a moa:hasMechanism ?m } ORDER BY ?a",
            "{ m: { class: moa:Compound, example: alphamide } }",
            "the parameter 'm' is declared moa:Compound, but it is the object of moa:hasMechanism",
        ),
        (
            "{ a: moa:Compound }",
            "SELECT ?a WHERE { ?a moa:hasMechanism ?m } ORDER BY ?a",
            "{ m: { type: xsd:integer, example: 3 } }",
            "whose values are moa:Mechanism",
        ),
        (
            "{ a: moa:Compound }",
            "SELECT ?a WHERE { ?a moa:hasMechanism ?m } ORDER BY ?a",
            "{ a: { class: moa:Compound, example: alphamide, enum: [alphamide, gammamyde] } }",
            "enum 'gammamyde' of the parameter 'a' names no moa:Compound",
        ),
    ],
)
def test_a_contradiction_is_found(columns: str, query: str, params: str, says: str) -> None:
    (finding,) = found(columns, query, params)
    assert says in finding.problem
    assert finding.cure
    assert finding.path == "queries/amides.rq"


@pytest.mark.parametrize(
    ("columns", "query"),
    [
        ("{ a: rdfs:Resource }", "SELECT ?a WHERE { ?c moa:hasMechanism ?a } ORDER BY ?a"),
        ("{ a: moa:Mechanism }", "SELECT ?a WHERE { ?c moa:hasMechanism|moa:affects ?a } ORDER BY ?a"),
        ("{ a: moa:Compound }", "SELECT ?a WHERE { ?c moa:hasMechanism* ?a } ORDER BY ?a"),
        (
            "{ a: moa:Claim }",
            "SELECT ?a WHERE { ?a a moa:Claim { SELECT ?m { ?a moa:hasMechanism ?m } } } ORDER BY ?a",
        ),
        ("{ a: moa:Compound }", "SELECT ?a WHERE { ?a a moa:Compound MINUS { ?a a moa:Stack } } ORDER BY ?a"),
        ("{ n: xsd:decimal }", "SELECT (SUM(?x) AS ?n) WHERE { ?a moa:amount ?x } ORDER BY ?n"),
        ("{ a: moa:Indication }", "SELECT ?a WHERE { ?c moa:usedFor ?a } ORDER BY ?a"),
    ],
)
def test_what_may_be_is_no_finding(columns: str, query: str) -> None:
    assert found(columns, query) == []


def test_our_own_headers_are_right_and_were_looked_at() -> None:
    root = Path(__file__).parent.parent / "queries"
    patterns = [pattern_of(path.read_text("utf-8")) for path in sorted(root.glob("*.rq"))]
    statements = [s for pattern in patterns for group in pattern.walk() for s in group.statements]
    assert len(patterns) >= 70
    assert len([s for s in statements if isinstance(s.predicate, PropertyPath) and s.predicate.lasts]) > 300


def test_a_pattern_knows_what_is_bound() -> None:
    pattern = pattern_of(
        "SELECT ?a WHERE { VALUES ?v { 1 } ?a ?p ?b . OPTIONAL { ?a ?p ?c } "
        "{ ?a ?p ?d } UNION { ?a ?p ?e . ?a ?p ?d } FILTER EXISTS { ?a ?p ?f } MINUS { ?a ?p ?g } "
        "{ SELECT ?h WHERE { ?h ?i ?j } } BIND (1 AS ?k) }"
    )
    assert pattern.bound() == {"?v", "?a", "?p", "?b", "?d", "?h"}
