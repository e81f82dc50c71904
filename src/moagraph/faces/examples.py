"""The named queries as SIB describes example queries, so that SPARQL editors offer them: one Turtle file.

Each is a `sh:SPARQLExecutable` with its question, its keywords and its text, in which parameters are bound to their
examples, so that it runs as it is. No node is blank; also the one that declares prefixes has an IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from moagraph.library import Library
from moagraph.names import ASSERTED, BASE, PREFIXES, policy_graph
from moagraph.query import Query, opening_of
from moagraph.turtle import write

_PREFIX_NODE = f"{BASE}query/prefixes"


def place_of(endpoint: str | None) -> str:
    """Gives the namespace of the examples: SIB's well-known place at an endpoint, else one of our own."""
    return f"{endpoint.rstrip('/')}/.well-known/sparql-examples/" if endpoint else f"{BASE}query/"


def asked(library: Library, query: Query) -> str:
    """Gives the text of a query without its header, its parameters bound to their examples."""
    values = {p.name: list(p.examples) if p.many else p.example for p in query.params}
    return without_header(library.bound(query.name, values))


def without_header(text: str) -> str:
    """Gives the text of a query without its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"


def from_graphs(text: str, graphs: Sequence[str]) -> str:
    """Gives a query with named graphs as its default graph, as an endpoint needs it that holds several policies.

    >>> from_graphs("SELECT ?a WHERE { ?a a ?b }", ["x:g"])
    'SELECT ?a\\nFROM <x:g>\\nWHERE { ?a a ?b }'
    """
    clause = "\n".join(f"FROM {ox.NamedNode(graph)}" for graph in graphs)
    at = text.upper().rindex("WHERE", 0, opening_of(text))
    return f"{text[:at].rstrip()}\n{clause}\n{text[at:]}"


def graphs_of(policy: str) -> tuple[str, str]:
    """Gives the named graphs that make up the default graph under a policy."""
    return (ASSERTED, policy_graph(policy))


def examples(library: Library, endpoint: str | None = None) -> bytes:
    """Gives the examples as Turtle; the same queries and data give the same bytes.

    Args:
        library: the queries, what their examples are looked up in, and the policy.
        endpoint: address of the endpoint that they are to be run at. Where there is one, each says which graphs it
            asks (FROM); where there is none the default graph is taken to be those.
    """
    comment = "The named queries of moagraph as examples, with parameters bound. Nothing here is medical advice."
    return write(example_triples(library, endpoint), comment)


def example_triples(library: Library, endpoint: str | None) -> Iterator[ox.Triple]:
    """Gives the examples as triples, for a service description too; see `examples`."""
    a, sh = f"{PREFIXES['rdf']}type", PREFIXES["sh"]
    place, prefixes = place_of(endpoint), ox.NamedNode(_PREFIX_NODE)

    def triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(predicate), value)

    used: set[str] = set()
    for query in library.queries.values():
        node = ox.NamedNode(f"{place}{query.name}")
        text = asked(library, query)
        used |= {prefix for prefix in PREFIXES if f"PREFIX {prefix}:" in text}
        if endpoint:
            text = from_graphs(text, graphs_of(library.policy))
        yield triple(node, a, ox.NamedNode(f"{sh}SPARQLExecutable"))
        yield triple(node, a, ox.NamedNode(f"{sh}SPARQLSelectExecutable"))
        yield triple(node, f"{PREFIXES['rdfs']}label", ox.Literal(query.summary, language="en"))
        yield triple(node, f"{PREFIXES['rdfs']}comment", ox.Literal(question(query), language="en"))
        yield triple(node, f"{sh}prefixes", prefixes)
        yield triple(node, f"{sh}select", ox.Literal(text))
        for tag in query.tags:
            yield triple(node, f"{PREFIXES['schema']}keywords", ox.Literal(tag))
        if endpoint:
            yield triple(node, f"{PREFIXES['schema']}target", ox.NamedNode(endpoint))
    yield triple(prefixes, a, ox.NamedNode(f"{PREFIXES['owl']}Ontology"))
    for prefix in sorted(used):
        declared = ox.NamedNode(f"{_PREFIX_NODE}/{prefix}")
        yield triple(prefixes, f"{sh}declare", declared)
        yield triple(declared, f"{sh}prefix", ox.Literal(prefix))
        address = ox.Literal(PREFIXES[prefix], datatype=ox.NamedNode(f"{PREFIXES['xsd']}anyURI"))
        yield triple(declared, f"{sh}namespace", address)


def question(query: Query) -> str:
    """Gives the question in words, with the examples in place of parameters."""
    words = {f"?{p.name}": " and ".join(p.examples) for p in query.params}
    return re.sub(r"\?\w+", lambda found: words.get(found[0], found[0]), query.asks)
