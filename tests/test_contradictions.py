"""Contradictions: laws that hold for every set of lines, tried on small random ones, and single cases by name.

The evidence is made directly, without a store; the dimensions are those of the real ontology.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Ontology
from moagraph.names import BASE, VOCAB, expand
from moagraph.store import EmbeddedStore
from moagraph.weigh import Evidence, Facts
from moagraph.weigh.contradictions import Contradiction, contradictions, contradictions_of, explained
from moagraph.weigh.dimensions import READERS, Dimension, compare, dimensions_of, values_of, within

LAW = settings(derandomize=True, database=None, deadline=None, max_examples=100)

BROADER = {"outcome:part": "outcome:score", "condition:narrow": "condition:wide", "population:boys": "population:boy"}
KINDS = {
    "condition:wide": "Disease",
    "condition:narrow": "Disease",
    "condition:apart": "Symptom",
    "outcome:harm": "SafetyOutcome",
    "outcome:score": "EfficacyOutcome",
    "outcome:part": "EfficacyOutcome",
}
DOSES = {"quantity:low": "1", "quantity:high": "5", "quantity:high-again": "5.0"}


class Line(NamedTuple):
    """An evidence line with its claim, finding, study and reference, as far as dimensions look at them."""

    stance: str = "Supports"
    tier: str = "B"
    subject: str = "compound:alphamide"
    object: str = "outcome:score"
    direction: str = "Improves"
    condition: str = ""
    population: str = ""
    comparator: str = ""
    exposure: str = ""
    route: str = ""
    system: str = "Human"
    species: str = ""
    analysis: str = ""
    role: str = ""
    of_study: str = ""
    year: str = ""
    sponsor: str = ""

    def claim(self) -> str:
        """Gives the name of the claim: lines that say the same are on one."""
        parts = (self.subject, self.direction, self.object, self.condition, self.population, self.comparator)
        return "_".join(part.replace(":", "-") for part in (*parts, self.exposure, self.route) if part)


def full(name: str) -> str:
    """Gives the IRI of a CURIE, or of a term of the vocabulary."""
    return expand(name) or VOCAB + name


@dataclass(frozen=True)
class World:
    """What is beside the lines: the ontology's dimensions, and the things that lines name."""

    dimensions: Mapping[str, Mapping[str, tuple[str, ...]]]
    labels: Mapping[str, str]

    def evidence(self, lines: Mapping[str, Line], order: random.Random | None = None) -> Evidence:
        """Makes evidence of lines by name; in another order of everything where one is given."""
        nodes: dict[str, dict[str, tuple[str, ...]]] = {full(name): {"kind": (full(k),)} for name, k in KINDS.items()}
        nodes |= {name: dict(said) for name, said in self.dimensions.items()}
        nodes |= {full(name): {"amount": (amount,), "unit": ("mg",)} for name, amount in DOSES.items()}
        nodes[full("group:pool")] = {"member": (full("compound:alphamide"), full("compound:betamide"))}
        for name, line in lines.items():
            claim = f"{BASE}claim/{line.claim()}"
            finding, study, reference = (f"{BASE}{k}/{name}" for k in ("finding", "study", "reference"))
            said = {
                claim: {
                    "subject": line.subject, "predicate": "affects", "object": line.object,
                    "direction": line.direction, "condition": line.condition, "population": line.population,
                    "comparator": line.comparator, "exposure": line.exposure, "route": line.route,
                },
                f"{BASE}evidence/{name}": {
                    "bearsOn": claim, "stance": line.stance, "system": line.system, "species": line.species,
                    "assertedBy": "agent:site", "finding": finding, "fromStudy": study, "restsOn": reference,
                },
                finding: {"analysisSet": line.analysis, "endpointRole": line.role},
                study: {"condition": line.of_study, "sponsorshipExtent": line.sponsor},
                reference: {"year": line.year},
            }  # fmt: skip
            for node, properties in said.items():
                nodes[node] = {
                    key: (value if value.startswith(BASE) or key == "year" else full(value),)
                    for key, value in properties.items()
                    if value
                }
        names = list(lines)
        if order:
            order.shuffle(names)
            shuffled = list(nodes)
            order.shuffle(shuffled)
            nodes = {node: nodes[node] for node in shuffled}
        of = {
            "EvidenceLine": [f"{BASE}evidence/{name}" for name in names],
            "Condition": [full(name) for name in KINDS if name.startswith("condition:")],
            "CompoundGroup": [full("group:pool")],
            "ContradictionDimension": list(self.dimensions),
        }
        broader = {full(narrow): (full(wide),) for narrow, wide in BROADER.items()}
        facts = Facts(nodes, {cls: tuple(members) for cls, members in of.items()}, self.labels, broader)
        return Evidence(facts, "stated", {f"{BASE}evidence/{name}": lines[name].tier for name in names}, {})


