"""What a graph holds, counted as VoID counts it: by class, by property of a class, and by kind of value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from moagraph.names import PREFIXES

TYPE = f"{PREFIXES['rdf']}type"


@dataclass
class PropertyUse:
    """How members of a class use a property.

    Attributes:
        triples: how many statements.
        classes: for each class of which values are members, how many statements have such a value.
        datatypes: the same for datatypes of literals; with a language tag it is rdf:langString.
    """

    triples: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    datatypes: Counter[str] = field(default_factory=Counter)


@dataclass
class Counts:
    """What a graph holds. IRIs are full; blank nodes count as subjects and objects, not as entities.

    Attributes:
        triples: different triples.
        entities: different IRIs, below the space of IRIs that was asked for, of which something is said.
        subjects: different subjects.
        objects: different objects, literals included.
        properties: for each property, how many triples.
        classes: for each class that the graph itself says of something, how many things it says it of.
        members: for each class, how many subjects of the graph are members of it.
        uses: for each class and property, how the members of the class that are subjects here use it.
        known: for each node its classes: those that the graph says, and those that were known before.
    """

    triples: int = 0
    entities: int = 0
    subjects: int = 0
    objects: int = 0
    properties: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    uses: dict[str, dict[str, PropertyUse]] = field(default_factory=dict)
    known: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)


def counted(
    triples: Iterable[ox.Triple], space: str = "", known: Mapping[str, frozenset[str]] | None = None
) -> Counts:
    """Gives what a graph holds; the triples are gone through once, and one that comes twice counts once.

    Args:
        triples: in any order.
        space: the start that an IRI must have to count as an entity.
        known: classes of nodes, as another graph states them. What a policy derives is of nodes that only the
            asserted graph types; without this it would have no classes.
    """
    found = Counts(known=dict(known or {}))
    # A node is told by its IRI and a literal by its text in quotes. Numbers keep the set of triples small.
    numbers: dict[str, int] = {}
    seen: set[tuple[int, int, int]] = set()
    datatypes: dict[int, str] = {}
    typed: dict[str, set[str]] = {}
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        subject_name = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
        value_name = value.value if isinstance(value, ox.NamedNode) else str(value)
        key = (
            numbers.setdefault(subject_name, len(numbers)),
            numbers.setdefault(predicate, len(numbers)),
            numbers.setdefault(value_name, len(numbers)),
        )
        if key in seen:
            continue
        seen.add(key)
        if isinstance(value, ox.Literal):
            datatypes[key[2]] = value.datatype.value
        elif predicate == TYPE:
            found.classes[value_name] += 1
            typed.setdefault(subject_name, set()).add(value_name)
    names = list(numbers)
    for name, types in typed.items():
        found.known[name] = found.known.get(name, frozenset()) | types
    subjects = {subject for subject, _, _ in seen}
    found.triples = len(seen)
    found.subjects = len(subjects)
    found.objects = len({value for _, _, value in seen})
    found.entities = sum(names[s].startswith(space) and not names[s].startswith("_:") for s in subjects)
    nothing: frozenset[str] = frozenset()
    classes_of = [found.known.get(name, nothing) for name in names]
    for subject_number in subjects:
        found.members.update(classes_of[subject_number])
    together: Counter[tuple[frozenset[str], int, frozenset[str], str]] = Counter()
    for subject_number, property_number, value_number in seen:
        datatype = datatypes.get(value_number, "")
        together[classes_of[subject_number], property_number, classes_of[value_number], datatype] += 1
    for (classes, property_number, value_classes, datatype), times in together.items():
        property_name = names[property_number]
        found.properties[property_name] += times
        for name in classes:
            use = found.uses.setdefault(name, {}).setdefault(property_name, PropertyUse())
            use.triples += times
            for value_class in value_classes:
                use.classes[value_class] += times
            if datatype:
                use.datatypes[datatype] += times
    return found
