"""Export of the data set's description: VoID with class and property partitions, and DCAT 3.

Everything is counted in the graph or read from the vocabulary's header: no clock, no host. Every node has an IRI, so
that a partition can be named: `dataset/asserted/moa_Claim/moa_subject` is the use of moa:subject by claims in what
curators asserted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from moagraph.api import Graph
from moagraph.errors import NothingToCheck
from moagraph.export.counting import Counts, counted
from moagraph.names import ASSERTED, BASE, PREFIXES, VOCAB, compact, expand, policy_graph
from moagraph.places import write_file
from moagraph.turtle import write

DATASET = f"{BASE}dataset"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_TYPES = {
    ".ttl": "text/turtle",
    ".nq": "application/n-quads",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
}
_XSD = PREFIXES["xsd"]

Value = ox.NamedNode | ox.Literal


def iri(curie: str) -> ox.NamedNode:
    """Gives the IRI of a CURIE, or of what is an IRI already."""
    return ox.NamedNode(expand(curie) or curie)


def number(value: int) -> ox.Literal:
    """Gives a whole number."""
    return ox.Literal(str(value), datatype=ox.NamedNode(f"{_XSD}integer"))


def node(name: str, properties: Mapping[str, Value | Iterable[Value] | None]) -> Iterator[ox.Triple]:
    """Gives the triples of one node.

    Args:
        name: its IRI.
        properties: CURIEs with a value or several; None says nothing.
    """
    for curie, values in properties.items():
        for value in [values] if isinstance(values, Value) else values or ():
            yield ox.Triple(ox.NamedNode(name), iri(curie), value)


@dataclass(frozen=True)
class Header:
    """What the vocabulary's header says that holds for the data too. Dates are as written."""

    version: str
    licence: str
    creators: tuple[str, ...]
    publishers: tuple[str, ...]
    created: str
    issued: str
    modified: str

    @classmethod
    def of(cls, graph: Graph) -> Header:
        """Reads the header.

        Raises:
            NothingToCheck: the graph has no owl:Ontology with a version and a licence.
        """
        rows = graph.store.select(
            "SELECT DISTINCT ?p ?o WHERE { ?header a owl:Ontology ; ?property ?value "
            "BIND (STR(?property) AS ?p) BIND (STR(?value) AS ?o) } ORDER BY ?p ?o",
            graph.policy,
        ).cells
        said: dict[str, list[str]] = {}
        for name, value in rows:
            said.setdefault(compact(str(name)), []).append(str(value))

        def one(name: str) -> str:
            return said.get(name, [""])[0]

        if not one("owl:versionInfo") or not one("dcterms:license"):
            raise NothingToCheck(
                "the vocabulary has no header with a version and a licence",
                "write owl:versionInfo and dcterms:license of the owl:Ontology in ontology/",
            )
        return cls(
            one("owl:versionInfo"),
            one("dcterms:license"),
            tuple(said.get("dcterms:creator", ())),
            tuple(said.get("dcterms:publisher", ())),
            *(one(f"dcterms:{name}") for name in ("created", "issued", "modified")),
        )

    def properties(self) -> dict[str, Value | list[Value] | None]:
        """Gives what a data set says with it."""

        def date(text: str) -> ox.Literal | None:
            return ox.Literal(text, datatype=ox.NamedNode(f"{_XSD}date")) if text else None

        return {
            "dcterms:license": ox.NamedNode(self.licence),
            "dcterms:creator": [ox.NamedNode(_agent(name)) for name in self.creators],
            "dcterms:publisher": [ox.NamedNode(_agent(name)) for name in self.publishers],
            "dcterms:created": date(self.created),
            "dcterms:issued": date(self.issued),
            "dcterms:modified": date(self.modified),
            "dcat:version": ox.Literal(self.version),
            "owl:versionInfo": ox.Literal(self.version),
        }

    def agents(self) -> Iterator[ox.Triple]:
        """Gives a node for each who is named in words: DCAT wants agents to be things."""
        for name in sorted({*self.creators, *self.publishers}):
            if _agent(name) != name:
                yield from node(_agent(name), {"rdf:type": iri("foaf:Agent"), "foaf:name": ox.Literal(name)})


def _agent(name: str) -> str:
    """Gives the IRI of who is named, by an IRI or in words."""
    return name if name.startswith("http") else f"{DATASET}/agent/{quote(name.lower().replace(' ', '-'))}"


def _part(name: str) -> str:
    """Gives the part of a path that stands for a class, property or datatype."""
    curie = compact(name)
    return quote(name, safe="") if curie.startswith("<") else curie.replace(":", "_", 1)


