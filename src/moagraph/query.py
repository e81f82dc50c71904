"""One query file: its header, parameters, columns and text, and how values are bound to it.

A query file is SPARQL 1.1 that runs unchanged on any engine, under a header of lines that begin with `#+` and
together are YAML. The header is the only text: help, completion, tables of queries and signatures are printed
from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from keyword import iskeyword
from typing import Any, NamedTuple

from moagraph.errors import QueryHeader, did_you_mean
from moagraph.names import expand
from moagraph.table import Column
from moagraph.values import DATATYPES, canonical, text_of


def header_of(text: str, where: str) -> dict[str, Any]:
    """Gives the YAML header of a query file as a dictionary.

    Raises:
        QueryHeader: there is none, or it is not a YAML mapping, or it says something twice.
    """
    import yaml

    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    if not lines:
        raise QueryHeader(f"{where} has no header", "begin it with lines like '#+ summary: …'")
    try:
        header = yaml.safe_load("\n".join(lines))
        header_lines(text)
    except (yaml.YAMLError, ValueError) as error:
        raise QueryHeader(f"the header of {where} is not YAML: {error}", "quote values that hold ': '") from None
    if not isinstance(header, dict):
        raise QueryHeader(f"the header of {where} is not a mapping", "write lines like '#+ summary: …'")
    return header


def header_lines(text: str) -> dict[tuple[str, ...], int]:
    """Gives for each key of a header, named by the way to it, the line of the file on which it stands.

    >>> header_lines("#+ params:\\n#+   n: { type: xsd:integer }")[("params", "n", "type")]
    2

    Raises:
        QueryHeader: a key stands twice, so that the last would silently win.
    """
    import yaml

    numbers = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("#+")]
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    found: dict[tuple[str, ...], int] = {}

    def walk(node: yaml.Node | None, way: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here = (*way, str(key.value))
                line = numbers[key.start_mark.line]
                if here in found:
                    raise QueryHeader(f"the header says {here[-1]!r} twice", "keep one of the two", line)
                found[here] = line
                walk(value, here)

    walk(yaml.compose("\n".join(lines), Loader=yaml.SafeLoader), ())
    return found


class Parameter(NamedTuple):
    """A typed parameter of a query.

    Attributes:
        name: also the name of the SPARQL variable that it binds.
        types: one or several classes (`moa:Compound`), whose members are accepted by any of their names, or one
            datatype.
        examples: values that give an answer; one, but for a parameter that takes many.
        default: the values taken where none is given; empty where there is no default.
        optional: whether it may stay unbound, which means any.
        enum: the only values allowed; empty where all of the type are.
        many: whether several values are bound together, so that one answer is about all of them.
        about: what it is, in one line.
    """

    name: str
    types: tuple[str, ...]
    examples: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    optional: bool = False
    enum: tuple[str, ...] = ()
    many: bool = False
    about: str = ""

    @property
    def required(self) -> bool:
        """Whether a question without it is refused."""
        return not (self.optional or self.default)

    @property
    def datatype(self) -> str | None:
        """The datatype of its values, or None where they are things."""
        return self.types[0] if self.types[0] in DATATYPES else None

    @property
    def type(self) -> str:
        """The type of a column that holds its values."""
        return self.types[0] if len(self.types) == 1 else "rdfs:Resource"

    @property
    def example(self) -> str:
        """A value that gives an answer."""
        return self.examples[0]

    @property
    def argument(self) -> str:
        """Its name in Python, where some words are taken."""
        return f"{self.name}_" if iskeyword(self.name) else self.name

    @classmethod
    def parse(cls, name: str, spec: object, where: str) -> Parameter:
        """Reads a parameter of a header.

        Raises:
            QueryHeader: it is malformed, or a value that it names is not of its type.
        """
        said = f"parameter {name!r} of {where}"
        if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
            raise QueryHeader(f"{said} has a name that is no SPARQL variable", "use letters, digits and _")
        if not isinstance(spec, dict) or len({"class", "type"} & spec.keys()) != 1:
            raise QueryHeader(
                f"{said} needs a class or a type",
                "write { class: moa:Compound, example: … } or { type: xsd:integer }",
            )
        unknown = spec.keys() - {"class", "type", "example", "default", "optional", "enum", "many", "about"}
        if unknown:
            raise QueryHeader(f"{said} has unknown keys: {', '.join(sorted(map(str, unknown)))}")
        for key in ("optional", "many"):
            if not isinstance(spec.get(key, False), bool):
                raise QueryHeader(f"{key} of {said} is true or false, not {spec[key]!r}")
        types = _texts(spec.get("class", spec.get("type")), f"class or type of {said}")
        for kind in types:
            _refuse_type(kind, said)
        if ("type" in spec) != (types[0] in DATATYPES) or (len(types) > 1 and "type" in spec):
            raise QueryHeader(
                f"{said} has a class that is a datatype, or a type that is none", "class: moa:… or type: xsd:…"
            )
        default = _texts(spec.get("default", []), f"default of {said}")
        enum = _texts(spec.get("enum", []), f"enum of {said}")
        examples = _texts(spec.get("example", default[:1] or enum[:1]), f"example of {said}")
        many = bool(spec.get("many"))
        if not examples:
            raise QueryHeader(f"{said} has no example", "add one that gives an answer, such as example: cortexin")
        if not many and (len(examples) > 1 or len(default) > 1):
            raise QueryHeader(f"{said} takes one value, and its example or default has several", "or add many: true")
        if types[0] in DATATYPES:
            for key, texts in (("example", examples), ("default", default), ("enum", enum)):
                for text in texts:
                    try:
                        canonical(text, types[0])
                    except ValueError:
                        raise QueryHeader(f"{key} {text!r} of {said} is no {types[0]}") from None
        stray = [text for text in (*examples, *default) if enum and text not in enum]
        if stray:
            raise QueryHeader(f"{stray[0]!r} of {said} is none of its enumeration", f"one of {', '.join(enum)}")
        about = str(spec.get("about", "")).strip()
        return cls(name, types, examples, default, bool(spec.get("optional")), enum, many, about)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Parameter:
        """Makes a parameter from plain data."""
        fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}
        return cls(**fields)


def _texts(value: object, said: str) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    for one in values:
        if one is None or isinstance(one, list | dict):
            raise QueryHeader(f"{said} is empty or nested", "write one value, or a list of values")
    return tuple(text_of(one) for one in values)


def _refuse_type(kind: str, said: str) -> None:
    """Refuses the name of a class or datatype that nobody could know."""
    if kind == "xsd:gYear":
        raise QueryHeader(f"{said} is an xsd:gYear, which engines compare differently", "use xsd:integer for years")
    if kind.startswith("xsd:") and kind not in (*DATATYPES, "xsd:double"):
        raise QueryHeader(f"{said} has the unknown datatype {kind}", did_you_mean(kind, DATATYPES, "use xsd:string"))
    if expand(kind) is None:
        raise QueryHeader(
            f"{said} has the type {kind!r}, which is no CURIE with a known prefix", "such as moa:Compound"
        )


class Query(NamedTuple):
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
    text: str
    opening: int

    def __repr__(self) -> str:
        return f"Query({self.name})"

    @classmethod
    def parse(cls, name: str, text: str) -> Query:
        """Reads a query file.

        Raises:
            QueryHeader: the header is missing, malformed, or disagrees with the query below it; says on which line.
        """
        where = f"{name}.rq"
        header = header_of(text, where)
        lines = header_lines(text)
        unknown = header.keys() - {"summary", "asks", "params", "columns", "tags"}
        if unknown:
            first = min(lines[(str(key),)] for key in unknown)
            names = ", ".join(sorted(map(str, unknown)))
            raise QueryHeader(f"the header of {where} has unknown keys: {names}", "", first)
        for key in ("summary", "asks", "columns"):
            if not header.get(key):
                raise QueryHeader(f"the header of {where} lacks {key!r}")
        for key in ("params", "columns"):
            if not isinstance(header.get(key) or {}, dict):
                raise QueryHeader(f"{key} of {where} is no mapping", "write name: …", lines[(key,)])
        params = []
        for parameter, spec in (header.get("params") or {}).items():
            try:
                params.append(Parameter.parse(str(parameter), spec, where))
            except QueryHeader as error:
                raise QueryHeader(error.problem, error.fix, lines[("params", str(parameter))]) from None
        for column, kind in header["columns"].items():
            try:
                _refuse_type(str(kind).removesuffix("*"), f"column {column!r} of {where}")
            except QueryHeader as error:
                raise QueryHeader(error.problem, error.fix, lines[("columns", str(column))]) from None
        columns = tuple(Column(str(column), str(kind)) for column, kind in header["columns"].items())
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
        query._agree(where, lines)
        return query

    def _agree(self, where: str, lines: Mapping[tuple[str, ...], int]) -> None:
        from moagraph.tokens import tokens_of

        selected = selected_variables(self.text)
        named = [column.name for column in self.columns]
        if selected != named:
            raise QueryHeader(
                f"{where} selects {', '.join(selected)} but its header names the columns {', '.join(named)}",
                "",
                lines[("columns",)],
            )
        words = {token.text[1:] for token in tokens_of(self.text) if token.kind == "var"}
        for parameter in self.params:
            if parameter.name not in words:
                raise QueryHeader(
                    f"{where} declares the parameter {parameter.name!r} but does not use it",
                    "",
                    lines[("params", parameter.name)],
                )
        if "ORDER BY" not in self.text:
            raise QueryHeader(f"{where} has no ORDER BY, so its rows have no order")

    def parameter(self, name: str) -> Parameter | None:
        """Gives the parameter of that name, or None."""
        return next((p for p in self.params if p.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """Gives the query as plain data, for JSON."""
        plain = self._asdict()
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
            params=tuple(Parameter.from_dict(p) for p in data["params"]),
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
    from moagraph.tokens import tokens_of

    names: list[str] = []
    depth = 0
    last = ""
    tokens = iter(tokens_of(text))
    next((token for token in tokens if token.upper == "SELECT"), None)
    for token in tokens:
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                names.append(last)
        elif token.upper in ("{", "WHERE", "FROM"):
            break
        elif token.kind == "var":
            last = token.text[1:]
            if depth == 0:
                names.append(last)
    return names


def opening_of(text: str) -> int:
    """Gives the offset just after the brace that opens the outermost WHERE.

    Raises:
        QueryHeader: the query has no `WHERE {`.
    """
    from moagraph.tokens import tokens_of

    for where, brace in pairwise(tokens_of(text)):
        if (where.upper, brace.text) == ("WHERE", "{"):
            return brace.at + 1
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


def bare(text: str) -> str:
    """Gives the text of a query without the lines that are comments: what it asks."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def form_of(text: str) -> str:
    """Gives the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE; empty where the text is none of them.

    >>> form_of("PREFIX ask: <x:> # SELECT\\nASK { ?s a ask:x }")
    'ASK'
    """
    from moagraph.tokens import tokens_of

    forms = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    return next((token.upper for token in tokens_of(text) if token.upper in forms), "")
