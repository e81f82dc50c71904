"""Corpus becomes Report: SHACL shapes for the structure of nodes, rule queries for relations between them.

Shapes are SHACL Core and closed; each property shape is named, and its name is the finding's
code. A rule is a query `ontology/rules/<code>.rq` whose rows `?entity ?property ?value` are findings; its
header says the problem, the cure and the severity. What depends on files and not on triples is checked here in
Python. A statement that a rule has found wrong is not reported by a shape again.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, SH

from moagraph import headers, lint, policy, turtle
from moagraph.corpus import Corpus, File
from moagraph.errors import BadPolicy, InputUnreadable, MoagraphError, NothingToCheck, QueryHeader
from moagraph.findings import by_rules, by_shapes, kebab, rules_of, together
from moagraph.names import ASSERTED, VOCAB, compact, local_name
from moagraph.placement import misplacements
from moagraph.query import Query
from moagraph.report import Finding, Report
from moagraph.revalidate import Node, Revalidator
from moagraph.store import EmbeddedStore, Solutions, Store
from moagraph.terms import as_rdflib, text_of
from moagraph.things import Names
from moagraph.tokens import tokens_of
from moagraph.validate import validate

_TYPE = ox.NamedNode(str(RDF.type))
FILE_FAULTS = {
    "not-utf-8": "The bytes of a file are not UTF-8. Save it as UTF-8.",
    "turtle-syntax": "A file is not Turtle. The place is where the parser gave up; the fault may stand a line above.",
    "misplaced-file": "A file lies below data/ that is no Turtle file.",
    "misplaced-subject": "Path is identity: data/compound/cortexin.ttl defines compound:cortexin and nothing "
    "else; claims, evidence lines, findings, passages and absences lie in data/claim/<subject>/<topic>.ttl.",
    "blank-node": "A node has no IRI. It could be neither cited nor named when it is wrong.",
    **headers.FAULTS,
    **policy.FAULTS,
    "defined-twice": "Two files say something of one subject. Each IRI is defined in one place.",
    **{code: f"{fault.why} Cure: {fault.cure.replace('{detail}', '…')}." for code, fault in lint.FAULTS.items()},
}
"""Findings about files rather than triples, by code."""


def shapes_of(corpus: Corpus) -> rdflib.Graph:
    """Gives all shapes of the corpus's ontology as one graph.

    Raises:
        InputUnreadable: a shapes file is no Turtle.
    """
    triples: list[ox.Triple] = []
    for file in corpus.matching("ontology/shapes", ".ttl"):
        try:
            triples += turtle.read(file.content).triples
        except turtle.TurtleFault as fault:
            raise InputUnreadable(f"{file.path}:{fault.line}: {fault.problem}", fault.cure) from None
    return as_rdflib(triples)


def check(corpus: Corpus, engine: str = "pyshacl", only: Collection[str] = ()) -> Report:
    """Looks at everything in the corpus and reports every fault at once.

    Args:
        corpus: what was read.
        engine: what validates against the shapes, one of `validate.ENGINES`; the report is the same whichever does.
        only: paths of files. If there are any, what they say is looked at alone: faults in these files, and of the
            nodes that they define, that these point to, and that point to these. Nothing is built from such a report.

    Raises:
        NothingToCheck: the ontology has no shapes or no rules, so that a check would look at nothing.
        MissingExtra: the engine's package is not installed.
    """
    shapes, rules = shapes_of(corpus), rules_of(corpus)
    node_shapes = set(shapes.subjects(RDF.type, SH.NodeShape))
    if not node_shapes or not rules:
        raise NothingToCheck("the ontology has no shapes or no rules", "name a folder with a whole ontology")
    store = store_of(corpus)
    findings = [*corpus.findings, *misplacements(corpus), *by_queries(corpus, shapes, store)]
    unreadable = {finding.path for finding in findings if finding.code == "query-syntax"}
    rules = [rule for rule in rules if f"ontology/rules/{rule.code}.rq" not in unreadable]
    nodes: set[Node] = set()
    if only:
        graph = Revalidator(shapes, corpus.triples, engine)
        nodes = _concerned(corpus, graph, only)
        results = graph.results(nodes)
    else:
        results = validate(shapes, corpus.triples, engine)
    findings += together(by_rules(rules, store, corpus), by_shapes(shapes, results, corpus))
    if only:
        names = {text_of(node) for node in nodes}
        findings = [finding for finding in findings if finding.path in only or finding.subject in names]

    triples = {t for t in corpus.triples if not only or t.subject in nodes}
    of_type = Counter(t.object for t in triples if t.predicate == _TYPE)

    def count(name: str) -> int:
        return of_type[ox.NamedNode(VOCAB + name)]

    looked_at = {
        "files": len(only or corpus.files),
        "triples": len(triples),
        "claims": count("Claim"),
        "evidence lines": count("EvidenceLine"),
        "absences": count("Absence"),
        "shapes": len(node_shapes),
        "rules": len(rules),
        "query files": len([file for file in query_files(corpus) if not only or file.path in only]),
    }
    return Report(tuple(sorted(set(findings))), looked_at, "" if only else corpus.digest)


def store_of(corpus: Corpus) -> EmbeddedStore:
    """Gives what a corpus states as a store in memory."""
    store = ox.Store()
    graph = ox.NamedNode(ASSERTED)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in corpus.triples)
    return EmbeddedStore(store)


def _concerned(corpus: Corpus, graph: Revalidator, only: Collection[str]) -> set[Node]:
    """Gives the nodes that files define, that these point to, and whose results depend on these."""
    own = [triple for path in only if path in corpus.documents for triple in corpus.documents[path].triples]
    defined: set[Node] = {t.subject for t in own if not isinstance(t.subject, ox.Triple)}
    return graph.concerned(defined) | {t.object for t in own if isinstance(t.object, Node)}


def query_files(corpus: Corpus) -> list[File]:
    """Gives all query files: named queries, rules, derivations and policies."""
    folders = ("queries", "ontology/rules", "ontology/derive", "ontology/policy")
    return [file for folder in folders for file in corpus.matching(folder, ".rq")]


def _functional(shapes: rdflib.Graph) -> frozenset[str]:
    """Gives the properties of which no shape takes more than one value, as CURIEs."""
    single: set[str] = set()
    several: set[str] = set()
    for shape, path in shapes.subject_objects(SH.path):
        most = shapes.value(shape, SH.maxCount)
        (single if isinstance(most, rdflib.Literal) and most.value == 1 else several).add(compact(str(path)))
    return frozenset(single - several)


def by_queries(corpus: Corpus, shapes: rdflib.Graph, store: Store) -> Iterator[Finding]:
    """Gives faults of query files: headers that disagree, and shapes known to blow up or to be read differently.

    Args:
        corpus: the query files, and at least the ontology.
        shapes: what each class takes.
        store: where the examples of parameters are looked up.
    """
    functional = _functional(shapes)
    yield from headers.findings(corpus, Names(store, "none"))
    terms = terms_of(corpus, shapes)
    for file in query_files(corpus):
        if not file.path.startswith("queries/"):
            linted = lint.lint(file.path, file.text, functional=functional)
            yield from linted
            if file.path.startswith("ontology/policy/") and not any(f.code == "query-syntax" for f in linted):
                yield from _of_policy(file, terms, store, asked=not linted)
            continue
        try:
            query = Query.parse(file.name, file.text)
        except QueryHeader:
            continue  # which `headers` reports
        else:
            parameters = frozenset(parameter.name for parameter in query.params)
            typed = [(p.name, p.type) for p in query.params] + [(c.name, c.type) for c in query.columns]
            things = frozenset(
                name
                for name, kind in typed
                if not kind.startswith(("xsd:", "rdfs:", "rdf:")) and not kind.endswith("*")
            )
            yield from lint.lint(file.path, file.text, parameters, things, functional)


def terms_of(corpus: Corpus, shapes: rdflib.Graph) -> policy.Terms:
    """Gives the terms of our vocabulary that a policy may name: those declared, and those that some shape takes."""
    declared = {text_of(t.subject) for t in corpus.triples if t.predicate == _TYPE}
    stated = {str(path) for path in shapes.objects(None, SH.path)}
    return policy.Terms(*(sorted(iri for iri in iris if iri.startswith(VOCAB)) for iris in (declared, stated)))


def _of_policy(file: File, terms: policy.Terms, store: Store, *, asked: bool) -> Iterator[Finding]:
    """Gives what is wrong with a policy; where the text is sound and may be asked, also what it admits wrongly."""
    found = [
        Finding(f.code, "violation", file.path, f.line, "", f.problem, f.cure)
        for f in policy.flaws(file.text, file.path, terms)
    ]
    try:
        policy.name_of(PurePosixPath(file.path))
    except BadPolicy as error:
        found.append(Finding("policy-name", "violation", file.path, 1, "", error.problem, error.fix))
    yield from found
    if asked and not found:
        answer = store.answer(policy.stray(file.text), "none")
        assert isinstance(answer, Solutions)
        for (node,) in answer.rows:
            what = "a row without ?line" if node is None else compact(text_of(node))
            line = next(token.line for token in tokens_of(file.text) if token.upper == "SELECT")
            cure = "begin its pattern with ?line a moa:EvidenceLine"
            yield Finding("policy-lines", "violation", file.path, line, "", f"admits {what}, no evidence line", cure)


def explanations(corpus: Corpus) -> dict[str, str]:
    """Gives for each code of an error, a rule, a shape or a fault of files a text that explains it."""
    texts = {
        error.code: f"{error.code}: error of the user\n  {inspect.getdoc(error)}"
        for error in _subclasses(MoagraphError)
    }
    texts |= {code: f"{code}: finding in a file\n  {text}" for code, text in FILE_FAULTS.items()}
    for rule in rules_of(corpus):
        texts[rule.code] = (
            f"{rule.code}: rule, {rule.severity} (ontology/rules/{rule.code}.rq)\n"
            f"  what is wrong: {rule.problem}\n  cure: {rule.cure}"
        )
    shapes = shapes_of(corpus)
    for shape in shapes.subjects(SH.message, None):
        if isinstance(shape, rdflib.URIRef):
            problem, _, cure = str(shapes.value(shape, SH.message)).partition(" | ")
            path = shapes.value(shape, SH.path)
            about = f" of {compact(str(path))}" if isinstance(path, rdflib.URIRef) else ""
            code = local_name(str(shape))
            why = str(shapes.value(shape, SH.description) or "")
            texts[code] = f"{code}: shape{about}\n  what is wrong: {problem}\n  cure: {cure}"
            texts[code] += f"\n  why: {why}" if why else ""
    for shape in shapes.subjects(SH.closed, None):
        code = f"{kebab(local_name(str(shape)))}-closed"
        why = str(shapes.value(shape, SH.description) or "")
        texts[code] = f"{code}: shape\n  A node has a property that its class does not take. {why}".rstrip()
    return dict(sorted(texts.items()))


def _subclasses(base: type[MoagraphError]) -> Iterator[type[MoagraphError]]:
    for error in base.__subclasses__():
        yield error
        yield from _subclasses(error)
