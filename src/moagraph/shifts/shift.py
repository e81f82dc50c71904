"""A shift: one thing that is judged otherwise in another state, and the evidence lines responsible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from moagraph.cells import Iri

KINDS = ("verdict", "edge", "shared mechanism", "cell")
"""What can shift, in the order in which it is told."""

OLD, NEW, BOTH = "old", "new", "both"
"""Where something counts."""


class Standing(NamedTuple):
    """How something stands in one state.

    Attributes:
        kind: the verdict of a claim or derivation as a local name, empty where there is none; how a mechanism is
            shared; or the kind of a cell.
        tier: the tier, as a local name, or empty.
        text: the whole in words.
    """

    kind: str
    tier: str
    text: str


@dataclass(frozen=True)
class Bearing:
    """What is responsible for a shift: an evidence line that does not count alike in both states.

    Of a cell it may also be an absence or a study that one state lacks.

    Attributes:
        iri: the line, absence or study.
        kind: line, absence or study.
        counts: where it counts: old, new or both; in both states with another tier.
        claim: the claim that a line bears on, in words; else empty.
        stance: what a line does to the claim, in words: supported, refuted, found null or left open; else empty.
        whence: who says so, where, from which study, citing what; or what a study or absence is called.
        old, new: what it counts for in each state, in words: its tier, or nothing.
        studies: what a line rests on.
    """

    iri: Iri
    kind: str
    counts: str
    claim: str
    stance: str
    whence: str
    old: str
    new: str
    studies: tuple[Iri, ...]

    def to_dict(self) -> dict[str, Any]:
        """Gives it as data."""
        return {
            "id": self.iri.curie,
            "kind": self.kind,
            "counts": self.counts,
            "claim": self.claim or None,
            "stance": self.stance or None,
            "whence": self.whence,
            "old": self.old or None,
            "new": self.new or None,
            "studies": [thing(study) for study in self.studies],
        }


@dataclass(frozen=True)
class Shift:
    """Something that stands otherwise in the new state than in the old.

    Attributes:
        kind: one of `KINDS`.
        about: the claim; the subject, predicate and object of an edge; two compounds and their mechanism; or the
            compound of a cell.
        place: table and attribute of a cell; else empty.
        words: what it is about, in words.
        what: what happened, in words: "plain edge lost", "lost", "other values".
        old, new: how it stands in each state.
        because: the evidence lines responsible, and for cells also studies and absences, in order.
        left_out: studies that lines responsible rest on, and no line that counts for it in the new state.
        let_in: studies that lines responsible rest on, and no line that counts for it in the old state.
    """

    kind: str
    about: tuple[Iri, ...]
    place: tuple[str, ...]
    words: str
    what: str
    old: Standing
    new: Standing
    because: tuple[Bearing, ...]
    left_out: tuple[Iri, ...]
    let_in: tuple[Iri, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """The place of the shift among others: kinds apart, what changes more than its tier first."""
        slight = self.old.kind == self.new.kind
        return (KINDS.index(self.kind), slight, self.place, self.words.casefold(), self.about)

    def to_dict(self) -> dict[str, Any]:
        """Gives the shift as data."""
        return {
            "kind": self.kind,
            "about": [thing(one) for one in self.about],
            "place": list(self.place),
            "words": self.words,
            "what": self.what,
            "old": _standing(self.old),
            "new": _standing(self.new),
            "because": [bearing.to_dict() for bearing in self.because],
            "left_out": [thing(study) for study in self.left_out],
            "let_in": [thing(study) for study in self.let_in],
        }


def thing(iri: Iri) -> dict[str, str]:
    """Gives a thing as data."""
    return {"id": iri.curie, "label": iri.label}


def _standing(standing: Standing) -> dict[str, str | None]:
    return {
        "kind": standing.kind or None,
        "tier": standing.tier.removeprefix("Tier").removesuffix("?") or None,
        "text": standing.text,
    }
