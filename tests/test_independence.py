"""Laws of honest counting, tried on hundreds of small random worlds of related studies, and on sets of studies.

A world says what each study is, includes, belongs to, may be, shares data with and is paid by, and what publications
report it; counted are those studies on which lines rest.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import Ontology, triples_of
from moagraph import turtle
from moagraph.names import BASE, VOCAB
from moagraph.store import EmbeddedStore
from moagraph.weigh import Evidence, Facts
from moagraph.weigh.evidence import CLASSES
from moagraph.weigh.independence import Count, count, tallies
from moagraph.weigh.kinship import Kinship, grouped
from moagraph.weigh.packing import packing
from moagraph.weigh.reviews import covered_area

LAW = settings(max_examples=200)

REVIEW, TRIAL = f"{VOCAB}SystematicReview", f"{VOCAB}RandomisedTrial"
NAMES = tuple(f"{BASE}study/{letter}" for letter in "abcdefgh")

Said = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class World:
    """What is asserted of studies and publications, and which of them lines rest on.

    Attributes:
        nodes: class and what is said, by IRI.
        counted: what lines rest on.
    """

    nodes: Mapping[str, tuple[str, Said]]
    counted: tuple[str, ...]

    def facts(self) -> Facts:
        members = {name: tuple(iri for iri, (cls, _) in self.nodes.items() if cls == name) for name in CLASSES}
        return Facts({iri: said for iri, (_, said) in self.nodes.items()}, members)

    def count(self) -> Count:
        return count(self.counted, Kinship.of(self.facts()))

    def numbers(self) -> tuple[int, ...]:
        """How many are independent, and the three coarser counts."""
        found = self.count()
        return found.independent, found.data_sets, found.laboratories, found.sponsors

    def trials(self) -> list[str]:
        """The studies counted that are neither sets nor draw on others."""
        kinship = Kinship.of(self.facts())
        return [study for study in self.counted if study not in kinship.gatherings]

    def plus(self, iri: str, cls: str, *, counted: bool = True, **said: Iterable[str]) -> World:
        """This world with one node more."""
        new = (cls, {name: tuple(sorted(values)) for name, values in said.items()})
        return World({**self.nodes, iri: new}, (*self.counted, iri) if counted else self.counted)

    def also(self, iri: str, name: str, value: str) -> World:
        """This world with one statement more."""
        cls, said = self.nodes[iri]
        new = (cls, {**said, name: tuple(sorted({*said.get(name, ()), value}))})
        return replace(self, nodes={**self.nodes, iri: new})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Gives worlds of up to eight studies; what includes or has parts comes before what it includes."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    nodes: dict[str, tuple[str, Said]] = {}
    some: Callable[[Iterable[str]], tuple[str, ...]] = lambda of: draw(  # noqa: E731 - drawn here alone
        st.lists(st.sampled_from(sorted(of)), unique=True, max_size=3).map(lambda values: tuple(sorted(values)))
        if of
        else st.just(())
    )
    seldom = st.sampled_from([True, False, False, False])
    for place, name in enumerate(names):
        kind = draw(st.sampled_from(["trial", "trial", "review", "set"]))
        said: dict[str, tuple[str, ...]] = {"design": (REVIEW if kind == "review" else TRIAL,)}
        if kind != "trial":
            said["includesStudy"] = some(names[place + 1 :])
        if place and draw(seldom):
            said["partOf"] = (draw(st.sampled_from(names[:place])),)
        if len(names) > 1 and draw(seldom):
            said["possiblySameStudy"] = (draw(st.sampled_from([other for other in names if other != name])),)
        if len(names) > 1 and draw(seldom):
            said["sharesDataWith"] = (draw(st.sampled_from([other for other in names if other != name])),)
        said["sponsor"] = some([f"{BASE}agent/{maker}" for maker in "mn"]) if draw(seldom) else ()
        nodes[name] = ("StudySet" if kind == "set" else "Study", said)
        if draw(st.booleans()):
            authors = some(["Nobody N", "Somebody S", "Else E"])
            nodes[name.replace("study", "reference")] = ("Reference", {"reports": (name,), "authorName": authors})
    counted = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    return World(nodes, tuple(counted))


@LAW
@given(worlds(), st.data())
def test_a_review_of_counted_trials_changes_no_count(world: World, data: st.DataObject) -> None:
    trials = world.trials()
    assume(trials)
    included = data.draw(st.lists(st.sampled_from(trials), min_size=1, unique=True))
    more = world.plus(
        f"{BASE}study/{data.draw(st.sampled_from(['0', 'z']))}",
        "Study",
        design=[REVIEW],
        includesStudy=included,
        sponsor=[f"{BASE}agent/m"],
    )
    assert more.numbers() == world.numbers()
    assert len(more.count().shares) == len(world.counted) + 1


@LAW
@given(worlds(), st.data())
def test_a_review_of_anything_counted_leaves_the_independent_count(world: World, data: st.DataObject) -> None:
    included = data.draw(st.lists(st.sampled_from(world.counted), min_size=1, unique=True))
    more = world.plus(f"{BASE}study/0", "Study", design=[REVIEW], includesStudy=included)
    assert more.count().independent == world.count().independent


@LAW
@given(worlds(), st.sampled_from(["0", "z"]))
def test_a_new_unrelated_trial_raises_each_count_by_one(world: World, name: str) -> None:
    more = world.plus(f"{BASE}study/{name}", "Study", design=[TRIAL])
    assert more.numbers() == tuple(number + 1 for number in world.numbers())


@LAW
@given(worlds(), st.data())
def test_counting_one_more_never_lowers_and_raises_by_one_at_most(world: World, data: st.DataObject) -> None:
    others = [name for name, (cls, _) in world.nodes.items() if cls != "Reference" and name not in world.counted]
    assume(others)
    more = replace(world, counted=(*world.counted, data.draw(st.sampled_from(others))))
    assert 0 <= more.count().independent - world.count().independent <= 1


@LAW
@given(worlds(), st.data())
def test_a_part_of_a_counted_trial_changes_no_count(world: World, data: st.DataObject) -> None:
    assume(world.trials())
    whole = data.draw(st.sampled_from(world.trials()))
    more = world.plus(f"{BASE}study/{data.draw(st.sampled_from('0z'))}", "Study", design=[TRIAL], partOf=[whole])
    assert more.numbers() == world.numbers()


@LAW
@given(worlds(), st.data())
def test_two_that_may_be_the_same_never_raise_a_count(world: World, data: st.DataObject) -> None:
    studies = [name for name, (cls, _) in world.nodes.items() if cls != "Reference"]
    assume(len(studies) > 1)
    one, other = data.draw(st.permutations(studies))[:2]
    more = world.also(one, "possiblySameStudy", other)
    assert more.count().independent <= world.count().independent
    back = world.also(other, "possiblySameStudy", one)
    assert back.numbers() == more.numbers()
    if one in world.counted and other in world.counted:
        counted = more.count().counted
        assert not {one, other} <= set(counted)


@LAW
@given(worlds(), st.data())
def test_what_shares_data_is_one_data_set_whoever_says_so(world: World, data: st.DataObject) -> None:
    counted = world.count().counted
    assume(len(counted) > 1)
    one, other = data.draw(st.permutations(counted))[:2]
    more = world.also(one, "sharesDataWith", other)
    assert more.numbers() == world.also(other, "sharesDataWith", one).numbers()
    assert world.count().data_sets - more.count().data_sets in (0, 1)
    assert more.count().independent == world.count().independent
    alone = replace(more, counted=(one, other))
    assert alone.count().data_sets == 1


@LAW
@given(worlds())
def test_counts_only_get_coarser(world: World) -> None:
    found = world.count()
    assert len(found.shares) == len(world.counted) >= found.independent >= 1
    for coarser in (found.data_sets, found.laboratories, found.sponsors):
        assert 1 <= coarser <= found.independent


@LAW
@given(worlds())
def test_each_study_is_counted_with_one_that_is_counted_by_itself(world: World) -> None:
    shares = world.count().shares
    for study, share in shares.items():
        assert not shares[share.with_].reason
        assert shares[share.with_].with_ == share.with_
        assert (share.with_ == study) == (not share.reason)


def overlapping(world: World, one: str, other: str) -> bool:
    """Tells by the rules alone, walking the statements, whether two counted studies have anything in common."""
    kinship = Kinship.of(world.facts())

    def having(study: str) -> set[str]:
        found, ahead = set(), [study]
        while ahead:
            here = ahead.pop()
            if here in found:
                continue
            found.add(here)
            said = world.nodes[here][1]
            same = [*said.get("possiblySameStudy", ())]
            same += [n for n, (_, s) in world.nodes.items() if here in s.get("possiblySameStudy", ())]
            below = [*said.get("includesStudy", ())]
            for name, (_, other_said) in world.nodes.items():
                if here in other_said.get("partOf", ()):
                    below.append(name)
                    if not is_member(world, kinship, name, here):
                        same.append(name)
            same += [w for w in said.get("partOf", ()) if not is_member(world, kinship, here, w)]
            ahead += [*same, *below]
        return found

    return bool(having(one) & having(other))


def is_member(world: World, kinship: Kinship, part: str, whole: str) -> bool:
    in_list = part in world.nodes[whole][1].get("includesStudy", ())
    synthesis = part in kinship.gatherings and world.nodes[part][0] != "StudySet"
    return world.nodes[whole][0] == "StudySet" or in_list or (whole in kinship.gatherings and not synthesis)


@LAW
@given(worlds())
def test_the_independent_count_is_the_largest_choice_without_overlap(world: World) -> None:
    touching = {frozenset(pair) for pair in combinations(world.counted, 2) if overlapping(world, pair[0], pair[1])}
    largest = max(
        size
        for size in range(1, len(world.counted) + 1)
        if any(
            not any(frozenset(pair) in touching for pair in combinations(choice, 2))
            for choice in combinations(world.counted, size)
        )
    )
    assert world.count().independent == largest


@LAW
@given(worlds(), st.randoms(use_true_random=False))
def test_neither_order_nor_names_change_a_count(world: World, shuffle: random.Random) -> None:
    nodes, counted = list(world.nodes.items()), list(world.counted)
    shuffle.shuffle(nodes)
    shuffle.shuffle(counted)
    mixed = World(dict(nodes), tuple(counted))
    assert mixed.count() == world.count()
    names = [f"{BASE}study/{letter}" for letter in "stuvwxyz"]
    shuffle.shuffle(names)
    new = {f"{BASE}study/{letter}": name for letter, name in zip("abcdefgh", names, strict=True)}

    def renamed(iri: str) -> str:
        return new.get(iri, iri)

    other = World(
        {
            renamed(iri): (cls, {name: tuple(sorted(map(renamed, values))) for name, values in said.items()})
            for iri, (cls, said) in world.nodes.items()
        },
        tuple(map(renamed, world.counted)),
    )
    assert other.count().independent == world.count().independent


@LAW
@given(worlds(), st.data())
def test_a_list_is_missing_only_where_it_could_change_the_count(world: World, data: st.DataObject) -> None:
    found = world.count()
    kinship = Kinship.of(world.facts())
    assert set(found.lists_missing) <= {s for s in world.counted if s in kinship.gatherings}
    if found.independent == 1:
        assert not found.lists_missing
    for study in found.lists_missing:
        others = [other for other in found.counted if not overlapping(world, study, other)]
        if world.nodes[study][0] == "Study" and others:
            # Were one of the others on the list, it would be said no more to be independent of it.
            told = world.also(study, "includesStudy", data.draw(st.sampled_from(others)))
            assert told.count().independent <= found.independent


def world(counted: str, **said: str) -> World:
    """Gives a world in short: `a="includes b c"` says that study a, a review, includes two trials."""
    words = {
        "includes": "includesStudy", "set": "includesStudy", "part": "partOf", "analysis": "partOf",
        "same": "possiblySameStudy", "data": "sharesDataWith",
    }  # fmt: skip
    made = World({}, ())
    for letter in "abcdef":
        verb, *others = said.get(letter, "trial").split()
        made = made.plus(
            f"{BASE}study/{letter}",
            "StudySet" if verb == "set" else "Study",
            counted=letter in counted.split(),
            design=[REVIEW if verb in ("includes", "review", "analysis") else TRIAL],
            **({words[verb]: [f"{BASE}study/{other}" for other in others]} if others else {}),
        )
    return made


@pytest.mark.parametrize(
    ("counted", "said", "independent"),
    [
        ("a b", {}, 2),
        ("b c", {"a": "includes b c"}, 2),
        ("a b c", {"a": "includes b c"}, 2),
        ("a b", {"b": "part a"}, 1),
        ("b c", {"b": "part a", "c": "part a"}, 1),
        ("b c", {"a": "set", "b": "part a", "c": "part a"}, 2),
        ("a b c", {"a": "set", "b": "part a", "c": "part a"}, 2),
        ("b c", {"a": "review", "b": "part a", "c": "part a"}, 2),
        ("b c", {"a": "review", "b": "analysis a", "c": "analysis a"}, 1),
        ("a c", {"a": "same b", "b": "same c"}, 1),
        ("a c", {"a": "includes b", "b": "includes c"}, 1),
        ("a c", {"a": "includes b", "c": "includes b"}, 1),
        ("a c", {"a": "includes b", "c": "includes d"}, 2),
        # The first and the last of three have nothing in common.
        ("a b c", {"a": "includes d e", "b": "includes e f", "c": "includes f"}, 2),
        ("a c", {"a": "includes b", "b": "part c"}, 1),
        ("a c", {"a": "includes b", "b": "same c"}, 1),
        ("a b", {"a": "includes b", "b": "same a"}, 1),
        ("a b", {"a": "data b"}, 2),
    ],
)
def test_the_rules_one_by_one(counted: str, said: dict[str, str], independent: int) -> None:
    assert world(counted, **said).count().independent == independent


def test_why_a_study_adds_nothing() -> None:
    def reasons(counted: str, **said: str) -> dict[str, str]:
        shares = world(counted, **said).count().shares
        return {study[-1]: f"{share.with_[-1]} {share.reason}" for study, share in shares.items() if share.reason}

    assert reasons("a b", b="part a") == {"b": "a SameTrial"}
    assert reasons("a b", a="part b") == {"a": "b SameTrial"}
    assert reasons("a b", a="same b") == {"b": "a PossiblySame"}
    assert reasons("a b c", a="includes b", b="includes c") == {"a": "c IncludesCounted", "b": "c IncludesCounted"}
    assert reasons("a b", a="includes c", b="includes c d") == {"b": "a SharesIncluded"}


def test_which_list_is_missing() -> None:
    """A list is whole where the number is said exactly and as many are named; one alone need not be."""

    def missing(made: World) -> list[str]:
        return [study[-1] for study in made.count().lists_missing]

    def numbered(made: World, number: str, operator: str = "") -> World:
        quantity = f"{BASE}quantity/a"
        said = {"amount": [number], **({"operator": [operator]} if operator else {})}
        return made.also(f"{BASE}study/a", "numberOfStudies", quantity).plus(
            quantity, "Quantity", counted=False, **said
        )

    two = world("a d", a="includes b c")
    assert missing(two) == ["a"]
    assert missing(numbered(two, "2.0")) == []
    assert missing(numbered(two, "3.0")) == ["a"]
    assert missing(numbered(two, "2.0", f"{VOCAB}MoreThan")) == ["a"]
    assert missing(numbered(world("a d", a="includes b", b="set"), "1.0")) == ["a"]
    assert missing(world("a", a="includes b c")) == []
    assert missing(world("a b", a="includes b c")) == []
    assert missing(world("a b d", a="includes b c")) == []


SETS = st.dictionaries(
    st.sampled_from("abcdefghi"), st.frozensets(st.sampled_from("123456789"), min_size=1, max_size=3), max_size=9
)
NETS = st.frozensets(st.sampled_from(["".join(pair) for pair in combinations("abcdefgh", 2)]), max_size=16).map(
    lambda pairs: {one: frozenset({one, *(pair for pair in pairs if one in pair)}) for one in "abcdefgh"}
)
"""Sets of which no three have the same member, so that few can stand for others."""


@settings(max_examples=400)
@given(SETS | NETS)
def test_packing_is_as_large_as_trying_all_choices_finds(sets: dict[str, frozenset[str]]) -> None:
    chosen = packing(sets)
    assert all(not sets[one] & sets[other] for one, other in combinations(sorted(chosen), 2))
    assert not any(
        all(not sets[one] & sets[other] for one, other in combinations(choice, 2))
        for choice in combinations(sorted(sets), len(chosen) + 1)
    )


def test_packing_leaves_out_what_touches_most_where_that_is_better() -> None:
    sides = {one: frozenset(f"{one}{other}" for other in "cde") for one in "ab"}
    sides |= {other: frozenset(f"{one}{other}" for one in "ab") for other in "cde"}
    assert packing(sides) == {"c", "d", "e"}


@pytest.mark.parametrize("size", [3, 4, 5, 6, 7, 60, 61])
def test_packing_of_a_ring_is_half_of_it(size: int) -> None:
    ring = {f"{place:02}": frozenset({str(place), str((place + 1) % size)}) for place in range(size)}
    assert len(packing(ring)) == size // 2


@given(SETS)
def test_what_shares_a_mark_is_grouped_and_nothing_else(marks: dict[str, frozenset[str]]) -> None:
    groups = grouped(marks, marks)
    for one, other in combinations(marks, 2):
        reached, ahead = set(), {one}
        while ahead:
            reached |= ahead
            ahead = {n for n in marks if n not in reached and any(marks[n] & marks[r] for r in reached)}
        assert (groups[one] == groups[other]) == (other in reached)


@given(st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1), min_size=2, max_size=5))
def test_the_covered_area_lies_between_none_and_all_in_common(lists: list[frozenset[str]]) -> None:
    area = covered_area(lists)
    assert area is not None
    assert 0 <= area <= 1
    assert (area == 1) == (len(set(lists)) == 1)
    assert (area == 0) == all(not one & other for one, other in combinations(lists, 2))
    assert covered_area(lists[::-1]) == area


def test_the_covered_area_of_a_published_example() -> None:
    """Of two reviews it is the share of their studies that both have."""
    one, other = [f"{n}" for n in range(12)], [f"{n}" for n in range(8, 20)]
    assert covered_area([one, other]) == Decimal("0.2")
    assert covered_area([one, other, []]) == Decimal("0.1")
    assert covered_area([[], []]) is None


LINE_WORLD = {
    "compound/alphamide": "Compound",
    "compound/betamide": "Compound",
    "group/pool": "CompoundGroup",
    "condition/gammosis": "Condition",
    "outcome/score": "Outcome",
    **{f"study/{letter}": "Study" for letter in "abc"},
    "study/review": "Study",
}
STANCES = ("Supports", "Supports", "NullResult", "Refutes")


@st.composite
def printed(draw: st.DrawFn) -> list[tuple[str, str, tuple[str, ...]]]:
    """Gives lines: subject, stance, and what they rest on."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(["compound/alphamide", "compound/betamide", "group/pool"]),
                st.sampled_from(STANCES),
                st.lists(
                    st.sampled_from([*(f"study/{letter}" for letter in "abc"), "study/review", "reference/a1"]),
                    unique=True,
                    max_size=2,
                ).map(tuple),
            ),
            min_size=1,
            max_size=6,
        )
    )


