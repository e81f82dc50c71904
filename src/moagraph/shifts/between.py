"""What stands otherwise in one state of judgement than in another, and which evidence lines are responsible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from moagraph.compare import TABLES
from moagraph.compare.cells import LEFT_OUT, NOBODY, BesideCell, Entry
from moagraph.names import PREFIXES, VOCAB, expand, how_many
from moagraph.shifts.judged import NO_EDGE, NONE, EdgeKey, Judgement, change_of
from moagraph.shifts.shift import BOTH, NEW, OLD, Bearing, Shift, Standing
from moagraph.shifts.states import CellKey, State

_HAS_MECHANISM = f"{VOCAB}hasMechanism"
_NOT_SHARED = Standing("", "", "not shared")


class Between:
    """Two states over the same claims, of which the new one may lack some.

    Args:
        old, new: the states.
    """

    def __init__(self, old: State, new: State) -> None:
        self.old, self.new = old, new

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """All shifts: verdicts, edges, shared mechanisms and cells, what changes more than its tier first."""
        found = [*self._verdicts(), *self._edges(), *self._shared(), *self._cells()]
        return tuple(sorted(found, key=lambda shift: shift.order))

    @cached_property
    def looked_at(self) -> dict[str, int]:
        """How much was compared."""
        compounds = len(self.old.compounds)
        return {
            "claims": len(self.old.asserted.leading["bearsOn"]),
            "derivations": len(self.old.derived.edges.keys() | self.new.derived.edges.keys()),
            "pairs of compounds": compounds * (compounds - 1) // 2,
            "compounds": compounds,
            "tables": len(TABLES),
        }

    @cached_property
    def gone(self) -> frozenset[str]:
        """The nodes that only one state has."""
        return frozenset(self.old.asserted.nodes.keys() ^ self.new.asserted.nodes.keys())

    def _verdicts(self) -> Iterator[Shift]:
        old, new = (state.derived for state in (self.old, self.new))
        claims = {iri for state in (self.old, self.new) for iri in state.facts.members["Claim"]}
        for iri in sorted(claims & (old.claims.keys() | new.claims.keys())):
            was, is_ = old.claims.get(iri, NONE), new.claims.get(iri, NONE)
            if was != is_:
                claim = self.old.claim(iri) or self.new.claim(iri)
                words = claim.sentence() if claim else self.old.name(iri).label
                what = "of another tier" if was.verdict == is_.verdict else "judged otherwise"
                lines = [derived.used.get(iri, frozenset()) for derived in (old, new)]
                yield self._shift("verdict", [iri], words, what, [_judged(was), _judged(is_)], lines)

    def _edges(self) -> Iterator[Shift]:
        for key in sorted(self.old.derived.edges.keys() | self.new.derived.edges.keys()):
            was, is_ = (state.derived.edges.get(key, NO_EDGE) for state in (self.old, self.new))
            if was.judgement != is_.judgement and (was.shown or is_.shown):
                words = " ".join(self.old.name(iri).label for iri in key)
                what = change_of(was.shown, is_.shown)
                standings = [_judged(edge.judgement) for edge in (was, is_)]
                yield self._shift("edge", key, words, what, standings, [was.lines, is_.lines])

    def _turned(self) -> dict[str, list[EdgeKey]]:
        """Gives for each compound the derivations to mechanisms that are another edge, or none, in one state."""
        found: dict[str, list[EdgeKey]] = {}
        for key in sorted(self.old.derived.edges.keys() | self.new.derived.edges.keys()):
            was, is_ = (state.derived.edges.get(key, NO_EDGE) for state in (self.old, self.new))
            if key[1] == _HAS_MECHANISM and was.shown != is_.shown:
                found.setdefault(key[0], []).append(key)
        return found

    def _shared(self) -> Iterator[Shift]:
        turned = self._turned()
        if not turned:
            return
        above = self.old.hierarchy.above
        old, new = self.old.shared, self.new.shared
        for one, other, mechanism in sorted(old.keys() | new.keys()):
            was, is_ = (shared.get((one, other, mechanism), "") for shared in (old, new))
            if was == is_:
                continue
            # What is narrower bears on it too: support climbs, and of what is shared only the most specific is told.
            keys = [
                key
                for compound in (one, other)
                for key in turned.get(compound, ())
                if key[2] == mechanism or mechanism in above.get(self.old.name(key[2]), ())
            ]
            lines = [
                frozenset().union(*(state.derived.edges.get(key, NO_EDGE).lines for key in keys))
                for state in (self.old, self.new)
            ]
            words = f"{mechanism.label} by {one.label} and {other.label}"
            standings = [Standing(how, "", how) if how else _NOT_SHARED for how in (was, is_)]
            what = "changed" if was and is_ else "won" if is_ else "lost"
            yield self._shift("shared mechanism", [one, other, mechanism], words, what, standings, lines)

    def _cells(self) -> Iterator[Shift]:
        old, new = self.old.footing, self.new.footing
        yield from self.cells([compound for compound in self.old.compounds if old[compound] != new[compound]])

    def cells(self, compounds: list[str]) -> Iterator[Shift]:
        """Gives the cells of some compounds that shift, in the order of tables and rows."""
        if not compounds:
            return
        was, is_ = self.old.cells(compounds), self.new.cells(compounds)
        for key in dict.fromkeys([*was, *is_]):
            cells = [
                self._filled(state, cells.get(key), other.get(key))
                for state, cells, other in ((self.old, was, is_), (self.new, is_, was))
            ]
            contents = [{_content(entry): entry for entry in cell.entries} for cell in cells]
            if contents[0].keys() != contents[1].keys() or cells[0].kind != cells[1].kind:
                yield self._cell(key, cells, contents)

    def _cell(self, key: CellKey, cells: list[BesideCell], contents: list[dict[object, Entry]]) -> Shift:
        table, attribute, compound = key
        both = contents[0].keys() & contents[1].keys()
        differing = [[e for content, e in found.items() if content not in both] for found in contents]
        ids = [expand(curie) or curie for found in differing for entry in found for curie in entry.ids]
        standings = [
            Standing(cell.kind, "", "; ".join(entry.words for entry in found) or "not told")
            for cell, found in zip(cells, differing, strict=True)
        ]
        kinds = [cell.kind for cell in cells]
        what = "other values" if kinds[0] == kinds[1] else f"{kinds[0]} → {kinds[1]}"
        lines = [
            frozenset().union(*(state.derived.used.get(iri, frozenset()) for iri in ids))
            for state in (self.old, self.new)
        ]
        words = f"{compound.label}, {attribute}"
        shift = self._shift("cell", [compound], words, what, standings, lines, self._lacking(ids))
        return replace(shift, place=(table, attribute))

    def _filled(self, state: State, cell: BesideCell | None, other: BesideCell | None) -> BesideCell:
        """Gives a cell of one state, which may lack the row; what the other tells may be stated, and not count."""
        if cell is not None and cell.kind != NOBODY:
            return cell
        told = [curie for entry in (other.entries if other else ()) for curie in entry.ids]
        stated = [
            curie for curie in dict.fromkeys(told) if state.asserted.leading["bearsOn"].get(expand(curie) or "")
        ]
        if not stated:
            return cell or BesideCell((Entry(NOBODY, NOBODY),))
        number = sum((expand(curie) or "") not in state.derived.claims for curie in stated)
        words = f"{how_many(number, 'statement')} that policy {state.policy} does not count"
        text = words if number else f"nothing here that policy {state.policy} counts"
        return BesideCell((Entry(LEFT_OUT, text, ids=tuple(stated)),))

    def _lacking(self, iris: Iterable[str]) -> list[Bearing]:
        """Gives the absences and studies that one state lacks, among some nodes and what those name."""
        found = {}
        for iri in iris:
            for state, counts in ((self.old, OLD), (self.new, NEW)):
                node = state.asserted.nodes.get(iri, {})
                for part in {iri, *(str(value) for values in node.values() for value in values)} & self.gone:
                    for kind in ("absence", "study"):
                        if state.has(part) and part.startswith(PREFIXES[kind]):
                            name = state.name(part)
                            found[part] = Bearing(name, kind, counts, "", "", name.label, "", "", ())
        return [found[iri] for iri in sorted(found)]

    def _shift(
        self,
        kind: str,
        about: Iterable[str],
        words: str,
        what: str,
        standings: Sequence[Standing],
        lines: Sequence[frozenset[str]],
        others: Iterable[Bearing] = (),
    ) -> Shift:
        """Gives a shift, to which those lines bear that count in one state alone, or in each with another tier."""
        bearing = [self._bearing(line, line in lines[0], line in lines[1]) for line in sorted(lines[0] | lines[1])]
        because = (*(one for one in bearing if one), *others)
        studies = [
            {study for line in counted for study in state.facts.studies(line)}
            for state, counted in zip((self.old, self.new), lines, strict=True)
        ]
        out, in_ = (
            tuple(self.old.name(study) for study in sorted(one - other))
            for one, other in (studies, reversed(studies))
        )
        old, new = standings
        return Shift(kind, tuple(map(self.old.name, about)), (), words, what, old, new, because, out, in_)

    def _bearing(self, iri: str, before: bool, after: bool) -> Bearing | None:
        tiers = [
            state.derived.lines.get(iri, NONE).tier if counts else ""
            for state, counts in ((self.old, before), (self.new, after))
        ]
        if before and after and tiers[0] == tiers[1]:
            return None
        state = self.old if before else self.new
        read = state.line(iri)
        if read is None:
            return None
        claim, line = read
        return Bearing(
            iri=state.name(iri),
            kind="line",
            counts=BOTH if before and after else OLD if before else NEW,
            claim=claim.sentence(),
            stance=line.stance_label,
            whence=line.whence(),
            old=_tier(tiers[0]),
            new=_tier(tiers[1]),
            studies=tuple(map(state.name, state.facts.studies(iri))),
        )


def _judged(judgement: Judgement) -> Standing:
    return Standing(judgement.verdict, judgement.tier, judgement.text)


def _tier(tier: str) -> str:
    unresolved = ", unresolved" if tier.endswith("?") else ""
    return f"tier {tier.removeprefix('Tier').removesuffix('?')}{unresolved}" if tier else ""


def _content(entry: Entry) -> object:
    """Gives what is compared of an entry: not whence it is known, and of what does not count not its number."""
    return (LEFT_OUT, entry.ids) if entry.kind == LEFT_OUT else (entry.kind, entry.words)
