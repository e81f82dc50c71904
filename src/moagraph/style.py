"""The house style of curated Turtle: what departs from it, and where.

Curated files are written by people and only read by the machine, so that a departure is a finding with a cure, and
nothing is rewritten. A file that nobody curates, such as an export, can be formatted: see `formatted`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from moagraph import canonical, turtle
from moagraph.errors import InputUnreadable, NothingToCheck, OutputFailed, UnknownFormat
from moagraph.names import PREFIXES, compact
from moagraph.places import Places
from moagraph.report import Finding, Report

CODES = {
    "byte-order-mark": "A file starts with a byte order mark, which some readers take for text.",
    "carriage-return": "A line ends with a carriage return; lines end with a line feed alone, so that changes show.",
    "trailing-space": "A line ends with white space, which nobody sees and every comparison shows.",
    "final-newline": "A file ends with exactly one line feed.",
    "opening-comment": "The first line of a file is a comment that says what it is.",
    "prefix-form": "Prefixes are declared at the head of the file by @prefix, one on a line, and there is no base.",
    "prefix-order": "Prefixes are declared once each, in the order of the alphabet.",
    "prefix-alignment": "The namespaces of the prefixes stand below each other.",
    "prefix-unused": "Only prefixes that the file uses are declared.",
    "indented-subject": "A subject starts its line, so that it is found by looking down the left edge.",
    "claim-without-words": "The line above a claim says it in plain words, after ##.",
    "predicate-order": "Predicates come in a fixed order, so that two nodes can be compared by eye.",
}
"""Each departure and why it is one: the text of `moagraph explain`."""

_CLAIM = """rdf:type moa:subject moa:predicate moa:attribute moa:object moa:value moa:dimension moa:direction
    moa:phase moa:condition moa:goal moa:favours moa:outcome moa:population moa:comparedPopulation
    moa:comparator moa:coIntervention moa:via moa:route moa:exposure moa:jurisdiction moa:during moa:reason
    moa:statedIn moa:silentIn moa:passage dcterms:description moa:note"""
_LINE = """rdf:type moa:bearsOn moa:stance moa:statedIn moa:passage moa:restsOn moa:fromStudy moa:system
    moa:species moa:design moa:lineRole moa:strength moa:prominence moa:frequency moa:assertedBy moa:certainty
    moa:relayedBy moa:untraceableCitations moa:finding moa:otherReading moa:note"""
_STUDY = """rdf:type skos:prefLabel skos:altLabel skos:definition moa:identifier moa:design moa:system
    moa:sponsorshipExtent moa:species moa:blinding moa:setting moa:intervention moa:comparator
    moa:coIntervention moa:condition moa:partOf moa:population moa:possiblySameStudy moa:sharesDataWith
    moa:sponsor moa:includesStudy moa:sampleSize moa:numberOfStudies moa:sponsoredStudies moa:statedIn moa:passage
    moa:note"""
_OTHERS = """rdf:type sh:name sh:path sh:description sh:targetClass sh:closed sh:ignoredProperties sh:minCount
    sh:maxCount sh:uniqueLang sh:or sh:nodeKind sh:class sh:datatype sh:in sh:languageIn sh:minInclusive
    sh:minExclusive sh:maxInclusive sh:maxExclusive sh:pattern sh:property sh:message rdfs:label skos:prefLabel
    skos:altLabel dcterms:title dcterms:description dcterms:abstract dcterms:creator dcterms:publisher
    dcterms:license dcterms:created dcterms:issued dcterms:modified dcterms:bibliographicCitation owl:versionIRI
    owl:versionInfo vann:preferredNamespacePrefix vann:preferredNamespaceUri skos:definition skos:notation
    moa:about moa:actsOn moa:sign moa:kind moa:derivativeOf moa:constituentOf moa:identifier moa:manufacturer
    moa:file moa:characters moa:sha256 moa:authors moa:journal moa:volume moa:doi moa:pmid moa:authorName
    moa:year moa:citationNumber moa:publicationStatus moa:url moa:language moa:citedIn moa:citedWithin
    moa:publisher moa:lastReviewed moa:reports moa:statedIn moa:condition moa:population moa:component
    moa:purpose moa:database moa:member moa:referenceRange moa:route moa:dose moa:schedule moa:duration
    moa:repeatAfter moa:alternative moa:solvent moa:dissolvedIn moa:trigger moa:watches moa:action moa:threshold
    moa:inSource oa:start oa:end moa:digest moa:passageRole moa:skipReason moa:level moa:certaintyScheme
    moa:assessor moa:measure moa:estimate moa:amount moa:operator moa:lowerBound moa:upperBound
    moa:confidenceLevel moa:boundsKind moa:unit moa:asReported moa:pValue moa:sampleSize moa:numberOfStudies
    moa:effectDuration moa:responders moa:significance moa:analysisSet moa:endpointRole moa:timePoint
    moa:certainty moa:outcome moa:passage moa:definesQuestion moa:askedOf moa:followsFrom
    rdfs:subPropertyOf skos:example rdfs:domain
    schema:domainIncludes rdfs:range schema:rangeIncludes rdfs:subClassOf
    owl:deprecated obo:IAO_0100001 rdfs:isDefinedBy skos:broader skos:exactMatch moa:nullValue skos:closeMatch
    skos:broadMatch skos:narrowMatch skos:relatedMatch skos:topConceptOf skos:inScheme moa:note"""

_SPECIAL = {
    "moa:Claim": _CLAIM,
    "moa:Absence": _CLAIM,
    "moa:EvidenceLine": _LINE,
    "moa:Study": _STUDY,
    "moa:StudySet": _STUDY,
}


def order_of(classes: Iterable[str]) -> tuple[str, ...]:
    """Gives the order of the predicates of a node, as CURIEs, by its classes."""
    return tuple(next((_SPECIAL[c] for c in classes if c in _SPECIAL), _OTHERS).split())


_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | (?P<iri><[^<>\s]*>)
    | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<mark>\^\^|[;,()\[\]]|\.(?!\d))
    | (?P<word>(?:\\.|[^\s;,()\[\]<>"'\#\\^@])*(?:\\.|[^\s;,()\[\]<>"'\#\\^@.]))
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass
class _Statement:
    """A subject and its predicates with the lines on which they stand."""

    subject: str
    line: int
    column: int
    predicates: list[tuple[str, int]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)


@dataclass
class _Layout:
    """How a file is laid out.

    Attributes:
        prefixes: name, namespace and line of each declaration.
        directives: line of each directive that is no @prefix at the head.
        used: names of the prefixes used.
        statements: in the order of the file.
        comments: how many there are.
    """

    prefixes: list[tuple[str, str, int]] = field(default_factory=list)
    directives: list[int] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    statements: list[_Statement] = field(default_factory=list)
    comments: int = 0

    @classmethod
    def of(cls, text: str) -> _Layout:
        """Reads the layout of text that is known to be Turtle."""
        layout = cls()
        names: dict[str, str] = {}
        directive: list[str] = []
        statement: _Statement | None = None
        depth, expected = 0, "subject"
        line, start = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", start, match.start())
            start = match.start()
            token, kind = match[0], match.lastgroup
            if kind == "comment":
                layout.comments += 1
                continue
            if directive:
                directive.append(token)
                if token == "." or (directive[0][0] != "@" and kind == "iri"):
                    if len(directive) == 4 and directive[0] == "@prefix" and not layout.statements:
                        layout.prefixes.append((directive[1][:-1], directive[2][1:-1], line))
                    else:
                        layout.directives.append(line)
                    if len(directive) > 2 and directive[0].lstrip("@").lower() == "prefix":
                        names[directive[1][:-1]] = directive[2][1:-1]
                    directive = []
                continue
            if expected == "subject" and depth == 0:
                if token.lstrip("@").lower() in ("prefix", "base") and ":" not in token:
                    directive = [token]
                    continue
                column = match.start() - (text.rfind("\n", 0, match.start()) + 1)
                statement = _Statement(_curie(token, names), line, column)
                layout.statements.append(statement)
                expected = "predicate"
            elif depth == 0 and statement is not None:
                if token == ".":
                    expected = "subject"
                elif token == ";":
                    expected = "predicate"
                elif expected == "predicate" and kind in ("word", "iri"):
                    statement.predicates.append((_curie(token, names), line))
                    expected = "object"
                elif kind in ("word", "iri") and statement.predicates[-1][0] == "rdf:type":
                    statement.classes.append(_curie(token, names))
            if kind == "word" and ":" in token:
                layout.used.add(token.partition(":")[0])
            depth += (token in ("[", "(")) - (token in ("]", ")"))
        return layout


def _curie(token: str, names: dict[str, str]) -> str:
    """Gives a name of the file as moagraph's CURIE."""
    if token == "a":
        return "rdf:type"
    if token.startswith("<"):
        return compact(token[1:-1])
    prefix, colon, local = token.partition(":")
    return compact(names.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)) if colon else token


