"""The checks of ROBOT's `report` with its default profile: names, levels and meaning are ROBOT's.

Where ROBOT takes deprecated terms out, so do these. A check about constructs that moagraph does not use (logical
definitions, cross-references, synonyms, subsets) is listed and run like the others: it fails when one comes in.
"""

from __future__ import annotations

from moagraph.fair.test import Test, missing, rows

OIO = "http://www.geneontology.org/formats/oboInOwl#"

_DEFINITION = "obo:IAO_0000115"
_SYNONYMS = "obo:IAO_0000118 oio:hasExactSynonym oio:hasBroadSynonym oio:hasNarrowSynonym oio:hasRelatedSynonym"
_NAMED = "FILTER (!isBlank(?entity))"
_CURRENT = "FILTER NOT EXISTS { ?entity owl:deprecated true }"
_CALLED_CURRENT = "FILTER NOT EXISTS { ?entity owl:deprecated ?said . FILTER (STR(?said) = 'true') }"
"""As ROBOT has it where a term counts as deprecated even if the value is no truth value but text."""


def _several(property: str) -> str:
    """Gives a query for entities that have more than one value of a property."""
    return f"VALUES ?property {{ {property} }} ?entity ?property ?value, ?other . FILTER (?value != ?other)"


def _shared(properties: str) -> str:
    """Gives a query for values that two entities have."""
    return (
        f"VALUES ?property {{ {properties} }} ?entity ?property ?value . ?other ?property ?value . "
        "FILTER (?entity != ?other)"
    )


def _check(name: str, level: str, asks: str, where: str) -> Test:
    return Test(f"ROBOT {name}", level, asks, rows(f"{where} {_NAMED}"))


