"""The manual of a query: what `moagraph ask NAME --help` prints, and the table of all queries for the README."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from moagraph.library import quoted
from moagraph.names import spaced
from moagraph.query import Parameter, Query
from moagraph.values import DATATYPES


def spoken(kind: str) -> str:
    """Gives the name of a class or datatype as people say it.

    >>> spoken("moa:CompoundGroup"), spoken("xsd:integer"), spoken("moa:Source*"), spoken("rdfs:Resource")
    ('compound group', 'whole number', 'sources', 'thing')
    """
    if kind.endswith("*"):
        word = spoken(kind[:-1])
        plural = "ies" if word.endswith("y") else "es" if word.endswith(("s", "x")) else "s"
        return f"{word.removesuffix('y') if plural == 'ies' else word}{plural}"
    if kind in DATATYPES:
        return re.sub(r"^an? ", "", DATATYPES[kind].words)
    if kind in ("rdfs:Resource", "rdf:Property"):
        return "thing" if kind == "rdfs:Resource" else "relation"
    return spaced(kind.partition(":")[2])


def takes(parameter: Parameter, named: str = "by any name") -> str:
    """Gives in words what values a parameter takes, without its name and example.

    Args:
        parameter: the parameter.
        named: how things are named where it is asked.
    """
    if parameter.enum:
        values = f"one of {', '.join(parameter.enum)}"
    elif parameter.datatype is not None:
        values = DATATYPES[parameter.datatype].words
    else:
        nouns = [spoken(kind) for kind in parameter.types]
        values = " or ".join(f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}" for noun in nouns) + f", {named}"
    if parameter.default:
        need = f"{', '.join(parameter.default)} unless given"
    else:
        need = "any unless given" if parameter.optional else "required"
    return f"{values}; {need}"


def example(query: Query) -> str:
    """Gives a command that asks the query and gets an answer; parameters that may be left out are left out."""
    words = [quoted(f"{p.name}={word}") for p in query.params if p.required for word in p.examples]
    return " ".join(["moagraph", "ask", query.name, *words])


def manual(query: Query, width: int = 100) -> str:
    """Gives the manual of a query: question, parameters, columns, tags and an example.

    Args:
        query: the query.
        width: longest line, in characters.
    """
    words = [f"{p.name}=VALUE" if p.required else f"[{p.name}=VALUE]" for p in query.params]
    blocks = [
        textwrap.fill(
            f"Usage: {' '.join(['moagraph ask', query.name, *words, '[OPTIONS]'])}",
            width,
            subsequent_indent="         ",
            break_on_hyphens=False,
        ),
        textwrap.fill(query.asks, width, initial_indent="  ", subsequent_indent="  "),
    ]
    if query.params:
        rows = []
        for p in query.params:
            about = f"{p.about}; " if p.about else ""
            shown = " ".join(quoted(f"{p.name}={word}") for word in p.examples)
            several = "; several are asked about together" if p.many else ""
            rows.append((p.name, f"{about}{takes(p)}{several}; for example {shown}"))
        blocks.append(_listed("Parameters:", rows, width))
    columns = [
        (c.name, f"{spoken(c.type)} ({c.type})" if not c.type.startswith("xsd:") else spoken(c.type))
        for c in query.columns
    ]
    blocks.append(_listed("Columns:", columns, width))
    if query.tags:
        blocks.append(f"Tags: {', '.join(query.tags)}")
    blocks.append(f"For example:\n  {example(query)}")
    return "\n\n".join(blocks) + "\n"


def _listed(title: str, rows: list[tuple[str, str]], width: int) -> str:
    indent = max(len(name) for name, _ in rows) + 4
    lines = [title]
    for name, text in rows:
        lines += textwrap.wrap(
            text,
            width,
            initial_indent=f"  {name:<{indent - 2}}",
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def catalogue(queries: Iterable[Query]) -> str:
    """Gives a Markdown table of queries: name, question and parameters."""
    rows = ["| query | what it answers | parameters |", "|---|---|---|"]
    for query in queries:
        parameters = ", ".join(f"`{p.name}` ({_brief(p)})" for p in query.params)
        rows.append(f"| `{query.name}` | {query.asks} | {parameters} |".replace("\n", " "))
    return "\n".join(rows) + "\n"


def _brief(parameter: Parameter) -> str:
    words = [", ".join(parameter.enum)] if parameter.enum else [kind.partition(":")[2] for kind in parameter.types]
    brief = " or ".join(words)
    if parameter.many:
        brief += ", several"
    if parameter.default:
        return f"{brief}, {', '.join(parameter.default)} unless given"
    return f"{brief}, optional" if parameter.optional else brief
