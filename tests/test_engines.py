"""The same answers from the Oxigraph server and from Virtuoso: every query, rule, policy and derivation.

Queries are asked as the package asks endpoints; rules, policies and derivations without any of its code. Plans of
Virtuoso depend on what is loaded, so everything is asked on the invented datasets and on the real data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import httpx
import networkx as nx
import pyoxigraph as ox
import pytest

import moagraph
import test_check
import test_data_answers
import test_queries
from conftest import ROOT, Ontology, triples_of, with_kinds
from engines.servers import Server
from moagraph import turtle
from moagraph.corpus import Corpus, File, read_files
from moagraph.endpoint import PASSWORD_VARIABLE, USER_VARIABLE, EndpointStore
from moagraph.errors import QuerySyntax
from moagraph.findings import Rule
from moagraph.library import Library
from moagraph.names import ASSERTED, policy_graph
from moagraph.places import Places
from moagraph.policy import Policy
from moagraph.query import Query, bind, opening_of
from moagraph.remote.building import build_at
from moagraph.remote.push import push
from moagraph.remote.writing import Target
from moagraph.store import EmbeddedStore, Solutions, Term
from moagraph.table import Column, Table

POLICIES = tuple(sorted(path.stem for path in (ROOT / "ontology" / "policy").glob("*.rq")))
DERIVED = ("stated", "everything")
"""The policies under which each derivation is asked; `build_at` runs them under all, on the real data."""
LIMIT = 60
"""Seconds for one answer: Virtuoso may wait for ever on a plan that it got wrong."""


class Client:
    """Loads graphs into a server, each once, and asks it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        auth = httpx.DigestAuth(server.user, server.password or "") if server.user else None
        self.writer = httpx.Client(auth=auth, timeout=LIMIT)
        self.reader = httpx.Client(timeout=LIMIT)
        self.loaded: set[str] = set()

    def load(self, triples: Iterable[ox.Triple]) -> str:
        """Gives the IRI of a graph of just these triples; it is named by their digest."""
        body = "".join(sorted(f"{triple} .\n" for triple in triples)).encode("utf-8")
        graph = f"http://example.org/{hashlib.sha256(body).hexdigest()[:16]}"
        if graph not in self.loaded:
            self.replace(graph, body)
            self.loaded.add(graph)
        return graph

    def unload(self, graph: str) -> None:
        self.writer.delete(self.server.store, params={"graph": graph}).raise_for_status()
        self.loaded.discard(graph)

    def replace(self, graph: str, body: bytes) -> None:
        answer = self.writer.put(
            self.server.store,
            params={"graph": graph},
            content=body,
            headers={"Content-Type": "application/n-triples"},
        )
        answer.raise_for_status()
        (counted,) = self.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", [graph])
        assert counted[0] == ox.Literal(body.count(b"\n"))

    def select(self, query: str, graphs: Sequence[str]) -> list[tuple[Term | None, ...]]:
        answer = self._ask(query, graphs, "application/sparql-results+xml")
        solutions = ox.parse_query_results(answer, ox.QueryResultsFormat.XML)
        assert isinstance(solutions, ox.QuerySolutions)
        return [tuple(solution) for solution in solutions]

    def construct(self, query: str, graphs: Sequence[str]) -> list[ox.Triple]:
        answer = self._ask(query, graphs, "application/n-triples")
        return [quad.triple for quad in ox.parse(answer, ox.RdfFormat.N_TRIPLES)]

    def _ask(self, query: str, graphs: Sequence[str], accept: str) -> bytes:
        form = {"query": query, "default-graph-uri": list(graphs)}
        answer = self.reader.post(self.server.query, data=form, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture(scope="session")
def client(server: Server) -> Client:
    return Client(server)


@pytest.fixture(scope="session")
def real_triples() -> tuple[ox.Triple, ...]:
    """What the real ontology and data assert."""
    corpus = Corpus.of(list(read_files(Places.at(ROOT))))
    assert not corpus.findings
    return corpus.triples


class OnServer(EmbeddedStore):
    """The graph of an embedded store, asked from a server as the package asks endpoints; names are looked up here."""

    def __init__(self, store: ox.Store, policy: str, client: Client) -> None:
        super().__init__(store)
        self.endpoint = EndpointStore(client.server.query, LIMIT)
        self.graphs = [client.load(asserted_of(store)), client.load(triples_of(store, policy))]

    def select(self, query: str, policy: str, columns: Sequence[Column] = ()) -> Table:
        if not columns:  # a look-up of names
            return super().select(query, policy)
        solutions = self.endpoint.over(self.graphs, query)
        assert isinstance(solutions, Solutions)
        return self.table(solutions, columns)


def asserted_of(store: ox.Store) -> list[ox.Triple]:
    return [quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(ASSERTED))]


library_for = test_queries.library_for


