"""Rows of rules and results of shapes become findings, each with its place, fault and cure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH

from moagraph.corpus import Corpus, File
from moagraph.errors import NothingToCheck, nearest
from moagraph.names import BASE, PREFIXES, compact, local_name
from moagraph.query import header_of
from moagraph.report import SEVERITIES, Finding
from moagraph.store import Solutions, Store
from moagraph.terms import Term, text_of
from moagraph.validate import Result

Found = tuple[Finding, tuple[str, str, str]]
"""A finding, with the statement that it is about; of a statement not all need be known."""


class Where(Protocol):
    """What knows where things are said; a Corpus does."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Faults met while reading."""
        ...

    def place(self, subject: str, predicate: str | None = None, value: str | None = None) -> tuple[str, int]:
        """Gives file and line of a statement, else of the predicate, else of the subject."""
        ...

    def names_like(self, curie: str) -> Sequence[str]:
        """Gives the CURIEs of what is defined under the prefix of a CURIE; all, where there is none under it."""
        ...


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


def together(by_rules: Iterable[Found], by_shapes: Iterable[Found]) -> Iterator[Finding]:
    """Gives all findings; what a rule, which knows its cure, has found wrong is not reported by a shape again."""
    said: set[tuple[str, str, str]] = set()
    for finding, statement in by_rules:
        yield finding
        if finding.severity == "violation":
            said |= {statement, (statement[0], statement[1], "")}
    for finding, statement in by_shapes:
        if statement not in said:
            yield finding


def by_rules(rules: Iterable[Rule], store: Store, where: Where) -> Iterator[Found]:
    """Gives what the rules find in the asserted graph of a store."""
    # What an unreadable file would define is not missing: the file's own finding is the cause.
    unread = {f"{BASE}{'/'.join(PurePosixPath(f.path).with_suffix('').parts[1:])}" for f in where.findings}
    for rule in rules:
        answer = store.answer(rule.text, "none")
        assert isinstance(answer, Solutions)
        for row in answer.rows:
            terms = {key: row[answer.variables.index(key)] for key in ("entity", "property", "value")}
            if isinstance(terms["entity"], ox.BlankNode):
                continue  # it has no name to report; `misplacements` says where it stands
            entity, prop, value = ("" if t is None else getattr(t, "value", str(t)) for t in terms.values())
            if value in unread:
                continue
            path, line = where.place(entity, prop, value)
            facts = {
                key: compact(term.value) if isinstance(term, ox.NamedNode) else getattr(term, "value", "")
                for key, term in terms.items()
            }
            cure = rule.cure
            if "{nearest}" in cure:
                close = nearest(facts["value"], where.names_like(facts["value"]))
                facts["nearest"] = f"did you mean {' or '.join(close)}?" if close else "define it first"
            yield Finding(
                rule.code, rule.severity, path, line, entity,
                rule.problem.format(**facts), cure.format(**facts),
            ), (entity, prop, value)  # fmt: skip


def by_shapes(shapes: rdflib.Graph, results: Iterable[Result], where: Where) -> Iterator[Found]:
    """Gives what the shapes found.

    The value of a statement is empty where its property is at fault: one that the class does not take, or that is
    missing.
    """
    for result in results:
        if isinstance(result.focus, ox.BlankNode) or isinstance(result.value, ox.BlankNode):
            continue  # `misplacements` says where a node without a name stands
        focus, path, code = text_of(result.focus), result.path, local_name(result.shape)
        value = "" if result.value is None else text_of(result.value)
        at, line = where.place(focus, path, value)
        if result.component == "ClosedConstraintComponent":
            problem, cure = _not_taken(shapes, rdflib.URIRef(result.shape), compact(path))
            code, value = f"{kebab(code)}-closed", ""
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


def kebab(name: str) -> str:
    """Gives a name in camel case with hyphens, as codes are written."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
