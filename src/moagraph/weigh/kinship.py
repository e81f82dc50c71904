"""How studies are related, whatever is counted: which may be one, which a synthesis includes, which share something.

The rules stand with `moagraph.weigh.independence`, which counts by them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from moagraph.names import local_name
from moagraph.weigh.evidence import Facts

SYNTHESES = frozenset({"MetaAnalysis", "SystematicReview", "TrialReview"})
"""The designs, by local name, of studies that put other studies together and can say which."""

_GATHERING = SYNTHESES | {"NarrativeReview", "CochraneReview"}
"""Designs of studies, and the kind of publications, that draw on other studies."""

Groups = Mapping[str, str]
"""The first member of the group that each of some things is in."""


def grouped(things: Iterable[str], marks: Mapping[str, Iterable[Hashable]]) -> Groups:
    """Gives the groups of things that share a mark, or that a chain of shared marks joins.

    >>> dict(grouped("abc", {"a": [1], "b": [2], "c": [2, 3]}))
    {'a': 'a', 'b': 'b', 'c': 'b'}
    """
    ordered = sorted(set(things))
    parent = {thing: thing for thing in ordered}

    def top(thing: str) -> str:
        while parent[thing] != thing:
            parent[thing] = thing = parent[parent[thing]]
        return thing

    holder: dict[Hashable, str] = {}
    for thing in ordered:
        for mark in marks.get(thing, ()):
            one, other = sorted((top(holder.setdefault(mark, thing)), top(thing)))
            parent[other] = one
    return {thing: top(thing) for thing in ordered}


@dataclass(frozen=True)
class Kinship:
    """How studies are related. What no fact is known of, such as a publication that reports no study, is alone.

    Attributes:
        facts: what is asserted.
        trial: the trial that each study is, or is a part of.
        one: the first of the studies that may be one and the same.
        included: for each of `one`, those that it includes, whether directly or through others.
    """

    facts: Facts = field(repr=False)
    trial: Groups
    one: Groups
    included: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, facts: Facts) -> Kinship:
        """Works it out of what is asserted."""
        studies = [*facts.members["Study"], *facts.members["StudySet"]]
        sets, gatherings = frozenset(facts.members["StudySet"]), _gatherings(facts)
        parts: dict[str, list[Hashable]] = defaultdict(list)
        maybe: dict[str, list[Hashable]] = defaultdict(list)
        lists: list[tuple[str, str]] = []
        for study in studies:
            lists += [(study, listed) for listed in facts.values(study, "includesStudy")]
            for whole in facts.values(study, "partOf"):
                # Part of a set is a member of it, and so is a trial or set that is part of a review. A synthesis that
                # is part of another, such as an analysis of a subgroup, belongs to it as parts belong to a trial.
                synthesis = study in gatherings and study not in sets
                listed = study in facts.values(whole, "includesStudy")
                if whole in sets or listed or (whole in gatherings and not synthesis):
                    lists.append((whole, study))
                else:
                    _join(parts, study, whole)
            for other in facts.values(study, "possiblySameStudy"):
                _join(maybe, study, other)
        trial = grouped(studies, parts)
        one = grouped(studies, {study: [*parts[study], *maybe[study]] for study in studies})
        return cls(facts, trial, one, _closure(one, lists))

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """The studies that may be one, by the first of them."""
        found: dict[str, list[str]] = defaultdict(list)
        for study, first in self.one.items():
            found[first].append(study)
        return {first: tuple(studies) for first, studies in found.items()}

    def studies_of(self, first: str) -> tuple[str, ...]:
        """Gives the studies that may be one with the first of them; itself, where no fact is known of it."""
        return self.members.get(first, (first,))

    @cached_property
    def data_set(self) -> Groups:
        """The first of those that share data, for each of `one`; a chain of sharing counts as sharing."""
        marks: dict[str, list[Hashable]] = defaultdict(list)
        for study, first in self.one.items():
            for other in self.facts.values(study, "sharesDataWith"):
                _join(marks, first, self.one.get(other, other))
        return grouped(self.members, marks)

    def is_part(self, study: str) -> bool:
        """Tells whether it is a part of another study, and no mere member of a set."""
        return any(self.trial.get(whole) == self.trial.get(study) for whole in self.facts.values(study, "partOf"))

    def laboratories(self, first: str) -> set[Hashable]:
        """Gives the publications of what may be one study, and their authors as printed."""
        found: set[Hashable] = set()
        for study in self.studies_of(first):
            for reference in self.facts.reporting.get(study, (study,)):
                found.add(reference)
                found.update(("author", name) for name in self.facts.values(reference, "authorName"))
        return found

    def sponsors(self, first: str) -> set[Hashable]:
        """Gives the sponsors of what may be one study."""
        return {agent for study in self.studies_of(first) for agent in self.facts.values(study, "sponsor")}

    @cached_property
    def gatherings(self) -> frozenset[str]:
        """What draws on other studies, whether it names them or not: sets, reviews and syntheses."""
        return _gatherings(self.facts)

    def listed(self, study: str) -> frozenset[str]:
        """Gives the single studies that it is known to include, as the first of what may be one."""
        return frozenset(
            first
            for first in self.included.get(self.one.get(study, study), ())
            if not self.gatherings.issuperset(self.studies_of(first))
        )

    def list_missing(self, study: str) -> bool:
        """Tells whether it draws on other studies that are not all known by name.

        The list is whole where the source says how many there are, exactly, and as many single studies are curated.
        """
        if study not in self.gatherings:
            return False
        number = self.facts.value(study, "numberOfStudies")
        amount = self.facts.value(number, "amount")
        if not amount or self.facts.value(number, "operator"):
            return True
        return len(self.listed(study)) < float(amount)


def _join(marks: Mapping[str, list[Hashable]], one: str, other: str) -> None:
    mark = tuple(sorted((one, other)))
    marks[one].append(mark)
    marks[other].append(mark)


def _gatherings(facts: Facts) -> frozenset[str]:
    found = set(facts.members["StudySet"])
    for name in ("Study", "Reference"):
        for node in facts.members[name]:
            kinds = {local_name(facts.value(node, what)) for what in ("design", "kind")}
            lists = facts.values(node, "includesStudy") or facts.values(node, "numberOfStudies")
            if kinds & _GATHERING or lists:
                found.add(node)
    return frozenset(found)


def _closure(one: Groups, lists: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Gives what each includes, directly or through others; itself, where it may be one of those."""
    direct: dict[str, set[str]] = defaultdict(set)
    for wide, narrow in lists:
        direct[one.get(wide, wide)].add(one.get(narrow, narrow))
    found = {}
    for wide in sorted(direct):
        seen: set[str] = set()
        ahead = [wide]
        while ahead:
            for narrow in direct.get(ahead.pop(), ()):
                if narrow not in seen:
                    seen.add(narrow)
                    ahead.append(narrow)
        found[wide] = frozenset(seen)
    return found
