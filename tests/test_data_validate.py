"""Both engines judge the real data alike, as it is and spoilt."""

from __future__ import annotations

import pytest

from moagraph.check import shapes_of
from moagraph.corpus import Corpus
from moagraph.places import packaged
from moagraph.validate import validate
from spoiling import spoilt


@pytest.mark.parametrize("faults", [0, 1000])
def test_engines_agree_on_the_real_data(faults: int) -> None:
    corpus = Corpus.read(packaged())
    shapes = shapes_of(corpus)
    triples = spoilt(corpus.triples, 1, faults) if faults else corpus.triples
    results = validate(shapes, triples, "shacl")
    assert results == validate(shapes, triples, "pyshacl")
    assert len(results) >= faults / 2
