"""A table of things side by side, whose cells are never empty and carry numbered notes, and how to print it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moagraph.errors import UnknownFormat
from moagraph.table import Column, Iri, Table, latex_escape

VALUE, SUGGESTED, CONTESTED, NULL, DENIED = "value", "suggested", "contested", "null result", "denied"
UNDECIDED, POOLED, ABSENCE, LEFT_OUT = "undecided", "pooled", "absence", "left out"
NOBODY = "nobody has looked"

KINDS = (CONTESTED, VALUE, SUGGESTED, DENIED, NULL, UNDECIDED, POOLED, ABSENCE, LEFT_OUT, NOBODY)
"""What an entry can be; a cell is of the first of these kinds that one of its entries has.

A value is supported; suggested is worded as possible or theoretical only; denied is refuted; a null result was
looked for and not found; pooled holds for a group of compounds and not for this one alone; left out is stated, but
by nothing that the policy admits.
"""

_LEGEND = (
    "Tiers: A synthesis of trials, B randomised trial, C other human study, D animals, E in vitro, F no study named; "
    "unresolved: the study cannot be traced. These are statements of the sources, not medical advice."
)


@dataclass(frozen=True)
class Entry:
    """One statement of a cell.

    Attributes:
        kind: one of `KINDS`.
        text: what is said, in words.
        labels: the things named.
        verdict: of the claims, in words, or the reason of an absence; empty where nothing is judged.
        tier: of the claims, or empty.
        unresolved: whether the study behind the tier cannot be traced.
        topic: what the statement is about; entries of one topic can contradict one another.
        ids: CURIEs of the claims, absences or studies that say so.
        notes: whence it is known: sources and references.
        against: the notes that speak against it, where it is contested.
    """

    kind: str
    text: str
    labels: tuple[str, ...] = ()
    verdict: str = ""
    tier: str = ""
    unresolved: bool = False
    topic: str = ""
    ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    against: tuple[str, ...] = ()

    @property
    def judgement(self) -> str:
        """Verdict and tier in words, or nothing."""
        tier = f"tier {self.tier}{', unresolved' if self.unresolved else ''}" if self.tier else ""
        return ", ".join(part for part in (self.verdict, tier) if part)

    @property
    def words(self) -> str:
        """The text with its judgement."""
        shown = self.judgement
        return f"{self.text} ({shown})" if shown and self.kind != ABSENCE else self.text


@dataclass(frozen=True)
class BesideCell:
    """What is known of one thing in one respect: at least one entry."""

    entries: tuple[Entry, ...]

    @property
    def kind(self) -> str:
        """One of `KINDS`: contested also where entries on one topic stand against one another."""
        kinds = {entry.kind for entry in self.entries}
        return CONTESTED if self.divided else min(kinds, key=KINDS.index)

    @property
    def divided(self) -> bool:
        """Whether entries on one topic, each with qualifiers of its own, stand against one another."""
        for topic in {entry.topic for entry in self.entries if entry.topic}:
            kinds = {entry.kind for entry in self.entries if entry.topic == topic}
            if kinds & {VALUE, SUGGESTED} and kinds & {NULL, DENIED}:
                return True
        return False

    @property
    def labels(self) -> tuple[str, ...]:
        """The things named in the cell."""
        return tuple(dict.fromkeys(label for entry in self.entries for label in entry.labels))


@dataclass(frozen=True)
class BesideRow:
    """An attribute and its cells, one for each column."""

    attribute: str
    cells: tuple[BesideCell, ...]


@dataclass(frozen=True)
class SideBySide:
    """Things side by side: rows are attributes, columns the things, and no cell is empty.

    Attributes:
        title: what the table shows.
        policy: name of the policy of evidence.
        things: the columns.
        rows: in order.
    """

    title: str
    policy: str
    things: tuple[Iri, ...]
    rows: tuple[BesideRow, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of all cells, each once, in the order of their numbers."""
        return tuple(
            dict.fromkeys(
                note
                for row in self.rows
                for cell in row.cells
                for entry in cell.entries
                for note in (*entry.notes, *entry.against)
            )
        )

    def cell(self, attribute: str, thing: int) -> BesideCell:
        """Gives the cell of a row and column.

        Raises:
            KeyError: no row has that attribute.
        """
        return {row.attribute: row for row in self.rows}[attribute].cells[thing]

    def _entry(self, entry: Entry, numbers: dict[str, int]) -> str:
        def marks(notes: tuple[str, ...]) -> str:
            return ", ".join(str(number) for number in sorted(numbers[note] for note in notes))

        if entry.against:
            return f"{entry.words} [for {marks(entry.notes)}; against {marks(entry.against)}]"
        return f"{entry.words} [{marks(entry.notes)}]" if entry.notes else entry.words

    def _cell(self, cell: BesideCell, numbers: dict[str, int]) -> str:
        text = "; ".join(self._entry(entry, numbers) for entry in cell.entries)
        return f"contested: {text}" if cell.divided else text

    def _texts(self) -> Iterator[tuple[BesideRow, list[str]]]:
        numbers = {note: number for number, note in enumerate(self.notes, 1)}
        for row in self.rows:
            yield row, [self._cell(cell, numbers) for cell in row.cells]

    def to_table(self, sources: bool = False) -> Table:
        """Gives the cells as text in a Table.

        Args:
            sources: adds for each thing a column with the notes of its cells, written out.
        """
        columns = [Column("attribute", "xsd:string"), *(Column(t.label, "xsd:string") for t in self.things)]
        rows: list[tuple[str, ...]] = [(row.attribute, *texts) for row, texts in self._texts()]
        if sources:
            columns += [Column(f"{thing.label}: sources", "xsd:string") for thing in self.things]
            rows = [
                (*cells, *(self._written_out(cell) for cell in row.cells))
                for cells, row in zip(rows, self.rows, strict=True)
            ]
        return Table(tuple(columns), tuple(rows), self.title)

    def _numbered(self, cell: BesideCell) -> list[tuple[int, str]]:
        numbers = {note: number for number, note in enumerate(self.notes, 1)}
        used = {note for entry in cell.entries for note in (*entry.notes, *entry.against)}
        return sorted((numbers[note], note) for note in used)

    def _written_out(self, cell: BesideCell) -> str:
        return " | ".join(f"[{number}] {note}" for number, note in self._numbered(cell)) or "none"

    def to_text(self, width: int = 110) -> str:
        """Gives the table for reading, wrapped to `width` characters, with its notes below it."""
        notes = "".join(f"[{number}] {note}\n" for number, note in enumerate(self.notes, 1))
        legend = f"Policy {self.policy}. {_LEGEND}"
        return f"{self.title}\n\n{self.to_table().to_text(width=width)}\n{notes}\n{legend}\n"

    def to_markdown(self) -> str:
        """Gives a Markdown table with its notes below it."""
        notes = "".join(f"{number}. {_inline(note)}\n" for number, note in enumerate(self.notes, 1))
        head = f"# {self.title}\n\n{self.to_table().to_markdown()}"
        return f"{head}\nSources:\n\n{notes}\nPolicy {self.policy}. {_LEGEND}\n"

    def to_csv(self) -> str:
        """Gives RFC 4180 text; the notes of each cell are written out in a column of its thing's sources."""
        return self.to_table(sources=True).to_csv()

    def to_tsv(self) -> str:
        """Gives tab-separated text; the notes of each cell are written out in a column of its thing's sources."""
        return self.to_table(sources=True).to_tsv()

    def to_html(self) -> str:
        """Gives an HTML table without styles, whose cells unfold their notes, and the notes below; all is escaped."""
        say = html.escape
        head = "".join(f'<th scope="col">{say(name)}</th>' for name in ("attribute", *(t.label for t in self.things)))
        body = []
        for row, texts in self._texts():
            cells = "".join(
                f'<td data-kind="{say(cell.kind)}">{say(text)}{self._unfolded(cell)}</td>'
                for cell, text in zip(row.cells, texts, strict=True)
            )
            body.append(f'<tr><th scope="row">{say(row.attribute)}</th>{cells}</tr>\n')
        notes = "".join(f'<li id="note-{n}">{say(note)}</li>\n' for n, note in enumerate(self.notes, 1))
        return (
            f"<table><caption>{say(self.title)}</caption>\n<thead><tr>{head}</tr></thead>\n"
            f"<tbody>\n{''.join(body)}</tbody></table>\n<ol>\n{notes}</ol>\n"
            f"<p>{say(f'Policy {self.policy}. {_LEGEND}')}</p>\n"
        )

    def _unfolded(self, cell: BesideCell) -> str:
        notes = "".join(
            f'<li value="{number}"><a href="#note-{number}">{html.escape(note)}</a></li>'
            for number, note in self._numbered(cell)
        )
        return f"<details><summary>sources</summary><ol>{notes}</ol></details>" if notes else ""

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_latex(self) -> str:
        """Gives a LaTeX tabular with its notes as a list below it; all text is escaped."""
        notes = "".join(f"\\item[{{[{n}]}}] {latex_escape(note)}\n" for n, note in enumerate(self.notes, 1))
        listed = f"\\begin{{description}}\n{notes}\\end{{description}}\n" if notes else ""
        return f"{self.to_table().to_latex()}\n{listed}{latex_escape(f'Policy {self.policy}. {_LEGEND}')}\n"

    def to_json(self) -> str:
        """Gives all entries of all cells as JSON, with the CURIEs of the claims, absences and studies behind them."""
        numbers = {note: number for number, note in enumerate(self.notes, 1)}

        def one(entry: Entry) -> dict[str, Any]:
            return {
                "kind": entry.kind,
                "text": entry.text,
                "labels": list(entry.labels),
                "verdict": entry.verdict or None,
                "tier": entry.tier or None,
                "unresolved": entry.unresolved,
                "ids": list(entry.ids),
                "notes": sorted(numbers[note] for note in entry.notes),
                "against": sorted(numbers[note] for note in entry.against),
            }

        rows = [
            {
                "attribute": row.attribute,
                "cells": [
                    {"kind": cell.kind, "text": text, "entries": [one(entry) for entry in cell.entries]}
                    for cell, text in zip(row.cells, texts, strict=True)
                ],
            }
            for row, texts in self._texts()
        ]
        things = [{"id": thing.curie, "label": thing.label} for thing in self.things]
        notes = [{"number": n, "text": note} for n, note in enumerate(self.notes, 1)]
        whole = {"title": self.title, "policy": self.policy, "things": things, "rows": rows, "notes": notes}
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

    def to(self, format: str, width: int = 110) -> str:
        """Gives the table in a named format.

        Raises:
            UnknownFormat: the format is not one of `FORMATS`.
        """
        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        return self.to_text(width) if format == "text" else str(getattr(self, f"to_{format}")())

    def __str__(self) -> str:
        return self.to_text()


FORMATS = ("text", "markdown", "html", "csv", "tsv", "latex", "json")
"""The formats that things side by side can be written in."""


def _inline(text: str) -> str:
    """Gives text as it is written in Markdown, so that nothing in it is taken for markup."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in text)
