"""The command line: words in, one call, print, exit code.

Data go to standard output, words to standard error. Exit codes: 0 fine, 1 findings, 2 asked wrongly or nothing to
look at, 3 input or output failed. Modules are imported by the command that needs them, so that help is fast; a plain
question is answered without click, whose import would take a quarter of the time.
"""

from __future__ import annotations

import os
import sys

from moagraph.cli.quick import answered


def main() -> None:
    """Runs the command line; mistakes of users end in one screen and an exit code, never in a traceback."""
    try:
        _leave(_run())
    except BrokenPipeError:
        # The reader of our output has gone: nothing is wrong, but nothing more may be written.
        os._exit(0)


def _run() -> int:
    code = answered(sys.argv[1:])
    if code is None:
        from moagraph.cli.commands import run

        code = run()
    return code


def _leave(code: int) -> None:
    """Ends the process at once: tearing down interpreter and store would cost more than an answer does."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
