"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from moagraph.cli import completing
from moagraph.cli.output import say

if TYPE_CHECKING:
    from moagraph.api import Graph
    from moagraph.places import Places

F = TypeVar("F", bound=Callable[..., Any])


def root_option(command: F) -> F:
    """Gives a command the option that names another project folder."""
    return click.option(
        "--root", type=click.Path(path_type=Path), help="Folder with ontology, data and queries. [default: packaged]"
    )(command)


def endpoint_option(command: F) -> F:
    """Gives a command the option that names an endpoint to ask."""
    return click.option(
        "--endpoint", metavar="URL", envvar="MOAGRAPH_ENDPOINT", help="Ask a SPARQL endpoint: see 'moagraph push'."
    )(command)


def target_options(command: F) -> F:
    """Gives a command the options that say where an endpoint is written to."""
    command = click.option(
        "--update", metavar="URL", help="Address for SPARQL Update. [default: the usual one beside the endpoint]"
    )(command)
    return click.option(
        "--graph-store",
        metavar="URL",
        help="Address of its graph store. [default: the usual one beside the endpoint]",
    )(command)


def graph_options(command: F) -> F:
    """Gives a command the options that choose what is asked, as one function `graph` that opens it."""

    @click.option(
        "--policy",
        metavar="NAME",
        shell_complete=completing.policies,
        help="Which evidence counts: see 'list policies'. [default: stated]",
    )
    @root_option
    @click.option(
        "--data",
        multiple=True,
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="Ask your own RDF too, and name your own .rq files: a file or folder; may be repeated.",
    )
    @click.option("--no-packaged-data", is_flag=True, help="Ask --data alone.")
    @endpoint_option
    @click.option("--last-good", is_flag=True, help="Ask the store as last built, even if the data has findings now.")
    @wraps(command)
    def chosen(
        root: Path | None,
        policy: str | None,
        data: tuple[Path, ...],
        no_packaged_data: bool,
        endpoint: str | None,
        last_good: bool,
        **others: Any,
    ) -> Any:
        def graph() -> Graph:
            from moagraph import api

            opened = api.open(
                root,
                policy=policy or api.DEFAULT_POLICY,
                data=data,
                packaged_data=not no_packaged_data,
                endpoint=endpoint,
                last_good=last_good,
                progress=say,
            )
            click.get_current_context().call_on_close(opened.close)
            if opened.unchecked:
                click.echo(
                    f"moagraph: {opened.unchecked:,} triples of your own, unchecked: nothing is derived from them",
                    err=True,
                )
            return opened

        return command(graph=graph, **others)

    return cast(F, chosen)


def output_options(command: F) -> F:
    """Gives a command that prints a table its options of format and place."""
    command = click.option(
        "-o",
        "--output",
        metavar="PATH",
        default="-",
        shell_complete=completing.files,
        help="Where to write; the extension decides the format.",
    )(command)
    return click.option(
        "-f",
        "--format",
        "format_",
        metavar="FORMAT",
        shell_complete=completing.formats,
        help="text, csv, tsv, json, markdown, html, latex, srj or srx (SPARQL results). "
        "[default: text on a terminal, else tsv]",
    )(command)


def iris_option(command: F) -> F:
    """Gives a command the option to show IRIs instead of labels."""
    return click.option("--iris", is_flag=True, help="Show IRIs instead of labels.")(command)


def places_at(root: Path | None) -> Places:
    """Gives the places below a folder, or the packaged ones."""
    from moagraph.places import Places, packaged

    return Places.at(root) if root is not None else packaged()
