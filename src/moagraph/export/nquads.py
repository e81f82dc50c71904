"""Export as N-Quads: all graphs, what was asserted and what was derived under each policy, sorted by line."""

from __future__ import annotations

from pathlib import Path

from moagraph.api import Graph
from moagraph.export.turtle import asserted, derived
from moagraph.names import ASSERTED, policy_graph
from moagraph.places import write_file


def export(graph: Graph, path: Path, policy: str | None = None) -> int:
    """Writes an N-Quads file of all graphs, and gives the number of its quads.

    Args:
        graph: what is exported.
        path: where to.
        policy: leaves out what was derived under other policies.
    """
    lines = {f"{triple} <{ASSERTED}> .\n" for triple in asserted(graph)}
    for name in [policy] if policy is not None else graph.store.policies():
        lines |= {f"{triple} <{policy_graph(name)}> .\n" for triple in derived(graph, name)}
    write_file(path, "".join(sorted(lines)).encode("utf-8"))
    return len(lines)
