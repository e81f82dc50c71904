"""How far the reviews behind a compound or a claim include the same studies: the corrected covered area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pyoxigraph as ox

from moagraph.names import BASE, PREFIXES, VOCAB, local_name
from moagraph.weigh.evidence import Evidence, things, triple
from moagraph.weigh.kinship import SYNTHESES, Kinship

_PLACES = Decimal("0.0001")


def covered_area(lists: Collection[Collection[str]]) -> Decimal | None:
    """Gives the corrected covered area of reviews: 0 where no study is in two of them, 1 where all have the same.

    Args:
        lists: the studies that each review includes.

    Returns:
        (N - r) / (rc - r) for N inclusions of r distinct studies in c reviews, to four places; None for fewer than
        two reviews, and for reviews that include nothing.

    Source:
        Pieper, Antoine, Mathes, Neugebauer and Eikermann, J Clin Epidemiol 2014;67(4):368-75.

    >>> covered_area([{"a", "b", "c"}, {"b", "c", "d"}])
    Decimal('0.5')
    >>> covered_area([{"a"}, {"b"}]), covered_area([{"a"}])
    (Decimal('0'), None)
    """
    inclusions = sum(len(set(included)) for included in lists)
    distinct = len({study for included in lists for study in included})
    if len(lists) < 2 or not distinct:
        return None
    with localcontext(prec=28):
        share = Decimal(inclusions - distinct) / Decimal(distinct * (len(lists) - 1))
        # Without trailing zeros, as stores write decimals.
        return Decimal(f"{share.quantize(_PLACES, ROUND_HALF_EVEN).normalize():f}")


@dataclass(frozen=True)
class ReviewOverlap:
    """The reviews behind something, and what they include.

    Attributes:
        of: the compound or claim.
        reviews: reviews, systematic or of trials, and meta-analyses, in order; those that may be one are one.
        missing: those of them of which not all included studies are known by name.
        inclusions: how often they include a study, each time counted, as far as it is known.
        included: how many distinct studies they include, as far as it is known.
        covered: the corrected covered area; None where a list is missing.
    """

    of: str
    reviews: tuple[str, ...]
    missing: tuple[str, ...]
    inclusions: int
    included: int
    covered: Decimal | None


def review_overlaps(evidence: Evidence) -> Iterator[ReviewOverlap]:
    """Gives the overlap of the reviews behind each compound and each claim that has at least two, in order.

    Behind a claim are the reviews that its admitted lines rest on, whatever their stance. Behind a compound are those
    that some admitted line rests on and that looked at it, or at a group of compounds that it belongs to.
    """
    facts, kinship = evidence.facts, Kinship.of(evidence.facts)
    behind: dict[str, set[str]] = defaultdict(set)
    for claim, lines in evidence.lines_of.items():
        for study in {study for line in lines for study in facts.studies(line)}:
            if local_name(facts.value(study, "design")) in SYNTHESES:
                behind[claim].add(study)
                for studied in facts.values(study, "intervention"):
                    for compound in facts.values(studied, "member") or (studied,):
                        behind[compound].add(study)
    for thing, studies in sorted(behind.items()):
        first_of = {kinship.one.get(study, study): study for study in sorted(studies, reverse=True)}
        if len(first_of) > 1:
            yield _overlap(thing, sorted(first_of.values()), kinship)


def _overlap(thing: str, reviews: Iterable[str], kinship: Kinship) -> ReviewOverlap:
    lists = {review: kinship.listed(review) for review in reviews}
    missing = tuple(review for review in lists if kinship.list_missing(review))
    return ReviewOverlap(
        thing,
        tuple(lists),
        missing,
        sum(len(included) for included in lists.values()),
        len(frozenset().union(*lists.values())),
        None if missing else covered_area(list(lists.values())),
    )


def overlap_of_reviews(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives the overlaps of reviews as triples; numbers only where all lists are whole."""
    for overlap in review_overlaps(evidence):
        node = f"{BASE}tally/{evidence.policy}/{overlap.of.removeprefix(BASE)}/reviews"
        yield triple(overlap.of, "reviewOverlap", ox.NamedNode(node))
        yield triple(node, "type", ox.NamedNode(f"{VOCAB}ReviewOverlap"))
        yield from things(node, "review", overlap.reviews)
        yield from things(node, "listMissing", overlap.missing)
        if overlap.covered is not None:
            yield triple(node, "inclusionCount", overlap.inclusions)
            yield triple(node, "includedCount", overlap.included)
            decimal = ox.NamedNode(f"{PREFIXES['xsd']}decimal")
            yield triple(node, "coveredArea", ox.Literal(str(overlap.covered), datatype=decimal))
