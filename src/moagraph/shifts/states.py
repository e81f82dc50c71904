"""A state of judgement: claims with their evidence, and what one policy makes of them."""

from __future__ import annotations

from functools import cache, cached_property

import pyoxigraph as ox

from moagraph.cells import Iri
from moagraph.claims import Claim, Line
from moagraph.compare import TABLES
from moagraph.compare.cells import BesideCell
from moagraph.compare.known import Knowledge
from moagraph.library import Library
from moagraph.names import ASSERTED, VOCAB, local_name, policy_graph
from moagraph.overlap.closures import Edge, Hierarchy, closures_of
from moagraph.overlap.sharing import Sharing
from moagraph.shifts.judged import JUDGING, Derived
from moagraph.shifts.reading import Asserted, WholeNames, WholeReader
from moagraph.store import EmbeddedStore
from moagraph.weigh.evidence import CLASSES, Facts

SHARED, CONTESTED = "shared", "shared only through a contested edge"

CellKey = tuple[str, str, Iri]
"""Table, attribute and compound."""


class State:
    """What one policy makes of the claims in a store.

    Args:
        library: the store, which is embedded or in memory, and the policy.
        asserted: what is asserted in the store, where it was read already.
        like: another state, from which is taken over what both say alike.

    Attributes:
        derived: verdicts, edges and the lines that count.
    """

    def __init__(self, library: Library, asserted: Asserted | None = None, like: State | None = None) -> None:
        assert isinstance(library.store, EmbeddedStore)
        self.library = library
        self.store, self.policy = library.store, library.policy
        graph = ox.NamedNode(policy_graph(self.policy))
        derived = [
            quad.triple
            for name in JUDGING
            for quad in library.store.store.quads_for_pattern(None, ox.NamedNode(name), None, graph)
        ]
        self.asserted: Asserted = asserted or Asserted.of(self.store.quads(ASSERTED))
        self.derived = Derived(derived)
        before = like.reader if like else None
        self.reader: WholeReader = WholeReader(self.store, self.policy, self.asserted, derived, before)

    def values(self, iri: str, name: str) -> list[Iri]:
        """Gives the things that a property of ours leads to."""
        found = self.asserted.nodes.get(iri, {}).get(VOCAB + name, ())
        return [value for value in found if isinstance(value, Iri)]

    def has(self, iri: str) -> bool:
        """Tells whether anything is asserted of a node."""
        return iri in self.asserted.nodes

    def claim(self, iri: str) -> Claim | None:
        """Gives a claim with its lines, or None where there is none."""
        return next(iter(self.reader.claims([iri])), None) if self.has(iri) else None

    def line(self, iri: str) -> tuple[Claim, Line] | None:
        """Gives a line and its claim, or None where there is none."""
        for claim in self.values(iri, "bearsOn"):
            for read in self.reader.claims([claim]):
                return next((read, line) for line in read.lines if line.iri == iri)
        return None

    @cached_property
    def names(self) -> WholeNames:
        """The names of all things."""
        return WholeNames(self.store, self.policy, self.asserted)

    @cached_property
    def facts(self) -> Facts:
        """What is asserted, as weighing reads it."""
        members = {name: tuple(self.asserted.members.get(VOCAB + name, ())) for name in CLASSES}
        local = cache(local_name)
        nodes = {
            iri: {local(name): tuple(map(str, values)) for name, values in self.asserted.nodes[iri].items()}
            for iris in members.values()
            for iri in iris
        }
        return Facts(nodes, members)

    @cached_property
    def compounds(self) -> tuple[str, ...]:
        """The compounds in order."""
        return self.facts.members["Compound"]

    def name(self, iri: str) -> Iri:
        """Gives a thing with its label."""
        return self.asserted.name(iri)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """What is broader than what among mechanisms."""
        return Hierarchy.of(self.store, self.policy)

    @cached_property
    def shared(self) -> dict[tuple[Iri, Iri, Iri], str]:
        """How each two compounds share a mechanism: the most specific ones, as overlap counts them."""
        edges = [
            Edge(
                self.name(subject),
                self.name(object_),
                Iri(VOCAB + verdict),
                tier.removeprefix("Tier")[:1],
                "?" in tier,
            )
            for (subject, predicate, object_), ((verdict, tier), *_) in sorted(self.derived.edges.items())
            if predicate == f"{VOCAB}hasMechanism"
        ]
        plain, either = (
            closures_of(edges, self.hierarchy, set(judgements))
            for judgements in (("supported",), ("supported", "contested"))
        )
        found: dict[tuple[Iri, Iri, Iri], str] = {}
        for pair in Sharing(plain, either, self.hierarchy).pairs():
            for mechanisms, how in ((pair.shared, SHARED), (pair.contested, CONTESTED)):
                found |= {(pair.one, pair.other, mechanism): how for mechanism in mechanisms}
        return found

    def cells(self, compounds: list[str]) -> dict[CellKey, BesideCell]:
        """Gives the cells of all side-by-side tables, in the order of tables and rows, entries apart.

        Args:
            compounds: the columns.
        """
        known = Knowledge(self.library, compounds, self.reader, apart=True)
        return {
            (name, row.attribute, thing): cell
            for name, table in TABLES.items()
            for row in table(known)
            for thing, cell in zip(known.things, row.cells, strict=True)
        }

    @cached_property
    def footing(self) -> dict[str, frozenset[object]]:
        """What the cells of each compound stand on: where footings are equal, so are the cells.

        These are the claims, absences and studies of the compound, of groups of it and of bodies of evidence on it,
        how claims and lines are judged, and the derivations on the compound.
        """
        found: dict[str, set[object]] = {compound: set() for compound in self.compounds}
        members = self.asserted.members
        parts = {
            iri: self.values(iri, name)
            for cls, name in (("CompoundGroup", "member"), ("EvidenceBody", "about"))
            for iri in members.get(VOCAB + cls, ())
        }
        for cls in ("Claim", "Absence", "Study", "StudySet"):
            for iri in members.get(VOCAB + cls, ()):
                ends = [*self.values(iri, "subject"), *self.values(iri, "intervention")]
                if f"{VOCAB}interactsWith" in self.values(iri, "predicate"):
                    ends += self.values(iri, "object")
                compounds = {str(part) for end in ends for part in (end, *parts.get(end, ()))} & found.keys()
                standing = self._standing(iri) if compounds else None
                for compound in compounds:
                    found[compound].add(standing)
        for key, edge in self.derived.edges.items():
            if key[0] in found:
                found[key[0]].add((key, edge))
        return {compound: frozenset(standing) for compound, standing in found.items()}

    def _standing(self, iri: str) -> object:
        lines = self.asserted.leading["bearsOn"].get(iri, ())
        return (
            iri,
            self.derived.claims.get(iri),
            tuple((line, self.derived.lines.get(line)) for line in lines),
            frozenset(str(value) for values in self.asserted.nodes[iri].values() for value in values),
        )
