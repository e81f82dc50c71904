"""The Library: find named queries and ask them with typed values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from moagraph.errors import BadValue, MissingParameter, UnknownParameter, UnknownQuery
from moagraph.names import expand
from moagraph.query import Parameter, Query, bind
from moagraph.store import Store, iri_term, literal_term
from moagraph.table import Table
from moagraph.things import Names

_DATATYPES = {
    "xsd:integer": r"[+-]?\d+",
    "xsd:decimal": r"[+-]?\d+(\.\d+)?",
    "xsd:boolean": r"true|false|1|0",
    "xsd:date": r"\d{4}-\d{2}-\d{2}",
    "xsd:string": r"(?s:.*)",
}


class Library:
    """Named queries over one store, under one policy.

    Args:
        queries: the queries by name.
        store: what is asked.
        policy: name of the policy of evidence.
    """

    def __init__(self, queries: Mapping[str, Query], store: Store, policy: str) -> None:
        self.queries = dict(sorted(queries.items()))
        self.store = store
        self.policy = policy
        self.names = Names(store, policy)

    def find(self, name: str) -> Query:
        """Gives the query of that name.

        Raises:
            UnknownQuery: there is none; offers the nearest names.
        """
        if name not in self.queries:
            raise UnknownQuery(name, self.queries)
        return self.queries[name]

    def ask(self, name: str, values: Mapping[str, object]) -> Table:
        """Gives the answer to a named query.

        Args:
            name: the query's name.
            values: for each parameter a value, or a list of values; things by any of their names.

        Raises:
            UnknownQuery, UnknownParameter, MissingParameter, BadValue, UnknownThing, AmbiguousThing: the question
                was wrong, and the error says how to mend it.
        """
        query = self.find(name)
        for given in values:
            if query.parameter(given) is None:
                raise UnknownParameter(name, given, [p.name for p in query.params])
        bound: dict[str, list[str]] = {}
        for parameter in query.params:
            value = values.get(parameter.name, parameter.default)
            if value is None or value == "" or value == []:
                raise MissingParameter(name, parameter.name, parameter.example)
            many = value if isinstance(value, list | tuple | set) else [value]
            bound[parameter.name] = [self._term(name, parameter, str(one)) for one in many]
        table = self.store.select(bind(query.text, query.opening, bound), self.policy, query.columns)
        return replace(table, title=query.summary)

    def _term(self, query: str, parameter: Parameter, value: str) -> str:
        pattern = _DATATYPES.get(parameter.type)
        if pattern is None:
            return iri_term(self.names.resolve(value, [parameter.type]))
        if not re.fullmatch(pattern, value):
            raise BadValue(
                f"{parameter.name}={value!r} of {query} is no {parameter.type}",
                f"for example {parameter.name}={parameter.example}",
            )
        return literal_term(value, expand(parameter.type) or parameter.type)
