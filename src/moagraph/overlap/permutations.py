"""Random graphs of compounds and mechanisms in which each has as many edges as in the given one.

They are drawn by global curveball trades: all compounds are paired at random, and each two that are paired put the
mechanisms that only one of them has together and deal them out anew, each getting as many as before. An edge keeps
its mechanism and tier, and changes its compound. Trades are symmetric and lead to every graph with these degrees, so
that in the end all of them are equally likely.

How many trades that takes is not known. So the graphs are drawn as Besag and Clifford do: some trades lead from the
given graph to a hidden one, and from there as many trades lead to each graph drawn, whatever the others are. Since
trades are symmetric, chance alone would make the given graph one of those drawn like any other, however few the
trades; so p-values counted from them are sound, and too few trades only make them larger than they need be.

**Source**: Strona et al. 2014 (curveball), Carstens et al. 2018 (global trades), Besag and Clifford 1989 (parallel
method).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from moagraph.overlap.products import Ints

TRADES = 20
"""How many global trades lead from the given graph to the hidden one, and from there to each graph drawn: ten single
trades a compound, twice as many as is usual."""

EDGES = 100_000
"""About how many edges are held at a time, in one graph or in many small ones."""

_BITS = 40
"""How many random bits decide an order within a pair."""


def can_trade(owners: Ints, mechanisms: Ints) -> bool:
    """Gives whether there is another graph with the same degrees.

    There is none if and only if the compounds can be put into a row in which each has all mechanisms of the next one.

    Args:
        owners: the compound of each edge, by its number.
        mechanisms: the mechanism of each edge, by its number.
    """
    having: dict[int, set[int]] = {}
    for owner, mechanism in zip(owners.tolist(), mechanisms.tolist(), strict=True):
        having.setdefault(owner, set()).add(mechanism)
    row = sorted(having.values(), key=len)
    return any(not fewer <= more for fewer, more in pairwise(row))


def permuted(owners: Ints, mechanisms: Ints, number: int, seed: int) -> Iterator[Ints]:
    """Gives the compounds of the edges in graphs with the same degrees, drawn at random, some graphs at a time.

    Args:
        owners: the compound of each edge, by its number, from 0 on.
        mechanisms: the mechanism of each edge, by its number; no edge stands there twice.
        number: how many graphs to draw.
        seed: with the same seed and edges, the same graphs are drawn on every machine.

    **Shape**: arrays with a row for each graph and a column for each edge.
    """
    import numpy as np

    # Of numpy's random numbers, only the raw bits of a generator stay the same from version to version (NEP 19).
    bits = np.random.PCG64(seed)
    compounds = int(owners.max()) + 1
    hidden: Ints = owners[np.newaxis].astype(np.int64)
    for _ in range(TRADES):
        hidden = traded(hidden, mechanisms, compounds, bits)
    together = max(1, EDGES // len(owners))
    for start in range(0, number, together):
        drawn: Ints = np.repeat(hidden, min(together, number - start), axis=0)
        for _ in range(TRADES):
            drawn = traded(drawn, mechanisms, compounds, bits)
        yield drawn


def traded(owners: Ints, mechanisms: Ints, compounds: int, bits: np.random.PCG64) -> Ints:
    """Gives graphs after one global trade each.

    Args:
        owners: the compound of each edge; a row for each graph.
        mechanisms: the mechanism of each edge.
        compounds: how many there are.
        bits: where chance comes from.
    """
    import numpy as np

    # Compounds sit down at random; those on seats 0 and 1 are paired, 2 and 3, and so on.
    seated = np.argsort(bits.random_raw((len(owners), compounds)), axis=1, kind="stable")
    seats = np.empty_like(seated)
    np.put_along_axis(seats, seated, np.arange(compounds)[np.newaxis], axis=1)
    seat = np.take_along_axis(seats, owners, axis=1)
    pair = seat >> 1
    # What both of a pair have stays.
    code = mechanisms * ((compounds + 1) // 2) + pair
    order = np.argsort(code, axis=1, kind="stable")
    code = np.take_along_axis(code, order, axis=1)
    equal = code[:, 1:] == code[:, :-1]
    twins = np.zeros(owners.shape, bool)
    twins[:, 1:] |= equal
    twins[:, :-1] |= equal
    common = np.empty_like(twins)
    np.put_along_axis(common, order, twins, axis=1)
    # The rest is shuffled within each pair, and dealt out to the seats in their order, to each as many as it had.
    code = pair << _BITS | (bits.random_raw(owners.shape) >> np.uint64(64 - _BITS)).astype(np.int64)
    last = np.iinfo(np.int64).max
    order = np.argsort(np.where(common, last, code), axis=1, kind="stable")
    dealt = np.empty_like(seat)
    np.put_along_axis(dealt, order, np.sort(np.where(common, last, seat), axis=1), axis=1)
    return np.take_along_axis(seated, np.where(common, seat, dealt), axis=1)
