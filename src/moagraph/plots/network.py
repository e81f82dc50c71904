"""Where the nodes, lines and labels of an overlap graph go, and how they are painted.

Decisions:

1. Compounds stand on a ring, at even heights on either side, with all names outside: so no name can meet
   another, a node or a line, however many there are. Lines are bent inwards, so that none seems to pass through
   a third compound.
2. Labels of lines are put strongest first, each where it hides least; where there is no room it is left out,
   and counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from moagraph.overlap import Network
from moagraph.plots import style
from moagraph.plots.sheet import BODY, SMALL, Entry, Point, Section, Sheet, measure, pill_size, shortened

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_PULL = 0.4
_ALONG = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.15, 0.85)
_GAP = 0.08


@dataclass(frozen=True)
class Name:
    """The name of a node, beside it: to the right of the point, or to the left of it."""

    x: float
    y: float
    text: str
    right: bool

    @property
    def box(self) -> Box:
        """What it takes."""
        width, height = measure(self.text, BODY)
        left = self.x if self.right else self.x - width
        return (left, self.y - height / 2, left + width, self.y + height / 2)


@dataclass(frozen=True)
class Line:
    """A line between two nodes: its two ends, or these with the point towards which it bends between them."""

    ends: tuple[str, str]
    points: tuple[Point, ...]
    label: str
    colour: str
    width: float
    verdict: str

    def at(self, along: Any) -> Any:
        """Gives points of the line, from 0 at one end to 1 at the other, one in each row."""
        t = np.asarray(along, dtype=float)[..., None]
        if len(self.points) == 2:
            a, b = np.array(self.points)
            return (1 - t) * a + t * b
        a, c, b = np.array(self.points)
        return (1 - t) ** 2 * a + 2 * t * (1 - t) * c + t**2 * b


@dataclass
class Layout:
    """A drawing before it is painted; lines stand in the order of their strength."""

    circles: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    names: list[Name] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    pills: list[tuple[Point, Line]] = field(default_factory=list)

    @property
    def unlabelled(self) -> int:
        """How many lines found no room for their label."""
        return len(self.lines) - len(self.pills)

    @property
    def bounds(self) -> Box:
        """What it takes."""
        boxes = [name.box for name in self.names]
        boxes += [(x - r, y - r, x + r, y + r) for x, y, r in self.circles.values()]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))

    def label_lines(self) -> None:
        """Puts the labels of lines where there is room for them, strongest first."""
        taken = [(x - r, y - r, x + r, y + r) for x, y, r in self.circles.values()]
        taken += [name.box for name in self.names]
        steps = np.linspace(0.02, 0.98, 60)
        courses = np.array([line.at(steps) for line in self.lines]).reshape(len(self.lines), -1, 2)
        for index, line in enumerate(self.lines):
            width, height = pill_size(line.label)
            best: tuple[float, int, Point, Box] | None = None
            for rank, (x, y) in enumerate(line.at(_ALONG).round(6)):
                across, down = width / 2 + 0.015, height / 2 + 0.015
                box = (float(x - across), float(y - down), float(x + across), float(y + down))
                if any(_meet(box, other) for other in taken):
                    continue
                near = np.abs(courses - (x, y)) <= (across + 0.015, down + 0.015)
                hidden = near.all(axis=2).any(axis=1)
                hidden[index] = False
                cost = float(hidden.sum()) + 0.12 * rank
                if best is None or cost < best[0]:
                    best = (cost, rank, (float(x), float(y)), box)
            if best is not None:
                self.pills.append((best[2], line))
                taken.append(best[3])

    def paint(self, sheet: Sheet, origin: Point) -> None:
        """Draws it with the top left corner of its bounds at a point."""
        left, top, _, _ = self.bounds
        dx, dy = origin[0] - left, origin[1] - top
        for rank, line in enumerate(self.lines):
            moved = [(x + dx, y + dy) for x, y in line.points]
            gid = "--".join(line.ends)
            order = 2 + (len(self.lines) - rank) / (len(self.lines) + 1)
            paint_line(sheet, moved, line.colour, line.width, line.verdict, zorder=order, gid=f"line:{gid}")
        for (x, y), line in self.pills:
            sheet.pill(x + dx, y + dy, line.label, line.colour, gid=f"label:{'--'.join(line.ends)}")
        for node, (x, y, radius) in self.circles.items():
            sheet.circle(x + dx, y + dy, radius, gid=f"node:{node}")
            if self.numbers.get(node):
                sheet.centred(x + dx, y + dy, self.numbers[node], SMALL - 0.5, color=style.PAPER)
        for name in self.names:
            side = "left" if name.right else "right"
            sheet.text(name.x + dx, name.y + dy, name.text, ha=side, va="center", gid="name")


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def paint_line(sheet: Sheet, points: Sequence[Point], colour: str, width: float, verdict: str, **looks: Any) -> None:
    """Draws a line in the style of its verdict."""
    sheet.line(points, edgecolor=colour, linewidth=width, linestyle=style.LINES[verdict], **looks)


# Compounds on a ring


def _radius(mechanisms: int, most: int, crowded: bool) -> float:
    return 0.1 + (0.05 if crowded else 0.11) * math.sqrt(mechanisms / max(1, most))


def line_width(shared: int, most: int) -> float:
    """Gives the width of the line of a pair, in points: even steps, up to the pair that shares most."""
    return 1.0 + (shared - 1) * min(0.8, 6.0 / max(1, most - 1))


def _bend(a: Point, b: Point) -> Point:
    """Gives the point towards which the line between two points of the ring bends, which lies further inside."""
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    inward = math.hypot(x, y)
    pull = min(_PULL * inward, 0.6 * math.dist(a, b)) / max(inward, 0.01)
    return (x * (1 - pull), y * (1 - pull))


def strength(pair: tuple[str, str, dict[str, Any]]) -> tuple[Any, ...]:
    """Gives a key that sorts the edges of an overlap graph, those that share most first."""
    one, other, edge = pair
    return (-edge["shared"], -edge["contested_shared"], edge["tier"], -edge["jaccard"], *sorted((one, other)))


def _most(graph: Network) -> int:
    counts = [edge["shared"] or edge["contested_shared"] for _, _, edge in graph.edges(data=True)]
    return max(counts, default=1)


def ring(graph: Network) -> Layout:
    """Lays out an overlap graph: nodes clockwise in their order, lines by strength."""
    nodes = list(graph)
    crowded = len(nodes) > 24
    most_mechanisms = max((graph.nodes[n]["mechanisms"] for n in nodes), default=1)
    radius = {n: _radius(graph.nodes[n]["mechanisms"], most_mechanisms, crowded) for n in nodes}
    names = {n: shortened(graph.nodes[n]["label"]) for n in nodes}
    widest = max(radius.values(), default=0.1)
    tallest = max((measure(text, BODY)[1] for text in names.values()), default=0.1)
    pitch = max(tallest + 0.07, tallest / 2 + widest + 0.04, 2 * widest + 0.04)
    # The first node stands in the middle of the left side, the others follow clockwise.
    size = (len(nodes) + 1) // 2
    turned = [nodes[(i - (size - 1) // 2 - 1 + size % 2) % len(nodes)] for i in range(len(nodes))]
    left, right = turned[:size][::-1], turned[size:]
    tall = max(2.2, pitch * size / 2)
    wide = min(max(tall, 2.5), 3.2)
    layout = Layout()
    for side, members in ((-1, left), (1, right)):
        for i, node in enumerate(members):
            y = -tall * (1 - (2 * i + 1) / len(members))
            x = side * wide * math.sqrt(max(0.0, 1 - (y / tall) ** 2))
            layout.circles[node] = (x, y, radius[node])
            layout.numbers[node] = str(graph.nodes[node]["mechanisms"])
            layout.names.append(Name(x + side * (radius[node] + _GAP), y, names[node], side > 0))
    most = _most(graph)
    for one, other, edge in sorted(graph.edges(data=True), key=strength):
        (ax, ay, _), (bx, by, _) = layout.circles[one], layout.circles[other]
        bend = _bend((ax, ay), (bx, by))
        shared, contested = edge["shared"], edge["contested_shared"]
        layout.lines.append(
            Line(
                (one, other),
                ((ax, ay), bend, (bx, by)),
                f"{shared or contested}·{edge['tier']}" + (f" +{contested}" if shared and contested else ""),
                style.TIERS[edge["tier"]],
                line_width(shared or contested, most),
                "supported" if shared else "contested",
            )
        )
    layout.label_lines()
    return layout


def ring_legend(graph: Network) -> list[Section]:
    """Gives the legend of a ring: only what is there to be seen."""
    edges = [edge for _, _, edge in graph.edges(data=True)]
    most = _most(graph)
    plain = [edge for edge in edges if edge["shared"]]
    widths = sorted({1, *((2,) if most > 2 else ()), round((1 + most) / 2), most})
    samples = [Entry(_sample_line(style.INK, line_width(n, most)), str(n)) for n in widths]
    labels = [Entry(_sample_pill("3·D"), "3 shared, best evidence of tier D")]
    if any(edge["contested_shared"] for edge in plain):
        labels.append(Entry(_sample_pill("3·D +1"), "and 1 more, contested on a side"))
    kinds = []
    if len(plain) < len(edges):
        kinds.append(Entry(_sample_line(style.INK, 1.8, "contested"), "shared only if a contested claim holds"))
    return [
        Section("Mechanisms shared (the most specific)", tuple(samples + kinds)),
        Section("Tier of evidence (the weaker side's; of several mechanisms the best)", tier_entries(edges)),
        Section("On lines", tuple(labels)),
        Section("Compounds", (Entry(_sample_node("12"), "number of its mechanisms, broader ones included"),)),
    ]


def tier_entries(edges: Sequence[dict[str, Any]]) -> tuple[Entry, ...]:
    """Gives the legend's lines for the tiers that occur."""
    return tuple(
        Entry(_sample_tier(letter), f"{letter}: {meaning}")
        for letter, meaning in style.TIER_MEANINGS.items()
        if any(edge["tier"] == letter for edge in edges)
    )


