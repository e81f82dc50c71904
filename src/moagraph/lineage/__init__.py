"""The lineage of an answer: for each row the evidence lines that bear it, and whatever else it was made of.

A row is traced through the query itself (see `witnesses`), never by guessing from what it names. A statement that was
derived is followed to the lines that the derivation used; one that curators wrote of an evidence line is that line;
any other is kept as it stands, since no line bears it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

from moagraph.library import Given, Library
from moagraph.lineage.nodes import TYPE, Nodes, is_derived, number_text, statement_text, term_text
from moagraph.lineage.paths import Edge, Path, walked
from moagraph.lineage.witnesses import Witnesses, scope_of
from moagraph.names import PREFIXES, VOCAB
from moagraph.query import Query, bind
from moagraph.sparql import Unreadable
from moagraph.store import Solutions
from moagraph.table import Cell

LINKS = ("supportedBy", "refutedBy", "nullIn", "inconclusiveIn")
"""The properties that lead from what is judged to its lines, one for each stance."""

PARTS = ("finding", "certainty", "passage")
"""The properties of a line that lead to its own parts."""

_JUDGING = frozenset(VOCAB + name for name in ("verdict", "tier", "unresolved"))
_CLOSURES = {
    f"{VOCAB}hasMechanismOrNarrower": f"{VOCAB}hasMechanism",
    f"{VOCAB}bindsReceptorOrNarrower": f"{VOCAB}bindsReceptor",
}
_INDICATION = ox.NamedNode(f"{VOCAB}Indication")
_SIDES = ("supportingLine", "opposingLine")
_BROADER = Path("+", parts=(Path("iri", f"{PREFIXES['skos']}broader"),))


@dataclass(frozen=True)
class Basis:
    """What a row rests on.

    Attributes:
        lines: the evidence lines that bear it under the policy.
        claims: claims of which it gives the verdict, or that it lists whoever says them.
        derived: derived nodes, such as judged edges, that it was made of.
        edges: statements of curators that no evidence line bears, such as what is said of a study or an absence.
    """

    lines: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    edges: frozenset[Edge] = frozenset()

    @property
    def statements(self) -> frozenset[str]:
        """The edges as text."""
        return frozenset(statement_text(*edge) for edge in self.edges)

    def __bool__(self) -> bool:
        return bool(self.lines or self.edges)

    def __or__(self, other: Basis) -> Basis:
        return Basis(
            self.lines | other.lines,
            self.claims | other.claims,
            self.derived | other.derived,
            self.edges | other.edges,
        )


class TracedRow(NamedTuple):
    """A row of an answer, and what it rests on; an empty basis could not be traced."""

    cells: tuple[Cell, ...]
    basis: Basis


class Lineage:
    """Traces the answers of a library.

    Attributes:
        library: the library.
        nodes: what the graph says, as it was read on the way.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.nodes = Nodes(library.store, library.policy)

    def rows(
        self, query: Query, given: Given, wanted: Callable[[tuple[Cell, ...]], bool] | None = None
    ) -> Iterator[TracedRow]:
        """Gives the rows of an answer in order, each with what it rests on.

        Args:
            query: the query.
            given: its values.
            wanted: tells which rows are traced; the others are left out. All are, unless given.
        """
        store, policy = self.library.store, self.library.policy
        # What cannot be read as we read queries is answered all the same, and its rows are not traced.
        readable = _is_readable(query)
        for apart, terms in self.library.questions(given):
            answer = store.answer(bind(query.text, query.opening, terms), policy)
            assert isinstance(answer, Solutions)
            table = store.table(answer, query.columns)
            rows = [((*apart, *cells), row) for cells, row in zip(table.cells, answer.rows, strict=True)]
            asked = [(cells, row) for cells, row in rows if wanted is None or wanted(cells)]
            if not asked:
                continue
            if not readable:
                yield from (TracedRow(cells, Basis()) for cells, _ in asked)
                continue
            witnesses = Witnesses(self.nodes, query.text, terms)
            made = [(cells, witnesses.of(dict(zip(answer.variables, row, strict=True)))) for cells, row in asked]
            self._prepare(edge for _, edges in made for edge in edges)
            for cells, edges in made:
                yield TracedRow(cells, self._basis(edges))

    def _prepare(self, edges: Iterable[Edge]) -> None:
        """Reads all that following these statements will look at, in a few queries."""
        edges = set(edges)
        things = {edge.subject for edge in edges}
        things |= {edge.object.value for edge in edges if isinstance(edge.object, ox.NamedNode)}
        self.nodes.read(things)
        derived = {
            d
            for thing in things
            if not (is_derived(thing) or self.nodes.is_line(thing) or self.nodes.is_claim(thing))
            for d in self._derivations_of(thing)
        }
        derived |= {thing for thing in things if is_derived(thing)}
        self.nodes.read(derived)
        claims = {thing for thing in things if self.nodes.is_claim(thing)}
        self.nodes.read_into(f"{VOCAB}bearsOn", claims)
        lines = {line for claim in claims for line in self.nodes.into(f"{VOCAB}bearsOn", claim)}
        opposed = {line for node in derived for line in self.nodes.things(node, *_SIDES)}
        lines |= {line for node in derived for line in self.nodes.things(node, "usesLine", *LINKS)}
        self.nodes.read(lines | opposed)
        self.nodes.read(claim for line in opposed for claim in self.nodes.things(line, "bearsOn"))

    def _derivations_of(self, subject: str) -> tuple[str, ...]:
        return self.nodes.into(f"{VOCAB}edgeSubject", subject)

    def _basis(self, edges: Iterable[Edge]) -> Basis:
        lines: set[str] = set()
        derived: set[str] = set()
        judged: set[str] = set()
        listed: dict[str, set[Edge]] = {}
        others: set[Edge] = set()
        for edge in edges:
            subject, predicate, value = edge
            thing = value.value if isinstance(value, ox.NamedNode) else ""
            found = [one for one in (subject, thing) if one and self.nodes.is_line(one)]
            if found:
                lines.update(found)
                # A link to a line says whose it is; the judgement as a whole is another statement.
                derived.update([subject] if is_derived(subject) else [])
            elif is_derived(subject):
                derived.add(subject)
                lines |= self.lines_under(subject)
            elif self.nodes.is_claim(subject):
                if predicate in _JUDGING:
                    judged.add(subject)
                else:
                    listed.setdefault(subject, set()).add(edge)
            elif made_by := self._derivations(edge):
                derived |= made_by
                lines = lines.union(*(self.lines_under(node) for node in made_by))
                others = others.union(*(self._narrowing(edge, node) for node in made_by))
            elif not (predicate == TYPE and value == _INDICATION):
                derived.update([thing] if is_derived(thing) else [])
                others.add(edge)
        for claim in judged:
            lines.update(self.nodes.things(claim, *LINKS))
        borne = {claim for line in lines for claim in self.nodes.things(line, "bearsOn")}
        for claim in listed.keys() - borne - judged:
            admitted = self.nodes.lines_on(claim)
            judged.add(claim)
            lines.update(admitted)
            others |= set() if admitted else listed[claim]
        for node in derived:
            others |= self._hierarchy_under(node) | self._lists_under(node)
        own = self._parts_of(lines)
        kept = frozenset(edge for edge in others if edge.subject not in own)
        return Basis(frozenset(lines), frozenset(judged), frozenset(derived), kept)

    def lines_under(self, node: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Gives the lines that a derived node was made from, through claims and derived nodes that it names."""
        named = {t.value for values in self.nodes.of(node).values() for t in values if isinstance(t, ox.NamedNode)}
        self.nodes.read(named)
        lines = {one for one in named if self.nodes.is_line(one)}
        if not lines:
            for one in sorted(named - seen - {node}):
                if is_derived(one):
                    lines |= self.lines_under(one, seen | {node})
                elif self.nodes.is_claim(one):
                    lines.update(self.nodes.things(one, *LINKS))
        return lines

    def _narrowing(self, edge: Edge, derivation: str) -> frozenset[Edge]:
        """Gives the statements by which what a compound has is narrower than what an edge says that it has."""
        had = self.nodes.values(derivation, "edgeObject") if edge.predicate in _CLOSURES else ()
        return frozenset().union(*(walked(self.nodes, _BROADER, one, edge.object) for one in had))

    def _hierarchy_under(self, node: str) -> frozenset[Edge]:
        """Gives the statements by which one side of a contradiction is on something narrower than the other."""
        if not self.nodes.values(node, "narrowerIn"):
            return frozenset()
        ends = [
            {
                term
                for line in self.nodes.things(node, side)
                for claim in self.nodes.things(line, "bearsOn")
                for values in self.nodes.of(claim).values()
                for term in values
                if isinstance(term, ox.NamedNode)
            }
            for side in _SIDES
        ]
        ways = [(start, end) for one, other in (ends, ends[::-1]) for start in one - other for end in other - one]
        return frozenset().union(*(walked(self.nodes, _BROADER, start, end) for start, end in ways))

    def _lists_under(self, node: str) -> frozenset[Edge]:
        """Gives the statements on what reviews include of which an overlap was counted."""
        name = "includesStudy"
        reviews = self.nodes.things(node, "review")
        return frozenset(Edge(one, VOCAB + name, study) for one in reviews for study in self.nodes.values(one, name))

    def _derivations(self, edge: Edge) -> set[str]:
        """Gives the derivations that a plain edge, or what a compound has through something narrower, came from."""
        wanted = ox.NamedNode(_CLOSURES.get(edge.predicate, edge.predicate))
        goal = f"{VOCAB}impliesObject" if edge.predicate in _CLOSURES else f"{VOCAB}edgeObject"
        return {
            node
            for node in self._derivations_of(edge.subject)
            if wanted in self.nodes.of(node).get(f"{VOCAB}edgePredicate", ())
            and edge.object in self.nodes.of(node).get(goal, ())
        }

    def _parts_of(self, lines: Iterable[str]) -> set[str]:
        """Gives the findings, certainties, passages and quantities of some lines, and of their claims."""
        lines = set(lines)
        own = {part for line in lines for part in self.nodes.things(line, *PARTS)}
        claims = {claim for line in lines for claim in self.nodes.things(line, "bearsOn")}
        self.nodes.read(own | claims)
        for holder in sorted(own | claims):
            own |= quantities_of(self.nodes.of(holder))
        return own


def _is_readable(query: Query) -> bool:
    try:
        scope_of(query.text)
    except Unreadable:
        return False
    return True


def quantities_of(node: Mapping[str, tuple[object, ...]]) -> set[str]:
    """Gives the quantities that are said of a node."""
    return {
        t.value
        for values in node.values()
        for t in values
        if isinstance(t, ox.NamedNode) and t.value.startswith(PREFIXES["quantity"])
    }


__all__ = [
    "LINKS",
    "PARTS",
    "Basis",
    "Edge",
    "Lineage",
    "Nodes",
    "TracedRow",
    "is_derived",
    "number_text",
    "quantities_of",
    "statement_text",
    "term_text",
]
