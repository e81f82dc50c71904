"""Export as a folder for a grlc server: queries at the top, and what describes them in `faces/`."""

from __future__ import annotations

from pathlib import Path

from moagraph.api import Graph
from moagraph.export.folders import folder_at
from moagraph.export.openapi import description
from moagraph.faces.examples import examples
from moagraph.faces.grlc import grlc
from moagraph.faces.manual import catalogue
from moagraph.faces.mermaid import mermaid

SIGN = "faces/openapi.json"
"""The file that tells such a folder from others. Not at the top, where grlc takes .json for queries."""


def export(graph: Graph, path: Path, policy: str | None = None, endpoint_url: str = "") -> int:
    """Writes the folder, and gives the number of its files.

    Args:
        graph: whose queries, what their examples are looked up in, and the policy that they are under.
        path: the folder.
        policy: is that of the graph already.
        endpoint_url: the endpoint that grlc is to ask; without one its own settings must say it.

    Raises:
        OutputFailed: the folder cannot be written, or there is one of another kind.
    """
    library, address = graph.library, endpoint_url or None
    files: dict[str, bytes] = {}
    for query in library.queries.values():
        files[f"{query.name}.rq"] = grlc(library, query, address).encode()
        files[f"faces/{query.name}.mmd"] = mermaid(query).encode()
    if address:
        files["endpoint.txt"] = f"{address}\n".encode()
    files[SIGN] = description(graph, policy).encode()
    files["faces/examples.ttl"] = examples(library, address)
    head = "# Named queries of moagraph\n\n"
    said = f"Under the policy of evidence {graph.policy}. Nothing here is medical advice.\n\n"
    files["README.md"] = f"{head}{said}{catalogue(library.queries.values())}".encode()
    with folder_at(path, SIGN, "folder for grlc") as folder:
        (folder / "faces").mkdir()
        for name, content in sorted(files.items()):
            (folder / name).write_bytes(content)
    return len(files)
