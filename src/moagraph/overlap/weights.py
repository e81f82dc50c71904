"""What a mechanism counts in the overlap of two compounds: by the tier of its evidence, by what it tells, by both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from moagraph.errors import BadValue
from moagraph.weigh.information import millinats

TIER_WEIGHTS: Mapping[str, int] = MappingProxyType({"A": 10, "B": 8, "C": 6, "D": 4, "E": 3, "F": 1})
"""What a mechanism counts by the tier of its evidence; only the ratios matter.

They are an option of the reader's, who may give others, and no confidence: nothing says that two in vitro studies are
worth a trial. Equal weights give the plain Jaccard index. Whole numbers keep sums exact, so that equal overlaps are
equal on every machine.
"""

EQUAL_WEIGHTS: Mapping[str, int] = MappingProxyType(dict.fromkeys(TIER_WEIGHTS, 1))

Name = TypeVar("Name", bound=str)


class Weights(NamedTuple):
    """What a mechanism counts: the weight of its tier, times its information content if that is to count.

    Attributes:
        tiers: what it counts by tier, A to F: whole numbers above 0.
        information: whether it counts by its information content too, in thousandths of a nat.
        name: one of `WEIGHTS`, or `own` where a reader gave weights of tiers.
    """

    tiers: Mapping[str, int]
    information: bool
    name: str

    @classmethod
    def of(cls, weights: str | Mapping[str, int]) -> Weights:
        """Gives the weights of a name, or with a reader's own weights of tiers.

        Raises:
            BadValue: there is no such name; a tier has no weight, or none above 0.
        """
        if isinstance(weights, str):
            if weights not in WEIGHTS:
                raise BadValue(f"there are no weights {weights!r}", f"say one of {', '.join(WEIGHTS)}")
            return WEIGHTS[weights]
        for tier in TIER_WEIGHTS:
            weight = weights.get(tier)
            if not isinstance(weight, int) or weight < 1:
                raise BadValue(
                    f"tier {tier} needs a weight, a whole number above 0, and has {weight}", "give weights for A to F"
                )
        return cls(weights, False, "own")

    def contents(self, closures: Mapping[Name, Mapping[Name, str]]) -> dict[Name, int]:
        """Gives what each mechanism counts whatever its tier: 1, or its information content among these compounds."""
        having = Counter(mechanism for closure in closures.values() for mechanism in closure)
        if not self.information:
            return dict.fromkeys(having, 1)
        compounds = sum(1 for closure in closures.values() if closure)
        return {mechanism: millinats(number, compounds) for mechanism, number in having.items()}

    def overlap(self, mine: Mapping[Name, str], theirs: Mapping[Name, str], contents: Mapping[Name, int]) -> float:
        """Gives the overlap of two compounds, from 0 to 1; 0 where nothing that either has counts.

        Args:
            mine: the mechanisms that one has, each with its best tier.
            theirs: those that the other has.
            contents: what each mechanism counts whatever its tier.

        >>> WEIGHTS["tier"].overlap({"m": "B", "n": "F"}, {"m": "D"}, {"m": 1, "n": 1})
        0.4444444444444444
        """
        common = either = 0
        for mechanism in mine.keys() | theirs.keys():
            sides = [self.tiers[side[mechanism]] if mechanism in side else 0 for side in (mine, theirs)]
            common += min(sides) * contents[mechanism]
            either += max(sides) * contents[mechanism]
        return common / either if either else 0.0


WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {
        name: Weights(tiers, information, name)
        for name, tiers, information in (
            ("none", EQUAL_WEIGHTS, False),
            ("tier", TIER_WEIGHTS, False),
            ("information", EQUAL_WEIGHTS, True),
            ("both", TIER_WEIGHTS, True),
        )
    }
)
"""The weights by name.

`none` gives the Jaccard index; `tier` the overlap weighted by evidence; `information` the index that weighs each
mechanism by its information content, known as simGIC; `both` the product of the two weights.

**Source**: Pesquita et al. 2008 (simGIC), Resnik 1995 (information content).
"""
