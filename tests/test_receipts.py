"""Receipts: the same bytes everywhere, read back whole, and replayed so that the line that changed is named."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import moagraph
import planting
import test_queries as golden
from conftest import ROOT, OnRdflib, Ontology
from fake_endpoint import Fake
from moagraph.cli.commands import cli
from moagraph.errors import (
    BadRdf,
    InputUnreadable,
    MoagraphError,
    NotAReceipt,
    ReceiptAltered,
    ReceiptOfAnotherGraph,
    UnknownFormat,
)
from moagraph.library import Library
from moagraph.lineage import Lineage, Nodes
from moagraph.names import PREFIXES, VOCAB, compact
from moagraph.query import Query, bare
from moagraph.receipts import reading
from moagraph.receipts.making import receipt_of
from moagraph.receipts.reading import receipt_at
from moagraph.receipts.receipt import Asked, Receipt, sha256, terms_of
from moagraph.receipts.setting import Setting
from moagraph.receipts.snapshots import snapshots_of
from moagraph.receipts.verifying import Verification, verify
from moagraph.receipts.writing import NO_DIGEST, RECEIPT, digest_of, renamed, triples_of
from moagraph.remote.push import push
from moagraph.remote.writing import Target
from moagraph.store import EmbeddedStore, Solutions, Term, Triples
from moagraph.table import Blank, Iri, Literal
from moagraph.terms import pyoxigraph_term
from planting import PLANTED

NOTHING = Setting("sha256:d", "sha256:p", "sha256:r")
FULL = [case for case in golden.ALL if case.name == "full"]
EACH = pytest.mark.parametrize("case", FULL, ids=lambda case: case.query)


class AnswersOnRdflib(OnRdflib):
    """The same graph, whose every answer is rdflib's, in pyoxigraph's terms."""

    def answer(self, query: str, policy: str) -> Solutions | Triples | bool:  # noqa: ARG002
        found = self.graph.query(query, initNs=dict(PREFIXES))
        if found.vars is None:
            return bool(found)
        rows: list[tuple[Term | None, ...]] = [
            tuple(None if term is None else pyoxigraph_term(term) for term in row)
            for row in found
            if isinstance(row, rdflib.query.ResultRow)
        ]
        return Solutions(tuple(str(variable) for variable in found.vars), rows)

    select = EmbeddedStore.select


library_for = golden.library_for


def written(receipt: Receipt, folder: Path) -> Path:
    path = folder / "answer.ttl"
    path.write_bytes(receipt.to_turtle().encode())
    return path


# What a receipt holds


@EACH
def test_a_receipt_is_read_back_whole_and_verifies(
    case: golden.Case, library_for: Callable[[golden.Case], Library], tmp_path: Path
) -> None:
    library = library_for(case)
    made = receipt_of(library, case.query, case.params, NOTHING)
    table = library.ask(case.query, case.params)
    assert len(made.rows) == len(table) > 0
    assert [row.cells for row in made.rows] == [tuple(terms_of(cell) for cell in row) for row in table.cells]
    assert all(row.traced for row in made.rows)
    read = receipt_at(written(made, tmp_path))
    assert read == made
    assert read.to_turtle() == made.to_turtle()
    found = verify(read, library, NOTHING)
    assert not found.differs, found.to("text")
    assert {one.state for one in found.circumstances} == {"same"}
    assert found.looked_at["rows"] == len(table)


@EACH
def test_rdflib_gives_the_same_bytes(case: golden.Case, library_for: Callable[[golden.Case], Library]) -> None:
    library = library_for(case)
    assert isinstance(library.store, EmbeddedStore)
    other = Library(library.queries, AnswersOnRdflib(library.store.store, library.policy), library.policy)
    texts = [receipt_of(one, case.query, case.params, NOTHING).to_turtle() for one in (library, other)]
    assert texts[0] == texts[1]


class AsWritten(EmbeddedStore):
    """A store that gives decimal numbers in another spelling, as engines do."""

    def answer(self, query: str, policy: str) -> Solutions | Triples | bool:
        found = super().answer(query, policy)
        if not isinstance(found, Solutions):
            return found
        return Solutions(found.variables, [tuple(self.respelt(term) for term in row) for row in found.rows])

    @staticmethod
    def respelt(term: Term | None) -> Term | None:
        if isinstance(term, ox.Literal) and term.datatype.value == f"{PREFIXES['xsd']}decimal":
            return ox.Literal(f"{term.value}{'0' if '.' in term.value else '.00'}", datatype=term.datatype)
        return term


def test_how_an_engine_spells_numbers_changes_no_byte(asked: Callable[..., Library]) -> None:
    library = asked()
    assert isinstance(library.store, EmbeddedStore)
    other = Library(library.queries, AsWritten(library.store.store), library.policy)
    for name, values in (("findings-of-compound", {"compound": "alphamide"}), ("studies-of-size", SIZED)):
        texts = [receipt_of(one, name, values, NOTHING).to_turtle() for one in (library, other)]
        assert "moa:amount " in texts[0]
        assert texts[0] == texts[1]


def test_what_a_receipt_says(real_graph: moagraph.Graph) -> None:
    made = real_graph.receipt("receptors-of-compound", compound="Кортексин")
    graph = rdflib.Graph().parse(data=made.to_turtle(), format="turtle")
    moa, rdf, prov = (rdflib.Namespace(PREFIXES[prefix]) for prefix in ("moa", "rdf", "prov"))
    (receipt,) = graph.subjects(rdf.type, moa.Receipt)
    assert re.fullmatch(r"https://w3id.org/moagraph/receipt/[0-9a-f]{64}", str(receipt))
    assert graph.value(receipt, moa.queryName) == rdflib.Literal("receptors-of-compound")
    assert str(graph.value(receipt, moa.queryDigest)) == sha256(bare(made.text))
    assert str(graph.value(receipt, moa.dataDigest)) == Triples.of(real_graph.asserted()).digest
    policy = (ROOT / "ontology" / "policy" / "stated.rq").read_text("utf-8")
    assert str(graph.value(receipt, moa.policyDigest)) == sha256(bare(policy))
    (parameter,) = graph.objects(receipt, moa.hasParameter)
    assert str(graph.value(parameter, rdf._1)) == f"{PREFIXES['compound']}cortexin"
    activity = graph.value(receipt, prov.wasGeneratedBy)
    assert (activity, rdf.type, prov.Activity) in graph
    assert (activity, prov.used, rdflib.URIRef(f"{PREFIXES['policy']}stated")) in graph
    rows = list(graph.objects(receipt, moa.hasRow))
    assert int(str(graph.value(receipt, moa.numberOfRows))) == len(rows) == 5
    for row in rows:
        lines = list(graph.objects(row, moa.bearingLine))
        assert lines
        for line in lines:
            original = graph.value(line, prov.specializationOf)
            assert str(original).startswith(PREFIXES["evidence"])
            assert graph.value(line, moa.recordedStance) == moa.Supports
            assert str(graph.value(line, moa.recordedDigest)).startswith("sha256:")
    assert not [term for triple in graph for term in triple if isinstance(term, rdflib.BNode)]
    declared = set(rdflib.Graph().parse(ROOT / "ontology" / "moagraph.ttl").subjects())
    classes = {str(o) for o in graph.objects(None, rdf.type)}
    ours = {str(one) for one in {*map(str, graph.predicates()), *classes} if str(one).startswith(VOCAB)}
    assert len(ours) > 20
    assert ours <= {str(one) for one in declared}


def test_nothing_of_the_machine_stands_in_it(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """Bytes depend on neither hash seed, locale, time zone, clock nor folder."""
    outputs = set()
    for number, more in enumerate(
        (
            {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
            {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
            {"PYTHONHASHSEED": "77", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "HOME": str(tmp_path)},
        )
    ):
        file = tmp_path / f"answer-{number}.ttl"
        done = run("ask", "shared-mechanisms", "compound=cortexin", "--receipt", str(file), **more)
        assert done.returncode == 0, done.stderr
        assert "evidence lines to " in done.stderr
        outputs.add(file.read_bytes())
    assert len(outputs) == 1
    text = outputs.pop().decode()
    assert str(tmp_path) not in text
    assert os.uname().nodename not in text


ORDERS = settings(derandomize=True, database=None, deadline=None, max_examples=8)


@ORDERS
@given(st.integers(0, 2**32))
def test_the_order_of_statements_changes_no_byte(ontology: Ontology, seed: int) -> None:
    everything = [*ontology.triples, *planting.triples()]
    shuffled = list(everything)
    random.Random(seed).shuffle(shuffled)
    texts = []
    for triples in (everything, shuffled):
        library = Library(ontology.queries, planting.store(ontology, shuffled=triples), "stated")
        for name in (
            "mechanisms-of-compound",
            "indications-of-compound",
            "shared-indications",
            "studies-of-compound",
        ):
            texts.append(receipt_of(library, name, {"compound": "alphamide"}, NOTHING).to_turtle())
    half = len(texts) // 2
    assert texts[:half] == texts[half:]


def test_an_endpoint_gives_the_same_bytes(fake: Fake, real_graph: moagraph.Graph, tmp_path: Path) -> None:
    push(real_graph, Target(fake.url))
    there = moagraph.open(endpoint=fake.url)
    for name, values in (
        ("receptors-of-compound", {"compound": "cortexin"}),
        ("indications-of-compound", {"compound": "cerebrolysin"}),
        ("mechanisms-shared-by-all", {"compounds": ["cortexin", "cerebrolysin"]}),
        ("studies-of-size", {}),
    ):
        here = real_graph.receipt(name, **values)
        assert there.receipt(name, **values).to_turtle() == here.to_turtle()
        assert not there.verify(written(here, tmp_path)).differs


def test_an_endpoint_of_other_data_says_what_it_cannot_prove(fake: Fake, tmp_path: Path) -> None:
    graph = moagraph.open(project(tmp_path / "other"))
    push(graph, Target(fake.url))
    there = moagraph.open(endpoint=fake.url)
    made = there.receipt("mechanisms-of-compound", compound="alphamide")
    assert (made.policy_digest, made.rules_digest) == ("", "")
    assert made.unproven == ("the endpoint does not tell the texts of its policies and rules",)
    assert made.data_digest == Triples.of(graph.asserted()).digest
    found = graph.verify(written(made, tmp_path))
    assert not found.differs
    states = {one.name: one.state for one in found.circumstances}
    assert states == {"data": "same", "policy": "untold", "rules": "untold", "query": "same", "moagraph": "same"}
    assert "the receipt does not prove all: the endpoint" in found.to("text")


def project(folder: Path, *names: str) -> Path:
    """Gives a project of the fixture with planted changes, under the real ontology and queries."""
    folder.mkdir()
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(ROOT / name)
    for path, text in planting.texts(*names).items():
        (folder / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / path).write_text(text, "utf-8")
    return folder


# What changed


@pytest.fixture(scope="module")
def asked(ontology: Ontology) -> Callable[..., Library]:
    """Gives the library of the fixture with planted changes; each is built once."""
    made: dict[tuple[str, ...], Library] = {}

    def library(*names: str) -> Library:
        if names not in made:
            made[names] = Library(ontology.queries, planting.store(ontology, *names), "stated")
        return made[names]

    return library


def receipt_of_all(library: Library, query: Query) -> Receipt:
    """Gives the receipt of a query's answers for all values that its parameters can take."""
    values = {
        p.name: [
            str(value.cell) if p.datatype or p.enum else compact(str(value.cell))
            for value in library.choices(query, p)
        ]
        for p in query.params
    }
    return receipt_of(library, query.name, values, NOTHING)


