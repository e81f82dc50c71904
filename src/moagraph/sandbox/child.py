"""What runs in a worker process: opens the store for reading, gives up what it does not need, and answers queries.

Frames go over standard input and output: a letter, the length, the content. It starts as a program of its own, never
by fork, and ends with its parent: when its input ends, or at the latest when the alarm of the last query rings.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from moagraph.sandbox.confine import forbid_system_calls, held, limit_resources

if TYPE_CHECKING:
    import pyoxigraph as ox

HEADER = struct.Struct(">cI")
READY, QUESTION, PART, END = b"R", b"Q", b"P", b"E"

GRACE = 2.0
"""Seconds after the limit of time at which a worker that nobody stopped stops itself."""


class _Full(Exception):
    """The answer has reached a limit. Its argument says which."""


class _Answer:
    """Takes the bytes of an answer, passes them on in frames, and stops at a limit.

    Every row of TSV and every triple of N-Triples is one line, so that rows are counted by their ends.
    """

    def __init__(self, to: BinaryIO, lines: int, size: int) -> None:
        self._to = to
        self._lines = lines
        self._size = size

    def write(self, content: bytes) -> int:
        self._lines -= content.count(b"\n")
        self._size -= len(content)
        if self._lines < 0:
            raise _Full("rows")
        if self._size < 0:
            raise _Full("size")
        send(self._to, PART, bytes(content))
        return len(content)

    def flush(self) -> None:
        """Does nothing: frames are flushed when they are sent."""


def send(to: BinaryIO, kind: bytes, content: bytes) -> None:
    """Writes one frame."""
    to.write(HEADER.pack(kind, len(content)) + content)
    to.flush()


def receive(source: BinaryIO, most: int) -> tuple[bytes, bytes] | None:
    """Gives letter and content of the next frame, or None where there is none, or one larger than `most`."""
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, length = HEADER.unpack(header)
    if length > most:
        return None
    content = source.read(length)
    return (kind, content) if len(content) == length else None


def main(settings: dict[str, Any]) -> None:
    """Serves until the input ends.

    Args:
        settings: `store` (folder), `prefixes` (known in every query), `seconds`, `rows`, `size` and `memory` (bytes).
    """
    # What anything else prints must not get between the frames.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb")
    # Control-C is sent to the whole group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    try:
        import pyoxigraph as ox

        store = ox.Store.read_only(settings["store"])
        threading.Thread(target=_listen, args=(source, questions), daemon=True).start()
        limited = limit_resources(settings["memory"])
        filtered = forbid_system_calls()
    except Exception as error:
        send(output, READY, json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        return
    send(output, READY, json.dumps({"memory": limited, "calls": filtered}).encode())
    fresh = held("VmData")
    while True:
        question = questions.get()
        _alarm(settings["seconds"] + GRACE)
        verdict = _answer(store, question, output, settings)
        _alarm(0)
        # What a query leaves behind would be taken from the next one.
        verdict["tired"] = held("VmData") - fresh > settings["memory"] // 2
        send(output, END, json.dumps(verdict).encode())


def _listen(source: BinaryIO, questions: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Takes questions, also while one is being answered; when the parent goes, so does this process."""
    while (frame := receive(source, 2**31)) is not None:
        questions.put(json.loads(frame[1]))
    os._exit(0)


def _alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        # By default the signal ends the process, whatever it is doing.
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _answer(store: ox.Store, question: dict[str, Any], output: BinaryIO, settings: dict[str, Any]) -> dict[str, Any]:
    """Sends the parts of an answer, and gives how it ended."""
    import pyoxigraph as ox

    rows, size = settings["rows"], settings["size"]
    try:
        answer = store.query(
            question["query"],
            prefixes=settings["prefixes"],
            default_graph=[ox.NamedNode(graph) for graph in question["graphs"]],
        )
        if isinstance(answer, ox.QueryBoolean):
            return {"form": "boolean", "value": bool(answer)}
        if isinstance(answer, ox.QueryTriples):
            answer.serialize(cast(BinaryIO, _Answer(output, rows, size)), format=ox.RdfFormat.N_TRIPLES)
            return {"form": "triples"}
        # One line more than rows: the names of the variables.
        answer.serialize(cast(BinaryIO, _Answer(output, rows + 1, size)), format=ox.QueryResultsFormat.TSV)
        return {"form": "solutions"}
    except _Full as limit:
        return {"error": "limit", "limit": str(limit)}
    except MemoryError:
        return {"error": "limit", "limit": "memory"}
    except SyntaxError as error:
        return {"error": "syntax", "message": str(error)}
    except BaseException as error:  # pyoxigraph's panics are no Exceptions
        return {"error": "engine", "message": str(error)}


def command(settings: dict[str, Any]) -> Sequence[str]:
    """Gives the command that starts a worker: this interpreter, isolated, with this process's path of modules."""
    code = "import json, sys; s = json.loads(sys.argv[1]); sys.path[:] = s.pop('path'); "
    code += "from moagraph.sandbox.child import main; main(s)"
    path = [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100 - `` means where we are
    return [sys.executable, "-I", "-S", "-X", "utf8", "-c", code, json.dumps({**settings, "path": path})]
