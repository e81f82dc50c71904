"""The Store: what a built graph can be asked. Here the interface, and the embedded read-only Oxigraph store."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from moagraph.errors import QuerySyntax
from moagraph.names import ASSERTED, BASE, PREFIXES, local_name, policy_graph, spaced
from moagraph.table import Blank, Cell, Column, Iri, Literal, Scalar, Table

SKOS_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_XSD = "http://www.w3.org/2001/XMLSchema#"

_PREFIXES = dict(PREFIXES)
_SPEAKING = tuple(PREFIXES[kind] for kind in ("claim", "evidence", "finding", "absence"))

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Solutions(NamedTuple):
    """What a SELECT query answers, as terms.

    Attributes:
        variables: names without `?`, in order.
        rows: a term, or None where unbound, for each variable.
    """

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]


class Triples(tuple[ox.Triple, ...]):
    """What a CONSTRUCT or DESCRIBE query answers: triples, each once, in the order of their text."""

    __slots__ = ()

    @classmethod
    def of(cls, triples: Iterable[ox.Triple]) -> Triples:
        """Puts triples in order."""
        return cls(tuple(t for _, t in sorted({str(t): t for t in triples}.items())))

    @property
    def digest(self) -> str:
        """SHA-256 of the triples as lines of N-Triples, in their order."""
        whole = hashlib.sha256()
        for triple in self:
            whole.update(f"{triple} .\n".encode())
        return f"sha256:{whole.hexdigest()}"

    def to(self, format: str) -> str:
        """Gives the graph as turtle, ntriples, jsonld or rdfxml.

        Raises:
            UnknownFormat: it is none of these.
        """
        from moagraph.graphs import written

        return written(self, format)

    def __str__(self) -> str:
        return self.to("turtle")

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Shows Turtle in a notebook."""
        printer.text("..." if cycle else str(self))


class Store(ABC):
    """What every store can do, embedded or remote.

    The default graph of every query is what curators asserted plus what was derived under one policy. Known
    prefixes need not be declared.
    """

    def __init__(self) -> None:
        self._labels: dict[str, str | None] = {}

    @abstractmethod
    def answer(self, query: str, policy: str) -> Solutions | Triples | bool:
        """Gives the answer to a query of any form, as terms.

        Raises:
            QuerySyntax: the query is not SPARQL 1.1, or cannot be evaluated.
        """

    @abstractmethod
    def policies(self) -> dict[str, str]:
        """Gives the policies under which something was derived, by name, with their summaries."""

    @abstractmethod
    def quads(self, graph: str) -> Iterator[ox.Triple]:
        """Gives the triples of one named graph, in no order."""

    @abstractmethod
    def count(self, graph: str) -> int:
        """Gives the number of triples in a named graph."""

    @abstractmethod
    def _find_labels(self, iris: Sequence[str]) -> dict[str, str]:
        """Gives the English labels of those IRIs that have one; the preferred one comes first."""

    def select(self, query: str, policy: str, columns: Sequence[Column] = ()) -> Table:
        """Gives the table that a SELECT query answers under a policy.

        Args:
            query: the text; its variables are the columns, in order.
            policy: name of a policy of evidence.
            columns: names and types of the columns where a header declares them.
        """
        solutions = self.answer(query, policy)
        assert isinstance(solutions, Solutions)
        return self.table(solutions, columns)

    def ask(self, query: str, policy: str) -> Table | Triples | bool:
        """Gives the answer to a query of any form: a table, a graph, or true or false."""
        answer = self.answer(query, policy)
        return self.table(answer) if isinstance(answer, Solutions) else answer

    def table(self, solutions: Solutions, columns: Sequence[Column] = ()) -> Table:
        """Gives solutions as a table whose things know their labels, which are looked up all at once."""
        if not columns:
            columns = [Column(name) for name in solutions.variables]
        reads = [_READS.get(column.type, _several if column.many else scalar) for column in columns]
        rows = tuple(tuple(read(term) for read, term in zip(reads, row, strict=True)) for row in solutions.rows)
        labels = self.labels({part for row in rows for cell in row for part in _things(cell)})
        return Table(tuple(columns), tuple(tuple(_labelled(cell, labels) for cell in row) for row in rows))

    def label(self, iri: str) -> str | None:
        """Gives the English label of a thing or term, or None where it has none."""
        return self.labels([iri])[iri]

    def labels(self, iris: Iterable[str]) -> dict[str, str | None]:
        """Gives for each IRI its English label, or None where it has none; each is looked up once."""
        wanted = {str(iri) for iri in iris}
        missing = sorted(wanted - self._labels.keys())
        if missing:
            found = self._find_labels(missing)
            self._labels |= {iri: found.get(iri) or spoken(iri) for iri in missing}
        return {iri: self._labels[iri] for iri in wanted}