def asserted(lines: Iterable[tuple[str, str, tuple[str, ...]]]) -> list[ox.Triple]:
    def node(path: str) -> ox.NamedNode:
        return ox.NamedNode(path if path.startswith("http") else f"{BASE}{path}")

    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    said: list[tuple[str, str, str]] = [
        ("group/pool", "member", "compound/alphamide"),
        ("group/pool", "member", "compound/betamide"),
        ("study/review", "includesStudy", "study/a"),
        ("study/review", "design", REVIEW),
        ("reference/a1", "reports", "study/a"),
        ("agent/site", "kind", f"{VOCAB}Website"),
        *((f"study/{letter}", "design", TRIAL) for letter in "abc"),
    ]
    types = [*LINE_WORLD.items(), ("reference/a1", "Reference")]
    for number, (subject, stance, rests) in enumerate(lines):
        claim, line = f"claim/{subject.replace('/', '-')}", f"evidence/{number}"
        types += [(claim, "Claim"), (line, "EvidenceLine")]
        said += [
            (claim, "subject", subject),
            (claim, "predicate", f"{VOCAB}affects"),
            (claim, "object", "outcome/score"),
            (claim, "direction", f"{VOCAB}Improves"),
            (claim, "condition", "condition/gammosis"),
            (line, "bearsOn", claim),
            (line, "stance", f"{VOCAB}{stance}"),
            (line, "strength", f"{VOCAB}Asserted"),
            (line, "system", f"{VOCAB}Human"),
            (line, "assertedBy", "agent/site"),
            (line, "statedIn", "source/site"),
            *((line, "fromStudy" if rest.startswith("study") else "restsOn", rest) for rest in rests),
        ]
    triples = [ox.Triple(node(s), kind, ox.NamedNode(f"{VOCAB}{cls}")) for s, cls in types]
    triples += [ox.Triple(node(s), ox.NamedNode(f"{VOCAB}{p}"), node(o)) for s, p, o in said]
    return list(dict.fromkeys(triples))


