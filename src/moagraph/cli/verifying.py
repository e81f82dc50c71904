"""The command that asks again what a receipt records: verify."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moagraph.cli.options import VERIFICATION_FORMATS, graph_options, output_options
from moagraph.cli.output import format_for, write_out
from moagraph.errors import UnknownFormat

if TYPE_CHECKING:
    from moagraph.api import Graph


@click.command()
@click.argument("receipt", type=click.Path(path_type=Path), metavar="RECEIPT")
@graph_options
@output_options(*VERIFICATION_FORMATS, default="text")
def verify(receipt: Path, graph: Callable[[str], Graph], format_: str | None, output: str) -> None:
    """Ask again what a receipt records, and name the evidence line that changed.

    RECEIPT is a file that 'moagraph ask NAME ... --receipt FILE' wrote. It is asked under its own policy, of the
    graph at hand. Told are rows that are gone, new or different, evidence that changed under a row that is the same,
    and whether data, policy, rules, query or moagraph are others. Exit code 0 if answer and evidence are the same, 1
    if they differ, 2 if the file is no receipt, was changed, or is of another graph, 3 if it cannot be read.
    """
    from moagraph.receipts import verifying
    from moagraph.receipts.reading import receipt_at

    chosen = format_for(format_, output, verifying.EXTENSIONS, "text")
    if chosen not in verifying.FORMATS:
        raise UnknownFormat(chosen, verifying.FORMATS)
    read = receipt_at(receipt)
    found = graph(read.policy).verify(read)
    write_out(found.to(chosen), output)
    sys.exit(found.exit_code)
