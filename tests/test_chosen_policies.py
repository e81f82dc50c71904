"""Policies that a user chooses: combinations, files of their own, and what is said where one cannot be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import moagraph
from conftest import ROOT, Run, assert_one_screen
from fake_endpoint import Fake
from moagraph import build as building
from moagraph import diff, weigh
from moagraph.errors import (
    AdmitsNothing,
    BadPolicy,
    EndpointFailed,
    InputUnreadable,
    MoagraphError,
    UnknownPolicy,
)
from moagraph.export import nquads
from moagraph.names import VOCAB, policy_graph
from moagraph.places import cache
from moagraph.policy import Chosen, is_plain
from moagraph.remote.push import push
from moagraph.remote.writing import Target
from moagraph.table import Table

ADMITTED = "SELECT ?line WHERE { ?line moa:admittedBy ?policy } ORDER BY ?line"
MINE = """#+ summary: "What is on alphamide."
PREFIX moa: <https://w3id.org/moagraph/vocab#>

SELECT DISTINCT ?line WHERE {
  ?line a moa:EvidenceLine ;
    moa:bearsOn ?claim .
  ?claim moa:subject compound:alphamide .
}
ORDER BY ?line
"""
HEAD = '#+ summary: "Mine."\n'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the real ontology and queries with invented data."""
    folder = tmp_path_factory.mktemp("project")
    for name, target in (
        ("ontology", ROOT / "ontology"),
        ("queries", ROOT / "queries"),
        ("data", ROOT / "tests" / "fixtures" / "base" / "data"),
    ):
        (folder / name).symlink_to(target, target_is_directory=True)
    assert moagraph.open(folder).policies
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a policy file and gives its path."""

    def written(text: str, name: str = "mine.rq") -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return written


def lines(graph: moagraph.Graph) -> set[str]:
    """Gives the lines that a graph's policy admits."""
    return {str(row[0]) for row in graph.store.select(ADMITTED, graph.policy).cells}


@pytest.mark.parametrize(
    ("words", "name", "plain"),
    [
        ("stated", "stated", True),
        ("human+independent", "human+independent", False),
        ("independent+human", "human+independent", False),
        ("cited+human+cited+human", "cited+human", False),
        ("human+human", "human", True),
    ],
)
def test_a_combination_has_one_name(words: str, name: str, plain: bool) -> None:
    chosen = Chosen.of(words)
    assert chosen.name == name
    assert chosen.plain is plain
    assert is_plain(words) == ("+" not in words)
    assert chosen.generation(Path("a/3-b")) == Chosen.of(name).generation(Path("a/3-b"))


def test_a_file_is_known_by_its_text(write: Callable[..., Path]) -> None:
    one, base = write(MINE), Path("a/3-b")
    first = Chosen.of(one)
    assert first == Chosen.of(str(one))
    assert first.name == "mine"
    assert Chosen.of(f"{one}+human").name == Chosen.of(f"human+{one}+{one}").name == "human+mine"
    folder = first.generation(base)
    write(MINE + "# more\n")
    assert Chosen.of(one).generation(base) != folder != Chosen.of(f"human+{one}").generation(base)


def test_a_combination_admits_what_each_admits_and_is_derived_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = {name: moagraph.open(root, policy=name) for name in ("human", "independent", "everything")}
    told: list[str] = []
    both = moagraph.open(root, policy="independent+human", progress=told.append)
    assert told == ["deriving under policy human+independent"]
    assert both.policy == "human+independent"
    assert lines(both) == lines(plain["human"]) & lines(plain["independent"])
    assert list(both.policies)[-1] == both.policy
    assert both.policies[both.policy] == "Only what human and independent both admit."
    assert list(plain["human"].policies) == list(both.policies)[:-1]
    assert both.folder != plain["human"].folder
    monkeypatch.setattr(building, "derived", lambda *_: pytest.fail("derived again"))
    again = moagraph.open(root, policy="human+independent", progress=told.append)
    assert again.folder == both.folder
    assert len(told) == 1
    assert set(again.store.policies()) == set(again.policies)


