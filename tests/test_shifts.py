"""What is judged otherwise between two states: each kind of shift, its lines, and the exact counterfactual."""

from __future__ import annotations

import dataclasses
import json
import random
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import moagraph
from conftest import ROOT, Ontology, triples_of
from fake_endpoint import Fake
from moagraph import shifts, turtle
from moagraph.build import derive
from moagraph.cli.commands import cli
from moagraph.endpoint import EndpointStore
from moagraph.errors import AmbiguousThing, InputTooLarge, NothingToCheck, UnknownFormat, UnknownPolicy, UnknownThing
from moagraph.library import Library
from moagraph.names import expand, local_name
from moagraph.policy import Policy
from moagraph.shifts import Shift, Shifts, WhatIf
from moagraph.shifts.between import Between
from moagraph.shifts.shift import KINDS
from moagraph.shifts.states import State
from moagraph.store import EmbeddedStore
from test_laws import CLAIMS, GRAPHS, LAW, Line, asserted, lines_on, node

DATA = ROOT / "tests" / "fixtures" / "base" / "data"
PREFIXES = "PREFIX moa: <https://w3id.org/moagraph/vocab#> "
PEOPLE = Policy(
    "people",
    "What was seen in people.",
    f"{PREFIXES}SELECT ?line WHERE {{ ?line a moa:EvidenceLine ; moa:system moa:Human }}",
)
ANIMALS = Policy(
    "animals", "What was seen in animals.", f"{PREFIXES}SELECT ?line WHERE {{ ?line moa:system moa:Animal }}"
)
NOBODY = Policy("nobody", "Nothing.", f"{PREFIXES}SELECT ?line WHERE {{ ?line moa:system moa:Nothing }}")

WORLD = """
compound:one  a moa:Compound ;  skos:prefLabel "one"@en .
compound:two  a moa:Compound ;  skos:prefLabel "two"@en .
mechanism:late  a moa:Mechanism ;  skos:prefLabel "late rise"@en ;  skos:broader mechanism:rise .
mechanism:rise  a moa:Mechanism ;  skos:prefLabel "rise"@en ;  skos:broader mechanism:all .
mechanism:all  a moa:Mechanism , moa:Grouping ;  skos:prefLabel "all"@en .
agent:site  a moa:Agent ;  moa:kind moa:Website ;  skos:prefLabel "site"@en .
agent:maker  a moa:Agent ;  moa:kind moa:Maker ;  skos:prefLabel "maker"@en .
agent:idle  a moa:Agent ;  moa:kind moa:Maker ;  skos:prefLabel "idle"@en .
source:page  a moa:Source ;  skos:prefLabel "page"@en ;  moa:publisher agent:site .
source:leaf  a moa:Source ;  skos:prefLabel "leaf"@en ;  moa:publisher agent:maker .
study:trial  a moa:Study ;  skos:prefLabel "trial"@en ;  moa:design moa:RandomisedTrial ;  moa:statedIn source:page ;
    moa:intervention compound:one ;  moa:sponsorshipExtent moa:SponsorshipNotStated .
study:arm  a moa:Study ;  skos:prefLabel "arm"@en ;  moa:design moa:HumanStudy ;  moa:partOf study:trial ;
    moa:statedIn source:page ;  moa:sponsorshipExtent moa:SponsorshipNotStated .
study:rats  a moa:Study ;  skos:prefLabel "rats"@en ;  moa:design moa:AnimalStudy ;  moa:sponsor agent:maker ;
    moa:statedIn source:page ;  moa:sponsorshipExtent moa:SomeAuthors .
study:review  a moa:Study ;  skos:prefLabel "review"@en ;  moa:design moa:SystematicReview ;
    moa:includesStudy study:trial ;  moa:statedIn source:page ;  moa:sponsorshipExtent moa:SponsorshipNotStated .
study:series  a moa:StudySet ;  skos:prefLabel "series"@en ;  moa:design moa:DesignNotStated ;
    moa:includesStudy study:rats ;  moa:statedIn source:leaf ;  moa:possiblySameStudy study:trial ;
    moa:sponsorshipExtent moa:SponsorshipNotStated .
reference:first  a moa:Reference ;  skos:prefLabel "First 2001"@en ;  moa:reports study:trial ;
    moa:authorName "First F" , "Second S" ;  moa:authors "First F, Second S, et al." .
reference:second  a moa:Reference ;  skos:prefLabel "Second 2002"@en ;  moa:reports study:trial , study:rats ;
    moa:authorName "Second S" , "Third T" ;  moa:authors "Second S, Third T" .
reference:third  a moa:Reference ;  skos:prefLabel "Third 2003"@en ;  moa:authorName "Third U" .
"""
"""A small world, to which tests add claims and lines."""


