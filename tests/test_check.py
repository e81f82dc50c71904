"""The checks: one clean corpus, and for every code a corpus with exactly one fault.

`tests/fixtures/base/data/` is a small, whole corpus of invented chemistry, which is clean under the real ontology.

`tests/check/<code>/bad/` holds files that replace files of that corpus or are added to it; their paths are those
below the root, `data/…`, `ontology/…` or `queries/…`. The comment `# expect: <code>` stands on the line on which
`check` has to report the fault (in a file that is neither no line is reported), and nothing else may be reported.
`tests/check/<code>/good/` holds a neighbour that comes close to the fault and is clean.

To add a shape or a rule, copy a file of the base corpus to its bad case, spoil it, and mark the line.
"""

from __future__ import annotations

import functools
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH, XSD

from moagraph import turtle
from moagraph.check import FILE_FAULTS, check, explanations, shapes_of
from moagraph.corpus import Corpus, File
from moagraph.errors import NothingToCheck
from moagraph.findings import Rule
from moagraph.names import PREFIXES, VOCAB, compact, local_name
from moagraph.query import selected_variables
from moagraph.report import Finding
from moagraph.validate import ENGINES, Judge, Result, spread

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "check"
MARK = re.compile(r"# expect: ([a-z0-9-]+)")


def files_below(root: Path, *tops: str) -> list[File]:
    return [
        File(path.relative_to(root).as_posix(), path.read_bytes())
        for top in tops
        for path in sorted((root / top).rglob("*"))
        if path.is_file()
    ]


ONTOLOGY = files_below(ROOT, "ontology")
BASE = files_below(Path(__file__).parent / "fixtures" / "base", "data")
SHAPES = shapes_of(Corpus.of(ONTOLOGY))
RULES = [Rule.parse(f) for f in ONTOLOGY if f.path.startswith("ontology/rules/")]
PROPERTY_SHAPES = sorted(shape for shape in SHAPES.subjects(SH.path, None) if isinstance(shape, rdflib.URIRef))
NODE_SHAPES = sorted(shape for shape in SHAPES.subjects(RDF.type, SH.NodeShape) if isinstance(shape, rdflib.URIRef))
CODES = sorted(
    [local_name(shape) for shape in PROPERTY_SHAPES]
    + [re.sub(r"(?<=[a-z])(?=[A-Z])", "-", local_name(shape)).lower() + "-closed" for shape in NODE_SHAPES]
    + [rule.code for rule in RULES]
    + list(FILE_FAULTS)
)


READ = functools.cache(turtle.read)
SPREAD = functools.cache(spread)


@functools.cache
def shapes_in(files: tuple[File, ...]) -> rdflib.Graph:
    return shapes_of(Corpus.of(files))


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each content is parsed once: hundreds of corpora here differ in one file."""
    monkeypatch.setattr(turtle, "read", READ)
    monkeypatch.setattr("moagraph.validate.spread", SPREAD)
    monkeypatch.setattr(
        "moagraph.check.shapes_of",
        lambda corpus: shapes_in(tuple(corpus.matching("ontology/shapes", ".ttl"))),
    )


@pytest.fixture(autouse=True)
def both_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is validated here by pySHACL is validated by shacl too, with equal results."""
    engines = dict(ENGINES)

    def both(shapes: rdflib.Graph) -> Judge:
        judges = [engines[name](shapes) for name in ("pyshacl", "shacl")]

        def judge(triples: Sequence[ox.Triple]) -> set[Result]:
            one, other = ({result for result in judge(triples) if named(result)} for judge in judges)
            assert one == other
            return one

        return judge

    def named(result: Result) -> bool:
        return not any(isinstance(term, ox.BlankNode) for term in (result.focus, result.value))

    monkeypatch.setattr("moagraph.validate.ENGINES", {"pyshacl": both})


def overlay(files: Iterable[File], over: Iterable[File]) -> list[File]:
    return list({file.path: file for file in [*files, *over]}.values())


def expected(files: Iterable[File]) -> list[tuple[str, str, int]]:
    """Gives code, path and line of each mark."""
    return sorted(
        (match[1], file.path, number if file.path.endswith((".ttl", ".rq")) else 0)
        for file in files
        for number, line in enumerate(file.content.decode("utf-8", "replace").split("\n"), 1)
        for match in MARK.finditer(line)
    )


def found(findings: Iterable[Finding]) -> list[tuple[str, str, int]]:
    return sorted((f.code, f.path, f.line) for f in findings)


def case(code: str, which: str) -> list[File]:
    return files_below(CASES / code / which, "data", "ontology", "queries")