@pytest.fixture(scope="module")
def world(ontology: Ontology) -> World:
    facts = Facts.of(EmbeddedStore(ontology.store(ontology.triples, ())), "stated")
    dimensions = {name: facts.nodes[name] for name in facts.members["ContradictionDimension"]}
    return World(dimensions, facts.labels)


LINES = st.builds(
    Line,
    st.sampled_from(["Supports", "Supports", "NullResult", "Refutes", "Inconclusive"]),
    st.sampled_from("ABCDF"),
    st.sampled_from(["compound:alphamide", "compound:alphamide", "compound:betamide", "group:pool"]),
    st.sampled_from(["outcome:score", "outcome:part", "outcome:harm", "condition:narrow", "condition:apart"]),
    st.sampled_from(["Improves", "Worsens", "Increases", "Decreases", "Changes"]),
    st.sampled_from(["", "condition:wide", "condition:narrow", "condition:apart"]),
    st.sampled_from(["", "", "population:boys", "population:boy", "population:old"]),
    st.sampled_from(["", "", "compound:placebo"]),
    st.sampled_from(["", "", *DOSES]),
    st.sampled_from(["", "", "Intravenous"]),
    st.sampled_from(["Human", "Animal", "SystemNotStated", "InVitro"]),
    st.sampled_from(["", "Rat", "Mouse"]),
    st.sampled_from(["", "IntentionToTreat", "PerProtocol"]),
    st.sampled_from(["", "Primary", "Secondary"]),
    st.sampled_from(["", "condition:narrow", "condition:wide"]),
    st.sampled_from(["", "2001", "2002"]),
    st.sampled_from(["", "SomeAuthors", "SponsorshipNotStated"]),
)
MANY = st.lists(LINES, min_size=2, max_size=9).map(lambda found: {f"line-{i}": line for i, line in enumerate(found)})


def told(found: Iterable[Contradiction]) -> list[tuple[object, ...]]:
    return [
        (c.supporting, c.opposing, c.comparison.kind, c.comparison.differs, c.comparison.also,
         c.comparison.narrower, c.comparison.blank)
        for c in found
    ]  # fmt: skip


# What opposes what, said again without an index: every line with every other.

OPPOSITE = {"Improves": "Worsens", "Increases": "Decreases"}
OF_HARM = {"Increases": "Worsens", "Decreases": "Improves"}
WIDE = {**BROADER}


def related(one: str, other: str) -> bool:
    return one == other or WIDE.get(one) == other or WIDE.get(other) == one


