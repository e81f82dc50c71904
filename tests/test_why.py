"""Why two compounds are joined, on invented chemistry: both sides to the last line, what is against, what apart."""

from __future__ import annotations

import json
from functools import cache

import pytest

from fake_endpoint import Fake
from moagraph.build import queries_of
from moagraph.cli import weighing
from moagraph.corpus import Corpus
from moagraph.endpoint import EndpointStore
from moagraph.errors import BadValue, UnknownFormat, UnknownThing
from moagraph.library import Library
from moagraph.overlap import WEIGHTS, alike, overlap_graph
from moagraph.query import Query
from moagraph.store import EmbeddedStore, Store
from moagraph.table import Iri
from moagraph.why import FORMATS, Explanation, Shared, why
from test_overlap import POLICY, B, C, D, E, F, ontology, random_world, store_of, turtle, world

DCTERMS = "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
ACTIONS = """
@prefix target: <https://w3id.org/moagraph/target/> .
@prefix group: <https://w3id.org/moagraph/group/> .
@prefix condition: <https://w3id.org/moagraph/condition/> .
target:delta a moa:Target ; skos:prefLabel "delta"@en .
mechanism:delta-increase moa:actsOn target:delta ; moa:sign moa:SignIncreases .
mechanism:delta-decrease moa:actsOn target:delta ; moa:sign moa:SignDecreases .
group:amides a moa:CompoundGroup ; skos:prefLabel "amides"@en ; moa:member compound:alphamide , compound:betamide .
condition:stiffness a moa:Condition ; skos:prefLabel "stiffness"@en .
claim:amides_has-mechanism_omega a moa:Claim ; moa:subject group:amides ; moa:predicate moa:hasMechanism ;
  moa:object mechanism:omega-increase .
evidence:amides_has-mechanism_omega_1 a moa:EvidenceLine ; moa:bearsOn claim:amides_has-mechanism_omega ;
  moa:stance moa:NullResult ; moa:strength moa:Asserted ; moa:statedIn source:page ; moa:system moa:Animal .
claim:amides_improves_stiffness a moa:Claim ; moa:subject group:amides ; moa:predicate moa:affects ;
  moa:object condition:stiffness ; moa:direction moa:Improves .
evidence:amides_improves_stiffness_1 a moa:EvidenceLine ; moa:bearsOn claim:amides_improves_stiffness ;
  moa:stance moa:NullResult ; moa:strength moa:Asserted ; moa:statedIn source:page ; moa:system moa:Animal .
claim:alphamide_has-mechanism_late-beta_in-stiffness a moa:Claim ; moa:subject compound:alphamide ;
  moa:predicate moa:hasMechanism ; moa:object mechanism:late-beta-increase ; moa:condition condition:stiffness .
evidence:alphamide_has-mechanism_late-beta_in-stiffness_1 a moa:EvidenceLine ; moa:stance moa:Supports ;
  moa:bearsOn claim:alphamide_has-mechanism_late-beta_in-stiffness ; moa:strength moa:Possible ;
  moa:statedIn source:page ; moa:system moa:Human ; moa:note "It says 'might'." .
"""


@cache
def opposed() -> Store:
    """Gives chemistry in which two compounds share one mechanism and differ in all ways that are told apart."""
    claims = [
        ("alphamide", "late-beta-increase", "Supports", D),
        ("alphamide", "delta-increase", "Supports", D),
        ("alphamide", "omega-increase", "Supports", D),
        ("alphamide", "gamma-decrease", "Supports", B),
        ("alphamide", "sigma-increase", "Possibly", F),
        ("alphamide", "phi-increase", "Supports", F),
        ("betamide", "beta-increase", "Supports", E),
        ("betamide", "early-beta-increase", "NullResult", D),
        ("betamide", "wide-beta-increase", "Supports", F),
        ("betamide", "wide-beta-increase", "Refutes", C),
        ("betamide", "delta-decrease", "Supports", F),
        ("betamide", "omega-increase", "Supports", E),
        ("betamide", "gamma-decrease", "Supports", F),
        ("betamide", "gamma-decrease", "Refutes", F),
        ("betamide", "sigma-increase", "Supports", F),
        ("gammamide", "beta-increase", "Supports", F),
    ]
    tree: dict[str, str | None] = {
        "beta-action": None,
        "wide-beta-increase": "beta-action",
        "beta-increase": "wide-beta-increase",
        "late-beta-increase": "beta-increase",
        "early-beta-increase": "beta-increase",
        "delta-increase": None,
        "delta-decrease": None,
        "omega-increase": None,
        "gamma-decrease": None,
        "sigma-increase": None,
        "phi-increase": None,
    }
    absences = [
        ("betamide", "phi-increase", "NotStatedInSource", ""),
        ("betamide", "delta-increase", "SourceSaysUnknown", ""),
        ("gammamide", "phi-increase", "NotStatedInSource", ""),
    ]
    text = turtle(claims, tree, {"beta-action"}, absences) + ACTIONS
    described = 'dcterms:description "It is blank"@en ; moa:statedIn source:page ; moa:reason'
    return store_of(DCTERMS + text.replace("moa:reason", described))


