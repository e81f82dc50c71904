"""What is told of one invented compound: its studies and references, and claims with their evidence, by topic."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from world import EVIDENCE, KINDS, LINES, STANCES, STRENGTHS, Node, Piece, Statement, World, statements, text, word


class Study(NamedTuple):
    """A study as lines of evidence need it."""

    name: str
    system: str
    participants: int
    reference: str
    year: int
    """When the reference was printed, 0 where there is none."""


_ABOVE, _BELOW, _NEITHER = 1, -1, 0
"""Sides of no effect on which an estimate can lie with its whole interval; neither where the interval includes it."""


def compound_name(number: int) -> str:
    """Gives the name of a compound."""
    return word(number) + KINDS[number % len(KINDS)][0]


def told(world: World, number: int) -> Iterator[Piece]:
    """Gives the files on one compound: itself, studies, references, claims."""
    return Account(world, number).pieces()


class Account:
    """What is told of one compound."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.name = compound_name(number)
        self.maker = world.one_of(world.makers)
        self.documents = list(dict.fromkeys(world.one_of(world.documents) for _ in range(4)))
        self.studies: dict[str, list[Study]] = {}
        """Studies by the design that lines name."""
        self.nodes: list[Node] = []
        self.made: set[str] = set()

    def pieces(self) -> Iterator[Piece]:
        """Gives all files, those first that the others name."""
        world = self.world
        said = statements(
            ("a", "moa:Compound"),
            *world.names(self.name, f"The invented compound {self.name}."),
            ("moa:kind", f"moa:{KINDS[self.number % len(KINDS)][1]}"),
            ("moa:manufacturer", f"agent:{self.maker}" if world.maybe(0.4) else ""),
        )
        yield Piece(
            f"data/compound/{self.name}.ttl", f"{self.name}: compound.", [Node(f"compound:{self.name}", said)]
        )
        for design in ("AnimalStudy", "InVitroStudy", "RandomisedTrial", "HumanStudy", "SystematicReview"):
            if world.maybe(0.45):
                yield from self._study(design)
        for topic, make in (
            ("mechanisms", self._mechanisms),
            ("receptors", self._receptors),
            ("effects", self._effects),
            ("indications", self._indications),
            ("presentation", self._presentation),
            ("classification", self._classification),
            ("likenesses", self._likenesses),
            ("regimens", self._regimens),
        ):
            self.nodes = []
            make()
            if self.nodes:
                yield Piece(f"data/claim/{self.name}/{topic}.ttl", f"{self.name}: claims on {topic}.", self.nodes)
        if self.number % 25 == 24:
            yield from self._group()

    # Studies and references

    def _study(self, design: str) -> Iterator[Piece]:
        world = self.world
        system, species = {d: (str(s), str(k)) for _, s, k, d in EVIDENCE}[design]
        found: list[Study] = self.studies.setdefault(design, [])
        for i in range(1 + (world.chance.random() < 0.3)):
            name = f"{self.name}-{design.lower()}-{i + 1}"
            label = name.replace("-", " ")
            document = world.chance.choice(self.documents)
            passage = world.passage(document)
            many = design == "SystematicReview"
            included = self.studies.get("RandomisedTrial", []) if many else []
            participants = world.chance.randrange(8, 900) + sum(s.participants for s in included)
            size = world.quantity(
                f"{name}_{'number-of-studies' if many else 'sample-size'}",
                len(included) + world.chance.randrange(2, 7) if many else participants,
            )
            sponsored = world.maybe(0.3)
            said = statements(
                ("a", "moa:Study"),
                *world.names(label, f"The invented study {label}.", 0),
                ("moa:design", f"moa:{design}"),
                ("moa:system", f"moa:{system}"),
                ("moa:sponsorshipExtent", "moa:SomeAuthors" if sponsored else "moa:SponsorshipNotStated"),
                ("moa:sponsor", f"agent:{self.maker}" if sponsored else ""),
                ("moa:species", f"moa:{species}" if species else ""),
                ("moa:blinding", text("double-blind", "") if design == "RandomisedTrial" else ""),
                ("moa:intervention", f"compound:{self.name}"),
                ("moa:condition", f"condition:{world.one_of(world.conditions)}" if system != "InVitro" else ""),
                ("moa:numberOfStudies" if many else "moa:sampleSize", size.subject),
                ("moa:includesStudy", [f"study:{s.name}" for s in included]),
                ("moa:statedIn", f"source:{document}"),
                ("moa:passage", passage.subject),
            )
            yield Piece(f"data/study/{name}.ttl", f"{label}: study.", [Node(f"study:{name}", said), size])
            yield _passages(document, passage)
            reference, year = "", 0
            if world.maybe(0.7):
                # No review is printed before what it includes.
                year = world.chance.randrange(max([1985, *(s.year for s in included)]), 2027)
                reference, *pieces = self._reference(name, year)
                yield from pieces
            found.append(Study(name, system, participants, reference, year))

    def _reference(self, study: str, year: int) -> tuple[str, Piece, Piece]:
        world = self.world
        world.references += 1
        author = word(1_000_000 + world.references).capitalize()
        name = f"{author.lower()}-{year}"
        authors = [author, *(word(1_000_000 + world.chance.randrange(4000)).capitalize() for _ in range(2))]
        signed = [f"{a} {'ABCDEGKLMNPRSTV'[world.chance.randrange(15)]}" for a in authors]
        document = world.chance.choice(self.documents)
        passage = world.passage(document)
        label = f"{author} et al. {year}"
        said = statements(
            ("a", "moa:Reference"),
            ("skos:prefLabel", text(label)),
            ("dcterms:title", text(f"Effects of {self.name}: {study.replace('-', ' ')}")),
            ("skos:definition", text(f"The invented report of {study.replace('-', ' ')}.")),
            ("moa:kind", "moa:JournalArticle"),
            ("moa:authors", text(f"{', '.join(signed)}, et al.", "")),
            ("moa:authorName", list(dict.fromkeys(text(s, "") for s in signed))),
            ("moa:journal", text(f"J Invent {word(1_100_000 + world.chance.randrange(200)).capitalize()}", "")),
            ("moa:volume", text(f"{year - 1980}({world.chance.randrange(1, 12)}):{world.chance.randrange(900)}", "")),
            ("moa:year", str(year)),
            ("moa:doi", text(f"10.99999/invented.{world.references}", "") if world.maybe(0.6) else ""),
            ("moa:language", "moa:English" if world.maybe(0.8) else "moa:LanguageNotStated"),
            ("moa:publicationStatus", "moa:Retracted" if world.maybe(0.01) else ""),
            ("moa:citedIn", f"source:{document}"),
            ("moa:reports", f"study:{study}"),
            ("moa:statedIn", f"source:{document}"),
            ("moa:passage", passage.subject),
        )
        node = Node(f"reference:{name}", said)
        return name, Piece(f"data/reference/{name}.ttl", f"{label}: reference.", [node]), _passages(document, passage)

    # Claims

    def claim(
        self, verb: str, predicate: str, thing: str, *qualifiers: Statement, subject: str = "", stances: str = ""
    ) -> str:
        """Adds a claim with its lines, unless the same was made before; gives its name.

        Args:
            verb: word of the name for the predicate.
            predicate: local name of the predicate.
            thing: CURIE of the object.
            qualifiers: what changes its meaning.
            subject: CURIE of the subject, the compound unless given.
            stances: the stance of all its lines, by chance unless given.
        """
        subject = subject or f"compound:{self.name}"
        objects = [o.partition(":")[2].lower() for _, found in qualifiers for o in found]
        name = "_".join([subject.partition(":")[2], verb, thing.partition(":")[2].lower(), *objects])
        if name in self.made:
            return name
        self.made.add(name)
        said = statements(
            ("a", "moa:Claim"), ("moa:subject", subject), ("moa:predicate", f"moa:{predicate}"),
            ("moa:object", thing), *qualifiers,
        )  # fmt: skip
        self.nodes.append(Node(f"claim:{name}", said, name.replace("_", " ").replace("-", " ")))
        lines: set[tuple[object, ...]] = set()
        side = self._side(qualifiers)
        for _ in range(int(str(self.world.weighted(LINES)[0]))):
            self._line(name, side, stances, lines)
        return name

    def _side(self, qualifiers: tuple[Statement, ...]) -> int:
        """Gives the side of no effect on which estimates lie that bear a claim out.

        More lies above and less below; for what is better or worse it depends on the scale, so that chance decides.
        """
        said = {o for _, objects in qualifiers for o in objects}
        if "moa:NeitherOne" in said:
            return _NEITHER
        if "moa:Increases" in said:
            return _ABOVE
        if "moa:Decreases" in said:
            return _BELOW
        return self.world.chance.choice((_ABOVE, _BELOW))

    def _line(self, claim: str, side: int, stance: str, lines: set[tuple[object, ...]]) -> None:
        world = self.world
        system, species, design = map(str, world.weighted(EVIDENCE))
        stance = stance or str(world.weighted(STANCES)[0])
        strength = str(world.weighted(STRENGTHS)[0])
        document = world.chance.choice(self.documents)
        users = system == "SystemNotStated" and world.maybe(0.06)
        asserter = "users-of-forums" if users else f"{document}-site"
        study = world.chance.choice(self.studies[design]) if design in self.studies else None
        key = (document, stance, strength, system, asserter, study)
        if key in lines:
            return
        lines.add(key)
        name = f"{claim}_{len(lines)}"
        passages = [world.passage(document) for _ in range(1 + world.maybe(0.3))]
        parts: list[Node] = []
        if study and system == "Human" and world.maybe(0.5):
            if stance == "Refutes":
                side = -side if side else world.chance.choice((_ABOVE, _BELOW))
            parts = self._finding(name, study, side if stance in ("Supports", "Refutes") else _NEITHER)
        said = statements(
            ("a", "moa:EvidenceLine"),
            ("moa:bearsOn", f"claim:{claim}"),
            ("moa:stance", f"moa:{stance}"),
            ("moa:statedIn", f"source:{document}"),
            ("moa:passage", [p.subject for p in passages]),
            ("moa:restsOn", f"reference:{study.reference}" if study and study.reference else ""),
            ("moa:fromStudy", f"study:{study.name}" if study else ""),
            ("moa:finding", parts[0].subject if parts else ""),
            ("moa:system", f"moa:{system}"),
            ("moa:species", f"moa:{species}" if species else ""),
            ("moa:design", f"moa:{design}" if design and not study else ""),
            ("moa:strength", f"moa:{strength}"),
            (
                "moa:prominence",
                f"moa:{world.chance.choice(('Headline', 'Listed', 'InPassing'))}" if not study else "",
            ),
            ("moa:assertedBy", f"agent:{asserter}"),
            ("moa:relayedBy", f"agent:{document}-site" if users else ""),
            ("moa:untraceableCitations", str(world.chance.randrange(1, 4)) if not study and world.maybe(0.2) else ""),
            ("moa:note", text("An invented curator's note.", "") if world.maybe(0.12) else ""),
        )
        self.nodes += [Node(f"evidence:{name}", said), *passages, *parts]

    def _finding(self, line: str, study: Study, side: int) -> list[Node]:
        """Gives a finding with its quantities: an estimate with its interval, number of people and p-value.

        All of them follow from one draw of how many standard errors lie between the estimate and no effect, so that
        they fit together as those of one analysis do; ratios are drawn on the scale of their logarithm.
        """
        world = self.world
        ratio = world.maybe(0.5)
        error = world.chance.uniform(0.05, 0.2)
        # Far enough from 1.96 that rounding moves neither the bounds nor the p-value to the other side.
        errors = side * world.chance.uniform(2.3, 6) if side else world.chance.uniform(-1.7, 1.7)
        middle, lower, upper = (
            math.exp(found * error) if ratio else found * error for found in (errors, errors - 1.96, errors + 1.96)
        )
        estimate = world.quantity(
            f"{line}.1_estimate", round(middle, 2) + 0.0, "1",  # not -0
            ("moa:lowerBound", (f"{lower:.2f}",)), ("moa:upperBound", (f"{upper:.2f}",)),
            ("moa:boundsKind", ("moa:ConfidenceInterval",)), ("moa:confidenceLevel", ("95.0",)),
        )  # fmt: skip
        size = world.quantity(f"{line}.1_n", math.ceil(study.participants * world.chance.uniform(0.6, 1)))
        p = math.erfc(abs(errors) / math.sqrt(2))
        chance = world.quantity(f"{line}.1_p", max(round(p, 2), 0.01), "1", below=p < 0.01)
        significance = ("Significant" if side else "NotSignificant") if world.maybe(0.4) else ""
        said = statements(
            ("a", "moa:Finding"),
            ("moa:measure", "moa:RiskRatio" if ratio else "moa:MeanDifference"),
            ("moa:estimate", estimate.subject),
            ("moa:sampleSize", size.subject),
            ("moa:pValue", chance.subject),
            ("moa:significance", f"moa:{significance}" if significance else ""),
            ("moa:analysisSet", "moa:IntentionToTreat" if world.maybe(0.4) else "moa:AnalysisSetNotStated"),
            ("moa:endpointRole", "moa:Primary" if world.maybe(0.3) else "moa:EndpointRoleNotStated"),
        )
        assert study.system == "Human"
        return [Node(f"finding:{line}.1", said), estimate, size, chance]

    def _absence(self, attribute: str, thing: str, verb: str) -> None:
        document = self.world.chance.choice(self.documents)
        passage = self.world.passage(document)
        reason = self.world.chance.choice(("NotStatedInSource", "NotEmphasizedInSource", "SourceSaysUnknown"))
        words = thing.partition(":")[2].replace("-", " ")
        said = statements(
            ("a", "moa:Absence"), ("moa:subject", f"compound:{self.name}"), ("moa:attribute", f"moa:{attribute}"),
            ("moa:object", thing), ("moa:reason", f"moa:{reason}"), ("moa:statedIn", f"source:{document}"),
            ("moa:passage", passage.subject),
            ("dcterms:description", text(f"Nothing is said of {words} for {self.name}")),
        )  # fmt: skip
        heading = f"nothing is said of {words} for {self.name}"
        name = f"absence:{self.name}_{verb}_{thing.partition(':')[2]}"
        self.nodes += [Node(name, said, heading), passage]

    def _mechanisms(self) -> None:
        world = self.world
        named = world.some_of(world.mechanisms, 7)
        for mechanism in named:
            self.claim("has-mechanism", "hasMechanism", f"mechanism:{mechanism}")
            if world.maybe(0.1):
                through = (("moa:via", (f"mechanism:{other}",)) for other in named if other != mechanism)
                self.claim("has-mechanism", "hasMechanism", f"mechanism:{mechanism}", *list(through)[:1])
        for mechanism in world.some_of(world.mechanisms, 2):
            if mechanism not in named:
                self._absence("hasMechanism", f"mechanism:{mechanism}", "has-mechanism")

    def _receptors(self) -> None:
        for receptor in self.world.some_of(self.world.receptors, 1.2):
            self.claim("binds", "bindsReceptor", f"receptor:{receptor}")

    def _effects(self) -> None:
        world = self.world
        for i, outcome in enumerate(world.some_of(world.outcomes, 6)):
            direction = world.chance.choice(("Improves", "Improves", "Increases", "Decreases", "Worsens", "Changes"))
            found = statements(
                ("moa:direction", f"moa:{direction}"),
                ("moa:condition", f"condition:{world.one_of(world.conditions)}" if world.maybe(0.6) else ""),
                ("moa:population", f"population:{world.one_of(world.populations)}" if world.maybe(0.3) else ""),
            )
            thing = f"condition:{world.one_of(world.conditions)}" if i % 3 == 2 else f"outcome:{outcome}"
            self.claim("affects", "affects", thing, *found[: 1 if i % 3 == 2 else 3])

    def _indications(self) -> None:
        world = self.world
        for condition in world.some_of(world.conditions, 4):
            self.claim("used-for", "usedFor", f"condition:{condition}")
            if world.maybe(0.25):
                self.claim("studied-for", "studiedFor", f"condition:{condition}")
            if world.maybe(0.1):
                place = world.chance.choice(("Germany", "Austria", "Russia", "Ukraine"))
                self.claim(
                    "authorised-for", "authorisedFor", f"condition:{condition}",
                    ("moa:jurisdiction", (f"moa:{place}",)),
                )  # fmt: skip
        for condition in world.some_of(world.conditions, 0.4):
            self.claim("contraindicated-in", "contraindicatedIn", f"condition:{condition}")

    def _presentation(self) -> None:
        for thing in self.world.some_of(self.world.properties, 4):
            self.claim("has-property", "hasProperty", f"property:{thing}")

    def _classification(self) -> None:
        for thing in self.world.some_of(self.world.classes, 1.5):
            self.claim("belongs-to", "belongsTo", f"class:{thing}")

    def _likenesses(self) -> None:
        world = self.world
        for _ in range(world.chance.randrange(3) if self.number else 0):
            other = compound_name(int(self.number * world.chance.random() ** 2))
            thing = f"dimension:{world.one_of(world.dimensions)}"
            favoured = world.chance.choice((f"compound:{self.name}", f"compound:{other}", "moa:NeitherOne"))
            self.claim(
                "compared-with", "comparedWith", f"compound:{other}",
                ("moa:dimension", (thing,)), ("moa:favours", (favoured,)),
            )  # fmt: skip

    def _regimens(self) -> None:
        world = self.world
        for i in range(world.chance.randrange(3)):
            self.claim("given-by", "givenBy", f"moa:{('Oral', 'Intravenous', 'Intranasal')[i]}")

    def _group(self) -> Iterator[Piece]:
        """Gives a group of compounds that a review pools, with a null or refuting result on it."""
        world = self.world
        members = [f"compound:{self.name}", *(f"compound:{compound_name(self.number - i)}" for i in (1, 2))]
        name = f"{self.name}-and-similar"
        label = name.replace("-", " ")
        said = [("a", ("moa:CompoundGroup",)), *world.names(label, f"The invented group {label}.", 0)]
        node = Node(f"group:{name}", [*said, ("moa:member", tuple(members))])
        yield Piece(f"data/group/{name}.ttl", f"{label}: group of compounds.", [node])
        self.nodes = []
        mechanism = f"mechanism:{world.one_of(world.mechanisms)}"
        stance = world.chance.choice(("NullResult", "Refutes", "Supports"))
        self.claim("has-mechanism", "hasMechanism", mechanism, subject=f"group:{name}", stances=stance)
        yield Piece(f"data/claim/{name}/mechanisms.ttl", f"{label}: claims on mechanisms.", self.nodes)


def _passages(document: str, passage: Node) -> Piece:
    return Piece(f"data/passage/{document}.ttl", f"Passages of {document} that records cite.", [passage])
