"""Asking: values are typed and bound, several are asked apart or together, and mistakes say how to mend them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import Ontology
from moagraph.errors import BadValue, MissingParameter, MoagraphError, UnknownParameter
from moagraph.library import Library
from moagraph.query import Query
from moagraph.store import EmbeddedStore
from moagraph.table import Column, Iri
from moagraph.values import DATATYPES, canonical, cell_of, text_of

DATA = Path(__file__).parent / "queries" / "data"
ECHO = """#+ summary: "Echo"
#+ asks: "Which values?"
#+ params:
#+   compound: { class: [moa:Compound, moa:CompoundGroup], example: alphamide }
#+   n: { type: xsd:integer, default: 3 }
#+   tier: { class: moa:Tier, enum: [A, B], example: A, optional: true }
#+   size: { type: xsd:string, enum: [small, large], example: small, optional: true }
#+ columns: { thing: rdfs:Resource, number: xsd:integer, letter: moa:Tier, how: xsd:string }
PREFIX moa: <https://w3id.org/moagraph/vocab#>
SELECT (?compound AS ?thing) (?n AS ?number) (?tier AS ?letter) (?size AS ?how) WHERE {
  ?compound a ?kind . ?tier a moa:Tier . VALUES ?size { "small" "large" "huge" }
  FILTER (?kind != moa:Compound || ?n > 0)
} ORDER BY ?thing ?number ?letter ?how
"""


@pytest.fixture(scope="module")
def library(ontology: Ontology) -> Library:
    made = ontology.library([(DATA / f"{name}.ttl").read_bytes() for name in ("things", "claims")])
    assert isinstance(made.store, EmbeddedStore)
    return Library({**made.queries, "echo": Query.parse("echo", ECHO)}, made.store, "stated")


def test_several_values_are_asked_apart_and_the_rows_say_whose_they_are(library: Library) -> None:
    one, two = (library.ask("mechanisms-of-compound", {"compound": c}) for c in ("gammamide", "alphamide"))
    both = library.ask("mechanisms-of-compound", {"compound": ["Gammamide", "alphamide", "compound:gammamide"]})
    assert both.columns == (Column("for_compound", "moa:Compound"), *one.columns)
    assert [row[1:] for row in both.cells] == [*one.cells, *two.cells]
    whose = [cell.label for cell in both.column("for_compound") if isinstance(cell, Iri)]
    assert whose == ["Gammamide"] * len(one) + ["Alphamide"] * len(two)
    alone = library.ask("mechanisms-of-compound", {"compound": ["alphamide"]})
    assert [row[1:] for row in alone.cells] == list(two.cells)


def test_many_are_asked_together(library: Library) -> None:
    table = library.ask("mechanisms-shared-by-all", {"compounds": ["alphamide", "betamide"]})
    assert [column.name for column in table.columns] == ["mechanism", "sources"]
    assert len(table) == 1


def test_left_out_means_any_or_the_default(library: Library) -> None:
    table = library.ask("echo", {"compound": "alphamide", "size": None, "tier": ""})
    assert set(table.column("number")) == {3}
    assert set(table.column("how")) == {"small", "large", "huge"}
    assert len(set(table.column("letter"))) == 6
    narrow = library.ask("echo", {"compound": "amides", "tier": "B", "size": "small", "n": "+07"})
    assert set(narrow.column("number")) == {7}
    assert {str(cell).rsplit("#")[-1] for cell in narrow.column("letter")} == {"TierB"}


def test_all_values_can_be_asked(library: Library) -> None:
    table = library.answers("claims-by-tier")
    assert table.columns[0] == Column("for_tier", "moa:Tier")
    asked = sum(len(library.ask("claims-by-tier", {"tier": tier})) for tier in "ABCDEF")
    assert len(table) == asked > 0


def test_the_bound_text_runs_as_it_is(library: Library) -> None:
    text = library.bound("mechanisms-of-compound", {"compound": "alphamide"})
    assert "VALUES ?compound { <https://w3id.org/moagraph/compound/alphamide> }" in text
    answer = library.store.select(text, "stated", library.find("mechanisms-of-compound").columns)
    assert answer.cells == library.ask("mechanisms-of-compound", {"compound": "alphamide"}).cells
    with pytest.raises(BadValue, match="one value at a time"):
        library.bound("mechanisms-of-compound", {"compound": ["alphamide", "betamide"]})


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ({}, MissingParameter, "echo needs a value for 'compound'"),
        ({"compound": []}, MissingParameter, "moagraph ask echo compound=alphamide"),
        ({"compnd": "alphamide"}, UnknownParameter, "did you mean compound?"),
        ({"compound": "alphamyde"}, MoagraphError, "did you mean alphamide"),
        ({"compound": "alphamide", "n": "3.5"}, BadValue, "matches [+-]?[0-9]{1,19}; '3.5' is none"),
        ({"compound": "alphamide", "n": "3.5"}, BadValue, "for example n=3"),
        ({"compound": "alphamide", "n": 2**63}, BadValue, "a whole number"),
        ({"compound": "alphamide", "tier": "C"}, BadValue, "it is one of A, B"),
        ({"compound": "alphamide", "tier": "Z"}, BadValue, "it is one of A, B"),
        ({"compound": "alphamide", "size": "lage"}, BadValue, "did you mean large?"),
        ({"compound": "alphamide", "size": 'x" } INSERT'}, BadValue, "it is one of small, large"),
    ],
)
def test_a_wrong_question_says_how_to_mend_it(
    values: dict[str, object], error: type[MoagraphError], says: str, library: Library
) -> None:
    with pytest.raises(error) as caught:
        library.ask("echo", values)
    assert says in str(caught.value)


def test_all_that_is_missing_is_named_at_once(library: Library) -> None:
    text = ECHO.replace("n: { type: xsd:integer, default: 3 }", "n: { type: xsd:integer, example: 5 }")
    asked = Library({"echo": Query.parse("echo", text)}, library.store, "stated")
    with pytest.raises(MissingParameter) as caught:
        asked.ask("echo", {"tier": "A"})
    assert "'compound' and 'n'" in caught.value.problem
    assert caught.value.fix == "moagraph ask echo compound=alphamide n=5 tier=A"


def test_values_have_one_spelling() -> None:
    for datatype, kind in DATATYPES.items():
        assert canonical(kind.example, datatype)
        assert text_of(cell_of(canonical(kind.example, datatype), datatype)) == kind.example
    assert [canonical(t, "xsd:decimal") for t in ("-0.0", "010.50", "7", "+1.000")] == ["0", "10.5", "7", "1"]
    assert text_of(Decimal("1E-7")) == "0.0000001"
    assert text_of(date(2021, 5, 1)) == "2021-05-01"
    assert canonical("0", "xsd:boolean") == "false"
    for datatype, text in (
        ("xsd:integer", "٣"),
        ("xsd:integer", "9223372036854775808"),
        ("xsd:decimal", "1e3"),
        ("xsd:decimal", "NaN"),
        ("xsd:boolean", "yes"),
        ("xsd:date", "2021-13-01"),
        ("xsd:date", "2021-05-01Z"),
        ("xsd:string", "\x00"),
        ("xsd:string", "\ud800"),
        ("xsd:anyURI", "no address"),
    ):
        with pytest.raises(ValueError, match=r"is no|64 bits|month|surrogates"):
            canonical(text, datatype)
