"""Reads claims, their evidence lines and absences from a store, all of one kind in one query."""

from __future__ import annotations

from collections.abc import Iterable

from moagraph.claims import QUALIFIERS, Absence, Claim, Line
from moagraph.names import PREFIXES, VOCAB, local_name
from moagraph.store import Store, iri_term
from moagraph.table import Cell, Iri, Table

Properties = dict[str, list[Cell]]


def _gathered(table: Table) -> dict[str, Properties]:
    """Gives nodes with their properties from rows of subject, predicate and value, all in order.

    Sorted here, since ORDER BY takes the engine many times as long as the rest of the query.
    """
    found: dict[str, Properties] = {}
    for subject, predicate, value in sorted(table.cells, key=lambda row: tuple(map(str, row))):
        found.setdefault(str(subject), {}).setdefault(str(predicate), []).append(value)
    return found


def _iris(node: Properties, name: str) -> list[Iri]:
    return [value for value in node.get(VOCAB + name, []) if isinstance(value, Iri)]


def _one(node: Properties, name: str) -> Iri | None:
    values = _iris(node, name)
    return values[0] if values else None


def _text(node: Properties, name: str) -> str:
    values = node.get(VOCAB + name, [])
    return str(values[0]) if values else ""


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

    def __init__(self, store: Store, policy: str) -> None:
        self.store = store
        self.policy = policy
        self._nodes: dict[str, Properties] = {}

    def nodes(self, iris: Iterable[str]) -> dict[str, Properties]:
        """Gives for each node its properties, by their IRI, with their values in order; each node is read once."""
        wanted = sorted(set(iris))
        missing = [iri for iri in wanted if iri not in self._nodes]
        if missing:
            terms = " ".join(iri_term(iri) for iri in missing)
            query = f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {terms} }} ?s ?p ?o }}"
            self._nodes |= {iri: {} for iri in missing} | _gathered(self.store.select(query, self.policy))
        return {iri: self._nodes[iri] for iri in wanted}

    def members(self, *classes: str) -> dict[str, Properties]:
        """Gives all members of some classes, given as CURIEs, with their properties; a query for each class."""
        found: dict[str, Properties] = {}
        for name in classes:
            query = f"SELECT ?s ?p ?o WHERE {{ ?s a {name} ; ?p ?o }}"
            found |= _gathered(self.store.select(query, self.policy))
        self._nodes |= found
        return found

    def leading_to(self, name: str, iris: Iterable[str]) -> dict[str, list[str]]:
        """Gives for each node those from which a property of ours leads to it, in order; none where there are none.

        Args:
            name: local name of the property.
            iris: the nodes.
        """
        nodes = " ".join(iri_term(iri) for iri in sorted(set(iris)))
        table = self.store.select(
            f"""SELECT DISTINCT ?node ?found WHERE {{ VALUES ?node {{ {nodes} }} ?found moa:{name} ?node }}
            ORDER BY ?node ?found""",
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
        nodes = self.nodes(wanted)
        lines_of = self.leading_to("bearsOn", wanted)
        lines = self._lines([line for many in lines_of.values() for line in many])
        amounts = self.nodes(
            str(q) for node in nodes.values() for name in ("value", "during") for q in _iris(node, name)
        )
        claims = []
        for iri in wanted:
            node = nodes[iri]
            subject, predicate, value = (_one(node, key) for key in ("subject", "predicate", "object"))
            amount, when = (_one(node, name) for name in ("value", "during"))
            if subject is None or predicate is None or (value is None and amount is None):
                continue
            text = quantity_text(amounts[str(amount)]) if amount else ""
            during = quantity_text(amounts[str(when)]) if when else ""
            direction = _one(node, "direction")
            verdict, tier = _one(node, "verdict"), _one(node, "tier")
            claims.append(
                Claim(
                    iri=Iri(iri),
                    subject=subject,
                    predicate=predicate,
                    object=value,
                    value=text,
                    during=during,
                    direction=direction.label if direction else "",
                    qualifiers={q: tuple(_iris(node, q)) for q in QUALIFIERS if _iris(node, q)},
                    verdict=verdict.label if verdict else "no admitted evidence",
                    tier=tier.label if tier else "",
                    unresolved=bool(node.get(f"{VOCAB}unresolved", [False])[0]),
                    lines=tuple(sorted((lines[line] for line in lines_of.get(iri, [])), key=Line.order)),
                )
            )
        return sorted(claims, key=Claim.order)

    def _lines(self, iris: list[str]) -> dict[str, Line]:
        nodes = self.nodes(iris)
        passages = self.nodes(str(p) for node in nodes.values() for p in _iris(node, "passage"))
        findings = self.nodes(str(f) for node in nodes.values() for f in _iris(node, "finding"))
        quantities = self.nodes(
            str(value) for node in findings.values() for values in node.values() for value in values
            if isinstance(value, Iri) and str(value).startswith(PREFIXES["quantity"])
        )  # fmt: skip
        certainties = self.nodes(
            str(c) for node in [*nodes.values(), *findings.values()] for c in _iris(node, "certainty")
        )
        sources = self.nodes(str(s) for node in nodes.values() for s in _iris(node, "statedIn"))
        other_readings = self.leading_to("otherReading", iris) if iris else {}
        lines = {}
        for iri in iris:
            node = nodes[iri]
            tier, source = _one(node, "lineTier"), _one(node, "statedIn")
            assert source is not None
            certain = [
                *_iris(node, "certainty"),
                *(c for f in _iris(node, "finding") for c in _iris(findings[str(f)], "certainty")),
            ]
            # Those that assert come first, then headings and what pronouns stand for.
            said = [passages[str(p)] for p in _iris(node, "passage")]
            spans = [_span(p) for p in sorted(said, key=lambda p: (f"{VOCAB}passageRole" in p, _span(p)))]
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
        for iri, node in self.nodes(iris).items():
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
