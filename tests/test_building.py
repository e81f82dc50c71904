"""Building on an endpoint: what it holds and finds in the end is what building and checking here give."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

import moagraph
from conftest import ROOT, Ontology, triples_of
from fake_endpoint import Fake
from moagraph.check import check
from moagraph.corpus import Corpus
from moagraph.endpoint import EndpointStore
from moagraph.errors import EndpointFailed, NothingToCheck
from moagraph.names import ASSERTED, policy_graph
from moagraph.places import Places
from moagraph.remote.building import build_at
from moagraph.remote.writing import Target
from moagraph.store import Solutions, Triples
from test_queries import as_files


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder of the invented world of the golden tables, without queries: their examples are real."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    (root / "queries").mkdir()
    for file in as_files("things", "claims"):
        (root / file.path).parent.mkdir(parents=True, exist_ok=True)
        (root / file.path).write_bytes(file.content)
    return root


@pytest.fixture
def spoilt(project: Path, tmp_path: Path) -> Path:
    """The same with a misspelt property, a reference to nothing, a file of no Turtle and a subject defined twice."""
    root = tmp_path / "spoilt"
    shutil.copytree(project, root)
    compounds = sorted((root / "data" / "compound").glob("*.ttl"))
    text = compounds[0].read_text("utf-8")
    compounds[0].write_text(text.replace("moa:kind", "moa:knd"), "utf-8")
    (root / "data" / "compound" / "copy.ttl").write_text(compounds[1].read_text("utf-8"), "utf-8")
    (root / "data" / "compound" / "torn.ttl").write_text("compound:torn a", "utf-8")
    (root / "data" / "notes.txt").write_text("mine", "utf-8")
    claim = next(iter(sorted((root / "data" / "claim").rglob("*.ttl"))))
    claim.write_text(claim.read_text("utf-8").replace("moa:statedIn source:", "moa:statedIn source:un", 1), "utf-8")
    return root


def test_the_endpoint_holds_what_is_built_here(fake: Fake, project: Path, ontology: Ontology) -> None:
    corpus = Corpus.read(Places.at(project))
    told: list[str] = []
    report, counts = build_at(Places.at(project), Target(fake.url), progress=told.append)
    here = check(corpus)
    assert report == here
    assert not report.findings
    expected = ontology.store(corpus.triples)
    for policy in ("stated", "everything"):
        name = policy_graph(policy)
        there = [str(q.triple) for q in fake.store.quads_for_pattern(None, None, None, ox.NamedNode(name))]
        assert sorted(there) == [str(t) for t in triples_of(expected, policy)]
        assert counts[name] == len(there) > 100
    assert counts[ASSERTED] == here.looked_at["triples"]
    with moagraph.open(endpoint=fake.url) as graph:
        assert graph.manifest["digest"] == f"files:{corpus.digest}"
        table = graph.ask("mechanisms-of-compound", compound="alphamide")
        assert len(table)
    assert any("judged" in word for word in told)
    assert any("deriving" in word for word in told)


def test_the_same_faults_are_found(fake: Fake, spoilt: Path) -> None:
    report, counts = build_at(Places.at(spoilt), Target(fake.url))
    here = check(Corpus.read(Places.at(spoilt)))
    assert {f.code for f in here.findings} >= {"turtle-syntax", "defined-twice", "undeclared-term", "misplaced-file"}
    assert report.findings == here.findings
    assert report.digest == here.digest
    assert list(counts) == [ASSERTED]
    with pytest.raises(EndpointFailed):
        moagraph.open(endpoint=fake.url)


@pytest.mark.parametrize("stop", [3, 8, 12, 30])
def test_a_build_that_was_cut_off_goes_on(fake: Fake, project: Path, stop: int) -> None:
    fake.break_after(stop)
    with pytest.raises(EndpointFailed):
        build_at(Places.at(project), Target(fake.url))
    fake.after = lambda: None
    with pytest.raises(EndpointFailed):
        moagraph.open(endpoint=fake.url)
    report, counts = build_at(Places.at(project), Target(fake.url))
    assert not report.findings
    for graph, number in counts.items():
        assert sum(1 for _ in fake.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))) == number


def test_an_engine_that_skips_nodes_is_no_success(fake: Fake, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does not give nobody judges, and nothing would be found."""
    whole = EndpointStore.over

    def skipping(self: EndpointStore, graphs: Sequence[str], query: str) -> Solutions | Triples | bool:
        answer = whole(self, graphs, query)
        if "ORDER BY STR(?node)" in query and isinstance(answer, Solutions):
            return Solutions(answer.variables, answer.rows[:-1])
        return answer

    monkeypatch.setattr(EndpointStore, "over", skipping)
    with pytest.raises(EndpointFailed, match=r"gives \d+ of \d+ members of owl:Class"):
        build_at(Places.at(project), Target(fake.url))


def test_nothing_to_build_is_no_success(fake: Fake, project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "empty", ignore=shutil.ignore_patterns("data"))
    (tmp_path / "empty" / "data").mkdir()
    with pytest.raises(NothingToCheck):
        build_at(Places.at(tmp_path / "empty"), Target(fake.url))