def lines_named(found: Verification) -> set[str]:
    return {compact(line.iri) for change in found.changes for line in change.lines}


@pytest.mark.parametrize("name", PLANTED)
def test_verify_names_exactly_the_line_that_changed(name: str, asked: Callable[..., Library]) -> None:
    old, new = asked(), asked(name)
    planted = PLANTED[name]
    named: set[str] = set()
    differing = 0
    for query in old.queries.values():
        receipt = receipt_of_all(old, query)
        found = verify(receipt, new, NOTHING)
        if {row.cells for row in receipt.rows} != {row.cells for row in receipt_of_all(new, query).rows}:
            assert found.differs, query.name
        for change in found.changes:
            told = (query.name, change)
            lines = {compact(line.iri) for line in change.lines}
            named |= lines
            differing += 1
            if planted.lines:
                expected = planted.lines | RESTING.get(name, set()) | RISEN.get((name, query.name), set())
                assert lines <= expected, told
            assert lines or change.statements or change.what == "new", told
            if name == "policy changed":
                assert {line.what for line in change.lines} <= {"left out"}, told
    assert differing
    assert named >= (planted.lines - set(SAID_OF_THINGS.get(name, ())))


RESTING = {"reference retracted": {planting.POOLED}}
"""Lines that rest on what changed, though no answer changes because of them."""

