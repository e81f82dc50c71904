"""The sandbox answers as the store does, stops what reaches a limit, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from moagraph.errors import InputUnreadable, MoagraphError, QueryLimit, QueryRefused, QuerySyntax
from moagraph.names import ASSERTED, policy_graph
from moagraph.sandbox import Limits, Sandbox, Sandboxed
from moagraph.store import EmbeddedStore, Solutions, Triples

MIB = 1024 * 1024
EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FILTERED = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of invented things: 300 asserted triples, odd terms, one derived and one foreign triple."""
    path = tmp_path_factory.mktemp("sandbox") / "store"
    store = ox.Store(str(path))
    asserted = ox.NamedNode(ASSERTED)
    for i in range(300):
        thing, value = ox.NamedNode(f"{EX}alphamide-{i}"), ox.Literal(str(i), datatype=ox.NamedNode(f"{XSD}integer"))
        store.add(ox.Quad(thing, ox.NamedNode(f"{EX}number"), value, asserted))
    odd = [ox.Literal(text) for text in ("", "a\tb\nc\r\"'\\", "\U0001f600 é \u2028 \u202e", "?x", "<a>", "_:b")]
    odd += [ox.Literal(text, language="ru") for text in ("да", "")]
    for kind in ("integer", "decimal", "double", "boolean", "date", "gYear", "nonNegativeInteger"):
        odd += [
            ox.Literal(text, datatype=ox.NamedNode(XSD + kind)) for text in ("1", "01", "1.50", "x", "2020-01-01")
        ]
    for i, term in enumerate(odd):
        store.add(ox.Quad(ox.NamedNode(f"{EX}odd-{i}"), ox.NamedNode(f"{EX}is"), term, asserted))
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    store.add(ox.Quad(ox.NamedNode(f"{EX}alphamide-1"), label, ox.Literal("Alphamide one", language="en"), asserted))
    for graph in (policy_graph("stated"), f"{EX}mine"):
        store.add(
            ox.Quad(ox.NamedNode(f"{EX}in"), ox.NamedNode(f"{EX}graph"), ox.NamedNode(graph), ox.NamedNode(graph))
        )
    store.flush()
    del store
    gc.collect()
    return path


@pytest.fixture
def sandboxed(folder: Path) -> Iterator[Sandboxed]:
    with Sandboxed(folder, limits=Limits(seconds=60, rows=1_000, memory=300 * MIB), workers=2) as store:
        yield store


def processes(store: Sandboxed) -> list[int]:
    """Gives the process numbers of the workers."""
    return sorted(worker.process.pid for worker in store.sandbox._alive)


