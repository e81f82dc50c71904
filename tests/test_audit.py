"""Passages are proven against documents, gaps are found, words are found in documents."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyoxigraph as ox
import pytest

import moagraph
from moagraph.audit import Document, Match, audit, cite, context, coverage_table, digest_of, document_of, passage_node
from moagraph.errors import InputUnreadable, UnknownThing
from moagraph.names import ASSERTED, BASE, PREFIXES
from moagraph.store import EmbeddedStore
from moagraph.table import Iri
from moagraph.turtle import read

TEXT = "Menu\n\nAlphamide binds the “beta” receptor.\n| a | b |\nIt helps rats – a little.\n"
SOURCE = Iri(f"{BASE}source/leaflet", "Leaflet")
DOCUMENT = Document(SOURCE, "leaflet", "leaflet.txt", TEXT, hashlib.sha256(TEXT.encode()).hexdigest())


def store_of(*spans: str, sha: str = DOCUMENT.sha256) -> EmbeddedStore:
    prefixes = "".join(
        f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in ("moa", "oa", "passage", "skip", "skos", "source")
    )
    turtle = (
        f'source:leaflet a moa:Source ; skos:prefLabel "Leaflet"@en ; moa:file "leaflet.txt" ; moa:sha256 "{sha}" .'
    )
    reason = 'moa:Navigation a moa:SkipReason ; skos:prefLabel "navigation"@en .'
    store = ox.Store()
    for triple in read("\n".join([prefixes, turtle, reason, *spans]).encode()).triples:
        store.add(ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(ASSERTED)))
    return EmbeddedStore(store)


def passage(words: str, digest: str = "") -> str:
    start = TEXT.index(words)
    match = Match(start, start + len(words), 1.0)
    node = passage_node(DOCUMENT, match)
    return node.replace(digest_of(words), digest) if digest else node


SKIP = (
    "skip:leaflet_0-4 a moa:SkipRange ; moa:inSource source:leaflet ; "
    "oa:start 0 ; oa:end 4 ; moa:skipReason moa:Navigation ."
)
ALL = (passage("Alphamide binds the “beta” receptor."), passage("a | b"), passage("It helps rats – a little."), SKIP)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leaflet.txt").write_text(TEXT, "utf-8", newline="")
    return tmp_path


def test_a_document_that_is_wholly_cited_is_fine(folder: Path) -> None:
    (coverage,) = audit(store_of(*ALL), folder)
    assert coverage.fine
    assert (coverage.proven, coverage.uncovered, coverage.wrong) == (3, (), ())
    row = next(iter(coverage_table([coverage])))
    assert (row["skipped"], row["reasons"], row["uncovered"]) == (4, "navigation 4", 0)
    assert row["cited"] == sum(c.isalnum() for c in TEXT) - 4
    assert row["letters_and_digits"] == sum(c.isalnum() for c in TEXT)


@pytest.mark.parametrize("missing", range(4))
def test_each_gap_is_found(folder: Path, missing: int) -> None:
    (coverage,) = audit(store_of(*(span for i, span in enumerate(ALL) if i != missing)), folder)
    assert not coverage.fine
    (gap,) = coverage.uncovered
    assert TEXT[slice(*gap)].strip("| ")


def test_a_wrong_digest_and_an_altered_document_are_found(folder: Path) -> None:
    (coverage,) = audit(store_of(passage("a | b", "0" * 16), *ALL[::2], SKIP), folder)
    assert [span.digest for span in coverage.wrong] == ["0" * 16]
    (coverage,) = audit(store_of(*ALL, sha="0" * 64), folder)
    assert coverage.altered
    assert not coverage.fine


def test_a_missing_document_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="cannot read"):
        audit(store_of(*ALL), tmp_path)


def test_words_are_found_just_so_then_loosely_then_nearly() -> None:
    start = TEXT.index("binds the")
    assert cite(DOCUMENT, "binds the") == [Match(start, start + 9, 1.0)]
    (loose,) = cite(DOCUMENT, 'ALPHAMIDE binds\nthe "beta" receptor')
    assert TEXT[loose.start : loose.end] == "Alphamide binds the “beta” receptor"
    near = cite(DOCUMENT, "Alphamid bound the beta")
    assert near[0].likeness < 0.99
    assert TEXT[near[0].start : near[0].end].startswith("Alphamide binds")
    assert cite(DOCUMENT, "zzz qqq xxx") == []


def test_a_match_is_shown_in_its_line() -> None:
    start = TEXT.index("helps")
    assert context(DOCUMENT, Match(start, start + 5, 1.0)) == "It »helps« rats – a little."


def test_an_unknown_source_offers_those_there_are(folder: Path) -> None:
    with pytest.raises(UnknownThing, match="leaflet"):
        document_of(store_of(*ALL), folder, "leafelt")


def test_every_passage_of_the_real_data_is_proven_and_nothing_is_left_uncovered(real_graph: moagraph.Graph) -> None:
    folder = os.environ.get("MOAGRAPH_SOURCES")
    if not folder:
        pytest.skip("the source documents are not part of the repository; MOAGRAPH_SOURCES names their folder")
    coverages = audit(real_graph.store, Path(folder))
    assert len(coverages) == 3
    for coverage in coverages:
        assert not coverage.altered
        assert coverage.wrong == ()
        assert coverage.uncovered == ()
        assert coverage.proven > 100
        assert coverage.count() > coverage.count("advertisement") + coverage.count("navigation")