TESTS = (
    _check(
        "annotation_whitespace",
        "WARN",
        "no annotation begins or ends with whitespace",
        r"""?entity ?property ?value . FILTER (isLiteral(?value) && ?property != rdfs:label)
        FILTER REGEX(STR(?value), "^\\s|\\s$")""",
    ),
    _check(
        "deprecated_boolean_datatype",
        "ERROR",
        "owl:deprecated is a truth value",
        "VALUES ?property { owl:deprecated } ?entity ?property ?value . FILTER (DATATYPE(?value) != xsd:boolean)",
    ),
    _check(
        "deprecated_class_reference",
        "ERROR",
        "nothing is built on a deprecated class",
        """VALUES ?property { rdfs:subClassOf owl:equivalentClass owl:disjointWith rdfs:domain rdfs:range
          owl:someValuesFrom owl:allValuesFrom schema:domainIncludes schema:rangeIncludes }
        ?value a owl:Class ; owl:deprecated true . ?entity ?property ?value .""",
    ),
    _check(
        "deprecated_property_reference",
        "ERROR",
        "nothing is built on, or said with, a deprecated property",
        """{ VALUES ?property { rdfs:subPropertyOf owl:equivalentProperty owl:inverseOf owl:onProperty }
          ?value owl:deprecated true . ?entity ?property ?value }
        UNION { ?property owl:deprecated true . ?entity ?property ?value }""",
    ),
    _check(
        "duplicate_definition",
        "ERROR",
        "no two terms share a definition",
        f"{_shared(_DEFINITION)} {_CALLED_CURRENT}",
    ),
    _check(
        "duplicate_exact_synonym",
        "WARN",
        "no two terms share an exact synonym",
        _shared("obo:IAO_0000118 oio:hasExactSynonym"),
    ),
    _check(
        "duplicate_label_synonym",
        "WARN",
        "no synonym of a term is its label",
        f"VALUES ?property {{ {_SYNONYMS} }} ?entity rdfs:label ?value ; ?property ?value .",
    ),
    _check(
        "duplicate_label",
        "ERROR",
        "no two terms share a label",
        f"""{_shared("rdfs:label")}
        FILTER NOT EXISTS {{ ?entity owl:deprecated true . ?other owl:deprecated true }}""",
    ),
    _check(
        "duplicate_scoped_synonym",
        "WARN",
        "no synonym stands under two scopes",
        f"""VALUES ?property {{ {_SYNONYMS} }} VALUES ?scope {{ {_SYNONYMS} }}
        ?entity ?property ?value ; ?scope ?value . FILTER (?property != ?scope)""",
    ),
    _check(
        "equivalent_pair",
        "WARN",
        "no class is declared the same as another",
        "VALUES ?property { owl:equivalentClass } ?entity ?property ?value . FILTER (!isBlank(?value))",
    ),
    _check(
        "equivalent_class_axiom_no_genus",
        "WARN",
        "no class is defined by a restriction without a genus",
        """VALUES ?property { owl:equivalentClass } ?entity ?property ?x .
        ?x a owl:Restriction ; owl:someValuesFrom ?value .""",
    ),
    _check(
        "illegal_use_of_built_in_vocabulary",
        "ERROR",
        "nothing is said of rdf:type",
        "VALUES ?entity { rdf:type } ?entity ?property ?value .",
    ),
    _check(
        "invalid_entity_uri",
        "WARN",
        "no IRI is a misspelt one of OBO",
        """VALUES ?property { rdf:type } ?entity ?property ?value .
        FILTER REGEX(STR(?entity), "^(https://purl[.]obolibrary[.]org/|http://purl[.]org/obo/|http://www[.]obofoundry[.]org/)")""",
    ),
    _check(
        "invalid_xref",
        "WARN",
        "cross-references are CURIEs",
        r"""VALUES ?property { oio:hasDbXref } ?entity ?property ?value .
        FILTER (!REGEX(STR(?value), "^[A-Za-z_][A-Za-z0-9_.-]*[A-Za-z0-9_]:[^\\s]+$"))""",
    ),
    _check(
        "label_formatting",
        "ERROR",
        "no label holds a line break or tab",
        r"""VALUES ?property { rdfs:label } ?entity ?property ?value . FILTER REGEX(STR(?value), "[\\n\\t]")""",
    ),
    _check(
        "label_whitespace",
        "ERROR",
        "no label begins or ends with a space",
        """VALUES ?property { rdfs:label } ?entity ?property ?value . FILTER REGEX(STR(?value), "^ | $")""",
    ),
    _check(
        "lowercase_definition",
        "INFO",
        "definitions begin with a capital letter",
        f"""VALUES ?property {{ {_DEFINITION} }} ?entity ?property ?value . FILTER (!REGEX(STR(?value), "^[A-Z]"))""",
    ),
    _check(
        "missing_definition",
        "WARN",
        f"every term has a definition under {_DEFINITION}",
        f"""VALUES ?property {{ {_DEFINITION} }} ?entity ?any ?x . FILTER (?any != rdf:type)
        FILTER NOT EXISTS {{ ?entity ?property ?y }} {_CURRENT}
        FILTER NOT EXISTS {{ VALUES ?kind {{ owl:Ontology owl:NamedIndividual }} ?entity a ?kind }}""",
    ),
    _check(
        "missing_label",
        "ERROR",
        "every term has a label",
        f"""VALUES ?property {{ rdfs:label }} ?entity ?any ?x . {_CALLED_CURRENT}
        FILTER NOT EXISTS {{ ?entity ?property ?y }} FILTER NOT EXISTS {{ ?entity a owl:Ontology }}""",
    ),
    _check(
        "missing_obsolete_label",
        "WARN",
        'the label of a deprecated term begins with "obsolete"',
        """VALUES ?property { rdfs:label } ?entity owl:deprecated true ; ?property ?value .
        FILTER (!REGEX(STR(?value), "^obsolete", "i"))""",
    ),
    Test(
        "ROBOT missing_ontology_description",
        "ERROR",
        "the header has a description",
        missing(description="dcterms:description dc:description"),
    ),
    Test("ROBOT missing_ontology_license", "ERROR", "the header has a licence", missing(licence="dcterms:license")),
    Test("ROBOT missing_ontology_title", "ERROR", "the header has a title", missing(title="dcterms:title dc:title")),
    _check(
        "missing_subset_declaration",
        "WARN",
        "every subset is declared",
        """VALUES ?property { rdfs:subPropertyOf } ?x oio:inSubset ?entity .
        FILTER NOT EXISTS { ?entity ?property oio:SubsetProperty }""",
    ),
    _check(
        "missing_superclass",
        "INFO",
        "every class but the topmost has a superclass",
        f"""VALUES ?property {{ rdfs:subClassOf }} ?entity a owl:Class . FILTER NOT EXISTS {{ ?entity ?property ?x }}
        {_CURRENT}""",
    ),
    _check(
        "missing_synonymtype_declaration",
        "WARN",
        "every type of synonym is declared",
        """VALUES ?property { rdfs:subPropertyOf } ?x oio:hasSynonymType ?entity .
        FILTER NOT EXISTS { ?entity ?property oio:SynonymTypeProperty }""",
    ),
    _check(
        "misused_obsolete_label",
        "ERROR",
        'no label but that of a deprecated term begins with "obsolete"',
        f"""VALUES ?property {{ rdfs:label }} ?entity ?property ?value . {_CALLED_CURRENT}
        FILTER REGEX(STR(?value), "^obsolete", "i")""",
    ),
    _check(
        "misused_replaced_by",
        "ERROR",
        "only a deprecated term is replaced by another",
        f"VALUES ?property {{ obo:IAO_0100001 }} ?entity ?property ?value . {_CURRENT}",
    ),
    _check("multiple_definitions", "ERROR", "no term has two definitions", f"{_several(_DEFINITION)} {_CURRENT}"),
    _check("multiple_equivalent_classes", "WARN", "no class is equivalent to two", _several("owl:equivalentClass")),
    _check(
        "multiple_equivalent_class_definitions",
        "ERROR",
        "no class has two logical definitions",
        """VALUES ?property { owl:equivalentClass }
        ?entity ?property ?x, ?y . ?x owl:intersectionOf ?value . ?y owl:intersectionOf ?other . FILTER (?x != ?y)""",
    ),
    _check("multiple_labels", "ERROR", "no term has two labels", f"{_several('rdfs:label')} {_CURRENT}"),
)
