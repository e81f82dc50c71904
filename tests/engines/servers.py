"""SPARQL servers on loopback for tests: started by the scripts beside this file, awaited, and ended.

A test takes the fixture `oxigraph_server`, `virtuoso_server` or, for both in turn, `server`; `tests/conftest.py`
has to import them. A server that is not installed skips the test with a reason, unless the environment variable
`MOAGRAPH_REQUIRE` names it (`MOAGRAPH_REQUIRE="oxigraph virtuoso"`), which turns the skip into a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
REQUIRE_VARIABLE = "MOAGRAPH_REQUIRE"
PROGRAMS = {"oxigraph": "oxigraph", "virtuoso": "virtuoso-t"}
"""The program that each server is, by the server's name."""
PATHS = {
    "oxigraph": ("/query", "/update", "/store"),
    "virtuoso": ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
}
SECONDS_TO_START = 90
SEARCHED = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
"""Where programs are looked for: beside this Python first, since `pip install oxigraph` puts it there."""


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        name: `oxigraph` or `virtuoso`.
        query: URL for queries, as form POST.
        update: URL for updates, as form POST.
        store: URL of the Graph Store Protocol; `?graph=` names the graph.
        user: name for updates and the graph store, by HTTP digest; None where nobody asks for one.
        password: and its password.
    """

    name: str
    query: str
    update: str
    store: str
    user: str | None = None
    password: str | None = None


def free_port() -> int:
    """Gives a port that is free, and so is the next one, which Virtuoso takes too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    """Starts a server with its files in a folder, waits until it answers, and ends it afterwards.

    Raises:
        RuntimeError: the server ended by itself, or did not answer in time; says what it printed.
    """
    port = free_port()
    query, update, store = (f"http://127.0.0.1:{port}{path}" for path in PATHS[name])
    credentials = ("dba", "dba") if name == "virtuoso" else (None, None)
    folder.mkdir(parents=True, exist_ok=True)
    printed = folder.with_name(f"{folder.name}.log")
    with printed.open("wb") as log:
        process = subprocess.Popen(
            ["sh", str(FOLDER / f"start-{name}.sh"), str(port), str(folder)],
            stdout=log, stderr=log, env={**os.environ, "PATH": SEARCHED},
        )  # fmt: skip
    try:
        end = time.monotonic() + SECONDS_TO_START
        while not _answers(query):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} does not answer:\n{printed.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.2)
        yield Server(name, query, update, store, *credentials)
    finally:
        process.kill()
        process.wait()


def _answers(query: str) -> bool:
    try:
        with urllib.request.urlopen(query, b"query=ASK%7B%7D", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _started(name: str, factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which(PROGRAMS[name], path=SEARCHED) is None:
        reason = f"{PROGRAMS[name]} is not installed"
        if name in os.environ.get(REQUIRE_VARIABLE, ""):
            pytest.fail(f"{reason}, and {REQUIRE_VARIABLE} asks for it")
        pytest.skip(reason)
    with running(name, factory.mktemp("servers") / name) as server:
        yield server


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The Oxigraph server, empty, one for all tests."""
    yield from _started("oxigraph", tmp_path_factory)


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Virtuoso 7, empty, one for all tests."""
    yield from _started("virtuoso", tmp_path_factory)


@pytest.fixture(scope="session", params=sorted(PROGRAMS))
def server(request: pytest.FixtureRequest) -> Server:
    """Each server in turn; of a parallel run each process has its own."""
    found = request.getfixturevalue(f"{request.param}_server")
    assert isinstance(found, Server)
    return found
