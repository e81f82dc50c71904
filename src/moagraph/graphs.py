"""How triples are written: Turtle, N-Triples, JSON-LD and RDF/XML; the same triples give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox

from moagraph.canonical import in_order
from moagraph.errors import UnknownFormat
from moagraph.names import PREFIXES, compact


def to_turtle(triples: Iterable[ox.Triple]) -> str:
    """Gives Turtle in IRI order, with only the prefixes used."""
    from moagraph.turtle import write

    return write(triples).decode("utf-8")


def to_ntriples(triples: Iterable[ox.Triple]) -> str:
    """Gives sorted N-Triples."""
    return "".join(f"{triple} .\n" for triple in in_order(triples))


def to_jsonld(triples: Iterable[ox.Triple]) -> str:
    """Gives JSON-LD with a context of its own, so that no reader has to fetch one."""
    import json

    expanded = json.loads(ox.serialize(in_order(triples), format=ox.RdfFormat.JSON_LD) or b"[]")
    used: dict[str, str] = {}

    def short(iri: str) -> str:
        curie = compact(iri)
        prefix = curie.partition(":")[0]
        # A prefix that ends otherwise would need a longer declaration, which not all readers know.
        if curie.startswith("<") or PREFIXES[prefix][-1] not in "/#:":
            return iri
        used[prefix] = PREFIXES[prefix]
        return curie

    def shortened(node: Any) -> Any:
        if isinstance(node, list):
            return [shortened(part) for part in node]
        if not isinstance(node, dict):
            return node
        if "@value" in node:
            return {key: short(value) if key == "@type" else value for key, value in sorted(node.items())}
        done: dict[str, Any] = {}
        for key, value in node.items():
            if key == "@id":
                done[key] = short(value)
            elif key == f"{PREFIXES['rdf']}type" and all("@id" in kind for kind in value):
                done["@type"] = [short(kind["@id"]) for kind in value]
            else:
                done[short(key)] = shortened(value)
        return dict(sorted(done.items()))

    nodes = shortened(expanded)
    context = dict(sorted(used.items()))
    return json.dumps({"@context": context, "@graph": nodes}, ensure_ascii=False, indent=1) + "\n"


def to_rdfxml(triples: Iterable[ox.Triple]) -> str:
    """Gives RDF/XML, with the prefixes in order."""
    ordered = in_order(triples)
    wanted = {compact(t.predicate.value).partition(":")[0] for t in ordered}
    prefixes = {prefix: PREFIXES[prefix] for prefix in sorted(wanted & PREFIXES.keys())}
    text = (ox.serialize(ordered, format=ox.RdfFormat.RDF_XML, prefixes=prefixes) or b"").decode("utf-8")

    def head(root: re.Match[str]) -> str:
        return f"<rdf:RDF {' '.join(sorted(root[1].split()))}>"

    return re.sub(r"<rdf:RDF ([^>]*)>", head, text, count=1).rstrip("\n") + "\n"


FORMATS: dict[str, Callable[[Iterable[ox.Triple]], str]] = {
    "turtle": to_turtle,
    "ntriples": to_ntriples,
    "jsonld": to_jsonld,
    "rdfxml": to_rdfxml,
}
"""The formats that graphs can be written in, by name."""

EXTENSIONS = {".ttl": "turtle", ".nt": "ntriples", ".jsonld": "jsonld", ".rdf": "rdfxml"}
"""The format that a file's extension means."""


def written(triples: Iterable[ox.Triple], format: str) -> str:
    """Gives triples in a named format.

    Raises:
        UnknownFormat: the format is not one of `FORMATS`.
    """
    if format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    return FORMATS[format](triples)
