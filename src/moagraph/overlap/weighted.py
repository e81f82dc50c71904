"""Which compounds are most alike: the weighted overlap of all pairs, for many thousand compounds.

The overlap of two compounds is a weighted Jaccard index, also called Ruzicka similarity, over the mechanisms that
each has, as such or through something narrower. A mechanism that both have counts with the weight of the weaker
side's tier, one that only one of them has with the weight of that side's tier, each times the mechanism's information
content where that counts (`weights.py`):

    overlap = sum of min(weight, other weight) / sum of max(weight, other weight)

It is worked out by products of sparse matrices, a block of compounds at a time, and only the most alike are kept, so
that memory stays bounded however many pairs share something.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from moagraph.overlap.products import Block, Layers, Products, layers, strips
from moagraph.overlap.weights import TIER_WEIGHTS, Weights

if TYPE_CHECKING:
    from moagraph.overlap.products import Floats, Ints

Name = TypeVar("Name", bound=str)


class Alike(NamedTuple, Generic[Name]):
    """Two compounds and their overlap, above 0 and at most 1; `one` is the first by its IRI."""

    one: Name
    other: Name
    overlap: float


def most_alike(
    closures: Mapping[Name, Mapping[Name, str]],
    *,
    weights: str | Mapping[str, int] = TIER_WEIGHTS,
    top: int = 1000,
    at_least: float = 0.0,
) -> list[Alike[Name]]:
    """Gives the pairs with the greatest weighted overlap, the most alike first, then by their names.

    Args:
        closures: for each compound the mechanisms that it has, as such or through something narrower, each with its
            best tier.
        weights: what a mechanism counts: one of `WEIGHTS` by name, or weights by tier, whole numbers above 0.
        top: how many pairs at most.
        at_least: the least overlap of a pair; pairs that share nothing that counts are never listed.

    >>> most_alike({"a": {"m": "B", "n": "F"}, "b": {"m": "D"}, "c": {"o": "A"}})
    [Alike(one='a', other='b', overlap=0.4444444444444444)]
    """
    compounds = sorted(compound for compound, closure in closures.items() if closure)
    if len(compounds) < 2 or top < 1:
        return []
    chosen = Weights.of(weights)
    contents = chosen.contents(closures)
    if not any(contents.values()):
        return []
    best = _best(_layers(compounds, closures, chosen.tiers, contents), top, at_least)
    return [
        Alike(compounds[one], compounds[other], overlap)
        for one, other, overlap in zip(*(column.tolist() for column in best.found), strict=True)
    ]


def _layers(
    compounds: list[Name], closures: Mapping[Name, Mapping[Name, str]], tiers: Mapping[str, int],
    contents: Mapping[Name, int],
) -> Layers:  # fmt: skip
    """Gives the mechanisms of compounds ready for products."""
    import numpy as np

    found = [closures[compound] for compound in compounds]
    named = list(chain.from_iterable(found))
    numbers = {mechanism: number for number, mechanism in enumerate(dict.fromkeys(named))}
    mechanisms = np.fromiter(map(numbers.__getitem__, named), np.int32, len(named))
    each = chain.from_iterable(closure.values() for closure in found)
    values = np.fromiter(map(tiers.__getitem__, each), np.int64, len(named))
    worth = np.fromiter(map(contents.__getitem__, named), np.int64, len(named))
    owners = np.repeat(np.arange(len(compounds), dtype=np.int32), [len(closure) for closure in found])
    return layers(owners, mechanisms, values, worth, (len(compounds), len(numbers)))


def _best(weights: Layers, top: int, at_least: float) -> _Best:
    """Gives the best pairs, looking at few of the others.

    An overlap is at most the ratio of the two sums of weights. So compounds are put in the order of their sums, and
    cut into strips: pairs within a strip go first, and of the others those that cannot be among the best are left.
    """
    import numpy as np

    order = np.argsort(weights.totals, kind="stable")
    products, totals = Products(weights.left[order], weights.right[order]), weights.totals[order]
    best = _Best(order, totals, top, at_least)
    # As many strips as take least time for a thousand to 50 thousand compounds.
    cut = list(strips(len(order), max(4, round(len(order) ** 0.5 / 6))))
    for strip in cut:
        for block in products.blocks(strip, strip):
            best.offer(block)
    for strip in cut:
        heaviest = totals[strip.stop - 1] / best.least * (1 + 1e-9) if best.least else np.inf
        reach = int(np.searchsorted(totals, heaviest, "right"))
        if reach > strip.stop:
            for block in products.blocks(strip, range(strip.stop, reach)):
                best.offer(block)
    return best


class _Best:
    """The best pairs so far: at most `top` and at least `at_least`; of equals those with the lower numbers.

    Args:
        order: number of the compound of each row.
        totals: the sum of weights of each row.

    Attributes:
        found: numbers of both compounds, the lower first, and their overlap; the most alike first.
    """

    def __init__(self, order: Ints, totals: Ints, top: int, at_least: float) -> None:
        import numpy as np

        self.order = order
        self.totals = totals
        self.top = top
        self.at_least = at_least
        self.found: tuple[Ints, Ints, Floats] = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))

    @property
    def full(self) -> bool:
        """Whether as many were found as are wanted, so that each new one displaces another."""
        return len(self.found[2]) == self.top

    @property
    def least(self) -> float:
        """The overlap below which no pair belongs to the best."""
        return max(self.at_least, float(self.found[2][-1])) if self.full else self.at_least

    def offer(self, block: Block) -> None:
        """Takes those pairs of a block that belong to the best; no pair is offered twice."""
        import numpy as np

        least = self.least
        # Few of many pass, so what is cheap comes first. Of common / (both - common) >= least, this is a weaker form:
        # each side's part of the bound is rounded down.
        start, first, products = block
        parts = np.floor(self.totals * (least / (1 + least) * (1 - 1e-9))).astype(products.dtype)
        over = products.data - parts[first:][products.indices]
        near = np.flatnonzero(over >= np.repeat(parts[start : start + products.shape[0]], np.diff(products.indptr)))
        rows, others = block.pairs(near)
        common = products.data[near].astype(np.int64)
        overlap = common / (self.totals[rows] + self.totals[others] - common)
        kept = np.flatnonzero((rows < others) & (overlap >= least))
        ends = self.order[rows[kept]], self.order[others[kept]]
        one, other, overlap = np.minimum(*ends), np.maximum(*ends), overlap[kept]
        if self.full:
            # Of as many equals as there may be, few go before the last one found.
            last = tuple(column[-1] for column in self.found)
            before = (overlap > last[2]) | (one < last[0]) | ((one == last[0]) & (other < last[1]))
            one, other, overlap = one[before], other[before], overlap[before]
        ones, others, overlaps = (
            np.concatenate(pair) for pair in zip(self.found, (one, other, overlap), strict=True)
        )
        best = np.lexsort((others, ones, -overlaps))[: self.top]
        self.found = (ones[best], others[best], overlaps[best])
