"""Answers on the real data: a few calls of every query, kept in `tests/data/<query>/<case>.tsv`.

`MOAGRAPH_UPDATE_GOLDENS=1 pytest tests/test_data_answers.py` rewrites them after a change of the data. Read the
difference before you keep it: each line of it is an answer that people got and no longer get, or the reverse.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, OnRdflib, with_kinds
from moagraph.api import Graph
from moagraph.library import Library

ANSWERS = ROOT / "tests" / "data"

ASKED: dict[str, dict[str, dict[str, str | list[str]]]] = {
    "absences-of-compound": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "claims-by-tier": {"a": {"tier": "A"}, "b": {"tier": "B"}},
    "claims-without-reference": {"all": {}},
    "compounds-for-indication": {
        "stroke": {"indication": "stroke"},
        "dementia": {"indication": "dementia"},
    },
    "compounds-for-mechanism": {
        "neuroprotection": {"mechanism": "neuroprotection"},
        "neurotrophic": {"mechanism": "neurotrophic-factor-mimicry"},
    },
    "compounds-for-receptor": {"glutamate": {"receptor": "ionotropic-glutamate-receptor"}},
    "contested-claims": {"all": {}},
    "contested-edges": {"all": {}},
    "evidence-for-claim": {"ampa": {"claim": "cortexin_binds_ampa"}},
    "indications-of-compound": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "mechanisms-of-compound": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "Кортексин"},
    },
    "receptors-of-compound": {"cortexin": {"compound": "cortexin"}},
    "references-of-compound": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "shared-indications": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "shared-mechanisms": {
        "cerebrolysin": {"compound": "cerebrolysin"},
        "cortexin": {"compound": "cortexin"},
    },
    "shared-mechanisms-of-all-pairs": {"all": {}},
}
"""What is asked, by query and case."""
EACH = pytest.mark.parametrize(("query", "case"), [(query, case) for query, cases in ASKED.items() for case in cases])


@pytest.fixture(scope="module")
def rdflib_library(real_graph: Graph) -> Library:
    store = OnRdflib(real_graph.store.store, real_graph.policy)
    return Library(real_graph.library.queries, store, real_graph.policy)


@EACH
def test_answer(query: str, case: str, real_graph: Graph, golden: Callable[[Path, str], None]) -> None:
    table = real_graph.ask(query, **ASKED[query][case])
    assert len(table)
    golden(ANSWERS / query / f"{case}.tsv", table.to_tsv())


@EACH
def test_rdflib_gives_the_same_rows_in_the_same_order(
    query: str, case: str, real_graph: Graph, rdflib_library: Library
) -> None:
    values = ASKED[query][case]
    assert with_kinds(rdflib_library.ask(query, values)) == with_kinds(real_graph.ask(query, **values))


def test_every_query_is_asked_and_no_answer_is_left_over(real_graph: Graph) -> None:
    assert list(ASKED) == list(real_graph.library.queries)
    kept = {path.relative_to(ANSWERS).as_posix() for path in ANSWERS.glob("*/**/*")}
    assert kept == {f"{query}/{case}.tsv" for query, cases in ASKED.items() for case in cases}
