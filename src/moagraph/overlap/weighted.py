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

from moagraph.overlap.products import Block, Layers, blocks, layers
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
    left, right, totals = _layers(compounds, closures, chosen.tiers, contents)
    best = _Best(totals, top, at_least)
    for block in blocks(left, right):
        best.offer(block)
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


class _Best:
    """The best pairs so far: at most `top` and at least `at_least`; of equals those with the lower numbers.

    Attributes:
        found: numbers of both compounds and their overlap, the most alike first.
    """

    def __init__(self, totals: Ints, top: int, at_least: float) -> None:
        import numpy as np

        self.totals = totals
        self.top = top
        self.at_least = at_least
        self.found: tuple[Ints, Ints, Floats] = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))

    def offer(self, block: Block) -> None:
        """Takes those pairs of a block that belong to the best; blocks come in order."""
        import numpy as np

        full = len(self.found[2]) == self.top
        least = max(self.at_least, float(self.found[2][-1])) if full else self.at_least
        # Few of many pass, so what is cheap comes first. Of common / (both - common) >= least, this is a weaker form:
        # each side's part of the bound is rounded down.
        start, first, products = block
        parts = np.floor(self.totals * (least / (1 + least) * (1 - 1e-9))).astype(products.dtype)
        over = products.data - parts[first:][products.indices]
        near = np.flatnonzero(over >= np.repeat(parts[start : start + products.shape[0]], np.diff(products.indptr)))
        one, other = block.pairs(near)
        common = products.data[near].astype(np.int64)
        overlap = common / (self.totals[one] + self.totals[other] - common)
        # Rows come in order, so that of equals those already found go first.
        kept = np.flatnonzero((one < other) & (overlap > least if full else overlap >= least))
        if len(kept) > self.top:
            kept = kept[overlap[kept] >= np.partition(overlap[kept], -self.top)[-self.top]]
        ones, others, overlaps = (
            np.concatenate(pair) for pair in zip(self.found, (one[kept], other[kept], overlap[kept]), strict=True)
        )
        order = np.lexsort((others, ones, -overlaps))[: self.top]
        self.found = (ones[order], others[order], overlaps[order])
