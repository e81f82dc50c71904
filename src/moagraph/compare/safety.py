"""The table of what is said of safety: tolerability, adverse effects, contraindications, tests and stop rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from moagraph.claims import Claim
from moagraph.compare.cells import NOBODY, BesideRow, Entry
from moagraph.compare.known import (
    Knowledge,
    Known,
    either,
    either_blank,
    nothing,
    on,
    said,
    unsaid,
)  # fmt: skip
from moagraph.names import PREFIXES, VOCAB
from moagraph.table import Iri


def safety(known: Knowledge) -> list[BesideRow]:
    """Gives tolerability, adverse effects, contraindications, interactions, tests and stop rules."""

    def effect(claim: Claim) -> bool:
        adverse = claim.direction in ("increases", "worsens") and str(claim.object).startswith(PREFIXES["condition"])
        return said("affects")(claim) and adverse

    def common(claim: Claim) -> bool:
        return effect(claim) and "most common" in known.remarks(claim)

    harm, no_harm = known.of_kind("SafetyOutcome"), known.blank_of_kind("SafetyOutcome")

    def remarks(claim: Claim) -> str:
        return ", ".join([*(["worse"] if claim.direction == "worsens" else []), *known.remarks(claim)])

    watched = ("contraindicatedIn", "monitoredBy", "hasStopRule")
    risks = either(effect, said(*watched), known.of_kind("Tolerability"))
    no_risks = either_blank(unsaid("affects", *watched), known.blank_of_kind("Tolerability"))
    rows = [
        known.row("Tolerability", known.of_kind("Tolerability"), known.blank_of_kind("Tolerability")),
        known.row("Most common adverse effect", common, details=remarks),
        known.row(
            "Other adverse effects",
            lambda c: effect(c) and not common(c),
            lambda b: unsaid("affects")(b) and no_harm(b),
            details=remarks,
        ),
        known.row(
            "Routes, and risks tied to them",
            lambda c: said("givenBy")(c) or (risks(c) and "route" in c.qualifiers),
            lambda b: unsaid("givenBy")(b) or (no_risks(b) and bool(b.qualifiers.get("route"))),
        ),
    ]
    triggers = _triggers(known)
    adverse = {claim.object for claim in known.claims(effect)} | triggers.keys()
    effects = {*known.objects(effect, nothing)}
    effects |= {thing for thing in known.objects(nothing, unsaid("affects")) if thing in adverse}
    for thing in sorted(effects, key=lambda thing: (thing.label, str(thing))):
        _, blanks = on(thing, "affects")

        def warned(one: Known, thing: Iri = thing) -> list[Entry]:
            rules = [c for c in one.claims if c.object in triggers.get(thing, ()) and known.lines(c)]
            entries = [known.entry(one, claim, fixed=False)[1] for claim in rules]
            return [replace(entry, text=f"named by a stop rule: {entry.text}") for entry in entries]

        rows.append(known.row(f"Effect: {thing.label}", _on(thing, effect), blanks, fixed=True, others=warned))
    tested = [c.object for c in known.claims(said("affects")) if harm(c)]
    unknown = [b.about for b in known.blanks(unsaid("affects")) if no_harm(b)]
    for thing in sorted({x for x in (*tested, *unknown) if x}, key=lambda x: (x.label, str(x))):
        rows.append(known.row(f"Outcome: {thing.label}", *on(thing, "affects"), fixed=True))
    for thing in known.objects(said("contraindicatedIn"), unsaid("contraindicatedIn")):
        rows.append(known.row(f"Contraindication: {thing.label}", *on(thing, "contraindicatedIn"), fixed=True))
    rows.append(
        known.row("Interactions", said("interactsWith"), unsaid("interactsWith"), details=lambda c: c.direction)
    )
    return rows + _tests(known) + _stop_rules(known)


def _on(thing: Iri, picks: Callable[[Claim], bool]) -> Callable[[Claim], bool]:
    return lambda claim: picks(claim) and claim.object == thing


def _triggers(known: Knowledge) -> dict[Iri, list[Iri]]:
    """Gives for each condition the stop rules that it triggers."""
    things = known.objects(said("hasStopRule"), nothing)
    rules = known.about(str(thing) for thing in things)
    found: dict[Iri, list[Iri]] = {}
    for thing in things:
        for trigger in rules[str(thing)].get("trigger", []):
            if isinstance(trigger, Iri):
                found.setdefault(trigger, []).append(thing)
    return found


def _tests(known: Knowledge) -> list[BesideRow]:
    """Gives a row of tests for each phase of use, and one of reference ranges."""
    claims, blanks = said("monitoredBy"), unsaid("monitoredBy")
    rows = []
    for phase, words in (("Baseline", "at baseline"), ("OnCycle", "on cycle"), ("Maintenance", "in maintenance")):
        iri = VOCAB + phase
        row = known.row(
            f"Tests {words}",
            lambda c, iri=iri: claims(c) and iri in known.phases(c),  # type: ignore[misc]
            lambda b, iri=iri: blanks(b) and iri in b.qualifiers.get("phase", ()),  # type: ignore[misc]
            without=["phase"],
        )
        if phase != "Maintenance" or any(cell.kind != NOBODY for cell in row.cells):
            rows.append(row)
    rows.append(
        known.row(
            "Tests, no phase named",
            lambda c: claims(c) and not known.phases(c),
            lambda b: blanks(b) and not b.qualifiers.get("phase"),
        )
    )
    tests = known.about(str(c.object) for c in known.claims(claims) if c.object)

    def limits(claim: Claim) -> str:
        return ", ".join(str(text) for text in tests[str(claim.object)].get("referenceRange", []))

    rows.append(
        known.row("Reference ranges", lambda c: claims(c) and bool(limits(c)), details=limits, without=["phase"])
    )
    return rows


def _stop_rules(known: Knowledge) -> list[BesideRow]:
    things = known.objects(said("hasStopRule"), unsaid("hasStopRule"))
    rules = known.about(str(thing) for thing in things)

    def order(claim: Claim) -> str:
        rule = rules[str(claim.object)]
        actions = [value.label for value in rule.get("action", []) if isinstance(value, Iri)]
        return ", ".join([*actions, *(f"at {text}" for text in rule.get("threshold", []))])

    rows = []
    for thing in things:
        claims, blanks = on(thing, "hasStopRule")
        rows.append(known.row(f"Stop rule: {thing.label}", claims, blanks, fixed=True, details=order))
    general = known.row("Stop rules", nothing, lambda b: unsaid("hasStopRule")(b) and b.about is None)
    return [*rows, general] if not rows or any(cell.kind != NOBODY for cell in general.cells) else rows
