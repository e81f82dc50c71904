"""Typed views of claims, their evidence and what is left unsaid, and the sentences that say them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moagraph.names import PREFIXES, VOCAB, local_name
from moagraph.store import EmbeddedStore, iri_term
from moagraph.table import Cell, Iri

_VERBS = {
    "hasMechanism": "acts by",
    "bindsReceptor": "binds",
    "usedFor": "is used for",
    "authorisedFor": "is authorised for",
    "studiedFor": "was studied for",
}
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

    @property
    def stance_label(self) -> str:
        """What the line does to its claim, in words."""
        verbs = {"Supports": "supported", "Refutes": "refuted", "NullResult": "found null"}
        return verbs.get(self.stance, "left open")

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
        if self.passages:
            start, end = self.passages[0]
            more = len(self.passages) - 1
            parts.append(f"at {start}–{end}{f' and {more} more place' + ('s' if more > 1 else '') if more else ''}")
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


def quantity_text(node: Properties) -> str:
    """Gives a quantity as its source prints it, with the unit where the text leaves it out."""
    reported = _text(node, "asReported")
    unit = _text(node, "unit")
    bare = reported.replace(".", "").replace(",", "").isdigit()
    return f"{reported} {unit}" if bare and unit not in ("", "1") else reported


def _span(passage: Properties) -> tuple[int, int]:
    start, end = (int(str(passage[PREFIXES["oa"] + name][0])) for name in ("start", "end"))
    return (start, end)


class Reader:
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
            return quantity_text(quantities[str(found)]) if found else ""

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
