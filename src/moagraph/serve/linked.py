"""Linked data: every IRI of the graph under the same path, as a page or as a graph; and what else machines read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.responses import JSONResponse, PlainTextResponse, Response

from moagraph.errors import MoagraphError, UnknownQuery, UnknownThing
from moagraph.names import BASE, KINDS, VOCAB
from moagraph.serve.negotiation import chosen, named
from moagraph.serve.pages import Page, asking, given_of, schema_of, told
from moagraph.serve.protocol import GRAPHS, RESULTS
from moagraph.show import account_of
from moagraph.store import Triples, iri_term

if TYPE_CHECKING:
    from starlette.requests import Request

HTML = "text/html"
NAMES = {"turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF/XML"}
"""The names of the formats of graphs as people write them."""


def described(bench: Any, iri: str, policy: str) -> Triples:
    """Gives what is said of a thing, and in which statements it is the object, asserted and under a policy."""
    node = str(ox.NamedNode(iri))
    answer = bench.graph.store.answer(
        f"CONSTRUCT {{ {node} ?p ?o . ?s ?q {node} }} WHERE {{ {{ {node} ?p ?o }} UNION {{ ?s ?q {node} }} }}", policy
    )
    assert isinstance(answer, Triples)
    return answer


def thing(request: Request) -> Response:
    """Gives a thing as a client would have it: a page, or a graph."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    page = Page(request, "thing.html")
    bench = page.bench
    iri = f"{BASE}{kind}/{name}"
    try:
        triples = described(bench, iri, page.policy) if kind in KINDS else Triples()
    except ValueError:
        triples = Triples()
    if not triples:
        return told(request, 404, "Nothing here", f"The graph says nothing of {kind}/{name}.")
    asked = request.query_params.get("format")
    if asked is not None and asked not in GRAPHS:
        return told(request, 406, "No such format", f"There are {', '.join(GRAPHS)}.")
    media_type = GRAPHS[asked] if asked else chosen(request.headers.get("accept"), [HTML, *GRAPHS.values()])
    if media_type is None:
        words = f"this can be had as {', '.join([HTML, *GRAPHS.values()])}\n"
        return PlainTextResponse(words, 406, {"vary": "accept"})
    if media_type != HTML:
        return graph(triples, media_type)
    library = bench.library(page.policy)
    try:
        account = account_of(library, iri)
    except UnknownThing:
        return page_of_node(request, iri)
    facts = dict(account.facts)
    actions = []
    if kind == "compound":
        label = account.thing.label
        actions = [
            (f"/queries/shared-mechanisms?compound={name}", f"Which compounds share a mechanism with {label}?"),
            (f"/queries/mechanisms-of-compound?compound={name}", "Mechanisms"),
            (f"/queries/indications-of-compound?compound={name}", "Indications"),
        ]
    return page.made(
        thing=account.thing,
        address=request.url.path,
        graphs={media: name for name, media in GRAPHS.items()},
        names=NAMES,
        facts=account.facts,
        topics=account.topics(),
        absences=account.absences,
        actions=actions,
        schema=page.safe(schema_of(account.thing, facts, kind)),
    )


def page_of_node(request: Request, iri: str) -> Response:
    """Gives the page of a node that is no thing of its own: a passage, line, finding, derivation, scheme …"""
    page = Page(request, "node.html")
    store, node = page.bench.graph.store, iri_term(iri)
    outward = f"SELECT DISTINCT ?property ?value WHERE {{ {node} ?property ?value }} ORDER BY ?property ?value"
    rows = store.select(outward, page.policy).cells
    inward = store.select(
        f"SELECT DISTINCT ?node ?property WHERE {{ ?node ?property {node} }} ORDER BY ?property ?node LIMIT 200",
        page.policy,
    ).cells
    from moagraph.table import Iri

    return page.made(
        thing=Iri(iri, store.label(iri)),
        address=request.url.path,
        graphs={media: name for name, media in GRAPHS.items()},
        names=NAMES,
        rows=rows,
        inward=inward,
    )


def graph(triples: Triples, media_type: str) -> Response:
    """Gives a graph in a media type."""
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    content = triples.to(named(GRAPHS, media_type)).encode()
    return Response(content, 200, {"vary": "accept", "content-type": f"{media_type}{charset}"})


def vocabulary(request: Request) -> Response:
    """Gives the vocabulary, as it is published."""
    from moagraph.vocabulary import published

    bench = request.app.state.bench
    media_type = chosen(request.headers.get("accept"), list(GRAPHS.values())) or GRAPHS["turtle"]
    terms = (
        t for t in bench.graph.asserted() if t.subject.value.startswith((VOCAB, f"{BASE}vocab", f"{BASE}scheme/"))
    )
    return graph(Triples.of(published(terms)), media_type)


def void(request: Request) -> Response:
    """Gives what the data set holds."""
    from moagraph.export.void import description, graphs_of

    bench = request.app.state.bench
    media_type = chosen(request.headers.get("accept"), list(GRAPHS.values()))
    if media_type is None:
        return PlainTextResponse(f"this can be had as {', '.join(GRAPHS.values())}\n", 406, {"vary": "accept"})
    return graph(Triples.of(description(bench.graph, graphs_of(bench.graph))), media_type)


def openapi(request: Request) -> Response:
    """Gives the OpenAPI description of the named queries."""
    from moagraph.export.openapi import description

    bench = request.app.state.bench
    address = str(request.base_url).rstrip("/")
    return Response(description(bench.graph, bench.policy, address), media_type="application/json")


def api(request: Request) -> Response:
    """Answers a named query, as its OpenAPI description says: JSON, or another format of tables by `format`."""
    from moagraph.table import FORMATS

    bench = request.app.state.bench
    policy = request.query_params.get("policy") or bench.policy
    if policy not in bench.graph.policies:
        return mistaken(
            400, "unknown-policy", f"there is no policy {policy!r}", f"one of {', '.join(bench.graph.policies)}"
        )
    library = bench.library(policy)
    try:
        query = library.find(request.path_params["name"])
        given = given_of(request, [(p.name, False) for p in query.params])
        for name in request.query_params:
            if name not in ("policy", "format") and name not in given:
                given[name] = request.query_params.getlist(name)
        table = library.ask(query.name, asking(given))
    except MoagraphError as fault:
        return mistaken(404 if isinstance(fault, UnknownQuery) else 400, fault.code, fault.problem, fault.fix)
    format = request.query_params.get("format", "json")
    if format not in FORMATS:
        return mistaken(400, "unknown-format", f"there is no format {format!r}", f"one of {', '.join(FORMATS)}")
    kinds = {**RESULTS, "json": "application/json", "html": HTML, "markdown": "text/markdown"}
    media_type = kinds.get(format, "text/plain")
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Response(table.to(format).encode(), 200, {"content-type": f"{media_type}{charset}"})


def mistaken(status: int, code: str, problem: str, fix: str) -> Response:
    """Gives a mistake as the OpenAPI description says it."""
    return JSONResponse({"code": code, "problem": problem, "fix": fix}, status)
