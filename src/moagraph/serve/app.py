"""The application: which address leads where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from moagraph.places import front_end
from moagraph.serve import linked, overlap, pages
from moagraph.serve.guard import LOOPBACK, Guard
from moagraph.serve.pages import paged
from moagraph.serve.protocol import endpoint
from moagraph.serve.workbench import Workbench


def application(bench: Workbench, hosts: Collection[str] = LOOPBACK, origins: Collection[str] = ("*",)) -> Starlette:
    """Gives the application that serves a graph.

    Args:
        bench: what is served; it is closed when the application ends.
        hosts: names under which it may be asked; `*` stands for any.
        origins: other sites whose pages may ask the endpoint, never with credentials; `*` stands for all.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        bench.close()

    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["accept", "content-type"],
        expose_headers=["retry-after"],
    )
    routes = [
        Route("/", paged(pages.start)),
        Route("/search", paged(pages.search)),
        Route("/compare", paged(pages.compare)),
        Route("/why", paged(pages.why)),
        Route("/overlap", paged(overlap.page)),
        Route("/overlap.{format}", paged(overlap.taken)),
        Route("/queries", paged(pages.queries)),
        Route("/queries/{name}", paged(pages.query)),
        Route("/api/{name}", paged(linked.api)),
        Route("/openapi.json", paged(linked.openapi)),
        Route("/vocab", paged(linked.vocabulary)),
        Route("/.well-known/void", paged(linked.void)),
        Route("/sparql", endpoint, methods=["GET", "HEAD", "POST"]),
        Mount("/assets", StaticFiles(directory=front_end())),
        Route("/{kind}/{name:path}", paged(linked.thing)),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, hosts=hosts), cors],
        lifespan=lifespan,
    )
    app.state.bench = bench
    return app
