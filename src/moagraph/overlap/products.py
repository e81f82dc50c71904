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
