"""The evidence-weighted overlap equals its plain definition, the query, and networkx; big graphs change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import log

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import moagraph
from moagraph.build import queries_of
from moagraph.corpus import Corpus
from moagraph.errors import BadValue
from moagraph.library import Library
from moagraph.overlap import TIER_WEIGHTS, WEIGHTS, Alike, alike, most_alike, overlap_graph, products, sharing
from moagraph.table import Iri
from moagraph.weigh.information import millinats, nats
from test_overlap import POLICY, ontology, random_world, store_of, turtle, world

Closures = dict[str, dict[str, str]]

EQUAL = dict.fromkeys("ABCDEF", 1)
closures = st.dictionaries(
    st.sampled_from([f"compound:{letter}amide" for letter in "abcdefghijkl"]),
    st.dictionaries(
        st.sampled_from([f"mechanism:beta-{i}" for i in range(9)]), st.sampled_from("ABCDEF"), max_size=7
    ),
    max_size=12,
)
weighings = st.sampled_from(
    [
        TIER_WEIGHTS,
        EQUAL,
        {"A": 50_000, "B": 7, "C": 7, "D": 2, "E": 40_000, "F": 1},
        dict(zip("ABCDEF", range(1, 7), strict=True)),
    ]
)


def told(given: Closures) -> dict[str, int]:
    """Gives in thousandths of a nat what each mechanism tells: -ln of the share of compounds that have it."""
    having = [m for closure in given.values() for m in closure]
    compounds = sum(1 for closure in given.values() if closure)
    return {m: round(-1000 * log(having.count(m) / compounds)) for m in having}


def plainly(given: Closures, weights: dict[str, int], information: bool = False) -> list[Alike[str]]:
    """Gives the overlap of all pairs as it is defined."""
    found = []
    tells = told(given) if information else dict.fromkeys((m for c in given.values() for m in c), 1)
    for one, other in combinations(sorted(given), 2):
        mine, theirs = ({m: weights[tier] * tells[m] for m, tier in given[c].items()} for c in (one, other))
        either = mine.keys() | theirs.keys()
        common = sum(min(mine.get(m, 0), theirs.get(m, 0)) for m in either)
        if common:
            found.append(Alike(one, other, common / sum(max(mine.get(m, 0), theirs.get(m, 0)) for m in either)))
    return sorted(found, key=lambda pair: (-pair.overlap, pair.one, pair.other))


@given(closures, weighings, st.integers(1, 70), st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]), st.integers(1, 30))
@settings(deadline=None, max_examples=200)
def test_it_is_what_it_is_defined_to_be(
    given: Closures, weights: dict[str, int], top: int, at_least: float, block: int
) -> None:
    expected = [pair for pair in plainly(given, weights) if pair.overlap >= at_least][:top]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "_PRODUCTS", block)
        assert most_alike(given, weights=weights, top=top, at_least=at_least) == expected


@pytest.mark.parametrize("top", [1, 2, 3, 5])
def test_of_equals_those_with_the_first_names_are_best_wherever_they_are_found(top: int) -> None:
    """Light pairs are found before heavy ones, whatever their names."""
    tiers = zip("abcdef", "AABBFF", strict=True)
    given = {f"compound:{letter}amide": {"mechanism:beta-1": tier} for letter, tier in tiers}
    assert most_alike(given, top=top) == plainly(given, dict(TIER_WEIGHTS))[:top]


@given(closures, st.integers(1, 30), st.sampled_from([0.0, 0.2, 0.5]))
@settings(deadline=None, max_examples=100)
def test_by_information_content_it_is_what_it_is_defined_to_be(given: Closures, top: int, at_least: float) -> None:
    for name, weights in (("information", EQUAL), ("both", dict(TIER_WEIGHTS))):
        expected = [pair for pair in plainly(given, weights, information=True) if pair.overlap >= at_least]
        assert most_alike(given, weights=name, top=top, at_least=at_least) == expected[:top]
        contents = WEIGHTS[name].contents(given)
        each = {(one, other): overlap for one, other, overlap in plainly(given, weights, information=True)}
        for one, other in combinations(sorted(given), 2):
            found = WEIGHTS[name].overlap(given[one], given[other], contents)
            assert found == each.get((one, other), 0.0)


def test_what_all_have_tells_nothing() -> None:
    everywhere = {name: {"m": "A"} for name in "abc"}
    assert len(most_alike(everywhere, weights="none")) == 3
    assert most_alike(everywhere, weights="information") == most_alike(everywhere, weights="both") == []
    # What two of three have beside it tells them from the third.
    rare = {"a": {"m": "A", "n": "F"}, "b": {"m": "A", "n": "F"}, "c": {"m": "A"}}
    assert most_alike(rare, weights="tier")[1].overlap > 0.9
    assert [pair[:2] for pair in most_alike(rare, weights="information")] == [("a", "b")]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_information_content_is_a_logarithm_in_whole_numbers(counts: tuple[int, int]) -> None:
    having, compounds = counts
    exact = -1000 * log(having / compounds)
    assert abs(millinats(having, compounds) - exact) <= 0.5 + 1e-6
    assert isinstance(millinats(having, compounds), int)
    assert str(nats(millinats(having, compounds))) == f"{millinats(having, compounds) / 1000:.10g}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_derived_is_what_overlap_counts_by(seed: int) -> None:
    store = random_world(seed, 14, 16)
    found = store.select("SELECT ?m ?i WHERE { ?m moa:informationContent ?i }", POLICY).cells
    rows = store.select("SELECT ?c ?m WHERE { ?c moa:hasMechanismOrNarrower ?m }", POLICY).cells
    given: Closures = {}
    for compound, mechanism in rows:
        given.setdefault(str(compound), {})[str(mechanism)] = "A"
    assert {str(m): round(1000 * float(str(i))) for m, i in found} == told(given) == WEIGHTS["both"].contents(given)
    assert len(found) > 5


@given(closures)
@settings(deadline=None, max_examples=50)
def test_with_equal_weights_it_is_the_projection_of_networkx(given: Closures) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(given)
    graph.add_edges_from((compound, mechanism) for compound, closure in given.items() for mechanism in closure)
    projected = nx.bipartite.overlap_weighted_projected_graph(graph, list(given))
    expected = {(min(a, b), max(a, b)): edge["weight"] for a, b, edge in projected.edges(data=True)}
    assert {(a, b): overlap for a, b, overlap in most_alike(given, weights=EQUAL)} == expected


@given(closures, st.randoms())
@settings(deadline=None, max_examples=50)
def test_order_changes_nothing(given: Closures, chance: object) -> None:
    assert hasattr(chance, "sample")
    shuffled = {
        compound: {m: given[compound][m] for m in chance.sample(sorted(given[compound]), len(given[compound]))}
        for compound in chance.sample(sorted(given), len(given))
    }
    assert most_alike(shuffled, top=9) == most_alike(given, top=9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_equal_weights_it_is_what_the_query_says(seed: int) -> None:
    store = random_world(seed, 14, 16)
    library = Library({query.name: query for query in queries_of(Corpus.of(ontology()))}, store, POLICY)
    asked = library.ask("shared-mechanisms-of-all-pairs", {})
    found = sorted(alike(store, POLICY, weights=EQUAL, top=1000), key=lambda row: (row["compound"], row["other"]))
    assert len(asked) > 5
    same = ("compound", "other", "shared", "mechanisms")
    assert [[row[name] for name in same] for row in found] == [[row[name] for name in same] for row in asked]
    jaccards, overlaps = ([float(str(cell)) for cell in column] for column in (
        asked.column("jaccard"), [row["overlap"] for row in found],
    ))  # fmt: skip
    assert overlaps == pytest.approx(jaccards, abs=0.0006)  # the query rounds to three places


def test_the_weaker_side_counts() -> None:
    def overlaps(weights: Mapping[str, int]) -> dict[tuple[str, str], tuple[str, object, object]]:
        rows = list(alike(world(), POLICY, weights=weights))
        return {
            (row["compound"].label, row["other"].label): (str(row["overlap"]), row["shared"], row["tier"])
            for row in rows
        }

    found = overlaps(TIER_WEIGHTS)
    # alphamide: late beta D, beta D, gamma B; deltamide: late beta C, beta C. Both 4 + 4, either 6 + 6 + 8.
    assert next(iter(found.items())) == (("alphamide", "deltamide"), ("0.4000", 1, "D"))
    # betamide: beta E, gamma F. Both 3 + 1, either 4 + 4 + 8.
    assert found["alphamide", "betamide"] == ("0.2500", 2, "E")
    # For a reader to whom only trials count, what the three share hardly does.
    trials = {**dict.fromkeys("CDEF", 1), "A": 100, "B": 100}
    assert overlaps(trials)["alphamide", "betamide"] == ("0.0196", 2, "E")


@pytest.mark.parametrize("weights", [{"A": 1}, {**TIER_WEIGHTS, "F": 0}, {**TIER_WEIGHTS, "B": 0.5}])
def test_weights_must_be_whole_and_above_0(weights: dict[str, int]) -> None:
    with pytest.raises(BadValue, match="needs a weight"):
        alike(world(), POLICY, weights=weights)


def test_weights_have_names() -> None:
    with pytest.raises(BadValue, match="no weights 'all'"):
        alike(world(), POLICY, weights="all")
    assert alike(world(), POLICY, weights="tier").cells == alike(world(), POLICY, weights=TIER_WEIGHTS).cells
    assert alike(world(), POLICY, weights="none").cells == alike(world(), POLICY, weights=EQUAL).cells


@pytest.mark.parametrize("weights", WEIGHTS)
def test_some_compounds_give_the_same_pairs(weights: str) -> None:
    store = random_world(2, 14, 16)
    everything = alike(store, POLICY, weights=weights, top=1000)
    compounds = sorted({cell for row in everything.cells for cell in row[:2] if isinstance(cell, Iri)})
    assert len(compounds) > 8
    for one in compounds:
        rows = {frozenset(row[:2]): row[2:] for row in everything.cells if one in row[:2]}
        own = alike(store, POLICY, weights=weights, compounds=[one])
        assert {frozenset(row[:2]): row[2:] for row in own.cells} == rows
        assert all(row[0] == one for row in own.cells)
        for other in compounds:
            if other != one:
                (row,) = alike(store, POLICY, weights=weights, compounds=[one, other]).cells
                assert row[2:] == rows.get(frozenset((one, other)), row[2:])
                assert (float(str(row[2])) > 0) == (frozenset((one, other)) in rows)
        assert alike(store, POLICY, weights=weights, compounds=[one], top=1).cells == own.cells[:1]
    for wrong in ([compounds[0], compounds[0]], compounds[:3]):
        with pytest.raises(BadValue, match="two different compounds"):
            alike(store, POLICY, compounds=wrong)


def test_nothing_gives_nothing() -> None:
    assert most_alike({}) == most_alike({"a": {}}) == most_alike({"a": {"m": "A"}, "b": {}}) == []
    assert not len(alike(store_of(turtle([], {})), POLICY))


@pytest.mark.parametrize("seed", [1, 4])
@pytest.mark.parametrize("number", [1, 5, 20, 60, 500])
def test_many_compounds_give_the_same_strongest_pairs(
    seed: int, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = random_world(seed, 40, 16)
    few = overlap_graph(store, POLICY, strongest=number)
    monkeypatch.setattr(sharing, "MANY", 1)
    monkeypatch.setattr(products, "_PRODUCTS", 50)
    many = overlap_graph(store, POLICY, strongest=number)
    assert list(few.edges(data=True)) == list(many.edges(data=True))
    assert list(few.nodes(data=True)) == list(many.nodes(data=True))
    assert few.graph == many.graph


def test_the_real_graph(real_graph: moagraph.Graph) -> None:
    table = real_graph.alike(top=5)
    overlaps = [float(str(row["overlap"])) for row in table]
    assert len(overlaps) == 5
    assert overlaps == sorted(overlaps, reverse=True)
    assert all(0 < overlap <= 1 for overlap in overlaps)
    assert real_graph.overlap(strongest=3).number_of_edges() == 3
