"""Each changed answer names the evidence line that caused it, for a planted change of each kind."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest

import planting
from conftest import Ontology
from moagraph import diff
from moagraph.diff import Difference
from moagraph.diff.causes import Cause
from moagraph.diff.sides import Side, _nodes
from moagraph.names import VOCAB, compact
from planting import PLANTED


@pytest.fixture(scope="module")
def side(ontology: Ontology) -> Callable[..., Side]:
    """Gives a side of the fixture with planted changes, under the policy `stated`, with all queries."""

    def made(*names: str) -> Side:
        nodes = _nodes([*ontology.triples, *planting.triples(*names)])
        store = planting.store(ontology, *names)
        return Side(" ".join(names), "project folder", (), nodes, store, ("stated",), ontology.queries, True)

    return made


def named_by(cause: Cause) -> set[str]:
    """Gives the evidence lines that a cause is, or that it names."""
    return {compact(line) for line in cause.lines} | ({compact(cause.iri)} if cause.kind == "line" else set())


def compared(side: Callable[..., Side], name: str) -> Difference:
    return diff.between(side(), side(name), None, lambda _: None)


@pytest.mark.parametrize("name", PLANTED)
def test_each_changed_answer_names_its_line(name: str, side: Callable[..., Side]) -> None:
    difference = compared(side, name)
    planted = PLANTED[name]
    rows = [(change.query, row) for change in difference.answers for row in (*change.withdrawn, *change.added)]
    assert len(rows) >= LEAST[name]
    for query, row in rows:
        told = (query, row.cells, row.because)
        assert {(cause.kind, cause.what) for cause in row.because} == {planted.what}, told
        lines = {line for cause in row.because for line in named_by(cause)}
        assert lines, told
        if planted.lines:
            assert lines <= planted.lines, told
    named = {line for _, row in rows for cause in row.because for line in named_by(cause)}
    assert named >= planted.lines


LEAST = {
    "line added": 15,
    "stance flipped": 15,
    "line withdrawn": 15,
    "finding changed": 2,
    "sponsorship changed": 3,
    "reference retracted": 20,
    "hierarchy changed": 2,
    "policy changed": 80,
}
"""How many rows of answers each change changes, at least."""


def test_a_policy_names_the_lines_that_it_left_out(side: Callable[..., Side], ontology: Ontology) -> None:
    difference = compared(side, "policy changed")
    systems = {t.subject.value: t.object for t in planting.triples() if t.predicate.value == f"{VOCAB}system"}  # type: ignore[union-attr]
    left_out = {cause.iri for change in difference.answers for row in change.withdrawn for cause in row.because}
    assert len(left_out) > 20
    assert all(systems[line] != ox.NamedNode(f"{VOCAB}InVitro") for line in left_out)
    assert "evidence line left out by the policy: " in difference.to("text")
    assert ontology.policies["stated"].text != planting.policy_with(ontology, "policy changed").text


def test_verdicts_and_edges_name_lines_too(side: Callable[..., Side]) -> None:
    for name in ("line added", "stance flipped", "line withdrawn", "reference retracted", "policy changed"):
        (policy,) = compared(side, name).policies
        each = [change.because for change in policy.verdicts] + [change.because for change in policy.edges]
        assert each, name
        for because in each:
            lines = {line for cause in because for line in named_by(cause)}
            assert lines, name
            assert lines <= (PLANTED[name].lines or lines), (name, because)


def test_a_thing_is_told_with_the_lines_that_it_comes_through(side: Callable[..., Side]) -> None:
    text = compared(side, "hierarchy changed").to("text")
    thing = "because: thing changed: mechanism:late-beta-signal-increase"
    assert f"{thing}, through {planting.WAITING_LINE}" in text
    data = compared(side, "reference retracted").to_dict()
    because = [b for change in data["answers"] for row in change["withdrawn"] for b in row["because"]]
    assert because
    assert all(b["id"] == "reference:nobody-2001" and b["lines"] for b in because)