# Compounds and mechanisms in two columns


def columns(graph: Network) -> Layout:
    """Lays out a bipartite graph: compounds at the left, mechanisms at the right, in the graph's order."""
    kinds = {node: about["kind"] for node, about in graph.nodes(data=True)}
    compounds = [n for n in graph if kinds[n] == "compound"]
    mechanisms = [n for n in graph if kinds[n] == "mechanism"]
    names = {n: shortened(graph.nodes[n]["label"], 26 if kinds[n] == "compound" else 36) for n in graph}
    tallest = max((measure(text, BODY)[1] for text in names.values()), default=0.1)
    pitch = max(tallest + 0.08, 0.36)
    tall = pitch * max(len(compounds), len(mechanisms))
    layout = Layout()
    for members, x, radius, side in ((compounds, 0.0, 0.14, -1), (mechanisms, 3.8, 0.06, 1)):
        for i, node in enumerate(members):
            y = tall * (i + 0.5) / len(members)
            layout.circles[node] = (x, y, radius)
            layout.numbers[node] = str(graph.degree(node)) if side < 0 else ""
            layout.names.append(Name(x + side * (radius + _GAP), y, names[node], side > 0))
    edges = sorted(graph.edges(data=True), key=lambda e: (not e[2]["direct"], e[2]["tier"], e[0], e[1]))
    for one, other, edge in edges:
        ends = tuple(layout.circles[n][:2] for n in (one, other))
        width = 1.9 if edge["direct"] else 0.9
        line = Line((one, other), ends, edge["tier"], style.TIERS[edge["tier"]], width, edge["verdict"])
        layout.lines.append(line)
    layout.label_lines()
    return layout


