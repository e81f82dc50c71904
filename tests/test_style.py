"""The house style: each departure is found where it is and nowhere else, and no curated file is ever rewritten."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result

from conftest import ROOT
from moagraph import style
from moagraph.check import shapes_of
from moagraph.cli.commands import cli
from moagraph.corpus import Corpus, read_files
from moagraph.errors import InputUnreadable, MoagraphError, NothingToCheck, OutputFailed, UnknownFormat
from moagraph.names import compact
from moagraph.places import Places

GOOD = """# Alphamide: claims on actions.

@prefix claim:    <https://w3id.org/moagraph/claim/> .
@prefix compound: <https://w3id.org/moagraph/compound/> .
@prefix evidence: <https://w3id.org/moagraph/evidence/> .
@prefix moa:      <https://w3id.org/moagraph/vocab#> .
@prefix receptor: <https://w3id.org/moagraph/receptor/> .

## binds the beta receptor; 'quoted' # and more
claim:alphamide_binds_beta-receptor  a moa:Claim ;
    moa:subject compound:alphamide ;  moa:predicate moa:bindsReceptor ;  moa:object receptor:beta-receptor .

evidence:alphamide_binds_beta-receptor_1  a moa:EvidenceLine ;
    moa:bearsOn claim:alphamide_binds_beta-receptor ;  moa:stance moa:Supports ;
    moa:note "Says: 'claim:x a moa:Claim .' # no comment, no prefix nobody:knows."@en .
"""

BAD = {
    "byte-order-mark": ("\ufeff" + GOOD, 1),
    "carriage-return": (GOOD.replace("moa:Supports ;\n", "moa:Supports ;\r\n"), 14),
    "trailing-space": (GOOD.replace("moa:Claim ;\n", "moa:Claim ; \n"), 10),
    "final-newline": (GOOD.rstrip("\n"), 15),
    "opening-comment": (GOOD.partition("\n")[2], 1),
    "prefix-form": (GOOD + "\nPREFIX late: <http://example.org/>\n", 17),
    "prefix-order": (
        re.sub(r"(@prefix claim:.*\n)(@prefix compound:.*\n)", r"\2\1", GOOD),
        4,
    ),
    "prefix-alignment": (GOOD.replace("moa:      <", "moa: <"), 6),
    "prefix-unused": (GOOD.replace("receptor:beta-receptor", "moa:Supports"), 7),
    "indented-subject": (GOOD.replace("\nevidence:alphamide", "\n  evidence:alphamide"), 13),
    "claim-without-words": (GOOD.replace("## binds", "# binds"), 10),
    "predicate-order": (
        GOOD.replace(
            "moa:bearsOn claim:alphamide_binds_beta-receptor ;  moa:stance moa:Supports",
            "moa:stance moa:Supports ;\n    moa:bearsOn claim:alphamide_binds_beta-receptor",
        ),
        15,
    ),
}


def found_in(text: str) -> list[tuple[str, int]]:
    findings, _ = style.departures("a.ttl", text.encode())
    return [(f.code, f.line) for f in findings]


def test_every_code_has_a_bad_case() -> None:
    assert BAD.keys() == style.CODES.keys()


def test_the_good_case_has_no_departure() -> None:
    assert found_in(GOOD) == []


@pytest.mark.parametrize("code", BAD)
def test_the_bad_case_gives_exactly_its_finding(code: str) -> None:
    text, line = BAD[code]
    assert found_in(text) == [(code, line)]


def test_a_finding_has_a_cure() -> None:
    for code, (text, _) in BAD.items():
        (finding,), _ = style.departures("a.ttl", text.encode())
        assert finding.cure, code
        assert finding.severity == "warning"


def test_the_cure_names_the_place() -> None:
    (finding,), _ = style.departures("a.ttl", BAD["predicate-order"][0].encode())
    assert finding.problem == "moa:bearsOn of evidence:alphamide_binds_beta-receptor_1 comes too late"
    assert finding.cure == "put it before moa:stance"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD + "\n", [("final-newline", 16)]),
        (GOOD.replace("\n", "\r\n"), [("carriage-return", n) for n in range(1, 16)]),
        (GOOD.replace("# Alphamide: claims on actions.", "#"), [("opening-comment", 1)]),
        (re.sub("(@prefix compound.*\n)", r"\1\1", GOOD), [("prefix-order", 5)]),
        (GOOD.replace("@prefix claim:    <https://w3id.org/moagraph/claim/> .",
                      "PREFIX claim: <https://w3id.org/moagraph/claim/>"), [("prefix-form", 3)]),
        ("# x\nthis is no turtle\n", [("turtle-syntax", 2)]),
    ],
)  # fmt: skip
def test_more_departures(text: str, expected: list[tuple[str, int]]) -> None:
    assert found_in(text) == expected


def test_lists_and_nodes_without_names_are_no_departure() -> None:
    text = GOOD.replace(
        '    moa:note "',
        '    moa:finding ( [ moa:note "b" ; a moa:Claim ] 1.5 .5 -2e3 true ) ;\n    moa:note """long\n"quoted" one\n',
    ).replace('knows."@en', 'knows."""@en')
    assert found_in(text) == []


