"""The comparison article's own three tables, cell by cell, and the whole tables of which they are rows.

`MOAGRAPH_UPDATE_GOLDENS=1 pytest tests/test_data_compare.py` rewrites `tests/data/compare/*.md` after a change of the
data. Read the difference before you keep it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT
from moagraph.api import Graph
from moagraph.compare import TABLES
from moagraph.compare.cells import ABSENCE, SUGGESTED, VALUE, BesideCell

KEPT = ROOT / "tests" / "data" / "compare"
GOLDENS = ("at-a-glance", "mechanisms", "safety")

Expected = tuple[set[str], set[str]]
"""Kinds of entries and labels of things that a cell has among others."""

IM, IV = "intramuscular", "intravenous"
CMP, CBC, CRP = "comprehensive metabolic panel", "complete blood count", "C-reactive protein"
ENZYMES = {"alanine transaminase", "aspartate aminotransferase"}
NOT_EMPHASIZED = "not emphasized in source"


def values(*labels: str) -> Expected:
    return {VALUE}, set(labels)


def blank(*labels: str) -> Expected:
    return {ABSENCE}, set(labels)


ARTICLE: list[tuple[str, str, Expected, Expected]] = [
    # Table, row, Cortexin, Cerebrolysin: first the article's glance at both.
    ("at-a-glance", "Source material", values("cerebral cortex of cattle or pigs"), values("pig brain")),
    ("at-a-glance", "Composition", values("neuropeptides"), values("low-molecular-weight peptides", "amino acids")),
    ("at-a-glance", "Blood-brain barrier", ({VALUE, ABSENCE}, {"crosses the blood-brain barrier"}),
     values("crosses the blood-brain barrier")),
    ("at-a-glance", "Headline mechanisms",
     values("support of synaptic plasticity", "antioxidant defence", "improvement of cerebral blood flow"),
     values("neurogenesis", "anti-apoptosis")),
    ("at-a-glance", "Routes", values(IM), values(IM, IV)),
    ("at-a-glance", "Evidence", values("long clinical use"), values("long clinical use")),
    ("at-a-glance", "Studied for", values(), values("stroke", "traumatic brain injury", "Alzheimer's disease")),
    ("at-a-glance", "Regulatory status, United States", values("not approved", "research use only"),
     values("not approved", "research use only")),
    ("at-a-glance", "Regulatory status, Russia", values("prescription", "in clinical use"),
     values("prescription", "approved")),
    ("at-a-glance", "Regulatory status, Eastern Europe", values("prescription", "in clinical use"),
     values("prescription", "approved")),
    ("at-a-glance", "Regimens", values("10 mg intramuscularly once daily for 10 days"),
     values("5 mL intramuscularly daily or every other day for 10 to 20 days",
            "5 mL intramuscularly daily for up to 30 days", "5 mL intramuscularly twice a week")),
    ("at-a-glance", "Price", ({VALUE, ABSENCE}, {"no stable published price"}),
     ({VALUE, ABSENCE}, {"no stable published price"})),
    # Its table of mechanisms.
    ("mechanisms", "support of synaptic plasticity", values(), values()),
    ("mechanisms", "synaptic repair", values(), values()),
    ("mechanisms", "antioxidant defence", values(), blank()),
    ("mechanisms", "improvement of cerebral blood flow", values(), blank()),
    ("mechanisms", "neurogenesis", blank(), values()),
    ("mechanisms", "anti-apoptosis", blank(), values()),
    ("mechanisms", "reduction of glial overactivation", blank(), values()),
    ("mechanisms", "erasing of maladaptive or phantom pain patterns", blank(), values()),
    # Its table of safety.
    ("safety", "Most common adverse effect", values("injection-site soreness"), values("injection-site irritation")),
    ("safety", "Other adverse effects", values("mild agitation"), values("dizziness", "restlessness")),
    ("safety", "Effect: allergic reaction", ({SUGGESTED}, {"allergic reaction"}),
     ({SUGGESTED}, {"allergic reaction"})),
    ("safety", "Routes, and risks tied to them", values(IM), values(IM, IV)),
    ("safety", "Effect: new-onset headache", blank("new-onset headache"), values("new headache during use")),
    ("safety", "Tests at baseline", values(CMP, CBC), values(CMP, CBC, CRP)),
    ("safety", "Tests on cycle", values(CMP), values(CMP, CRP)),
    ("safety", "Reference ranges", values(*ENZYMES), values(*ENZYMES)),
    ("safety", "Stop rule: leukopenia or thrombocytopenia", blank(), values()),
]  # fmt: skip

HEADLINES = {
    "support of synaptic plasticity": (True, False),
    "antioxidant defence": (True, False),
    "improvement of cerebral blood flow": (True, False),
    "neurogenesis": (False, True),
    "anti-apoptosis": (False, True),
}
"""Mechanisms that the article puts first, of Cortexin and of Cerebrolysin."""


def holds(cell: BesideCell, expected: Expected) -> bool:
    kinds, labels = expected
    return kinds <= {entry.kind for entry in cell.entries} and labels <= set(cell.labels)


@pytest.mark.parametrize(
    ("table", "row", "cortexin", "cerebrolysin"), ARTICLE, ids=[f"{t}: {r}" for t, r, *_ in ARTICLE]
)
def test_each_row_of_the_article_is_there(
    real_graph: Graph, table: str, row: str, cortexin: Expected, cerebrolysin: Expected
) -> None:
    shown = real_graph.compare(["cortexin", "cerebrolysin"], table)
    for number, expected in enumerate((cortexin, cerebrolysin)):
        cell = shown.cell(row, number)
        assert holds(cell, expected), [(entry.kind, entry.labels) for entry in cell.entries]


def test_mechanisms_that_the_article_puts_first_and_its_blanks(real_graph: Graph) -> None:
    shown = real_graph.compare(["cortexin", "cerebrolysin"], "mechanisms")
    for row, firsts in HEADLINES.items():
        for number, first in enumerate(firsts):
            texts = [entry.text for entry in shown.cell(row, number).entries]
            assert any("headline" in text for text in texts) == first, (row, texts)
    for table, row, *cells in ARTICLE:
        if table == "mechanisms":
            for number, (kinds, _) in enumerate(cells):
                cell = shown.cell(row, number)
                reasons = {entry.verdict for entry in cell.entries if entry.kind == ABSENCE}
                assert reasons == ({NOT_EMPHASIZED} if ABSENCE in kinds else set()), row


def test_an_interaction_stands_with_both_compounds(real_graph: Graph) -> None:
    cell = real_graph.compare(["cortexin", "cerebrolysin"], "safety").cell("Interactions", 1)
    assert {label for entry in cell.entries for label in entry.labels} == {"lithium", "Cerebrolysin"}
    assert any(entry.text.startswith("antidepressants: ") for entry in cell.entries)
    assert "Interactions (2)" in str(real_graph.show("cerebrolysin"))


@pytest.mark.parametrize("table", GOLDENS)
def test_table(real_graph: Graph, table: str, golden: Callable[[Path, str], None]) -> None:
    golden(KEPT / f"{table}.md", real_graph.compare(["cortexin", "cerebrolysin"], table).to_markdown())


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in KEPT.glob("*")} <= {f"{table}.md" for table in GOLDENS}


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_of_the_real_tables_is_empty(real_graph: Graph, table: str) -> None:
    shown = real_graph.compare(["cortexin", "cerebrolysin", "semax"], table)
    assert shown.rows
    assert all(text for row in shown.to_table(sources=True).cells for text in row)
    assert len({row.attribute for row in shown.rows}) == len(shown.rows)
