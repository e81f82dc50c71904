"""The Library: find named queries and ask them with typed values."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from moagraph.errors import (
    BadValue,
    InputUnreadable,
    MissingParameter,
    QueryHeader,
    UnknownParameter,
    UnknownQuery,
    UnknownThing,
    did_you_mean,
)
from moagraph.names import expand
from moagraph.query import Parameter, Query, bind
from moagraph.store import Store, iri_term, literal_term
from moagraph.table import Cell, Column, Iri, Scalar, Table
from moagraph.things import Names
from moagraph.values import cell_of, literal, text_of


class Value(NamedTuple):
    """A value that was found to be of its parameter's type.

    Attributes:
        term: as a query has it.
        cell: as a table has it.
    """

    term: str
    cell: Scalar


class Question(NamedTuple):
    """One of the questions that the store is asked for an answer.

    Attributes:
        apart: the values of parameters that are asked one after the other, as the first cells of its rows.
        terms: for each parameter that has a value its terms.
    """

    apart: tuple[Scalar, ...]
    terms: dict[str, list[str]]


Given = Mapping[Parameter, tuple[Sequence[Value], bool]]
"""For each parameter that has them its values, and whether each of them is asked for apart."""


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

        A list for a parameter that takes one value asks once for each, and the answer says which rows are whose in
        a first column `for_<parameter>`. A list for one that takes many asks one question about all of them.

        Args:
            name: the query's name.
            values: for each parameter a value, or a list of values; things by any of their names. None and the
                empty string are no value.

        Raises:
            UnknownQuery, UnknownParameter, MissingParameter, BadValue, UnknownThing, AmbiguousThing: the question
                was wrong, and the error says how to mend it.
        """
        query = self.find(name)
        return self._answer(query, self.given(query, values))

    def answers(self, name: str) -> Table:
        """Gives the answers of a named query for all values that its parameters can take, each with its values.

        Parameters without an end to their values, such as numbers, are asked with their default or example.
        """
        query = self.find(name)
        return self._answer(query, self.all_given(query))

    def all_given(self, query: Query) -> Given:
        """Gives for each parameter of a query all values that it can take, to be asked apart."""
        return {p: (self.choices(query, p), True) for p in query.params}

    def choices(self, query: Query, parameter: Parameter) -> list[Value]:
        """Gives the values that a parameter can take; of a number or text its default or example."""
        if parameter.enum:
            return [self._value(query, parameter, word) for word in parameter.enum]
        if parameter.datatype is not None:
            return [self._value(query, parameter, word) for word in parameter.default or parameter.examples]
        members = {iri for kind in parameter.types for iri in self.names.members(kind)}
        return self._things(sorted(members))

    def bound(self, name: str, values: Mapping[str, object]) -> str:
        """Gives the text of a named query with its values in place, as it can be run anywhere.

        Raises:
            The errors of `ask`; BadValue also for several values of a parameter that takes one.
        """
        query = self.find(name)
        given = self.given(query, values)
        for parameter, (several, _) in given.items():
            if len(several) > 1 and not parameter.many:
                raise BadValue(f"{parameter.name} of {name} takes one value at a time")
        return bind(query.text, query.opening, _terms((p, several) for p, (several, _) in given.items()))

    def given(self, query: Query, values: Mapping[str, object]) -> Given:
        """Gives the values of a query's parameters, found to be of their types, defaults included.

        Raises:
            The errors of `ask`.
        """
        for given in values:
            if query.parameter(given) is None:
                raise UnknownParameter(query.name, given, [p.name for p in query.params])
        found: dict[Parameter, tuple[list[Value], bool]] = {}
        missing = []
        for parameter in query.params:
            value = values.get(parameter.name)
            listed = isinstance(value, list | tuple | set | frozenset)
            words = [text_of(one) for one in _in_order(value) if one is not None and one != ""]
            words = words or list(parameter.default)
            if words:
                several = dict.fromkeys(self._value(query, parameter, word) for word in words)
                found[parameter] = (list(several), listed and not parameter.many)
            elif parameter.required:
                missing.append(parameter)
        if missing:
            typed = {p: [text_of(one) for one in _in_order(values[p.name])] for p in found if p.name in values}
            typed |= {p: list(p.examples) for p in missing}
            shown = [quoted(f"{p.name}={word}") for p in query.params for word in typed.get(p, [])]
            raise MissingParameter(query.name, [p.name for p in missing], " ".join(shown))
        return found

    def questions(self, given: Given) -> Iterator[Question]:
        """Gives the questions that are asked, in order: one for each choice of the values that are asked apart."""
        each = [parameter for parameter, (_, apart) in given.items() if apart]
        together = [(parameter, several) for parameter, (several, apart) in given.items() if not apart]
        for chosen in itertools.product(*(given[parameter][0] for parameter in each)):
            terms = _terms([*together, *((p, [value]) for p, value in zip(each, chosen, strict=True))])
            yield Question(tuple(value.cell for value in chosen), terms)

    def columns(self, query: Query, given: Given) -> tuple[Column, ...]:
        """Gives the columns of an answer: first those that say whose the rows are."""
        return (*(Column(f"for_{p.name}", p.type) for p, (_, apart) in given.items() if apart), *query.columns)

    def _answer(self, query: Query, given: Given) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for apart, terms in self.questions(given):
            table = self.store.select(bind(query.text, query.opening, terms), self.policy, query.columns)
            rows += [(*apart, *row) for row in table.cells] if apart else table.cells
        return Table(self.columns(query, given), rows, query.summary)

    def _value(self, query: Query, parameter: Parameter, word: str) -> Value:
        datatype = parameter.datatype
        said, example = f"{parameter.name} of {query.name}", f"{parameter.name}={parameter.example}"
        if datatype is not None:
            text = literal(word, datatype, said, example)
            if parameter.enum and text not in {literal(e, datatype, said, example) for e in parameter.enum}:
                raise self._none_of(query, parameter, word)
            return Value(literal_term(text, expand(datatype) or datatype), cell_of(text, datatype))
        if not parameter.enum:
            return self._things([self.names.resolve(word, parameter.types)])[0]
        try:
            iri = self.names.resolve(word, parameter.types)
        except UnknownThing:
            raise self._none_of(query, parameter, word) from None
        if word not in parameter.enum and iri not in {self.names.resolve(e, parameter.types) for e in parameter.enum}:
            raise self._none_of(query, parameter, word)
        return self._things([iri])[0]

    def _none_of(self, query: Query, parameter: Parameter, word: str) -> BadValue:
        known = f"one of {', '.join(parameter.enum)}"
        return BadValue(
            f"{parameter.name} of {query.name} cannot be {word!r}: it is {known}",
            did_you_mean(word, parameter.enum, f"{parameter.name}={parameter.example}"),
        )

    def _things(self, iris: Sequence[str]) -> list[Value]:
        labels = self.store.labels(iris)
        return [Value(iri_term(iri), Iri(iri, labels[iri])) for iri in iris]


