"""The table of mechanisms and receptors."""

from __future__ import annotations

from moagraph.claims import Claim
from moagraph.compare.cells import ABSENCE, NOBODY, VALUE, BesideRow, Entry
from moagraph.compare.known import Knowledge, Known, nothing, on, said, unsaid
from moagraph.store import iri_term
from moagraph.table import Iri


def mechanisms(known: Knowledge) -> list[BesideRow]:
    """Gives every mechanism and receptor that a compound has, or has an absence for; those that most have first."""
    rows = []
    for predicate, words in (("hasMechanism", ""), ("bindsReceptor", "Binds: ")):
        through = _narrower(known, predicate)
        found = []
        for thing in known.objects(said(predicate), unsaid(predicate)):

            def narrower(one: Known, thing: Iri = thing) -> list[Entry]:
                return _through(known, one, predicate, thing, through.get((one.compound, thing), []))  # noqa: B023

            claims, blanks = on(thing, predicate)
            row = known.row(f"{words}{thing.label}", claims, blanks, fixed=True, describe=False, others=narrower)
            kinds = [cell.kind for cell in row.cells]
            blank = sum(kind in (ABSENCE, NOBODY) for kind in kinds)
            found.append((blank, kinds.count(NOBODY), row.attribute, row))
        rows += [row for *_, row in sorted(found, key=lambda item: item[:3])]
    rows.append(
        known.row(
            "What is missing on mechanisms",
            nothing,
            lambda b: unsaid("hasMechanism", "bindsReceptor")(b) and b.about is None,
        )
    )
    return rows


def _narrower(known: Knowledge, predicate: str) -> dict[tuple[Iri, Iri], list[Iri]]:
    """Gives for a compound and an object the narrower ones to which the compound has a plain edge."""
    nodes = " ".join(iri_term(thing) for thing in known.things)
    table = known.store.select(
        f"""SELECT DISTINCT ?compound ?wide ?narrow WHERE {{
          VALUES ?compound {{ {nodes} }} ?compound moa:{predicate} ?narrow . ?narrow skos:broader+ ?wide .
          ?compound moa:{predicate}OrNarrower ?wide
        }} ORDER BY ?compound ?wide ?narrow""",
        known.policy,
    )
    found: dict[tuple[Iri, Iri], list[Iri]] = {}
    for compound, wide, narrow in table.cells:
        if isinstance(compound, Iri) and isinstance(wide, Iri) and isinstance(narrow, Iri):
            found.setdefault((compound, wide), []).append(narrow)
    return found


def _through(known: Knowledge, one: Known, predicate: str, thing: Iri, narrower: list[Iri]) -> list[Entry]:
    if any(said(predicate)(c) and c.object == thing and known.lines(c) for c in one.claims):
        return []
    entries = []
    for narrow in narrower:
        claims = [c for c in one.claims if said(predicate)(c) and c.object == narrow and c.subject == one.compound]
        best = min(claims, key=Claim.order)
        _, entry = known.entry(one, best, fixed=True)
        text = f"yes, by a kind of it: {narrow.label}"
        ids = tuple(claim.iri.curie for claim in claims)
        entries.append(
            Entry(VALUE, text, (narrow.label,), "supported", best.tier, best.unresolved, "", ids, entry.notes)
        )
    return entries
