"""What is served: a graph, the processes that answer strangers' queries of it, and how many may ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, TypeVar

from moagraph.errors import InputUnreadable
from moagraph.library import Library
from moagraph.sandbox import Limits, Sandbox
from moagraph.serve.finder import Finder
from moagraph.serve.keeping import Kept
from moagraph.serve.negotiation import chosen, named
from moagraph.serve.pages import environment
from moagraph.serve.protocol import BUSY_SECONDS, GRAPHS, Refused
from moagraph.store import EmbeddedStore, Triples

if TYPE_CHECKING:
    from moagraph.api import Graph

Given = TypeVar("Given")


class Workbench:
    """A graph that is served.

    Args:
        graph: an embedded graph; its policy holds where a request names none.
        limits: what one query may use.
        workers: how many queries run side by side.
        queue: how many more may wait before others are sent away.

    Raises:
        InputUnreadable: the graph is on an endpoint, which serves itself.
    """

    def __init__(self, graph: Graph, limits: Limits | None = None, workers: int = 2, queue: int = 32) -> None:
        if graph.folder is None or not isinstance(graph.store, EmbeddedStore):
            raise InputUnreadable("an endpoint serves itself", "serve a graph that lies on this machine")
        self.graph = graph
        self.policy = graph.policy
        self.foreign = graph.store.foreign
        self.sandbox = Sandbox(graph.folder, limits, workers)
        self.templates = environment()
        self.kept = Kept()
        self._libraries = cache(self._find_library)
        self._finders = cache(self._find_finder)
        self._workers = workers
        self._queue = queue
        self._places: asyncio.Semaphore | None = None
        self._waiting = 0

    def library(self, policy: str) -> Library:
        """Gives the named queries under a policy of evidence."""
        return self._libraries(policy)

    def finder(self, policy: str) -> Finder:
        """Gives what finds things by name, under a policy of evidence."""
        return self._finders(policy)

    def _find_library(self, policy: str) -> Library:
        return Library(self.graph.library.queries, self.graph.store, policy)

    def _find_finder(self, policy: str) -> Finder:
        names = self.library(policy).names
        finder = Finder(names, {})
        return Finder(names, self.graph.store.labels(finder.things))

    def close(self) -> None:
        """Ends the worker processes."""
        self.sandbox.close()

    async def aside(self, action: Callable[..., Given], *values: object) -> Given:
        """Runs what takes long in a thread, when it is its turn.

        Raises:
            Refused: too many wait already.
        """
        if self._places is None:
            self._places = asyncio.Semaphore(self._workers)
        if self._places.locked() and self._waiting >= self._queue:
            raise Refused(503, "everyone is busy: ask again shortly", retry_after=str(BUSY_SECONDS))
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(None, partial(action, *values))
        finally:
            self._places.release()

    def description(self, accept: str | None, url: str) -> tuple[str, bytes]:
        """Gives the service description as a client would have it: its media type, and its content.

        Raises:
            Refused: the client accepts no format of graphs.
        """
        media_type = chosen(accept, list(GRAPHS.values()))
        if media_type is None:
            raise Refused(406, f"the service description can be had as {', '.join(GRAPHS.values())}")
        return media_type, self._described(url).to(named(GRAPHS, media_type)).encode()

    def _described(self, url: str) -> Triples:
        from moagraph.export.service import service

        return Triples.of(service(self.graph, url))