def claim(name: str, subject: str, predicate: str, thing: str, more: str = "") -> str:
    return (
        f"claim:{name}  a moa:Claim ;  moa:subject {subject} ;  moa:predicate moa:{predicate} ;"
        f"  moa:object {thing} {more}.\n"
    )


def line(name: str, on: str, *, stance: str = "Supports", system: str = "Human", more: str = "", by: str = "site",
         source: str = "page") -> str:  # fmt: skip
    return (
        f"evidence:{name}  a moa:EvidenceLine ;  moa:bearsOn claim:{on} ;  moa:stance moa:{stance} ;"
        f"  moa:system moa:{system} ;  moa:strength moa:Asserted ;  moa:assertedBy agent:{by} ;"
        f"  moa:statedIn source:{source} {more}.\n"
    )


TEXT = "".join(
    [
        WORLD,
        claim("one-late", "compound:one", "hasMechanism", "mechanism:late"),
        line("one-late_people", "one-late", more=";  moa:fromStudy study:trial ;  moa:restsOn reference:first "),
        line("one-late_rats", "one-late", system="Animal", more=";  moa:fromStudy study:rats "),
        claim("two-late", "compound:two", "hasMechanism", "mechanism:late"),
        line("two-late_rats", "two-late", system="Animal", more=";  moa:fromStudy study:rats "),
        claim("two-rise", "compound:two", "hasMechanism", "mechanism:rise"),
        line("two-rise_people", "two-rise", more=";  moa:restsOn reference:third "),
        line("two-rise_arm", "two-rise", more=";  moa:fromStudy study:arm "),
        claim("one-used", "compound:one", "hasMechanism", "mechanism:rise"),
        line("one-used_rats", "one-used", stance="Refutes", system="Animal", source="leaf", by="maker"),
        line("one-used_review", "one-used", more=";  moa:fromStudy study:review "),
        line("one-used_both", "one-used", system="InVitro", more=";  moa:restsOn reference:third , reference:first "),
    ]
)


def triples(text: str) -> list[ox.Triple]:
    prefixes = "".join(
        f"@prefix {name}: <{expand(name + ':')}> .\n"
        for name in (
            "agent",
            "class",
            "condition",
            "claim",
            "compound",
            "evidence",
            "mechanism",
            "moa",
            "reference",
            "skos",
            "source",
            "study",
        )
    )
    return list(turtle.read((prefixes + text).encode()).triples)


@pytest.fixture(scope="module")
def library(ontology: Ontology) -> Library:
    """The small world, under people; the store has all the policies."""
    return in_memory(ontology, triples(TEXT))


def in_memory(ontology: Ontology, found: Iterable[ox.Triple], policies: Iterable[Policy] = ()) -> Library:
    store = ontology.store([*ontology.triples, *found], ["stated"])
    for policy in policies or (PEOPLE, ANIMALS, NOBODY):
        derive(store, policy, ontology.derivations)
    return Library({}, EmbeddedStore(store), "stated")


def under(library: Library, policy: str) -> Library:
    return Library({}, library.store, policy)


def differ(library: Library, old: str, new: str) -> Shifts:
    return shifts.policy_diff(under(library, old), under(library, new))


def without(ontology: Ontology, library: Library, *names: str, **others: list[str]) -> WhatIf:
    lost = shifts.Lost(**others)  # type: ignore[typeddict-item]
    policy = ontology.policies["stated"]
    return shifts.what_if(library, names, lost, [policy.text], policy.summary, ontology.derivations)


