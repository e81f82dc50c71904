"""What was added, changed or withdrawn: nodes by kind, with their fields, and parts below what they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import pyoxigraph as ox

from moagraph.diff.sides import TYPE, Node, Side
from moagraph.names import PREFIXES, VOCAB, compact, local_name, spaced
from moagraph.reader import Reader, quantity_text
from moagraph.store import Term
from moagraph.table import Iri

Read = TypeVar("Read")

KINDS = ("claim", "line", "finding", "quantity", "certainty", "absence", "thing", "term", "passage")
"""Kinds of nodes, in the order in which a comparison tells of them."""

_KIND_OF_CLASS = {
    "Claim": "claim",
    "EvidenceLine": "line",
    "Finding": "finding",
    "Quantity": "quantity",
    "CertaintyAssessment": "certainty",
    "Absence": "absence",
    "Passage": "passage",
    "SkipRange": "passage",
}
_NAMED_PARTS = ("finding", "quantity", "certainty")
_PARTS = ("line", *_NAMED_PARTS)
LABELS = (f"{PREFIXES['skos']}prefLabel", f"{PREFIXES['rdfs']}label")


class Words(NamedTuple):
    """How a node is said on the old and on the new side; empty where it is not there."""

    old: str
    new: str

    @property
    def text(self) -> str:
        """The newer words."""
        return self.new or self.old

    def to_dict(self) -> dict[str, str]:
        """Gives both as data."""
        return {"old": self.old, "new": self.new}


class Field(NamedTuple):
    """A property of which values were withdrawn or added; those that stayed are not named.

    Attributes:
        iri: the property.
        old: values withdrawn, in words, in order.
        new: values added, in words, in order.
    """

    iri: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def name(self) -> str:
        """The property's name as people read it."""
        return spaced(local_name(self.iri))

    def to_dict(self) -> dict[str, Any]:
        """Gives the field as data."""
        return {"field": compact(self.iri), "old": list(self.old), "new": list(self.new)}