RISEN = {(name, "mechanisms-by-informativeness"): {planting.FOR} for name in ("stance flipped", "line withdrawn")}
"""Lines that a row rests on only since the change, by query.

While the one line contests the mechanism, the compound has it through a narrower mechanism alone; then by itself too,
on this line. The row counts compounds, so that it is the same and names no contested edge.
"""

SAID_OF_THINGS = {"hierarchy changed": [planting.WAITING_LINE]}
"""Changes that verify names by the statement that the row was made of."""


def test_a_flipped_stance_is_told_with_its_fields(asked: Callable[..., Library]) -> None:
    receipt = receipt_of(asked(), "mechanisms-of-compound", {"compound": "alphamide"}, NOTHING)
    found = verify(receipt, asked("stance flipped"), replace(NOTHING, data="sha256:e"))
    assert found.exit_code == 1
    (change,) = found.changes
    assert (change.what, change.number) == ("different", 1)
    text = found.to("text")
    assert f"because {planting.AGAINST} (supports) was altered" in text
    assert "        stance: moa:Refutes → moa:Supports" in text
    assert "    verdict: contested → supported" in text
    assert "  data:      changed" in text
    data = json.loads(found.to("json"))
    assert data["differs"] is True
    (line,) = data["changes"][0]["lines"]
    assert (line["what"], line["line"]) == ("altered", planting.AGAINST)
    assert line["alterations"] == [
        {"node": planting.AGAINST, "field": "moa:stance", "old": ["moa:Refutes"], "new": ["moa:Supports"]}
    ]
    with pytest.raises(UnknownFormat):
        found.to("xml")


