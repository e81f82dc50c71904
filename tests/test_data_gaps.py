"""Gaps and what is missing on the real data, held against a plain reading of it."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox
import pytest

from moagraph.api import Graph
from moagraph.names import ASSERTED, PREFIXES, VOCAB, local_name
from moagraph.table import Iri

BROADER = f"{PREFIXES['skos']}broader"
RECORDS = frozenset({"Claim", "EvidenceBody", "Stack", "Study", "StudySet"})
PROPERTIES = {
    "analysis-set": "analysisSet",
    "citation": "restsOn",
    "class": "belongsTo",
    "condition": "condition",
    "design": "design",
    "doi": "doi",
    "identifier": "identifier",
    "included-studies": "includesStudy",
    "interval": "estimate",
    "kind": "kind",
    "language": "language",
    "measure": "measure",
    "origin": "madeFrom",
    "publication": "restsOn",
    "sample-size": "sampleSize",
    "sign": "sign",
    "sponsorship": "sponsorshipExtent",
    "system": "system",
    "year": "year",
}
"""The property that each thing missing is a value of."""

Node = dict[str, set[str]]


@pytest.fixture(scope="module")
def nodes(real_graph: Graph) -> dict[str, Node]:
    """Gives what is asserted of each node: IRIs by IRI of the property."""
    found: dict[str, Node] = defaultdict(lambda: defaultdict(set))
    for quad in real_graph.store.quads(ASSERTED):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            found[quad.subject.value][quad.predicate.value].add(quad.object.value)
    return found


def _kinds(node: Node) -> set[str]:
    return {local_name(kind) for kind in node[f"{PREFIXES['rdf']}type"]}


def test_no_record_names_a_compound_with_an_indication_that_is_called_unstudied(
    real_graph: Graph, nodes: dict[str, Node]
) -> None:
    def wholes(compound: str) -> set[str]:
        """Gives the compound, what it is a part of, and the groups and stacks with it."""
        around = {n for n, said in nodes.items() if compound in said[f"{VOCAB}member"] | said[f"{VOCAB}component"]}
        return {compound, *nodes[compound][f"{VOCAB}constituentOf"], *around}

    def upward(condition: str) -> set[str]:
        return {condition}.union(*map(upward, nodes[condition][BROADER]))

    conditions = {n for n, said in list(nodes.items()) if "Condition" in _kinds(said)}
    named = [set().union(*said.values()) for said in list(nodes.values()) if RECORDS & _kinds(said)]
    rows = real_graph.ask("unstudied-indications").rows()
    assert len(rows) > 50
    for row in rows:
        compound, indication = str(row["compound"]), str(row["indication"])
        near = {c for c in conditions if c in upward(indication) or indication in upward(c)}
        parts = wholes(compound)
        assert not [things for things in named if things & parts and things & near], (compound, indication)


@pytest.mark.parametrize("of", ["evidence", "references", "studies", "things"])
def test_what_is_called_uncurated_is_not_recorded_as_unsaid_and_the_rest_is(
    real_graph: Graph, nodes: dict[str, Node], of: str
) -> None:
    absences = {
        (subject, local_name(attribute)): local_name(reason)
        for said in list(nodes.values())
        if "Absence" in _kinds(said) and not said[f"{VOCAB}object"]
        for subject in said[f"{VOCAB}subject"]
        for attribute in said[f"{VOCAB}attribute"]
        for reason in said[f"{VOCAB}reason"]
    }
    rows = real_graph.ask(f"missing-data-of-{of}").rows()
    assert rows
    for row in rows:
        (thing,) = (str(cell) for cell in row if isinstance(cell, Iri))
        name = PROPERTIES[str(row["missing"])]
        documents = nodes[thing][f"{VOCAB}statedIn"] if name == "restsOn" else set()
        marked = {v for v in nodes[thing][f"{VOCAB}{name}"] if v.endswith("NotStated")}
        reasons = {absences[key] for key in ((about, name) for about in (thing, *documents)) if key in absences}
        expected = "2" if "LostInCapture" in reasons else "3" if reasons or marked else "1"
        assert str(row["heading"])[0] == expected, (thing, name)
        assert isinstance(row["verdicts"], int)
        assert row["verdicts"] > 0
