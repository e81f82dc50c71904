"""Shifts in words, as text for reading or as Markdown."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from moagraph.names import how_many, spaced
from moagraph.shifts.answer import Shifts, WhatIf
from moagraph.shifts.shift import KINDS, Bearing, Shift

if TYPE_CHECKING:
    from moagraph.shifts.losses import Loss

MOST = 12
"""Shifts of a kind that are told where not all are asked for; of the lines responsible a quarter as many."""

_HEADINGS = {
    "verdict": ("Verdicts", "claims"),
    "edge": ("Plain and contested edges", "derivations"),
    "shared mechanism": ("Shared mechanisms", ""),
    "cell": ("Cells of side-by-side tables", ""),
}

Line = tuple[int, str]
"""Depth and text of one entry; depth 0 is a heading."""


def told(shifts: Shifts, *, markdown: bool, everything: bool, width: int = 100) -> str:
    """Gives shifts in words.

    Args:
        shifts: what is told.
        markdown: Markdown instead of plain text.
        everything: tells all entries of long lists.
        width: where lines of plain text are broken.
    """
    written: list[str] = []
    for depth, text in _Telling(shifts, None if everything else MOST).lines():
        if depth == 0:
            heading = [f"## {text}", ""] if markdown else textwrap.wrap(text, width, subsequent_indent="  ")
            written += ["", *heading]
        elif markdown:
            written.append(f"{'  ' * (depth - 1)}- {_escaped(text)}")
        else:
            indent = "    " * (depth - 1) + "  "
            written += textwrap.wrap(
                text, width, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
            )
    return "\n".join(written).strip("\n") + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_<>[]|" else c for c in text)


class _Telling:
    """Tells shifts; sources are numbered in the order in which they are told."""

    def __init__(self, shifts: Shifts, most: int | None) -> None:
        self.shifts, self.most = shifts, most
        self.loss = shifts.loss if isinstance(shifts, WhatIf) else None
        old, new = (f"counted under {state.policy}" for state in (shifts.old, shifts.new))
        self.counts = {"old": "lost", "new": "counted now"} if self.loss else {"old": old, "new": new}
        self.notes: dict[str, int] = {}

    def lines(self) -> Iterator[Line]:
        """Gives all lines in order."""
        shifts = self.shifts
        yield 0, shifts.title
        if self.loss:
            yield 1, f"{shifts.old.policy}: {shifts.old.summary}"
            yield from self._lost(self.loss)
        else:
            for state in (shifts.old, shifts.new):
                alone = f", {state.alone:,} of them here alone" if state.alone else ""
                counted = f"{state.counted:,} of {how_many(state.lines, 'evidence line')} count{alone}"
                yield 1, f"{state.policy}: {state.summary} {counted}."
        for kind in KINDS:
            found = shifts.of_kind(kind)
            heading, of = _HEADINGS[kind]
            if found:
                yield 0, f"{heading}: {len(found):,}{f' of {shifts.looked_at[of]:,} {of}' if of else ''}"
                yield from ((1, f"{number:,} × {turn}") for turn, number in _turns(found))
                for shift in found[: self.most]:
                    yield from self._shift(shift)
                if self.most and len(found) > self.most:
                    yield 1, f"… and {len(found) - self.most:,} more (--all lists them)"
        if self.notes:
            yield 0, "Sources"
            yield from ((1, f"[{number}] {note}") for note, number in self.notes.items())
        looked = ", ".join(f"{number:,} {name}" for name, number in shifts.looked_at.items())
        yield 0, f"Looked at: {looked}" if shifts else f"Nothing changes: {looked} looked at"

    def _lost(self, loss: Loss) -> Iterator[Line]:
        all_lines = self.shifts.old.lines
        if loss.lines:
            their = "its" if len(loss.claims) == 1 else "their"
            claims = f", and {how_many(len(loss.claims), 'claim')} with {their} last line" if loss.claims else ""
            yield (
                1,
                (
                    f"{how_many(len(loss.lines), 'evidence line')} of {all_lines:,} would be lost, "
                    f"{self.shifts.old.alone:,} of which the policy counts{claims}"
                ),
            )
        else:
            yield 1, f"none of {how_many(all_lines, 'evidence line')} rests on it alone"
        for name, things in (("study", loss.studies), ("reference", loss.references), ("absence", loss.absences)):
            if things:
                shown = "; ".join(thing.label for thing in things[: self.most])
                more = f"; and {len(things) - self.most:,} more" if self.most and len(things) > self.most else ""
                yield 1, f"{how_many(len(things), name)} with it: {shown}{more}"
        yield from ((1, note) for note in loss.notes)

    def _shift(self, shift: Shift) -> Iterator[Line]:
        place = f" (table {shift.place[0]})" if shift.place else ""
        yield 1, f"~ {shift.words}{place}: {shift.old.text} → {shift.new.text}"
        told: dict[str, list[str]] = {}
        for bearing in shift.because:
            told.setdefault(self._said(bearing, shift), []).append(bearing.whence)
        few = self.most and self.most // 4
        for words, whence in list(told.items())[:few]:
            marks = sorted({self.notes.setdefault(note, len(self.notes) + 1) for note in whence})
            yield 2, f"{words} [{', '.join(map(str, marks))}]"
        if few and len(told) > few:
            yield 2, f"and by {len(told) - few:,} more"
        for what, studies in (("without", shift.left_out), ("with", shift.let_in)):
            # Most are named by the sources already.
            unsaid = [s.label for s in studies if not any(s.label in bearing.whence for bearing in shift.because)]
            if unsaid:
                yield 2, f"{what} {'; '.join(unsaid)}"

    def _said(self, bearing: Bearing, shift: Shift) -> str:
        """Gives in words what is responsible, but for whence it comes."""
        counts = self.counts.get(bearing.counts, f"{bearing.old} becomes {bearing.new}")
        if bearing.kind != "line":
            return f"{counts}: {bearing.kind}"
        claim = "" if shift.kind == "verdict" and bearing.claim == shift.words else f"“{bearing.claim}” "
        return f"{counts}: {claim}{bearing.stance} by"


def _turns(shifts: Sequence[Shift]) -> list[tuple[str, int]]:
    """Gives in words the kinds of change, with how many there are of each, most first."""

    def turn(shift: Shift) -> str:
        if shift.kind != "verdict":
            return shift.what
        old, new = (spaced(one.kind) or "none" for one in (shift.old, shift.new))
        return f"{old}, of another tier" if old == new else f"{old} → {new}"

    return sorted(Counter(map(turn, shifts)).items(), key=lambda item: (-item[1], item[0]))
