"""The policies that come with the ontology: what each admits of an invented world, line by line, and of the real data.

Each line of the world says what it rests on, and which policies leave it out; all others admit it.
"""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox
import pytest
import rdflib

import moagraph
from conftest import ROOT, Ontology, triples_of
from moagraph import turtle
from moagraph.names import BASE, PREFIXES, local_name
from moagraph.policy import Terms, flaws
from moagraph.table import Table

SHIPPED = {
    "cited", "english-only", "everything", "human", "independent", "no-per-protocol", "no-unresolved", "stated", "trials",
}  # fmt: skip
NEEDING = "cited human trials"
"""What a bare statement lacks: a publication, a system, a trial."""

WORLD = """
compound:alphamide a moa:Compound . compound:betamide a moa:Compound . compound:gammamide a moa:Compound .
group:amides a moa:CompoundGroup ; moa:member compound:alphamide , compound:gammamide .
class:amide a moa:CompoundClass . body:doubts a moa:EvidenceBody .

agent:site moa:kind moa:Website . agent:testers moa:kind moa:Users .
agent:alpha-works moa:kind moa:Maker . agent:alpha-academy moa:kind moa:Institution .
agent:beta-works moa:kind moa:Maker . agent:nameless moa:kind moa:Maker . agent:rumoured moa:kind moa:Website .

claim:made-1 moa:subject compound:alphamide ; moa:predicate moa:manufacturedBy ; moa:object agent:alpha-works .
claim:made-2 moa:subject compound:alphamide ; moa:predicate moa:developedBy ; moa:object agent:alpha-academy .
claim:made-3 moa:subject compound:betamide ; moa:predicate moa:manufacturedBy ; moa:object agent:beta-works .
claim:made-4 moa:subject compound:alphamide ; moa:predicate moa:manufacturedBy ; moa:object agent:rumoured .

claim:alpha moa:subject compound:alphamide ; moa:predicate moa:hasMechanism ; moa:object mechanism:m .
claim:beta moa:subject compound:betamide ; moa:predicate moa:hasMechanism ; moa:object mechanism:m .
claim:gamma moa:subject compound:gammamide ; moa:predicate moa:hasMechanism ; moa:object mechanism:m .
claim:gamma-versus-alpha moa:subject compound:gammamide ; moa:predicate moa:affects ; moa:object outcome:o ;
    moa:comparator compound:alphamide .
claim:gamma-like-alpha moa:subject compound:gammamide ; moa:predicate moa:similarTo ; moa:object compound:alphamide .
claim:pooled moa:subject group:amides ; moa:predicate moa:affects ; moa:object outcome:o .
claim:of-class moa:subject class:amide ; moa:predicate moa:affects ; moa:object outcome:o .
claim:of-body moa:subject body:doubts ; moa:predicate moa:assessedAs ; moa:object assessment:thin .

study:trial moa:design moa:RandomisedTrial ; moa:sponsorshipExtent moa:SponsorshipNotStated .
study:controlled moa:design moa:ControlledTrial ; moa:sponsorshipExtent moa:SponsorshipIndependent .
study:pilot moa:design moa:PilotStudy . study:series moa:design moa:HumanStudy .
study:review moa:design moa:SystematicReview ; moa:numberOfStudies quantity:two . quantity:two moa:amount 2.0 .
study:lone-review moa:design moa:TrialReview ; moa:numberOfStudies quantity:one . quantity:one moa:amount 1.0 .
study:uncounted-review moa:design moa:MetaAnalysis .
study:set moa:design moa:DesignNotStated ; moa:includesStudy study:pilot , study:set-in-set .
study:set-in-set moa:design moa:DesignNotStated ; moa:includesStudy study:trial .
study:unclear moa:design moa:DesignNotStated . study:essay moa:design moa:NarrativeReview .
study:rats moa:design moa:AnimalStudy . study:foreign moa:design moa:HumanStudy .

study:paid moa:design moa:HumanStudy ; moa:sponsorshipExtent moa:AllSponsored ; moa:sponsor agent:alpha-works .
study:academy moa:design moa:HumanStudy ; moa:sponsorshipExtent moa:SponsorshipNotStated ; moa:sponsor agent:alpha-academy .
study:co-written moa:design moa:HumanStudy ; moa:sponsorshipExtent moa:SomeAuthors ; moa:sponsor agent:beta-works .
study:partly moa:design moa:HumanStudy ; moa:sponsorshipExtent moa:SomeIncludedStudies ; moa:sponsor agent:nameless .
study:unsaid moa:design moa:HumanStudy ; moa:sponsorshipExtent moa:SomeAuthors .
study:of-site moa:design moa:HumanStudy ; moa:sponsorshipExtent moa:SponsorshipNotStated ; moa:sponsor agent:site .
study:holding-paid moa:design moa:HumanStudy ; moa:includesStudy study:partly-paid .
study:partly-paid moa:design moa:HumanStudy ; moa:includesStudy study:paid .

reference:english moa:language moa:English ; moa:reports study:trial .
reference:russian moa:language moa:RussianLanguage ; moa:reports study:foreign .
reference:russian-too moa:language moa:RussianLanguage .
reference:unstated moa:language moa:LanguageNotStated .
reference:silent moa:year 2001 .
reference:withdrawn moa:publicationStatus moa:Retracted ; moa:reports study:series .
reference:of-paid moa:reports study:paid .

finding:itt moa:analysisSet moa:IntentionToTreat . finding:pp moa:analysisSet moa:PerProtocol .
finding:pp-too moa:analysisSet moa:PerProtocol . finding:unset moa:measure moa:MeasureNotStated .
"""


