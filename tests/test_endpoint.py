"""An endpoint is asked by the protocol, its mistakes are told apart, and credentials are shown to nobody."""

from __future__ import annotations

import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

import moagraph
from fake_endpoint import SECRET, TABLE, THING, Answer, Fake
from moagraph.endpoint import PASSWORD_VARIABLE, USER_VARIABLE, Arrived, EndpointStore
from moagraph.errors import EndpointFailed, EndpointTruncated, MoagraphError, QuerySyntax
from moagraph.names import ASSERTED, BASE, policy_graph
from moagraph.remote.push import push
from moagraph.remote.writing import Target
from moagraph.store import EmbeddedStore, Solutions, Triples
from moagraph.table import Column


def test_the_policy_is_put_under_a_query_by_the_protocol_alone(fake: Fake) -> None:
    query = "SELECT ?s (1 AS ?n) WHERE { ?s a moa:Compound }"
    fake.store.update(
        f"INSERT DATA {{ GRAPH <{ASSERTED}> {{ <{THING}> a <https://w3id.org/moagraph/vocab#Compound> }} }}"
    )
    table = EndpointStore(fake.url).select(query, "stated", [Column("s"), Column("n", "xsd:integer")])
    assert table.cells == ((THING, 1),)
    form = fake.seen[0][3]
    assert form["default-graph-uri"] == [ASSERTED, policy_graph("stated")]
    assert form["query"][0].endswith(f"\n{query}")
    assert "PREFIX moa: <https://w3id.org/moagraph/vocab#>" in form["query"][0]


def test_every_form_is_answered(fake: Fake) -> None:
    store = EndpointStore(fake.url)
    fake.store.update(f'INSERT DATA {{ GRAPH <{ASSERTED}> {{ <{THING}> <{THING}> "0.50"@en }} }}')
    assert store.answer("ASK { ?s ?p ?o }", "stated") is True
    assert store.answer("ASK { ?s ?p 1 }", "stated") is False
    triples = store.answer("CONSTRUCT WHERE { ?s ?p ?o }", "stated")
    assert isinstance(triples, Triples)
    assert [str(t.object) for t in triples] == ['"0.50"@en']
    assert isinstance(store.answer("SELECT * WHERE { ?s ?p ?o }", "stated"), Solutions)


def test_the_word_of_truth_of_virtuoso_is_understood(fake: Fake) -> None:
    """It answers ASK by a table of one cell, which is 1 or 0, or has no row."""
    store = EndpointStore(fake.url)
    for content, truth in ((TABLE.replace(f"<uri>{THING}</uri>", "<literal>1</literal>"), True), (TABLE, True)):
        fake.script = [(200, {}, content.encode())]
        assert store.answer("ASK { ?s ?p ?o }", "stated") is truth
    fake.script = [(200, {}, TABLE.replace(f"<uri>{THING}</uri>", "<literal>0</literal>").encode())]
    assert store.answer("ASK { ?s ?p ?o }", "stated") is False


