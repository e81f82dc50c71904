"""Reads all that is asserted at once, for two states of judgement that have it in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import pyoxigraph as ox

from moagraph.cells import Cell, Iri
from moagraph.claims import Claim
from moagraph.names import VOCAB
from moagraph.reader import Properties, Reader
from moagraph.store import RDFS_LABEL, SKOS_LABEL, Store, scalar, spoken

Nodes = dict[str, Properties]
"""What is said of each node, by IRI: values in order by the IRI of their property."""


class Asserted:
    """What curators asserted.

    Args:
        triples: all of it.

    Attributes:
        triples: all of it.
        nodes: what is said of each node.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = tuple(triples)
        self._names: dict[str, Iri] = {}
        for predicate in (RDFS_LABEL, SKOS_LABEL):
            label = ox.NamedNode(predicate)
            for triple in self.triples:
                if triple.predicate == label and getattr(triple.object, "language", None) == "en":
                    assert isinstance(triple.object, ox.Literal)
                    subject = getattr(triple.subject, "value", "")
                    self._names[subject] = Iri(subject, triple.object.value)
        self.nodes = self.gathered(self.triples)

    def gathered(self, triples: Iterable[ox.Triple]) -> Nodes:
        """Gives what triples say of each node, things with their labels."""
        found: Nodes = {}
        for triple in triples:
            subject = getattr(triple.subject, "value", "")
            found.setdefault(subject, {}).setdefault(triple.predicate.value, []).append(self._cell(triple.object))
        for node in found.values():
            for values in node.values():
                if len(values) > 1:
                    values.sort(key=str)
        return found

    def _cell(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Cell:
        return self.name(term.value) if isinstance(term, ox.NamedNode) else scalar(term)

    def name(self, iri: str) -> Iri:
        """Gives a thing with its label."""
        found = self._names.get(iri)
        if found is None:
            found = self._names[iri] = Iri(iri, spoken(iri))
        return found

    def without(self, lost: frozenset[str]) -> Asserted:
        """Gives what is left where some nodes, and all that names them, were never asserted.

        What is one of several readings of ambiguous wording stays one where another reading is lost.
        """
        readings = set()
        for line, others in self.leading["otherReading"].items():
            for one, other in ((line, o) for o in others):
                readings |= {(one, other)} if other in lost else set()
                readings |= {(other, one)} if one in lost else set()
        left = [
            triple
            for triple in self.triples
            if getattr(triple.subject, "value", "") not in lost
            and not (isinstance(triple.object, ox.NamedNode) and triple.object.value in lost)
        ]
        reading = ox.NamedNode(f"{VOCAB}otherReading")
        left += [
            ox.Triple(ox.NamedNode(one), reading, ox.NamedNode(other))
            for one, other in sorted(readings)
            if one not in lost
        ]
        return Asserted(left)

    @cached_property
    def leading(self) -> Mapping[str, Mapping[str, list[str]]]:
        """From where the properties of lines lead to a node, by local name of the property."""
        found: dict[str, dict[str, list[str]]] = {"bearsOn": {}, "otherReading": {}}
        for name, to in found.items():
            for iri, node in self.nodes.items():
                for value in node.get(VOCAB + name, ()):
                    to.setdefault(str(value), []).append(iri)
            for leading in to.values():
                leading.sort()
        return found


class WholeReader(Reader):
    """A reader of one state of judgement, which has read everything already.

    Args:
        store: what the state is asked.
        policy: name of the policy of evidence.
        asserted: what is asserted in it.
    """

    def __init__(self, store: Store, policy: str, asserted: Asserted, derived: Iterable[ox.Triple]) -> None:
        super().__init__(store, policy)
        self.asserted = asserted
        self._derived = asserted.gathered(derived)
        self._claims: dict[str, Claim] = {}

    def nodes(self, iris: Iterable[str]) -> Nodes:
        """Gives for each node its properties, by their IRI, with their values in order."""
        return {iri: self._node(iri) for iri in sorted(set(iris))}

    def _node(self, iri: str) -> Properties:
        found = self._nodes.get(iri)
        if found is None:
            asserted, derived = self.asserted.nodes.get(iri, {}), self._derived.get(iri, {})
            both = {name: sorted([*asserted[name], *derived[name]], key=str) for name in asserted.keys() & derived}
            found = self._nodes[iri] = {**asserted, **derived, **both}
        return found

    def leading_to(self, name: str, iris: Iterable[str]) -> dict[str, list[str]]:
        """Gives for each node those from which a property of lines leads to it, in order."""
        leading = self.asserted.leading[name]
        return {iri: leading[iri] for iri in sorted(set(iris)) if iri in leading}

    def claims(self, iris: Iterable[str]) -> list[Claim]:
        """Gives the claims, best supported first; each is read once."""
        wanted = sorted(set(iris))
        missing = [iri for iri in wanted if iri not in self._claims]
        self._claims |= {str(claim.iri): claim for claim in super().claims(missing)}
        return sorted((self._claims[iri] for iri in wanted if iri in self._claims), key=Claim.order)
