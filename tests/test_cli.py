"""The command line behaves: formats, exit codes, suggestions, no tracebacks, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Run, assert_one_screen

ROOT = Path(__file__).parent.parent


def test_a_question_is_answered_with_tier_and_sources(run: Run) -> None:
    done = run("ask", "shared-mechanisms", "compound=Cortexin")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].split("\t") == ["mechanism", "other", "tier", "sources", "other_tier", "other_sources"]
    assert any("Cerebrolysin" in line and "VialBase comparison" in line for line in lines[1:])


@pytest.mark.parametrize(
    "name", ["cortexin", "Cortexin", "CORTEXIN", "Кортексин", "compound:cortexin", "mesh:C056590"]
)
def test_a_thing_goes_by_all_its_names(run: Run, name: str) -> None:
    assert run("ask", "receptors-of-compound", f"compound={name}").stdout.count("\n") == 6


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("ask", "shard-mechanisms"), 2, "did you mean shared-mechanisms"),
        (("ask", "shared-mechanisms"), 2, "moagraph ask shared-mechanisms compound=cortexin"),
        (("ask", "shared-mechanisms", "compnd=x"), 2, "did you mean compound?"),
        (("ask", "shared-mechanisms", "compound=cortexine"), 2, "did you mean cortexin"),
        (("ask", "shared-mechanisms", "compound"), 2, "KEY=VALUE"),
        (("ask", "shared-mechanisms", "compound=cortexin", "--policy", "statd"), 2, "did you mean stated?"),
        (("ask", "shared-mechanisms", "compound=cortexin", "-f", "jsn"), 2, "did you mean json"),
        (("ask", "shared-mechanisms", "compound=cortexin", "-o", "x.xlsx"), 2, ".xlsx"),
        (("ask", "shared-mechanisms", "compound=cortexin", "-o", "/nonexistent/x.csv"), 3, "cannot write"),
        (("list", "compuonds"), 2, "did you mean compounds"),
        (("show", "cortexinn"), 2, "did you mean cortexin"),
        (("explain", "unknown-qery"), 2, "did you mean unknown-query"),
        (("plot", "overlp", "-o", "x.svg"), 2, "did you mean overlap?"),
        (("plot", "overlap", "-o", "x.bmp"), 2, "bmp"),
        (("export", "tutle", "-o", "x"), 2, "did you mean turtle?"),
        (("export", "turtle", "-o", "/nonexistent/x.ttl"), 3, "cannot write"),
        (("sparql", "SELECT ?s WHERE { ?s a moa:Compound "), 2, "^"),
        (("sparql", "SELECT ?s WHERE { ?s xyz:p ?o }"), 2, "xyz:"),
        (("sparql", "SELECT ?s WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"), 2, "SERVICE"),
        (("sparql", "DELETE WHERE { ?s ?p ?o }"), 2, "change the graph"),
        (("sparql", "no-such-file.rq"), 3, "cannot read"),
        (("check", "--root", "/nonexistent"), 3, "there is no folder"),
        (("check", "-f", "xml"), 2, "known formats"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_mistakes_get_one_screen_and_an_exit_code(run: Run, words: tuple[str, ...], code: int, says: str) -> None:
    assert_one_screen(run(*words), code, says)


def test_every_format_of_a_table(run: Run, tmp_path: Path) -> None:
    for suffix in ("txt", "csv", "tsv", "json", "md", "html"):
        path = tmp_path / f"answer.{suffix}"
        assert run("ask", "receptors-of-compound", "compound=cortexin", "-o", str(path)).returncode == 0
        assert "AMPA receptor" in path.read_text("utf-8")
    rows = json.loads((tmp_path / "answer.json").read_text("utf-8"))["rows"]
    assert rows[0]["receptor"] == {"id": "receptor:ampa", "label": "AMPA receptor"}
    raw = run("ask", "receptors-of-compound", "compound=cortexin", "--iris").stdout
    assert "https://w3id.org/moagraph/receptor/ampa" in raw


def test_sparql_from_everywhere_and_in_every_form(run: Run, tmp_path: Path) -> None:
    query = "SELECT ?c WHERE { ?c a moa:Compound } ORDER BY ?c"
    file = tmp_path / "q.rq"
    file.write_text(query, "utf-8")
    answers = {run("sparql", query).stdout, run("sparql", str(file)).stdout, run("sparql", "-", stdin=query).stdout}
    assert len(answers) == 1
    assert "Cortexin" in answers.pop()
    assert run("sparql", "ASK { compound:cortexin a moa:Compound }").stdout == "true\n"
    assert run("sparql", "ASK { compound:cortexin a moa:Claim }").stdout == "false\n"
    turtle = run("sparql", "CONSTRUCT { ?c a moa:Compound } WHERE { ?c a moa:Compound }").stdout
    assert "compound:cortexin a moa:Compound ." in turtle


def test_a_policy_changes_the_answer(run: Run) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?line moa:admittedBy ?policy }"
    stated = int(run("sparql", count).stdout.split()[-1])
    everything = int(run("sparql", count, "--policy", "everything").stdout.split()[-1])
    assert 0 < stated < everything


def test_show_reads_well(run: Run) -> None:
    text = run("show", "cortexin").stdout
    assert text.startswith("Cortexin  (compound:cortexin)")
    assert "Cortexin binds AMPA receptor: SUPPORTED, tier E" in text
    assert "Neurogenesis is not emphasized for Cortexin: NOT EMPHASIZED IN SOURCE" in text
    assert "not medical advice" in text
    assert max(len(line) for line in text.splitlines()) <= 104


def test_a_reader_that_goes_away_is_no_fault(own_cache: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m moagraph ask claims-without-reference | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "MOAGRAPH_CACHE": str(own_cache)},
    )
    assert done.stderr == ""
    assert done.stdout.startswith("claim\t")


def test_bad_data_stop_the_build_but_not_the_last_good_store(run: Run, tmp_path: Path) -> None:
    root, cache = tmp_path / "project", str(tmp_path / "cache")
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / folder, root / folder)
    words = ("ask", "receptors-of-compound", "compound=cortexin", "--root", str(root))
    good = run(*words, MOAGRAPH_CACHE=cache)
    assert good.returncode == 0
    broken = root / "data" / "compound" / "cortexin.ttl"
    broken.write_text(broken.read_text("utf-8").replace("moa:kind", "moa:knd"), "utf-8")
    refused = run(*words, MOAGRAPH_CACHE=cache)
    assert refused.returncode == 1
    assert "violation" in refused.stderr
    assert refused.stdout == ""
    last = run(*words, "--last-good", MOAGRAPH_CACHE=cache)
    assert (last.returncode, last.stdout) == (0, good.stdout)
    checked = run("check", "--root", str(root))
    assert checked.returncode == 1
    assert "data/compound/cortexin.ttl:" in checked.stdout
    assert "did you mean moa:kind" in checked.stdout


def test_nothing_to_check_is_not_fine(run: Run, tmp_path: Path) -> None:
    for folder in ("data", "queries"):
        (tmp_path / folder).mkdir()
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    done = run("check", "--root", str(tmp_path))
    assert done.returncode == 2
    assert "holds no Turtle file" in done.stderr


def test_check_in_every_format(run: Run) -> None:
    text = run("check").stdout
    assert text.startswith("no findings: looked at")
    for word in ("files", "claims", "evidence lines", "shapes", "rules"):
        assert word in text
    assert json.loads(run("check", "-f", "json").stdout)["looked_at"]["claims"] > 100
    assert json.loads(run("check", "-f", "sarif").stdout)["version"] == "2.1.0"
    assert "sh:conforms true" in run("check", "-f", "turtle").stdout


def test_check_of_some_files_and_by_another_engine(run: Run, tmp_path: Path) -> None:
    whole = run("check")
    assert run("check", "--engine", "shacl").stdout == whole.stdout
    for path in ("data/compound/cortexin.ttl", str(ROOT / "data" / "compound" / "cortexin.ttl")):
        done = run("check", path, "--engine", "shacl")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("no findings: looked at 1 files, ")
        rules = len(list((ROOT / "ontology" / "rules").glob("*.rq")))
        assert done.stdout.endswith(f" {rules} rules, 0 query files\n")
    queries = run("check", "--engine", "shacl", "queries/")
    number = len(list((ROOT / "queries").glob("*.rq")))
    assert queries.stdout.startswith(f"no findings: looked at {number} files, 0 triples")
    unknown = run("check", "data/compound/cortexine.ttl")
    assert unknown.returncode == 2
    assert "did you mean data/compound/cortexin.ttl" in unknown.stderr
    assert run("check", str(tmp_path)).returncode == 2
    (tmp_path / "shacl.py").write_text("raise ImportError\n", "utf-8")
    missing = run("check", "--engine", "shacl", PYTHONPATH=f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    assert missing.returncode == 2
    assert "pip install 'moagraph[fast]'" in missing.stderr


def test_explain_knows_errors_rules_and_shapes(run: Run) -> None:
    for code in ("unknown-query", "duplicate-claim", "evidence-line-stance", "defined-twice"):
        done = run("explain", code)
        assert done.returncode == 0
        assert done.stdout.startswith(f"{code}:")
        assert len(done.stdout.splitlines()) >= 2


def test_a_query_has_a_manual_of_its_own(run: Run) -> None:
    done = run("ask", "mechanisms-shared-by-all", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: moagraph ask mechanisms-shared-by-all compounds=VALUE [OPTIONS]")
    assert "several are asked about together" in done.stdout
    general = run("ask", "--help").stdout
    assert "Usage: moagraph ask [OPTIONS] NAME [KEY=VALUE]..." in general
    assert "did you mean shared-mechanisms" in run("ask", "shard-mechanisms", "-h").stderr


def test_a_key_may_be_given_several_times(run: Run) -> None:
    apart = run("ask", "mechanisms-of-compound", "compound=p21", "compound=cortexin").stdout.splitlines()
    assert apart[0].startswith("for_compound\tmechanism\t")
    assert {line.partition("\t")[0] for line in apart[1:]} == {"P21", "Cortexin"}
    together = run("ask", "mechanisms-shared-by-all", "compounds=cortexin", "compounds=cerebrolysin").stdout
    assert together.startswith("mechanism\tsources\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ask", "claims-by-tier", "tier=G"), "it is one of A, B, C, D, E, F"),
        (("ask", "studies-of-size", "at_least=many"), "matches [+-]?[0-9]{1,19}; 'many' is none"),
        (("ask", "studies-of-size", "at_least=many"), "for example at_least=100"),
        (("completion", "tcsh"), "did you mean zsh"),
        (("export", "openap", "-o", "x"), "did you mean openapi"),
    ],
)
def test_mistakes_with_parameters_say_what_is_right(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_queries_are_drawn_and_described(run: Run, tmp_path: Path) -> None:
    assert run("ask", "shared-mechanisms", "--drawing").stdout.startswith("flowchart LR\n")
    address = ("--endpoint-url", "https://example.org/sparql")
    for what, name, beginning in (
        ("openapi", "openapi.json", '{\n "openapi": "3.1.0"'),
        ("examples", "examples.ttl", "# The named queries"),
        ("mermaid", "drawings.md", "# The patterns"),
        ("grlc", "grlc", ""),
    ):
        done = run("export", what, "-o", str(tmp_path / name), *address)
        assert (done.returncode, done.stdout) == (0, "")
        assert beginning == "" or (tmp_path / name).read_text("utf-8").startswith(beginning)
    assert "https://example.org/sparql" in (tmp_path / "grlc" / "shared-mechanisms.rq").read_text("utf-8")
