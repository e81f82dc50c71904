"""Why Cortexin and Cerebrolysin are joined on the real data, and how alike all pairs are; kept in `tests/data/`.

`MOAGRAPH_UPDATE_GOLDENS=1 pytest tests/test_data_why.py` rewrites them after a change of the data. Read the
difference before you keep it, against the documents: nothing may stand there that they would not bear out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import moagraph
from conftest import ROOT, Run, assert_one_screen

KEPT = ROOT / "tests" / "data"


def test_why_cortexin_and_cerebrolysin(real_graph: moagraph.Graph, golden: Callable[[Path, str], None]) -> None:
    explanation = real_graph.why("Кортексин", "cerebrolysin")
    golden(KEPT / "why" / "cortexin-cerebrolysin.txt", explanation.to_text())
    assert len(explanation.shared) == 6
    assert all(shared.sides[0].grounds and shared.sides[1].grounds for shared in explanation.shared)
    # They share much because much is said of both: no more than chance would give them.
    assert all(score.p is not None and score.p > 0.5 for score in explanation.scores)


@pytest.mark.parametrize("weights", ["tier", "information"])
def test_all_pairs(weights: str, real_graph: moagraph.Graph, golden: Callable[[Path, str], None]) -> None:
    table = real_graph.alike(weights=weights, permutations=None)
    golden(KEPT / "alike" / f"{weights}.txt", f"{table.to_text(width=100)}\n{textwrap.fill(table.title, 100)}\n")


def test_a_common_mechanism_does_not_make_everything_look_alike(real_graph: moagraph.Graph) -> None:
    def of(weights: str, *pair: str) -> tuple[float, float]:
        (row,) = real_graph.alike(*pair, weights=weights, permutations=1000).rows()
        return float(row["overlap"]), float(row["p"])

    # Actovegin shares with Cortexin what 7 of 10 compounds have, Dihexa what nobody else has.
    common, rare = ("cortexin", "actovegin"), ("cortexin", "dihexa")
    assert of("none", *common)[0] == of("none", *rare)[0]
    assert of("information", *common)[0] * 4 < of("information", *rare)[0]
    assert of("information", *common)[1] > 0.3 > 0.06 > of("information", *rare)[1]


def test_the_commands(run: Run) -> None:
    done = run("why", "cortexin", "p21", "--permutations", "0")
    assert done.returncode == 0
    assert "They share no mechanism under this policy." in done.stdout
    assert "random graph" not in done.stdout
    few = ("--permutations", "50", "--seed", "3")
    shown = run("alike", "cortexin", "--weights", "both", "--top", "2", *few, "-f", "text")
    assert shown.returncode == 0
    assert "2 rows" in shown.stdout
    assert "50 random graphs" in shown.stdout
    data = run("alike", "--at-least", "0.9", *few)
    assert data.stdout.splitlines()[0].split("\t")[-3:] == ["p", "q", "mechanisms"]
    assert "does not say" in " ".join(data.stderr.split())
    assert len(data.stdout.splitlines()) == 4
    assert_one_screen(run("alike", "cortexin", "Cortexin"), 2, "two different compounds")
    assert_one_screen(run("why", "cortexin", "Cortexin"), 2, "with itself")
    assert_one_screen(run("why", "cortexin", "nothing-such"), 2, "nothing known of kind Compound")
    assert_one_screen(run("alike", "--weights", "all"), 2, "no weights 'all'")
