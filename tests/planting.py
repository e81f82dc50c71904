"""Changes planted in the fixture's data, one of each kind, and the evidence lines that they come through."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from conftest import ROOT, Ontology
from moagraph.build import derive
from moagraph.names import ASSERTED
from moagraph.policy import Policy
from moagraph.store import EmbeddedStore

DATA = ROOT / "tests" / "fixtures" / "base" / "data"
ACTIONS, EFFECTS = "claim/alphamide/actions.ttl", "claim/alphamide/effects.ttl"
TRIAL, REPORT = "study/alphamide-trial.ttl", "reference/nobody-2001.ttl"
LATE = "mechanism/late-beta-signal-increase.ttl"

BINDS = "evidence:alphamide_binds_beta-receptor_1"
FOR = "evidence:alphamide_has-mechanism_beta-signal-increase_1"
AGAINST = "evidence:alphamide_has-mechanism_beta-signal-increase_2"
ADDED = "evidence:alphamide_binds_beta-receptor_2"

NULL_RESULT = """
evidence:alphamide_binds_beta-receptor_2  a moa:EvidenceLine ;
    moa:bearsOn claim:alphamide_binds_beta-receptor ;  moa:stance moa:NullResult ;
    moa:statedIn source:example-leaflet ;
    moa:passage passage:example-leaflet_0-100 ;
    moa:system moa:InVitro ;
    moa:strength moa:Asserted ;
    moa:assertedBy agent:example-maker .
"""
WAITING = """
## raises the beta signal late
claim:alphamide_has-mechanism_late-beta-signal-increase  a moa:Claim ;
    moa:subject compound:alphamide ;  moa:predicate moa:hasMechanism ;
    moa:object mechanism:late-beta-signal-increase .

evidence:alphamide_has-mechanism_late-beta-signal-increase_1  a moa:EvidenceLine ;
    moa:bearsOn claim:alphamide_has-mechanism_late-beta-signal-increase ;  moa:stance moa:Supports ;
    moa:statedIn source:example-page ;
    moa:passage passage:example-page_100-200 ;
    moa:system moa:SystemNotStated ;
    moa:strength moa:Asserted ;
    moa:assertedBy agent:example-site .
"""
WAITING_LINE = "evidence:alphamide_has-mechanism_late-beta-signal-increase_1"
END = "\n## raises the beta signal\n"


@dataclass(frozen=True)
class Planted:
    """A change to the fixture.

    Attributes:
        path: a file below `data`, or empty for the policy `stated`.
        old: a regular expression that matches in it once.
        new: what comes instead.
        what: the kind of node that changed, as causes name it, and how.
        lines: the evidence lines that the change is, or that it comes through.
    """

    path: str
    old: str
    new: str
    what: tuple[str, str]
    lines: frozenset[str]


def _planted(path: str, old: str, new: str, what: tuple[str, str], *lines: str) -> Planted:
    return Planted(path, old, new, what, frozenset(lines))


EFFECT = "evidence:alphamide_improves_gamma-score_in-gammosis_among-testers_versus-betamide_1"
POOLED = "evidence:amides_changes_gamma-score_1"
"""Its review includes the trial."""

PLANTED = {
    "line added": _planted(ACTIONS, END, NULL_RESULT + END, ("line", "added"), ADDED),
    "stance flipped": _planted(
        ACTIONS, "(beta-signal-increase ;  moa:stance moa:)Refutes", r"\1Supports", ("line", "changed"), AGAINST
    ),
    "line withdrawn": _planted(ACTIONS, rf"\n{AGAINST}  a (?s:.*?) \.\n", "", ("line", "withdrawn"), AGAINST),
    "finding changed": _planted(EFFECTS, r'"1.50 \(1.10', '"1.60 (1.10', ("line", "changed"), EFFECT),
    "sponsorship changed": _planted(
        TRIAL, "moa:SomeAuthors", "moa:AllSponsored", ("thing", "changed"), EFFECT, BINDS, POOLED
    ),
    "reference retracted": _planted(
        REPORT,
        "moa:reports ",
        "moa:publicationStatus moa:Retracted ;\n    moa:reports ",
        ("thing", "changed"),
        BINDS,
        EFFECT,
    ),
    "hierarchy changed": _planted(
        LATE, "    skos:broader mechanism:beta-signal-increase ;\n", "", ("thing", "changed"), WAITING_LINE
    ),
    "policy changed": _planted(
        "", r"\?line a moa:EvidenceLine \.", r"\g<0> ?line moa:system moa:InVitro .", ("line", "left out")
    ),
}  # fmt: skip
"""One change of each kind."""


def texts(*names: str) -> dict[str, str]:
    """Gives the files of the fixture, with a claim on a narrower mechanism, and with planted changes."""
    found = {p.relative_to(DATA).as_posix(): p.read_text("utf-8") for p in sorted(DATA.rglob("*.ttl"))}
    found[ACTIONS] = found[ACTIONS].replace(END, WAITING + END)
    for name in names:
        planted = PLANTED[name]
        if planted.path:
            found[planted.path], number = re.subn(planted.old, planted.new, found[planted.path])
            assert number == 1, name
    return found


def triples(*names: str) -> list[ox.Triple]:
    """Gives the triples of the fixture with planted changes."""
    return [
        quad.triple for text in texts(*names).values() for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    ]


def policy_with(ontology: Ontology, *names: str) -> Policy:
    """Gives the policy `stated`, with planted changes."""
    policy = ontology.policies["stated"]
    text = policy.text
    for name in names:
        planted = PLANTED[name]
        if not planted.path:
            text, number = re.subn(planted.old, planted.new, text)
            assert number == 1, name
    return Policy(policy.name, policy.summary, text)


def store(ontology: Ontology, *names: str, shuffled: Iterable[ox.Triple] | None = None) -> EmbeddedStore:
    """Gives a store of ontology and fixture with planted changes, derived under `stated`."""
    made = ox.Store()
    asserted = ox.NamedNode(ASSERTED)
    everything = [*ontology.triples, *triples(*names)] if shuffled is None else list(shuffled)
    made.extend(ox.Quad(t.subject, t.predicate, t.object, asserted) for t in everything)
    derive(made, policy_with(ontology, *names), ontology.derivations)
    return EmbeddedStore(made)
