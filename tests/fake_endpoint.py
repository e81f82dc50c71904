"""An endpoint on loopback over an in-memory store, which can be told to misbehave."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from moagraph.endpoint import TABLE_TYPE
from moagraph.names import BASE

SECRET = "hunter2"
THING = f"{BASE}compound/alphamide"
TABLE = f"""<?xml version="1.0"?>
<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/><variable name="n"/></head><results>
<result><binding name="s"><uri>{THING}</uri></binding><binding name="n">
<literal datatype="http://www.w3.org/2001/XMLSchema#integer">1</literal></binding></result></results></sparql>"""

Answer = tuple[int, dict[str, str], bytes]


class Fake:
    """An endpoint over an in-memory store that can be told to misbehave.

    Attributes:
        seen: each request's method, path, headers and form, in order.
        script: answers given before the store is asked, first one first; None asks the store.
        user: whoever asks has to be this one, if set; `digest` says how.
    """

    def __init__(self) -> None:
        self.store = ox.Store()
        self.seen: list[tuple[str, str, dict[str, str], dict[str, list[str]]]] = []
        self.script: list[Answer | None] = []
        self.user = ""
        self.digest = False
        self.no_graph_store = False
        self.after: Callable[[], None] = lambda: None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, headers, content = fake.answer(self.command, self.path, dict(self.headers), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = do_PUT = handle_any  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/query"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def break_after(self, requests: int) -> None:
        """Breaks every connection from then on, until `after` is set anew."""
        left = [requests]

        def breaks() -> None:
            left[0] -= 1
            if left[0] < 0:
                raise ConnectionResetError

        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.after = breaks

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        headers = {name.lower(): value for name, value in headers.items()}
        form = parse_qs(body.decode("utf-8")) if "form" in headers.get("content-type", "") else {}
        self.seen.append((method, path, headers, form))
        if self.user and not self._let_in(method, path, headers.get("authorization", "")):
            way = 'Digest realm="r", nonce="n", qop="auth"' if self.digest else 'Basic realm="r"'
            return 401, {"WWW-Authenticate": way}, b"who are you?"
        self.after()
        if self.script and (planned := self.script.pop(0)) is not None:
            return planned
        parts = urlsplit(path)
        if parts.path == "/query":
            return self._query(form, headers["accept"])
        if parts.path == "/store" and not self.no_graph_store:
            graph = ox.NamedNode(parse_qs(parts.query)["graph"][0])
            if method == "DELETE":
                self.store.remove_graph(graph)
            else:
                self.store.load(body, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
            return 204, {}, b""
        if parts.path == "/update":
            self.store.update(form["update"][0])
            return 204, {}, b""
        return 404, {}, b"nothing is here"

    def _let_in(self, method: str, path: str, sent: str) -> bool:
        if not self.digest:
            return sent.startswith("Basic ")
        found = dict(re.findall(r'(\w+)="?([^",]+)"?', sent))
        if not sent.startswith("Digest "):
            return False

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        one, two = md5(f"{self.user}:r:{SECRET}"), md5(f"{method}:{path}")
        return bool(found["response"] == md5(f"{one}:n:{found['nc']}:{found['cnonce']}:auth:{two}"))

    def _query(self, form: dict[str, list[str]], accept: str) -> Answer:
        graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
            ox.NamedNode(g) for g in form.get("default-graph-uri", [])
        ]
        try:
            found = self.store.query(form["query"][0], default_graph=graphs or None)
        except SyntaxError as error:
            return 400, {"Content-Type": "text/plain"}, str(error).encode()
        if isinstance(found, ox.QueryTriples):
            content = found.serialize(format=ox.RdfFormat.N_TRIPLES)
            assert accept == "application/n-triples"
        else:
            content = found.serialize(format=ox.QueryResultsFormat.XML)
            assert accept == TABLE_TYPE
        return 200, {"Content-Type": accept}, content or b""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    monkeypatch.setenv("NETRC", "/nonexistent")
    server = Fake()
    yield server
    server.server.shutdown()
    server.server.server_close()
