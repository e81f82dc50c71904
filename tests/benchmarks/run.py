"""Measures start-up, a cached answer, a cold build, and each named query on Oxigraph against rdflib, in one run.

Run it with `python tests/benchmarks/run.py`; it prints Markdown. Read the times as ratios: they are taken in turn
on the same machine in the same minutes. It is no test, and nothing passes or fails by it.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SCRIPT = str(Path(sys.executable).parent / "moagraph")
ASK = [SCRIPT, "ask", "shared-mechanisms", "compound=cortexin"]

RDFLIB_ALONE = f"""
import pathlib, rdflib
graph = rdflib.Graph()
for path in [*pathlib.Path({str(ROOT)!r}).glob("data/**/*.ttl"), *pathlib.Path({str(ROOT)!r}).glob("ontology/*.ttl"),
             *pathlib.Path({str(ROOT)!r}).glob("ontology/scheme/*.ttl")]:
    graph.parse(path, format="turtle")
derived = pathlib.Path({{derived!r}})
graph.parse(derived, format="nt")
query = pathlib.Path({{query!r}}).read_text()
for row in graph.query(query):
    print(*row, sep="\\t")
"""


Clock = Callable[[], float]


def seconds(action: Callable[[], object], runs: int, clock: Clock = time.perf_counter) -> list[float]:
    """Gives the seconds of each run by a clock, that on the wall unless given, after a run that is not counted."""
    action()
    return [seconds_of(action, clock) for _ in range(runs)]


def seconds_of(action: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Gives the seconds of one run."""
    start = clock()
    action()
    return clock() - start


def alternately(one: Callable[[], object], other: Callable[[], object], runs: int) -> tuple[list[float], list[float]]:
    """Gives the wall seconds of two actions taken in turn, so that a busy minute strikes both alike."""
    both = [(seconds(one, 1), seconds(other, 1)) for _ in range(runs)]
    return [a for first, _ in both for a in first], [b for _, second in both for b in second]


def process(words: list[str], env: dict[str, str], code: int = 0) -> Callable[[], object]:
    """Gives an action that runs a command as a whole process, which must end with an exit code.

    It waits without a timeout, since waiting with one polls every 50 ms and would be measured too.
    """

    def run() -> None:
        ended = subprocess.run(words, env=env, stdout=subprocess.DEVNULL, check=False).returncode
        assert ended == code, f"{' '.join(words)} ended with {ended}"

    return run


def row(name: str, taken: list[float], base: float | None = None) -> str:
    """Gives a line of a Markdown table: median, range, and the ratio to a base."""
    median = statistics.median(taken)
    ratio = f"{median / base:.1f}" if base else "1"
    return f"| {name} | {median * 1000:.1f} | {min(taken) * 1000:.1f} to {max(taken) * 1000:.1f} | {ratio} |"


def whole_processes(env: dict[str, str], derived: Path, bound: Path) -> None:
    """Prints what whole processes take, beside a bare interpreter and beside rdflib alone."""
    bare = seconds(process([sys.executable, "-c", "pass"], env), 15)
    base = statistics.median(bare)
    code = RDFLIB_ALONE.format(derived=str(derived), query=str(bound))
    print("| whole process | median ms | range | times `python -c pass` |\n|---|---:|---:|---:|")
    print(row("`python -c pass`", bare))
    print(row("`moagraph --help`", seconds(process([SCRIPT, "--help"], env), 15), base))
    asked = seconds(process(ASK, env), 15)
    print(row("`moagraph ask`, cached", asked, base))
    alone = seconds(process([sys.executable, "-c", code], env), 3)
    print(row("rdflib alone: parse the same files, ask the same query", alone, base))

    def cold() -> None:
        with tempfile.TemporaryDirectory() as cache:
            process([SCRIPT, "build"], {**env, "MOAGRAPH_CACHE": cache})()

    print(row("`moagraph build`, cold (read, check, derive, write)", seconds(cold, 3), base))
    print(row("`moagraph check`", seconds(process([SCRIPT, "check"], env), 3), base))
    compare = [SCRIPT, "compare", "cortexin", "cerebrolysin"]
    print(row("`moagraph compare` of two compounds, cached", seconds(process(compare, env), 5), base))
    between = [SCRIPT, "policy", "diff", "stated", "everything"]
    print(row("`moagraph policy diff` of two policies, cached", seconds(process(between, env, 1), 5), base))
    lost = [SCRIPT, "what-if", "--without", "reference:kurkin-2021"]
    print(row("`moagraph what-if` without one publication, cached", seconds(process(lost, env, 1), 5), base))
    if env.get("MOAGRAPH_SOURCES"):
        print(row("`moagraph audit` of all documents, cached", seconds(process([SCRIPT, "audit"], env), 5), base))
    times = statistics.median(alone) / statistics.median(asked)
    print(f"\nA cached `ask` is {times:.0f} times as fast as rdflib alone.\n")


def queries(derived: Path, bound: Path) -> None:
    """Prints what each named query takes in-process on the embedded store and on rdflib."""
    import rdflib

    import moagraph
    from moagraph.names import PREFIXES

    graph = moagraph.open(ROOT)
    theirs = graph.to_rdflib()
    lines = [f"{t} .\n" for t in graph.store.quads("https://w3id.org/moagraph/policy/stated")]
    derived.write_text("".join(lines), "utf-8")
    theirs.parse(derived, format="nt")
    print("| query | rows | Oxigraph ms | rdflib ms | ratio |\n|---|---:|---:|---:|---:|")
    for name, query in graph.library.queries.items():
        values = {p.name: list(p.examples) if p.many else p.example for p in query.params if p.required}
        text = graph.library.bound(name, values)
        if name == "shared-mechanisms":
            bound.write_text(text, "utf-8")
        ours = statistics.median(seconds(lambda n=name, v=values: graph.ask(n, **v), 5))  # type: ignore[misc]
        rdf = statistics.median(seconds(lambda t=text: list(theirs.query(t, initNs=PREFIXES)), 1))  # type: ignore[misc]
        rows = len(graph.ask(name, **values))
        assert rows == len(list(theirs.query(text, initNs=dict(PREFIXES)))), f"{name}: the engines differ"
        print(f"| {name} | {rows} | {ours * 1000:.1f} | {rdf * 1000:.1f} | {rdf / ours:.0f} |")
    assert isinstance(theirs, rdflib.Graph)


def main() -> None:
    """Prints all measurements; a hang ends the run after twenty minutes."""
    signal.alarm(1200)
    with tempfile.TemporaryDirectory() as folder:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env["MOAGRAPH_CACHE"] = os.environ["MOAGRAPH_CACHE"] = str(Path(folder) / "cache")
        derived, bound = Path(folder) / "derived.nt", Path(folder) / "bound.rq"
        queries(derived, bound)
        print()
        whole_processes(env, derived, bound)


if __name__ == "__main__":
    main()
