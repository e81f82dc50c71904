"""The short way for plain questions: `ask NAME KEY=VALUE …` with a policy and a format, without click.

What says anything else goes to the commands, so that each option is described in one place.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from moagraph.errors import MoagraphError

_TAKES = {
    "--policy": "policy", "-f": "format", "--format": "format", "-o": "output", "--output": "output",
}  # fmt: skip
_LONG_WAY = ("_MOAGRAPH_COMPLETE", "MOAGRAPH_ENDPOINT")
"""Environment variables that only the commands know."""


def pairs(words: Sequence[str]) -> dict[str, str | list[str]] | None:
    """Gives the values of KEY=VALUE words by key, in a list where a key comes again; None if a word is not so.

    >>> pairs(["a=1", "b=2", "a=3"])
    {'a': ['1', '3'], 'b': '2'}
    """
    found: dict[str, list[str]] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            return None
        found.setdefault(key, []).append(value)
    # One value is no list: a list of one would get a column that says whose the rows are.
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def answered(words: Sequence[str]) -> int | None:
    """Answers a plain question and gives the exit code; None if the words, or the environment, say more than that."""
    if not words or words[0] != "ask" or any(name in os.environ for name in _LONG_WAY):
        return None
    options: dict[str, str] = {}
    plain: list[str] = []
    left = iter(words[1:])
    for word in left:
        if word in _TAKES:
            value = next(left, None)
            if value is None or value.startswith("-") or _TAKES[word] in options:
                return None
            options[_TAKES[word]] = value
        elif word == "--iris":
            options["iris"] = word
        elif word.startswith("-"):
            return None
        else:
            plain.append(word)
    values = pairs(plain[1:])
    if not plain or values is None:
        return None
    try:
        from moagraph import api
        from moagraph.cli.output import print_table, say

        graph = api.open(policy=options.get("policy", api.DEFAULT_POLICY), progress=say)
        table = graph.library.ask(plain[0], values)
        print_table(table, options.get("format"), options.get("output", "-"), "iris" in options)
    except MoagraphError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0
