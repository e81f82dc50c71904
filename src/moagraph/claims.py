"""Typed views of claims, their evidence and what is left unsaid, and the sentences that say them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from moagraph.library import Library
from moagraph.names import PREFIXES, VOCAB, local_name
from moagraph.store import EmbeddedStore, iri_term
from moagraph.table import Cell, Iri

THING_CLASSES = (
    "moa:Compound", "moa:CompoundGroup", "moa:Mechanism", "moa:Receptor", "moa:Condition", "moa:Outcome",
    "moa:Target", "moa:Population", "moa:Reference", "moa:Study", "moa:StudySet", "moa:Source", "moa:Agent",
    "moa:Claim",
)  # fmt: skip
"""The classes whose members can be shown."""

_VERBS = {
    "hasMechanism": "acts by",
    "bindsReceptor": "binds",
    "usedFor": "is used for",
    "authorisedFor": "is authorised for",
    "studiedFor": "was studied for",
}
_TOPICS = {
    "hasMechanism": "Mechanisms",
    "bindsReceptor": "Receptors",
    "affects": "Effects",
    "authorisedFor": "Authorised for",
    "studiedFor": "Studied for",
    "usedFor": "Uses",
}
_OTHERS = "In claims about others"
_PHRASES = (
    ("outcome", "towards"),
    ("condition", "in"),
    ("population", "among"),
    ("comparedPopulation", "more than among"),
    ("comparator", "compared with"),
    ("coIntervention", "together with"),
    ("via", "through"),
    ("route", "by the route"),
    ("jurisdiction", "within"),
)
_SIGNS = {"Supports": "+", "Refutes": "−", "NullResult": "0", "Inconclusive": "?"}
_STANCE_ORDER = ["Supports", "Inconclusive", "NullResult", "Refutes"]
_VERDICT_ORDER = ["Supported", "Suggested", "Contested", "Null", "Refuted", "Insufficient"]

Properties = dict[str, list[Cell]]


def properties(store: EmbeddedStore, policy: str, iris: Iterable[str]) -> dict[str, Properties]:
    """Gives for each node its properties, by their IRI, with their values in order."""
    wanted = sorted(set(iris))
    found: dict[str, Properties] = {iri: {} for iri in wanted}
    if not wanted:
        return found
    nodes = " ".join(iri_term(iri) for iri in wanted)
    table = store.select(f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {nodes} }} ?s ?p ?o }} ORDER BY ?s ?p ?o", policy)
    for subject, predicate, value in table.cells:
        found[str(subject)].setdefault(str(predicate), []).append(value)
    return found


def _iris(node: Properties, name: str) -> list[Iri]:
    return [value for value in node.get(VOCAB + name, []) if isinstance(value, Iri)]


def _one(node: Properties, name: str) -> Iri | None:
    values = _iris(node, name)
    return values[0] if values else None


def _text(node: Properties, name: str) -> str:
    values = node.get(VOCAB + name, [])
    return str(values[0]) if values else ""


def _labels(values: Iterable[Iri]) -> str:
    return " and ".join(value.label for value in values)


@dataclass(frozen=True)
class Line:
    """What one source says about a claim."""

    iri: Iri
    stance: str
    strength: str
    prominence: str
    tier: str
    unresolved: bool
    system: str
    source: Iri
    asserted_by: tuple[Iri, ...]
    in_own_voice: bool
    relayed_by: tuple[Iri, ...]
    references: tuple[Iri, ...]
    studies: tuple[Iri, ...]
    untraceable: int
    passages: tuple[tuple[int, int], ...]
    findings: tuple[str, ...]
    certainties: tuple[str, ...]
    admitted: bool
    ambiguous: bool
    note: str

    def sentence(self) -> str:
        """Gives the line in words: who says so, how strongly, where, on what."""
        wording = {"asserted": "", "reported": "as reported", "theoretical": "in theory"}.get(
            self.strength, f"as {self.strength}"
        )
        remarks = [part for part in (wording, "headline" if self.prominence == "headline" else "") if part]
        who = self.source.label
        if not self.in_own_voice:
            who = (
                f"{_labels(self.asserted_by)}, relayed in {who}"
                if self.relayed_by
                else f"{_labels(self.asserted_by)} in {who}"
            )
        parts = [f"{who} ({', '.join(remarks)})" if remarks else who]
        if self.studies:
            parts.append(f"from {_labels(self.studies)}")
        if self.system != "not stated":
            parts.append({"human": "in humans", "animal": "in animals"}.get(self.system, self.system))
        if self.references:
            parts.append(f"citing {_labels(self.references)}")
        else:
            marks = f" ({self.untraceable} citation mark{'s' if self.untraceable > 1 else ''} that cannot be traced)"
            parts.append(f"no traceable reference{marks if self.untraceable else ''}")
        parts += [f"finding: {finding}" for finding in self.findings]
        parts += list(self.certainties)
        if self.ambiguous:
            parts.append("one of several readings of ambiguous wording, so it does not count")
        if not self.admitted:
            parts.append("not counted under this policy")
        tier = f"tier {self.tier}{', unresolved' if self.unresolved else ''}" if self.tier else "no tier"
        return f"[{tier}] {'; '.join(parts)}"


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict under a policy and its evidence lines."""

    iri: Iri
    subject: Iri
    predicate: Iri
    object: Iri
    direction: str
    qualifiers: dict[str, tuple[Iri, ...]]
    verdict: str
    tier: str
    unresolved: bool
    lines: tuple[Line, ...]

    def sentence(self) -> str:
        """Gives the claim in words."""
        name = local_name(self.predicate)
        verb = self.direction or _VERBS.get(name, self.predicate.label)
        words = [self.subject.label, verb, self.object.label]
        for qualifier, phrase in _PHRASES:
            values = self.qualifiers.get(qualifier)
            if values:
                words += [phrase, _labels(values)]
        return " ".join(words)

    @property
    def topic(self) -> str:
        """The heading that the claim stands under."""
        name = local_name(self.predicate)
        return _TOPICS.get(name, self.predicate.label)

    def order(self) -> tuple[int, str, str]:
        """Gives the place of the claim among others: verdict, then tier, then words."""
        known = self.verdict.capitalize()
        rank = _VERDICT_ORDER.index(known) if known in _VERDICT_ORDER else len(_VERDICT_ORDER)
        return (rank, self.tier or "Z", self.sentence())