def test_other_names_for_prefixes_mean_the_same() -> None:
    text = BAD["predicate-order"][0].replace("moa:", "mog:")
    assert found_in(text) == [("predicate-order", 15)]


def test_every_property_that_a_shape_names_has_a_place_in_the_order() -> None:
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    shapes = shapes_of(Corpus.of(f for f in read_files(Places.at(ROOT)) if f.path.startswith("ontology/")))
    seen = 0
    for node in shapes.subjects(sh.closed, None):
        for target in shapes.objects(node, sh.targetClass):
            order = style.order_of([compact(str(target))])
            assert len(set(order)) == len(order)
            paths = {compact(str(p)) for s in shapes.objects(node, sh.property) for p in shapes.objects(s, sh.path)}
            assert paths <= set(order), target
            seen += len(paths)
    assert seen > 300


def test_nothing_to_look_at_is_not_fine(tmp_path: Path) -> None:
    with pytest.raises(NothingToCheck):
        style.check(style.files_at([tmp_path]))
    with pytest.raises(InputUnreadable):
        style.files_at([tmp_path / "nowhere.ttl"])


# The command


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["fmt", *map(str, words)])


def test_check_reports_and_writes_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "data" / "a.ttl"
    bad.parent.mkdir()
    bad.write_text(BAD["trailing-space"][0], "utf-8")
    done = run("--check", tmp_path)
    assert done.exit_code == 1
    assert f"{bad.as_posix()}:10: warning trailing-space" in done.stdout
    assert "1 warning: looked at 1 files, 8 triples" in done.stdout
    assert bad.read_text("utf-8") == BAD["trailing-space"][0]
    for format_, word in (("json", '"line": 10'), ("sarif", '"startLine": 10'), ("github", ",line=10,")):
        assert word in run("--check", bad, "-f", format_).stdout
    assert run("--check", bad, "-f", "xml").exit_code == 1
    assert isinstance(run("--check", bad, "-f", "xml").exception, UnknownFormat)
    bad.write_text(GOOD, "utf-8")
    assert run("--check", bad).exit_code == 0
    assert json.loads(run("--check", bad, "-f", "json").stdout)["looked_at"] == {"files": 1, "triples": 8}


