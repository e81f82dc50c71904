"""Removes studies from statements, as if nobody had written of them, and derives what is left: for tests alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from conftest import Ontology
from moagraph.build import derive
from moagraph.names import ASSERTED, VOCAB, local_name, policy_graph
from moagraph.policy import Policy
from moagraph.store import EmbeddedStore
from moagraph.weigh import Evidence
from moagraph.weigh.fragility import Fragility, fragilities


def flips_in(store: ox.Store, policy: str) -> list[Fragility]:
    """Gives how fragile what is derived in a store is."""
    return list(fragilities(Evidence.of(EmbeddedStore(store), policy)))


def without_studies(triples: Sequence[ox.Triple], studies: Iterable[str]) -> list[ox.Triple]:
    """Gives statements without studies and what is lost with them."""
    lost = lost_with(triples, studies)
    return [t for t in triples if not {getattr(t.subject, "value", ""), getattr(t.object, "value", "")} & lost]


def lost_with(triples: Sequence[ox.Triple], studies: Iterable[str]) -> set[str]:
    """Gives studies with their parts, what is said of them, and lines that rest on nothing else."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for t in triples:
        if isinstance(t.subject, ox.NamedNode):
            said[t.subject.value][t.predicate.value.removeprefix(VOCAB)].append(getattr(t.object, "value", ""))
    lost = set(studies)
    while more := {node for node, of in said.items() if lost.intersection(of["partOf"])} - lost:
        lost |= more
    lost |= {node for node, of in said.items() if of["reports"] and lost.issuperset(of["reports"])}
    lost |= {node for node, of in list(said.items()) if of["bearsOn"] and _rests_on(said, of) <= lost}
    lost |= {node for node, of in said.items() if of["predicate"] and any(lost.intersection(v) for v in of.values())}
    return lost | {node for node, of in said.items() if lost.intersection(of["bearsOn"])}


def _rests_on(said: dict[str, dict[str, list[str]]], line: dict[str, list[str]]) -> set[str]:
    """Gives what a line rests on; itself where it names nothing, since nothing takes it away then."""
    reported = {study for reference in line["restsOn"] for study in said[reference]["reports"] or [reference]}
    return set(line["fromStudy"]) or reported or {"nothing"}


def verdicts_without(
    ontology: Ontology, triples: Sequence[ox.Triple], policy: str | Policy, studies: Iterable[str]
) -> dict[str, str]:
    """Gives the verdicts that are derived where studies are not there, by what is judged."""
    policy = ontology.policies[policy] if isinstance(policy, str) else policy
    store = ox.Store()
    graph = ox.NamedNode(ASSERTED)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in without_studies(triples, studies))
    derive(store, policy, ontology.derivations)
    verdict, derived = ox.NamedNode(f"{VOCAB}verdict"), ox.NamedNode(policy_graph(policy.name))
    return {
        getattr(q.subject, "value", ""): local_name(getattr(q.object, "value", ""))
        for q in store.quads_for_pattern(None, verdict, None, derived)
    }
