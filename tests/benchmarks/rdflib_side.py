"""rdflib's side of a benchmark, in a process of its own that can be killed: jobs come in as JSON, answers go out.

Run as `python rdflib_side.py FILE…`: reads a JSON list of jobs from stdin, parses the files of N-Triples into one
graph, and writes one JSON object for each job to stdout. A job has a `name`, a `query`, how many `runs` to take and
after how many seconds to give up (`limit`). The job `turtle` takes the time of writing the graph as Turtle.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn


class OverLimitError(Exception):
    """A job took longer than it may."""


def answers(files: Sequence[Path], jobs: Sequence[dict[str, Any]], limit: float) -> Iterator[dict[str, Any]]:
    """Gives for each job its `seconds`, one for each run, and `rows`; `over` instead where it hit its limit.

    Args:
        files: what to parse.
        jobs: what to do, see above.
        limit: seconds after which the whole process is killed.
    """
    words = [sys.executable, __file__, *map(str, files)]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(list(jobs)))
        child.stdin.close()
        end = time.monotonic() + limit
        for line in child.stdout:
            yield json.loads(line)
            if time.monotonic() > end:
                break
    finally:
        child.kill()
        child.wait()


def main() -> None:
    """Does the jobs that stdin asks for."""
    import rdflib

    from moagraph.names import PREFIXES

    def give_up(*_: object) -> NoReturn:
        raise OverLimitError

    signal.signal(signal.SIGALRM, give_up)
    jobs = json.load(sys.stdin)
    graph = rdflib.Graph(bind_namespaces="none")
    for path in sys.argv[1:]:
        graph.parse(path, format="nt")
    for job in jobs:
        taken: list[float] = []
        rows = 0
        signal.setitimer(signal.ITIMER_REAL, job["limit"])
        try:
            for _ in range(job["runs"]):
                start = time.perf_counter()
                if job["name"] == "turtle":
                    rows = len(graph.serialize(format="turtle"))
                else:
                    rows = len(list(graph.query(job["query"], initNs=dict(PREFIXES))))
                taken.append(time.perf_counter() - start)
        except OverLimitError:
            pass
        signal.setitimer(signal.ITIMER_REAL, 0)
        answer = {"seconds": taken, "rows": rows} if taken else {"over": job["limit"]}
        print(json.dumps({"name": job["name"], **answer}), flush=True)


if __name__ == "__main__":
    main()
