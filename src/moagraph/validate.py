"""Shapes and triples become results: SHACL validation behind one interface, whatever engine does it.

pySHACL is the reference and the default. The engine `shacl` (Rust, the extra `moagraph[fast]`) is young and by one
author, so it is never the only one; `tests/test_validate.py` holds it to results equal to pySHACL's. Texts of
messages differ between engines, so they are read from the shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from moagraph.errors import MissingExtra, UnknownEngine
from moagraph.names import local_name
from moagraph.terms import Term, as_rdflib, pyoxigraph_term

SMALL = 2_000
"""Up to so many triples pySHACL takes the shapes as written, beyond it takes them `spread`."""

_PARTS = (
    SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity,
)  # fmt: skip


class Result(NamedTuple):
    """One place where data do not fit a shape.

    Attributes:
        focus: the node that was judged.
        path: IRI of the property at fault; empty where the node itself is, or where the path is no single property.
        value: the value at fault; None where a value is missing or there are too many.
        shape: IRI of the shape that was not met; the label of its blank node where it has no name.
        component: local name of the constraint component, such as `MinCountConstraintComponent`.
        severity: `violation`, `warning` or `info`.
        message: what the shape itself says of the fault; empty where it says nothing.
    """

    focus: Term
    path: str
    value: Term | None
    shape: str
    component: str
    severity: str
    message: str


Judge = Callable[[Sequence[ox.Triple]], Iterable[Result]]


class Validator:
    """Shapes that are ready to judge any number of graphs.

    Args:
        shapes: SHACL Core, with a name for each shape that can be at fault.
        engine: one of `ENGINES`.

    Raises:
        UnknownEngine: there is no engine of that name.
        MissingExtra: the engine's package is not installed.
    """

    def __init__(self, shapes: rdflib.Graph, engine: str = "pyshacl") -> None:
        if engine not in ENGINES:
            raise UnknownEngine(engine, ENGINES)
        self._judge = ENGINES[engine](shapes)
        self._messages = {str(shape): str(text) for shape, text in shapes.subject_objects(SH.message)}

    def results(self, triples: Sequence[ox.Triple]) -> list[Result]:
        """Gives every place where triples do not fit the shapes, each once, in a fixed order."""
        found = {result._replace(message=self._messages.get(result.shape, "")) for result in self._judge(triples)}
        return sorted(found, key=lambda result: tuple(map(str, result)))


def validate(shapes: rdflib.Graph, triples: Sequence[ox.Triple], engine: str = "pyshacl") -> list[Result]:
    """Gives what `Validator` finds in one graph."""
    return Validator(shapes, engine).results(triples)


def _pyshacl(shapes: rdflib.Graph) -> Judge:
    import pyshacl

    as_written = copy_of(shapes)  # pySHACL writes into the shapes that it is given
    flat = spread(shapes)

    def judge(triples: Sequence[ox.Triple]) -> Iterable[Result]:
        form = flat if len(triples) > SMALL else as_written
        _, report, _ = pyshacl.validate(as_rdflib(triples), shacl_graph=form, inplace=True, advanced=False)
        assert isinstance(report, rdflib.Graph)
        for result in report.subjects(RDF.type, SH.ValidationResult):
            focus, path, value, shape, component, severity = (report.value(result, part) for part in _PARTS)
            assert focus is not None
            yield Result(
                pyoxigraph_term(focus),
                str(path) if isinstance(path, rdflib.URIRef) else "",
                None if value is None else pyoxigraph_term(value),
                str(shape),
                local_name(str(component)),
                local_name(str(severity)).lower(),
                "",
            )

    return judge


def _shacl(shapes: rdflib.Graph) -> Judge:
    try:
        import shacl
    except ImportError:
        raise MissingExtra("the engine shacl needs the package shacl", "pip install 'moagraph[fast]'") from None
    compiled = shacl.Shapes.from_text(shapes.serialize(format="nt"), format="ntriples")

    def judge(triples: Sequence[ox.Triple]) -> Iterable[Result]:
        data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
        results = compiled.validate_text(data.decode("utf-8"), format="ntriples").results
        # The engine writes terms as N-Triples do.
        written = sorted({text for r in results for text in (r.focus_node, r.value) if text is not None})
        statements = "".join(f"<urn:x> <urn:x> {text} .\n" for text in written)
        quads = ox.parse(statements, format=ox.RdfFormat.N_TRIPLES)
        terms = dict(zip(written, (quad.object for quad in quads), strict=True))
        for r in results:
            yield Result(
                terms[r.focus_node],
                r.path[1:-1] if r.path and re.fullmatch(r"<[^<>]*>", r.path) else "",
                None if r.value is None else terms[r.value],
                (r.source_shape or "").removeprefix("<").removesuffix(">"),
                r.component,
                r.severity.lower(),
                "",
            )

    return judge


ENGINES: Mapping[str, Callable[[rdflib.Graph], Judge]] = {"pyshacl": _pyshacl, "shacl": _shacl}
"""What can validate, by name."""


def spread(shapes: rdflib.Graph) -> rdflib.Graph:
    """Gives equal shapes in which each property shape has the targets of its node shapes.

    pySHACL judges the properties of a node shape one node after the other, but what has a target of its own for
    all nodes at once, which takes a quarter to a half of the time on large graphs. The closed node shapes keep the
    list of known properties.
    """
    flat = copy_of(shapes)
    for node in shapes.subjects(SH.closed, None):
        known = [item for ignored in shapes.objects(node, SH.ignoredProperties) for item in shapes.items(ignored)]
        for shape in shapes.objects(node, SH.property):
            known += shapes.objects(shape, SH.path)
            for target in shapes.objects(node, SH.targetClass):
                flat.add((shape, SH.targetClass, target))
        flat.remove((node, SH.property, None))
        Collection(flat, head := rdflib.BNode(), known)
        flat.set((node, SH.ignoredProperties, head))
    return flat


def copy_of(graph: rdflib.Graph) -> rdflib.Graph:
    """Gives a graph of the same triples."""
    copy = rdflib.Graph(bind_namespaces="none")
    for triple in graph:
        copy.add(triple)
    return copy
