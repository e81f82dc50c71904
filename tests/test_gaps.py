"""What nobody is recorded to have looked at: laws, tried against plain Python on random graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import test_laws
from conftest import Ontology, triples_of
from moagraph.cells import Row
from moagraph.library import Library
from moagraph.names import local_name
from moagraph.store import EmbeddedStore
from moagraph.table import Iri
from test_laws import COMPOUNDS, EVIDENCE, HAVING, LAW, MECHANISMS, MEMBERS, Claim, Line, lines_on, upward

CONDITIONS = ("wide", "narrow", "sibling", "apart")
WITHIN = {"narrow": "wide", "sibling": "wide"}
"""The conditions of these laws: two below one, and one that has nothing to do with them."""

OPPOSED = ("Contested", "Null", "Refuted")

Cell = tuple[str, str, str]
"""A compound without a record, the indication, and the compound that is supported there."""


def _about(subjects: Sequence[str]) -> st.SearchStrategy[Claim]:
    """Gives claims of all kinds that may name one of these compounds with a condition."""
    whom, where = st.sampled_from(list(subjects)), st.sampled_from([f"condition:{name}" for name in CONDITIONS])
    return st.one_of(
        st.builds(
            Claim, whom, st.sampled_from(["moa:usedFor", "moa:contraindicatedIn"]), where, st.none(), st.none()
        ),
        st.builds(
            Claim, whom, st.just("moa:affects"), where, st.sampled_from(["moa:Improves", "moa:Worsens"]), st.none()
        ),
        st.builds(Claim, whom, st.just("moa:affects"), st.just("outcome:score"), st.just("moa:Improves"), where),
        st.builds(Claim, whom, st.just("moa:comparedWith"), st.just("compound:omegamide"), st.none(), where),
    )


MECHANISTIC = lines_on(HAVING, ("moa:Supports", "moa:Supports", "moa:Supports", "moa:NullResult"))
HELPING = st.builds(
    Line,
    st.builds(
        Claim,
        st.sampled_from([f"compound:{name}" for name in COMPOUNDS]),
        st.just("moa:affects"),
        st.just("outcome:score"),
        st.just("moa:Improves"),
        st.sampled_from([f"condition:{name}" for name in CONDITIONS]),
    ),
    st.sampled_from(["moa:Supports", "moa:Supports", "moa:NullResult"]),
    st.just("moa:Asserted"),
    st.sampled_from(EVIDENCE[:2]),
    st.just("agent:site"),
)
OTHERS = lines_on(_about([f"compound:{name}" for name in COMPOUNDS] + ["group:pool"]))


@st.composite
def graphs(draw: st.DrawFn) -> list[Line]:
    """Gives lines by which two compounds share a mechanism and one is supported somewhere, and others."""
    one, other = draw(st.permutations([f"compound:{name}" for name in COMPOUNDS]))[:2]
    shared, helped, against = draw(MECHANISTIC), draw(HELPING), draw(HELPING)
    sure = [
        replace(line, claim=line.claim._replace(subject=subject), stance="moa:Supports", strength="moa:Asserted")
        for line, subject in ((shared, one), (shared, other), (helped, other))
    ]
    if against.claim.condition != helped.claim.condition:
        sure.append(replace(against, claim=against.claim._replace(subject=other), stance="moa:NullResult"))
    interfering = st.one_of(MECHANISTIC, MECHANISTIC, HELPING, OTHERS)
    return [*sure, *draw(st.lists(interfering, max_size=8))]


def _triples(lines: Iterable[Line]) -> list[ox.Triple]:
    node, a = test_laws.node, test_laws.node("rdf:type")
    return [
        *test_laws.asserted(lines),
        *(ox.Triple(node(f"condition:{name}"), a, node("moa:Condition")) for name in CONDITIONS),
        *(
            ox.Triple(node(f"condition:{narrow}"), node("skos:broader"), node(f"condition:{wide}"))
            for narrow, wide in WITHIN.items()
        ),
    ]


Found = Callable[[list[Line]], tuple[Library, list[Row]]]


@pytest.fixture(scope="session")
def found(ontology: Ontology) -> Found:
    """Gives what is derived from lines, and the rows of the query on gaps."""

    def ask(lines: list[Line]) -> tuple[Library, list[Row]]:
        library = Library(ontology.queries, EmbeddedStore(ontology.store(_triples(lines), ("stated",))), "stated")
        return library, library.ask("unstudied-indications", {}).rows()

    return ask


def _name(cell: object) -> str:
    assert isinstance(cell, Iri)
    return local_name(cell)


def _cell(row: Row) -> Cell:
    return _name(row["compound"]), _name(row["indication"]), _name(row["other"])


def _near(condition: str) -> set[str]:
    """Gives a condition with all that are broader or narrower."""
    return {c for c in CONDITIONS if c == condition or WITHIN.get(c) == condition or WITHIN.get(condition) == c}


def _recorded(lines: Iterable[Line]) -> set[tuple[str, str]]:
    """Gives each compound with each condition that a claim on it, or on a group with it, names or is near to."""
    pairs = set()
    for claim in (line.claim for line in lines):
        kind, _, name = claim.subject.partition(":")
        for whom in MEMBERS if kind == "group" else (name,):
            for part in (claim.object, claim.condition or ""):
                if part.startswith("condition:"):
                    pairs |= {(whom, near) for near in _near(part.partition(":")[2])}
    return pairs


def _judged(library: Library) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Gives verdict and tier of each edge."""
    rows = library.store.select(
        "SELECT ?s ?p ?o ?v ?t { "
        "?edge moa:edgeSubject ?s ; moa:edgePredicate ?p ; moa:edgeObject ?o ; moa:verdict ?v ; moa:tier ?t }",
        "stated",
    ).cells
    return {
        (local_name(str(s)), local_name(str(p)), local_name(str(o))): (local_name(str(v)), str(t)[-1])
        for s, p, o, v, t in rows
    }


