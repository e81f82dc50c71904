"""A difference in words, as text for reading or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from moagraph.cells import Cell, Iri, text_of
from moagraph.diff.answers import AnswerChange, Row
from moagraph.diff.causes import Cause
from moagraph.diff.changes import Change, Field
from moagraph.diff.judged import PolicyChanges
from moagraph.names import VOCAB, compact

if TYPE_CHECKING:
    from moagraph.diff import Difference
    from moagraph.diff.sides import Side

MOST = 12
"""Entries of a list that are told where not all are asked for; of the rows of a query half as many."""

_SIGN = {"added": "+ ", "withdrawn": "- ", "changed": "~ ", "kept": ""}
_LAST = ("withdrawn", "changed", "kept", "added")
_HEADINGS = {
    "claim": "Claims and their evidence",
    "line": "Evidence lines without a claim",
    "finding": "Findings without a line",
    "quantity": "Quantities that nothing names",
    "certainty": "Certainty assessments that nothing names",
    "absence": "Absences",
    "thing": "Things",
    "term": "Vocabulary",
    "passage": "Passages and skip ranges",
}
_NOUNS = {
    "claim": "claims",
    "line": "evidence lines",
    "finding": "findings",
    "quantity": "quantities",
    "certainty": "certainty assessments",
    "absence": "absences",
    "thing": "things",
    "term": "terms",
    "passage": "passages",
}

Line = tuple[int, str]
"""Depth and text of one entry; depth 0 is a heading."""


def told(difference: Difference, *, markdown: bool, everything: bool) -> str:
    """Gives a difference in words.

    Args:
        difference: what is told.
        markdown: Markdown instead of plain text.
        everything: tells all entries of long lists.
    """
    lines = list(_lines(difference, None if everything else MOST))
    written = []
    for depth, text in lines:
        if depth == 0:
            written += ["", f"## {text}" if markdown else text, *([""] if markdown else [])]
        elif markdown:
            written.append(f"{'  ' * (depth - 1)}- {_escaped(text)}")
        else:
            written.append(f"{'    ' * (depth - 1)}  {text}")
    return "\n".join(written).strip("\n") + "\n"


def _escaped(text: str) -> str:
    sign, rest = (text[:2], text[2:]) if text[:2] in ("+ ", "- ", "~ ") else ("", text)
    for mark in "\\`*_<>[]|":
        rest = rest.replace(mark, f"\\{mark}")
    return f"`{sign[0]}` {rest}" if sign else rest


def _lines(difference: Difference, most: int | None) -> Iterator[Line]:
    yield 0, "Compared"
    yield 1, _side("old", difference.old)
    yield 1, _side("new", difference.new)
    for side in (difference.old, difference.new):
        for note in side.notes:
            yield 1, f"{side.name}: {note}"
    if not difference.differs:
        yield 0, f"No differences: {_counted(difference.compared)} compared"
        return
    for kind, heading in _HEADINGS.items():
        # What was added is often long: it comes last, so that a short list shows the rest.
        of_kind = sorted((c for c in difference.changes if c.kind == kind), key=lambda c: _LAST.index(c.what))
        if of_kind:
            yield 0, f"{heading}: {_sum(of_kind)}"
            yield from _some([list(_change(change, 1)) for change in of_kind], 1, most)
    for policy in difference.policies:
        yield from _policy(policy, most)
    yield from _answers(difference, most)
    yield 0, f"Version of the data: {difference.bump.level}"
    yield from _some([[(1, reason)] for reason in difference.bump.reasons], 1, 3 if most else None)
    yield 0, f"Differences found: {_counted(difference.compared)} compared"


def _side(name: str, side: Side) -> str:
    counts = {
        "statements": side.triples,
        "claims": side.number("Claim"),
        "evidence lines": side.number("EvidenceLine"),
    }
    return f"{name}: {side.name} ({side.kind}: {_counted(counts)})"


def _counted(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {_singular(name) if number == 1 else name}" for name, number in numbers.items())


def _singular(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def _sum(changes: Iterable[Change]) -> str:
    numbers: dict[tuple[str, str], int] = {}
    for root in changes:
        for change in root.walk():
            if change.what != "kept":
                key = (_NOUNS[change.kind], change.what)
                numbers[key] = numbers.get(key, 0) + 1
    return ", ".join(f"{_counted({noun: number})} {what}" for (noun, what), number in sorted(numbers.items()))


def _some(entries: Sequence[list[Line]], depth: int, most: int | None) -> Iterator[Line]:
    """Gives the first entries, and says how many more there are."""
    for entry in entries[:most]:
        yield from entry
    if most is not None and len(entries) > most:
        yield depth, f"… and {len(entries) - most:,} more (--all lists them)"


def _change(change: Change, depth: int) -> Iterator[Line]:
    renamed = change.renamed
    sign = _SIGN[change.what]
    name = compact(change.iri)
    words = change.words.text
    if renamed is not None:
        yield depth, f"{sign}{name} renamed: {' and '.join(renamed.old)} → {' and '.join(renamed.new)}"
    else:
        yield depth, f"{sign}{name}: {words}" if words not in ("", name) else f"{sign}{name}"
    for field in change.fields:
        if field is not renamed:
            yield depth + 1, _field(field)
    if change.what in ("added", "withdrawn"):
        # The sentence of a line says its findings.
        parts = [part for part in change.parts if part.kind == "line" or part.what != change.what]
    else:
        parts = list(change.parts)
    for part in parts:
        yield from _change(part, depth + 1)


def _field(field: Field) -> str:
    old, new = "; ".join(field.old), "; ".join(field.new)
    if not new:
        return f"{field.name}: {old} withdrawn"
    return f"{field.name}: {old} → {new}" if old else f"{field.name}: {new} added"


def _because(causes: Sequence[Cause], depth: int) -> Iterator[Line]:
    if not causes:
        yield depth, "because: not traced to a claim or line"
    for cause in causes[:3]:
        by = " by the policy" if cause.what in ("admitted", "left out") else ""
        yield (
            depth,
            f"because: {_singular(_NOUNS[cause.kind])} {cause.what}{by}: {compact(cause.iri)}{_lines_of(cause)}",
        )
    if len(causes) > 3:
        yield depth, f"because: {len(causes) - 3} more"


def _lines_of(cause: Cause) -> str:
    """Gives the evidence lines through which a thing bears on a consequence, in words."""
    if not cause.lines:
        return ""
    more = f" and {len(cause.lines) - 3} more" if len(cause.lines) > 3 else ""
    return f", through {', '.join(compact(line) for line in cause.lines[:3])}{more}"


def _policy(changed: PolicyChanges, most: int | None) -> Iterator[Line]:
    if not (changed.verdicts or changed.edges):
        if changed.differs:
            yield (
                0,
                f"Under policy {changed.policy}: what is derived differs, but no verdict or edge of what both have",
            )
        return
    yield 0, f"Under policy {changed.policy}"
    groups: dict[str, list[list[Line]]] = {"claim": [], "line": [], "edge": []}
    for verdict in changed.verdicts:
        line = (1, f"{verdict.words.text}: {verdict.old.text} → {verdict.new.text}")
        groups[verdict.kind].append([line, *_because(verdict.because, 2)])
    for edge in changed.edges:
        line = (1, f"{edge.what}: {edge.words.text}: {edge.old.text} → {edge.new.text}")
        groups["edge"].append([line, *_because(edge.because, 2)])
    for entries in groups.values():
        yield from _some(entries, 1, most)


def _answers(difference: Difference, most: int | None) -> Iterator[Line]:
    if not difference.answers:
        number = difference.compared.get("queries", 0)
        yield 0, f"Answers under policy {difference.policy}: none of {number} queries answers differently"
        return
    yield 0, f"Answers under policy {difference.policy}: {len(difference.answers)} queries answer differently"
    for change in difference.answers:
        yield 1, f"{change.query}: {_rows(change)}"
        entries = list(_entries(change))
        same = len({causes for _, causes in entries}) == 1
        told = [[(2, text), *([] if same else _because(causes, 3))] for text, causes in entries]
        yield from _some(told, 2, most and most // 2)
        if same:
            yield from _because(entries[0][1], 2)


def _rows(change: AnswerChange) -> str:
    if change.what != "changed":
        return f"the query is {change.what}"
    counts = [(len(change.withdrawn), "withdrawn"), (len(change.added), "added")]
    said = [f"{number:,} row{'' if number == 1 else 's'} {what}" for number, what in counts if number]
    return ", ".join([*(["the query itself differs"] if change.reworded else []), *said])


def _entries(change: AnswerChange) -> Iterator[tuple[str, tuple[Cause, ...]]]:
    """Gives words and causes of each row that changed in some cells, was withdrawn, or was added."""
    added = list(change.added)
    for row in change.withdrawn:
        other = next((other for other in added if _same(row, other)), None)
        if other is None or change.columns[0] != change.columns[1]:
            yield f"- {_cells(row)}", row.because
            continue
        added.remove(other)
        cells = list(zip(change.columns[0], row.cells, other.cells, strict=True))
        same = [text_of(old, iris=False) for _, old, new in cells if old == new and isinstance(old, Iri)]
        differing = [
            f"{column.heading}: {text_of(old, iris=False) or '–'} → {text_of(new, iris=False) or '–'}"
            for column, old, new in cells
            if old != new
        ]
        causes = tuple(sorted({*row.because, *other.because}, key=lambda cause: cause.iri))
        yield f"~ {' | '.join(same)}: {'; '.join(differing)}", causes
    for row in added:
        yield f"+ {_cells(row)}", row.because


def _cells(row: Row) -> str:
    return " | ".join(text_of(cell, iris=False) or "–" for cell in row.cells)


def _same(row: Row, other: Row) -> bool:
    """Tells whether two rows are about the same things: they may differ in values and in lists."""
    about = [(one, two) for one, two in zip(row.cells, other.cells, strict=False) if _is_thing(one) or _is_thing(two)]
    return bool(about) and all(one == two for one, two in about)


def _is_thing(cell: Cell) -> bool:
    return isinstance(cell, Iri) and not cell.startswith(VOCAB)
