"""What follows from weighing evidence, where no CONSTRUCT query can say it: worked out in Python, kept as triples.

Each weighing is a function of the Evidence under one policy and gives triples. They go into the policy's graph after
the derivations of `ontology/derive`, wherever the graph is built, so that named queries, exports and endpoints hold
them like all else that is derived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from moagraph.weigh.contradictions import contradictions
from moagraph.weigh.evidence import Evidence, Facts
from moagraph.weigh.fragility import flips
from moagraph.weigh.independence import independence
from moagraph.weigh.information import informativeness
from moagraph.weigh.records import records
from moagraph.weigh.reviews import overlap_of_reviews

Weighing = Callable[[Evidence], Iterable[ox.Triple]]

WEIGHINGS: tuple[Weighing, ...] = (independence, overlap_of_reviews, flips, informativeness, contradictions, records)
"""All weighings, in the order in which they run; none sees what another gives."""


def weighed(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives all that weighing the evidence under its policy adds to the policy's graph."""
    for weighing in WEIGHINGS:
        yield from weighing(evidence)


__all__ = ["WEIGHINGS", "Evidence", "Facts", "Weighing", "weighed"]