def columns_legend(graph: Network) -> list[Section]:
    """Gives the legend of two columns: only what is there to be seen."""
    edges = [edge for _, _, edge in graph.edges(data=True)]
    kinds = [
        ("supported", True, "supported"),
        ("supported", False, "supported through a narrower mechanism"),
        ("contested", True, "contested: support and opposition"),
        ("contested", False, "contested, through a narrower mechanism"),
        ("suggested", True, "suggested: worded as possible or theoretical"),
    ]
    lines = tuple(
        Entry(_sample_line(style.INK, 1.9 if direct else 0.9, verdict), meaning)
        for verdict, direct, meaning in kinds
        if any(edge["verdict"] == verdict and edge["direct"] == direct for edge in edges)
    )
    return [
        Section("Lines", lines),
        Section("Tier of evidence, also on the lines", tier_entries(edges)),
        Section("Compounds", (Entry(_sample_node("12"), "number of its mechanisms drawn here"),)),
    ]


# Samples for legends

Paint = Callable[[Sheet, float, float], None]


def _sample_line(colour: str, width: float, verdict: str = "supported") -> Paint:
    return lambda sheet, x, y: paint_line(sheet, [(x - 0.22, y), (x + 0.22, y)], colour, width, verdict)


def _sample_tier(letter: str) -> Paint:
    def paint(sheet: Sheet, x: float, y: float) -> None:
        paint_line(sheet, [(x - 0.22, y), (x + 0.22, y)], style.TIERS[letter], 4.0, "supported")

    return paint


def _sample_pill(text: str) -> Paint:
    return lambda sheet, x, y: sheet.pill(x, y, text, style.INK)


def _sample_node(text: str) -> Paint:
    def paint(sheet: Sheet, x: float, y: float) -> None:
        sheet.circle(x, y, 0.12)
        sheet.centred(x, y, text, SMALL - 0.5, color=style.PAPER)

    return paint
