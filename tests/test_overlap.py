"""Sharing on invented chemistry: what is counted, what is not, and that it is what the query says."""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pyoxigraph as ox
import pytest

from moagraph.build import derivations_of, derive, policies_of, queries_of
from moagraph.corpus import Corpus, File, read_files
from moagraph.library import Library
from moagraph.names import ASSERTED, compact
from moagraph.overlap import bipartite_graph, graphml, matrix, overlap_graph
from moagraph.places import Places
from moagraph.store import EmbeddedStore
from moagraph.table import Iri

ROOT = Path(__file__).parent.parent
POLICY = "everything"

MECHANISMS = {
    "beta-action": None,
    "beta-increase": "beta-action",
    "late-beta-increase": "beta-increase",
    "beta-modulation": "beta-action",
    "gamma-decrease": None,
    "delta-increase": None,
}
GROUPINGS = {"beta-action"}

D, E, F = "moa:Animal", "moa:InVitro", "moa:SystemNotStated"
B, C = "moa:Human ; moa:design moa:RandomisedTrial", "moa:Human ; moa:design moa:PilotStudy"
"""System and design of a line, by the tier they give."""

Claim = tuple[str, str, str, str]
CLAIMS: list[Claim] = [
    ("alphamide", "late-beta-increase", "Supports", D),
    ("alphamide", "gamma-decrease", "Supports", B),
    ("betamide", "beta-increase", "Supports", E),
    ("betamide", "gamma-decrease", "Supports", F),
    ("gammamide", "gamma-decrease", "Supports", D),
    ("gammamide", "gamma-decrease", "Refutes", F),
    ("gammamide", "beta-modulation", "Supports", F),
    ("deltamide", "late-beta-increase", "Supports", C),
    ("deltamide", "gamma-decrease", "Supports", E),
    ("deltamide", "gamma-decrease", "NullResult", B),
    ("epsilamide", "delta-increase", "Supports", F),
    ("zetamide", "gamma-decrease", "Possibly", F),
    ("zetamide", "delta-increase", "NullResult", B),
    ("zetamide", "beta-increase", "Refutes", D),
    ("zetamide", "beta-modulation", "Inconclusive", D),
]
ABSENCES = [
    ("betamide", "delta-increase", "NotStatedInSource", ""),
    ("alphamide", "gamma-decrease", "SearchedNoneFound", ""),
    # Blank for one population only: no blank of the whole mechanism.
    ("gammamide", "delta-increase", "SourceSaysUnknown", " ; moa:population population:testers"),
]
PREFIXES = """
@prefix moa: <https://w3id.org/moagraph/vocab#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
""" + "".join(
    f"@prefix {kind}: <https://w3id.org/moagraph/{kind}/> .\n"
    for kind in ("absence", "claim", "compound", "evidence", "mechanism", "population", "source")
)


def turtle(
    claims: Iterable[Claim],
    mechanisms: dict[str, str | None],
    groupings: Iterable[str] = (),
    absences: Iterable[tuple[str, str, str, str]] = (),
    labels: dict[str, str] | None = None,
) -> str:
    """Gives data in which each claim is one line; "Possibly" is support in possible wording."""
    labels = labels or {}
    text = [PREFIXES, 'source:page a moa:Source ; skos:prefLabel "Page"@en .']
    claims = list(claims)
    for compound in sorted({claim[0] for claim in claims}):
        text.append(f'compound:{compound} a moa:Compound ; skos:prefLabel "{labels.get(compound, compound)}"@en .')
    for mechanism, broader in mechanisms.items():
        kinds = "moa:Mechanism , moa:Grouping" if mechanism in groupings else "moa:Mechanism"
        above = f" ; skos:broader mechanism:{broader}" if broader else ""
        label = labels.get(mechanism, mechanism.replace("-", " "))
        text.append(f'mechanism:{mechanism} a {kinds} ; skos:prefLabel "{label}"@en{above} .')
    for number, (compound, mechanism, stance, system) in enumerate(claims):
        name = f"{compound}_has-mechanism_{mechanism}"
        stance, strength = ("Supports", "Possible") if stance == "Possibly" else (stance, "Asserted")
        text.append(
            f"claim:{name} a moa:Claim ; moa:subject compound:{compound} ; moa:predicate moa:hasMechanism ; "
            f"moa:object mechanism:{mechanism} .\n"
            f"evidence:{name}_{number} a moa:EvidenceLine ; moa:bearsOn claim:{name} ; moa:stance moa:{stance} ; "
            f"moa:strength moa:{strength} ; moa:statedIn source:page ; moa:system {system} ."
        )
    for number, (compound, mechanism, reason, qualifier) in enumerate(absences):
        text.append(
            f"absence:a{number} a moa:Absence ; moa:subject compound:{compound} ; moa:attribute moa:hasMechanism ; "
            f"moa:object mechanism:{mechanism} ; moa:reason moa:{reason}{qualifier} ."
        )
    return "\n".join(text)