@cache
def queries() -> dict[str, Query]:
    """Gives the real queries by name."""
    return {query.name: query for query in queries_of(Corpus.of(ontology()))}


def explained(store: Store, one: str, other: str, permutations: int = 20) -> Explanation:
    return why(Library(queries(), store, POLICY), one, other, permutations=permutations)


@cache
def told() -> Explanation:
    return explained(opposed(), "alphamide", "betamide")


def named(shared: tuple[Shared, ...]) -> list[str]:
    return [each.mechanism.label for each in shared]


def test_shared_are_the_most_specific_by_plain_edges_of_both() -> None:
    assert named(told().shared) == ["beta increase"]
    (shared,) = told().shared
    # All three compounds have it, so it tells nothing.
    assert (shared.having, str(shared.information), told().total) == (3, "0", 3)
    assert shared.tier == "E"
    assert not shared.contested


def test_each_side_says_through_what_it_has_it_and_what_is_against() -> None:
    (shared,) = told().shared
    mine, theirs = shared.sides
    assert [(g.mechanism.label, g.relation, g.verdict) for g in mine.grounds] == [
        ("late beta increase", "narrower", "supported")
    ]
    assert [(g.mechanism.label, g.relation, g.verdict, len(g.against)) for g in theirs.grounds] == [
        ("beta increase", "same", "supported", 0),
        # A narrower one in which nothing was found does not stand against it, and is told.
        ("early beta increase", "narrower", "null", 1),
        # Of what is broader, only what is opposed.
        ("wide beta increase", "broader", "contested", 1),
    ]
    text = told().to_text()
    assert "Against it: 2 lines on betamide." in text
    assert "\n      0 [tier D, unresolved]" in text
    assert "\n      − [tier C, unresolved]" in text
    # Each claim on the narrower one, with its qualifiers and the curators' note.
    assert "in stiffness:" in text
    assert "as possible" in text
    assert "note: It says 'might'." in text


def test_what_is_contested_on_a_side_is_not_counted_as_shared() -> None:
    assert named(told().contested) == ["gamma decrease", "omega increase"]
    gamma, omega = told().contested
    assert [side.grounds[0].verdict for side in gamma.sides] == ["supported", "contested"]
    assert gamma.having == 1
    # A null result pooled over both stands against each.
    assert [side.grounds[0].verdict for side in omega.sides] == ["contested", "contested"]
    assert omega.having == 0
    assert omega.information is None
    text = told().to_text()
    assert "Shared only if contested edges are counted, which they are not (2)" in text
    assert "pooled as amides:" in text


def test_opposite_actions_on_one_target_are_told_apart_and_never_shared() -> None:
    (apart,) = told().apart
    assert apart.target.label == "delta"
    assert [sign.label for sign in apart.signs] == ["increases", "decreases"]
    assert [ground.mechanism.label for ground in apart.grounds] == ["delta increase", "delta decrease"]
    assert "delta" not in " ".join(named(told().shared) + named(told().contested))
    # Nor does any score count them: whoever has only opposite actions is not alike at all.
    store = opposed()
    one, other = (Iri(f"https://w3id.org/moagraph/compound/{name}amide") for name in ("alph", "bet"))
    (row,) = alike(store, POLICY, compounds=[one, other]).rows()
    assert [mechanism.label for mechanism in row["mechanisms"]] == ["beta increase"]


def test_what_one_side_does_not_carry_is_told() -> None:
    assert [(h.mechanism.label, h.having.label, h.other.label, h.ground.verdict) for h in told().halves] == [
        ("sigma increase", "betamide", "alphamide", "suggested")
    ]


def test_blanks_are_told_where_the_other_has_the_mechanism() -> None:
    about = sorted(absence.object.label for absence in told().absences if absence.object)
    assert about == ["delta increase", "phi increase"]


def test_pooled_results_are_told_and_count_for_neither() -> None:
    (claim,) = told().pooled
    assert claim.subject.label == "amides"
    assert "which count for neither alone" in told().to_text()


