"""A hundred hostile queries, and random ones, neither hang, leak, crash nor reach out; neighbours answer meanwhile.

The queries are in `hostile.py`. They are run side by side, since most of those that are stopped only wait.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostile import AWAY, EX, HEAVY, HOSTILE, PORT, Hostile
from listening import Listener
from moagraph.errors import MoagraphError, QueryLimit, QueryRefused, QuerySyntax
from moagraph.names import ASSERTED
from moagraph.sandbox import Limits, Sandboxed
from moagraph.screen import refuse_unsafe
from moagraph.store import Solutions

MIB = 1024 * 1024
SECONDS = 2.0
LIMITS = Limits(seconds=SECONDS, rows=1_000, memory=300 * MIB)


def held(what: str) -> int:
    """Gives what the kernel says this process holds, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    raise AssertionError(what)


def children() -> list[str]:
    """Gives the processes that this one has started and that have not been waited for."""
    return " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()


def descriptors() -> int:
    """Gives how many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented store that is built to be nasty: a ring of 2,000, a complete graph of 60, long strings."""
    path = tmp_path_factory.mktemp("hostile") / "store"
    store = ox.Store(str(path))
    asserted, next_, to, note = (ox.NamedNode(iri) for iri in (ASSERTED, f"{EX}next", f"{EX}to", f"{EX}note"))
    ring = [ox.NamedNode(f"{EX}alphamide-{i}") for i in range(2_000)]
    complete = [ox.NamedNode(f"{EX}beta-receptor-{i}") for i in range(60)]
    store.bulk_extend(ox.Quad(ring[i], next_, ring[(i + 1) % len(ring)], asserted) for i in range(len(ring)))
    store.bulk_extend(ox.Quad(a, to, b, asserted) for a in complete for b in complete)
    store.bulk_extend(ox.Quad(ring[i], note, ox.Literal("a" * 100_000 + "b" * i), asserted) for i in range(5))
    store.flush()
    del store
    gc.collect()
    return path


class Outcome(NamedTuple):
    """How a hostile query ended, whether a neighbour was answered after it, and how long it took."""

    end: str
    message: str
    neighbour: bool
    seconds: float


@pytest.fixture(scope="module")
def outcomes(folder: Path, listener: Listener) -> dict[Hostile, Outcome]:
    """All hostile queries, run side by side, and what was left behind."""

    def run(hostile: Hostile) -> Outcome:
        started = time.monotonic()
        end, message = "answered", ""
        try:
            answer = store.answer(hostile.text.replace(f":{PORT}/", f":{listener.port}/"), "stated")
            assert len(answer.rows if isinstance(answer, Solutions) else str(answer)) >= 0
        except QueryLimit as error:
            end, message = "limit", str(error)
        except (QueryRefused, QuerySyntax) as error:
            end, message = "refused", str(error)
        except Exception as error:
            end, message = "crashed", repr(error)
        took = time.monotonic() - started
        neighbour = neighbours.answer(f"SELECT ?o {{ <{EX}alphamide-7> <{EX}next> ?o }}", "stated")
        fine = isinstance(neighbour, Solutions) and str(neighbour.rows[0][0]) == f"<{EX}alphamide-8>"
        return Outcome(end, message, fine, took)

    with (
        Sandboxed(folder, limits=LIMITS, workers=6) as store,
        Sandboxed(folder, limits=Limits(seconds=120), workers=2) as neighbours,
        ThreadPoolExecutor(6) as threads,
    ):
        return dict(zip(HOSTILE, threads.map(run, HOSTILE), strict=True))


def test_a_hundred_queries_are_hostile() -> None:
    assert len(HOSTILE) >= 100
    assert len({hostile.why for hostile in HOSTILE}) == len(HOSTILE)
    assert all(set(hostile.ends.split()) <= {"refused", "limit", "answered"} for hostile in HOSTILE)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.why)
def test_hostile_queries_end_as_they_must(outcomes: dict[Hostile, Outcome], hostile: Hostile) -> None:
    outcome = outcomes[hostile]
    assert outcome.end in hostile.ends.split(), outcome.message
    assert outcome.neighbour
    assert outcome.seconds < 60
    if outcome.end != "answered":
        assert "fix:" in outcome.message
        assert len(outcome.message) < 2_000


