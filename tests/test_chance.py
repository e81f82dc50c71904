"""Random graphs keep degrees and are equally likely; p-values hold what they promise; what all have tells nothing."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from moagraph.errors import BadValue
from moagraph.overlap import alike, products
from moagraph.overlap.chance import Chances, adjusted, place
from moagraph.overlap.closures import Edge, Hierarchy, closures_of, edges_of
from moagraph.overlap.likeness import told_of_chance
from moagraph.overlap.permutations import can_trade, permuted, traded
from moagraph.overlap.weights import WEIGHTS, Weights
from moagraph.table import Iri
from test_overlap import POLICY, B, D, E, F, random_world, store_of, turtle, world

Ints = np.ndarray[Any, np.dtype[np.integer[Any]]]
Pairs = set[tuple[int, int]]
ONE = (Decimal(1), Decimal(1))
FLAT = Hierarchy({}, {}, frozenset())

graphs = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 8)), min_size=1, max_size=30)


def ends(pairs: Pairs) -> tuple[Ints, Ints]:
    """Gives compounds and mechanisms of edges, compounds numbered from 0 on."""
    compounds = {compound: number for number, compound in enumerate(sorted({c for c, _ in pairs}))}
    rows = sorted((compounds[c], m) for c, m in pairs)
    return np.array([c for c, _ in rows]), np.array([m for _, m in rows])


def edges(pairs: Pairs, tier: str = "D") -> list[Edge]:
    """Gives plain edges between compounds and mechanisms named by their numbers."""
    return [Edge(Iri(f"c{c:03}"), Iri(f"m{m:03}"), Iri("v#Supported"), tier, False) for c, m in sorted(pairs)]


def chances(pairs: Pairs, weights: str = "none", permutations: int = 200, seed: int = 1) -> Chances:
    return Chances(edges(pairs), FLAT, WEIGHTS[weights], permutations, seed)


@given(graphs, st.integers(0, 5))
@settings(max_examples=100)
def test_every_compound_and_mechanism_keeps_its_degree(pairs: Pairs, seed: int) -> None:
    owners, mechanisms = ends(pairs)
    drawn = np.concatenate(list(permuted(owners, mechanisms, 20, seed)))
    assert drawn.shape == (20, len(owners))
    for row in drawn.tolist():
        # Mechanisms keep theirs since their edges are where they were, if no edge comes twice.
        assert len(set(zip(row, mechanisms.tolist(), strict=True))) == len(owners)
        assert Counter(row) == Counter(owners.tolist())


def all_graphs(rows: list[int], columns: list[int]) -> set[frozenset[tuple[int, int]]]:
    """Gives all graphs with these degrees, by trying every one."""
    found = set()
    cells = list(product(range(len(rows)), range(len(columns))))
    for chosen in combinations(cells, sum(rows)):
        if [sum(c == i for c, _ in chosen) for i in range(len(rows))] == rows and [
            sum(m == i for _, m in chosen) for i in range(len(columns))
        ] == columns:
            found.add(frozenset(chosen))
    return found


@pytest.mark.parametrize(
    "pairs",
    [
        {(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2)},
        {(0, 0), (0, 1), (0, 2), (1, 2), (1, 3), (2, 0), (2, 3)},
        {(0, 0), (1, 1), (2, 2), (3, 2), (3, 0)},
    ],
)
def test_every_graph_with_these_degrees_is_reached_and_equally_likely(pairs: Pairs) -> None:
    owners, mechanisms = ends(pairs)
    number = 6000
    seen: Counter[frozenset[tuple[int, int]]] = Counter()
    for drawn in permuted(owners, mechanisms, number, 3):
        seen.update(frozenset(zip(row, mechanisms.tolist(), strict=True)) for row in drawn.tolist())
    rows = [Counter(owners.tolist())[i] for i in range(max(owners.tolist()) + 1)]
    columns = [Counter(mechanisms.tolist())[i] for i in range(max(mechanisms.tolist()) + 1)]
    expected = all_graphs(rows, columns)
    assert len(expected) > 4
    assert set(seen) == expected
    each = number / len(expected)
    # Chi-squared with k - 1 degrees of freedom: its mean, and 6 standard deviations above it.
    freedom = len(expected) - 1
    assert sum((seen[graph] - each) ** 2 / each for graph in expected) < freedom + 6 * (2 * freedom) ** 0.5


def test_single_trades_are_symmetric() -> None:
    # From each of the graphs with these degrees, a trade leads to each other as often as back.
    found = sorted(sorted(graph) for graph in all_graphs([2, 2, 1], [2, 1, 1, 1]))
    steps: dict[tuple[int, int], int] = {}
    bits = np.random.PCG64(5)
    number = 4000
    for start, graph in enumerate(found):
        # An edge keeps its place only as the column that it is; so all graphs are written by column.
        by_column = sorted(graph, key=lambda edge: (edge[1], edge[0]))
        owners = np.repeat(np.array([[c for c, _ in by_column]]), number, axis=0)
        mechanisms = np.array([m for _, m in by_column])
        for row in traded(owners, mechanisms, 3, bits).tolist():
            end = found.index(sorted(zip(row, mechanisms.tolist(), strict=True)))
            steps[start, end] = steps.get((start, end), 0) + 1
    assert len(found) > 4
    for start, end in combinations(range(len(found)), 2):
        there, back = steps.get((start, end), 0), steps.get((end, start), 0)
        assert abs(there - back) <= 6 * (there + back + 1) ** 0.5


@given(graphs)
def test_a_graph_can_trade_where_two_compounds_each_have_what_the_other_has_not(pairs: Pairs) -> None:
    having: dict[int, set[int]] = {}
    for compound, mechanism in pairs:
        having.setdefault(compound, set()).add(mechanism)
    expected = any(one - other and other - one for one, other in combinations(having.values(), 2))
    assert can_trade(*ends(pairs)) == expected


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_overlaps_of_random_graphs_are_those_of_their_closures(
    weights: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The p-values counted graph by graph, from edges that have moved, are those given."""
    monkeypatch.setattr(products, "_PRODUCTS", 40)
    store = random_world(seed, 9, 12, each=3)
    hierarchy = Hierarchy.of(store, POLICY)
    plain = [edge for edge in edges_of(store, POLICY) if edge.judgement == "supported"]
    counted = [edge for edge in plain if hierarchy.upward(edge.mechanism)]
    compounds = sorted({edge.compound for edge in counted})
    named = sorted({edge.mechanism for edge in counted})
    owners = np.array([compounds.index(edge.compound) for edge in counted])
    mechanisms = np.array([named.index(edge.mechanism) for edge in counted])

    def overlaps(some: list[Edge]) -> list[float]:
        closures = closures_of(some, hierarchy, {"supported"})
        contents = WEIGHTS[weights].contents(closures)
        return [
            WEIGHTS[weights].overlap(closures[one], closures[other], contents)
            for one, other in combinations(compounds, 2)
        ]

    given_overlaps = overlaps(counted)
    reached = [0] * len(given_overlaps)
    for drawn in permuted(owners, mechanisms, 60, 7):
        for row in drawn.tolist():
            moved = [edge._replace(compound=compounds[owner]) for edge, owner in zip(counted, row, strict=True)]
            reached = [n + (a >= b) for n, a, b in zip(reached, overlaps(moved), given_overlaps, strict=True)]
    found = Chances(plain, hierarchy, WEIGHTS[weights], 60, 7)
    assert len(set(reached)) > 5
    p = [float(found.of(one, other)[0]) for one, other in combinations(compounds, 2)]
    assert p == [round((n + 1) / 61, 4) for n in reached]
    q = [float(found.of(one, other)[1]) for one, other in combinations(compounds, 2)]
    reference = false_discovery_control([(n + 1) / 61 for n in reached], method="bh")
    assert q == pytest.approx(reference.tolist(), abs=6e-5)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_q_is_that_of_benjamini_and_hochberg(reached: list[int]) -> None:
    having = [reached.count(b) for b in range(31)]
    found = [adjusted(having)[b] for b in reached]
    assert found == pytest.approx(false_discovery_control([(b + 1) / 31 for b in reached]).tolist())