class EmbeddedStore(Store):
    """A built graph on disk, opened read-only, or in memory while it is built.

    Args:
        store: the store.
        foreign: named graphs of a user's own triples, which every query sees too.
    """

    def __init__(self, store: ox.Store, foreign: Sequence[str] = ()) -> None:
        super().__init__()
        self.store = store
        self.foreign = tuple(foreign)

    @classmethod
    def open(cls, folder: Path, foreign: Sequence[str] = ()) -> EmbeddedStore:
        """Opens the store in a folder for reading.

        Raises:
            OSError: there is no store in the folder.
        """
        return cls(ox.Store.read_only(str(folder)), foreign)

    def evaluate(self, query: str, policy: str) -> Any:
        """Gives pyoxigraph's answer to a query of any form, with known prefixes declared.

        Raises:
            QuerySyntax: the query is not SPARQL 1.1, or cannot be evaluated.
        """
        graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
            ox.NamedNode(iri) for iri in (ASSERTED, policy_graph(policy), *self.foreign)
        ]
        try:
            return self.store.query(query, prefixes=_PREFIXES, default_graph=graphs)
        except SyntaxError as error:
            raise syntax_error(query, str(error)) from None
        except (RuntimeError, ValueError) as error:
            raise QuerySyntax(f"the query cannot be evaluated: {error}", query) from None

    def answer(self, query: str, policy: str) -> Solutions | Triples | bool:
        """Gives the answer to a query of any form, as terms."""
        answer = self.evaluate(query, policy)
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return Triples.of(answer)
        names = tuple(variable.value for variable in answer.variables)
        return Solutions(names, [tuple(solution) for solution in answer])

    def _find_labels(self, iris: Sequence[str]) -> dict[str, str]:
        return {iri: label for iri in iris if (label := self._find_label(iri)) is not None}

    def _find_label(self, iri: str) -> str | None:
        node = ox.NamedNode(iri)
        graphs = [ox.NamedNode(graph) for graph in (ASSERTED, *self.foreign)]
        for predicate in (SKOS_LABEL, RDFS_LABEL):
            for graph in graphs:
                for quad in self.store.quads_for_pattern(node, ox.NamedNode(predicate), None, graph):
                    if isinstance(quad.object, ox.Literal) and quad.object.language == "en":
                        return quad.object.value
        return None

    def policies(self) -> dict[str, str]:
        """Gives the policies under which something was derived, by name, with their summaries."""
        definition = ox.NamedNode(f"{PREFIXES['skos']}definition")
        prefix = policy_graph("")
        found = {}
        for graph in self.store.named_graphs():
            if isinstance(graph, ox.NamedNode) and graph.value.startswith(prefix):
                found[graph.value.removeprefix(prefix)] = ""
                for quad in self.store.quads_for_pattern(graph, definition, None, graph):
                    found[graph.value.removeprefix(prefix)] = getattr(quad.object, "value", "")
        return dict(sorted(found.items()))

    def quads(self, graph: str) -> Iterator[ox.Triple]:
        """Gives the triples of one named graph, in no order."""
        for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph)):
            yield quad.triple

    def count(self, graph: str) -> int:
        """Gives the number of triples in a named graph."""
        answer = self.store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {iri_term(graph)} {{ ?s ?p ?o }} }}")
        assert isinstance(answer, ox.QuerySolutions)
        return int(next(answer)["n"].value)


def _several(term: Term | None) -> tuple[Iri, ...]:
    value = term.value if isinstance(term, ox.Literal) else ""
    return tuple(Iri(iri) for iri in sorted(set(value.split())))


def scalar(term: Term | None) -> Scalar:
    """Gives a term as a cell has it; things do not know their labels yet."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.BlankNode):
        return Blank(str(term))
    if not isinstance(term, ox.Literal):
        return str(term)
    datatype, value = term.datatype.value, term.value
    if datatype == f"{_XSD}string":
        return value
    if datatype == f"{_XSD}integer":
        return int(value)
    if datatype == f"{_XSD}boolean":
        return value in ("true", "1")
    if datatype == f"{_XSD}decimal":
        from decimal import Decimal

        return Decimal(value)
    if datatype in (f"{_XSD}double", f"{_XSD}float"):
        return float(value.replace("INF", "inf"))
    return Literal(value, datatype, term.language or "")


def _truth(term: Term | None) -> Scalar:
    """Gives a truth value, which some engines compute as a whole number (Virtuoso)."""
    value = scalar(term)
    return bool(value) if isinstance(value, int) else value


_READS: dict[str, Callable[[Term | None], Cell]] = {"xsd:boolean": _truth}


def _things(cell: Cell) -> Iterator[str]:
    for part in cell if isinstance(cell, tuple) else (cell,):
        if isinstance(part, Iri):
            yield str(part)


def _labelled(cell: Cell, labels: dict[str, str | None]) -> Cell:
    if isinstance(cell, Iri):
        return Iri(cell, labels[str(cell)])
    if isinstance(cell, tuple):
        return tuple(Iri(part, labels[str(part)]) if isinstance(part, Iri) else part for part in cell)
    return cell


def spoken(iri: str) -> str | None:
    """Gives the name of a policy, and what the name of a claim, of its lines, of an absence or of an edge says."""
    if iri.startswith(f"{BASE}policy/"):
        return local_name(iri)
    if iri.startswith(PREFIXES["derivation"]) and len(parts := iri.split("/")) == 11:
        return f"{parts[7]} {spaced(parts[8])} {parts[10]}"
    return local_name(iri).replace("_", " ") if iri.startswith(_SPEAKING) else None


def syntax_error(query: str, message: str) -> QuerySyntax:
    """Gives the error that points at the place which an engine's message names as `error at LINE:COLUMN: …`."""
    from moagraph.tokens import undeclared_prefixes

    unknown = sorted(undeclared_prefixes(query) - PREFIXES.keys())
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
