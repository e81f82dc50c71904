"""Headers of named queries against the query below them, the ontology and the data: each disagreement is a finding.

What a header says of itself is checked where it is read (`moagraph.query`). Here its types are compared with what the
pattern does with the variables, its names with the vocabulary, and its examples with the things that there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from moagraph.corpus import Corpus, File
from moagraph.errors import AmbiguousThing, QueryHeader, UnknownThing, did_you_mean
from moagraph.names import PREFIXES, VOCAB, compact, expand
from moagraph.pattern import Computed, Group, Path, Step, pattern_of
from moagraph.query import Parameter, Query, header_lines
from moagraph.report import Finding
from moagraph.sparql import Unreadable
from moagraph.things import Names

FAULTS = {
    "query-header": "The header of a named query is missing or malformed, or disagrees with the query below it.",
    "query-type": "A header gives a column or parameter a type that its query cannot give it: by the vocabulary's "
    "domains and ranges, or by the function or aggregate that makes the value; or a type that nothing declares.",
    "query-free": "An optional parameter could stay without any value: left out, it must be bound by the pattern.",
    "query-optional-only": "A parameter stands in an OPTIONAL and in no triple outside it. rdflib then loses rows "
    "for which the OPTIONAL finds nothing, so that engines would answer differently.",
    "query-example": "An example, default or enumeration of a query's header names nothing that is in the data, so "
    "that help, completion and web pages would show a question that cannot be asked.",
}
"""Findings about headers, by code."""

_RDF, _RDFS, _OWL, _XSD = (PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
_MADE = {
    "string": ("xsd:string", "text"),
    "integer": ("xsd:integer", "a whole number"),
    "boolean": ("xsd:boolean", "a truth value"),
    "number": ("xsd:decimal", "a number"),
}
"""For each kind of computed value the datatype to declare, and the words for it."""


@dataclass(frozen=True)
class Vocabulary:
    """What the ontology says of classes and properties.

    Attributes:
        triples: of ontology and data.
    """

    triples: tuple[ox.Triple, ...]

    @cached_property
    def _objects(self) -> Mapping[str, Mapping[str, set[str]]]:
        """Objects by predicate and subject, of what concerns classes and properties."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        wanted = {f"{_RDFS}{name}" for name in ("subClassOf", "domain", "range")} | {f"{_RDF}type"}
        for t in self.triples:
            if t.predicate.value in wanted and isinstance(t.object, ox.NamedNode):
                found[t.predicate.value][getattr(t.subject, "value", "")].add(t.object.value)
        return found

    @cached_property
    def classes(self) -> set[str]:
        """The declared classes."""
        types = self._objects[f"{_RDF}type"]
        return {iri for iri, kinds in types.items() if kinds & {f"{_OWL}Class", f"{_RDFS}Class"}}

    def is_literal(self, iri: str) -> bool:
        """Whether the values of a property are literals."""
        return f"{_OWL}DatatypeProperty" in self._objects[f"{_RDF}type"].get(iri, set())

    def end(self, step: Step, *, last: bool) -> set[str]:
        """Gives the classes or datatypes of what a step comes from, or leads to; empty where nothing is declared."""
        side = "range" if last != step.inverse else "domain"
        return self._objects[f"{_RDFS}{side}"].get(step.iri, set())

    def ancestors(self, iri: str) -> set[str]:
        """Gives a class and all above it."""
        found, new = {iri}, {iri}
        while new:
            new = {above for one in new for above in self._objects[f"{_RDFS}subClassOf"].get(one, set())} - found
            found |= new
        return found

    @cached_property
    def _together(self) -> set[frozenset[str]]:
        """Pairs of classes that some thing has both of."""
        return {
            frozenset((a, b))
            for kinds in self._objects[f"{_RDF}type"].values()
            for a in kinds
            for b in kinds
            if a != b
        }

    def may_be(self, one: str, other: str) -> bool:
        """Whether a thing may be of both types: one is the other's subclass, or some thing has both, or who knows."""
        literal = [iri.startswith(_XSD) for iri in (one, other)]
        if any(literal):
            return one == other
        if not (one.startswith(VOCAB) and other.startswith(VOCAB)):
            return True
        if one in self.ancestors(other) or other in self.ancestors(one):
            return True
        return any(one in self.ancestors(a) and other in self.ancestors(b) for a, b in _both(self._together))


