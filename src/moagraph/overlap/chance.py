"""How alike compounds are by chance: the overlap of each pair in random graphs with the same degrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from moagraph.errors import BadValue
from moagraph.overlap.closures import Edge, Hierarchy
from moagraph.overlap.permutations import can_trade, permuted
from moagraph.overlap.products import layers, triangle
from moagraph.overlap.weights import Weights
from moagraph.weigh.information import millinats

if TYPE_CHECKING:
    from moagraph.overlap.products import Floats, Ints

PERMUTATIONS = 1000
"""How many random graphs are drawn unless the reader says otherwise."""

SEED = 1
"""Where chance begins unless the reader says otherwise."""

MANY_EDGES = 20_000
"""Above how many edges no random graphs are drawn unless the reader asks: a thousand would take minutes."""


class Overlaps(NamedTuple):
    """Pairs that share something that counts, in some graphs with the same compounds.

    Attributes:
        places: where each pair stands among all pairs, in order.
        values: its overlap.
    """

    places: Ints
    values: Floats


class Chances:
    """How likely overlaps at least as great are in random graphs with the same degrees.

    Two compounds that share nothing that counts are at least as alike in every graph, so their p-value is 1.

    Args:
        edges: plain edges of compounds to mechanisms.
        hierarchy: what is broader than what.
        weights: what a mechanism counts.
        permutations: how many random graphs to draw.
        seed: the same seed gives the same numbers on every machine.

    Attributes:
        pairs: how many pairs of compounds are tested: all of those that have a mechanism.

    Raises:
        BadValue: fewer than one graph, or a seed below 0.
    """

    def __init__(
        self, edges: Sequence[Edge], hierarchy: Hierarchy, weights: Weights, permutations: int, seed: int
    ) -> None:
        if permutations < 1 or seed < 0:
            raise BadValue(
                f"{permutations} permutations with seed {seed} cannot be drawn",
                "give a whole number of permutations above 0, and a seed of 0 or more",
            )
        self.weights, self.permutations, self.seed = weights, permutations, seed
        # An edge to a grouping that nothing is broader than says nothing of sharing.
        self._edges = [edge for edge in edges if hierarchy.upward(edge.mechanism)]
        self._hierarchy = hierarchy
        self._compounds = sorted({edge.compound for edge in self._edges})
        self._number = {str(compound): number for number, compound in enumerate(self._compounds)}
        self._mechanisms = {m: number for number, m in enumerate(sorted({edge.mechanism for edge in self._edges}))}
        self.pairs = len(self._compounds) * (len(self._compounds) - 1) // 2

    def of(self, one: str, other: str) -> tuple[Decimal, Decimal]:
        """Gives p and q of two compounds by their IRIs.

        p is the share of graphs, this one among them, in which they are at least as alike: (b + 1) / (m + 1). q is p
        adjusted for all pairs tested, so that of those with a q of at most x, a share of x is expected to be chance.

        **Source**: Phipson and Smyth 2010 (p), Benjamini and Hochberg 1995 (q).
        """
        numbers = sorted(self._number.get(compound, -1) for compound in (one, other))
        counts = self._reached
        reached = self.permutations
        if numbers[0] >= 0:
            reached = int(counts[place(numbers[0], numbers[1], len(self._compounds))])
        places = max(4, len(str(self.permutations)))
        p = (reached + 1) / (self.permutations + 1)
        return Decimal(f"{p:.{places}f}"), Decimal(f"{self._adjusted[reached]:.{places}f}")

    @cached_property
    def fixed(self) -> bool:
        """Whether no other graph has these degrees, so that all p-values are 1."""
        return not can_trade(*self._ends)

    @cached_property
    def _ends(self) -> tuple[Ints, Ints]:
        """The number of each edge's compound, and of its mechanism."""
        import numpy as np

        owners = np.array([self._number[edge.compound] for edge in self._edges], np.int64)
        return owners, np.array([self._mechanisms[edge.mechanism] for edge in self._edges], np.int64)

    @cached_property
    def _adjusted(self) -> list[float]:
        """The q of each number of graphs in which a pair is at least as alike."""
        import numpy as np

        return adjusted(np.bincount(self._reached, minlength=self.permutations + 1).tolist())

    @cached_property
    def _reached(self) -> Ints:
        """In how many random graphs each pair is at least as alike, in the order of all pairs."""
        import numpy as np

        counts = np.full(self.pairs, self.permutations, np.int32)
        if self.fixed:
            return counts
        owners, mechanisms = self._ends
        scoring = _Scoring(self._edges, self._hierarchy, self.weights, len(self._compounds))
        given = np.full(self.pairs, np.inf)
        for some in scoring.overlaps(owners[np.newaxis]):
            given[some.places] = some.values
        # Those that share nothing are at least as alike in every graph.
        counts[np.isfinite(given)] = 0
        for drawn in permuted(owners, mechanisms, self.permutations, self.seed):
            for some in scoring.overlaps(drawn):
                np.add.at(counts, some.places[some.values >= given[some.places]], 1)
        return counts


