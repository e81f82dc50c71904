"""What is lost with studies, references, sources, agents and lines, and what stays although it names them.

A line is lost with all that it rests on: its studies; else the studies that its references report, and references
that report none. So a line that rests on something else too stays, without its link to what is lost; and a review
that includes a lost study stays, though its own result may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, cast

from moagraph.cells import Iri
from moagraph.errors import AmbiguousThing, UnknownThing
from moagraph.names import PREFIXES, VOCAB, expand
from moagraph.shifts.shift import thing
from moagraph.shifts.states import State
from moagraph.weigh import Facts

CLASSES = {
    "reference": ("moa:Reference",),
    "study": ("moa:Study", "moa:StudySet"),
    "source": ("moa:Source",),
    "agent": ("moa:Agent",),
    "line": ("moa:EvidenceLine",),
}
"""The kinds of what can be lost, and their classes."""

ROLES = {
    "references": "reference",
    "studies": "study",
    "sources": "source",
    "lines": "line",
    "sponsors": "sponsor",
    "authors": "author",
}
"""As what things can be named to be lost, and what they are called then."""


class Lost(TypedDict, total=False):
    """Names of what is lost.

    Attributes:
        references, studies, sources, lines: by any of their names.
        sponsors: agents; with all studies that they sponsor, or of which they sponsor some included ones.
        authors: names, as references print them; with all their publications.
    """

    references: Iterable[str]
    studies: Iterable[str]
    sources: Iterable[str]
    lines: Iterable[str]
    sponsors: Iterable[str]
    authors: Iterable[str]


_FOLDERS = {
    PREFIXES[folder]: kind
    for kind, folder in zip(CLASSES, ("reference", "study", "source", "agent", "evidence"), strict=True)
}


@dataclass(frozen=True)
class Named:
    """What a user named.

    Attributes:
        kind: reference, study, source, agent, line, sponsor or author.
        iri: the thing; of an author a name, as references print it.
        label: how it is called.
    """

    kind: str
    iri: str
    label: str

    @property
    def words(self) -> str:
        """What it is, in words."""
        kind = {"line": "evidence line", "sponsor": "all that is sponsored by", "author": "all publications of"}
        return f"{kind.get(self.kind, self.kind)} {self.label}"


def named(state: State, without: Iterable[str], others: Lost) -> tuple[Named, ...]:
    """Gives what is named, each once, in order.

    Args:
        state: where names are looked up.
        without: names of things of any of `CLASSES`.
        others: names of things by what they are lost as.

    Raises:
        UnknownThing: nothing has that name; offers the nearest ones.
        AmbiguousThing: several things have it.
    """
    given = cast("Mapping[str, Iterable[str]]", others)
    words = [("", word) for word in without]
    words += [(role, word) for many, role in ROLES.items() for word in given.get(many, ())]
    found = set()
    for role, word in words:
        if role == "author":
            name = _author(state.facts, word)
            found.add(Named("author", name, name))
            continue
        kinds = ["agent"] if role == "sponsor" else [role] if role else _kinds(word)
        iri = state.names.resolve(word, [cls for kind in kinds for cls in CLASSES[kind]])
        kind = role or _kinds(iri)[0]
        found.add(Named(kind, iri, state.name(iri).label))
    return tuple(sorted(found, key=lambda one: (one.kind, one.iri)))


def _kinds(word: str) -> list[str]:
    """Gives the kinds that a name can be of, which the prefix of a CURIE or IRI tells."""
    iri = expand(word) or word
    return [kind for folder, kind in _FOLDERS.items() if iri.startswith(folder)] or list(CLASSES)


def authors(facts: Facts) -> dict[str, list[str]]:
    """Gives the references of each author, by the name as references print it."""
    found: dict[str, list[str]] = {}
    for reference in facts.members["Reference"]:
        for name in facts.values(reference, "authorName"):
            found.setdefault(name, []).append(reference)
    return dict(sorted(found.items()))


def _author(facts: Facts, word: str) -> str:
    """Gives the one author whom a whole name, or a surname, names."""
    known, wanted = authors(facts), word.strip().casefold()
    found = [name for name in known if name.casefold() == wanted]
    found = found or [name for name in known if name.casefold().partition(" ")[0] == wanted]
    if not found:
        raise UnknownThing(word, "Author", known)
    if len(found) > 1:
        raise AmbiguousThing(word, found)
    return found[0]


@dataclass(frozen=True)
class Loss:
    """What is lost, and what stays although it names what is lost.

    Attributes:
        named: what was named.
        nodes: IRIs of all that is lost.
        studies, references, claims, absences: of these; claims are lost with their last line.
        lines: evidence lines that are lost.
        notes: what a reader must know, as sentences.
    """

    named: tuple[Named, ...]
    nodes: frozenset[str]
    studies: tuple[Iri, ...]
    references: tuple[Iri, ...]
    lines: tuple[Iri, ...]
    claims: tuple[Iri, ...]
    absences: tuple[Iri, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Gives it as data."""
        return {
            "without": [{"kind": one.kind, "id": _id(one), "label": one.label} for one in self.named],
            "lost": {
                name: [thing(iri) for iri in getattr(self, name)]
                for name in ("studies", "references", "lines", "claims", "absences")
            },
            "notes": list(self.notes),
        }


