"""The command line: words in, one call, print, exit code.

Data go to standard output, words to standard error. Exit codes: 0 fine, 1 findings, 2 asked wrongly or nothing to
look at, 3 input or output failed. Modules are imported by the command that needs them, so that help is fast.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from moagraph.errors import InputUnreadable, MoagraphError, UnknownFormat

if TYPE_CHECKING:
    from moagraph.api import Graph
    from moagraph.places import Places
    from moagraph.table import Table

F = TypeVar("F", bound=Callable[..., Any])

LISTS = {
    "compounds": "moa:Compound",
    "conditions": "moa:Condition",
    "indications": "moa:Indication",
    "mechanisms": "moa:Mechanism",
    "outcomes": "moa:Outcome",
    "receptors": "moa:Receptor",
    "references": "moa:Reference",
    "sources": "moa:Source",
    "studies": "moa:Study",
}
"""What `list` shows beside queries and policies, and the class that each is."""


def _root(command: F) -> F:
    return click.option(
        "--root", type=click.Path(path_type=Path), help="Folder with ontology, data and queries. [default: packaged]"
    )(command)


def _graph(command: F) -> F:
    """Gives a command the options that choose what is asked, as one function `graph` that opens it."""

    @click.option("--policy", metavar="NAME", help="Which evidence counts: see 'list policies'. [default: stated]")
    @_root
    @click.option("--last-good", is_flag=True, help="Ask the store as last built, even if the data has findings now.")
    @wraps(command)
    def chosen(root: Path | None, policy: str | None, last_good: bool, **others: Any) -> Any:
        def graph() -> Graph:
            from moagraph import api

            return api.open(root, policy=policy or api.DEFAULT_POLICY, last_good=last_good, progress=_say)

        return command(graph=graph, **others)

    return cast(F, chosen)


def _output(command: F) -> F:
    command = click.option(
        "-o",
        "--output",
        metavar="PATH",
        default="-",
        help="Where to write; the extension decides the format.",
    )(command)
    return click.option(
        "-f",
        "--format",
        "format_",
        metavar="FORMAT",
        help="text, csv, tsv, json, markdown or html. [default: text on a terminal, else tsv]",
    )(command)


def _iris(command: F) -> F:
    return click.option("--iris", is_flag=True, help="Show IRIs instead of labels.")(command)


def _places(root: Path | None) -> Places:
    from moagraph.places import Places, packaged

    return Places.at(root) if root is not None else packaged()


def _say(message: str) -> None:
    """Tells a person at a terminal what is being done."""
    if sys.stderr.isatty():
        click.echo(f"moagraph: {message} …", err=True)


def _write(text: str, output: str) -> None:
    if output == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from moagraph.places import write_file

    write_file(Path(output), text.encode("utf-8"))


def _format(asked: str | None, output: str, extensions: dict[str, str], otherwise: str) -> str:
    """Gives the format: the one asked for, else the one that the extension means, else the usual one."""
    if asked:
        return asked
    if output == "-":
        return otherwise
    suffix = Path(output).suffix.lower()
    if suffix not in extensions:
        raise UnknownFormat(suffix or output, sorted(extensions))
    return extensions[suffix]


def _print_table(table: Table, format_: str | None, output: str, iris: bool) -> None:
    from moagraph.table import EXTENSIONS

    chosen = _format(format_, output, EXTENSIONS, "text" if sys.stdout.isatty() else "tsv")
    width = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 110
    _write(table.to(chosen, iris, width), output)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="moagraph")
def cli() -> None:
    """What is claimed about nootropic peptide preparations, on what evidence, and what speaks against it.

    Nothing here is medical advice.
    """


@cli.command()
@_root
@click.option(
    "-f", "--format", "format_", metavar="FORMAT", help="text, json, sarif, turtle or github. [default: text]"
)
@click.option("-o", "--output", metavar="PATH", default="-", help="Where to write; the extension decides the format.")
def check(root: Path | None, format_: str | None, output: str) -> None:
    """Check the data against all shapes and rules, and report every finding with its file and line."""
    from moagraph import report as reports
    from moagraph.check import check as run
    from moagraph.corpus import Corpus

    chosen = _format(format_, output, reports.EXTENSIONS, "text")
    if chosen not in reports.FORMATS:
        raise UnknownFormat(chosen, reports.FORMATS)
    report = run(Corpus.read(_places(root)))
    _write(report.to(chosen), output)
    if output != "-" or chosen != "text":
        click.echo(report.summary(), err=True)
    sys.exit(report.exit_code)


@cli.command()
@_root
def build(root: Path | None) -> None:
    """Build the store that questions are asked of; it is kept, and reused while the files stay the same."""
    from moagraph.build import built
    from moagraph.places import manifest_of

    folder = built(_places(root), progress=_say)
    for graph, number in manifest_of(folder)["quads"].items():
        click.echo(f"{number:>8,} triples  {graph}")
    click.echo(f"store: {folder}")


@cli.command()
@click.argument("name")
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@_graph
@_output
@_iris
def ask(
    name: str,
    values: tuple[str, ...],
    graph: Callable[[], Graph],
    format_: str | None,
    output: str,
    iris: bool,
) -> None:
    """Ask a named query: see 'moagraph list queries'.

    For example: moagraph ask shared-mechanisms compound=Cortexin
    """
    given: dict[str, object] = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not equals:
            raise click.BadArgumentUsage(f"{value!r} is not of the form KEY=VALUE, such as compound=cortexin")
        given[key] = text
    _print_table(graph().library.ask(name, given), format_, output, iris)


@cli.command()
@click.argument("query", metavar="FILE|-|TEXT")
@_graph
@_output
@_iris
def sparql(query: str, graph: Callable[[], Graph], format_: str | None, output: str, iris: bool) -> None:
    """Run a SPARQL query from a file, from standard input (-) or given as text; known prefixes need no PREFIX."""
    from moagraph.store import Triples

    if query == "-":
        text = sys.stdin.read()
    elif query.endswith(".rq") or (len(query) < 1000 and Path(query).is_file()):
        try:
            text = Path(query).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnreadable(f"cannot read {query}: {getattr(error, 'strerror', None) or error}") from None
    else:
        text = query
    answer = graph().sparql(text)
    if isinstance(answer, bool):
        _write("true\n" if answer else "false\n", output)
    elif isinstance(answer, Triples):
        from moagraph.turtle import write

        chosen = _format(format_, output, {".ttl": "turtle"}, "turtle")
        if chosen != "turtle":
            raise UnknownFormat(chosen, ["turtle"])
        _write(write(answer).decode("utf-8"), output)
    else:
        _print_table(answer, format_, output, iris)


@cli.command("list")
@click.argument("what", metavar="WHAT")
@_graph
@_output
@_iris
def list_(what: str, graph: Callable[[], Graph], format_: str | None, output: str, iris: bool) -> None:
    """List what there is of a kind.

    WHAT is one of queries, policies, compounds, mechanisms, receptors, indications, conditions, outcomes,
    references, studies and sources.
    """
    from moagraph.errors import UnknownThing
    from moagraph.table import Column, Iri, Table

    known = ["queries", "policies", *LISTS]
    if what not in known:
        raise UnknownThing(what, "list", known)
    asked = graph()
    columns: tuple[Column, ...]
    if what == "queries":
        rows: list[tuple[Any, ...]] = [
            (q.name, q.summary, " ".join(f"{p.name}={p.example}" for p in q.params))
            for q in asked.library.queries.values()
        ]
        columns = (
            Column("query", "xsd:string"),
            Column("summary", "xsd:string"),
            Column("example", "xsd:string"),
        )
    elif what == "policies":
        rows = list(asked.policies.items())
        columns = (Column("policy", "xsd:string"), Column("summary", "xsd:string"))
    else:
        names = asked.library.names
        rows = []
        for iri in names.members(LISTS[what]):
            thing = Iri(iri, asked.store.label(iri))
            others = [n for n in names.names_of(iri)[4:] if n != thing.label]
            rows.append((thing, thing.curie, tuple(others)))
        columns = (
            Column("name", LISTS[what]),
            Column("id", "xsd:string"),
            Column("also_called", "xsd:string*"),
        )
    _print_table(Table(columns, tuple(rows)), format_, output, iris)


@cli.command()
@click.argument("thing", nargs=-1, required=True)
@_graph
def show(thing: tuple[str, ...], graph: Callable[[], Graph]) -> None:
    """Show everything known of a thing: claims by verdict, with their evidence, and what is left unsaid."""
    account = graph().show(" ".join(thing))
    width = min(os.get_terminal_size(sys.stdout.fileno()).columns, 120) if sys.stdout.isatty() else 100
    _write(account.to_text(width), "-")


@cli.command()
@click.argument("what", metavar="turtle|nquads|release")
@click.option("-o", "--output", metavar="PATH", required=True, help="File, or folder of a release.")
@click.option("--policy", metavar="NAME", help="Add what this policy derives (turtle), or leave out others (nquads).")
@_root
def export(what: str, output: str, policy: str | None, root: Path | None) -> None:
    """Write the asserted data as Turtle (with --policy what it derives too), all graphs as N-Quads, or a release."""
    from importlib import import_module

    from moagraph import api

    known = ["turtle", "nquads", "release"]
    if what not in known:
        raise UnknownFormat(what, known)
    exporter = import_module(f"moagraph.export.{what}")
    number = exporter.export(api.open(root, policy=policy or api.DEFAULT_POLICY, progress=_say), Path(output), policy)
    unit = {"turtle": "triples", "nquads": "quads", "release": "files"}[what]
    click.echo(f"wrote {number:,} {unit} to {output}", err=True)


@cli.command()
@click.argument("figure", metavar="overlap|matrix")
@click.option("-o", "--output", metavar="PATH", required=True, help="svg, png or pdf; overlap also graphml.")
@click.option("--mechanisms", is_flag=True, help="Draw mechanisms as nodes too (overlap).")
@_graph
def plot(figure: str, output: str, mechanisms: bool, graph: Callable[[], Graph]) -> None:
    """Draw which compounds share mechanisms (overlap), or which compound has which (matrix)."""
    known = ["overlap", "matrix"]
    if figure not in known:
        raise UnknownFormat(figure, known)
    asked = graph()
    if figure == "overlap":
        from moagraph.plots import overlap

        overlap.draw(asked.store, asked.policy, Path(output), mechanisms=mechanisms)
    else:
        from moagraph.plots import matrix

        matrix.draw(asked.store, asked.policy, Path(output))
    click.echo(f"wrote {output}", err=True)


@cli.command()
@click.argument("code")
@_root
def explain(code: str, root: Path | None) -> None:
    """Explain the code of an error, a rule or a shape: what it means, why, and how to mend it."""
    from moagraph.check import explanations
    from moagraph.corpus import Corpus
    from moagraph.errors import UnknownCode

    texts = explanations(Corpus.read(_places(root)))
    if code not in texts:
        raise UnknownCode(code, texts)
    click.echo(texts[code])


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
