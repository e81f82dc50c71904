"""Reads all that is asserted at once, for two states of judgement that have it in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from moagraph.cells import Cell, Iri
from moagraph.claims import Claim
from moagraph.names import PREFIXES, VOCAB, expand
from moagraph.reader import Properties, Reader
from moagraph.store import RDFS_LABEL, SKOS_LABEL, Store, scalar, spoken
from moagraph.things import NAMED_BY, Names

_TYPE = f"{PREFIXES['rdf']}type"
_ADMITTED = f"{VOCAB}admittedBy"

Nodes = dict[str, Properties]
"""What is said of each node, by IRI: values in order by the IRI of their property."""


class Asserted:
    """What curators asserted.

    Attributes:
        triples: all of it.
        nodes: what is said of each node.
    """

    def __init__(self, triples: Sequence[ox.Triple], nodes: Nodes, names: dict[str, Iri]) -> None:
        self.triples = triples
        self.nodes = nodes
        self._names = names

    @classmethod
    def of(cls, triples: Iterable[ox.Triple]) -> Asserted:
        """Gathers triples."""
        asserted = cls(tuple(triples), {}, {})
        for predicate in (RDFS_LABEL, SKOS_LABEL):
            label = ox.NamedNode(predicate)
            for triple in asserted.triples:
                if triple.predicate == label and getattr(triple.object, "language", None) == "en":
                    assert isinstance(triple.object, ox.Literal)
                    subject = getattr(triple.subject, "value", "")
                    asserted._names[subject] = Iri(subject, triple.object.value)
        asserted.nodes = asserted.gathered(asserted.triples)
        return asserted

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
        pairs = [(line, other) for line, others in self.leading["otherReading"].items() for other in others]
        readings = {
            (one, other) for a, b in pairs for one, other in ((a, b), (b, a)) if other in lost and one not in lost
        }
        left, touched = [], {one for one, _ in readings}
        for triple in self.triples:
            subject = getattr(triple.subject, "value", "")
            if subject in lost:
                continue
            if isinstance(triple.object, ox.NamedNode) and triple.object.value in lost:
                touched.add(subject)
            else:
                left.append(triple)
        reading = ox.NamedNode(f"{VOCAB}otherReading")
        left += [ox.Triple(ox.NamedNode(a), reading, ox.NamedNode(b)) for a, b in sorted(readings)]
        changed = (triple for triple in left if getattr(triple.subject, "value", "") in touched)
        kept = {iri: node for iri, node in self.nodes.items() if iri not in lost and iri not in touched}
        return Asserted(left, kept | self.gathered(changed), self._names)

    @cached_property
    def members(self) -> Mapping[str, list[str]]:
        """The members of each class, in order, by the IRI of the class."""
        found: dict[str, list[str]] = {}
        for iri in sorted(self.nodes):
            for cls in self.nodes[iri].get(_TYPE, ()):
                found.setdefault(str(cls), []).append(iri)
        return found

    @cached_property
    def leading(self) -> Mapping[str, Mapping[str, list[str]]]:
        """From where the properties of lines lead to a node, by local name of the property."""
        found: dict[str, dict[str, list[str]]] = {"bearsOn": {}, "otherReading": {}}
        for name, to in found.items():
            for iri in self.members.get(f"{VOCAB}EvidenceLine", ()):
                for value in self.nodes[iri].get(VOCAB + name, ()):
                    to.setdefault(str(value), []).append(iri)
        return found


class WholeNames(Names):
    """The names of all things that are asserted."""

    def __init__(self, store: Store, policy: str, asserted: Asserted) -> None:
        super().__init__(store, policy)
        self._asserted = asserted

    def members(self, kind: str) -> list[str]:
        """Gives the IRIs of a class's members in order."""
        return self._asserted.members.get(expand(kind) or kind, [])

    def listing(self, kind: str) -> dict[str, list[str]]:
        """Gives a class's members by IRI, each with labels and synonyms in all languages and codes, in order."""
        named_by = [expand(name) or name for name in NAMED_BY]
        nodes = self._asserted.nodes
        return {
            iri: sorted({str(value) for name in named_by for value in nodes[iri].get(name, ())})
            for iri in self.members(kind)
        }


class WholeReader(Reader):
    """A reader of one state of judgement, which has read everything already.

    Args:
        store: what the state is asked.
        policy: name of the policy of evidence.
        asserted: what is asserted in it.
        derived: what the policy derives from it.
        like: a reader of another state, whose claims are taken over where both states say the same of them.
    """

    def __init__(
        self,
        store: Store,
        policy: str,
        asserted: Asserted,
        derived: Iterable[ox.Triple],
        like: WholeReader | None = None,
    ) -> None:
        super().__init__(store, policy)
        self.asserted = asserted
        self._like = like
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
        if self._like:
            known = self._like._claims
            self._claims |= {iri: known[iri] for iri in wanted if iri in known and self._as_in(self._like, iri)}
        missing = [iri for iri in wanted if iri not in self._claims]
        self._claims |= {str(claim.iri): claim for claim in super().claims(missing)}
        return sorted((self._claims[iri] for iri in wanted if iri in self._claims), key=Claim.order)

    def _as_in(self, other: WholeReader, claim: str) -> bool:
        """Tells whether another state says the same of a claim and its lines; under which policies is all one."""
        lines = self.asserted.leading["bearsOn"].get(claim, [])
        return lines == other.asserted.leading["bearsOn"].get(claim, []) and all(
            self.asserted.nodes.get(iri) == other.asserted.nodes.get(iri)
            and _judged(self._derived.get(iri, {})) == _judged(other._derived.get(iri, {}))
            for iri in (claim, *lines)
        )


def _judged(node: Properties) -> Mapping[str, object]:
    return {**node, _ADMITTED: bool(node.get(_ADMITTED))}