def gone(number: int) -> bool:
    """Gives whether a process has ended within a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?o { ?s <http://example.org/is> ?o } ORDER BY ?s",
        "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
        "SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) (UNDEF UNDEF) (UNDEF <http://example.org/x>) } }",
        "SELECT * { }",
        "SELECT * { VALUES () { () () } }",
        "SELECT ?x { FILTER(false) }",
        "SELECT (<<( <x:a> <x:b> 1.50 )>> AS ?t) (1e3 AS ?d) (STRLANG('x', 'en-GB') AS ?l) { }",
        "CONSTRUCT { ?s ?p ?o, ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p _:b } WHERE { FILTER(false) }",
        "DESCRIBE <http://example.org/alphamide-1>",
        "ASK { ?s moa:nothing ?o }",
        "ASK { ?s ?p 7 }",
    ],
)
def test_answers_are_those_of_the_store_term_for_term(sandboxed: Sandboxed, folder: Path, query: str) -> None:
    expected = EmbeddedStore.open(folder).answer(query, "stated")
    answer = sandboxed.answer(query, "stated")
    assert type(answer) is type(expected)
    assert answer == expected


def test_tables_have_labels(sandboxed: Sandboxed) -> None:
    table = sandboxed.select("SELECT ?s { ?s <http://example.org/number> 1 }", "stated")
    assert [getattr(cell, "label", None) for row in table.cells for cell in row] == ["Alphamide one"]
    assert list(sandboxed.policies()) == ["stated"]
    assert len(list(sandboxed.quads(ASSERTED))) > 300


def test_foreign_graphs_are_seen_where_they_are_named(sandboxed: Sandboxed, folder: Path) -> None:
    query = "SELECT ?o { ?s <http://example.org/graph> ?o } ORDER BY ?o"
    with Sandboxed(folder, [f"{EX}mine"]) as store:
        both = store.answer(query, "stated")
    own = sandboxed.answer(query, "stated")
    assert isinstance(both, Solutions)
    assert isinstance(own, Solutions)
    assert [str(row[0]) for row in both.rows] == [f"<{EX}mine>", f"<{policy_graph('stated')}>"]
    assert own.rows == both.rows[1:]


def test_mistakes_come_back_typed_and_point_at_the_place(sandboxed: Sandboxed) -> None:
    with pytest.raises(QuerySyntax, match=r"\(at 2:\d+\)"):
        sandboxed.answer("SELECT * {\n ?s ?p }", "stated")
    with pytest.raises(QuerySyntax, match="xyz:"):
        sandboxed.answer("SELECT * { ?s xyz:p ?o }", "stated")
    with pytest.raises(QueryRefused):
        sandboxed.answer("DROP ALL", "stated")
    assert processes(sandboxed) == processes(sandboxed), "mistakes do not cost a worker"
    assert sandboxed.answer("ASK { }", "stated") is True


def test_no_update_passes_the_parser_either(sandboxed: Sandboxed, folder: Path) -> None:
    for text in ("DROP ALL", "INSERT DATA { <x:a> <x:b> <x:c> }", "DELETE WHERE { ?s ?p ?o }", "CLEAR DEFAULT"):
        with pytest.raises(QuerySyntax):
            sandboxed.sandbox.answer(text, [ASSERTED])
    assert len(EmbeddedStore.open(folder).store) > 300


def test_rows_beyond_the_limit_are_an_error_not_a_part(folder: Path) -> None:
    with Sandboxed(folder, limits=Limits(rows=10)) as store:
        for query in ("SELECT ?s { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
            with pytest.raises(QueryLimit, match="more than 10 rows") as error:
                store.answer(query, "stated")
            assert error.value.limit == "rows"
            assert "--limit 100 " in str(error.value)
        before = processes(store)
        ten = store.answer("SELECT ?s { ?s ?p ?o } LIMIT 10", "stated")
        same = store.answer("CONSTRUCT { <x:a> <x:b> <x:c> } WHERE { ?s ?p ?o }", "stated")
        assert processes(store) == before, "a limit of rows does not cost a worker"
    assert isinstance(ten, Solutions)
    assert len(ten.rows) == 10
    assert isinstance(same, Triples)
    assert len(same) == 1, "triples are counted once each"


def test_time_beyond_the_limit_kills_the_worker_and_the_next_one_answers(folder: Path) -> None:
    with Sandboxed(folder, limits=Limits(seconds=0.5)) as store:
        assert store.answer("ASK { }", "stated") is True
        (before,) = processes(store)
        with pytest.raises(QueryLimit, match=r"stopped after 0\.5 seconds") as error:
            store.answer(ENDLESS, "stated")
        assert error.value.limit == "time"
        assert "--timeout 1 " in str(error.value)
        assert processes(store) == []
        assert gone(before)
        assert store.answer("ASK { }", "stated") is True
        assert processes(store) != [before]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_memory_beyond_the_limit_ends_the_worker_and_the_next_one_answers(folder: Path) -> None:
    doubling = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(24))
    with Sandboxed(folder, limits=Limits(memory=100 * MIB)) as store:
        with pytest.raises(QueryLimit, match="more than 100 MiB") as error:
            store.answer(f"SELECT (STRLEN(?x24) AS ?n) {{ BIND('0123456789' AS ?x0) {doubling} }}", "stated")
        assert error.value.limit == "memory"
        assert "--memory 200 " in str(error.value)
        assert store.answer("ASK { }", "stated") is True


def test_an_answer_too_large_to_hold_is_an_error(folder: Path) -> None:
    with Sandboxed(folder, limits=Limits(memory=256 * MIB)) as store:
        query = "SELECT ?x { BIND('" + "x" * 90_000 + "' AS ?x) ?a ?b ?c . ?d ?e ?f }"
        with pytest.raises(QueryLimit, match="larger than 32 MiB") as error:
            store.answer(query, "stated")
    assert error.value.limit == "size"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_a_worker_that_has_used_much_memory_is_replaced(folder: Path) -> None:
    number = f"<{EX}number>"
    rows = f"{{ SELECT * {{ ?a {number} ?i . ?b {number} ?j }} LIMIT 3600 }}"
    query = f"SELECT ?x {{ {rows} BIND(CONCAT(STR(?i), ' ', STR(?j), '{'x' * 90_000}') AS ?x) }} ORDER BY ?x LIMIT 1"
    with Sandboxed(folder, limits=Limits(memory=400 * MIB)) as store:
        store.answer("ASK { }", "stated")
        (before,) = processes(store)
        assert isinstance(store.answer(query, "stated"), Solutions)
        assert before not in processes(store)
        assert gone(before)


def test_a_query_that_breaks_the_engine_is_refused_and_the_next_one_is_answered(folder: Path) -> None:
    with Sandbox(folder) as sandbox:
        with pytest.raises(QueryRefused, match="the engine cannot hold the query"):
            sandbox.answer("SELECT * " + "{" * 50_000 + "}" * 50_000, [ASSERTED])
        assert sandbox.answer("ASK { }", [ASSERTED]) is True


def test_a_worker_stays_for_further_queries(sandboxed: Sandboxed) -> None:
    sandboxed.answer("ASK { }", "stated")
    before = processes(sandboxed)
    for _ in range(20):
        sandboxed.answer("ASK { }", "stated")
    assert processes(sandboxed) == before
    assert len(before) == 1


def test_neighbours_answer_while_one_is_being_stopped(folder: Path) -> None:
    with Sandboxed(folder, limits=Limits(seconds=3), workers=3) as store, ThreadPoolExecutor(4) as threads:
        stopped = threads.submit(store.answer, ENDLESS, "stated")
        for _ in range(10):
            assert all(threads.map(lambda _: store.answer("ASK { ?s ?p ?o }", "stated"), range(4)))
        assert isinstance(stopped.exception(120), QueryLimit)
        assert len(processes(store)) <= 3


def test_many_threads_share_few_workers(folder: Path) -> None:
    def numbered(i: int) -> bool:
        answer = store.answer(f"SELECT ?s {{ ?s <{EX}number> {i} }}", "stated")
        return isinstance(answer, Solutions) and str(answer.rows[0][0]) == f"<{EX}alphamide-{i}>"

    with Sandboxed(folder, workers=2) as store, ThreadPoolExecutor(16) as threads:
        assert all(threads.map(numbered, range(200)))
        assert len(processes(store)) <= 2


def test_closing_ends_what_runs(folder: Path) -> None:
    store = Sandboxed(folder, workers=2)
    store.answer("ASK { }", "stated")
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(store.answer, ENDLESS, "stated")
        while not any(worker not in store.sandbox._idle for worker in store.sandbox._alive):
            time.sleep(0.01)
        numbers = processes(store)
        store.close()
        store.close()
        assert isinstance(running.exception(60), InputUnreadable)
    assert all(gone(number) for number in numbers)
    assert processes(store) == []
    with pytest.raises(InputUnreadable, match="closed"):
        store.answer("ASK { }", "stated")


def test_a_sandbox_that_nobody_holds_ends_its_workers(folder: Path) -> None:
    sandbox = Sandbox(folder)
    sandbox.answer("ASK { }", [ASSERTED])
    (worker,) = sandbox._alive
    number = worker.process.pid
    del sandbox, worker
    gc.collect()
    assert gone(number)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What runs in the background of a shell is born with the signal ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_kills_the_worker_at_once(folder: Path) -> None:
    with Sandboxed(folder, limits=Limits(seconds=600)) as store:
        store.answer("ASK { }", "stated")
        (number,) = processes(store)
        main = threading.main_thread().ident
        assert main is not None
        timer = threading.Timer(0.5, signal.pthread_kill, (main, signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            store.answer(ENDLESS, "stated")
        timer.join()
        assert gone(number)
        assert store.answer("ASK { }", "stated") is True


PARENT = """
import os, sys, threading, time
from pathlib import Path
from moagraph.sandbox import Sandbox, Limits
sandbox = Sandbox(Path(sys.argv[1]), Limits(seconds=600))
sandbox.answer("ASK {{ }}", [])
(worker,) = sandbox._alive
print(worker.process.pid, flush=True)
threading.Thread(target=sandbox.answer, args=({query!r}, [{graph!r}]), daemon=True).start()
time.sleep(0.3)
{end}
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "raise SystemExit"])
def test_workers_die_with_their_parent(folder: Path, end: str) -> None:
    code = PARENT.format(query=ENDLESS, graph=ASSERTED, end=end)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True, timeout=120, check=False
    )
    assert gone(int(done.stdout))


