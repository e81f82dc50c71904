"""Exports: other parsers read as many triples, the same input gives the same bytes, no claim turns positive."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import moagraph
from conftest import ROOT
from moagraph.corpus import Corpus
from moagraph.errors import OutputFailed
from moagraph.export import nquads, release, turtle
from moagraph.names import PREFIXES, VOCAB
from moagraph.places import Places
from moagraph.turtle import write


def test_rdflib_reads_as_many_triples(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    number = turtle.export(real_graph, tmp_path / "a.ttl")
    assert len(rdflib.Graph().parse(tmp_path / "a.ttl", format="turtle")) == number > 10_000


@pytest.mark.parametrize(
    ("export", "name"), [(turtle.export, "turtle"), (nquads.export, "nquads")], ids=["turtle", "nquads"]
)
def test_rapper_reads_as_many_triples(
    export: Callable[[moagraph.Graph, Path], int], name: str, real_graph: moagraph.Graph, tmp_path: Path
) -> None:
    if shutil.which("rapper") is None:
        assert "rapper" not in os.environ.get("MOAGRAPH_REQUIRE", ""), "raptor2-utils is required here"
        pytest.skip("raptor2-utils is not installed")
    number = export(real_graph, tmp_path / "a")
    done = subprocess.run(
        ["rapper", "-i", name, "-c", str(tmp_path / "a")], capture_output=True, text=True, timeout=120, check=True
    )
    counted = re.search(r"returned (\d+) triples", done.stderr)
    assert counted is not None
    assert int(counted[1]) == number


def test_literals_are_exported_as_written(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    turtle.export(real_graph, tmp_path / "a.ttl")
    exported = {str(q.triple) for q in ox.parse(path=str(tmp_path / "a.ttl"), format=ox.RdfFormat.TURTLE)}
    assert {str(t) for t in Corpus.read(Places.at(ROOT)).triples} <= exported


def test_passages_are_selectors(real_graph: moagraph.Graph) -> None:
    triples = [t for t in turtle.asserted(real_graph) if t.predicate == ox.NamedNode(f"{PREFIXES['rdf']}type")]
    selector, passage = ox.NamedNode(f"{PREFIXES['oa']}TextPositionSelector"), ox.NamedNode(f"{VOCAB}Passage")
    selectors = {str(t.subject) for t in triples if t.object == selector}
    assert selectors == {str(t.subject) for t in triples if t.object == passage}
    assert len(selectors) > 300


def test_twice_gives_the_same_bytes(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    for name in ("a", "b"):
        turtle.export(real_graph, tmp_path / f"{name}.ttl", "stated")
        nquads.export(real_graph, tmp_path / f"{name}.nq")
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()
    assert (tmp_path / "a.nq").read_bytes() == (tmp_path / "b.nq").read_bytes()


def test_files_in_another_order_give_the_same_bytes() -> None:
    corpus = Corpus.read(Places.at(ROOT))
    backwards = Corpus.of(reversed(corpus.files))
    assert backwards.digest == corpus.digest
    assert write(reversed(backwards.triples)) == write(corpus.triples)


def test_only_supported_edges_are_plain(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    turtle.export(real_graph, tmp_path / "a.ttl", "stated")
    graph = rdflib.Graph().parse(tmp_path / "a.ttl", format="turtle")
    edges = 0
    for derivation in graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{VOCAB}Derivation")):
        subject, predicate, value = (
            graph.value(derivation, rdflib.URIRef(VOCAB + part))
            for part in ("edgeSubject", "edgePredicate", "edgeObject")
        )
        assert subject is not None
        assert predicate is not None
        assert value is not None
        supported = graph.value(derivation, rdflib.URIRef(f"{VOCAB}verdict")) == rdflib.URIRef(f"{VOCAB}Supported")
        assert ((subject, predicate, value) in graph) == supported
        edges += supported
    assert edges > 50


def test_a_release_says_what_it_holds(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    number = release.export(real_graph, tmp_path / "release")
    manifest = json.loads((tmp_path / "release" / "manifest.json").read_text("utf-8"))
    there = {p.relative_to(tmp_path / "release").as_posix() for p in (tmp_path / "release").rglob("*") if p.is_file()}
    assert there - {"manifest.json"} == set(manifest["files"])
    assert len(there) == number
    for name, entry in manifest["files"].items():
        content = (tmp_path / "release" / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (entry["bytes"], entry["sha256"])
    answered = {name.removeprefix("answers/").removesuffix(".tsv") for name in there if name.endswith(".tsv")}
    assert answered == set(real_graph.library.queries)
    again = release.export(real_graph, tmp_path / "release")
    assert again == number


def test_a_release_replaces_nothing_that_is_none(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", "utf-8")
    with pytest.raises(OutputFailed):
        release.export(real_graph, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "x"