@cache
def ontology() -> tuple[File, ...]:
    """Gives the files of the real ontology and the real queries."""
    places = Places.at(ROOT)
    return tuple(file for file in read_files(places) if not file.path.startswith("data/"))


def derived(corpus: Corpus, policy: str) -> EmbeddedStore:
    """Gives a store in memory with what is derived under one policy."""
    assert not corpus.findings
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(ASSERTED)) for t in corpus.triples)
    for found in policies_of(corpus):
        if found.name == policy:
            derive(store, found, derivations_of(corpus))
    return EmbeddedStore(store)


def store_of(text: str) -> EmbeddedStore:
    """Gives a store in memory of some data under the real ontology."""
    return derived(Corpus.of([*ontology(), File("data/all.ttl", text.encode())]), POLICY)


@cache
def world() -> EmbeddedStore:
    """Gives the invented chemistry above."""
    return store_of(turtle(CLAIMS, MECHANISMS, GROUPINGS, ABSENCES))


@cache
def random_world(seed: int, compounds: int, mechanisms: int, each: int = 4) -> EmbeddedStore:
    """Gives invented chemistry by chance, with names of all lengths."""
    chance = random.Random(seed)
    words = ["amide", "beta", "gamma", "receptor", "factor", "hydrolysate", "long-acting", "of", "the", "nucleus"]
    tree: dict[str, str | None] = {"m0": None}
    for i in range(1, mechanisms):
        tree[f"m{i}"] = f"m{chance.randrange(i)}" if chance.random() < 0.6 else None
    claims = [
        (f"c{i}", f"m{int(mechanisms * chance.random() ** 2)}", stance, chance.choice([B, C, D, E, F]))
        for i in range(compounds)
        for _ in range(each)
        for stance in chance.choice([["Supports"], ["Supports"], ["Supports", "NullResult"], ["Possibly"]])
    ]
    names = [*tree, *(f"c{i}" for i in range(compounds))]
    labels = {name: " ".join(chance.choices(words, k=chance.randint(1, 7))) + f" {name}" for name in names}
    return store_of(turtle(claims, tree, {m for m in tree if chance.random() < 0.2}, (), labels))


def pair(graph: nx.Graph[str], one: str, other: str) -> dict[str, Any]:
    """Gives the attributes of an edge between two compounds, by their short names."""
    return dict(graph.edges[f"compound:{one}", f"compound:{other}"])


def test_pairs_and_their_numbers() -> None:
    graph = overlap_graph(world(), POLICY)
    assert set(graph) == {f"compound:{c}" for c in ("alphamide", "betamide", "gammamide", "deltamide")}
    assert pair(graph, "alphamide", "betamide") == {
        "shared": 2,
        "mechanisms": ("mechanism:beta-increase", "mechanism:gamma-decrease"),
        "contested": False,
        "contested_shared": 0,
        "contested_mechanisms": (),
        # {late-beta-increase, beta-increase, gamma-decrease} and {beta-increase, gamma-decrease}.
        "jaccard": 0.6667,
        # By tier both have 3 + 1, either 4 + 4 + 8. Of 5 compounds 2 have late-beta-increase, 3 beta-increase and 2
        # gamma-decrease, which tell 0.916, 0.511 and 0.916 nats.
        "overlap_by_tier": 0.25,
        "overlap_by_information": round((0.511 + 0.916) / (0.916 + 0.511 + 0.916), 4),
        "overlap_by_both": round((3 * 0.511 + 0.916) / (4 * 0.916 + 4 * 0.511 + 8 * 0.916), 4),
        # Of beta-increase the worse of D and E, of gamma-decrease of B and F: the better is E.
        "tier": "E",
    }
    assert graph.nodes["compound:alphamide"] == {
        "kind": "compound",
        "label": "alphamide",
        "iri": "https://w3id.org/moagraph/compound/alphamide",
        "mechanisms": 3,
    }