@test_queries.EACH
def test_query_on_invented_data(
    case: test_queries.Case, client: Client, library_for: Callable[[test_queries.Case], Library]
) -> None:
    own = library_for(case)
    assert isinstance(own.store, EmbeddedStore)
    asked = Library(own.queries, OnServer(own.store.store, own.policy, client), own.policy)
    assert with_kinds(asked.ask(case.query, case.params)) == with_kinds(own.ask(case.query, case.params))


@pytest.fixture(scope="module")
def real_store(ontology: Ontology, real_triples: tuple[ox.Triple, ...]) -> ox.Store:
    return ontology.store(real_triples, POLICIES)


@test_data_answers.EACH
def test_query_on_real_data(query: str, case: str, client: Client, ontology: Ontology, real_store: ox.Store) -> None:
    policy = test_data_answers.POLICIES.get(query, "stated")
    values = test_data_answers.ASKED[query][case]
    own = Library(ontology.queries, EmbeddedStore(real_store), policy)
    asked = Library(ontology.queries, OnServer(real_store, policy, client), policy)
    assert with_kinds(asked.ask(query, values)) == with_kinds(own.ask(query, values))


QUERIES = [Query.parse(path.stem, path.read_text("utf-8")) for path in sorted((ROOT / "queries").glob("*.rq"))]
ON_COMPOUND = [query for query in QUERIES if [p.type for p in query.params] == ["moa:Compound"]]


@pytest.mark.parametrize("query", ON_COMPOUND, ids=lambda query: query.name)
def test_query_on_every_compound(query: Query, client: Client, ontology: Ontology, real_store: ox.Store) -> None:
    """Of the real data, where most answers are empty and must be so everywhere."""
    own = Library(ontology.queries, EmbeddedStore(real_store), "everything")
    asked = Library(ontology.queries, OnServer(real_store, "everything", client), "everything")
    compounds = sorted(path.stem for path in (ROOT / "data" / "compound").glob("*.ttl"))
    assert len(compounds) > 10
    for compound in compounds:
        values = {query.params[0].name: compound}
        assert with_kinds(asked.ask(query.name, values)) == with_kinds(own.ask(query.name, values)), compound


def triples_in(files: Iterable[File]) -> list[ox.Triple]:
    read = (t for f in files if f.path.endswith(".ttl") for t in turtle.read(f.content).triples)
    return list({str(triple): triple for triple in read}.values())


@pytest.fixture(scope="module")
def spoilt() -> list[ox.Triple]:
    """All faults at once: the clean corpus and beside it the bad cases of all rules."""
    bad = [file for rule in test_check.RULES for file in test_check.case(rule.code, "bad")]
    return triples_in([*test_check.ONTOLOGY, *test_check.BASE, *bad])


def rows_of(text: str, triples: Iterable[ox.Triple]) -> list[tuple[Term | None, ...]]:
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    solutions = store.query(text)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(solution) for solution in solutions]


@pytest.mark.parametrize("rule", test_check.RULES, ids=lambda rule: rule.code)
def test_rule(rule: Rule, client: Client, spoilt: list[ox.Triple], real_triples: tuple[ox.Triple, ...]) -> None:
    files = test_check.overlay([*test_check.ONTOLOGY, *test_check.BASE], test_check.case(rule.code, "bad"))
    own = triples_in(files)
    assert rows_of(rule.text, own)
    for triples in (own, spoilt, real_triples):
        assert client.select(rule.text, [client.load(triples)]) == rows_of(rule.text, triples)
    client.unload(client.load(own))


WORLDS = [*sorted({case.data for case in test_queries.ALL}), ("real",)]


def triples_of_world(
    world: tuple[str, ...], ontology: Ontology, real_triples: tuple[ox.Triple, ...]
) -> list[ox.Triple]:
    files = [test_queries.DATA / f"{name}.ttl" for name in world]
    if world == ("real",):
        return list(real_triples)
    return [*ontology.triples, *(t for file in files for t in turtle.read(file.read_bytes()).triples)]


@pytest.mark.parametrize("world", WORLDS, ids="-".join)
def test_policies(
    world: tuple[str, ...], client: Client, ontology: Ontology, real_triples: tuple[ox.Triple, ...]
) -> None:
    """What each policy admits."""
    triples = triples_of_world(world, ontology, real_triples)
    graph = client.load(triples)
    for name, policy in ontology.policies.items():
        assert client.select(policy.text, [graph]) == rows_of(policy.text, triples), name


