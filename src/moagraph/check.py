"""Corpus becomes Report: SHACL shapes for the structure of nodes, rule queries for relations between them.

Shapes are SHACL Core and closed; each property shape is named, and its name is the finding's
code. A rule is a query `ontology/rules/<code>.rq` whose rows `?entity ?property ?value` are findings; its
header says the problem, the cure and the severity. What depends on files and not on triples is checked here in
Python. A statement that a rule has found wrong is not reported by a shape again.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, SH

from moagraph import lint, turtle
from moagraph.corpus import Corpus, File
from moagraph.errors import InputUnreadable, MoagraphError, NothingToCheck, QueryHeader, nearest
from moagraph.names import ASSERTED, BASE, PREFIXES, VOCAB, compact, local_name
from moagraph.placement import misplacements
from moagraph.query import Query, header_of
from moagraph.report import SEVERITIES, Finding, Report
from moagraph.revalidate import Node, Revalidator
from moagraph.store import EmbeddedStore
from moagraph.terms import Term, as_rdflib, text_of
from moagraph.validate import Result, validate

_TYPE = ox.NamedNode(str(RDF.type))
FILE_FAULTS = {
    "not-utf-8": "The bytes of a file are not UTF-8. Save it as UTF-8.",
    "turtle-syntax": "A file is not Turtle. The place is where the parser gave up; the fault may stand a line above.",
    "misplaced-file": "A file lies below data/ that is no Turtle file.",
    "misplaced-subject": "Path is identity: data/compound/cortexin.ttl defines compound:cortexin and nothing "
    "else; claims, evidence lines, findings, passages and absences lie in data/claim/<subject>/<topic>.ttl.",
    "blank-node": "A node has no IRI. It could be neither cited nor named when it is wrong.",
    "query-header": "The header of a named query is missing or malformed, or disagrees with the query below it.",
    "defined-twice": "Two files say something of one subject. Each IRI is defined in one place.",
    **{code: f"{fault.why} Cure: {fault.cure.replace('{detail}', '…')}." for code, fault in lint.FAULTS.items()},
}
"""Findings about files rather than triples, by code."""


@dataclass(frozen=True)
class Rule:
    """A rule query: each row it gives is one finding.

    Attributes:
        code: file name without `.rq`.
        problem: what is wrong; `{entity}`, `{property}`, `{value}` are filled in.
        cure: how to mend it; `{nearest}` becomes the closest known name of the value.
        severity: one of `report.SEVERITIES`.
        text: the query.
    """

    code: str
    problem: str
    cure: str
    severity: str
    text: str

    @classmethod
    def parse(cls, file: File) -> Rule:
        """Reads a rule file.

        Raises:
            QueryHeader: its header is missing or no YAML.
        """
        header = header_of(file.text, file.path)
        severity = str(header.get("severity", "violation"))
        if severity not in SEVERITIES or not header.get("problem") or not header.get("cure"):
            raise NothingToCheck(f"{file.path} needs a problem, a cure and a known severity")
        return cls(file.name, str(header["problem"]).strip(), str(header["cure"]).strip(), severity, file.text)


def rules_of(corpus: Corpus) -> list[Rule]:
    """Gives the rules of the corpus's ontology, by code."""
    return [Rule.parse(file) for file in corpus.matching("ontology/rules", ".rq")]


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
    findings = [*corpus.findings, *misplacements(corpus), *_queries(corpus, _functional(shapes))]
    unreadable = {finding.path for finding in findings if finding.code == "query-syntax"}
    rules = [rule for rule in rules if f"ontology/rules/{rule.code}.rq" not in unreadable]
    said: set[tuple[str, str, str]] = set()
    for finding, triple in _rules(corpus, rules):
        findings.append(finding)
        if finding.severity == "violation":
            # A misspelt or hand-derived statement is reported once, by the rule that knows its cure.
            said |= {triple, (triple[0], triple[1], "")}
    nodes: set[Node] = set()
    if only:
        graph = Revalidator(shapes, corpus.triples, engine)
        nodes = _concerned(corpus, graph, only)
        results = graph.results(nodes)
    else:
        results = validate(shapes, corpus.triples, engine)
    findings += [finding for finding, triple in _shapes(corpus, shapes, results) if triple not in said]
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


def _queries(corpus: Corpus, functional: frozenset[str]) -> Iterator[Finding]:
    """Headers agree with queries, and queries have no shape that is known to blow up or to be read differently."""
    for file in query_files(corpus):
        if not file.path.startswith("queries/"):
            yield from lint.lint(file.path, file.text, functional=functional)
            continue
        try:
            query = Query.parse(file.name, file.text)
        except QueryHeader as error:
            yield Finding(
                "query-header", "violation", file.path, 1, "", error.problem, error.fix or "mend the header"
            )
        else:
            parameters = frozenset(parameter.name for parameter in query.params)
            typed = [(p.name, p.type) for p in query.params] + [(c.name, c.type) for c in query.columns]
            things = frozenset(
                name
                for name, kind in typed
                if not kind.startswith(("xsd:", "rdfs:", "rdf:")) and not kind.endswith("*")
            )
            yield from lint.lint(file.path, file.text, parameters, things, functional)