def short(found: Shifts, kind: str) -> dict[tuple[str, ...], tuple[str, str, dict[str, str]]]:
    """Gives shifts by what they are about: how they stand, and where their lines count."""
    return {
        (*(local_name(one) for one in shift.about), *shift.place): (
            shift.old.text,
            shift.new.text,
            {local_name(one.iri): one.counts for one in shift.because},
        )
        for shift in found.of_kind(kind)
    }


def test_verdicts_and_their_lines(library: Library) -> None:
    found = differ(library, "people", "animals")
    assert short(found, "verdict") == {
        ("one-late",): (
            "supported (tier B)",
            "supported (tier D)",
            {"one-late_people": "old", "one-late_rats": "new"},
        ),
        ("one-used",): (
            "supported (tier A, unresolved)",
            "refuted (tier D, unresolved)",
            {"one-used_rats": "new", "one-used_review": "old"},
        ),
        ("two-late",): ("none", "supported (tier D)", {"two-late_rats": "new"}),
        ("two-rise",): (
            "supported (tier C, unresolved)",
            "none",
            {"two-rise_arm": "old", "two-rise_people": "old"},
        ),
    }
    by = {shift.words: shift for shift in found}
    (bearing,) = by["two acts by late rise"].because
    assert (bearing.claim, bearing.stance, bearing.old, bearing.new) == (
        "two acts by late rise",
        "supported",
        "",
        "tier D",
    )
    assert bearing.whence == "page; from rats; no traceable reference"
    assert [study.label for study in bearing.studies] == ["rats"]
    shift = by["one acts by late rise"]
    assert ([s.label for s in shift.left_out], [s.label for s in shift.let_in]) == (["trial"], ["rats"])


def test_edges_won_lost_and_contested(library: Library) -> None:
    found = short(differ(library, "stated", "people"), "edge")
    rise = ("one", "hasMechanism", "rise")
    assert found[rise][:2] == ("contested (tier A, unresolved)", "supported (tier A, unresolved)")
    assert found[rise][2] == {"one-used_both": "old", "one-used_rats": "old"}
    assert found["two", "hasMechanism", "late"] == ("supported (tier D)", "none", {"two-late_rats": "old"})
    what = {shift.words: shift.what for shift in differ(library, "stated", "people").of_kind("edge")}
    assert what == {
        "one has mechanism rise": "contested edge becomes plain edge",
        "two has mechanism late rise": "plain edge lost",
    }
    tiers = differ(library, "stated", "animals").of_kind("edge")
    assert {shift.words: shift.what for shift in tiers} == {
        "one has mechanism late rise": "plain edge of another tier",
        "one has mechanism rise": "contested edge lost",
        "two has mechanism rise": "plain edge lost",
    }


def test_shared_mechanisms_follow_the_hierarchy_and_leave_groupings_out(library: Library) -> None:
    found = differ(library, "stated", "people")
    # Without its edge to what is narrower, the two still share what is broader; the grouping above is never shared.
    assert short(found, "shared mechanism") == {
        ("one", "two", "late"): ("shared", "not shared", {"two-late_rats": "old"}),
        ("one", "two", "rise"): (
            "not shared",
            "shared",
            {"one-used_both": "old", "one-used_rats": "old", "two-late_rats": "old"},
        ),
    }
    nothing = differ(library, "stated", "nobody")
    assert [shift.what for shift in nothing.of_kind("shared mechanism")] == ["lost"]


def test_a_mechanism_shared_only_through_a_contested_edge(ontology: Ontology) -> None:
    text = "".join(
        [
            WORLD,
            claim("one-rise", "compound:one", "hasMechanism", "mechanism:rise"),
            line("a", "one-rise"),
            line("b", "one-rise", stance="Refutes", system="Animal"),
            claim("two-rise", "compound:two", "hasMechanism", "mechanism:rise"),
            line("c", "two-rise"),
        ]
    )
    found = differ(in_memory(ontology, triples(text)), "people", "stated")
    assert short(found, "shared mechanism") == {
        ("one", "two", "rise"): ("shared", "shared only through a contested edge", {"b": "new"})
    }


