"""A Store behind a SPARQL 1.1 endpoint: the same questions, asked over HTTP of any engine.

Policies are put under a query by the protocol's `default-graph-uri`, so that its text is the same as for the
embedded store. Queries go as form POST and tables come as XML results, which is what engines agree on best.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

import certifi
import httpx
import pyoxigraph as ox

from moagraph.errors import EndpointFailed, EndpointTruncated, QuerySyntax
from moagraph.names import ASSERTED, BASE, PREFIXES, policy_graph
from moagraph.query import form_of
from moagraph.store import RDFS_LABEL, SKOS_LABEL, Solutions, Store, Triples, syntax_error
from moagraph.tokens import undeclared_prefixes

USER_VARIABLE = "MOAGRAPH_ENDPOINT_USER"
PASSWORD_VARIABLE = "MOAGRAPH_ENDPOINT_PASSWORD"

TABLE_TYPE = "application/sparql-results+xml"
GRAPH_TYPE = "application/n-triples"
SECONDS = 300.0
"""How long an endpoint may take for one answer."""

_LABELS_AT_ONCE = 200

STATE = f"{BASE}graph/push"
"""The named graph that says what `moagraph push` has brought of each named graph."""

IDENTIFIER = f"{PREFIXES['dcterms']}identifier"
EXTENT = f"{PREFIXES['dcterms']}extent"


class Arrived(NamedTuple):
    """What has arrived of a named graph: the digest of the data, and how many of its triples, if that is known."""

    digest: str
    done: int
    total: int | None

    @property
    def whole(self) -> bool:
        """Whether all has arrived."""
        return self.done == self.total


class Challenged(httpx.Auth):
    """Sends credentials only where a server asks for them, in the way that it asks for (basic or digest)."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx.BasicAuth(user, password)
        self._digest = httpx.DigestAuth(user, password)
        self._way: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sends the request, and again with credentials where it was answered by 401."""
        if self._way is not None:
            yield from self._way.auth_flow(request)
            return
        response = yield request
        if response.status_code != 401:
            return
        asked = response.headers.get("www-authenticate", "").lower()
        self._way = self._digest if asked.startswith("digest") else self._basic
        flow = self._way.auth_flow(request)
        request = next(flow)
        if self._way is self._digest:
            # Its first request is the one that was answered already.
            request = flow.send(response)
        yield request


def client_for(url: str, seconds: float = SECONDS) -> httpx.Client:
    """Gives a client for an endpoint, with credentials from its URL, the environment, or netrc."""
    parts = _address(url)
    user, password = parts.username, parts.password or ""
    if user is None and os.environ.get(USER_VARIABLE):
        user, password = os.environ[USER_VARIABLE], os.environ.get(PASSWORD_VARIABLE, "")
    if user is None:
        user, password = _from_netrc(parts.hostname or "")
    return httpx.Client(
        verify=_certificates(),
        auth=Challenged(user, password) if user is not None else None,
        timeout=_timeout(seconds),
        headers={"User-Agent": f"moagraph/{version('moagraph')}"},
        follow_redirects=True,
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Gives the certificates that endpoints are held against; reading them takes longer than an answer."""
    return ssl.create_default_context(cafile=certifi.where())


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=10.0)


def _from_netrc(host: str) -> tuple[str | None, str]:
    import netrc

    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None, ""
    return (found[0], found[2] or "") if found else (None, "")


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise EndpointFailed(
            f"{url.rpartition('@')[2].partition('?')[0]!r} is no http address",
            "name an endpoint like https://example.org/sparql",
        )
    return parts