def counts_of(name: str, counts: Counts) -> Iterator[ox.Triple]:
    """Gives the numbers of a graph."""
    yield from node(
        name,
        {
            "void:triples": number(counts.triples),
            "void:entities": number(counts.entities),
            "void:classes": number(len(counts.classes)),
            "void:properties": number(len(counts.properties)),
            "void:distinctSubjects": number(counts.subjects),
            "void:distinctObjects": number(counts.objects),
        },
    )


def partitions_of(name: str, counts: Counts) -> Iterator[ox.Triple]:
    """Gives the partitions: by property; by class, property of its members, and class or datatype of the values."""
    for property_, triples in counts.properties.items():
        part = f"{name}/{_part(property_)}"
        yield from node(name, {"void:propertyPartition": ox.NamedNode(part)})
        yield from node(part, {"void:property": ox.NamedNode(property_), "void:triples": number(triples)})
    for class_, members in counts.members.items():
        of_class = f"{name}/{_part(class_)}"
        yield from node(name, {"void:classPartition": ox.NamedNode(of_class)})
        yield from node(of_class, {"void:class": ox.NamedNode(class_), "void:entities": number(members)})
        for property_, use in counts.uses[class_].items():
            part = f"{of_class}/{_part(property_)}"
            yield from node(of_class, {"void:propertyPartition": ox.NamedNode(part)})
            yield from node(part, {"void:property": ox.NamedNode(property_), "void:triples": number(use.triples)})
            for kind, values, says in (
                ("void:classPartition", use.classes, "void:class"),
                ("void-ext:datatypePartition", use.datatypes, "void-ext:datatype"),
            ):
                for value, times in values.items():
                    of_values = f"{part}/{_part(value)}"
                    yield from node(part, {kind: ox.NamedNode(of_values)})
                    yield from node(of_values, {says: ox.NamedNode(value), "void:triples": number(times)})


@dataclass(frozen=True)
class GraphCounts:
    """One graph of the data set: its IRI, the node that describes it, what it is, and its numbers."""

    graph: str
    name: str
    description: str
    counts: Counts


def graphs_of(graph: Graph) -> list[GraphCounts]:
    """Counts what curators asserted, and what each policy derives."""
    asserted = counted(graph.store.quads(ASSERTED), BASE)
    found = [GraphCounts(ASSERTED, f"{DATASET}/asserted", "What curators asserted: data and vocabulary.", asserted)]
    for policy in graph.store.policies():
        counts = counted(graph.store.quads(policy_graph(policy)), BASE, asserted.known)
        said = f"What is derived under the policy {policy}: {graph.policies.get(policy, '')}".rstrip(": ")
        found.append(GraphCounts(policy_graph(policy), f"{DATASET}/policy/{policy}", said, counts))
    return found


def default_of(graph: Graph) -> Counts:
    """Counts the default graph: what curators asserted and what the policy derives, as one."""
    return counted(chain(graph.store.quads(ASSERTED), graph.store.quads(policy_graph(graph.policy))), BASE)


def _examples(counts: Counts) -> list[Value]:
    """Gives the first compound, claim and evidence line, by IRI."""
    found: dict[str, str] = {}
    wanted = {f"{VOCAB}{name}" for name in ("Compound", "Claim", "EvidenceLine")}
    for name, classes in counts.known.items():
        for class_ in classes & wanted:
            found[class_] = min(name, found.get(class_, name))
    return [ox.NamedNode(name) for name in found.values()]


def _vocabularies(counts: Iterable[Counts]) -> list[Value]:
    """Gives the namespaces of the classes and properties that are used."""
    used = {name for count in counts for name in chain(count.properties, count.classes)}
    return [ox.NamedNode(space) for space in {name[: max(name.rfind("#"), name.rfind("/")) + 1] for name in used}]