def _terms(given: Iterable[tuple[Parameter, Sequence[Value]]]) -> dict[str, list[str]]:
    return {parameter.name: [value.term for value in several] for parameter, several in given}


def _in_order(value: object) -> list[object]:
    """Gives one value or several as a list; of a set in the order of their text, since it has none."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=text_of)
    return list(value) if isinstance(value, list | tuple) else [value]


def quoted(word: str) -> str:
    """Gives a word as a shell takes it for one.

    >>> quoted("compound=cortexin"), quoted("source=VialBase comparison")
    ('compound=cortexin', "'source=VialBase comparison'")
    """
    safe = word.isascii() and not set(word) & set(" \t\n'\"\\$`!*?[](){}<>|&;#~")
    if safe and word:
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def queries_in(places: Iterable[Path]) -> dict[str, Query]:
    """Gives the named queries in a user's own `.rq` files and folders of them, by name.

    Raises:
        QueryHeader: a header is missing or malformed, or disagrees with its query, or two files have one name.
    """
    found: dict[str, Query] = {}
    for place in places:
        paths = sorted(place.rglob("*.rq")) if place.is_dir() else [place] if place.suffix == ".rq" else []
        for path in paths:
            if path.stem in found:
                raise QueryHeader(f"there are two queries named {path.stem}", f"rename {path}")
            try:
                found[path.stem] = Query.parse(path.stem, path.read_text("utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or error
                raise InputUnreadable(f"cannot read {path}: {reason}") from None
    return found