def test_a_whole_number_in_a_column_of_truth_values_is_one(fake: Fake) -> None:
    fake.script = [(200, {}, TABLE.encode()), None, None]
    table = EndpointStore(fake.url).select("SELECT ?s ?n WHERE {}", "x", [Column("s"), Column("n", "xsd:boolean")])
    assert table.cells[0][1] is True


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((400, {}, b"error at 2:3: expected one of x"), QuerySyntax, "(at 1:3)"),
        ((400, {}, b"Virtuoso 37000 Error SP030: syntax error"), QuerySyntax, "SP030"),
        ((403, {}, b"no"), EndpointFailed, USER_VARIABLE),
        ((404, {}, b"nothing"), EndpointFailed, "404"),
        ((500, {}, b"<html><b>java.lang.Oops</b></html>"), EndpointFailed, "java.lang.Oops"),
        ((200, {"Content-Type": "text/html"}, b"<html></html>"), EndpointFailed, "web page"),
        ((200, {}, b"<sparql xmlns='http://www.w3.org/2005/spar"), EndpointFailed, "no SPARQL result"),
        ((200, {}, b'{"head":{}}'), EndpointFailed, "no SPARQL result"),
        ((200, {"X-SPARQL-MaxRows": "10000"}, TABLE.encode()), EndpointTruncated, "first 10,000 rows"),
    ],
)
def test_what_goes_wrong_there_is_told(fake: Fake, answer: Answer, error: type[MoagraphError], says: str) -> None:
    fake.script = [answer]
    with pytest.raises(error) as caught:
        EndpointStore(fake.url).answer("SELECT ?s WHERE { ?s a moa:Compound }", "stated")
    assert says in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("url", ["ftp://x/y", "nonsense", "http://", "", "http://[::1"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(EndpointFailed):
        EndpointStore(url).answer("ASK {}", "stated")


def test_nobody_there_is_told() -> None:
    with pytest.raises(EndpointFailed, match=r"127\.0\.0\.1:9"):
        EndpointStore("http://127.0.0.1:9/sparql").answer("ASK {}", "stated")


def test_a_slow_endpoint_is_given_up(fake: Fake) -> None:
    waiting = threading.Event()
    fake.after = lambda: (waiting.wait(20) and None) or None
    with pytest.raises(EndpointFailed, match="in time"):
        EndpointStore(fake.url, seconds=0.2).answer("ASK {}", "stated")
    waiting.set()


@pytest.mark.parametrize("digest", [False, True], ids=["basic", "digest"])
@pytest.mark.parametrize("source", ["environment", "netrc", "url"])
def test_credentials_are_sent_when_asked_for_and_never_shown(
    fake: Fake, digest: bool, source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake.user, fake.digest = "ada", digest
    url = fake.url
    if source == "environment":
        monkeypatch.setenv(USER_VARIABLE, "ada")
        monkeypatch.setenv(PASSWORD_VARIABLE, SECRET)
    elif source == "url":
        url = url.replace("http://", f"http://ada:{SECRET}@")
    else:
        path = tmp_path / "netrc"
        path.write_text(f"machine 127.0.0.1 login ada password {SECRET}\n", "utf-8")
        path.chmod(0o600)
        monkeypatch.setenv("NETRC", str(path))
    store = EndpointStore(url)
    assert store.answer("ASK { ?s ?p ?o }", "stated") is False
    assert "authorization" not in fake.seen[0][2]
    assert store.answer("ASK { ?s ?p ?o }", "stated") is False
    assert len(fake.seen) == 3, "asked once who it is, and remembers"
    fake.script = [(500, {}, b"broken")]
    with pytest.raises(EndpointFailed) as caught:
        store.answer("ASK { ?s ?p ?o }", "stated")
    assert SECRET not in str(caught.value)
    assert "ada" not in str(caught.value)


def test_without_credentials_access_is_refused(fake: Fake) -> None:
    fake.user = "ada"
    with pytest.raises(EndpointFailed, match="refuses access"):
        EndpointStore(fake.url).answer("ASK {}", "stated")


@pytest.fixture(scope="module")
def small() -> moagraph.Graph:
    """A graph of 25 asserted triples and of what a policy derived."""
    store = ox.Store()
    policy = ox.NamedNode(policy_graph("stated"))
    for graph, size in ((ox.NamedNode(ASSERTED), 25), (policy, 5)):
        for i in range(size):
            store.add(ox.Quad(ox.NamedNode(f"{THING}-{i}"), ox.NamedNode(THING), ox.Literal(str(i)), graph))
    for name, value in (
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(f"{BASE}vocab#Policy")),
        ("http://www.w3.org/2004/02/skos/core#definition", ox.Literal("All of it.", language="en")),
    ):
        store.add(ox.Quad(policy, ox.NamedNode(name), value, policy))
    return moagraph.Graph(EmbeddedStore(store), {}, {"stated": "All of it."}, "stated")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moagraph.remote.writing.CHUNK", 10)


def content(store: ox.Store) -> set[str]:
    return {str(quad) for quad in store if quad.graph_name != ox.NamedNode(f"{BASE}graph/push")}


def target(fake: Fake, way: str) -> Target:
    update = fake.url.replace("/query", "/update")
    return Target(fake.url) if way == "graph store" else Target(fake.url, update=update)


WAYS = pytest.mark.parametrize("way", ["graph store", "update"])


@WAYS
def test_a_push_brings_all_and_a_second_one_nothing(fake: Fake, small: moagraph.Graph, way: str) -> None:
    assert isinstance(small.store, EmbeddedStore)
    told: list[str] = []
    assert push(small, target(fake, way), told.append) == {ASSERTED: 25, policy_graph("stated"): 7}
    assert content(fake.store) == content(small.store.store)
    assert told[:3] == [f"graph/asserted: {n} of 25 triples" for n in (10, 20, 25)]
    assert push(small, target(fake, way)) == {ASSERTED: 0, policy_graph("stated"): 0}
    opened = moagraph.open(endpoint=fake.url)
    assert opened.policies == {"stated": "All of it."}
    assert opened.manifest["digest"].startswith("sha256:")
    assert len(opened.sparql("SELECT ?s WHERE { ?s ?p ?o }")) == 32  # type: ignore[arg-type]


@WAYS
@pytest.mark.parametrize("stop", range(2, 17))
def test_a_push_that_was_cut_off_goes_on(fake: Fake, small: moagraph.Graph, way: str, stop: int) -> None:
    """The connection breaks after every possible request; nothing is lost, and nobody takes a half for the whole."""
    assert isinstance(small.store, EmbeddedStore)
    fake.break_after(stop)
    with pytest.raises(EndpointFailed):
        push(small, target(fake, way))
    fake.after = lambda: None
    if any(True for _ in fake.store.quads_for_pattern(None, None, None, ox.NamedNode(policy_graph("stated")))):
        with pytest.raises(EndpointFailed, match="finish the push"):
            moagraph.open(endpoint=fake.url)
    push(small, target(fake, way))
    assert content(fake.store) == content(small.store.store)
    assert moagraph.open(endpoint=fake.url).policies


@WAYS
def test_other_data_replace_what_was_there(fake: Fake, small: moagraph.Graph, way: str) -> None:
    assert isinstance(small.store, EmbeddedStore)
    old = f"INSERT DATA {{ GRAPH <{ASSERTED}> {{ <x:old> <x:old> <x:old> }} GRAPH <{policy_graph('gone')}> {{"
    fake.store.update(f"{old} <x:old> <x:old> <x:old> }} GRAPH <x:theirs> {{ <x:a> <x:b> <x:c> }} }}")
    to = target(fake, way)
    to.note({ASSERTED: Arrived("sha256:other", 1, 1), policy_graph("gone"): Arrived("sha256:other", 1, 1)})
    push(small, to)
    theirs = {str(q) for q in fake.store.quads_for_pattern(None, None, None, ox.NamedNode("x:theirs"))}
    assert content(fake.store) - theirs == content(small.store.store)
    assert len(theirs) == 1, "graphs of others stay"


def test_a_policy_that_is_no_more_is_withdrawn(fake: Fake, small: moagraph.Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    gone = policy_graph("gone")
    push(small, Target(fake.url))
    to = Target(fake.url)
    fake.store.update(f"INSERT DATA {{ GRAPH <{gone}> {{ <x:a> <x:b> <x:c> }} }}")
    to.note(to.store.arrived() | {gone: Arrived("sha256:other", 1, 1)})
    assert set(push(small, Target(fake.url)).values()) == {0}
    assert gone not in to.store.arrived()
    assert content(fake.store) == content(small.store.store)


def test_an_endpoint_that_keeps_only_a_part_is_told(fake: Fake, small: moagraph.Graph) -> None:
    fake.script = [None] * 8 + [(204, {}, b"")]
    with pytest.raises(EndpointFailed, match="push again"):
        push(small, Target(fake.url))
    with pytest.raises(EndpointFailed):
        moagraph.open(endpoint=fake.url)


def test_without_a_graph_store_updates_are_sent(fake: Fake, small: moagraph.Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    fake.no_graph_store = True
    push(small, Target(fake.url))
    assert content(fake.store) == content(small.store.store)
    assert any("update" in form for *_, form in fake.seen)


def test_what_cannot_be_written_to_says_what_to_name(fake: Fake, small: moagraph.Graph) -> None:
    fake.no_graph_store = True
    for addresses in ({"update": f"{fake.url}/nowhere"}, {"graph_store": f"{fake.url}/nowhere"}):
        with pytest.raises(EndpointFailed, match="--update"):
            push(small, Target(fake.url, **addresses))


def test_an_endpoint_that_holds_nothing_of_ours_is_told(fake: Fake) -> None:
    with pytest.raises(EndpointFailed, match="moagraph push"):
        moagraph.open(endpoint=fake.url)
