"""The overlap explorer: its page, its numbers, and the figure and tables that can be taken away from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.responses import JSONResponse, Response

from moagraph.names import BASE, VOCAB, local_name
from moagraph.overlap import graphml, overlap_graph
from moagraph.serve.pages import Page
from moagraph.table import Column, Iri, Table

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_PAIRS = 5000
"""How many pairs a browser is given, those that share most."""

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def page(request: Request) -> Response:
    """Gives the explorer."""
    made = Page(request, "overlap.html")
    return made.made(source=made.to("/overlap.json"), signs=_signs(made), query=made.to(""))


def _signs(page: Page) -> list[tuple[str, str]]:
    rows = page.bench.graph.store.select(
        "SELECT DISTINCT ?sign WHERE { ?mechanism moa:sign ?sign } ORDER BY ?sign", page.policy
    ).cells
    return [(local_name(str(sign)), sign.label) for (sign,) in rows if isinstance(sign, Iri)]


def numbers(request: Request) -> Response:
    """Gives what the explorer draws: compounds, and pairs with the mechanisms they share, strongest first."""
    page = Page(request, "")
    store, policy = page.bench.graph.store, page.policy
    graph = overlap_graph(store, policy, strongest=MOST_PAIRS)
    signs = {
        str(mechanism): local_name(str(sign))
        for mechanism, sign in store.select("SELECT ?m ?sign WHERE { ?m moa:sign ?sign }", policy).cells
    }
    pairs: list[tuple[str, str, dict[str, Any]]] = list(graph.edges(data=True))
    labels = {curie: store.label(_iri(curie)) or curie for _, _, found in pairs for curie in _mechanisms(found)}

    def mechanism(curie: str, contested: bool) -> dict[str, Any]:
        return {
            "label": labels[curie],
            "href": page.to(_path(curie)),
            "sign": signs.get(_iri(curie), ""),
            "contested": contested,
        }

    edges = []
    for one, other, found in pairs:
        both = urlencode({"one": one.partition(":")[2], "other": other.partition(":")[2]})
        edges.append(
            {
                "id": f"{one}--{other}",
                "source": one,
                "target": other,
                "shared": found["shared"],
                "tier": found["tier"],
                "jaccard": found["jaccard"],
                "mechanisms": [
                    *(mechanism(curie, contested=False) for curie in found["mechanisms"]),
                    *(mechanism(curie, contested=True) for curie in found["contested_mechanisms"]),
                ],
                "why": page.to(f"/why?{both}"),
            }
        )
    edges.sort(key=_strength)
    nodes = [
        {
            "id": node,
            "label": graph.nodes[node]["label"],
            "kind": graph.nodes[node]["kind"],
            "href": page.to(_path(node)),
        }
        for node in sorted(graph)
    ]
    return JSONResponse({"policy": policy, "pairs": graph.graph["pairs"], "nodes": nodes, "edges": edges})


def _strength(edge: dict[str, Any]) -> tuple[int, int, str, float, str]:
    return (-edge["shared"], -len(edge["mechanisms"]), edge["tier"], -edge["jaccard"], edge["id"])


def taken(request: Request) -> Response:
    """Gives the figure, or its numbers, to take away."""
    page = Page(request, "")
    store, policy, format = page.bench.graph.store, page.policy, request.path_params["format"]
    if format == "json":
        return numbers(request)
    if format == "graphml":
        return Response(graphml(overlap_graph(store, policy)), media_type="application/graphml+xml")
    if format == "csv":
        return Response(_table(page).to_csv().encode(), media_type="text/csv; charset=utf-8")
    from moagraph.plots import overlap

    if format not in MEDIA_TYPES:
        return Response(f"there is no {format}\n", 404, media_type="text/plain")
    return Response(overlap.render(overlap.numbers(store, policy), format), media_type=MEDIA_TYPES[format])


def _table(page: Page) -> Table:
    graph = overlap_graph(page.bench.graph.store, page.policy)
    pairs: list[tuple[str, str, dict[str, Any]]] = sorted(graph.edges(data=True), key=lambda edge: edge[:2])
    columns = [Column(name, "xsd:string") for name in ("compound", "other", "tier", "mechanisms", "contested")]
    rows = [
        (
            graph.nodes[one]["label"],
            graph.nodes[other]["label"],
            found["tier"],
            "; ".join(found["mechanisms"]),
            "; ".join(found["contested_mechanisms"]),
        )
        for one, other, found in pairs
    ]
    return Table(tuple(columns), tuple(rows))


def _mechanisms(found: dict[str, Any]) -> tuple[str, ...]:
    return (*found["mechanisms"], *found["contested_mechanisms"])


def _iri(curie: str) -> str:
    kind, _, name = curie.partition(":")
    return f"{VOCAB}{name}" if kind == "moa" else f"{BASE}{kind}/{name}"


def _path(curie: str) -> str:
    kind, _, name = curie.partition(":")
    return f"/{kind}/{quote(name)}"