def test_what_lies_under_a_row_that_is_the_same_is_compared_too(asked: Callable[..., Library]) -> None:
    receipt = receipt_of(asked(), "indications-of-compound", {"compound": "alphamide"}, NOTHING)
    found = verify(receipt, asked("sponsorship changed"), NOTHING)
    assert found.differs
    assert {change.what for change in found.changes} == {"evidence"}
    assert lines_named(found) == {planting.EFFECT}
    text = found.to("text")
    assert "is the same, but not the evidence under it" in text
    assert "study:alphamide-trial sponsorship extent: moa:SomeAuthors → moa:AllSponsored" in text


def test_data_that_changed_elsewhere_change_nothing(asked: Callable[..., Library]) -> None:
    receipt = receipt_of(asked(), "receptors-of-compound", {"compound": "alphamide"}, NOTHING)
    found = verify(receipt, asked("stance flipped"), replace(NOTHING, data="sha256:e"))
    assert found.exit_code == 0
    assert "Unchanged: answer and evidence are the same, though changed: data; 1 row, 1 evidence line compared" in (
        found.to("text")
    )


def with_digest(name: str, digest: str) -> Setting:
    digests = {"data": NOTHING.data, "policy": NOTHING.policy, "rules": NOTHING.rules, name: digest}
    return Setting(digests["data"], digests["policy"], digests["rules"])


@pytest.mark.parametrize(
    ("circumstance", "words"),
    [("policy", "policy"), ("rules", "rules"), ("data", "data")],
)
def test_a_changed_setting_is_told(circumstance: str, words: str, asked: Callable[..., Library]) -> None:
    receipt = receipt_of(asked(), "contested-claims", {}, NOTHING)
    found = verify(receipt, asked(), with_digest(circumstance, "sha256:other"))
    assert [one.name for one in found.circumstances if one.state == "changed"] == [words]
    assert not found.differs
    other = verify(receipt, asked(), with_digest(circumstance, "files:other"))
    assert [one.name for one in other.circumstances if one.state == "untold"] == [words]