@settings(max_examples=80)
@given(printed(), st.randoms(use_true_random=False))
def test_the_built_graph_holds_the_tallies_and_pools_nothing_for_a_member(
    ontology: Ontology, lines: list[tuple[str, str, tuple[str, ...]]], shuffle: random.Random
) -> None:
    triples = asserted(lines)
    store = ontology.store(triples, ("everything",))
    derived = triples_of(store, "everything")
    shuffle.shuffle(triples)
    assert turtle.write(triples_of(ontology.store(triples, ("everything",)), "everything")) == turtle.write(derived)
    values: dict[tuple[str, str], list[str]] = {}
    for t in derived:
        subject, value = str(getattr(t.subject, "value", "")), str(getattr(t.object, "value", ""))
        values.setdefault((subject, t.predicate.value.removeprefix(VOCAB)), []).append(value)
    pooled = {f"{BASE}evidence/{n}" for n, (subject, _, _) in enumerate(lines) if subject == "group/pool"}
    evidence = Evidence.of(EmbeddedStore(store), "everything")
    found = list(tallies(evidence))
    assert {subject for subject, name in values if name == "lineCount"} == {
        value for (_, name), some in values.items() if name in ("supportTally", "oppositionTally") for value in some
    }
    assert sum(name in ("supportTally", "oppositionTally") for _, name in values) == len(found)
    for tally in found:
        (node,) = values[tally.judged, f"{tally.side}Tally"]
        assert values[node, "independentCount"] == [str(tally.count.independent)]
        assert len(values[node, "counts"]) == tally.count.independent
        assert sorted(values.get((node, "pooledLine"), [])) == sorted(tally.pooled)
        if "/derivation/" in tally.judged:
            assert not (tally.side == "support" and pooled & set(tally.lines)), tally
            assert set(tally.pooled) == pooled & set(tally.lines)
        elif "group-pool" not in tally.judged:
            assert not pooled & set(tally.lines)


def test_a_trial_printed_twice_or_told_by_more_lines_is_one(ontology: Ontology) -> None:
    one = [("compound/alphamide", "Supports", ("study/a",))]
    more = [*one, ("compound/alphamide", "Supports", ("reference/a1",)), *one]
    counts = []
    for lines in (one, more):
        store = ontology.store(asserted(lines), ("everything",))
        evidence = Evidence.of(EmbeddedStore(store), "everything")
        (tally,) = (t for t in tallies(evidence) if t.judged.endswith("claim/compound-alphamide"))
        counts.append((len(tally.lines), len(tally.count.shares), tally.count.independent))
    assert counts == [(1, 1, 1), (3, 1, 1)]
