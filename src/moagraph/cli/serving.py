"""The command that serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from moagraph.cli.options import graph_options

if TYPE_CHECKING:
    from moagraph.api import Graph


@click.command()
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address to be bound to.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--name", "names", multiple=True, metavar="HOST", help="Name to answer under, besides loopback's.")
@click.option("--origin", "origins", multiple=True, metavar="URL", help="Site whose pages may ask. [default: all]")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), help="[default: 30]")
@click.option("--limit", metavar="ROWS", type=click.IntRange(min=1), help="Most rows of an answer. [default: 100000]")
@click.option("--memory", metavar="MIB", type=click.IntRange(min=64), help="Most memory of a query. [default: 2048]")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Queries side by side.")
@graph_options
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    timeout: float | None,
    limit: int | None,
    memory: int | None,
    workers: int,
    graph: Callable[[], Graph],
) -> None:
    """Serve the graph to browsers and SPARQL clients, on this machine alone unless --host says otherwise.

    The endpoint is /sparql. It is read-only, and a query is ended at the limits. Stop with Control-C.
    """
    from moagraph.serve import Limits, Workbench, application
    from moagraph.serve.guard import LOOPBACK
    from moagraph.serve.running import listening, run

    usual = Limits()
    limits = Limits(timeout or usual.seconds, limit or usual.rows, memory * 2**20 if memory else usual.memory)
    bench = Workbench(graph(), limits, workers)
    with listening(host, port) as socket:
        bound, number = socket.getsockname()[:2]
        shown = f"[{bound}]" if ":" in bound else bound
        click.echo(
            f"moagraph: serving at http://{shown}:{number}/ — SPARQL at /sparql; stop with Control-C", err=True
        )
        run(application(bench, {*LOOPBACK, shown, *names}, origins or ("*",)), socket)