def opposes(support: Line, other: Line) -> bool:
    if support.stance != "Supports" or other.stance == "Inconclusive":
        return False
    same = support.subject == other.subject
    members = ("compound:alphamide", "compound:betamide")
    pools = other.subject == "group:pool" and support.subject in members
    if not (same or pools):
        return False

    def direction(line: Line) -> str:
        return OF_HARM.get(line.direction, line.direction) if line.object in HARMFUL else line.direction

    def against(mine: str, theirs: str, by_object: bool) -> bool:
        if other.stance != "Supports":
            return mine == theirs or (by_object and theirs == "Changes")
        return OPPOSITE.get(mine) == theirs or (pools and (mine, theirs) == ("Decreases", "Increases"))

    if related(support.object, other.object) and against(direction(support), direction(other), True):
        return True
    both = support.direction in ("Improves", "Worsens") and other.direction in ("Improves", "Worsens")
    conditions = [
        {c for c in (line.condition, line.object if line.object.startswith("condition:") else "") if c}
        for line in (support, other)
    ]
    common = any(related(one, two) for one in conditions[0] for two in conditions[1])
    return both and common and against(support.direction, other.direction, False)


HARMFUL = {name for name, kind in KINDS.items() if kind in ("Disease", "Symptom", "SafetyOutcome")}


@LAW
@given(lines=MANY)
def test_the_index_finds_all_that_oppose_each_other(world: World, lines: dict[str, Line]) -> None:
    expected = {
        (f"{BASE}evidence/{one}", f"{BASE}evidence/{other}")
        for one, other in permutations(lines, 2)
        if opposes(lines[one], lines[other])
    }
    assert {(c.supporting, c.opposing) for c in contradictions_of(world.evidence(lines))} == expected


@LAW
@given(lines=MANY)
def test_swapping_the_sides_changes_neither_kind_nor_set(world: World, lines: dict[str, Line]) -> None:
    evidence = world.evidence(lines)
    dimensions = dimensions_of(evidence.facts)
    for one, other in permutations(evidence.tiers, 2):
        here, there = (compare(evidence, dimensions, *pair) for pair in ((one, other), (other, one)))
        assert replace(here, values=there.values) == there
        assert here.values == there.values[::-1]


@LAW
@given(lines=MANY, seed=st.integers(0, 10**6))
def test_order_changes_nothing(world: World, lines: dict[str, Line], seed: int) -> None:
    expected = list(contradictions(world.evidence(lines)))
    assert list(contradictions(world.evidence(lines, random.Random(seed)))) == expected


@LAW
@given(lines=MANY, other=LINES)
def test_a_line_on_another_compound_changes_no_pair(world: World, lines: dict[str, Line], other: Line) -> None:
    more = {**lines, "line-other": other._replace(subject="compound:epsilamide")}
    before, after = (told(contradictions_of(world.evidence(found))) for found in (lines, more))
    assert after == before


@LAW
@given(lines=MANY)
def test_the_set_accounts_for_every_difference_and_no_smaller_one_does(world: World, lines: dict[str, Line]) -> None:
    evidence = world.evidence(lines)
    dimensions = {d.name: d for d in dimensions_of(evidence.facts)}
    for found in contradictions_of(evidence):
        one, other = found.comparison.values
        facts = evidence.facts
        known = {
            name
            for name in one
            if name in other and not (within(facts, one[name], other[name]) and within(facts, other[name], one[name]))
        }
        of_question = {name for name in known if dimensions[name].defines_question}

        def accounted(chosen: set[str], of_question: set[str] = of_question) -> set[str]:
            return {name for name in of_question if name in chosen or dimensions[name].follows_from & chosen}

        chosen = set(found.comparison.differs)
        assert accounted(chosen) == of_question
        assert all(accounted(chosen - {left_out}) != of_question for left_out in chosen)
        assert {*found.comparison.differs, *found.comparison.also} == known
        for name in found.comparison.narrower:
            assert within(facts, one[name], other[name]) != within(facts, other[name], one[name])


@LAW
@given(lines=MANY)
def test_the_kind_follows_from_the_values_alone(world: World, lines: dict[str, Line]) -> None:
    """Other names of lines, claims, findings and studies give the same kinds and sets, in the order of the names."""
    renamed = {f"renamed-{len(lines) - i}": line for i, line in enumerate(lines.values())}
    new = dict(zip(lines, renamed, strict=True))
    back = {f"{BASE}evidence/{new[name]}": f"{BASE}evidence/{name}" for name in lines}
    before = told(contradictions_of(world.evidence(lines)))
    after = [(back[str(a)], back[str(b)], *rest) for a, b, *rest in told(contradictions_of(world.evidence(renamed)))]
    assert sorted(after) == sorted(before)


