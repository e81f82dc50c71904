"""The policies that come with the ontology: what each admits of an invented world, line by line.

Each line of the world says what it rests on, and which policies leave it out; all others admit it.
"""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox
import pytest
import rdflib

from conftest import Ontology, triples_of
from moagraph import turtle
from moagraph.names import BASE, PREFIXES, VOCAB, local_name

SHIPPED = {
    "cited", "english-only", "everything", "human", "independent", "no-per-protocol", "no-unresolved", "stated",
    "trials",
}  # fmt: skip
NEEDING = "cited human trials"
"""What a bare statement lacks: a publication, a system, a trial."""
SPONSORED = f"{NEEDING} independent no-unresolved"
LINKED = "human independent trials"
ALL_BUT_EVERYTHING = " ".join(sorted(SHIPPED - {"everything"}))

WORLD = """
compound:alphamide a :Compound . compound:betamide a :Compound . compound:gammamide a :Compound .
group:amides a :CompoundGroup ; :member compound:alphamide , compound:gammamide .
class:amide a :CompoundClass . body:doubts a :EvidenceBody .

agent:site :kind :Website . agent:testers :kind :Users .
agent:alpha-works :kind :Maker . agent:alpha-academy :kind :Institution .
agent:beta-works :kind :Maker . agent:nameless :kind :Maker . agent:rumoured :kind :Website .

claim:made-1 :subject compound:alphamide ; :predicate :manufacturedBy ; :object agent:alpha-works .
claim:made-2 :subject compound:alphamide ; :predicate :developedBy ; :object agent:alpha-academy .
claim:made-3 :subject compound:betamide ; :predicate :manufacturedBy ; :object agent:beta-works .
claim:made-4 :subject compound:alphamide ; :predicate :manufacturedBy ; :object agent:rumoured .

claim:alpha :subject compound:alphamide ; :predicate :hasMechanism ; :object mechanism:m .
claim:beta :subject compound:betamide ; :predicate :hasMechanism ; :object mechanism:m .
claim:gamma :subject compound:gammamide ; :predicate :hasMechanism ; :object mechanism:m .
claim:gamma-versus-alpha :subject compound:gammamide ; :predicate :affects ; :object outcome:o ;
    :comparator compound:alphamide .
claim:gamma-like-alpha :subject compound:gammamide ; :predicate :similarTo ; :object compound:alphamide .
claim:pooled :subject group:amides ; :predicate :affects ; :object outcome:o .
claim:of-class :subject class:amide ; :predicate :affects ; :object outcome:o .
claim:of-body :subject body:doubts ; :predicate :assessedAs ; :object assessment:thin .

study:trial :design :RandomisedTrial ; :sponsorshipExtent :SponsorshipNotStated .
study:controlled :design :ControlledTrial ; :sponsorshipExtent :SponsorshipIndependent .
study:pilot :design :PilotStudy . study:series :design :HumanStudy .
study:review :design :SystematicReview ; :numberOfStudies quantity:two . quantity:two :amount 2.0 .
study:lone-review :design :TrialReview ; :numberOfStudies quantity:one . quantity:one :amount 1.0 .
study:uncounted-review :design :MetaAnalysis .
study:set :design :DesignNotStated ; :includesStudy study:pilot , study:set-in-set .
study:set-in-set :design :DesignNotStated ; :includesStudy study:trial .
study:unclear :design :DesignNotStated . study:essay :design :NarrativeReview .
study:rats :design :AnimalStudy . study:foreign :design :HumanStudy .

study:paid :design :HumanStudy ; :sponsorshipExtent :AllSponsored ; :sponsor agent:alpha-works .
study:academy :design :HumanStudy ; :sponsorshipExtent :SponsorshipNotStated ; :sponsor agent:alpha-academy .
study:co-written :design :HumanStudy ; :sponsorshipExtent :SomeAuthors ; :sponsor agent:beta-works .
study:partly :design :HumanStudy ; :sponsorshipExtent :SomeIncludedStudies ; :sponsor agent:nameless .
study:unsaid :design :HumanStudy ; :sponsorshipExtent :SomeAuthors .
study:of-site :design :HumanStudy ; :sponsorshipExtent :SponsorshipNotStated ; :sponsor agent:site .
study:holding-paid :design :HumanStudy ; :includesStudy study:partly-paid .
study:partly-paid :design :HumanStudy ; :includesStudy study:paid .

reference:english :language :English ; :reports study:trial .
reference:russian :language :RussianLanguage ; :reports study:foreign .
reference:russian-too :language :RussianLanguage .
reference:unstated :language :LanguageNotStated .
reference:silent :year 2001 .
reference:withdrawn :publicationStatus :Retracted ; :reports study:series .
reference:of-paid :reports study:paid .

finding:itt :analysisSet :IntentionToTreat . finding:pp :analysisSet :PerProtocol .
finding:pp-too :analysisSet :PerProtocol . finding:unset :measure :MeasureNotStated .
"""


