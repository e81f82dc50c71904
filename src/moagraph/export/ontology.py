"""Export of the vocabulary as it is published: classes, properties and concept schemes, ready for OBO's tools."""

from __future__ import annotations

from pathlib import Path

from moagraph.api import Graph
from moagraph.corpus import Corpus, read_files
from moagraph.places import packaged, write_file
from moagraph.turtle import write
from moagraph.vocabulary import published, vocabulary_of

COMMENT = (
    "The moagraph vocabulary. Names and definitions stand under rdfs:label and obo:IAO_0000115 too, for tools that "
    "read\nonly these. CC0 1.0."
)


def export(graph: Graph, path: Path, policy: str | None = None) -> int:  # noqa: ARG001 - all exports take one
    """Writes the vocabulary as Turtle, and gives the number of its triples.

    Args:
        graph: whose vocabulary is written.
        path: where to.
        policy: makes no difference.
    """
    triples = published(vocabulary_of(Corpus.of(read_files(graph.places or packaged()))))
    write_file(path, write(triples, COMMENT))
    return len(triples)
