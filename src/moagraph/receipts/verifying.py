"""Asks again what a receipt records, and says what changed: rows, the evidence lines under them, and the setting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from moagraph.cells import Cell
from moagraph.errors import (
    AmbiguousThing,
    BadValue,
    MissingParameter,
    ReceiptOfAnotherGraph,
    UnknownFormat,
    UnknownParameter,
    UnknownThing,
)
from moagraph.library import Library
from moagraph.lineage import LINKS, Nodes
from moagraph.names import VOCAB, compact
from moagraph.receipts.evidence import Alteration, LineChange, altered, counts, line_changes, statements_changed
from moagraph.receipts.making import receipt_of
from moagraph.receipts.receipt import Receipt, RecordedRow, Terms, things_in
from moagraph.receipts.setting import Setting
from moagraph.receipts.snapshots import snapshots_of
from moagraph.store import Solutions


class Circumstance(NamedTuple):
    """Something that an answer depends on beside the evidence: what it is, and whether it is the same.

    Attributes:
        name: data, policy, rules, query, own data, moagraph, or question.
        state: same, changed, or untold where one side cannot tell.
        words: more, where there is more to say.
    """

    name: str
    state: str
    words: str = ""


class RowChange(NamedTuple):
    """A row that came and does not come, comes and did not, comes with other values, or on other evidence.

    Attributes:
        what: gone, new, different, or evidence where only what lies under the row changed.
        number: its place in the receipt, from 1; of a new row, in the answer now.
        old, new: its cells; of a row on other evidence, both are the same.
        lines: the evidence lines that changed under it.
        statements: what changed of the statements that it was made of and that no line bears.
        resting: where nothing of that changed, the lines that the row rests on now.
    """

    what: str
    number: int
    old: tuple[Cell, ...]
    new: tuple[Cell, ...]
    lines: tuple[LineChange, ...]
    statements: tuple[Alteration, ...]
    resting: tuple[str, ...]


@dataclass(frozen=True)
class Verification:
    """What came of asking again.

    Attributes:
        receipt: the receipt.
        columns: names of the answer's columns now.
        circumstances: what the answer depends on beside.
        changes: the rows that changed, those of the receipt first.
        looked_at: how many rows and evidence lines were compared.
    """

    receipt: Receipt
    columns: tuple[str, ...]
    circumstances: tuple[Circumstance, ...]
    changes: tuple[RowChange, ...]
    looked_at: dict[str, int]

    @property
    def differs(self) -> bool:
        """Whether the answer, or the evidence under it, is another."""
        return bool(self.changes)

    @property
    def exit_code(self) -> int:
        """What the command line exits with: 0 where answer and evidence are the same."""
        return 1 if self.differs else 0

    def to_dict(self) -> dict[str, Any]:
        """Gives what came of it as data."""
        from moagraph.cells import jsonable

        def row(change: RowChange) -> dict[str, Any]:
            return {
                "what": change.what,
                "number": change.number,
                "old": [jsonable(cell, False) for cell in change.old],
                "new": [jsonable(cell, False) for cell in change.new],
                "lines": [line.to_dict() for line in change.lines],
                "statements": [statement._asdict() for statement in change.statements],
                "resting": [compact(line) for line in change.resting],
            }

        return {
            "receipt": self.receipt.iri,
            "query": self.receipt.query,
            "policy": self.receipt.policy,
            "differs": self.differs,
            "circumstances": [one._asdict() for one in self.circumstances],
            "columns": list(self.columns),
            "changes": [row(change) for change in self.changes],
            "unproven": list(self.receipt.unproven),
            "looked_at": self.looked_at,
        }

    def to_json(self) -> str:
        """Gives what came of it as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def to(self, format: str) -> str:
        """Gives what came of it as text or json.

        Raises:
            UnknownFormat: the format is another.
        """
        from moagraph.receipts.words import told

        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        return self.to_json() if format == "json" else told(self)

    def __str__(self) -> str:
        return self.to("text")


FORMATS = ("text", "json")
EXTENSIONS = {".txt": "text", ".json": "json"}
"""The format that a file's extension means."""


