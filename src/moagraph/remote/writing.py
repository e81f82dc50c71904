"""Writing to an endpoint: by the Graph Store Protocol, or by SPARQL Update where that is absent.

What is written is named: a graph of its own, `graph:push`, says of each named graph which data it holds and how much
of them has arrived, so that a push that was cut off goes on where it stopped, one that is done does nothing, and
nobody takes half a dataset for the whole.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit, urlunsplit

import httpx
import pyoxigraph as ox

from moagraph.endpoint import (
    EXTENT,
    IDENTIFIER,
    STATE,
    Arrived,
    EndpointStore,
    client_for,
    request,
    said,
    without_credentials,
)
from moagraph.errors import EndpointFailed

CHUNK = 10_000
"""How many triples go in one request."""

_BESIDE = {
    # last part of the query's address: those of graph store and update
    "query": ("store", "update"),  # Oxigraph, Fuseki's other name
    "sparql": ("sparql-graph-crud-auth", "sparql-auth"),  # Virtuoso
}
_OF_FUSEKI = ("data", "update")


class Writer(ABC):
    """Puts triples into named graphs of an endpoint."""

    @abstractmethod
    def add(self, graph: str, lines: Iterable[str]) -> None:
        """Adds triples, each given as a line of N-Triples, to a named graph."""

    @abstractmethod
    def drop(self, graph: str) -> None:
        """Removes a named graph, if there is one."""


class GraphStore(Writer):
    """Writes by the SPARQL 1.1 Graph Store HTTP Protocol."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = client_for(url)

    def add(self, graph: str, lines: Iterable[str]) -> None:
        """Adds triples, each given as a line of N-Triples, to a named graph."""
        self._send("POST", graph, "".join(lines).encode("utf-8"))

    def drop(self, graph: str) -> None:
        """Removes a named graph, if there is one."""
        self._send("DELETE", graph, None)

    def is_there(self) -> bool:
        """Tells whether a graph store is at that address, by adding nothing to it."""
        return self._ask("POST", STATE, b"").status_code not in (404, 405, 501)

    def _ask(self, method: str, graph: str, content: bytes | None) -> httpx.Response:
        headers = {"Content-Type": "application/n-triples"} if content is not None else {}
        return request(self._client, method, self.url, params={"graph": graph}, content=content, headers=headers)

    def _send(self, method: str, graph: str, content: bytes | None) -> None:
        response = self._ask(method, graph, content)
        if not response.is_success and not (method == "DELETE" and response.status_code == 404):
            _failed(self.url, response, "name its graph store with --graph-store, or its update address: --update")


class Update(Writer):
    """Writes by SPARQL 1.1 Update."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = client_for(url)

    def add(self, graph: str, lines: Iterable[str]) -> None:
        """Adds triples, each given as a line of N-Triples, to a named graph."""
        self.run(f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(lines)}}} }}")

    def drop(self, graph: str) -> None:
        """Removes a named graph, if there is one."""
        self.run(f"DROP SILENT GRAPH <{graph}>")

    def run(self, update: str) -> None:
        """Runs an update."""
        response = request(self._client, "POST", self.url, data={"update": update})
        if not response.is_success:
            _failed(self.url, response, "name its update address with --update")


def _failed(url: str, response: httpx.Response, fix: str) -> None:
    raise EndpointFailed(f"{without_credentials(url)} refused ({response.status_code}): {said(response)}", fix)


def beside(url: str) -> tuple[str, str]:
    """Gives where the graph store and the update address of a query endpoint usually are.

    >>> beside("http://127.0.0.1:7878/query")
    ('http://127.0.0.1:7878/store', 'http://127.0.0.1:7878/update')
    >>> beside("http://127.0.0.1:3030/ds/sparql")[0]
    'http://127.0.0.1:3030/ds/data'
    >>> beside("http://127.0.0.1:7200/repositories/moa")[1]
    'http://127.0.0.1:7200/repositories/moa/statements'
    """
    parts = urlsplit(url)
    folder, _, last = parts.path.rstrip("/").rpartition("/")
    if re.search(r"/repositories/[^/]+$", parts.path):
        names = tuple(f"{parts.path}/{name}" for name in ("rdf-graphs/service", "statements"))
    else:
        store, update = _OF_FUSEKI if folder and last in ("sparql", "query") else _BESIDE.get(last, (last, last))
        names = (f"{folder}/{store}", f"{folder}/{update}")
    found = [urlunsplit((parts.scheme, parts.netloc, name, "", "")) for name in names]
    return found[0], found[1]


class Target:
    """An endpoint that is written to.

    Args:
        url: address of the query endpoint.
        graph_store: address of its graph store; unless given, that at the usual place if there is one.
        update: address for SPARQL Update; the usual place unless given. It is written to where no graph store is
            named, and either this is or there is none at the usual place.

    Raises:
        EndpointFailed: it cannot be reached.
    """

    def __init__(self, url: str, graph_store: str | None = None, update: str | None = None) -> None:
        usual_store, usual_update = beside(url)
        self.store = EndpointStore(url)
        self.update = Update(update or usual_update)
        self.writer: Writer = self.update
        if graph_store:
            self.writer = GraphStore(graph_store)
        elif not update and (usual := GraphStore(usual_store)).is_there():
            self.writer = usual

    def note(self, arrived: dict[str, Arrived]) -> None:
        """Writes down what has arrived."""
        self.writer.drop(STATE)
        lines = []
        for graph, (digest, done, total) in sorted(arrived.items()):
            node = ox.NamedNode(graph)
            for name, text in ((IDENTIFIER, digest), (EXTENT, f"{done} of {'unknown' if total is None else total}")):
                lines.append(f"{node} {ox.NamedNode(name)} {ox.Literal(text)} .\n")
        self.writer.add(STATE, lines)


def chunks(lines: Iterable[str], start: int = 0, size: int | None = None) -> Iterator[list[str]]:
    """Gives lines in lists of a size, `CHUNK` unless given, from a line on.

    >>> list(chunks("abcde", 1, 2))
    [['b', 'c'], ['d', 'e']]
    """
    chunk = []
    for number, line in enumerate(lines):
        if number < start:
            continue
        chunk.append(line)
        if len(chunk) == (size or CHUNK):
            yield chunk
            chunk = []
    if chunk:
        yield chunk
