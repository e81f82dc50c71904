"""The pitfalls of OOPS! (OntOlogy Pitfall Scanner) that can be told from a vocabulary's statements alone.

OOPS! calls pitfalls critical, important or minor; here they are ERROR for the first two and WARN for the last.
"""

from __future__ import annotations

from moagraph.fair.test import NAMED, TERM, Test, missing, rows

_LINKS = """rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range schema:domainIncludes schema:rangeIncludes
  owl:equivalentClass owl:equivalentProperty owl:disjointWith owl:inverseOf"""
_LINK = "|".join(_LINKS.split())
_INVERSE = "|".join(f"^{link}" for link in _LINKS.split())

TESTS = (
    Test(
        "OOPS P04",
        "WARN",
        "no class or property stands alone",
        rows(f"{TERM} FILTER NOT EXISTS {{ ?entity {_LINK}|{_INVERSE} ?x }}"),
    ),
    Test(
        "OOPS P08",
        "WARN",
        "every class, property and concept has a label and a definition",
        rows(
            f"""{NAMED} VALUES ?property {{ rdfs:label skos:definition }}
            FILTER (?property != rdfs:label || NOT EXISTS {{ ?entity rdfs:label|skos:prefLabel ?x }})
            FILTER (?property != skos:definition || NOT EXISTS {{ ?entity skos:definition|rdfs:comment ?x }})"""
        ),
    ),
    Test(
        "OOPS P11",
        "ERROR",
        "every property has a domain and a range (schema:domainIncludes, rangeIncludes where they are several)",
        rows(
            """VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty } ?entity a ?kind .
            VALUES ?property { rdfs:domain rdfs:range }
            FILTER (?property != rdfs:domain || NOT EXISTS { ?entity rdfs:domain|schema:domainIncludes ?x })
            FILTER (?property != rdfs:range || NOT EXISTS { ?entity rdfs:range|schema:rangeIncludes ?x })"""
        ),
    ),
    Test(
        "OOPS P13",
        "INFO",
        "every relation has an inverse, or is symmetric",
        rows(
            """?entity a owl:ObjectProperty . FILTER NOT EXISTS { ?entity owl:inverseOf|^owl:inverseOf ?x }
            FILTER NOT EXISTS { ?entity a owl:SymmetricProperty }"""
        ),
    ),
    Test(
        "OOPS P22",
        "WARN",
        "classes are named LikeThis, properties likeThis",
        rows(
            f"""{TERM} BIND (REPLACE(STR(?entity), "^.*[/#]", "") AS ?value)
            FILTER (!REGEX(?value, IF(?kind = owl:Class, "^[A-Z][A-Za-z0-9]*$", "^[a-z][A-Za-z0-9]*$")))"""
        ),
    ),
    Test(
        "OOPS P36",
        "WARN",
        "the ontology's IRI ends in no file extension",
        rows(
            """?entity a owl:Ontology .
            FILTER REGEX(STR(?entity), "[.](owl|rdf|xml|ttl|n3|nt|jsonld|html?)[/#]?$", "i")"""
        ),
    ),
    Test(
        "OOPS P38",
        "ERROR",
        "the vocabulary declares itself an owl:Ontology",
        rows("""BIND ("no header" AS ?entity) FILTER NOT EXISTS { ?x a owl:Ontology }"""),
    ),
    Test(
        "OOPS P40",
        "ERROR",
        "no term is declared in a namespace of others",
        rows(
            f"""?header vann:preferredNamespaceUri ?value . {TERM} BIND (rdf:type AS ?property)
            FILTER (!STRSTARTS(STR(?entity), STR(?value)))"""
        ),
    ),
    Test("OOPS P41", "ERROR", "a licence is named", missing(licence="dcterms:license schema:license dcterms:rights")),
)
