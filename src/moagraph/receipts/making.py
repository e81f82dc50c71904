"""Asks a query and makes the receipt of its answer."""

from __future__ import annotations

from collections.abc import Mapping

from moagraph import __version__
from moagraph.library import Library
from moagraph.lineage import Lineage
from moagraph.receipts.receipt import Asked, Receipt, RecordedColumn, RecordedRow, terms_of
from moagraph.receipts.setting import Setting
from moagraph.receipts.snapshots import snapshots_of


def receipt_of(library: Library, name: str, values: Mapping[str, object], setting: Setting) -> Receipt:
    """Gives the receipt of a query's answer.

    Args:
        library: what is asked.
        name: the query's name.
        values: its parameters, as `Library.ask` takes them.
        setting: what the answer depends on beside.

    Raises:
        The errors of `Library.ask`.
    """
    query = library.find(name)
    given = library.given(query, values)
    lineage = Lineage(library)
    rows = tuple(
        RecordedRow(
            tuple(terms_of(cell) for cell in cells),
            tuple(sorted(basis.lines)),
            tuple(sorted(basis.claims | basis.derived)),
            tuple(sorted(basis.statements)),
        )
        for cells, basis in lineage.rows(query, given)
    )
    asked = tuple(
        Asked(parameter.name, apart, tuple(t for value in several for t in terms_of(value.cell)))
        for parameter, (several, apart) in given.items()
    )
    unproven = list(setting.unproven)
    if untraced := sum(not row.traced for row in rows):
        unproven.append(f"what {untraced} of {len(rows)} rows rest on could not be traced")
    return Receipt(
        query=name,
        text=query.text,
        asked=asked,
        policy=library.policy,
        policy_digest=setting.policy,
        rules_digest=setting.rules,
        data_digest=setting.data,
        version=__version__,
        columns=tuple(RecordedColumn(column.name, column.type) for column in library.columns(query, given)),
        rows=rows,
        snapshots=snapshots_of(lineage.nodes, (line for row in rows for line in row.lines)),
        own=setting.own,
        unproven=tuple(unproven),
    )