def test_check_looks_at_a_project(tmp_path: Path) -> None:
    for folder in ("ontology", "queries", "data/claim/alphamide"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/claim/alphamide/actions.ttl").write_text(BAD["final-newline"][0], "utf-8")
    done = run("--check", "--root", tmp_path)
    assert done.exit_code == 1
    assert done.stdout.startswith("data/claim/alphamide/actions.ttl:15: warning final-newline")


def test_a_file_with_comments_is_never_overwritten(tmp_path: Path) -> None:
    curated, other = tmp_path / "a.ttl", tmp_path / "b.ttl"
    for path in (curated, other):
        path.write_text(GOOD, "utf-8")
    for words in ((curated,), (curated, "-o", curated), (curated, "-o", other)):
        done = run(*words)
        assert isinstance(done.exception, OutputFailed)
        assert f"moagraph fmt {curated} -o OTHER.ttl" in str(done.exception)
    assert curated.read_text("utf-8") == other.read_text("utf-8") == GOOD
    done = run(curated, "-o", tmp_path / "c.ttl")
    assert done.exit_code == 0
    assert "2 comments of" in done.stderr
    written = (tmp_path / "c.ttl").read_bytes()
    assert run(tmp_path / "c.ttl").exit_code == 0
    assert (tmp_path / "c.ttl").read_bytes() == written
    same = [
        {str(q) for q in ox.parse(path=str(p), format=ox.RdfFormat.TURTLE)} for p in (curated, tmp_path / "c.ttl")
    ]
    assert same[0] == same[1]


def test_formats_and_prefixes_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(
        "@prefix ex: <http://example.org/> . @prefix c: <https://w3id.org/moagraph/compound/> .\n"
        'ex:b ex:p c:alphamide , "0.50"^^<http://www.w3.org/2001/XMLSchema#decimal> . ex:a ex:q [ ex:r 1 ] .\n',
        "utf-8",
    )
    text = run(own, "-o", "-").stdout
    assert "@prefix ex: <http://example.org/> ." in text
    assert "ex:b ex:p 0.50 , compound:alphamide ." in text
    lines = tmp_path / "own.nt"
    assert run(own, "-o", lines).exit_code == 0
    assert run(lines, "-o", "-").stdout.count("\n") == text.count("\n") - 1
    assert lines.read_bytes() == style.formatted(lines, lines)
    quads = tmp_path / "own.nq"
    quads.write_text("<http://a/b> <http://a/c> <http://a/d> <http://a/g> .\n" * 2, "utf-8")
    assert style.formatted(quads, quads) == quads.read_bytes()[: len(quads.read_bytes()) // 2]


@pytest.mark.parametrize(
    ("source", "target", "error"),
    [("a.nq", "b.ttl", OutputFailed), ("a.nq", "b.csv", UnknownFormat), ("c.ttl", "d.ttl", InputUnreadable),
     ("bad.nt", "d.ttl", InputUnreadable), ("blank.nt", "d.nq", OutputFailed)],
)  # fmt: skip
def test_what_cannot_be_formatted(source: str, target: str, error: type[MoagraphError], tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text("<http://a/b> <http://a/c> <http://a/d> <http://a/g> .\n", "utf-8")
    (tmp_path / "bad.nt").write_text("<http://a/b> nonsense\n", "utf-8")
    (tmp_path / "blank.nt").write_text("_:a <http://a/c> _:b .\n", "utf-8")
    with pytest.raises(error):
        style.formatted(tmp_path / source, tmp_path / target)


def test_asking_wrongly() -> None:
    assert isinstance(run().exception, NothingToCheck)
    assert run("a.ttl", "b.ttl", "-o", "c.ttl").exit_code == 2


def test_the_real_files_are_in_the_house_style(tmp_path: Path) -> None:
    report = style.check(style.curated(Places.at(ROOT)))
    assert report.findings == ()
    assert report.looked_at["files"] > 800
    # The check is not blind: the same file with one line swapped is found.
    shutil.copy(ROOT / "data" / "compound" / "cortexin.ttl", tmp_path / "cortexin.ttl")
    text = (tmp_path / "cortexin.ttl").read_text("utf-8")
    kind, identifier = "    moa:kind moa:BrainDerivedPreparation ;\n", '    moa:identifier "mesh:C056590" ;\n'
    assert kind + identifier in text
    (tmp_path / "cortexin.ttl").write_text(text.replace(kind + identifier, identifier + kind), "utf-8")
    findings = style.check(style.files_at([tmp_path])).findings
    assert [f.problem for f in findings] == ["moa:kind of compound:cortexin comes too late"]
