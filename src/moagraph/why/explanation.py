"""What an explanation of a shared mechanism holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from moagraph.claims import Absence, Claim, Line
from moagraph.table import Iri


@dataclass(frozen=True)
class Ground:
    """What is judged of a compound and a mechanism, and all that the sources say of it.

    Attributes:
        mechanism: the shared one, or a narrower or broader one.
        relation: `same`, `narrower` or `broader`, as seen from the shared one.
        verdict: over all claims on the compound and the mechanism; `no admitted evidence` where none counts.
        tier: of that verdict, or empty.
        unresolved: whether the study behind the tier cannot be traced.
        claims: those on the compound and on groups that it belongs to, best supported first.
    """

    mechanism: Iri
    relation: str
    verdict: str
    tier: str
    unresolved: bool
    claims: tuple[Claim, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that count under the policy."""
        return tuple(line for claim in self.claims for line in claim.lines if line.admitted and not line.ambiguous)

    @property
    def against(self) -> tuple[Line, ...]:
        """Those of them that refute, or looked for it and found nothing."""
        return tuple(line for line in self.lines if line.stance in ("Refutes", "NullResult"))


@dataclass(frozen=True)
class Side:
    """How one compound has a shared mechanism.

    Attributes:
        compound: the compound.
        grounds: on the mechanism itself first, then on narrower ones, then on broader ones that are opposed.
    """

    compound: Iri
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Shared:
    """A mechanism that two compounds share.

    Attributes:
        mechanism: the most specific one that both have.
        contested: whether a side has it by a contested edge alone, so that it does not count as shared.
        having: how many compounds have it or something narrower by plain edges.
        information: its information content in nats; None where no compound has it by plain edges.
        tier: the worse side's best tier.
        sides: of the first compound and of the other.
    """

    mechanism: Iri
    contested: bool
    having: int
    information: Decimal | None
    tier: str
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class Half:
    """A mechanism that one compound has, while the other's claims to it do not count or speak against it.

    Attributes:
        mechanism: what one of the two has.
        having: the compound that has it.
        ground: what is judged of the other compound and the mechanism or something narrower.
        other: that other compound.
    """

    mechanism: Iri
    having: Iri
    other: Iri
    ground: Ground


@dataclass(frozen=True)
class Apart:
    """Two different actions on one target, which is no sharing.

    Attributes:
        target: what both act on.
        signs: how each of the two acts on it.
        grounds: the mechanisms by which they do.
    """

    target: Iri
    signs: tuple[Iri, Iri]
    grounds: tuple[Ground, Ground]


@dataclass(frozen=True)
class Near:
    """A grouping below which both have something, which is no sharing."""

    grouping: Iri
    mechanisms: tuple[tuple[Iri, ...], tuple[Iri, ...]]


@dataclass(frozen=True)
class Score:
    """An overlap, and how likely chance is to make it as great.

    Attributes:
        weights: what a mechanism counts by: one of `moagraph.overlap.WEIGHTS`.
        overlap: from 0 to 1, to four places.
        p: None where no random graphs were drawn.
        q: p adjusted for all pairs of compounds.
    """

    weights: str
    overlap: Decimal
    p: Decimal | None = None
    q: Decimal | None = None


@dataclass(frozen=True)
class Explanation:
    """Why two compounds are joined in the overlap graph, or are not.

    Attributes:
        compounds: the two.
        policy: name of the policy of evidence.
        total: how many compounds have any mechanism by plain edges.
        sizes: how many mechanisms each of the two has by plain edges, broader ones included.
        both: how many of those both have.
        scores: one for each kind of weights.
        chance: how p and q were worked out, in words; empty where they were not.
        shared: the most specific mechanisms that both have, the most informative first.
        contested: those that both have only if contested edges are counted.
        apart: different actions on one target.
        halves: what one has and the other is not said to have.
        near: common groupings, where nothing is shared.
        pooled: results on groups that both belong to; they count for neither alone.
        absences: what is left unsaid of these mechanisms, or of the mechanisms of either in general.
    """

    compounds: tuple[Iri, Iri]
    policy: str
    total: int
    sizes: tuple[int, int]
    both: int
    scores: tuple[Score, ...]
    chance: str
    shared: tuple[Shared, ...]
    contested: tuple[Shared, ...] = ()
    apart: tuple[Apart, ...] = ()
    halves: tuple[Half, ...] = ()
    near: tuple[Near, ...] = ()
    pooled: tuple[Claim, ...] = ()
    absences: tuple[Absence, ...] = field(default=())

    @property
    def lines(self) -> Iterator[Line]:
        """All evidence lines that it tells, in the order of telling."""
        for shared in (*self.shared, *self.contested):
            for side in shared.sides:
                yield from _lines(side.grounds)
        for apart in self.apart:
            yield from _lines(apart.grounds)
        yield from _lines(half.ground for half in self.halves)
        yield from (line for claim in self.pooled for line in claim.lines)

    @property
    def notes(self) -> tuple[str, ...]:
        """Whence the lines come, each once, in the order of their numbers."""
        return tuple(dict.fromkeys(line.whence() for line in self.lines))

    def to(self, format: str, width: int = 100) -> str:
        """Gives the explanation as text, markdown or json.

        Raises:
            UnknownFormat: it is none of these.
        """
        from moagraph.why.words import written

        return written(self, format, width)

    def to_text(self, width: int = 100) -> str:
        """Gives the explanation for reading, wrapped to `width` characters."""
        return self.to("text", width)

    def __str__(self) -> str:
        return self.to_text()


def _lines(grounds: Iterable[Ground]) -> Iterator[Line]:
    for ground in grounds:
        for claim in ground.claims:
            yield from claim.lines
