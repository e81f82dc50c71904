"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

# Names of formats stand here too, since what writes them is not imported for help and completion. Tests compare them.
TABLE_FORMATS = ("text", "csv", "tsv", "json", "markdown", "html", "latex")
"""Formats of tables."""
ANSWER_FORMATS = (*TABLE_FORMATS, "srj", "srx")
"""Formats of answers: those of tables, and SPARQL's own."""
GRAPH_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml")
"""Formats of graphs that a query constructs."""
REPORT_FORMATS = ("text", "json", "sarif", "turtle", "github")
"""Formats of findings."""
DIFF_FORMATS = ("text", "markdown", "json")
"""Formats of differences between versions."""
SHIFT_FORMATS = ("text", "markdown", "json")
"""Formats of shifts between two states of judgement."""
VERIFICATION_FORMATS = ("text", "json")
"""Formats of what came of verifying a receipt."""

BY_READER = "text on a terminal, else tsv"
"""The usual format of tables, in words."""


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
    """Gives a command the options that choose what is asked, as one function `graph` that opens it.

    The function takes the policy that is usual for the command; `stated` unless given.
    """

    @policy_option(
        "Which evidence counts: a name of 'list policies', a file of your own, or several joined by +, such as "
        "human+independent. [default: stated; for a receipt, its own]"
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
        def graph(usual: str = "") -> Graph:
            from moagraph import api

            opened = api.open(
                root,
                policy=policy or usual or api.DEFAULT_POLICY,
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


def all_option(command: F) -> F:
    """Gives a command the option to list all entries of long lists."""
    return click.option("--all", "everything", is_flag=True, help="List all, not only the first of many.")(command)


def policy_option(help: str, *, several: bool = False) -> Callable[[F], F]:
    """Gives an option that names a policy of evidence, None unless given; one that names several gives a tuple."""
    return click.option("--policy", metavar="POLICY", multiple=several, shell_complete=completing.policies, help=help)


def format_option(*formats: str, help: str) -> Callable[[F], F]:
    """Gives an option that names a format, None unless given.

    Args:
        formats: the names that are offered; what is given is judged where it is used.
        help: what is said of them.
    """
    offered = completing.words(*formats)
    return click.option("-f", "--format", "format_", metavar="FORMAT", shell_complete=offered, help=help)


def listed(formats: Sequence[str]) -> str:
    """Gives names as people list them: a, b or c."""
    return f"{', '.join(formats[:-1])} or {formats[-1]}"


def output_option(
    help: str = "Where to write; the extension decides the format.",
    *,
    default: str | None = None,
    required: bool = False,
) -> Callable[[F], F]:
    """Gives an option that says where to write; `-` is standard output."""
    return click.option(
        "-o",
        "--output",
        metavar="PATH",
        default=default,
        required=required,
        shell_complete=completing.files,
        help=help,
    )


def output_options(*formats: str, default: str) -> Callable[[F], F]:
    """Gives a command that prints something its options of format and place.

    Args:
        formats: the names that are offered.
        default: the one that it has where none is given, in words.
    """

    def chosen(command: F) -> F:
        help = f"{listed(formats)}. [default: {default}]"
        return format_option(*formats, help=help)(output_option(default="-")(command))

    return chosen


def iris_option(command: F) -> F:
    """Gives a command the option to show IRIs instead of labels."""
    return click.option("--iris", is_flag=True, help="Show IRIs instead of labels.")(command)


def places_at(root: Path | None) -> Places:
    """Gives the places below a folder, or the packaged ones."""
    from moagraph.places import Places, packaged

    return Places.at(root) if root is not None else packaged()
