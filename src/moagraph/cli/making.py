"""Commands that make files: export and plot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moagraph.cli import completing
from moagraph.cli.options import graph_options, root_option, say
from moagraph.errors import UnknownFormat

if TYPE_CHECKING:
    from moagraph.api import Graph


@click.command()
@click.argument(
    "what",
    metavar="turtle|nquads|evidence|release",
    shell_complete=completing.words("turtle", "nquads", "evidence", "release"),
)
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    required=True,
    shell_complete=completing.files,
    help="File, or folder of a release.",
)
@click.option("-f", "--format", "format_", metavar="FORMAT", help="jsonl, for evidence; the others have one each.")
@click.option("--policy", metavar="NAME", help="Add what this policy derives (turtle), or leave out others (nquads).")
@root_option
def export(what: str, output: str, format_: str | None, policy: str | None, root: Path | None) -> None:
    """Write the data to a file or folder.

    turtle: what curators asserted, and with --policy what it derives; nquads: all graphs; evidence: one JSON object a
    line for each evidence line, absence and record; release: a folder with data, answers and checksums.
    """
    from importlib import import_module

    from moagraph import api

    known = ["turtle", "nquads", "evidence", "release"]
    if what not in known:
        raise UnknownFormat(what, known)
    formats = {"turtle": "turtle", "nquads": "nquads", "evidence": "jsonl", "release": "release"}
    if format_ not in (None, formats[what]):
        raise UnknownFormat(str(format_), [formats[what]])
    exporter = import_module(f"moagraph.export.{what}")
    number = exporter.export(api.open(root, policy=policy or api.DEFAULT_POLICY, progress=say), Path(output), policy)
    unit = {"turtle": "triples", "nquads": "quads", "evidence": "objects", "release": "files"}[what]
    click.echo(f"wrote {number:,} {unit} to {output}", err=True)


@click.command()
@click.argument("figure", metavar="overlap|matrix", shell_complete=completing.words("overlap", "matrix"))
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    required=True,
    shell_complete=completing.files,
    help="svg, png or pdf; overlap also graphml.",
)
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
