"""Judges edges by the lines alone, in plain Python and without the derivations: for tests of what exports say.

What a consumer gets who reads an export as rows of subject, predicate and object, and drops every column that he does
not know, is in `rows_of`. Whether such a row is true to the lines that a policy admits is in `Judge.bears_out`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

import pyoxigraph as ox

from moagraph.names import BASE, PREFIXES, VOCAB, local_name

Row = tuple[str, str, str]

THINGS = tuple(
    f"{BASE}{kind}/"
    for kind in ("agent", "class", "compound", "condition", "group", "material", "mechanism", "outcome", "population",
                 "preparation", "process", "property", "receptor", "source", "stack", "study", "target", "test")
)  # fmt: skip
"""Where the IRIs of things begin, which edges join. Claims, lines and derivations are records, not ends of edges."""

_REIFYING = tuple(PREFIXES["rdf"] + name for name in ("subject", "predicate", "object"))
CLOSURES = {"hasMechanismOrNarrower": "hasMechanism", "bindsReceptorOrNarrower": "bindsReceptor"}
DIRECT = ("hasMechanism", "bindsReceptor", "usedFor", "authorisedFor", "studiedFor")
TIERS = {"improves": "ABC", "beneficialInModels": "D"}

_LETTERS = {
    "A": ("MetaAnalysis", "SystematicReview", "TrialReview"),
    "B": ("RandomisedTrial",),
    "C": ("ControlledTrial", "PilotStudy", "HumanStudy"),
    "D": ("AnimalStudy",),
    "E": ("InVitroStudy",),
}
LETTER = {design: letter for letter, designs in _LETTERS.items() for design in designs}


def rows_of(triples: Iterable[ox.Triple | ox.Quad]) -> set[Row]:
    """Gives the rows between things: all that is left of an export without its other columns.

    A reified statement is a row too, as it is for KGX, whatever else is said of its node.
    """
    rows = set()
    reified: dict[str, dict[str, str]] = defaultdict(dict)
    for t in triples:
        if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode):
            rows.add((t.subject.value, t.predicate.value, t.object.value))
            if t.predicate.value in _REIFYING:
                reified[t.subject.value][t.predicate.value] = t.object.value
    for parts in reified.values():
        if len(parts) == len(_REIFYING):
            subject, predicate, thing = (parts[name] for name in _REIFYING)
            rows.add((subject, predicate, thing))
    return {row for row in rows if row[0].startswith(THINGS) and row[2].startswith(THINGS)}


_BEARING = {("Worsens", "Supports")} | {
    ("Improves", s) for s in ("Supports", "Refutes", "NullResult", "Inconclusive")
}
"""Directions and stances of lines that bear on an improvement; support for the worse is against it."""


class Judge:
    """Judges edges by the lines that a policy admits.

    Args:
        asserted: what curators wrote.
        admitted: the lines that count.
    """

    def __init__(self, asserted: Iterable[ox.Triple], admitted: Iterable[str]) -> None:
        self.said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for t in asserted:
            name = t.predicate.value
            name = name.removeprefix(VOCAB).removeprefix(PREFIXES["rdf"]).removeprefix(PREFIXES["skos"])
            self.said[getattr(t.subject, "value", "")][name].add(getattr(t.object, "value", ""))
        other = {o for of in list(self.said.values()) for o in of["otherReading"]}
        self.lines = sorted({line for line in admitted if line not in other and not self.said[line]["otherReading"]})

    def name(self, node: str, prop: str) -> str:
        """Gives the local name of what a property leads to, or nothing."""
        return local_name(next(iter(sorted(self.said[node][prop])), ""))

    def tier(self, line: str) -> str:
        """Gives the tier of a line: its system first, then the best design of all that it is from."""
        system = self.name(line, "system")
        if system in ("Animal", "InVitro", "InSilico"):
            return "D" if system == "Animal" else "E"
        letters, seen, waiting = (
            {LETTER.get(self.name(line, "design"), "F")},
            set(),
            list(self.said[line]["fromStudy"]),
        )
        while waiting:
            study = waiting.pop()
            if study not in seen:
                seen.add(study)
                waiting += self.said[study]["includesStudy"]
                amounts = {n for q in self.said[study]["numberOfStudies"] for n in self.said[q]["amount"]}
                letter = LETTER.get(self.name(study, "design"), "F")
                letters.add("C" if letter == "A" and any(float(n) < 2 for n in amounts) else letter)
        return min(letters)

    @cached_property
    def bearing(self) -> dict[Row, list[tuple[str, str]]]:
        """The stance and strength of each line that bears on an edge, as curators wrote it: before any verdict."""
        found: dict[Row, list[tuple[str, str]]] = defaultdict(list)
        for line in self.lines:
            claim = next(iter(self.said[line]["bearsOn"]))
            stance, strength = self.name(line, "stance"), self.name(line, "strength")
            for subject in self.said[claim]["subject"]:
                for one in (subject, *self.said[subject]["member"]):
                    if "Compound" in {local_name(cls) for cls in self.said[one]["type"]}:
                        for relation, thing, turned in self._edges(claim, line, stance):
                            # What is said of several together is said of none of them, unless it is against all.
                            if one == subject or turned in ("Refutes", "NullResult"):
                                found[one, VOCAB + relation, thing].append((turned, strength))
                        found = self._studied(found, claim, line, one, strength) if one == subject else found
        return found

    def _edges(self, claim: str, line: str, stance: str) -> Iterator[tuple[str, str, str]]:
        """Gives relation, object and stance of the edges that a line bears on, but what was studied."""
        relation, direction = self.name(claim, "predicate"), self.name(claim, "direction")
        if relation in DIRECT:
            for thing in self.said[claim]["object"]:
                yield relation, thing, stance
        elif relation == "affects" and (direction, stance) in _BEARING:
            for edge, tiers in TIERS.items():
                if self.tier(line) in tiers:
                    for condition in self._conditions(claim, ("condition", "object")):
                        yield edge, condition, "Refutes" if direction == "Worsens" else stance

    def _studied(
        self, found: dict[Row, list[tuple[str, str]]], claim: str, line: str, compound: str, strength: str
    ) -> dict[Row, list[tuple[str, str]]]:
        """Adds that a compound was studied in people with a condition, which a study shows whatever its result."""
        if self.name(claim, "predicate") == "affects" and self.tier(line) in "ABC":
            whole = ("condition", "object") if self.name(claim, "direction") == "Improves" else ("condition",)
            for condition in self._conditions(claim, whole):
                found[compound, f"{VOCAB}studiedFor", condition].append(("Supports", strength))
        return found

    def _conditions(self, claim: str, props: Iterable[str]) -> Iterator[str]:
        for prop in props:
            for thing in self.said[claim][prop]:
                if "Condition" in {local_name(cls) for cls in self.said[thing]["type"]}:
                    yield thing

    def verdict(self, row: Row) -> str:
        """Gives the verdict on an edge, as DESIGN says."""
        lines = self.bearing.get(row, [])
        stances = {stance for stance, _ in lines}
        support, against = "Supports" in stances, stances & {"Refutes", "NullResult"}
        if support and against:
            return "contested"
        if against:
            return "refuted" if "Refutes" in against else "null"
        if support:
            firm = any(s == "Supports" and how not in ("Possible", "Theoretical") for s, how in lines)
            return "supported" if firm else "suggested"
        return "insufficient" if lines else "none"

    def _recorded(self, compound: str, condition: str) -> bool:
        """Tells whether some record names a compound, or what holds it, with a condition, or one near it."""
        near = {condition, *self._wider(condition)} | {c for c in list(self.said) if condition in self._wider(c)}
        values = {node: {node}.union(*said.values()) for node, said in list(self.said.items())}
        holders = {compound, *self.said[compound]["constituentOf"]}
        holders |= {node for node, said in values.items() if compound in said}
        return any(said & holders and said & near for said in values.values())

    def bears_out(self, row: Row) -> bool:
        """Tells whether the admitted lines bear out an edge, or one to something narrower where it says so.

        Raises:
            KeyError: no edge of that name is known here. Say what it states before it is exported.
        """
        subject, predicate, thing = row
        name = predicate.removeprefix(VOCAB)
        if name in CLOSURES:
            plain = VOCAB + CLOSURES[name]
            grouping = "Grouping" in {local_name(cls) for cls in self.said[thing]["type"]}
            return not grouping and any(
                self.verdict((subject, plain, narrow)) == "supported"
                for s, p, narrow in list(self.bearing)
                if (s, p) == (subject, plain) and thing in self._wider(narrow)
            )
        if name == "recordedWith":
            return self._recorded(subject, thing)
        if name not in (*DIRECT, *TIERS):
            raise KeyError(f"{row}: say in tests/judging.py what {name} states, and when it is true")
        return self.verdict(row) == "supported"

    def _wider(self, thing: str) -> set[str]:
        found, waiting = {thing}, [thing]
        while waiting:
            more = self.said[waiting.pop()]["broader"] - found
            found |= more
            waiting += more
        return found
