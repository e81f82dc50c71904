"""Contradictions explained: pairs of lines that oppose each other, what sets them apart, and which kind that makes.

`opposition` says which lines oppose each other, `dimensions` how they differ; here is what is kept, and the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from moagraph.claims import QUALIFIERS, Claim
from moagraph.names import BASE, PREFIXES, VOCAB, local_name, spaced
from moagraph.table import Iri
from moagraph.weigh.dimensions import Comparison, Dimension, compare, dimensions_of, quantity_words, within
from moagraph.weigh.evidence import Evidence, Facts, things, triple
from moagraph.weigh.opposition import opposing_pairs

_DONE = {"Supports": "supported", "Refutes": "denied", "NullResult": "no difference found"}
_WORDED = {
    "Reported": "as reported",
    "Probable": "as probable",
    "Possible": "as possible",
    "Theoretical": "in theory",
}
_SIDES = ("the supporting line", "the opposing line")


@dataclass(frozen=True)
class Contradiction:
    """Two lines that oppose each other, and how they differ."""

    supporting: str
    opposing: str
    comparison: Comparison

    def iri(self, policy: str) -> str:
        """Gives its IRI under a policy: a path of both lines."""
        return f"{BASE}contradiction/{policy}/{_own(self.supporting)}/{_own(self.opposing)}"


def _own(line: str) -> str:
    return line.removeprefix(PREFIXES["evidence"])


def contradictions_of(evidence: Evidence) -> list[Contradiction]:
    """Gives all contradictions among the lines that count, in the order of their lines."""
    dimensions = dimensions_of(evidence.facts)
    return [
        Contradiction(supporting, opposing, compare(evidence, dimensions, supporting, opposing))
        for supporting, opposing in opposing_pairs(evidence)
    ]


def contradictions(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives a node for each contradiction: its lines, its kind, the dimensions, and the words."""
    dimensions = {dimension.name: dimension for dimension in dimensions_of(evidence.facts)}
    for found in contradictions_of(evidence):
        node, comparison = found.iri(evidence.policy), found.comparison
        yield triple(node, "type", ox.NamedNode(f"{VOCAB}Contradiction"))
        yield triple(node, "underPolicy", ox.NamedNode(evidence.graph))
        yield triple(node, "supportingLine", ox.NamedNode(found.supporting))
        yield triple(node, "opposingLine", ox.NamedNode(found.opposing))
        yield triple(node, "contradictionKind", ox.NamedNode(VOCAB + comparison.kind))
        for name, which in (
            ("differsIn", comparison.differs),
            ("alsoDiffersIn", comparison.also),
            ("narrowerIn", comparison.narrower),
            ("blankIn", comparison.blank),
        ):
            yield from things(node, name, (dimensions[dimension].iri for dimension in which))
        yield triple(node, "explanation", explained(evidence, found, dimensions))


# In words


def explained(evidence: Evidence, found: Contradiction, dimensions: Mapping[str, Dimension]) -> str:
    """Gives a contradiction in words: who says what, in what they differ, and what is left open.

    Args:
        evidence: in which both lines count.
        found: what is explained.
        dimensions: by name.
    """
    facts, comparison = evidence.facts, found.comparison
    said = [_said(evidence, line) for line in (found.supporting, found.opposing)]
    words = [f"{side}." for side in said]
    shared = sorted({*facts.studies(found.supporting)} & {*facts.studies(found.opposing)})
    if shared:
        words.append(f"Both rest on {_listed(facts.labels.get(study, local_name(study)) for study in shared)}.")

    def differing(names: Iterable[str]) -> str:
        return _listed(_difference(facts, dimensions[name], comparison) for name in names)

    if comparison.kind == "Apparent":
        words.append(
            f"Apparent: they answer different questions, for they differ in {differing(comparison.differs)}."
        )
    elif comparison.kind == "Genuine":
        words.append(
            "Genuine: one question, opposite answers; nothing that defines the question is known to differ, "
            "and neither states what the other leaves open."
        )
    if comparison.blank:
        blank = _blank(dimensions, comparison)
        unresolvable = "Unresolvable: it cannot be told whether they answer one question. Not stated "
        words.append(f"{unresolvable if comparison.kind == 'Unresolvable' else 'Not stated '}{blank}.")
    if comparison.also:
        words.append(f"They also differ in {differing(comparison.also)}.")
    return " ".join(words)


def sentence_of(facts: Facts, claim: str) -> str:
    """Gives a claim in words."""

    def things_of(name: str) -> tuple[Iri, ...]:
        return tuple(Iri(value, facts.labels.get(value)) for value in facts.values(claim, name))

    predicate = facts.value(claim, "predicate")
    direction = facts.value(claim, "direction")
    during = facts.value(claim, "during")
    return Claim(
        iri=Iri(claim),
        subject=next(iter(things_of("subject")), Iri("")),
        predicate=Iri(predicate, spaced(local_name(predicate))),
        object=next(iter(things_of("object")), None),
        value=facts.value(claim, "value"),
        direction=facts.labels.get(direction, local_name(direction)),
        during=quantity_words(facts, during) if during else "",
        qualifiers={name: things_of(name) for name in QUALIFIERS},
        verdict="",
        tier="",
        unresolved=False,
        lines=(),
    ).sentence()


def _said(evidence: Evidence, line: str) -> str:
    """Gives a line in words: what it does to its claim, who says so, on what it rests."""
    facts = evidence.facts

    def named(nodes: Iterable[str]) -> str:
        return _listed(facts.labels.get(node, local_name(node)) for node in nodes)

    rests = facts.studies(line)
    worded = _WORDED.get(local_name(facts.value(line, "strength")), "")
    remarks = "; ".join(part for part in (named(rests) if rests else "", worded) if part)
    who = named(facts.values(line, "assertedBy") or facts.values(line, "statedIn"))
    sentence = sentence_of(facts, facts.value(line, "bearsOn"))
    done = _DONE[evidence.stance(line)].capitalize()
    return f"{done} by {who}{f' ({remarks})' if remarks else ''}: “{sentence}”"


def _difference(facts: Facts, dimension: Dimension, comparison: Comparison) -> str:
    sides = [side[dimension.name] for side in comparison.values]
    one, other = (" and ".join(_word(facts, value) for value in values) for values in sides)
    if dimension.name not in comparison.narrower:
        remark = ""
    elif dimension.name == "CompoundDimension":
        remark = ", which pools it"
    elif {*sides[0]} < {*sides[1]} or {*sides[1]} < {*sides[0]}:
        remark = ", in part the same"
    else:
        remark = ", the latter narrower" if within(facts, sides[1], sides[0]) else ", the former narrower"
    return f"the {dimension.label} ({one} against {other}{remark})"


def _word(facts: Facts, value: str) -> str:
    return facts.labels.get(value) or (local_name(value) if value.startswith(BASE) else value)


def _blank(dimensions: Mapping[str, Dimension], comparison: Comparison) -> str:
    """Gives what is left open, by who leaves it open."""
    by: dict[str, list[str]] = {"by either": [], f"by {_SIDES[0]}": [], f"by {_SIDES[1]}": []}
    either, supporting, opposing = by
    for name in comparison.blank:
        stated = [name in side for side in comparison.values]
        by[opposing if stated[0] else supporting if stated[1] else either].append(dimensions[name].label)
    return "; ".join(f"{who}: {', '.join(labels)}" for who, labels in by.items() if labels)


def _listed(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last