def description(graph: Graph, graphs: Iterable[GraphCounts] | None = None) -> list[ox.Triple]:
    """Gives the description of the data set and of each of its graphs.

    Args:
        graph: what is described.
        graphs: its graphs, where they have been counted already.

    Raises:
        NothingToCheck: the graph is empty, or has no header to read version and licence from.
    """
    graphs = list(graphs if graphs is not None else graphs_of(graph))
    header = Header.of(graph)
    asserted = graphs[0].counts
    if not asserted.triples:
        raise NothingToCheck("the graph holds nothing that could be described")
    both = [ox.NamedNode(f"{PREFIXES['void']}Dataset"), ox.NamedNode(f"{PREFIXES['dcat']}Dataset")]
    common = {**header.properties(), "void:uriSpace": ox.Literal(BASE)}
    whole: dict[str, Value | Iterable[Value] | None] = {
        "rdf:type": both,
        "dcterms:title": ox.Literal("moagraph", language="en"),
        "dcterms:description": ox.Literal(
            "What is claimed about nootropic and brain-derived peptide preparations, who says so, on what evidence, "
            "and what speaks against it. The numbers are those of the default graph: what curators asserted and "
            f"what is derived under the policy {graph.policy}. Nothing here is medical advice.",
            language="en",
        ),
        "dcterms:identifier": ox.Literal(DATASET),
        "dcterms:language": [ox.NamedNode(f"http://id.loc.gov/vocabulary/iso639-1/{code}") for code in ("en", "ru")],
        "dcterms:conformsTo": ox.NamedNode(VOCAB.rstrip("#")),
        "dcat:keyword": [
            ox.Literal(word, language="en")
            for word in ("mechanism of action", "evidence", "nootropics", "peptides", "pharmacology", "provenance")
        ],
        "void:vocabulary": _vocabularies(part.counts for part in graphs),
        "void:exampleResource": _examples(asserted),
        "void:feature": [ox.NamedNode(f"{PREFIXES['formats']}{name}") for name in ("Turtle", "N-Quads")],
        "void:subset": [ox.NamedNode(part.name) for part in graphs],
        **common,
    }
    triples = [*node(DATASET, whole), *header.agents(), *counts_of(DATASET, default_of(graph))]
    for part in graphs:
        title = compact(part.graph)
        triples += node(
            part.name,
            {
                "rdf:type": both,
                "dcterms:title": ox.Literal(f"moagraph: {title}", language="en"),
                "dcterms:description": ox.Literal(part.description, language="en"),
                "dcterms:isPartOf": ox.NamedNode(DATASET),
                **common,
            },
        )
        triples += counts_of(part.name, part.counts)
        triples += partitions_of(part.name, part.counts)
    return triples


def distributions(files: Mapping[str, Mapping[str, Any]], version: str, titles: Mapping[str, str]) -> list[ox.Triple]:
    """Gives the files of a release as DCAT distributions with media type, size and checksum.

    The data themselves are distributions of the data set. The answers of a named query are a data set of their own,
    which the data set has as a part.

    Args:
        files: path in the release, with `bytes` and `sha256`, as its manifest has them.
        version: of the release; part of the addresses.
        titles: what each named query answers.
    """
    triples: list[ox.Triple] = []
    for path, facts in files.items():
        file = f"{BASE}release/{version}/{quote(path)}"
        query = Path(path).stem if path.startswith("answers/") else None
        of = DATASET if query is None else f"{DATASET}/answers/{query}"
        if query is not None:
            triples += node(DATASET, {"dcterms:hasPart": ox.NamedNode(of)})
            title = ox.Literal(titles.get(query, query), language="en")
            triples += node(
                of,
                {
                    "rdf:type": iri("dcat:Dataset"),
                    "dcterms:title": title,
                    "prov:wasDerivedFrom": ox.NamedNode(DATASET),
                },
            )
        elif Path(path).suffix in (".ttl", ".nq"):
            triples += node(DATASET, {"void:dataDump": ox.NamedNode(file)})
        media_type = _TYPES.get(Path(path).suffix, "application/octet-stream")
        of_file = f"{DATASET}/file/{quote(path)}"
        triples += node(of, {"dcat:distribution": ox.NamedNode(of_file)})
        triples += node(
            of_file,
            {
                "rdf:type": iri("dcat:Distribution"),
                "dcterms:title": ox.Literal(path),
                "dcat:downloadURL": ox.NamedNode(file),
                "dcat:mediaType": ox.NamedNode(f"{MEDIA_TYPES}{media_type}"),
                "dcat:byteSize": ox.Literal(str(facts["bytes"]), datatype=ox.NamedNode(f"{_XSD}nonNegativeInteger")),
                "spdx:checksum": ox.NamedNode(f"{of_file}/sha256"),
            },
        )
        triples += node(
            f"{of_file}/sha256",
            {
                "rdf:type": iri("spdx:Checksum"),
                "spdx:algorithm": iri("spdx:checksumAlgorithm_sha256"),
                "spdx:checksumValue": ox.Literal(facts["sha256"], datatype=ox.NamedNode(f"{_XSD}hexBinary")),
            },
        )
    return triples


COMMENT = "What moagraph's data set holds: VoID and DCAT 3. CC0 1.0. Not medical advice."


def export(graph: Graph, path: Path, policy: str | None = None) -> int:  # noqa: ARG001 - all exports take one
    """Writes the description as Turtle, and gives the number of its triples.

    Args:
        graph: what is described; its policy is that of the default graph.
        path: where to.
        policy: is that of the graph already.
    """
    triples = description(graph)
    write_file(path, write(triples, COMMENT))
    return len({str(t) for t in triples})
