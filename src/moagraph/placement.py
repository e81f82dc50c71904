"""Path is identity: findings about where things are defined, which no shape or rule can see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pyoxigraph as ox

from moagraph.corpus import Corpus
from moagraph.names import BASE, KINDS, VOCAB, compact, local_name
from moagraph.report import Finding
from moagraph.terms import text_of

_SUBJECT = ox.NamedNode(f"{VOCAB}subject")

CLAIM_FILE_KINDS = ("claim", "evidence", "passage", "finding", "quantity", "certainty", "absence")
"""The kinds of nodes that a file below `data/claim/` may define."""


def misplacements(corpus: Corpus) -> Iterator[Finding]:
    """Path is identity: each data file defines what its path names, and nothing is defined twice."""
    for file in corpus.files:
        if file.path.startswith("data/") and not file.path.endswith(".ttl"):
            yield Finding(
                "misplaced-file", "violation", file.path, 0, "", "only Turtle files belong below data/",
                "move the file elsewhere, or name it *.ttl",
            )  # fmt: skip
    for path, line in corpus.blank_nodes:
        yield Finding(
            "blank-node", "violation", path, line, "", "a node without a name stands here",
            "give it an IRI, so that it can be cited and its faults have a place",
        )  # fmt: skip
    about: dict[str, list[str]] = {}
    for triple in corpus.triples:
        if triple.predicate == _SUBJECT:
            about.setdefault(text_of(triple.subject), []).append(text_of(triple.object))
    for subject, paths in corpus.subjects.items():
        for path in paths[1:]:
            yield defined_twice(corpus, subject, paths[0], path)
        path = paths[0]
        if not path.startswith("data/"):
            continue
        fault = _misplaced(subject, path, sorted(about.get(subject, ())))
        if fault:
            at, line = corpus.place(subject)
            yield Finding("misplaced-subject", "violation", at, line, subject, *fault)


def defined_twice(corpus: Corpus, subject: str, first: str, path: str) -> Finding:
    """Gives the finding that a subject is defined in one file and in another, which the corpus holds."""
    return Finding(
        "defined-twice", "violation", path, _line_in(corpus, path, subject), subject,
        f"is defined in {first} already", "keep one of the two definitions",
    )  # fmt: skip


def _line_in(corpus: Corpus, path: str, subject: str) -> int:
    local = re.escape(local_name(subject))
    for number, line in enumerate(corpus.text(path).splitlines(), 1):
        if re.match(rf"\S*[:/#]{local}>?\s", line):
            return number
    return 1


def _misplaced(subject: str, path: str, owners: list[str]) -> tuple[str, str] | None:
    """Gives fault and cure where a subject does not belong into the file it stands in.

    Args:
        subject: IRI of the node.
        path: the file.
        owners: what the node is about, where it is a claim or an absence.
    """
    parts = PurePosixPath(path).with_suffix("").parts[1:]
    kind, _, name = subject.removeprefix(BASE).partition("/")
    if not subject.startswith(BASE) or kind not in KINDS:
        if subject.startswith("http") or ":" in subject:
            return ("is no IRI of moagraph's data", f"use an IRI below {BASE} with one of the known kinds")
        return None  # a blank node, which is reported as such
    if parts[0] == "claim" and len(parts) == 3:
        if kind not in CLAIM_FILE_KINDS:
            return (f"does not belong into a file of claims ({path})", f"define it in data/{kind}/{name}.ttl")
        if owners and kind in ("claim", "absence") and parts[1] not in map(local_name, owners):
            return (
                f"is about {compact(owners[0])} but stands in the folder of {parts[1]}",
                f"move it to data/claim/{local_name(owners[0])}/",
            )
        return None
    if parts[0] == "passage" and len(parts) == 2:
        if kind in ("passage", "skip") and name.startswith(f"{parts[1]}_"):
            return None
        return (f"does not belong into {path}", "only passages and skip ranges of that source belong there")
    if len(parts) == 2 and parts[0] in KINDS:
        if (kind, name) == parts or (kind == "quantity" and name.startswith(f"{parts[1]}_")):
            return None
        return (f"does not belong into {path}", f"define it in data/{kind}/{name}.ttl")
    return (
        f"stands in {path}, which is no place for data",
        "use data/<kind>/<name>.ttl or data/claim/<subject>/<topic>.ttl",
    )
