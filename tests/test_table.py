"""Tables print what they hold, in every format, and lose nothing."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from moagraph.errors import UnknownFormat
from moagraph.table import FORMATS, Column, Iri, Table

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
