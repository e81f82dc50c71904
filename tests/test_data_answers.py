"""Answers on the real data: a few calls of every query, kept in `tests/data/<query>/<case>.tsv`.

`MOAGRAPH_UPDATE_GOLDENS=1 pytest tests/test_data_answers.py` rewrites them after a change of the data. Read the
difference before you keep it: each line of it is an answer that people got and no longer get, or the reverse.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import moagraph
from conftest import ROOT, OnRdflib, with_kinds
from moagraph.api import Graph
from moagraph.library import Library
from moagraph.store import EmbeddedStore

ANSWERS = ROOT / "tests" / "data"

CEREBROLYSIN: dict[str, dict[str, str | list[str]]] = {"cerebrolysin": {"compound": "cerebrolysin"}}
BOTH: dict[str, dict[str, str | list[str]]] = {**CEREBROLYSIN, "cortexin": {"compound": "cortexin"}}
ASKED: dict[str, dict[str, dict[str, str | list[str]]]] = {
    "absences-of-compound": BOTH,
    "adverse-effects-by-reporter": {"any": {}, "users": {"reporter_kind": "users"}},
    "adverse-effects-of-compound": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "advice-about-compound": CEREBROLYSIN,
    "ambiguous-readings": {"all": {}},
    "assessments-of-evidence": CEREBROLYSIN,
    "authors-on-several-references": {"all": {}},
    "availability-of-compound": CEREBROLYSIN,
    "blanks-filled-elsewhere": {"all": {}},
    "blanks-of-source": {"vialbase": {"source": "vialbase-cortexin-vs-cerebrolysin"}},
    "certainty-assessments": {"all": {}},
    "claims-by-tier": {"a": {"tier": "A"}, "b": {"tier": "B"}},
    "claims-of-reference": {"kurkin": {"reference": "kurkin-2021"}},
    "claims-of-source": {"product-page": {"source": "cortexin-product-page"}},
    "claims-on-animal-or-in-vitro-work-alone": {"all": {}},
    "claims-on-maker-linked-work": {"all": {}},
    "claims-on-unresolved-studies-alone": {"all": {}},
    "claims-on-untraceable-citations-alone": {"all": {}},
    "claims-on-user-reports-alone": {"all": {}},
    "claims-on-which-sources-differ": {"all": {}},
    "claims-without-reference": {"all": {}},
    "classes-of-compound": CEREBROLYSIN,
    "common-partners": CEREBROLYSIN,
    "comparisons-of-compound": CEREBROLYSIN,
    "composition-of-compound": BOTH,
    "compounds-for-indication": {"stroke": {"indication": "stroke"}, "dementia": {"indication": "dementia"}},
    "compounds-for-mechanism": {
        "neuroprotection": {"mechanism": "neuroprotection"},
        "neurotrophic": {"mechanism": "neurotrophic-factor-mimicry"},
    },
    "compounds-for-receptor": {"glutamate": {"receptor": "ionotropic-glutamate-receptor"}},
    "compounds-of-class": {"nootropic": {"class": "nootropic"}},
    "contested-claims": {"all": {}},
    "contested-edges": {"all": {}},
    "contradictions": {"all": {}, "cerebrolysin": {"compound": "cerebrolysin"}},
    "contradictions-in-words": {"cortexin": {"compound": "cortexin"}},
    "contraindications-of-compound": CEREBROLYSIN,
    "declarations-of-source": {"vialbase": {"source": "vialbase-cortexin-vs-cerebrolysin"}},
    "effects-of-compound": {**CEREBROLYSIN, "group": {"compound": "cerebrolysin-and-similar"}},
    "estimates-that-include-no-effect": {"all": {}},
    "evidence-for-claim": {"ampa": {"claim": "cortexin_binds_ampa"}},
    "findings-of-compound": CEREBROLYSIN,
    "flips-of-claim": {
        "captain": {"claim": "cerebrolysin_improves_multidimensional-outcome_in-moderate-to-severe-tbi"},
        "alzheimer": {"claim": "cerebrolysin_improves_cognitive-function_in-mild-to-moderate-alzheimer"},
        "kept": {"claim": "cortexin_increases_adverse-events-other-than-allergy"},
        "wording": {"claim": "cerebrolysin_improves_anxiety"},
    },
    "fragile-verdicts": {"all": {}, "cortexin": {"compound": "cortexin"}},
    "head-to-head-comparisons": {"all": {}},
    "indications-of-compound": BOTH,
    "indications-that-are-adverse-effects": CEREBROLYSIN,
    "interactions-of-compound": CEREBROLYSIN,
    "likenesses-of-compound": BOTH,
    "makers": {"all": {}},
    "mechanisms-by-informativeness": {"all": {}},
    "mechanisms-of-compound": {"cerebrolysin": {"compound": "cerebrolysin"}, "cortexin": {"compound": "Кортексин"}},
    "mechanisms-shared-by-all": {
        "two": {"compounds": ["cortexin", "cerebrolysin"]},
        "three": {"compounds": ["cortexin", "cerebrolysin", "actovegin"]},
    },
    "missing-data-of-evidence": {"all": {}, "citation": {"missing": "citation"}},
    "missing-data-of-references": {"all": {}},
    "missing-data-of-studies": {"all": {}, "included": {"missing": "included-studies"}},
    "missing-data-of-things": {"all": {}},
    "monitoring-of-compound": BOTH,
    "opposite-actions": {"all": {}},
    "origin-of-compound": CEREBROLYSIN,
    "overlap-of-reviews": {"all": {}},
    "participants-by-design": {"all": {}},
    "pooled-results": {"all": {}},
    "prices": {"all": {}},
    "properties-of-compound": BOTH,
    "receptors-of-compound": {"cortexin": {"compound": "cortexin"}},
    "references-of-compound": BOTH,
    "references-that-nothing-cites": {"all": {}},
    "regimens-of-compound": BOTH,
    "regulatory-status-in-place": {"united-states": {"place": "United States"}},
    "regulatory-status-of-compound": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "routes-of-compound": CEREBROLYSIN,
    "shared-adverse-effects": CEREBROLYSIN,
    "shared-indications": BOTH,
    "shared-mechanisms": BOTH,
    "shared-mechanisms-of-all-pairs": {"all": {}},
    "sources-at-a-glance": {"all": {}},
    "stacks-of-compound": BOTH,
    "stop-rules-of-compound": CEREBROLYSIN,
    "studies-behind-claim": {
        "tbi": {"claim": "cerebrolysin_improves_multidimensional-outcome_in-moderate-to-severe-tbi"}
    },
    "studies-behind-edge": {
        "tbi": {"compound": "cerebrolysin", "object": "traumatic-brain-injury"},
        "pooled": {"compound": "cortexin", "object": "acute-ischaemic-stroke"},
    },
    "studies-of-compound": CEREBROLYSIN,
    "studies-of-design": {"randomised": {"design": "RandomisedTrial"}},
    "studies-of-size": {"hundred": {}, "randomised": {"at_least": "200", "design": "RandomisedTrial"}},
    "studies-without-result": {"all": {}},
    "tallies-of-claims": {"all": {}},
    "tallies-of-edges": BOTH,
    "unstudied-indications": {
        "all": {},
        "cortexin": {"compound": "cortexin"},
        "dementia": {"indication": "dementia"},
    },
}
"""What is asked, by query and case."""
POLICIES = dict.fromkeys(
    ("adverse-effects-by-reporter", "claims-on-user-reports-alone", "indications-that-are-adverse-effects", "prices"),
    "everything",
)
"""The policy of queries that have no answer under the default one."""
EACH = pytest.mark.parametrize(("query", "case"), [(query, case) for query, cases in ASKED.items() for case in cases])


@pytest.fixture(scope="module")
def graph_for(real_graph: Graph) -> Callable[[str], Graph]:
    """Gives the real data under the policy that a query is asked under."""
    opened = {real_graph.policy: real_graph}

    def graph(query: str) -> Graph:
        policy = POLICIES.get(query, real_graph.policy)
        if policy not in opened:
            opened[policy] = moagraph.open(ROOT, policy=policy)
        return opened[policy]

    return graph


@pytest.fixture(scope="module")
def rdflib_library_for(graph_for: Callable[[str], Graph]) -> Callable[[str], Library]:
    """Gives the same, asked through rdflib."""
    made: dict[str, Library] = {}

    def library(query: str) -> Library:
        graph = graph_for(query)
        if graph.policy not in made:
            assert isinstance(graph.store, EmbeddedStore)
            store = OnRdflib(graph.store.store, graph.policy)
            made[graph.policy] = Library(graph.library.queries, store, graph.policy)
        return made[graph.policy]

    return library


@EACH
def test_answer(
    query: str, case: str, graph_for: Callable[[str], Graph], golden: Callable[[Path, str], None]
) -> None:
    table = graph_for(query).ask(query, **ASKED[query][case])
    assert len(table)
    golden(ANSWERS / query / f"{case}.tsv", table.to_tsv())


@EACH
def test_rdflib_gives_the_same_rows_in_the_same_order(
    query: str, case: str, graph_for: Callable[[str], Graph], rdflib_library_for: Callable[[str], Library]
) -> None:
    values = ASKED[query][case]
    assert with_kinds(rdflib_library_for(query).ask(query, values)) == with_kinds(
        graph_for(query).ask(query, **values)
    )


def test_every_query_is_asked_and_no_answer_is_left_over(real_graph: Graph) -> None:
    assert list(ASKED) == list(real_graph.library.queries)
    others = ("alike", "compare", "policies", "shifts", "why")
    kept = {path.relative_to(ANSWERS).as_posix() for path in ANSWERS.glob("*/**/*") if path.parent.name not in others}
    assert kept == {f"{query}/{case}.tsv" for query, cases in ASKED.items() for case in cases}
