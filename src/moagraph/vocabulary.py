"""The vocabulary as it is published: classes, properties and concept schemes, with what OBO's tools look for.

Curators write one text in one place (decision 13 of the ontology). ROBOT, Protégé and the OBO services read only
`rdfs:label` and `obo:IAO_0000115`, so the published form repeats names and definitions under these properties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox

from moagraph.corpus import Corpus, is_statement_file
from moagraph.errors import InputUnreadable, NothingToCheck
from moagraph.names import PREFIXES

_LABEL = ox.NamedNode(f"{PREFIXES['rdfs']}label")
_NAME = ox.NamedNode(f"{PREFIXES['skos']}prefLabel")
_DEFINITION = ox.NamedNode(f"{PREFIXES['skos']}definition")
_TEXTUAL_DEFINITION = ox.NamedNode(f"{PREFIXES['obo']}IAO_0000115")
_TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")


def vocabulary_of(corpus: Corpus) -> tuple[ox.Triple, ...]:
    """Gives what the ontology's own files state: the header, classes, properties and concept schemes.

    Raises:
        InputUnreadable: a file is no Turtle, so that its terms would go untested.
        NothingToCheck: the ontology states nothing.
    """
    files = [f for f in corpus.files if f.path.startswith("ontology/") and is_statement_file(f.path)]
    read = Corpus.of(files)
    for finding in read.findings:
        raise InputUnreadable(f"{finding.place}: {finding.problem}", finding.cure)
    if not read.triples:
        raise NothingToCheck("the ontology holds no statement", "name a folder that holds ontology/*.ttl")
    return read.triples


def published(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """Gives a vocabulary with names and definitions repeated for OBO's tools, in the order of the triples' text.

    Each English definition stands under `obo:IAO_0000115` too, and what has a `skos:prefLabel` but no `rdfs:label`
    gets its English name as one. Labels must differ there, so that a name which several terms share is followed by
    the class of the term: "not stated (Language)".

    Args:
        triples: what the ontology's files state.
    """
    curated = list(triples)
    labels: dict[str, str] = {}
    names: dict[str, str] = {}
    classes: dict[str, list[str]] = {}
    added = []
    for triple in curated:
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        key = str(subject)
        classes.setdefault(key, [])
        if predicate == _TYPE:
            classes[key].append(str(value))
        if not isinstance(value, ox.Literal) or value.language != "en":
            continue
        if predicate == _LABEL:
            labels[key] = value.value
        elif predicate == _NAME:
            names[key] = value.value
        elif predicate == _DEFINITION:
            added.append(ox.Triple(subject, _TEXTUAL_DEFINITION, value))
    unlabelled = {key: name for key, name in names.items() if key not in labels}
    used = Counter([*labels.values(), *unlabelled.values()])
    nodes = {str(t.subject): t.subject for t in curated}
    for key, name in unlabelled.items():
        if used[name] > 1:
            name = f"{name} ({', '.join(sorted(labels[c] for c in classes[key] if c in labels)) or 'scheme'})"
        added.append(ox.Triple(nodes[key], _LABEL, ox.Literal(name, language="en")))
    return tuple(t for _, t in sorted({str(t): t for t in [*curated, *added]}.items()))
