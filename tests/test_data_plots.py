"""The figures of the real data: nothing lies on anything else, and what must be seen is there."""

from __future__ import annotations

import pytest

from moagraph.corpus import Corpus
from moagraph.places import Places
from moagraph.plots import overlap as overlap_figure
from moagraph.store import EmbeddedStore
from test_overlap import ROOT, derived
from test_plots import all_figures, clashes


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return derived(Corpus.read(Places.at(ROOT)), "stated")


def test_nothing_lies_on_anything_else(store: EmbeddedStore) -> None:
    for name, figure in all_figures(store, "stated").items():
        assert not clashes(figure), name


def test_cortexin_and_cerebrolysin_share_mechanisms(store: EmbeddedStore) -> None:
    graph = overlap_figure.numbers(store, "stated")
    edge = graph.edges["compound:cerebrolysin", "compound:cortexin"]
    assert edge["shared"] == max(e["shared"] for _, _, e in graph.edges(data=True))
    assert len(graph) == graph.graph["compounds"]
    assert graph.number_of_edges() == graph.graph["pairs"]
