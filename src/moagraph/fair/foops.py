"""The 24 tests of FOOPS!, an assessor of ontologies by the FAIR principles: 15 can be run offline.

What each accepts was read in the source of FOOPS! (the properties that count as a title, a creator, and so on).
"""

from __future__ import annotations

from moagraph.fair.test import NAMED, NETWORK, Test, missing, rows

DC = "http://purl.org/dc/elements/1.1/"

_TITLE = "dcterms:title dc:title schema:name"
_DESCRIPTION = "dcterms:description dc:description dcterms:abstract schema:description rdfs:comment skos:note"
_LICENCE = "dcterms:license schema:license"
_CREATOR = "dcterms:creator dc:creator schema:creator foaf:maker prov:wasAttributedTo"
_CREATED = "dcterms:created schema:dateCreated prov:generatedAtTime"
_ISSUED = "dcterms:issued dcterms:submitted schema:datePublished"
_PUBLISHER = "dcterms:publisher dc:publisher schema:publisher"
_PREFIX = "vann:preferredNamespacePrefix"

_METADATA = "dc: dcterms: schema: vann: prov: bibo: foaf:"
"""The vocabularies of metadata of which a header is expected to use some."""

TESTS = (
    Test("FOOPS FIND1", "ERROR", "a preferred prefix is declared", missing(prefix=_PREFIX)),
    Test("FOOPS FIND2", "ERROR", "the prefix is in prefix.cc or LOV", needs=NETWORK),
    Test("FOOPS FIND3", "ERROR", "the vocabulary is in a registry (LOV)", needs=NETWORK),
    Test("FOOPS FIND_3_BIS", "ERROR", "its metadata stay accessible in a registry", needs=NETWORK),
    Test("FOOPS URI1", "ERROR", "the ontology's IRI resolves to RDF", needs=NETWORK),
    Test(
        "FOOPS URI2",
        "ERROR",
        "the ontology's IRI is that of its namespace, so that what is fetched is what is meant",
        rows(
            """?entity a owl:Ontology . BIND (vann:preferredNamespaceUri AS ?property) ?entity ?property ?value .
            FILTER (REPLACE(STR(?entity), "[/#]$", "") != REPLACE(STR(?value), "[/#]$", ""))"""
        ),
    ),
    Test(
        "FOOPS PURL1",
        "ERROR",
        "the ontology's IRI is a persistent one (w3id, purl, DOI, W3C)",
        rows(
            """?entity a owl:Ontology . FILTER (!REGEX(STR(?entity),
              "w3id[.]org|doi[.]org|purl[.]([^/]+[.])?org|linked[.]data[.]gov[.]au|www[.]w3[.]org"))"""
        ),
    ),
    Test(
        "FOOPS HTTP1",
        "ERROR",
        "the ontology's IRI uses an open protocol",
        rows("""?entity a owl:Ontology . FILTER (!STRSTARTS(STR(?entity), "http"))"""),
    ),
    Test("FOOPS CN1", "ERROR", "content negotiation gives HTML and RDF", needs=NETWORK),
    Test("FOOPS DOC1", "ERROR", "there is an HTML documentation", needs=NETWORK),
    Test("FOOPS RDF1", "ERROR", "there is an RDF serialisation", needs=NETWORK),
    Test(
        "FOOPS OM1",
        "ERROR",
        "minimum metadata: title, description, licence, version IRI, creator, namespace",
        missing(
            title=_TITLE,
            description=_DESCRIPTION,
            licence=_LICENCE,
            version_IRI="owl:versionIRI",
            creator=_CREATOR,
            namespace="vann:preferredNamespaceUri",
        ),
    ),
    Test(
        "FOOPS OM2",
        "ERROR",
        "recommended metadata: prefix, version, date of creation, citation",
        missing(
            prefix=_PREFIX,
            version="owl:versionInfo schema:schemaVersion",
            date_of_creation=_CREATED,
            citation="dcterms:bibliographicCitation schema:citation",
        ),
    ),
    Test(
        "FOOPS OM3",
        "ERROR",
        "detailed metadata: publisher, logo, status, source, date of issue",
        missing(
            publisher=_PUBLISHER,
            logo="foaf:logo schema:logo",
            status="bibo:status",
            source="dcterms:source dc:source",
            date_of_issue=_ISSUED,
        ),
    ),
    Test(
        "FOOPS OM3 (DOI)",
        "ERROR",
        "detailed metadata: a DOI",
        missing(DOI="bibo:doi"),
        needs="a DOI, which an archive registers",
    ),
    Test("FOOPS OM4.1", "ERROR", "a licence is named", missing(licence=f"{_LICENCE} dcterms:rights dc:rights")),
    Test("FOOPS OM4.2", "ERROR", "the licence resolves", needs=NETWORK),
    Test(
        "FOOPS OM5.1",
        "ERROR",
        "basic provenance: creator, date of creation",
        missing(creator=_CREATOR, date_of_creation=_CREATED),
    ),
    Test(
        "FOOPS OM5.2",
        "ERROR",
        "detailed provenance: publisher, date of issue",
        missing(publisher=_PUBLISHER, date_of_issue=_ISSUED),
    ),
    Test(
        "FOOPS VER1",
        "ERROR",
        "there is a version IRI, and it differs from the ontology's",
        rows(
            """BIND (owl:versionIRI AS ?property) ?entity a owl:Ontology OPTIONAL { ?entity ?property ?value }
            FILTER (!BOUND(?value) || ?value = ?entity)"""
        ),
    ),
    Test("FOOPS VER2", "ERROR", "the version IRI resolves", needs=NETWORK),
    Test(
        "FOOPS VOC1",
        "ERROR",
        "the header reuses vocabularies of metadata",
        rows(
            f"""?entity a owl:Ontology . FILTER NOT EXISTS {{ ?entity ?p ?x .
            FILTER ({" || ".join(f"STRSTARTS(STR(?p), STR({prefix}))" for prefix in _METADATA.split())}) }}"""
        ),
    ),
    Test(
        "FOOPS VOC2",
        "ERROR",
        "the vocabulary imports or extends others",
        rows(
            """?entity a owl:Ontology . FILTER NOT EXISTS { ?entity owl:imports ?x } FILTER NOT EXISTS {
              VALUES ?p { rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range } ?entity2 ?p ?other .
              FILTER (isIRI(?other) && !STRSTARTS(STR(?other), STR(?entity))
                && !STRSTARTS(STR(?other), STR(owl:)) && !STRSTARTS(STR(?other), STR(xsd:))) }"""
        ),
    ),
    Test(
        "FOOPS VOC3",
        "ERROR",
        "every class, property and concept has a label",
        rows(f"{NAMED} FILTER NOT EXISTS {{ ?entity rdfs:label|skos:prefLabel|obo:IAO_0000118 ?x }}"),
    ),
    Test(
        "FOOPS VOC4",
        "ERROR",
        "every class, property and concept has a definition",
        rows(f"{NAMED} FILTER NOT EXISTS {{ ?entity rdfs:comment|skos:definition ?x }}"),
    ),
)
