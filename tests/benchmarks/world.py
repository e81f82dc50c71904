"""An invented world of compounds and what is said of them, of any size, in the vocabulary and shape of the real data.

What is popular is skewed as it is in the real data: few mechanisms, conditions and sources are named by many, and
most by few. Most claims have one evidence line, some several, of all stances and systems. All names are invented, so
that no triple can be taken for pharmacology. The same size and seed give the same nodes in the same order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

Statement = tuple[str, tuple[str, ...]]
"""A predicate and its objects, as Turtle writes them."""


class Node(NamedTuple):
    """A subject and what is said of it; `heading` is the comment that stands before it in a file."""

    subject: str
    statements: list[Statement]
    heading: str = ""


class Piece(NamedTuple):
    """Nodes that belong into one file; several pieces may name the same file of passages."""

    path: str
    title: str
    nodes: list[Node]


TRIPLES_PER_COMPOUND = 440
"""About how many triples come with each compound: its claims, their evidence, and its studies and references."""

_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]
_CYRILLIC = dict(zip("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз", strict=True))
_SIGNS = [("increase", "SignIncreases"), ("decrease", "SignDecreases"), ("block", "Blocks"), ("mimicry", "Mimics")]
KINDS = [("tide", "SyntheticPeptide"), ("amide", "SmallMolecule"), ("lysate", "TissueDerivedPreparation")]

# What a line reports, by weight: system, species, and the design of a study that is named.
EVIDENCE = [
    (44, "SystemNotStated", "", ""),
    (18, "Animal", "Rat", "AnimalStudy"),
    (6, "Animal", "Mouse", "AnimalStudy"),
    (9, "InVitro", "", "InVitroStudy"),
    (2, "InSilico", "", ""),
    (9, "Human", "HumanSpecies", "RandomisedTrial"),
    (8, "Human", "HumanSpecies", "HumanStudy"),
    (2, "Human", "HumanSpecies", "SystematicReview"),
    (2, "Human", "", ""),
]
STANCES = [(84, "Supports"), (6, "NullResult"), (6, "Refutes"), (4, "Inconclusive")]
STRENGTHS = [(55, "Asserted"), (30, "Reported"), (6, "Probable"), (6, "Possible"), (3, "Theoretical")]
LINES = [(72, 1), (16, 2), (7, 3), (3, 4), (2, 6)]


def word(number: int) -> str:
    """Gives an invented word of three syllables, another one for each number below 1,404,928."""
    size = len(_SYLLABLES)
    number = number * 611_953 % size**3
    return _SYLLABLES[number // size**2] + _SYLLABLES[number // size % size] + _SYLLABLES[number % size]


def text(words: str, language: str = "en") -> str:
    """Gives a literal of plain words as Turtle writes it."""
    return f'"{words}"@{language}' if language else f'"{words}"'


def russian(name: str) -> str:
    """Gives an invented name in Cyrillic letters."""
    return "".join(_CYRILLIC.get(letter, letter) for letter in name)


def statements(*pairs: tuple[str, str | Sequence[str]]) -> list[Statement]:
    """Gives statements in order, without those that have no object."""
    made = [(p, (o,) if isinstance(o, str) else tuple(o)) for p, o in pairs]
    return [(p, o) for p, o in made if o and o[0]]


class World:
    """Things, sources, and what sources say of compounds.

    Args:
        triples: how many triples there are to be; more things are named in a larger world.
        seed: what the chance of this world starts from.
    """

    def __init__(self, triples: int, seed: int) -> None:
        self.chance = random.Random(f"moagraph world {triples} {seed}")
        compounds = max(8, triples // TRIPLES_PER_COMPOUND)
        self.documents = [f"{word(900_000 + i)}-review" for i in range(6 + compounds // 10)]
        self.ends = dict.fromkeys(self.documents, 0)
        """How far each document is used; passages follow one another."""
        self.agents: dict[str, str] = {"users-of-forums": "Users", "drug-office": "Regulator"}
        self.agents |= {f"{document}-site": "Website" for document in self.documents}
        self.agents |= {f"{word(800_000 + i)}-works": "Maker" for i in range(3 + compounds // 20)}
        self.makers = [agent for agent, kind in self.agents.items() if kind == "Maker"]
        self.mechanisms: list[str] = []
        self.things: list[Piece] = []
        self._make_mechanisms(round(14 * compounds**0.45))
        size = len(self.mechanisms)
        self.conditions = self._make_tree("condition", size // 2, 600_000, "Disease Symptom State Injury Purpose")
        self.outcomes = self._make_tree("outcome", size // 3, 650_000, "EfficacyOutcome SafetyOutcome")
        self.populations = self._make_tree("population", 12, 690_000)
        self.properties = self._make_tree("property", size // 3, 700_000, "Presentation Tolerability")
        self.classes = self._make_tree("class", 5 + size // 12, 730_000)
        self.dimensions = self._make_tree("dimension", 10, 740_000)
        self._ranked: dict[int, list[float]] = {}
        self.references = 0

    # Chance

    def one_of(self, options: Sequence[str]) -> str:
        """Gives one of several, those in front far more often than those behind."""
        size = len(options)
        if size not in self._ranked:
            self._ranked[size] = list(accumulate(1 / (rank + 2) ** 0.85 for rank in range(size)))
        return self.chance.choices(options, cum_weights=self._ranked[size])[0]

    def some_of(self, options: Sequence[str], mean: float, most: int = 40) -> list[str]:
        """Gives several different ones, as many as chance has it around a mean, in the order drawn."""
        number = min(most, round(self.chance.gammavariate(2, mean / 2)), len(options) // 2)
        return list(dict.fromkeys(self.one_of(options) for _ in range(number)))

    def weighted(self, options: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
        """Gives one of several whose first member is its weight, without the weight."""
        return self.chance.choices(options, [float(str(option[0])) for option in options])[0][1:]

    def maybe(self, share: float) -> bool:
        """Tells whether something happens that happens in this share of cases."""
        return self.chance.random() < share

    # Things

    def names(self, name: str, definition: str, in_russian: float = 0.3) -> list[Statement]:
        """Gives label and definition of a thing, with a Russian label for some."""
        label = text(name)
        labels = (label, text(russian(name), "ru")) if self.maybe(in_russian) else (label,)
        return [("skos:prefLabel", labels), ("skos:definition", (text(definition),))]

    def concept(self, kind: str, name: str, broader: str = "", *more: Statement, grouping: bool = False) -> Piece:
        """Gives the file of a concept of a scheme."""
        class_name, scheme, _ = _CONCEPTS[kind]
        label = name.replace("-", " ")
        types = (f"moa:{class_name}", "moa:Grouping", "skos:Concept") if grouping else (
            f"moa:{class_name}", "skos:Concept",
        )  # fmt: skip
        place = ("skos:broader", (f"{kind}:{broader}",)) if broader else ("skos:topConceptOf", (f"scheme:{scheme}",))
        said = [("a", types), *self.names(label, f"The invented {kind} {label}."), *more, place]
        node = Node(f"{kind}:{name}", [*said, ("skos:inScheme", (f"scheme:{scheme}",))])
        return Piece(f"data/{kind}/{name}.ttl", f"{label}: {kind}.", [node])

    def _make_mechanisms(self, number: int) -> None:
        """Makes families of mechanisms: a grouping, targets below it, and up to four steps of the same sign."""
        family, made = "", 0
        self.receptors: list[str] = []
        for i in range(number):
            if i % 9 == 0:
                family = f"{word(400_000 + i)}-mechanisms"
                self.things.append(self.concept("mechanism", family, grouping=True))
            kind = "receptor" if self.maybe(0.3) else "target"
            target = word(500_000 + i)
            self.things.append(self.concept(kind, target))
            if kind == "receptor":
                self.receptors.append(target)
            for suffix, sign in self.chance.sample(_SIGNS, self.chance.choice((1, 1, 1, 2))):
                above = family
                for step in ("", "early-", "cortical-", "lasting-")[: self.chance.choice((1, 1, 2, 2, 3, 4))]:
                    name = f"{step}{target}-{suffix}"
                    acts = [("moa:actsOn", (f"{kind}:{target}",)), ("moa:sign", (f"moa:{sign}",))]
                    self.things.append(self.concept("mechanism", name, above, *acts))
                    self.mechanisms.append(name)
                    above, made = name, made + 1
            if made >= number:
                break
        self.chance.shuffle(self.mechanisms)

    def _make_tree(self, kind: str, number: int, first: int, kinds: str = "") -> list[str]:
        """Makes concepts of a kind, a third of them below an earlier one."""
        made: list[str] = []
        for i in range(max(4, number)):
            name = f"{word(first + i)}-{_CONCEPTS[kind][2]}"
            broader = self.chance.choice(made) if made and self.maybe(0.35) else ""
            more = [("moa:kind", (f"moa:{self.chance.choice(kinds.split())}",))] if kinds else []
            self.things.append(self.concept(kind, name, broader, *more))
            made.append(name)
        return made

    def passage(self, document: str, length: int = 0) -> Node:
        """Gives the next passage of a document, of a length by chance unless given."""
        start = self.ends[document] + self.chance.randrange(2, 60)
        end = start + (length or self.chance.randrange(20, 320))
        self.ends[document] = end
        name = f"passage:{document}_{start}-{end}"
        said = statements(
            ("a", "moa:Passage"),
            ("moa:inSource", f"source:{document}"),
            ("oa:start", str(start)),
            ("oa:end", str(end)),
            ("moa:digest", text(f"{self.chance.getrandbits(64):016x}", "")),
            ("moa:passageRole", "moa:Heading" if self.maybe(0.05) else ""),
        )
        return Node(name, said)

    def quantity(self, name: str, amount: float, unit: str = "1", *more: Statement, below: bool = False) -> Node:
        """Gives a quantity; its text as reported is the number, after a sign where it lies below that."""
        said = statements(
            ("a", "moa:Quantity"),
            ("moa:amount", f"{amount:.2f}"),
            ("moa:operator", "moa:LessThan" if below else ""),
            *more,
            ("moa:unit", text(unit, "")),
            ("moa:asReported", text(f"{'<' if below else ''}{amount:g}", "")),
        )
        return Node(f"quantity:{name}", said)

    # Who says so, and where

    def voices(self) -> Iterator[Piece]:
        """Gives the files of agents and documents, once it is known how far each document is used."""
        for agent, kind in self.agents.items():
            label = agent.replace("-", " ")
            said = [("a", ("moa:Agent",)), *self.names(label, f"The invented agent {label}.", 0)]
            node = Node(f"agent:{agent}", [*said, ("moa:kind", (f"moa:{kind}",))])
            yield Piece(f"data/agent/{agent}.ttl", f"{label}: agent.", [node])
        for document, end in self.ends.items():
            yield self._document(document, end)

    def _document(self, document: str, end: int) -> Piece:
        """Gives the file of a document."""
        label = document.replace("-", " ")
        said = statements(
            ("a", "moa:Source"),
            *self.names(label, f"The invented document {label}.", 0),
            ("moa:file", text(f"{document}.txt", "")),
            ("moa:characters", str(end + 100)),
            ("moa:sha256", text(f"{self.chance.getrandbits(256):064x}", "")),
            ("moa:publisher", f"agent:{document}-site"),
        )
        return Piece(f"data/source/{document}.ttl", f"{label}: source.", [Node(f"source:{document}", said)])


_CONCEPTS = {
    "class": ("CompoundClass", "classes", "class"),
    "condition": ("Condition", "conditions", "disorder"),
    "dimension": ("Dimension", "dimensions", "profile"),
    "mechanism": ("Mechanism", "mechanisms", "action"),
    "outcome": ("Outcome", "outcomes", "score"),
    "population": ("Population", "populations", "people"),
    "property": ("Property", "properties", "property"),
    "receptor": ("Receptor", "receptors", "receptor"),
    "target": ("Target", "targets", "target"),
}
"""Class, scheme and last word of the names of concepts, by kind."""


def triples_in(piece: Piece) -> int:
    """Gives the number of triples of a piece."""
    return sum(len(objects) for node in piece.nodes for _, objects in node.statements)
