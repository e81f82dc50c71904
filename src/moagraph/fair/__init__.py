"""Whether the vocabulary keeps what registries and tools of the field test: FOOPS!, ROBOT's report and OOPS!.

Each test is a query whose rows are faults, under the name that its own tool gives it. They are run on the published
form of the vocabulary (`moagraph.vocabulary`), offline. What cannot be seen offline is listed too, and not run. The
tests are written anew from what those tools document and do; the tools themselves are not run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from moagraph.errors import NothingToCheck, UnknownFormat
from moagraph.fair import foops, oops, robot
from moagraph.fair.test import Test
from moagraph.names import PREFIXES, compact
from moagraph.table import Column, Table

TESTS: tuple[Test, ...] = (*foops.TESTS, *robot.TESTS, *oops.TESTS)
"""All tests, in the order in which they are listed."""

SHOWN = 5
"""How many faults of one test a table shows; JSON holds all."""


@dataclass(frozen=True, order=True)
class Fault:
    """One row that a test found.

    Attributes:
        entity: the term, or the header, as a CURIE.
        property: the property concerned, as a CURIE; empty where it is none.
        value: the value concerned; empty where one is missing.
    """

    entity: str
    property: str
    value: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.entity, self.property, self.value) if part)


@dataclass(frozen=True)
class Outcome:
    """What became of one test.

    Attributes:
        test: the test.
        faults: what it found, in order.
    """

    test: Test
    faults: tuple[Fault, ...] = ()

    @property
    def word(self) -> str:
        """pass; fail; noted, of a test that informs and fails nothing; or not run."""
        if not self.test.query or (self.faults and self.test.needs):
            return "not run"
        if not self.faults:
            return "pass"
        return "noted" if self.test.level == "INFO" else "fail"

    def first(self) -> list[str]:
        """Gives the first faults as text, and how many more there are."""
        more = len(self.faults) - SHOWN
        return [str(fault) for fault in self.faults[:SHOWN]] + ([f"and {more:,} more"] if more > 0 else [])


@dataclass(frozen=True)
class Outcomes:
    """What became of all tests, and how many terms were looked at."""

    outcomes: tuple[Outcome, ...]
    terms: int

    def count(self, word: str) -> int:
        """Gives the number of outcomes with a word."""
        return sum(outcome.word == word for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 where all that can be run passes, 1 otherwise."""
        return 1 if self.count("fail") else 0

    def summary(self) -> str:
        """Gives the last line: what passed and failed, and how much was looked at."""
        return (
            f"{self.count('pass')} passed, {self.count('fail')} failed, {self.count('noted')} noted, "
            f"{self.count('not run')} not run: looked at {self.terms:,} terms by {len(self.outcomes)} tests"
        )

    def to_text(self) -> str:
        """Gives a line for each test, its first faults below it, and the summary."""
        lines = []
        for outcome in self.outcomes:
            test = outcome.test
            needs = f" (needs {test.needs})" if outcome.word == "not run" else ""
            level = "" if test.level == "ERROR" else f" [{test.level}]"
            lines.append(f"{outcome.word:7}  {test.id}{level}: {test.asks}{needs}")
            if outcome.word in ("fail", "noted"):
                lines += [f"{'':9}{line}" for line in outcome.first()]
        return "\n".join([*lines, self.summary()]) + "\n"

    def table(self) -> Table:
        """Gives one row a test; of many faults the first few."""
        columns = ("test", "level", "asks", "outcome", "found")
        rows = tuple(
            (
                outcome.test.id,
                outcome.test.level,
                outcome.test.asks,
                outcome.word,
                f"needs {outcome.test.needs}" if outcome.word == "not run" else "; ".join(outcome.first()),
            )
            for outcome in self.outcomes
        )
        return Table(tuple(Column(name, "xsd:string") for name in columns), rows, "Tests of the vocabulary")

    def to_json(self) -> str:
        """Gives all outcomes with all faults, and the counts."""
        tests = [
            {
                "test": outcome.test.id,
                "level": outcome.test.level,
                "asks": outcome.test.asks,
                "outcome": outcome.word,
                "needs": outcome.test.needs if outcome.word == "not run" else "",
                "faults": [vars(fault) for fault in outcome.faults],
            }
            for outcome in self.outcomes
        ]
        looked_at = {"terms": self.terms, "tests": len(tests)}
        return json.dumps({"tests": tests, "looked_at": looked_at}, ensure_ascii=False, indent=1) + "\n"

    def to(self, format: str) -> str:
        """Gives the outcomes in a named format: text, json, or one of a table.

        Raises:
            UnknownFormat: there is no such format.
        """
        if format == "text":
            return self.to_text()
        if format == "json":
            return self.to_json()
        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        return self.table().to(format)


FORMATS = ("text", "json", "csv", "tsv", "markdown", "html", "latex")
"""The formats that outcomes can be written in."""

_TERMS = """SELECT (COUNT(DISTINCT ?term) AS ?number) WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty skos:Concept } ?term a ?kind }"""


def run(triples: Iterable[ox.Triple], tests: Iterable[Test] = TESTS) -> Outcomes:
    """Runs the tests on a vocabulary in its published form.

    Raises:
        NothingToCheck: it has no terms, so that nothing could be said to be fine.
    """
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)

    def rows(query: str) -> list[list[str]]:
        solutions = store.query(query, prefixes={**PREFIXES, "oio": robot.OIO, "dc": foops.DC})
        assert isinstance(solutions, ox.QuerySolutions)
        return [["" if term is None else _text(term) for term in solution] for solution in solutions]

    terms = int(rows(_TERMS)[0][0])
    if not terms:
        raise NothingToCheck("the vocabulary has no terms", "name a folder whose ontology/ declares classes")
    outcomes = [
        Outcome(test, tuple(sorted({Fault(*row) for row in rows(test.query)})) if test.query else ())
        for test in tests
    ]
    return Outcomes(tuple(outcomes), terms)


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)