def _id(one: Named) -> str:
    return one.iri if one.kind == "author" else Iri(one.iri).curie


class _Losing:
    """Finds what is lost with what was named."""

    def __init__(self, state: State, wanted: Sequence[Named]) -> None:
        self.state, self.facts = state, state.facts
        self.named = tuple(wanted)
        facts = self.facts
        by = {kind: {one.iri for one in wanted if one.kind == kind} for kind in (*CLASSES, "sponsor", "author")}
        self.all_studies = (*facts.members["Study"], *facts.members["StudySet"])
        self.agents, self.sources = by["agent"], by["source"]
        self.sponsors = by["sponsor"] | by["agent"]
        self.studies = by["study"] | {study for study in self.all_studies if self._sponsored(study)}
        self.references = set(by["reference"])
        for name in by["author"]:
            self.references.update(authors(facts)[name])
        self.lines = {line for line in facts.members["EvidenceLine"] if line in by["line"] or self._unsaid(line)}
        self.claims: set[str] = set()
        self.absences: set[str] = set()
        self._spread()

    def _sponsored(self, study: str) -> bool:
        """Tells whether one of the sponsors pays for a study, or for one that it includes."""
        return any(self.sponsors.intersection(self.facts.values(one, "sponsor")) for one in self._included(study))

    def _included(self, study: str) -> set[str]:
        found, todo = {study}, [study]
        while todo:
            for one in self.facts.values(todo.pop(), "includesStudy"):
                if one not in found:
                    found.add(one)
                    todo.append(one)
        return found

    def _unsaid(self, line: str) -> bool:
        """Tells whether the source of a line, or all who assert it, are lost."""
        return _all_in(self.facts.values(line, "statedIn"), self.sources) or _all_in(
            self.facts.values(line, "assertedBy"), self.agents
        )

    def _spread(self) -> None:
        """Adds what is lost with what is lost, until nothing more is."""
        facts, before = self.facts, -1
        while before != (before := len(self.nodes)):
            for study in self.all_studies:
                reports = facts.reporting.get(study, ())
                if _all_in(reports, self.references) or self.studies.intersection(facts.values(study, "partOf")):
                    self.studies.add(study)
            for reference in facts.members["Reference"]:
                if _all_in(facts.values(reference, "reports"), self.studies):
                    self.references.add(reference)
            things = self.studies | self.references
            for claim in facts.members["Claim"]:
                lines = self.state.asserted.leading["bearsOn"].get(claim, ())
                if _all_in(lines, self.lines) or self._names(claim, things):
                    self.claims.add(claim)
            for line in facts.members["EvidenceLine"]:
                if _all_in(facts.studies(line), things) or self.claims.intersection(facts.values(line, "bearsOn")):
                    self.lines.add(line)
            self._spread_to_unstated(things)

    def _spread_to_unstated(self, things: set[str]) -> None:
        """Adds absences, and studies that nothing left rests on, which only lost sources state."""
        for iri in self.state.asserted.members.get(f"{VOCAB}Absence", ()):
            if _all_in(self.state.values(iri, "statedIn"), self.sources) or self._names(iri, things):
                self.absences.add(iri)
        if self.sources:
            kept = {
                study
                for line in self.facts.members["EvidenceLine"]
                if line not in self.lines
                for study in self.facts.studies(line)
            }
            kept |= {part for one in self.all_studies if one in kept for part in self._included(one)}
            self.studies.update(
                study
                for study in self.all_studies
                if study not in kept and _all_in(self.facts.values(study, "statedIn"), self.sources)
            )

    def _names(self, iri: str, things: set[str]) -> bool:
        node = self.state.asserted.nodes.get(iri, {})
        return any(value in things for values in node.values() for value in values)

    @property
    def nodes(self) -> frozenset[str]:
        """All that is lost."""
        return frozenset(self.studies | self.references | self.lines | self.claims | self.absences)

    def loss(self) -> Loss:
        """Gives what is lost."""
        kinds = (self.studies, self.references, self.lines, self.claims, self.absences)
        studies, references, lines, claims, absences = (tuple(map(self.state.name, sorted(kind))) for kind in kinds)
        return Loss(self.named, self.nodes, studies, references, lines, claims, absences, tuple(self._notes()))

    def _labels(self, iris: Iterable[str]) -> str:
        return " and ".join(self.state.name(iri).label for iri in sorted(iris))

    def _notes(self) -> Iterable[str]:
        facts = self.facts
        left = [study for study in self.all_studies if study not in self.studies]
        for study in left:
            included = self.studies.intersection(facts.values(study, "includesStudy"))
            if included:
                what = f"{self.state.name(study).label} includes {self._labels(included)}, and stays"
                yield f"{what}: its own result may change, which cannot be told from here"
        for study in left:
            same = self.studies.intersection(facts.values(study, "possiblySameStudy"))
            if same:
                yield f"{self.state.name(study).label} may be the same study as {self._labels(same)}, and stays"
        for reference in sorted(one.iri for one in self.named if one.kind == "reference"):
            reported = [s for s in facts.values(reference, "reports") if s not in self.studies]
            if reported:
                others = {r for s in reported for r in facts.reporting[s]} - self.references
                yield f"{self._labels(reported)} is reported by {self._labels(others)} too, and stays"
        things = self.studies | self.references
        partly = [
            line
            for line in facts.members["EvidenceLine"]
            if line not in self.lines
            and things.intersection((*facts.values(line, "fromStudy"), *facts.values(line, "restsOn")))
        ]
        if partly:
            verbs = ("line that rests", "stays") if len(partly) == 1 else ("lines that rest", "stay")
            yield f"{len(partly)} evidence {verbs[0]} on something else too {verbs[1]}"
        if any(one.kind == "sponsor" for one in self.named):
            silent = sum(
                f"{VOCAB}SponsorshipNotStated" in facts.values(s, "sponsorshipExtent") for s in self.all_studies
            )
            yield f"of {silent} of {len(self.all_studies)} studies no source says who sponsored them"
        if any(one.kind == "author" for one in self.named):
            references = facts.members["Reference"]
            cut = sum("et al" in facts.value(reference, "authors") for reference in references)
            yield f"{cut} of {len(references)} references name only their first authors"


def loss_of(state: State, wanted: Sequence[Named]) -> Loss:
    """Gives what is lost with what was named; the order in which it was named changes nothing."""
    return _Losing(state, wanted).loss()


def _all_in(values: Iterable[str], lost: set[str]) -> bool:
    """Tells whether there are any, and all are lost."""
    values = list(values)
    return bool(values) and lost.issuperset(values)
