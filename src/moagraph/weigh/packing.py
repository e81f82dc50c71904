"""The largest choice of sets of which no two have anything in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from moagraph.weigh.kinship import grouped


def packing(sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Gives the names of as many sets as possible of which no two have a member in common.

    Among equally many, small sets and then early names are preferred. It is exact: sets for which another one can
    stand are left out until there are none, which decides all but rings of overlapping sets; those are tried.

    Args:
        sets: none of them empty.

    >>> sorted(packing({"review": frozenset("ab"), "trial": frozenset("a"), "other": frozenset("bc")}))
    ['other', 'trial']
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for name, members in sets.items():
        for member in members:
            holders[member].append(name)
    near = {
        name: frozenset(other for member in members for other in holders[member]) for name, members in sets.items()
    }
    order = sorted(sets, key=lambda name: (len(sets[name]), name))
    return _apart(near, {name: place for place, name in enumerate(order)})


def _apart(near: Mapping[str, frozenset[str]], place: Mapping[str, int]) -> frozenset[str]:
    """Gives as many names as possible of which none is near another; each is near itself."""
    while needless := {name for name in near if any(_replaces(other, name, near, place) for other in near[name])}:
        near = _without(near, needless)
    found = {name for name, others in near.items() if len(others) == 1}
    rest = near.keys() - found
    parts: dict[str, set[str]] = defaultdict(set)
    for name, first in grouped(rest, near).items():
        parts[first].add(name)
    for part in parts.values():
        within = {name: near[name] for name in part}
        tried = min(part, key=lambda name: (-len(near[name]), place[name]))
        taken = {tried} | _apart(_without(within, near[tried]), place)
        left = _apart(_without(within, {tried}), place)
        found |= left if len(left) > len(taken) else taken
    return frozenset(found)


def _replaces(one: str, other: str, near: Mapping[str, frozenset[str]], place: Mapping[str, int]) -> bool:
    """Tells whether any choice with the other is as good with the one: it is near nothing else."""
    return near[one] < near[other] or (near[one] == near[other] and place[one] < place[other])


def _without(near: Mapping[str, frozenset[str]], names: set[str] | frozenset[str]) -> dict[str, frozenset[str]]:
    return {name: others - names for name, others in near.items() if name not in names}