@dataclass(frozen=True)
class Absence:
    """A blank with its reason."""

    iri: Iri
    subject: Iri
    attribute: Iri
    object: Iri | None
    description: str
    reason: str
    stated_in: tuple[Iri, ...]
    silent_in: tuple[Iri, ...]
    note: str

    def sentence(self) -> str:
        """Gives the absence in words."""
        silent = f"; silent: {_labels(self.silent_in)}" if self.silent_in else ""
        return f"{self.description}: {self.reason.upper()} ({_labels(self.stated_in)}{silent})"


def _quantity(node: Properties) -> str:
    reported = _text(node, "asReported")
    unit = _text(node, "unit")
    bare = reported.replace(".", "").replace(",", "").isdigit()
    return f"{reported} {unit}" if bare and unit not in ("", "1") else reported


def _span(passage: Properties) -> tuple[int, int]:
    start, end = (int(str(passage[PREFIXES["oa"] + name][0])) for name in ("start", "end"))
    return (start, end)


class _Reader:
    """Reads claims and absences with all that hangs on them, a few queries for each kind of node."""

    def __init__(self, store: EmbeddedStore, policy: str) -> None:
        self.store = store
        self.policy = policy

    def _get(self, iris: Iterable[str]) -> dict[str, Properties]:
        return properties(self.store, self.policy, iris)

    def _pairs(self, pattern: str, iris: Iterable[str]) -> dict[str, list[str]]:
        """Gives for each node the nodes that a pattern over `?node` and `?found` relates it to."""
        nodes = " ".join(iri_term(iri) for iri in sorted(set(iris)))
        table = self.store.select(
            f"SELECT DISTINCT ?node ?found WHERE {{ VALUES ?node {{ {nodes} }} {pattern} }} ORDER BY ?node ?found",
            self.policy,
        )
        found: dict[str, list[str]] = {}
        for node, other in table.cells:
            found.setdefault(str(node), []).append(str(other))
        return found

    def claims(self, iris: Iterable[str]) -> list[Claim]:
        """Gives the claims, best supported first."""
        wanted = sorted(set(iris))
        if not wanted:
            return []
        nodes = self._get(wanted)
        lines_of = self._pairs("?found moa:bearsOn ?node .", wanted)
        lines = self._lines([line for many in lines_of.values() for line in many])
        claims = []
        for iri in wanted:
            node = nodes[iri]
            subject, predicate, value = (_one(node, key) for key in ("subject", "predicate", "object"))
            if subject is None or predicate is None or value is None:
                continue
            direction = _one(node, "direction")
            verdict, tier = _one(node, "verdict"), _one(node, "tier")
            claims.append(
                Claim(
                    iri=Iri(iri),
                    subject=subject,
                    predicate=predicate,
                    object=value,
                    direction=direction.label if direction else "",
                    qualifiers={q: tuple(_iris(node, q)) for q, _ in _PHRASES if _iris(node, q)},
                    verdict=verdict.label if verdict else "no admitted evidence",
                    tier=tier.label if tier else "",
                    unresolved=bool(node.get(f"{VOCAB}unresolved", [False])[0]),
                    lines=tuple(
                        sorted(
                            (lines[line] for line in lines_of.get(iri, [])),
                            key=lambda line: (_STANCE_ORDER.index(line.stance), line.tier or "Z", line.iri),
                        )
                    ),
                )
            )
        return sorted(claims, key=Claim.order)

    def _lines(self, iris: list[str]) -> dict[str, Line]:
        nodes = self._get(iris)
        passages = self._get(str(p) for node in nodes.values() for p in _iris(node, "passage"))
        findings = self._get(str(f) for node in nodes.values() for f in _iris(node, "finding"))
        quantities = self._get(
            str(value) for node in findings.values() for values in node.values() for value in values
            if isinstance(value, Iri) and str(value).startswith(PREFIXES["quantity"])
        )  # fmt: skip
        certainties = self._get(
            str(c) for node in [*nodes.values(), *findings.values()] for c in _iris(node, "certainty")
        )
        sources = self._get(str(s) for node in nodes.values() for s in _iris(node, "statedIn"))
        other_readings = self._pairs("?found moa:otherReading ?node .", iris) if iris else {}
        lines = {}
        for iri in iris:
            node = nodes[iri]
            tier, source = _one(node, "lineTier"), _one(node, "statedIn")
            assert source is not None
            certain = [
                *_iris(node, "certainty"),
                *(c for f in _iris(node, "finding") for c in _iris(findings[str(f)], "certainty")),
            ]
            spans = sorted(_span(passages[str(p)]) for p in _iris(node, "passage"))
            stance, strength, system = (_one(node, key) for key in ("stance", "strength", "system"))
            prominence = _one(node, "prominence")
            lines[iri] = Line(
                iri=Iri(iri),
                stance=local_name(stance or "Inconclusive"),
                strength=strength.label if strength else "",
                prominence=prominence.label if prominence else "",
                tier=tier.label if tier else "",
                unresolved=bool(node.get(f"{VOCAB}unresolved", [False])[0]),
                system=system.label if system else "not stated",
                source=source,
                asserted_by=tuple(_iris(node, "assertedBy")),
                in_own_voice=_iris(node, "assertedBy") == _iris(sources[str(source)], "publisher"),
                relayed_by=tuple(_iris(node, "relayedBy")),
                references=tuple(_iris(node, "restsOn")),
                studies=tuple(_iris(node, "fromStudy")),
                untraceable=int(_text(node, "untraceableCitations") or 0),
                passages=tuple(spans),
                findings=tuple(self._finding(findings[str(f)], quantities) for f in _iris(node, "finding")),
                certainties=tuple(dict.fromkeys(self._certainty(certainties[str(c)]) for c in certain)),
                admitted=bool(_iris(node, "admittedBy")),
                ambiguous=bool(_iris(node, "otherReading") or other_readings.get(iri)),
                note=_text(node, "note"),
            )
        return lines

    def _finding(self, node: Properties, quantities: dict[str, Properties]) -> str:
        def quantity(name: str) -> str:
            found = _one(node, name)
            return _quantity(quantities[str(found)]) if found else ""

        outcome, measure = _one(node, "outcome"), _one(node, "measure")
        words = []
        if outcome:
            words.append(outcome.label)
        if measure and local_name(measure) != "MeasureNotStated":
            words.append(measure.label)
        words += [quantity("estimate"), quantity("responders")]
        text = " ".join(word for word in words if word)
        details = [quantity("pValue")]
        size, studies, when, lasting = (
            quantity(name) for name in ("sampleSize", "numberOfStudies", "timePoint", "effectDuration")
        )
        details += [f"n: {size}" if size else "", f"studies: {studies}" if studies else ""]
        details += [f"at {when}" if when else "", f"lasting {lasting}" if lasting else ""]
        for name in ("significance", "analysisSet", "endpointRole"):
            found = _one(node, name)
            if found and found.label != "not stated":
                details.append(found.label)
        shown = [detail for detail in details if detail]
        return f"{text} ({', '.join(shown)})" if shown and text else text or ", ".join(shown)

    def _certainty(self, node: Properties) -> str:
        level, assessor = _one(node, "level"), _one(node, "assessor")
        who = assessor.label if assessor else "nobody named"
        return f"certainty {level.label if level else 'not stated'} according to {who}"

    def absences(self, iris: Iterable[str]) -> list[Absence]:
        """Gives the absences in the order of their words."""
        absences = []
        for iri, node in self._get(iris).items():
            subject, attribute, reason = (_one(node, key) for key in ("subject", "attribute", "reason"))
            if subject is None or attribute is None or reason is None:
                continue
            absences.append(
                Absence(
                    iri=Iri(iri),
                    subject=subject,
                    attribute=attribute,
                    object=_one(node, "object"),
                    description=str(node[f"{PREFIXES['dcterms']}description"][0]),
                    reason=reason.label,
                    stated_in=tuple(_iris(node, "statedIn")),
                    silent_in=tuple(_iris(node, "silentIn")),
                    note=_text(node, "note"),
                )
            )
        return sorted(absences, key=lambda absence: (absence.attribute.label, absence.sentence()))


