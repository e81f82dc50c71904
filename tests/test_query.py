"""Query files: the header must agree with the query; values are bound, never pasted."""

from __future__ import annotations

import pytest

from moagraph.errors import QueryHeader
from moagraph.query import Query, bind, opening_of, selected_variables

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
    assert query.params[1].default == "3"
    assert [c.name for c in query.columns] == ["thing", "count"]
    assert Query.from_dict(query.to_dict()).to_dict() == query.to_dict()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
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
