"""The dimensions of evidence lines: what each states of outcome, population, dose and the rest, and how two differ.

Which dimensions there are, which of them define the question and of which tiers each is asked, is data:
`ontology/scheme/contradiction-dimensions.ttl`. Here is how a line's values are read, and how two lines are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from moagraph.names import VOCAB, local_name
from moagraph.weigh.evidence import Evidence, Facts

Values = Mapping[str, tuple[str, ...]]
"""What a line states, by the local name of the dimension: things by IRI, quantities and years in words."""

_OPEN = frozenset({f"{VOCAB}HumanStudy"})
"""Values that leave their dimension open though their names do not end in NotStated: a human study of any design."""

_TIMES = frozenset({"s", "min", "h", "d", "wk", "mo", "a"})
"""UCUM units of time: an exposure in one of them is a duration, in any other a dose."""


@dataclass(frozen=True)
class Dimension:
    """That in which two lines can differ.

    Attributes:
        name: local name of its concept.
        label: its name in English.
        defines_question: whether lines that differ in it answer different questions.
        asked_of: the tiers, A to F, whose lines leave it open where they do not state it.
        follows_from: all dimensions whose difference brings one in this with it.
    """

    name: str
    label: str
    defines_question: bool
    asked_of: frozenset[str]
    follows_from: frozenset[str]

    @property
    def iri(self) -> str:
        """The IRI of its concept."""
        return VOCAB + self.name


def dimensions_of(facts: Facts) -> tuple[Dimension, ...]:
    """Gives the dimensions that the ontology declares, in the order in which they are told."""
    declared = set(facts.members["ContradictionDimension"])
    return tuple(
        Dimension(
            name,
            facts.labels.get(VOCAB + name, name),
            facts.value(VOCAB + name, "definesQuestion") == "true",
            frozenset(local_name(tier).removeprefix("Tier") for tier in facts.values(VOCAB + name, "askedOf")),
            frozenset(map(local_name, _upwards(facts, VOCAB + name))),
        )
        for name in READERS
        if VOCAB + name in declared
    )


def _upwards(facts: Facts, dimension: str) -> set[str]:
    found: set[str] = set()
    open_ = [dimension]
    while open_:
        new = set(facts.values(open_.pop(), "followsFrom")) - found
        found |= new
        open_ += new
    return found - {dimension}


# Reading a line


@dataclass(frozen=True)
class Told:
    """Where a line's values stand, nearest first: its claim, its findings, itself, its studies; and references."""

    facts: Facts
    line: str
    claim: str
    findings: tuple[str, ...]
    studies: tuple[str, ...]
    references: tuple[str, ...]

    @classmethod
    def by(cls, facts: Facts, line: str) -> Told:
        """Gathers the nodes that a line leads to."""
        references = facts.values(line, "restsOn")
        studies = tuple(node for node in facts.studies(line) if node not in references)
        return cls(facts, line, facts.value(line, "bearsOn"), facts.values(line, "finding"), studies, references)

    def nearest(self, *names: str) -> tuple[str, ...]:
        """Gives the values of properties from the nearest nodes that state one; never filled in from elsewhere."""
        for nodes in ((self.claim,), self.findings, (self.line,), self.studies):
            found = {value for node in nodes for name in names for value in self.facts.values(node, name)}
            if stated := _stated(found):
                return stated
        return ()

    def of_references(self, name: str) -> tuple[str, ...]:
        """Gives the values of a property of the references."""
        return _stated(value for node in self.references for value in self.facts.values(node, name))

    def quantities(self, *names: str) -> tuple[str, ...]:
        """Gives quantities in words, so that equal ones are equal whatever their nodes are called."""
        return tuple(sorted({quantity_words(self.facts, node) for node in self.nearest(*names)}))

    def exposures(self, times: bool) -> tuple[str, ...]:
        """Gives the doses, or the durations, among the exposures."""
        return tuple(
            sorted(
                quantity_words(self.facts, node)
                for node in self.nearest("exposure")
                if (self.facts.value(node, "unit") in _TIMES) == times
            )
        )

    def is_effect(self) -> bool:
        """Whether the claim is on an effect, so that its object is what changes."""
        return local_name(self.facts.value(self.claim, "predicate")) == "affects"

    def object(self) -> tuple[str, ...]:
        """Gives the object or value of the claim."""
        return self.facts.values(self.claim, "object") or self.facts.values(self.claim, "value")

    def outcome(self) -> tuple[str, ...]:
        """Gives what changes, for an effect; else the outcome that qualifies the claim."""
        if self.is_effect():
            return tuple(sorted({*self.object(), *self.facts.values(self.claim, "outcome")}))
        return self.nearest("outcome")

    def species(self) -> tuple[str, ...]:
        """Gives the species, or the system where it is no living organism; the system Human says the species."""
        system = self.facts.value(self.line, "system")
        if local_name(system) in ("InVitro", "InSilico"):
            return (system,)
        if local_name(system) == "Human":
            return (f"{VOCAB}HumanSpecies",)
        # Before the studies: one study may be of several species, of which the line is about one.
        return self.nearest("species") or ((system,) if local_name(system) == "Animal" else ())

    def source_kind(self) -> tuple[str, ...]:
        """Gives the kind of publication that is rested on, else the kind of agent that asserts."""
        agents = {kind for agent in self.nearest("assertedBy") for kind in self.facts.values(agent, "kind")}
        return self.of_references("kind") or tuple(sorted(agents))


