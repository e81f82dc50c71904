"""The Python face: each named query as a function with a true signature and docstring.

`g.queries.shared_mechanisms(compound="cortexin")` is `g.ask("shared-mechanisms", compound="cortexin")`; notebooks
complete its name and its arguments, and `help()` shows what it takes and gives.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from moagraph.errors import did_you_mean
from moagraph.faces.manual import spoken, takes
from moagraph.library import Library
from moagraph.query import Parameter, Query
from moagraph.table import Column, Table
from moagraph.values import DATATYPES, canonical, cell_of


def function(library: Library, query: Query) -> Callable[..., Table]:
    """Gives a named query as a function."""
    names = {p.argument: p.name for p in query.params}
    wanted = signature(query)

    def ask(*args: object, **values: object) -> Table:
        given = wanted.bind_partial(*args).arguments
        twice = given.keys() & values.keys()
        if twice:
            raise TypeError(f"{ask.__name__}() got several values for {', '.join(sorted(twice))}")
        return library.ask(query.name, {names.get(key, key): value for key, value in (given | values).items()})

    ask.__name__ = ask.__qualname__ = function_name(query)
    ask.__doc__ = docstring(query)
    ask.__signature__ = wanted  # type: ignore[attr-defined]
    return ask


class Questions:
    """The named queries of a library as functions: `questions.shared_mechanisms(compound="cortexin")`.

    Also a table of them, in a notebook too, and a mapping: `questions["shared-mechanisms"]`.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._by_function = {function_name(query): query for query in library.queries.values()}

    def __getattr__(self, name: str) -> Callable[..., Table]:
        if name.startswith("_") or name not in self._by_function:
            # Not an error of ours: hasattr, copy and notebooks ask for names that nobody has.
            raise AttributeError(did_you_mean(name, self._by_function, f"there is no query named {name!r}"))
        return function(self._library, self._by_function[name])

    def __getitem__(self, name: str) -> Callable[..., Table]:
        return function(self._library, self._library.find(name))

    def __dir__(self) -> list[str]:
        return list(self._by_function)

    def __iter__(self) -> Iterator[str]:
        return iter(self._library.queries)

    def __len__(self) -> int:
        return len(self._library.queries)

    def table(self) -> Table:
        """Gives name, signature and summary of each query."""
        rows = tuple((q.name, f"{function_name(q)}{signature(q, plain=True)}", q.summary) for q in self._queries())
        columns = (Column("query", "xsd:string"), Column("call", "xsd:string"), Column("summary", "xsd:string"))
        return Table(columns, rows, "Named queries")

    def _queries(self) -> list[Query]:
        return list(self._library.queries.values())

    def __repr__(self) -> str:
        return self.table().to_text()

    def _repr_html_(self) -> str:
        return self.table().to_html()


def function_name(query: Query) -> str:
    """Gives the name of a query as a Python function."""
    return query.name.replace("-", "_")


def signature(query: Query, *, plain: bool = False) -> inspect.Signature:
    """Gives the signature of a query as a function: what is required first, then what has a default or is optional.

    Args:
        query: the query.
        plain: whether to leave out the types.
    """
    ordered = sorted(query.params, key=lambda p: not p.required)
    return inspect.Signature(
        [
            inspect.Parameter(
                p.argument,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if p.required else _default(p),
                annotation=inspect.Parameter.empty if plain else _annotation(p),
            )
            for p in ordered
        ],
        return_annotation=inspect.Signature.empty if plain else Table,
    )


def _default(parameter: Parameter) -> Any:
    if not parameter.default:
        return None
    datatype = parameter.datatype
    values = [cell_of(canonical(v, datatype), datatype) if datatype else v for v in parameter.default]
    return values if parameter.many else values[0]


class _Words(str):
    """An annotation that shows as it is written."""

    def __repr__(self) -> str:
        return str(self)


def _annotation(parameter: Parameter) -> str:
    one = DATATYPES[parameter.datatype].python if parameter.datatype is not None else "str"
    words = f"{one} | list[{one}]"
    return _Words(f"{words} | None" if parameter.optional and not parameter.default else words)


def docstring(query: Query) -> str:
    """Gives the docstring of a query as a function, in the form that this package's own have."""
    asks = query.asks
    for parameter in query.params:
        asks = re.sub(rf"\?{parameter.name}\b", f"`{parameter.argument}`", asks)
    lines = [f"{query.summary}.", "", asks, ""]
    if query.params:
        lines.append("Args:")
        for p in sorted(query.params, key=lambda p: not p.required):
            about = f"{p.about}; " if p.about else ""
            several = "a list is asked about together" if p.many else "a list asks for each"
            lines.append(f"    {p.argument}: {about}{takes(p)}; {several}.")
        lines.append("")
    lines += ["Returns:", "    A table with the columns"]
    for i, column in enumerate(query.columns):
        end = "." if i == len(query.columns) - 1 else ","
        lines.append(f"    {column.name} ({spoken(column.type)}){end}")
    lines += ["", "Raises:", "    MoagraphError: the question was wrong; the message says how to mend it.", ""]
    shown = ", ".join(f"{p.argument}={_shown(p)}" for p in query.params if p.required)
    lines += ["Example:", f"    g.queries.{function_name(query)}({shown})"]
    return "\n".join(lines)


def _shown(parameter: Parameter) -> str:
    datatype = parameter.datatype
    values = [cell_of(canonical(v, datatype), datatype) if datatype else v for v in parameter.examples]
    return repr(list(values) if parameter.many else values[0])
