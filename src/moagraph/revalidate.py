"""A few changed nodes become the results that validating the whole graph would give for them.

A node's results depend on its own triples and on the classes of what it points to, since the shapes look no further
than one property. So what a change can concern are the changed nodes and those that point to them, and a small graph
is enough to judge those. `tests/test_revalidate.py` holds both to the results of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, RDFS, SH

from moagraph.validate import Result, Validator

Node = ox.NamedNode | ox.BlankNode
_TYPE = ox.NamedNode(str(RDF.type))
_SUBCLASS = ox.NamedNode(str(RDFS.subClassOf))

NEAR = frozenset({
    RDF.type, RDF.first, RDF.rest, SH.name, SH.description, SH.message, SH.severity, SH.order, SH.deactivated,
    SH.targetClass, SH.closed, SH.ignoredProperties, SH.property, SH.path, SH["class"], SH.datatype, SH.nodeKind,
    SH.minCount, SH.maxCount, SH["in"], SH.hasValue, SH.pattern, SH.flags, SH.languageIn, SH.uniqueLang, SH.minLength,
    SH.maxLength, SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH["or"], SH["and"], SH["not"],
    SH.xone,
})  # fmt: skip
"""What shapes may use to look no further than a node, its values and their classes."""


class Revalidator:
    """A graph that can be changed and judged in parts.

    Args:
        shapes: SHACL Core. Where they look further than one property, the whole graph is judged each time.
        triples: the data.
        engine: one of `validate.ENGINES`.
    """

    def __init__(self, shapes: rdflib.Graph, triples: Iterable[ox.Triple], engine: str = "pyshacl") -> None:
        self._validator = Validator(shapes, engine)
        self.looks_near = near(shapes)
        self._of: defaultdict[Node, set[ox.Triple]] = defaultdict(set)
        self._to: defaultdict[Node, set[ox.Triple]] = defaultdict(set)
        self._add(triples)

    def _add(self, triples: Iterable[ox.Triple]) -> None:
        for triple in triples:
            assert not isinstance(triple.subject, ox.Triple)
            self._of[triple.subject].add(triple)
            if isinstance(triple.object, Node):
                self._to[triple.object].add(triple)

    def change(self, remove: Iterable[ox.Triple] = (), add: Iterable[ox.Triple] = ()) -> set[Node]:
        """Changes the graph, and gives the nodes whose results may differ from before."""
        remove, add = list(remove), list(add)
        changed = {t.subject for t in (*remove, *add) if not isinstance(t.subject, ox.Triple)}
        before = self.concerned(changed)
        for triple in remove:
            assert not isinstance(triple.subject, ox.Triple)
            self._of[triple.subject].discard(triple)
            if isinstance(triple.object, Node):
                self._to[triple.object].discard(triple)
        self._add(add)
        return before | self.concerned(changed)

    def concerned(self, changed: Iterable[Node]) -> set[Node]:
        """Gives the nodes whose results depend on the triples of some nodes: these, and what points to them.

        Where one of them is a class, its members and what points to those too.
        """
        found = self._below(changed)
        found |= self._pointing({t for node in list(found) for t in self._to.get(node, ()) if t.predicate == _TYPE})
        return found | self._pointing(t for node in list(found) for t in self._to.get(node, ()))

    def results(self, nodes: Iterable[Node]) -> list[Result]:
        """Gives the results of validating the whole graph whose focus is one of some nodes."""
        nodes = set(nodes)
        triples = self.around(nodes) if self.looks_near else [t for several in self._of.values() for t in several]
        return [result for result in self._validator.results(triples) if result.focus in nodes]

    def around(self, nodes: Iterable[Node]) -> list[ox.Triple]:
        """Gives the triples that decide what the results of some nodes are."""
        own = {triple for node in nodes for triple in self._of.get(node, ())}
        ends = {triple.object for triple in own if isinstance(triple.object, Node)}
        typed = {t for end in ends for t in self._of.get(end, ()) if t.predicate == _TYPE}
        classes = {triple.object for triple in own | typed if triple.predicate == _TYPE}
        wider: set[ox.Triple] = set()
        while classes:
            steps = {
                t for c in classes if isinstance(c, Node) for t in self._of.get(c, ()) if t.predicate == _SUBCLASS
            }
            classes = {triple.object for triple in steps - wider}
            wider |= steps
        return list(own | typed | wider)

    def _below(self, nodes: Iterable[Node]) -> set[Node]:
        """Gives the nodes and all their subclasses."""
        found: set[Node] = set()
        left = list(nodes)
        while left:
            node = left.pop()
            if node not in found:
                found.add(node)
                left += self._pointing(t for t in self._to.get(node, ()) if t.predicate == _SUBCLASS)
        return found

    @staticmethod
    def _pointing(triples: Iterable[ox.Triple]) -> set[Node]:
        return {triple.subject for triple in triples if not isinstance(triple.subject, ox.Triple)}


def near(shapes: rdflib.Graph) -> bool:
    """Tells whether shapes look no further than a node, its values and their classes."""
    properties = set(shapes.objects(None, SH.property))
    return (
        set(shapes.predicates()) <= NEAR
        and all(isinstance(path, rdflib.URIRef) for path in shapes.objects(None, SH.path))
        and all((shape, SH.targetClass, None) in shapes for shape in shapes.subjects(SH.property, None))
        and not any((shape, SH.property, None) in shapes for shape in properties)
        and (None, RDF.type, RDFS.Class) not in shapes
    )
