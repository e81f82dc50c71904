"""Linting reads the structure that rdflib's parser reads; each fault has its cases in `tests/check/`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from moagraph.check import query_files
from moagraph.corpus import Corpus, File
from moagraph.errors import QueryRefused
from moagraph.lint import FAULTS, lint
from moagraph.scopes import may_be_empty
from moagraph.screen import refuse_unsafe
from moagraph.sparql import Bind, Expression, Filter, Group, Nested, Select, Triple, Unreadable, Values, parse
from test_check import CASES, ONTOLOGY, files_below

ROOT = Path(__file__).parent.parent
FILES = {file.path: file for file in query_files(Corpus.of([*ONTOLOGY, *files_below(ROOT, "queries")]))}
FILES |= {
    f"{path.relative_to(CASES)}": File(str(path), path.read_bytes())
    for path in sorted(CASES.glob("query-*/*/**/*.rq"))
    if path.parts[-4] != "query-syntax"
}
TRICKY = [
    'SELECT * { ?a <p:p>/<p:q>*|^(<p:r>|!(<p:s>|^a))+ "x}{ # ?no"@en-GB , 1.5e3 , -2 ; a [ <p:t> ( 1 ?b ) ; ] . }',
    "SELECT ?a(COUNT(*) AS ?n) {?a ?p ?o FILTER(?o < 3&&?o>-1) FILTER NOT EXISTS{?a <p:q> ?x}}GROUP BY ?a",
    'ASK { { ?a ?b ?c } UNION { { SELECT ?a { VALUES (?a ?b) { (UNDEF 1) } } LIMIT 3 } } MINUS { ?a ?x "\\"" } }',
    "PREFIX : <p:> SELECT ?x { GRAPH ?g { :a.b :c:d ?x. ?x :e ?y . } OPTIONAL { ?x :f '''a'b\n''' } } ORDER BY ?x ?y",
    "CONSTRUCT { ?a <p:p> [] } WHERE { [] <p:p> ?a . [ <p:q> ?a ] . ?a <p:r>? ?b BIND (EXISTS { ?a ?c ?b } AS ?z) }",
    "SELECT ?x { ?x <p:p> 1, 2 ;; <p:q> 3 ; . VALUES ?x { <a:a> <b:b> } } VALUES ?y { 1 }",
    "SELECT ?x { ?x <p:p> 'a'^^<p:type>, \"b\"^^xsd:string }",
]


def of_rdflib(node: Any, found: Counter[str]) -> Counter[str]:
    if isinstance(node, CompValue):
        name = {"Builtin_NOTEXISTS": "EXISTS", "Builtin_EXISTS": "EXISTS", "InlineData": "VALUES"}.get(
            node.name, node.name
        )
        if name == "TriplesBlock":
            for triples in node.triples:
                found["Triple"] += len(triples) // 3
        elif name == "GroupOrUnionGraphPattern":
            found["UNION" if len(node.graph) > 1 else ""] += 1
        elif name.endswith("GraphPattern"):
            found[name.removesuffix("GraphPattern").upper()] += 1
        elif name in ("Filter", "Bind", "SubSelect", "EXISTS", "VALUES"):
            found[name] += 1
        for key, value in node.items():
            if key != "template":
                of_rdflib(value, found)
    elif isinstance(node, list) or type(node).__name__ == "ParseResults":
        for value in node:
            of_rdflib(value, found)
    return found


def of_ours(node: object, found: Counter[str]) -> Counter[str]:
    match node:
        case Select():
            for expression in [*(e for _, e in node.projection if e), *node.clauses.values()]:
                of_ours(expression, found)
            of_ours(node.where, found)
        case Group():
            for part in node.parts:
                found["SubSelect"] += isinstance(part, Select)
                of_ours(part, found)
        case Nested():
            found[node.keyword] += 1
            for group in node.groups:
                of_ours(group, found)
        case Filter() | Bind():
            found[type(node).__name__] += 1
            of_ours(node.expression, found)
        case Expression():
            for exists in node.exists:
                found["EXISTS"] += 1
                of_ours(exists.group, found)
        case Values():
            found["VALUES"] += 1
        case Triple():
            found["Triple"] += 1
    return found


@pytest.mark.parametrize(
    "text", [f.text for f in FILES.values()] + TRICKY, ids=[*FILES, *map(str, range(len(TRICKY)))]
)
def test_structure_is_that_of_rdflib(text: str) -> None:
    theirs = of_rdflib(parseQuery(f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n{text}"), Counter())
    ours = of_ours(parse(text), Counter())
    assert ours["Triple"]
    # rdflib has no part of its own for a sub-select or for braces, which stand in a "group or union" of one.
    assert +ours == +theirs


def test_what_cannot_be_read_is_said_so() -> None:
    for text in ("SELECT ?x WHERE { ?x", "SELECT ?x { ?x ; ?y }", "SELECT ?x { ?x ?y ?z } }"):
        with pytest.raises(Unreadable):
            parse(text)


@pytest.mark.parametrize(
    ("path", "empty"),
    [("a", 0), ("a*", 1), ("a+", 0), ("a?", 1), ("a / b*", 0), ("a* / b?", 1), ("a | b*", 1), ("( a / b )*", 1),
     ("( a* )+", 1), ("( a | b )+", 0), ("^ ( a? )", 1), ("! ( a | b )", 0), ("( a* / b? ) | c", 1)],
)  # fmt: skip
def test_paths_of_length_zero(path: str, empty: int) -> None:
    triple = parse(
        f"SELECT ?x {{ ?x {path.replace('a', '<p:a>').replace('b', '<p:b>').replace('c', '<p:c>')} ?y }}"
    ).where
    assert triple is not None
    assert isinstance(triple.parts[0], Triple)
    assert may_be_empty(triple.parts[0].path) == bool(empty)


def test_shipped_queries_have_no_fault_and_every_fault_says_what_and_why() -> None:
    assert len([path for path in FILES if not path.startswith("query-")]) > 100
    for code, fault in FAULTS.items():
        assert code.startswith("query-")
        assert len(fault.why) > 40
        assert fault.severity in ("violation", "warning")


def test_service_is_found_without_asking_it() -> None:
    """The engine would follow it while it only tries the syntax."""
    text = "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    assert {finding.code for finding in lint("x.rq", text)} == {"query-elsewhere"}
    with pytest.raises(QueryRefused):
        refuse_unsafe(text)


def test_syntax_is_reported_with_its_line() -> None:
    (finding,) = lint("x.rq", "SELECT ?x WHERE {\n  ?x a .\n}\n")
    assert (finding.code, finding.line) == ("query-syntax", 3)