class Case(NamedTuple):
    """A line of the world: its name, what is said of it, and the policies that leave it out."""

    name: str
    said: str
    out: str


LINES = [
    # who says so
    Case("by-site", "", NEEDING),
    Case("by-testers", ":assertedBy agent:testers", ALL_BUT_EVERYTHING),
    Case("by-testers-and-site", ":assertedBy agent:testers , agent:site", NEEDING),
    Case("by-the-maker", ":assertedBy agent:alpha-works", f"{NEEDING} independent"),
    Case("by-site-and-maker", ":assertedBy agent:site , agent:alpha-works", f"{NEEDING} independent"),
    Case("by-the-developer", ":assertedBy agent:alpha-academy", f"{NEEDING} independent"),
    Case("by-another-maker", ":assertedBy agent:beta-works", NEEDING),
    Case("by-a-nameless-maker", ":assertedBy agent:nameless", f"{NEEDING} independent"),
    Case("by-whom-a-source-denies-to-make-it", ":assertedBy agent:rumoured", NEEDING),
    Case("relayed-by-the-maker", ":relayedBy agent:alpha-works", NEEDING),
    # publications
    Case("on-english", ":restsOn reference:english", "human trials"),
    Case("on-russian", ":restsOn reference:russian", "english-only human trials"),
    Case("on-two-russian", ":restsOn reference:russian , reference:russian-too", "english-only human trials"),
    Case("on-russian-and-english", ":restsOn reference:russian , reference:english", "human trials"),
    Case("on-russian-and-unstated", ":restsOn reference:russian , reference:unstated", "human trials"),
    Case("on-russian-and-silent", ":restsOn reference:russian , reference:silent", "human trials"),
    Case("on-unstated-language", ":restsOn reference:unstated", "human trials"),
    Case("from-study-reported-in-russian", ":fromStudy study:foreign ; :system :Human", "english-only trials"),
    Case("from-study-in-russian-on-english", ":fromStudy study:foreign ; :restsOn reference:english", "human trials"),
    Case("on-withdrawn", ":restsOn reference:withdrawn", ALL_BUT_EVERYTHING),
    Case("on-withdrawn-and-english", ":restsOn reference:withdrawn , reference:english", "human trials"),
    Case("from-study-reported-by-withdrawn", ":fromStudy study:series ; :system :Human", "cited trials"),
    Case("citation-that-leads-nowhere", ":untraceableCitations 2", NEEDING),
    # studies that cannot be traced
    Case("human-no-study", ":system :Human", "cited trials"),
    Case("animal-no-study", ":system :Animal", f"{NEEDING} no-unresolved"),
    Case("in-vitro-on-english", ":system :InVitro ; :restsOn reference:english", "human trials"),
    Case("in-silico-no-study", ":system :InSilico", f"{NEEDING} no-unresolved"),
    Case("untraced-rats", ":system :Animal ; :fromStudy study:rats", f"{NEEDING} no-unresolved"),
    Case("untraced-essay", ":fromStudy study:essay", NEEDING),
    Case("untraced-unclear", ":fromStudy study:unclear", NEEDING),
    Case("untraced-pilot", ":fromStudy study:pilot", f"{NEEDING} no-unresolved"),
    Case("one-of-two-traced", ":system :Human ; :fromStudy study:pilot , study:trial", ""),
    Case("design-of-its-own", ":system :Human ; :design :ControlledTrial", "cited no-unresolved"),
    # trials
    Case("trial", ":system :Human ; :fromStudy study:trial", ""),
    Case("trial-of-unstated-system", ":fromStudy study:trial", "human trials"),
    Case("trial-in-animals", ":system :Animal ; :fromStudy study:trial", "human trials"),
    Case("controlled", ":system :Human ; :fromStudy study:controlled", "cited no-unresolved"),
    Case("pilot", ":system :Human ; :fromStudy study:pilot", "cited no-unresolved trials"),
    Case("series-and-trial", ":system :Human ; :fromStudy study:series , study:trial", ""),
    Case("review", ":system :Human ; :fromStudy study:review", "cited no-unresolved"),
    Case("review-of-one", ":system :Human ; :fromStudy study:lone-review", "cited no-unresolved trials"),
    Case("uncounted-review", ":system :Human ; :fromStudy study:uncounted-review", "cited no-unresolved"),
    Case("set-with-a-trial", ":system :Human ; :fromStudy study:set", "cited no-unresolved"),
    Case("set-that-is-unclear", ":system :Human ; :fromStudy study:unclear", "cited trials"),
    # analysis sets
    Case("per-protocol", ":finding finding:pp", f"{NEEDING} no-per-protocol"),
    Case("per-protocol-twice", ":finding finding:pp , finding:pp-too", f"{NEEDING} no-per-protocol"),
    Case("per-protocol-and-itt", ":finding finding:pp , finding:itt", NEEDING),
    Case("per-protocol-and-unset", ":finding finding:pp , finding:unset", NEEDING),
    Case("intention-to-treat", ":finding finding:itt", NEEDING),
    # money and authors
    Case("paid", ":system :Human ; :fromStudy study:paid", "independent trials"),
    Case("paid-by-developer", ":system :Human ; :fromStudy study:academy", "cited independent no-unresolved trials"),
    Case("paid-but-on-gamma", ":bearsOn claim:gamma ; :fromStudy study:paid", "human trials"),
    Case("paid-against-alpha", ":bearsOn claim:gamma-versus-alpha ; :fromStudy study:paid", LINKED),
    Case("paid-likened-to-alpha", ":bearsOn claim:gamma-like-alpha ; :fromStudy study:paid", LINKED),
    Case("paid-pooled", ":bearsOn claim:pooled ; :fromStudy study:paid", LINKED),
    Case("paid-of-class", ":bearsOn claim:of-class ; :fromStudy study:paid", "human trials"),
    Case("paid-on-report", ":restsOn reference:of-paid", LINKED),
    Case("paid-of-body", ":bearsOn claim:of-body ; :fromStudy study:paid", "human trials"),
    Case("co-written-beta", ":bearsOn claim:beta ; :fromStudy study:co-written", SPONSORED),
    Case("co-written-alpha", ":fromStudy study:co-written", f"{NEEDING} no-unresolved"),
    Case("partly-nameless", ":fromStudy study:partly", SPONSORED),
    Case("partly-nameless-of-class", ":bearsOn claim:of-class ; :fromStudy study:partly", SPONSORED),
    Case("partly-nameless-of-body", ":bearsOn claim:of-body ; :fromStudy study:partly", f"{NEEDING} no-unresolved"),
    Case("unsaid-sponsor", ":fromStudy study:unsaid", SPONSORED),
    Case("paid-by-a-website", ":fromStudy study:of-site", f"{NEEDING} no-unresolved"),
    Case("holding-paid", ":fromStudy study:holding-paid", SPONSORED),
]  # fmt: skip

MAKING = """
evidence:making-{n} a :EvidenceLine ; :bearsOn claim:made-{n} ; :stance :{stance} ;
    :assertedBy agent:site ; :strength :Asserted ; :system :SystemNotStated .
"""


def world() -> tuple[ox.Triple, ...]:
    """Gives the world and its lines."""
    known = {"": VOCAB, **PREFIXES}
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in known.items())
    text = [prefixes, WORLD]
    text += [MAKING.format(n=n, stance="Refutes" if n == 4 else "Supports") for n in (1, 2, 3, 4)]
    usual = {
        ":bearsOn": "claim:alpha", ":assertedBy": "agent:site", ":system": ":SystemNotStated",
        ":stance": ":Supports", ":strength": ":Asserted",
    }  # fmt: skip
    for case in LINES:
        said = [f"{name} {value}" for name, value in usual.items() if name not in case.said]
        text.append(f"evidence:{case.name} a :EvidenceLine ; {' ; '.join([*said, *filter(None, [case.said])])} .\n")
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