@dataclass(frozen=True)
class Account:
    """Everything known of a thing: its own facts, claims about it with their evidence, and what is left unsaid."""

    thing: Iri
    policy: str
    facts: tuple[tuple[str, str], ...]
    claims: tuple[Claim, ...]
    absences: tuple[Absence, ...] = field(default=())

    @property
    def subjects(self) -> set[Iri]:
        """What the claims are about."""
        return {claim.subject for claim in self.claims}

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

        for name, value in self.facts:
            put(f"{name}: {value}", "  ", "    ")
        topics: dict[str, list[Claim]] = {}
        for claim in self.claims:
            about = claim.subject == self.thing or self.thing not in self.subjects
            topics.setdefault(claim.topic if about else _OTHERS, []).append(claim)
        for topic in [*_TOPICS.values(), _OTHERS]:
            if topic not in topics:
                continue
            out += ["", f"{topic} ({len(topics[topic])})"]
            for claim in topics[topic]:
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
        out += [
            "",
            f"{len(self.claims)} claims, {lines} evidence lines, {len(self.absences)} absences, "
            f"under policy {self.policy}.",
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
    ("moa:possiblySameStudy", "possibly the same as"),
    ("moa:publisher", "publisher"),
    ("moa:url", "web address"),
    ("moa:characters", "characters"),
    ("moa:lastReviewed", "last reviewed"),
    ("moa:note", "curators' note"),
)