class Case(NamedTuple):
    """A line of the world: its name, what is said of it, and the policies that leave it out."""

    name: str
    said: str
    out: str


LINES = [
    # who says so
    Case("by-site", "", NEEDING),
    Case("by-testers", "moa:assertedBy agent:testers", f"{NEEDING} english-only independent no-per-protocol no-unresolved stated"),
    Case("by-testers-and-site", "moa:assertedBy agent:testers , agent:site", NEEDING),
    Case("by-the-maker", "moa:assertedBy agent:alpha-works", f"{NEEDING} independent"),
    Case("by-site-and-maker", "moa:assertedBy agent:site , agent:alpha-works", f"{NEEDING} independent"),
    Case("by-the-developer", "moa:assertedBy agent:alpha-academy", f"{NEEDING} independent"),
    Case("by-another-maker", "moa:assertedBy agent:beta-works", NEEDING),
    Case("by-a-nameless-maker", "moa:assertedBy agent:nameless", f"{NEEDING} independent"),
    Case("by-whom-a-source-denies-to-make-it", "moa:assertedBy agent:rumoured", NEEDING),
    Case("relayed-by-the-maker", "moa:relayedBy agent:alpha-works", NEEDING),
    # publications
    Case("on-english", "moa:restsOn reference:english", "human trials"),
    Case("on-russian", "moa:restsOn reference:russian", "english-only human trials"),
    Case("on-two-russian", "moa:restsOn reference:russian , reference:russian-too", "english-only human trials"),
    Case("on-russian-and-english", "moa:restsOn reference:russian , reference:english", "human trials"),
    Case("on-russian-and-unstated", "moa:restsOn reference:russian , reference:unstated", "human trials"),
    Case("on-russian-and-silent", "moa:restsOn reference:russian , reference:silent", "human trials"),
    Case("on-unstated-language", "moa:restsOn reference:unstated", "human trials"),
    Case("from-study-reported-in-russian", "moa:fromStudy study:foreign ; moa:system moa:Human", "english-only trials"),
    Case("from-study-in-russian-on-english", "moa:fromStudy study:foreign ; moa:restsOn reference:english", "human trials"),
    Case("on-withdrawn", "moa:restsOn reference:withdrawn", f"{NEEDING} english-only independent no-per-protocol no-unresolved stated"),
    Case("on-withdrawn-and-english", "moa:restsOn reference:withdrawn , reference:english", "human trials"),
    Case("from-study-reported-by-withdrawn", "moa:fromStudy study:series ; moa:system moa:Human", "cited trials"),
    Case("citation-that-leads-nowhere", "moa:untraceableCitations 2", NEEDING),
    # studies that cannot be traced
    Case("human-no-study", "moa:system moa:Human", "cited trials"),
    Case("animal-no-study", "moa:system moa:Animal", f"{NEEDING} no-unresolved"),
    Case("in-vitro-on-english", "moa:system moa:InVitro ; moa:restsOn reference:english", "human trials"),
    Case("in-silico-no-study", "moa:system moa:InSilico", f"{NEEDING} no-unresolved"),
    Case("untraced-rats", "moa:system moa:Animal ; moa:fromStudy study:rats", f"{NEEDING} no-unresolved"),
    Case("untraced-essay", "moa:fromStudy study:essay", NEEDING),
    Case("untraced-unclear", "moa:fromStudy study:unclear", NEEDING),
    Case("untraced-pilot", "moa:fromStudy study:pilot", f"{NEEDING} no-unresolved"),
    Case("one-of-two-traced", "moa:system moa:Human ; moa:fromStudy study:pilot , study:trial", ""),
    Case("design-of-its-own", "moa:system moa:Human ; moa:design moa:ControlledTrial", "cited no-unresolved"),
    # trials
    Case("trial", "moa:system moa:Human ; moa:fromStudy study:trial", ""),
    Case("trial-of-unstated-system", "moa:fromStudy study:trial", "human trials"),
    Case("trial-in-animals", "moa:system moa:Animal ; moa:fromStudy study:trial", "human trials"),
    Case("controlled", "moa:system moa:Human ; moa:fromStudy study:controlled", "cited no-unresolved"),
    Case("pilot", "moa:system moa:Human ; moa:fromStudy study:pilot", "cited no-unresolved trials"),
    Case("series-and-trial", "moa:system moa:Human ; moa:fromStudy study:series , study:trial", ""),
    Case("review", "moa:system moa:Human ; moa:fromStudy study:review", "cited no-unresolved"),
    Case("review-of-one", "moa:system moa:Human ; moa:fromStudy study:lone-review", "cited no-unresolved trials"),
    Case("uncounted-review", "moa:system moa:Human ; moa:fromStudy study:uncounted-review", "cited no-unresolved"),
    Case("set-with-a-trial", "moa:system moa:Human ; moa:fromStudy study:set", "cited no-unresolved"),
    Case("set-that-is-unclear", "moa:system moa:Human ; moa:fromStudy study:unclear", "cited trials"),
    # analysis sets
    Case("per-protocol", "moa:finding finding:pp", f"{NEEDING} no-per-protocol"),
    Case("per-protocol-twice", "moa:finding finding:pp , finding:pp-too", f"{NEEDING} no-per-protocol"),
    Case("per-protocol-and-itt", "moa:finding finding:pp , finding:itt", NEEDING),
    Case("per-protocol-and-unset", "moa:finding finding:pp , finding:unset", NEEDING),
    Case("intention-to-treat", "moa:finding finding:itt", NEEDING),
    # money and authors
    Case("paid", "moa:system moa:Human ; moa:fromStudy study:paid", "independent trials"),
    Case("paid-by-the-developer", "moa:system moa:Human ; moa:fromStudy study:academy", "cited independent no-unresolved trials"),
    Case("paid-but-on-gamma", "moa:bearsOn claim:gamma ; moa:fromStudy study:paid", "human trials"),
    Case("paid-against-alpha", "moa:bearsOn claim:gamma-versus-alpha ; moa:fromStudy study:paid", "human independent trials"),
    Case("paid-likened-to-alpha", "moa:bearsOn claim:gamma-like-alpha ; moa:fromStudy study:paid", "human independent trials"),
    Case("paid-pooled", "moa:bearsOn claim:pooled ; moa:fromStudy study:paid", "human independent trials"),
    Case("paid-of-class", "moa:bearsOn claim:of-class ; moa:fromStudy study:paid", "human trials"),
    Case("paid-on-report", "moa:restsOn reference:of-paid", "human independent trials"),
    Case("paid-of-body", "moa:bearsOn claim:of-body ; moa:fromStudy study:paid", "human trials"),
    Case("co-written-beta", "moa:bearsOn claim:beta ; moa:fromStudy study:co-written", f"{NEEDING} independent no-unresolved"),
    Case("co-written-alpha", "moa:fromStudy study:co-written", f"{NEEDING} no-unresolved"),
    Case("partly-nameless", "moa:fromStudy study:partly", f"{NEEDING} independent no-unresolved"),
    Case("partly-nameless-of-class", "moa:bearsOn claim:of-class ; moa:fromStudy study:partly", f"{NEEDING} independent no-unresolved"),
    Case("partly-nameless-of-body", "moa:bearsOn claim:of-body ; moa:fromStudy study:partly", f"{NEEDING} no-unresolved"),
    Case("unsaid-sponsor", "moa:fromStudy study:unsaid", f"{NEEDING} independent no-unresolved"),
    Case("paid-by-a-website", "moa:fromStudy study:of-site", f"{NEEDING} no-unresolved"),
    Case("holding-paid", "moa:fromStudy study:holding-paid", f"{NEEDING} independent no-unresolved"),
]  # fmt: skip

