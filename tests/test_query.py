"""Query files: the header must agree with the query; values are bound, never pasted."""

from __future__ import annotations

import pytest

from moagraph.errors import QueryHeader
from moagraph.query import Parameter, Query, bind, header_lines, opening_of, selected_variables

GOOD = """#+ summary: "Things"
#+ asks: "Which things has ?compound?"
#+ params:
#+   compound: { class: moa:Compound, example: alphamide }
#+   n: { type: xsd:integer, default: 3 }
#+ columns: { thing: rdfs:Resource, count: xsd:integer }
# a comment with WHERE { in it
SELECT ?thing (COUNT(?x) AS ?count) WHERE { ?compound ?p ?thing . ?thing ?n ?x } GROUP BY ?thing ORDER BY ?thing
"""


def test_a_header_is_read() -> None:
    query = Query.parse("things", GOOD)
    assert [p.name for p in query.params] == ["compound", "n"]
    assert query.params[1].default == query.params[1].examples == ("3",)
    assert [p.required for p in query.params] == [True, False]
    assert [c.name for c in query.columns] == ["thing", "count"]
    assert Query.from_dict(query.to_dict()).to_dict() == query.to_dict()


def test_a_parameter_says_what_it_takes() -> None:
    text = GOOD.replace(
        "{ class: moa:Compound, example: alphamide }",
        "{ class: [moa:Compound, moa:CompoundGroup], many: true, example: [alphamide, amides], optional: true, "
        "enum: [alphamide, amides, betamide], about: which ones }",
    )
    (parameter, _) = Query.parse("things", text).params
    assert parameter == Parameter(
        "compound",
        ("moa:Compound", "moa:CompoundGroup"),
        ("alphamide", "amides"),
        (),
        optional=True,
        enum=("alphamide", "amides", "betamide"),
        many=True,
        about="which ones",
    )
    assert (parameter.required, parameter.datatype, parameter.type) == (False, None, "rdfs:Resource")


def test_a_header_is_placed_by_line() -> None:
    lines = header_lines(GOOD)
    assert lines[("summary",)] == 1
    assert lines[("params", "n", "default")] == 5
    with pytest.raises(QueryHeader) as caught:
        Query.parse("things", GOOD.replace("type: xsd:integer", "type: xsd:intger"))
    assert caught.value.line == 5
    assert "did you mean xsd:integer" in caught.value.fix


COMPOUND = "{ class: moa:Compound, example: alphamide }"
NUMBER = "{ type: xsd:integer, default: 3 }"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (COMPOUND, "{ class: xsd:integer, example: 3 }", "a class that is a datatype"),
        (COMPOUND, "{ type: moa:Compound, example: alphamide }", "or a type that is none"),
        (COMPOUND, "{ class: moa:Compound, type: xsd:string, example: a }", "needs a class or a type"),
        (COMPOUND, "{ class: [moa:Compound, []], example: a }", "empty or nested"),
        (COMPOUND, "{ class: Compound, example: alphamide }", "no CURIE with a known prefix"),
        (COMPOUND, "{ class: moa:Compound }", "has no example"),
        (COMPOUND, "{ class: moa:Compound, example: [a, b] }", "takes one value"),
        (COMPOUND, "{ class: moa:Compound, example: a, enum: [b, c] }", "none of its enumeration"),
        (COMPOUND, "{ class: moa:Compound, example: a, optional: maybe }", "true or false"),
        (COMPOUND, "{ class: moa:Compound, example: a, exmple: b }", "unknown keys: exmple"),
        (NUMBER, "{ type: xsd:integer, default: three }", "is no xsd:integer"),
        (NUMBER, "{ type: xsd:integer, example: 3, enum: [3, x] }", "is no xsd:integer"),
        (NUMBER, "{ type: xsd:date, example: 2021-02-30 }", "is not YAML: day is out of range"),
        (NUMBER, "{ type: xsd:gYear, example: 2021 }", "use xsd:integer for years"),
        ("count: xsd:integer }", "count: xsd:intger }", "unknown datatype xsd:intger"),
        ("#+   n: {", "#+   n-th: {", "no SPARQL variable"),
        ("#+   n: {", "#+   compound: {", "says 'compound' twice"),
        ("#+ ", "# ", "has no header"),
        ('summary: "Things"', 'summery: "Things"', "unknown keys"),
        ('#+ asks: "Which things has ?compound?"\n', "", "lacks 'asks'"),
        ("count: xsd:integer }", "number: xsd:integer }", "names the columns thing, number"),
        ("?compound ?p", "?other ?p", "does not use it"),
        (" ORDER BY ?thing", "", "no ORDER BY"),
        ("{ class: moa:Compound, example: alphamide }", "alphamide", "needs a class or a type"),
        ('"Things"', '"Things', "is not YAML"),
    ],
)
def test_a_header_that_disagrees_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(QueryHeader, match=r".") as caught:
        Query.parse("things", GOOD.replace(old, new))
    assert says in str(caught.value)


def test_values_go_into_the_outermost_where() -> None:
    query = Query.parse("things", GOOD)
    text = bind(query.text, query.opening, {"compound": ["<x:a>", "<x:b>"]})
    assert "WHERE { VALUES ?compound { <x:a> <x:b> } ?compound ?p" in text
    assert text.count("VALUES") == 1


def test_where_is_found_past_strings_iris_and_comments() -> None:
    text = 'SELECT ("WHERE {" AS ?x) # WHERE {\nFROM <x:WHERE{> \nWHERE { }'
    assert text[: opening_of(text)].endswith("\nWHERE {")


def test_selected_variables_of_sub_selects_do_not_count() -> None:
    assert selected_variables("SELECT ?a WHERE { { SELECT ?b WHERE { } } }") == ["a"]
    assert selected_variables("SELECT (MIN(?b) AS ?c) ?a WHERE { }") == ["c", "a"]
