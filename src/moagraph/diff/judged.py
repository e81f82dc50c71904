"""What a policy derives, compared: verdicts and tiers, and edges won or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from moagraph.diff.causes import Cause, Causes
from moagraph.diff.changes import Changes, Words
from moagraph.diff.sides import TYPE, Side
from moagraph.names import PREFIXES, VOCAB, compact, local_name, spaced

_ENDS = ("subject", "predicate", "object")


class Judgement(NamedTuple):
    """Verdict and tier, as local names; empty where there is none."""

    verdict: str
    tier: str

    @property
    def text(self) -> str:
        """The judgement in words."""
        if not self.verdict:
            return "none"
        verdict = spaced(self.verdict)
        tier = self.tier.removeprefix("Tier").removesuffix("?")
        unresolved = ", unresolved" if self.tier.endswith("?") else ""
        return f"{verdict} (tier {tier}{unresolved})" if tier else verdict


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
        names = {"Supported": "plain edge", "Contested": "contested edge"}
        old, new = (names.get(j.verdict) for j in (self.old, self.new))
        if old == new:
            return f"{new} of another tier"
        if old and new:
            return f"{old} becomes {new}"
        return f"{new} won" if new else f"{old} lost"

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


class _Derived:
    """What one side derives under a policy."""

    def __init__(self, side: Side, policy: str) -> None:
        said: dict[str, dict[str, set[str]]] = {}
        self.texts = set()
        for triple in side.derived(policy):
            self.texts.add(str(triple))
            value = getattr(triple.object, "value", str(triple.object))
            said.setdefault(getattr(triple.subject, "value", ""), {}).setdefault(triple.predicate.value, set()).add(
                value
            )
        self.edges: dict[tuple[str, str, str], tuple[Judgement, set[str], set[str]]] = {}
        self.claims: dict[str, Judgement] = {}
        self.lines: dict[str, Judgement] = {}
        for iri, node in said.items():

            def one(name: str, node: dict[str, set[str]] = node) -> str:
                return local_name(min(node.get(VOCAB + name, {""})))

            unsure = "?" if "true" in node.get(f"{VOCAB}unresolved", ()) else ""
            if f"{VOCAB}Derivation" in node.get(TYPE, ()):
                key = tuple(
                    min(node.get(PREFIXES["rdf"] + part, {""})) for part in ("subject", "predicate", "object")
                )
                judged = Judgement(one("verdict"), one("tier") + unsure)
                claims, lines = (node.get(VOCAB + name, set()) for name in ("usesClaim", "usesLine"))
                self.edges[key[0], key[1], key[2]] = (judged, claims, lines)
            elif f"{VOCAB}admittedBy" in node:
                self.lines[iri] = Judgement("Counted", one("lineTier") + unsure)
            elif f"{VOCAB}verdict" in node:
                self.claims[iri] = Judgement(one("verdict"), one("tier") + unsure)


_NONE = Judgement("", "")
_NOT_COUNTED = Judgement("NotCounted", "")
_SHOWN = {"Supported", "Contested"}


def judged(old: Side, new: Side, policy: str, changes: Changes, causes: Causes) -> PolicyChanges:
    """Gives what changed of what a policy derives, for claims and lines that are on both sides, and for all edges."""
    before, after = _Derived(old, policy), _Derived(new, policy)
    both = old.nodes.keys() & new.nodes.keys()
    verdicts: list[VerdictChange] = []
    differing: list[tuple[str, str]] = []
    for kind, one, other in (("claim", before.claims, after.claims), ("line", before.lines, after.lines)):
        iris = sorted((one.keys() | other.keys()) & both)
        differing += [(kind, iri) for iri in iris if one.get(iri, _NONE) != other.get(iri, _NONE)]
    for speech in changes.speech:
        speech.prepare(iri for _, iri in differing)
    for kind, iri in differing:
        one, other = (before.claims, after.claims) if kind == "claim" else (before.lines, after.lines)
        because = causes.of_claims(policy, [iri]) if kind == "claim" else causes.of_claims(policy, [], [iri])
        absent = _NONE if kind == "claim" else _NOT_COUNTED
        pair = (one.get(iri, absent), other.get(iri, absent))
        verdicts.append(VerdictChange(kind, iri, changes.words(iri), *pair, because))
    edges = []
    for key in sorted(before.edges.keys() | after.edges.keys()):
        was, is_ = (side.edges.get(key, (_NONE, set(), set())) for side in (before, after))
        if was[0] != is_[0] and {was[0].verdict, is_[0].verdict} & _SHOWN:
            words = Words(*(_say(side, key) for side in (old, new)))
            because = causes.of_claims(policy, was[1] | is_[1], was[2] | is_[2])
            edges.append(EdgeChange(*key, words, was[0], is_[0], because))
    compared = {"verdicts": len(before.claims.keys() | after.claims.keys()), "edges": len(before.edges | after.edges)}
    return PolicyChanges(policy, tuple(verdicts), tuple(edges), before.texts != after.texts, compared)


def _say(side: Side, edge: tuple[str, str, str]) -> str:
    return " ".join(side.store.label(iri) or compact(iri) for iri in edge)
