"""Commands on what the graph says of itself: fair."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from moagraph.cli.options import TABLE_FORMATS, output_options, places_at, root_option
from moagraph.cli.output import format_for, write_out


@click.command()
@root_option
@output_options(*TABLE_FORMATS, default="text")
def fair(root: Path | None, format_: str | None, output: str) -> None:
    """List the tests of FOOPS!, ROBOT's report and OOPS! on the vocabulary, one by one.

    Exit code 1 if a test fails. Tests that need the network or a registration are listed, and not run.
    """
    from moagraph import fair as tests
    from moagraph.corpus import Corpus, read_files
    from moagraph.errors import UnknownFormat
    from moagraph.table import EXTENSIONS
    from moagraph.vocabulary import published, vocabulary_of

    chosen = format_for(format_, output, EXTENSIONS, "text")
    if chosen not in tests.FORMATS:
        raise UnknownFormat(chosen, tests.FORMATS)
    files = [file for file in read_files(places_at(root)) if file.path.startswith("ontology/")]
    outcomes = tests.run(published(vocabulary_of(Corpus.of(files))))
    write_out(outcomes.to(chosen), output)
    if output != "-" or chosen != "text":
        click.echo(outcomes.summary(), err=True)
    sys.exit(outcomes.exit_code)
