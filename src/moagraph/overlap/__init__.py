"""Which compounds share mechanisms: overlap graphs, a table of what is known of each pair, and the most alike.

Sharing is what `queries/shared-mechanisms.rq` says: both have the mechanism or something narrower, it is no
grouping, and only the most specific ones shared count. Here it is worked out on sets and matrices, for many thousand
compounds.

A contested edge is never a plain one. So `shared` counts plain edges alone, and what is shared only through a
contested side stands beside it, in attributes of its own.
"""

from moagraph.overlap.graphs import Network, bipartite_graph, graphml, overlap_graph
from moagraph.overlap.likeness import ALIKE_COLUMNS, CHANCE_COLUMNS, alike
from moagraph.overlap.matrix import MATRIX_COLUMNS, matrix
from moagraph.overlap.weighted import Alike, most_alike
from moagraph.overlap.weights import TIER_WEIGHTS, WEIGHTS, Weights

__all__ = [
    "ALIKE_COLUMNS",
    "CHANCE_COLUMNS",
    "MATRIX_COLUMNS",
    "TIER_WEIGHTS",
    "WEIGHTS",
    "Alike",
    "Network",
    "Weights",
    "alike",
    "bipartite_graph",
    "graphml",
    "matrix",
    "most_alike",
    "overlap_graph",
]
