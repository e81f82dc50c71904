"""The tables of what one asks first, and of how compounds are given."""

from __future__ import annotations

from collections.abc import Callable

from moagraph.claims import Claim
from moagraph.compare.cells import VALUE, BesideRow, Entry
from moagraph.compare.known import (
    Blank,
    Knowledge,
    Known,
    context,
    either,
    either_blank,
    notes_of,
    said,
    unsaid,
)  # fmt: skip
from moagraph.names import VOCAB
from moagraph.table import Iri


def at_a_glance(known: Knowledge) -> list[BesideRow]:
    """Gives what one asks first."""
    bodies = known.properties(str(claim.subject) for claim in known.claims(said("assessedAs")))

    def general(claim: Claim) -> bool:
        if not said("assessedAs")(claim):
            return known.of_kind("ClinicalRecord")(claim)
        narrow = bodies[str(claim.subject)].keys() & {f"{VOCAB}condition", f"{VOCAB}population"}
        return claim.subject not in known.things and not narrow

    return [
        known.row("Class", said("belongsTo"), unsaid("belongsTo")),
        known.row("Source material", said("madeFrom"), unsaid("madeFrom")),
        known.row(
            "Composition",
            either(said("contains"), known.of_kind("Composition")),
            either_blank(unsaid("contains"), known.blank_of_kind("Composition")),
        ),
        _kind(known, "Blood-brain barrier", "BloodBrainBarrier", findings=True),
        _kind(known, "Other pharmacokinetics", "Pharmacokinetics", findings=True),
        known.row("Headline mechanisms", _headline(known), others=lambda one: _other_mechanisms(known, one)),
        _routes(known),
        known.row("Evidence", general, lambda b: unsaid("assessedAs", "studiedFor")(b) and b.about is None),
        known.row("Studied for", said("studiedFor"), lambda b: unsaid("studiedFor")(b) and b.about is not None),
        *_places(known),
        known.row("Regimens", said("hasRegimen"), unsaid("hasRegimen")),
        known.row(
            "Price",
            either(said("hasPrice"), known.of_kind("Pricing")),
            either_blank(unsaid("hasPrice"), known.blank_of_kind("Pricing")),
        ),
    ]


def _kind(known: Knowledge, attribute: str, *kinds: str, findings: bool = False) -> BesideRow:
    """Gives the row of the properties of some kinds."""
    return known.row(attribute, known.of_kind(*kinds), known.blank_of_kind(*kinds), findings=findings)


def _headline(known: Knowledge) -> Callable[[Claim], bool]:
    return lambda claim: said("hasMechanism")(claim) and "headline" in known.remarks(claim)


def _other_mechanisms(known: Knowledge, one: Known) -> list[Entry]:
    claims = [c for c in one.claims if said("hasMechanism")(c) and known.lines(c)]
    if not claims or any(_headline(known)(c) for c in claims):
        return []
    names = {claim.object for claim in claims}
    text = f"none put first; {len(names)} in the table of mechanisms"
    notes = notes_of(line for claim in claims for line in known.lines(claim))
    return [Entry(VALUE, text, ids=tuple(claim.iri.curie for claim in claims), notes=notes)]


def _routes(known: Knowledge) -> BesideRow:
    """Gives the row of routes: those named as such, and those of regimens."""
    regimens = known.about(str(c.object) for c in known.claims(said("hasRegimen")) if c.object)

    def within(one: Known) -> list[Entry]:
        given = {c.object for c in one.claims if said("givenBy")(c)}
        by: dict[Iri, list[Claim]] = {}
        for claim in one.claims:
            if said("hasRegimen")(claim) and known.lines(claim) and claim.object:
                for route in regimens[claim.object].get("route", []):
                    if isinstance(route, Iri) and route not in given:
                        by.setdefault(route, []).append(claim)
        return [
            Entry(
                VALUE,
                f"{route.label}, in a regimen",
                (route.label,),
                ids=tuple(claim.iri.curie for claim in claims),
                notes=notes_of(line for claim in claims for line in known.lines(claim)),
            )
            for route, claims in sorted(by.items(), key=lambda item: item[0].label)
        ]

    return known.row("Routes", said("givenBy"), unsaid("givenBy"), others=within)


def _places(known: Knowledge) -> list[BesideRow]:
    """Gives a row on the regulatory status for each place that is named, and one for what names none."""
    attributes = ("hasStatus", "authorisedFor")
    where = {p for c in known.claims(said(*attributes)) for p in c.qualifiers.get("jurisdiction", ())}
    where |= {p for b in known.blanks(unsaid(*attributes)) for p in b.qualifiers.get("jurisdiction", ())}
    rows = []
    for place in [*sorted(where, key=lambda p: (p.label, str(p))), None]:

        def here(qualifiers: dict[str, tuple[Iri, ...]], place: Iri | None = place) -> bool:
            named = qualifiers.get("jurisdiction", ())
            return place in named if place else not named

        def claims(claim: Claim, here: Callable[..., bool] = here) -> bool:
            return said(*attributes)(claim) and here(claim.qualifiers)

        def blanks(blank: Blank, here: Callable[..., bool] = here) -> bool:
            return unsaid(*attributes)(blank) and here(blank.qualifiers)

        if place or known.claims(claims) or known.blanks(blanks):
            name = f"Regulatory status, {place.label if place else 'no place named'}"
            rows.append(known.row(name, claims, blanks, without=["jurisdiction"]))
    return rows


_PARTS = (
    ("route", "route"),
    ("dose", "dose"),
    ("schedule", "how often"),
    ("duration", "for how long"),
    ("repeatAfter", "repeated after"),
)


def regimens(known: Knowledge) -> list[BesideRow]:
    """Gives routes, forms and preparation, and the regimens for each context, part by part."""
    nodes = known.about(str(c.object) for c in known.claims(said("hasRegimen")) if c.object)

    def parts(claim: Claim) -> str:
        node = nodes[str(claim.object)]
        told, missing = [], []
        for name, words in _PARTS:
            values = [v.label if isinstance(v, Iri) else str(v) for v in node.get(name, [])]
            if values:
                told.append(f"{words} {' or '.join(values)}")
            elif name != "schedule" or not any("/d" in str(value) for value in node.get("dose", [])):
                missing.append(words)
        return "; ".join([*told, f"not stated: {', '.join(missing)}" if missing else ""]).removesuffix("; ")

    rows = [
        _routes(known),
        _kind(known, "Form", "Presentation"),
        _kind(known, "Dosing in general", "Dosing"),
        known.row("Preparation", said("hasPreparation"), unsaid("hasPreparation")),
    ]
    contexts = {context(c) for c in known.claims(said("hasRegimen")) if known.lines(c)}
    contexts |= {blank.context for blank in known.blanks(unsaid("hasRegimen"))}
    for where in sorted({"", *contexts}):
        rows.append(
            known.row(
                f"Regimen {where}" if where else "Regimen, no context named",
                lambda c, where=where: said("hasRegimen")(c) and context(c) == where,  # type: ignore[misc]
                lambda b, where=where: unsaid("hasRegimen")(b) and b.context == where,  # type: ignore[misc]
                without=tuple(q for c in known.claims(said("hasRegimen")) for q in c.qualifiers),
                details=parts,
                join=False,
            )
        )
    return rows