def verify(receipt: Receipt, library: Library, setting: Setting) -> Verification:
    """Asks again what a receipt records and compares.

    Args:
        receipt: the receipt.
        library: what is asked, under the policy of the receipt.
        setting: what the answer depends on beside.

    Raises:
        ReceiptOfAnotherGraph: nothing that the receipt speaks of is there, or its query is not.
    """
    nodes = Nodes(library.store, library.policy)
    _refuse_another(receipt, library, nodes)
    question = Circumstance("question", "same")
    try:
        now = receipt_of(library, receipt.query, receipt.values, setting)
    except (UnknownThing, AmbiguousThing, UnknownParameter, MissingParameter, BadValue) as error:
        # What was asked about has gone, or the query takes other parameters: there is no answer any more.
        question = Circumstance("question", "changed", error.problem)
        text = library.find(receipt.query).text
        now = replace(receipt, text=text, rows=(), snapshots={}, own=setting.own)
        now = replace(now, data_digest=setting.data, policy_digest=setting.policy, rules_digest=setting.rules)
    changes = _Comparison(receipt, now, library, nodes).changes()
    return Verification(
        receipt,
        tuple(column.name for column in now.columns),
        tuple(_circumstances(receipt, now, question)),
        changes,
        {
            "rows": max(len(receipt.rows), len(now.rows)),
            "evidence lines": len({line for one in (receipt, now) for row in one.rows for line in row.lines}),
        },
    )


def _refuse_another(receipt: Receipt, library: Library, nodes: Nodes) -> None:
    if receipt.query not in library.queries:
        raise ReceiptOfAnotherGraph(
            f"the receipt is of the query {receipt.query!r}, which this graph does not have",
            "name the query's file with --data, or the graph with --root",
        )
    terms = [term for one in receipt.asked for term in one.values]
    terms += [term for row in receipt.rows for cell in row.cells for term in cell]
    speaks_of = {iri for iri in things_in(terms) if not iri.startswith(VOCAB)} | receipt.snapshots.keys()
    nodes.read(speaks_of)
    if speaks_of and not any(nodes.of(iri) for iri in speaks_of):
        raise ReceiptOfAnotherGraph(
            f"none of the {len(speaks_of)} things and evidence lines that the receipt speaks of is in this graph",
            "name the graph that was asked with --root, --endpoint or --data",
        )


def _circumstances(old: Receipt, new: Receipt, question: Circumstance) -> Iterable[Circumstance]:
    if question.state != "same":
        yield question
    pairs = (
        ("data", old.data_digest, new.data_digest),
        ("policy", old.policy_digest, new.policy_digest),
        ("rules", old.rules_digest, new.rules_digest),
        ("query", old.query_digest, new.query_digest),
        ("own data", " ".join(old.own), " ".join(new.own)),
    )
    for name, was, is_ in pairs:
        if name != "own data":
            known = was and is_ and was.partition(":")[0] == is_.partition(":")[0]
            other = name == "policy" and old.policy != new.policy
            state = ("same" if was == is_ else "changed") if known else "untold"
            words = f"{old.policy} → {new.policy}" if other else ""
            yield Circumstance(name, "changed" if other else state, words)
        elif was or is_:
            yield Circumstance(name, "same" if was == is_ else "changed")
    same = old.version == new.version
    yield Circumstance("moagraph", "same" if same else "changed", "" if same else f"{old.version} → {new.version}")