@dataclass
class _Departures:
    """Gathers the departures of one file."""

    path: str
    found: list[Finding] = field(default_factory=list)

    def add(self, code: str, line: int, problem: str, cure: str) -> None:
        """Notes a departure."""
        self.found.append(Finding(code, "warning", self.path, line, "", problem, cure))

    def of_lines(self, lines: list[str]) -> None:
        """Notes what is wrong with single lines, whatever stands in them."""
        for number, line in enumerate(lines, 1):
            if "\r" in line:
                self.add("carriage-return", number, "has a carriage return", "end lines with a line feed alone")
            if line.rstrip("\r") != line.rstrip():
                self.add("trailing-space", number, "ends with white space", "delete it")
        if lines[-1]:
            self.add("final-newline", len(lines), "the last line has no line feed", "add one")
        elif len(lines) > 2 and not lines[-2].strip():
            self.add("final-newline", len(lines) - 1, "ends with an empty line", "delete it")
        if not re.match(r"# +\S", lines[0]):
            self.add(
                "opening-comment", 1, "does not say what it is", "start with a line like '# Alphamide: compound.'"
            )

    def of_prefixes(self, layout: _Layout, lines: list[str]) -> None:
        """Notes what is wrong with the declarations of prefixes."""
        for number in layout.directives:
            self.add(
                "prefix-form", number, "this directive is no @prefix at the head", "write @prefix name: <…> . there"
            )
        width = max((len(name) for name, _, _ in layout.prefixes), default=0) + 1
        before: str | None = None
        for name, namespace, number in layout.prefixes:
            if before is not None and name <= before:
                fault = "is declared twice" if name == before else f"comes after {before}:"
                self.add(
                    "prefix-order", number, f"{name}: {fault}", "declare each once, in the order of the alphabet"
                )
            before = name if before is None else max(before, name)
            wanted = f"@prefix {name + ':':<{width}} <{namespace}> ."
            if lines[number - 1].rstrip() != wanted:
                self.add("prefix-alignment", number, f"{name}: does not stand as it should", f"write {wanted}")
            if name not in layout.used:
                self.add("prefix-unused", number, f"{name}: is not used", "delete the line, and align the others")

    def of_statement(self, statement: _Statement, above: str) -> None:
        """Notes what is wrong with what is said of a subject."""
        subject, line = statement.subject, statement.line
        if statement.column:
            fault = f"{subject} starts in column {statement.column + 1}"
            self.add("indented-subject", line, fault, "start it at the left edge")
        if "moa:Claim" in statement.classes and not re.match(r"## +\S", above):
            self.add(
                "claim-without-words",
                line,
                f"{subject} has no words above it",
                "say the claim in the line above, like '## binds the beta receptor'",
            )
        order = {name: place for place, name in enumerate(order_of(statement.classes))}
        seen: list[str] = []
        for name, number in statement.predicates:
            later = next((other for other in seen if order[other] > order.get(name, len(order))), None)
            if later is not None:
                self.add("predicate-order", number, f"{name} of {subject} comes too late", f"put it before {later}")
            elif name in order:
                seen.append(name)