def test_cells_change_in_kind_or_values_and_not_by_their_sources(library: Library) -> None:
    found = short(differ(library, "stated", "people"), "cell")
    assert found["two", "mechanisms", "late rise"] == (
        "yes (supported, tier D)",
        "1 statement that policy people does not count",
        {"two-late_rats": "old"},
    )
    assert found["one", "mechanisms", "rise"][:2] == (
        "contested (contested, tier A, unresolved)",
        "yes (supported, tier A, unresolved)",
    )
    # One line of two is left out, and what the cell says stays.
    kept = differ(library, "stated", "people")
    assert not [shift for shift in kept.of_kind("cell") if shift.words == "one, late rise"]


def test_a_grouping_is_never_shared(ontology: Ontology) -> None:
    text = "".join(
        [
            WORLD,
            'mechanism:fall  a moa:Mechanism ;  skos:prefLabel "fall"@en ;  skos:broader mechanism:all .\n',
            claim("one-rise", "compound:one", "hasMechanism", "mechanism:rise"),
            line("a", "one-rise"),
            claim("two-fall", "compound:two", "hasMechanism", "mechanism:fall"),
            line("b", "two-fall", system="Animal"),
        ]
    )
    found = differ(in_memory(ontology, triples(text)), "people", "stated")
    assert found.of_kind("edge")
    assert not found.of_kind("shared mechanism")


def test_what_is_stated_and_does_not_count_is_not_called_unknown(ontology: Ontology) -> None:
    text = "".join(
        [
            WORLD,
            'condition:ache  a moa:Condition ;  skos:prefLabel "ache"@en .\n',
            claim("one-ache", "compound:one", "usedFor", "condition:ache"),
            line("a", "one-ache"),
            claim("two-ache", "compound:two", "usedFor", "condition:ache"),
            line("b", "two-ache", system="Animal"),
            claim("one-rise", "compound:one", "hasMechanism", "mechanism:rise"),
            line("c", "one-rise", system="Animal"),
        ]
    )
    # Both compounds shift, so that there is a row for the use by the other one.
    library = in_memory(ontology, triples(text))
    assert short(differ(library, "stated", "people"), "cell")["two", "indications", "ache"][:2] == (
        "used (supported, tier D, unresolved)",
        "1 statement that policy people does not count",
    )
    # Where the claim itself is lost, there is no record.
    gone = without(ontology, library, "evidence:b")
    assert short(gone, "cell")["two", "indications", "ache"][1] == "nobody has looked"


def test_what_is_told_together_in_one_state_alone_is_no_shift(ontology: Ontology) -> None:
    text = "".join(
        [
            WORLD,
            'class:salt  a moa:CompoundClass ;  skos:prefLabel "salt"@en .\n',
            'class:acid  a moa:CompoundClass ;  skos:prefLabel "acid"@en .\n',
            claim("one-salt", "compound:one", "belongsTo", "class:salt"),
            line("a", "one-salt"),
            claim("one-acid", "compound:one", "belongsTo", "class:acid"),
            line("b", "one-acid"),
            line("c", "one-acid", system="SystemNotStated", by="maker", source="leaf"),
        ]
    )
    found = differ(in_memory(ontology, triples(text)), "people", "stated")
    assert (found.old.counted, found.new.counted) == (2, 3)
    assert not list(found)


@pytest.mark.parametrize(("old", "new"), [("stated", "people"), ("people", "animals"), ("animals", "nobody")])
def test_the_other_way_round_all_is_mirrored(library: Library, old: str, new: str) -> None:
    there, back = differ(library, old, new), differ(library, new, old)
    assert there
    assert [mirrored(shift) for shift in there] == list(back)


def mirrored(shift: Shift) -> Shift:
    sides = {"old": "new", "new": "old", "both": "both"}
    what = shift.what
    if shift.kind in ("edge", "shared mechanism"):
        for ending in (" won", " lost"):
            if f" {what}".endswith(ending):
                what = f" {what}".removesuffix(ending) + {" won": " lost", " lost": " won"}[ending]
                what = what.strip()
                break
        one, becomes, other = what.partition(" becomes ")
        what = f"{other}{becomes}{one}"
    elif shift.kind == "cell":
        one, arrow, other = what.partition(" → ")
        what = f"{other}{arrow}{one}"
    because = tuple(
        dataclasses.replace(one, counts=sides[one.counts], old=one.new, new=one.old) for one in shift.because
    )
    return dataclasses.replace(
        shift, what=what, old=shift.new, new=shift.old, because=because, left_out=shift.let_in, let_in=shift.left_out
    )


