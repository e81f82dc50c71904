"""What the change means for the version number of the data, by Semantic Versioning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from moagraph.diff.changes import Change
from moagraph.names import PREFIXES, compact, expand

LEVELS = ("none", "patch", "minor", "major")

_DESCRIBING = tuple(PREFIXES[name] for name in ("rdfs", "dcterms", "vann", "prov", "owl"))
_MENDED = """skos:prefLabel skos:altLabel skos:definition skos:example skos:notation moa:asReported moa:authorName
    moa:authors moa:characters moa:citationNumber moa:citedIn moa:citedWithin moa:doi moa:file moa:identifier
    moa:journal moa:lastReviewed moa:note moa:passage moa:pmid moa:publisher moa:reports moa:restsOn moa:sha256
    moa:untraceableCitations moa:url moa:volume moa:year"""
_SOURCES = frozenset(expand(name) for name in _MENDED.split())
"""Properties that hold labels, notes and sources: what they say may be mended without a new meaning."""


class Bump(NamedTuple):
    """The part of the version number that must rise, and the first reasons.

    Attributes:
        level: major, minor, patch or none.
        reasons: why, in order; of that level.
    """

    level: str
    reasons: tuple[str, ...]


def bump_of(roots: Iterable[Change]) -> Bump:
    """Gives what changes mean for the version: major where an IRI goes or says something else, minor where there is
    more, patch where labels, notes and sources changed."""
    found: dict[str, list[str]] = {level: [] for level in LEVELS}
    for root in roots:
        for change in root.walk():
            for level, reason in _reasons(change):
                found[level].append(reason)
    level = next((level for level in reversed(LEVELS) if found[level]), "none")
    return Bump(level, tuple(dict.fromkeys(found[level])))


def _reasons(change: Change) -> Iterable[tuple[str, str]]:
    name = compact(change.iri)
    if change.kind == "passage":
        yield "patch", f"{name} is {change.what}"
    elif change.what == "withdrawn":
        yield "major", f"{name} is withdrawn"
    elif change.what == "added":
        yield "minor", f"{name} is added"
    for field in change.fields:
        if change.kind == "passage" or field.iri in _SOURCES or _describes(field.iri):
            yield "patch", f"{compact(field.iri)} of {name} changed"
        elif field.old:
            yield "major", f"{compact(field.iri)} of {name} says something else"
        else:
            yield "minor", f"{compact(field.iri)} of {name} says more"


def _describes(iri: str) -> bool:
    meaning = ("subClassOf", "subPropertyOf", "domain", "range", "deprecated")
    return iri.startswith(_DESCRIBING) and not iri.endswith(meaning)