@LAW
@given(lines=MANY, year=st.sampled_from(["1999", ""]), sponsor=st.sampled_from(["AllSponsored", ""]))
def test_who_paid_and_when_it_was_printed_change_no_kind(
    world: World, lines: dict[str, Line], year: str, sponsor: str
) -> None:
    other = {name: line._replace(year=year, sponsor=sponsor) for name, line in lines.items()}
    before, after = (
        [(c.supporting, c.opposing, c.comparison.kind, c.comparison.differs, c.comparison.blank)
         for c in contradictions_of(world.evidence(found))]
        for found in (lines, other)
    )  # fmt: skip
    assert after == before


# Single cases

PLAIN = Line(tier="F", condition="condition:wide")
POOLED = PLAIN._replace(subject="group:pool")


@pytest.mark.parametrize(
    ("support", "other", "opposed"),
    [
        (PLAIN, PLAIN._replace(stance="NullResult"), True),
        (PLAIN, PLAIN._replace(stance="Inconclusive"), False),
        (PLAIN, PLAIN._replace(direction="Worsens"), True),
        (PLAIN, PLAIN._replace(direction="Worsens", stance="Refutes"), False),
        (PLAIN, PLAIN._replace(direction="Decreases"), False),
        (PLAIN, PLAIN._replace(direction="Changes", stance="NullResult"), True),
        (PLAIN._replace(direction="Changes"), PLAIN._replace(stance="NullResult"), False),
        # More of a harm is worse; of other outcomes nothing is said.
        (PLAIN._replace(object="outcome:harm"), PLAIN._replace(object="outcome:harm", direction="Increases"), True),
        (PLAIN, PLAIN._replace(object="outcome:harm", direction="Increases"), False),
        # Another outcome in the same condition, or in one that holds it; but not in another condition.
        (PLAIN, PLAIN._replace(object="outcome:harm", stance="NullResult"), True),
        (PLAIN, PLAIN._replace(object="condition:narrow", condition="", stance="NullResult"), True),
        (PLAIN, PLAIN._replace(object="outcome:harm", condition="condition:apart", stance="NullResult"), False),
        (PLAIN, PLAIN._replace(object="outcome:harm", direction="Changes", stance="NullResult"), False),
        # A pooled result stands against each member and speaks for none.
        (PLAIN, POOLED._replace(stance="NullResult"), True),
        (PLAIN, POOLED._replace(direction="Worsens"), True),
        (PLAIN._replace(direction="Worsens"), POOLED, False),
        (POOLED, PLAIN._replace(stance="NullResult"), False),
        (POOLED, POOLED._replace(stance="NullResult"), True),
        (PLAIN._replace(subject="compound:gammamide"), POOLED._replace(stance="NullResult"), False),
    ],
)
def test_what_opposes_what(world: World, support: Line, other: Line, opposed: bool) -> None:
    found = contradictions_of(world.evidence({"one": support, "two": other}))
    sides = [(f"{BASE}evidence/one", f"{BASE}evidence/two")] if opposed else []
    assert [(c.supporting, c.opposing) for c in found] == sides


STATED = Line(
    condition="condition:wide", population="population:old", comparator="compound:placebo", exposure="quantity:low",
    route="Intravenous", analysis="IntentionToTreat", role="Primary", tier="F",
)  # fmt: skip


def only(world: World, support: Line, other: Line) -> Contradiction:
    (found,) = contradictions_of(world.evidence({"one": support, "two": other}))
    return found


def named(names: Iterable[str]) -> list[str]:
    return [name.removesuffix("Dimension") for name in names]


