"""Exports of the queries themselves: what describes them to servers, editors and readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from moagraph.api import DEFAULT_POLICY, Graph
from moagraph.export.folders import folder_at
from moagraph.faces import examples as sib
from moagraph.faces.grlc import grlc
from moagraph.faces.manual import catalogue
from moagraph.faces.mermaid import gallery, mermaid
from moagraph.faces.openapi import openapi
from moagraph.places import write_file

SIGN = "faces/openapi.json"
"""The file that tells a folder for grlc from others. Not at the top, where grlc takes .json for queries."""


def _openapi(graph: Graph, path: Path, url: str | None) -> int:
    write_file(path, _openapi_text(graph, url).encode())
    return len(graph.library.queries)


def _openapi_text(graph: Graph, url: str | None) -> str:
    default = DEFAULT_POLICY if DEFAULT_POLICY in graph.policies else graph.policy
    return openapi(graph.library.queries.values(), graph.policies, default, url or "/")


def _examples(graph: Graph, path: Path, url: str | None) -> int:
    write_file(path, sib.examples(graph.library, url))
    return len(graph.library.queries)


def _mermaid(graph: Graph, path: Path, url: str | None) -> int:  # noqa: ARG001 - drawings name no address
    queries = list(graph.library.queries.values())
    write_file(path, gallery(queries).encode())
    return len(queries)


def _grlc(graph: Graph, path: Path, url: str | None) -> int:
    """Writes a folder for a grlc server: queries at the top, and what describes them in `faces/`."""
    files: dict[str, bytes] = {}
    for query in graph.library.queries.values():
        files[f"{query.name}.rq"] = grlc(graph.library, query, url).encode()
        files[f"faces/{query.name}.mmd"] = mermaid(query).encode()
    if url:
        files["endpoint.txt"] = f"{url}\n".encode()
    files[SIGN] = _openapi_text(graph, None).encode()
    files["faces/examples.ttl"] = sib.examples(graph.library, url)
    table = catalogue(graph.library.queries.values())
    files["README.md"] = (
        f"# Named queries of moagraph\n\nUnder the policy of evidence {graph.policy}. Nothing here is medical advice.\n\n"
        f"{table}"
    ).encode()
    with folder_at(path, SIGN, "folder for grlc") as folder:
        (folder / "faces").mkdir()
        for name, content in sorted(files.items()):
            (folder / name).write_bytes(content)
    return len(files)


WRITERS: dict[str, Callable[[Graph, Path, str | None], int]] = {
    "openapi": _openapi,
    "examples": _examples,
    "mermaid": _mermaid,
    "grlc": _grlc,
}
"""What writes each description of the queries, and gives how many things it wrote."""


def write(what: str, graph: Graph, path: Path, url: str | None = None) -> int:
    """Writes a description of the queries, and gives the number of queries, drawings or files in it.

    Args:
        what: one of `WRITERS`.
        graph: whose queries, and under which policy.
        path: the file, or folder of grlc.
        url: address of an endpoint (examples, grlc) or server (openapi) to be named in it.

    Raises:
        OutputFailed: it cannot be written.
    """
    return WRITERS[what](graph, path, url)