def test_scores_are_those_of_the_table() -> None:
    one, other = told().compounds
    for score in told().scores:
        (row,) = alike(opposed(), POLICY, weights=score.weights, permutations=20, compounds=[one, other]).rows()
        assert (row["overlap"], row["p"], row["q"]) == (score.overlap, score.p, score.q)
    assert [score.weights for score in told().scores] == list(WEIGHTS)
    assert explained(opposed(), "alphamide", "betamide", permutations=0).scores[0].p is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_edge_of_the_overlap_graph_is_explained_by_what_it_joins(seed: int) -> None:
    store = random_world(seed, 9, 12)
    graph = overlap_graph(store, POLICY)
    assert graph.number_of_edges() > 5
    for one, other, edge in graph.edges(data=True):
        found = explained(store, one, other, permutations=0)
        assert sorted(each.mechanism.curie for each in found.shared) == sorted(edge["mechanisms"])
        assert sorted(each.mechanism.curie for each in found.contested) == sorted(edge["contested_mechanisms"])
        assert [float(score.overlap) for score in found.scores] == [
            edge["jaccard"], edge["overlap_by_tier"], edge["overlap_by_information"], edge["overlap_by_both"],
        ]  # fmt: skip
        for shared in found.shared:
            for side in shared.sides:
                carrying = [g for g in side.grounds if g.relation != "broader" and g.verdict == "supported"]
                assert carrying, "each side has a plain edge to it or to something narrower"
                assert all(any(line.stance == "Supports" for line in g.lines) for g in carrying)


def test_no_line_on_a_shared_mechanism_is_left_out() -> None:
    store = opposed()
    (shared,) = told().shared
    rows = store.select(
        """SELECT ?line WHERE { ?line moa:bearsOn ?claim . ?claim moa:subject ?c ; moa:object ?m .
        VALUES (?c ?m) { (compound:alphamide mechanism:late-beta-increase) (compound:betamide mechanism:beta-increase)
        (compound:betamide mechanism:early-beta-increase) (compound:betamide mechanism:wide-beta-increase) } }""",
        POLICY,
    )
    lines = {line.iri for side in shared.sides for g in side.grounds for claim in g.claims for line in claim.lines}
    assert lines == {str(line) for line in rows.column("line")}
    assert len(lines) == 6


def test_where_nothing_is_shared_it_says_what_comes_nearest() -> None:
    found = explained(world(), "gammamide", "deltamide")
    assert found.shared == ()
    assert [near.grouping.label for near in found.near] == ["beta action"]
    text = found.to_text()
    assert "gammamide and deltamide: no shared mechanism" in text
    assert "They share no mechanism under this policy." in text
    assert "beta action: gammamide by beta modulation; deltamide by late beta increase" in text
    far = explained(world(), "epsilamide", "deltamide").to_text()
    assert "nor anything near it" in far
    # A compound of which no mechanism is known.
    nothing = explained(world(), "zetamide", "epsilamide")
    assert nothing.sizes == (0, 1)
    assert [h.ground.verdict for h in nothing.halves] == ["null"]


def test_sources_are_numbered_once_each_and_every_number_is_used() -> None:
    text = told().to_text()
    for number, note in enumerate(told().notes, 1):
        assert f"[{number}] {note}" in text
        assert text.count(f"[{number}]") >= 2
    assert f"[{len(told().notes) + 1}]" not in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_text_is_as_wide_as_asked(width: int) -> None:
    assert max(len(line) for line in told().to_text(width).splitlines()) <= width


def test_formats() -> None:
    data = json.loads(told().to("json"))
    assert [one["mechanism"]["label"] for one in data["shared"]] == ["beta increase"]
    assert data["shared"][0]["sides"][1]["grounds"][1]["against"]
    assert {one["weights"] for one in data["scores"]} == set(WEIGHTS)
    markdown = told().to("markdown")
    assert markdown.startswith("# alphamide and betamide: 1 shared mechanism\n")
    assert "\n## Told apart" in markdown
    assert "  - betamide: supported, tier E, unresolved\n" in markdown
    assert str(told()) == told().to("text")
    with pytest.raises(UnknownFormat):
        told().to("csv")
    assert weighing.EXPLANATION_FORMATS == FORMATS
    assert tuple(WEIGHTS) == weighing.WEIGHTS


def test_wrong_names_are_refused() -> None:
    with pytest.raises(BadValue, match="with itself"):
        explained(world(), "alphamide", "compound:alphamide")
    with pytest.raises(UnknownThing):
        explained(world(), "alphamide", "omegamide")


def test_an_endpoint_gives_the_same_explanation(fake: Fake) -> None:
    store = opposed()
    assert isinstance(store, EmbeddedStore)
    fake.store.extend(iter(store.store))
    assert explained(EndpointStore(fake.url), "alphamide", "betamide").to("json") == told().to("json")