@pytest.mark.parametrize(
    ("change", "kind", "differs", "blank"),
    [
        ({}, "Genuine", [], []),
        ({"exposure": "quantity:high"}, "Apparent", ["Dose"], []),
        ({"exposure": ""}, "Unresolvable", [], ["Dose"]),
        # A known difference beats a blank, which is told all the same.
        ({"exposure": "", "analysis": "PerProtocol"}, "Apparent", ["AnalysisSet"], ["Dose"]),
        ({"condition": "condition:narrow"}, "Apparent", ["Condition"], []),
        # The population and the dose of rats differ because they are rats.
        ({"system": "Animal", "species": "Rat", "population": "population:boys", "exposure": "quantity:high"},
         "Apparent", ["Species"], []),
        ({"object": "outcome:part", "role": "Secondary"}, "Apparent", ["Outcome"], []),
        ({"system": "SystemNotStated"}, "Unresolvable", [], ["Species"]),
        ({"year": "2001", "sponsor": "SomeAuthors"}, "Genuine", [], []),
        # The study says in whom, where the claim does not.
        ({"condition": "", "of_study": "condition:narrow"}, "Apparent", ["Condition"], []),
        ({"subject": "group:pool"}, "Genuine", [], []),
        # One outcome against the condition as a whole: of the whole no outcome is stated.
        ({"object": "condition:narrow", "condition": ""}, "Apparent", ["Condition"], ["Outcome"]),
    ],
)  # fmt: skip
def test_what_differs_decides_the_kind(
    world: World, change: dict[str, str], kind: str, differs: list[str], blank: list[str]
) -> None:
    found = only(world, STATED, STATED._replace(stance="NullResult", **change)).comparison
    assert (found.kind, named(found.differs), named(found.blank)) == (kind, differs, blank)


def test_equal_doses_are_equal_whatever_their_nodes_are_called(world: World) -> None:
    high = STATED._replace(exposure="quantity:high")
    found = only(world, high, high._replace(stance="Refutes", exposure="quantity:high-again"))
    assert found.comparison.kind == "Genuine"


def test_what_neither_states_is_left_open_by_trials_and_not_by_general_statements(world: World) -> None:
    bare = Line(system="Human")
    asked = only(world, bare, bare._replace(stance="NullResult")).comparison
    assert asked.kind == "Unresolvable"
    assert {"Dose", "AnalysisSet", "EndpointRole"} < set(named(asked.blank))
    general = bare._replace(tier="F")
    assert only(world, general, general._replace(stance="NullResult")).comparison.kind == "Genuine"


def test_every_dimension_can_be_read_and_every_reader_is_of_a_dimension(world: World) -> None:
    assert {VOCAB + name for name in READERS} == set(world.dimensions)


def test_every_qualifier_of_a_claim_is_seen_by_some_dimension(ontology: Ontology) -> None:
    """Two lines whose claims differ in a qualifier that no dimension reads would pass for answers to one question."""
    (file,) = (file for file in ontology.files if file.path.endswith("shapes/qualifier.ttl"))
    paths = set(re.findall(r"sh:path moa:(\w+)", file.text))
    assert len(paths) >= 14
    line, claim, node = (f"{BASE}{kind}/one" for kind in ("evidence", "claim", "condition"))
    for path in sorted(paths - {"direction", "favours"}):
        nodes = {line: {"bearsOn": (claim,)}, claim: {path: (node,), "predicate": (full("affects"),)}}
        facts = Facts({**nodes, node: {"amount": ("1",), "unit": ("mg",)}}, {"Agent": ()})
        assert values_of(facts, line), path


def test_the_words_name_both_sides_and_the_values(world: World) -> None:
    evidence = world.evidence({"one": STATED, "two": STATED._replace(stance="NullResult", analysis="PerProtocol")})
    (found,) = contradictions_of(evidence)
    dimensions: dict[str, Dimension] = {d.name: d for d in dimensions_of(evidence.facts)}
    words = explained(evidence, found, dimensions)
    assert "they differ in the analysis set (intention to treat against per protocol)" in words
    assert words.startswith("Supported by ")
    assert ". No difference found by " in words
