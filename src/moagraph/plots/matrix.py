"""The matrix figure: what is known of each compound and mechanism, and why there are blanks.

Decisions:

1. Mechanisms are rows, since their names are long. They are listed under what gathers them, the groups with most
   cells first; compounds stand in the order of how much is known of them.
2. What follows only from a narrower mechanism is a disc, not a cell of its own: it is so, but nobody says it.
3. Every mark is told by shape and letter as well as by colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from moagraph.names import local_name
from moagraph.overlap import matrix
from moagraph.places import write_file
from moagraph.plots import style
from moagraph.plots.sheet import BODY, SMALL, Entry, Frame, Legend, Section, Sheet, measure, shortened
from moagraph.store import Store
from moagraph.table import Iri, Table

FORMATS = style.FORMATS
MOST_COMPOUNDS, MOST_MECHANISMS = 40, 80
"""What one figure can hold and still be read."""

ABSENCES: Mapping[str, tuple[str, str]] = {
    "NotStatedInSource": ("–", "not stated in the source"),
    "NotEmphasizedInSource": ("~", "not emphasized in the source"),
    "SourceSaysUnknown": ("?", "the source says: unknown"),
    "SearchedNoneFound": ("∅", "searched, none found"),
    "AssertedNoneExists": ("¬", "said not to exist"),
    "LostInCapture": ("…", "lost in capture"),
    "NotApplicable": ("/", "not applicable"),
}
"""The sign of each reason for a blank, and what it means in short."""

_WIDTH, _HEIGHT, _INDENT, _INSET, _GAP = 0.36, 0.25, 0.16, 0.025, 0.09


@dataclass(frozen=True)
class Cell:
    """What one cell shows.

    Attributes:
        verdict: a word, or nothing where no claim is on just this mechanism.
        tier: a letter, of the verdict or of what it follows from.
        through: whether it follows from a narrower mechanism: supported, contested, or nothing.
        signs: of the reasons for a blank.
    """

    verdict: str = ""
    tier: str = ""
    unresolved: bool = False
    through: str = ""
    signs: str = ""

    @property
    def letter(self) -> str:
        """The tier as it is written into the cell."""
        return f"{self.tier}*" if self.unresolved else self.tier


@dataclass(frozen=True)
class Row:
    """One line of the figure: a mechanism, or the heading of a group when nothing is known of it."""

    mechanism: Iri
    depth: int
    group: bool = False
    heading: bool = False


def draw(store: Store, policy: str, path: Path, format: str | None = None) -> Table:
    """Writes the matrix figure, and gives the table it draws.

    Args:
        store: what is asked.
        policy: name of the policy of evidence.
        path: where to write; its extension says the format unless that is given.
        format: one of `FORMATS`.

    Raises:
        UnknownFormat: the format is none of those.
        OutputFailed: the file cannot be written.
    """
    format = style.format_of(path, format, FORMATS)
    table = matrix(store, policy)
    write_file(path, render(table, format))
    return table


def render(table: Table, format: str) -> bytes:
    """Gives the bytes of the figure of a table that `moagraph.overlap.matrix` gave.

    Raises:
        UnknownFormat: the format is none of `FORMATS`.
    """
    format = style.format_of(Path(), format, FORMATS)
    with style.settings():
        return style.to_bytes(figure(table), format, table.title, describe(table))


def describe(table: Table) -> str:
    """Gives in words what the figure shows."""
    told = []
    for (compound, mechanism), cell in cells(table).items():
        words = [f"{cell.verdict}, tier {cell.tier}"] if cell.verdict else []
        words += [f"{cell.through} through a narrower one, tier {cell.tier}"] if cell.through and not words else []
        words += [meaning for sign, meaning in ABSENCES.values() if sign in cell.signs]
        told.append(f"{compound.label} – {mechanism.label}: {'; '.join(words)}.")
    return " ".join([f"{table.title}.", *told, f"{style.FOOTER}."])


def cells(table: Table) -> dict[tuple[Iri, Iri], Cell]:
    """Gives what each pair of compound and mechanism shows, in the table's order."""
    known = {(row["compound"], row["mechanism"]): row for row in table}
    found: dict[tuple[Iri, Iri], Cell] = {}
    for row in table:
        compound, mechanism = row["compound"], row["mechanism"]
        through, reasons, verdict = row["through"], row["absence_reason"], row["verdict"]
        assert isinstance(compound, Iri)
        assert isinstance(mechanism, Iri)
        assert isinstance(through, tuple)
        assert isinstance(reasons, tuple)
        narrower = [known[compound, narrow] for narrow in through]
        firm = [n for n in narrower if local_name(str(n["verdict"])) == "Supported"]
        best = min(firm or narrower, key=lambda n: (str(n["tier"]), bool(n["unresolved"])), default=None)
        source = row if verdict else best
        found[compound, mechanism] = Cell(
            verdict=local_name(str(verdict)).lower() if verdict else "",
            tier=str(source["tier"] or "") if source else "",
            unresolved=bool(source["unresolved"]) if source else False,
            through=("supported" if firm else "contested") if narrower else "",
            signs="".join(ABSENCES.get(local_name(str(reason)), ("•", ""))[0] for reason in reasons),
        )
    return found


