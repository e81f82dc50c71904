"""A page measured in inches from its top left corner, on which nothing is put without knowing how large it
is."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.text import Text

from moagraph.plots import style

MARGIN = 0.35
TITLE, BODY, SMALL = 13.0, 8.5, 7.5
"""Sizes of type, in points."""

LEADING = 1.25
Point = tuple[float, float]
_MEASURED_AT = 288
_CAPITALS = 0.729


@lru_cache(maxsize=20_000)
def measure(text: str, size: float = BODY, weight: str = "normal") -> tuple[float, float]:
    """Gives width and height of a text, lines broken where it breaks them.

    **Unit**: inches; the size is in points.
    """
    with style.settings():
        figure = Figure(figsize=(1, 1), dpi=_MEASURED_AT)
        FigureCanvasAgg(figure)
        extent = figure.text(0, 0, text, size=size, weight=weight, linespacing=LEADING).get_window_extent()
    return extent.width / _MEASURED_AT, extent.height / _MEASURED_AT


def shortened(text: str, width: int = 26, lines: int = 2) -> str:
    """Breaks a name into a few lines of so many characters; what does not fit is cut, with an ellipsis.

    >>> shortened("glial cell line-derived neurotrophic factor")
    'glial cell line-derived\\nneurotrophic factor'
    """
    broken = textwrap.wrap(text, width, break_on_hyphens=False) or [""]
    while 1 < len(broken) <= lines and len(even := textwrap.wrap(text, width - 1, break_on_hyphens=False)) == len(
        broken
    ):
        # No line longer than it need be, so that none is left with a single short word.
        broken, width = even, width - 1
    if len(broken) > lines:
        broken = [*broken[: lines - 1], textwrap.shorten(" ".join(broken[lines - 1 :]), width, placeholder="…")]
    if broken[-1] == "…":
        broken[-1] = text[-width:][: width - 1] + "…"
    return "\n".join(broken)


def filled(text: str, width: float, size: float = BODY) -> str:
    """Breaks a text into lines no wider than so many inches."""
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}", size)[0] <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


class Sheet:
    """A page to draw on.

    Args:
        width: in inches.
        height: in inches.
    """

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width, height), facecolor=style.PAPER)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_axis_off()

    def text(self, x: float, y: float, text: str, **looks: Any) -> Text:
        """Puts a text; top left corner at the point unless `ha` and `va` say otherwise."""
        defaults = {"size": BODY, "color": style.INK, "ha": "left", "va": "top", "linespacing": LEADING, "zorder": 6}
        return self.axes.text(x, y, text, **{**defaults, **looks})

    def centred(self, x: float, y: float, text: str, size: float, **looks: Any) -> Text:
        """Puts a short text in one line around a point, by the height of its capitals and figures."""
        return self.text(x, y + _CAPITALS * size / 144, text, size=size, ha="center", va="baseline", **looks)

    def line(self, points: Sequence[Point], gid: str | None = None, **looks: Any) -> None:
        """Draws a straight line through two points, or a curve drawn to the middle one of three."""
        codes = [
            Outline.MOVETO,
            *([Outline.CURVE3] * 2 if len(points) == 3 else [Outline.LINETO] * (len(points) - 1)),
        ]
        defaults = {"facecolor": "none", "capstyle": "butt", "zorder": 2}
        self.axes.add_patch(PathPatch(Outline(points, codes), gid=gid, **{**defaults, **looks}))

    def circle(self, x: float, y: float, radius: float, gid: str | None = None, **looks: Any) -> None:
        """Draws a circle around a point."""
        defaults = {"facecolor": style.INK, "edgecolor": style.PAPER, "linewidth": 1.2, "zorder": 5}
        self.axes.add_patch(Circle((x, y), radius, gid=gid, **{**defaults, **looks}))

    def box(self, x: float, y: float, width: float, height: float, **looks: Any) -> None:
        """Draws a rectangle from its top left corner."""
        self.axes.add_patch(Rectangle((x, y), width, height, **{"linewidth": 0.8, "zorder": 3, **looks}))

    def pill(self, x: float, y: float, text: str, colour: str, gid: str | None = None) -> None:
        """Puts a short text into a rounded box around a point."""
        width, height = pill_size(text)
        outline = FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=style.PAPER,
            edgecolor=colour,
            linewidth=0.9,
            zorder=4,
        )
        self.axes.add_patch(outline)
        self.centred(x, y, text, SMALL - 0.5, gid=gid)


def pill_size(text: str) -> tuple[float, float]:
    """Gives width and height of a pill around a text, in inches."""
    return measure(text, SMALL - 0.5)[0] + 0.08, 0.155


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a sample, painted around the middle of a field, and what it means."""

    paint: Callable[[Sheet, float, float], None]
    meaning: str


