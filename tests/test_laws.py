"""Laws of derivation and sharing that hold for every graph, tried on small random ones.

Each example is a list of evidence lines over a fixed small world of compounds, mechanisms, conditions and studies.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, Ontology, triples_of
from moagraph import build as building
from moagraph import turtle
from moagraph.corpus import Corpus, File
from moagraph.errors import AdmitsNothing
from moagraph.library import Library
from moagraph.names import ASSERTED, BASE, PREFIXES, VOCAB, compact, expand, local_name
from moagraph.policy import Chosen, Terms, admitted
from moagraph.store import EmbeddedStore
from moagraph.table import Iri

LAW = settings(derandomize=True, database=None, deadline=None, max_examples=120)

DATASETS = ROOT / "tests" / "queries" / "data"
POLICIES = ("stated", "everything")
RELATIONS = ("hasMechanism", "usedFor", "improves", "beneficialInModels", "studiedFor")
BROADER = {"late-up": "up", "early-up": "up", "up": "all", "down": "all"}
"""Of mechanisms; `all` is a grouping, and `apart` has nothing broader."""
MECHANISMS = ("late-up", "early-up", "up", "down", "apart")
COMPOUNDS = ("alphamide", "betamide", "gammamide", "deltamide")
MEMBERS = ("alphamide", "betamide")


class Claim(NamedTuple):
    """What a claim says; its key is all of it."""

    subject: str
    predicate: str
    object: str
    direction: str | None = None
    condition: str | None = None

    @property
    def iri(self) -> str:
        return "claim:" + "_".join(local_name(part).replace(":", "-") for part in self if part)


class Evidence(NamedTuple):
    """What a line rests on: system, study and reference, and the tier that follows."""

    system: str
    study: str | None
    reference: str | None


@dataclass(frozen=True)
class Line:
    """An evidence line."""

    claim: Claim
    stance: str
    strength: str
    evidence: Evidence
    by: str


WORLD = [
    *((f"compound:{name}", "rdf:type", "moa:Compound") for name in COMPOUNDS),
    ("group:pool", "rdf:type", "moa:CompoundGroup"),
    *(("group:pool", "moa:member", f"compound:{name}") for name in MEMBERS),
    *((f"mechanism:{name}", "rdf:type", "moa:Mechanism") for name in (*MECHANISMS, "all")),
    ("mechanism:all", "rdf:type", "moa:Grouping"),
    *((f"mechanism:{narrow}", "skos:broader", f"mechanism:{wide}") for narrow, wide in BROADER.items()),
    ("condition:wide", "rdf:type", "moa:Condition"),
    ("condition:narrow", "rdf:type", "moa:Condition"),
    ("condition:narrow", "skos:broader", "condition:wide"),
    ("agent:site", "moa:kind", "moa:Website"),
    ("agent:testers", "moa:kind", "moa:Users"),
    ("study:review", "moa:design", "moa:SystematicReview"),
    ("study:review", "moa:includesStudy", "study:trial"),
    ("study:trial", "moa:design", "moa:RandomisedTrial"),
    ("study:series", "moa:design", "moa:HumanStudy"),
    ("study:rats", "moa:design", "moa:AnimalStudy"),
    ("study:cells", "moa:design", "moa:InVitroStudy"),
    ("reference:report", "moa:reports", "study:trial"),
    ("reference:withdrawn", "moa:publicationStatus", "moa:Retracted"),
]
SUBJECTS = st.sampled_from([*(f"compound:{name}" for name in COMPOUNDS), "group:pool"])
CONDITIONS = st.sampled_from(["condition:wide", "condition:narrow"])
CLAIMS = st.one_of(
    st.builds(
        Claim,
        SUBJECTS,
        st.just("moa:hasMechanism"),
        st.sampled_from([f"mechanism:{name}" for name in MECHANISMS]),
        st.none(),
        st.none() | CONDITIONS,
    ),
    st.builds(
        Claim,
        SUBJECTS,
        st.just("moa:affects"),
        st.just("outcome:score"),
        st.sampled_from(["moa:Improves", "moa:Worsens"]),
        CONDITIONS,
    ),
    st.builds(Claim, SUBJECTS, st.just("moa:usedFor"), CONDITIONS, st.none(), st.none()),
)
STANCES = ("moa:Supports", "moa:Refutes", "moa:NullResult", "moa:Inconclusive")
EVIDENCE = (
    Evidence("moa:Human", "study:review", None),
    Evidence("moa:Human", "study:trial", "reference:report"),
    Evidence("moa:Human", "study:trial", "reference:withdrawn"),
    Evidence("moa:Human", "study:series", None),
    Evidence("moa:Animal", "study:rats", None),
    Evidence("moa:Animal", None, "reference:report"),
    Evidence("moa:InVitro", "study:cells", None),
    Evidence("moa:SystemNotStated", None, None),
)


def lines_on(claims: st.SearchStrategy[Claim], stances: tuple[str, ...] = STANCES) -> st.SearchStrategy[Line]:
    """Gives lines on such claims with such stances."""
    return st.builds(
        Line,
        claims,
        st.sampled_from(stances),
        st.sampled_from(["moa:Asserted", "moa:Asserted", "moa:Possible"]),
        st.sampled_from(EVIDENCE),
        st.sampled_from(["agent:site", "agent:site", "agent:testers"]),
    )


GRAPHS = st.lists(lines_on(CLAIMS), min_size=1, max_size=10)


@st.composite
def graph_and(draw: st.DrawFn, stances: tuple[str, ...] = STANCES) -> tuple[list[Line], Line]:
    """Gives lines and one more, on a claim of theirs or a neighbouring one."""
    lines = draw(GRAPHS)
    claim = draw(st.sampled_from([line.claim for line in lines]))
    nearby = [claim, claim._replace(subject="group:pool")]
    if claim.condition:
        nearby.append(claim._replace(condition="condition:wide"))
    return lines, draw(lines_on(st.sampled_from(nearby), stances))


def node(curie: str) -> ox.NamedNode:
    iri = expand(curie)
    assert iri, curie
    return ox.NamedNode(iri)


def asserted(lines: Iterable[Line], readings: Iterable[tuple[int, int]] = ()) -> list[ox.Triple]:
    """Gives the triples of the world and of lines; `readings` links lines by their positions."""
    found = list(WORLD)
    for number, line in enumerate(lines):
        claim, iri = line.claim, f"evidence:{number}"
        found += [
            (claim.iri, "rdf:type", "moa:Claim"),
            (claim.iri, "moa:subject", claim.subject),
            (claim.iri, "moa:predicate", claim.predicate),
            (claim.iri, "moa:object", claim.object),
            (iri, "rdf:type", "moa:EvidenceLine"),
            (iri, "moa:bearsOn", claim.iri),
            (iri, "moa:stance", line.stance),
            (iri, "moa:strength", line.strength),
            (iri, "moa:system", line.evidence.system),
            (iri, "moa:assertedBy", line.by),
            (iri, "moa:statedIn", f"source:{local_name(line.by).partition(':')[2]}"),
        ]
        optional = [
            (claim.iri, "moa:direction", claim.direction),
            (claim.iri, "moa:condition", claim.condition),
            (iri, "moa:fromStudy", line.evidence.study),
            (iri, "moa:restsOn", line.evidence.reference),
        ]
        found += [(s, p, o) for s, p, o in optional if o]
    found += [(f"evidence:{one}", "moa:otherReading", f"evidence:{other}") for one, other in readings]
    return [ox.Triple(node(s), node(p), node(o)) for s, p, o in dict.fromkeys(found)]


@dataclass(frozen=True)
class Derived:
    """What a policy derives, read from its graph.

    Attributes:
        admitted: the lines that count.
        tier_of_line: letter, and 1 where unresolved.
        judged: for each claim and derivation verdict and tier.
        plain: plain edges and closures, without `recordedWith`, which says of no compound that it does anything.
        derivations: the edge of each derivation.
        contested: contested edges.
    """

    admitted: frozenset[str]
    tier_of_line: dict[str, str]
    judged: dict[str, tuple[str, str]]
    plain: frozenset[tuple[str, str, str]]
    derivations: dict[str, tuple[str, str, str]]
    contested: frozenset[str]

    @classmethod
    def of(cls, store: ox.Store, policy: str) -> Derived:
        values: dict[tuple[str, str], list[str]] = {}
        plain = set()
        for t in triples_of(store, policy):
            assert isinstance(t.subject, ox.NamedNode)
            assert isinstance(t.object, ox.NamedNode | ox.Literal)
            subject, predicate = t.subject.value.removeprefix(BASE), local_name(t.predicate.value)
            values.setdefault((subject, predicate), []).append(t.object.value.removeprefix(BASE))
            if subject.startswith(("compound/", "group/")) and predicate != "recordedWith":
                plain.add((subject, predicate, t.object.value.removeprefix(BASE)))

        def one(subject: str, predicate: str) -> str:
            (value,) = values[subject, predicate]
            return local_name(value)

        def having(predicate: str) -> list[str]:
            return [subject for subject, p in values if p == predicate]

        def tier(subject: str, predicate: str) -> str:
            unresolved = "1" if one(subject, "unresolved") == "true" else "0"
            return one(subject, predicate).removeprefix("Tier") + unresolved

        kinds = {s: {local_name(kind) for kind in values[s, "type"]} for s in having("type")}
        return cls(
            frozenset(having("admittedBy")),
            {line: tier(line, "lineTier") for line in having("lineTier")},
            {s: (one(s, "verdict"), tier(s, "tier")) for s in having("verdict")},
            frozenset(plain),
            {
                s: (values[s, "edgeSubject"][0], one(s, "edgePredicate"), values[s, "edgeObject"][0])
                for s, kind in kinds.items()
                if "Derivation" in kind
            },
            frozenset(s for s, kind in kinds.items() if "ContestedEdge" in kind),
        )


Derive = Callable[..., tuple[Derived, Derived]]


@pytest.fixture(scope="session")
def derive(ontology: Ontology) -> Derive:
    """Gives what each policy derives from lines."""

    def both(lines: Iterable[Line], readings: Iterable[tuple[int, int]] = ()) -> tuple[Derived, Derived]:
        store = ontology.store(asserted(lines, readings), POLICIES)
        return Derived.of(store, "stated"), Derived.of(store, "everything")

    return both


@LAW
@given(GRAPHS, st.randoms(use_true_random=False))
def test_order_of_triples_changes_nothing(ontology: Ontology, lines: list[Line], shuffle: random.Random) -> None:
    triples = asserted(lines)
    mixed = triples.copy()
    shuffle.shuffle(mixed)
    one, other = ontology.store(triples, POLICIES), ontology.store(mixed, POLICIES)
    for policy in POLICIES:
        written = turtle.write(triples_of(one, policy))
        assert b"moa:admittedBy" in written or policy == "stated"
        assert written == turtle.write(reversed(triples_of(other, policy)))
    assert turtle.write(triples) == turtle.write(mixed)


@settings(LAW, max_examples=10)
@given(st.integers(0, 10**6))
def test_order_of_files_and_of_statements_in_them_changes_nothing(ontology: Ontology, seed: int) -> None:
    shuffle = random.Random(seed)
    files = [File(f"data/{p.stem}.ttl", p.read_bytes()) for p in sorted(DATASETS.glob("*.ttl"))]
    assert len(files) > 1
    corpus = Corpus.of(files)
    expected = turtle.write(corpus.triples)
    derived = turtle.write(triples_of(ontology.store(corpus.triples), "stated"))
    assert Corpus.of(reversed(files)).digest == corpus.digest
    mixed = []
    for file in files:
        statements = [f"{triple} .\n" for triple in turtle.read(file.content).triples]
        shuffle.shuffle(statements)
        mixed.append(File(file.path, "".join(statements).encode()))
    shuffle.shuffle(mixed)
    other = Corpus.of(mixed)
    assert turtle.write(other.triples) == expected
    assert turtle.write(triples_of(ontology.store(other.triples), "stated")) == derived


def verdict_of(stances: Iterable[tuple[str, str]]) -> str:
    """Gives what DESIGN says of stances, each with its strength of wording."""
    given_ = list(stances)
    held = {stance for stance, _ in given_}
    support, refuted, null = (f"moa:{s}" in held for s in ("Supports", "Refutes", "NullResult"))
    if support and (refuted or null):
        return "Contested"
    if refuted or null:
        return "Refuted" if refuted else "Null"
    if support:
        firm = any(s == "moa:Supports" and strength != "moa:Possible" for s, strength in given_)
        return "Supported" if firm else "Suggested"
    return "Insufficient"


@LAW
@given(GRAPHS)
def test_stances_decide_the_verdict_of_a_claim(derive: Derive, lines: list[Line]) -> None:
    for derived in derive(lines):
        stances: dict[str, list[tuple[str, str]]] = {}
        for number, line in enumerate(lines):
            if f"evidence/{number}" in derived.admitted:
                key = line.claim.iri.replace(":", "/")
                stances.setdefault(key, []).append((line.stance, line.strength))
        verdicts = {iri: verdict for iri, (verdict, _) in derived.judged.items() if iri.startswith("claim/")}
        assert verdicts == {iri: verdict_of(given_) for iri, given_ in stances.items()}


@LAW
@given(graph_and())
def test_a_weaker_line_never_raises_a_tier(derive: Derive, drawn: tuple[list[Line], Line]) -> None:
    lines, more = drawn
    for before, after in zip(derive(lines), derive([*lines, more]), strict=True):
        own = after.tier_of_line.get(f"evidence/{len(lines)}", "Z")
        for judged, (_, tier) in before.judged.items():
            if own >= tier:
                assert after.judged[judged][1] >= tier, judged


@LAW
@given(graph_and(("moa:Refutes", "moa:NullResult")))
def test_a_line_against_never_makes_anything_supported(derive: Derive, drawn: tuple[list[Line], Line]) -> None:
    """But that something was studied in people, which a trial shows whatever its result."""
    lines, more = drawn
    for before, after in zip(derive(lines), derive([*lines, more]), strict=True):
        for judged, (verdict, _) in after.judged.items():
            if verdict == "Supported" and "/studiedFor/" not in judged:
                assert before.judged[judged][0] == "Supported", judged
        assert {edge for edge in after.plain - before.plain if edge[1] != "studiedFor"} == set()


@LAW
@given(GRAPHS)
def test_an_edge_is_plain_if_supported_contested_if_contested_and_never_both(
    derive: Derive, lines: list[Line]
) -> None:
    for derived in derive(lines):
        by_verdict: dict[str, set[str]] = {}
        for derivation in derived.derivations:
            by_verdict.setdefault(derived.judged[derivation][0], set()).add(derivation)
        assert derived.contested == by_verdict.get("Contested", set())
        supported = {derived.derivations[d] for d in by_verdict.get("Supported", ())}
        assert {edge for edge in derived.plain if edge[1] in RELATIONS} == supported
        assert {edge[1] for edge in derived.plain} <= {*RELATIONS, "hasMechanismOrNarrower"}


POOLED = lines_on(
    CLAIMS.map(lambda claim: claim._replace(subject="group:pool")),
    ("moa:Supports", "moa:Supports", "moa:Refutes", "moa:NullResult", "moa:Inconclusive"),
)


@settings(LAW, max_examples=300)
@given(st.lists(lines_on(CLAIMS), max_size=4), st.lists(POOLED, min_size=1, max_size=6))
def test_pooled_results_never_support_a_member_but_stand_against_each(
    derive: Derive, lines: list[Line], pooled: list[Line]
) -> None:
    for before, after, alone in zip(derive(lines), derive([*lines, *pooled]), derive(pooled), strict=True):
        assert after.plain <= before.plain
        assert not alone.plain
        edges = {edge: alone.judged[derivation][0] for derivation, edge in alone.derivations.items()}
        assert set(edges.values()) <= {"Refuted", "Null"}
        for derivation in alone.derivations:
            assert after.judged[derivation][0] in ("Contested", "Refuted", "Null")
        for number, line in enumerate(pooled):
            if line.stance in ("moa:Refutes", "moa:NullResult") and f"evidence/{number}" in alone.admitted:
                relation, object_ = line.claim.predicate.partition(":")[2], line.claim.object
                if line.claim.direction:
                    tier = alone.tier_of_line[f"evidence/{number}"][0]
                    relation = {"D": "beneficialInModels"}.get(tier, "improves" if tier < "D" else "")
                    object_ = line.claim.condition or ""
                if relation and line.claim.direction != "moa:Worsens":
                    for member in MEMBERS:
                        assert (f"compound/{member}", relation, object_.replace(":", "/")) in edges


@LAW
@given(GRAPHS, st.tuples(lines_on(CLAIMS), lines_on(CLAIMS)), st.booleans())
def test_readings_of_ambiguous_wording_change_no_verdict(
    derive: Derive, lines: list[Line], pair: tuple[Line, Line], both_ways: bool
) -> None:
    one, other = len(lines), len(lines) + 1
    readings = [(one, other), (other, one)] if both_ways else [(one, other)]
    for before, after in zip(derive(lines), derive([*lines, *pair], readings), strict=True):
        assert after.judged == before.judged
        assert after.plain == before.plain
        assert after.contested == before.contested


@LAW
@given(GRAPHS)
def test_policy_stated_admits_part_of_what_everything_admits(derive: Derive, lines: list[Line]) -> None:
    stated, everything = derive(lines)
    assert everything.admitted == {f"evidence/{number}" for number in range(len(lines))}
    assert stated.admitted == {
        f"evidence/{number}"
        for number, line in enumerate(lines)
        if line.by != "agent:testers" and line.evidence.reference != "reference:withdrawn"
    }
    assert stated.tier_of_line.items() <= everything.tier_of_line.items()


@LAW
@given(GRAPHS, st.permutations(["cited", "human", "independent", "no-unresolved", "trials"]), st.integers(2, 5))
def test_a_combination_admits_the_intersection_whatever_the_order(
    ontology: Ontology, lines: list[Line], names: list[str], many: int
) -> None:
    several = names[:many]
    store = ontology.store(asserted(lines), several)
    each = [Derived.of(store, name) for name in several]
    common = frozenset.intersection(*(one.admitted for one in each))
    chosen = Chosen.of("+".join([*several, several[0]]))
    assert chosen == Chosen.of("+".join(sorted(several)))
    known = dict.fromkeys(several, "")
    if not common:
        with pytest.raises(AdmitsNothing):
            admitted(store, chosen, known, Terms([], []))
        return
    policy, found = admitted(store, chosen, known, Terms([], []))
    assert policy.name == "+".join(sorted(several))
    assert [node.value for node in found] == sorted(BASE + line for line in common)
    building.derive(store, policy, ontology.derivations, lines=found)
    together = Derived.of(store, policy.name)
    assert together.admitted == common
    # A tier follows from the line alone, so that a combination changes none.
    assert all(together.tier_of_line[line] == each[0].tier_of_line[line] for line in common)


@LAW
@given(GRAPHS)
def test_every_policy_but_everything_admits_part_of_what_stated_admits(ontology: Ontology, lines: list[Line]) -> None:
    store = ontology.store(asserted(lines), sorted(ontology.policies))
    under = {name: Derived.of(store, name) for name in ontology.policies}
    stated = under.pop("stated").admitted
    assert under.pop("everything").admitted >= stated
    assert len(under) == 7
    for name, derived in under.items():
        assert derived.admitted <= stated, name
    assert under["trials"].admitted <= under["human"].admitted
    assert all(tier[1] == "0" for tier in under["no-unresolved"].tier_of_line.values())
    assert all(tier[1] == "0" for tier in under["cited"].tier_of_line.values())


def upward(mechanism: str) -> list[str]:
    chain = [mechanism]
    while chain[-1] in BROADER:
        chain.append(BROADER[chain[-1]])
    return [m for m in chain if m != "all"]


HAVING = st.builds(
    Claim,
    st.sampled_from([f"compound:{name}" for name in COMPOUNDS]),
    st.just("moa:hasMechanism"),
    st.sampled_from([f"mechanism:{name}" for name in MECHANISMS]),
    st.none(),
    st.none(),
)
"""That a compound has a mechanism."""
SUPPORTING = lines_on(HAVING, ("moa:Supports",)).map(lambda line: replace(line, strength="moa:Asserted"))


@LAW
@given(st.lists(SUPPORTING, min_size=2, max_size=9), GRAPHS)
def test_sharing_is_symmetric_specific_and_never_a_grouping(
    ontology: Ontology, supporting: list[Line], lines: list[Line]
) -> None:
    store = ontology.store(asserted([*supporting, *lines]), ("stated",))
    library = Library(ontology.queries, EmbeddedStore(store), "stated")
    has: dict[str, set[str]] = {name: set() for name in COMPOUNDS}
    for subject, predicate, mechanism in Derived.of(store, "stated").plain:
        if predicate == "hasMechanism":
            has[local_name(subject)] |= set(upward(local_name(mechanism)))

    def name(cell: object) -> str:
        assert isinstance(cell, Iri)
        return local_name(cell)

    expected = set()
    for one in COMPOUNDS:
        for other in COMPOUNDS:
            common = has[one] & has[other] if one != other else set()
            broader = {wide for m in common for wide in upward(m)[1:]}
            expected |= {(one, m, other) for m in common - broader}
    rows = [(one, row) for one in COMPOUNDS for row in library.ask("shared-mechanisms", {"compound": one})]
    assert {(one, name(row["mechanism"]), name(row["other"])) for one, row in rows} == expected
    seen = {
        (name(row["mechanism"]), one, row["tier"], row["sources"], name(row["other"]), row["other_tier"],
         row["other_sources"])
        for one, row in rows
    }  # fmt: skip
    assert len(seen) == len(rows)
    assert seen == {(row[0], *row[4:], *row[1:4]) for row in seen}
    pairs = library.ask("shared-mechanisms-of-all-pairs", {})
    assert {
        (name(row["compound"]), name(m), name(row["other"]))
        for row in pairs
        for m in (row["mechanisms"] if isinstance(row["mechanisms"], tuple) else ())
    } == {(one, m, other) for one, m, other in expected if one < other}
    for row in pairs:
        left, right = has[name(row["compound"])], has[name(row["other"])]
        assert float(str(row["jaccard"])) == pytest.approx(len(left & right) / len(left | right), abs=0.00051)


def test_hash_seed_and_locale_change_no_byte_of_an_export(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    shutil.copytree(ROOT / "tests" / "fixtures" / "base" / "data", root / "data")
    for name in ("ontology", "queries"):
        (root / name).symlink_to(ROOT / name)
    # Without the last two Python itself takes UTF-8 in the C locale.
    ascii_ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    settings_ = [{"PYTHONHASHSEED": "0", **ascii_}, {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC-9"}]
    running = []
    for number, varied in enumerate(settings_):
        # Caches differ, so that each builds for itself.
        env = {**os.environ, **varied, "MOAGRAPH_CACHE": str(tmp_path / f"cache-{number}")}
        command = [sys.executable, "-m", "moagraph", "export", "release", "-o", str(tmp_path / f"release-{number}")]
        running.append(subprocess.Popen([*command, "--root", str(root)], env=env, stderr=subprocess.PIPE))
    for process in running:
        assert process.wait(60) == 0, process.communicate()[1].decode()
    one, other = (
        {
            path.relative_to(tmp_path / f"release-{number}").as_posix(): path.read_bytes()
            for path in (tmp_path / f"release-{number}").rglob("*")
            if path.is_file()
        }
        for number in range(2)
    )
    assert one == other
    assert len(one["moagraph.nq"]) > 10_000
    assert ASSERTED.encode() in one["moagraph.nq"]


def test_every_strength_of_wording_has_its_weight_in_verdicts(ontology: Ontology) -> None:
    """A strength that the table of verdicts lacks would lose its lines."""
    strengths = {
        compact(t.subject.value)
        for t in ontology.triples
        if isinstance(t.subject, ox.NamedNode)
        and (t.predicate, t.object) == (ox.NamedNode(f"{PREFIXES['rdf']}type"), ox.NamedNode(f"{VOCAB}Strength"))
    }
    verdicts = next(d.text for d in ontology.derivations if d.name == "verdicts")
    table = verdicts.partition("VALUES (?strength ?weight) {")[2].partition("}")[0]
    assert set(re.findall(r"moa:\w+", table)) == strengths
    assert len(strengths) > 3
