"""All shifts between two states, as text, Markdown, JSON or a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from moagraph.errors import UnknownFormat
from moagraph.shifts.between import Between
from moagraph.shifts.losses import Loss
from moagraph.shifts.shift import KINDS, Shift
from moagraph.shifts.states import State
from moagraph.table import Cell, Column, Table

FORMATS = ("text", "markdown", "json")
EXTENSIONS = {".txt": "text", ".md": "markdown", ".json": "json"}
"""The format that a file's extension means."""

COLUMNS = (
    Column("kind", "xsd:string"),
    Column("about", "moa:Claim"),
    Column("words", "xsd:string"),
    Column("what", "xsd:string"),
    Column("old", "xsd:string"),
    Column("new", "xsd:string"),
    Column("lines_only_old", "moa:EvidenceLine*"),
    Column("lines_only_new", "moa:EvidenceLine*"),
    Column("lines_of_another_tier", "moa:EvidenceLine*"),
    Column("studies_left_out", "moa:Study*"),
    Column("studies_let_in", "moa:Study*"),
)
"""The columns of `Shifts.to_table`."""


class Counted(NamedTuple):
    """One of the states.

    Attributes:
        policy: name of its policy.
        summary: what the policy counts, in words.
        counted: how many evidence lines count.
        lines: how many there are.
        alone: how many count in this state alone.
    """

    policy: str
    summary: str
    counted: int
    lines: int
    alone: int

    @classmethod
    def of(cls, state: State, other: State, summary: str) -> Counted:
        """Counts the lines of a state."""
        mine, theirs = state.derived.lines.keys(), other.derived.lines.keys()
        return cls(state.policy, summary, len(mine), len(state.facts.members["EvidenceLine"]), len(mine - theirs))

    def to_dict(self) -> dict[str, Any]:
        """Gives it as data."""
        return {
            "policy": self.policy,
            "summary": self.summary,
            "lines": self.lines,
            "lines_counted": self.counted,
            "lines_counted_here_alone": self.alone,
        }


@dataclass(frozen=True)
class Shifts:
    """All that is judged otherwise in the new state than in the old.

    Attributes:
        old, new: the states.
        shifts: verdicts, edges, shared mechanisms and cells, in order.
        looked_at: how much was compared.
    """

    old: Counted
    new: Counted
    shifts: tuple[Shift, ...]
    looked_at: dict[str, int]

    @classmethod
    def of(cls, between: Between, summaries: tuple[str, str]) -> Shifts:
        """Gives the shifts between two states, with the summaries of their policies."""
        return cls(*_counted(between, summaries), between.shifts, between.looked_at)

    def __len__(self) -> int:
        return len(self.shifts)

    def __iter__(self) -> Iterator[Shift]:
        return iter(self.shifts)

    def __bool__(self) -> bool:
        """Whether anything is judged otherwise."""
        return bool(self.shifts)

    @property
    def title(self) -> str:
        """What is compared, in words."""
        return f"Policy {self.old.policy} compared with {self.new.policy}"

    def of_kind(self, kind: str) -> tuple[Shift, ...]:
        """Gives the shifts of one of the kinds: verdict, edge, shared mechanism or cell."""
        return tuple(shift for shift in self.shifts if shift.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """Gives all as data."""
        counts = Counter(shift.kind for shift in self.shifts)
        return {
            "old": self.old.to_dict(),
            "new": self.new.to_dict(),
            "counts": {kind: counts[kind] for kind in KINDS},
            "shifts": [shift.to_dict() for shift in self.shifts],
            "looked_at": self.looked_at,
        }

    def to_json(self) -> str:
        """Gives all as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def to_text(self, *, everything: bool = False, width: int = 100) -> str:
        """Gives the shifts for reading.

        Args:
            everything: lists all, not only the first of many.
            width: where lines are broken.
        """
        from moagraph.shifts.words import told

        return told(self, markdown=False, everything=everything, width=width)

    def to_markdown(self, *, everything: bool = False) -> str:
        """Gives the shifts as Markdown.

        Args:
            everything: lists all, not only the first of many.
        """
        from moagraph.shifts.words import told

        return told(self, markdown=True, everything=everything)

    def to(self, format: str, *, everything: bool = False, width: int = 100) -> str:
        """Gives the shifts in a named format; JSON always holds all.

        Raises:
            UnknownFormat: the format is not one of `FORMATS`.
        """
        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        if format == "json":
            return self.to_json()
        if format == "markdown":
            return self.to_markdown(everything=everything)
        return self.to_text(everything=everything, width=width)

    def to_table(self) -> Table:
        """Gives a row for each shift.

        **Shape**: `COLUMNS`; in the order of the shifts. `about` is the claim, or the first of the things.
        """
        rows: list[tuple[Cell, ...]] = []
        for shift in self.shifts:
            lines = [
                tuple(one.iri for one in shift.because if one.kind == "line" and one.counts == counts)
                for counts in ("old", "new", "both")
            ]
            words = f"{shift.words} ({shift.place[0]})" if shift.place else shift.words
            about = shift.about[0]
            told = (shift.kind, about, words, shift.what, shift.old.text, shift.new.text)
            rows.append((*told, *lines, shift.left_out, shift.let_in))
        return Table(COLUMNS, rows, self.title)

    def _repr_html_(self) -> str:
        """Gives what notebooks show."""
        return self.to_table()._repr_html_()

    def __str__(self) -> str:
        return self.to_text()


@dataclass(frozen=True)
class WhatIf(Shifts):
    """What would be judged otherwise if something were lost: the old state is all there is, the new what is left.

    Attributes:
        loss: what is lost, and what stays although it names what is lost.
    """

    loss: Loss

    @classmethod
    def after(cls, between: Between, summary: str, loss: Loss) -> WhatIf:
        """Gives the shifts that a loss makes, with the summary of the policy."""
        return cls(*_counted(between, (summary, summary)), between.shifts, between.looked_at, loss)

    @property
    def title(self) -> str:
        """What is asked, in words."""
        lost = " and ".join(one.words for one in self.loss.named) or "nothing"
        return f"Without {lost}, under policy {self.old.policy}"

    def to_dict(self) -> dict[str, Any]:
        """Gives all as data."""
        return {**self.loss.to_dict(), **super().to_dict()}


def _counted(between: Between, summaries: tuple[str, str]) -> tuple[Counted, Counted]:
    old, new = between.old, between.new
    return Counted.of(old, new, summaries[0]), Counted.of(new, old, summaries[1])
