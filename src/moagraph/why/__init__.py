"""Explains an edge of the overlap graph: why two compounds are joined, on whose word, and what speaks against it.

What the two do not share is told apart: opposite actions on one target, what one side has only as possible, denied or
not found, and groupings, which count for nothing. All of it is under one policy of evidence.
"""

from moagraph.why.explaining import why
from moagraph.why.explanation import Apart, Explanation, Ground, Half, Score, Shared, Side
from moagraph.why.words import EXTENSIONS, FORMATS

__all__ = [
    "EXTENSIONS",
    "FORMATS",
    "Apart",
    "Explanation",
    "Ground",
    "Half",
    "Score",
    "Shared",
    "Side",
    "why",
]
