"""No export of the real data turns a claim that its lines do not support into a positive edge, under any policy."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from judging import Judge, rows_of
from moagraph.api import Graph
from moagraph.export import nquads
from moagraph.export import turtle as turtle_export
from moagraph.names import ASSERTED, VOCAB, policy_graph
from test_false_edges import admitted, false_edges


def test_no_policy_makes_a_false_edge_of_the_real_data(real_graph: Graph, tmp_path: Path) -> None:
    exported = tmp_path / "graph.nq"
    nquads.export(real_graph, exported)
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(exported.read_bytes(), format=ox.RdfFormat.N_QUADS):
        graphs.setdefault(getattr(quad.graph_name, "value", ""), []).append(quad.triple)
    stated = graphs.pop(ASSERTED)
    assert sorted(graphs) == [policy_graph(name) for name in sorted(real_graph.policies)]
    for name in real_graph.policies:
        derived = graphs[policy_graph(name)]
        wrong, looked_at = false_edges(stated, derived)
        assert wrong == []
        assert looked_at > (50 if name in ("stated", "everything") else 0)
        turtle_export.export(real_graph, tmp_path / "graph.ttl", name)
        parsed = ox.parse((tmp_path / "graph.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
        assert rows_of(quad.triple for quad in parsed) - rows_of(stated) == rows_of(derived)


def test_verdicts_that_must_not_pass_are_there(real_graph: Graph) -> None:
    """Guards against a test that looks at supported edges alone."""
    stated = list(real_graph.asserted())
    derived = list(real_graph.store.quads(policy_graph("stated")))
    judge, rows = Judge(stated, admitted(derived)), rows_of(derived)
    others = {row: judge.verdict(row) for row in judge.bearing if judge.verdict(row) != "supported"}
    assert {"contested", "null", "suggested"} <= set(others.values())
    assert not rows & others.keys()
    assert {row[1] for row in rows} >= {VOCAB + name for name in ("hasMechanism", "improves", "bindsReceptor")}