def test_pairs_stand_in_order() -> None:
    assert [place(one, other, 7) for one, other in combinations(range(7), 2)] == list(range(21))


def test_p_values_are_uniform_where_nothing_but_chance_is_at_work() -> None:
    """Graphs drawn at random with the same degrees; a p-value is at most x in no more than a share x of them."""
    chance = random.Random(11)
    pairs = {(c, m) for c in range(8) for m in chance.sample(range(14), 5)}
    owners, mechanisms = ends(pairs)
    found = []
    for drawn in permuted(owners, mechanisms, 200, 17):
        for number, row in enumerate(drawn.tolist()):
            moved = set(zip(row, mechanisms.tolist(), strict=True))
            found.append(float(chances(moved, permutations=99, seed=number).of("c000", "c001")[0]))
    assert len(found) == 200
    for x in (0.05, 0.1, 0.25, 0.5):
        share = sum(p <= x for p in found) / len(found)
        assert share <= x + 4 * (x * (1 - x) / len(found)) ** 0.5
    # Small ones do come, though overlaps are steps, so that p-values are larger than they need be.
    assert sum(p <= 0.25 for p in found) / len(found) > 0.02


def planted() -> Pairs:
    """Gives 16 compounds: most have one common mechanism, two have five rare ones, and the rest is chance."""
    chance = random.Random(4)
    common = {(c, 0) for c in range(16) if c % 5}
    rare = {(c, m) for c in (1, 2) for m in range(30, 35)}
    noise = {(c, m) for c in range(16) if c not in (1, 2) for m in chance.sample(range(1, 30), 3)}
    return common | rare | noise


