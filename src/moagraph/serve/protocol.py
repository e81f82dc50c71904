"""The SPARQL 1.1 Protocol: requests are read, asked in a process that can be killed, and answered as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pyoxigraph as ox

from moagraph.errors import EndpointFailed, MoagraphError, QueryLimit
from moagraph.names import ASSERTED, policy_graph
from moagraph.screen import refuse_unsafe
from moagraph.serve.negotiation import chosen, named
from moagraph.store import Triples
from moagraph.table import truth

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from moagraph.sandbox import Written
    from moagraph.serve.workbench import Workbench

RESULTS = {
    "srj": "application/sparql-results+json",
    "srx": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
"""Media types of the results of SELECT and ASK by the names of their formats, the usual one first."""

GRAPHS = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}
"""Media types of graphs by the names of their formats, the usual one first."""

_LOOSE = {
    "application/json": "srj",
    "text/json": "srj",
    "application/xml": "srx",
    "text/xml": "srx",
    "text/plain": "tsv",
}
_LOOSE_GRAPHS = {
    "application/json": "jsonld",
    "text/plain": "ntriples",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
}
"""What else is accepted for one of ours, and answered as the client named it."""

_ENGINES = {
    "srj": ox.QueryResultsFormat.JSON,
    "srx": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"

BUSY_SECONDS = 2
"""After how many seconds a client that found everyone busy may ask again."""


class Refused(Exception):
    """A request that is answered with a status and words instead of results."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Asked:
    """What a request asks.

    Attributes:
        query: the text; None where none was sent.
        graphs: the named graphs that make the default graph.
    """

    def __init__(self, query: str | None, graphs: Sequence[str]) -> None:
        self.query = query
        self.graphs = tuple(graphs)


async def asked(request: Request, bench: Workbench) -> Asked:
    """Reads what a request asks.

    Raises:
        Refused: it breaks the protocol, would write, or names a graph or policy that there is none of.
    """
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    query: str | None = None
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            body = (await request.body()).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(400, "the request is not UTF-8") from None
        if kind == _FORM:
            pairs += parse_qsl(body, keep_blank_values=True)
        elif kind == _QUERY:
            query = body
        elif kind == "application/sparql-update":
            raise Refused(403, "this endpoint is read-only: updates are refused")
        else:
            raise Refused(415, f"send {_FORM} or {_QUERY}", accept_post=f"{_FORM}, {_QUERY}")
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    if "update" in given:
        raise Refused(403, "this endpoint is read-only: updates are refused")
    texts = [*([query] if query is not None else []), *given.get("query", [])]
    if len(texts) > 1:
        raise Refused(400, "send one query, not several")
    return Asked(texts[0] if texts else None, _graphs(given, bench))


def _graphs(given: dict[str, list[str]], bench: Workbench) -> list[str]:
    if given.get("named-graph-uri"):
        raise Refused(400, "named-graph-uri is not taken: GRAPH reaches all named graphs, default-graph-uri chooses")
    default = list(dict.fromkeys(given.get("default-graph-uri", [])))
    policies = list(dict.fromkeys(given.get("policy", [])))
    if default and policies:
        raise Refused(400, "give policy or default-graph-uri, not both")
    if not default:
        if len(policies) > 1:
            raise Refused(400, "give one policy; join several by + to count what all of them admit")
        policy = policies[0] if policies else bench.policy
        if policy not in bench.graph.policies:
            raise Refused(400, f"there is no policy {policy!r}; there are {', '.join(bench.graph.policies)}")
        return [ASSERTED, policy_graph(policy), *bench.foreign]
    there = {ASSERTED, *map(policy_graph, bench.graph.policies), *bench.foreign}
    for graph in default:
        if graph not in there:
            raise Refused(400, f"there is no graph <{graph}>; there are {' '.join(f'<{g}>' for g in sorted(there))}")
    return default


def answered(answer: Written, accept: str | None) -> tuple[str, bytes]:
    """Gives an answer as a client would have it: its media type, and its content.

    Raises:
        Refused: the client accepts nothing that there is for such an answer.
    """
    formats, loose = (GRAPHS, _LOOSE_GRAPHS) if answer.form == "triples" else (RESULTS, _LOOSE)
    if answer.form == "boolean":
        formats = {name: formats[name] for name in ("srj", "srx")}
        loose = {media_type: name for media_type, name in loose.items() if name in formats}
    media_type = chosen(accept, [*formats.values(), *loose])
    if media_type is None:
        raise Refused(406, f"this answer can be had as {', '.join(formats.values())}")
    format = loose[media_type] if media_type in loose else named(formats, media_type)
    if answer.form == "triples":
        triples = answer.read()
        assert isinstance(triples, Triples)
        return media_type, triples.to(format).encode()
    if answer.form == "boolean":
        return media_type, truth(answer.content == b"true", format).encode()
    written = answer.solutions().serialize(format=_ENGINES[format])
    assert written is not None
    return media_type, written


def _told(status: int, words: str, **headers: str) -> Response:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(words, status, {"vary": "accept", **headers})


async def endpoint(request: Request) -> Response:
    """Answers a request of the SPARQL protocol."""
    from starlette.responses import Response

    bench: Workbench = request.app.state.bench
    key = (str(request.url), request.headers.get("accept", ""))
    try:
        wanted = await asked(request, bench)
        accept = request.headers.get("accept")
        if wanted.query is None:
            if request.method == "POST":
                raise Refused(400, "there is no query")
            kept = bench.kept.get(key)
            if kept is not None:
                return kept
            media_type, content = await bench.aside(bench.description, accept, str(request.url.replace(query="")))
        else:
            refuse_unsafe(wanted.query)
            media_type, content = await bench.aside(_run, bench, wanted, accept)
    except Refused as fault:
        return _told(fault.status, f"{fault.words}\n", **fault.headers)
    except MoagraphError as fault:
        return _told(500 if isinstance(fault, QueryLimit | EndpointFailed) else 400, f"{fault}\n")
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    response = Response(content, 200, {"vary": "accept", "content-type": f"{media_type}{charset}"})
    if wanted.query is None:
        bench.kept.put(key, response)
    return response


def _run(bench: Workbench, wanted: Asked, accept: str | None) -> tuple[str, bytes]:
    assert wanted.query is not None
    return answered(bench.sandbox.written(wanted.query, wanted.graphs), accept)
