"""Explanations in words, as text and Markdown, and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from moagraph.claims import Claim, Line, context_of
from moagraph.errors import UnknownFormat
from moagraph.names import how_many
from moagraph.table import Iri
from moagraph.why.explanation import Apart, Explanation, Ground, Half, Shared, Side

FORMATS = ("text", "markdown", "json")
"""The formats that explanations can be written in."""

EXTENSIONS = {".txt": "text", ".md": "markdown", ".json": "json"}
"""The format that a file's extension means."""

_MARKS = {"Supports": "+", "Refutes": "−", "NullResult": "0", "Inconclusive": "?"}
_LEGEND = (
    "Signs: + supports, − refutes, 0 looked for and not found, ? inconclusive. Tiers: A synthesis of trials, B "
    "randomised trial, C other human study, D animals, E in vitro, F no study named; unresolved: the study cannot be "
    "traced. These are statements of the sources, not medical advice."
)


class _Piece(NamedTuple):
    """A piece of text: how deep it stands, and whether it is a heading or a line of evidence with its mark."""

    depth: int
    text: str
    heading: bool = False
    mark: str = ""


def written(explanation: Explanation, format: str, width: int) -> str:
    """Gives an explanation in a named format.

    Raises:
        UnknownFormat: the format is not one of `FORMATS`.
    """
    if format == "json":
        return json.dumps(_json(explanation), ensure_ascii=False, indent=1) + "\n"
    if format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    pieces = list(_pieces(explanation))
    return _markdown(pieces) if format == "markdown" else _text(pieces, width)