def departures(path: str, content: bytes) -> tuple[list[Finding], int]:
    """Gives what departs from the house style in one file, or what keeps it from being read; and its triples.

    Args:
        path: what the findings call the file.
        content: its bytes.
    """
    try:
        triples = len(turtle.read(content).triples)
    except turtle.TurtleFault as fault:
        return [Finding(fault.code, "violation", path, fault.line, "", fault.problem, fault.cure)], 0
    departed = _Departures(path)
    text = content.decode("utf-8")
    if text.startswith("\ufeff"):
        text = text[1:]
        departed.add("byte-order-mark", 1, "starts with a byte order mark", "save as UTF-8 without one")
    lines = text.split("\n")
    layout = _Layout.of(text)
    departed.of_lines(lines)
    departed.of_prefixes(layout, lines)
    for statement in layout.statements:
        departed.of_statement(statement, lines[statement.line - 2] if statement.line > 1 else "")
    return departed.found, triples


def curated(places: Places) -> list[tuple[str, Path]]:
    """Gives the curated Turtle files of a project, with what findings call them."""
    return [
        (f"{top.name}/{path.relative_to(top).as_posix()}", path)
        for top in (places.data, places.ontology)
        for path in sorted(top.rglob("*.ttl"))
    ]


def files_at(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """Gives files, and the Turtle files below folders, with what findings call them.

    Raises:
        InputUnreadable: there is no such file or folder.
    """
    found = []
    for path in paths:
        if not path.exists():
            raise InputUnreadable(f"there is no file or folder {path}", "name a Turtle file or a folder of them")
        found += sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
    return [(path.as_posix(), path) for path in found]


def check(files: Iterable[tuple[str, Path]]) -> Report:
    """Gives the report of all departures in some files.

    Args:
        files: what findings call each file, and where it is.

    Raises:
        InputUnreadable: a file cannot be read.
        NothingToCheck: there are no files.
    """
    found: list[Finding] = []
    looked_at = {"files": 0, "triples": 0}
    for name, path in files:
        findings, triples = departures(name, _content(path))
        found += findings
        looked_at["files"] += 1
        looked_at["triples"] += triples
    if not looked_at["files"]:
        raise NothingToCheck("there is no Turtle file to look at", "name a file, or a folder that holds some")
    return Report(tuple(sorted(found)), looked_at)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputUnreadable(f"cannot read {path}: {error.strerror}") from None


_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".nq": ox.RdfFormat.N_QUADS}


