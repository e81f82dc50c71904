"""What came of asking again, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from moagraph.cells import Cell, Iri, text_of
from moagraph.lineage import term_text
from moagraph.names import VOCAB, compact, how_many, spaced
from moagraph.receipts.evidence import Alteration, LineChange

if TYPE_CHECKING:
    from moagraph.receipts.verifying import RowChange, Verification

MOST = 8
"""Fields of a node, lines of a row and rows that are told one by one; of others the number."""

_STATES = {"same": "the same", "changed": "changed", "untold": "cannot be told"}
_WHAT = {
    "gone": "no longer comes",
    "new": "is new",
    "different": "is different",
    "evidence": "is the same, but not the evidence under it",
}
_OF_LINE = {
    "added": "counts now and did not",
    "withdrawn": "was withdrawn",
    "altered": "was altered",
    "left out": "counts no longer",
}


def told(found: Verification) -> str:
    """Gives what came of asking again as text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Verification) -> Iterator[str]:
    receipt = found.receipt
    asked = " ".join(
        f"{one.name}={compact(v.value) if isinstance(v, ox.NamedNode) else term_text(v)}"
        for one in receipt.asked
        for v in one.values
    )
    yield f"Asked: {receipt.query}{' ' if asked else ''}{asked}, under policy {receipt.policy}"
    for one in found.circumstances:
        yield f"  {one.name + ':':<10} {_STATES[one.state]}{': ' if one.words else ''}{one.words}"
    for sentence in receipt.unproven:
        yield f"  the receipt does not prove all: {sentence}"
    for change in found.changes:
        yield ""
        yield from _row(found, change)
    yield ""
    yield _summary(found)


def _summary(found: Verification) -> str:
    looked = ", ".join(f"{number:,} {name[:-1] if number == 1 else name}" for name, number in found.looked_at.items())
    if not found.differs:
        changed = [one.name for one in found.circumstances if one.state == "changed"]
        though = f", though changed: {', '.join(changed)}" if changed else ""
        return f"Unchanged: answer and evidence are the same{though}; {looked} compared"
    numbers: dict[str, int] = {}
    for change in found.changes:
        numbers[change.what] = numbers.get(change.what, 0) + 1
    names = {"evidence": "on other evidence"}
    kinds = ", ".join(f"{how_many(number, 'row')} {names.get(what, what)}" for what, number in numbers.items())
    return f"Differs: {kinds}; {looked} compared"


def _row(found: Verification, change: RowChange) -> Iterator[str]:
    cells = change.old or change.new
    yield f"Row {change.number} {_WHAT[change.what]}: {_shown(cells)}"
    if change.what == "different":
        for name, old, new in zip(found.columns, change.old, change.new, strict=True):
            if old != new:
                yield f"    {name.replace('_', ' ')}: {_cell(old)} → {_cell(new)}"
    for line in change.lines[:MOST]:
        yield from _line(line)
    if len(change.lines) > MOST:
        yield f"    because of {len(change.lines) - MOST} more evidence lines"
    for alteration in change.statements[:MOST]:
        yield f"    because {_alteration(alteration)}"
    if len(change.statements) > MOST:
        yield f"    because of {len(change.statements) - MOST} more statements"
    if not (change.lines or change.statements):
        yield from _untraced(found, change)


def _untraced(found: Verification, change: RowChange) -> Iterator[str]:
    changed = [one.name for one in found.circumstances if one.state == "changed" and one.name != "data"]
    if changed:
        yield f"    because of what changed beside the evidence: {', '.join(changed)}"
    elif change.what == "new":
        yield "    the receipt cannot tell why: it does not hold what was said of"
        yield f"    {', '.join(compact(line) for line in change.resting) or 'what the row rests on'}"
    else:
        yield "    what it rested on is as it was: something else now speaks against it"


def _line(line: LineChange) -> Iterator[str]:
    stance = f" ({spaced(line.stance.partition(':')[2])})" if line.stance else ""
    yield f"    because {compact(line.iri)}{stance} {_OF_LINE[line.what]}"
    for alteration in line.alterations[:MOST]:
        own = alteration.node == compact(line.iri)
        yield f"        {_alteration(alteration, own)}"
    if len(line.alterations) > MOST:
        yield f"        {len(line.alterations) - MOST} more fields"


def _alteration(alteration: Alteration, own: bool = False) -> str:
    curie = alteration.field
    field = curie if curie.startswith("<") else spaced(curie.partition(":")[2])
    where = "" if own else f"{alteration.node} "
    old, new = ("; ".join(values) for values in (alteration.old, alteration.new))
    if not new:
        return f"{where}{field}: {old} withdrawn"
    return f"{where}{field}: {old} → {new}" if old else f"{where}{field}: {new} added"


def _shown(cells: tuple[Cell, ...]) -> str:
    things: list[Cell] = [cell for cell in cells if isinstance(cell, Iri) and not cell.startswith(VOCAB)]
    return " | ".join(_cell(cell) for cell in (things or list(cells)))


def _cell(cell: Cell) -> str:
    return text_of(cell, iris=False) or "–"
