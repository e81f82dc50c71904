"""Which changes a consequence goes back to: the evidence lines that it rests on, or that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import pyoxigraph as ox

from moagraph.diff.changes import Changes, Words
from moagraph.lineage import LINKS, Basis, Edge, is_derived
from moagraph.lineage.resting import resting_on
from moagraph.names import VOCAB, compact, local_name

_SAYING = ("claim", "line", "absence", "thing", "term")


class Cause(NamedTuple):
    """A claim, line, absence or thing that changed, or of which a part did.

    Attributes:
        what: added, withdrawn or changed; of a line that is as it was, but that the policy of one side alone admits,
            admitted or left out.
        kind: claim, line, absence, thing or term.
        iri: the node.
        words: how it is said.
        lines: for a thing or term the evidence lines through which it bears on the consequence.
    """

    what: str
    kind: str
    iri: str
    words: Words
    lines: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Gives the cause as data."""
        return {
            "what": self.what,
            "kind": self.kind,
            "id": compact(self.iri),
            "words": self.words.to_dict(),
            "lines": [compact(line) for line in self.lines],
        }


class DerivedEdge(Protocol):
    """A derived edge that changed, and why."""

    @property
    def subject(self) -> str:
        """Its subject."""

    @property
    def predicate(self) -> str:
        """Its predicate."""

    @property
    def object(self) -> str:
        """Its object."""

    @property
    def because(self) -> tuple[Cause, ...]:
        """The changes that it goes back to."""


class _Derived:
    """What both sides derive under a policy.

    Attributes:
        lines: for each derived node the lines that it uses, on either side.
        admitted: the lines that are admitted on the old side, and on the new one.
        otherwise: the lines that one side alone admits, or that the sides count differently.
    """

    def __init__(self, changes: Changes, policy: str) -> None:
        self.lines: dict[str, set[str]] = {}
        counted: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
        for side, lines in zip((changes.old, changes.new), counted, strict=True):
            for triple in side.derived(policy) if policy in side.policies else ():
                subject = getattr(triple.subject, "value", "")
                if triple.predicate.value in _USING and is_derived(subject):
                    self.lines.setdefault(subject, set()).add(getattr(triple.object, "value", ""))
                elif triple.predicate.value in _COUNTED:
                    lines.setdefault(subject, set()).add(f"{triple.predicate} {triple.object}")
        self.admitted = (counted[0].keys(), counted[1].keys())
        self.otherwise = {
            line for line in counted[0].keys() | counted[1].keys() if counted[0].get(line) != counted[1].get(line)
        }


class Asked(NamedTuple):
    """The predicates of claims and edges that a query names, as local names; none means that it asks for any."""

    predicates: frozenset[str]

    def about(self, predicate: str) -> bool:
        """Tells whether the query asks for a predicate, given as an IRI."""
        return not self.predicates or local_name(predicate) in self.predicates


_OF_EFFECTS = frozenset({"beneficialInModels", "improves", "studiedFor"})
"""Predicates that are derived from claims on effects, and that no claim need have."""


_USING = frozenset(VOCAB + name for name in ("usesLine", *LINKS))
_COUNTED = frozenset({f"{VOCAB}admittedBy", f"{VOCAB}lineTier"})