READERS: Mapping[str, Callable[[Told], tuple[str, ...]]] = {
    "OutcomeDimension": Told.outcome,
    "ObjectDimension": lambda told: () if told.is_effect() else told.object(),
    "ConditionDimension": lambda told: told.nearest("condition"),
    "PopulationDimension": lambda told: told.nearest("population"),
    "ComparedPopulationDimension": lambda told: told.nearest("comparedPopulation"),
    "SpeciesDimension": Told.species,
    "ComparatorDimension": lambda told: told.nearest("comparator"),
    "CoInterventionDimension": lambda told: told.nearest("coIntervention"),
    "DoseDimension": lambda told: told.exposures(times=False),
    "RouteDimension": lambda told: told.nearest("route"),
    "DurationDimension": lambda told: told.exposures(times=True),
    "AnalysisSetDimension": lambda told: told.nearest("analysisSet"),
    "EndpointRoleDimension": lambda told: told.nearest("endpointRole"),
    "TimePointDimension": lambda told: told.quantities("timePoint"),
    "JurisdictionDimension": lambda told: told.nearest("jurisdiction"),
    "RespectDimension": lambda told: told.nearest("dimension"),
    "GoalDimension": lambda told: told.nearest("goal"),
    "PhaseDimension": lambda told: told.nearest("phase") + told.quantities("during"),
    "CompoundDimension": lambda told: told.nearest("subject"),
    "ViaDimension": lambda told: told.nearest("via"),
    "DesignDimension": lambda told: told.nearest("design"),
    "SourceKindDimension": Told.source_kind,
    "SponsorDimension": lambda told: told.nearest("sponsorshipExtent"),
    "LanguageDimension": lambda told: told.of_references("language"),
    "YearDimension": lambda told: told.of_references("year"),
}
"""How each dimension is read off a line, in the order in which dimensions are told."""


def _stated(values: Iterable[str]) -> tuple[str, ...]:
    """Gives those values, once each in order, that state something."""
    return tuple(sorted({value for value in values if not value.endswith("NotStated") and value not in _OPEN}))


def values_of(facts: Facts, line: str) -> Values:
    """Gives what a line states in each dimension; a dimension that it leaves open has no value."""
    told = Told.by(facts, line)
    return {name: values for name, read in READERS.items() if (values := read(told))}


def quantity_words(facts: Facts, quantity: str) -> str:
    """Gives a quantity as number or bounds with operator and unit, the same for equal ones."""

    def number(name: str) -> str:
        text = facts.value(quantity, name)
        try:
            return f"{Decimal(text).normalize():f}" if text else ""
        except InvalidOperation:
            return text

    bounds = [bound for bound in (number("lowerBound"), number("upperBound")) if bound]
    operator = local_name(facts.value(quantity, "operator"))
    parts = [
        "" if operator == "Exactly" else facts.labels.get(facts.value(quantity, "operator"), ""),
        number("amount") or "–".join(bounds),
        facts.value(quantity, "unit"),
    ]
    return " ".join(part for part in parts if part) or facts.value(quantity, "asReported")


