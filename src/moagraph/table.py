"""Typed rows and how to print them.

A Table has named, typed columns and a total order of rows. A cell is an `Iri` (which knows its label), a string, a
whole number, a decimal, a float, a truth value, a `Literal` of any other datatype or language, a `Blank` node, None,
or a sorted tuple of those where the column may hold several.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from moagraph.cells import Blank, Cell, Column, Iri, Literal, Row, Scalar, jsonable, term_json, term_xml, text_of
from moagraph.errors import MissingExtra, UnknownFormat

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = [
    "EXTENSIONS",
    "FORMATS",
    "Blank",
    "Cell",
    "Column",
    "Iri",
    "Literal",
    "Scalar",
    "Table",
    "latex_escape",
    "truth",
]


NOTEBOOK_ROWS = 100
"""How many rows of a table a notebook shows."""

NARROWEST = 10
"""How many characters a column must have for a table to be readable."""

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",
    "]": "{]}",
    "\n": " ",
    **{c: f"\\{c}" for c in "{}$&#_%"},
}


def latex_escape(text: str) -> str:
    """Gives text as it is written in LaTeX, so that nothing in it is taken for a command.

    >>> print(latex_escape("50 % of A_1"))
    50 \\% of A\\_1
    """
    return "".join(_LATEX.get(c, c) for c in text)


def _plain(text: str) -> str:
    """Keeps a spreadsheet from taking text for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


