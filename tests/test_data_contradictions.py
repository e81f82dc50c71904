"""Contradictions of the real data beside the labels of a careful reader, `tests/data/contradictions.yaml`.

The labels were written from the documents before the code ran over them. Where the two part, think which is right.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import yaml

from conftest import ROOT
from moagraph.api import Graph
from moagraph.names import PREFIXES
from moagraph.weigh import Evidence, Facts
from moagraph.weigh.contradictions import Contradiction, contradictions_of
from moagraph.weigh.dimensions import dimensions_of

LABELLED: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/data/contradictions.yaml").read_text("utf-8"))
OPPOSED = [label for label in LABELLED if label["kind"] != "none"]
NEAR = [label for label in LABELLED if label["kind"] == "none"]
POLICIES = ("stated", "everything")

Found = dict[tuple[str, str], Contradiction]


@pytest.fixture(scope="module")
def facts(real_graph: Graph) -> Facts:
    return Facts.of(real_graph.library.store, "stated")


@pytest.fixture(scope="module")
def found(real_graph: Graph, facts: Facts) -> dict[str, Found]:
    @cache
    def under(policy: str) -> Found:
        evidence = Evidence.of(real_graph.library.store, policy, facts)
        return {(c.supporting, c.opposing): c for c in contradictions_of(evidence)}

    return {policy: under(policy) for policy in POLICIES}


def lines_of(label: dict[str, Any]) -> tuple[str, str]:
    return (PREFIXES["evidence"] + label["supporting"], PREFIXES["evidence"] + label["opposing"])


def name_of(label: dict[str, Any]) -> str:
    return f"{label['supporting']}-{label['opposing']}"


def test_there_are_enough_labels_and_of_each_kind() -> None:
    assert len(OPPOSED) >= 30
    assert {label["kind"] for label in OPPOSED} == {"apparent", "genuine", "unresolvable"}
    assert len({lines_of(label) for label in LABELLED}) == len(LABELLED)


@pytest.mark.parametrize("label", OPPOSED, ids=name_of)
def test_kind_and_dimensions_are_those_of_the_reader(
    label: dict[str, Any], found: dict[str, Found], facts: Facts
) -> None:
    names = {dimension.name: dimension.label for dimension in dimensions_of(facts)}
    listed = [policy for policy in POLICIES if lines_of(label) in found[policy]]
    assert listed == (["everything"] if label["policy"] == "everything" else ["stated", "everything"])
    comparison = found["everything"][lines_of(label)].comparison
    assert comparison.kind.lower() == label["kind"]
    assert [names[name] for name in comparison.differs] == label["differs"]
    of_question = {*comparison.narrower} - {*comparison.also}
    assert [names[name] for name in comparison.differs if name in of_question] == label.get("narrower", [])
    if "blank" in label:
        assert [names[name] for name in comparison.blank] == label["blank"]


@pytest.mark.parametrize("label", NEAR, ids=name_of)
def test_what_only_looks_opposed_is_not_listed(label: dict[str, Any], found: dict[str, Found], facts: Facts) -> None:
    one, other = lines_of(label)
    assert {one, other} <= set(facts.members["EvidenceLine"])
    for policy in POLICIES:
        assert not {(one, other), (other, one)} & found[policy].keys()


@pytest.mark.parametrize("label", LABELLED, ids=name_of)
def test_every_label_names_passages_of_its_lines(label: dict[str, Any], real_graph: Graph) -> None:
    assert label["places"]
    assert label["why"]
    cited = real_graph.library.store.select(
        "SELECT ?passage WHERE { VALUES ?line { "
        + " ".join(f"<{line}>" for line in lines_of(label))
        + " } ?line moa:passage ?passage }",
        "stated",
    )
    passages = {str(cell) for cell in cited.column("passage")}
    assert {PREFIXES["passage"] + place for place in label["places"]} <= passages
    assert all(re.fullmatch(r"[a-z0-9-]+_\d+-\d+", place) for place in label["places"])


def test_every_contested_verdict_is_explained(real_graph: Graph) -> None:
    """Lines that a verdict sets against each other are pairs here: nothing contested is left without a reason."""
    contested = """SELECT ?judged ?for ?against WHERE {
        ?judged moa:verdict moa:Contested ; moa:supportedBy ?for ; moa:refutedBy|moa:nullIn ?against }"""
    for policy in POLICIES:
        listed = real_graph.library.store.select(
            "SELECT ?for ?against WHERE { ?c moa:supportingLine ?for ; moa:opposingLine ?against }", policy
        )
        pairs = {tuple(map(str, row)) for row in listed.cells}
        rows = real_graph.library.store.select(contested, policy).cells
        assert rows
        assert {(str(support), str(against)) for _, support, against in rows} <= pairs
