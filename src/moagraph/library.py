"""The Library: find named queries and ask them with typed values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyoxigraph as ox

from moagraph.errors import (
    AmbiguousThing,
    BadValue,
    MissingParameter,
    UnknownParameter,
    UnknownQuery,
    UnknownThing,
)
from moagraph.names import ASSERTED, BASE, PREFIXES, compact, expand, local_name
from moagraph.query import Parameter, Query, bind
from moagraph.store import EmbeddedStore, iri_term, literal_term
from moagraph.table import Cell, Column, Iri, Table

_NAMED_BY = tuple(
    ox.NamedNode(expand(name) or name)
    for name in ("skos:prefLabel", "skos:altLabel", "skos:notation", "moa:identifier")
)
_TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")
_DATATYPES = {
    "xsd:integer": r"[+-]?\d+",
    "xsd:decimal": r"[+-]?\d+(\.\d+)?",
    "xsd:boolean": r"true|false|1|0",
    "xsd:date": r"\d{4}-\d{2}-\d{2}",
    "xsd:string": r"(?s:.*)",
}


class Names:
    """What people call things: labels, synonyms, codes, CURIEs and slugs, without regard to case."""

    def __init__(self, store: EmbeddedStore, policy: str) -> None:
        self._store = store
        self._policy = policy
        self._by_class: dict[str, dict[str, set[str]]] = {}

    def of_class(self, kind: str) -> dict[str, set[str]]:
        """Gives for each folded name the IRIs of the class's members that have it."""
        if kind not in self._by_class:
            names: dict[str, set[str]] = {}
            for iri in self.members(kind):
                for name in self.names_of(iri):
                    names.setdefault(name.casefold(), set()).add(iri)
            self._by_class[kind] = names
        return self._by_class[kind]

    def _is_a(self, iri: str, kind: str) -> bool:
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return False
        cls = ox.NamedNode(expand(kind) or kind)
        return any(True for _ in self._store.store.quads_for_pattern(node, _TYPE, cls, ox.NamedNode(ASSERTED)))

    def members(self, kind: str) -> list[str]:
        """Gives the IRIs of a class's members in order."""
        table = self._store.select(
            f"SELECT DISTINCT ?thing WHERE {{ ?thing a {iri_term(expand(kind) or kind)} }} ORDER BY ?thing",
            self._policy,
        )
        return [str(cell) for cell in table.column("thing")]

    def names_of(self, iri: str) -> list[str]:
        """Gives all names of a thing: slug, CURIE, labels and synonyms in all languages, codes."""
        found = [local_name(iri), compact(iri), iri, local_name(iri).replace("_", " ")]
        graph = ox.NamedNode(ASSERTED)
        for predicate in _NAMED_BY:
            for quad in self._store.store.quads_for_pattern(ox.NamedNode(iri), predicate, None, graph):
                if isinstance(quad.object, ox.Literal):
                    found.append(quad.object.value)
        return found

    def resolve(self, word: str, kinds: Iterable[str]) -> str:
        """Gives the IRI of the thing that a word names, in one of the classes.

        Raises:
            UnknownThing: nothing has that name; offers the nearest ones.
            AmbiguousThing: several things have it.
        """
        kinds = list(kinds)
        if len(kinds) == 1:
            # Within a kind slug and CURIE are unique, so they need no look at all the names.
            folder = kinds[0].partition(":")[2].lower()
            iri = f"{BASE}{folder}/{word.removeprefix(f'{folder}:')}"
            if self._is_a(iri, kinds[0]):
                return iri
        known: list[str] = []
        found: set[str] = set()
        for kind in kinds:
            names = self.of_class(kind)
            found |= names.get(word.strip().casefold(), set())
            known += names
        if not found:
            shown = [name for name in known if ":" not in name]
            raise UnknownThing(word, " or ".join(k.partition(":")[2] or k for k in kinds), shown)
        if len(found) > 1:
            raise AmbiguousThing(word, [compact(iri) for iri in found])
        return found.pop()


class Library:
    """Named queries over one store, under one policy.

    Args:
        queries: the queries by name.
        store: what is asked.
        policy: name of the policy of evidence.
    """

    def __init__(self, queries: Mapping[str, Query], store: EmbeddedStore, policy: str) -> None:
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

    def answers(self, name: str) -> Table:
        """Gives the answers for all values that the parameters of a query can take, with the values as first columns.

        Raises:
            UnknownQuery: there is none of that name.
        """
        query = self.find(name)
        choices = [self.names.members(parameter.type) for parameter in query.params]
        rows: list[tuple[Cell, ...]] = []
        for values in itertools.product(*choices):
            given = tuple(Iri(value, self.store.label(value)) for value in values)
            asked = dict(zip((p.name for p in query.params), values, strict=True))
            rows += [(*given, *row) for row in self.ask(name, asked).cells]
        columns = tuple(Column(f"for_{p.name}", p.type) for p in query.params) + query.columns
        return Table(columns, tuple(rows), query.summary)

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
