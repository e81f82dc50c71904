"""Stores: built only from what passed, found again without reading, replaced whole or not at all."""

from __future__ import annotations

import dataclasses
import os
import shutil
import time
from pathlib import Path

import pytest

import moagraph
from moagraph import build as building
from moagraph.check import check
from moagraph.corpus import Corpus
from moagraph.errors import DataHasFindings, NothingToCheck, OutputFailed, UnknownPolicy
from moagraph.places import Places, known_generation, listing_of, manifest_of, write_file
from moagraph.report import Finding, Report

ROOT = Path(__file__).parent.parent
BASE = Path(__file__).parent / "fixtures" / "base"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A whole small project of invented chemistry that may be spoilt."""
    shutil.copytree(ROOT / "ontology", tmp_path / "project" / "ontology")
    shutil.copytree(BASE / "data", tmp_path / "project" / "data")
    shutil.copytree(ROOT / "queries", tmp_path / "project" / "queries")
    return Places.at(tmp_path / "project")


def test_a_store_is_built_once_and_then_found(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = building.built(places, tmp_path / "cache")
    monkeypatch.setattr(Corpus, "read", lambda _: pytest.fail("read again"))
    assert building.built(places, tmp_path / "cache") == first
    manifest = manifest_of(first)
    assert manifest["quads"]["asserted"] > 50
    assert set(manifest["policies"]) == {path.stem for path in places.ontology.glob("policy/*.rq")} > {"stated"}
    assert manifest["looked_at"]["claims"] > 0


def test_a_change_makes_another_generation_and_keeps_the_old(places: Places, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = building.built(places, cache)
    file = next(iter(sorted((places.data / "compound").glob("*.ttl"))))
    file.write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    second = building.built(places, cache)
    assert first != second
    assert (first / "manifest.json").is_file()


def test_touching_a_file_builds_nothing_new(places: Places, tmp_path: Path) -> None:
    first = building.built(places, tmp_path / "cache")
    file = next(iter(sorted((places.data / "compound").glob("*.ttl"))))
    os.utime(file, ns=(time.time_ns(), time.time_ns() + 5_000_000_000))
    assert known_generation(places, tmp_path / "cache") is None
    assert building.built(places, tmp_path / "cache") == first


def test_violations_stop_the_build(places: Places, tmp_path: Path) -> None:
    corpus = Corpus.read(places)
    report = check(corpus)
    bad = Finding("x", "violation", "data/a.ttl", 1, "", "is bad")
    with pytest.raises(DataHasFindings):
        building.build(corpus, dataclasses.replace(report, findings=(bad,)), tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("1-*"))


def test_a_report_of_other_data_builds_nothing(places: Places, tmp_path: Path) -> None:
    corpus = Corpus.read(places)
    with pytest.raises(DataHasFindings, match="other data"):
        building.build(corpus, Report((), {"files": 1}, "0" * 64), tmp_path / "cache")


def test_a_build_that_fails_leaves_nothing_behind(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    corpus = Corpus.read(places)
    monkeypatch.setattr(building, "_put_in_place", interrupt)
    with pytest.raises(KeyboardInterrupt):
        building.build(corpus, check(corpus), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    for name in ("ontology", "data", "queries"):
        (tmp_path / name).mkdir()
    with pytest.raises(NothingToCheck):
        Corpus.read(Places.at(tmp_path))


def test_an_unknown_policy_is_an_error(real_graph: moagraph.Graph) -> None:
    with pytest.raises(UnknownPolicy):
        moagraph.Graph(real_graph.store, real_graph.library.queries, real_graph.policies, "statd")


def test_a_listing_sees_what_changes(places: Places) -> None:
    before = listing_of(places)
    (places.data / "compound" / "zeta.ttl").write_text("# new\n", "utf-8")
    assert listing_of(places) != before


def test_an_installed_package_is_known_by_its_record(tmp_path: Path) -> None:
    share = tmp_path / "moagraph" / "share"
    for name in ("ontology", "data", "queries"):
        (share / name).mkdir(parents=True)
    (share / "data" / "a.ttl").write_text("# a\n", "utf-8")
    places = Places.at(share)
    assert "a.ttl" in listing_of(places)
    record = tmp_path / f"moagraph-{moagraph.__version__}.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("one\n", "utf-8")
    first = listing_of(places)
    assert "a.ttl" not in first
    record.write_text("another\n", "utf-8")
    assert listing_of(places) != first


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OutputFailed):
        write_file(tmp_path / "missing" / "a.txt", b"x")
