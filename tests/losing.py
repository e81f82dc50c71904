"""Removes studies from statements, as if nobody had written of them, and derives what is left: for tests alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from conftest import Ontology
from moagraph.build import derive
from moagraph.names import ASSERTED, VOCAB, local_name, policy_graph
from moagraph.policy import Policy
from moagraph.store import EmbeddedStore
from moagraph.weigh import Evidence, Facts
from moagraph.weigh.fragility import Fragility, fragilities

_VERDICT = ox.NamedNode(f"{VOCAB}verdict")
_ASSERTED = ox.NamedNode(ASSERTED)


class Losing:
    """Statements, of which some studies can be taken away.

    Args:
        ontology: whose derivations run.
        triples: what is asserted.
        policy: under which verdicts are judged.
    """

    def __init__(self, ontology: Ontology, triples: Iterable[ox.Triple], policy: Policy) -> None:
        self.ontology, self.policy = ontology, policy
        self.graph = ox.NamedNode(policy_graph(policy.name))
        self.quads = [ox.Quad(t.subject, t.predicate, t.object, _ASSERTED) for t in triples]
        self.store = ox.Store()
        self.store.extend(self.quads)
        last = next(derivation.order for derivation in ontology.derivations if derivation.name == "verdicts")
        self.judging = [derivation for derivation in ontology.derivations if derivation.order <= last]
        self.facts = Facts.of(EmbeddedStore(self.store), policy.name)
        self.said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in self.quads:
            name = quad.predicate.value.removeprefix(VOCAB)
            self.said[getattr(quad.subject, "value", "")][name].append(getattr(quad.object, "value", ""))

    def lost_with(self, studies: Iterable[str]) -> set[str]:
        """Gives studies with their parts, what is said of them, and lines that rest on nothing else."""
        said, lost = self.said, set(studies)
        nodes = list(said)
        while more := {node for node in nodes if lost.intersection(said[node]["partOf"])} - lost:
            lost |= more
        lost |= {node for node in nodes if said[node]["reports"] and lost.issuperset(said[node]["reports"])}
        lost |= {node for node in nodes if said[node]["bearsOn"] and self._rests_on(node) <= lost}
        lost |= {
            node
            for node in nodes
            if said[node]["predicate"] and any(lost.intersection(values) for values in said[node].values())
        }
        return lost | {node for node in nodes if lost.intersection(said[node]["bearsOn"])}

    def _rests_on(self, line: str) -> set[str]:
        """Gives what a line rests on; a word where it names nothing, since no loss takes it away then."""
        of = self.said[line]
        reported = {study for reference in of["restsOn"] for study in self.said[reference]["reports"] or [reference]}
        return set(of["fromStudy"]) or reported or {"nothing"}

    def fragilities(self) -> list[Fragility]:
        """Gives how fragile what is derived now is."""
        derive(self.store, self.policy, self.ontology.derivations)
        found = list(fragilities(Evidence.of(EmbeddedStore(self.store), self.policy.name)))
        self.store.remove_graph(self.graph)
        return found

    def verdicts_without(self, studies: Iterable[str]) -> dict[str, str]:
        """Gives the verdicts that are derived where studies are not there, by what is judged."""
        lost = self.lost_with(studies)
        gone = [q for q in self.quads if {getattr(q.subject, "value", ""), getattr(q.object, "value", "")} & lost]
        for quad in gone:
            self.store.remove(quad)
        # Verdicts are all that is read, so that nothing after them is derived, and weighing may see old facts.
        derive(self.store, self.policy, self.judging, self.facts)
        found = {
            getattr(quad.subject, "value", ""): local_name(getattr(quad.object, "value", ""))
            for quad in self.store.quads_for_pattern(None, _VERDICT, None, self.graph)
        }
        self.store.remove_graph(self.graph)
        self.store.extend(gone)
        return found