def test_base_corpus_is_clean_and_uses_every_class() -> None:
    corpus = Corpus.of([*ONTOLOGY, *BASE])
    report = check(corpus)
    assert report.to_text().startswith("no findings: looked at")
    assert all(report.looked_at.values())
    used = {
        value
        for file in BASE
        for (_, predicate, value), _ in turtle.read(file.content).lines
        if predicate == RDF.type
    }
    for shape in NODE_SHAPES:
        targets = set(SHAPES.objects(shape, SH.targetClass))
        assert targets & used or targets & set(corpus.graph.objects(None, RDF.type)), shape


def test_every_code_has_a_bad_case_and_every_case_a_code() -> None:
    assert len(CODES) == len(set(CODES))
    assert sorted(path.name for path in CASES.iterdir()) == CODES
    assert [code for code in CODES if not case(code, "bad")] == []


@pytest.mark.parametrize("code", CODES)
def test_bad_case_gives_exactly_its_finding(code: str) -> None:
    files = case(code, "bad")
    marks = expected(files)
    assert [mark[0] for mark in marks] == [code]
    report = check(Corpus.of(overlay([*ONTOLOGY, *BASE], files)))
    assert found(report.findings) == marks, report.to_text()
    finding = report.findings[0]
    assert finding.problem
    assert finding.cure
    assert "{" not in finding.problem + finding.cure
    assert report.looked_at["triples"]


@pytest.mark.parametrize("code", sorted(path.parent.name for path in CASES.glob("*/good")))
def test_good_neighbour_is_clean(code: str) -> None:
    files = case(code, "good")
    assert files
    report = check(Corpus.of(overlay([*ONTOLOGY, *BASE], files)))
    assert not report.findings, report.to_text()


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_without_its_rule_the_bad_case_has_no_such_finding(code: str) -> None:
    """Guards against a case that something else reports under the rule's name. One shape is enough here."""
    files = overlay([*ONTOLOGY, *BASE], case(code, "bad"))
    files = [
        f
        for f in files
        if f.path != f"ontology/rules/{code}.rq"
        and (not f.path.startswith("ontology/shapes/") or f.path == "ontology/shapes/passage.ttl")
        # Policies may ask for what shapes take, so that they need theirs.
        and (not f.path.startswith("ontology/policy/") or f.path == "ontology/policy/everything.rq")
    ]
    assert not check(Corpus.of(files)).findings


def many_faults() -> tuple[list[File], list[tuple[str, str, int]]]:
    """Gives one corpus with the faults of all cases that can stand together: no two touch one file."""
    taken: dict[str, File] = {}
    for code in CODES:
        files = case(code, "bad")
        if not {f.path for f in files} & taken.keys():
            taken.update({f.path: f for f in files})
    return overlay([*ONTOLOGY, *BASE], taken.values()), expected(taken.values())


def test_all_faults_are_reported_in_one_run_worst_first() -> None:
    files, marks = many_faults()
    report = check(Corpus.of(files))
    assert len(marks) > 25
    missing = Counter(marks) - Counter(found(report.findings))
    assert not missing
    assert list(report.findings) == sorted(report.findings)
    assert report.exit_code == 1


def test_order_of_files_changes_nothing() -> None:
    files, _ = many_faults()
    straight = check(Corpus.of(files))
    for seed in range(3):
        shuffled = random.Random(seed).sample(files, len(files))
        assert check(Corpus.of(shuffled)) == straight


def test_spread_shapes_find_what_nested_shapes_find() -> None:
    """`check` runs the shapes in a form that pySHACL is faster at; the form as written is the reference."""
    graph = Corpus.of(many_faults()[0]).graph
    outcomes = []
    for shapes in (shapes_of(Corpus.of(ONTOLOGY)), spread(SHAPES)):
        _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
        assert isinstance(results, rdflib.Graph)
        parts = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.sourceConstraintComponent)
        outcomes.append(
            {
                tuple(results.value(result, part) for part in parts)
                for result in results.subjects(RDF.type, SH.ValidationResult)
            }
        )
    assert len(outcomes[0]) > 15
    assert outcomes[0] == outcomes[1]


def test_an_ontology_without_rules_or_shapes_is_refused() -> None:
    for folder in ("ontology/rules/", "ontology/shapes/"):
        files = [f for f in [*ONTOLOGY, *BASE] if not f.path.startswith(folder)]
        with pytest.raises(NothingToCheck):
            check(Corpus.of(files))


def test_every_code_is_explained() -> None:
    texts = explanations(Corpus.of(ONTOLOGY))
    assert [code for code in CODES if len(texts.get(code, "")) < 40] == []


