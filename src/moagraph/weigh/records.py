"""Which conditions are recorded with a compound, so that what nobody has looked at can be asked.

Any record that names both counts, whatever it says and whatever the policy, and so does one that names a group or
stack with the compound in it, or a preparation that it is said to be part of. What is recorded of a condition is
recorded of broader and narrower ones too. An absence is no record: it says that something is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from moagraph.weigh.evidence import Evidence, Facts, things

RECORDS = ("Claim", "EvidenceBody", "Stack", "Study", "StudySet")
"""The classes whose members record something."""

_NAMING = ("subject", "object", "comparator", "coIntervention", "intervention", "about")
_OF = ("subject", "object", "condition", "goal", "purpose")


def recorded(facts: Facts) -> dict[str, set[str]]:
    """Gives the conditions that are recorded with each compound that has any, by IRI."""
    conditions = set(facts.members["Condition"])
    named: dict[str, set[str]] = defaultdict(set)
    mixed: dict[str, set[str]] = defaultdict(set)
    for cls in RECORDS:
        for record in facts.members[cls]:
            near = {value for name in _OF for value in facts.values(record, name)} & conditions
            if not near:
                continue
            for name in _NAMING:
                for thing in facts.values(record, name):
                    named[thing] |= near
            for thing in facts.values(record, "component"):
                mixed[thing] |= near
    holders: dict[str, set[str]] = defaultdict(set)
    for cls in ("CompoundGroup", "Stack"):
        for whole in facts.members[cls]:
            for part in (*facts.values(whole, "member"), *facts.values(whole, "component")):
                holders[part].add(whole)
    around = _around(facts, conditions)
    found = {}
    for compound in facts.members["Compound"]:
        near = named[compound] | mixed[compound]
        near = near.union(*(named[whole] for whole in holders[compound]))
        near = near.union(*(named[whole] | mixed[whole] for whole in facts.values(compound, "constituentOf")))
        if near:
            found[compound] = set().union(*(around[condition] for condition in near))
    return found


def _around(facts: Facts, conditions: set[str]) -> dict[str, set[str]]:
    """Gives for each condition itself, and the broader and narrower ones."""
    found: dict[str, set[str]] = defaultdict(set)
    for condition in conditions:
        for wide in (condition, *facts.wider(condition)):
            if wide in conditions:
                found[condition].add(wide)
                found[wide].add(condition)
    return found


def records(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives what is recorded of each compound and condition as triples, the same under every policy."""
    for compound, conditions in recorded(evidence.facts).items():
        yield from things(compound, "recordedWith", sorted(conditions))
