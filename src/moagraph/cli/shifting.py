"""Commands that say what is judged otherwise: policy diff and what-if."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from moagraph.cli import completing
from moagraph.cli.options import (
    SHIFT_FORMATS,
    all_option,
    endpoint_option,
    output_options,
    policy_option,
    root_option,
)
from moagraph.cli.output import format_for, say, width_of_text, write_out
from moagraph.errors import NothingToCheck

if TYPE_CHECKING:
    from moagraph.shifts import Lost, Shifts

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def policy() -> None:
    """Compare policies of evidence."""


@policy.command("diff")
@click.argument("old", shell_complete=completing.policies)
@click.argument("new", shell_complete=completing.policies)
@root_option
@endpoint_option
@all_option
@output_options(*SHIFT_FORMATS, default="text")
def policy_diff(
    old: str, new: str, root: Path | None, endpoint: str | None, everything: bool, format_: str | None, output: str
) -> None:
    """Say what is judged otherwise under one policy of evidence than under another.

    Told are verdicts of claims, plain and contested edges, mechanisms that two compounds share, and cells of
    side-by-side tables, each with the evidence lines that count under one policy alone. Exit code 1 if something
    differs.

    For example: moagraph policy diff stated everything
    """
    from moagraph import api

    _keep_all()
    _tell(api.policy_diff(old, new, root, endpoint=endpoint, progress=say), everything, format_, output)


def without_options(command: F) -> F:
    """Gives a command the options that name what is lost."""
    for name, metavar, complete, help in reversed(_WITHOUT):
        option = click.option(name, multiple=True, metavar=metavar, shell_complete=complete, help=help)
        command = option(command)
    return command


_STUDIES = ("moa:Study", "moa:StudySet")
_WITHOUT = (
    (
        "--without",
        "NAME",
        completing.things("moa:Reference", *_STUDIES, "moa:Source", "moa:Agent", "moa:EvidenceLine"),
        "A reference, study, source or evidence line, or an agent with what it asserts and sponsors.",
    ),
    ("--without-reference", "NAME", completing.things("moa:Reference"), "A publication."),
    ("--without-study", "NAME", completing.things(*_STUDIES), "A study, or a set of studies."),
    ("--without-source", "NAME", completing.things("moa:Source"), "A document, with all that it states."),
    ("--without-line", "NAME", completing.things("moa:EvidenceLine"), "An evidence line."),
    (
        "--without-sponsor",
        "AGENT",
        completing.things("moa:Agent"),
        "All studies that the agent sponsors, or of which it sponsors some that they include.",
    ),
    ("--without-author", "NAME", completing.authors, "All publications of an author, by the name or the surname."),
)


@click.command("what-if")
@without_options
@policy_option("Which evidence counts: see 'list policies'. [default: stated]")
@root_option
@endpoint_option
@all_option
@output_options(*SHIFT_FORMATS, default="text")
def what_if(
    without: tuple[str, ...],
    without_reference: tuple[str, ...],
    without_study: tuple[str, ...],
    without_source: tuple[str, ...],
    without_line: tuple[str, ...],
    without_sponsor: tuple[str, ...],
    without_author: tuple[str, ...],
    policy: str | None,
    root: Path | None,
    endpoint: str | None,
    everything: bool,
    format_: str | None,
    output: str,
) -> None:
    """Say what would be judged otherwise if studies, publications, sources or sponsors were lost.

    A line is lost with all that it rests on, and so are the parts of a lost study; a review that includes the study
    stays, and is named. Verdicts and edges are derived again from what is left. All options may be repeated and
    combined. Exit code 1 if something changes.

    For example: moagraph what-if --without reference:kurkin-2021
    """
    from moagraph import api

    lost: Lost = {
        "references": without_reference,
        "studies": without_study,
        "sources": without_source,
        "lines": without_line,
        "sponsors": without_sponsor,
        "authors": without_author,
    }
    if not (without or any(lost.values())):
        raise NothingToCheck("nothing is named that is lost", "moagraph what-if --without reference:kurkin-2021")
    _keep_all()
    graph = api.open(root, policy=policy or api.DEFAULT_POLICY, endpoint=endpoint, progress=say)
    _tell(graph.what_if(without, **lost), everything, format_, output)


def _keep_all() -> None:
    """Stops looking for garbage: nearly all that is read lives until the process ends."""
    import gc

    gc.disable()


def _tell(shifts: Shifts, everything: bool, format_: str | None, output: str) -> None:
    """Writes shifts, and ends with exit code 1 where there are any."""
    from moagraph.shifts import EXTENSIONS

    chosen = format_for(format_, output, EXTENSIONS, "text")
    write_out(shifts.to(chosen, everything=everything, width=width_of_text(output)), output)
    sys.exit(1 if shifts else 0)
