"""Compounds side by side, on invented chemistry: no cell is empty, and each kind of entry is told in all formats."""

from __future__ import annotations

import csv
import io
import json
import random
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner

from conftest import Ontology
from moagraph.compare import TABLES, compare
from moagraph.compare.cells import FORMATS, KINDS, SideBySide
from moagraph.errors import BadValue, UnknownFormat, UnknownThing
from moagraph.library import Library
from moagraph.names import PREFIXES
from moagraph.table import latex_escape

KINDS_OF_THINGS = (
    "absence", "agent", "assessment", "body", "claim", "compound", "condition", "evidence", "group", "material",
    "mechanism", "outcome", "property", "quantity", "reference", "regimen", "source", "stop-rule", "study", "test",
)  # fmt: skip
PREFIX = "".join(f"@prefix {k}: <https://w3id.org/moagraph/{k}/> .\n" for k in KINDS_OF_THINGS) + "".join(
    f"@prefix {k}: <{PREFIXES[k]}> .\n" for k in ("moa", "skos", "dcterms", "oa", "rdfs")
)

THINGS = """
compound:alphamide a moa:Compound ; skos:prefLabel "Alphamide"@en .
compound:betamide a moa:Compound ; skos:prefLabel "Beta|mide & <co>"@en ; skos:altLabel "betamide"@en .
compound:gammamide a moa:Compound ; skos:prefLabel "Gammamide"@en .
group:pool a moa:CompoundGroup ; skos:prefLabel "Alpha-like agents"@en ; moa:member compound:alphamide .
mechanism:delta-increase a moa:Mechanism ; skos:prefLabel "delta increase"@en .
mechanism:late-delta-increase a moa:Mechanism ; skos:prefLabel "late delta increase"@en ;
  skos:broader mechanism:delta-increase .
mechanism:zeta-block a moa:Mechanism ; skos:prefLabel "zeta block"@en .
mechanism:eta-block a moa:Mechanism ; skos:prefLabel "eta block"@en .
condition:itch a moa:Condition ; skos:prefLabel "itch"@en .
condition:sloth a moa:Condition ; skos:prefLabel "sloth"@en .
outcome:adverse-events a moa:Outcome ; moa:kind moa:SafetyOutcome ; skos:prefLabel "adverse events"@en .
property:crosses-blood-brain-barrier a moa:Property ; moa:kind moa:BloodBrainBarrier ;
  skos:prefLabel "crosses the barrier"@en .
property:well-tolerated a moa:Property ; moa:kind moa:Tolerability ; skos:prefLabel "well tolerated"@en .
material:ash a moa:Material ; skos:prefLabel "ash"@en .
regimen:one a moa:Regimen ; skos:prefLabel "one spoon"@en ; moa:route moa:Oral ; moa:dose quantity:one_dose .
quantity:one_dose a moa:Quantity ; moa:amount 1.0 ; moa:unit "{spoon}" ; moa:asReported "1 spoon" .
test:litmus a moa:Test ; skos:prefLabel "litmus"@en ; moa:referenceRange quantity:litmus .
quantity:litmus a moa:Quantity ; moa:lowerBound 6.0 ; moa:upperBound 8.0 ; moa:unit "pH" ; moa:asReported "6–8 pH" .
stop-rule:red a moa:StopRule ; skos:prefLabel "red skin"@en ; moa:action moa:Halt .
moa:Halt skos:prefLabel "halt"@en .
moa:Unapproved skos:prefLabel "not approved"@en .
body:alpha a moa:EvidenceBody ; skos:prefLabel "the evidence on Alphamide"@en ; moa:about compound:alphamide .
assessment:thin a moa:Assessment ; skos:prefLabel "thin"@en .
source:page a moa:Source ; skos:prefLabel "Some page"@en ; moa:publisher agent:page .
agent:page a moa:Agent ; skos:prefLabel "page"@en .
agent:users a moa:Agent ; skos:prefLabel "users"@en ; moa:kind moa:Users .
reference:doe-2001 a moa:Reference ; skos:prefLabel "Doe 2001"@en ; moa:reports study:mice .
study:mice a moa:Study ; skos:prefLabel "study in mice"@en ; moa:intervention compound:alphamide ;
  moa:design moa:AnimalStudy ; moa:sampleSize quantity:mice ; moa:statedIn source:page .
quantity:mice a moa:Quantity ; moa:amount 12.0 ; moa:unit "1" ; moa:asReported "12" .
"""