def _both(pairs: Iterable[frozenset[str]]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        a, b = sorted(pair)
        yield a, b
        yield b, a


def findings(corpus: Corpus, names: Names) -> Iterator[Finding]:
    """Gives what is wrong with the headers of the corpus's named queries, each with file and line.

    Args:
        corpus: the query files, and at least the ontology.
        names: what things are called in the data.
    """
    files = corpus.matching("queries", ".rq")
    if not files:
        return
    vocabulary = Vocabulary(corpus.triples)
    for file in files:
        try:
            query = Query.parse(file.name, file.text)
            pattern = pattern_of(query.text)
        except QueryHeader as error:
            yield _finding(file, "query-header", error.line, error.problem, error.fix or "mend the header")
            continue
        except Unreadable:
            continue  # which `lint` reports, with the place
        lines = header_lines(file.text)
        yield from _types(file, query, pattern, vocabulary, lines)
        yield from _free(file, query, pattern, lines)
        yield from _optional_only(file, query, pattern, lines)
        yield from _examples(file, query, names, lines)


def _finding(file: File, code: str, line: int, problem: str, cure: str, severity: str = "violation") -> Finding:
    return Finding(code, severity, file.path, line, "", problem, cure)


def _types(
    file: File, query: Query, pattern: Group, vocabulary: Vocabulary, lines: Mapping[tuple[str, ...], int]
) -> Iterator[Finding]:
    made = {c.variable: c for group in pattern.walk() for c in group.computed}
    uses = _uses(pattern)
    for parameter in query.params:
        line = lines[("params", parameter.name)]
        said = f"the parameter {parameter.name!r}"
        unknown = [kind for kind in parameter.types if not _declared(kind, vocabulary)]
        for kind in unknown:
            yield _undeclared(file, line, said, kind, vocabulary)
        if not unknown:
            yield from _uses_against(file, line, said, parameter.types, uses[f"?{parameter.name}"], vocabulary)
    for column in query.columns:
        line = lines[("columns", column.name)]
        said, kind = f"the column {column.name!r}", column.type.removesuffix("*")
        variable = f"?{column.name}"
        if not _declared(kind, vocabulary):
            yield _undeclared(file, line, said, kind, vocabulary)
        elif variable in made:
            yield from _made_against(file, line, said, column.type, _kind_of(made[variable], made))
        elif column.many:
            yield _finding(
                file, "query-type", line,
                f"{said} is declared to hold several ({column.type}), but ?{column.name} is one thing in each row",
                f"declare it {kind}, or gather with GROUP_CONCAT(DISTINCT STR(…); SEPARATOR=' ')",
            )  # fmt: skip
        else:
            yield from _uses_against(file, line, said, (kind,), uses[variable], vocabulary)


def _declared(kind: str, vocabulary: Vocabulary) -> bool:
    iri = expand(kind) or kind
    return not iri.startswith(VOCAB) or iri in vocabulary.classes


def _undeclared(file: File, line: int, said: str, kind: str, vocabulary: Vocabulary) -> Finding:
    known = [compact(iri) for iri in sorted(vocabulary.classes)]
    return _finding(
        file, "query-type", line, f"{said} has the type {kind}, which no class of the vocabulary is",
        did_you_mean(kind, known, "declare it in ontology/moagraph.ttl"),
    )  # fmt: skip


def _kind_of(computed: Computed, made: Mapping[str, Computed]) -> str:
    kind, seen = computed.kind, set()
    while kind in made and kind not in seen:
        seen.add(kind)
        kind = made[kind].kind
    return kind


def _made_against(file: File, line: int, said: str, declared: str, kind: str) -> Iterator[Finding]:
    """Compares a declared type with what the query computes."""
    if kind == "iri" and (declared.startswith("xsd:") or declared.endswith("*")):
        yield _finding(
            file,
            "query-type",
            line,
            f"{said} is declared {declared}, but the query makes an IRI",
            "declare its class",
        )
    if kind not in _MADE:
        return
    datatype, words = _MADE[kind]
    fits = {datatype}
    if kind == "number":
        fits = {"xsd:integer", "xsd:decimal", "xsd:double"}
    if declared not in fits and not (kind == "string" and declared.endswith("*")):
        several = ", or with a star if it holds several" if kind == "string" else ""
        yield _finding(
            file, "query-type", line, f"{said} is declared {declared}, but the query computes {words}",
            f"declare it {datatype}{several}",
        )  # fmt: skip


Use = tuple[str, frozenset[Step], bool]


def _uses(pattern: Group) -> Mapping[str, list[Use]]:
    """Gives for each variable of the outermost scope where it stands in triples: what is read, steps, and the end."""
    found: dict[str, list[Use]] = defaultdict(list)

    def walk(group: Group, hidden: frozenset[str]) -> None:
        for s in group.statements:
            if not isinstance(s.predicate, Path):
                continue
            if s.predicate.text == "a" and s.object.startswith("<"):
                if s.subject not in hidden:
                    found[s.subject].append((s.object[1:-1], frozenset(), False))
                continue
            for variable, steps, last in (
                (s.subject, s.predicate.firsts, False),
                (s.object, s.predicate.lasts, True),
            ):
                if variable.startswith("?") and variable not in hidden:
                    found[variable].append((s.predicate.text, steps, last))
        for inner in group.groups:
            if inner.kind in ("not exists", "minus"):
                continue  # that something is not of a class is no contradiction
            own = frozenset(_variables(inner)) - set(inner.projects) if inner.kind == "select" else frozenset()
            walk(inner, hidden | own)

    walk(pattern, frozenset())
    return found


def _variables(group: Group) -> Iterator[str]:
    for inner in group.walk():
        for s in inner.statements:
            yield from (s.subject, s.object)


def _uses_against(
    file: File, line: int, said: str, declared: tuple[str, ...], uses: Iterable[Use], vocabulary: Vocabulary
) -> Iterator[Finding]:
    """Compares declared types with what the vocabulary says of where the variable stands; one fault is enough."""
    types = [expand(kind) or kind for kind in declared]
    for text, steps, last in uses:
        if steps:
            ends = [vocabulary.end(step, last=last) for step in steps]
            possible = set().union(*ends) if all(ends) else set()
            literal = all(last and not step.inverse and vocabulary.is_literal(step.iri) for step in steps)
            where = f"it is the {'object' if last else 'subject'} of {text}"
        else:
            possible, literal = {text}, False
            where = f"the query says that it is a {compact(text)}"
        wrong = possible and not any(vocabulary.may_be(one, other) for one in types for other in possible)
        if literal and not possible:
            wrong = not any(iri.startswith(_XSD) for iri in types)
        elif possible and any(iri.startswith(_XSD) for iri in types) != any(p.startswith(_XSD) for p in possible):
            wrong = True
        if wrong:
            whose = " or ".join(sorted(map(compact, possible))) or "a literal"
            side = "" if not steps else f", whose {'values are' if last else 'subjects are'} {whose}"
            yield _finding(
                file, "query-type", line, f"{said} is declared {' or '.join(declared)}, but {where}{side}",
                f"declare it {whose}" if possible else "declare its datatype",
            )  # fmt: skip
            return


def _free(file: File, query: Query, pattern: Group, lines: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
    bound = pattern.bound()
    for parameter in query.params:
        if parameter.optional and not parameter.default and f"?{parameter.name}" not in bound:
            yield _finding(
                file, "query-free", lines[("params", parameter.name)],
                f"the parameter {parameter.name!r} is optional, but left out nothing would bind ?{parameter.name}",
                "use it in a triple outside OPTIONAL, UNION, MINUS and FILTER, or give it a default",
            )  # fmt: skip


def _optional_only(
    file: File, query: Query, pattern: Group, lines: Mapping[tuple[str, ...], int]
) -> Iterator[Finding]:
    bound = pattern.bound()
    inside = {
        end
        for group in _optionals(pattern)
        for inner in group.walk()
        for s in inner.statements
        for end in (s[0], s[2])
    }
    for parameter in query.params:
        if f"?{parameter.name}" in inside - bound:
            yield _finding(
                file, "query-optional-only", lines[("params", parameter.name)],
                f"the parameter {parameter.name!r} stands in an OPTIONAL and in no triple outside it",
                f"say outside it what ?{parameter.name} is, such as ?{parameter.name} a {parameter.types[0]}",
            )  # fmt: skip


def _optionals(group: Group) -> Iterator[Group]:
    for inner in group.walk():
        if inner.kind == "optional":
            yield inner


def _examples(file: File, query: Query, names: Names, lines: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
    for parameter in query.params:
        if parameter.datatype is not None or not any(map(names.of_class, parameter.types)):
            continue  # of numbers and texts the header's reader knows; and without members there are no data at hand
        for key, words in (("example", parameter.examples), ("default", parameter.default), ("enum", parameter.enum)):
            line = lines.get(("params", parameter.name, key))
            for word in words if line is not None else ():
                fault = _unresolved(names, parameter, word)
                if fault:
                    yield _finding(
                        file, "query-example", line or 1,
                        f"{key} {word!r} of the parameter {parameter.name!r} {fault[0]}", fault[1], "warning",
                    )  # fmt: skip


def _unresolved(names: Names, parameter: Parameter, word: str) -> tuple[str, str] | None:
    try:
        names.resolve(word, parameter.types)
    except UnknownThing as error:
        return (f"names no {' or '.join(parameter.types)} in the data", error.fix)
    except AmbiguousThing as error:
        return ("may mean several things", error.fix)
    return None
