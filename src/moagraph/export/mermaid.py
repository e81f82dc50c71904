"""Export of the patterns of the named queries as drawings, in one Markdown page."""

from __future__ import annotations

from pathlib import Path

from moagraph.api import Graph
from moagraph.faces.mermaid import gallery
from moagraph.places import write_file


def export(graph: Graph, path: Path, policy: str | None = None) -> int:  # noqa: ARG001 - patterns are under any
    """Writes the page, and gives the number of drawings on it."""
    queries = list(graph.library.queries.values())
    write_file(path, gallery(queries).encode())
    return len(queries)