class Causes:
    """What changed, by what it can be traced from.

    Args:
        changes: all changes between the sides.
        policies: the policies that consequences are looked for under.
    """

    def __init__(self, changes: Changes, policies: Iterable[str]) -> None:
        self.changes = changes
        self._under = {policy: _Derived(changes, policy) for policy in policies}
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
        self._reported_by: dict[str, set[str]] = {}
        """For each study the publications that report it, on either side."""
        for iri in changes.old.nodes.keys() | changes.new.nodes.keys():
            for study in self._values(iri, "reports"):
                self._reported_by.setdefault(study, set()).add(iri)
        self._around = {iri: self._involved(iri) for iri in self._found}
        parts = {whole for part, whole in self._by_part.items() if part != whole}
        self._slight = {iri for iri in self._found.keys() - parts if self._is_slight(iri)}

    def _add(self, iri: str) -> None:
        there = (iri in self.changes.old.nodes, iri in self.changes.new.nodes)
        what = {(False, True): "added", (True, False): "withdrawn"}.get(there, "changed")
        self._found[iri] = Cause(what, self.changes.kind(iri), iri, self.changes.words(iri))

    def _is_slight(self, iri: str) -> bool:
        """Tells whether only passages or the note of a node changed, on which no verdict and no edge rests."""
        old, new = (side.nodes.get(iri) for side in (self.changes.old, self.changes.new))
        if old is None or new is None:
            return False
        differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        return differing <= {f"{VOCAB}passage", f"{VOCAB}note"}

    def _involved(self, iri: str) -> set[str]:
        """Gives what a cause speaks of: its values, and for a line also those of its claims."""
        node = self.changes.node(iri)
        around = {iri} | {term.value for values in node.values() for term in values if isinstance(term, ox.NamedNode)}
        if self.changes.kind(iri) == "line":
            around |= self._spoken_of(iri)
        return around

    def _sorted(self, iris: Iterable[str]) -> tuple[Cause, ...]:
        return tuple(self._found[iri] for iri in sorted(set(iris)))

    def of_claims(self, policy: str, claims: Iterable[str], lines: Iterable[str] = ()) -> tuple[Cause, ...]:
        """Gives the changed lines on some claims, else the claims that changed, else what their lines rest on.

        Args:
            policy: the policy that the consequence is under.
            claims: those that it uses.
            lines: lines that it uses beside all those on the claims.
        """
        claims = set(claims)
        used = set(lines).union(*(self.lines_of.get(claim, set()) for claim in claims))
        weighty = self._found.keys() - self._slight
        return self._sorted(used & weighty or claims & weighty) or self._behind(policy, used)

    def of_basis(self, policy: str, basis: Basis) -> tuple[Cause, ...]:
        """Gives what a row of an answer goes back to, by what it rests on; nothing where that did not change.

        In this order: lines under it that changed, on either side, claims of those, and statements that it was made
        of and that one side lacks; else what its lines rest on; else lines that one side's policy alone admits.

        Args:
            policy: the policy that the answer is under.
            basis: what the row rests on.
        """
        under = self._under[policy]
        used = set(basis.lines).union(*(self.lines_of.get(claim, set()) for claim in basis.claims))
        used = used.union(*(under.lines.get(node, set()) for node in basis.derived))
        weighty = self._found.keys() - self._slight
        claims = basis.claims | {claim for line in used for claim in self._values(line, "bearsOn")}
        things = {self._by_part[edge.subject] for edge in basis.edges if self._differs(edge)}
        direct = used & weighty or claims & weighty
        made_of = tuple(self._through(thing, basis.lines) for thing in sorted(things - direct))
        return (*self._sorted(direct), *made_of) or self._behind(policy, used)

    def _differs(self, edge: Edge) -> bool:
        """Tells whether one side lacks a statement of a node that is told of."""
        sides = (self.changes.old, self.changes.new)
        held = [edge.object in side.nodes.get(edge.subject, {}).get(edge.predicate, ()) for side in sides]
        return edge.subject in self._by_part and held[0] != held[1]

    def _through(self, iri: str, lines: Iterable[str]) -> Cause:
        """Gives a cause, with the lines through which it bears on a consequence where it is a thing.

        Args:
            iri: the cause.
            lines: the lines under the consequence; where there is none, all that rest on the thing are named.
        """
        cause = self._found[iri]
        if cause.kind not in ("thing", "term"):
            return cause
        lines = set(lines)
        resting = self._resting.get(iri, set())
        speaking = {line for line in lines if iri in self._spoken_of(line)}
        return cause._replace(lines=tuple(sorted(lines & resting or speaking or lines or resting)))

    def _spoken_of(self, line: str) -> set[str]:
        """Gives what the claims of a line name, on either side."""
        return {
            term.value
            for claim in self._values(line, "bearsOn")
            for values in self.changes.node(claim).values()
            for term in values
            if isinstance(term, ox.NamedNode)
        }

    @cached_property
    def _resting(self) -> dict[str, set[str]]:
        """For each changed thing the lines that rest on it, on either side."""
        found: dict[str, set[str]] = {}
        for lines in self.lines_of.values():
            for line in lines:
                for thing in self._rests_on(line):
                    found.setdefault(thing, set()).add(line)
        return found

    def _behind(self, policy: str, lines: set[str]) -> tuple[Cause, ...]:
        """Gives changed things that lines rest on, with the lines; else lines that one side's policy alone admits."""
        under = self._under[policy]
        through: dict[str, set[str]] = {}
        for line in lines & under.otherwise or lines:
            for thing in self._rests_on(line):
                through.setdefault(thing, set()).add(line)
        if through:
            return tuple(self._through(thing, through[thing]) for thing in sorted(through))
        found = []
        for line in sorted(lines & (under.admitted[0] ^ under.admitted[1]) - self._found.keys()):
            what = "left out" if line in under.admitted[0] else "admitted"
            found.append(Cause(what, "line", line, self.changes.words(line)))
        return tuple(found)

    def _rests_on(self, line: str) -> set[str]:
        """Gives the changed things that a line rests on, such as its studies, publications and sponsors."""

        def things(iri: str, *names: str) -> list[str]:
            return [thing for name in names for thing in self._values(iri, name)]

        reached = resting_on(line, things, lambda study: self._reported_by.get(study, ()))
        return {iri for iri in reached & self._found.keys() if self._found[iri].kind == "thing"}

    def asked_by(self, text: str) -> Asked:
        """Gives which consequences a query can show, by the predicates that its text names; all, if it names none."""
        predicates = {local_name(term) for iri in self.lines_of for term in self._values(iri, "predicate")}
        named = set(re.findall(r"\bmoa:(\w+)", text))
        return Asked(frozenset(p for p in predicates | _OF_EFFECTS if any(name.startswith(p) for name in named)))

    def of_row(self, mentioned: set[str], edges: Iterable[DerivedEdge], asked: Asked) -> tuple[Cause, ...]:
        """Gives what a row of an answer may go back to, by what it names, where its basis does not tell.

        So it is where a row owes something to what was lacking. In this order: claims, lines and absences that the
        row names; edges between things that it names; claims between such things, or on a thing with a study or
        reference that it names; edges of a thing that it names; lines that speak of all that it names; the things
        themselves, since much else is said of a thing. Edges and claims count only with a predicate that the query
        asks for.

        Args:
            mentioned: IRIs in the row.
            edges: the derived edges that changed.
            asked: what the query asks for.
        """
        named = {iri for iri in mentioned if not iri.startswith(VOCAB)}
        touched = named & self._found.keys() | {self._by_part[iri] for iri in named & self._by_part.keys()}
        for claim in named & self.lines_of.keys():
            touched |= self.lines_of[claim] & self._found.keys()
        things = {iri for iri in touched if self._found[iri].kind in ("thing", "term")}
        asked_edges = [edge for edge in edges if asked.about(edge.predicate)]
        weighty = self._found.keys() - self._slight
        around = (iri for iri in weighty if named and named <= self._around[iri])
        return (
            self._sorted(touched - things)
            or self._of_edges(edge for edge in asked_edges if {edge.subject, edge.object} <= named)
            or self._sorted(iri for iri in weighty if self._joins(iri, named, asked))
            or self._of_edges(edge for edge in asked_edges if asked.predicates and edge.subject in named)
            or self._sorted(iri for iri in around if self._fits(iri, asked))
            or self._sorted(things)
        )

    def _of_edges(self, edges: Iterable[DerivedEdge]) -> tuple[Cause, ...]:
        return self._sorted(cause.iri for edge in edges for cause in edge.because)

    def _claims_of(self, iri: str) -> set[str]:
        kind = self._found[iri].kind
        return self._values(iri, "bearsOn") if kind == "line" else {iri} if kind == "claim" else set()

    def _fits(self, iri: str, asked: Asked) -> bool:
        """Tells whether a cause is a claim, line or absence of a predicate that is asked for."""
        predicates = self._values(iri, "attribute")
        predicates |= {predicate for claim in self._claims_of(iri) for predicate in self._values(claim, "predicate")}
        return any(map(asked.about, predicates))

    def _joins(self, iri: str, named: set[str], asked: Asked) -> bool:
        """Tells whether a claim or line is on a named thing, with a named object, study or reference."""
        if not self._fits(iri, asked):
            return False
        claims = self._claims_of(iri) or {iri}
        subjects = set().union(*(self._values(claim, "subject") for claim in claims))
        others = set().union(*(self._values(claim, "object") for claim in claims))
        others |= self._values(iri, "fromStudy") | self._values(iri, "restsOn")
        return bool(subjects & named and others & named)

    def _values(self, iri: str, name: str) -> set[str]:
        return {term.value for term in self.changes.node(iri).get(VOCAB + name, ()) if isinstance(term, ox.NamedNode)}
