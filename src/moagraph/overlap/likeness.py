"""The most alike compounds as a table, with how likely chance is to make them so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from moagraph.errors import BadValue
from moagraph.names import how_many
from moagraph.overlap.chance import MANY_EDGES, PERMUTATIONS, SEED, Chances
from moagraph.overlap.closures import Closure, Edge, Hierarchy, closures_of, edges_of
from moagraph.overlap.weighted import Alike, most_alike
from moagraph.overlap.weights import TIER_WEIGHTS, Weights
from moagraph.store import Store
from moagraph.table import Cell, Column, Iri, Table

ALIKE_COLUMNS = (
    Column("compound", "moa:Compound"),
    Column("other", "moa:Compound"),
    Column("overlap", "xsd:decimal"),
    Column("shared", "xsd:integer"),
    Column("tier", "xsd:string"),
    Column("mechanisms", "moa:Mechanism*"),
)
"""The columns of `alike`."""

CHANCE_COLUMNS = (Column("p", "xsd:decimal"), Column("q", "xsd:decimal"))
"""The columns that stand before the last where random graphs are drawn."""


MEANING = (
    "A small p says that two compounds share more than such chance would give them. It does not say that the "
    "evidence is sound, that the mechanisms are real, or that the compounds act or work alike; nor does a large p "
    "say that they do not: both depend on how much the sources happen to say of each compound."
)
"""What p means, and what it does not."""


def alike(
    store: Store,
    policy: str,
    *,
    weights: str | Mapping[str, int] = TIER_WEIGHTS,
    top: int = 100,
    at_least: float = 0.0,
    compounds: Sequence[Iri] = (),
    permutations: int | None = 0,
    seed: int = SEED,
) -> Table:
    """Gives the most alike compounds by the weighted overlap of their mechanisms over plain edges.

    **Shape**: `ALIKE_COLUMNS`, and before the last `CHANCE_COLUMNS` if there are permutations; the greatest overlap
    first, then by the IRIs of both. Of a pair, the one that was named stands first, else the first by its IRI.
    `overlap` is rounded to four places. `mechanisms` are the most specific that both have, `shared` counts them, and
    `tier` is of each the worse side's, and of those the best. The title says what the overlap is, and how p and q
    were worked out.

    Args:
        store: what is asked.
        policy: name of the policy of evidence.
        weights: what a mechanism counts: one of `WEIGHTS` by name, or weights by tier, A to F, whole numbers above 0.
        top: how many pairs at most.
        at_least: the least overlap of a pair.
        compounds: one, for its pairs alone, or two, for that pair alone, listed even if the two share nothing.
        permutations: how many random graphs to draw for p and q; if None, `PERMUTATIONS`, but none for more than
            `MANY_EDGES` plain edges.
        seed: where their chance begins.

    **Cost**: 12 bytes of memory for each pair of compounds, and time for each random graph: a millisecond for 43
    compounds, 12 for 500, 0.6 s for 10 thousand with 80 thousand edges, which take 0.8 GB in all.

    Raises:
        BadValue: there are no such weights, or a tier has none above 0; more than two compounds, or one twice; or no
            such graphs can be drawn.
    """
    if len(set(compounds)) < len(compounds) or len(compounds) > 2:
        raise BadValue("likeness is that of two different compounds", "name one compound, or two different ones")
    chosen = Weights.of(weights)
    hierarchy = Hierarchy.of(store, policy)
    edges = edges_of(store, policy)
    closures = closures_of(edges, hierarchy, {"supported"})
    if compounds:
        pairs = pairs_with(compounds, closures, chosen, top, at_least)
    else:
        pairs = most_alike(closures, weights=weights, top=top, at_least=at_least)
    chances = chances_of(edges, hierarchy, chosen, permutations, seed)
    rows: list[tuple[Cell, ...]] = []
    for one, other, overlap in pairs:
        mine, theirs = closures.get(one, {}), closures.get(other, {})
        shared = hierarchy.most_specific(mine.keys() & theirs.keys())
        tier = min((max(mine[m], theirs[m]) for m in shared), default=None)
        chance = chances.of(one, other) if chances else ()
        rows.append((one, other, Decimal(f"{overlap:.4f}"), len(shared), tier, *chance, shared))
    title = f"Most alike compounds, policy of evidence: {policy}. {told(chosen)} {told_of_chance(chances)}".rstrip()
    columns = (*ALIKE_COLUMNS[:-1], *(CHANCE_COLUMNS if chances else ()), ALIKE_COLUMNS[-1])
    return Table(columns, tuple(rows), title)


def chances_of(
    edges: Iterable[Edge], hierarchy: Hierarchy, weights: Weights, permutations: int | None, seed: int
) -> Chances | None:
    """Gives how likely chance is to make compounds as alike as they are by their plain edges, or None.

    Args:
        edges: what is judged of compounds and mechanisms.
        hierarchy: what is broader than what.
        weights: what a mechanism counts.
        permutations: how many random graphs to draw; if None, `PERMUTATIONS`, but none for many edges.
        seed: where their chance begins.
    """
    plain = [edge for edge in edges if edge.judgement == "supported"]
    if permutations is None:
        permutations = PERMUTATIONS if len(plain) <= MANY_EDGES else 0
    return Chances(plain, hierarchy, weights, permutations, seed) if permutations else None


def told(weights: Weights) -> str:
    """Gives in words what the overlap is."""
    listed = ", ".join(f"{tier} {weight}" for tier, weight in weights.tiers.items())
    tiers = f"its tier of evidence ({listed}: a reader's option, no measure of confidence)"
    information = "its information content (how few compounds have it)"
    counts = {
        "none": "each mechanism counts the same (Jaccard index)",
        "information": f"each mechanism counts by {information}",
        "both": f"each mechanism counts by {tiers} times {information}",
    }
    how = counts.get(weights.name, f"each mechanism counts by {tiers}")
    return f"Overlap: what two compounds share by all that either has, from 0 to 1; {how}."


def told_of_chance(chances: Chances | None) -> str:
    """Gives in words under which null model p and q were worked out, and what they do not mean, or nothing."""
    if chances is None:
        return ""
    graphs = how_many(chances.permutations, "random graph")
    model = (
        "in which each compound keeps how many mechanisms it has, and each mechanism how many compounds have it "
        f"(curveball trades, seed {chances.seed})"
    )
    if chances.pairs and chances.fixed:
        return (
            f"p is 1 throughout: there is no graph but this one {model.partition(' (')[0]}, so chance has nothing to "
            "choose from."
        )
    return (
        f"p: the share of {graphs} {model}, and of this one, in which the two are at least as alike. q: p adjusted "
        f"for all {chances.pairs:,} pairs of compounds with a mechanism (Benjamini and Hochberg). {MEANING}"
    )


def pairs_with(
    compounds: Sequence[Iri], closures: Mapping[Iri, Closure], weights: Weights, top: int, at_least: float
) -> list[Alike[Iri]]:
    """Gives the pairs of one compound that share something, or the pair of two, the most alike first."""
    contents = weights.contents(closures)
    one = compounds[0]
    found = []
    for other in compounds[1:] or [compound for compound in closures if compound != one]:
        overlap = weights.overlap(closures.get(one, {}), closures.get(other, {}), contents)
        if overlap >= at_least and (overlap or len(compounds) > 1):
            found.append(Alike(one, other, overlap))
    return sorted(found, key=lambda pair: (-pair.overlap, pair.other))[:top]
