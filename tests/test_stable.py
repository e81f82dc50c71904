"""Stable Turtle: equal graphs give equal bytes, and a small change to a graph is a small change to its file."""

from __future__ import annotations

import difflib
import os
import random
import subprocess
import sys

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, Ontology, triples_of
from moagraph import canonical, turtle
from moagraph.errors import BlankNodesAlike
from moagraph.report import Finding, Report

BASE_FIXTURE = ROOT / "tests" / "fixtures" / "base" / "data"
LAW = settings(derandomize=True, database=None, deadline=None, max_examples=150)

ONE_MORE = b"""
@prefix agent:    <https://w3id.org/moagraph/agent/> .
@prefix claim:    <https://w3id.org/moagraph/claim/> .
@prefix compound: <https://w3id.org/moagraph/compound/> .
@prefix evidence: <https://w3id.org/moagraph/evidence/> .
@prefix mechanism: <https://w3id.org/moagraph/mechanism/> .
@prefix moa:      <https://w3id.org/moagraph/vocab#> .
@prefix passage:  <https://w3id.org/moagraph/passage/> .
@prefix source:   <https://w3id.org/moagraph/source/> .

claim:betamide_has-mechanism_gammine-decrease  a moa:Claim ;
    moa:subject compound:betamide ;  moa:predicate moa:hasMechanism ;  moa:object mechanism:gammine-decrease .

evidence:betamide_has-mechanism_gammine-decrease_1  a moa:EvidenceLine ;
    moa:bearsOn claim:betamide_has-mechanism_gammine-decrease ;  moa:stance moa:Supports ;
    moa:statedIn source:example-page ;
    moa:passage passage:example-page_300-400 ;
    moa:system moa:SystemNotStated ;
    moa:strength moa:Asserted ;
    moa:assertedBy agent:example-site .
"""


def base_triples() -> list[ox.Triple]:
    files = sorted(BASE_FIXTURE.rglob("*.ttl"))
    assert len(files) > 50
    return [t for file in files for t in turtle.read(file.read_bytes()).triples]


def changed_lines(old: bytes, new: bytes) -> list[str]:
    lines = difflib.unified_diff(old.decode().splitlines(), new.decode().splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_one_more_claim_changes_only_its_lines() -> None:
    before = base_triples()
    more = list(turtle.read(ONE_MORE).triples)
    changed = changed_lines(turtle.write(before), turtle.write([*before, *more]))
    # One line for each predicate of the claim and of its evidence line, and no other.
    assert len(changed) == len(more) == 12
    assert {line[0] for line in changed} == {"+"}


def test_one_more_claim_changes_few_lines_of_what_is_derived(ontology: Ontology) -> None:
    texts = []
    for triples in (base_triples(), [*base_triples(), *turtle.read(ONE_MORE).triples]):
        store = ontology.store([*ontology.triples, *triples])
        texts.append(turtle.write([*ontology.triples, *triples, *triples_of(store, "stated")]))
    changed = changed_lines(*texts)
    about = ("betamide", "gammine-decrease", "moa:hasMechanism")
    # Claim and line (12), their verdict, tier and stance link, and the derivation with its plain edge and closure.
    assert 12 < len(changed) <= 40
    heads = [line[1:] for line in changed if not line[1:].startswith(" ")]
    assert heads
    assert all(any(word in head for word in about) for head in heads)


PROBE = """
import random, sys
from pathlib import Path
import pyoxigraph as ox
from moagraph import turtle
from moagraph.corpus import Corpus, File
from moagraph.graphs import FORMATS, written
from moagraph.report import Finding, Report
from moagraph.names import PREFIXES
base = Path(sys.argv[1])
files = [File(f"data/{p.relative_to(base).as_posix()}", p.read_bytes()) for p in base.rglob("*.ttl")]
random.Random(int(sys.argv[2])).shuffle(files)
triples = set(Corpus.of(files).triples)
out = [turtle.write(triples)]
store = ox.Store()
store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
answer = list(store.query(
    "CONSTRUCT { ?c moa:said [ moa:line [ moa:by ?s ] , [ moa:by ?s ] ; moa:of ?c ] } "
    "WHERE { ?l moa:bearsOn ?c ; moa:statedIn ?s }", prefixes=dict(PREFIXES)))
assert len(answer) > 50
out += [written(answer, name).encode() for name in FORMATS]
findings = [Finding("a", "warning", "b.ttl", n, "", str(n)) for n in (1, 2, 2)]
out.append(Report(tuple(findings), {"files": 1, "triples": 1}).to_turtle().encode())
sys.stdout.buffer.write(b"======".join(out))
"""


def test_neither_hash_seed_nor_order_of_files_changes_a_byte() -> None:
    outputs = set()
    for seed in ("0", "1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", PROBE, str(BASE_FIXTURE), seed],
            capture_output=True,
            check=True,
            timeout=120,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert outputs.pop().count(b"======") >= 5


NODES = st.sampled_from(["_:a", "_:b", "_:c", "_:d", "_:e", "<http://a/x>", "<http://a/y>"])
GRAPHS = st.sets(st.tuples(NODES, st.sampled_from(["<http://a/p>", "<http://a/q>"]), NODES), max_size=9)


def parsed(statements: set[tuple[str, str, str]]) -> list[ox.Triple]:
    text = "".join(f"{s} {p} {o} .\n" for s, p, o in sorted(statements))
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]


