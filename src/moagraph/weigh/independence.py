"""Honest counting: of the lines for or against something, how many studies they rest on, and how many of those are
independent.

The rules, which hold for each side of each claim and of each derived edge:

1. What is counted is a study that a line rests on, or a publication that reports none. A trial printed twice is one.
2. Studies that may be the same (`moa:possiblySameStudy`, through others too) are one. What is `moa:partOf` a study,
   such as a subgroup, a later analysis or an extension, belongs to it; what is part of a set of studies, or of a
   review, is a member of it.
3. The independent count is the largest number of studies counted of which no two have anything in common, where a
   synthesis or set has all that it includes, through others too. So it adds nothing where something that it includes
   is counted, two that share what they include are one, and adding a review of counted trials changes no count.
4. A list of included studies that is not known to be whole may hide an overlap. The tally names the study
   (`moa:listMissing`) where something else is counted that it may overlap with: the count holds as far as lists say.
5. Three coarser counts stand beside the independent one, each by itself: what shares data (`moa:sharesDataWith`,
   through others too) is one; what shares a publication, or an author as printed, is one laboratory series; what
   shares a stated sponsor is one. What may be one study brings the publications and sponsors of all its reports with
   it; what adds nothing joins nothing.
6. A result that pools several compounds is never counted for one of them alone. It may stand against an edge of each;
   the tally then names the line (`moa:pooledLine`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from moagraph.names import BASE, VOCAB
from moagraph.weigh.evidence import OPPOSING, Evidence, things, triple
from moagraph.weigh.kinship import Kinship, grouped
from moagraph.weigh.packing import packing

SIDES = ("support", "opposition")
"""The two sides of what is judged, as tallies are named."""


@dataclass(frozen=True)
class Share:
    """What a study adds to a count.

    Attributes:
        with_: the study that is counted for it: itself, where it stands for something of its own.
        reason: why it adds nothing, the local name of a `moa:UncountedReason`; empty where it is counted.
    """

    with_: str
    reason: str


@dataclass(frozen=True)
class Count:
    """How many of some studies are independent.

    Attributes:
        shares: what each study adds, in order.
        data_sets: how many data sets there are.
        laboratories: how many laboratory series there are.
        sponsors: how many there are, if those of one sponsor are one.
        lists_missing: syntheses and sets that may overlap with what else is counted: their lists are not known whole.
    """

    shares: Mapping[str, Share]
    data_sets: int
    laboratories: int
    sponsors: int
    lists_missing: tuple[str, ...]

    @property
    def counted(self) -> tuple[str, ...]:
        """The studies that stand for something of their own, in order."""
        return tuple(study for study, share in self.shares.items() if not share.reason)

    @property
    def independent(self) -> int:
        """How many studies are independent."""
        return len(self.counted)


def count(studies: Iterable[str], kinship: Kinship) -> Count:
    """Gives how many studies are independent, by the rules above.

    Args:
        studies: what lines rest on.
        kinship: how studies are related.
    """
    counted = sorted(set(studies))
    present: dict[str, list[str]] = defaultdict(list)
    for study in counted:
        present[kinship.one.get(study, study)].append(study)
    has = {first: kinship.included.get(first, frozenset()) | {first} for first in present}
    apart = packing(has)
    speakers = {first: _speaker(present[first], kinship) for first in apart}
    shares = {}
    for study in counted:
        first = kinship.one.get(study, study)
        if first in apart:
            speaker = speakers[first]
            part = kinship.trial.get(study) == kinship.trial.get(speaker)
            shares[study] = Share(speaker, "" if study == speaker else "SameTrial" if part else "PossiblySame")
        elif inside := has[first] & apart:
            shares[study] = Share(speakers[min(inside)], "IncludesCounted")
        else:
            other = min(other for other in apart if has[other] & has[first])
            shares[study] = Share(speakers[other], "SharesIncluded")
    return Count(
        shares,
        _coarser(apart, lambda first: [kinship.data_set.get(first, first)]),
        _coarser(apart, kinship.laboratories),
        _coarser(apart, kinship.sponsors),
        # One that stands alone has nothing to overlap with.
        tuple(s for s in counted if len(apart) > 1 and kinship.one.get(s, s) in apart and kinship.list_missing(s)),
    )


def _speaker(studies: Iterable[str], kinship: Kinship) -> str:
    """Gives the one of studies that may be one that speaks for all: no part, no set, and published, if it can be."""
    published = kinship.facts.reporting
    return min(studies, key=lambda s: (kinship.is_part(s), s in kinship.gatherings, s not in published, s))


def _coarser(studies: Iterable[str], marks_of: Callable[[str], Iterable[Hashable]]) -> int:
    """Gives how many groups there are, where those that share a mark are one."""
    return len(set(grouped(studies, {study: marks_of(study) for study in studies}).values()))


@dataclass(frozen=True)
class Tally:
    """The count of one side of what is judged.

    Attributes:
        judged: the claim or derivation.
        side: one of `SIDES`.
        lines: the lines on this side.
        pooled: those of them whose claim is about a group of compounds that the edge's compound belongs to.
        count: of the studies that the lines rest on.
    """

    judged: str
    side: str
    lines: tuple[str, ...]
    pooled: tuple[str, ...]
    count: Count


def tallies(evidence: Evidence) -> Iterator[Tally]:
    """Gives the tallies of claims and derived edges, in order; none of a side whose lines rest on no study."""
    facts, kinship = evidence.facts, Kinship.of(evidence.facts)
    for claim, lines in evidence.lines_of.items():
        sides = (
            [line for line in lines if evidence.stance(line) == "Supports"],
            [line for line in lines if evidence.stance(line) in OPPOSING],
        )
        yield from _of_sides(evidence, kinship, claim, sides, lambda _: False)
    for derivation, said in evidence.derivations.items():
        compound = said["edgeSubject"][0]

        def pools(line: str, compound: str = compound) -> bool:
            return compound not in facts.values(facts.value(line, "bearsOn"), "subject")

        supporting = [line for line in said.get("supportedBy", ()) if not pools(line)]
        opposing = sorted({*said.get("refutedBy", ()), *said.get("nullIn", ())})
        yield from _of_sides(evidence, kinship, derivation, (supporting, opposing), pools)


def _of_sides(
    evidence: Evidence,
    kinship: Kinship,
    judged: str,
    sides: tuple[list[str], list[str]],
    pools: Callable[[str], bool],
) -> Iterator[Tally]:
    for side, lines in zip(SIDES, sides, strict=True):
        studies = {study for line in lines for study in evidence.facts.studies(line)}
        if studies:
            pooled = tuple(line for line in lines if pools(line))
            yield Tally(judged, side, tuple(lines), pooled, count(studies, kinship))


def independence(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives the tallies as triples; a study that adds nothing has a node with the reason."""
    for lines in evidence.lines_of.values():
        for line in lines:
            yield from things(line, "studyBehind", evidence.facts.studies(line))
    place = f"{BASE}tally/{evidence.policy}/"
    edges = f"{BASE}derivation/{evidence.policy}/"
    for tally in tallies(evidence):
        counted = tally.count
        node = f"{place}{tally.judged.removeprefix(edges).removeprefix(BASE)}/{tally.side}"
        yield triple(tally.judged, f"{tally.side}Tally", ox.NamedNode(node))
        yield triple(node, "type", ox.NamedNode(f"{VOCAB}Tally"))
        for name, number in (
            ("lineCount", len(tally.lines)),
            ("studyCount", len(counted.shares)),
            ("independentCount", counted.independent),
            ("dataSetCount", counted.data_sets),
            ("laboratoryCount", counted.laboratories),
            ("sponsorCount", counted.sponsors),
        ):
            yield triple(node, name, number)
        yield from things(node, "counts", counted.counted)
        yield from things(node, "pooledLine", tally.pooled)
        yield from things(node, "listMissing", counted.lists_missing)
        for study, share in counted.shares.items():
            if share.reason:
                uncounted = f"{node}/{study.removeprefix(BASE)}"
                yield triple(node, "uncounted", ox.NamedNode(uncounted))
                yield triple(uncounted, "type", ox.NamedNode(f"{VOCAB}UncountedStudy"))
                yield triple(uncounted, "uncountedStudy", ox.NamedNode(study))
                yield triple(uncounted, "countedWith", ox.NamedNode(share.with_))
                yield triple(uncounted, "uncountedBecause", ox.NamedNode(f"{VOCAB}{share.reason}"))
