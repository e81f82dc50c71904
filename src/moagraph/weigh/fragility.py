"""Which studies a verdict hangs on: the smallest sets of studies whose loss would change it.

A lost study takes with it its parts, what is said of it, and each line that rests on nothing else. A line that also
rests on another study stays, and so does a review or set of studies that includes a lost one. Where an edge asks for
work in people or in animals, the tier of such a line is judged by the studies that are left. Two things of what stays
are not judged anew, since that takes the whole derivation, as in `moagraph what-if`: whether the policy still admits
a line, where it asks for more than the line itself; and whether a line that loses its work in people counts as work
in animals.

Losses take lines away and add none. So a supported verdict changes when all is gone that supports it firmly, and a
contested one when all support or all opposition is. Each line ceases to count when certain studies are lost: the
clauses of `Reach.clauses`. The smallest sets meet all clauses with nothing to spare. Almost every clause is one
study, which leaves one answer however large the claim is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product

import pyoxigraph as ox

from moagraph.names import BASE, VOCAB, local_name
from moagraph.weigh.evidence import Evidence, Facts, Node, things, triple

Studies = frozenset[str]
"""Studies by IRI; of a publication that reports none, the reference."""

WEIGHTS = {"Asserted": 2, "Reported": 2, "Probable": 2, "Possible": 1, "Theoretical": 1}
"""How much a supporting line counts by its strength of wording: 2 supports, 1 only suggests."""

_OPPOSITION = {"refutedBy": 2, "nullIn": 1}

IN_PEOPLE = frozenset(
    {
        "MetaAnalysis",
        "SystematicReview",
        "TrialReview",
        "RandomisedTrial",
        "ControlledTrial",
        "PilotStudy",
        "HumanStudy",
    }
)
"""The designs of the tiers A to C, by local name."""

IN_ANIMALS = frozenset({"AnimalStudy"})
"""The designs of tier D, by local name."""

STANCES = {
    "Supports": "supportedBy",
    "Refutes": "refutedBy",
    "NullResult": "nullIn",
    "Inconclusive": "inconclusiveIn",
}
"""How what is judged links to its lines, by their stance."""

DESIGNS = {"improves": IN_PEOPLE, "studiedFor": IN_PEOPLE, "beneficialInModels": IN_ANIMALS}
"""The designs that an edge asks of lines on effects, by its relation; other edges ask none."""

NO_VERDICT = "NoVerdict"
"""What a verdict comes to where nothing is left to judge."""

MOST = 100
"""How many smallest sets are looked for, of one verdict and one way to change it."""


@dataclass(frozen=True)
class Line:
    """A line as it counts for one verdict.

    Attributes:
        iri: the line.
        support: 2 if it supports, 1 if it only suggests, else 0.
        opposition: 2 if it refutes, 1 if it is a null result, else 0.
        clauses: sets of studies, of each of which one must be lost before the line ceases to count; none where it
            rests on no study.
    """

    iri: str
    support: int
    opposition: int
    clauses: tuple[Studies, ...]

    def counts(self, lost: Studies) -> bool:
        """Tells whether the line still counts without these studies."""
        return not self.clauses or any(clause.isdisjoint(lost) for clause in self.clauses)


@dataclass(frozen=True)
class Flip:
    """A smallest loss of studies that changes a verdict.

    Attributes:
        without: the studies to name; what is part of one of them is lost with it and not named.
        would_be: local name of the verdict that is left, or `NO_VERDICT`.
        fewest: whether no other flip of the same verdict names fewer studies; false where not all are known.
    """

    without: tuple[str, ...]
    would_be: str
    fewest: bool


@dataclass(frozen=True)
class Fragility:
    """How fragile one verdict is.

    Attributes:
        judged: the claim or derived edge.
        verdict: local name of its verdict, Supported or Contested.
        flips: all smallest losses that change it, those of fewest studies first.
        kept_by: the lines that rest on no study and keep the verdict whatever is lost, in order; there are some
            exactly where there are no flips.
        complete: false where there are more flips than `MOST`; others may then name fewer studies.
    """

    judged: str
    verdict: str
    flips: tuple[Flip, ...]
    kept_by: tuple[str, ...]
    complete: bool = True


def verdict_of(lines: Iterable[Line]) -> str:
    """Gives the local name of the verdict on lines that count, as `ontology/derive/verdicts.rq` judges them."""
    support = opposition = -1
    for line in lines:
        support, opposition = max(support, line.support), max(opposition, line.opposition)
    if support < 0:
        return NO_VERDICT
    if opposition > 0:
        return "Contested" if support else ("Null", "Refuted")[opposition - 1]
    return ("Insufficient", "Suggested", "Supported")[support]


@dataclass(frozen=True)
class Reach:
    """What the loss of studies takes with it.

    Attributes:
        facts: what is asserted.
    """

    facts: Facts

    @cached_property
    def parts(self) -> Mapping[str, Studies]:
        """All that is lost with a study that has parts: itself, its parts, and theirs."""
        direct: dict[str, list[str]] = {}
        for study in (*self.facts.members["Study"], *self.facts.members["StudySet"]):
            for whole in self.facts.values(study, "partOf"):
                direct.setdefault(whole, []).append(study)
        return {whole: frozenset(_reached(whole, direct)) for whole in direct}

    @cached_property
    def wholes(self) -> Mapping[str, set[str]]:
        """What each part is a part of, and itself."""
        found: dict[str, set[str]] = {}
        for whole, parts in self.parts.items():
            for part in parts:
                found.setdefault(part, {part}).add(whole)
        return found

    def lost_with(self, studies: Iterable[str]) -> Studies:
        """Gives studies with all their parts."""
        return frozenset().union(*(self.parts.get(study, (study,)) for study in studies))

    def named(self, lost: Studies) -> tuple[str, ...]:
        """Gives, of studies and their parts, those that are part of none of the others, in order."""
        within = {part for study in lost for part in self.parts.get(study, ()) if part != study}
        return tuple(sorted(lost - within or lost))

    def clauses(self, line: str, designs: frozenset[str] = frozenset()) -> tuple[Studies, ...]:
        """Gives the sets of studies of each of which one must be lost before a line ceases to count.

        Args:
            line: an admitted line.
            designs: those of which one must be left; any will do where none is given.
        """
        facts = self.facts
        fixed = local_name(facts.value(line, "system")) in ("Animal", "InVitro", "InSilico")
        if not designs or fixed or local_name(facts.value(line, "design")) in designs:
            needed = [frozenset((study,)) for study in facts.studies(line)]
        else:
            needed = _least(self._ways(facts.values(line, "fromStudy"), designs, frozenset()))
        spoken_of = self._spoken_of(facts.value(line, "bearsOn"))
        if not spoken_of:
            return tuple(needed)
        # The line goes with what is said of any of these too, whatever it rests on.
        return tuple(_least(frozenset().union(*one) for one in product(needed or [frozenset[str]()], *spoken_of)))

    def _spoken_of(self, claim: str) -> list[list[Studies]]:
        """Gives, for each study or publication that a claim speaks of, the studies with all of which it is lost."""
        facts = self.facts
        named = {value for values in facts.nodes.get(claim, {}).values() for value in values} & self.losable
        return [[frozenset((study,)) for study in facts.values(one, "reports") or (one,)] for one in sorted(named)]

    @cached_property
    def losable(self) -> Studies:
        """All studies and publications."""
        return frozenset(iri for name in ("Reference", "Study", "StudySet") for iri in self.facts.members[name])

    def _ways(self, studies: Iterable[str], designs: frozenset[str], passed: Studies) -> Iterator[Studies]:
        """Gives the studies on each way from one that a line is from, through those included, to one of a design."""
        for study in studies:
            way = passed | {study}
            if local_name(self.facts.value(study, "design")) in designs:
                yield way
            elif study not in passed:
                yield from self._ways(self.facts.values(study, "includesStudy"), designs, way)

    def smallest(self, clauses: Iterable[Studies], most: int = MOST) -> tuple[set[Studies], bool]:
        """Gives the smallest sets of studies, each with its parts, that meet every clause, and whether those are all.

        Args:
            clauses: of each of which one study must be in the set.
            most: how many sets are looked for, since there may be exponentially many.
        """
        clauses = set(clauses)
        single = self.lost_with(study for clause in clauses if len(clause) == 1 for study in clause)
        open_ = sorted((clause for clause in clauses if clause.isdisjoint(single)), key=lambda c: (len(c), sorted(c)))
        found: set[Studies] = set()
        waiting = [(single, 0)]
        while waiting and len(found) < most:
            lost, at = waiting.pop()
            if any(smaller <= lost for smaller in found):
                continue
            while at < len(open_) and not open_[at].isdisjoint(lost):
                at += 1
            if at == len(open_):
                found.add(lost if len(open_) < 2 else self._without_spare(lost, clauses))
            else:
                waiting += [(lost | self.lost_with((study,)), at + 1) for study in sorted(open_[at], reverse=True)]
        return found, not waiting

    def _without_spare(self, lost: Studies, clauses: Iterable[Studies]) -> Studies:
        """Gives the studies without those that no clause needs; with a part goes what it is part of."""
        left, met, within = set(lost), Counter[Studies](), defaultdict[str, list[Studies]](list)
        for clause in clauses:
            for study in clause & lost:
                met[clause] += 1
                within[study].append(clause)
        for study in sorted(lost):
            going = self.wholes.get(study, {study}) & left
            fewer = Counter(clause for one in going for clause in within[one])
            if study in left and all(met[clause] > number for clause, number in fewer.items()):
                left -= going
                met.subtract(fewer)
        return frozenset(left)


def _reached(start: str, direct: Mapping[str, Sequence[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        more = set(direct.get(waiting.pop(), ())) - found
        found |= more
        waiting += more
    return found


def _least(sets: Iterable[Studies]) -> list[Studies]:
    """Gives the sets that hold no other of them, in order."""
    found: list[Studies] = []
    for one in sorted(set(sets), key=lambda s: (len(s), sorted(s))):
        if not any(smaller <= one for smaller in found):
            found.append(one)
    return found


def fragility(judged: str, lines: Sequence[Line], reach: Reach) -> Fragility | None:
    """Gives how fragile a verdict is; nothing where it is neither supported nor contested.

    Args:
        judged: the claim or derived edge.
        lines: all that count for it.
        reach: what the loss of studies takes with it.
    """
    verdict = verdict_of(lines)
    if verdict == "Supported":
        ways = [[line for line in lines if line.support == 2]]
    elif verdict == "Contested":
        ways = [[line for line in lines if line.support], [line for line in lines if line.opposition]]
    else:
        return None
    losses: set[Studies] = set()
    complete, firm = True, []
    for way in ways:
        kept = [line.iri for line in way if not line.clauses]
        firm += kept
        if not kept:
            found, all_ = reach.smallest({clause for line in way for clause in line.clauses})
            losses |= found
            complete &= all_
    named = sorted((reach.named(lost), lost) for lost in _least(losses))
    fewest = min((len(studies) for studies, _ in named), default=0)
    flips = [
        Flip(studies, verdict_of(line for line in lines if line.counts(lost)), complete and len(studies) == fewest)
        for studies, lost in named
    ]
    flips.sort(key=lambda flip: (len(flip.without), flip.without))
    return Fragility(judged, verdict, tuple(flips), () if flips else tuple(sorted(firm)), complete)


def fragilities(evidence: Evidence) -> Iterator[Fragility]:
    """Gives how fragile each supported and contested verdict under a policy is: first claims, then edges."""
    reach = Reach(evidence.facts)
    for claim, iris in evidence.lines_of.items():
        lines = [
            _line(evidence, STANCES[evidence.stance(line)], line, reach.clauses(line))
            for line in iris
            if _is_weighed(evidence, line)
        ]
        found = fragility(claim, lines, reach)
        if found:
            yield found
    for edge, node in evidence.derivations.items():
        found = fragility(edge, list(_lines_of_edge(evidence, reach, node)), reach)
        if found:
            yield found


def _lines_of_edge(evidence: Evidence, reach: Reach, node: Node) -> Iterator[Line]:
    """Gives the lines of an edge by its links: support for a change for the worse stands against an improvement."""
    asked = DESIGNS.get(local_name(node["edgePredicate"][0]), frozenset())
    for link in STANCES.values():
        for line in filter(partial(_is_weighed, evidence), node.get(link, ())):
            claim = evidence.facts.value(line, "bearsOn")
            on_effect = local_name(evidence.facts.value(claim, "predicate")) == "affects"
            yield _line(evidence, link, line, reach.clauses(line, asked if on_effect else frozenset()))


def _is_weighed(evidence: Evidence, line: str) -> bool:
    """Tells whether a line has a known stance and strength, which data that nobody checked may lack."""
    return evidence.stance(line) in STANCES and local_name(evidence.facts.value(line, "strength")) in WEIGHTS


def _line(evidence: Evidence, link: str, line: str, clauses: tuple[Studies, ...]) -> Line:
    support = WEIGHTS[local_name(evidence.facts.value(line, "strength"))] if link == "supportedBy" else 0
    return Line(line, support, _OPPOSITION.get(link, 0), clauses)


def flips(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives a `moa:Flip` for each smallest loss of studies that would change a verdict under the policy.

    A verdict that no such loss can change is `moa:keptBy` the lines that rest on no study. Where there are more flips
    than are looked for, `moa:fewestStudies` is left out.
    """
    for fragile in fragilities(evidence):
        yield from things(fragile.judged, "keptBy", fragile.kept_by)
        path = fragile.judged.removeprefix(BASE).removeprefix(f"derivation/{evidence.policy}/")
        for number, flip in enumerate(fragile.flips, 1):
            node = f"{BASE}flip/{evidence.policy}/{path}/{number}"
            yield triple(node, "type", ox.NamedNode(f"{VOCAB}Flip"))
            yield triple(node, "flipOf", ox.NamedNode(fragile.judged))
            yield from things(node, "withoutStudy", flip.without)
            yield triple(node, "wouldBe", ox.NamedNode(f"{VOCAB}{flip.would_be}"))
            if fragile.complete:
                yield triple(node, "fewestStudies", flip.fewest)