def _rules(corpus: Corpus, rules: Iterable[Rule]) -> Iterator[tuple[Finding, tuple[str, str, str]]]:
    """Gives what the rules find, each with the statement that it is about."""
    store = ox.Store()
    graph = ox.NamedNode(ASSERTED)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in corpus.triples)
    embedded = EmbeddedStore(store)
    names = [compact(subject) for subject in corpus.subjects]
    # What an unreadable file would define is not missing: the file's own finding is the cause.
    unread = {f"{BASE}{'/'.join(PurePosixPath(f.path).with_suffix('').parts[1:])}" for f in corpus.findings}
    for rule in rules:
        for row in embedded.evaluate(rule.text, "none"):
            terms = {key: row[key] for key in ("entity", "property", "value")}
            if isinstance(terms["entity"], ox.BlankNode):
                continue  # it has no name to report; `_files` says where it stands
            entity, prop, value = ("" if t is None else getattr(t, "value", str(t)) for t in terms.values())
            if value in unread:
                continue
            path, line = corpus.place(entity, prop, value)
            facts = {
                key: compact(term.value) if isinstance(term, ox.NamedNode) else getattr(term, "value", "")
                for key, term in terms.items()
            }
            cure = rule.cure
            if "{nearest}" in cure:
                kind = facts["value"].partition(":")[0] + ":"
                close = nearest(facts["value"], [name for name in names if name.startswith(kind)] or names)
                facts["nearest"] = f"did you mean {' or '.join(close)}?" if close else "define it first"
            yield Finding(
                rule.code, rule.severity, path, line, entity,
                rule.problem.format(**facts), cure.format(**facts),
            ), (entity, prop, value)  # fmt: skip


def _shapes(
    corpus: Corpus, shapes: rdflib.Graph, results: Iterable[Result]
) -> Iterator[tuple[Finding, tuple[str, str, str]]]:
    """Gives what the shapes found, each with the statement that it is about.

    The value is empty where the property is at fault: one that the class does not take, or that is missing.
    """
    for result in results:
        if isinstance(result.focus, ox.BlankNode) or isinstance(result.value, ox.BlankNode):
            continue  # `_files` says where a node without a name stands
        focus, path, code = text_of(result.focus), result.path, local_name(result.shape)
        value = "" if result.value is None else text_of(result.value)
        at, line = corpus.place(focus, path, value)
        if result.component == "ClosedConstraintComponent":
            problem, cure = _not_taken(shapes, rdflib.URIRef(result.shape), compact(path))
            code, value = f"{_kebab(code)}-closed", ""
        else:
            problem, _, cure = result.message.partition(" | ")
            if result.value is not None:
                problem += f" (found {_as_turtle(result.value)})"
        yield Finding(code, result.severity, at, line, focus, problem, cure), (focus, path, value)


def _not_taken(shapes: rdflib.Graph, shape: rdflib.URIRef, used: str) -> tuple[str, str]:
    """Gives fault and cure where a property is used that a closed shape does not name."""
    taken = sorted(compact(str(path)) for path in shapes.objects(shape, SH.property / SH.path))
    name = str(shapes.value(shape, SH.name) or local_name(shape))
    article = "an" if name[0] in "aeiou" else "a"
    close = nearest(used, taken)
    cure = f"did you mean {' or '.join(close)}?" if close else f"known properties: {', '.join(taken)}"
    return f"has the property {used}, which {article} {name} does not take", cure


def _as_turtle(term: Term) -> str:
    """Gives a term much as a Turtle file has it."""
    if not isinstance(term, ox.Literal):
        return compact(text_of(term))
    datatype = term.datatype.value.removeprefix(PREFIXES["xsd"])
    if datatype in ("integer", "decimal", "boolean"):
        return term.value
    suffix = (
        f"@{term.language}" if term.language else "" if datatype == "string" else f"^^{compact(term.datatype.value)}"
    )
    return f'"{term.value}"{"" if datatype == "string" else suffix}'


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


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
        code = f"{_kebab(local_name(str(shape)))}-closed"
        why = str(shapes.value(shape, SH.description) or "")
        texts[code] = f"{code}: shape\n  A node has a property that its class does not take. {why}".rstrip()
    return dict(sorted(texts.items()))


def _subclasses(base: type[MoagraphError]) -> Iterator[type[MoagraphError]]:
    for error in base.__subclasses__():
        yield error
        yield from _subclasses(error)