def rows_of(table: Table, mechanisms: Sequence[Iri]) -> list[Row]:
    """Gives the lines of the figure from top to bottom: groups by their number of cells, then what has no group."""
    count = Counter(table.column("mechanism"))
    group_of = {row["mechanism"]: row["group"] for row in table}
    groups: dict[Iri, list[Iri]] = {}
    for mechanism in mechanisms:
        group = group_of[mechanism]
        assert isinstance(group, Iri)
        groups.setdefault(group, []).append(mechanism)
    rows: list[Row] = []
    alone: list[Iri] = []
    for group, members in sorted(groups.items(), key=lambda g: (-sum(count[m] for m in g[1]), g[0].label, g[0])):
        if members == [group]:
            alone += members
            continue
        rows.append(Row(group, 0, group=True, heading=group not in members))
        ordered = sorted((m for m in members if m != group), key=lambda m: (-count[m], m.label, m))
        rows += [Row(m, 1) for m in ordered]
    rows += [Row(m, 0) for m in sorted(alone, key=lambda m: (-count[m], m.label, m))]
    return rows


def figure(table: Table) -> Figure:
    """Gives the matplotlib figure of a table that `moagraph.overlap.matrix` gave."""
    with style.settings():
        shown = cells(table)
        by_compound, by_mechanism = Counter(c for c, _ in shown), Counter(m for _, m in shown)
        compounds = sorted(by_compound, key=lambda c: (-by_compound[c], c.label, c))[:MOST_COMPOUNDS]
        mechanisms = sorted(by_mechanism, key=lambda m: (-by_mechanism[m], m.label, m))[:MOST_MECHANISMS]
        rows = rows_of(table, mechanisms)
        drawn = {key: cell for key, cell in shown.items() if key[0] in compounds and key[1] in mechanisms}
        names = [shortened(row.mechanism.label, 52, 1) for row in rows]
        heads = [shortened(compound.label, 24) for compound in compounds]
        indented = zip(names, rows, strict=True)
        left = max((measure(n, BODY)[0] + _INDENT * row.depth for n, row in indented), default=1.5) + 0.12
        above = max((measure(head, BODY)[0] for head in heads), default=0.0) + 0.1
        notes = []
        if len(drawn) < len(shown):
            notes.append(
                f"Drawn are {len(compounds):,} of {len(by_compound):,} compounds and {len(mechanisms):,} of "
                f"{len(by_mechanism):,} mechanisms: those of which most is known."
            )
        judged = sum(bool(cell.verdict) for cell in shown.values())
        blanks = sum(bool(cell.signs) for cell in shown.values())
        many = f"{judged:,} judged pairs of {len(by_compound):,} compounds and {len(by_mechanism):,} mechanisms"
        frame = Frame(
            table.title,
            f"{many}; {blanks:,} blanks with a reason.",
            tuple(notes),
            Legend(_legend(list(drawn.values()))),
        )
        starts = [j > 0 and row.depth == 0 and (row.group or rows[j - 1].depth > 0) for j, row in enumerate(rows)]
        downs = [_HEIGHT * j + _GAP * sum(starts[: j + 1]) for j in range(len(rows))]
        wide, tall = _WIDTH * len(compounds), _HEIGHT * len(rows) + _GAP * sum(starts)
        sheet, (x0, y0) = frame.lay(left + wide, above + tall)
        if not rows:
            sheet.text(x0, y0, "Nothing is said of any mechanism under this policy.", size=BODY + 1)
        x0, y0 = x0 + left, y0 + above
        for i, head in enumerate(heads):
            _upright(sheet, x0 + _WIDTH * (i + 0.5), y0 - 0.07, head)
        for j, (row, name) in enumerate(zip(rows, names, strict=True)):
            y = y0 + downs[j]
            looks = {"color": style.QUIET, "style": "italic"} if row.heading else {}
            sheet.text(x0 - left + _INDENT * row.depth, y + _HEIGHT / 2, name, va="center", gid="name", **looks)
            for i, compound in enumerate(compounds):
                if not row.heading:
                    sheet.box(x0 + _WIDTH * i, y, _WIDTH, _HEIGHT, facecolor="none", edgecolor=style.GRID, zorder=1)
                    if cell := drawn.get((compound, row.mechanism)):
                        paint(sheet, x0 + _WIDTH * (i + 0.5), y + _HEIGHT / 2, cell)
        return sheet.figure


def _upright(sheet: Sheet, x: float, y: float, text: str) -> None:
    """Puts a name of one or two lines upright, its lower end at a point."""
    sheet.text(x, y, text, rotation=90, ha="center", va="bottom", multialignment="left", gid="name")