def test_only_the_most_specific_shared_mechanism_counts() -> None:
    edge = pair(overlap_graph(world(), POLICY), "alphamide", "deltamide")
    assert edge["mechanisms"] == ("mechanism:late-beta-increase",)
    assert (edge["shared"], edge["tier"]) == (1, "D")


def test_groupings_are_not_shared() -> None:
    # Both act on beta, but only the grouping says so.
    edge = pair(overlap_graph(world(), POLICY), "alphamide", "gammamide")
    assert edge["shared"] == 0
    assert "mechanism:beta-action" not in edge["mechanisms"] + edge["contested_mechanisms"]


def test_what_is_contested_is_never_counted_as_shared() -> None:
    graph = overlap_graph(world(), POLICY)
    contested_only = pair(graph, "alphamide", "gammamide")
    assert contested_only["contested"]
    assert (contested_only["shared"], contested_only["contested_shared"], contested_only["tier"]) == (0, 1, "D")
    assert contested_only["jaccard"] == 0
    mixed = pair(graph, "alphamide", "deltamide")
    assert (mixed["shared"], mixed["contested_shared"]) == (1, 1)
    assert mixed["contested_mechanisms"] == ("mechanism:gamma-decrease",)


def test_compounds_that_share_nothing() -> None:
    graph = overlap_graph(world(), POLICY)
    assert graph.graph["isolated"] == ("epsilamide",)
    assert (graph.graph["compounds"], graph.graph["pairs"]) == (4, 6)
    with_them = overlap_graph(world(), POLICY, isolated=True)
    assert set(with_them) - set(graph) == {"compound:epsilamide"}
    assert set(with_them.edges) == set(graph.edges)


def test_strongest_pairs_only() -> None:
    graph = overlap_graph(world(), POLICY, strongest=1)
    assert list(graph.edges) == [("compound:alphamide", "compound:betamide")]
    assert len(graph) == 2
    assert graph.graph["pairs"] == 6


