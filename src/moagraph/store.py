"""The Store: what a built graph can be asked, here embedded as a read-only Oxigraph store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from moagraph.errors import QuerySyntax
from moagraph.names import ASSERTED, BASE, PREFIXES, local_name, policy_graph, unknown_prefixes
from moagraph.table import Cell, Column, Iri, Scalar, Table

SKOS_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_XSD = "http://www.w3.org/2001/XMLSchema#"

_PREFIXES = dict(PREFIXES)
_SPEAKING = tuple(PREFIXES[kind] for kind in ("claim", "evidence", "absence"))

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Store(Protocol):
    """What every store can do, embedded or remote."""

    def select(self, query: str, policy: str, columns: Sequence[Column] = ()) -> Table:
        """Gives the table that a SELECT query answers under a policy."""
        ...

    def label(self, iri: str) -> str | None:
        """Gives the English label of a thing or term, or None."""
        ...


class Triples(tuple[ox.Triple, ...]):
    """What a CONSTRUCT or DESCRIBE query answers: triples, each once, in the order of their text."""

    __slots__ = ()

    @classmethod
    def of(cls, triples: Iterator[ox.Triple]) -> Triples:
        """Puts triples in order."""
        return cls(tuple(t for _, t in sorted({str(t): t for t in triples}.items())))


class EmbeddedStore:
    """A built graph on disk, opened read-only, or in memory while it is built.

    The default graph of every query is what curators asserted plus what was derived under one policy.
    """

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self._labels: dict[str, str | None] = {}

    @classmethod
    def open(cls, folder: Path) -> EmbeddedStore:
        """Opens the store in a folder for reading.

        Raises:
            OSError: there is no store in the folder.
        """
        return cls(ox.Store.read_only(str(folder)))

    def evaluate(self, query: str, policy: str) -> Any:
        """Gives pyoxigraph's answer to a query of any form, with known prefixes declared.

        Raises:
            QuerySyntax: the query is not SPARQL 1.1.
        """
        graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
            ox.NamedNode(ASSERTED),
            ox.NamedNode(policy_graph(policy)),
        ]
        try:
            return self.store.query(query, prefixes=_PREFIXES, default_graph=graphs)
        except SyntaxError as error:
            raise _syntax_error(query, str(error)) from None
        except (RuntimeError, ValueError) as error:
            raise QuerySyntax(f"the query cannot be evaluated: {error}", query) from None

    def select(self, query: str, policy: str, columns: Sequence[Column] = ()) -> Table:
        """Gives the table that a SELECT query answers under a policy.

        Args:
            query: the text; its variables are the columns, in order.
            policy: name of a policy of evidence.
            columns: names and types of the columns where a header declares them.
        """
        solutions = self.evaluate(query, policy)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        if not columns:
            columns = [Column(name) for name in names]
        many = [column.many for column in columns]
        rows = tuple(
            tuple(self._cell(term, several) for term, several in zip(solution, many, strict=True))
            for solution in solutions
        )
        return Table(tuple(columns), rows)

    def ask(self, query: str, policy: str) -> Table | Triples | bool:
        """Gives the answer to a query of any form: a table, a graph, or true or false."""
        answer = self.evaluate(query, policy)
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return Triples.of(iter(answer))
        names = [variable.value for variable in answer.variables]
        rows = tuple(tuple(self._cell(term, False) for term in solution) for solution in answer)
        return Table(tuple(Column(name) for name in names), rows)

    def _cell(self, term: Term | None, several: bool) -> Cell:
        if several:
            value = term.value if isinstance(term, ox.Literal) else ""
            return tuple(Iri(iri, self.label(iri)) for iri in sorted(set(value.split())))
        return self._scalar(term)

    def _scalar(self, term: Term | None) -> Scalar:
        if term is None:
            return None
        if isinstance(term, ox.NamedNode):
            return Iri(term.value, self.label(term.value))
        if isinstance(term, ox.Literal):
            datatype = term.datatype.value
            if datatype == f"{_XSD}integer":
                return int(term.value)
            if datatype == f"{_XSD}decimal":
                from decimal import Decimal

                return Decimal(term.value)
            if datatype == f"{_XSD}boolean":
                return term.value in ("true", "1")
            return term.value
        return str(term)

    def label(self, iri: str) -> str | None:
        """Gives the English label of a thing or term, or None where it has none."""
        if iri not in self._labels:
            self._labels[iri] = self._find_label(iri)
        return self._labels[iri]

    def _find_label(self, iri: str) -> str | None:
        node = ox.NamedNode(iri)
        graph = ox.NamedNode(ASSERTED)
        for predicate in (SKOS_LABEL, RDFS_LABEL):
            for quad in self.store.quads_for_pattern(node, ox.NamedNode(predicate), None, graph):
                if isinstance(quad.object, ox.Literal) and quad.object.language == "en":
                    return quad.object.value
        if iri.startswith(f"{BASE}policy/"):
            return local_name(iri)
        if iri.startswith(_SPEAKING):
            # The name of a claim, of its lines and of an absence is a sentence one can say.
            return local_name(iri).replace("_", " ")
        return None

    def policies(self) -> list[str]:
        """Gives the names of the policies under which something was derived, in order."""
        prefix = policy_graph("")
        names = (g.value for g in self.store.named_graphs() if isinstance(g, ox.NamedNode))
        return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))

    def quads(self, graph: str) -> Iterator[ox.Triple]:
        """Gives the triples of one named graph, in no order."""
        for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph)):
            yield quad.triple


def _syntax_error(query: str, message: str) -> QuerySyntax:
    unknown = sorted(unknown_prefixes(query))
    if unknown:
        names = ", ".join(f"{prefix}:" for prefix in unknown)
        return QuerySyntax(f"the prefix {names} is not known; declare it with PREFIX", query)
    found = re.search(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if found is None:
        return QuerySyntax(message or "this is not SPARQL 1.1", query)
    return QuerySyntax(found[3].strip() or "this is not SPARQL 1.1", query, int(found[1]), int(found[2]))


def iri_term(iri: str) -> str:
    """Gives an IRI as it is written in a query; pyoxigraph refuses what is no IRI.

    Raises:
        ValueError: it is no IRI.
    """
    return str(ox.NamedNode(iri))


def literal_term(text: str, datatype: str) -> str:
    """Gives a literal as it is written in a query.

    Args:
        text: the lexical form.
        datatype: full IRI of the datatype.
    """
    return str(ox.Literal(text, datatype=ox.NamedNode(datatype)))
