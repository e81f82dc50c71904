"""Compounds side by side: what is known of each in the same respects, and why the rest is blank.

No cell is empty: it holds values with verdict and tier, null results, denials, absences with their reasons, or says
that nobody has looked, which means that there is no record at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from moagraph.compare.cells import SideBySide
from moagraph.compare.evidence import evidence
from moagraph.compare.glance import at_a_glance, regimens
from moagraph.compare.indications import indications
from moagraph.compare.known import Knowledge
from moagraph.compare.mechanisms import mechanisms
from moagraph.compare.safety import safety
from moagraph.errors import BadValue, UnknownThing
from moagraph.library import Library

TABLES = {
    "at-a-glance": at_a_glance,
    "mechanisms": mechanisms,
    "safety": safety,
    "regimens": regimens,
    "evidence": evidence,
    "indications": indications,
}
"""The tables by name, each a function from what is known to rows."""


def compare(library: Library, compounds: Sequence[str], table: str = "at-a-glance") -> SideBySide:
    """Gives compounds side by side in the rows of a table.

    Args:
        library: what is asked, and under which policy.
        compounds: two or more, by any of their names; they become the columns in this order.
        table: one of `TABLES`.

    Raises:
        UnknownThing, AmbiguousThing: a name names no compound, or several; or there is no such table.
        BadValue: there are fewer than two compounds, or one is named twice.
    """
    if table not in TABLES:
        raise UnknownThing(table, "table", TABLES)
    iris = [library.names.resolve(name, ["moa:Compound"]) for name in compounds]
    if len(iris) < 2 or len(set(iris)) < len(iris):
        raise BadValue("a comparison needs two or more different compounds", "for example cortexin cerebrolysin")
    known = Knowledge(library, iris)
    names = " and ".join(thing.label for thing in known.things)
    title = f"{names}: {table.replace('-', ' ')}"
    return SideBySide(title, library.policy, known.things, tuple(TABLES[table](known)))