# Comparing two


@dataclass(frozen=True)
class Comparison:
    """How two lines that oppose each other differ; names of dimensions in the order in which they are told.

    Attributes:
        differs: the smallest set of dimensions by which the two answer different questions.
        also: further dimensions in which they are known to differ.
        narrower: those of both in which the one is only narrower than the other.
        blank: dimensions that define the question and that one or both leave open.
        values: of each side, what it states.
    """

    differs: tuple[str, ...]
    also: tuple[str, ...]
    narrower: tuple[str, ...]
    blank: tuple[str, ...]
    values: tuple[Values, Values]

    @property
    def kind(self) -> str:
        """Apparent, Unresolvable or Genuine.

        A known difference in the question beats a blank: whatever the blank hides, the two do not answer the same
        question. A blank beats agreement in the rest: what is not stated may differ.
        """
        return "Apparent" if self.differs else "Unresolvable" if self.blank else "Genuine"


def compare(evidence: Evidence, dimensions: Iterable[Dimension], one: str, other: str) -> Comparison:
    """Compares two lines on all dimensions; swapping them swaps the values and changes nothing else.

    Args:
        evidence: in which both count.
        dimensions: those of the ontology.
        one: a line.
        other: a line that opposes it.
    """
    facts = evidence.facts
    left, right = dict(values_of(facts, one)), dict(values_of(facts, other))
    _align(facts, left, right)
    if evidence.stance(one) == evidence.stance(other) == "Supports":
        # Two mechanisms of opposite signs: the question is what the compound does to their target.
        for values in (left, right):
            targets = [t for m in values.get("ObjectDimension", ()) for t in facts.values(m, "actsOn")]
            if targets:
                values["ObjectDimension"] = tuple(sorted(targets))
    tiers = {evidence.tiers[one], evidence.tiers[other]}
    differing: dict[str, Dimension] = {}
    narrower, open_ = [], []
    for dimension in dimensions:
        mine, theirs = left.get(dimension.name, ()), right.get(dimension.name, ())
        if mine and theirs:
            inside, around = within(facts, mine, theirs), within(facts, theirs, mine)
            # Within each other they are the same: Alzheimer's disease and dementia together are dementia.
            if not (inside and around):
                differing[dimension.name] = dimension
                if inside or around:
                    narrower.append(dimension.name)
        elif dimension.defines_question and (mine or theirs or tiers & dimension.asked_of):
            open_.append(dimension)
    asked = {name for name, dimension in differing.items() if dimension.defines_question}
    differs = tuple(name for name in differing if name in asked and not differing[name].follows_from & asked)
    return Comparison(
        differs,
        tuple(name for name in differing if name not in differs),
        tuple(narrower),
        tuple(dimension.name for dimension in open_ if not dimension.follows_from & asked),
        (left, right),
    )


def _align(facts: Facts, left: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]) -> None:
    """Where one side names an outcome and the other the condition as a whole, the latter states no outcome."""
    name = "OutcomeDimension"
    conditions = facts.classes["Condition"]
    whole = [bool(side.get(name)) and conditions >= set(side[name]) for side in (left, right)]
    for side, is_whole, other_is in ((left, whole[0], whole[1]), (right, whole[1], whole[0])):
        if is_whole and not other_is:
            object_ = side.pop(name)
            side["ConditionDimension"] = tuple(sorted({*object_, *side.get("ConditionDimension", ())}))


def within(facts: Facts, narrow: Iterable[str], wide: Iterable[str]) -> bool:
    """Whether each of some values is one of the others, narrower than one, or a member of one."""
    holding = set(wide)
    return all(
        value in holding or facts.wider(value) & holding or holding & set(facts.groups.get(value, ()))
        for value in narrow
    )
