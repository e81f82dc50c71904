"""The evidence as weighing needs it: what is asserted, read once, and what of it counts under a policy."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from moagraph.names import PREFIXES, VOCAB, local_name, policy_graph
from moagraph.store import Solutions, Store

Node = Mapping[str, tuple[str, ...]]
"""What is said of a node: values in order by the local name of their property; things by IRI, literals by text."""

CLASSES = (
    "Agent",
    "Claim",
    "Compound",
    "CompoundGroup",
    "Condition",
    "ContradictionDimension",
    "EvidenceBody",
    "EvidenceLine",
    "Finding",
    "Mechanism",
    "Outcome",
    "Quantity",
    "Reference",
    "Regimen",
    "Source",
    "Stack",
    "Study",
    "StudySet",
)
"""The classes whose members are read."""

_UNREAD = frozenset({"note", "passage", "definition", "prefLabel", "altLabel", "title", "type"})

OPPOSING = frozenset({"Refutes", "NullResult"})
"""The stances that stand against a claim."""


def read(store: Store, policy: str, cls: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Gives the members of a class of ours, by IRI in order, with what is said of them."""
    answer = store.answer(f"SELECT ?s ?p ?o WHERE {{ ?s a moa:{cls} ; ?p ?o }}", policy)
    assert isinstance(answer, Solutions)
    return gathered(answer)


def gathered(rows: Solutions) -> dict[str, dict[str, tuple[str, ...]]]:
    """Gives nodes with what is said of them from rows of subject, property and value, all in order."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    names: dict[str, str] = {}
    for subject, predicate, value in rows.rows:
        iri = text(predicate)
        name = names.setdefault(iri, local_name(iri))
        node = found[text(subject)]
        if name not in _UNREAD:
            node[name].append(text(value))
    return {
        node: {name: tuple(sorted(values)) for name, values in sorted(said.items())}
        for node, said in sorted(found.items())
    }


def _values(store: Store, policy: str, query: str) -> dict[str, tuple[str, ...]]:
    """Gives the second of two columns by the first, in order."""
    answer = store.answer(query, policy)
    assert isinstance(answer, Solutions)
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in answer.rows:
        found[text(key)].append(text(value))
    return {key: tuple(sorted(values)) for key, values in sorted(found.items())}


def text(term: object) -> str:
    """Gives the IRI, or the text of a literal; equal ones are held once, since most IRIs are told many times."""
    return sys.intern(str(getattr(term, "value", "")))


@dataclass(frozen=True)
class Facts:
    """What curators asserted of claims and their evidence, whatever the policy.

    Attributes:
        nodes: what is said of each node of `CLASSES`, by IRI.
        members: the IRIs of each class, in order, by its local name.
        labels: the English name of each thing and concept, by IRI.
        broader: the next broader concepts of each concept, in order, by IRI.
    """

    nodes: Mapping[str, Node]
    members: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)
    broader: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, policy: str) -> Facts:
        """Reads them; under which policy changes nothing."""
        nodes: dict[str, Node] = {}
        members = {}
        for name in CLASSES:
            found = read(store, policy, name)
            members[name] = tuple(found)
            nodes |= found
        named = 'SELECT ?thing ?name WHERE { ?thing skos:prefLabel ?name FILTER (LANG(?name) = "en") }'
        labels = {thing: names[0] for thing, names in _values(store, policy, named).items()}
        broader = _values(store, policy, "SELECT ?concept ?wide WHERE { ?concept skos:broader ?wide }")
        return cls(nodes, members, labels, broader)

    def values(self, node: str, name: str) -> tuple[str, ...]:
        """Gives the values of a property, in order; none where there is none."""
        return self.nodes.get(node, {}).get(name, ())

    def value(self, node: str, name: str) -> str:
        """Gives the first value of a property, or the empty string."""
        return next(iter(self.values(node, name)), "")

    @cached_property
    def reporting(self) -> Mapping[str, tuple[str, ...]]:
        """The references that report each study, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for reference in self.members["Reference"]:
            for study in self.values(reference, "reports"):
                found[study].append(reference)
        return {study: tuple(references) for study, references in found.items()}

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """The lines that record one of several readings, which no verdict counts."""
        found: set[str] = set()
        for line in self.members["EvidenceLine"]:
            others = self.values(line, "otherReading")
            found.update(others, [line] if others else [])
        return frozenset(found)

    @cached_property
    def classes(self) -> Mapping[str, frozenset[str]]:
        """The members of each class as sets, by the local name of the class."""
        return {name: frozenset(members) for name, members in self.members.items()}

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups that each compound is a member of, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for group in self.members["CompoundGroup"]:
            for member in self.values(group, "member"):
                found[member].append(group)
        return {member: tuple(groups) for member, groups in found.items()}

    def wider(self, concept: str) -> frozenset[str]:
        """Gives every concept that holds this one, at any distance, by `skos:broader`; the concept itself is none."""
        found: set[str] = set()
        open_ = [concept]
        while open_:
            for wide in self.broader.get(open_.pop(), ()):
                if wide not in found:
                    found.add(wide)
                    open_.append(wide)
        return frozenset(found - {concept})

    def studies(self, line: str) -> tuple[str, ...]:
        """Gives what a line rests on: its studies; else the studies that its references report, and references that
        report none; nothing where the line names neither.
        """
        named = self.values(line, "fromStudy")
        if named:
            return named
        found: set[str] = set()
        for reference in self.values(line, "restsOn"):
            found.update(self.values(reference, "reports") or [reference])
        return tuple(sorted(found))


