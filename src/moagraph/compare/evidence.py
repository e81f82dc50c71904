"""The table of evidence: how sources assess it, which gaps they name, and which studies there are."""

from __future__ import annotations

from moagraph.compare.cells import POOLED, VALUE, BesideRow, Entry
from moagraph.compare.known import Knowledge, Known, nothing, said, unsaid
from moagraph.names import local_name
from moagraph.store import iri_term
from moagraph.table import Iri


def evidence(known: Knowledge) -> list[BesideRow]:
    """Gives how sources assess the evidence, the gaps they name, and the studies by design with their size."""
    rows = [
        known.row("Assessments", said("assessedAs"), unsaid("assessedAs")),
        known.row("Clinical record", known.of_kind("ClinicalRecord"), known.blank_of_kind("ClinicalRecord")),
        known.row(
            "Gaps that sources name", nothing, lambda b: unsaid("affects", "studiedFor")(b) and b.about is None
        ),
    ]
    table = known.store.select(
        f"""SELECT DISTINCT ?compound ?study ?given WHERE {{
          VALUES ?compound {{ {" ".join(iri_term(thing) for thing in known.things)} }}
          ?given moa:member? ?compound . ?study moa:intervention ?given
        }} ORDER BY ?compound ?study ?given""",
        known.policy,
    )
    studies = known.about(str(study) for study in table.column("study"))
    reports: dict[str, list[str]] = {}
    for reference, study in known.store.select(
        "SELECT ?reference ?study WHERE { ?reference moa:reports ?study } ORDER BY ?study ?reference", known.policy
    ).cells:
        if isinstance(reference, Iri):
            reports.setdefault(str(study), []).append(reference.label)
    entries: dict[Iri, dict[Iri, list[Entry]]] = {}
    for compound, study, given in table.cells:
        assert isinstance(compound, Iri)
        assert isinstance(study, Iri)
        assert isinstance(given, Iri)
        node = studies[study]
        extent = [
            v.label for v in node.get("sponsorshipExtent", []) if isinstance(v, Iri) and v.label != "not stated"
        ]
        same = [v.label for v in node.get("possiblySameStudy", []) if isinstance(v, Iri)]
        details = [str(n) if str(n).startswith("N") else f"n: {n}" for n in node.get("sampleSize", [])]
        details += [f"sponsored: {e}" for e in extent] + [f"possibly the same as {label}" for label in same]
        pooled = given != compound
        text = f"{study.label} ({'; '.join(details)})" if details else study.label
        sources = " and ".join(v.label for v in node.get("statedIn", []) if isinstance(v, Iri))
        cited = f"reported in {' and '.join(reports[study])}" if study in reports else "no traceable reference"
        entry = Entry(
            POOLED if pooled else VALUE,
            f"pooled as {given.label}: {text}" if pooled else text,
            (study.label,),
            ids=(study.curie,),
            notes=(f"{sources}; {cited}",),
        )
        for design in node.get("design", []):
            if isinstance(design, Iri):
                entries.setdefault(design, {}).setdefault(compound, []).append(entry)
    for design in sorted(entries, key=_design_order):
        of = entries[design]

        def studied(one: Known, of: dict[Iri, list[Entry]] = of) -> list[Entry]:
            return of.get(one.compound, [])

        rows.append(known.row(f"Studies: {design.label}", nothing, others=studied))
    return rows


_DESIGNS = (
    "MetaAnalysis", "SystematicReview", "TrialReview", "RandomisedTrial", "ControlledTrial", "PilotStudy",
    "HumanStudy", "AnimalStudy", "InVitroStudy", "NarrativeReview", "DesignNotStated",
)  # fmt: skip


def _design_order(design: Iri) -> tuple[int, str]:
    name = local_name(design)
    return (_DESIGNS.index(name) if name in _DESIGNS else len(_DESIGNS), str(design))
