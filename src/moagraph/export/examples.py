"""Export of the named queries as example queries for SPARQL editors."""

from __future__ import annotations

from pathlib import Path

from moagraph.api import Graph
from moagraph.faces.examples import examples
from moagraph.places import write_file


def export(graph: Graph, path: Path, policy: str | None = None, endpoint_url: str = "") -> int:  # noqa: ARG001
    """Writes the examples as Turtle, and gives the number of queries in it.

    Args:
        graph: whose queries, and what their examples are looked up in.
        path: where to.
        policy: is that of the graph already.
        endpoint_url: where they are to be sent.
    """
    write_file(path, examples(graph.library, endpoint_url or None))
    return len(graph.library.queries)