@pytest.mark.parametrize("policy", DERIVED)
@pytest.mark.parametrize("world", WORLDS, ids="-".join)
def test_policy_and_derivations(
    world: tuple[str, ...], policy: str, client: Client, ontology: Ontology, real_triples: tuple[ox.Triple, ...]
) -> None:
    """What each derivation constructs."""
    store = ontology.store(triples_of_world(world, ontology, real_triples), [policy], weighing=False)
    asserted = client.load(asserted_of(store))
    rule = ontology.policies[policy]
    lines = client.select(rule.text, [asserted])
    assert lines == rows_of(rule.text, asserted_of(store))
    start = started(rule, lines)
    constructed = f"http://example.org/{'-'.join(world)}/{policy}"
    client.replace(constructed, as_lines(start))
    made = {str(triple): triple for triple in start}
    for derivation in ontology.derivations:
        text = bind(derivation.text, opening_of(derivation.text), {"policy": [f"<{policy_graph(policy)}>"]})
        made |= {str(triple): triple for triple in client.construct(text, [asserted, constructed])}
        client.replace(constructed, as_lines(made.values()))
    expected = sorted(str(triple) for triple in triples_of(store, policy))
    assert len(expected) > 1
    assert sorted(made) == expected


def started(policy: Policy, lines: Iterable[Sequence[Term | None]]) -> list[ox.Triple]:
    """Gives what stands in a policy's graph before anything is derived."""
    graph = ox.NamedNode(policy_graph(policy.name))
    iri = {
        "admitted": "https://w3id.org/moagraph/vocab#admittedBy",
        "type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "policy": "https://w3id.org/moagraph/vocab#Policy",
        "definition": "http://www.w3.org/2004/02/skos/core#definition",
    }
    named = {name: ox.NamedNode(value) for name, value in iri.items()}
    triples = [
        ox.Triple(graph, named["type"], named["policy"]),
        ox.Triple(graph, named["definition"], ox.Literal(policy.summary, language="en")),
    ]
    for (line,) in lines:
        assert isinstance(line, ox.NamedNode)
        triples.append(ox.Triple(line, named["admitted"], graph))
    return triples


def as_lines(triples: Iterable[ox.Triple]) -> bytes:
    return "".join(f"{triple} .\n" for triple in triples).encode("utf-8")


@pytest.fixture
def target(server: Server, monkeypatch: pytest.MonkeyPatch) -> Target:
    if server.user:
        monkeypatch.setenv(USER_VARIABLE, server.user)
        monkeypatch.setenv(PASSWORD_VARIABLE, server.password or "")
    return Target(server.query)


def test_a_pushed_graph_answers_as_the_embedded_one(target: Target, real_graph: moagraph.Graph) -> None:
    sent = push(real_graph, target)
    assert set(sent) == {ASSERTED, *(policy_graph(policy) for policy in POLICIES)}
    assert set(push(real_graph, target).values()) == {0}
    there = moagraph.open(endpoint=target.store.url)
    assert there.policies == real_graph.policies
    for name in ("shared-mechanisms", "contested-claims"):
        values = {"compound": "Кортексин"} if name == "shared-mechanisms" else {}
        assert there.ask(name, **values) == real_graph.ask(name, **values)
    both = ["cortexin", "cerebrolysin"]
    assert there.compare(both, "safety").to_markdown() == real_graph.compare(both, "safety").to_markdown()
    assert there.show("gaba-a").to_text() == real_graph.show("gaba-a").to_text()
    assert nx.utils.graphs_equal(there.overlap(), real_graph.overlap())
    assert there.matrix() == real_graph.matrix()
    for query in (
        "SELECT ?c ?label WHERE { ?c a moa:Compound ; skos:prefLabel ?label } ORDER BY ?c ?label",
        "ASK { compound:cortexin moa:hasMechanism ?m }",
        "ASK { compound:cortexin a moa:Claim }",
        "CONSTRUCT { ?c moa:hasMechanism ?m } WHERE { ?c moa:hasMechanism ?m }",
    ):
        assert there.sparql(query) == real_graph.sparql(query)
    with pytest.raises(QuerySyntax):
        there.sparql("SELECT ?c WHERE { ?c a moa:Compound ")


def test_a_graph_built_on_the_engine_is_the_one_built_here(target: Target, real_graph: moagraph.Graph) -> None:
    report, counts = build_at(Places.at(ROOT), target)
    assert report.findings == ()
    assert report.looked_at == real_graph.manifest["looked_at"]
    assert report.digest == real_graph.manifest["digest"]
    for graph, number in counts.items():
        assert number == target.store.count(graph)
    for policy in POLICIES:
        here, there = (
            sorted(map(str, store.quads(policy_graph(policy)))) for store in (real_graph.store, target.store)
        )
        assert here == there


def test_everything_is_asked(ontology: Ontology) -> None:
    """Nothing is left out that has an answer to compare."""
    assert {case.query for case in test_queries.ALL} == set(ontology.queries) == set(test_data_answers.ASKED)
    assert len(ON_COMPOUND) > 10
    assert len(test_check.RULES) == len(list((ROOT / "ontology" / "rules").glob("*.rq")))
    assert len(ontology.derivations) == len(list((ROOT / "ontology" / "derive").glob("*.rq")))
    assert set(POLICIES) == set(ontology.policies)
