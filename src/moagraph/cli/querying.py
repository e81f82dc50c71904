"""The command that runs raw SPARQL."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moagraph.cli.options import ANSWER_FORMATS, BY_READER, GRAPH_FORMATS, graph_options, iris_option, output_options
from moagraph.cli.output import format_for, print_table, write_out
from moagraph.errors import InputUnreadable

if TYPE_CHECKING:
    from moagraph.api import Graph
    from moagraph.store import Triples
    from moagraph.table import Table


@click.command()
@click.argument("query", metavar="FILE|-|TEXT")
@click.option("--time", "timed", is_flag=True, help="Say how long the answer took.")
@click.option("--explain", is_flag=True, help="Show how the query is understood, instead of running it.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), help="[default: 30]")
@click.option(
    "--limit", metavar="ROWS", type=click.IntRange(min=1), help="Most rows, else an error. [default: 100000]"
)
@click.option("--memory", metavar="MIB", type=click.IntRange(min=64), help="Most memory. [default: 2048]")
@graph_options
@output_options(*ANSWER_FORMATS, *GRAPH_FORMATS, default=f"{BY_READER}; turtle of graphs")
@iris_option
def sparql(
    query: str,
    timed: bool,
    explain: bool,
    timeout: float | None,
    limit: int | None,
    memory: int | None,
    graph: Callable[[], Graph],
    format_: str | None,
    output: str,
    iris: bool,
) -> None:
    """Run a SPARQL query from a file, from standard input (-) or given as text; known prefixes need no PREFIX.

    SELECT gives a table, of which srj and srx are SPARQL's own formats in JSON and XML; CONSTRUCT and DESCRIBE a
    graph, as turtle, ntriples, jsonld or rdfxml; ASK true or false.
    """
    import time

    text = _text(query)
    opened = graph()
    if explain:
        from moagraph.plan import plan
        from moagraph.screen import refuse_unsafe

        refuse_unsafe(text)
        write_out(plan(text, opened.store, opened.policy), output)
        return
    from moagraph.sandbox import Limits

    usual = Limits()
    limits = Limits(timeout or usual.seconds, limit or usual.rows, memory * 2**20 if memory else usual.memory)
    start = time.perf_counter()
    answer = opened.sparql(text, limits)
    taken = time.perf_counter() - start
    _print(answer, format_, output, iris)
    if timed:
        size = "" if isinstance(answer, bool) else f" for {len(answer):,} rows or triples"
        click.echo(f"{taken:.3f} s{size}", err=True)


def _text(query: str) -> str:
    """Gives the text of a query that is named by a file, by `-`, or is given itself."""
    if query == "-":
        return sys.stdin.read()
    if query.endswith(".rq") or _is_file(query):
        try:
            return Path(query).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnreadable(f"cannot read {query}: {getattr(error, 'strerror', None) or error}") from None
    return query


def _is_file(query: str) -> bool:
    """Tells whether a text names a file; one that is too long for a name does not."""
    try:
        return "\n" not in query and Path(query).is_file()
    except OSError:
        return False


def _print(answer: Table | Triples | bool, format_: str | None, output: str, iris: bool) -> None:
    from moagraph import graphs
    from moagraph import table as tables

    if isinstance(answer, tables.Table):
        print_table(answer, format_, output, iris)
    elif isinstance(answer, bool):
        write_out(tables.truth(answer, format_for(format_, output, tables.EXTENSIONS, "text")), output)
    else:
        chosen = format_for(format_, output, graphs.EXTENSIONS, "turtle")
        write_out(answer.to(chosen), output)