Said = tuple[str, str, str, str, str, str]
CLAIMS: list[Said] = [
    # subject, predicate, object, qualifiers, stance, what else the line says
    ("compound:alphamide", "hasMechanism", "mechanism:late-delta-increase", "", "Supports",
     "prominence moa:Headline"),
    ("compound:betamide", "hasMechanism", "mechanism:delta-increase", "", "Supports", ""),
    ("compound:gammamide", "hasMechanism", "mechanism:delta-increase", "", "Supports", "strength moa:Possible"),
    ("compound:alphamide", "hasMechanism", "mechanism:zeta-block", "", "Refutes", ""),
    ("compound:betamide", "hasMechanism", "mechanism:zeta-block", "", "Supports", ""),
    ("compound:betamide", "hasMechanism", "mechanism:zeta-block", "condition condition:itch", "NullResult", ""),
    ("compound:gammamide", "hasMechanism", "mechanism:zeta-block", "", "Supports", "assertedBy agent:users"),
    ("compound:alphamide", "madeFrom", "material:ash", "", "Supports", ""),
    ("compound:alphamide", "hasProperty", "property:well-tolerated", "", "Supports", ""),
    ("compound:alphamide", "affects", "condition:itch", "direction moa:Increases", "Supports", "frequency moa:Rare"),
    ("compound:betamide", "affects", "condition:sloth", "direction moa:Increases", "Supports",
     "frequency moa:MostCommon"),
    ("group:pool", "affects", "outcome:adverse-events", "direction moa:Increases", "Supports", ""),
    ("compound:betamide", "affects", "outcome:adverse-events", "direction moa:Changes", "NullResult", ""),
    ("compound:alphamide", "monitoredBy", "test:litmus", "phase moa:Baseline", "Supports", ""),
    ("compound:betamide", "hasStopRule", "stop-rule:red", "", "Supports", ""),
    ("compound:alphamide", "hasRegimen", "regimen:one", "condition condition:sloth", "Supports", ""),
    ("compound:alphamide", "hasStatus", "moa:Unapproved", "jurisdiction moa:Russia", "Supports", ""),
    ("body:alpha", "assessedAs", "assessment:thin", "", "Supports", ""),
    ("compound:alphamide", "usedFor", "condition:sloth", "", "Supports", ""),
    ("compound:alphamide", "affects", "condition:itch", "direction moa:Improves", "NullResult", "system moa:Human"),
]  # fmt: skip
ABSENCES = [
    ("compound:gammamide", "hasMechanism", "mechanism:eta-block", "", "NotStatedInSource"),
    ("compound:betamide", "hasPrice", "", "", "NotStatedInSource"),
    ("compound:alphamide", "hasStopRule", "stop-rule:red", "", "NotStatedInSource"),
    ("compound:betamide", "affects", "condition:itch", "", "SearchedNoneFound"),
    ("compound:alphamide", "hasProperty", "property:crosses-blood-brain-barrier", "", "SourceSaysUnknown"),
]


def contents() -> list[str]:
    """Each claim and absence as Turtle of its own."""
    blocks = [THINGS]
    for number, (subject, predicate, thing, qualifier, stance, more) in enumerate(CLAIMS):
        line = {"strength": "moa:Asserted", "system": "moa:SystemNotStated", "assertedBy": "agent:page"}
        line.update([tuple(more.split(" "))] if more else [])  # type: ignore[list-item]
        if line["system"] == "moa:Human":
            line["design"] = "moa:RandomisedTrial"
        cites = "; moa:restsOn reference:doe-2001 ; moa:fromStudy study:mice" if number == 0 else ""
        blocks.append(
            f"claim:c{number} a moa:Claim ; moa:subject {subject} ; moa:predicate moa:{predicate} ;"
            f" moa:object {thing}{f' ; moa:{qualifier}' if qualifier else ''} .\n"
            f"evidence:c{number}_1 a moa:EvidenceLine ; moa:bearsOn claim:c{number} ; moa:stance moa:{stance} ;"
            f" moa:statedIn source:page {cites} ; {' ; '.join(f'moa:{k} {v}' for k, v in line.items())} .\n"
        )
    for number, (subject, attribute, thing, qualifier, reason) in enumerate(ABSENCES):
        blocks.append(
            f"absence:a{number} a moa:Absence ; moa:subject {subject} ; moa:attribute moa:{attribute} ;"
            f"{f' moa:object {thing} ;' if thing else ''}{f' moa:{qualifier} ;' if qualifier else ''}"
            f' moa:reason moa:{reason} ; moa:statedIn source:page ; dcterms:description "Blank {number}"@en .\n'
        )
    return blocks