def test_a_planted_pair_is_found_and_a_common_mechanism_makes_nobody_alike() -> None:
    pairs = planted()
    found = chances(pairs, "information", permutations=2000)
    p, q = found.of("c001", "c002")
    assert float(p) == 0.0005
    assert float(q) <= 0.1
    # Two that share the common mechanism and no other: alike by Jaccard, but not beyond chance.
    having = {c: {m for owner, m in pairs if owner == c} for c in range(16)}
    only = [(a, b) for a, b in combinations(range(16), 2) if having[a] & having[b] == {0}]
    assert len(only) > 20
    contents = WEIGHTS["information"].contents({f"c{c:03}": {f"m{m:03}": "D" for m in having[c]} for c in having})
    assert min(contents.values()) == contents["m000"] < 400 < max(contents.values())
    for a, b in only:
        for weights in ("none", "information"):
            of = found if weights == "information" else chances(pairs, weights)
            p, q = of.of(f"c{a:03}", f"c{b:03}")
            assert float(p) > 0.1
            assert float(q) > 0.5


def test_a_common_mechanism_counts_little_in_the_table() -> None:
    """On invented chemistry: alphamide shares with betamide what all have, with gammamide what nobody else has."""
    others = [f"amide-{letter}" for letter in "defghijk"]
    claims = [(c, "beta-increase", "Supports", D) for c in ("alphamide", "betamide", "gammamide", *others)]
    claims += [(c, "gamma-decrease", "Supports", F) for c in ("alphamide", "gammamide")]
    claims += [(c, f"{c}-action", "Supports", E) for c in others]
    store = store_of(turtle(claims, dict.fromkeys({claim[1] for claim in claims})))
    one = {
        weights: {
            row["other"].label: (float(str(row["overlap"])), float(str(row["p"])))
            for row in alike(store, POLICY, weights=weights, permutations=500, compounds=[Iri(
                "https://w3id.org/moagraph/compound/alphamide"
            )])
        }
        for weights in ("none", "information")
    }  # fmt: skip
    assert one["none"]["betamide"][0] == 0.5
    assert one["none"]["amide-d"][1] > 0.9
    assert one["none"]["gammamide"][1] < 0.1
    # What all have tells nothing: there is nothing left that alphamide and betamide could share.
    assert set(one["information"]) == {"gammamide"}
    assert one["information"]["gammamide"][0] == 1.0


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    def tsv(seed: int) -> str:
        return alike(random_world(1, 14, 16), POLICY, weights="both", permutations=100, seed=seed).to_tsv()

    assert tsv(1) == tsv(1) != tsv(2)
    # Raw bits of PCG64 are the same in every version of numpy: so are these.
    owners, mechanisms = ends({(c, m) for c in range(6) for m in range(c, c + 4)})
    (drawn,) = permuted(owners, mechanisms, 2, 42)
    assert drawn.tolist() == DRAWN


