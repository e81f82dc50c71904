"""Commands that weigh evidence: alike and why."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from moagraph.cli import completing
from moagraph.cli.options import ANSWER_FORMATS, BY_READER, graph_options, iris_option, output_options
from moagraph.cli.output import format_for, on_terminal, width_of_text, write_out

if TYPE_CHECKING:
    from moagraph.api import Graph

F = TypeVar("F", bound=Callable[..., Any])

WEIGHTS = ("none", "tier", "information", "both")
"""What a mechanism may count by; a test compares it with `moagraph.overlap.WEIGHTS`."""


EXPLANATION_FORMATS = ("text", "markdown", "json")
"""Formats of explanations; a test compares them with `moagraph.why.FORMATS`."""


def _chance_options(command: F) -> F:
    """Gives a command the options that say how many random graphs are drawn, and where their chance begins."""
    command = click.option(
        "--seed", metavar="N", type=click.IntRange(min=0), default=1, help="Where chance begins. [default: 1]"
    )(command)
    return click.option(
        "--permutations",
        metavar="N",
        type=click.IntRange(min=0),
        help="How many random graphs to draw for p and q. [default: 1000; 0 for more than 20,000 edges]",
    )(command)


@click.command()
@click.argument(
    "compounds", nargs=-1, metavar="[COMPOUND [COMPOUND]]", shell_complete=completing.things("moa:Compound")
)
@click.option(
    "--weights",
    metavar="NAME",
    default="tier",
    shell_complete=completing.words(*WEIGHTS),
    help="What a mechanism counts by: none, tier, information or both. [default: tier]",
)
@_chance_options
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=100, help="Most pairs. [default: 100]")
@click.option("--at-least", metavar="X", type=click.FloatRange(0, 1), default=0.0, help="Least overlap, from 0 to 1.")
@graph_options
@output_options(*ANSWER_FORMATS, default=BY_READER)
@iris_option
def alike(
    compounds: tuple[str, ...],
    weights: str,
    permutations: int | None,
    seed: int,
    top: int,
    at_least: float,
    graph: Callable[[], Graph],
    format_: str | None,
    output: str,
    iris: bool,
) -> None:
    """Show which compounds share most, and whether chance would make them so alike.

    All pairs, those of one compound, or one pair. The overlap is what two share by all that either has; none: each
    mechanism counts the same (Jaccard); tier: by its evidence; information: by how few compounds have it (simGIC).

    p is worked out on random graphs in which each compound keeps how many mechanisms it has, and each mechanism how
    many compounds. A small p says that two share more than that; it says nothing of how good the evidence is, nor
    that they work alike.

    For example: moagraph alike cortexin --weights both
    """
    from moagraph.table import EXTENSIONS

    table = graph().alike(
        *compounds, weights=weights, permutations=permutations, seed=seed, top=top, at_least=at_least
    )
    chosen = format_for(format_, output, EXTENSIONS, "text" if on_terminal(output) else "tsv")
    text = table.to(chosen, iris, width_of_text(output))
    words = textwrap.fill(table.title, width_of_text(output))
    if chosen in ("text", "markdown"):
        text += f"\n{words}\n"
    elif chosen not in ("html", "latex"):  # these have the title anyway
        click.echo(words, err=True)
    write_out(text, output)


@click.command()
@click.argument("one", metavar="COMPOUND", shell_complete=completing.things("moa:Compound"))
@click.argument("other", metavar="COMPOUND", shell_complete=completing.things("moa:Compound"))
@_chance_options
@graph_options
@output_options(*EXPLANATION_FORMATS, default="text")
def why(
    one: str,
    other: str,
    permutations: int | None,
    seed: int,
    graph: Callable[[], Graph],
    format_: str | None,
    output: str,
) -> None:
    """Explain why two compounds are joined in the overlap graph, or why they are not.

    Each mechanism that they share, who says so of either, where and on what study, and what speaks against it; what
    is told apart, such as opposite actions on one target; what is left unsaid; and how alike the two are by chance.

    For example: moagraph why cortexin cerebrolysin
    """
    from moagraph.why import EXTENSIONS

    explanation = graph().why(one, other, permutations=permutations, seed=seed)
    write_out(explanation.to(format_for(format_, output, EXTENSIONS, "text"), width_of_text(output)), output)