class _Comparison:
    """The rows of a receipt against those of the answer now."""

    def __init__(self, old: Receipt, new: Receipt, library: Library, nodes: Nodes) -> None:
        self.old, self.new = old, new
        self.library = library
        self.nodes = nodes
        judged = {node for row in (*old.rows, *new.rows) for node in row.judged}
        nodes.read(judged)
        nodes.read_into(f"{VOCAB}bearsOn", (node for node in judged if nodes.is_claim(node)))
        self.under = {node: self._lines_of(node) for node in judged}
        lines = {line for row in (*old.rows, *new.rows) for line in row.lines}.union(*self.under.values())
        nodes.read(lines)
        self.now = snapshots_of(nodes, (line for line in lines if nodes.is_line(line)))

    def _lines_of(self, node: str) -> set[str]:
        lines = set(self.nodes.things(node, "usesLine", *LINKS))
        return lines | set(self.nodes.lines_on(node)) if self.nodes.is_claim(node) else lines

    def changes(self) -> tuple[RowChange, ...]:
        """Gives the rows that changed: those of the receipt in their order, then the new ones."""
        old, new = dict(enumerate(self.old.rows)), dict(enumerate(self.new.rows))
        pairs = list(_paired(old, new, lambda row: row.cells))
        if self.old.columns == self.new.columns:
            pairs += _paired(old, new, _about)
        found: dict[int, RowChange] = {}
        for i, was, is_ in pairs:
            made = self._change("evidence" if was.cells == is_.cells else "different", i, was, is_)
            if made is not None:
                found[i] = made
        for i, was in old.items():
            gone = self._change("gone", i, was, None)
            found[i] = gone if gone is not None else found[i]
        added = [self._change("new", i, None, is_) for i, is_ in new.items()]
        return (*(found[i] for i in sorted(found)), *(change for change in added if change is not None))

    def _change(self, what: str, i: int, was: RecordedRow | None, is_: RecordedRow | None) -> RowChange | None:
        before = set(was.lines) if was else set()
        after = set(is_.lines) if is_ else set()
        judged = {node for row in (was, is_) if row is not None for node in row.judged}
        lost = is_ is None and bool(before) and not any(map(self._counts_now, before))
        if what != "evidence" and not lost:
            # What a judgement rests on now, though the row is not there to say so. A row of which no line counts any
            # more is gone whatever else was judged with its lines, and none of that is news.
            after |= {line for node in judged for line in self.under[node]}
        lines = tuple(line_changes(self.old.snapshots, self.now, before, after, both=None not in (was, is_)))
        statements: tuple[Alteration, ...] = ()
        if was is not None and is_ is not None:
            statements = tuple(altered(was.statements, is_.statements))
        elif was is not None:
            statements = tuple(statements_changed(self.nodes, was.statements))
        if what == "evidence" and not (lines or statements):
            return None
        traced = bool(lines or statements)
        resting = () if traced else tuple(sorted(is_.lines if is_ else before))
        cells = [self._cells(row.cells) if row else () for row in (was, is_)]
        return RowChange(what, i + 1, cells[0], cells[1], lines, statements, resting)

    def _counts_now(self, line: str) -> bool:
        return line in self.now and counts(self.now[line])

    def _cells(self, cells: tuple[Terms, ...]) -> tuple[Cell, ...]:
        """Gives recorded cells as a table has them, with the labels of now."""
        columns = self.old.columns
        variables = tuple(f"c{i}" for i in range(len(cells)))
        made: list[Cell] = []
        for i, terms in enumerate(cells):
            many = i < len(columns) and columns[i].type.endswith("*")
            tables = [self.library.store.table(Solutions(variables[:1], [(term,)])).cells[0][0] for term in terms]
            made.append(tuple(tables) if many else (tables[0] if tables else None))  # type: ignore[arg-type]
        return tuple(made)


def _paired(
    old: dict[int, RecordedRow], new: dict[int, RecordedRow], key: Callable[[RecordedRow], object]
) -> list[tuple[int, RecordedRow, RecordedRow]]:
    """Gives rows of both sides that have the same key, and takes them out."""
    by_key: dict[object, list[int]] = {}
    for i, row in new.items():
        by_key.setdefault(key(row), []).append(i)
    found = []
    for i, row in list(old.items()):
        same = by_key.get(key(row)) if key(row) != () else None
        if same:
            found.append((i, row, new.pop(same.pop(0))))
            del old[i]
    return found


def _about(row: RecordedRow) -> tuple[Any, ...]:
    """Gives the things that a row is about: two rows about the same may differ in values and in lists."""
    return tuple(
        (i, terms[0])
        for i, terms in enumerate(row.cells)
        if len(terms) == 1 and any(not iri.startswith(VOCAB) for iri in things_in(terms))
    )
