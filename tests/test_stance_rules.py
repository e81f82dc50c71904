"""The rules that hold stances against findings, beside the same rules in plain Python, on small random findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Ontology
from moagraph.corpus import Corpus
from moagraph.findings import Rule, rules_of
from moagraph.names import ASSERTED, VOCAB
from moagraph.store import EmbeddedStore, Solutions
from test_laws import node

RATIOS = ("RiskRatio", "OddsRatio", "HazardRatio")
DIFFERENCES = ("MeanDifference", "StandardisedMeanDifference")
NONE = {
    **dict.fromkeys(RATIOS, Decimal(1)),
    **dict.fromkeys(DIFFERENCES, Decimal(0)),
    "MannWhitneySuperiority": Decimal("0.5"),
}
CODES = (
    "estimate-contradicts-stance",
    "finding-contradicts-itself",
    "null-result-excludes-no-effect",
    "significance-contradicts-stance",
    "support-includes-no-effect",
)
LAW = settings(derandomize=True, database=None, deadline=None, max_examples=1200)


@dataclass(frozen=True)
class Result:
    """A line with its claim and finding; numbers are hundredths."""

    predicate: str
    favours: str
    direction: str
    stance: str
    measure: str
    kind: str
    bounds: tuple[int, int] | None
    amount: int | None
    level: str
    significance: str
    p: int | None
    operator: str

    @property
    def triples(self) -> list[ox.Triple]:
        """What curators would have written."""
        claim, line, finding, estimate, p = (f"{x}:x" for x in ("claim", "evidence", "finding", "quantity", "target"))
        said = [
            (claim, "predicate", f"moa:{self.predicate}"),
            (claim, "direction", f"moa:{self.direction}"),
            (line, "bearsOn", claim),
            (line, "stance", f"moa:{self.stance}"),
            (line, "finding", finding),
            (finding, "measure", f"moa:{self.measure}"),
            (finding, "outcome", "outcome:x"),
            ("outcome:x", "kind", f"moa:{self.kind}"),
        ]
        numbers = [(estimate, "amount", self.amount)] if self.amount is not None else []
        if self.favours:
            said.append((claim, "favours", f"moa:{self.favours}"))
        if self.significance:
            said.append((finding, "significance", f"moa:{self.significance}"))
        if self.bounds or numbers:
            said.append((finding, "estimate", estimate))
        if self.bounds:
            said.append((estimate, "boundsKind", "moa:ConfidenceInterval"))
            numbers += [(estimate, "lowerBound", self.bounds[0]), (estimate, "upperBound", self.bounds[1])]
        if self.p is not None:
            said.append((finding, "pValue", p))
            numbers.append((p, "amount", self.p))
            said += [(p, "operator", f"moa:{self.operator}")] if self.operator else []
        triples = [ox.Triple(node(s), node(f"moa:{name}"), node(o)) for s, name, o in said]
        triples += [ox.Triple(node(s), node(f"moa:{name}"), decimal(Decimal(n) / 100)) for s, name, n in numbers]
        if self.bounds and self.level:
            triples.append(ox.Triple(node(estimate), node("moa:confidenceLevel"), decimal(Decimal(self.level))))
        return triples


def decimal(number: Decimal) -> ox.Literal:
    return ox.Literal(f"{number:f}", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))


BOUNDS = st.tuples(st.integers(-200, 300), st.integers(0, 200)).map(lambda b: (b[0], b[0] + b[1]))
RESULTS = st.builds(
    Result,
    st.sampled_from(["affects", "affects", "affects", "comparedWith", "hasMechanism"]),
    st.sampled_from(["", "", "", "NeitherOne"]),
    st.sampled_from(["Improves", "Worsens", "Increases", "Decreases", "Changes"]),
    st.sampled_from(["Supports", "Refutes", "NullResult", "Inconclusive"]),
    st.sampled_from([*NONE, "MeasureNotStated"]),
    st.sampled_from(["SafetyOutcome", "EfficacyOutcome"]),
    st.none() | BOUNDS | st.sampled_from([(0, 100), (100, 150), (50, 90), (-50, 0), (50, 70), (10, 50)]),
    st.none() | st.integers(-200, 300) | st.sampled_from([0, 50, 100]),
    st.sampled_from(["95", "95.0", "90", ""]),
    st.sampled_from(["", "", "Significant", "NotSignificant"]),
    st.none() | st.sampled_from([1, 4, 5, 6, 50]),
    st.sampled_from(["", "LessThan", "MoreThan", "AtMost", "AtLeast", "Exactly", "About"]),
)


def differs_by_p(result: Result) -> bool | None:
    """Tells whether a p-value is below 0.05, where it says so."""
    if result.p is None:
        return None
    if result.p >= 5 and result.operator not in ("LessThan", "AtMost"):
        return False
    if (result.p < 5 or (result.p == 5 and result.operator == "LessThan")) and result.operator not in (
        "MoreThan",
        "AtLeast",
    ):
        return True
    return None


def expected(result: Result) -> set[str]:
    """Gives the codes of what is wrong with a result."""
    codes = set()
    none = NONE.get(result.measure)
    even = bool(result.favours)
    above = below = includes = False
    if none is not None and result.bounds:
        lower, upper = (Decimal(bound) / 100 for bound in result.bounds)
        above, below = lower > none, upper < none
        includes = not above and not below
    estimated = none is not None and bool(result.bounds)
    if includes and result.stance == "Supports" and result.predicate in ("affects", "comparedWith") and not even:
        codes.add("support-includes-no-effect")
    if estimated and not includes and result.stance == "NullResult":
        codes.add("null-result-excludes-no-effect")
    by_significance = {"Significant": True, "NotSignificant": False}.get(result.significance)
    for differs in (by_significance, differs_by_p(result)):
        if (result.stance, differs) in (("Supports", False), ("NullResult", True)) and not even:
            codes.add("significance-contradicts-stance")
    by_interval = not includes if estimated and result.level in ("95", "95.0") else None
    said = [view for view in (by_significance, differs_by_p(result), by_interval) if view is not None]
    if len(set(said)) > 1:
        codes.add("finding-contradicts-itself")
    sides: Mapping[str, int] = {"Increases": 1, "Decreases": -1}
    if result.measure == "MannWhitneySuperiority":
        sides = {"Improves": 1, "Worsens": -1}
    elif result.kind == "SafetyOutcome" and result.measure in RATIOS:
        sides = {**sides, "Improves": -1, "Worsens": 1}
    side = sides.get(result.direction, 0)
    if none is not None and side:
        amount = None if result.amount is None else Decimal(result.amount) / 100 - none
        wholly = 1 if above else -1 if below else 0
        against = wholly == -side or (amount is not None and amount * side < 0)
        if (result.stance == "Supports" and against) or (result.stance == "Refutes" and wholly == side):
            codes.add("estimate-contradicts-stance")
    return codes


@pytest.fixture(scope="module")
def rules(ontology: Ontology) -> list[Rule]:
    found = [rule for rule in rules_of(Corpus.of(ontology.files)) if rule.code in CODES]
    assert tuple(rule.code for rule in found) == CODES
    return found


@pytest.fixture(scope="module")
def measures(ontology: Ontology) -> list[ox.Triple]:
    """What the ontology says of measures, and of what a comparison may favour."""
    told = [t for t in ontology.triples if t.predicate.value == f"{VOCAB}nullValue"]
    assert {
        str(t.subject)[1:-1].removeprefix(VOCAB): Decimal(str(getattr(t.object, "value", ""))) for t in told
    } == NONE
    return told + [t for t in ontology.triples if getattr(t.object, "value", "") == f"{VOCAB}Neutral"]


@LAW
@given(RESULTS)
def test_rules_find_what_is_wrong_and_nothing_else(
    rules: list[Rule], measures: list[ox.Triple], result: Result
) -> None:
    store = ox.Store()
    graph = ox.NamedNode(ASSERTED)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in [*measures, *result.triples])
    found = set()
    for rule in rules:
        answer = EmbeddedStore(store).answer(rule.text, "none")
        assert isinstance(answer, Solutions)
        found |= {rule.code} if answer.rows else set()
    assert found == expected(result)
