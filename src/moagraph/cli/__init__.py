"""The command line: words in, one call, print, exit code.

Data go to standard output, words to standard error. Exit codes: 0 fine, 1 findings, 2 asked wrongly or nothing to
look at, 3 input or output failed. Modules are imported by the command that needs them, so that help is fast.
"""

from __future__ import annotations

import os
import sys

import click

from moagraph.cli import asking, curating, describing, making, querying
from moagraph.errors import MoagraphError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="moagraph")
def cli() -> None:
    """What is claimed about nootropic peptide preparations, on what evidence, and what speaks against it.

    Nothing here is medical advice.
    """


for _command in (
    asking.ask,
    asking.compare,
    asking.list_,
    asking.show,
    curating.audit,
    curating.build,
    curating.check,
    curating.cite,
    curating.explain,
    describing.fair,
    making.export,
    making.plot,
    querying.sparql,
):
    cli.add_command(_command)


def main() -> None:
    """Runs the command line; mistakes of users end in one screen and an exit code, never in a traceback."""
    try:
        _leave(_run())
    except BrokenPipeError:
        # The reader of our output has gone: nothing is wrong, but nothing more may be written.
        os._exit(0)


def _run() -> int:
    try:
        cli(standalone_mode=False)
    except MoagraphError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    return 0


def _leave(code: int) -> None:
    """Ends the process at once: tearing down interpreter and store would cost more than an answer does."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