class Table:
    """Rows with named, typed columns, in a total order.

    Attributes:
        columns: names and types.
        cells: the rows, each with a cell for every column.
        title: what the rows are; may be empty.

    >>> t = Table((Column("n", "xsd:integer"),), ((1,), (2,)))
    >>> print(t.to_tsv(), end="")
    n
    1
    2
    """

    # No dataclass: importing what makes one takes a seventh of the time of a cached answer.
    __slots__ = ("cells", "columns", "title")

    def __init__(self, columns: Sequence[Column], cells: Sequence[tuple[Cell, ...]], title: str = "") -> None:
        self.columns = tuple(columns)
        self.cells = tuple(cells)
        self.title = title

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return (self.columns, self.cells, self.title) == (other.columns, other.cells, other.title)

    def __hash__(self) -> int:
        return hash((self.columns, self.cells, self.title))

    def __repr__(self) -> str:
        return f"Table({', '.join(c.name for c in self.columns)}; {len(self)} rows)"

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows())

    def rows(self) -> list[Row]:
        """Gives each row as a record: its cells by name (`row.mechanism`, `row["mechanism"]`) or position."""
        names = tuple(column.name for column in self.columns)
        return [Row.of(names, row) for row in self.cells]

    def column(self, name: str) -> list[Cell]:
        """Gives the cells of one column, top to bottom."""
        index = [column.name for column in self.columns].index(name)
        return [row[index] for row in self.cells]

    def _strings(self, iris: bool) -> list[list[str]]:
        return [[text_of(cell, iris) for cell in row] for row in self.cells]

    def to_csv(self, iris: bool = False) -> str:
        """Gives RFC 4180 text with a header row; text that a spreadsheet would run is quoted with an apostrophe."""
        return self._separated(iris, ",", "\r\n")

    def to_tsv(self, iris: bool = False) -> str:
        """Gives tab-separated text with a header row."""
        return self._separated(iris, "\t", "\n")

    def _separated(self, iris: bool, delimiter: str, end: str) -> str:
        import csv

        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
        writer.writerow([column.name for column in self.columns])
        for row, texts in zip(self.cells, self._strings(iris), strict=True):
            writer.writerow(
                [
                    _plain(text) if isinstance(cell, str | tuple) else text
                    for cell, text in zip(row, texts, strict=True)
                ]
            )
        return out.getvalue()

    def to_json(self, iris: bool = False) -> str:
        """Gives columns and rows as JSON; things are objects with `id` (CURIE) and `label`, or IRIs on request.

        Decimals are strings, so that no digit is lost.
        """
        import json

        names = [column.name for column in self.columns]
        return (
            json.dumps(
                {
                    "columns": [{"name": c.name, "type": c.type} for c in self.columns],
                    "rows": [
                        dict(zip(names, (jsonable(cell, iris) for cell in row), strict=True)) for row in self.cells
                    ],
                },
                ensure_ascii=False,
                indent=1,
            )
            + "\n"
        )

    def to_markdown(self, iris: bool = False) -> str:
        """Gives a Markdown table."""

        def line(cells: Sequence[str]) -> str:
            escaped = (cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ") for cell in cells)
            return f"| {' | '.join(escaped)} |\n"

        head = line([c.heading for c in self.columns]) + line(["---"] * len(self.columns))
        return head + "".join(line(row) for row in self._strings(iris))

    def to_html(self, iris: bool = False) -> str:
        """Gives an HTML table without styles; all text is escaped."""
        import html

        head = "".join(f"<th>{html.escape(c.heading)}</th>" for c in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>\n"
            for row in self._strings(iris)
        )
        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"

    def _repr_html_(self) -> str:
        """Gives what notebooks show: the first rows, and how many there are."""
        import html

        shown = Table(self.columns, self.cells[:NOTEBOOK_ROWS], self.title)
        count = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        if len(shown) < len(self):
            count += f", the first {len(shown)} shown"
        return f"{shown.to_html()}<p>{html.escape(count)}</p>\n"

    def to_latex(self, iris: bool = False) -> str:
        """Gives a LaTeX tabular as wide as the line; all text is escaped."""
        share = f"p{{{0.9 / len(self.columns):.2f}\\linewidth}}"
        layout = "".join("r" if c.type in ("xsd:integer", "xsd:decimal") else share for c in self.columns)
        rows = [[f"\\textbf{{{latex_escape(c.heading)}}}" for c in self.columns]]
        rows += [[latex_escape(text) for text in row] for row in self._strings(iris)]
        head, *body = (f"{' & '.join(row)} \\\\\n" for row in rows)
        title = f"\\noindent {latex_escape(self.title)}\n\n" if self.title else ""
        opening = f"{title}\\begin{{tabular}}{{{layout}}}\n\\hline\n{head}"
        return f"{opening}\\hline\n{''.join(body)}\\hline\n\\end{{tabular}}\n"

    def to_srj(self, iris: bool = True) -> str:  # noqa: ARG002 - terms are always whole here
        """Gives SPARQL 1.1 query results in JSON; a cell that holds several things is a string of their IRIs."""
        import json

        bindings = [
            {c.name: term_json(cell) for c, cell in zip(self.columns, row, strict=True) if cell is not None}
            for row in self.cells
        ]
        results = {"head": {"vars": [c.name for c in self.columns]}, "results": {"bindings": bindings}}
        return json.dumps(results, ensure_ascii=False, indent=1) + "\n"

    def to_srx(self, iris: bool = True) -> str:  # noqa: ARG002 - terms are always whole here
        """Gives SPARQL query results in XML; a cell that holds several things is a string of their IRIs.

        A control character, which XML cannot hold, becomes U+FFFD.
        """
        from xml.sax.saxutils import quoteattr

        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<sparql xmlns="http://www.w3.org/2005/sparql-results#">']
        variables = "".join(f"<variable name={quoteattr(c.name)}/>" for c in self.columns)
        lines += [f"<head>{variables}</head>", "<results>"]
        for row in self.cells:
            bindings = "".join(
                f"<binding name={quoteattr(c.name)}>{term_xml(cell)}</binding>"
                for c, cell in zip(self.columns, row, strict=True)
                if cell is not None
            )
            lines.append(f"<result>{bindings}</result>")
        return "\n".join([*lines, "</results>", "</sparql>"]) + "\n"

    def to_text(self, iris: bool = False, width: int = 110) -> str:
        """Gives a table for reading, wrapped to `width` characters, with the number of rows below it.

        Where columns would be narrower than most words, each row is a block of lines instead, one for each column.
        """
        if self.columns and width // len(self.columns) < NARROWEST:
            return self._to_blocks(iris, width)
        from rich import box
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        grid = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for column in self.columns:
            number = column.type in ("xsd:integer", "xsd:decimal")
            grid.add_column(column.heading, overflow="fold", justify="right" if number else "left")
        for row in self._strings(iris):
            grid.add_row(*(Text(text) for text in row))
        out = io.StringIO()
        Console(file=out, width=width, no_color=True, highlight=False, legacy_windows=False).print(grid)
        count = f"{len(self)} row{'' if len(self) == 1 else 's'}"
        lines = [line.rstrip() for line in out.getvalue().splitlines()] if self.cells else []
        return "\n".join([*lines, count]).lstrip("\n") + "\n"

    def _to_blocks(self, iris: bool, width: int) -> str:
        from textwrap import wrap

        indent = max(len(column.heading) for column in self.columns) + 2
        blocks = []
        for row in self._strings(iris):
            lines = []
            for column, text in zip(self.columns, row, strict=True):
                first, *others = wrap(text, max(width - indent, NARROWEST), break_on_hyphens=False) or [""]
                lines += [f"{column.heading:<{indent}}{first}".rstrip(), *(" " * indent + other for other in others)]
            blocks.append("\n".join(lines))
        count = f"{len(self)} row{'' if len(self) == 1 else 's'}"
        return "\n\n".join([*blocks, count]) + "\n"

    def __str__(self) -> str:
        return self.to_text()

    def to_pandas(self) -> pd.DataFrame:
        """Gives a pandas DataFrame: things as `Iri` objects, whole numbers as Int64, the rest as objects.

        Raises:
            MissingExtra: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingExtra("to_pandas needs pandas", "pip install 'moagraph[pandas]'") from None
        frame = pd.DataFrame(
            {c.name: pd.Series(self.column(c.name), dtype="object") for c in self.columns},
            columns=[c.name for c in self.columns],
        )
        for column in self.columns:
            if column.type == "xsd:integer":
                frame[column.name] = frame[column.name].astype("Int64")
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Gives a polars DataFrame: things as the text of their IRIs, lists as lists, numbers and truth values typed.

        Raises:
            MissingExtra: polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            raise MissingExtra("to_polars needs polars", "pip install 'moagraph[polars]'") from None

        def plain(cell: Cell) -> Any:
            if isinstance(cell, tuple):
                return [plain(part) for part in cell]
            return str(cell) if isinstance(cell, str) else cell

        types: dict[str, Any] = {"xsd:integer": pl.Int64, "xsd:boolean": pl.Boolean, "xsd:double": pl.Float64}
        types["xsd:string"] = pl.String
        series = []
        for column in self.columns:
            values = [plain(cell) for cell in self.column(column.name)]
            kinds = {type(value) for value in values if value is not None}
            dtype: Any = None
            if column.many:
                dtype = pl.List(pl.String)
            elif column.type in types or not kinds:
                dtype = types.get(column.type, pl.String)
            elif len(kinds) > 1:
                # Values of several kinds have no type in common but text.
                values, dtype = [None if value is None else str(value) for value in values], pl.String
            series.append(pl.Series(column.name, values, dtype=dtype))
        return pl.DataFrame(series)

    def to(self, format: str, iris: bool = False, width: int = 110) -> str:
        """Gives the table in a named format.

        Raises:
            UnknownFormat: the format is not one of `FORMATS`.
        """
        if format == "text":
            return self.to_text(iris, width)
        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        return FORMATS[format](self, iris)


FORMATS: dict[str, Callable[[Table, bool], str]] = {
    "text": Table.to_text,
    "csv": Table.to_csv,
    "tsv": Table.to_tsv,
    "json": Table.to_json,
    "markdown": Table.to_markdown,
    "html": Table.to_html,
    "latex": Table.to_latex,
    "srj": Table.to_srj,
    "srx": Table.to_srx,
}
"""The formats that tables can be written in, by name."""

EXTENSIONS = {
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".tex": "latex",
    ".srj": "srj",
    ".srx": "srx",
}
"""The format that a file's extension means."""


def truth(answer: bool, format: str) -> str:
    """Gives the answer to an ASK query in a named format: SPARQL results in JSON or XML, else one word.

    Raises:
        UnknownFormat: the format is not one of `FORMATS`.
    """
    if format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    word = "true" if answer else "false"
    if format == "srj":
        return f'{{"head": {{}}, "boolean": {word}}}\n'
    if format == "srx":
        namespace = "http://www.w3.org/2005/sparql-results#"
        return f'<?xml version="1.0"?>\n<sparql xmlns="{namespace}"><head/><boolean>{word}</boolean></sparql>\n'
    return f"{word}\n"
