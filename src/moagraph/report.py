"""Findings and how to print them.

A finding is a fault in the data: where it is, what is wrong and how to mend it. A report is all findings of one
check, worst first, and says how much was looked at: a report that looked at nothing is no good news.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import total_ordering

from moagraph.errors import UnknownFormat
from moagraph.names import BASE, compact, expand

SEVERITIES = ("violation", "warning", "info")
"""Severities, worst first: a violation stops the build, a warning and an info do not."""

_SARIF_LEVEL = {"violation": "error", "warning": "warning", "info": "note"}
_SHACL_SEVERITY = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}


@total_ordering
@dataclass(frozen=True)
class Finding:
    """One fault in the data.

    Attributes:
        code: the shape, rule or reading fault; the word for `moagraph explain`.
        severity: one of `SEVERITIES`.
        path: file, relative to the folder that was read; empty where no file is to blame.
        line: line in that file, from 1; 0 where unknown.
        subject: IRI of the faulty node; empty where the file itself is at fault.
        problem: what is wrong.
        cure: how to mend it.
    """

    code: str
    severity: str
    path: str
    line: int
    subject: str
    problem: str
    cure: str = ""

    def _key(self) -> tuple[int, str, int, str, str, str]:
        worst_first = SEVERITIES.index(self.severity)
        return (worst_first, self.path, self.line, self.code, self.subject, self.problem)

    def __lt__(self, other: Finding) -> bool:
        return self._key() < other._key()

    @property
    def place(self) -> str:
        """`path:line` as compilers print it."""
        if not self.path:
            return "-"
        return f"{self.path}:{self.line}" if self.line else self.path

    def to_text(self) -> str:
        """Gives the finding in two or three lines."""
        lines = [f"{self.place}: {self.severity} {self.code}"]
        lines.append(f"  {compact(self.subject)}: {self.problem}" if self.subject else f"  {self.problem}")
        if self.cure:
            lines.append(f"  cure: {self.cure}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """All findings of one check, and how much was looked at.

    Attributes:
        findings: the findings, worst first.
        looked_at: what was counted, in the order to print, such as `{"files": 3, "claims": 2}`.
        digest: digest of the input that was checked; a store is built only from the input its report is of.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: dict[str, int] = field(default_factory=dict)
    digest: str = ""

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that stop a build."""
        return tuple(f for f in self.findings if f.severity == "violation")

    @property
    def looked_at_nothing(self) -> bool:
        """Whether there was nothing to check."""
        return not self.looked_at.get("files") or not (
            self.looked_at.get("triples") or self.looked_at.get("query files")
        )

    @property
    def exit_code(self) -> int:
        """0 fine, 1 violations, 2 nothing to look at."""
        if self.violations:
            return 1
        return 2 if self.looked_at_nothing else 0

    def summary(self) -> str:
        """Gives the last line of a report: what was found and how much was looked at."""
        counts = ", ".join(f"{number:,} {name}" for name, number in self.looked_at.items())
        if self.looked_at_nothing and not self.violations:
            return f"nothing was checked, so nothing is fine: looked at {counts or 'nothing'}"
        found = []
        for severity in SEVERITIES:
            number = sum(f.severity == severity for f in self.findings)
            if number:
                found.append(f"{number} {severity}{'s' if number > 1 and severity != 'info' else ''}")
        return f"{', '.join(found) or 'no findings'}: looked at {counts}"

    def to_text(self) -> str:
        """Gives the report as compilers print theirs, and how much was looked at."""
        return "\n".join([*(f.to_text() for f in self.findings), self.summary()]) + "\n"

    def to_github(self) -> str:
        """Gives the findings as annotations for GitHub's log."""

        def escape(text: str) -> str:
            return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

        lines = []
        for f in self.findings:
            level = {"violation": "error", "warning": "warning", "info": "notice"}[f.severity]
            message = f"{compact(f.subject)}: {f.problem}" if f.subject else f.problem
            place = f"file={f.path},line={f.line or 1},title={f.code}"
            lines.append(f"::{level} {place}::{escape(f'{message} Cure: {f.cure}' if f.cure else message)}")
        return "\n".join([*lines, self.summary()]) + "\n"

    def to_json(self) -> str:
        """Gives the report as JSON: `findings`, `looked_at`, `digest`."""
        findings = [
            {
                "code": f.code,
                "severity": f.severity,
                "path": f.path,
                "line": f.line,
                "subject": compact(f.subject) if f.subject else "",
                "problem": f.problem,
                "cure": f.cure,
            }
            for f in self.findings
        ]
        document = {"findings": findings, "looked_at": self.looked_at, "digest": self.digest}
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def to_sarif(self) -> str:
        """Gives the report as SARIF 2.1.0."""
        results = []
        for f in self.findings:
            message = f"{compact(f.subject)}: {f.problem}" if f.subject else f.problem
            result: dict[str, object] = {
                "ruleId": f.code,
                "level": _SARIF_LEVEL[f.severity],
                "message": {"text": f"{message} Cure: {f.cure}" if f.cure else message},
            }
            if f.path:
                location: dict[str, object] = {"artifactLocation": {"uri": f.path}}
                if f.line:
                    location["region"] = {"startLine": f.line}
                result["locations"] = [{"physicalLocation": location}]
            results.append(result)
        driver = {
            "name": "moagraph",
            "rules": [{"id": code} for code in sorted({f.code for f in self.findings})],
        }
        run = {"tool": {"driver": driver}, "results": results, "properties": {"lookedAt": self.looked_at}}
        document = {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def to_turtle(self) -> str:
        """Gives the report as a SHACL validation report in Turtle.

        A result's IRI is made of what it says, not of its line, so that a new finding leaves the others as they are.
        """
        import pyoxigraph as ox

        from moagraph.turtle import write

        def term(curie: str) -> ox.NamedNode:
            return ox.NamedNode(expand(curie) or curie)

        def text(value: str) -> ox.Literal:
            return ox.Literal(value)

        report = ox.NamedNode(f"{BASE}report/{self.digest[:16] or 'undigested'}")
        conforms = ox.Literal(str(not self.violations).lower(), datatype=term("xsd:boolean"))
        said: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
            (report, "rdf:type", term("sh:ValidationReport")),
            (report, "sh:conforms", conforms),
            (report, "dcterms:description", text(self.summary())),
        ]
        copies: Counter[str] = Counter()
        for f in self.findings:
            key = hashlib.sha256("\0".join([f.code, f.path, f.subject, f.problem]).encode()).hexdigest()[:12]
            copies[key] += 1
            name = key if copies[key] == 1 else f"{key}-{copies[key]}"
            result = ox.NamedNode(f"{BASE}report/result/{name}")
            said += [
                (report, "sh:result", result),
                (result, "rdf:type", term("sh:ValidationResult")),
                (result, "sh:resultSeverity", term(_SHACL_SEVERITY[f.severity])),
                (result, "sh:resultMessage", text(f.problem)),
                (result, "dcterms:identifier", text(f.code)),
                (result, "dcterms:source", text(f.place)),
                (result, "dcterms:description", text(f.cure)),
            ]
            if f.subject:
                said.append((result, "sh:focusNode", ox.NamedNode(f.subject)))
        return write(ox.Triple(s, term(p), o) for s, p, o in said).decode("utf-8")

    def to(self, format: str) -> str:
        """Gives the report in a named format.

        Raises:
            UnknownFormat: the format is not one of `FORMATS`.
        """
        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        return FORMATS[format](self)


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": Report.to_text,
    "json": Report.to_json,
    "sarif": Report.to_sarif,
    "turtle": Report.to_turtle,
    "github": Report.to_github,
}
"""The formats that reports can be written in, by name."""

EXTENSIONS = {".txt": "text", ".json": "json", ".sarif": "sarif", ".ttl": "turtle"}
"""The format that a file's extension means."""
