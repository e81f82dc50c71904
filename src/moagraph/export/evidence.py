"""Export of the evidence as JSON lines: a stable interface for programs that do not speak RDF.

One object a line for each evidence line, each absence, and each record (a stated fact of a reference, study or other
thing, with its passages), in the order of their ids. Keys, always all of them and in this order: `id`, `kind`
("evidence", "absence" or "record"), `claim`, `subject`, `subject_label`, `predicate`, `predicate_label`, `object`,
`object_label`, `value`, `unit`, `qualifiers` (from name to a list of terms), `stance` (null for absences and
records), `reason` (null but for absences), `source` (its name), `passages` (objects with `start`, `end`, `digest`),
`system`, `species`, `design`, `n`, `untraceable_citations`, `references`, `studies`, `asserted_by`, `strength`,
`tier`, `findings` (objects with `measure`, `estimate`, `lower`, `upper`, `level`, `p`, `n`, `analysis_set`,
`endpoint_role`, `outcome`) and `text` (one English sentence made from the data, and the curators' note where there is
one).

Terms are CURIEs; numbers are strings: decimals with the digits of the data, or as reported where there is no decimal
and for p-values. What has no value is null or an empty list; nothing is filled in. Designs and species are those of
the line and of its studies; `n` is the size of its study where it has one study with one size.
Every line is given whatever a policy admits; `tier` is that under the policy `everything`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moagraph.api import Graph
from moagraph.claims import Absence, Claim, Line
from moagraph.names import PREFIXES, VOCAB, local_name
from moagraph.places import write_file
from moagraph.reader import Properties, Reader
from moagraph.table import Cell, Iri

POLICY = "everything"

KEYS = (
    "id", "kind", "claim", "subject", "subject_label", "predicate", "predicate_label", "object", "object_label",
    "value", "unit", "qualifiers", "stance", "reason", "source", "passages", "system", "species", "design", "n",
    "untraceable_citations", "references", "studies", "asserted_by", "strength", "tier", "findings", "text",
)  # fmt: skip
"""The keys of every object, in order."""

_LISTS = ("passages", "species", "design", "references", "studies", "asserted_by", "findings")
_RECORDED = (
    "moa:authors", "moa:year", "moa:journal", "moa:volume", "moa:doi", "moa:pmid", "moa:language", "moa:reports",
    "moa:design", "moa:blinding", "moa:setting", "moa:species", "moa:sampleSize", "moa:numberOfStudies",
    "moa:intervention", "moa:comparator", "moa:condition", "moa:sponsor", "moa:sponsorshipExtent",
    "moa:sponsoredStudies", "moa:includesStudy", "moa:partOf", "moa:population", "moa:coIntervention",
    "moa:possiblySameStudy", "moa:system", "moa:url", "moa:publisher", "moa:lastReviewed", "moa:route", "moa:dose",
    "moa:schedule", "moa:duration", "moa:repeatAfter", "moa:alternative", "moa:solvent", "moa:dissolvedIn",
    "moa:referenceRange", "moa:trigger", "moa:watches", "moa:threshold", "moa:action", "moa:component", "moa:purpose",
    "moa:about", "moa:database",
    "dcterms:title",
)  # fmt: skip
"""What a record states of a reference, study, regimen, source or other thing."""


def _terms(node: Properties, name: str) -> list[str]:
    return [_term(value) for value in node.get(VOCAB + name, [])]


def _term(value: Cell) -> str:
    return value.curie if isinstance(value, Iri) else str(value)


def _first(node: Properties, name: str) -> str | None:
    values = _terms(node, name)
    return values[0] if values else None


def _remark(node: Properties) -> str:
    """Gives the curators' note as a further sentence: what the words restrict and no property holds stands there."""
    note = _first(node, "note")
    return f" Note: {note.rstrip('.')}." if note else ""


def _frequency(node: Properties) -> str:
    said = [value.label for value in node.get(f"{VOCAB}frequency", []) if isinstance(value, Iri)]
    return f"; said to be {' and '.join(said)}" if said else ""