def _facts(store: EmbeddedStore, policy: str, iri: str) -> tuple[tuple[str, str], ...]:
    node = properties(store, policy, [iri])[iri]
    quantities = properties(
        store, policy, [str(v) for vs in node.values() for v in vs if str(v).startswith(PREFIXES["quantity"])]
    )
    say: Callable[[Cell], str] = lambda value: (  # noqa: E731 - one place, one line
        _quantity(quantities[str(value)])
        if str(value) in quantities
        else value.label
        if isinstance(value, Iri)
        else str(value)
    )
    facts = []
    for curie, name in _FACTS:
        prefix, _, local = curie.partition(":")
        values = node.get(PREFIXES[prefix] + local, [])
        if values:
            facts.append((name, "; ".join(say(value) for value in values if not isinstance(value, Decimal))))
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
    reader = _Reader(store, policy)
    node = iri_term(iri)
    claims = store.select(
        f"""SELECT DISTINCT ?claim WHERE {{
          ?claim a moa:Claim .
          {{ ?claim ?role {node} }}
          UNION {{ ?claim moa:subject ?group . ?group moa:member {node} }}
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
        facts=_facts(store, policy, iri),
        claims=tuple(reader.claims(str(claim) for claim in claims)),
        absences=tuple(reader.absences(str(absence) for absence in absences)),
    )