@dataclass(frozen=True)
class Section:
    """A heading of a legend with its entries."""

    heading: str
    entries: tuple[Entry, ...]


class Legend:
    """Samples and what they mean, one below the other.

    Attributes:
        width, height: what it takes, in inches.
    """

    FIELD = 0.62
    TEXT = 2.1
    ROW = 0.25

    def __init__(self, sections: Sequence[Section]) -> None:
        self._items: list[tuple[str, Entry | None, float]] = []
        for section in sections:
            if section.entries:
                heading = filled(section.heading, self.FIELD + self.TEXT, SMALL)
                self._items.append((heading, None, measure(heading, SMALL, "bold")[1] + 0.07))
                for entry in section.entries:
                    text = filled(entry.meaning, self.TEXT, SMALL)
                    self._items.append((text, entry, max(self.ROW, measure(text, SMALL)[1] + 0.09)))
                self._items.append(("", None, 0.17))
        self.width = self.FIELD + self.TEXT
        self.height = sum(height for _, _, height in self._items)

    def put(self, sheet: Sheet, x: float, y: float) -> None:
        """Draws it with its top left corner at a point."""
        for text, entry, height in self._items:
            if entry is not None:
                entry.paint(sheet, x + self.FIELD / 2 - 0.06, y + height / 2)
                sheet.text(x + self.FIELD, y + height / 2, text, size=SMALL, va="center")
            elif text:
                sheet.text(x, y, text, size=SMALL, weight="bold")
            y += height


@dataclass(frozen=True)
class Frame:
    """What stands above, beside and below a drawing.

    Attributes:
        title: what it is.
        subtitle: under which policy, and how much.
        notes: what the reader must know besides, a paragraph each.
        legend: beside the drawing.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    legend: Legend

    def lay(self, width: float, height: float, middle: bool = False) -> tuple[Sheet, Point]:
        """Makes a sheet with room for a drawing of a size, and gives it with the drawing's top left corner.

        Args:
            width, height: of the drawing, in inches.
            middle: whether a drawing lower than its legend stands beside the middle of it.
        """
        gap = 0.3
        inner = max(width + gap + self.legend.width, measure(self.title, TITLE, "bold")[0])
        head = [(self.title, TITLE, "bold", style.INK), (filled(self.subtitle, inner), BODY, "normal", style.QUIET)]
        foot = [(filled(note, inner, SMALL), SMALL, "normal", style.INK) for note in self.notes]
        foot.append((filled(style.FOOTER, inner, SMALL), SMALL, "normal", style.QUIET))
        above = sum(measure(text, size, weight)[1] + 0.1 for text, size, weight, _ in head) + 0.15
        below = sum(measure(text, size, weight)[1] + 0.09 for text, size, weight, _ in foot) + 0.25
        body = max(height, self.legend.height)
        sheet = Sheet(inner + 2 * MARGIN, above + body + below + 2 * MARGIN - 0.09)
        y = MARGIN
        for text, size, weight, colour in head:
            sheet.text(MARGIN, y, text, size=size, weight=weight, color=colour)
            y += measure(text, size, weight)[1] + 0.1
        y = MARGIN + above + body + 0.25
        for text, size, weight, colour in foot:
            sheet.text(MARGIN, y, text, size=size, weight=weight, color=colour)
            y += measure(text, size, weight)[1] + 0.09
        self.legend.put(sheet, MARGIN + inner - self.legend.width, MARGIN + above)
        return sheet, (MARGIN, MARGIN + above + ((body - height) / 2 if middle else 0))
