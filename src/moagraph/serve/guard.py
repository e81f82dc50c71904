"""What stands before every page: who may ask under which name, how much may be sent, and what browsers are told.

The server is bound to loopback unless told otherwise, and even there a page of another site could be made to ask it
under a name of its own (DNS rebinding): so only known names of hosts are answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names by which a machine calls itself."""

MOST_BODY = 2 * 1024 * 1024
"""Bytes of a request's body."""

BODY_SECONDS = 10.0
"""By when a request's body must have come; a slower client is dropped."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The Content-Security-Policy: nothing but our own, nothing inline."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers of every answer."""


class _TooMuch(Exception):
    """A body is larger than it may be, or comes too slowly; its argument is the status that says so."""


class Guard:
    """Wraps an application.

    Args:
        app: what it wraps.
        hosts: names under which it may be asked, without ports; `*` stands for any.
        most_body: bytes of a request's body.
        body_seconds: by when the body must have come.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] = LOOPBACK,
        most_body: int = MOST_BODY,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self.app = app
        self.hosts = {host.lower() for host in hosts}
        self.most_body = most_body
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or says why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        answered = False

        async def sending(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                there = {name.lower() for name, _ in message["headers"]}
                more = [(n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in there]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        host = headers.get(b"host", "")
        if not self._known(host):
            shown = host[:100] or "none"
            await _refuse(sending, 421, f"this server does not answer under the name {shown}\n")
            return
        length = headers.get(b"content-length", "0")
        if length.isdecimal() and int(length) > self.most_body:
            await _refuse(sending, 413, f"a request may be {self.most_body:,} bytes long\n")
            return
        try:
            await self.app(scope, self._bounded(receive), sending)
        except _TooMuch as fault:
            if not answered:
                status, words = fault.args
                await _refuse(sending, status, words)

    def _known(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and ":" in host else host
        return "*" in self.hosts or name.lower() in self.hosts

    def _bounded(self, receive: Receive) -> Receive:
        taken = 0
        until = asyncio.get_running_loop().time() + self.body_seconds
        whole = False

        async def receiving() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - asyncio.get_running_loop().time()))
            except TimeoutError:
                raise _TooMuch(408, f"the request was not whole after {self.body_seconds:g} seconds\n") from None
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if taken > self.most_body:
                    raise _TooMuch(413, f"a request may be {self.most_body:,} bytes long\n")
            return message

        return receiving


async def _refuse(send: Any, status: int, words: str) -> None:
    content = words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
