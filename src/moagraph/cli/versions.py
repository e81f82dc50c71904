"""Commands for keeping and comparing versions: fmt and diff."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from moagraph.cli.options import (
    DIFF_FORMATS,
    REPORT_FORMATS,
    all_option,
    format_option,
    listed,
    output_option,
    output_options,
    places_at,
    policy_option,
    root_option,
)
from moagraph.cli.output import format_for, say, write_out
from moagraph.errors import NothingToCheck, OutputFailed, UnknownFormat


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", "checking", is_flag=True, help="Report what departs from the house style; write nothing.")
@format_option(*REPORT_FORMATS, help=f"With --check: {listed(REPORT_FORMATS)}.")
@output_option()
@root_option
def fmt(paths: tuple[Path, ...], checking: bool, format_: str | None, output: str | None, root: Path | None) -> None:
    """Check the house style of curated Turtle, or write the stable form of a file that nobody curates.

    With --check it reports what departs from the house style in files or folders, or in the packaged data and
    ontology; exit code 1 if something does. Without, it writes a file sorted and with known prefixes, in place or to
    the output (.ttl, .nt or .nq). A file that has comments is written by people, and is never overwritten.
    """
    from moagraph import style

    if checking:
        _check_style(paths, format_, output or "-", root)
    if not paths:
        raise NothingToCheck("no file was named to format", "moagraph fmt FILE -o OUT, or moagraph fmt --check")
    if output is not None and len(paths) > 1:
        raise click.BadArgumentUsage("several files do not fit into one output")
    for path in paths:
        target = path if output is None else Path(output)
        text = style.formatted(path, Path("-.ttl") if output == "-" else target)
        if output == "-":
            write_out(text.decode("utf-8"), "-")
            continue
        if target.exists() and style.comments_in(target):
            raise OutputFailed(
                f"{target} has comments, so people wrote it, and it stays as it is",
                f"moagraph fmt {path} -o OTHER{target.suffix}, or see moagraph fmt --check {path}",
            )
        from moagraph.places import write_file

        write_file(target, text)
        left = style.comments_in(path) if target != path else 0
        click.echo(f"wrote {target}" + (f"; {left} comments of {path} were left behind" if left else ""), err=True)


def _check_style(paths: tuple[Path, ...], format_: str | None, output: str, root: Path | None) -> None:
    from moagraph import report as reports
    from moagraph import style

    chosen = format_for(format_, output, reports.EXTENSIONS, "text")
    if chosen not in reports.FORMATS:
        raise UnknownFormat(chosen, reports.FORMATS)
    report = style.check(style.files_at(paths) if paths else style.curated(places_at(root)))
    write_out(report.to(chosen), output)
    if output != "-" or chosen != "text":
        click.echo(report.summary(), err=True)
    sys.exit(1 if report.findings else report.exit_code)


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@policy_option("Which evidence counts in the answers. [default: stated]")
@all_option
@output_options(*DIFF_FORMATS, default="text")
def diff(old: Path, new: Path, policy: str | None, everything: bool, format_: str | None, output: str) -> None:
    """Say what differs between two versions, in words.

    OLD and NEW are folders with ontology, data and queries, releases, or files of an export (.ttl, .nt or .nq). Told
    are claims, evidence lines, findings and things that were added, changed or withdrawn; verdicts and edges that
    changed under each policy, and why; which answers of the named queries changed because of it; and what it means
    for the version number. Exit code 1 if something differs.
    """
    from moagraph import diff as versions

    chosen = format_for(format_, output, versions.EXTENSIONS, "text")
    if chosen not in versions.FORMATS:
        raise UnknownFormat(chosen, versions.FORMATS)
    difference = versions.diff(old, new, policy, say)
    write_out(difference.to(chosen, everything=everything), output)
    sys.exit(1 if difference.differs else 0)