MECHANISTIC = st.lists(
    lines_on(CLAIMS.filter(lambda claim: claim.predicate == "moa:hasMechanism")), min_size=6, max_size=14
)


@settings(LAW, max_examples=60)
@given(GRAPHS | MECHANISTIC)
def test_laws_of_policies_compared(ontology: Ontology, lines: list[Line]) -> None:
    found = in_memory(ontology, asserted(lines))
    assert isinstance(found.store, EmbeddedStore)
    there, back = differ(found, "stated", "people"), differ(found, "people", "stated")
    assert sorted(map(str, map(mirrored, there))) == sorted(map(str, back))
    assert not differ(found, "people", "people")
    judged = [judgements(found.store.store, policy) for policy in ("stated", "people")]
    assert {str(shift.about[0]) for shift in there.of_kind("verdict")} == {
        iri for iri in judged[0].keys() | judged[1].keys() if judged[0].get(iri) != judged[1].get(iri)
    }
    shared = [sharing(ontology, under(found, policy)) for policy in ("stated", "people")]
    told = [(tuple(map(str, s.about)), s.old.kind, s.new.kind) for s in there.of_kind("shared mechanism")]
    lost_ = {about for about, old, new in told if old == "shared" != new}
    won = {about for about, old, new in told if new == "shared" != old}
    assert (lost_, won) == (shared[0] - shared[1], shared[1] - shared[0])
    for shift in there:
        assert shift.because, shift
        for bearing in shift.because:
            assert bearing.counts == "old" or bearing.old != bearing.new


def judgements(store: ox.Store, policy: str) -> dict[str, set[str]]:
    """Gives what is said of the verdict of each claim, read plainly."""
    found: dict[str, set[str]] = {}
    for triple in triples_of(store, policy):
        subject, name = triple.subject.value, local_name(triple.predicate.value)  # type: ignore[union-attr]
        if "/claim/" in subject and name in ("verdict", "tier", "unresolved"):
            found.setdefault(subject, set()).add(str(triple.object))
    return found


def sharing(ontology: Ontology, library: Library) -> set[tuple[str, ...]]:
    """Gives the pairs that a named query tells, with each mechanism they share."""
    query = ontology.queries["shared-mechanisms-of-all-pairs"]
    table = Library({query.name: query}, library.store, library.policy).ask(query.name, {})
    found: set[tuple[str, ...]] = set()
    for row in table.rows():
        assert isinstance(row["mechanisms"], tuple)
        found |= {(str(row["compound"]), str(row["other"]), str(one)) for one in row["mechanisms"]}
    return found


def test_a_combination_admits_what_all_its_parts_do(ontology: Ontology) -> None:
    site = Policy("site", "The site's.", f"{PREFIXES}SELECT ?line WHERE {{ ?line moa:statedIn ?source }}")
    name, parts = "people+stated", [PEOPLE.text, ontology.policies["stated"].text, site.text]
    found = in_memory(ontology, triples(TEXT), [Policy(name, PEOPLE.summary, PEOPLE.text), PEOPLE])
    for names in ([], ["trial"], ["study:arm"]):
        combined = shifts.what_if(under(found, name), names, {}, parts, "", ontology.derivations)
        alone = shifts.what_if(under(found, "people"), names, {}, [PEOPLE.text], "", ontology.derivations)
        assert str(list(combined)).replace(name, "people") == str(list(alone))
        assert bool(combined) == bool(names)


def test_what_if_nothing_is_lost_nothing_changes(ontology: Ontology, library: Library) -> None:
    found = without(ontology, library)
    assert not found
    assert not found.loss.nodes
    assert "Nothing changes: 4 claims" in found.to_text()


def lost(found: WhatIf) -> dict[str, list[str]]:
    return {
        name: [local_name(iri) for iri in getattr(found.loss, name)]
        for name in ("studies", "references", "lines", "claims", "absences")
        if getattr(found.loss, name)
    }


