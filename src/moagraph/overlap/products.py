"""Products of all pairs of rows of sparse matrices, a block at a time: what all-pairs overlap is counted with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

    Ints: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]
    Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_PRODUCTS = 500_000
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


def blocks(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[Block]:
    """Gives the products of the rows of one matrix with those of another, in the order of the rows of the first.

    All pairs with the lower number first are among them, and a few with themselves or the other way round.
    """
    import numpy as np

    last = left.shape[0]
    sizes = np.bincount(left.indices, minlength=left.shape[1])
    flow = np.concatenate(([0], np.cumsum(sizes[left.indices])))[left.indptr]
    strip = -(-last // _STRIPS)
    for first in range(0, last, strip):
        columns = right[first:].T.tocsr()
        start, end = first, min(first + strip, last)
        while start < end:
            stop = min(max(int(np.searchsorted(flow, flow[start] + _PRODUCTS)), start + 1), end)
            yield Block(start, first, left[start:stop] @ columns)
            start = stop