@pytest.fixture(scope="module")
def library(ontology: Ontology) -> Library:
    return ontology.library([(PREFIX + "".join(contents())).encode()])


NAMES = ["alphamide", "betamide", "gammamide"]


def cell(library: Library, table: str, attribute: str, thing: str) -> tuple[str, tuple[str, ...], str]:
    found = compare(library, NAMES, table).cell(attribute, NAMES.index(thing))
    return found.kind, found.labels, "; ".join(entry.words for entry in found.entries)


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_is_empty_and_all_but_nobody_has_sources(library: Library, table: str) -> None:
    shown = compare(library, NAMES, table)
    assert shown.rows
    assert len({row.attribute for row in shown.rows}) == len(shown.rows)
    for row in shown.rows:
        assert len(row.cells) == len(NAMES)
        for one in row.cells:
            assert one.entries
            assert one.kind in KINDS
            for entry in one.entries:
                assert entry.text.strip()
                assert bool(entry.notes or entry.against) == bool(entry.ids) == (entry.kind != "nobody has looked")
    for texts in shown.to_table(sources=True).cells:
        assert all(texts)


def test_each_kind_of_entry_is_told(library: Library) -> None:
    delta, zeta = "delta increase", "zeta block"
    assert cell(library, "mechanisms", delta, "alphamide") == (
        "value", ("late delta increase",), "yes, by a kind of it: late delta increase (supported, tier D)",
    )  # fmt: skip
    assert cell(library, "mechanisms", "late delta increase", "alphamide")[2] == "yes, headline (supported, tier D)"
    assert cell(library, "mechanisms", delta, "betamide")[2] == "yes (supported, tier F)"
    assert cell(library, "mechanisms", delta, "gammamide")[:2] == ("suggested", (delta,))
    assert cell(library, "mechanisms", zeta, "alphamide")[::2] == ("denied", "no (refuted, tier F)")
    kind, _, text = cell(library, "mechanisms", zeta, "betamide")
    assert kind == "contested", "a null result under other qualifiers speaks against the whole"
    assert text == "yes (supported, tier F); no difference found in itch (null result, tier F)"
    assert cell(library, "mechanisms", zeta, "gammamide")[0] == "left out", "users do not count under stated"
    assert cell(library, "mechanisms", "eta block", "gammamide")[::2] == ("absence", "not stated in source")
    assert cell(library, "mechanisms", "eta block", "alphamide")[0] == "nobody has looked"


def test_safety_and_what_a_pool_says(library: Library) -> None:
    assert cell(library, "safety", "Effect: itch", "alphamide")[2] == "yes, rare (supported, tier F)"
    assert cell(library, "safety", "Effect: itch", "betamide")[::2] == (
        "absence", "searched, none found: Blank 3",
    )  # fmt: skip
    assert cell(library, "safety", "Most common adverse effect", "betamide")[1] == ("sloth",)
    assert cell(library, "safety", "Other adverse effects", "alphamide")[2] == "itch: rare (supported, tier F)"
    assert cell(library, "safety", "Outcome: adverse events", "alphamide")[0] == "pooled"
    assert cell(library, "safety", "Outcome: adverse events", "betamide")[0] == "null result"
    assert cell(library, "safety", "Tests at baseline", "alphamide")[1] == ("litmus",)
    assert cell(library, "safety", "Tests on cycle", "alphamide")[0] == "nobody has looked"
    assert "6–8 pH" in cell(library, "safety", "Reference ranges", "alphamide")[2]
    assert cell(library, "safety", "Stop rule: red skin", "betamide")[2] == "yes: halt (supported, tier F)"
    assert cell(library, "safety", "Stop rule: red skin", "alphamide")[0] == "absence"
    assert cell(library, "safety", "Tolerability", "alphamide")[1] == ("well tolerated",)