class _Exporter:
    """Makes the objects from nodes that were read in bulk."""

    def __init__(self, graph: Graph) -> None:
        self.store = graph.store
        self.reader = Reader(graph.store, POLICY)
        self.nodes = self.reader.members(
            "moa:EvidenceLine", "moa:Claim", "moa:Absence", "moa:Passage", "moa:Finding", "moa:Quantity",
            "moa:Study", "moa:StudySet", "moa:Reference",
        )  # fmt: skip
        self.qualifiers = [
            local_name(str(cell))
            for cell in self.store.select(
                "SELECT ?q WHERE { ?q rdfs:subPropertyOf moa:qualifier } ORDER BY ?q", POLICY
            ).column("q")
        ]

    def _object(self, **values: Any) -> dict[str, Any]:
        empty: dict[str, Any] = {key: [] if key in _LISTS else None for key in KEYS}
        empty["qualifiers"] = {}
        return {**empty, **values}

    def _passages(self, node: Properties) -> list[dict[str, Any]]:
        spans = []
        for passage in node.get(f"{VOCAB}passage", []):
            found = self.nodes[str(passage)]
            start, end = (int(str(found[PREFIXES["oa"] + name][0])) for name in ("start", "end"))
            spans.append({"start": start, "end": end, "digest": _first(found, "digest")})
        return sorted(spans, key=lambda span: (span["start"], span["end"]))

    def _qualifiers(self, node: Properties) -> dict[str, list[str]]:
        found = {name: node.get(VOCAB + name, []) for name in self.qualifiers}
        return {name: [self._qualifier(value) for value in values] for name, values in found.items() if values}

    def _qualifier(self, value: Cell) -> str:
        """Gives a qualifier's term, or its text as reported where it is a quantity."""
        return _first(self.nodes.get(str(value), {}), "asReported") or _term(value)

    def _quantity(self, node: Properties, name: str) -> Properties:
        values = node.get(VOCAB + name, [])
        return self.nodes.get(str(values[0]), {}) if values else {}

    def _finding(self, iri: Cell) -> dict[str, Any]:
        node = self.nodes[str(iri)]
        estimate = self._quantity(node, "estimate") or self._quantity(node, "responders")
        return {
            "measure": _first(node, "measure"),
            "estimate": _first(estimate, "amount"),
            "lower": _first(estimate, "lowerBound"),
            "upper": _first(estimate, "upperBound"),
            "level": _first(estimate, "confidenceLevel"),
            "p": _first(self._quantity(node, "pValue"), "asReported"),
            "n": _first(self._quantity(node, "sampleSize"), "amount"),
            "analysis_set": _first(node, "analysisSet"),
            "endpoint_role": _first(node, "endpointRole"),
            "outcome": _first(node, "outcome"),
        }

    def evidence(self, claim: Claim, line: Line) -> dict[str, Any]:
        """Gives the object of an evidence line."""
        node, about = self.nodes[str(line.iri)], self.nodes[str(claim.iri)]
        studies = [self.nodes[str(study)] for study in line.studies]
        sizes = [size for study in studies for size in _terms(self._quantity(study, "sampleSize"), "amount")]
        kinds = [*_terms(node, "species"), *(kind for study in studies for kind in _terms(study, "species"))]
        designs = [*_terms(node, "design"), *(design for study in studies for design in _terms(study, "design"))]
        value = self._quantity(about, "value")
        return self._object(
            id=line.iri.curie,
            kind="evidence",
            claim=claim.iri.curie,
            subject=claim.subject.curie,
            subject_label=claim.subject.label,
            predicate=claim.predicate.curie,
            predicate_label=claim.predicate.label,
            object=claim.object.curie if claim.object else None,
            object_label=claim.object.label if claim.object else None,
            value=_first(value, "amount") or _first(value, "asReported"),
            unit=_first(value, "unit"),
            qualifiers=self._qualifiers(about),
            stance=_first(node, "stance"),
            source=local_name(line.source),
            passages=self._passages(node),
            system=_first(node, "system"),
            species=sorted(set(kinds)),
            design=sorted(set(designs)),
            n=sizes[0] if len(sizes) == 1 else None,
            untraceable_citations=line.untraceable,
            references=[reference.curie for reference in line.references],
            studies=[study.curie for study in line.studies],
            asserted_by=[agent.curie for agent in line.asserted_by],
            strength=_first(node, "strength"),
            tier=line.tier or None,
            findings=[self._finding(finding) for finding in node.get(f"{VOCAB}finding", [])],
            text=f"{claim.sentence()}: {line.stance_label} by {line.sentence()}{_frequency(node)}.{_remark(node)}",
        )

    def absence(self, absence: Absence) -> dict[str, Any]:
        """Gives the object of an absence."""
        node = self.nodes[str(absence.iri)]
        return self._object(
            id=absence.iri.curie,
            kind="absence",
            subject=absence.subject.curie,
            subject_label=absence.subject.label,
            predicate=absence.attribute.curie,
            predicate_label=absence.attribute.label,
            object=absence.object.curie if absence.object else None,
            object_label=absence.object.label if absence.object else None,
            qualifiers=self._qualifiers(node),
            reason=_first(node, "reason"),
            source=local_name(absence.stated_in[0]),
            passages=self._passages(node),
            text=f"{absence.sentence()}.{_remark(node)}",
        )

    def _recorded(self) -> list[tuple[Iri, str, list[Cell]]]:
        """Gives things of which a source states facts: the thing, the source, and the passages that state them.

        References, studies and sources name their passages; regimens and the like are what claims are about, so their
        passages are those of the claims' lines.
        """
        table = self.store.select(
            """SELECT DISTINCT ?thing ?source ?passage WHERE {
              {
                ?thing moa:passage ?passage . ?passage moa:inSource ?source
                FILTER NOT EXISTS { ?thing moa:bearsOn ?any }
                FILTER NOT EXISTS { ?thing a moa:Absence }
              } UNION {
                VALUES ?class {
                  moa:Regimen moa:Preparation moa:Test moa:StopRule moa:Stack moa:EvidenceBody moa:Search
                }
                ?thing a ?class .
                ?claim moa:subject|moa:object ?thing .
                ?line moa:bearsOn ?claim ; moa:passage ?passage ; moa:statedIn ?source
              }
            }""",
            POLICY,
        )
        found: dict[tuple[Iri, Iri], list[Cell]] = {}
        for thing, source, passage in table.cells:
            assert isinstance(thing, Iri)
            assert isinstance(source, Iri)
            found.setdefault((thing, source), []).append(passage)
        return [(thing, local_name(source), passages) for (thing, source), passages in sorted(found.items())]

    def records(self) -> Iterator[dict[str, Any]]:
        """Gives an object for each stated fact of each thing, for each source that states it."""
        recorded = self._recorded()
        self.nodes |= self.reader.nodes(str(thing) for thing, _, _ in recorded)
        numbers: Counter[str] = Counter()
        for thing, source, passages in recorded:
            node = self.nodes[str(thing)]
            spans = self._passages({f"{VOCAB}passage": passages})
            for curie in _RECORDED:
                prefix, _, name = curie.partition(":")
                for value in node.get(PREFIXES[prefix] + name, []):
                    quantity = self.nodes.get(str(value), {}) if str(value).startswith(PREFIXES["quantity"]) else {}
                    label = self.store.label(PREFIXES[prefix] + name) or name
                    shown = _first(quantity, "asReported") or (value.label if isinstance(value, Iri) else str(value))
                    term = value.curie if isinstance(value, Iri) and not quantity else None
                    fact = f"{thing.curie}#{name}"
                    numbers[fact] += 1
                    yield self._object(
                        id=f"{fact}-{numbers[fact]}",
                        kind="record",
                        subject=thing.curie,
                        subject_label=thing.label,
                        predicate=curie,
                        predicate_label=label,
                        object=term,
                        object_label=value.label if isinstance(value, Iri) and term else None,
                        value=None if term else _first(quantity, "amount") or shown,
                        unit=_first(quantity, "unit"),
                        source=source,
                        passages=spans,
                        text=f"{thing.label}, {label}: {shown}.",
                    )


def objects(graph: Graph) -> list[dict[str, Any]]:
    """Gives all objects of the export in the order of their ids."""
    exporter = _Exporter(graph)
    claims = [iri for iri, node in exporter.nodes.items() if f"{VOCAB}predicate" in node]
    absences = [iri for iri, node in exporter.nodes.items() if f"{VOCAB}attribute" in node]
    found = [exporter.evidence(claim, line) for claim in exporter.reader.claims(claims) for line in claim.lines]
    found += [exporter.absence(absence) for absence in exporter.reader.absences(absences)]
    found += list(exporter.records())
    return sorted(found, key=lambda one: str(one["id"]))


def export(graph: Graph, path: Path, policy: str | None = None) -> int:  # noqa: ARG001 - every line is exported
    """Writes the evidence as JSON lines, and gives their number.

    Args:
        graph: what is exported.
        path: where to.
        policy: not used: every line is exported, whatever a policy admits.
    """
    lines = [json.dumps(one, ensure_ascii=False) for one in objects(graph)]
    write_file(path, ("\n".join(lines) + "\n").encode("utf-8"))
    return len(lines)
