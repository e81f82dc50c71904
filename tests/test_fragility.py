"""The smallest losses of studies that change a verdict: against brute force, and against removing the studies."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, Ontology, triples_of
from losing import Losing
from moagraph import turtle
from moagraph.names import BASE, VOCAB, local_name
from moagraph.policy import Policy
from moagraph.store import EmbeddedStore
from moagraph.weigh import Evidence, Facts
from moagraph.weigh.fragility import IN_ANIMALS, IN_PEOPLE, MOST, WEIGHTS, Flip, fragilities
from test_laws import GRAPHS, LAW, Line, asserted, node

DESIGNS = ("RandomisedTrial", "HumanStudy", "AnimalStudy", "DesignNotStated")
STUDIES = tuple(f"study/{letter}" for letter in "abcdef")
EDGES = {"hasMechanism": None, "improves": "ABC", "beneficialInModels": "D"}


@dataclass(frozen=True)
class World:
    """One claim with its lines over a few studies, and one edge of it that may ask for a tier.

    Attributes:
        studies: design, what each is part of and what it includes.
        lines: stance, strength, system, design, and the studies of each line.
        spoken_of: a study that the claim speaks of, or none.
        relation: of the edge.
    """

    studies: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]
    lines: tuple[tuple[str, str, str, str, tuple[str, ...]], ...]
    spoken_of: str
    relation: str

    def closed(self, lost: Iterable[str]) -> frozenset[str]:
        """Gives studies with their parts, and parts of those."""
        found = set(lost)
        while more := {s for s, (_, wholes, _) in self.studies.items() if found & set(wholes)} - found:
            found |= more
        return frozenset(found)

    def tier(self, number: int, lost: frozenset[str]) -> str:
        """Gives the tier of a line as DESIGN says, from what is left of its studies."""
        _, _, system, own, named = self.lines[number]
        if system == "Animal":
            return "D"
        designs, seen, waiting = {own}, set(lost), list(named)
        while waiting:
            study = waiting.pop()
            if study not in seen:
                seen.add(study)
                designs.add(self.studies[study][0])
                waiting += self.studies[study][2]
        letters = {"RandomisedTrial": "B", "HumanStudy": "C", "AnimalStudy": "D"}
        return min((letters[design] for design in designs if design in letters), default="F")

    def verdict(self, lost: frozenset[str], asked: str | None) -> str:
        """Gives the verdict without what is lost; lines that count now but for their tier are never brought in."""
        left = [
            (stance, strength)
            for number, (stance, strength, _, _, named) in enumerate(self.lines)
            if not (named and lost.issuperset(named))
            and self.spoken_of not in lost
            and (asked is None or (self.tier(number, lost) in asked and self.tier(number, frozenset()) in asked))
        ]
        stances = {stance for stance, _ in left}
        against = stances & {"Refutes", "NullResult"}
        if "Supports" in stances:
            firm = any(stance == "Supports" and strength == "Asserted" for stance, strength in left)
            return "Contested" if against else "Supported" if firm else "Suggested"
        if against:
            return "Refuted" if "Refutes" in against else "Null"
        return "Insufficient" if left else "NoVerdict"

    @property
    def evidence(self) -> Evidence:
        """The same world as weighing reads it."""
        nodes: dict[str, dict[str, tuple[str, ...]]] = {"claim/x": {"predicate": ("affects",)}}
        if self.relation == "hasMechanism":
            nodes["claim/x"] = {"predicate": ("hasMechanism",)}
        if self.spoken_of:
            nodes["claim/x"]["subject"] = (self.spoken_of,)
        for study, (design, wholes, included) in self.studies.items():
            nodes[study] = {"design": (design,), "partOf": wholes, "includesStudy": included}
        links: dict[str, tuple[str, ...]] = {"edgePredicate": (self.relation,)}
        names = {"Supports": "supportedBy", "Refutes": "refutedBy", "NullResult": "nullIn"}
        asked = EDGES[self.relation]
        tiers = {}
        for number, (stance, strength, system, own, named) in enumerate(self.lines):
            line = f"evidence/{number}"
            nodes[line] = {
                "bearsOn": ("claim/x",), "stance": (stance,), "strength": (strength,), "system": (system,),
                "design": (own,) if own else (), "fromStudy": named,
            }  # fmt: skip
            tiers[line] = self.tier(number, frozenset())
            if asked is None or tiers[line] in asked:
                name = names.get(stance, "inconclusiveIn")
                links[name] = (*links.get(name, ()), line)
        facts = Facts(nodes, {"Study": tuple(self.studies), "StudySet": (), "Reference": (), "EvidenceLine": ()})
        return Evidence(facts, "all", tiers, {"derivation/x": links} if len(links) > 1 else {})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    names = STUDIES[: draw(st.integers(1, 6))]
    subsets = st.lists(st.sampled_from(names), max_size=2, unique=True).map(lambda some: tuple(sorted(some)))
    studies = {}
    for place, name in enumerate(names):
        # Nothing includes itself or is part of itself, which is a violation.
        later = names[place + 1 :]
        some = st.lists(st.sampled_from(later), max_size=2, unique=True).map(tuple) if later else st.just(())
        studies[name] = (draw(st.sampled_from(DESIGNS)), draw(some), draw(some))
    line = st.tuples(
        st.sampled_from(["Supports", "Supports", "Supports", "NullResult", "Refutes", "Inconclusive"]),
        st.sampled_from(["Asserted", "Asserted", "Possible"]),
        st.sampled_from(["Human", "Human", "SystemNotStated", "Animal"]),
        st.sampled_from(["", "", "", "HumanStudy"]),
        subsets,
    )
    lines = draw(st.lists(line, min_size=1, max_size=6))
    return World(
        studies, tuple(lines), draw(st.sampled_from(["", "", "", names[0]])), draw(st.sampled_from(sorted(EDGES)))
    )


def brute(world: World, asked: str | None) -> dict[frozenset[str], str]:
    """Gives the smallest losses that change the verdict, with their parts, and what it becomes: all are tried."""
    before = world.verdict(frozenset(), asked)
    subsets = (some for size in range(len(world.studies) + 1) for some in combinations(world.studies, size))
    changed = {lost for some in subsets if world.verdict(lost := world.closed(some), asked) != before}
    return {lost: world.verdict(lost, asked) for lost in changed if not any(other < lost for other in changed)}


@settings(LAW, max_examples=1500)
@given(worlds())
def test_flips_are_what_trying_all_losses_finds(world: World) -> None:
    found = {one.judged: one for one in fragilities(world.evidence)}
    for judged, asked in (("claim/x", None), ("derivation/x", EDGES[world.relation])):
        verdict = world.verdict(frozenset(), asked)
        if verdict not in ("Supported", "Contested"):
            assert judged not in found
            continue
        fragile = found[judged]
        assert fragile.verdict == verdict
        assert fragile.complete
        given_ = {world.closed(flip.without): flip.would_be for flip in fragile.flips}
        assert given_ == brute(world, asked)
        assert len(given_) == len(fragile.flips)
        fewest = min((len(flip.without) for flip in fragile.flips), default=0)
        assert [flip.fewest for flip in fragile.flips] == [len(flip.without) == fewest for flip in fragile.flips]
        # What is named says it shortest: nothing named is lost with something else that is.
        for flip in fragile.flips:
            for study in flip.without:
                assert study not in world.closed(set(flip.without) - {study})
        keeping = [n for n, line in enumerate(world.lines) if f"evidence/{n}" in fragile.kept_by and not line[4]]
        assert len(keeping) == len(fragile.kept_by)
        assert bool(fragile.kept_by) != bool(fragile.flips)


def many(lines: int, studies: int, named: int = 1) -> Evidence:
    """Gives a claim with lines of some studies each: sets of unstated design that share trials with the next."""
    nodes: dict[str, dict[str, tuple[str, ...]]] = {"claim/x": {"predicate": ("affects",)}}
    for number in range(studies):
        nodes[f"study/{number}"] = {
            "design": ("DesignNotStated",),
            "includesStudy": tuple(f"study/t{number + more}" for more in (0, 1)),
        }
    for number in range(studies + 1):
        nodes[f"study/t{number}"] = {"design": ("RandomisedTrial",)}
    dice = random.Random(1)
    for number in range(lines):
        some = [number % studies] if named == 1 else dice.sample(range(studies), named)
        nodes[f"evidence/{number}"] = {
            "bearsOn": ("claim/x",), "stance": ("Supports" if number % 3 else "NullResult",), "system": ("Human",),
            "strength": ("Asserted",), "fromStudy": tuple(f"study/{n}" for n in some),
        }  # fmt: skip
    iris = [name for name in nodes if name.startswith("evidence/")]
    links = {
        "edgePredicate": ("improves",),
        "supportedBy": tuple(i for i in iris if nodes[i]["stance"] == ("Supports",)),
        "nullIn": tuple(i for i in iris if nodes[i]["stance"] != ("Supports",)),
    }
    facts = Facts(
        nodes,
        {
            "Study": tuple(n for n in nodes if n.startswith("study/")),
            "StudySet": (),
            "Reference": (),
            "EvidenceLine": (),
        },
    )
    return Evidence(facts, "all", dict.fromkeys(iris, "B"), {"derivation/x": links})


def test_a_large_claim_has_its_two_ways_to_change() -> None:
    evidence = many(500, 300, 3)
    (claim,) = [one for one in fragilities(evidence) if one.judged == "claim/x"]
    assert claim.verdict == "Contested"
    assert claim.complete
    against, support = (
        {study for n in numbers for study in evidence.facts.studies(f"evidence/{n}")}
        for numbers in (range(0, 500, 3), sorted({*range(500)} - {*range(0, 500, 3)}))
    )
    assert not against <= support
    assert {flip.would_be: set(flip.without) for flip in claim.flips} == {"Supported": against, "Null": support}


def test_where_there_are_too_many_ways_each_given_is_one_and_has_nothing_to_spare() -> None:
    """Each of 40 sets, or both trials that it includes, must be lost: far too many ways to list."""
    (edge,) = [one for one in fragilities(many(60, 60)) if one.judged == "derivation/x"]
    assert not edge.complete
    assert MOST <= len(edge.flips) <= 2 * MOST
    assert len({flip.without for flip in edge.flips}) == len(edge.flips)
    assert not any(flip.fewest for flip in edge.flips)

    def gone(numbers: Iterable[int], lost: set[str]) -> bool:
        return all(f"study/{n}" in lost or {f"study/t{n}", f"study/t{n + 1}"} <= lost for n in numbers)

    against, support = range(0, 60, 3), sorted({*range(60)} - {*range(0, 60, 3)})
    for flip in edge.flips:
        lost = set(flip.without)
        sides = [side for side in (against, support) if gone(side, lost)]
        assert sides
        assert not any(gone(side, lost - {study}) for side in sides for study in lost)


def test_weights_and_designs_are_those_of_the_derivations(ontology: Ontology) -> None:
    texts = {derivation.name: derivation.text for derivation in ontology.derivations}
    table = texts["verdicts"].partition("VALUES (?strength ?weight) {")[2].partition("}")[0]
    assert {name: int(weight) for name, weight in re.findall(r"moa:(\w+) (\d)", table)} == WEIGHTS
    letters = dict(re.findall(r'moa:(\w+) "([A-F])"', texts["line-tiers"]))
    assert {name for name, letter in letters.items() if letter in "ABC"} == IN_PEOPLE
    assert {name for name, letter in letters.items() if letter == "D"} == IN_ANIMALS


def compare(
    ontology: Ontology, triples: Iterable[ox.Triple], policy: str, samples: Iterable[tuple[str, ...]] = ()
) -> int:
    """Holds every flip, and samples of losses, to what is derived where the studies are not there."""
    losing = Losing(ontology, triples, ontology.policies[policy])
    fragile, before = losing.fragilities(), losing.verdicts_without(())
    assert {one.judged: one.verdict for one in fragile} == {
        judged: verdict for judged, verdict in before.items() if verdict in ("Supported", "Contested")
    }
    tried = {flip.without for one in fragile for flip in one.flips} | set(samples)
    for without in sorted(tried):
        after, lost = losing.verdicts_without(without), losing.lost_with(without)
        for one in fragile:
            here = after.get(one.judged, "NoVerdict")
            assert (here != one.verdict) == any(lost.issuperset(flip.without) for flip in one.flips), (one, without)
            assert here in {flip.would_be for flip in one.flips if flip.without == without} or {here}, (one, without)
    return len(tried)


@settings(LAW, max_examples=200)
@given(GRAPHS, st.lists(st.sampled_from(["study:trial", "study:review", "study:rats"]), max_size=2))
def test_flips_are_what_is_derived_without_the_studies(
    ontology: Ontology, lines: list[Line], whole: list[str]
) -> None:
    triples = asserted(lines)
    triples += [ox.Triple(node("study:trial"), node("moa:partOf"), node("study:series"))] if whole else []
    studies = ("review", "trial", "series", "rats", "cells")
    triples += [ox.Triple(node(f"study:{name}"), node("rdf:type"), node("moa:Study")) for name in studies]
    references = ("report", "withdrawn")
    triples += [ox.Triple(node(f"reference:{name}"), node("rdf:type"), node("moa:Reference")) for name in references]
    singles = ((f"{BASE}study/{name}",) for name in studies)
    compare(ontology, triples, "everything", singles)


def fixture(*paths: str) -> list[ox.Triple]:
    files = sorted(path for name in paths for path in (ROOT / "tests" / name).rglob("*.ttl"))
    return [triple for path in files for triple in turtle.read(path.read_bytes()).triples]


@pytest.mark.parametrize("policy", ["stated", "everything"])
@pytest.mark.parametrize("data", ["queries/data", "fixtures/base/data"])
def test_flips_of_fixtures_are_what_is_derived_without_the_studies(
    ontology: Ontology, data: str, policy: str
) -> None:
    triples = [*ontology.triples, *fixture(data)]
    studies = {
        t.subject.value
        for t in triples
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(f"{BASE}study/")
    }
    assert compare(ontology, triples, policy, ((study,) for study in sorted(studies))) >= 3


def stating(ontology: Ontology, text: str, policy: Policy) -> Losing:
    """Gives statements in short, of which studies can be taken away."""
    triples = [ox.Triple(*(node(word) for word in line.split())) for line in text.splitlines() if line]
    return Losing(ontology, triples, policy)


STATED = """
compound:a rdf:type moa:Compound
condition:c rdf:type moa:Condition
study:set rdf:type moa:StudySet
study:set moa:design moa:DesignNotStated
study:set moa:includesStudy study:trial
study:trial rdf:type moa:Study
study:trial moa:design moa:RandomisedTrial
study:rats rdf:type moa:Study
study:rats moa:design moa:AnimalStudy
claim:x rdf:type moa:Claim
claim:x moa:subject compound:a
claim:x moa:predicate moa:affects
claim:x moa:object condition:c
claim:x moa:direction moa:Improves
evidence:1 rdf:type moa:EvidenceLine
evidence:1 moa:bearsOn claim:x
evidence:1 moa:stance moa:Supports
evidence:1 moa:strength moa:Asserted
evidence:1 moa:assertedBy agent:site
"""


def test_an_edge_is_lost_with_the_only_trial_of_a_set_and_the_claim_is_not(ontology: Ontology) -> None:
    text = f"{STATED}evidence:1 moa:system moa:Human\nevidence:1 moa:fromStudy study:set"
    fragile = stating(ontology, text, ontology.policies["everything"]).fragilities()
    losses = [[local_name(study) for flip in one.flips for study in flip.without] for one in fragile]
    assert [local_name(one.judged) for one in fragile] == ["x", "c", "c"]
    assert losses == [["set"], ["set", "trial"], ["set", "trial"]]


def test_a_policy_is_not_asked_again_of_a_line_that_stays(ontology: Ontology) -> None:
    """The limit that the module's docstring states: removal finds a flip more."""
    text = f"{STATED}evidence:1 moa:system moa:Human\nevidence:1 moa:fromStudy study:set"
    query = (
        f"PREFIX moa: <{VOCAB}> SELECT DISTINCT ?line WHERE "
        "{ ?line moa:fromStudy/moa:includesStudy* ?study . ?study moa:design moa:RandomisedTrial }"
    )
    trials = Policy("trials-alone", "Only trials.", query)
    losing = stating(ontology, text, trials)
    (claim,) = [one for one in losing.fragilities() if one.judged == f"{BASE}claim/x"]
    assert claim.flips == (Flip((f"{BASE}study/set",), "NoVerdict", fewest=True),)
    assert f"{BASE}claim/x" not in losing.verdicts_without([f"{BASE}study/trial"])