def test_a_changed_query_or_version_is_told(asked: Callable[..., Library]) -> None:
    library = asked()
    receipt = receipt_of(library, "contested-claims", {}, NOTHING)
    query = library.queries["contested-claims"]
    comment = query._replace(text=f"# a comment\n{query.text}", opening=query.opening + len("# a comment\n"))
    worded = query._replace(text=f"{query.text}LIMIT 0\n")
    for changed, rows in ((comment, False), (worded, True)):
        other = Library({**library.queries, query.name: changed}, library.store, "stated")
        found = verify(receipt, other, NOTHING)
        states = {one.name: one.state for one in found.circumstances}
        assert states["query"] == ("changed" if rows else "same")
        assert found.differs == rows
    assert "because of what changed beside the evidence: query" in found.to("text")
    older = verify(replace(receipt, version="0.0.1"), library, NOTHING)
    assert f"moagraph:  changed: 0.0.1 → {moagraph.__version__}" in older.to("text")
    elsewhere = verify(replace(receipt, policy="mine"), library, NOTHING)
    assert "policy:    changed: mine → stated" in elsewhere.to("text")


def test_a_thing_that_is_gone_leaves_all_rows_gone(ontology: Ontology, asked: Callable[..., Library]) -> None:
    receipt = receipt_of(asked(), "mechanisms-of-compound", {"compound": "alphamide"}, NOTHING)
    alphamide = ox.NamedNode(f"{PREFIXES['compound']}alphamide")
    left = [t for t in [*ontology.triples, *planting.triples()] if alphamide not in (t.subject, t.object)]
    found = verify(receipt, Library(ontology.queries, planting.store(ontology, shuffled=left), "stated"), NOTHING)
    assert {change.what for change in found.changes} == {"gone"}
    assert len(found.changes) == len(receipt.rows)
    assert "question:  changed: nothing known of kind Compound is called 'compound:alphamide'" in found.to("text")


SIZED = {"at_least": "20", "design": "RandomisedTrial"}


def test_values_are_asked_as_they_were(asked: Callable[..., Library], tmp_path: Path) -> None:
    library = asked()
    for name, values, expected in (
        ("mechanisms-of-compound", {"compound": ["betamide", "alphamide"]}, [("compound", True, 2)]),
        ("mechanisms-of-compound", {"compound": ["alphamide"]}, [("compound", True, 1)]),
        ("mechanisms-shared-by-all", {"compounds": ["betamide", "alphamide"]}, [("compounds", False, 2)]),
        ("studies-of-size", {}, [("at_least", False, 1)]),
        ("studies-of-size", SIZED, [("at_least", False, 1), ("design", False, 1)]),
        ("adverse-effects-by-reporter", {}, []),
    ):  # fmt: skip
        made = receipt_of(library, name, values, NOTHING)
        assert [(one.name, one.apart, len(one.values)) for one in made.asked] == expected
        read = receipt_at(written(made, tmp_path))
        assert [str(v) for one in read.asked for v in one.values] == [
            str(v) for one in made.asked for v in one.values
        ]
        again = receipt_of(library, name, read.values, NOTHING)
        assert again == made


def test_cells_of_every_kind_come_back(asked: Callable[..., Library], tmp_path: Path) -> None:
    made = receipt_of(asked(), "contested-claims", {}, NOTHING)
    things = (Iri("http://example.org/b"), Iri("http://example.org/a"))
    texts = (
        'a "quoted" , text\n\\ with \U0001d6fc and , commas',
        Literal("да", f"{PREFIXES['rdf']}langString", "RU"),
    )
    date = Literal("2021-05-01", f"{PREFIXES['xsd']}date")
    cells = (Iri("http://example.org/x"), Blank("_:b1"), date, *texts, 7, True, 0.5, None, things)
    row = made.rows[0]._replace(cells=tuple(terms_of(cell) for cell in cells))
    columns = tuple(made.columns[0]._replace(name=f"c{i}") for i in range(len(cells)))
    odd = replace(made, rows=(row,), columns=columns, asked=(Asked("x", False, terms_of("a , b")),))
    assert receipt_at(written(odd, tmp_path)) == odd


