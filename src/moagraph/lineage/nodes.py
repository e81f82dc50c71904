"""What a store says of nodes, read many at a time and each once, and how it is written as text.

A statement as text is the same whatever engine it came through: numbers are written by their value, since engines
rewrite them, and tags of languages in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from moagraph import derived
from moagraph.names import PREFIXES, VOCAB, compact
from moagraph.store import Solutions, Store, Term

TYPE = f"{PREFIXES['rdf']}type"
Node = Mapping[str, tuple[Term, ...]]
"""What is said of a node: values by the IRI of their property."""

_AT_ONCE = 200
_XSD = PREFIXES["xsd"]
_DERIVED = tuple(node for node in derived.NODES if not node.endswith(("/graph/", "/policy/", "/receipt/")))
_CLAIM = ox.NamedNode(f"{VOCAB}Claim")


class Nodes:
    """Reads nodes from a store under a policy."""

    def __init__(self, store: Store, policy: str) -> None:
        self.store = store
        self.policy = policy
        self._said: dict[str, Node] = {}
        self._into: dict[tuple[str, str], tuple[str, ...]] = {}

    def read(self, iris: Iterable[str]) -> None:
        """Reads nodes that are asked for later, some hundred in one query."""
        missing = sorted(set(iris) - self._said.keys())
        for rows in self._batches("?node ?p ?o", "?node", missing, "?node ?p ?o"):
            found: dict[str, dict[str, list[Term]]] = {}
            for node, predicate, value in rows.rows:
                assert value is not None
                found.setdefault(text(node), {}).setdefault(text(predicate), []).append(value)
            for iri, said in found.items():
                self._said[iri] = {name: tuple(sorted(values, key=str)) for name, values in said.items()}
        for iri in missing:
            self._said.setdefault(iri, {})

    def of(self, iri: str) -> Node:
        """Gives what is said of a node."""
        if iri not in self._said:
            self.read([iri])
        return self._said[iri]

    def values(self, iri: str, name: str) -> tuple[Term, ...]:
        """Gives the values of a property of ours, by its local name."""
        return self.of(iri).get(VOCAB + name, ())

    def things(self, iri: str, *names: str) -> list[str]:
        """Gives the things that some properties of ours lead to."""
        return [t.value for name in names for t in self.values(iri, name) if isinstance(t, ox.NamedNode)]

    def read_into(self, predicate: str, iris: Iterable[str]) -> None:
        """Reads which nodes have a property with one of some things."""
        missing = sorted(iri for iri in set(iris) if (predicate, iri) not in self._into)
        found: dict[str, list[str]] = {}
        for rows in self._batches("?node ?thing", "?thing", missing, f"?node <{predicate}> ?thing"):
            for node, thing in rows.rows:
                found.setdefault(text(thing), []).append(text(node))
        for iri in missing:
            self._into[predicate, iri] = tuple(sorted(found.get(iri, ())))

    def into(self, predicate: str, iri: str) -> tuple[str, ...]:
        """Gives the nodes that have a property with a thing, in order."""
        if (predicate, iri) not in self._into:
            self.read_into(predicate, [iri])
        return self._into[predicate, iri]

    def _batches(self, select: str, over: str, iris: list[str], pattern: str) -> Iterable[Solutions]:
        nodes = [str(ox.NamedNode(iri)) for iri in iris if _is_iri(iri)]
        for start in range(0, len(nodes), _AT_ONCE):
            terms = " ".join(nodes[start : start + _AT_ONCE])
            query = f"SELECT DISTINCT {select} WHERE {{ VALUES {over} {{ {terms} }} {pattern} }}"
            answer = self.store.answer(query, self.policy)
            assert isinstance(answer, Solutions)
            yield answer

    def has(self, subject: Term, predicate: str, value: Term) -> bool:
        """Tells whether a statement is in the graph."""
        return value in self.of(text(subject)).get(predicate, ())

    def is_line(self, iri: str) -> bool:
        """Tells whether a node is an evidence line."""
        return f"{VOCAB}bearsOn" in self.of(iri)

    def is_claim(self, iri: str) -> bool:
        """Tells whether a node is a claim."""
        return _CLAIM in self.of(iri).get(TYPE, ())

    def lines_on(self, claim: str) -> list[str]:
        """Gives the lines on a claim that the policy admits."""
        lines = self.into(f"{VOCAB}bearsOn", claim)
        self.read(lines)
        return [line for line in lines if self.values(line, "lineTier")]


def is_derived(iri: str) -> bool:
    """Tells whether a node is one that the build derives."""
    return iri.startswith(_DERIVED)


def _is_iri(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return True


def text(term: Term | None) -> str:
    """Gives the IRI of a thing, the label of a blank node, or the text of a literal."""
    assert not isinstance(term, ox.Triple)
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value if term is not None else ""


def term_text(term: Term) -> str:
    """Gives a term as people and machines read it: a CURIE, a number, or quoted text.

    >>> term_text(ox.Literal("0.50", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")))
    '0.5'
    >>> term_text(ox.NamedNode("https://w3id.org/moagraph/vocab#Supports"))
    'moa:Supports'
    """
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    datatype = term.datatype.value
    if datatype in (f"{_XSD}decimal", f"{_XSD}integer"):
        return number_text(term.value)
    if datatype == f"{_XSD}boolean":
        return "true" if term.value in ("true", "1") else "false"
    if term.language:
        return f"{ox.Literal(term.value)}@{term.language.lower()}"
    return str(term)


def number_text(digits: str) -> str:
    """Gives a decimal number in the one spelling of its value.

    >>> number_text("+07.50"), number_text("-0.0"), number_text("100")
    ('7.5', '0', '100')
    """
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return digits
    return format(number.normalize(), "f") if number else "0"


def statement_text(subject: str, predicate: str, value: Term) -> str:
    """Gives a statement as one line of text."""
    name = subject if subject.startswith("_:") else compact(subject)
    return f"{name} {compact(predicate)} {term_text(value)}"
