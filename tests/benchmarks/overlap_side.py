"""Overlap of all pairs of compounds, in a process of its own so that its peak of memory is its own.

Run as `python overlap_side.py COMPOUNDS RUNS [networkx]`; writes one JSON object: `seconds` of each run, `peak` of
memory in MB with all imports, and how many `increments` the graph makes, one for each mechanism that a pair shares.
`cpu` is the time of the processor alone, which others on the same machine change less.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import Counter
from itertools import accumulate


def closures(compounds: int, seed: int = 1) -> dict[str, dict[str, str]]:
    """Gives which compound has which mechanism by what tier, with skewed popularity: invented and always the same."""
    chance = random.Random(seed)
    size = round(12 * compounds**0.5)
    popular = list(accumulate(1 / (rank + 5) ** 0.7 for rank in range(size)))
    mechanisms = [f"mechanism:m{rank}" for rank in range(size)]
    made = {}
    for number in range(compounds):
        each = max(1, round(chance.gammavariate(2, 4.1)))
        tiers = chance.choices("ABCDEF", [2, 8, 10, 25, 15, 40], k=each)
        named = chance.choices(mechanisms, cum_weights=popular, k=each)
        made[f"compound:c{number:06}"] = dict(zip(named, tiers, strict=True))
    return made


def main() -> None:
    """Measures one side."""
    compounds, runs, by_networkx = int(sys.argv[1]), int(sys.argv[2]), "networkx" in sys.argv[3:]
    had = closures(compounds)
    sizes = Counter(mechanism for closure in had.values() for mechanism in closure)
    taken: list[float] = []
    cpu: list[float] = []
    found = 0
    if by_networkx:
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(had)
        graph.add_edges_from((compound, mechanism) for compound, closure in had.items() for mechanism in closure)
        for _ in range(runs):
            start, worked = time.perf_counter(), time.process_time()
            found = nx.bipartite.weighted_projected_graph(graph, list(had)).number_of_edges()
            taken.append(time.perf_counter() - start)
            cpu.append(time.process_time() - worked)
    else:
        from moagraph.overlap import most_alike

        for run in range(runs + 1):
            start, worked = time.perf_counter(), time.process_time()
            found = len(most_alike(had, top=1000))
            if run:  # the first imports numpy and scipy
                taken.append(time.perf_counter() - start)
                cpu.append(time.process_time() - worked)
    print(
        json.dumps(
            {
                "seconds": taken,
                "cpu": cpu,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "increments": sum(size * (size - 1) // 2 for size in sizes.values()),
                "pairs": found,
            }
        )
    )


if __name__ == "__main__":
    main()