def place(one: Any, other: Any, compounds: int) -> Any:
    """Gives where pairs stand among all pairs of compounds, in order.

    Args:
        one: the lower number of the pair, or of each pair.
        other: the higher number.
        compounds: how many there are.

    >>> [place(one, other, 4) for one in range(4) for other in range(one + 1, 4)]
    [0, 1, 2, 3, 4, 5]
    """
    return one * (2 * compounds - one - 1) // 2 + other - one - 1


def adjusted(having: Sequence[int]) -> list[float]:
    """Gives the q-value of each p-value (b + 1) / (m + 1), b from 0 to m, by Benjamini and Hochberg.

    Args:
        having: how many of the pairs tested have each b.
    """
    pairs, graphs = sum(having), len(having)
    least = 1.0
    found = [1.0] * graphs
    rank = pairs
    for b in range(graphs - 1, -1, -1):
        if having[b]:
            least = min(least, (b + 1) * pairs / (graphs * rank))
        found[b] = least
        rank -= having[b]
    return found


class _Scoring:
    """The overlaps of all pairs in graphs that differ in the compounds of their edges alone."""

    def __init__(self, edges: Sequence[Edge], hierarchy: Hierarchy, weights: Weights, compounds: int) -> None:
        import numpy as np

        upward = [hierarchy.upward(edge.mechanism) for edge in edges]
        wide = sorted({mechanism for some in upward for mechanism in some})
        column = {mechanism: number for number, mechanism in enumerate(wide)}
        self.compounds, self.width = compounds, len(wide)
        # Each edge once for each mechanism that it leads up to.
        self.edge = np.repeat(np.arange(len(edges)), [len(some) for some in upward])
        self.column = np.array([column[mechanism] for some in upward for mechanism in some], np.int64)
        self.weight = np.array([weights.tiers[edge.tier] for edge in edges], np.int64)[self.edge]
        told = [0, *(millinats(having, compounds) for having in range(1, compounds + 1))]
        self.content = np.array(told, np.int64) if weights.information else np.ones(compounds + 1, np.int64)

    def overlaps(self, owners: Ints) -> Iterator[Overlaps]:
        """Gives the pairs that share something that counts; graphs stand below each other in one large one.

        Args:
            owners: the compound of each edge; a row for each graph.
        """
        import numpy as np

        graphs = len(owners)
        rows = owners[:, self.edge] + np.arange(graphs)[:, np.newaxis] * self.compounds
        sets, things, heights = self._closures(rows)
        things += sets // self.compounds * self.width
        contents = self.content[np.bincount(things, minlength=graphs * self.width)[things]]
        shape = (graphs * self.compounds, graphs * self.width)
        if not contents.any():
            return
        left, right, totals = layers(sets, things, heights, contents, shape)
        for block in triangle(left, right):
            one, other = block.pairs(np.arange(block.products.nnz))
            once = one < other
            one, other, common = one[once], other[once], block.products.data[once].astype(np.int64)
            values = common / (totals[one] + totals[other] - common)
            yield Overlaps(place(one % self.compounds, other % self.compounds, self.compounds), values)

    def _closures(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """Gives compounds and what they have, once each, with the greatest weight."""
        import numpy as np

        base = int(self.weight.max()) + 1
        code = np.sort(((rows * self.width + self.column) * base + self.weight).ravel())
        same = code // base
        last = np.append(same[1:] != same[:-1], True)
        return same[last] // self.width, same[last] % self.width, code[last] % base
