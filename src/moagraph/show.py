"""Shows a thing: everything known of it, in sentences."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from moagraph.claims import Absence, Claim
from moagraph.library import Library
from moagraph.names import PREFIXES, local_name
from moagraph.reader import Reader, quantity_text
from moagraph.store import iri_term
from moagraph.table import Cell, Iri

THING_CLASSES = (
    "moa:Compound", "moa:CompoundGroup", "moa:Mechanism", "moa:Receptor", "moa:Condition", "moa:Outcome",
    "moa:Target", "moa:Population", "moa:Reference", "moa:Study", "moa:StudySet", "moa:Source", "moa:Agent",
    "moa:Claim", "moa:CompoundClass", "moa:Material", "moa:Process", "moa:Property", "moa:Preparation", "moa:Regimen",
    "moa:Test", "moa:StopRule", "moa:Stack", "moa:Dimension", "moa:Advice", "moa:EvidenceBody", "moa:Assessment",
    "moa:Declaration", "moa:Search",
)  # fmt: skip
"""The classes whose members can be shown."""

_TOPICS = {
    "belongsTo": "Classes",
    "derivedFrom": "Origin and likeness",
    "similarTo": "Origin and likeness",
    "madeFrom": "Origin and composition",
    "madeBy": "Origin and composition",
    "contains": "Origin and composition",
    "developedBy": "Origin and composition",
    "hasProperty": "Properties",
    "hasMechanism": "Mechanisms",
    "bindsReceptor": "Receptors",
    "affects": "Effects",
    "authorisedFor": "Authorised for",
    "studiedFor": "Studied for",
    "usedFor": "Uses",
    "givenBy": "Routes, preparation and regimens",
    "hasPreparation": "Routes, preparation and regimens",
    "hasRegimen": "Routes, preparation and regimens",
    "contraindicatedIn": "Safety",
    "monitoredBy": "Safety",
    "hasStopRule": "Safety",
    "interactsWith": "Interactions",
    "memberOf": "Combinations",
    "hasStatus": "Regulatory status",
    "manufacturedBy": "Makers and market",
    "availableFrom": "Makers and market",
    "hasPrice": "Makers and market",
    "comparedWith": "Comparisons",
    "assessedAs": "Assessments of the evidence",
    "advises": "Advice of the sources",
    "declares": "What a source says of itself",
    "yields": "Searches",
}
"""The heading that claims of each predicate stand under, in the order in which they are shown."""
_OTHERS = "In claims about others"
_SIGNS = {"Supports": "+", "Refutes": "−", "NullResult": "0", "Inconclusive": "?"}


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _topic(claim: Claim) -> str:
    """Gives the heading that a claim stands under."""
    return _TOPICS.get(local_name(claim.predicate), claim.predicate.label)


@dataclass(frozen=True)
class Account:
    """Everything known of a thing: its own facts, claims about it with their evidence, and what is left unsaid."""

    thing: Iri
    policy: str
    facts: tuple[tuple[str, tuple[Iri | str, ...]], ...]
    claims: tuple[Claim, ...]
    absences: tuple[Absence, ...] = field(default=())

    @property
    def subjects(self) -> set[Iri]:
        """What the claims are about."""
        return {claim.subject for claim in self.claims}

    def topics(self) -> list[tuple[str, list[Claim]]]:
        """Gives the claims under headings, in the order in which they are shown."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            about = claim.subject == self.thing or self.thing not in self.subjects
            # What is said of the evidence on a thing is said of its body of evidence; an interaction belongs to both.
            about = about or local_name(claim.predicate) in ("assessedAs", "interactsWith")
            found.setdefault(_topic(claim) if about else _OTHERS, []).append(claim)
        return [(topic, found[topic]) for topic in [*dict.fromkeys(_TOPICS.values()), _OTHERS] if topic in found]

    def to_text(self, width: int = 100) -> str:
        """Gives the account in readable sentences, wrapped to `width` characters."""
        out: list[str] = [f"{self.thing.label}  ({self.thing.curie})"]

        def put(text: str, first: str, rest: str) -> None:
            out.extend(
                textwrap.wrap(
                    text,
                    width,
                    initial_indent=first,
                    subsequent_indent=rest,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )

        for name, values in self.facts:
            said = "; ".join(value.label if isinstance(value, Iri) else value for value in values)
            put(f"{name}: {said}", "  ", "    ")
        for topic, claims in self.topics():
            out += ["", f"{topic} ({len(claims)})"]
            for claim in claims:
                tier = f", tier {claim.tier}{', unresolved' if claim.unresolved else ''}" if claim.tier else ""
                put(f"{claim.sentence()}: {claim.verdict.upper()}{tier}", "  ", "    ")
                for line in claim.lines:
                    put(f"{_SIGNS[line.stance]} {line.sentence()}", "    ", "      ")
                    if line.note:
                        put(f"note: {line.note}", "      ", "      ")
        if self.absences:
            out += ["", f"Left unsaid ({len(self.absences)})"]
            for absence in self.absences:
                put(absence.sentence(), "  ", "    ")
        lines = sum(len(claim.lines) for claim in self.claims)
        counts = (
            _count(len(self.claims), "claim"),
            _count(lines, "evidence line"),
            _count(len(self.absences), "absence"),
        )
        out += [
            "",
            f"{', '.join(counts)}, under policy {self.policy}.",
            "Signs: + supports, − refutes, 0 looked for and not found, ? inconclusive. Tiers: A synthesis of trials,",
            "B randomised trial, C other human study, D animals, E in vitro, F no study named; unresolved: the study",
            "cannot be traced. These are statements of the sources, not medical advice.",
        ]
        return "\n".join(out) + "\n"

    def __str__(self) -> str:
        return self.to_text()


_FACTS: tuple[tuple[str, str], ...] = (
    ("skos:definition", "what it is"),
    ("dcterms:title", "title"),
    ("moa:kind", "kind"),
    ("skos:altLabel", "also called"),
    ("moa:identifier", "identifiers"),
    ("moa:actsOn", "acts on"),
    ("moa:sign", "sign"),
    ("moa:derivativeOf", "derivative of"),
    ("moa:constituentOf", "said to be part of"),
    ("moa:member", "members"),
    ("skos:broader", "broader"),
    ("skos:exactMatch", "same as"),
    ("skos:closeMatch", "close to"),
    ("skos:narrowMatch", "wider than"),
    ("skos:broadMatch", "narrower than"),
    ("skos:relatedMatch", "related to"),
    ("moa:authors", "authors"),
    ("moa:year", "year"),
    ("moa:journal", "published in"),
    ("moa:volume", "volume"),
    ("moa:doi", "doi"),
    ("moa:pmid", "pmid"),
    ("moa:language", "language"),
    ("moa:citedIn", "cited in"),
    ("moa:citationNumber", "cited as number"),
    ("moa:reports", "reports"),
    ("moa:design", "design"),
    ("moa:blinding", "blinding"),
    ("moa:setting", "setting"),
    ("moa:system", "system"),
    ("moa:species", "species"),
    ("moa:sampleSize", "participants or animals"),
    ("moa:numberOfStudies", "number of studies"),
    ("moa:intervention", "studied"),
    ("moa:comparator", "compared with"),
    ("moa:condition", "condition"),
    ("moa:population", "population"),
    ("moa:sponsor", "sponsor"),
    ("moa:sponsorshipExtent", "sponsored"),
    ("moa:sponsoredStudies", "sponsored studies"),
    ("moa:includesStudy", "includes"),
    ("moa:partOf", "part of"),
    ("moa:route", "route"),
    ("moa:dose", "dose"),
    ("moa:schedule", "how often"),
    ("moa:duration", "for how long"),
    ("moa:repeatAfter", "repeated after"),
    ("moa:alternative", "alternative"),
    ("moa:solvent", "solvent"),
    ("moa:dissolvedIn", "volume"),
    ("moa:referenceRange", "reference range"),
    ("moa:trigger", "trigger"),
    ("moa:watches", "watches"),
    ("moa:threshold", "threshold"),
    ("moa:action", "action"),
    ("moa:component", "components"),
    ("moa:purpose", "purpose"),
    ("moa:about", "about"),
    ("moa:database", "database"),
    ("moa:possiblySameStudy", "possibly the same as"),
    ("moa:sharesDataWith", "shares data with"),
    ("moa:publisher", "publisher"),
    ("moa:url", "web address"),
    ("moa:characters", "characters"),
    ("moa:lastReviewed", "last reviewed"),
    ("moa:note", "curators' note"),
)


def _facts(reader: Reader, iri: str) -> tuple[tuple[str, tuple[Iri | str, ...]], ...]:
    node = reader.nodes([iri])[iri]
    quantities = reader.nodes([str(v) for vs in node.values() for v in vs if str(v).startswith(PREFIXES["quantity"])])

    def say(value: Cell) -> Iri | str:
        if str(value) in quantities:
            return quantity_text(quantities[str(value)])
        return value if isinstance(value, Iri) else str(value)

    facts = []
    for curie, name in _FACTS:
        prefix, _, local = curie.partition(":")
        values = node.get(PREFIXES[prefix] + local, [])
        if values:
            facts.append((name, tuple(say(value) for value in values if not isinstance(value, Decimal))))
    return tuple(facts)


def account_of(library: Library, word: str) -> Account:
    """Gives everything known of the thing that a word names.

    Claims are those about the thing, those that name it as object or qualifier, those that a group of compounds
    shares with it, and those whose evidence comes from it where it is a reference, a study, a source or an agent.

    Raises:
        UnknownThing, AmbiguousThing: the word names no thing, or several.
    """
    store, policy = library.store, library.policy
    iri = library.names.resolve(word, THING_CLASSES)
    reader = Reader(store, policy)
    node = iri_term(iri)
    claims = store.select(
        f"""SELECT DISTINCT ?claim WHERE {{
          ?claim a moa:Claim .
          {{ ?claim ?role {node} }}
          UNION {{ ?claim moa:subject ?group . ?group moa:member {node} }}
          UNION {{ ?claim moa:subject ?body . ?body moa:about {node} }}
          UNION {{ ?line moa:bearsOn ?claim ; ?part {node} }}
          UNION {{ FILTER (?claim = {node}) }}
        }} ORDER BY ?claim""",
        policy,
    ).column("claim")
    absences = store.select(
        f"SELECT DISTINCT ?absence WHERE {{ ?absence a moa:Absence ; ?role {node} }} ORDER BY ?absence",
        policy,
    ).column("absence")
    return Account(
        thing=Iri(iri, store.label(iri)),
        policy=policy,
        facts=_facts(reader, iri),
        claims=tuple(reader.claims(str(claim) for claim in claims)),
        absences=tuple(reader.absences(str(absence) for absence in absences)),
    )


def passages_text(library: Library, folder: Path, word: str) -> str:
    """Gives a claim's sentence and lines beside the text of their passages, for review.

    Args:
        library: what is asked.
        folder: where the source documents lie.
        word: the claim, by any of its names.

    Raises:
        UnknownThing, AmbiguousThing: the word names no claim, or several.
        InputUnreadable: a document is missing.
    """
    from moagraph.audit import documents

    iri = library.names.resolve(word, ["moa:Claim"])
    texts = {document.source: document.text for document in documents(library.store, folder)}
    out = []
    for claim in Reader(library.store, library.policy).claims([iri]):
        out.append(f"{claim.sentence()}  ({claim.iri.curie})")
        for line in claim.lines:
            out.append(f"  {_SIGNS[line.stance]} {line.sentence()}")
            for start, end in line.passages:
                quoted = " ".join(texts.get(line.source, "")[start:end].split())
                out.append(f"      {start}-{end}: {quoted}")
            if line.note:
                out.append(f"      note: {line.note}")
    return "\n".join(out) + "\n"
