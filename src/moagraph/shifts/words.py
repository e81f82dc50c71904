"""Shifts in words, as text for reading or as Markdown."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from moagraph.names import spaced
from moagraph.shifts.shift import KINDS, Bearing, Shift

if TYPE_CHECKING:
    from moagraph.shifts.answer import Counted, Shifts

MOST = 12
"""Shifts of a kind that are told where not all are asked for; of the lines responsible a quarter as many."""

_HEADINGS = {
    "verdict": ("Verdicts", "claims"),
    "edge": ("Plain and contested edges", "edges"),
    "shared mechanism": ("Shared mechanisms", "pairs of compounds"),
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
    for depth, text in _lines(shifts, None if everything else MOST):
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


def _lines(shifts: Shifts, most: int | None) -> Iterator[Line]:
    loss = getattr(shifts, "loss", None)
    yield 0, shifts.title
    if loss is None:
        for state in (shifts.old, shifts.new):
            yield 1, _state(state)
    else:
        yield from _loss(shifts, most)
    for kind in KINDS:
        found = shifts.of_kind(kind)
        heading, of = _HEADINGS[kind]
        total = f" of {shifts.looked_at[of]:,}" if of in ("claims", "edges") else ""
        if found:
            yield 0, f"{heading}: {len(found):,}{total}"
            for what, number in Counter(_turn(shift) for shift in found).most_common():
                yield 1, f"{number:,} × {what}"
            yield from _some([list(_shift(shift, most)) for shift in found], most)
    looked = ", ".join(f"{number:,} {name}" for name, number in shifts.looked_at.items())
    if shifts:
        yield 0, f"Looked at: {looked}"
    else:
        yield 0, f"Nothing changes: {looked} looked at"


def _state(state: Counted) -> str:
    alone = f", {state.alone:,} of them here alone" if state.alone else ""
    return f"{state.policy}: {state.summary} {state.counted:,} of {state.lines:,} evidence lines count{alone}."


def _loss(shifts: Shifts, most: int | None) -> Iterator[Line]:
    from moagraph.shifts.answer import WhatIf

    assert isinstance(shifts, WhatIf)
    loss = shifts.loss
    yield 1, f"{shifts.old.policy}: {shifts.old.summary}"
    counted = shifts.old.alone
    if loss.lines:
        yield (
            1,
            (
                f"{_number(len(loss.lines), 'evidence line')} of {shifts.old.lines:,} would be lost, "
                f"{counted:,} of which the policy counts; {_number(len(loss.claims), 'claim')} with "
                f"{'its' if len(loss.claims) == 1 else 'their'} last line"
            ),
        )
    else:
        yield 1, f"none of {shifts.old.lines:,} evidence lines rests on it alone"
    for name, things in (("study", loss.studies), ("reference", loss.references), ("absence", loss.absences)):
        if things:
            shown = [thing.label for thing in things[:most]]
            more = f" and {len(things) - len(shown):,} more" if len(shown) < len(things) else ""
            yield 1, f"{_number(len(things), name)} with it: {', '.join(shown)}{more}"
    for note in loss.notes:
        yield 1, note


def _number(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _turn(shift: Shift) -> str:
    """Gives the kind of change, by which shifts are counted."""
    if shift.kind != "verdict":
        return shift.what
    old, new = (spaced(one.kind) or "none" for one in (shift.old, shift.new))
    return f"{old}, of another tier" if old == new else f"{old} → {new}"


def _some(entries: Sequence[list[Line]], most: int | None) -> Iterator[Line]:
    for entry in entries[:most]:
        yield from entry
    if most is not None and len(entries) > most:
        yield 1, f"… and {len(entries) - most:,} more (--all lists them)"


def _shift(shift: Shift, most: int | None) -> Iterator[Line]:
    place = f" (table {shift.place[0]})" if shift.place else ""
    yield 1, f"~ {shift.words}{place}: {shift.old.text} → {shift.new.text}"
    own = shift.words if shift.kind == "verdict" else ""
    lines = list(_because(shift.because, own))
    for line in lines[: most and most // 4]:
        yield 2, line
    if most is not None and len(lines) > most // 4:
        yield 2, f"and {len(lines) - most // 4:,} more"
    for what, studies in (("left out", shift.left_out), ("let in", shift.let_in)):
        if studies:
            yield 2, f"studies {what}: {', '.join(study.label for study in studies)}"


def _because(because: Iterable[Bearing], own: str) -> Iterator[str]:
    """Gives in words what is responsible, what reads alike together."""
    said = Counter(_said(bearing, own) for bearing in because)
    for words, number in said.items():
        yield f"{words} ({number} lines)" if number > 1 else words


_COUNTS = {"old": "counted before", "new": "counted now"}


def _said(bearing: Bearing, own: str) -> str:
    if bearing.kind != "line":
        return f"{bearing.kind} {'no longer there' if bearing.counts == 'old' else 'there now'}: {bearing.words}"
    counts = _COUNTS.get(bearing.counts, f"{bearing.old} → {bearing.new}")
    claim = "" if bearing.claim == own else f"“{bearing.claim}” "
    return f"{counts}: {claim}{bearing.words}"