def test_nobody_was_reached(outcomes: dict[Hostile, Outcome], listener: Listener) -> None:
    assert outcomes
    assert listener.connections == 0
    # The probe sees who comes.
    query = f"SELECT * {{ {AWAY.replace(f':{PORT}/', f':{listener.port}/')} }}"
    with pytest.raises(OSError):  # noqa: PT011 - what it says depends on the moment
        list(ox.Store().query(query))  # type: ignore[arg-type]
    end = time.monotonic() + 60
    while listener.connections == 0 and time.monotonic() < end:
        time.sleep(0.01)
    assert listener.connections > 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_nothing_is_left_behind(folder: Path, outcomes: dict[Hostile, Outcome]) -> None:
    assert outcomes, "what follows is measured again after they have run once"
    gc.collect()
    temporary = set(Path(tempfile.gettempdir()).iterdir())
    before, open_ = held("VmRSS"), descriptors()
    others = set(children())
    _run_again(folder, others)
    # The files of the store that labels are read from are let go with it.
    gc.collect()
    assert not set(children()) - others
    assert descriptors() <= open_ + 1
    assert not {path for path in set(Path(tempfile.gettempdir()).iterdir()) - temporary if "moagraph" in path.name}
    assert held("VmRSS") - before < 150 * 1024


def _run_again(folder: Path, others: set[str]) -> None:
    heavy = [hostile for hostile in HEAVY if hostile.ends == "limit"][::4]
    assert len(heavy) > 5
    with Sandboxed(folder, limits=LIMITS, workers=4) as store, ThreadPoolExecutor(4) as threads:

        def stopped(hostile: Hostile) -> bool:
            with pytest.raises(QueryLimit):
                store.answer(hostile.text, "stated")
            return True

        assert all(threads.map(stopped, heavy))
        store.answer("ASK { }", "stated")
        assert set(children()) - others, "the probe sees workers"


WORDS = (
    "SELECT ASK CONSTRUCT DESCRIBE WHERE OPTIONAL UNION MINUS FILTER BIND AS VALUES UNDEF GRAPH EXISTS NOT IN GROUP "
    "BY HAVING ORDER LIMIT OFFSET DISTINCT COUNT GROUP_CONCAT CONCAT REGEX REPLACE STR IF COALESCE BNODE RAND UUID "
    "true PREFIX BASE LATERAL SERVICE FROM DROP a moa:p _:x : 'x' 1 1.5 @en ?a ?b ?c $d { } ( ) [ ] * + ? / | ^ ! . "
    "; , = < > <= && || - ^^ <<( )>> # ' \" \\ \ufffd"
)
TOKENS = [*WORDS.split(), "\n", f"<{EX}next>", f"<{EX}to>"]

PATTERNS = st.sampled_from(
    ["?a ?b ?c", f"?a <{EX}to>* ?c", f"?c (<{EX}next>|!moa:p)+ ?d", "OPTIONAL { ?a ?b ?d }", "{ ?a ?b ?c } UNION { }",
     "FILTER(?a != ?c)", "BIND(CONCAT(STR(?a), STR(?c)) AS ?e)", "VALUES ?a { 1 UNDEF }", "MINUS { ?a ?b 1 }",
     "{ SELECT ?a { ?a ?b ?c } ORDER BY ?c LIMIT 5 }", "GRAPH ?g { ?a ?b ?d }", "FILTER EXISTS { ?d ?b ?a }"]
)  # fmt: skip

QUERIES = st.one_of(
    st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join),
    st.lists(st.sampled_from(TOKENS), max_size=30).map("".join),
    st.lists(st.sampled_from(TOKENS), max_size=12).map(lambda soup: f"SELECT * {{ ?a ?b {' '.join(soup)} }}"),
    st.lists(PATTERNS, max_size=5).map(lambda parts: f"SELECT * {{ {' . '.join(parts)} }}"),
    st.text(max_size=40),
)


@pytest.fixture(scope="module")
def sandboxed(folder: Path) -> Iterator[Sandboxed]:
    with Sandboxed(folder, limits=Limits(seconds=0.5, rows=100, memory=100 * MIB), workers=1) as store:
        store.until = time.monotonic() + 10  # type: ignore[attr-defined]
        yield store


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=QUERIES)
def test_random_queries_neither_hang_nor_crash(sandboxed: Sandboxed, text: str) -> None:
    if time.monotonic() > sandboxed.until:  # type: ignore[attr-defined]
        return
    try:
        answer = sandboxed.answer(text, "stated")
    except MoagraphError:
        return
    assert refuse_unsafe(text)
    assert answer is not None
