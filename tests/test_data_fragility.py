"""Flips on the real data are what is derived where the studies are not there, and so are losses that flip nothing."""

from __future__ import annotations

import pytest

from conftest import Ontology
from moagraph.api import Graph
from moagraph.names import BASE
from test_fragility import compare


@pytest.mark.parametrize("policy", ["stated", "everything"])
def test_flips_are_what_is_derived_without_the_studies(real_graph: Graph, ontology: Ontology, policy: str) -> None:
    triples = list(real_graph.asserted())
    subjects = {getattr(t.subject, "value", "") for t in triples}
    studies = sorted(subject for subject in subjects if subject.startswith(f"{BASE}study/"))
    samples: list[tuple[str, ...]] = [(study,) for study in studies] if policy == "stated" else []
    samples += list(zip(studies, studies[7:], strict=False))[::9]
    assert compare(ontology, triples, policy, samples) > 40
