"""A receipt as RDF: nodes with IRIs below the receipt's own, which ends in the digest of all that it says.

The digest is taken of the sorted triples with a row of zeros in its place. Cells are the members of their row
(`rdf:_1` for the first column), so that no list is needed; an empty cell has none. Nothing says when or where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from moagraph import turtle
from moagraph.names import ASSERTED, BASE, PREFIXES, VOCAB, compact, policy_graph
from moagraph.receipts.receipt import Receipt, Terms, sha256
from moagraph.store import Term

RECEIPT = f"{BASE}receipt/"
NO_DIGEST = "0" * 64
"""What stands for the digest while it is taken."""

COMMENT = """A receipt of moagraph: what was asked, of which data and policy, the rows that came, and the evidence
under each. `moagraph verify FILE` asks again and names the evidence line that changed.
Claims as stated by the sources; not medical advice."""

_BETWEEN = re.compile(r"""("(?:[^"\\]|\\.)*"|<[^>]*>)| , """)
"""A string or IRI, or what stands between two objects: each has a line of its own, so that a difference shows."""

_RDF, _PROV, _SCHEMA = PREFIXES["rdf"], PREFIXES["prov"], PREFIXES["schema"]


def iri_of(receipt: Receipt) -> str:
    """Gives the IRI of a receipt."""
    return f"{RECEIPT}{digest_of(triples_of(receipt, RECEIPT + NO_DIGEST))}"


def digest_of(triples: Iterable[ox.Triple]) -> str:
    """Gives the digest of a receipt's triples, in which a row of zeros stands for the digest."""
    lines = sorted({f"{triple} .\n" for triple in triples})
    return sha256("".join(lines)).removeprefix("sha256:")


def renamed(triples: Iterable[ox.Triple], old: str, new: str) -> list[ox.Triple]:
    """Gives the triples of a receipt under another IRI."""

    def term(one: Term) -> Term:
        if isinstance(one, ox.NamedNode) and one.value.startswith(old):
            return ox.NamedNode(new + one.value.removeprefix(old))
        return one

    return [ox.Triple(term(t.subject), t.predicate, term(t.object)) for t in triples]  # type: ignore[arg-type]


def to_turtle(receipt: Receipt) -> str:
    """Gives a receipt as Turtle."""
    iri = iri_of(receipt)
    text = turtle.write(triples_of(receipt, iri), COMMENT, {"this": f"{iri}#"}).decode("utf-8")
    return _BETWEEN.sub(lambda found: found[1] or " ,\n        ", text)


def triples_of(receipt: Receipt, iri: str) -> list[ox.Triple]:
    """Gives the triples of a receipt under an IRI."""
    return list(_Writer(receipt, iri).triples())


def node_name(iri: str) -> str:
    """Gives the name of the snapshot of a node within a receipt.

    >>> node_name("https://w3id.org/moagraph/study/a-trial"), node_name("http://example.org/x")[:8]
    ('study-a-trial', 'node-b97')
    """
    kind, colon, local = compact(iri).partition(":")
    if colon and iri.startswith(BASE) and re.fullmatch(r"[\w-][\w.-]*[\w-]|[\w-]", local):
        return f"{kind}-{local}"
    return f"node-{sha256(iri)[7:39]}"


