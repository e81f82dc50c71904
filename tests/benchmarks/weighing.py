"""Measures the whole build under all policies, and the commands that weigh evidence, each as a process of its own.

    python tests/benchmarks/weighing.py                          # the real data
    python tests/benchmarks/weighing.py --claims 10000 100000    # and generated data, with the peak of memory

It prints Markdown. Read the times as ratios: they are taken in turn on the same machine in the same minutes. It is no
test, and nothing passes or fails by it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from generate import pieces, write_files
from run import ROOT, SCRIPT, alternately, process, row, seconds

COMMANDS: dict[str, list[str]] = {
    "`moagraph policy diff` of two policies": ["policy", "diff", "stated", "everything"],
    "`moagraph why` of two compounds": ["why", "cortexin", "cerebrolysin"],
    "`moagraph what-if` without a reference": ["what-if", "--without", "reference:kurkin-2021"],
}
"""What issue 5 wants under a second, with the store built."""

BUILD = """
import sys
from pathlib import Path
from moagraph.build import built
from moagraph.places import Places
built(Places.at(Path(sys.argv[1])), Path(sys.argv[2]), lambda step: print(step, file=sys.stderr, flush=True))
"""
"""What `moagraph build` does, telling its steps as it does on a terminal."""

TRIPLES_OF_A_CLAIM = 39.2
"""Of generated data: 104,046 triples have 2,652 claims."""


class Run(NamedTuple):
    """What one process took.

    Attributes:
        wall: seconds on the wall.
        processor: seconds of the processor.
        peak: most memory, in MB.
        phases: what it said that it did, with the seconds until it said the next thing.
    """

    wall: float
    processor: float
    peak: float
    phases: list[tuple[str, float]]


def measured(words: list[str], env: dict[str, str]) -> Run:
    """Runs a command once and gives what it took.

    Raises:
        SystemExit: it failed; says why.
    """
    start = time.perf_counter()
    said: list[tuple[float, str]] = []
    child = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    for line in child.stderr:
        said.append((time.perf_counter(), line.strip()))
    _, status, usage = os.wait4(child.pid, 0)
    end = time.perf_counter()
    if status:
        raise SystemExit("\n".join(line for _, line in said))
    ends = [*(at for at, _ in said[1:]), end]
    phases = [(line, after - at) for (at, line), after in zip(said, ends, strict=True)] if said else []
    return Run(end - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, phases)


@contextmanager
def project(policies: list[str] | None = None, triples: int | None = None, seed: int = 1) -> Iterator[Path]:
    """Gives a folder with the real ontology and queries, and the real data or generated ones.

    Args:
        policies: names of those that are kept; all unless given.
        triples: about how many triples are generated; the real data unless given.
        seed: what chance starts from.
    """
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for name in ("ontology", "queries", *(["data"] if triples is None else [])):
            shutil.copytree(ROOT / name, root / name)
        if policies is not None:
            for path in (root / "ontology" / "policy").glob("*.rq"):
                if path.stem not in policies:
                    path.unlink()
        if triples is not None:
            write_files(pieces(triples, seed, []), root)
        yield root


def cold(root: Path, env: dict[str, str]) -> Callable[[], object]:
    """Gives an action that builds a project into an empty cache."""

    def build() -> None:
        with tempfile.TemporaryDirectory() as cache:
            process([SCRIPT, "build", "--root", str(root)], {**env, "MOAGRAPH_CACHE": cache})()

    return build


def real(env: dict[str, str], runs: int) -> Iterator[str]:
    """The build of the real data and the commands that weigh it."""
    base = statistics.median(seconds(process([sys.executable, "-c", "pass"], env), 9))
    names = sorted(path.stem for path in (ROOT / "ontology" / "policy").glob("*.rq"))
    yield "| whole process | median ms | range | times `python -c pass` |\n|---|---:|---:|---:|"
    with project() as every, project(["stated"]) as one:
        all_of_them, single = alternately(cold(every, env), cold(one, env), runs)
    yield row(f"`moagraph build`, cold, {len(names)} policies, pySHACL included", all_of_them, base)
    yield row("the same with one policy", single, base)
    yield row("`moagraph check` by pySHACL", seconds(process([SCRIPT, "check"], env), runs), base)
    asked = seconds(process([SCRIPT, "ask", "unstudied-indications"], env), runs)
    yield row("`moagraph ask unstudied-indications`, cached", asked, base)
    skipped = []
    for name, words in COMMANDS.items():
        verbs = [word for word in words if word.isalpha() or word == "what-if"][: 2 if words[0] == "policy" else 1]
        there = subprocess.run([SCRIPT, *verbs, "--help"], env=env, capture_output=True, text=True)
        if there.returncode:
            why = [line for line in there.stderr.splitlines() if line.strip()]
            skipped.append(f"Skipped: {name}: {why[-1].strip() if why else 'it failed'}")
            continue
        yield row(name, seconds(process([SCRIPT, *words], env), runs), base)
    if len(names) > 1:
        more = (statistics.median(all_of_them) - statistics.median(single)) / (len(names) - 1)
        yield f"\nEach further policy takes {more * 1000:.0f} ms."
    yield from (f"\n{line}" for line in skipped)


def generated(claims: list[int], env: dict[str, str]) -> Iterator[str]:
    """The build of generated data, once for each size, and whether it is linear."""
    yield "| claims | triples | files | s | processor s | peak MB | processor s for 1,000 | ratio | longest steps |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---|"
    first = 0.0
    for wanted in claims:
        with project(triples=round(wanted * TRIPLES_OF_A_CLAIM)) as root, tempfile.TemporaryDirectory() as cache:
            run = measured([sys.executable, "-c", BUILD, str(root), cache], env)
            (manifest,) = Path(cache).glob("*/manifest.json")
            known = json.loads(manifest.read_text("utf-8"))
        looked_at, quads = known["looked_at"], known["quads"]
        each = run.processor / looked_at["claims"] * 1000
        first = first or each
        steps = sorted(run.phases, key=lambda phase: -phase[1])[:3]
        yield (
            f"| {looked_at['claims']:,} | {quads['asserted']:,} | {looked_at['files']:,} | {run.wall:.1f} "
            f"| {run.processor:.1f} | {run.peak:,.0f} | {each:.2f} | {each / first:.2f} "
            f"| {'; '.join(f'{name} {taken:.1f} s' for name, taken in steps)} |"
        )


def main() -> None:
    """Prints the measurements; a hang ends the run after two hours."""
    signal.alarm(7200)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--claims", type=int, nargs="*", default=[], help="sizes of generated data (none)")
    parser.add_argument("--runs", type=int, default=3, help="how many runs a median is of, of the real data (3)")
    words = parser.parse_args()
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as cache:
        for line in real({**env, "MOAGRAPH_CACHE": cache}, words.runs):
            print(line, flush=True)
    if words.claims:
        print(f"\nOnce each; load of the machine at the start {os.getloadavg()[0]:.1f}.\n", flush=True)
        for line in generated(words.claims, env):
            print(line, flush=True)


if __name__ == "__main__":
    main()
