"""Strangers' queries that would do harm are refused before an engine sees them; harmless words pass."""

from __future__ import annotations

import pytest

from moagraph.errors import QueryRefused
from moagraph.screen import MAX_NESTING, refuse_unsafe


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "select ?s where { service silent ?x { ?s ?p ?o } }",
        "SELECT ?s WHERE { \\u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT ?s FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "LOAD <http://127.0.0.1/>",
        "PREFIX x: <x:> DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "SELECT * WHERE " + "{" * (MAX_NESTING + 1) + "}" * (MAX_NESTING + 1),
        "SELECT * WHERE { " + "OPTIONAL { ?a ?b ?c } " * 300 + "}",
        "SELECT * WHERE { ?a ?b '" + "x" * 200_000 + "' }",
    ],
)
def test_strangers_queries_that_would_do_harm_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused):
        refuse_unsafe(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?s WHERE { ?s ?p "SERVICE FROM DELETE \\\\ {{{" } # FROM SERVICE',
        "ASK { ?s <http://example.org/SERVICE> ?o }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "DESCRIBE ?s WHERE { ?s moa:from ?service }",
    ],
)
def test_harmless_words_pass(text: str) -> None:
    refuse_unsafe(text)
