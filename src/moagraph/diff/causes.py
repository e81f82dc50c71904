"""Which changes a consequence goes back to: through the claims and lines that it rests on, or that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pyoxigraph as ox

from moagraph.diff.changes import Changes, Words
from moagraph.names import VOCAB, compact

_SAYING = ("claim", "line", "absence", "thing", "term")


class Cause(NamedTuple):
    """A claim, line, absence or thing that changed, or of which a part did.

    Attributes:
        what: added, withdrawn or changed.
        kind: claim, line, absence, thing or term.
        iri: the node.
        words: how it is said.
    """

    what: str
    kind: str
    iri: str
    words: Words

    def to_dict(self) -> dict[str, Any]:
        """Gives the cause as data."""
        return {"what": self.what, "kind": self.kind, "id": compact(self.iri), "words": self.words.to_dict()}


class Causes:
    """What changed, by what it can be traced from."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.lines_of: dict[str, set[str]] = {}
        """For each claim its lines, on either side."""
        for side in (changes.old, changes.new):
            for iri, node in side.nodes.items():
                for claim in node.get(f"{VOCAB}bearsOn", ()):
                    if isinstance(claim, ox.NamedNode):
                        self.lines_of.setdefault(claim.value, set()).add(iri)
        self._found: dict[str, Cause] = {}
        self._by_part: dict[str, str] = {}
        for iri in sorted(changes.touched):
            for whole in (iri, *changes.above(iri)):
                if changes.kind(whole) in _SAYING:
                    self._add(whole)
                    self._by_part[iri] = whole
                    break
        self._around = {iri: self._involved(iri) for iri in self._found}

    def _add(self, iri: str) -> None:
        there = (iri in self.changes.old.nodes, iri in self.changes.new.nodes)
        what = {(False, True): "added", (True, False): "withdrawn"}.get(there, "changed")
        self._found[iri] = Cause(what, self.changes.kind(iri), iri, self.changes.words(iri))

    def _involved(self, iri: str) -> set[str]:
        """Gives what a cause speaks of: its values, and for a line also those of its claims."""
        node = self.changes.node(iri)
        around = {iri} | {term.value for values in node.values() for term in values if isinstance(term, ox.NamedNode)}
        if self.changes.kind(iri) == "line":
            for claim in node.get(f"{VOCAB}bearsOn", ()):
                if isinstance(claim, ox.NamedNode):
                    around |= {
                        term.value
                        for values in self.changes.node(claim.value).values()
                        for term in values
                        if isinstance(term, ox.NamedNode)
                    }
        return around

    def _sorted(self, iris: Iterable[str]) -> tuple[Cause, ...]:
        return tuple(self._found[iri] for iri in sorted(set(iris)))

    def of_claims(self, claims: Iterable[str], lines: Iterable[str] = ()) -> tuple[Cause, ...]:
        """Gives the changed lines on some claims, else the claims that changed, else what their lines rest on.

        Args:
            claims: those that the consequence uses.
            lines: lines that it uses beside all those on the claims.
        """
        claims = set(claims)
        used = set(lines).union(*(self.lines_of.get(claim, set()) for claim in claims))
        direct = used & self._found.keys() or claims & self._found.keys()
        if not direct:
            direct = {iri for line in used for iri in self._rests_on(line)}
        return self._sorted(direct)

    def _rests_on(self, line: str) -> set[str]:
        """Gives the changed things that a line names, or that belong to those, as a reference does to its study."""
        named = self._named(line)
        for thing in list(named):
            named |= self._named(thing)
        found = named & self._found.keys()
        for iri, around in self._around.items():
            if self._found[iri].kind == "thing" and around & named:
                found.add(iri)
        return {iri for iri in found if self._found[iri].kind == "thing"}

    def _named(self, iri: str) -> set[str]:
        return {
            term.value
            for name, values in self.changes.node(iri).items()
            if name.startswith(VOCAB)
            for term in values
            if isinstance(term, ox.NamedNode) and not term.value.startswith(VOCAB)
        }

    def of_row(self, mentioned: set[str], edges: Iterable[tuple[set[str], tuple[Cause, ...]]]) -> tuple[Cause, ...]:
        """Gives what a row of an answer goes back to, or nothing where that cannot be traced.

        Args:
            mentioned: IRIs in the row.
            edges: subject and object of each derived edge that changed, and why it did.
        """
        direct = mentioned & self._found.keys()
        direct |= {self._by_part[iri] for iri in mentioned & self._by_part.keys()}
        for claim in mentioned:
            direct |= self.lines_of.get(claim, set()) & self._found.keys()
        if direct:
            return self._sorted(direct)
        derived = {cause.iri for ends, causes in edges if ends <= mentioned for cause in causes}
        if derived:
            return self._sorted(derived)
        # Counts and lists name what a line is about, and others too: the line that shares most with the row is meant.
        named = {iri for iri in mentioned if not iri.startswith(VOCAB)}
        shared = {
            iri: len(named & around)
            for iri, around in self._around.items()
            if self._found[iri].kind in ("claim", "line", "absence") and (named <= around or len(named & around) > 1)
        }
        most = max(shared.values(), default=0)
        return self._sorted(iri for iri, number in shared.items() if number == most > 0)