@LAW
@given(GRAPHS, st.randoms(use_true_random=False))
def test_names_of_blank_nodes_change_no_byte(statements: set[tuple[str, str, str]], chance: random.Random) -> None:
    triples = parsed(statements)
    text = turtle.write(triples)
    names = [f"n{n}" for n in range(5)]
    chance.shuffle(names)
    others = dict(zip("abcde", names, strict=True))

    def other(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.BlankNode:
        assert isinstance(term, ox.NamedNode | ox.BlankNode)
        return ox.BlankNode(others[term.value]) if isinstance(term, ox.BlankNode) else term

    again = [ox.Triple(other(t.subject), t.predicate, other(t.object)) for t in triples]
    chance.shuffle(again)
    assert turtle.write(again) == text
    graphs = [
        ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples),
        ox.Dataset(ox.parse(text, format=ox.RdfFormat.TURTLE)),
    ]
    for graph in graphs:
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert graphs[0] == graphs[1]


def test_a_change_elsewhere_leaves_names_alone() -> None:
    text = "<http://a/s> <http://a/p> _:a . _:a <http://a/q> _:b . _:b <http://a/q> 'x' . _:c <http://a/q> 'y' .\n"
    more = "<http://a/t> <http://a/p> _:n . _:n <http://a/q> 'z' .\n"
    old, new = (
        turtle.write(quad.triple for quad in ox.parse(content, format=ox.RdfFormat.TURTLE))
        for content in (text, text + more)
    )
    assert [line[0] for line in changed_lines(old, new)] == ["+", "+"]


def everyone_to_everyone(number: int) -> list[ox.Triple]:
    nodes = [ox.BlankNode() for _ in range(number)]
    knows = ox.NamedNode("http://a/knows")
    return [ox.Triple(a, knows, b) for a in nodes for b in nodes if a != b]


def test_nodes_that_nothing_tells_apart_are_bounded() -> None:
    assert turtle.write(everyone_to_everyone(canonical.MOST_ALIKE)) == turtle.write(
        everyone_to_everyone(canonical.MOST_ALIKE)
    )
    with pytest.raises(BlankNodesAlike) as caught:
        turtle.write(everyone_to_everyone(24))
    assert "24 of 24" in str(caught.value)
    # Apart from each other they are no trouble, however many they are.
    said = ox.NamedNode("http://a/said")
    many = [ox.Triple(ox.BlankNode(), said, ox.Literal("x")) for _ in range(500)]
    assert len(canonical.named(many)) == len({str(t) for t in canonical.named(many)}) == 500


def test_a_new_finding_leaves_the_others_of_a_report_alone() -> None:
    def report(*findings: Finding) -> bytes:
        return Report(tuple(sorted(findings)), {"files": 1, "triples": 9}, "abc").to_turtle().encode()

    one = Finding("a", "warning", "data/a.ttl", 3, "https://w3id.org/moagraph/claim/b", "wrong")
    two = Finding("c", "warning", "data/c.ttl", 3, "", "wrong too")
    new = Finding("b", "violation", "data/a.ttl", 1, "", "first of all")
    changed = changed_lines(report(one, two), report(one, two, new))
    # The list of results, the sum, whether it conforms, and the lines of the new one.
    assert len([line for line in changed if line[0] == "-"]) == 3
    assert len([line for line in changed if line[0] == "+"]) == 3 + 6
