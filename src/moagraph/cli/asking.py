"""Commands that ask: ask, compare, list and show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from moagraph.cli import completing
from moagraph.cli.options import ANSWER_FORMATS, BY_READER, TABLE_FORMATS, graph_options, iris_option, output_options
from moagraph.cli.output import (
    format_for,
    on_terminal,
    print_table,
    say,
    width_of_tables,
    width_of_text,
    write_out,
)
from moagraph.cli.quick import pairs

if TYPE_CHECKING:
    from moagraph.api import Graph

LISTS = {
    "advice": "moa:Advice",
    "agents": "moa:Agent",
    "assessments": "moa:Assessment",
    "bodies": "moa:EvidenceBody",
    "classes": "moa:CompoundClass",
    "compounds": "moa:Compound",
    "conditions": "moa:Condition",
    "declarations": "moa:Declaration",
    "dimensions": "moa:Dimension",
    "groups": "moa:CompoundGroup",
    "indications": "moa:Indication",
    "materials": "moa:Material",
    "mechanisms": "moa:Mechanism",
    "outcomes": "moa:Outcome",
    "populations": "moa:Population",
    "preparations": "moa:Preparation",
    "processes": "moa:Process",
    "properties": "moa:Property",
    "receptors": "moa:Receptor",
    "references": "moa:Reference",
    "regimens": "moa:Regimen",
    "searches": "moa:Search",
    "sources": "moa:Source",
    "stacks": "moa:Stack",
    "stop-rules": "moa:StopRule",
    "studies": "moa:Study",
    "tests": "moa:Test",
}
"""What `list` shows beside queries and policies, and the class that each is."""


class _Ask(click.Command):
    """The command that asks; with the name of a query, its help is that query's manual."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            given, _, _ = self.make_parser(ctx).parse_args(list(args))
            kinds = (str, bool, list)
            ctx.meta["moagraph.asked"] = {key: value for key, value in given.items() if isinstance(value, kinds)}
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        given = ctx.meta.get("moagraph.asked", {})
        if "name" not in given:
            return super().get_help(ctx)
        from moagraph import api
        from moagraph.faces.manual import manual

        opened = api.open(
            given.get("root"),
            data=given.get("data", ()),
            packaged_data=not given.get("no_packaged_data"),
            endpoint=given.get("endpoint"),
            last_good=bool(given.get("last_good")),
            progress=say,
        )
        return manual(opened.library.find(given["name"]), width_of_text()).rstrip("\n")


@click.command(cls=_Ask)
@click.argument("name", shell_complete=completing.queries)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...", shell_complete=completing.values)
@click.option(
    "--receipt",
    metavar="FILE",
    shell_complete=completing.files,
    help="Write a receipt too (.ttl), with the evidence under each row: see 'moagraph verify'.",
)
@click.option("--drawing", is_flag=True, help="Draw the query's pattern for Mermaid, instead of asking it.")
@graph_options
@output_options(*ANSWER_FORMATS, default=BY_READER)
@iris_option
def ask(
    name: str,
    values: tuple[str, ...],
    receipt: str | None,
    drawing: bool,
    graph: Callable[[], Graph],
    format_: str | None,
    output: str,
    iris: bool,
) -> None:
    """Ask a named query: see 'moagraph list queries', and 'moagraph ask NAME --help' for what one takes.

    A key given several times asks for each of its values, or for all of them together where the query says so.

    For example: moagraph ask shared-mechanisms compound=Cortexin
    """
    if drawing:
        from moagraph.faces.mermaid import mermaid

        write_out(mermaid(graph().library.find(name)), output)
        return
    given = pairs(values)
    if given is None:
        wrong = next(value for value in values if "=" not in value)
        raise click.BadArgumentUsage(f"{wrong!r} is not of the form KEY=VALUE, such as compound=cortexin")
    opened = graph()
    if receipt is not None:
        _write_receipt(opened, name, given, receipt)
    print_table(opened.library.ask(name, given), format_, output, iris)


def _write_receipt(graph: Graph, name: str, given: dict[str, str | list[str]], file: str) -> None:
    from moagraph.errors import UnknownFormat
    from moagraph.names import how_many

    if not file.endswith(".ttl"):
        raise UnknownFormat(file, [".ttl"])
    made = graph.receipt(name, **given)
    write_out(made.to_turtle(), file)
    lines = len({line for row in made.rows for line in row.lines})
    click.echo(
        f"wrote a receipt of {how_many(len(made.rows), 'row')} and {how_many(lines, 'evidence line')} to {file}",
        err=True,
    )


@click.command()
@click.argument(
    "compounds",
    nargs=-1,
    required=True,
    metavar="COMPOUND COMPOUND...",
    shell_complete=completing.things("moa:Compound"),
)
@click.option(
    "--table",
    metavar="NAME",
    default="at-a-glance",
    shell_complete=completing.words("at-a-glance", "mechanisms", "safety", "regimens", "evidence", "indications"),
    help="at-a-glance, mechanisms, safety, regimens, evidence or indications. [default: at-a-glance]",
)
@graph_options
@output_options(*TABLE_FORMATS, default=BY_READER)
def compare(
    compounds: tuple[str, ...], table: str, graph: Callable[[], Graph], format_: str | None, output: str
) -> None:
    """Show compounds side by side, with numbered sources; no cell is empty.

    For example: moagraph compare cortexin cerebrolysin --table mechanisms
    """
    from moagraph.table import EXTENSIONS

    shown = graph().compare(compounds, table)
    chosen = format_for(format_, output, EXTENSIONS, "text" if on_terminal(output) else "tsv")
    write_out(shown.to(chosen, width_of_tables(output)), output)


@click.command("list")
@click.argument("what", metavar="WHAT", shell_complete=completing.words("queries", "policies", *LISTS))
@graph_options
@output_options(*ANSWER_FORMATS, default=BY_READER)
@iris_option
def list_(what: str, graph: Callable[[], Graph], format_: str | None, output: str, iris: bool) -> None:
    """List what there is of a kind.

    WHAT is queries, policies, or a kind of things: advice, agents, assessments, bodies, classes, compounds,
    conditions, declarations, dimensions, groups, indications, materials, mechanisms, outcomes, populations,
    preparations, processes, properties, receptors, references, regimens, searches, sources, stacks, stop-rules,
    studies or tests.
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
            (q.name, q.summary, " ".join(f"{p.name}={word}" for p in q.params if p.required for word in p.examples))
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
        listing = names.listing(LISTS[what])
        labels = asked.store.labels(listing)
        for iri, called in listing.items():
            thing = Iri(iri, labels[iri])
            rows.append((thing, thing.curie, tuple(name for name in called if name != thing.label)))
        columns = (
            Column("name", LISTS[what]),
            Column("id", "xsd:string"),
            Column("also_called", "xsd:string*"),
        )
    print_table(Table(columns, tuple(rows)), format_, output, iris)


@click.command()
@click.argument("thing", nargs=-1, required=True, shell_complete=completing.things(*LISTS.values()))
@graph_options
def show(thing: tuple[str, ...], graph: Callable[[], Graph]) -> None:
    """Show everything known of a thing: claims by verdict, with their evidence, and what is left unsaid."""
    account = graph().show(" ".join(thing))
    write_out(account.to_text(width_of_text()), "-")
