"""What a policy derives, compared: verdicts and tiers, and edges won or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moagraph.diff.causes import Cause, Causes
from moagraph.diff.changes import Changes, Words
from moagraph.diff.sides import Side
from moagraph.names import compact
from moagraph.shifts.judged import NO_EDGE, NONE, SHOWN, Derived, Judgement, change_of


@dataclass(frozen=True)
class VerdictChange:
    """A claim or line that is judged differently.

    Attributes:
        kind: claim or line.
        iri: the claim or line.
        words: how it is said.
        old, new: its judgements; a line has no verdict but `Counted` or `NotCounted`.
        because: the changes that it goes back to.
    """

    kind: str
    iri: str
    words: Words
    old: Judgement
    new: Judgement
    because: tuple[Cause, ...]

    def to_dict(self) -> dict[str, Any]:
        """Gives the change as data."""
        return {
            "kind": self.kind,
            "id": compact(self.iri),
            "words": self.words.to_dict(),
            "old": self.old._asdict(),
            "new": self.new._asdict(),
            "because": [cause.to_dict() for cause in self.because],
        }


@dataclass(frozen=True)
class EdgeChange:
    """A derived edge that was won, lost, became contested or ceased to be, or changed its tier.

    Attributes:
        subject, predicate, object: the edge.
        words: the edge as people say it.
        old, new: its judgements; a plain edge is Supported, a contested one Contested, and others are no edge.
        because: the changes that it goes back to.
    """

    subject: str
    predicate: str
    object: str
    words: Words
    old: Judgement
    new: Judgement
    because: tuple[Cause, ...]

    @property
    def what(self) -> str:
        """What happened, in words."""
        return change_of(*(SHOWN.get(judged.verdict, "") for judged in (self.old, self.new)))

    def to_dict(self) -> dict[str, Any]:
        """Gives the change as data."""
        return {
            "subject": compact(self.subject),
            "predicate": compact(self.predicate),
            "object": compact(self.object),
            "words": self.words.to_dict(),
            "old": self.old._asdict(),
            "new": self.new._asdict(),
            "because": [cause.to_dict() for cause in self.because],
        }


@dataclass(frozen=True)
class PolicyChanges:
    """What changed of what one policy derives. `compared` says how much was looked at."""

    policy: str
    verdicts: tuple[VerdictChange, ...]
    edges: tuple[EdgeChange, ...]
    differs: bool
    compared: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Gives the changes as data."""
        return {
            "verdicts": [change.to_dict() for change in self.verdicts],
            "edges": [change.to_dict() for change in self.edges],
        }


_NOT_COUNTED = Judgement("NotCounted", "")


def judged(old: Side, new: Side, policy: str, changes: Changes, causes: Causes) -> PolicyChanges:
    """Gives what changed of what a policy derives, for claims and lines that are on both sides, and for all edges."""
    before, after = (Derived(side.derived(policy)) for side in (old, new))
    both = old.nodes.keys() & new.nodes.keys()
    verdicts: list[VerdictChange] = []
    differing: list[tuple[str, str]] = []
    for kind, one, other in (("claim", before.claims, after.claims), ("line", before.lines, after.lines)):
        iris = sorted((one.keys() | other.keys()) & both)
        differing += [(kind, iri) for iri in iris if one.get(iri, NONE) != other.get(iri, NONE)]
    for speech in changes.speech:
        speech.prepare(iri for _, iri in differing)
    for kind, iri in differing:
        one, other = (before.claims, after.claims) if kind == "claim" else (before.lines, after.lines)
        because = causes.of_claims(policy, [iri]) if kind == "claim" else causes.of_claims(policy, [], [iri])
        absent = NONE if kind == "claim" else _NOT_COUNTED
        pair = (one.get(iri, absent), other.get(iri, absent))
        verdicts.append(VerdictChange(kind, iri, changes.words(iri), *pair, because))
    edges = []
    for key in sorted(before.edges.keys() | after.edges.keys()):
        was, is_ = (side.edges.get(key, NO_EDGE) for side in (before, after))
        if was.judgement != is_.judgement and (was.shown or is_.shown):
            words = Words(*(_say(side, key) for side in (old, new)))
            because = causes.of_claims(policy, was.claims | is_.claims, was.lines | is_.lines)
            edges.append(EdgeChange(*key, words, was.judgement, is_.judgement, because))
    compared = {"verdicts": len(before.claims.keys() | after.claims.keys()), "edges": len(before.edges | after.edges)}
    derivations = [{str(triple) for triple in side.derived(policy)} for side in (old, new)]
    return PolicyChanges(policy, tuple(verdicts), tuple(edges), derivations[0] != derivations[1], compared)


def _say(side: Side, edge: tuple[str, str, str]) -> str:
    return " ".join(side.store.label(iri) or compact(iri) for iri in edge)
