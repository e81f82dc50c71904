"""What is known of each compound and mechanism, as a table."""

from __future__ import annotations

from collections import defaultdict

from moagraph.overlap.closures import Hierarchy, climbing, edges_of, iri_of
from moagraph.store import Store
from moagraph.table import Cell, Column, Iri, Table

# An absence with qualifiers is no blank of the whole mechanism.
_ABSENCES = """
SELECT DISTINCT ?compound ?mechanism ?reason WHERE {
  ?absence a moa:Absence ; moa:attribute moa:hasMechanism ; moa:subject ?compound ; moa:object ?mechanism ;
    moa:reason ?reason .
  ?compound a moa:Compound .
  ?mechanism a moa:Mechanism .
  FILTER NOT EXISTS { ?qualifier rdfs:subPropertyOf moa:qualifier . ?absence ?qualifier ?value }
}
ORDER BY ?compound ?mechanism ?reason
"""

MATRIX_COLUMNS = (
    Column("compound", "moa:Compound"),
    Column("mechanism", "moa:Mechanism"),
    Column("verdict", "moa:Verdict"),
    Column("tier", "xsd:string"),
    Column("unresolved", "xsd:boolean"),
    Column("through", "moa:Mechanism*"),
    Column("absence_reason", "moa:AbsenceReason*"),
    Column("group", "moa:Mechanism"),
)
"""The columns of `matrix`."""


def matrix(store: Store, policy: str) -> Table:
    """Gives what is known of each compound and mechanism; pairs of which nobody says anything have no row.

    **Shape**: `MATRIX_COLUMNS`, ordered by the IRIs of compound and mechanism. Verdict, tier and unresolved
    are those of claims on just this mechanism. `through` lists narrower mechanisms with a supported or
    contested edge, which climbs to this one. `absence_reason` says why there is a blank; a pair may have a
    verdict by one source and a blank in another. `group` is what the mechanism is listed under.
    """
    edges = edges_of(store, policy)
    hierarchy = Hierarchy.of(store, policy)
    recorded = {(edge.compound, edge.mechanism): edge for edge in edges}
    through: dict[tuple[Iri, Iri], set[Iri]] = defaultdict(set)
    for edge, wide in climbing(edges, hierarchy):
        through[edge.compound, wide].add(edge.mechanism)
    reasons: dict[tuple[Iri, Iri], set[Iri]] = defaultdict(set)
    for compound, mechanism, reason in store.select(_ABSENCES, policy).cells:
        reasons[iri_of(compound), iri_of(mechanism)].add(iri_of(reason))
    rows: list[tuple[Cell, ...]] = []
    for key in sorted({*recorded, *through, *reasons}):
        at = recorded.get(key)
        judged = (at.verdict, at.tier, at.unresolved) if at else (None, None, None)
        narrower, blanks = (tuple(sorted(found.get(key, ()))) for found in (through, reasons))
        rows.append((*key, *judged, narrower, blanks, hierarchy.group(key[1])))
    return Table(MATRIX_COLUMNS, tuple(rows), f"Compounds and mechanisms, policy of evidence: {policy}")
