"""How commands write what they found, and tell what they do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moagraph.errors import UnknownFormat

if TYPE_CHECKING:
    from moagraph.table import Table


def say(message: str) -> None:
    """Tells a person at a terminal what is being done."""
    if sys.stderr.isatty():
        sys.stderr.write(f"moagraph: {message} …\n")
        sys.stderr.flush()


def write_out(text: str, output: str) -> None:
    """Writes text to standard output (`-`) or whole into a file."""
    if output == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from moagraph.places import write_file

    write_file(Path(output), text.encode("utf-8"))


def format_for(asked: str | None, output: str, extensions: dict[str, str], otherwise: str) -> str:
    """Gives the format: the one asked for, else the one that the extension means, else the usual one."""
    if asked:
        return asked
    if output == "-":
        return otherwise
    suffix = Path(output).suffix.lower()
    if suffix not in extensions:
        raise UnknownFormat(suffix or output, sorted(extensions))
    return extensions[suffix]


def on_terminal(output: str = "-") -> bool:
    """Says whether what is written goes to a terminal."""
    return output == "-" and sys.stdout.isatty()


def width_of_tables(output: str = "-") -> int:
    """Gives the width for tables, in characters: the terminal's, else what fits a page."""
    return os.get_terminal_size(sys.stdout.fileno()).columns if on_terminal(output) else 110


def width_of_text(output: str = "-") -> int:
    """Gives the width for text to read, in characters: the terminal's, as long as lines are no strain to the eye."""
    return min(width_of_tables(), 120) if on_terminal(output) else 100


def print_table(table: Table, format_: str | None, output: str, iris: bool) -> None:
    """Writes a table in the format asked for, else what the extension means, else what suits the reader."""
    from moagraph.table import EXTENSIONS

    chosen = format_for(format_, output, EXTENSIONS, "text" if on_terminal(output) else "tsv")
    write_out(table.to(chosen, iris, width_of_tables(output)), output)
