"""Works out why two compounds are joined in the overlap graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from moagraph.claims import Absence, Claim
from moagraph.errors import BadValue
from moagraph.library import Library
from moagraph.names import PREFIXES
from moagraph.overlap.chance import SEED
from moagraph.overlap.closures import Closure, Edge, Hierarchy, closures_of, edges_of, iri_of
from moagraph.overlap.likeness import chances_of, told_of_chance
from moagraph.overlap.weights import WEIGHTS
from moagraph.reader import Reader
from moagraph.store import Store, iri_term
from moagraph.table import Iri
from moagraph.weigh.information import millinats, nats
from moagraph.why.explanation import Apart, Explanation, Ground, Half, Near, Score, Shared, Side

_SIGNS = "SELECT ?mechanism ?target ?sign WHERE { ?mechanism moa:actsOn ?target ; moa:sign ?sign }"
_PLAIN, _EITHER = {"supported"}, {"supported", "contested"}

Pair = tuple[Iri, Iri]


def why(library: Library, one: str, other: str, *, permutations: int | None = None, seed: int = SEED) -> Explanation:
    """Explains why two compounds are joined in the overlap graph, or are not.

    Args:
        library: what is asked, and under which policy.
        one: a compound, by any of its names.
        other: another.
        permutations: how many random graphs to draw for p and q; if None, as many as `moagraph alike` draws.
        seed: where their chance begins.

    Raises:
        UnknownThing, AmbiguousThing: a name names no compound, or several.
        BadValue: both name the same one, or the random graphs cannot be drawn.
    """
    store, policy = library.store, library.policy
    first, second = (library.names.resolve(name, ["moa:Compound"]) for name in (one, other))
    if first == second:
        raise BadValue("a compound shares all that it has with itself", "name two different compounds")
    pair = (Iri(first, store.label(first)), Iri(second, store.label(second)))
    return _Explaining(store, policy, pair).explanation(permutations, seed)


class _Explaining:
    """What is known of two compounds and their mechanisms."""

    def __init__(self, store: Store, policy: str, pair: Pair) -> None:
        self.store, self.policy, self.pair = store, policy, pair
        self.hierarchy = Hierarchy.of(store, policy)
        self.edges = edges_of(store, policy)
        self.plain = closures_of(self.edges, self.hierarchy, _PLAIN)
        self.judged: dict[tuple[Iri, Iri], Edge] = {(e.compound, e.mechanism): e for e in self.edges}
        self.having = Counter(mechanism for closure in self.plain.values() for mechanism in closure)
        self.total = sum(1 for closure in self.plain.values() if closure)
        own = [edge for edge in self.edges if edge.compound in pair]
        self.either = closures_of(own, self.hierarchy, _EITHER)
        self.reader = Reader(store, policy)
        self._read_claims()

    def _read_claims(self) -> None:
        """Reads what is claimed of the mechanisms of the two and of groups that they belong to."""
        nodes = " ".join(iri_term(compound) for compound in self.pair)
        rows = self.store.select(
            f"""SELECT DISTINCT ?claim ?compound ?subject ?predicate ?object WHERE {{
              VALUES ?compound {{ {nodes} }}
              {{ ?claim moa:subject ?compound . BIND (?compound AS ?subject) }}
              UNION {{ ?subject moa:member ?compound . ?claim moa:subject ?subject }}
              ?claim a moa:Claim ; moa:predicate ?predicate .
              OPTIONAL {{ ?claim moa:object ?object }}
            }}""",
            self.policy,
        ).cells
        mechanisms: dict[tuple[Iri, Iri], list[str]] = defaultdict(list)
        pooled: dict[str, set[Iri]] = defaultdict(set)
        for claim, compound, subject, predicate, thing in rows:
            if str(predicate) == f"{PREFIXES['moa']}hasMechanism" and isinstance(thing, Iri):
                mechanisms[iri_of(compound), thing].append(str(claim))
            elif str(predicate) == f"{PREFIXES['moa']}affects" and subject != compound:
                pooled[str(claim)].add(iri_of(compound))
        shared = [claim for claim, members in pooled.items() if len(members) == len(self.pair)]
        wanted = {claim for claims in mechanisms.values() for claim in claims}.union(shared)
        read: dict[str, Claim] = {str(claim.iri): claim for claim in self.reader.claims(wanted)}
        place = {iri: i for i, iri in enumerate(read)}  # the best supported first
        self.claims = {
            key: [read[iri] for iri in sorted(set(claims) & read.keys(), key=place.__getitem__)]
            for key, claims in mechanisms.items()
        }
        self.pooled = tuple(read[iri] for iri in sorted(set(shared) & read.keys(), key=place.__getitem__))

    def explanation(self, permutations: int | None, seed: int) -> Explanation:
        """Gives the explanation."""
        mine, theirs = (self.plain.get(compound, {}) for compound in self.pair)
        both = mine.keys() & theirs.keys()
        most = self.hierarchy.most_specific(both)
        wider = self.hierarchy.most_specific(self._either(0).keys() & self._either(1).keys())
        shared = [self._shared(mechanism, contested=False) for mechanism in most]
        contested = [self._shared(mechanism, contested=True) for mechanism in wider if mechanism not in both]
        apart = self._apart()
        scores, chance = self._scores(permutations, seed)
        return Explanation(
            compounds=self.pair,
            policy=self.policy,
            total=self.total,
            sizes=(len(mine), len(theirs)),
            both=len(both),
            scores=scores,
            chance=chance,
            shared=tuple(sorted(shared, key=_informative)),
            contested=tuple(sorted(contested, key=_informative)),
            apart=apart,
            halves=self._halves(),
            near=() if shared else self._near(),
            pooled=self.pooled,
            absences=self._absences(),
        )

    def _either(self, side: int) -> Closure:
        return self.either.get(self.pair[side], {})

    def _scores(self, permutations: int | None, seed: int) -> tuple[tuple[Score, ...], str]:
        sides = [self.plain.get(compound, {}) for compound in self.pair]
        found, chance = [], ""
        for name, weights in WEIGHTS.items():
            overlap = weights.overlap(sides[0], sides[1], weights.contents(self.plain))
            chances = chances_of(self.edges, self.hierarchy, weights, permutations, seed)
            p, q = chances.of(*self.pair) if chances else (None, None)
            found.append(Score(name, Decimal(f"{overlap:.4f}"), p, q))
            chance = told_of_chance(chances)
        return tuple(found), chance

    def _ground(self, compound: Iri, mechanism: Iri, relation: str) -> Ground:
        edge = self.judged.get((compound, mechanism))
        return Ground(
            mechanism,
            relation,
            edge.judgement if edge else "no admitted evidence",
            edge.tier if edge else "",
            edge.unresolved if edge else False,
            tuple(self.claims.get((compound, mechanism), ())),
        )

    def _side(self, compound: Iri, shared: Iri) -> Side:
        said = {mechanism for owner, mechanism in self.claims if owner == compound}
        narrower = sorted(m for m in said if shared in self.hierarchy.above.get(m, ()))
        broader = sorted(said & self.hierarchy.above.get(shared, frozenset()))
        grounds = [self._ground(compound, shared, "same")] if shared in said else []
        grounds += [self._ground(compound, mechanism, "narrower") for mechanism in narrower]
        # What is said for something broader says nothing of this; what is said against it may.
        above = [self._ground(compound, mechanism, "broader") for mechanism in broader]
        return Side(compound, (*grounds, *(ground for ground in above if ground.against)))

    def _shared(self, mechanism: Iri, contested: bool) -> Shared:
        one, other = (self._either(0), self._either(1)) if contested else (self.plain[c] for c in self.pair)
        having = self.having[mechanism]
        information = nats(millinats(having, self.total)) if having else None
        tier = max(one[mechanism], other[mechanism])
        sides = (self._side(self.pair[0], mechanism), self._side(self.pair[1], mechanism))
        return Shared(mechanism, contested, having, information, tier, sides)

    def _apart(self) -> tuple[Apart, ...]:
        """Gives different actions on one target, by what both have, contested edges included."""
        acting: dict[Iri, list[tuple[Iri, Iri]]] = defaultdict(list)
        for mechanism, target, sign in self.store.select(_SIGNS, self.policy).cells:
            acting[iri_of(target)].append((iri_of(mechanism), iri_of(sign)))
        sides = [{e.mechanism for e in self.edges if e.compound == c and e.judgement in _EITHER} for c in self.pair]
        found = []
        for target, actions in acting.items():
            mine, theirs = ([action for action in sorted(actions) if action[0] in side] for side in sides)
            found += [
                Apart(
                    target,
                    (sign, other_sign),
                    (self._ground(self.pair[0], one, "same"), self._ground(self.pair[1], other, "same")),
                )
                for one, sign in mine
                for other, other_sign in theirs
                if sign != other_sign
            ]
        return tuple(sorted(found, key=lambda a: (a.target, a.grounds[0].mechanism, a.grounds[1].mechanism)))

    def _halves(self) -> tuple[Half, ...]:
        """Gives what one has by a plain edge, and the other by claims that make no plain or contested edge."""
        found = []
        for other, mechanism in self.claims:
            edge = self.judged.get((other, mechanism))
            if edge is not None and edge.judgement in _EITHER:
                continue
            side = self.pair.index(other)
            having = self.pair[1 - side]
            has = [m for m in self.hierarchy.upward(mechanism) if m in self.plain.get(having, {})]
            if has and has[0] not in self._either(side):
                found.append(Half(has[0], having, other, self._ground(other, mechanism, "same")))
        return tuple(sorted(found, key=lambda h: (h.mechanism, h.having, h.ground.mechanism)))

    def _near(self) -> tuple[Near, ...]:
        """Gives the lowest groupings that both have something below."""
        below: list[dict[Iri, list[Iri]]] = []
        for compound in self.pair:
            found: dict[Iri, list[Iri]] = defaultdict(list)
            for edge in self.edges:
                if edge.compound == compound and edge.judgement in _PLAIN:
                    for wide in {edge.mechanism, *self.hierarchy.above.get(edge.mechanism, ())}:
                        if wide in self.hierarchy.groupings:
                            found[wide].append(edge.mechanism)
            below.append(found)
        common = self.hierarchy.most_specific(below[0].keys() & below[1].keys())
        return tuple(Near(grouping, (tuple(below[0][grouping]), tuple(below[1][grouping]))) for grouping in common)

    def _absences(self) -> tuple[Absence, ...]:
        nodes = " ".join(iri_term(compound) for compound in self.pair)
        rows = self.store.select(
            f"""SELECT DISTINCT ?absence ?subject ?object WHERE {{
              VALUES ?subject {{ {nodes} }}
              ?absence a moa:Absence ; moa:attribute moa:hasMechanism ; moa:subject ?subject .
              OPTIONAL {{ ?absence moa:object ?object }}
            }}""",
            self.policy,
        ).cells
        wanted = set()
        for absence, subject, thing in rows:
            other = self._either(1 - self.pair.index(iri_of(subject)))
            if thing is None or thing in other:
                wanted.add(str(absence))
        return tuple(self.reader.absences(wanted))


def _informative(shared: Shared) -> tuple[Decimal, str]:
    return (-(shared.information or Decimal(0)), shared.mechanism.label)