@dataclass(frozen=True)
class Change:
    """A node that was added, withdrawn or changed, or that was kept while its parts changed.

    Attributes:
        what: added, withdrawn, changed or kept.
        kind: one of `KINDS`.
        iri: the node.
        words: how it is said.
        fields: what changed of it, by property; empty for a node that is only on one side.
        parts: what changed of its lines, findings, quantities and certainty assessments.
    """

    what: str
    kind: str
    iri: str
    words: Words
    fields: tuple[Field, ...] = ()
    parts: tuple[Change, ...] = ()

    @property
    def renamed(self) -> Field | None:
        """The change of its label, where there is one."""
        return next((f for f in self.fields if f.iri in LABELS and f.old and f.new), None)

    def walk(self) -> Iterator[Change]:
        """Gives the change and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def to_dict(self) -> dict[str, Any]:
        """Gives the change as data."""
        return {
            "what": self.what,
            "kind": self.kind,
            "id": compact(self.iri),
            "words": self.words.to_dict(),
            "fields": [field.to_dict() for field in self.fields],
            "parts": [part.to_dict() for part in self.parts],
        }


def kind_of(iri: str, node: Node) -> str:
    """Gives the kind of a node."""
    names = (getattr(cls, "value", "").removeprefix(VOCAB) for cls in node.get(TYPE, ()))
    kinds = [_KIND_OF_CLASS[name] for name in names if name in _KIND_OF_CLASS]
    if kinds:
        return min(kinds, key=KINDS.index)
    return "term" if iri.startswith((VOCAB, PREFIXES["scheme"])) or f"{iri}#" == VOCAB else "thing"


class Speech:
    """Says nodes and values of one side in words."""

    def __init__(self, side: Side, policy: str) -> None:
        self.side = side
        self.reader: Reader = side.reader(policy)
        self._said: dict[str, str] = {}

    def prepare(self, iris: Iterable[str]) -> None:
        """Reads all claims, lines, findings and absences that are to be said, a few queries for all."""
        claims: set[str] = set()
        absences = []
        lines_of_finding = self._owners("finding")
        for iri in iris:
            node = self.side.nodes.get(iri)
            if node is None:
                continue
            kind = kind_of(iri, node)
            if kind == "claim":
                claims.add(iri)
            elif kind == "line":
                claims |= _iris(node, "bearsOn")
            elif kind == "finding":
                for line in lines_of_finding.get(iri, ()):
                    claims |= _iris(self.side.nodes[line], "bearsOn")
            elif kind == "absence":
                absences.append(iri)
        for read in self._read(self.reader.claims, sorted(claims)):
            self._said[str(read.iri)] = read.sentence()
            for evidence in read.lines:
                iri = str(evidence.iri)
                self._said[iri] = f"{evidence.stance_label}: {evidence.sentence()}"
                found = sorted(_iris(self.side.nodes.get(iri, {}), "finding"))
                self._said |= dict(zip(found, evidence.findings, strict=False))
        for absence in self._read(self.reader.absences, sorted(absences)):
            self._said[str(absence.iri)] = absence.sentence()

    @staticmethod
    def _read(read: Callable[[list[str]], list[Read]], iris: list[str]) -> list[Read]:
        """Reads nodes; of a side that was not checked, those that lack what they need are left to their names."""
        try:
            return read(iris)
        except (AssertionError, LookupError, ValueError):
            if len(iris) == 1:
                return []
            middle = len(iris) // 2
            return [one for half in (iris[:middle], iris[middle:]) for one in Speech._read(read, half)]

    def _owners(self, name: str) -> dict[str, list[str]]:
        owners: dict[str, list[str]] = {}
        for iri, node in self.side.nodes.items():
            for part in _iris(node, name):
                owners.setdefault(part, []).append(iri)
        return owners

    def say(self, iri: str) -> str:
        """Gives a node in words, or nothing where the side does not have it."""
        node = self.side.nodes.get(iri)
        if node is None:
            return ""
        if iri not in self._said:
            self._said[iri] = self._other(iri, node)
        return self._said[iri] or Iri(iri).label

    def _other(self, iri: str, node: Node) -> str:
        kind = kind_of(iri, node)
        if iri.startswith("_:"):
            return iri
        if kind == "quantity":
            return quantity_text(self.reader.nodes([iri])[iri])
        if kind == "certainty":
            values = sorted(self.value(v) for name in ("level", "assessor") for v in node.get(VOCAB + name, ()))
            return f"certainty assessment: {', '.join(values)}"
        if kind == "passage":
            start, end = (_one(node, PREFIXES["oa"] + name) for name in ("start", "end"))
            source = next((self.value(v) for v in node.get(f"{VOCAB}inSource", ())), "no source")
            return f"{start}–{end} of {source}"
        return self.side.store.label(iri) or Iri(iri).label

    def value(self, term: Term) -> str:
        """Gives a value in words."""
        if isinstance(term, ox.NamedNode):
            node = self.side.nodes.get(term.value)
            if node is not None and kind_of(term.value, node) in ("quantity", "passage", "certainty"):
                return self.say(term.value)
            return Iri(term.value, self.side.store.label(term.value)).label
        if isinstance(term, ox.Literal):
            return f"{term.value} ({term.language})" if term.language not in (None, "en") else term.value
        return str(term)


def _iris(node: Node, name: str) -> set[str]:
    return {term.value for term in node.get(VOCAB + name, ()) if isinstance(term, ox.NamedNode)}


def _one(node: Node, iri: str) -> str:
    return min((getattr(term, "value", str(term)) for term in node.get(iri, ())), default="")


class Changes:
    """All changes between two sides.

    Attributes:
        roots: claims, absences, things, terms and passages that changed, with their parts, in order.
        touched: IRIs of all nodes added, withdrawn or changed.
    """

    def __init__(self, old: Side, new: Side, policy: str) -> None:
        self.old, self.new = old, new
        self.touched = {
            iri for iri in old.nodes.keys() | new.nodes.keys() if old.nodes.get(iri) != new.nodes.get(iri)
        }
        self.speech = (Speech(old, policy), Speech(new, policy))
        self._kinds = {iri: kind_of(iri, self.node(iri)) for iri in old.nodes.keys() | new.nodes.keys()}
        self._owner = self._owners()
        whole = set(self.touched)
        for iri in self.touched:
            whole |= set(self.above(iri))
        for speech in self.speech:
            speech.prepare(whole)
        self.roots = self._tree(whole)

    def node(self, iri: str) -> Node:
        """Gives all that either side says of a node."""
        old, new = self.old.nodes.get(iri, {}), self.new.nodes.get(iri, {})
        return {name: old.get(name, set()) | new.get(name, set()) for name in old.keys() | new.keys()}

    def kind(self, iri: str) -> str:
        """Gives the kind of a node on whichever side it is."""
        return self._kinds.get(iri) or kind_of(iri, {})

    def words(self, iri: str) -> Words:
        """Gives a node in words, on either side."""
        return Words(*(speech.say(iri) for speech in self.speech))

    def above(self, iri: str) -> Iterator[str]:
        """Gives what a part belongs to, and what that belongs to, up to its claim, absence or thing."""
        seen = {iri}
        while (owner := self._owner.get(iri)) and owner not in seen:
            seen.add(owner)
            yield owner
            iri = owner

    def _owners(self) -> dict[str, str]:
        """Gives for each part the one node that it is told under."""
        owners: dict[str, set[str]] = {}
        for side in (self.old, self.new):
            for iri, node in side.nodes.items():
                if self._kinds[iri] == "line":
                    owners.setdefault(iri, set()).update(_iris(node, "bearsOn"))
                for values in node.values():
                    for term in values:
                        if isinstance(term, ox.NamedNode) and self._kinds.get(term.value) in _NAMED_PARTS:
                            owners.setdefault(term.value, set()).add(iri)
        return {part: min(above) for part, above in owners.items() if above}

    def _tree(self, whole: set[str]) -> tuple[Change, ...]:
        below: dict[str, list[str]] = {}
        roots = []
        for iri in sorted(whole):
            owner = self._owner.get(iri) if self.kind(iri) in _PARTS else None
            if owner is None or owner not in whole:
                roots.append(iri)
            else:
                below.setdefault(owner, []).append(iri)

        def made(iri: str) -> Change:
            parts = sorted((made(part) for part in below.get(iri, ())), key=_order)
            return replace(self._change(iri, set(below.get(iri, ()))), parts=tuple(parts))

        return tuple(sorted((made(iri) for iri in roots), key=_order))

    def _change(self, iri: str, parts: set[str]) -> Change:
        old, new = self.old.nodes.get(iri), self.new.nodes.get(iri)
        kind, words = self.kind(iri), self.words(iri)
        if old is None or new is None:
            return Change("added" if old is None else "withdrawn", kind, iri, words)
        fields = []
        for name in sorted(old.keys() | new.keys()):
            before, after = old.get(name, set()), new.get(name, set())
            gone, come = (
                tuple(sorted(speech.value(term) for term in terms if getattr(term, "value", None) not in parts))
                for speech, terms in zip(self.speech, (before - after, after - before), strict=True)
            )
            if gone or come:
                fields.append(Field(name, gone, come))
        return Change("changed" if iri in self.touched else "kept", kind, iri, words, tuple(fields))


def _order(change: Change) -> tuple[int, str]:
    return (KINDS.index(change.kind), change.iri)
