"""Reads a receipt back. It is a stranger's file: nothing in it is run or fetched, and it must fit its digest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from moagraph.errors import BadRdf, InputUnreadable, NotAReceipt, ReceiptAltered
from moagraph.foreign import format_of, read
from moagraph.names import PREFIXES, VOCAB
from moagraph.receipts.receipt import Asked, Receipt, RecordedColumn, RecordedRow, Snapshot, Terms
from moagraph.receipts.writing import NO_DIGEST, RECEIPT, digest_of, renamed, triples_of
from moagraph.store import Term

LARGEST = 64 * 2**20
"""Bytes that a receipt may have; one of 900 lines has 1.5 million."""

_RDF, _PROV, _SCHEMA = PREFIXES["rdf"], PREFIXES["prov"], PREFIXES["schema"]
_FORMATS = (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES)


def receipt_at(path: Path) -> Receipt:
    """Gives the receipt in a file of Turtle or N-Triples.

    Raises:
        NotAReceipt: the file holds none, or more than one, or one that is not whole.
        ReceiptAltered: it was changed after it was written.
        BadRdf, InputUnreadable: the file cannot be read.
    """
    triples = _triples(path)
    receipt = ox.NamedNode(f"{VOCAB}Receipt")
    found = {t.subject for t in triples if t.object == receipt and t.predicate.value == f"{_RDF}type"}
    if len(found) != 1:
        many = "more than one receipt" if found else "no receipt"
        raise NotAReceipt(f"{path} holds {many}", "name a file that moagraph ask --receipt wrote")
    iri = getattr(found.pop(), "value", "")
    if not re.fullmatch(re.escape(RECEIPT) + "[0-9a-f]{64}", iri):
        raise NotAReceipt(f"{path} holds a receipt that is not named by its digest", "ask for a new one")
    if digest_of(renamed(triples, iri, RECEIPT + NO_DIGEST)) != iri.removeprefix(RECEIPT):
        raise ReceiptAltered(
            f"{path} was changed after it was written: what it says does not fit its digest",
            "get the receipt again from where it came, or ask again with --receipt",
        )
    try:
        made = _Reader(triples, iri).receipt()
        whole = {str(t) for t in triples_of(made, iri)} == {str(t) for t in triples}
    except (LookupError, ValueError):
        whole = False
    if not whole:
        # Its digest fits, so that whoever wrote it meant it so: another version of moagraph, or no moagraph at all.
        raise NotAReceipt(
            f"{path} is not laid out as this version of moagraph lays out a receipt", "ask for a new one"
        )
    return made


def _triples(path: Path) -> list[ox.Triple]:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputUnreadable(f"cannot read {path}: {error.strerror}") from None
    if not path.is_file():
        raise InputUnreadable(f"{path} is no file", "name a file that moagraph ask --receipt wrote")
    if format_of(path) not in _FORMATS:
        raise BadRdf(f"the name of {path} does not end in .ttl or .nt", "name a receipt, such as answer.ttl")
    found = []
    for triple in read(path) if size <= LARGEST else ():
        found.append(triple)
        if len(found) > LARGEST // 20:
            size = LARGEST + 1
            break
    if size > LARGEST:
        raise InputUnreadable(f"{path} is larger than any receipt", "name a file that moagraph ask --receipt wrote")
    return found


class _Reader:
    """Reads the parts of a receipt; a LookupError or ValueError says that one is not as it should be."""

    def __init__(self, triples: list[ox.Triple], iri: str) -> None:
        self.iri = iri
        self.said: dict[str, dict[str, list[Term]]] = {}
        for t in triples:
            subject = getattr(t.subject, "value", "")
            self.said.setdefault(subject, {}).setdefault(t.predicate.value, []).append(t.object)

    def receipt(self) -> Receipt:
        columns = self.parts("hasColumn")
        snapshots = [self.snapshot(node) for node, said in self.said.items() if f"{_PROV}specializationOf" in said]
        return Receipt(
            query=self.text(self.iri, "queryName"),
            text=self.text(self.iri, "queryText"),
            asked=tuple(
                Asked(self.name(node), self.text(node, "askedApart") == "true", self.values(node))
                for node in self.parts("hasParameter")
            ),
            policy=self.text(self.iri, "policyName"),
            policy_digest=self.maybe("policyDigest"),
            rules_digest=self.maybe("rulesDigest"),
            data_digest=self.maybe("dataDigest"),
            version=self.value(f"{self.iri}#moagraph", f"{_SCHEMA}softwareVersion"),
            columns=tuple(RecordedColumn(self.name(node), self.text(node, "columnType")) for node in columns),
            rows=tuple(self.row(node, len(columns)) for node in self.parts("hasRow")),
            snapshots={one.iri: one for one in sorted(snapshots)},
            own=self.texts(self.iri, "ownDataDigest"),
            unproven=self.texts(self.iri, "unproven"),
        )

    def row(self, node: str, columns: int) -> RecordedRow:
        return RecordedRow(
            tuple(self.member(node, i) for i in range(1, columns + 1)),
            tuple(sorted(self.original(line) for line in self.things(node, "bearingLine"))),
            tuple(sorted(self.things(node, "restsOnJudgement"))),
            self.texts(node, "recordedStatement"),
        )

    def snapshot(self, node: str) -> Snapshot:
        stances = self.things(node, "recordedStance")
        return Snapshot(
            self.original(node),
            stances[0] if stances else "",
            self.texts(node, "recordedStatement"),
            tuple(
                sorted(
                    self.original(getattr(o, "value", "")) for o in self.of(node).get(f"{_PROV}wasDerivedFrom", ())
                )
            ),
        )

    def of(self, node: str) -> Mapping[str, list[Term]]:
        return self.said.get(node, {})

    def value(self, node: str, predicate: str) -> str:
        (only,) = self.of(node)[predicate]
        return str(getattr(only, "value", ""))

    def text(self, node: str, name: str) -> str:
        return self.value(node, VOCAB + name)

    def maybe(self, name: str) -> str:
        return self.text(self.iri, name) if VOCAB + name in self.of(self.iri) else ""

    def name(self, node: str) -> str:
        return self.value(node, f"{_SCHEMA}name")

    def texts(self, node: str, name: str) -> tuple[str, ...]:
        return tuple(sorted(str(getattr(o, "value", "")) for o in self.of(node).get(VOCAB + name, ())))

    def things(self, node: str, name: str) -> list[str]:
        return [o.value for o in self.of(node).get(VOCAB + name, ()) if isinstance(o, ox.NamedNode)]

    def original(self, node: str) -> str:
        return self.value(node, f"{_PROV}specializationOf")

    def parts(self, name: str) -> list[str]:
        """Gives the parts of the receipt that a property leads to, by their position."""
        return sorted(self.things(self.iri, name), key=lambda node: int(self.text(node, "position")))

    def member(self, node: str, i: int) -> Terms:
        terms = {self.unnamed(term) for term in self.of(node).get(f"{_RDF}_{i}", ())}
        return tuple(sorted(terms, key=str))

    def values(self, node: str) -> Terms:
        found: list[Term] = []
        while f"{_RDF}_{len(found) + 1}" in self.of(node):
            (term,) = self.member(node, len(found) + 1)
            found.append(term)
        return tuple(found)

    def unnamed(self, term: Term) -> Term:
        blank = f"{self.iri}#blank-"
        if isinstance(term, ox.NamedNode) and term.value.startswith(blank):
            return ox.BlankNode(term.value.removeprefix(blank))
        return term
