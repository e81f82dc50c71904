"""What a client would have: media types by its Accept header, best first (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_PART = re.compile(r"""\s*([!#$%&'*+.^`|~\w-]+)/([!#$%&'*+.^`|~\w-]+)\s*((?:;(?:[^,"]|"(?:[^"\\]|\\.)*")*)?)""")
_QUALITY = re.compile(r";\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.IGNORECASE)


class Range(NamedTuple):
    """A media range that a client accepts, such as `text/*`, and how much it likes it, from 0 to 1."""

    type: str
    subtype: str
    quality: float

    def matches(self, media_type: str) -> bool:
        """Tells whether a media type is in the range."""
        kind, _, subtype = media_type.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)

    @property
    def specific(self) -> int:
        """How narrow the range is: the narrowest one that matches decides."""
        return (self.type != "*") + (self.subtype != "*")


def ranges(accept: str) -> list[Range]:
    """Gives the media ranges of an Accept header; what is no range is left out, as RFC 9110 would have it.

    >>> [(r.type, r.subtype, r.quality) for r in ranges("text/turtle;q=0.5, */*;q=0.1, nonsense")]
    [('text', 'turtle', 0.5), ('*', '*', 0.1)]
    """
    found = []
    for part in _split(accept):
        match = _PART.fullmatch(part)
        if match is None or (match[1] == "*" and match[2] != "*"):
            continue
        quality = _QUALITY.search(match[3] or "")
        if quality is None and re.search(r";\s*q\s*=", match[3] or "", re.IGNORECASE):
            continue
        found.append(Range(match[1].lower(), match[2].lower(), float(quality[1]) if quality else 1.0))
    return found


def _split(header: str) -> list[str]:
    """Gives the elements of a list, cut at commas that stand in no quoted string."""
    return re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+', header)


def chosen(accept: str | None, offered: Sequence[str]) -> str | None:
    """Gives the media type that a client likes best of those offered, or None where it accepts none.

    Of those that it likes equally, the one named in its header most narrowly wins, then the one offered first. No
    header, or one without any range, accepts all.

    >>> chosen("text/csv;q=0.5, application/*", ["text/csv", "application/json"])
    'application/json'
    >>> chosen("image/png", ["text/csv"]) is None
    True
    """
    accepted = ranges(accept or "")
    if not accepted:
        return None if (accept or "").strip(" ,") else offered[0]
    best: tuple[float, int, int] | None = None
    found = None
    for place, media_type in enumerate(offered):
        fitting = [each for each in accepted if each.matches(media_type)]
        if not fitting:
            continue
        narrowest = max(fitting, key=lambda each: (each.specific, each.quality))
        key = (narrowest.quality, narrowest.specific, -place)
        if narrowest.quality > 0 and (best is None or key > best):
            best, found = key, media_type
    return found


def named(formats: Mapping[str, str], media_type: str) -> str:
    """Gives the name of the format that has a media type."""
    return next(name for name, given in formats.items() if given == media_type)