def test_nothing_known_gives_an_empty_graph() -> None:
    graph = overlap_graph(store_of(PREFIXES), POLICY)
    assert len(graph) == 0
    assert graph.graph["pairs"] == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sharing_is_what_the_query_says(seed: int) -> None:
    store = random_world(seed, 14, 16)
    queries = {query.name: query for query in queries_of(Corpus.of(ontology()))}
    library = Library(queries, store, POLICY)
    expected: dict[tuple[str, str], list[tuple[str, str]]] = {}
    compounds = [str(c) for c in store.select("SELECT ?c WHERE { ?c a moa:Compound }", POLICY).column("c")]
    for compound in compounds:
        for row in library.ask("shared-mechanisms", {"compound": compound}):
            assert isinstance(row["mechanism"], Iri)
            assert isinstance(row["other"], Iri)
            key = (compact(compound), row["other"].curie)
            tier = max(str(row["tier"]), str(row["other_tier"]))
            expected.setdefault(key, []).append((row["mechanism"].curie, tier))
    graph = overlap_graph(store, POLICY)
    found = {(one, other): e for one, other, e in graph.to_directed().edges(data=True) if e["shared"]}
    assert expected, "the query must give something to compare with"
    assert {key: sorted(m for m, _ in listed) for key, listed in expected.items()} == {
        key: sorted(edge["mechanisms"]) for key, edge in found.items()
    }
    assert {key: min(t for _, t in listed) for key, listed in expected.items()} == {
        key: edge["tier"] for key, edge in found.items()
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_jaccard_is_that_of_the_derived_closures(seed: int) -> None:
    store = random_world(seed, 14, 16)
    closures: dict[str, set[str]] = {}
    rows = store.select("SELECT ?c ?m WHERE { ?c moa:hasMechanismOrNarrower ?m }", POLICY)
    for compound, mechanism in rows.cells:
        closures.setdefault(compact(str(compound)), set()).add(str(mechanism))
    graph = overlap_graph(store, POLICY)
    compared = 0
    for one, other in combinations(sorted(closures), 2):
        both, either = closures[one] & closures[other], closures[one] | closures[other]
        edge = graph.get_edge_data(one, other)
        assert (edge is not None and edge["shared"] > 0) == bool(both)
        if edge is not None:
            assert edge["jaccard"] == round(len(both) / len(either), 4)
            compared += 1
    assert compared


def test_bipartite_edges_say_how_sure_they_are() -> None:
    graph = bipartite_graph(world(), POLICY)
    assert nx.is_bipartite(graph)

    def edge(compound: str, mechanism: str) -> dict[str, Any]:
        return dict(graph.edges[f"compound:{compound}", f"mechanism:{mechanism}"])

    direct = {"verdict": "supported", "tier": "D", "unresolved": True, "direct": True}
    assert edge("alphamide", "late-beta-increase") == direct
    assert edge("alphamide", "beta-increase") == {**direct, "direct": False}
    assert edge("gammamide", "gamma-decrease")["verdict"] == "contested"
    assert edge("zetamide", "gamma-decrease")["verdict"] == "suggested"
    # Null, refuted and inconclusive claims join nothing.
    assert graph.degree("compound:zetamide") == 1
    assert "mechanism:beta-action" not in graph


def test_matrix_holds_verdicts_tiers_and_blanks() -> None:
    table = matrix(world(), POLICY)
    rows = {(r["compound"].label, r["mechanism"].label): r for r in table}

    def cell(compound: str, mechanism: str) -> tuple[str | None, str | None, list[str], list[str]]:
        row = rows[compound, mechanism]
        verdict = row["verdict"].label if row["verdict"] else None
        return (
            verdict,
            row["tier"],
            [through.label for through in row["through"]],
            [reason.label for reason in row["absence_reason"]],
        )

    assert cell("alphamide", "late beta increase") == ("supported", "D", [], [])
    assert cell("alphamide", "beta increase") == (None, None, ["late beta increase"], [])
    assert cell("alphamide", "gamma decrease") == ("supported", "B", [], ["searched, none found"])
    assert cell("betamide", "delta increase") == (None, None, [], ["not stated in source"])
    assert cell("gammamide", "gamma decrease") == ("contested", "D", [], [])
    assert cell("zetamide", "gamma decrease") == ("suggested", "F", [], [])
    assert cell("zetamide", "delta increase") == ("null", "B", [], [])
    assert cell("zetamide", "beta increase") == ("refuted", "D", [], [])
    assert cell("zetamide", "beta modulation") == ("insufficient", "D", [], [])
    assert ("gammamide", "delta increase") not in rows
    groups = {r["mechanism"].label: r["group"].label for r in table}
    assert groups["late beta increase"] == "beta action"
    assert groups["gamma decrease"] == "gamma decrease"
    assert list(table.cells) == sorted(table.cells, key=lambda row: (str(row[0]), str(row[1])))


def test_an_edge_of_graphml_is_always_a_plain_one() -> None:
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    for graph in (overlap_graph(world(), POLICY), bipartite_graph(world(), POLICY)):
        root = ElementTree.fromstring(graphml(graph))
        edges = {(e.get("source"), e.get("target")) for e in root.iterfind(".//g:edge", space)}
        plain = {
            (one, other)
            for one, other, edge in graph.edges(data=True)
            if edge.get("shared", 1) and edge.get("verdict", "supported") == "supported"
        }
        between_things = {(a, b) for a, b in edges if a in graph and b in graph}
        assert between_things == plain
        # What is contested is not lost: it has a node of its own.
        through = {node.get("id") for node in root.iterfind(".//g:node", space)} - set(graph)
        assert len(through) == graph.number_of_edges() - len(plain) > 0
    read = nx.parse_graphml(graphml(overlap_graph(world(), POLICY)).decode())
    assert pair(read, "alphamide", "betamide")["mechanisms"] == "mechanism:beta-increase; mechanism:gamma-decrease"


def test_five_hundred_compounds() -> None:
    chance = random.Random(5)
    claims = [(f"c{i}", f"m{chance.randrange(120)}", "Supports", D) for i in range(500) for _ in range(3)]
    tree: dict[str, str | None] = {f"m{i}": f"m{i // 3}" if i > 2 else None for i in range(120)}
    store = store_of(turtle(claims, tree, {"m0", "m1", "m2"}))
    graph = overlap_graph(store, POLICY)
    closures = store.select("SELECT ?c (COUNT(?m) AS ?n) { ?c moa:hasMechanismOrNarrower ?m } GROUP BY ?c", POLICY)
    sizes = {compact(str(compound)): size for compound, size in closures.cells}
    assert all(about["mechanisms"] == sizes[node] for node, about in graph.nodes(data=True))
    assert graph.graph["pairs"] == graph.number_of_edges() > 1000