def test_a_worker_gets_no_secrets_and_no_descriptors(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOAGRAPH_TOKEN", "a secret")
    started: list[dict[str, Any]] = []
    start: Callable[..., Any] = subprocess.Popen

    def watched(*args: Any, **options: Any) -> Any:
        started.append({"args": args, **options})
        return start(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    (tmp_path / "open").touch()
    with (tmp_path / "open").open("rb") as file, Sandboxed(folder) as store:
        os.set_inheritable(file.fileno(), True)
        store.answer("ASK { }", "stated")
        (options,) = started
        assert set(options["env"]) <= {"SYSTEMROOT"}
        assert "secret" not in repr(options)
        assert options.get("close_fds", True) is True
        assert "preexec_fn" not in options
        (number,) = processes(store)
        try:
            held = [str(entry.readlink()) for entry in Path(f"/proc/{number}/fd").iterdir()]
        except OSError:
            return
        assert held, "the probe sees descriptors"
        assert not [path for path in held if path == str(tmp_path / "open")]
        assert not [path for path in held if path.startswith("socket:")]


CONFINED = """
import os, socket, sys, threading
from moagraph.sandbox.confine import forbid_system_calls, limit_resources
before = socket.socketpair()
print(limit_resources(300 * 2**20), forbid_system_calls())
tries = {
    "socket": lambda: socket.socket(),
    "socket pair": lambda: socket.socketpair(),
    "connected socket": lambda: before[0].sendmsg([b"x"]),
    "fork": lambda: os.fork() or os._exit(0),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "write": lambda: open(sys.argv[1], "wb"),
    "append": lambda: open(sys.argv[1], "ab"),
    "remove": lambda: os.remove(sys.argv[2]),
    "rename": lambda: os.rename(sys.argv[2], sys.argv[1]),
    "folder": lambda: os.mkdir(sys.argv[1]),
    "mode": lambda: os.chmod(sys.argv[2], 0o777),
    "kill": lambda: os.kill(os.getppid(), 0),
    "link": lambda: os.link(sys.argv[2], sys.argv[1]),
    "limits": lambda: __import__("resource").setrlimit(7, (9, 9)),
}
for name, attempt in tries.items():
    try:
        attempt()
        print("could", name)
    except (OSError, ValueError):
        pass
open(sys.argv[2], "rb").read()
os.kill(os.getpid(), 0)
thread = threading.Thread(target=lambda: [print("could", n) for n in ("thread socket",) if not refused()])
def refused():
    try:
        socket.socket()
    except OSError:
        return True
    return False
thread.start()
thread.join()
try:
    bytearray(400 * 2**20)
    print("could allocate")
except MemoryError:
    pass
print("done")
"""


@pytest.mark.skipif(not FILTERED, reason="system calls are filtered on Linux, x86_64 and aarch64")
def test_a_worker_can_do_little_else(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "there").write_text("there")
    done = subprocess.run(
        [sys.executable, "-c", CONFINED, str(tmp_path / "new"), str(tmp_path / "there")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split("\n") == ["True True", "done", ""], done.stderr
    assert not (tmp_path / "new").exists()
    with Sandboxed(folder) as store:
        store.answer("ASK { }", "stated")
        (worker,) = store.sandbox._alive
        assert worker.confined == {"memory": True, "calls": True}


@pytest.mark.skipif(not FILTERED, reason="system calls are filtered on Linux, x86_64 and aarch64")
def test_without_the_screen_a_worker_still_reaches_no_network(folder: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening, Sandbox(folder) as sandbox:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(MoagraphError):
                sandbox.answer(f"SELECT * {{ SERVICE <http://{host}:{port}/> {{ ?s ?p ?o }} }}", [ASSERTED])
        with pytest.raises(TimeoutError):
            listening.accept()


def test_limits_must_allow_something() -> None:
    for limits in ({"seconds": 0}, {"rows": 0}, {"memory": MIB}, {"seconds": float("nan")}):
        with pytest.raises(QueryRefused, match="at least"):
            Limits(**limits)


def test_a_folder_without_a_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="CURRENT"):
        Sandboxed(tmp_path / "nothing")
    with Sandbox(tmp_path / "nothing") as sandbox, pytest.raises(InputUnreadable, match="no worker can open"):
        sandbox.answer("ASK { }", [ASSERTED])
    assert not (tmp_path / "nothing").exists()
