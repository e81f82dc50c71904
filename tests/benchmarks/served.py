"""A built graph on servers of SPARQL, on loopback alone: what a benchmark asks beside the embedded store."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from built import POLICY, ROOT, Built

from moagraph.names import ASSERTED, policy_graph

_GRAPHS = (ASSERTED, policy_graph(POLICY))


class Endpoint:
    """A SPARQL endpoint, and a client to load it with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(timeout=600)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(words: list[str], url: str) -> Iterator[Endpoint]:
    """Runs a server until the block ends, and waits until it answers."""
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        endpoint = Endpoint(url)
        for _ in range(600):
            try:
                endpoint.client.get(url, params={"query": "ASK {}"})
                break
            except httpx.TransportError:
                if server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield endpoint
    finally:
        server.terminate()
        server.wait()


@contextmanager
def oxigraph(built: Built) -> Iterator[Endpoint]:
    """Serves the very store that is asked embedded, by the `oxigraph` server, read-only."""
    port = _free_port()
    words = [str(Path(sys.executable).parent / "oxigraph"), "serve-read-only", "--location", str(built.store)]
    with _running([*words, "--bind", f"127.0.0.1:{port}"], f"http://127.0.0.1:{port}/query") as endpoint:
        yield endpoint


@contextmanager
def virtuoso(built: Built, folder: Path) -> Iterator[Endpoint]:
    """Loads the graph into a Virtuoso of its own, and serves it."""
    port = _free_port()
    script = ROOT / "tests" / "engines" / "start-virtuoso.sh"
    url = f"http://127.0.0.1:{port}"
    with _running([str(script), str(port), str(folder)], f"{url}/sparql") as endpoint:
        for graph, path in zip(_GRAPHS, (built.asserted, built.derived), strict=True):
            endpoint.client.put(
                f"{url}/sparql-graph-crud-auth",
                params={"graph": graph},
                content=path.read_bytes(),
                headers={"Content-Type": "application/n-triples"},
                auth=httpx.DigestAuth("dba", "dba"),
            ).raise_for_status()
        yield endpoint


def virtuoso_is_there() -> bool:
    """Tells whether Virtuoso is installed, and the script that starts it is there."""
    return bool(shutil.which("virtuoso-t")) and (ROOT / "tests" / "engines" / "start-virtuoso.sh").is_file()