def test_a_study_is_lost_with_its_parts_and_the_lines_that_rest_on_nothing_else(
    ontology: Ontology, library: Library
) -> None:
    found = without(ontology, library, studies=["trial"])
    # `first` reports nothing else. The review stays, and so does the line that rests on `third` too.
    assert lost(found) == {
        "studies": ["arm", "trial"],
        "references": ["first"],
        "lines": ["one-late_people", "two-rise_arm"],
    }
    assert found.loss.notes == (
        "review includes trial, and stays: its own result may change, which cannot be told from here",
        "series may be the same study as trial, and stays",
        "1 evidence line that rests on something else too stays",
    )
    assert short(found, "verdict") == {
        ("one-late",): ("supported (tier B)", "supported (tier D)", {"one-late_people": "old"}),
        ("two-rise",): ("supported (tier C, unresolved)", "supported (tier F)", {"two-rise_arm": "old"}),
    }
    assert short(found, "cell")["one", "evidence", "Studies: randomised controlled trial"][2] == {"trial": "old"}
    assert found.new.counted == found.old.counted - 2


def test_a_tier_that_falls_without_a_line_being_lost(ontology: Ontology) -> None:
    text = "".join(
        [
            WORLD,
            claim("one-late", "compound:one", "hasMechanism", "mechanism:late"),
            line("pooled", "one-late", more=";  moa:fromStudy study:series , study:trial "),
        ]
    )
    found = without(ontology, in_memory(ontology, triples(text)), "trial")
    (shift,) = found.of_kind("verdict")
    (bearing,) = shift.because
    assert (bearing.counts, bearing.old, bearing.new) == ("both", "tier B", "tier D, unresolved")
    assert [study.label for study in shift.left_out] == ["trial"]
    assert "tier B becomes tier D, unresolved: supported by [1]" in found.to_text()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"references": ["first"]}, {"references": ["first"]}),
        (
            {"references": ["first", "second"]},
            {
                "studies": ["arm", "rats", "trial"],
                "references": ["first", "second"],
                "lines": ["one-late_people", "one-late_rats", "two-late_rats", "two-rise_arm"],
                "claims": ["one-late", "two-late"],
            },
        ),
        ({"references": ["third"]}, {"references": ["third"], "lines": ["two-rise_people"]}),
        ({"authors": ["Third U"]}, {"references": ["third"], "lines": ["two-rise_people"]}),
        ({"authors": ["first"]}, {"references": ["first"]}),
        ({"sources": ["leaf"]}, {"studies": ["series"], "lines": ["one-used_rats"]}),
        ({"lines": ["two-late_rats"]}, {"lines": ["two-late_rats"], "claims": ["two-late"]}),
        (
            {"sponsors": ["maker"]},
            {
                "studies": ["rats", "series"],
                "lines": ["one-late_rats", "two-late_rats"],
                "claims": ["two-late"],
            },
        ),
        ({"sponsors": ["idle"]}, {}),
    ],
)
def test_what_is_lost_with_what(
    ontology: Ontology, library: Library, names: dict[str, list[str]], expected: dict[str, list[str]]
) -> None:
    assert lost(without(ontology, library, **names)) == expected


def test_an_agent_is_lost_with_what_it_says_and_sponsors(ontology: Ontology, library: Library) -> None:
    found = lost(without(ontology, library, "agent:maker"))
    assert found["studies"] == ["rats", "series"]
    assert found["lines"] == ["one-late_rats", "one-used_rats", "two-late_rats"]
    other = without(ontology, library, sponsors=["maker"])
    assert "of 4 of 5 studies no source says who sponsored them" in other.loss.notes
    assert (
        "1 of 3 references name only their first authors" in without(ontology, library, authors=["First"]).loss.notes
    )
    assert (
        "trial is reported by Second 2002 too, and stays" in without(ontology, library, "reference:first").loss.notes
    )


