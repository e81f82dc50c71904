"""Prefixes, CURIEs and IRIs, from one map."""

from __future__ import annotations

import re
from collections.abc import Mapping

BASE = "https://w3id.org/moagraph/"
VOCAB = f"{BASE}vocab#"

KINDS: tuple[str, ...] = (
    "absence",
    "advice",
    "agent",
    "assessment",
    "body",
    "certainty",
    "claim",
    "class",
    "compound",
    "condition",
    "contradiction",
    "declaration",
    "derivation",
    "dimension",
    "evidence",
    "finding",
    "flip",
    "graph",
    "group",
    "material",
    "mechanism",
    "outcome",
    "passage",
    "policy",
    "population",
    "preparation",
    "process",
    "property",
    "quantity",
    "receipt",
    "receptor",
    "reference",
    "regimen",
    "scheme",
    "search",
    "skip",
    "source",
    "stack",
    "stop-rule",
    "study",
    "tally",
    "target",
    "test",
)
"""The kinds of our own nodes; each is a prefix and a folder of IRIs below `BASE`."""

PREFIXES: Mapping[str, str] = {
    **{kind: f"{BASE}{kind}/" for kind in KINDS},
    "DOID": "http://purl.obolibrary.org/obo/DOID_",
    "GO": "http://purl.obolibrary.org/obo/GO_",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
    "atc": "https://identifiers.org/atc:",
    "bibo": "http://purl.org/ontology/bibo/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "formats": "http://www.w3.org/ns/formats/",
    "hgnc": "https://identifiers.org/hgnc:",
    "iuphar.family": "https://identifiers.org/iuphar.family:",
    "iuphar.receptor": "https://identifiers.org/iuphar.receptor:",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "moa": VOCAB,
    "oa": "http://www.w3.org/ns/oa#",
    "obo": "http://purl.obolibrary.org/obo/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": f"{BASE}shape#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "uniprot": "http://purl.uniprot.org/uniprot/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""All prefixes that moagraph knows, in queries, in exports and on the command line."""

ASSERTED = f"{BASE}graph/asserted"
"""The named graph of what curators wrote: data and ontology."""

_NOT_LOCAL = frozenset(" <>\"{}|^`\\#?&=:;,()'!*@+$%[]")
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def expand(curie: str) -> str | None:
    """Gives the IRI of a CURIE with a known prefix, or None.

    >>> expand("compound:cortexin")
    'https://w3id.org/moagraph/compound/cortexin'
    >>> expand("nobody:knows") is None
    True
    """
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in PREFIXES:
        return None
    return PREFIXES[prefix] + local


def compact(iri: str) -> str:
    """Gives the CURIE of an IRI under a known prefix, else the IRI in angle brackets.

    >>> compact("https://w3id.org/moagraph/vocab#Claim")
    'moa:Claim'
    >>> compact("http://example.org/x")
    '<http://example.org/x>'
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and not set(iri[len(namespace) :]) & _NOT_LOCAL:
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def local_name(iri: str) -> str:
    """Gives the part of an IRI after its last slash or hash."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def spaced(name: str) -> str:
    """Gives the local name of a term as people write it.

    >>> spaced("CompoundGroup")
    'compound group'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def how_many(number: int, noun: str) -> str:
    """Gives a number of things in words.

    >>> how_many(1, "row"), how_many(2000, "row"), how_many(0, "study")
    ('1 row', '2,000 rows', '0 studies')
    """
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def policy_graph(name: str) -> str:
    """Gives the IRI of a policy, which is also the named graph of what is derived under it."""
    return f"{BASE}policy/{name}"