def _text(pieces: list[_Piece], width: int) -> str:
    out: list[str] = []
    for piece in pieces:
        if piece.heading and out:
            out.append("")
        first = "  " * piece.depth + (f"{piece.mark} " if piece.mark else "")
        rest = "  " * (piece.depth + 1)
        out += textwrap.wrap(
            piece.text, width, initial_indent=first, subsequent_indent=rest if piece.depth else "",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return "\n".join(out) + "\n"


def _markdown(pieces: list[_Piece]) -> str:
    out: list[str] = []
    for piece in pieces:
        text = "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in piece.text)
        if piece.heading:
            out.append(f"\n{'##' if out else '#'} {text}\n")
        elif piece.depth:
            out.append(f"{'  ' * (piece.depth - 1)}- {f'{piece.mark} ' if piece.mark else ''}{text}")
        else:
            out.append(f"{text}\n")
    return "\n".join(out).lstrip("\n").rstrip("\n") + "\n"


def _pieces(of: Explanation) -> Iterator[_Piece]:
    numbers = {note: number for number, note in enumerate(of.notes, 1)}
    one, other = of.compounds
    shared = how_many(len(of.shared), "shared mechanism") if of.shared else "no shared mechanism"
    yield _Piece(0, f"{one.label} and {other.label}: {shared}", heading=True)
    yield from _likeness(of)
    if of.shared:
        yield _Piece(0, f"Shared mechanisms ({len(of.shared)}), those that fewest compounds have first", heading=True)
    for each in of.shared:
        yield from _shared(each, of.total, numbers)
    if of.contested:
        title = "Shared only if contested edges are counted, which they are not"
        yield _Piece(0, f"{title} ({len(of.contested)})", heading=True)
    for each in of.contested:
        yield from _shared(each, of.total, numbers)
    if of.near:
        yield _Piece(0, f"What comes nearest ({len(of.near)}): groupings, which are no mechanisms", heading=True)
    for near in of.near:
        sides = [
            f"{compound.label} by {', '.join(m.label for m in some)}"
            for compound, some in zip(of.compounds, near.mechanisms, strict=True)
        ]
        yield _Piece(1, f"{near.grouping.label}: {'; '.join(sides)}")
    if of.apart:
        title = "Told apart: one target, but not said to act on it in the same way, so not shared"
        yield _Piece(0, f"{title} ({len(of.apart)})", heading=True)
    for apart in of.apart:
        yield from _apart(apart, of, numbers)
    if of.halves:
        yield _Piece(0, f"Not shared, since one side's claims do not carry it ({len(of.halves)})", heading=True)
    for half in of.halves:
        yield from _half(half, numbers)
    if of.pooled:
        title = "Results pooled over both, which count for neither alone and say nothing of mechanisms"
        yield _Piece(0, f"{title} ({len(of.pooled)})", heading=True)
    for claim in of.pooled:
        marks = ", ".join(str(number) for number in sorted({numbers[line.whence()] for line in claim.lines}))
        yield _Piece(1, f"{claim.sentence()}: {claim.verdict}{_tier(claim.tier, claim.unresolved)} [{marks}]")
    if of.absences:
        yield _Piece(0, f"Left unsaid ({len(of.absences)})", heading=True)
    for absence in of.absences:
        yield _Piece(1, absence.sentence())
    if of.notes:
        yield _Piece(0, f"Sources ({len(of.notes)})", heading=True)
    for note, number in numbers.items():
        yield _Piece(1, f"[{number}] {note}")
    yield _Piece(0, "How to read this", heading=True)
    if of.chance:
        yield _Piece(0, of.chance)
    yield _Piece(0, _LEGEND)


def _likeness(of: Explanation) -> Iterator[_Piece]:
    one, other = of.compounds
    yield _Piece(
        0,
        f"Policy {of.policy}. By plain edges {one.label} has {how_many(of.sizes[0], 'mechanism')} and {other.label} "
        f"{how_many(of.sizes[1], 'mechanism')}, broader ones included and groupings left out; {of.both} in common. "
        f"{how_many(of.total, 'compound')} {'has' if of.total == 1 else 'have'} any mechanism.",
    )
    for score in of.scores:
        how = {
            "none": "each mechanism alike (Jaccard)",
            "tier": "by tier of evidence",
            "information": "by information content (simGIC)",
            "both": "by tier and information content",
        }[score.weights]
        chance = "" if score.p is None else f"; p {score.p}, q {score.q}"
        yield _Piece(1, f"overlap {score.overlap} {how}{chance}")
    if not of.shared:
        nearest = of.contested or of.near or of.apart or of.halves
        yield _Piece(0, f"They share no mechanism under this policy{'' if nearest else ', nor anything near it'}.")


def _shared(shared: Shared, total: int, numbers: Mapping[str, int]) -> Iterator[_Piece]:
    told = f" (information content {shared.information} nats)" if shared.information is not None else ""
    had = f"{shared.having} of {total} compounds {'has' if shared.having == 1 else 'have'} it{told}"
    yield _Piece(1, f"{shared.mechanism.label}: {had}; weaker side's tier {shared.tier}")
    for side in shared.sides:
        yield from _side(side, numbers)
    against = {side.compound.label: sum(len(g.against) for g in side.grounds) for side in shared.sides}
    lines = " and ".join(f"{how_many(number, 'line')} on {name}" for name, number in against.items() if number)
    yield _Piece(2, f"Against it: {lines or 'nothing that the policy admits'}.")


def _side(side: Side, numbers: Mapping[str, int]) -> Iterator[_Piece]:
    for ground in side.grounds:
        how = {
            "same": "",
            "narrower": f", through something narrower, {ground.mechanism.label}",
            "broader": f", of something broader, {ground.mechanism.label}",
        }[ground.relation]
        yield _Piece(2, f"{side.compound.label}{how}: {_judgement(ground)}")
        yield from _claims(ground.claims, side.compound, 3, numbers)


def _apart(apart: Apart, of: Explanation, numbers: Mapping[str, int]) -> Iterator[_Piece]:
    yield _Piece(1, apart.target.label)
    for compound, sign, ground in zip(of.compounds, apart.signs, apart.grounds, strict=True):
        text = f"{compound.label}: {sign.label} it, by {ground.mechanism.label}"
        if sign.label == "not stated":
            text = f"{compound.label}: how it acts on it is not stated, by {ground.mechanism.label}"
        yield _Piece(2, f"{text}: {_judgement(ground)}")
        yield from _claims(ground.claims, compound, 3, numbers)


def _half(half: Half, numbers: Mapping[str, int]) -> Iterator[_Piece]:
    said = half.ground.mechanism
    what = "" if said == half.mechanism else f", {said.label}"
    yield _Piece(
        1, f"{half.mechanism.label}: {half.having.label} has it; {half.other.label}{what}: {_judgement(half.ground)}"
    )
    yield from _claims(half.ground.claims, half.other, 2, numbers)


def _claims(claims: tuple[Claim, ...], compound: Iri, depth: int, numbers: Mapping[str, int]) -> Iterator[_Piece]:
    for claim in claims:
        where = context_of(claim.qualifiers)
        pooled = f"pooled as {claim.subject.label}" if claim.subject != compound else ""
        head = ", ".join(part for part in (pooled, where, claim.during) if part)
        if head:
            yield _Piece(depth, f"{head}:")
        yield from _evidence(claim.lines, depth + bool(head), numbers)


def _evidence(lines: tuple[Line, ...], depth: int, numbers: Mapping[str, int]) -> Iterator[_Piece]:
    for line in lines:
        yield _Piece(depth, line.sentence(numbers[line.whence()]), mark=_MARKS[line.stance])
        if line.note:
            yield _Piece(depth + 1, f"note: {line.note}")


def _judgement(ground: Ground) -> str:
    return f"{ground.verdict}{_tier(ground.tier, ground.unresolved)}"


def _tier(tier: str, unresolved: bool) -> str:
    return f", tier {tier}{', unresolved' if unresolved else ''}" if tier else ""


def _thing(thing: Iri) -> dict[str, str]:
    return {"id": thing.curie, "label": thing.label}


def _json(of: Explanation) -> dict[str, Any]:
    numbers = {note: number for number, note in enumerate(of.notes, 1)}

    def line(one: Line) -> dict[str, Any]:
        return {
            "id": one.iri.curie,
            "stance": one.stance,
            "tier": one.tier or None,
            "unresolved": one.unresolved,
            "counted": one.admitted and not one.ambiguous,
            "source": _thing(one.source),
            "asserted_by": [_thing(agent) for agent in one.asserted_by],
            "studies": [_thing(study) for study in one.studies],
            "references": [_thing(reference) for reference in one.references],
            "passages": [list(span) for span in one.passages],
            "text": one.sentence(),
            "curators_note": one.note or None,
            "note": numbers[one.whence()],
        }

    def claim(one: Claim) -> dict[str, Any]:
        return {
            "id": one.iri.curie,
            "text": one.sentence(),
            "verdict": one.verdict,
            "tier": one.tier or None,
            "lines": [line(each) for each in one.lines],
        }

    def ground(one: Ground) -> dict[str, Any]:
        return {
            "mechanism": _thing(one.mechanism),
            "relation": one.relation,
            "verdict": one.verdict,
            "tier": one.tier or None,
            "unresolved": one.unresolved,
            "against": [each.iri.curie for each in one.against],
            "claims": [claim(each) for each in one.claims],
        }

    def shared(one: Shared) -> dict[str, Any]:
        return {
            "mechanism": _thing(one.mechanism),
            "compounds_having_it": one.having,
            "information_content": None if one.information is None else str(one.information),
            "tier": one.tier,
            "sides": [
                {"compound": _thing(side.compound), "grounds": [ground(each) for each in side.grounds]}
                for side in one.sides
            ],
        }

    text: Callable[[Any], Any] = lambda value: None if value is None else str(value)  # noqa: E731 - one place
    return {
        "compounds": [_thing(compound) for compound in of.compounds],
        "policy": of.policy,
        "compounds_with_mechanisms": of.total,
        "mechanisms": list(of.sizes),
        "in_common": of.both,
        "scores": [
            {"weights": s.weights, "overlap": text(s.overlap), "p": text(s.p), "q": text(s.q)} for s in of.scores
        ],
        "chance": of.chance or None,
        "shared": [shared(one) for one in of.shared],
        "contested": [shared(one) for one in of.contested],
        "told_apart": [
            {
                "target": _thing(one.target),
                "signs": [_thing(sign) for sign in one.signs],
                "grounds": [ground(each) for each in one.grounds],
            }
            for one in of.apart
        ],
        "not_carried": [
            {
                "mechanism": _thing(one.mechanism),
                "having": _thing(one.having),
                "other": _thing(one.other),
                "ground": ground(one.ground),
            }
            for one in of.halves
        ],
        "groupings": [
            {"grouping": _thing(one.grouping), "mechanisms": [[_thing(m) for m in some] for some in one.mechanisms]}
            for one in of.near
        ],
        "pooled": [claim(one) for one in of.pooled],
        "left_unsaid": [{"id": one.iri.curie, "text": one.sentence()} for one in of.absences],
        "notes": [{"number": number, "text": note} for note, number in numbers.items()],
    }
