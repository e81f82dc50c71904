"""Export of a SPARQL service description: what an endpoint of this graph understands, and what its data set holds.

It is what the endpoint gives when it is asked without a query. Editors such as SIB's read the partitions, the example
queries and the prefixes from it; the latter two are handed in as triples by whoever has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox

from moagraph.api import Graph
from moagraph.errors import BadValue
from moagraph.export.void import DATASET, counts_of, default_of, description, graphs_of, iri, node
from moagraph.names import compact
from moagraph.places import write_file
from moagraph.turtle import write

RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
)
"""What answers can be had in, by the names of W3C's list of formats."""

COMMENT = "What this SPARQL endpoint understands, and what its data set holds. CC0 1.0. Not medical advice."


def service(
    graph: Graph,
    endpoint_url: str,
    result_formats: Iterable[str] = RESULT_FORMATS,
    features: Iterable[str] = (),
    more: Iterable[ox.Triple] = (),
) -> list[ox.Triple]:
    """Gives the description of a SPARQL service.

    Args:
        graph: what is served; its policy is that of the default graph.
        endpoint_url: where queries are sent to.
        result_formats: local names of W3C's `http://www.w3.org/ns/formats/`.
        features: local names of `sd:Feature`s. None is claimed unless it is named: the default graph is no union of
            all graphs, SERVICE is refused, and IRIs in FROM are not fetched.
        more: triples to include, such as example queries (`sh:SPARQLExecutable`) and prefixes (`sh:declare`).

    Raises:
        BadValue: the address is none of a web server.
    """
    parts = urlsplit(endpoint_url)
    try:
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError
        endpoint = ox.NamedNode(endpoint_url.partition("#")[0])
    except ValueError:
        raise BadValue(
            f"{endpoint_url!r} is no address of an endpoint", "name one: --endpoint-url https://example.org/sparql"
        ) from None
    graphs = graphs_of(graph)
    name = endpoint.value
    named = {part.graph: f"{name}#{compact(part.graph).replace(':', '-')}" for part in graphs}
    triples = [
        *node(
            name,
            {
                "rdf:type": iri("sd:Service"),
                "sd:endpoint": endpoint,
                "sd:supportedLanguage": iri("sd:SPARQL11Query"),
                "sd:resultFormat": [iri(f"formats:{format_}") for format_ in result_formats],
                "sd:feature": [iri(f"sd:{feature}") for feature in features],
                "sd:defaultDataset": ox.NamedNode(f"{name}#dataset"),
            },
        ),
        *node(
            f"{name}#dataset",
            {
                "rdf:type": iri("sd:Dataset"),
                "sd:defaultGraph": ox.NamedNode(f"{name}#default-graph"),
                "sd:namedGraph": [ox.NamedNode(graph_name) for graph_name in named.values()],
            },
        ),
        *node(f"{name}#default-graph", {"rdf:type": [iri("sd:Graph"), iri("void:Dataset")]}),
        *counts_of(f"{name}#default-graph", default_of(graph)),
        *node(DATASET, {"void:sparqlEndpoint": endpoint}),
    ]
    for part in graphs:
        triples += node(
            named[part.graph],
            {
                "rdf:type": iri("sd:NamedGraph"),
                "rdfs:label": ox.Literal(compact(part.graph)),
                "sd:name": ox.NamedNode(part.graph),
                "sd:graph": ox.NamedNode(part.name),
            },
        )
        triples += node(part.name, {"rdf:type": iri("sd:Graph")})
    return [*triples, *description(graph, graphs), *more]


def export(graph: Graph, path: Path, policy: str | None = None, endpoint_url: str = "") -> int:  # noqa: ARG001
    """Writes the service description as Turtle, and gives the number of its triples.

    Args:
        graph: what is served.
        path: where to.
        policy: is that of the graph already.
        endpoint_url: where queries are sent to.
    """
    triples = service(graph, endpoint_url)
    write_file(path, write(triples, COMMENT))
    return len({str(t) for t in triples})
