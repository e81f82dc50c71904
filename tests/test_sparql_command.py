"""Raw SPARQL from the command line: every form and format, own data, limits, plans, and mistakes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Run, assert_one_screen

OWN = """@prefix ex: <http://example.org/> .
ex:zetamide a ex:Potion ; ex:strength 0.50 ; ex:said "2021-05-01"^^<http://www.w3.org/2001/XMLSchema#date> , "да"@ru .
"""
PICK = "SELECT ?p ?o WHERE { <http://example.org/zetamide> ?p ?o } ORDER BY ?p STR(?o)"
QUERY = """#+ summary: Potions
#+ asks: Which potions are there?
#+ columns: { potion: rdfs:Resource }
PREFIX ex: <http://example.org/>
SELECT ?potion WHERE { ?potion a ex:Potion } ORDER BY ?potion
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "own.ttl").write_text(OWN, "utf-8")
    (folder / "potions.rq").write_text(QUERY, "utf-8")
    return folder


@pytest.mark.parametrize("length", [200, 300, 900, 5000])
def test_a_text_of_any_length_is_a_query(run: Run, length: int) -> None:
    done = run("sparql", "SELECT (1 AS ?n) WHERE { }" + " " * length + "# on one line", "-f", "tsv")
    assert (done.returncode, done.stdout) == (0, "n\n1\n"), done.stderr


def test_results_in_the_formats_of_sparql_keep_every_term(run: Run, mine: Path) -> None:
    alone = ("--data", str(mine), "--no-packaged-data")
    expected = [f'"{v}"{t}' for v, t in (("0.5", "^^<http://www.w3.org/2001/XMLSchema#decimal>"),)]
    for name, format in (("srj", ox.QueryResultsFormat.JSON), ("srx", ox.QueryResultsFormat.XML)):
        done = run("sparql", PICK, *alone, "-f", name)
        parsed = ox.parse_query_results(done.stdout, format)
        assert isinstance(parsed, ox.QuerySolutions)
        found = [str(row["o"]) for row in parsed]
        assert found[0:1] == ["<http://example.org/Potion>"] or "<http://example.org/Potion>" in found
        assert set(expected) < set(found)
        assert '"2021-05-01"^^<http://www.w3.org/2001/XMLSchema#date>' in found
        assert '"да"@ru' in found
        truth = ox.parse_query_results(run("sparql", "ASK { ?s ?p 1 }", *alone, "-f", name).stdout, format)
        assert isinstance(truth, ox.QueryBoolean)
        assert not truth


def test_graphs_in_every_format(run: Run, mine: Path, tmp_path: Path) -> None:
    for suffix, format in (
        ("ttl", ox.RdfFormat.TURTLE), ("nt", ox.RdfFormat.N_TRIPLES),
        ("jsonld", ox.RdfFormat.JSON_LD), ("rdf", ox.RdfFormat.RDF_XML),
    ):  # fmt: skip
        path = tmp_path / f"out.{suffix}"
        query = "DESCRIBE <http://example.org/zetamide>"
        done = run("sparql", query, "--data", str(mine), "--no-packaged-data", "-o", str(path))
        assert done.returncode == 0
        assert len({str(q) for q in ox.parse(path=str(path), format=format)}) == 4
    wrong = run("sparql", "CONSTRUCT WHERE { compound:cortexin ?p ?o }", "-f", "tutle")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean turtle" in wrong.stderr


def test_own_data_stand_beside_the_graph_and_are_said_to_be_unchecked(run: Run, mine: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    alone, beside, without = (
        run("sparql", count, *words)
        for words in (("--data", str(mine), "--no-packaged-data"), ("--data", str(mine)), ())
    )
    numbers = [int(done.stdout.split()[-1]) for done in (alone, beside, without)]
    assert numbers[0] == 4
    assert numbers[1] == numbers[2] + 4
    assert "4 triples of your own, unchecked" in beside.stderr
    assert without.stderr == ""


def test_own_queries_have_names(run: Run, mine: Path) -> None:
    done = run("ask", "potions", "--data", str(mine))
    assert done.stdout == "potion\n<http://example.org/zetamide>\n"
    assert "potions" in run("list", "queries", "--data", str(mine)).stdout
    (mine / "potions.rq").write_text(QUERY.replace("columns: { potion", "columns: { lotion"), "utf-8")
    wrong = run("ask", "potions", "--data", str(mine))
    assert wrong.returncode == 2
    assert "lotion" in wrong.stderr


def test_a_compressed_file_is_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.ttl.gz"
    path.write_bytes(gzip.compress(OWN.encode()))
    assert run("sparql", PICK, "--data", str(path), "--no-packaged-data", "-f", "csv").stdout.count("\n") == 5


def test_nothing_stays_in_the_cache(run: Run, mine: Path, own_cache: Path) -> None:
    before = sorted(own_cache.iterdir())
    run("sparql", "ASK {}", "--data", str(mine))
    run("sparql", "ASK {", "--data", str(mine))
    assert sorted(own_cache.iterdir()) == before


def test_time_is_told_and_plans_are_shown(run: Run) -> None:
    done = run("sparql", "SELECT ?c WHERE { ?c a moa:Compound }", "--time")
    assert " s for " in done.stderr
    plan = run("sparql", "SELECT ?c WHERE { ?c a moa:Compound OPTIONAL { ?c skos:broader+ ?b } }", "--explain").stdout
    compounds = len(done.stdout.splitlines()) - 1
    assert f"?c rdf:type moa:Compound   # {compounds} triples" in plan
    assert "LeftJoin" in plan
    assert "# a path" in plan
    assert plan.startswith("default graph: graph:asserted, policy:stated\n")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        # Counting gives one row, so that no other limit comes first.
        (("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "1"), 2, "after 1 second"),
        (("SELECT * WHERE { ?a ?b ?c }", "--limit", "5"), 2, "--limit"),
        (("SELECT * WHERE { ?a ?b ?c", "--explain"), 2, "^"),
        (("SELECT *\nWHERE { ?a ?b ?c ,, }",), 2, "at 2:"),
        (("ASK {}", "--data", "/nonexistent.ttl"), 3, "/nonexistent.ttl"),
        (("ASK {}", "--no-packaged-data"), 3, "--data"),
        (("ASK {}", "--endpoint", "http://127.0.0.1:9/x"), 3, "127.0.0.1:9"),
        (("ASK {}", "--endpoint", "http://127.0.0.1:9/x", "--data", "x.ttl"), 3, "--data"),
        (("ASK {}", "--timeout", "0"), 2, "--timeout"),
        (("ASK {}", "-f", "xml"), 2, "cannot write"),
    ],
)
def test_mistakes_get_one_screen_and_an_exit_code(run: Run, words: tuple[str, ...], code: int, says: str) -> None:
    assert_one_screen(run("sparql", *words), code, says)


def test_bad_rdf_says_where(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(f"{OWN}ex:torn a\n", "utf-8")
    done = run("sparql", "ASK {}", "--data", str(path))
    assert done.returncode == 3
    assert f"{path}:" in done.stderr
    context = tmp_path / "remote.jsonld"
    context.write_text(json.dumps({"@context": "http://127.0.0.1:9/c", "@id": "x:a", "p": "q"}), "utf-8")
    assert "context" in run("sparql", "ASK {}", "--data", str(context)).stderr