def without_credentials(url: str) -> str:
    """Gives a URL as it may be shown.

    >>> without_credentials("https://ada:secret@example.org:8080/sparql?access-token=secret")
    'https://example.org:8080/sparql'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def request(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    data: Mapping[str, str | list[str]] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Gives what an endpoint answers to one request, whatever its status.

    Raises:
        EndpointFailed: it cannot be reached, takes too long, or refuses the credentials.
    """
    shown = without_credentials(url)
    bare = urlsplit(url)
    if bare.scheme not in ("http", "https") or not bare.hostname:
        raise EndpointFailed(
            f"{shown or url!r} is no http address", "name an endpoint like https://example.org/sparql"
        )
    try:
        response = client.request(method, shown, params=params, data=data, content=content, headers=headers)
    except httpx.TimeoutException:
        raise EndpointFailed(f"{shown} did not answer in time", "ask less, or raise --timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EndpointFailed(f"cannot reach {shown}: {error}", "is the endpoint running there?") from None
    if response.status_code in (401, 403):
        raise EndpointFailed(
            f"{shown} refuses access ({response.status_code})",
            f"set {USER_VARIABLE} and {PASSWORD_VARIABLE}, or add the host to ~/.netrc",
        )
    return response


def said(response: httpx.Response) -> str:
    """Gives the first words of an error that an endpoint answered with, in one line."""
    text = " ".join(re.sub(r"<[^>]*>", " ", response.text).split())
    return text[:300] if text else response.reason_phrase


class EndpointStore(Store):
    """A graph that some SPARQL 1.1 endpoint holds, in the named graphs that `moagraph push` writes.

    Args:
        url: address of the query endpoint.
        seconds: how long it may take for one answer.
        foreign: further named graphs that every query sees.
    """

    def __init__(self, url: str, seconds: float = SECONDS, foreign: Sequence[str] = ()) -> None:
        super().__init__()
        self.url = url
        self.foreign = tuple(foreign)
        self._client = client_for(url, seconds)

    def wait(self, seconds: float) -> None:
        """Sets how long the endpoint may take for one answer."""
        self._client.timeout = _timeout(seconds)

    def answer(self, query: str, policy: str) -> Solutions | Triples | bool:
        """Gives the answer to a query of any form, as terms.

        Raises:
            QuerySyntax: the endpoint cannot read the query.
            EndpointFailed: it cannot be reached, or answers with something else.
            EndpointTruncated: it gave only a part of the answer.
        """
        return self.over((ASSERTED, policy_graph(policy), *self.foreign), query)

    def over(self, graphs: Sequence[str], query: str) -> Solutions | Triples | bool:
        """Gives the answer to a query whose default graph is the union of some named graphs; of all, if none."""
        form = form_of(query)
        wanted = GRAPH_TYPE if form in ("CONSTRUCT", "DESCRIBE") else TABLE_TYPE
        head = "".join(f"PREFIX {p}: <{PREFIXES[p]}> " for p in sorted(undeclared_prefixes(query)) if p in PREFIXES)
        data: dict[str, str | list[str]] = {"query": f"{head}\n{query}" if head else query}
        if graphs:
            data["default-graph-uri"] = list(graphs)
        response = request(self._client, "POST", self.url, data=data, headers={"Accept": wanted})
        self._refuse(response, query, bool(head))
        try:
            if wanted == GRAPH_TYPE:
                return Triples.of(_triples(response))
            parsed = ox.parse_query_results(response.content, ox.QueryResultsFormat.XML)
            if isinstance(parsed, ox.QueryBoolean):
                return bool(parsed)
            names = tuple(variable.value for variable in parsed.variables)
            rows = [tuple(solution) for solution in parsed]
        except (SyntaxError, ValueError):
            shown = without_credentials(self.url)
            raise EndpointFailed(f"{shown} answers with what is no SPARQL result: {said(response)}") from None
        if form == "ASK":
            # Virtuoso answers with a table of one cell.
            return bool(rows) and getattr(rows[0][0], "value", "0") not in ("0", "false")
        return Solutions(names, rows)

    def _refuse(self, response: httpx.Response, query: str, shifted: bool) -> None:
        shown = without_credentials(self.url)
        if "x-sparql-maxrows" in response.headers:
            raise EndpointTruncated(shown, int(response.headers["x-sparql-maxrows"]))
        if response.is_success:
            kind = response.headers.get("content-type", "")
            if "html" in kind:
                raise EndpointFailed(f"{shown} answers with a web page", "name the query endpoint, such as …/sparql")
            return
        text = said(response)
        if response.status_code == 400:
            found = re.search(r"error at (\d+):(\d+): (.*)", text)
            if found:
                raise syntax_error(query, f"error at {int(found[1]) - shifted}:{found[2]}: {found[3]}")
            raise QuerySyntax(f"the endpoint refuses the query: {text}", query)
        raise EndpointFailed(f"{shown} failed ({response.status_code}): {text}")

    def count(self, graph: str) -> int:
        """Gives the number of triples in a named graph."""
        answer = self.over([graph], "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        assert isinstance(answer, Solutions)
        term = answer.rows[0][0]
        return int(term.value) if isinstance(term, ox.Literal) else 0

    def _find_labels(self, iris: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(iris), _LABELS_AT_ONCE):
            terms = " ".join(str(ox.NamedNode(iri)) for iri in iris[start : start + _LABELS_AT_ONCE])
            for predicate in (RDFS_LABEL, SKOS_LABEL):
                query = (
                    f"SELECT ?thing ?label WHERE {{ VALUES ?thing {{ {terms} }} ?thing <{predicate}> ?label "
                    'FILTER (LANG(?label) = "en") } ORDER BY ?thing DESC(?label)'
                )
                answer = self.over((ASSERTED, *self.foreign), query)
                assert isinstance(answer, Solutions)
                for thing, label in answer.rows:
                    assert isinstance(thing, ox.NamedNode)
                    assert isinstance(label, ox.Literal)
                    found[thing.value] = label.value
        return found

    def policies(self) -> dict[str, str]:
        """Gives the policies under which something was derived, by name, with their summaries."""
        prefix = policy_graph("")
        answer = self.over(
            (), "SELECT ?graph ?summary WHERE { GRAPH ?graph { ?graph a moa:Policy ; skos:definition ?summary } }"
        )
        assert isinstance(answer, Solutions)
        found = {getattr(graph, "value", ""): getattr(summary, "value", "") for graph, summary in answer.rows}
        return {g.removeprefix(prefix): summary for g, summary in sorted(found.items()) if g.startswith(prefix)}

    def identifier(self, policy: str) -> str:
        """Gives the digest of what a policy of a user's own says, empty for others."""
        graph = policy_graph(policy)
        answer = self.over([graph], f"SELECT ?digest WHERE {{ <{graph}> <{IDENTIFIER}> ?digest }}")
        assert isinstance(answer, Solutions)
        return getattr(answer.rows[0][0], "value", "") if answer.rows else ""

    def arrived(self) -> dict[str, Arrived]:
        """Gives for each named graph what `moagraph push` has brought of it."""
        query = f"SELECT ?graph ?digest ?extent WHERE {{ ?graph <{IDENTIFIER}> ?digest ; <{EXTENT}> ?extent }}"
        answer = self.over([STATE], query)
        assert isinstance(answer, Solutions)
        found = {}
        for graph, digest, extent in answer.rows:
            done, _, total = getattr(extent, "value", "").partition(" of ")
            size = int(total) if total.isdecimal() else None
            found[getattr(graph, "value", "")] = Arrived(getattr(digest, "value", ""), int(done), size)
        return dict(sorted(found.items()))

    def quads(self, graph: str) -> Iterator[ox.Triple]:
        """Gives the triples of one named graph, in no order.

        Raises:
            EndpointTruncated: the endpoint gave only a part of them.
        """
        answer = self.over([graph], "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        assert isinstance(answer, Triples)
        if len(answer) < self.count(graph):
            raise EndpointTruncated(without_credentials(self.url), len(answer))
        yield from answer


def _triples(response: httpx.Response) -> Iterator[ox.Triple]:
    kind = response.headers.get("content-type", GRAPH_TYPE).partition(";")[0].strip()
    form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.N_TRIPLES
    for quad in ox.parse(input=response.content, format=form):
        yield quad.triple