def test_what_is_derived_is_what_a_shipped_policy_of_that_text_would_give(
    root: Path, write: Callable[..., Path]
) -> None:
    """Verdicts, edges and all that is weighed, but for the name."""
    text = (ROOT / "ontology" / "policy" / "human.rq").read_text("utf-8")
    own = moagraph.open(root, policy=write(text, "people.rq"))
    shipped = moagraph.open(root, policy="human")

    def said(graph: moagraph.Graph) -> set[str]:
        triples = map(str, graph.store.quads(policy_graph(graph.policy)))
        return {t.replace(f"/{graph.policy}", "/POLICY") for t in triples if "dc/terms/identifier" not in t}

    assert said(own) == said(shipped)
    assert any("/vocab#verdict>" in triple for triple in said(own))


def test_what_is_weighed_is_derived_under_a_chosen_policy_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def weighing(evidence: weigh.Evidence) -> list[ox.Triple]:
        return [weigh.evidence.triple(evidence.graph, "tallied", len(evidence.tiers))]

    monkeypatch.setattr(weigh, "WEIGHINGS", (weighing,))
    graph = moagraph.open(root, policy="english-only+human")
    weighed = graph.sparql("SELECT ?n WHERE { ?policy moa:tallied ?n }")
    assert isinstance(weighed, Table)
    assert weighed.cells == ((len(lines(graph)),),)


def test_a_file_combines_and_answers_everywhere(root: Path, write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(MINE)
    mine = moagraph.open(root, policy=str(path))
    assert mine.policies["mine"] == "What is on alphamide."
    assert all("/evidence/alphamide" in line for line in lines(mine))
    assert len(lines(mine)) > 2
    stated = moagraph.open(root, policy=f"stated+{path}")
    assert lines(stated) == lines(mine) & lines(moagraph.open(root))
    found = stated.sparql(ADMITTED)
    assert found == stated.store.select(ADMITTED, stated.policy)
    assert "under policy mine+stated" in stated.show("betamide").to_text()
    assert "Policy mine+stated." in stated.compare(["alphamide", "betamide"]).to_text()
    assert stated.ask("mechanisms-of-compound", compound="betamide").cells == ()
    assert stated.overlap().graph["policy"] == "mine+stated"
    nquads.export(stated, tmp_path / "out.nq", stated.policy)
    assert f"<{policy_graph('mine+stated')}> .\n" in (tmp_path / "out.nq").read_text("utf-8")
    stated.close()
    beside = tmp_path / "beside.ttl"
    beside.write_text("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n", "utf-8")
    with moagraph.open(root, policy=f"stated+{path}", data=beside) as both:
        assert both.unchecked == 1
        assert both.sparql("ASK { ?a <http://example.org/b> ?c }") is True
        assert both.sparql(ADMITTED) == found


def test_a_file_beats_a_combination_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "a+b"
    folder.mkdir()
    (folder / "mine.rq").write_text(MINE, "utf-8")
    assert Chosen.of(str(folder / "mine.rq")).parts == ("mine",)


def test_the_base_is_never_written(root: Path) -> None:
    graph = moagraph.open(root)
    assert graph.folder is not None
    before = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in graph.folder.parent.rglob("*") if p.is_file()}
    moagraph.open(root, policy="human+stated")
    assert {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in before} == before
    assert not list(cache().glob(".building-*"))


