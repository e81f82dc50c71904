"""Export of the named queries as an OpenAPI description."""

from __future__ import annotations

from pathlib import Path

from moagraph.api import DEFAULT_POLICY, Graph
from moagraph.faces.openapi import openapi
from moagraph.places import write_file


def export(graph: Graph, path: Path, policy: str | None = None, endpoint_url: str = "") -> int:
    """Writes the description as JSON, and gives the number of queries in it.

    Args:
        graph: whose queries and policies.
        path: where to.
        policy: the one that holds where a request names none; the usual one unless given.
        endpoint_url: address below which `/api/` is served.
    """
    write_file(path, description(graph, policy, endpoint_url).encode())
    return len(graph.library.queries)


def description(graph: Graph, policy: str | None = None, address: str = "") -> str:
    """Gives the description as JSON."""
    default = policy or (DEFAULT_POLICY if DEFAULT_POLICY in graph.policies else graph.policy)
    return openapi(graph.library.queries.values(), graph.policies, default, address or "/")
