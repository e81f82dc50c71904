"""Which pairs of compounds share mechanisms, which ones, and how much."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from moagraph.overlap.closures import Closure, Hierarchy
from moagraph.overlap.products import triangle
from moagraph.table import Iri

if TYPE_CHECKING:
    from scipy import sparse

MANY = 1000
"""From how many compounds on the strongest pairs are looked for by products of matrices."""


class Pair(NamedTuple):
    """Two compounds and the most specific mechanisms they share.

    Attributes:
        shared: by plain edges on both sides.
        contested: further ones for which a side has only a contested edge.
        tier: of each mechanism the worse side's best tier, and of those the best; contested ones count where
            there are no others.
        jaccard: of the closures over plain edges.
    """

    one: Iri
    other: Iri
    shared: tuple[Iri, ...]
    contested: tuple[Iri, ...]
    tier: str
    jaccard: float

    @property
    def strength(self) -> tuple[int, int, str, float, str, str]:
        """A key that sorts the pairs that share most first."""
        return (-len(self.shared), -len(self.contested), self.tier, -self.jaccard, self.one, self.other)


class Sharing:
    """What each two compounds share.

    Sets are bit masks: one per compound over the mechanisms, one per mechanism over the compounds.

    Args:
        plain: for each compound what follows from its plain edges.
        either: the same from plain and contested edges.
        hierarchy: what is broader than what.
    """

    def __init__(self, plain: dict[Iri, Closure], either: dict[Iri, Closure], hierarchy: Hierarchy) -> None:
        self.plain = plain
        self.either = either
        self.compounds = sorted(either)
        self.mechanisms = sorted({m for closure in either.values() for m in closure})
        index = {m: i for i, m in enumerate(self.mechanisms)}
        self._above = [sum(1 << index[w] for w in hierarchy.above.get(m, ()) if w in index) for m in self.mechanisms]
        self._plain = [sum(1 << index[m] for m in plain[c]) for c in self.compounds]
        self._either = [sum(1 << index[m] for m in either[c]) for c in self.compounds]
        self._most_specific = lru_cache(1 << 16)(self._find_most_specific)
        self._names = lru_cache(1 << 16)(self._find_names)

    def _find_most_specific(self, mask: int) -> int:
        return mask & ~reduce(or_, (self._above[bit] for bit in _bits(mask)), 0)

    def _find_names(self, mask: int) -> tuple[Iri, ...]:
        return tuple(self.mechanisms[bit] for bit in _bits(mask))

    def pair(self, a: int, b: int) -> Pair:
        """Gives what two compounds share, which must be something, by their numbers in order."""
        one, other = self.compounds[a], self.compounds[b]
        common = self._plain[a] & self._plain[b]
        shared = self._names(self._most_specific(common))
        contested = self._names(self._most_specific(self._either[a] & self._either[b]) & ~common)
        sides = (self.plain[one], self.plain[other]) if shared else (self.either[one], self.either[other])
        return Pair(
            one,
            other,
            shared,
            contested,
            min(max(sides[0][m], sides[1][m]) for m in shared or contested),
            round(common.bit_count() / max(1, (self._plain[a] | self._plain[b]).bit_count()), 4),
        )

    def pairs(self) -> Iterator[Pair]:
        """Gives all pairs that share something, once each, in the order of their IRIs."""
        postings = [0] * len(self.mechanisms)
        for position, mask in enumerate(self._either):
            for bit in _bits(mask):
                postings[bit] |= 1 << position
        for a in range(len(self.compounds)):
            candidates = reduce(or_, (postings[bit] for bit in _bits(self._either[a])), 0)
            for b in _bits(candidates >> (a + 1)):
                yield self.pair(a, b + a + 1)

    def strongest(self, number: int) -> tuple[list[Pair], int, set[Iri]]:
        """Gives the pairs that share most, strongest first, how many pairs there are, and the compounds in them."""
        if len(self.compounds) >= MANY:
            found = self._strongest_by_products(number)
            if found is not None:
                return found
        count = 0
        joined: set[Iri] = set()

        def counted() -> Iterator[Pair]:
            nonlocal count
            for pair in self.pairs():
                count += 1
                joined.update(pair[:2])
                yield pair

        return _first(counted(), number), count, joined

    def _strongest_by_products(self, number: int) -> tuple[list[Pair], int, set[Iri]] | None:
        """Gives the same, looking closely only at pairs that can be among the strongest; None where all can.

        Two compounds share no more most specific mechanisms than they have in common, which is quickly counted.
        """
        import numpy as np

        either, plain = (_indicator(masks, len(self.mechanisms)) for masks in (self._either, self._plain))
        count, joined = 0, np.zeros(len(self.compounds), bool)
        for block in triangle(either, either):
            one, other = block.pairs(np.arange(block.products.nnz))
            count += int((one < other).sum())
            for side in (one[one != other], other[one != other]):
                joined[side] = True
        having = np.zeros(1, int)
        for block in triangle(plain, plain):
            one, other = block.pairs(np.arange(block.products.nnz))
            more = np.bincount(block.products.data[one < other])
            having = np.pad(having, (0, max(0, len(more) - len(having))))
            having[: len(more)] += more
        having[0] = 0
        enough = np.flatnonzero(having[::-1].cumsum()[::-1] >= number)
        least = int(enough[-1]) if len(enough) else 0
        while least:
            found = []
            for block in triangle(plain, plain):
                one, other = block.pairs(np.flatnonzero(block.products.data >= least))
                upper = one < other
                found += [(a, b) for a, b in zip(one[upper].tolist(), other[upper].tolist(), strict=True)]
            best = _first((self.pair(a, b) for a, b in found), number)
            if len(best[-1].shared) >= least:
                return best, count, {self.compounds[i] for i in np.flatnonzero(joined)}
            least = len(best[-1].shared)
        return None


def _first(pairs: Iterator[Pair], number: int) -> list[Pair]:
    return heapq.nsmallest(number, pairs, key=lambda pair: pair.strength)


def _indicator(masks: list[int], width: int) -> sparse.csr_array:
    """Gives bit masks as the rows of a matrix."""
    import numpy as np
    from scipy import sparse

    found = [list(_bits(mask)) for mask in masks]
    starts = np.cumsum([0, *map(len, found)])
    columns = np.array([bit for bits in found for bit in bits], np.int32)
    return sparse.csr_array((np.ones(len(columns), np.int16), columns, starts), shape=(len(masks), width))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
