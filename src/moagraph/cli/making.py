"""Commands that bring the graph elsewhere: export, plot and push."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moagraph.cli import completing
from moagraph.cli.options import (
    endpoint_option,
    format_option,
    graph_options,
    output_option,
    policy_option,
    root_option,
    target_options,
)
from moagraph.cli.output import say
from moagraph.errors import UnknownFormat

if TYPE_CHECKING:
    from moagraph.api import Graph


EXPORTS = {
    "turtle": ("turtle", "triples"),
    "nquads": ("nquads", "quads"),
    "evidence": ("jsonl", "objects"),
    "ontology": ("turtle", "triples"),
    "void": ("turtle", "triples"),
    "service": ("turtle", "triples"),
    "release": ("release", "files"),
    "openapi": ("json", "queries"),
    "examples": ("turtle", "queries"),
    "mermaid": ("markdown", "drawings"),
    "grlc": ("grlc", "files"),
}
"""What can be exported, each by the module of that name: its format, and what its size is counted in."""

ADDRESSED = ("service", "openapi", "examples", "grlc")
"""The exports in which an address is named."""


@click.command()
@click.argument("what", metavar="|".join(EXPORTS), shell_complete=completing.words(*EXPORTS))
@output_option("File, or folder of a release or for grlc.", required=True)
@format_option("jsonl", help="jsonl, for evidence; the others have one each.")
@policy_option("Add what this policy derives (turtle), or leave out others (nquads).")
@click.option(
    "--endpoint-url",
    metavar="URL",
    default="",
    help="Where questions are sent to, for service, openapi, examples and grlc.",
)
@root_option
@endpoint_option
def export(
    what: str,
    output: str,
    format_: str | None,
    policy: str | None,
    endpoint_url: str,
    root: Path | None,
    endpoint: str | None,
) -> None:
    """Write the data, or what describes the queries, to a file or folder.

    turtle: what curators asserted, and with --policy what it derives; nquads: all graphs; evidence: one JSON object a
    line for each evidence line, absence and record; ontology: the vocabulary as it is published; void: what the data
    set holds; service: what a SPARQL endpoint of it understands; release: a folder with data, answers and checksums.

    Of the named queries: openapi: as a web service; examples: for SPARQL editors, as SIB has them; mermaid: drawings
    of their patterns; grlc: a folder for a grlc server.
    """
    from importlib import import_module

    from moagraph import api

    if what not in EXPORTS:
        raise UnknownFormat(what, EXPORTS)
    only, unit = EXPORTS[what]
    if format_ not in (None, only):
        raise UnknownFormat(str(format_), [only])
    exporter = import_module(f"moagraph.export.{what}")
    graph = api.open(root, policy=policy or api.DEFAULT_POLICY, endpoint=endpoint, progress=say)
    more = {"endpoint_url": endpoint_url} if what in ADDRESSED else {}
    number = exporter.export(graph, Path(output), graph.policy if policy is not None else None, **more)
    click.echo(f"wrote {number:,} {unit} to {output}", err=True)


@click.command()
@click.argument("url")
@target_options
@policy_option("Bring a policy of your own, or a combination, too; may be repeated.", several=True)
@root_option
def push(url: str, graph_store: str | None, update: str | None, policy: tuple[str, ...], root: Path | None) -> None:
    """Bring the built graph, with what is derived under each policy, to the SPARQL endpoint at URL.

    With --policy, what is derived under policies of your own and combinations goes there too; those that an earlier
    push brought, and that are not named again, are removed.

    It is written to by the Graph Store Protocol, or by SPARQL Update where there is no graph store or only --update
    is given.

    A push that was cut off goes on where it stopped; one that is done does nothing. Credentials come from
    MOAGRAPH_ENDPOINT_USER and MOAGRAPH_ENDPOINT_PASSWORD, or from ~/.netrc.
    """
    from moagraph import api
    from moagraph.endpoint import without_credentials
    from moagraph.remote.push import push as run
    from moagraph.remote.writing import Target

    graph = api.open(root, progress=say)
    also = [api.open(root, policy=name, progress=say) for name in policy]
    sent = run(graph, Target(url, graph_store, update), say, also)
    for name, number in sent.items():
        click.echo(f"{number:>9,} triples sent  {name}")
    click.echo(f"asked by: moagraph ask … --endpoint {without_credentials(url)}", err=True)


@click.command()
@click.argument("figure", metavar="overlap|matrix", shell_complete=completing.words("overlap", "matrix"))
@output_option("svg, png or pdf; overlap also graphml.", required=True)
@click.option("--mechanisms", is_flag=True, help="Draw mechanisms as nodes too (overlap).")
@graph_options
def plot(figure: str, output: str, mechanisms: bool, graph: Callable[[], Graph]) -> None:
    """Draw which compounds share mechanisms (overlap), or which compound has which (matrix)."""
    known = ["overlap", "matrix"]
    if figure not in known:
        raise UnknownFormat(figure, known)
    asked = graph()
    if figure == "overlap":
        from moagraph.plots import overlap

        overlap.draw(asked.store, asked.policy, Path(output), mechanisms=mechanisms)
    else:
        from moagraph.plots import matrix

        matrix.draw(asked.store, asked.policy, Path(output))
    click.echo(f"wrote {output}", err=True)