def test_a_line_that_the_policy_leaves_out_of_a_claim_is_no_cause_elsewhere(asked: Callable[..., Library]) -> None:
    nodes = Nodes(asked().store, "stated")
    (snapshot,) = [
        s
        for s in snapshots_of(nodes, [f"{PREFIXES['evidence']}alphamide_binds_beta-receptor_1"]).values()
        if s.stance
    ]
    assert any("lineTier" in statement for statement in snapshot.statements)
    assert not any("moa:note" in statement for statement in snapshot.statements)
    assert {compact(one).partition(":")[0] for one in snapshot.under} == {
        "agent",
        "claim",
        "reference",
        "source",
        "study",
    }


# Strangers' files


@pytest.fixture(scope="module")
def sample(asked: Callable[..., Library]) -> str:
    return receipt_of(asked(), "mechanisms-of-compound", {"compound": "alphamide"}, NOTHING).to_turtle()


def refused(text: str | bytes, folder: Path, name: str = "answer.ttl") -> MoagraphError:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(MoagraphError) as caught:
        receipt_at(path)
    assert caught.value.fix or isinstance(caught.value, BadRdf)
    return caught.value


def test_edits_of_any_statement_are_noticed(sample: str, tmp_path: Path) -> None:
    for old, new in (
        ("rdf:_2 moa:Contested", "rdf:_2 moa:Supported"),
        ("moa:numberOfRows 2", "moa:numberOfRows 1"),
        ('moa:policyName "stated"', 'moa:policyName "everything"'),
        ("moa:recordedStance moa:Refutes", "moa:recordedStance moa:Supports"),
        ("moa:position 1 ;", 'moa:position 1 ; moa:unproven "x" ;'),
    ):
        assert old in sample
        error = refused(sample.replace(old, new, 1), tmp_path)
        assert isinstance(error, ReceiptAltered), (old, error)
        assert error.exit_code == 2
    one_row_less = re.sub(r"\nthis:row-2 (?s:.*?) \.\n", "\n", sample)
    assert one_row_less != sample
    assert isinstance(refused(one_row_less, tmp_path), ReceiptAltered)


def test_layout_is_no_edit(sample: str, tmp_path: Path) -> None:
    triples = sorted(str(quad.triple) for quad in ox.parse(sample.encode(), format=ox.RdfFormat.TURTLE))
    plain = tmp_path / "answer.nt"
    plain.write_text("".join(f"{triple} .\n" for triple in reversed(triples)), "utf-8")
    (tmp_path / "answer.ttl").write_text(f"# hello\n\n{sample}".replace("\n", "\r\n"), "utf-8")
    assert receipt_at(plain).to_turtle() == receipt_at(tmp_path / "answer.ttl").to_turtle() == sample


def test_a_forged_digest_needs_a_whole_receipt(sample: str, tmp_path: Path) -> None:
    """Whoever makes a new digest makes a new receipt, and it must be one as ours are."""
    triples = [quad.triple for quad in ox.parse(sample.encode(), format=ox.RdfFormat.TURTLE)]
    iri = receipt_at_text(sample, tmp_path).iri
    for drop in ("numberOfRows", "queryText", "columnType", "recordedDigest", "position", "hasRow"):
        left = [t for t in triples if t.predicate.value != VOCAB + drop]
        assert len(left) < len(triples)
        digest = digest_of(renamed(left, iri, RECEIPT + NO_DIGEST))
        forged = renamed(left, iri, RECEIPT + digest)
        error = refused("".join(f"{t} .\n" for t in forged), tmp_path, "forged.nt")
        assert type(error) is NotAReceipt, drop


def receipt_at_text(text: str, folder: Path) -> Receipt:
    (folder / "a.ttl").write_text(text, "utf-8")
    return receipt_at(folder / "a.ttl")


