"""What is known of compounds, gathered once, and the entries and rows of a side-by-side table made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from moagraph.claims import Absence, Claim, Line, context_of
from moagraph.compare.cells import (
    ABSENCE,
    CONTESTED,
    DENIED,
    LEFT_OUT,
    NOBODY,
    NULL,
    POOLED,
    SUGGESTED,
    UNDECIDED,
    VALUE,
    BesideCell,
    BesideRow,
    Entry,
)  # fmt: skip
from moagraph.library import Library
from moagraph.names import PREFIXES, VOCAB, local_name
from moagraph.reader import Properties, Reader, quantity_text
from moagraph.store import iri_term
from moagraph.table import Iri

KINDS_OF = {
    "supported": VALUE,
    "suggested": SUGGESTED,
    "contested": CONTESTED,
    "refuted": DENIED,
    "null": NULL,
    "insufficient": UNDECIDED,
}
_YES = {
    VALUE: "yes",
    SUGGESTED: "possible",
    CONTESTED: "contested",
    DENIED: "no",
    NULL: "no difference found",
    UNDECIDED: "undecided",
}
_NAMED = {
    VALUE: "{}",
    SUGGESTED: "possibly {}",
    CONTESTED: "contested: {}",
    DENIED: "not {}",
    NULL: "{}: no difference found",
    UNDECIDED: "undecided: {}",
}

Picks = Callable[[Claim], bool]


@dataclass(frozen=True)
class Blank:
    """An absence with its qualifiers by name."""

    absence: Absence
    qualifiers: dict[str, tuple[Iri, ...]]

    @property
    def about(self) -> Iri | None:
        """The object that the absence names, if any."""
        return self.absence.object

    @property
    def context(self) -> str:
        """The qualifiers in words."""
        return context_of(self.qualifiers)


BlankPicks = Callable[[Blank], bool]


@cache
def said(*predicates: str) -> Picks:
    """Gives what picks the claims with one of the predicates."""
    wanted = {VOCAB + name for name in predicates}
    return lambda claim: claim.predicate in wanted


@cache
def unsaid(*predicates: str) -> BlankPicks:
    """Gives what picks the absences of one of the attributes."""
    wanted = {VOCAB + name for name in predicates}
    return lambda blank: blank.absence.attribute in wanted


def either(*picks: Picks) -> Picks:
    """Gives what picks the claims that one of several picks."""
    return lambda claim: any(pick(claim) for pick in picks)


def either_blank(*picks: BlankPicks) -> BlankPicks:
    """Gives what picks the absences that one of several picks."""
    return lambda blank: any(pick(blank) for pick in picks)


def on(thing: Iri, *predicates: str) -> tuple[Picks, BlankPicks]:
    """Gives what picks claims and absences of some predicates with one object."""
    return (
        lambda claim: said(*predicates)(claim) and claim.object == thing,
        lambda blank: unsaid(*predicates)(blank) and blank.about == thing,
    )


def nothing(_: object) -> bool:
    """Picks nothing."""
    return False


def context(claim: Claim, without: Iterable[str] = ()) -> str:
    """Gives the qualifiers of a claim in words."""
    return context_of(claim.qualifiers, without)


@dataclass
class Known:
    """What is known of one compound.

    Attributes:
        compound: the compound.
        claims: those on the compound, on groups that it belongs to and on bodies of evidence on it, best supported
            first.
        blanks: the absences.
    """

    compound: Iri
    claims: list[Claim] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)


def notes_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """Gives whence lines come, each once."""
    return tuple(dict.fromkeys(line.whence() for line in lines))


class Knowledge:
    """What is known of several compounds under a policy, read in a few queries.

    Args:
        library: what is asked.
        compounds: IRIs.
        reader: reads claims and absences; one of the library's store unless given.
        apart: whether entries stand apart that could be told as one.
    """

    def __init__(
        self, library: Library, compounds: Sequence[str], reader: Reader | None = None, *, apart: bool = False
    ) -> None:
        self.store, self.policy = library.store, library.policy
        self.things = tuple(Iri(iri, self.store.label(iri)) for iri in compounds)
        self.reader = reader = reader or Reader(self.store, self.policy)
        self.apart = apart
        self.known = {thing: Known(thing) for thing in self.things}
        nodes = " ".join(iri_term(thing) for thing in self.things)
        table = self.store.select(
            f"""SELECT DISTINCT ?node ?compound ?kind WHERE {{
              VALUES ?compound {{ {nodes} }}
              {{ ?node moa:subject/(moa:member|moa:about)? ?compound }}
              # An interaction is said of the compound whose action changes, and belongs to both.
              UNION {{ ?node moa:predicate moa:interactsWith ; moa:object ?compound }}
              VALUES ?kind {{ moa:Claim moa:Absence }}
              ?node a ?kind
            }} ORDER BY ?node ?compound""",
            self.policy,
        )
        of: dict[str, list[Known]] = {}
        kinds: dict[str, set[str]] = {"Claim": set(), "Absence": set()}
        for node, compound, kind in table.cells:
            known = self.known[Iri(str(compound))]
            of.setdefault(str(node), []).append(known)
            kinds[local_name(str(kind))].add(str(node))
        for claim in reader.claims(kinds["Claim"]):
            for known in of[claim.iri]:
                known.claims.append(claim)
        absences = reader.absences(kinds["Absence"])
        self.nodes = self.properties(
            [*kinds["Claim"], *kinds["Absence"]]
            + [str(line.iri) for known in self.known.values() for claim in known.claims for line in claim.lines]
        )
        for absence in absences:
            about = self.nodes[absence.iri]
            qualifiers = {
                local_name(name): tuple(value for value in values if isinstance(value, Iri))
                for name, values in about.items()
                if name.startswith(VOCAB)
            }
            for known in of[absence.iri]:
                known.blanks.append(Blank(absence, qualifiers))
        objects = [str(c.object) for known in self.known.values() for c in known.claims if c.object]
        objects += [str(blank.about) for known in self.known.values() for blank in known.blanks if blank.about]
        self.kinds = {iri: node.get(f"{VOCAB}kind", []) for iri, node in self.properties(objects).items()}

    def properties(self, iris: Iterable[str]) -> dict[str, Properties]:
        """Gives for each node its properties."""
        return self.reader.nodes(iris)

    def about(self, iris: Iterable[str]) -> dict[str, Properties]:
        """Gives for each thing its properties, quantities as text."""
        found = self.properties(iris)
        amounts = self.properties(
            str(value)
            for node in found.values()
            for values in node.values()
            for value in values
            if str(value).startswith(PREFIXES["quantity"])
        )
        return {
            iri: {
                local_name(name): [
                    quantity_text(amounts[str(value)]) if str(value) in amounts else value for value in values
                ]
                for name, values in node.items()
            }
            for iri, node in found.items()
        }

    def of_kind(self, *kinds: str) -> Picks:
        """Gives what picks the claims on properties or outcomes of one of the kinds (`moa:kind`)."""
        return lambda claim: self._is(claim.object, kinds)

    def blank_of_kind(self, *kinds: str) -> BlankPicks:
        """Gives what picks the absences of properties or outcomes of one of the kinds."""
        return lambda blank: self._is(blank.about, kinds)

    def _is(self, thing: Iri | None, kinds: Iterable[str]) -> bool:
        return thing is not None and any(VOCAB + kind in self.kinds.get(thing, ()) for kind in kinds)

    def claims(self, picks: Picks) -> list[Claim]:
        """Gives the claims on any of the compounds that a predicate picks, each once."""
        return list({c.iri: c for known in self.known.values() for c in known.claims if picks(c)}.values())

    def blanks(self, picks: BlankPicks) -> list[Blank]:
        """Gives the absences of any of the compounds that a predicate picks, each once."""
        return list({b.absence.iri: b for known in self.known.values() for b in known.blanks if picks(b)}.values())

    def objects(self, claims: Picks, blanks: BlankPicks) -> list[Iri]:
        """Gives the objects that picked claims and absences name, by label; not those that are left out."""
        found = {c.object for c in self.claims(claims) if c.object and c.verdict in KINDS_OF}
        found |= {blank.about for blank in self.blanks(blanks) if blank.about}
        return sorted(found, key=lambda thing: (thing.label, str(thing)))

    def lines(self, claim: Claim) -> list[Line]:
        """Gives the lines of a claim that count under the policy."""
        return [line for line in claim.lines if line.admitted and not line.ambiguous]

    def phases(self, claim: Claim) -> list[Iri]:
        """Gives when in the course of use a claim holds, if it says so."""
        return [phase for phase in self.nodes[claim.iri].get(f"{VOCAB}phase", []) if isinstance(phase, Iri)]

    def remarks(self, claim: Claim) -> list[str]:
        """Gives what supporting lines say beside the claim: that it is their headline, and how often it occurs."""
        lines = [line for line in self.lines(claim) if line.stance == "Supports"]
        found = ["headline"] if any(line.prominence == "headline" for line in lines) else []
        for line in lines:
            found += [v.label for v in self.nodes[line.iri].get(f"{VOCAB}frequency", []) if isinstance(v, Iri)]
        return list(dict.fromkeys(found))

    def entry(
        self, known: Known, claim: Claim, *, fixed: bool, without: Iterable[str] = (), details: str = "",
        findings: bool = False,
    ) -> tuple[str, Entry]:  # fmt: skip
        """Gives a claim as an entry, and what its text is to be opened with.

        Args:
            known: of the compound in whose column it stands.
            claim: the claim.
            fixed: whether the row names the object, so that the entry only says yes or no.
            without: names of qualifiers that the row says.
            details: what is added to the object's name.
            findings: whether to add what was found.
        """
        kind = KINDS_OF[claim.verdict]
        lines = self.lines(claim)
        against = [line for line in lines if line.stance in ("Refutes", "NullResult")]
        name = claim.object.label if claim.object else claim.value
        where = context(claim, without)
        if fixed:
            text = _YES[kind]
            if claim.direction and claim.direction != "increases":
                text = f"{claim.direction}: {text}"
        else:
            text = _NAMED[kind].format(name)
        text += f" {where}" if where else ""
        text += "".join(f", {remark}" for remark in self.remarks(claim)) if fixed else ""
        text += f": {details}" if details else ""
        if findings:
            text += "".join(f", {finding}" for line in lines for finding in line.findings)
        head = ""
        if claim.subject != known.compound:
            pooled = str(claim.subject).startswith(PREFIXES["group"])
            head = f"{'pooled as ' if pooled else ''}{claim.subject.label}"
            kind = POOLED if pooled and kind in (VALUE, SUGGESTED, CONTESTED, UNDECIDED) else kind
        contested = claim.verdict == "contested"
        # What a source says of evidence is quoted, and has no rank of its own in the ranks of evidence.
        quoted = said("assessedAs")(claim)
        verdict = "quoted" if quoted and kind == VALUE else NULL if claim.verdict == "null" else claim.verdict
        return head, Entry(
            kind=kind,
            text=text,
            labels=(name,),
            verdict=verdict,
            tier="" if quoted else claim.tier,
            unresolved=claim.unresolved and not quoted,
            topic=" ".join((claim.predicate, claim.object or name, claim.direction)),
            ids=(claim.iri.curie,),
            notes=notes_of(line for line in lines if not (contested and line in against)),
            against=notes_of(against) if contested else (),
        )

    def blank(self, blank: Blank, describe: bool) -> Entry:
        """Gives an absence as an entry."""
        absence = blank.absence
        silent = f"; silent: {' and '.join(s.label for s in absence.silent_in)}" if absence.silent_in else ""
        text = (
            f"{absence.reason}: {absence.description}" if describe else f"{absence.reason} {blank.context}".rstrip()
        )
        return Entry(
            kind=ABSENCE,
            text=text,
            labels=(absence.object.label,) if absence.object else (),
            verdict=absence.reason,
            ids=(absence.iri.curie,),
            notes=(f"{' and '.join(source.label for source in absence.stated_in)}{silent}",),
        )

    def row(
        self, attribute: str, claims: Picks, blanks: BlankPicks = nothing, *, fixed: bool = False,
        describe: bool = True, without: Iterable[str] = (), findings: bool = False,
        details: Callable[[Claim], str] = lambda _: "", others: Callable[[Known], list[Entry]] = lambda _: [],
        join: bool = True,
    ) -> BesideRow:  # fmt: skip
        """Gives the row of an attribute.

        Args:
            attribute: its name.
            claims: picks the claims that give its values.
            blanks: picks the absences that say why there is none.
            fixed: whether the attribute names the object, so that entries only say yes or no.
            describe: whether absences are described, or only their reason is given.
            without: names of qualifiers that the attribute says.
            findings: whether entries say what was found.
            details: says more of the object of a claim.
            others: gives further entries.
            join: whether entries that differ in what they name alone become one.
        """
        cells = []
        for known in self.known.values():
            picked = [claim for claim in known.claims if claims(claim)]
            made = [
                self.entry(known, claim, fixed=fixed, without=without, details=details(claim), findings=findings)
                for claim in picked
                if claim.verdict in KINDS_OF
            ]
            entries = merged(made, join=join and not fixed and not self.apart) + others(known)
            entries += [self.blank(blank, describe) for blank in known.blanks if blanks(blank)]
            if not entries and picked:
                entries = [self._left_out(picked)]
            cells.append(BesideCell(tuple(entries) or (Entry(NOBODY, NOBODY),)))
        return BesideRow(attribute, tuple(cells))

    def _left_out(self, claims: list[Claim]) -> Entry:
        number = f"{len(claims)} statement{'' if len(claims) == 1 else 's'}"
        return Entry(
            LEFT_OUT,
            f"{number} that policy {self.policy} does not count",
            ids=tuple(claim.iri.curie for claim in claims),
            notes=notes_of(line for claim in claims for line in claim.lines),
        )


def merged(made: Iterable[tuple[str, Entry]], join: bool) -> list[Entry]:
    """Gives entries with what opens them, those together that differ in what they name alone."""
    groups: dict[object, list[Entry]] = {}
    for number, (head, entry) in enumerate(made):
        same = (head, entry.kind, entry.judgement, entry.notes, entry.against)
        groups.setdefault((head, same if join else number), []).append(entry)
    found = []
    for key, entries in groups.items():
        assert isinstance(key, tuple)
        text = ", ".join(dict.fromkeys(entry.text for entry in entries))
        found.append(
            replace(
                entries[0],
                text=f"{key[0]}: {text}" if key[0] else text,
                labels=tuple(dict.fromkeys(label for entry in entries for label in entry.labels)),
                ids=tuple(curie for entry in entries for curie in entry.ids),
                topic=entries[0].topic if len(entries) == 1 else "",
            )
        )
    return found
