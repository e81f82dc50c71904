"""On the real data: policies compared, and what would flip, against copies from which studies were deleted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import moagraph
from conftest import ROOT
from moagraph.compare import TABLES
from moagraph.compare.known import Knowledge
from moagraph.names import PREFIXES
from moagraph.reader import Reader
from moagraph.shifts import Shifts
from moagraph.shifts.between import Between
from moagraph.shifts.losses import CLASSES
from moagraph.shifts.states import State
from moagraph.things import Names
from moagraph.weigh import Facts

GOLDENS = ROOT / "tests" / "data" / "shifts"
Golden = Callable[[Path, str], None]
PARTS = tuple(PREFIXES[kind] for kind in ("finding", "quantity", "passage", "certainty"))
WITHOUT = (["reference:kurkin-2021"], ["study:captain-1"], ["study:cochrane-stroke-2023", "reference:cui-2019"])


@pytest.mark.parametrize("new", ["everything"])
def test_policies_compared(new: str, golden: Golden) -> None:
    found = moagraph.policy_diff("stated", new, ROOT)
    golden(GOLDENS / f"stated-{new}.txt", found.to_text())
    assert len(found) > 50
    assert all(shift.because for shift in found)
    for line in found.to_text(everything=True).splitlines():
        assert len(line) <= 100


@pytest.mark.parametrize("names", WITHOUT, ids=lambda names: names[0])
def test_what_if(real_graph: moagraph.Graph, names: list[str], golden: Golden) -> None:
    found = real_graph.what_if(names)
    golden(GOLDENS / f"without-{'-'.join(name.partition(':')[2] for name in names)}.txt", found.to_text())
    assert found
    assert all(shift.because for shift in found)


def test_the_page_of_a_maker_may_be_left_out(real_graph: moagraph.Graph) -> None:
    found = real_graph.what_if(sponsors=["GEROPHARM"])
    assert {study.curie for study in found.loss.studies} == {
        "study:kurkin-2021-animals",
        "study:kurkin-2021-in-vitro",
    }
    assert [note for note in found.loss.notes if "no source says who sponsored them" in note]
    nothing = real_graph.what_if(sponsors=["EVER Neuro Pharma GmbH"])
    assert not nothing
    assert "none of 928 evidence lines rests on it alone" in nothing.to_text()
    assert "Nothing changes: 823 claims" in nothing.to_text()


def test_no_golden_is_left_over() -> None:
    kept = {"stated-everything", *(f"without-{'-'.join(n.partition(':')[2] for n in names)}" for names in WITHOUT)}
    assert {path.stem for path in GOLDENS.iterdir()} == kept


@pytest.mark.parametrize("names", WITHOUT, ids=lambda names: names[0])
def test_what_if_is_a_copy_without_the_studies_built_anew(
    real_graph: moagraph.Graph, names: list[str], tmp_path: Path
) -> None:
    found = real_graph.what_if(names)
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    delete(tmp_path / "data", set(found.loss.nodes))
    other = moagraph.open(tmp_path)
    assert other.manifest["digest"] != real_graph.manifest["digest"]
    between = Between(State(real_graph.library), State(other.library))
    assert between.shifts == found.shifts
    assert found.shifts


def delete(folder: Path, lost: set[str]) -> None:
    """Deletes nodes and all that names them from the files of a folder, and the parts that nothing names then."""
    files = {path: [quad.triple for quad in ox.parse(path=path)] for path in sorted(folder.rglob("*.ttl"))}
    before = dict(files)

    def drop() -> None:
        for path, triples in files.items():
            files[path] = [
                t
                for t in triples
                if getattr(t.subject, "value", "") not in lost and getattr(t.object, "value", "") not in lost
            ]

    drop()
    while True:
        there = {getattr(t.subject, "value", "") for triples in files.values() for t in triples}
        named = {getattr(t.object, "value", "") for triples in files.values() for t in triples}
        orphans = {iri for iri in there - named if iri.startswith(PARTS)}
        if not orphans:
            break
        lost |= orphans
        drop()
    for path, triples in files.items():
        if not triples:
            path.unlink()
        elif triples != before[path]:
            path.write_text("".join(f"{triple} .\n" for triple in triples), "utf-8")


def test_all_is_read_as_the_reader_reads_it(real_graph: moagraph.Graph) -> None:
    state = State(real_graph.library)
    iris = list(state.asserted.leading["bearsOn"])
    assert len(iris) > 500
    plain = Reader(real_graph.store, real_graph.policy)
    assert state.reader.claims(iris) == plain.claims(iris)
    readers = (plain, state.reader)
    known = [Knowledge(real_graph.library, state.compounds, reader, apart=True) for reader in readers]
    for name, table in TABLES.items():
        assert table(known[0]) == table(known[1]), name
    facts = Facts.of(real_graph.store, real_graph.policy)
    for name in ("Claim", "Compound", "EvidenceLine", "Reference", "Study", "StudySet"):
        assert state.facts.members[name] == facts.members[name] != ()
    for line in facts.members["EvidenceLine"]:
        assert state.facts.studies(line) == facts.studies(line)
    for name in {name for names in CLASSES.values() for name in names}:
        assert state.names.listing(name) == Names(real_graph.store, real_graph.policy).listing(name)


@pytest.mark.parametrize("names", [*WITHOUT, []], ids=lambda names: (names or ["everything"])[0])
def test_compounds_of_equal_footing_have_equal_cells(real_graph: moagraph.Graph, names: list[str]) -> None:
    old = State(real_graph.library)
    found: Shifts
    if names:
        found = real_graph.what_if(names)
        new = _state(real_graph, found.loss.nodes)
    else:
        found = moagraph.policy_diff("stated", "everything", ROOT)
        new = State(moagraph.open(ROOT, policy="everything").library)
    same = [compound for compound in old.compounds if old.footing[compound] == new.footing[compound]]
    assert same
    assert len(same) < len(old.compounds)
    between = Between(old, new)
    everywhere = list(between.cells(list(old.compounds)))
    assert sorted(map(str, everywhere)) == sorted(map(str, found.of_kind("cell")))


def _state(graph: moagraph.Graph, lost: frozenset[str]) -> State:
    from moagraph.build import derive, rules_at
    from moagraph.library import Library
    from moagraph.names import ASSERTED
    from moagraph.store import EmbeddedStore

    assert graph.places is not None
    policies, derivations = rules_at(graph.places)
    store = ox.Store()
    asserted = ox.NamedNode(ASSERTED)
    left = State(graph.library).asserted.without(lost)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, asserted) for t in left.triples)
    derive(store, policies[graph.policy], derivations)
    return State(Library({}, EmbeddedStore(store), graph.policy))


def test_under_combined_policies_and_ones_of_a_user_s_own(tmp_path: Path) -> None:
    own = tmp_path / "rats.rq"
    own.write_text(
        '#+ summary: "What was seen in rats."\nSELECT ?line WHERE { ?line a moa:EvidenceLine ; moa:species moa:Rat }',
        "utf-8",
    )
    for policy in ("independent+english-only", str(own), f"stated+{own}"):
        with moagraph.open(policy=policy) as graph:
            assert not graph.what_if([])
            lost = graph.what_if(["reference:zhang-2010"])
            assert lost, policy
            assert graph.policy in lost.to_text()
    assert moagraph.policy_diff("independent+english-only", "english-only+independent").shifts == ()
    assert moagraph.policy_diff("stated", str(own)).shifts
