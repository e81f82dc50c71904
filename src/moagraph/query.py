"""One query file: its header, parameters, columns and text, and how values are bound to it.

A query file is SPARQL 1.1 that runs unchanged on any engine, under a header of lines that begin with `#+` and
together are YAML. The header is the only text: help, completion, tables of queries and signatures are printed
from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, NamedTuple

from moagraph.errors import QueryHeader
from moagraph.table import Column


@cache
def tokens() -> re.Pattern[str]:
    """Gives the pattern that cuts SPARQL into tokens; compiled when first needed, since a cached ask needs it not."""
    return re.compile(
        r"""(?P<comment>\#[^\n]*)
      | (?P<string>\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<word>[?$]?[A-Za-z_][\w.-]*(?::[\w.%-]*)?|:[\w.%-]+)
      | (?P<mark>[{}()])
      | (?P<other>\S)""",
        re.VERBOSE | re.DOTALL,
    )


def header_of(text: str, where: str) -> dict[str, Any]:
    """Gives the YAML header of a query file as a dictionary.

    Raises:
        QueryHeader: there is none, or it is not a YAML mapping.
    """
    import yaml

    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    if not lines:
        raise QueryHeader(f"{where} has no header", "begin it with lines like '#+ summary: …'")
    try:
        header = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        raise QueryHeader(f"the header of {where} is not YAML: {error}", "quote values that hold ': '") from None
    if not isinstance(header, dict):
        raise QueryHeader(f"the header of {where} is not a mapping", "write lines like '#+ summary: …'")
    return header


class Parameter(NamedTuple):
    """A typed parameter of a query.

    Attributes:
        name: also the name of the SPARQL variable that it binds.
        type: a class (`moa:Compound`), whose members are accepted by any of their names, or a datatype.
        example: a value that gives an answer.
        default: the value taken where none is given; None makes the parameter required.
    """

    name: str
    type: str
    example: str = ""
    default: str | None = None


@dataclass(frozen=True)
class Query:
    """A named query.

    Attributes:
        name: the file's name without `.rq`.
        summary: one line.
        asks: the question in words, with parameters as `?name`.
        params: what it takes.
        columns: what its rows hold, in order.
        tags: words to find it by.
        text: the SPARQL, with its header.
        opening: offset just after the brace that opens the outermost WHERE, where values are put.
    """

    name: str
    summary: str
    asks: str
    params: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    tags: tuple[str, ...]
    text: str = field(repr=False)
    opening: int

    @classmethod
    def parse(cls, name: str, text: str) -> Query:
        """Reads a query file.

        Raises:
            QueryHeader: the header is missing, malformed, or disagrees with the query below it.
        """
        where = f"{name}.rq"
        header = header_of(text, where)
        unknown = header.keys() - {"summary", "asks", "params", "columns", "tags"}
        if unknown:
            raise QueryHeader(f"the header of {where} has unknown keys: {', '.join(sorted(unknown))}")
        for key in ("summary", "asks", "columns"):
            if not header.get(key):
                raise QueryHeader(f"the header of {where} lacks {key!r}")
        params = []
        for parameter, spec in (header.get("params") or {}).items():
            if not isinstance(spec, dict) or not ({"class", "type"} & spec.keys()):
                raise QueryHeader(f"parameter {parameter!r} of {where} needs a class or a type")
            default = spec.get("default")
            params.append(
                Parameter(
                    parameter,
                    str(spec.get("class") or spec["type"]),
                    str(spec.get("example", "")),
                    None if default is None else str(default),
                )
            )
        columns = tuple(Column(column, str(kind)) for column, kind in header["columns"].items())
        query = cls(
            name=name,
            summary=str(header["summary"]).strip(),
            asks=str(header["asks"]).strip(),
            params=tuple(params),
            columns=columns,
            tags=tuple(header.get("tags") or ()),
            text=text,
            opening=opening_of(text),
        )
        query._agree(where)
        return query

    def _agree(self, where: str) -> None:
        selected = selected_variables(self.text)
        named = [column.name for column in self.columns]
        if selected != named:
            raise QueryHeader(
                f"{where} selects {', '.join(selected)} but its header names the columns {', '.join(named)}"
            )
        words = {match["word"] for match in tokens().finditer(self.text) if match["word"]}
        for parameter in self.params:
            if f"?{parameter.name}" not in words:
                raise QueryHeader(f"{where} declares the parameter {parameter.name!r} but does not use it")
        if "ORDER BY" not in self.text:
            raise QueryHeader(f"{where} has no ORDER BY, so its rows have no order")

    def parameter(self, name: str) -> Parameter | None:
        """Gives the parameter of that name, or None."""
        return next((p for p in self.params if p.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """Gives the query as plain data, for JSON."""
        plain = asdict(self)
        for key in ("params", "columns"):
            plain[key] = [part._asdict() for part in getattr(self, key)]
        return plain

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Query:
        """Makes a query from plain data."""
        return cls(
            name=data["name"],
            summary=data["summary"],
            asks=data["asks"],
            params=tuple(Parameter(**p) for p in data["params"]),
            columns=tuple(Column(**c) for c in data["columns"]),
            tags=tuple(data["tags"]),
            text=data["text"],
            opening=data["opening"],
        )


def selected_variables(text: str) -> list[str]:
    """Gives the variables of the outermost SELECT, in order, without `?`.

    >>> selected_variables("SELECT ?a (COUNT(?b) AS ?n) WHERE { ?a ?p ?b }")
    ['a', 'n']
    """
    names: list[str] = []
    depth = 0
    started = False
    last = ""
    for match in tokens().finditer(text):
        word, mark = match["word"], match["mark"]
        if not started:
            started = bool(word) and word.upper() == "SELECT"
            continue
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth -= 1
            if depth == 0:
                names.append(last)
        elif mark == "{" or (word and depth == 0 and word.upper() in ("WHERE", "FROM")):
            break
        elif word and word[0] in "?$":
            if depth == 0:
                names.append(word[1:])
            last = word[1:]
    return names


def opening_of(text: str) -> int:
    """Gives the offset just after the brace that opens the outermost WHERE.

    Raises:
        QueryHeader: the query has no `WHERE {`.
    """
    previous = ""
    for match in tokens().finditer(text):
        if match["mark"] == "{" and previous == "WHERE":
            return match.end()
        if match["word"]:
            previous = match["word"].upper()
        elif not match["comment"]:
            previous = ""
    raise QueryHeader("the query has no WHERE {", "write WHERE before the outermost brace")


def bind(text: str, opening: int, values: Mapping[str, Sequence[str]]) -> str:
    """Puts values into a query as VALUES blocks at the top of its outermost WHERE.

    Args:
        text: the query.
        opening: what `opening_of` gives for it.
        values: for each variable its terms, already serialised as N-Triples write them.
    """
    block = "".join(f" VALUES ?{name} {{ {' '.join(terms)} }}" for name, terms in sorted(values.items()))
    return f"{text[:opening]}{block}{text[opening:]}"


def form_of(text: str) -> str:
    """Gives the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE; empty where the text is none of them.

    >>> form_of("PREFIX ask: <x:> # SELECT\\nASK { ?s a ask:x }")
    'ASK'
    """
    for match in tokens().finditer(text):
        word = (match["word"] or "").upper()
        if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return word
    return ""
