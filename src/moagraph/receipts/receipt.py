"""A receipt: what was asked, of what, the rows that came, and the evidence under each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from moagraph.lineage import number_text
from moagraph.names import PREFIXES
from moagraph.store import Term
from moagraph.table import Blank, Cell, Iri, Literal, Scalar

Terms = tuple[Term, ...]
"""The terms of a cell: none where it is empty, several in order where its column may hold several."""

_XSD = PREFIXES["xsd"]


class Asked(NamedTuple):
    """A parameter as it was asked: its name, whether each value was asked apart, and the values in order."""

    name: str
    apart: bool
    values: Terms


class RecordedColumn(NamedTuple):
    """A column of the answer: its name and its type."""

    name: str
    type: str


class RecordedRow(NamedTuple):
    """A row of the answer, and what it rests on.

    Attributes:
        cells: for each column its terms.
        lines: IRIs of the evidence lines that bear it.
        judged: claims and derived nodes whose judgement it gives.
        statements: what curators wrote that it was made of and that no evidence line bears.
    """

    cells: tuple[Terms, ...]
    lines: tuple[str, ...]
    judged: tuple[str, ...]
    statements: tuple[str, ...]

    @property
    def traced(self) -> bool:
        """Whether it is known what the row rests on."""
        return bool(self.lines or self.statements)


class Snapshot(NamedTuple):
    """What was said of a node.

    Attributes:
        iri: the node.
        stance: IRI of the stance of an evidence line, else empty.
        statements: as text, in order.
        under: for an evidence line the nodes that it rests on, such as its claim, its studies and its references.
    """

    iri: str
    stance: str
    statements: tuple[str, ...]
    under: tuple[str, ...]


@dataclass(frozen=True)
class Receipt:
    """What was answered to a question, on which evidence.

    Attributes:
        query: the name of the query.
        text: its text.
        asked: its parameters with their values, defaults included.
        policy: the name of the policy of evidence.
        policy_digest, rules_digest, data_digest: of the text of the policy, of the texts of the derivations, and of
            what curators stated; empty where it could not be told.
        version: of moagraph.
        columns: of the answer.
        rows: in order.
        snapshots: what was said of each evidence line under a row, and of what those rest on, by IRI.
        own: for each of a user's own files of data, which nobody checked, the digest of its triples.
        unproven: what the receipt does not prove, as sentences.
    """

    query: str
    text: str
    asked: tuple[Asked, ...]
    policy: str
    policy_digest: str
    rules_digest: str
    data_digest: str
    version: str
    columns: tuple[RecordedColumn, ...]
    rows: tuple[RecordedRow, ...]
    snapshots: Mapping[str, Snapshot]
    own: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()

    @property
    def query_digest(self) -> str:
        """SHA-256 of the query's text without its comments."""
        from moagraph.query import bare

        return sha256(bare(self.text))

    @cached_property
    def iri(self) -> str:
        """The receipt's IRI, which ends in the digest of all that it says."""
        from moagraph.receipts.writing import iri_of

        return iri_of(self)

    def digest_of(self, iri: str) -> str:
        """Gives the digest of what was said of a node and of all that it rests on."""
        here = self.snapshots[iri]
        below = [f"{one} {sha256(chr(10).join(self.snapshots[one].statements))}" for one in here.under]
        return sha256("\n".join([*here.statements, *below]))

    @property
    def values(self) -> dict[str, str | list[str]]:
        """The parameters as `ask` takes them."""
        from moagraph.names import compact

        def word(term: Term) -> str:
            if not isinstance(term, ox.NamedNode):
                return str(getattr(term, "value", ""))
            curie = compact(term.value)
            return term.value if curie.startswith("<") else curie

        return {
            one.name: [word(v) for v in one.values] if one.apart or len(one.values) != 1 else word(one.values[0])
            for one in self.asked
        }

    def to_turtle(self) -> str:
        """Gives the receipt as Turtle, the same bytes on every machine."""
        from moagraph.receipts.writing import to_turtle

        return to_turtle(self)

    def __str__(self) -> str:
        return self.to_turtle()


def sha256(text: str) -> str:
    """Gives the SHA-256 of a text, with the name of the algorithm.

    >>> sha256("")[:20]
    'sha256:e3b0c44298fc1'
    """
    return f"sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"


def terms_of(cell: Cell) -> Terms:
    """Gives a cell as terms; a number in the one spelling of its value."""
    if isinstance(cell, tuple):
        return tuple(sorted({_term(part) for part in cell if part is not None}, key=str))
    return () if cell is None else (_term(cell),)


def _term(cell: Scalar) -> Term:
    if isinstance(cell, Iri):
        return ox.NamedNode(str(cell))
    if isinstance(cell, Blank):
        return ox.BlankNode(cell.removeprefix("_:"))
    if isinstance(cell, Literal):
        if cell.language:
            return ox.Literal(str(cell), language=cell.language.lower())
        return ox.Literal(str(cell), datatype=ox.NamedNode(cell.datatype))
    if isinstance(cell, bool):
        return ox.Literal(cell)
    if isinstance(cell, int):
        return ox.Literal(str(cell), datatype=ox.NamedNode(f"{_XSD}integer"))
    if isinstance(cell, Decimal):
        return ox.Literal(number_text(f"{cell:f}"), datatype=ox.NamedNode(f"{_XSD}decimal"))
    if isinstance(cell, float):
        text = repr(cell).replace("inf", "INF").replace("nan", "NaN")
        return ox.Literal(text, datatype=ox.NamedNode(f"{_XSD}double"))
    return ox.Literal(str(cell))


def things_in(terms: Iterable[Term]) -> set[str]:
    """Gives the IRIs among some terms."""
    return {term.value for term in terms if isinstance(term, ox.NamedNode)}
