"""Typed views of claims, their evidence and what is left unsaid, and the sentences that say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from moagraph.names import local_name
from moagraph.table import Iri

_VERBS = {
    "hasMechanism": "acts by",
    "bindsReceptor": "binds",
    "usedFor": "is used for",
    "authorisedFor": "is authorised for",
    "studiedFor": "was studied for",
    "belongsTo": "is put into the class",
    "contains": "contains",
    "madeFrom": "is made from",
    "madeBy": "is made by",
    "hasProperty": "has the property:",
    "hasRegimen": "is given as",
    "hasPreparation": "is prepared for use:",
    "givenBy": "is given by the route",
    "contraindicatedIn": "should not be given in",
    "interactsWith": "interacts with",
    "monitoredBy": "is watched by",
    "hasStopRule": "is stopped or held on",
    "hasStatus": "has the status",
    "manufacturedBy": "is made by",
    "developedBy": "was developed by",
    "availableFrom": "can be had through",
    "hasPrice": "costs",
    "memberOf": "is combined in",
    "derivedFrom": "is derived from",
    "similarTo": "is like",
    "comparedWith": "was compared with",
    "advises": "comes with the advice:",
    "assessedAs": "is assessed as",
    "declares": "declares",
    "yields": "found",
}

_PHRASES = (
    ("dimension", "in respect of"),
    ("favours", "favouring"),
    ("goal", "for the goal of"),
    ("phase", "at"),
    ("outcome", "towards"),
    ("condition", "in"),
    ("population", "among"),
    ("comparedPopulation", "more than among"),
    ("coIntervention", "together with"),
    ("comparator", "compared with"),
    ("via", "through"),
    ("route", "by the route"),
    ("jurisdiction", "within"),
)
QUALIFIERS = tuple(name for name, _ in _PHRASES)
"""The qualifiers that name things, by name, in the order in which a sentence says them."""

_STANCE_ORDER = ["Supports", "Inconclusive", "NullResult", "Refutes"]
_VERDICT_ORDER = ["Supported", "Suggested", "Contested", "Null", "Refuted", "Insufficient"]


def _labels(values: Iterable[Iri]) -> str:
    return " and ".join(value.label for value in values)


def context_of(qualifiers: Mapping[str, tuple[Iri, ...]], without: Iterable[str] = ()) -> str:
    """Gives the qualifiers of a claim or absence in words.

    Args:
        qualifiers: by name.
        without: names of those that are said elsewhere.
    """
    said = set(without)
    return " ".join(
        f"{phrase} {_labels(qualifiers[q])}" for q, phrase in _PHRASES if q not in said and qualifiers.get(q)
    )


@dataclass(frozen=True)
class Line:
    """What one source says about a claim."""

    iri: Iri
    stance: str
    strength: str
    prominence: str
    tier: str
    unresolved: bool
    system: str
    source: Iri
    asserted_by: tuple[Iri, ...]
    in_own_voice: bool
    relayed_by: tuple[Iri, ...]
    references: tuple[Iri, ...]
    studies: tuple[Iri, ...]
    untraceable: int
    passages: tuple[tuple[int, int], ...]
    findings: tuple[str, ...]
    certainties: tuple[str, ...]
    admitted: bool
    ambiguous: bool
    note: str

    def order(self) -> tuple[int, str, str]:
        """Gives the key by which lines are sorted: support first, then by tier."""
        return (_STANCE_ORDER.index(self.stance), self.tier or "Z", self.iri)

    @property
    def stance_label(self) -> str:
        """What the line does to its claim, in words."""
        verbs = {"Supports": "supported", "Refutes": "refuted", "NullResult": "found null"}
        return verbs.get(self.stance, "left open")

    @property
    def voice(self) -> str:
        """The source, and who speaks in it where that is not its publisher."""
        if self.in_own_voice:
            return self.source.label
        if self.relayed_by:
            return f"{_labels(self.asserted_by)}, relayed in {self.source.label}"
        return f"{_labels(self.asserted_by)} in {self.source.label}"

    @property
    def citing(self) -> str:
        """The references, or that there is none, with the marks that cannot be traced."""
        if self.references:
            return f"citing {_labels(self.references)}"
        marks = f" ({self.untraceable} citation mark{'s' if self.untraceable > 1 else ''} that cannot be traced)"
        return f"no traceable reference{marks if self.untraceable else ''}"

    def whence(self) -> str:
        """Gives in words whence the line comes: source, studies and references."""
        studies = [f"from {_labels(self.studies)}"] if self.studies else []
        return "; ".join([self.voice, *studies, self.citing])

    def sentence(self, note: int | None = None) -> str:
        """Gives the line in words: who says so, how strongly, where, on what.

        Args:
            note: number of a note that says from which studies and references, instead of saying so here.
        """
        wording = {"asserted": "", "reported": "as reported", "theoretical": "in theory"}.get(
            self.strength, f"as {self.strength}"
        )
        remarks = [part for part in (wording, "headline" if self.prominence == "headline" else "") if part]
        parts = [f"{self.voice} ({', '.join(remarks)})" if remarks else self.voice]
        if self.studies and note is None:
            parts.append(f"from {_labels(self.studies)}")
        if self.system != "not stated":
            parts.append({"human": "in humans", "animal": "in animals"}.get(self.system, self.system))
        if note is None:
            parts.append(self.citing)
        if self.passages:
            start, end = self.passages[0]
            more = len(self.passages) - 1
            parts.append(f"at {start}–{end}{f' and {more} more place' + ('s' if more > 1 else '') if more else ''}")
        parts += [f"finding: {finding}" for finding in self.findings]
        parts += list(self.certainties)
        if self.ambiguous:
            parts.append("one of several readings of ambiguous wording, so it does not count")
        if not self.admitted:
            parts.append("not counted under this policy")
        tier = f"tier {self.tier}{', unresolved' if self.unresolved else ''}" if self.tier else "no tier"
        return f"[{tier}] {'; '.join(parts)}{'' if note is None else f' [{note}]'}"


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict under a policy and its evidence lines."""

    iri: Iri
    subject: Iri
    predicate: Iri
    object: Iri | None
    value: str
    direction: str
    during: str
    qualifiers: dict[str, tuple[Iri, ...]]
    verdict: str
    tier: str
    unresolved: bool
    lines: tuple[Line, ...]

    def sentence(self) -> str:
        """Gives the claim in words."""
        name = local_name(self.predicate)
        verb = _VERBS.get(name, self.predicate.label)
        if name == "affects":
            verb = self.direction
        elif self.direction:
            verb += f" ({self.direction})"
        words = [self.subject.label, verb, self.object.label if self.object else self.value]
        for qualifier, phrase in _PHRASES:
            values = self.qualifiers.get(qualifier)
            if values:
                words += [phrase, _labels(values)]
        if self.during:
            words.append(f"({self.during})")
        return " ".join(words)

    def order(self) -> tuple[int, str, str]:
        """Gives the place of the claim among others: verdict, then tier, then words."""
        known = self.verdict.capitalize()
        rank = _VERDICT_ORDER.index(known) if known in _VERDICT_ORDER else len(_VERDICT_ORDER)
        return (rank, self.tier or "Z", self.sentence())


@dataclass(frozen=True)
class Absence:
    """A blank with its reason."""

    iri: Iri
    subject: Iri
    attribute: Iri
    object: Iri | None
    description: str
    reason: str
    stated_in: tuple[Iri, ...]
    silent_in: tuple[Iri, ...]
    note: str

    def sentence(self) -> str:
        """Gives the absence in words."""
        silent = f"; silent: {_labels(self.silent_in)}" if self.silent_in else ""
        return f"{self.description}: {self.reason.upper()} ({_labels(self.stated_in)}{silent})"