@settings(LAW, max_examples=300)
@given(graphs())
def test_gaps_are_what_plain_python_finds_in_the_order_that_is_declared(found: Found, lines: list[Line]) -> None:
    library, rows = found(lines)
    edges = _judged(library)
    tiers: dict[str, dict[str, str]] = {name: {} for name in COMPOUNDS}
    for (compound, predicate, mechanism), (verdict, tier) in edges.items():
        if predicate == "hasMechanism" and verdict == "Supported":
            for wide in upward(mechanism):
                tiers[compound][wide] = min(tier, tiers[compound].get(wide, "F"))
    having = {m: sum(m in own for own in tiers.values()) for m in MECHANISMS}
    recorded = _recorded(lines)
    expected: dict[Cell, tuple[str, int, int, str]] = {}
    for (other, predicate, indication), (verdict, human) in edges.items():
        if predicate != "improves" or verdict != "Supported":
            continue
        for compound in COMPOUNDS:
            common = tiers[compound].keys() & tiers[other].keys() if compound != other else set()
            shared = common - {wide for m in common for wide in upward(m)[1:]}
            if shared and (compound, indication) not in recorded:
                ranks = ((max(tiers[compound][m], tiers[other][m], human), having[m]) for m in shared)
                weakest, number = min(ranks)
                expected[compound, indication, other] = (weakest, number, -len(shared), human)
    in_order = sorted(expected, key=lambda cell: (expected[cell], cell))
    assert [_cell(row) for row in rows] == in_order
    for row in rows:
        weakest, number, fewer, human = expected[_cell(row)]
        compound, indication, other = _cell(row)
        own = {_name(m) for m in row["mechanisms"]}
        assert (row["weakest_tier"], row["compounds_with_mechanism"]) == (weakest, number)
        assert (row["shared"], row["human_tier"]) == (-fewer, human)
        assert len(own) == -fewer
        assert (row["tier"], row["other_tier"]) == tuple(min(tiers[c][m] for m in own) for c in (compound, other))
        against = {
            o for (s, p, o), (verdict, _) in edges.items() if (s, p) == (other, "improves") and verdict in OPPOSED
        }
        assert {_name(c) for c in row["opposed_in"]} == (_near(indication) - {indication}) & against


@settings(LAW, max_examples=150)
@given(graphs(), st.data())
def test_any_record_of_both_closes_the_cell(found: Found, lines: list[Line], data: st.DataObject) -> None:
    _, before = found(lines)
    assume(before)
    compound, indication, _ = _cell(data.draw(st.sampled_from(before)))
    subjects = [f"compound:{compound}", *(["group:pool"] if compound in MEMBERS else [])]
    more = data.draw(
        lines_on(_about(subjects).filter(lambda claim: _closes(claim, indication))), label="a record of both"
    )
    _, after = found([*lines, more])
    assert {(c, i) for c, i, _ in map(_cell, after)}.isdisjoint({(compound, indication)})


def _closes(claim: Claim, indication: str) -> bool:
    named = {part.partition(":")[2] for part in (claim.object, claim.condition or "") if "condition:" in part}
    return bool(named & _near(indication))


@settings(LAW, max_examples=60)
@given(st.lists(lines_on(_about([f"compound:{name}" for name in COMPOUNDS])), min_size=1, max_size=6))
def test_what_is_recorded_does_not_depend_on_the_policy(ontology: Ontology, lines: list[Line]) -> None:
    store = ontology.store(_triples(lines))
    records = [
        {
            (local_name(str(t.subject)[1:-1]), local_name(str(t.object)[1:-1]))
            for t in triples_of(store, policy)
            if t.predicate.value.endswith("#recordedWith")
        }
        for policy in ("stated", "everything")
    ]
    assert records == [_recorded(lines)] * 2