def test_a_claim_on_a_lost_study_is_lost(ontology: Ontology) -> None:
    text = "".join(
        [
            WORLD,
            claim("yield", "study:rats", "yields", "mechanism:late"),
            line("yield_1", "yield"),
            "<https://w3id.org/moagraph/absence/none>  a moa:Absence ;  moa:subject study:rats ;"
            "  moa:attribute moa:yields ;  moa:statedIn source:page .\n",
        ]
    )
    found = without(ontology, in_memory(ontology, triples(text)), "study:rats")
    assert lost(found) == {"studies": ["rats"], "lines": ["yield_1"], "claims": ["yield"], "absences": ["none"]}


def test_ambiguous_wording_stays_ambiguous_where_a_reading_is_lost(ontology: Ontology) -> None:
    for reading in ("evidence:a  moa:otherReading evidence:b .\n", "evidence:b  moa:otherReading evidence:a .\n"):
        text = "".join(
            [
                WORLD,
                claim("one-late", "compound:one", "hasMechanism", "mechanism:late"),
                claim("one-rise", "compound:one", "hasMechanism", "mechanism:rise"),
                line("a", "one-late", more=";  moa:fromStudy study:rats "),
                line("b", "one-rise"),
                reading,
            ]
        )
        found = without(ontology, in_memory(ontology, triples(text)), "study:rats")
        assert [local_name(iri) for iri in found.loss.lines] == ["a"]
        assert not found.of_kind("verdict")


def test_the_order_in_which_things_are_named_changes_nothing(ontology: Ontology, library: Library) -> None:
    names = ["study:trial", "reference:third", "agent:maker", "evidence:two-rise_people"]
    expected = without(ontology, library, *names).to_json()
    assert json.loads(expected)["counts"]["verdict"] > 2
    for seed in range(3):
        mixed = names * 2
        random.Random(seed).shuffle(mixed)
        assert without(ontology, library, *mixed).to_json() == expected


@settings(LAW, max_examples=60)
@given(GRAPHS | MECHANISTIC, st.sampled_from(["study:trial", "study:review", "study:rats", "reference:report"]))
def test_what_if_is_what_remains_where_it_never_was(ontology: Ontology, lines: list[Line], name: str) -> None:
    typed = [(f"study:{one}", "Study") for one in ("review", "trial", "series", "rats", "cells")]
    typed += [(f"reference:{one}", "Reference") for one in ("report", "withdrawn")]
    everything = [
        *asserted(lines),
        *(ox.Triple(node(one), node("rdf:type"), node(f"moa:{cls}")) for one, cls in typed),
    ]
    library = in_memory(ontology, everything, [PEOPLE])
    found = without(ontology, library, name)
    gone = {"study:trial", "reference:report"} if name in ("study:trial", "reference:report") else {name}
    for number, line_ in enumerate(lines):
        rests = line_.evidence.study or line_.evidence.reference
        if rests in gone:
            gone.add(f"evidence:{number}")
    lined = {line_.claim.iri for number, line_ in enumerate(lines) if f"evidence:{number}" not in gone}
    gone |= {line_.claim.iri for line_ in lines} - lined
    iris = {expand(one) for one in gone}
    left = [t for t in everything if t.subject.value not in iris and getattr(t.object, "value", "") not in iris]  # type: ignore[union-attr]
    never = in_memory(ontology, left, [PEOPLE])
    assert Between(State(library), State(never)).shifts == found.shifts


def test_unknown_and_ambiguous_names(ontology: Ontology, library: Library) -> None:
    with pytest.raises(UnknownThing, match="Reference or Study") as raised:
        without(ontology, library, "trail")
    assert "did you mean trial" in raised.value.fix
    with pytest.raises(UnknownThing, match="Author"):
        without(ontology, library, authors=["Fourth"])
    with pytest.raises(AmbiguousThing) as ambiguous:
        without(ontology, library, authors=["third"])
    assert ambiguous.value.fix == "say one of Third T, Third U"
    with pytest.raises(UnknownFormat):
        without(ontology, library, "trial").to("html")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base fixture as a project folder, built by the command that asks it first."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(DATA, folder / "data")
    header = f'#+ summary: "{PEOPLE.summary}"\n#+ admits: "Lines on people."\n'
    (folder / "ontology" / "policy" / "people.rq").write_text(header + PEOPLE.text + " ORDER BY ?line\n", "utf-8")
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=True)


