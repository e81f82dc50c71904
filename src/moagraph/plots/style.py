"""How figures look, and how they become the same bytes everywhere.

Decisions:

1. Tiers run from dark to light, so that they keep their order without colour and for the colour-blind; the
   letter always stands beside the colour.
2. Text in SVG is drawn as paths: where labels have room is measured with DejaVu Sans, which readers may not
   have. What is drawn is also told in words, in the title and description that screen readers use.
3. Figures are made without pyplot, under matplotlib's own defaults rather than the user's settings file.
"""

from __future__ import annotations

import html
import io
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from moagraph.errors import UnknownFormat

TIERS: Mapping[str, str] = {
    "A": "#1e1c52",
    "B": "#113e7e",
    "C": "#0c6395",
    "D": "#2a888f",
    "E": "#99a153",
    "F": "#e6b364",
}
"""The colour of each tier; lightness (CIELAB L*) rises in even steps from 14 to 76."""

TIER_MEANINGS: Mapping[str, str] = {
    "A": "synthesis of trials in humans",
    "B": "randomised trial in humans",
    "C": "other study in humans",
    "D": "study in animals",
    "E": "study in vitro or in silico",
    "F": "statement without a named study",
}
"""What each tier means, in short."""

INK = "#222222"
QUIET = "#5f5f5f"
GRID = "#dddddd"
PAPER = "#ffffff"

LINES: Mapping[str, Any] = {"supported": "-", "contested": (0, (3.2, 1.8)), "suggested": (0, (0.9, 1.6))}
"""The line style of each verdict that makes an edge."""

FOOTER = "Claims as stated by the sources; not medical advice"
FORMATS = ("svg", "png", "pdf")
"""The formats of every figure."""

DPI = 150
"""Dots per inch of PNG."""

_SETTINGS: Mapping[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "hatch.linewidth": 1.1,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "moagraph",
    "text.hinting": "none",
    # A label with dollar signs is no formula.
    "text.parse_math": False,
}
# What is of the host, and what matplotlib warns of when it is so much as read.
_LEFT = ("backend", "interactive", "toolbar", "timezone", "webagg", "tk.", "figure.hooks", "text.hinting_factor")
_LOCK = threading.RLock()


@contextmanager
def settings() -> Iterator[None]:
    """Sets matplotlib's settings to ours for a while; one thread at a time, since they are global."""
    defaults: dict[Any, Any] = {
        key: matplotlib.rcParamsDefault[key] for key in matplotlib.rcParamsDefault if not key.startswith(_LEFT)
    }
    defaults.update(_SETTINGS)
    with _LOCK, matplotlib.rc_context(defaults):
        yield


def ink_on(colour: str) -> str:
    """Gives black or white, whichever is easier to read on a colour.

    >>> ink_on("#1e1c52"), ink_on("#e6b364")
    ('#ffffff', '#222222')
    """
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.24 else PAPER


def format_of(path: Path, format: str | None, known: Iterable[str] = FORMATS) -> str:
    """Gives the format asked for, else the one that the path's extension means.

    Raises:
        UnknownFormat: it is not one of the known ones.
    """
    known = tuple(known)
    name = (format if format is not None else path.suffix.removeprefix(".")).lower()
    if name not in known:
        raise UnknownFormat(name or path.name, known)
    return name


def to_bytes(figure: Figure, format: str, title: str, description: str) -> bytes:
    """Gives a figure in one of `FORMATS`: the same bytes for the same figure, without date, host or version.

    Args:
        figure: what was drawn, under `settings`.
        format: one of `FORMATS`.
        title: what it is; for readers of the file's properties and for screen readers.
        description: what it shows, in words.

    Raises:
        UnknownFormat: it is not one of those.
    """
    metadata: dict[str, dict[str, str | None]] = {
        "svg": {"Title": title, "Date": None, "Creator": "moagraph"},
        "pdf": {
            "Title": title,
            "Subject": description,
            "CreationDate": None,
            "Producer": None,
            "Creator": "moagraph",
        },
        "png": {"Title": title, "Description": description, "Software": None},
    }
    if format not in metadata:
        raise UnknownFormat(format, FORMATS)
    out = io.BytesIO()
    with settings():
        figure.savefig(out, format=format, dpi=DPI, metadata=metadata[format], facecolor=PAPER)
    return _described(out.getvalue(), description) if format == "svg" else out.getvalue()


def _described(svg: bytes, description: str) -> bytes:
    """Adds what assistive software reads; matplotlib writes a title only."""
    told = f"</title>\n <desc>{html.escape(description, quote=False)}</desc>".encode()
    return svg.replace(b"</title>", told, 1).replace(b"<svg ", b'<svg role="img" ', 1)
