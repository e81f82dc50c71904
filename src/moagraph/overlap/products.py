"""Products of all pairs of rows of sparse matrices, a block at a time: what all-pairs overlap is counted with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    Ints: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]
    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_PRODUCTS = 1_000_000
"""How many products a block of rows may take, which bounds memory."""

_STRIPS = 10
"""Into how many strips the triangle of pairs is cut; what lies left of it within a strip is worked out in vain."""


class Layers(NamedTuple):
    """Weights of things in sets, made ready for products.

    Attributes:
        left: a matrix of 0 and 1 with a row for each set.
        right: another; the product of `left` with its transpose holds for each two sets the sum of the smaller
            weights.
        totals: the sum of each set's weights.
    """

    left: sparse.csr_array
    right: sparse.csr_array
    totals: Ints


def layers(sets: Ints, things: Ints, heights: Ints, contents: Ints, shape: tuple[int, int]) -> Layers:
    """Gives weights ready for products.

    min(v, w) is a sum over the steps between heights that both reach, so each thing has a column for each step.

    Args:
        sets: the number of the set of each entry.
        things: the number of the thing in it; no thing stands in a set twice.
        heights: its weight in that set, above 0.
        contents: what its weight is multiplied by, the same for a thing wherever it stands; not below 0.
        shape: how many sets and things there are.
    """
    import numpy as np
    from scipy import sparse

    totals = np.bincount(sets, heights * contents, shape[0]).astype(np.int64)
    # Small numbers take less time to move about.
    kind: Any = np.int16 if totals.max() < 2**15 else np.int64
    steps = np.unique(heights)
    reached = [(heights >= step) & (contents > 0) for step in steps]
    rows = np.concatenate([sets[kept] for kept in reached])
    columns = np.concatenate([things[kept] * len(steps) + i for i, kept in enumerate(reached)])
    rises = np.diff(steps, prepend=0)
    values = np.concatenate([(contents[kept] * rise).astype(kind) for kept, rise in zip(reached, rises, strict=True)])
    wide = (shape[0], shape[1] * len(steps))
    left = sparse.csr_array((np.ones(len(rows), kind), (rows, columns)), shape=wide)
    return Layers(left, sparse.csr_array((values, (rows, columns)), shape=wide), totals)


class Block(NamedTuple):
    """Products of some rows with others, where they are not 0.

    Attributes:
        start: number of the first row.
        first: number of the row that the first column stands for.
        products: the products.
    """

    start: int
    first: int
    products: sparse.csr_array

    def pairs(self, at: Ints) -> tuple[Ints, Ints]:
        """Gives the numbers of both rows of the products at these places."""
        import numpy as np

        one = np.searchsorted(self.products.indptr, at, "right") - 1 + self.start
        return one, self.products.indices[at] + self.first


class Products:
    """The products of the rows of one matrix with those of another, both with as many rows and columns."""

    def __init__(self, left: sparse.csr_array, right: sparse.csr_array) -> None:
        import numpy as np

        self.left = left
        self.right = right
        self.rows = left.shape[0]
        sizes = np.bincount(left.indices, minlength=left.shape[1])
        self._flow = np.concatenate(([0], np.cumsum(sizes[left.indices])))[left.indptr]

    def blocks(self, rows: range, columns: range) -> Iterator[Block]:
        """Gives the products of some rows of the first with some of the second, in the order of the first."""
        import numpy as np

        others = self.right[columns.start : columns.stop].T.tocsr()
        start = rows.start
        while start < rows.stop:
            enough = int(np.searchsorted(self._flow, self._flow[start] + _PRODUCTS))
            stop = min(max(enough, start + 1), rows.stop)
            yield Block(start, columns.start, self.left[start:stop] @ others)
            start = stop


def strips(last: int, number: int) -> Iterator[range]:
    """Cuts the numbers below one into so many ranges, or fewer, of one length but for the end."""
    length = max(1, -(-last // number))
    for first in range(0, last, length):
        yield range(first, min(first + length, last))


def triangle(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[Block]:
    """Gives the products of the rows of one matrix with those of another, in the order of the rows of the first.

    All pairs with the lower number first are among them, and a few with themselves or the other way round.
    """
    products = Products(left, right)
    for strip in strips(products.rows, _STRIPS):
        yield from products.blocks(strip, range(strip.start, products.rows))
