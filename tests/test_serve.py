"""The server: the SPARQL protocol as clients speak it, pages for people, and what strangers may not do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

import moagraph
from moagraph.serve import Limits, Workbench, application
from moagraph.serve.finder import plain
from moagraph.serve.guard import Guard
from moagraph.serve.negotiation import chosen
from moagraph.serve.protocol import GRAPHS, RESULTS

COMPOUNDS = "SELECT ?c WHERE { ?c a moa:Compound } ORDER BY ?c LIMIT 3"
MADE = "CONSTRUCT { ?c a moa:Compound } WHERE { ?c a moa:Compound }"


@pytest.fixture(scope="module")
def client(real_graph: moagraph.Graph) -> Iterator[TestClient]:
    bench = Workbench(real_graph, Limits(seconds=5, rows=1000))
    with TestClient(application(bench), base_url="http://127.0.0.1:8765") as made:
        yield made


@pytest.mark.parametrize("media_type", RESULTS.values())
def test_results_come_in_each_format_that_there_is(client: TestClient, media_type: str) -> None:
    answer = client.get("/sparql", params={"query": COMPOUNDS}, headers={"accept": media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    format = ox.QueryResultsFormat.from_media_type(media_type)
    if media_type != "text/csv":  # from which no terms can be read
        rows = ox.parse_query_results(answer.content, format=format)
        assert isinstance(rows, ox.QuerySolutions)
        assert len(list(rows)) == 3


@pytest.mark.parametrize("media_type", GRAPHS.values())
def test_graphs_come_in_each_format_that_there_is(client: TestClient, media_type: str) -> None:
    answer = client.get("/sparql", params={"query": MADE}, headers={"accept": media_type})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    format = ox.RdfFormat.from_media_type(media_type)
    assert len(list(ox.parse(answer.content, format=format))) > 20


def test_both_forms_of_post_and_get_answer_alike(client: TestClient) -> None:
    ways = [
        client.get("/sparql", params={"query": COMPOUNDS}),
        client.post("/sparql", data={"query": COMPOUNDS}),
        client.post("/sparql", content=COMPOUNDS, headers={"content-type": "application/sparql-query"}),
    ]
    assert {way.status_code for way in ways} == {200}
    assert len({way.content for way in ways}) == 1
    head = client.head("/sparql", params={"query": COMPOUNDS})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == ways[0].headers["content-length"]


def test_ask_answers_true_or_false(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "ASK { compound:cortexin a moa:Compound }"})
    assert answer.json() == {"head": {}, "boolean": True}


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, {"params": {"query": "SELECT ?c WHERE { ?c a moa:Compound "}}),
        (400, {"params": {"query": "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}),
        (400, {"params": {"query": "SELECT * FROM <http://127.0.0.1:1/> WHERE { ?s ?p ?o }"}}),
        (400, {"params": [("query", "ASK {}"), ("query", "ASK {}")]}),
        (400, {"params": {"query": "ASK {}", "policy": "nobody"}}),
        (400, {"params": {"query": "ASK {}", "default-graph-uri": "http://example.org/g"}}),
        (403, {"params": {"update": "CLEAR ALL"}}),
        (406, {"params": {"query": "ASK {}"}, "headers": {"accept": "image/png"}}),
        (406, {"params": {"query": MADE}, "headers": {"accept": "text/csv"}}),
    ],
)
def test_what_cannot_be_answered_says_why(client: TestClient, status: int, request_: dict[str, object]) -> None:
    answer = client.get("/sparql", **request_)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert len(answer.text) > 10


def test_updates_and_other_bodies_are_refused(client: TestClient) -> None:
    kinds = {"application/sparql-update": 403, "application/json": 415}
    for kind, status in kinds.items():
        assert client.post("/sparql", content="CLEAR ALL", headers={"content-type": kind}).status_code == status
    assert client.put("/sparql", content="x").status_code == 405
    assert client.post("/sparql", data={"x": "y"}).status_code == 400


def test_a_policy_or_graphs_make_another_default_graph(client: TestClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?line moa:admittedBy ?policy }"

    def lines(**more: str | list[str]) -> int:
        answer = client.get("/sparql", params={"query": count, **more})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    base = "https://w3id.org/moagraph/"
    assert lines() < lines(policy="everything")
    assert lines(**{"default-graph-uri": [f"{base}graph/asserted", f"{base}policy/everything"]}) == lines(
        policy="everything"
    )
    assert lines(**{"default-graph-uri": f"{base}graph/asserted"}) == 0


def test_limits_hold(client: TestClient) -> None:
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    many = "SELECT * WHERE { ?s ?p ?o }"
    start = time.monotonic()
    for query, word in ((slow, "5 seconds"), (many, "1,000 rows")):
        answer = client.get("/sparql", params={"query": query})
        assert answer.status_code == 500
        assert word in answer.text
    assert time.monotonic() - start < 60
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_bare_get_describes_the_service(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"accept": "application/n-triples"})
    objects = {getattr(quad.object, "value", "") for quad in ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)}
    assert "http://www.w3.org/ns/sparql-service-description#Service" in objects
    assert "http://127.0.0.1:8765/sparql" in objects
    again = client.get("/sparql", headers={"accept": "application/n-triples"})
    assert again.content == answer.content
    turtle = client.get("/sparql", headers={"accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle"), "what is kept is kept by what was accepted"


def test_when_everyone_is_busy_one_is_told_when_to_come_back(real_graph: moagraph.Graph) -> None:
    bench = Workbench(real_graph, Limits(seconds=5), workers=1, queue=0)
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with TestClient(application(bench), base_url="http://127.0.0.1") as client:
        first = threading.Thread(target=lambda: client.get("/sparql", params={"query": slow}))
        first.start()
        time.sleep(1)
        answer = client.get("/sparql", params={"query": "ASK {}"})
        first.join(60)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", ""])
def test_other_names_are_not_answered(client: TestClient, host: str) -> None:
    for path in ("/", "/sparql?query=ASK%20%7B%7D", "/compound/cortexin"):
        assert client.get(path, headers={"host": host}).status_code == 421


@pytest.mark.parametrize("path", ["/", "/compound/cortexin", "/sparql", "/nothing/here", "/assets/style.css"])
def test_every_answer_tells_browsers_to_run_nothing_but_ours(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_too_large_a_body_is_refused(client: TestClient) -> None:
    answer = client.post("/sparql", data={"query": "#" * 3_000_000})
    assert answer.status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"#" * 100_000

    streamed = client.post("/sparql", content=pieces(), headers={"content-type": "application/sparql-query"})
    assert streamed.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../pyproject.toml",
        "/assets/%2e%2e/%2e%2e/pyproject.toml",
        "/assets//etc/passwd",
        "/compound/..%2f..%2fetc%2fpasswd",
        "/compound/%00",
        "/compound/<script>",
    ],
)
def test_no_path_leads_out(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "<script>" not in answer.text.replace('<script type="application/ld+json">', "")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?q=cortexin",
        "/compare",
        "/compare?compounds=cortexin,cerebrolysin&table=mechanisms",
        "/overlap",
        "/why?one=cortexin&other=cerebrolysin",
        "/queries",
        "/compound/cortexin",
        "/mechanism/neuroprotection",
        "/receptor/ampa",
        "/condition/stroke",
        "/reference/kurkin-2021",
        "/study/captain-1",
        "/source/selfhacked-cerebrolysin",
        "/claim/cortexin_binds_ampa",
        "/evidence/cortexin_binds_ampa_1",
        "/policy/stated",
    ],
)
def test_pages_are_there(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "not medical advice" in answer.text or "Nothing here is medical advice" in answer.text


def test_every_query_has_its_form_and_its_answer(client: TestClient, real_graph: moagraph.Graph) -> None:
    for query in real_graph.library.queries.values():
        given = {p.name: list(p.examples) for p in query.params if p.required}
        page = client.get(f"/queries/{query.name}", params={**given, "ask": "1"})
        assert page.status_code == 200, query.name
        table = client.get(f"/api/{query.name}", params=given)
        assert table.status_code == 200, query.name
        assert len(table.json()["rows"]) == len(real_graph.ask(query.name, **given)), query.name


@pytest.mark.parametrize("media_type", GRAPHS.values())
def test_a_thing_is_a_page_or_a_graph(client: TestClient, media_type: str) -> None:
    answer = client.get("/compound/cortexin", headers={"accept": media_type})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    subjects = {
        quad.subject.value
        for quad in ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type))
        if isinstance(quad.subject, ox.NamedNode)
    }
    assert "https://w3id.org/moagraph/compound/cortexin" in subjects
    assert client.get("/compound/cortexin", headers={"accept": "text/html,*/*;q=0.1"}).text.startswith(
        "<!doctype html>"
    )
    assert client.get("/compound/cortexin", headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cortexin", "Cortexin"),
        ("Кортексин", "Cortexin"),
        ("kortexin", "Cortexin"),
        ("cerebrolisyn", "Cerebrolysin"),
        ("alzheimers", "Alzheimer's disease"),
        ("C056590", "Cortexin"),
    ],
)
def test_search_finds_misspelt_and_russian_names(client: TestClient, typed: str, found: str) -> None:
    text = client.get("/search", params={"q": typed}).text
    assert f">{found.replace(chr(39), '&#39;')}</a>" in text


def test_search_says_when_there_is_nothing(client: TestClient) -> None:
    assert "Nothing is called" in client.get("/search", params={"q": "qqqqzzzz"}).text


def test_the_explorer_has_what_the_graph_has(client: TestClient, real_graph: moagraph.Graph) -> None:
    told = client.get("/overlap.json").json()
    graph = real_graph.overlap()
    assert {frozenset((e["source"], e["target"])) for e in told["edges"]} == set(map(frozenset, graph.edges()))
    assert {n["id"] for n in told["nodes"]} == set(graph)
    for format, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("graphml", b"<?xml"), ("csv", b"compound,")):
        assert client.get(f"/overlap.{format}").content.startswith(start)


def test_hostile_labels_are_escaped(tmp_path: Path) -> None:
    folder = tmp_path
    label = '</script><script>alert(1)</script>\\"><img src=x onerror=alert(1)>'
    (folder / "hostile.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix moa: <https://w3id.org/moagraph/vocab#> .\n"
        f'<https://w3id.org/moagraph/compound/hostile> a moa:Compound ; skos:prefLabel "{label}"@en .\n',
        "utf-8",
    )
    with (
        moagraph.open(data=folder) as graph,
        TestClient(application(Workbench(graph)), base_url="http://127.0.0.1") as client,
    ):
        for path in ("/", "/compound/hostile", "/search?q=alert", "/queries/mechanisms-of-compound?compound=hostile"):
            text = client.get(path).text
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
        data = (
            client.get("/compound/hostile").text.split('<script type="application/ld+json">')[1].split("</script>")[0]
        )
        assert json.loads(data)["name"].startswith("</script>")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "a/x"),
        ("", "a/x"),
        ("*/*", "a/x"),
        ("b/y", "b/y"),
        ("a/*;q=0.1, b/y;q=0.2", "b/y"),
        ("a/x;q=0, */*", "b/y"),
        ("b/*, a/x", "a/x"),
        ("a/x;q=1.5", None),
        ("c/z", None),
        ("B/Y", "b/y"),
        ('b/y;p="a,c";q=0.9', "b/y"),
    ],
)
def test_the_best_liked_type_is_chosen(accept: str | None, expected: str | None) -> None:
    assert chosen(accept, ["a/x", "b/y"]) == expected


def test_names_are_compared_without_case_script_and_marks() -> None:
    assert plain("Церебролизин") == "tserebrolizin"


def test_a_server_on_a_socket_drops_a_slow_client(
    real_graph: moagraph.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx
    import uvicorn

    from moagraph.serve import running

    monkeypatch.setattr(running, "HEADER_SECONDS", 0.5)
    listener = running.listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    stopped: list[uvicorn.Server] = []
    real = uvicorn.Server

    def server(config: uvicorn.Config) -> uvicorn.Server:
        stopped.append(real(config))
        return stopped[0]

    monkeypatch.setattr(uvicorn, "Server", server)
    thread = threading.Thread(target=running.run, args=(application(Workbench(real_graph)), listener))
    thread.start()
    try:
        for _ in range(100):
            if stopped and stopped[0].started:
                break
            time.sleep(0.1)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
            slow.sendall(b"GET / HT")
            assert slow.recv(100) == b""
        answer = httpx.get(f"http://127.0.0.1:{port}/sparql", params={"query": "ASK {}"})
        assert answer.json()["boolean"] is True
    finally:
        stopped[0].should_exit = True
        thread.join(30)
    assert not thread.is_alive()


def test_a_guard_lets_any_name_pass_only_where_told() -> None:
    assert Guard(None, ["*"])._known("anything.example")  # type: ignore[arg-type]
    assert not Guard(None)._known("anything.example")  # type: ignore[arg-type]
    assert Guard(None)._known("[::1]:8765")  # type: ignore[arg-type]