def test_a_line_that_loses_its_work_in_people_is_not_brought_in_as_work_in_animals(ontology: Ontology) -> None:
    """The other limit: a null result of a trial and an experiment would stand against the animal edge."""
    text = f"""{STATED}
evidence:1 moa:system moa:Animal
evidence:2 rdf:type moa:EvidenceLine
evidence:2 moa:bearsOn claim:x
evidence:2 moa:stance moa:NullResult
evidence:2 moa:strength moa:Asserted
evidence:2 moa:assertedBy agent:site
evidence:2 moa:system moa:SystemNotStated
evidence:2 moa:fromStudy study:trial
evidence:2 moa:fromStudy study:rats"""
    everything = ontology.policies["everything"]
    losing = stating(ontology, text, everything)
    edge = f"{BASE}derivation/everything/compound/a/beneficialInModels/condition/c"
    assert [one.flips for one in losing.fragilities() if one.judged == edge] == [()]
    assert losing.verdicts_without([f"{BASE}study/trial"])[edge] == "Contested"


@LAW
@given(GRAPHS)
def test_what_is_derived_says_what_was_found(ontology: Ontology, lines: list[Line]) -> None:
    store = ontology.store(asserted(lines), ["everything"])
    said: dict[str, dict[str, set[str]]] = {}
    kept: dict[str, set[str]] = {}
    for t in triples_of(store, "everything"):
        assert isinstance(t.subject, ox.NamedNode)
        value = getattr(t.object, "value", "")
        if t.subject.value.startswith(f"{BASE}flip/"):
            name = t.predicate.value.rsplit("#", 1)[-1]
            said.setdefault(t.subject.value, {}).setdefault(name, set()).add(value)
        elif t.predicate.value == f"{VOCAB}keptBy":
            kept.setdefault(t.subject.value, set()).add(value)
    expected: dict[str, dict[str, set[str]]] = {}
    for one in fragilities(Evidence.of(EmbeddedStore(store), "everything")):
        path = one.judged.removeprefix(BASE).removeprefix("derivation/everything/")
        for number, flip in enumerate(one.flips, 1):
            expected[f"{BASE}flip/everything/{path}/{number}"] = {
                "type": {f"{VOCAB}Flip"},
                "flipOf": {one.judged},
                "withoutStudy": set(flip.without),
                "wouldBe": {f"{VOCAB}{flip.would_be}"},
                "fewestStudies": {"true" if flip.fewest else "false"},
            }
        assert kept.pop(one.judged, set()) == set(one.kept_by)
    assert said == expected
    assert not kept
