"""Tables print what they hold, in every format, and lose nothing."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pyoxigraph as ox
import pytest

from moagraph.errors import UnknownFormat
from moagraph.table import FORMATS, Blank, Column, Iri, Literal, Table

RDF_LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

ALPHAMIDE = Iri("https://w3id.org/moagraph/compound/alphamide", "Alphamide | <b>β</b>")

TABLE = Table(
    (
        Column("thing", "moa:Compound"),
        Column("text", "xsd:string"),
        Column("n", "xsd:integer"),
        Column("x", "xsd:decimal"),
        Column("ok", "xsd:boolean"),
        Column("many", "moa:Source*"),
    ),
    (
        (
            ALPHAMIDE,
            "=1+1",
            3,
            Decimal("0.050"),
            True,
            (Iri("http://example.org/a", "A"), Iri("http://example.org/b")),
        ),
        (None, 'say "hi",\n there', None, None, None, ()),
    ),
)


def test_csv_is_read_back_and_runs_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(TABLE.to_csv(), newline="")))
    assert rows[0] == ["thing", "text", "n", "x", "ok", "many"]
    assert rows[1] == ["Alphamide | <b>β</b>", "'=1+1", "3", "0.050", "yes", "A; <http://example.org/b>"]
    assert rows[2] == ["", 'say "hi",\n there', "", "", "", ""]


def test_json_keeps_ids_labels_and_every_digit() -> None:
    row = json.loads(TABLE.to_json())["rows"][0]
    assert row["thing"] == {"id": "compound:alphamide", "label": "Alphamide | <b>β</b>"}
    assert row["x"] == "0.050"
    assert [part["label"] for part in row["many"]] == ["A", "<http://example.org/b>"]
    assert json.loads(TABLE.to_json(iris=True))["rows"][0]["thing"] == str(ALPHAMIDE)


def test_markdown_and_html_escape() -> None:
    assert "Alphamide \\| <b>β</b>" in TABLE.to_markdown()
    assert TABLE.to_markdown().count("\n") == 4
    assert "<b>" not in TABLE.to_html()
    assert "&lt;b&gt;" in TABLE._repr_html_()


def test_text_fits_the_width_and_counts_the_rows() -> None:
    wide = Table((Column("a"), Column("b")), tuple((f"word{i} " * 12, "x" * 60) for i in range(3)))
    text = wide.to_text(width=60)
    assert max(len(line) for line in text.splitlines()) <= 60
    assert text.endswith("3 rows\n")
    assert Table((Column("a"),), ()).to_text() == "0 rows\n"


def test_text_of_more_columns_than_fit_is_in_blocks() -> None:
    columns = tuple(Column(f"a_{i}") for i in range(7))
    many = Table(columns, (("one", "two " * 20, "", *"abcd"), tuple("efghijk")))
    blocks = many.to_text(width=60).split("\n\n")
    assert [len(block.splitlines()) for block in blocks] == [8, 7, 1]
    assert max(len(line) for block in blocks for line in block.splitlines()) <= 60
    assert blocks[0].startswith("a 0  one\na 1  two two")
    assert "\na 2\na 3  a\n" in blocks[0]
    assert blocks[2] == "2 rows\n"
    assert many.to_text(width=70).splitlines()[0].split() == [
        "a",
        str(0),
        *(w for i in range(1, 7) for w in ("a", str(i))),
    ]
    assert Table(columns, ()).to_text(width=60) == "0 rows\n"


def test_pandas_keeps_types() -> None:
    frame = TABLE.to_pandas()
    assert list(frame.columns) == ["thing", "text", "n", "x", "ok", "many"]
    assert str(frame["n"].dtype) == "Int64"
    assert frame["thing"][0].label == ALPHAMIDE.label
    assert frame["x"][0] == Decimal("0.050")


def test_rows_and_columns() -> None:
    assert [row["n"] for row in TABLE] == [3, None]
    assert TABLE.column("ok") == [True, None]
    assert len(TABLE) == 2


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_an_empty_table(format: str) -> None:
    assert Table((Column("a"),), ()).to(format).strip()


def test_an_unknown_format_offers_the_nearest() -> None:
    with pytest.raises(UnknownFormat, match="markdwn"):
        TABLE.to("markdwn")


EVERY_KIND = Table(
    (
        Column("thing"), Column("things", "moa:Compound*"), Column("n", "xsd:integer"), Column("d", "xsd:decimal"),
        Column("f", "xsd:double"), Column("yes", "xsd:boolean"), Column("text", "xsd:string"), Column("class"),
    ),
    (
        (Iri("x:a", "A"), (Iri("x:a"), Iri("x:b")), 1, Decimal("0.50"), 1.5, True, "t", Literal("d", "x:t")),
        (Blank("_:b0"), (), None, None, float("inf"), False, "", Literal("да", RDF_LANG, "ru")),
    ),
)  # fmt: skip


def test_rows_are_records_with_names_and_types() -> None:
    first, second = EVERY_KIND.rows()
    assert (first.n, first["d"], first.yes, first["class"].datatype) == (1, Decimal("0.50"), True, "x:t")
    assert first.thing.label == "A"
    assert first[0] == "x:a"
    assert second["class"].language == "ru"
    assert second.to_dict()["n"] is None
    assert len(second) == 8
    with pytest.raises(KeyError, match="there are thing, things"):
        first["nothing"]
    with pytest.raises(AttributeError, match="nothing"):
        _ = first.nothing


def test_polars_gets_typed_columns() -> None:
    frame = EVERY_KIND.to_polars()
    assert [str(dtype) for dtype in frame.dtypes] == [
        "String", "List(String)", "Int64", "Decimal(precision=38, scale=2)", "Float64", "Boolean", "String", "String",
    ]  # fmt: skip
    assert frame["things"].to_list() == [["x:a", "x:b"], []]
    assert frame["d"].to_list() == [Decimal("0.50"), None]
    assert Table(EVERY_KIND.columns, ()).to_polars().height == 0


@pytest.mark.parametrize("name", ["srj", "srx"])
def test_results_of_sparql_are_read_back_term_by_term(name: str) -> None:
    formats = {"srj": ox.QueryResultsFormat.JSON, "srx": ox.QueryResultsFormat.XML}
    parsed = ox.parse_query_results(EVERY_KIND.to(name), formats[name])
    assert isinstance(parsed, ox.QuerySolutions)
    first, second = (["" if term is None else str(term) for term in row] for row in parsed)
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert first == [
        "<x:a>", '"x:a x:b"', f'"1"^^<{xsd}integer>', f'"0.50"^^<{xsd}decimal>', f'"1.5"^^<{xsd}double>',
        f'"true"^^<{xsd}boolean>', '"t"', '"d"^^<x:t>',
    ]  # fmt: skip
    assert second[4:] == [f'"INF"^^<{xsd}double>', f'"false"^^<{xsd}boolean>', '""', '"да"@ru']
    assert second[0].startswith("_:")


def test_what_xml_cannot_hold_is_marked() -> None:
    table = Table((Column("text", "xsd:string"),), (("a\x01b",),))
    parsed = ox.parse_query_results(table.to_srx(), ox.QueryResultsFormat.XML)
    assert isinstance(parsed, ox.QuerySolutions)
    assert [str(row[0]) for row in parsed] == ['"a\ufffdb"']


def test_notebooks_show_the_first_rows_and_how_many_there_are() -> None:
    many = Table((Column("n", "xsd:integer"),), tuple((n,) for n in range(1000)))
    html = many._repr_html_()
    assert html.count("<tr>") == 101
    assert "1,000 rows, the first 100 shown" in html