def test_shapes_are_shacl_and_core_alone() -> None:
    copy = shapes_of(Corpus.of(ONTOLOGY))  # pySHACL writes into it
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=copy, meta_shacl=True)
    assert conforms, text
    beyond_core = {SH.sparql, SH.js, SH.rule, SH.select, SH.ask, SH.target, SH.expression, SH.validator}
    assert beyond_core.isdisjoint(SHAPES.predicates())
    known = {
        XSD.integer, XSD.decimal, XSD.string, XSD.boolean, XSD.date, XSD.anyURI,
    }  # fmt: skip
    assert set(SHAPES.objects(None, SH.datatype)) <= known


def test_shapes_are_named_closed_and_say_fault_and_cure() -> None:
    shape_iris = PREFIXES["shape"]
    for subject in set(SHAPES.subjects()):
        if isinstance(subject, rdflib.URIRef):
            assert str(subject).startswith(shape_iris)
        else:  # a list, or a member of an sh:or list
            assert set(SHAPES.predicates(subject)) <= {RDF.first, RDF.rest, SH["class"]}
    for shape in NODE_SHAPES:
        assert SHAPES.value(shape, SH.closed) == rdflib.Literal(True), shape
        assert len(str(SHAPES.value(shape, SH.description))) > 30, shape
        assert SHAPES.value(shape, SH.name), shape
    used = set(SHAPES.objects(None, SH.property))
    assert used == set(PROPERTY_SHAPES)
    for shape in PROPERTY_SHAPES:
        messages = list(SHAPES.objects(shape, SH.message))
        assert len(messages) == 1, shape
        fault, separator, cure = str(messages[0]).partition(" | ")
        assert fault, shape
        assert separator, shape
        assert cure, shape
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", local_name(shape)), shape


def test_rules_select_entity_property_value_in_order() -> None:
    for rule in RULES:
        assert selected_variables(rule.text) == ["entity", "property", "value"], rule.code
        assert rule.text.rstrip().endswith("ORDER BY ?entity ?property ?value"), rule.code
        declared = set(re.findall(r"(?m)^PREFIX (\S+):", rule.text))
        body = re.sub(r'"[^"\n]*"|<[^>\s]*>|#.*', "", rule.text.partition("SELECT")[2])
        assert set(re.findall(r"(?<![\w:/])([A-Za-z][\w.]*):", body)) == declared, rule.code


def test_shapes_and_rules_name_only_declared_terms() -> None:
    graph = Corpus.of(ONTOLOGY).graph
    declared = {compact(str(subject)) for subject in graph.subjects(RDF.type, None)}
    for file in ONTOLOGY:
        if file.path.startswith(("ontology/shapes/", "ontology/rules/")):
            named = set(re.findall(r"(?<![\w.])moa:[A-Za-z]\w*", file.content.decode()))
            assert named <= declared, file.path


def test_shapes_take_every_term_that_curators_may_write() -> None:
    """A class without a shape, or a property that no shape takes and no rule refuses, would pass unread."""
    graph = Corpus.of(ONTOLOGY).graph
    refused = next(rule.text for rule in RULES if rule.code == "hand-written-edge")
    derived = {rdflib.URIRef(VOCAB + name) for name in re.findall(r"moa:(\w+)", refused)}
    targeted = set(SHAPES.objects(None, SH.targetClass))
    classes = {c for c in graph.subjects(RDF.type, OWL.Class) if str(c).startswith(VOCAB)}
    assert classes - targeted - derived == {rdflib.URIRef(f"{VOCAB}Grouping")}
    taken = set(SHAPES.objects(None, SH.path))
    properties = {p for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for p in graph.subjects(RDF.type, kind)}
    assert properties - taken - derived == {rdflib.URIRef(f"{VOCAB}qualifier")}
    qualifiers = set(graph.subjects(RDFS.subPropertyOf, rdflib.URIRef(f"{VOCAB}qualifier")))
    claim = rdflib.URIRef(f"{PREFIXES['shape']}Claim")
    assert qualifiers <= set(SHAPES.objects(claim, SH.property / SH.path))


def test_a_file_that_cannot_be_read_is_one_finding() -> None:
    """What the file would define is not reported as missing wherever it is named."""
    used = "data/compound/alphamide.ttl"
    assert any(file.path == used for file in BASE)
    for content in (b"compound:alphamide a", b"\xff"):
        corpus = Corpus.of(overlay([*ONTOLOGY, *BASE], [File(used, content)]))
        assert [f.path for f in check(corpus).findings if f.code in ("turtle-syntax", "not-utf-8")] == [used]
        assert not [f for f in check(corpus).findings if f.code == "dangling-reference"]