def paint(sheet: Sheet, x: float, y: float, cell: Cell) -> None:
    """Draws one cell around a point."""
    width, height = _WIDTH - 2 * _INSET, _HEIGHT - 2 * _INSET
    corner = (x - width / 2, y - height / 2, width, height)
    colour = style.TIERS.get(cell.tier, style.PAPER)
    # Room for the sign of a blank in the corner.
    aside = 0.06 if cell.signs else 0.0
    if cell.verdict == "supported":
        sheet.box(*corner, facecolor=colour, edgecolor=colour)
        sheet.centred(x - aside, y, cell.letter, SMALL, color=style.ink_on(colour))
    elif cell.verdict == "contested":
        sheet.box(*corner, facecolor=colour, edgecolor=style.PAPER, hatch="////", linewidth=0)
        sheet.box(*corner, facecolor="none", edgecolor=colour)
        inner = measure(cell.letter, SMALL)[0] + 0.05
        sheet.box(x - aside - inner / 2, y - 0.07, inner, 0.14, facecolor=style.PAPER, edgecolor="none", zorder=4)
        sheet.centred(x - aside, y, cell.letter, SMALL)
    elif cell.verdict:
        dashes = {"suggested": style.LINES["suggested"]}.get(cell.verdict, "-")
        edge = style.GRID if cell.verdict == "insufficient" else style.INK
        sheet.box(*corner, facecolor=style.PAPER, edgecolor=edge, linestyle=dashes, linewidth=1.1)
        before = {"null": "0 ", "refuted": "× "}.get(cell.verdict, "")
        looks = {"color": style.QUIET} if cell.verdict == "insufficient" else {}
        sheet.centred(x - aside, y, f"{before}{cell.letter}", SMALL - 0.5 - 8 * aside, **looks)
    elif cell.through:
        contested = cell.through == "contested"
        face, ink = (style.PAPER, style.INK) if contested else (colour, style.ink_on(colour))
        dashes = style.LINES[cell.through]
        sheet.circle(x - aside, y, 0.09, facecolor=face, edgecolor=colour, linestyle=dashes, linewidth=1.1, zorder=3)
        sheet.centred(x - aside, y, cell.tier, SMALL - 1.5, color=ink)
    if cell.signs:
        alone = not cell.verdict and not cell.through
        if alone:
            sheet.centred(x, y, cell.signs[:3], BODY + 1)
        else:
            left, top = x + width / 2 - 0.1, y - height / 2
            sheet.box(left, top, 0.1, 0.1, facecolor=style.PAPER, edgecolor=style.INK, linewidth=0.6, zorder=4)
            sheet.centred(left + 0.05, top + 0.05, cell.signs[:1], SMALL - 2.5)


def _legend(drawn: list[Cell]) -> list[Section]:
    """Gives the legend: only what is there to be seen."""

    def sample(cell: Cell) -> Entry:
        return Entry(lambda sheet, x, y: paint(sheet, x, y, cell), "")

    def entry(cell: Cell, meaning: str) -> Entry:
        return Entry(sample(cell).paint, meaning)

    verdicts = {
        "supported": "supported: nothing against it",
        "contested": "contested: support and opposition",
        "suggested": "suggested: worded as possible or theoretical",
        "null": "null: looked for, no difference found",
        "refuted": "refuted",
        "insufficient": "insufficient: no line decides",
    }
    tiers = [
        entry(Cell("supported", letter), f"{letter}: {meaning}")
        for letter, meaning in style.TIER_MEANINGS.items()
        if any(cell.tier == letter for cell in drawn)
    ]
    if any(cell.unresolved and cell.verdict for cell in drawn):
        tiers.append(entry(Cell("supported", "D", True), "a study is described, but not traceable"))
    kinds = [
        entry(Cell(verdict, "D"), meaning)
        for verdict, meaning in verdicts.items()
        if any(cell.verdict == verdict for cell in drawn)
    ]
    for through in ("supported", "contested"):
        if any(cell.through == through and not cell.verdict for cell in drawn):
            kinds.append(entry(Cell("", "D", through=through), f"{through} through a narrower mechanism only"))
    signs = [
        entry(Cell(signs=sign), meaning)
        for sign, meaning in ABSENCES.values()
        if any(sign in cell.signs for cell in drawn)
    ]
    if any(cell.signs and (cell.verdict or cell.through) for cell in drawn):
        signs.append(entry(Cell("supported", "D", signs="~"), "said by one source, blank in another"))
    return [
        Section("Tier of evidence", tuple(tiers)),
        Section("Verdict", tuple(kinds)),
        Section("Blanks", (*signs, Entry(_empty, "no record: nobody has looked"))),
    ]


def _empty(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - _WIDTH / 2, y - _HEIGHT / 2 + 0.01, _WIDTH, _HEIGHT - 0.02, facecolor="none", edgecolor=style.GRID)
