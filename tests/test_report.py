"""Reports say where, what and how to mend it, in every format, and never call nothing fine."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from moagraph.errors import UnknownFormat
from moagraph.report import Finding, Report

WARNING = Finding("unused-passage", "warning", "data/a.ttl", 3, "", "is used nowhere", "delete it")
VIOLATION = Finding(
    "claim-subject",
    "violation",
    "data/b.ttl",
    12,
    "https://w3id.org/moagraph/claim/a_binds_b",
    'needs "one"\nsubject',
    "name it",
)
LOOKED = {"files": 2, "triples": 9, "claims": 1}
REPORT = Report(tuple(sorted([WARNING, VIOLATION])), LOOKED, "abc")


def test_worst_comes_first_and_the_summary_last() -> None:
    lines = REPORT.to_text().splitlines()
    assert lines[0] == "data/b.ttl:12: violation claim-subject"
    assert lines[1].startswith("  claim:a_binds_b: needs")
    assert lines[-1] == "1 violation, 1 warning: looked at 2 files, 9 triples, 1 claims"


def test_exit_codes() -> None:
    assert REPORT.exit_code == 1
    assert Report((WARNING,), LOOKED).exit_code == 0
    assert Report((), LOOKED).exit_code == 0
    nothing = Report((), {"files": 0, "triples": 0})
    assert nothing.exit_code == 2
    assert "nothing is fine" in nothing.summary()


def test_json_and_sarif() -> None:
    assert json.loads(REPORT.to_json())["findings"][0]["line"] == 12
    result = json.loads(REPORT.to_sarif())["runs"][0]["results"][0]
    assert (result["ruleId"], result["level"]) == ("claim-subject", "error")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 12}


def test_turtle_is_a_shacl_report_that_another_parser_reads() -> None:
    quads = list(ox.parse(REPORT.to_turtle(), format=ox.RdfFormat.TURTLE, base_iri="http://example.org/"))
    focus = [q.object.value for q in quads if q.predicate.value.endswith("focusNode")]
    assert focus == ["https://w3id.org/moagraph/claim/a_binds_b"]
    assert any(q.predicate.value.endswith("conforms") and q.object.value == "false" for q in quads)


def test_github_annotations_are_one_line_each() -> None:
    lines = REPORT.to_github().splitlines()
    assert lines[0].startswith("::error file=data/b.ttl,line=12,title=claim-subject::")
    assert "%0A" in lines[0]
    assert lines[1].startswith("::warning ")


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(UnknownFormat):
        REPORT.to("xml")
