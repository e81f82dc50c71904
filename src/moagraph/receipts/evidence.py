"""What changed of the evidence under a row: lines added, withdrawn and altered, with the fields that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from moagraph.lineage import Nodes, statement_text
from moagraph.names import compact, expand
from moagraph.receipts.receipt import Snapshot

TIER = "moa:lineTier"
"""The property that only a line which the policy admits has."""


class Alteration(NamedTuple):
    """A property of a node of which values were withdrawn or added.

    Attributes:
        node: the node, as a CURIE.
        field: the property, as a CURIE.
        old, new: the values withdrawn and added, as text.
    """

    node: str
    field: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class LineChange(NamedTuple):
    """An evidence line under a row that changed.

    Attributes:
        what: added (it counts now under the row, and did not), withdrawn (it is no more), altered, or left out (it is
            there, but does not count now under the row).
        iri: the line.
        stance: its stance, as a CURIE.
        alterations: what differs of it, and of what it rests on.
    """

    what: str
    iri: str
    stance: str
    alterations: tuple[Alteration, ...]

    def to_dict(self) -> dict[str, Any]:
        """Gives the change as data."""
        return {
            "what": self.what,
            "line": compact(self.iri),
            "stance": self.stance,
            "alterations": [alteration._asdict() for alteration in self.alterations],
        }


def line_changes(
    old: Mapping[str, Snapshot],
    now: Mapping[str, Snapshot],
    before: set[str],
    after: set[str],
    *,
    both: bool,
) -> Iterator[LineChange]:
    """Gives the lines under a row that changed, in order.

    Args:
        old: snapshots of the receipt.
        now: snapshots of the same and further nodes as they are now.
        before: the lines under the row in the receipt.
        after: the lines that count under it now.
        both: whether the row comes on both sides; else which lines would lie under it cannot always be told.
    """
    for line in sorted(before | after):
        was, is_ = old.get(line), now.get(line)
        snapshot = is_ or was
        assert snapshot is not None
        stance = compact(snapshot.stance) if snapshot.stance else ""
        differing = tuple(_of_line(old, now, line)) if was and is_ else ()
        if is_ is None:
            yield LineChange("withdrawn", line, stance, ())
        elif was is None:
            if before:
                yield LineChange("added", line, stance, ())
        elif not counts(is_) and counts(was):
            yield LineChange("left out", line, stance, differing)
        elif differing:
            yield LineChange("altered", line, stance, differing)
        elif both and line in before - after:
            yield LineChange("left out", line, stance, ())
        elif before and line not in before:
            yield LineChange("added", line, stance, ())


def counts(snapshot: Snapshot) -> bool:
    """Tells whether the policy admits a line, by what is said of it."""
    return any(statement.split(" ", 2)[1] == TIER for statement in snapshot.statements)


def _of_line(old: Mapping[str, Snapshot], now: Mapping[str, Snapshot], line: str) -> Iterator[Alteration]:
    """Gives what differs of a line, and of the nodes that it rests on, on either side."""
    was, is_ = old[line], now[line]
    yield from altered(was.statements, is_.statements)
    both = set(was.under) & set(is_.under)
    for node in sorted({*was.under, *is_.under}):
        if node in both:
            yield from altered(old[node].statements, now[node].statements)
        else:
            # Of what came or went it is enough to say how it hangs on the rest: a publication that reports the study.
            linked = {compact(one) for one in both}
            sides = ((old, was), (now, is_))
            said = [side[node].statements if node in snapshot.under else () for side, snapshot in sides]
            yield from altered(*([s for s in one if s.split(" ", 2)[2] in linked] for one in said))


def altered(old: Iterable[str], new: Iterable[str]) -> Iterator[Alteration]:
    """Gives what differs between two sets of statements, by node and property."""
    was, is_ = set(old), set(new)
    fields: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for side, statements in enumerate((was - is_, is_ - was)):
        for statement in sorted(statements):
            node, field, value = statement.split(" ", 2)
            fields.setdefault((node, field), ([], []))[side].append(value)
    for (node, field), (gone, come) in sorted(fields.items()):
        yield Alteration(node, field, tuple(gone), tuple(come))


def statements_changed(nodes: Nodes, statements: Iterable[str]) -> Iterator[Alteration]:
    """Gives which of some statements no longer hold, each with what is said there now."""
    wanted = [tuple(statement.split(" ", 2)) for statement in sorted(statements)]
    iris = {node: expand(node) or node.strip("<>") for node, _, _ in wanted}
    nodes.read(iris.values())
    now: set[str] = set()
    fields = {(node, field) for node, field, _ in wanted}
    for node, iri in iris.items():
        for name, values in nodes.of(iri).items():
            now |= {statement_text(iri, name, v) for v in values if (node, compact(name)) in fields}
    gone = [f"{node} {field} {value}" for node, field, value in wanted]
    touched = {tuple(statement.split(" ", 2)[:2]) for statement in set(gone) - now}
    yield from altered(
        (one for one in gone if tuple(one.split(" ", 2)[:2]) in touched),
        (one for one in now if tuple(one.split(" ", 2)[:2]) in touched),
    )