LINE = HEAD + "SELECT ?line WHERE { ?line a moa:EvidenceLine"
UNUSABLE = {
    "Only the best, please.": ("no policy: a query begins with SELECT", "mend the query"),
    LINE: ("is no policy", "mend the query"),
    LINE.removeprefix(HEAD) + " }": ("mine.rq has no header", "#+ summary"),
    LINE.replace("summary", "admits") + " }": ("mine.rq:1: the header has no summary", "#+ summary"),
    '#+ sumary: "x"\n' + LINE + " }": ("mine.rq:1: the header says 'sumary'", "did you mean summary?"),
    HEAD + "ASK { ?line a moa:EvidenceLine }": (
        "mine.rq:2: a policy is a SELECT query, and this is ASK",
        "SELECT ?line",
    ),
    HEAD + "CONSTRUCT WHERE { ?line a moa:EvidenceLine }": ("this is CONSTRUCT", "SELECT ?line"),
    LINE.replace("?line", "?claim") + " }": ("this has ?claim", "SELECT ?line"),
    LINE.replace("?line", "?line ?other", 1) + " ; moa:bearsOn ?other }": ("this has ?line, ?other", "SELECT ?line"),
    LINE.replace("?line", "*", 1) + " }": ("this has *", "SELECT ?line"),
    LINE + " SERVICE <http://example.org/> { ?line ?p ?o } }": ("SERVICE would reach the network", ""),
    LINE.replace("WHERE", "FROM <http://example.org/> WHERE") + " }": (
        "FROM would",
        "only reads what curators assert",
    ),
    HEAD + "DELETE WHERE { ?line a moa:EvidenceLine }": ("DELETE would change the graph", ""),
    LINE.replace("moa:", "maa:") + " }": ("does not declare the prefix maa:", "did you mean moa"),
    LINE + " ;\n moa:sytem moa:Human }": ("mine.rq:3: no vocabulary declares moa:sytem", "did you mean moa:system"),
    LINE + " ; moa:design moa:RandomizedTrial }": (
        "declares moa:RandomizedTrial",
        "did you mean moa:RandomisedTrial",
    ),
    HEAD + f"PREFIX v: <{VOCAB}> SELECT ?line {{ ?line v:lineTier v:TierA }}": (
        "moa:lineTier is derived",
        "moa:design",
    ),
    LINE + " FILTER NOT EXISTS { ?line moa:unresolved true } }": ("moa:unresolved is derived", "moa:design"),
    HEAD + "SELECT ?line { ?line a moa:Compound }": (
        "no evidence line: compound:alphamide and",
        "a moa:EvidenceLine",
    ),
    HEAD + "SELECT ?line { ?x a moa:Claim OPTIONAL { ?x moa:frequency ?line } }": (
        "no evidence line: rows",
        "?line a",
    ),
    LINE + " ; moa:system moa:InSilico }": ("mine.rq admits no evidence line", "that lines have"),
}
"""Texts of policies that cannot be used, each with words of what is wrong and of what to do."""


@pytest.mark.parametrize("text", UNUSABLE)
def test_a_file_that_cannot_be_used(text: str, root: Path, write: Callable[..., Path]) -> None:
    says, fix = UNUSABLE[text]
    before = set(cache().iterdir())
    with pytest.raises(AdmitsNothing if "admits no" in says else BadPolicy) as raised:
        moagraph.open(root, policy=write(text))
    assert says in raised.value.problem
    assert fix in raised.value.fix
    assert set(cache().iterdir()) == before, "nothing is left behind"


def test_a_file_that_takes_too_long_is_stopped(
    root: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from moagraph import sandbox

    usual = sandbox.Limits
    monkeypatch.setattr(sandbox, "Limits", lambda **said: usual(seconds=0.5, **said))
    product = " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(6))
    path = write(
        HEAD + f"SELECT ?line WHERE {{ ?line a moa:EvidenceLine . {product} FILTER (?c1 = ?c5 && ?c2 = ?c4) }}"
    )
    with pytest.raises(BadPolicy, match="cannot be asked"):
        moagraph.open(root, policy=path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mine.sparql", "no name of a policy's file"),
        ("mine.and.yours.rq", "no name of a policy's file"),
        ("моя.rq", "no name of a policy's file"),
        ("a b.rq", "no name of a policy's file"),
        ("human.rq", "the name of a policy that comes with the graph"),
    ],
)
def test_a_file_by_a_name_that_it_cannot_have(name: str, says: str, root: Path, write: Callable[..., Path]) -> None:
    with pytest.raises(BadPolicy, match=says) as raised:
        moagraph.open(root, policy=write(MINE, name))
    assert raised.value.fix
    with pytest.raises(BadPolicy, match=says):
        moagraph.open(root, policy=f"stated+{write(MINE, name)}")


