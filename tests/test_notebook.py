"""The magics of notebooks, in a real IPython shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.testing.globalipapp import start_ipython

import moagraph
from moagraph.store import Triples
from moagraph.table import Table


@pytest.fixture(scope="module")
def shell(real_graph: moagraph.Graph) -> Iterator[Any]:
    assert real_graph.policies
    made = start_ipython()  # type: ignore[no-untyped-call]
    made.run_line_magic("load_ext", "moagraph")
    yield made
    made.run_line_magic("moagraph", "")


def test_a_named_query_gives_a_table(shell: Any) -> None:
    table = shell.run_line_magic("ask", "shared-mechanisms compound=cortexin")
    assert isinstance(table, Table)
    html = table._repr_html_()
    assert "Cerebrolysin" in html
    assert f"{len(table)} rows" in html
    both = shell.run_line_magic("ask", "receptors-of-compound compound=cortexin compound=selank")
    assert both.columns[0].name == "for_compound"


def test_select_construct_and_ask(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    table = shell.run_cell_magic("sparql", "", "SELECT ?c WHERE { ?c a moa:Compound }")
    assert isinstance(table, Table)
    triples = shell.run_cell_magic("sparql", "", "CONSTRUCT WHERE { compound:cortexin a ?kind }")
    assert isinstance(triples, Triples)
    assert shell.display_formatter.format(triples)[0]["text/plain"].endswith("compound:cortexin a moa:Compound .\n")
    capsys.readouterr()
    assert shell.run_cell_magic("sparql", "--to known", "ASK { compound:cortexin ?p ?o }") is None
    assert capsys.readouterr().out == "true\n"
    assert shell.user_ns["known"] is True
    shell.run_cell_magic("sparql", "", "ASK { compound:cortexin a moa:Claim }")
    assert capsys.readouterr().out == "false\n"


def test_policies_and_own_data_are_chosen(shell: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?line moa:admittedBy ?policy }"
    few, many = (shell.run_cell_magic("sparql", f"--policy {p}", count).rows()[0].n for p in ("stated", "everything"))
    assert 0 < few < many
    (tmp_path / "mine.ttl").write_text("<https://w3id.org/moagraph/compound/mine> a <x:Potion> .\n", "utf-8")
    shell.run_line_magic("moagraph", f"--data {tmp_path} --no-packaged-data")
    assert "1 unchecked triples" in capsys.readouterr().out
    assert len(shell.run_cell_magic("sparql", "", "SELECT * WHERE { ?s ?p ?o }")) == 1
    shell.run_line_magic("moagraph", "")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("%ask shard-mechanisms", "did you mean shared-mechanisms"),
        ("%ask shared-mechanisms compound", "PARAMETER=VALUE"),
        ("%ask", "required"),
        ("%ask shared-mechanisms compound=cortexin --polcy x", "unrecognized"),
        ("%%sparql\nSELECT ?c WHERE { ?c a moa:Compound ", "^"),
        ("%%sparql\nDROP ALL", "refused"),
        ("%moagraph --endpoint nonsense", "no http address"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    shell: Any, cell: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = shell.run_cell(cell)
    shown = capsys.readouterr().out
    assert not result.success
    assert says in shown
    assert "Traceback" not in shown
    assert len(shown.splitlines()) < 12
    shell.run_line_magic("moagraph", "")
