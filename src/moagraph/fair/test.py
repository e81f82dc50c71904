"""What a test of the vocabulary is, and the pieces that several queries share."""

from __future__ import annotations

from dataclasses import dataclass

NETWORK = "the network"


@dataclass(frozen=True)
class Test:
    """One test.

    Attributes:
        id: the tool and its own name for the test.
        level: ERROR or WARN, which fail; INFO, which is noted.
        asks: what has to hold.
        query: SELECT of `?entity ?property ?value`, whose rows are faults; empty where it cannot be run here.
        needs: what the test needs that is not here; one that has a query as well is open where it finds something.
    """

    __test__ = False  # pytest takes classes of this name for its own

    id: str
    level: str
    asks: str
    query: str = ""
    needs: str = ""


def rows(where: str) -> str:
    """Gives a query for the rows of a pattern."""
    return f"SELECT DISTINCT ?entity ?property ?value WHERE {{ {where} }}"


def missing(**alternatives: str) -> str:
    """Gives a query for what a header lacks; a vocabulary without any header lacks everything.

    Args:
        alternatives: for each name of what is looked for, the properties that may say it, the usual one first.
    """
    branches = []
    for name, properties in alternatives.items():
        path = "|".join(properties.split())
        branches.append(
            f"{{ OPTIONAL {{ ?header a owl:Ontology }} FILTER NOT EXISTS {{ ?header a owl:Ontology ; {path} ?x }} "
            f'BIND (COALESCE(?header, "no header") AS ?entity) BIND ({properties.split()[0]} AS ?property) '
            f'BIND ("no {name.replace("_", " ")}" AS ?value) }}'
        )
    return rows(" UNION ".join(branches))


TERM = "VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty } ?entity a ?kind ."
"""Binds `?entity` to each class and property."""

NAMED = "VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty skos:Concept } ?entity a ?kind ."
"""Binds `?entity` to each class, property and concept."""
