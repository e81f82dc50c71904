"""Which evidence lines oppose each other: the one place that says what a contradiction is between.

Two counted lines oppose each other if their claims are *neighbours* and their answers are *opposite*.

Neighbours have one subject and one predicate (of comparisons and likenesses, either order of the two compounds will
do), and one of these in common, the same or the one narrower than the other by `skos:broader`:

- the object;
- for claims that something improves or worsens: the condition, as object or as qualifier, since verdicts judge all
  outcomes in a condition together (`ontology/derive/improves.rq`);
- for mechanisms: the target.

What two compounds are compared in, and for which goal, belongs to the object of a comparison: it has to be the same,
narrower, or open on one side. All other qualifiers may differ; `dimensions` tells in which they do.

Opposite are support for an answer and its denial (refuted, or null), where a denial of any change denies each; and
support for two answers of which one is the opposite of the other: improves and worsens, increases and decreases, one
compound favoured and the other. More of a harm is worse. A result that pools compounds opposes support for each
member, and supports none: a pooled improvement speaks for no member, and so against no line on one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from moagraph.names import local_name
from moagraph.weigh.dimensions import within
from moagraph.weigh.evidence import OPPOSING, Evidence, Facts

_OPPOSITES = {"Improves": "Worsens", "Increases": "Decreases", "SignIncreases": "SignDecreases"}
_REVERSED = {opposite: answer for answer, opposite in _OPPOSITES.items()}
_CHANGES = "Changes"
_HARMS = frozenset({"Disease", "Injury", "Symptom", "SafetyOutcome"})
"""The kinds of conditions and outcomes of which more is worse."""
_OF_HARM = {"Increases": "Worsens", "Decreases": "Improves"}
_COMPARING = frozenset({"comparedWith", "similarTo"})
_TOPICS = ("dimension", "goal")


@dataclass(frozen=True)
class Answer:
    """What a claim answers, and to what.

    Attributes:
        by: what is to be in common: `object`, `condition` or `target`.
        subject: IRI.
        predicate: local name.
        thing: the object, condition or target, by IRI; a value by its text.
        says: the direction, sign or favoured compound; empty where the claim only says that it is so.
    """

    by: str
    subject: str
    predicate: str
    thing: str
    says: str

    def saying(self, says: str) -> Answer:
        """Gives another answer to the same."""
        return Answer(self.by, self.subject, self.predicate, self.thing, says)

    def on(self, thing: str) -> Answer:
        """Gives the same answer on another thing."""
        return Answer(self.by, self.subject, self.predicate, thing, self.says)

    def of(self, subject: str) -> Answer:
        """Gives the same answer about another subject."""
        return Answer(self.by, subject, self.predicate, self.thing, self.says)


def answers_of(facts: Facts, claim: str) -> list[Answer]:
    """Gives what a claim answers."""
    subject, predicate = facts.value(claim, "subject"), local_name(facts.value(claim, "predicate"))
    object_ = facts.value(claim, "object") or facts.value(claim, "value")
    direction = local_name(facts.value(claim, "direction"))
    says = direction
    if predicate in _COMPARING:
        subject, object_ = sorted((subject, object_))
        says = facts.value(claim, "favours")
    harmful = {local_name(kind) for kind in facts.values(object_, "kind")} & _HARMS
    if predicate == "affects" and harmful:
        says = _OF_HARM.get(direction, direction)
    found = [Answer("object", subject, predicate, object_, says)]
    if predicate == "affects" and direction in ("Improves", "Worsens"):
        conditions = {*facts.values(claim, "condition"), *({object_} & facts.classes["Condition"])}
        found += [Answer("condition", subject, predicate, condition, direction) for condition in sorted(conditions)]
    if predicate == "hasMechanism":
        sign = local_name(facts.value(object_, "sign"))
        if sign in _OPPOSITES or sign in _REVERSED:
            found += [Answer("target", subject, predicate, t, sign) for t in facts.values(object_, "actsOn")]
    return found


def denied(answer: Answer) -> Iterator[Answer]:
    """Gives the answers that a denial of this one denies."""
    if answer.by == "target":
        return
    yield answer
    if answer.by == "object" and answer.says == _CHANGES:
        yield from (answer.saying(says) for says in (*_OPPOSITES, *_REVERSED))


def contrary(answer: Answer) -> Iterator[Answer]:
    """Gives the answers that support for this one speaks against, each pair in one order alone."""
    if answer.says in _REVERSED:
        yield answer.saying(_REVERSED[answer.says])
    elif answer.predicate == "comparedWith" and answer.says in (answer.subject, answer.thing):
        other = min(answer.subject, answer.thing)
        if other != answer.says:
            yield answer.saying(other)


def pooled(answer: Answer) -> Iterator[Answer]:
    """Gives the answers about a member that support for this one about its group speaks against."""
    yield from contrary(answer)
    if answer.says == "Increases":
        yield answer.saying(_OPPOSITES[answer.says])


def opposing_pairs(evidence: Evidence) -> list[tuple[str, str]]:
    """Gives the pairs of lines that oppose each other, each with its supporting line first, in order.

    Supporting answers are filed under their things and all wider ones, and each opposing answer looks up its own
    thing and the wider ones, so that no two lines are compared that have nothing in common.
    """
    facts = evidence.facts
    supporting = _with_stance(evidence, ("Supports",))
    at: dict[Answer, set[str]] = defaultdict(set)
    below: dict[Answer, set[str]] = defaultdict(set)
    for claim in supporting:
        for answer in answers_of(facts, claim):
            at[answer].add(claim)
            for thing in (answer.thing, *facts.wider(answer.thing)):
                below[answer.on(thing)].add(claim)

    def found(answers: Iterable[Answer]) -> set[str]:
        claims: set[str] = set()
        for answer in answers:
            claims |= below.get(answer, set())
            for wide in facts.wider(answer.thing):
                claims |= at.get(answer.on(wide), set())
        return claims

    pairs: set[tuple[str, str]] = set()

    def pair(claim: str, lines: Iterable[str], others: Iterable[str]) -> None:
        for other in others:
            if _comparable(facts, claim, other):
                pairs.update((support, line) for support in supporting[other] for line in lines)

    for claim, lines in _with_stance(evidence, OPPOSING).items():
        answers = [denial for answer in answers_of(facts, claim) for denial in denied(answer)]
        pair(claim, lines, found(_of_members(facts, answers) + answers))
    for claim, lines in supporting.items():
        answers = answers_of(facts, claim)
        own = [against for answer in answers for against in contrary(answer)]
        of_group = [against for answer in answers for against in pooled(answer)]
        pair(claim, lines, found(own + _of_members(facts, of_group)))
    return sorted(pairs)


def _with_stance(evidence: Evidence, stances: Iterable[str]) -> dict[str, list[str]]:
    """Gives the counted lines of these stances by claim."""
    wanted = frozenset(stances)
    found = {
        claim: [line for line in lines if evidence.stance(line) in wanted]
        for claim, lines in evidence.lines_of.items()
    }
    return {claim: lines for claim, lines in found.items() if lines}


def _of_members(facts: Facts, answers: Iterable[Answer]) -> list[Answer]:
    """Gives the answers about a group as answers about each member."""
    return [answer.of(member) for answer in answers for member in facts.values(answer.subject, "member")]


def _comparable(facts: Facts, claim: str, other: str) -> bool:
    """Whether two comparisons are in one respect and for one goal, as far as they say; all other claims are."""
    if local_name(facts.value(claim, "predicate")) not in _COMPARING:
        return True
    for topic in _TOPICS:
        mine, theirs = facts.values(claim, topic), facts.values(other, topic)
        if mine and theirs and not within(facts, mine, theirs) and not within(facts, theirs, mine):
            return False
    return True
