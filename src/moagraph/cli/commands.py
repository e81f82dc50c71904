"""All commands, as click has them."""

from __future__ import annotations

import os

import click

from moagraph.cli import (
    asking,
    completing,
    curating,
    describing,
    making,
    querying,
    serving,
    shifting,
    verifying,
    versions,
    weighing,
)
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
    completing.completion,
    curating.audit,
    curating.build,
    curating.check,
    curating.cite,
    curating.explain,
    describing.fair,
    making.export,
    making.plot,
    making.push,
    querying.sparql,
    serving.serve,
    shifting.policy,
    shifting.what_if,
    verifying.verify,
    versions.diff,
    versions.fmt,
    weighing.alike,
    weighing.why,
):
    cli.add_command(_command)


def run() -> int:
    """Runs what the words of the command line say, and gives the exit code."""
    if "_MOAGRAPH_COMPLETE" in os.environ:
        from moagraph.cli import shells

        shells.register()
    try:
        cli(prog_name="moagraph", standalone_mode=False)
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