def test_the_commands(root: Path, tmp_path: Path) -> None:
    told = run("policy", "diff", "stated", "people", "--root", root)
    assert told.exit_code == 1
    assert told.output.startswith("Policy stated compared with people\n  stated: ")
    assert "here alone" in told.output
    same = run("policy", "diff", "stated", "stated", "--root", root)
    assert (same.exit_code, "Nothing changes: " in same.output) == (0, True)
    lost = run("what-if", "--without", "study:alphamide-in-rats", "--root", root, "--policy", "everything")
    assert lost.exit_code == 1
    assert lost.output.startswith("Without study alphamide in rats, under policy everything\n")
    assert "; from alphamide in rats; no traceable reference\n" in lost.output
    nothing = run("what-if", "--without-line", "evidence:nothing", "--root", root)
    assert isinstance(nothing.exception, UnknownThing)
    assert isinstance(run("what-if", "--root", root).exception, NothingToCheck)
    assert isinstance(run("policy", "diff", "stated", "nobody", "--root", root).exception, UnknownPolicy)
    for name, start in (("told.json", "{"), ("told.md", "\n"), ("told.txt", "Without")):
        done = run("what-if", "--without", "study:alphamide-in-rats", "--root", root, "-o", tmp_path / name)
        assert (done.exit_code, done.output) == (1, "")
        assert (tmp_path / name).read_text("utf-8").lstrip("#").startswith(start if start != "\n" else " Without")


def test_every_option_names_what_is_lost(root: Path) -> None:
    for option, name, gone in (
        ("--without-reference", "Nobody et al., 2001", "reference:nobody-2001"),
        ("--without-study", "alphamide series", "study:alphamide-series"),
        ("--without-source", "example-leaflet", "evidence:alphamide_has-mechanism_beta-signal-increase_2"),
        ("--without-line", "evidence:alphamide_binds_beta-receptor_1", "evidence:alphamide_binds_beta-receptor_1"),
        ("--without-sponsor", "agent:example-maker", "study:amide-review"),
        ("--without-author", "nobody", "reference:nobody-2001"),
    ):
        done = run("what-if", option, name, "--root", root, "-f", "json")
        ids = [one["id"] for things in json.loads(done.output)["lost"].values() for one in things]
        assert gone in ids, option


def test_from_python(root: Path) -> None:
    graph = moagraph.open(root)
    found = graph.what_if(["study:alphamide-in-rats"], authors=["Nobody N"])
    assert {one.kind for one in found.loss.named} == {"study", "author"}
    table = found.to_table()
    assert len(table) == len(found) > 3
    assert "evidence/alphamide_has-mechanism_beta-signal-increase_1" in table.to_tsv(iris=True)
    assert {shift.kind for shift in found} <= set(KINDS)
    assert "<table>" in found._repr_html_()
    assert str(found) == found.to_text() == found.to("text")
    data = json.loads(found.to("json"))
    assert sum(data["counts"].values()) == len(found)
    assert data["looked_at"]["claims"] == found.looked_at["claims"] > 10
    assert "\n## Verdicts: " in found.to("markdown")
    assert len(found.to_text(everything=True, width=60)) > len(found.to_text())
    assert all(len(line_) <= 60 for line_ in found.to_text(width=60).splitlines())


def test_an_endpoint_is_read_into_memory_if_it_is_small(
    library: Library, ontology: Ontology, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(library.store, EmbeddedStore)
    fake.store.extend(library.store.store)
    there = {name: Library({}, EndpointStore(fake.url), name) for name in ("stated", "people")}
    here = differ(library, "stated", "people")
    assert list(shifts.policy_diff(there["stated"], there["people"])) == list(here)
    same_store = Library({}, there["stated"].store, "people")
    assert list(shifts.policy_diff(there["stated"], same_store)) == list(here)
    found = without(ontology, there["stated"], "trial")
    assert found.to_json() == without(ontology, library, "trial").to_json()
    monkeypatch.setattr(shifts, "MOST_TRIPLES", 10)
    with pytest.raises(InputTooLarge, match="at most 10 are read") as raised:
        without(ontology, there["stated"], "trial")
    assert "--root" in raised.value.fix
    with pytest.raises(InputTooLarge):
        shifts.policy_diff(there["stated"], there["people"])
