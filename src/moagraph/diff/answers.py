"""Answers of the named queries, compared row by row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from moagraph.diff.causes import Asked, Cause, Causes
from moagraph.diff.judged import EdgeChange
from moagraph.diff.sides import Side
from moagraph.lineage import Basis, Lineage
from moagraph.names import VOCAB
from moagraph.query import bare
from moagraph.table import Cell, Column, Iri, Table


class Row(NamedTuple):
    """A row that is in the answers of one side only, and what it goes back to, where that can be traced."""

    cells: tuple[Cell, ...]
    because: tuple[Cause, ...]


@dataclass(frozen=True)
class AnswerChange:
    """What changed of the answers of one query, asked for all values of its parameters.

    Attributes:
        query: its name.
        summary: what it gives.
        what: changed, or added or withdrawn for a query that one side lacks.
        reworded: whether the query itself differs from side to side.
        columns: the columns of the rows withdrawn, and of the rows added.
        withdrawn: rows of the old side alone.
        added: rows of the new side alone.
    """

    query: str
    summary: str
    what: str
    reworded: bool
    columns: tuple[tuple[Column, ...], tuple[Column, ...]]
    withdrawn: tuple[Row, ...]
    added: tuple[Row, ...]

    def to_dict(self) -> dict[str, Any]:
        """Gives the change as data."""

        def rows(columns: tuple[Column, ...], found: tuple[Row, ...]) -> list[dict[str, Any]]:
            table = Table(columns, tuple(row.cells for row in found))
            return [
                {"row": cells, "because": [cause.to_dict() for cause in row.because]}
                for cells, row in zip(json.loads(table.to_json())["rows"], found, strict=True)
            ]

        return {
            "query": self.query,
            "summary": self.summary,
            "what": self.what,
            "reworded": self.reworded,
            "withdrawn": rows(self.columns[0], self.withdrawn),
            "added": rows(self.columns[1], self.added),
        }


def rewordings(old: Side, new: Side) -> dict[str, str]:
    """Gives the queries that one side lacks (added, withdrawn) or that differ (changed); none where one is lent."""
    if not (old.own_queries and new.own_queries):
        return {}
    found = {}
    for name in sorted(old.queries.keys() | new.queries.keys()):
        if name not in old.queries:
            found[name] = "added"
        elif name not in new.queries:
            found[name] = "withdrawn"
        elif bare(old.queries[name].text) != bare(new.queries[name].text):
            found[name] = "changed"
    return found


def answered(
    old: Side,
    new: Side,
    policy: str,
    causes: Causes,
    edges: Sequence[EdgeChange],
    progress: Callable[[str], None],
) -> tuple[tuple[AnswerChange, ...], dict[str, int]]:
    """Gives what changed of the answers under a policy, and how many queries and rows were compared."""
    reworded = rewordings(old, new)
    libraries = (old.library(policy), new.library(policy))
    lineages = tuple(Lineage(library) for library in libraries)
    found = []
    names = sorted(old.queries.keys() & new.queries.keys())
    compared = {"queries": len(names), "rows": 0}
    for number, name in enumerate(names, 1):
        progress(f"asking {name} ({number} of {len(names)})")
        tables = [library.answers(name) for library in libraries]
        compared["rows"] += max(map(len, tables))
        asked = causes.asked_by(new.queries[name].text + old.queries[name].text)

        lacking = (list(_without(*tables)), list(_without(*tables[::-1])))
        basis_of = _bases(lineages, name, lacking) if any(lacking) else {}

        def because(cells: tuple[Cell, ...], basis_of: Bases = basis_of, asked: Asked = asked) -> tuple[Cause, ...]:
            found = causes.of_basis(policy, basis_of[_about(cells) or cells])
            return found or causes.of_row(_mentioned(cells), edges, asked)

        withdrawn, added = (tuple(Row(cells, because(cells)) for cells in rows) for rows in lacking)
        if withdrawn or added or name in reworded:
            columns = (tables[0].columns, tables[1].columns)
            summary = new.queries[name].summary
            found.append(AnswerChange(name, summary, "changed", name in reworded, columns, withdrawn, added))
    for name, what in reworded.items():
        if what != "changed":
            summary = (new if what == "added" else old).queries[name].summary
            found.append(AnswerChange(name, summary, what, False, ((), ()), (), ()))
    return tuple(sorted(found, key=lambda change: change.query)), compared


Bases = dict[tuple[object, ...], Basis]
"""What rows rest on, by the things that they are about; of rows about none, by their cells."""


def _bases(lineages: Sequence[Lineage], name: str, lacking: Sequence[Sequence[tuple[Cell, ...]]]) -> Bases:
    """Gives what the rows that one side lacks rest on; those about the same things on both sides taken together."""
    found: Bases = {}
    for lineage, rows in zip(lineages, lacking, strict=True):
        query, wanted = lineage.library.find(name), set(rows)
        if wanted:
            for cells, basis in lineage.rows(query, lineage.library.all_given(query), wanted.__contains__):
                key = _about(cells) or cells
                found[key] = found.get(key, Basis()) | basis
    return found


def _about(cells: tuple[Cell, ...]) -> tuple[object, ...]:
    """Gives the things that a row is about, with their places."""
    return tuple((i, cell) for i, cell in enumerate(cells) if isinstance(cell, Iri) and not cell.startswith(VOCAB))


def _without(table: Table, other: Table) -> Iterable[tuple[Cell, ...]]:
    """Gives the rows of a table that another lacks, in order; labels make no difference."""
    left = Counter(other.cells)
    for cells in table.cells:
        if left[cells]:
            left[cells] -= 1
        else:
            yield cells


def _mentioned(cells: Iterable[Cell]) -> set[str]:
    found = set()
    for cell in cells:
        for value in cell if isinstance(cell, tuple) else (cell,):
            if isinstance(value, Iri):
                found.add(str(value))
    return found