def test_two_files_of_one_name_and_none(root: Path, write: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = write(MINE), write(MINE, "other/mine.rq")
    with pytest.raises(BadPolicy, match="two policies named mine"):
        moagraph.open(root, policy=f"{one}+{other}")
    with pytest.raises(InputUnreadable, match="cannot read the policy"):
        moagraph.open(root, policy=tmp_path / "gone.rq")
    bad = tmp_path / "bytes.rq"
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(InputUnreadable):
        moagraph.open(root, policy=bad)


@pytest.mark.parametrize(
    ("word", "says", "fix"),
    [
        ("humna+independent", "'humna'", "did you mean human?"),
        ("human+", "'human+'", "on each side of +"),
        ("+", "'+'", "on each side of +"),
        ("human+mine", "'mine'", "moagraph list policies"),
        ("human+" + "x" * 5000, "xxx", "moagraph list policies"),
    ],
)
def test_an_unknown_name_in_a_combination(word: str, says: str, fix: str, root: Path) -> None:
    with pytest.raises(UnknownPolicy) as raised:
        moagraph.open(root, policy=word)
    assert says in raised.value.problem
    assert fix in raised.value.fix


def test_policies_that_exclude_each_other_are_named(root: Path, write: Callable[..., Path]) -> None:
    people, rats = (
        write(HEAD + f"SELECT ?line WHERE {{ ?line a moa:EvidenceLine ; moa:system moa:{system} }}", f"{name}.rq")
        for name, system in (("people", "Human"), ("rats", "Animal"))
    )
    with pytest.raises(AdmitsNothing, match="people and rats exclude each other"):
        moagraph.open(root, policy=f"{rats}+everything+{people}")


def test_three_that_exclude_one_another_only_together(root: Path, write: Callable[..., Path]) -> None:
    chosen = sorted(lines(moagraph.open(root)))[:3]
    files = []
    for number in range(3):
        pair = " ".join(f"<{line}>" for line in chosen if line != chosen[number])
        text = HEAD + f"SELECT ?line WHERE {{ VALUES ?line {{ {pair} }} }}"
        files.append(str(write(text, f"pair-{number}.rq")))
    with pytest.raises(AdmitsNothing, match="by all of pair-0, pair-1, pair-2, though any two"):
        moagraph.open(root, policy="+".join(files))


def test_a_missing_cache_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = set(cache().iterdir())
    monkeypatch.setattr(building, "checkpoint", full)
    with pytest.raises(MoagraphError, match="cannot write below"):
        moagraph.open(root, policy="cited+human+no-unresolved")
    assert set(cache().iterdir()) == before


def test_an_endpoint_is_asked_only_under_what_it_holds(
    fake: Fake, root: Path, write: Callable[..., Path], run: Run
) -> None:
    path = write(MINE)
    push(moagraph.open(root), Target(fake.url))
    assert lines(moagraph.open(endpoint=fake.url, policy="human+human")) == lines(moagraph.open(root, policy="human"))
    for policy in ("human+independent", str(path), path):
        with pytest.raises(EndpointFailed) as raised:
            moagraph.open(endpoint=fake.url, policy=policy)
        assert f"moagraph push {fake.url} --policy {policy}" in raised.value.fix
    with pytest.raises(UnknownPolicy, match="'humna'"):
        moagraph.open(endpoint=fake.url, policy="humna+cited")
    done = run("push", fake.url, "--root", str(root), "--policy", "independent+human", "--policy", str(path))
    assert done.returncode == 0, done.stderr
    for policy in ("independent+human", path):
        there, here = moagraph.open(endpoint=fake.url, policy=policy), moagraph.open(root, policy=policy)
        assert there.policy == here.policy
        assert lines(there) == lines(here)
        assert there.policies[there.policy] == here.policies[here.policy]
        assert there.ask("contested-claims") == here.ask("contested-claims")
    write(MINE.replace("alphamide", "betamide"))
    with pytest.raises(EndpointFailed, match="holds nothing that is derived under this policy, mine"):
        moagraph.open(endpoint=fake.url, policy=path)
    done = run("push", fake.url, "--root", str(root))
    assert done.returncode == 0
    assert set(moagraph.open(endpoint=fake.url).policies) == set(moagraph.open(root).policies)


def test_versions_are_compared_under_what_is_chosen(root: Path, write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(MINE)
    graph = moagraph.open(root)
    nquads.export(graph, tmp_path / "all.nq")
    for policy in ("independent+human", path):
        found = diff.diff(root, tmp_path / "all.nq", policy)
        assert not found.differs
        assert found.policy == Chosen.of(policy).name
        assert found.policy in {changed.policy for changed in found.policies}
    text = "human+independent is derived by the package"
    assert text in diff.diff(root, tmp_path / "all.nq", "human+independent").to("text")
    with pytest.raises(UnknownPolicy):
        diff.diff(root, tmp_path / "all.nq", "human+humna")


def test_the_command_line(run: Run, root: Path, write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(MINE)
    for policy in ("independent+human", str(path), f"stated+{path}"):
        name = Chosen.of(policy).name
        for words in (
            ("list", "policies", "-f", "json"),
            ("ask", "contested-claims", "-f", "json"),
            ("sparql", ADMITTED),
            ("show", "betamide"),
            ("compare", "alphamide", "betamide"),
            ("plot", "matrix", "-o", str(tmp_path / "m.svg")),
            ("export", "turtle", "-o", str(tmp_path / "m.ttl")),
        ):
            done = run(*words, "--root", str(root), "--policy", policy)
            assert done.returncode == 0, done.stderr
            if words[0] == "list":
                assert name in {row["policy"] for row in json.loads(done.stdout)["rows"]}
        assert f"policy {name}" in (tmp_path / "m.ttl").read_text("utf-8")
        assert (tmp_path / "m.svg").stat().st_size > 1000
    assert_one_screen(run("ask", "contested-claims", "--policy", "humna+cited"), 2, "did you mean human?")
    assert_one_screen(run("ask", "contested-claims", "--policy", "gone.rq"), 3, "gone.rq")
    assert_one_screen(run("ask", "contested-claims", "--policy", str(write("nonsense"))), 2, "bad-policy")


def test_a_cached_combination_starts_as_fast_as_a_plain_policy(run: Run, own_cache: Path) -> None:
    """By what is imported beyond what a plain policy takes, never by time."""

    def imported(policy: str) -> set[str]:
        code = (
            "import sys, json, io, moagraph.cli as c\n"
            f"sys.argv = ['moagraph', 'ask', 'shared-mechanisms', 'compound=cortexin', '--policy', '{policy}']\n"
            "out, sys.stdout = sys.stdout, io.StringIO()\n"
            "code = c._run()\n"
            "sys.stdout = out\n"
            "print(json.dumps([code, sorted(sys.modules)]))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, timeout=120,
            env={**os.environ, "MOAGRAPH_CACHE": str(own_cache)},
        )  # fmt: skip
        exit_code, modules = json.loads(done.stdout)
        assert exit_code == 0
        return set(modules)

    assert run("ask", "contested-claims", "--policy", "cited+human").returncode == 0
    more = imported("human+cited") - imported("human")
    assert more <= {"hashlib", "_hashlib", "_blake2", "_sha3", "itertools"}
