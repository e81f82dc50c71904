"""The evidence as JSON lines, on invented chemistry: each key of each kind of object, and nothing filled in."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner

from conftest import Ontology
from moagraph.api import Graph
from moagraph.cli.commands import cli
from moagraph.errors import UnknownFormat
from moagraph.export.evidence import KEYS, export, objects
from moagraph.names import PREFIXES

KINDS = (
    "absence", "agent", "claim", "compound", "condition", "evidence", "finding", "outcome", "passage", "quantity",
    "reference", "source", "study",
)  # fmt: skip
PREFIX = "".join(f"@prefix {k}: <https://w3id.org/moagraph/{k}/> .\n" for k in KINDS) + "".join(
    f"@prefix {k}: <{PREFIXES[k]}> .\n" for k in ("moa", "skos", "dcterms", "oa")
)
DATA = """
compound:alphamide a moa:Compound ; skos:prefLabel "Alphamide"@en .
condition:sloth a moa:Condition ; skos:prefLabel "sloth"@en .
outcome:pace a moa:Outcome ; skos:prefLabel "pace"@en .
agent:page a moa:Agent ; skos:prefLabel "page"@en .
source:some-page a moa:Source ; skos:prefLabel "Some page"@en ; moa:publisher agent:page .
reference:doe-2001 a moa:Reference ; skos:prefLabel "Doe 2001"@en ; moa:year 2001 ; moa:doi "10.1/x" ;
  moa:reports study:trial ; moa:statedIn source:some-page ; moa:passage passage:b .
study:trial a moa:Study ; skos:prefLabel "trial of Alphamide"@en ; moa:intervention compound:alphamide ;
  moa:design moa:RandomisedTrial ; moa:species moa:HumanSpecies ; moa:sampleSize quantity:n ;
  moa:statedIn source:some-page ; moa:passage passage:a , passage:b .
quantity:n a moa:Quantity ; moa:amount 40.0 ; moa:unit "1" ; moa:asReported "40 patients" .
passage:a a moa:Passage ; moa:inSource source:some-page ; oa:start 0 ; oa:end 9 ; moa:digest "c778b07e71038696" .
passage:b a moa:Passage ; moa:inSource source:some-page ; oa:start 20 ; oa:end 25 ; moa:digest "0123456789abcdef" .

claim:pace a moa:Claim ; moa:subject compound:alphamide ; moa:predicate moa:affects ; moa:object outcome:pace ;
  moa:direction moa:Improves ; moa:condition condition:sloth .
evidence:pace_1 a moa:EvidenceLine ; moa:bearsOn claim:pace ; moa:stance moa:NullResult ;
  moa:statedIn source:some-page ; moa:passage passage:b , passage:a ; moa:restsOn reference:doe-2001 ;
  moa:fromStudy study:trial ; moa:system moa:Human ; moa:strength moa:Probable ; moa:assertedBy agent:page ;
  moa:untraceableCitations 2 ; moa:finding finding:f .
finding:f a moa:Finding ; moa:measure moa:RiskRatio ; moa:estimate quantity:rr ; moa:pValue quantity:p ;
  moa:analysisSet moa:IntentionToTreat ; moa:endpointRole moa:Primary ; moa:outcome outcome:pace .
quantity:rr a moa:Quantity ; moa:amount 0.91 ; moa:lowerBound 0.29 ; moa:upperBound 2.85 ;
  moa:boundsKind moa:ConfidenceInterval ; moa:confidenceLevel 95.0 ; moa:unit "1" ;
  moa:asReported "0.91, 95% CI 0.29–2.85" .
quantity:p a moa:Quantity ; moa:amount 0.05 ; moa:operator moa:LessThan ; moa:unit "1" ; moa:asReported "p<0.05" .

absence:price a moa:Absence ; moa:subject compound:alphamide ; moa:attribute moa:usedFor ;
  moa:condition condition:sloth ;
  moa:reason moa:NotStatedInSource ; moa:statedIn source:some-page ; moa:passage passage:a ;
  dcterms:description "What it is for is not said"@en .