DRAWN = [
    [3, 1, 0, 5, 4, 3, 4, 5, 2, 2, 2, 5, 3, 1, 0, 2, 0, 3, 1, 4, 4, 5, 1, 0],
    [0, 0, 0, 3, 5, 4, 0, 1, 5, 4, 4, 2, 1, 5, 5, 3, 2, 3, 1, 2, 1, 4, 3, 2],
]
"""Two graphs, each by the compounds of its edges, as seed 42 draws them from the chain of six compounds."""


def test_more_edges_than_are_held_at_once_are_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    from moagraph.overlap import permutations

    owners, mechanisms = ends(planted())
    monkeypatch.setattr(permutations, "EDGES", 3 * len(owners))
    parts = [len(drawn) for drawn in permuted(owners, mechanisms, 8, 1)]
    assert parts == [3, 3, 2]


def test_where_no_other_graph_is_possible_p_is_1_and_it_says_so() -> None:
    nested = {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)}
    found = chances(nested)
    assert found.fixed
    assert {found.of(one, other) for one, other in combinations(("c000", "c001", "c002"), 2)} == {ONE}
    assert "there is no graph but this one" in told_of_chance(found)
    assert "there is no graph" not in told_of_chance(chances(nested | {(2, 5)}))


def test_those_that_share_nothing_and_those_that_have_nothing_have_a_p_of_1() -> None:
    found = chances({(0, 0), (0, 1), (1, 1), (2, 2), (2, 3), (3, 3)})
    assert found.of("c000", "c002") == ONE == found.of("c000", "c999") == found.of("c998", "c999")
    assert found.pairs == 6
    lone = chances({(0, 0), (0, 1)})
    assert lone.pairs == 0
    assert lone.of("c000", "c001") == ONE
    assert Chances([], FLAT, WEIGHTS["none"], 10, 1).of("c000", "c001") == ONE
    # Where no mechanism tells anything, nobody is alike by what it tells.
    assert chances({(0, 0), (1, 0)}, "information").of("c000", "c001") == ONE


@pytest.mark.parametrize(("permutations", "seed"), [(0, 1), (-3, 1), (10, -1)])
def test_numbers_that_cannot_be_drawn_are_refused(permutations: int, seed: int) -> None:
    with pytest.raises(BadValue, match="cannot be drawn"):
        chances({(0, 0)}, permutations=permutations, seed=seed)


def test_edges_to_groupings_are_no_part_of_it() -> None:
    plain = [edge for edge in edges_of(world(), POLICY) if edge.judgement == "supported"]
    hierarchy = Hierarchy.of(world(), POLICY)
    (grouping,) = hierarchy.groupings
    more = [*plain, *(plain[0]._replace(compound=Iri(f"https://x/{n}"), mechanism=grouping) for n in range(3))]
    less, same = (Chances(some, hierarchy, WEIGHTS["both"], 50, 1) for some in (plain, more))
    assert less.pairs == same.pairs
    compounds = sorted({edge.compound for edge in plain})
    assert [less.of(a, b) for a, b in combinations(compounds, 2)] == [
        same.of(a, b) for a, b in combinations(compounds, 2)
    ]


def test_the_table_says_how_p_was_worked_out_and_what_it_does_not_mean() -> None:
    table = alike(world(), POLICY, permutations=50, seed=9)
    assert [column.name for column in table.columns][-3:] == ["p", "q", "mechanisms"]
    for words in ("50 random graphs", "seed 9", "10 pairs", "Benjamini", "does not say that the evidence is sound"):
        assert words in table.title
    assert "random graph" not in alike(world(), POLICY).title
    assert isinstance(WEIGHTS["tier"], Weights)
    assert B