class _Writer:
    def __init__(self, receipt: Receipt, iri: str) -> None:
        self.receipt = receipt
        self.iri = iri

    def triples(self) -> Iterator[ox.Triple]:
        receipt = self.receipt
        yield from self.said(
            self.iri,
            (f"{_RDF}type", [_term("Receipt")]),
            (f"{_PROV}wasGeneratedBy", [self.node("asking")]),
            *self.texts("queryName", receipt.query),
            *self.texts("queryText", receipt.text),
            *self.texts("queryDigest", receipt.query_digest),
            *self.texts("policyName", receipt.policy),
            *self.texts("policyDigest", receipt.policy_digest),
            *self.texts("rulesDigest", receipt.rules_digest),
            *self.texts("dataDigest", receipt.data_digest),
            *self.texts("ownDataDigest", *receipt.own),
            *self.texts("unproven", *receipt.unproven),
            (f"{VOCAB}numberOfRows", [_number(len(receipt.rows))]),
            (f"{VOCAB}hasColumn", [self.column(i) for i in range(len(receipt.columns))]),
            (f"{VOCAB}hasRow", [self.row(i) for i in range(len(receipt.rows))]),
            (f"{VOCAB}hasParameter", [self.node(f"parameter-{one.name}") for one in receipt.asked]),
        )
        graphs = [ox.NamedNode(ASSERTED), ox.NamedNode(policy_graph(_slug(receipt.policy)))]
        yield from self.said(
            self.node("asking").value,
            (f"{_RDF}type", [ox.NamedNode(f"{_PROV}Activity")]),
            (f"{_PROV}used", graphs),
            (f"{_PROV}wasAssociatedWith", [self.node("moagraph")]),
        )
        yield from self.said(
            self.node("moagraph").value,
            (f"{_RDF}type", [ox.NamedNode(f"{_PROV}SoftwareAgent")]),
            (f"{_SCHEMA}name", [ox.Literal("moagraph")]),
            (f"{_SCHEMA}softwareVersion", [ox.Literal(receipt.version)]),
        )
        yield from self.question()
        yield from self.answer()
        yield from self.evidence()

    def question(self) -> Iterator[ox.Triple]:
        for i, one in enumerate(self.receipt.asked):
            yield from self.said(
                self.node(f"parameter-{one.name}").value,
                (f"{_RDF}type", [_term("AskedParameter")]),
                (f"{_SCHEMA}name", [ox.Literal(one.name)]),
                (f"{VOCAB}position", [_number(i + 1)]),
                (f"{VOCAB}askedApart", [ox.Literal(one.apart)]),
                *self.members([(value,) for value in one.values]),
            )

    def answer(self) -> Iterator[ox.Triple]:
        for i, column in enumerate(self.receipt.columns):
            yield from self.said(
                self.column(i).value,
                (f"{_RDF}type", [_term("AnswerColumn")]),
                (f"{_SCHEMA}name", [ox.Literal(column.name)]),
                (f"{VOCAB}columnType", [ox.Literal(column.type)]),
                (f"{VOCAB}position", [_number(i + 1)]),
            )
        for i, row in enumerate(self.receipt.rows):
            yield from self.said(
                self.row(i).value,
                (f"{_RDF}type", [_term("AnswerRow")]),
                (f"{VOCAB}position", [_number(i + 1)]),
                *self.members(row.cells),
                (f"{VOCAB}bearingLine", [self.node(node_name(line)) for line in row.lines]),
                (f"{VOCAB}restsOnJudgement", [ox.NamedNode(iri) for iri in row.judged]),
                *self.texts("recordedStatement", *row.statements),
                *self.texts("unproven", *([] if row.traced else ["what the row rests on could not be traced"])),
            )

    def evidence(self) -> Iterator[ox.Triple]:
        for iri, snapshot in sorted(self.receipt.snapshots.items()):
            yield from self.said(
                self.node(node_name(iri)).value,
                (f"{_RDF}type", [_term("Snapshot")]),
                (f"{_PROV}specializationOf", [ox.NamedNode(iri)]),
                (f"{VOCAB}recordedStance", [ox.NamedNode(snapshot.stance)] if snapshot.stance else []),
                *self.texts("recordedStatement", *snapshot.statements),
                *self.texts("recordedDigest", self.receipt.digest_of(iri)),
                (f"{_PROV}wasDerivedFrom", [self.node(node_name(one)) for one in snapshot.under]),
            )

    def said(self, subject: str, *said: tuple[str, Iterable[Term]]) -> Iterator[ox.Triple]:
        for predicate, values in said:
            for value in values:
                yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)

    def texts(self, name: str, *texts: str) -> Iterator[tuple[str, list[Term]]]:
        """Gives a property of ours with its texts; an empty one is left out."""
        yield VOCAB + name, [ox.Literal(text) for text in texts if text]

    def members(self, cells: Iterable[Terms]) -> Iterator[tuple[str, list[Term]]]:
        for i, terms in enumerate(cells, 1):
            yield f"{_RDF}_{i}", [self.named(term) for term in terms]

    def named(self, term: Term) -> Term:
        """Gives a term; a blank node has a name within the receipt."""
        return self.node(f"blank-{term.value}") if isinstance(term, ox.BlankNode) else term

    def node(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self.iri}#{name}")

    def column(self, i: int) -> ox.NamedNode:
        return self.node(f"column-{i + 1:0{len(str(len(self.receipt.columns)))}}")

    def row(self, i: int) -> ox.NamedNode:
        return self.node(f"row-{i + 1:0{len(str(len(self.receipt.rows)))}}")


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(VOCAB + name)


def _number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(f"{PREFIXES['xsd']}integer"))


def _slug(policy: str) -> str:
    return re.sub(r"[^\w+-]", "-", policy)
