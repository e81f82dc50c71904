"""Commands for keeping and comparing versions: fmt and diff."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from moagraph.cli.options import format_for, places_at, root_option, write_out
from moagraph.errors import NothingToCheck, OutputFailed, UnknownFormat


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", "checking", is_flag=True, help="Report what departs from the house style; write nothing.")
@click.option(
    "-f", "--format", "format_", metavar="FORMAT", help="With --check: text, json, sarif, turtle or github."
)
@click.option("-o", "--output", metavar="PATH", help="Where to write; the extension decides the format.")
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
