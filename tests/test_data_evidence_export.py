"""The evidence of the real data as JSON lines: all lines are there, and numbers and records are as stated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import moagraph
from moagraph.export.evidence import KEYS, export, objects


@pytest.fixture(scope="module")
def exported(real_graph: moagraph.Graph) -> list[dict[str, Any]]:
    return objects(real_graph)


def test_every_line_and_absence_is_there_once(real_graph: moagraph.Graph, exported: list[dict[str, Any]]) -> None:
    ids = [one["id"] for one in exported]
    assert ids == sorted(set(ids))
    for kind, cls in (("evidence", "moa:EvidenceLine"), ("absence", "moa:Absence")):
        table = real_graph.sparql(f"SELECT ?x WHERE {{ ?x a {cls} }}")
        assert isinstance(table, moagraph.Table)
        there = {cell.curie for cell in table.column("x") if isinstance(cell, moagraph.Iri)}
        assert there == {one["id"] for one in exported if one["kind"] == kind}
        assert len(there) > 40


def test_every_object_has_all_keys_and_a_passage(exported: list[dict[str, Any]]) -> None:
    for one in exported:
        assert tuple(one) == KEYS
        assert one["passages"], one["id"]
        assert one["text"].endswith(".")
        assert one["source"] in {
            "vialbase-cortexin-vs-cerebrolysin",
            "selfhacked-cerebrolysin",
            "cortexin-product-page",
        }
        assert (one["stance"] is None) == (one["kind"] != "evidence")
        assert (one["reason"] is None) == (one["kind"] != "absence")


def test_a_finding_keeps_its_numbers(exported: list[dict[str, Any]]) -> None:
    (death,) = [
        one
        for one in exported
        if one["object"] == "outcome:all-cause-death" and one["findings"] and one["asserted_by"] == ["agent:vialbase"]
    ]
    finding = death["findings"][0]
    assert (finding["measure"], finding["estimate"]) == ("moa:RiskRatio", "0.96")
    assert (finding["lower"], finding["upper"], finding["level"]) == ("0.65", "1.41", "95")
    assert death["stance"] == "moa:NullResult"
    assert death["references"] == ["reference:ziganshina-2023"]
    assert death["subject"] == "group:cerebrolysin-and-similar"


def test_records_state_facts_of_references_and_studies(exported: list[dict[str, Any]]) -> None:
    records = {(one["subject"], one["predicate"]): one for one in exported if one["kind"] == "record"}
    assert records["reference:kurkin-2021", "moa:doi"]["value"] == "10.1371/journal.pone.0254493"
    assert records["study:cars", "moa:sampleSize"]["value"] == "208"
    assert records["study:cars", "moa:design"]["object"] == "moa:RandomisedTrial"
    source = records["source:vialbase-cortexin-vs-cerebrolysin", "moa:lastReviewed"]
    assert (source["value"], len(source["passages"])) == ("2026-06-05", 2)


def test_a_regimen_is_stated_where_its_claims_are(exported: list[dict[str, Any]]) -> None:
    regimen = "regimen:cortexin-10-mg-daily-10-days"
    facts = {one["predicate"]: one for one in exported if one["kind"] == "record" and one["subject"] == regimen}
    assert (facts["moa:dose"]["value"], facts["moa:dose"]["unit"]) == ("10", "mg")
    assert facts["moa:route"]["object"] == "moa:Intramuscular"
    lines = [one for one in exported if one["kind"] == "evidence" and one["object"] == regimen]
    assert facts["moa:dose"]["passages"] == lines[0]["passages"]


def test_the_file_is_json_lines_and_the_same_each_time(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    number = export(real_graph, tmp_path / "a.jsonl")
    export(real_graph, tmp_path / "b.jsonl")
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == number
    assert json.loads(lines[0])["id"]
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