"""


@pytest.fixture(scope="module")
def graph(ontology: Ontology) -> Graph:
    """All that the export asks of a graph."""
    library = ontology.library([(PREFIX + DATA).encode()], "everything")
    return cast(Graph, SimpleNamespace(store=library.store))


@pytest.fixture(scope="module")
def exported(graph: Graph) -> dict[str, dict[str, Any]]:
    found = objects(graph)
    assert [one["id"] for one in found] == sorted({one["id"] for one in found})
    return {one["id"]: one for one in found}


def test_an_evidence_line_has_all_its_values(exported: dict[str, dict[str, Any]]) -> None:
    one = exported["evidence:pace_1"]
    text = one.pop("text")
    assert text.startswith("Alphamide improves pace in sloth: found null by")
    assert "risk ratio 0.91, 95% CI 0.29–2.85" in text
    assert text.endswith(".")
    assert one == {
        "id": "evidence:pace_1",
        "kind": "evidence",
        "claim": "claim:pace",
        "subject": "compound:alphamide",
        "subject_label": "Alphamide",
        "predicate": "moa:affects",
        "predicate_label": "affects",
        "object": "outcome:pace",
        "object_label": "pace",
        "value": None,
        "unit": None,
        "qualifiers": {"condition": ["condition:sloth"], "direction": ["moa:Improves"]},
        "stance": "moa:NullResult",
        "reason": None,
        "source": "some-page",
        "passages": [
            {"start": 0, "end": 9, "digest": "c778b07e71038696"},
            {"start": 20, "end": 25, "digest": "0123456789abcdef"},
        ],
        "system": "moa:Human",
        "species": ["moa:HumanSpecies"],
        "design": ["moa:RandomisedTrial"],
        "n": "40",
        "untraceable_citations": 2,
        "references": ["reference:doe-2001"],
        "studies": ["study:trial"],
        "asserted_by": ["agent:page"],
        "strength": "moa:Probable",
        "tier": "B",
        "findings": [
            {
                "measure": "moa:RiskRatio",
                "estimate": "0.91",
                "lower": "0.29",
                "upper": "2.85",
                "level": "95",
                "p": "p<0.05",
                "n": None,
                "analysis_set": "moa:IntentionToTreat",
                "endpoint_role": "moa:Primary",
                "outcome": "outcome:pace",
            }
        ],
    }


def test_an_absence_has_its_reason_and_nothing_filled_in(exported: dict[str, dict[str, Any]]) -> None:
    one = exported["absence:price"]
    assert tuple(one) == KEYS
    assert (one["kind"], one["reason"], one["stance"]) == ("absence", "moa:NotStatedInSource", None)
    assert one["qualifiers"] == {"condition": ["condition:sloth"]}
    assert one["text"] == "What it is for is not said: NOT STATED IN SOURCE (Some page)."
    empty = ("claim", "object", "object_label", "value", "unit", "system", "n", "strength", "tier")
    assert all(one[key] is None for key in empty)
    assert one["findings"] == one["references"] == one["studies"] == one["asserted_by"] == []


def test_records_state_each_fact_once_with_its_passages(exported: dict[str, dict[str, Any]]) -> None:
    records = {one["id"]: one for one in exported.values() if one["kind"] == "record"}
    assert sorted(records) == [
        "reference:doe-2001#doi-1",
        "reference:doe-2001#reports-1",
        "reference:doe-2001#year-1",
        "study:trial#design-1",
        "study:trial#intervention-1",
        "study:trial#sampleSize-1",
        "study:trial#species-1",
    ]
    size = records["study:trial#sampleSize-1"]
    assert (size["value"], size["unit"], size["object"]) == ("40", "1", None)
    assert size["text"] == "trial of Alphamide, sample size: 40 patients."
    assert [passage["start"] for passage in size["passages"]] == [0, 20]
    assert records["reference:doe-2001#reports-1"]["object"] == "study:trial"
    assert records["reference:doe-2001#year-1"]["value"] == "2001"
    for one in records.values():
        assert tuple(one) == KEYS
        assert one["stance"] is one["reason"] is None


def test_the_file_holds_one_object_a_line(graph: Graph, exported: dict[str, Any], tmp_path: Path) -> None:
    assert export(graph, tmp_path / "a.jsonl") == len(exported)
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(exported)


def test_the_command_knows_its_formats(tmp_path: Path) -> None:
    words = ["export", "evidence", "-f", "csv", "-o", str(tmp_path / "x")]
    assert isinstance(CliRunner().invoke(cli, words).exception, UnknownFormat)
    words = ["export", "turtle", "-f", "jsonl", "-o", str(tmp_path / "x")]
    assert isinstance(CliRunner().invoke(cli, words).exception, UnknownFormat)
    assert not (tmp_path / "x").exists()
