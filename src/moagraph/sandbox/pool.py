"""A sandbox: a few worker processes that answer queries of one store, and are killed when a query reaches a limit."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, cast

import pyoxigraph as ox

from moagraph.errors import InputUnreadable, MoagraphError, QueryLimit, QueryRefused, QuerySyntax
from moagraph.names import ASSERTED, PREFIXES, policy_graph
from moagraph.sandbox import child
from moagraph.screen import refuse_unsafe
from moagraph.store import EmbeddedStore, Solutions, Store, Triples, syntax_error

MIB = 1024 * 1024
START_SECONDS = 60.0
"""A worker that has not opened the store by then is given up."""

_OTHERWISE = "or ask for less: LIMIT, fewer OPTIONALs, patterns that share a variable"


@dataclass(frozen=True)
class Limits:
    """What one query may use.

    Attributes:
        seconds: by the wall clock, from the question to the whole answer.
        rows: rows of SELECT, or different triples of CONSTRUCT and DESCRIBE.
        memory: bytes that a worker may allocate beyond what it holds when it starts; an answer may take an eighth
            of them as text.
    """

    seconds: float = 30.0
    rows: int = 100_000
    memory: int = 2048 * MIB

    def __post_init__(self) -> None:
        if not (0 < self.seconds <= 10**7 and 0 < self.rows <= 2**62 and 64 * MIB <= self.memory <= 2**60):
            raise QueryRefused(
                "limits are more than 0 seconds, at least 1 row and at least 64 MiB of memory",
                "--timeout 30 --limit 100000 --memory 2048",
            )

    @property
    def size(self) -> int:
        """Bytes that an answer may take as text."""
        return self.memory // 8

    def exceeded(self, limit: str) -> QueryLimit:
        """Gives the error that says which limit was reached, its value, and the option that raises it."""
        more_memory = f"--memory {2 * self.memory // MIB} allows twice as much, {_OTHERWISE}"
        problem, fix = {
            "time": (
                f"the query was stopped after {self.seconds:g} seconds",
                f"--timeout {2 * self.seconds:g} allows twice as long, {_OTHERWISE}",
            ),
            "rows": (
                f"the answer has more than {self.rows:,} rows, so none is shown",
                f"--limit {10 * self.rows} allows ten times as many; LIMIT in the query asks for the first ones",
            ),
            "size": (f"the answer is larger than {self.size // MIB:,} MiB, so none is shown", more_memory),
            "memory": (f"the query needs more than {self.memory // MIB:,} MiB of memory", more_memory),
        }[limit]
        return QueryLimit(limit, problem, fix)


class Written(NamedTuple):
    """An answer as a worker writes it.

    Attributes:
        form: `solutions`, `triples` or `boolean`.
        content: TSV results, N-Triples, or `true` or `false`.
    """

    form: str
    content: bytes

    def read(self) -> Solutions | Triples | bool:
        """Gives the answer as terms."""
        if self.form == "boolean":
            return self.content == b"true"
        if self.form == "triples":
            return Triples.of(quad.triple for quad in ox.parse(self.content, format=ox.RdfFormat.N_TRIPLES))
        answer = self.solutions()
        names = tuple(variable.value for variable in answer.variables)
        return Solutions(names, [tuple(solution) for solution in answer])

    def solutions(self) -> ox.QuerySolutions:
        """Gives the solutions as the engine has them."""
        answer = ox.parse_query_results(self.content, format=ox.QueryResultsFormat.TSV)
        assert isinstance(answer, ox.QuerySolutions)
        return answer


class _Worker:
    """A worker process as its parent sees it. It answers one query at a time.

    Attributes:
        confined: `memory` and `calls`: whether memory is limited, and system calls are.
        usable: whether it can take another query.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.limits = limits
        self.usable = True
        settings = {**asdict(limits), "size": limits.size, "store": str(folder), "prefixes": dict(PREFIXES)}
        environment = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        self.process = subprocess.Popen(
            child.command(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder.anchor,
            env=environment,
        )
        self._in = cast(BinaryIO, self.process.stdin)
        self._out = cast(BinaryIO, self.process.stdout)
        try:
            with self._killed_after(START_SECONDS):
                frame = child.receive(self._out, MIB)
            self.confined: dict[str, Any] = json.loads(frame[1]) if frame else {"error": "it ended at once"}
            if "error" in self.confined:
                raise InputUnreadable(f"no worker can open {folder}: {self.confined['error']}")
        except BaseException:
            self.kill()
            raise

    def answer(self, query: str, graphs: Sequence[str]) -> Written:
        """Gives the answer to a query; whatever else happens, the worker is killed or fit for the next query."""
        question = json.dumps({"query": query, "graphs": list(graphs)}).encode()
        parts: list[bytes] = []
        room = self.limits.size + 2 * MIB
        try:
            with self._killed_after(self.limits.seconds) as late:
                try:
                    child.send(self._in, child.QUESTION, question)
                    while (frame := child.receive(self._out, room)) is not None and frame[0] == child.PART:
                        parts.append(frame[1])
                        room -= len(frame[1])
                except OSError:
                    frame = None
            if late.is_set():
                raise self.limits.exceeded("time")
            if frame is None:
                self._fail()
            verdict = json.loads(frame[1])
        except BaseException:
            # Interrupted, late or out of step: nothing that it says later may be taken for another answer.
            self.kill()
            raise
        if verdict["tired"]:
            self.kill()
        return self._read(verdict, b"".join(parts), query)

    def _read(self, verdict: dict[str, Any], content: bytes, query: str) -> Written:
        match verdict.get("error") or verdict["form"]:
            case "boolean":
                return Written("boolean", b"true" if verdict["value"] else b"false")
            case "solutions" | "triples" as form:
                return Written(form, content)
            case "limit":
                raise self.limits.exceeded(verdict["limit"])
            case "syntax":
                raise syntax_error(query, verdict["message"])
            case _:
                raise QuerySyntax(f"the query cannot be evaluated: {verdict['message']}", query)

    def _fail(self) -> NoReturn:
        """Raises the error that tells why the process ended on its own."""
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            code = 0
        name = _signal_name(-code)
        if name == "SIGALRM":
            raise self.limits.exceeded("time")
        # The engine aborts when an allocation fails; the system kills when there is no memory at all.
        if name in ("SIGABRT", "SIGKILL"):
            raise self.limits.exceeded("memory")
        raise QueryRefused(
            f"the engine cannot hold the query: its process ended ({name or f'exit code {code}'})",
            "nest less deeply, and write fewer parts one after another",
        )

    @contextlib.contextmanager
    def _killed_after(self, seconds: float) -> Iterator[threading.Event]:
        """Kills the process unless the block ends in time, and says whether it did."""
        late = threading.Event()
        done = threading.Lock()

        def expire() -> None:
            # Whoever gets the lock first decides.
            if done.acquire(blocking=False):
                late.set()
                self.usable = False
                self.process.kill()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            done.acquire(blocking=False)
            timer.cancel()

    def kill(self) -> None:
        """Ends the process at once, and leaves neither a zombie nor a descriptor."""
        self.usable = False
        self.process.kill()
        for pipe in (self._in, self._out):
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.wait()


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


class Sandbox:
    """Answers queries of a store on disk in worker processes. Threads may share it.

    Workers start when they are first needed, stay for further queries, and are replaced when they had to be killed.

    Args:
        folder: the store.
        limits: what one query may use.
        workers: how many queries may run side by side; others wait, and their time counts from when they run.
    """

    def __init__(self, folder: Path, limits: Limits | None = None, workers: int = 1) -> None:
        self.folder = folder.absolute()
        self.limits = limits or Limits()
        self._places = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._closed = False
        self._finalizer = weakref.finalize(self, _end, self._alive)

    def answer(self, query: str, graphs: Sequence[str]) -> Solutions | Triples | bool:
        """Gives the answer to a query of any form, as terms: see `written`."""
        return self.written(query, graphs).read()

    def written(self, query: str, graphs: Sequence[str]) -> Written:
        """Gives the answer to a query of any form, as a worker writes it.

        Args:
            query: the text; known prefixes need not be declared. It is not screened.
            graphs: the named graphs that make its default graph.

        Raises:
            QuerySyntax: it is not SPARQL 1.1, or cannot be evaluated.
            QueryLimit: it was stopped at a limit.
            QueryRefused: it broke the engine.
            InputUnreadable: there is no store in the folder, or this sandbox was closed.
        """
        with self._worker() as worker:
            return worker.answer(query, graphs)

    @contextlib.contextmanager
    def _worker(self) -> Iterator[_Worker]:
        with self._places:
            with self._lock:
                self._refuse_closed()
                worker = self._idle.pop() if self._idle else None
            if worker is not None and worker.process.poll() is not None:
                self._drop(worker)
                worker = None
            if worker is None:
                worker = _Worker(self.folder, self.limits)
                with self._lock:
                    self._alive.add(worker)
            try:
                yield worker
            except MoagraphError:
                self._refuse_closed()
                raise
            finally:
                with self._lock:
                    if worker.usable and not self._closed:
                        self._idle.append(worker)
                        worker = None
                if worker is not None:
                    self._drop(worker)

    def _drop(self, worker: _Worker) -> None:
        worker.kill()
        with self._lock:
            self._alive.discard(worker)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise InputUnreadable("this store was closed")

    def close(self) -> None:
        """Kills all workers; queries that are running end with an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = self._alive.difference(idle)
        for worker in busy:
            # Its thread sees that it has ended, and clears up after it.
            worker.process.kill()
        for worker in idle:
            self._drop(worker)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _end(workers: set[_Worker]) -> None:
    for worker in tuple(workers):
        worker.kill()


class Sandboxed(Store):
    """A built graph on disk whose queries are screened and answered in a sandbox.

    Labels, policies and whole graphs are read in this process: nobody else words those questions.

    Args:
        folder: the store.
        foreign: named graphs of a user's own triples, which every query sees too.
        limits: what one query may use.
        workers: how many queries may run side by side.

    Raises:
        OSError: there is no store in the folder.
    """

    def __init__(
        self, folder: Path, foreign: Sequence[str] = (), limits: Limits | None = None, workers: int = 1
    ) -> None:
        super().__init__()
        self.embedded = EmbeddedStore.open(folder, foreign)
        self.sandbox = Sandbox(folder, limits, workers)

    def answer(self, query: str, policy: str) -> Solutions | Triples | bool:
        """Gives the answer to a query of any form, as terms.

        Raises:
            QueryRefused: it would write, reach beyond the graph, or is too large to plan.
            QuerySyntax: it is not SPARQL 1.1, or cannot be evaluated.
            QueryLimit: it was stopped at a limit.
        """
        refuse_unsafe(query)
        return self.sandbox.answer(query, (ASSERTED, policy_graph(policy), *self.embedded.foreign))

    def policies(self) -> dict[str, str]:
        """Gives the policies under which something was derived, by name, with their summaries."""
        return self.embedded.policies()

    def count(self, graph: str) -> int:
        """Gives the number of triples in a named graph."""
        return self.embedded.count(graph)

    def quads(self, graph: str) -> Iterator[ox.Triple]:
        """Gives the triples of one named graph, in no order."""
        return self.embedded.quads(graph)

    def _find_labels(self, iris: Sequence[str]) -> dict[str, str]:
        return self.embedded._find_labels(iris)

    def close(self) -> None:
        """Kills all workers; queries that are running end with an error.

        Files of the store stay open in this process until nobody holds this object.
        """
        self.sandbox.close()

    def __enter__(self) -> Sandboxed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
