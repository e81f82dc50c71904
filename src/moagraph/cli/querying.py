"""The command that runs raw SPARQL."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moagraph.cli.options import format_for, graph_options, iris_option, output_options, print_table, write_out
from moagraph.errors import InputUnreadable, UnknownFormat

if TYPE_CHECKING:
    from moagraph.api import Graph


@click.command()
@click.argument("query", metavar="FILE|-|TEXT")
@graph_options
@output_options
@iris_option
def sparql(query: str, graph: Callable[[], Graph], format_: str | None, output: str, iris: bool) -> None:
    """Run a SPARQL query from a file, from standard input (-) or given as text; known prefixes need no PREFIX."""
    from moagraph.store import Triples

    if query == "-":
        text = sys.stdin.read()
    elif query.endswith(".rq") or (len(query) < 1000 and Path(query).is_file()):
        try:
            text = Path(query).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnreadable(f"cannot read {query}: {getattr(error, 'strerror', None) or error}") from None
    else:
        text = query
    answer = graph().sparql(text)
    if isinstance(answer, bool):
        write_out("true\n" if answer else "false\n", output)
    elif isinstance(answer, Triples):
        from moagraph.turtle import write

        chosen = format_for(format_, output, {".ttl": "turtle"}, "turtle")
        if chosen != "turtle":
            raise UnknownFormat(chosen, ["turtle"])
        write_out(write(answer).decode("utf-8"), output)
    else:
        print_table(answer, format_, output, iris)