def test_cut_and_hostile_files_are_refused(sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for share in range(1, 40):
        error = refused(sample[: len(sample) * share // 40], tmp_path)
        assert isinstance(error, BadRdf | NotAReceipt | ReceiptAltered), error
    prefix = f"@prefix moa: <{VOCAB}> .\n"
    hostile: list[tuple[str | bytes, type[MoagraphError], int]] = [
        ("", NotAReceipt, 2),
        (f"{prefix}<x:a> a moa:Receipt .", NotAReceipt, 2),
        (f"{prefix}_:a a moa:Receipt .", NotAReceipt, 2),
        (f"{sample}\n<https://w3id.org/moagraph/receipt/{'0' * 64}> a moa:Receipt .", NotAReceipt, 2),
        (f"{sample}\n_:b <x:p> _:c .", ReceiptAltered, 2),
        ("nonsense", BadRdf, 3),
        (b"\xff\xfe\x00", BadRdf, 3),
        (b"\x00" * 1000, BadRdf, 3),
        ("<<" * 100_000, BadRdf, 3),
        ("[" * 100_000, BadRdf, 3),
        ("(" * 100_000, BadRdf, 3),
        (f"{prefix}<x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> .", BadRdf, 3),
        (sample.encode("utf-16"), BadRdf, 3),
    ]  # fmt: skip
    for text, expected, code in hostile:
        error = refused(text, tmp_path)
        assert type(error) is expected, (text[:80], error)
        assert error.exit_code == code
    with pytest.raises(InputUnreadable):
        receipt_at(tmp_path / "nowhere.ttl")
    with pytest.raises(InputUnreadable):
        receipt_at(tmp_path)
    assert isinstance(refused("{}", tmp_path, "answer.jsonld"), BadRdf)
    monkeypatch.setattr(reading, "LARGEST", 1000)
    error = refused(sample, tmp_path)
    assert isinstance(error, InputUnreadable)
    assert error.exit_code == 3


def test_a_receipt_of_another_graph(
    sample: str, real_graph: moagraph.Graph, asked: Callable[..., Library], tmp_path: Path
) -> None:
    receipt = receipt_at_text(sample, tmp_path)
    with pytest.raises(ReceiptOfAnotherGraph) as caught:
        real_graph.verify(receipt)
    assert caught.value.exit_code == 2
    with pytest.raises(ReceiptOfAnotherGraph, match="the query 'gone'"):
        verify(replace(receipt, query="gone"), asked(), NOTHING)


def test_what_a_stranger_wrote_is_never_run(asked: Callable[..., Library], tmp_path: Path) -> None:
    """Neither the query's text nor any name of the file reaches an engine but as a term."""
    made = receipt_of(asked(), "mechanisms-of-compound", {"compound": "alphamide"}, NOTHING)
    evil = "x> } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #"
    odd = replace(
        made,
        text=f"SELECT * {{ {evil} }}",
        asked=(Asked("compound", False, (ox.Literal(evil),)),),
        rows=(made.rows[0]._replace(statements=(f"<{evil}> moa:a moa:b", "a:b c:d e")),),
    )
    found = verify(receipt_at(written(odd, tmp_path)), asked(), NOTHING)
    assert found.differs
    assert {one.name for one in found.circumstances if one.state == "changed"} == {"question", "query"}


# The commands, and a user's own data


def invoked(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [*map(str, words)])


def test_the_commands(tmp_path: Path) -> None:
    old, new = project(tmp_path / "old"), project(tmp_path / "new", "stance flipped")
    file = tmp_path / "answer.ttl"
    ask = ("ask", "mechanisms-of-compound", "compound=alphamide")
    plain = invoked(*ask, "--root", old)
    done = invoked(*ask, "--root", old, "--receipt", file)
    assert (done.exit_code, done.stdout) == (0, plain.stdout)
    assert f"wrote a receipt of 2 rows and 3 evidence lines to {file}" in done.stderr
    same = invoked("verify", file, "--root", old)
    assert (same.exit_code, same.stderr) == (0, "")
    assert same.stdout.endswith("Unchanged: answer and evidence are the same; 2 rows, 3 evidence lines compared\n")
    differs = invoked("verify", file, "--root", new)
    assert differs.exit_code == 1
    assert [line for line in differs.stdout.splitlines() if "evidence:" in line] == [
        f"    because {planting.AGAINST} (supports) was altered"
    ]
    assert max(map(len, differs.stdout.splitlines())) <= 100
    assert json.loads(invoked("verify", file, "--root", new, "-f", "json").stdout)["differs"] is True
    assert invoked("verify", file, "--root", new, "-o", tmp_path / "found.json").exit_code == 1
    assert json.loads((tmp_path / "found.json").read_text("utf-8"))["query"] == "mechanisms-of-compound"
    assert isinstance(invoked("verify", file, "-f", "xml").exception, UnknownFormat)
    assert isinstance(invoked(*ask, "--root", old, "--receipt", tmp_path / "a.csv").exception, UnknownFormat)
    assert isinstance(invoked("verify", file).exception, ReceiptOfAnotherGraph)
    assert isinstance(invoked("verify", tmp_path / "found.json").exception, BadRdf)


def test_the_policy_of_the_receipt_is_asked(tmp_path: Path) -> None:
    root = project(tmp_path / "old")
    file = tmp_path / "answer.ttl"
    assert invoked("ask", "prices", "--root", root, "--policy", "everything", "--receipt", file).exit_code == 0
    assert receipt_at(file).policy == "everything"
    done = invoked("verify", file, "--root", root)
    assert done.exit_code == 0
    assert "under policy everything" in done.stdout


def test_own_data_are_said_to_be_unchecked(tmp_path: Path) -> None:
    root = project(tmp_path / "old")
    own = tmp_path / "own.ttl"
    own.write_text("<x:a> <x:b> <x:d> . <x:d> <x:c> 1.50 .", "utf-8")
    query = tmp_path / "own-things.rq"
    query.write_text(
        '#+ summary: "Own"\n#+ asks: "Own?"\n#+ columns: { thing: rdfs:Resource, n: xsd:decimal }\n'
        "SELECT ?thing ?n WHERE { ?thing <x:b>/<x:c> ?n } ORDER BY ?thing\n",
        "utf-8",
    )
    file = tmp_path / "answer.ttl"
    words = ("--root", root, "--data", own, "--data", query)
    done = invoked("ask", "own-things", *words, "--receipt", file)
    assert done.exit_code == 0, done.exception
    made = receipt_at(file)
    assert len(made.own) == 1
    assert "data of the asker's own were asked too, which nobody checked" in made.unproven
    assert made.rows[0].statements == ("<x:a> <x:b> <x:d>", "<x:d> <x:c> 1.5")
    assert invoked("verify", file, *words).exit_code == 0
    own.write_text("<x:a> <x:b> <x:d> . <x:d> <x:c> 1.60 .", "utf-8")
    found = invoked("verify", file, *words)
    assert found.exit_code == 1
    assert "own data:  changed" in found.stdout
    assert "because <x:d> <x:c>: 1.5 → 1.6" in found.stdout
    own.write_text("<x:a> <x:b> [ <x:c> 1.50 ] .", "utf-8")
    assert invoked("ask", "own-things", *words, "--receipt", file).exit_code == 0
    assert "what 1 of 1 rows rest on could not be traced" in receipt_at(file).unproven
    assert isinstance(invoked("verify", file, "--root", root).exception, ReceiptOfAnotherGraph)
    alone = invoked("ask", "own-things", "--no-packaged-data", *words[2:], "--receipt", file)
    assert alone.exit_code == 0
    assert receipt_at(file).data_digest == ""
    assert any("nothing is derived" in sentence for sentence in receipt_at(file).unproven)


def test_triples_of_a_receipt_are_what_is_written(sample: str, tmp_path: Path) -> None:
    receipt = receipt_at_text(sample, tmp_path)
    parsed = {str(quad.triple) for quad in ox.parse(sample.encode(), format=ox.RdfFormat.TURTLE)}
    assert parsed == {str(t) for t in triples_of(receipt, receipt.iri)}
    assert not any(line.count(" , ") for line in re.sub(r'"(?:[^"\\]|\\.)*"', "", sample).splitlines())


def test_a_query_that_cannot_be_read_is_answered_and_not_traced(
    asked: Callable[..., Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    from moagraph import lineage
    from moagraph.sparql import Unreadable

    def unreadable(_: str) -> None:
        raise Unreadable("nothing")

    monkeypatch.setattr(lineage, "scope_of", unreadable)
    made = receipt_of(asked(), "contested-claims", {}, NOTHING)
    assert made.rows
    assert not any(row.traced for row in made.rows)
    assert made.unproven == (f"what {len(made.rows)} of {len(made.rows)} rows rest on could not be traced",)
    rows = list(Lineage(asked()).rows(asked().find("contested-claims"), {}))
    assert not any(row.basis for row in rows)
    assert sys.modules