def test_the_other_tables(library: Library) -> None:
    assert cell(library, "at-a-glance", "Source material", "alphamide")[1] == ("ash",)
    assert cell(library, "at-a-glance", "Blood-brain barrier", "alphamide")[0] == "absence"
    assert cell(library, "at-a-glance", "Headline mechanisms", "alphamide")[1] == ("late delta increase",)
    assert cell(library, "at-a-glance", "Headline mechanisms", "betamide")[2].startswith("none put first; 2 in")
    assert cell(library, "at-a-glance", "Regulatory status, Russia", "alphamide")[1] == ("not approved",)
    assert cell(library, "at-a-glance", "Routes", "alphamide")[2] == "oral, in a regimen"
    assert cell(library, "at-a-glance", "Price", "betamide")[2] == "not stated in source: Blank 1"
    assert cell(library, "at-a-glance", "Evidence", "alphamide")[2] == "the evidence on Alphamide: thin (quoted)"
    regimen = cell(library, "regimens", "Regimen in sloth", "alphamide")[2]
    assert regimen.startswith("one spoon: route oral; dose 1 spoon; not stated: how often, for how long")
    assert cell(library, "evidence", "Studies: animal study", "alphamide")[2] == "study in mice (n: 12)"
    assert cell(library, "indications", "sloth", "alphamide")[2] == "used (supported, tier F)"
    itch = cell(library, "indications", "itch", "alphamide")
    assert itch[0] in ("value", "contested")
    assert "no improvement in people found (null result, tier B, unresolved)" in itch[2]


def test_notes_are_numbered_once_and_in_order(library: Library) -> None:
    shown = compare(library, NAMES, "mechanisms")
    assert len(set(shown.notes)) == len(shown.notes)
    assert "Some page; from study in mice; citing Doe 2001" in shown.notes
    text = shown.to_text()
    places = [text.index(f"\n[{number}] {note}") for number, note in enumerate(shown.notes, 1)]
    assert places == sorted(places)


def test_columns_stand_as_asked_and_order_of_triples_changes_nothing(ontology: Ontology, library: Library) -> None:
    shown = compare(library, ["Gammamide", "compound:alphamide"], "safety")
    assert [thing.label for thing in shown.things] == ["Gammamide", "Alphamide"]
    blocks = contents()
    random.Random(7).shuffle(blocks)
    other = ontology.library([(PREFIX + "".join(blocks)).encode()])
    for table in TABLES:
        assert compare(other, NAMES, table).to_json() == compare(library, NAMES, table).to_json()


@pytest.fixture(scope="module")
def shown(library: Library) -> SideBySide:
    return compare(library, NAMES, "mechanisms")


def test_formats_escape_and_keep_rows(shown: SideBySide) -> None:
    rows = list(csv.reader(io.StringIO(shown.to_csv())))
    assert rows[0] == [
        "attribute", "Alphamide", "Beta|mide & <co>", "Gammamide",
        "Alphamide: sources", "Beta|mide & <co>: sources", "Gammamide: sources",
    ]  # fmt: skip
    assert len(rows) == len(shown.rows) + 1
    tree = ET.fromstring(f"<div>{shown.to_html()}</div>")
    assert len(tree.findall(".//tbody/tr")) == len(shown.rows)
    assert len(tree.findall("./ol/li")) == len(shown.notes)
    assert tree.findall(".//td/details/ol/li")
    assert "Beta\\|mide" in shown.to_markdown()
    assert "Beta\\textbar{}mide \\& \\textless{}co\\textgreater{}" in shown.to_latex()
    whole = json.loads(shown.to_json())
    assert [row["attribute"] for row in whole["rows"]] == [row.attribute for row in shown.rows]
    assert whole["rows"][0]["cells"][0]["entries"][0]["ids"]
    for name in FORMATS:
        assert shown.to(name)
    with pytest.raises(UnknownFormat):
        shown.to("docx")


def test_latex_escapes_every_special_character() -> None:
    assert latex_escape("\\{}$&#_%~^") == (
        r"\textbackslash{}\{\}\$\&\#\_\%\textasciitilde{}\textasciicircum{}"
    )  # fmt: skip


def test_mistakes_are_told(library: Library) -> None:
    with pytest.raises(UnknownThing, match="table"):
        compare(library, NAMES, "mechanism")
    with pytest.raises(BadValue):
        compare(library, ["alphamide"])
    with pytest.raises(BadValue):
        compare(library, ["alphamide", "Alphamide"])
    with pytest.raises(UnknownThing):
        compare(library, ["alphamide", "nobodymide"])


def test_the_command_prints_help() -> None:
    from moagraph.cli.commands import cli

    result = CliRunner().invoke(cli, ["compare", "--help"])
    assert result.exit_code == 0
    for table in TABLES:
        assert table in result.output
