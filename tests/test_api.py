"""Python: open, ask, sparql, show, overlap and rdflib, as the README says."""

from __future__ import annotations

import networkx as nx
import pytest
import rdflib

import moagraph
from moagraph.errors import QueryRefused, QuerySyntax, UnknownThing
from moagraph.store import Triples
from moagraph.table import Table


def test_the_front_door_lists_what_there_is() -> None:
    for name in moagraph.__all__:
        assert getattr(moagraph, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = moagraph.nonsense


def test_ask_gives_a_table_whose_things_know_their_names(real_graph: moagraph.Graph) -> None:
    table = real_graph.ask("shared-mechanisms", compound="cortexin")
    assert len(table) > 5
    row = next(iter(table))
    assert isinstance(row["mechanism"], moagraph.Iri)
    assert row["mechanism"].label != str(row["mechanism"])
    assert len(table.to_pandas()) == len(table)


def test_several_values_ask_for_each(real_graph: moagraph.Graph) -> None:
    one, two, both = (
        real_graph.ask("receptors-of-compound", compound=c) for c in ("cortexin", "selank", ["cortexin", "selank"])
    )
    assert len(both) == len(one) + len(two)


def test_sparql_in_every_form(real_graph: moagraph.Graph) -> None:
    table = real_graph.sparql("SELECT ?c WHERE { ?c a moa:Compound } ORDER BY ?c")
    assert isinstance(table, Table)
    assert len(table) > 20
    assert real_graph.sparql("ASK { ?c a moa:Compound }") is True
    triples = real_graph.sparql("CONSTRUCT WHERE { ?c a moa:Compound }")
    assert isinstance(triples, Triples)
    assert len(triples) == len(table)


def test_a_syntax_error_points_at_the_place(real_graph: moagraph.Graph) -> None:
    with pytest.raises(QuerySyntax) as caught:
        real_graph.sparql("SELECT ?c\nWHERE { ?c a moa:Compound } }")
    assert "at 2:30" in str(caught.value)
    assert "                             ^" in str(caught.value)


def test_writing_is_refused(real_graph: moagraph.Graph) -> None:
    with pytest.raises(QueryRefused):
        real_graph.sparql("INSERT DATA { <x:a> <x:b> <x:c> }")


def test_show_gives_claims_lines_and_absences(real_graph: moagraph.Graph) -> None:
    account = real_graph.show("cerebrolysin")
    assert len(account.claims) > 50
    assert all(claim.lines for claim in account.claims)
    assert any("NOT EMPHASIZED" in absence.sentence() for absence in account.absences)
    contested = [claim for claim in account.claims if claim.verdict == "contested"]
    assert {"Supports", "NullResult"} <= {line.stance for claim in contested for line in claim.lines}


@pytest.mark.parametrize(
    "thing", ["mechanism:neuroprotection", "ampa", "stroke", "Kurkin et al. 2021", "cars", "VialBase comparison"]
)
def test_every_kind_of_thing_can_be_shown(real_graph: moagraph.Graph, thing: str) -> None:
    account = real_graph.show(thing)
    assert account.claims
    assert account.to_text().startswith(account.thing.label)


def test_an_unknown_thing_offers_the_nearest(real_graph: moagraph.Graph) -> None:
    with pytest.raises(UnknownThing, match=r"."):
        real_graph.show("cerebrolisin")


def test_overlap_is_a_networkx_graph(real_graph: moagraph.Graph) -> None:
    graph = real_graph.overlap()
    assert isinstance(graph, nx.Graph)
    assert graph.number_of_edges() > 0


def test_rdflib_gets_what_was_asserted(real_graph: moagraph.Graph) -> None:
    assert len(real_graph.to_rdflib()) > 10_000


def test_an_rdflib_graph_is_asked_and_comes_back_whole(real_graph: moagraph.Graph) -> None:
    theirs = real_graph.to_rdflib()
    with moagraph.from_rdflib(theirs) as graph:
        assert graph.unchecked == len(theirs)
        query = "SELECT ?c ?label WHERE { ?c a moa:Compound ; skos:prefLabel ?label } ORDER BY ?c ?label"
        assert graph.sparql(query) == real_graph.sparql(query)
        assert graph.sparql("ASK { ?derivation a moa:Derivation }") is False, "nothing is derived from it"
    with moagraph.from_rdflib(theirs, packaged_data=True) as graph:
        assert graph.sparql("ASK { ?derivation a moa:Derivation }") is True


def test_an_rdflib_dataset_is_asked_over_all_its_graphs() -> None:
    data = rdflib.Dataset()
    for name in ("one", "two"):
        node = rdflib.URIRef(f"http://example.org/{name}")
        data.graph(node).add((node, rdflib.RDF.type, rdflib.URIRef("http://example.org/Potion")))
    with moagraph.from_rdflib(data) as graph:
        answer = graph.sparql("SELECT ?s WHERE { ?s a <http://example.org/Potion> }")
        assert isinstance(answer, Table)
        assert len(answer) == 2


def test_named_queries_are_functions(real_graph: moagraph.Graph) -> None:
    assert real_graph.queries.receptors_of_compound(compound="cortexin") == real_graph.ask(
        "receptors-of-compound", compound="cortexin"
    )
