"""Runs the application on uvicorn, and lets no client hold a connection that it does not use."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from moagraph.errors import OutputFailed

HEADER_SECONDS = 10.0
"""By when the head of a connection's first request must have come; a slower client is dropped."""

IDLE_SECONDS = 15
"""How long a connection may wait between two requests."""

CONNECTIONS = 512
"""How many connections there may be; further ones are told that the server is busy."""


class _Impatient(H11Protocol):
    """Closes a connection whose first request does not come in time: uvicorn alone would wait for ever."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(HEADER_SECONDS, self._drop)

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)

    def _drop(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def listening(host: str, port: int) -> socket.socket:
    """Gives a socket that listens; 0 takes a free port.

    Raises:
        OutputFailed: the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except OSError as error:
        raise OutputFailed(
            f"cannot listen at {host}, port {port}: {error.strerror or error}",
            "choose another: --port 0 takes a free one",
        ) from None


def run(app: Starlette, listener: socket.socket) -> None:
    """Serves an application until it is interrupted."""
    config = uvicorn.Config(
        app,
        http=_Impatient,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=3,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=64 * 1024,
    )
    uvicorn.Server(config).run(sockets=[listener])
