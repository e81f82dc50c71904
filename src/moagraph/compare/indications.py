"""The table of what compounds are authorised, used and tried for."""

from __future__ import annotations

from dataclasses import dataclass, field

from moagraph.claims import Claim, Line
from moagraph.compare.cells import CONTESTED, DENIED, NULL, SUGGESTED, VALUE, BesideRow, Entry
from moagraph.compare.known import KINDS_OF, Knowledge, Known, context, notes_of, nothing, unsaid
from moagraph.names import local_name
from moagraph.store import iri_term
from moagraph.table import Iri

RELATIONS = {
    "authorisedFor": "authorised",
    "usedFor": "used",
    "studiedFor": "studied in people",
    "improves": "improvement in people",
    "beneficialInModels": "help in animal models",
}
"""The relations of a compound to a condition, weightiest first, and how they are called."""


@dataclass
class _Edge:
    relation: str
    verdict: str
    tier: str
    unresolved: bool
    claims: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)


def indications(known: Knowledge) -> list[BesideRow]:
    """Gives each condition with the relations of a compound to it, by verdict and tier."""
    edges = _edges(known)
    conditions = {condition for _, condition in edges}
    conditions |= {blank.about for blank in known.blanks(unsaid(*RELATIONS)) if blank.about}
    lines = {str(line.iri): line for one in known.known.values() for claim in one.claims for line in claim.lines}
    claims = {str(claim.iri): claim for one in known.known.values() for claim in one.claims}
    rows = []
    for thing in sorted(conditions, key=lambda condition: (condition.label.casefold(), str(condition))):

        def related(one: Known, thing: Iri = thing) -> list[Entry]:
            found = edges.get((one.compound, thing), {})
            return [_entry(found[name], thing, claims, lines) for name in RELATIONS if name in found]

        rows.append(
            known.row(
                thing.label,
                nothing,
                lambda blank, thing=thing: unsaid(*RELATIONS)(blank) and blank.about == thing,  # type: ignore[misc]
                others=related,
            )
        )
    rows.append(
        known.row("What is missing on uses", nothing, lambda blank: unsaid(*RELATIONS)(blank) and blank.about is None)
    )
    return rows


def _edges(known: Knowledge) -> dict[tuple[Iri, Iri], dict[str, _Edge]]:
    nodes = " ".join(iri_term(thing) for thing in known.things)
    relations = " ".join(f"moa:{name}" for name in RELATIONS)
    table = known.store.select(
        f"""SELECT ?compound ?condition ?relation ?verdict ?tier ?unresolved ?claim ?line WHERE {{
          VALUES ?compound {{ {nodes} }} VALUES ?relation {{ {relations} }}
          ?edge moa:edgeSubject ?compound ; moa:edgePredicate ?relation ; moa:edgeObject ?condition ;
            moa:verdict ?verdict ; moa:tier ?tier ; moa:unresolved ?unresolved ;
            moa:usesClaim ?claim ; moa:usesLine ?line
        }}""",
        known.policy,
    )
    edges: dict[tuple[Iri, Iri], dict[str, _Edge]] = {}
    for compound, condition, relation, verdict, tier, unresolved, claim, line in table.cells:
        assert isinstance(compound, Iri)
        assert isinstance(condition, Iri)
        assert isinstance(verdict, Iri)
        assert isinstance(tier, Iri)
        name = local_name(str(relation))
        edge = edges.setdefault((compound, condition), {}).setdefault(
            name, _Edge(name, verdict.label, tier.label, bool(unresolved))
        )
        edge.claims.add(str(claim))
        edge.lines.add(str(line))
    return edges


def _entry(edge: _Edge, condition: Iri, claims: dict[str, Claim], lines: dict[str, Line]) -> Entry:
    """Gives an edge as an entry: the relation, and in which respects, places and people it holds."""
    used = sorted((claims[iri] for iri in edge.claims if iri in claims), key=Claim.order)
    respects: dict[str, list[str]] = {}
    for claim in used:
        where = context(claim, ["condition"])
        what = (
            claim.object.label if claim.object and claim.object != condition and edge.relation == "improves" else ""
        )
        if what or where:
            judged = "" if claim.verdict == edge.verdict else f" ({claim.verdict})"
            respects.setdefault(f"{what}{judged}", []).append(where)
    told = []
    for what, places in respects.items():
        wheres = ", ".join(dict.fromkeys(where for where in places if where))
        told.append(" ".join(part for part in (what, wheres) if part))
    kind = KINDS_OF[edge.verdict]
    words = RELATIONS[edge.relation]
    opening = {
        VALUE: words,
        SUGGESTED: f"possibly {words}",
        CONTESTED: f"{words} contested",
        NULL: f"no {words} found",
        DENIED: f"not {words}",
    }.get(kind, f"undecided: {words}")
    counted = [lines[iri] for iri in sorted(edge.lines) if iri in lines]
    against = [line for line in counted if line.stance in ("Refutes", "NullResult")] if kind == CONTESTED else []
    return Entry(
        kind=kind,
        text=f"{opening}: {'; '.join(told)}" if told else opening,
        labels=(words,),
        verdict="null result" if kind == NULL else edge.verdict,
        tier=edge.tier,
        unresolved=edge.unresolved,
        ids=tuple(claim.iri.curie for claim in used),
        notes=notes_of(line for line in counted if line not in against),
        against=notes_of(against),
    )