def _format_of(path: Path) -> ox.RdfFormat:
    if path.suffix.lower() not in _FORMATS:
        raise UnknownFormat(path.suffix or path.name, _FORMATS)
    return _FORMATS[path.suffix.lower()]


def comments_in(path: Path) -> int:
    """Gives the number of comments in a file of Turtle, N-Triples or N-Quads."""
    return _Layout.of(_content(path).decode("utf-8", "replace")).comments


def formatted(source: Path, target: Path) -> bytes:
    """Gives the triples of a file in their one stable form, as the name of the target asks: Turtle or N-Quads.

    Comments are no triples, and are left behind.

    Raises:
        InputUnreadable: the file cannot be read; says where.
        UnknownFormat: a name ends in none of .ttl, .nt and .nq.
        OutputFailed: it holds named graphs, which only N-Quads can take.
        BlankNodesAlike: too many connected blank nodes differ in nothing.
    """
    wanted = _format_of(target)
    parser = ox.parse(_content(source).removeprefix(b"\xef\xbb\xbf"), format=_format_of(source))
    try:
        quads = list(parser)
    except SyntaxError as error:
        raise InputUnreadable(f"{source}:{error.lineno or 1}: {error.msg}", "mend the syntax") from None
    if wanted == ox.RdfFormat.N_QUADS:
        if any(canonical.has_blank_node(quad.triple) for quad in quads):
            raise OutputFailed(f"{source} has blank nodes, which are not sorted in N-Quads", "write .ttl")
        return "".join(sorted({f"{quad} .\n" for quad in quads})).encode()
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads):
        raise OutputFailed(f"{source} holds named graphs, which Turtle cannot", "name an output that ends in .nq")
    if wanted == ox.RdfFormat.N_TRIPLES:
        return "".join(f"{triple} .\n" for triple in canonical.in_order(q.triple for q in quads)).encode()
    taken = set(PREFIXES.values())
    own: dict[str, str] = {}
    for name, namespace in sorted(parser.prefixes.items()):
        if namespace not in taken:
            own[name] = namespace
            taken.add(namespace)
    return turtle.write((quad.triple for quad in quads), prefixes=own)