@dataclass(frozen=True)
class Evidence:
    """What counts under one policy.

    Attributes:
        facts: what is asserted.
        policy: name of the policy.
        tiers: the tier, A to F, of each line that the policy admits.
        derivations: what is said of each derived edge, by IRI: `edgeSubject`, `edgePredicate`, `edgeObject`,
            `usesClaim`, `supportedBy`, `refutedBy`, `nullIn`, `inconclusiveIn`, `verdict`, `tier`, `unresolved`.
    """

    facts: Facts
    policy: str
    tiers: Mapping[str, str]
    derivations: Mapping[str, Node]

    @classmethod
    def of(cls, store: Store, policy: str, facts: Facts | None = None) -> Evidence:
        """Reads what counts under a policy.

        Args:
            store: what is asked; everything of `ontology/derive` must be in the policy's graph.
            policy: name of the policy.
            facts: what is asserted, where it was read already.
        """
        answer = store.answer("SELECT ?line ?tier WHERE { ?line moa:lineTier ?tier }", policy)
        assert isinstance(answer, Solutions)
        tiers = {text(line): local_name(text(tier)).removeprefix("Tier") for line, tier in answer.rows}
        derivations = read(store, policy, "Derivation")
        return cls(facts or Facts.of(store, policy), policy, dict(sorted(tiers.items())), derivations)

    @property
    def graph(self) -> str:
        """The IRI of the policy, which is also its named graph."""
        return policy_graph(self.policy)

    @cached_property
    def lines_of(self) -> Mapping[str, tuple[str, ...]]:
        """The lines that verdicts count, by claim, in order: admitted, and no reading of ambiguous wording."""
        found: dict[str, list[str]] = defaultdict(list)
        for line in self.tiers:
            if line not in self.facts.ambiguous:
                found[self.facts.value(line, "bearsOn")].append(line)
        return {claim: tuple(lines) for claim, lines in sorted(found.items())}

    def stance(self, line: str) -> str:
        """Gives the local name of a line's stance: Supports, Refutes, NullResult or Inconclusive."""
        return local_name(self.facts.value(line, "stance"))


def triple(subject: str, predicate: str, value: str | int | bool | ox.NamedNode | ox.Literal) -> ox.Triple:
    """Gives a triple with a property of ours.

    Args:
        subject: IRI.
        predicate: the property's local name; `type` is `rdf:type`, and `subject`, `predicate` and `object` are ours.
        value: a text, number or truth value, or a term as it is.
    """
    namespace = PREFIXES["rdf"] if predicate == "type" else VOCAB
    term = value if isinstance(value, ox.NamedNode | ox.Literal) else ox.Literal(value)
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(namespace + predicate), term)


def things(subject: str, predicate: str, iris: Iterable[str]) -> list[ox.Triple]:
    """Gives a triple for each thing that a property of ours leads to."""
    return [triple(subject, predicate, ox.NamedNode(iri)) for iri in iris]