MAKING = """
evidence:making-{n} a moa:EvidenceLine ; moa:bearsOn claim:made-{n} ; moa:stance moa:{stance} ; moa:assertedBy agent:site ;
    moa:strength moa:Asserted ; moa:system moa:SystemNotStated .
"""


def world() -> list[ox.Triple]:
    """Gives the world and its lines."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    text = [prefixes, WORLD]
    text += [MAKING.format(n=n, stance="Refutes" if n == 4 else "Supports") for n in (1, 2, 3, 4)]
    usual = {
        "moa:bearsOn": "claim:alpha", "moa:assertedBy": "agent:site", "moa:system": "moa:SystemNotStated",
        "moa:stance": "moa:Supports", "moa:strength": "moa:Asserted",
    }  # fmt: skip
    for case in LINES:
        said = [f"{name} {value}" for name, value in usual.items() if name not in case.said]
        text.append(
            f"evidence:{case.name} a moa:EvidenceLine ; {' ; '.join([*said, *filter(None, [case.said])])} .\n"
        )
    return turtle.read("".join(text).encode("utf-8")).triples


@pytest.fixture(scope="module")
def store(ontology: Ontology) -> ox.Store:
    return ontology.store([*ontology.triples, *world()], sorted(ontology.policies))


def admitted(store: ox.Store, policy: str) -> set[str]:
    """Gives the names of the lines of the world that a policy admits."""
    lines = {t.subject for t in triples_of(store, policy) if local_name(t.predicate.value) == "admittedBy"}
    return {local_name(getattr(line, "value", "")) for line in lines if "/making-" not in str(line)}


def test_these_are_the_policies(ontology: Ontology) -> None:
    assert set(ontology.policies) == SHIPPED
    assert {case.name for case in LINES} == {case.name for case in dict.fromkeys(LINES)}
    assert len({case.name for case in LINES}) == len(LINES)
    assert {word for case in LINES for word in case.out.split()} == SHIPPED - {"everything"}


@pytest.mark.parametrize("policy", sorted(SHIPPED))
def test_each_policy_admits_just_these_lines(policy: str, store: ox.Store) -> None:
    expected = {case.name for case in LINES if policy not in case.out.split()}
    assert admitted(store, policy) == expected
    assert expected


@pytest.mark.parametrize("policy", sorted(SHIPPED))
def test_rdflib_admits_the_same(policy: str, store: ox.Store, ontology: Ontology) -> None:
    graph = rdflib.Graph(bind_namespaces="none")
    graph.parse(data="".join(f"{triple} .\n" for triple in world()), format="nt")
    rows = graph.query(ontology.policies[policy].text)
    found = [str(row[0]) for row in rows if isinstance(row, rdflib.query.ResultRow)]
    assert {local_name(iri) for iri in found if "/making-" not in iri} == admitted(store, policy)
    assert len(found) == len(set(found))


def test_no_unresolved_is_what_is_not_unresolved_under_stated(store: ox.Store) -> None:
    resolved = {
        local_name(getattr(t.subject, "value", ""))
        for t in triples_of(store, "stated")
        if local_name(t.predicate.value) == "unresolved"
        and str(getattr(t.object, "value", "")) == "false"
        and str(getattr(t.subject, "value", "")).startswith(f"{BASE}evidence/")
    }
    assert admitted(store, "no-unresolved") == {name for name in resolved if not name.startswith("making-")}


def test_trials_agree_with_tiers(store: ox.Store) -> None:
    """Synthesis and randomised trial are tiers A and B; a controlled trial is a C."""
    tiers = {
        local_name(getattr(t.subject, "value", "")): local_name(getattr(t.object, "value", ""))
        for t in triples_of(store, "human")
        if local_name(t.predicate.value) == "lineTier"
    }
    best = {name for name, tier in tiers.items() if tier in ("TierA", "TierB")}
    assert best <= admitted(store, "trials")
    assert {tiers[name] for name in admitted(store, "trials") - best} == {"TierC"}
