"""Finds things by what people type: names, synonyms and codes, in English and Russian, also misspelt."""

from __future__ import annotations

from typing import NamedTuple

from moagraph.names import local_name, spaced
from moagraph.show import THING_CLASSES
from moagraph.table import Iri
from moagraph.things import Names

MOST = 50
"""How many things are listed."""

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_SOUNDS = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya"
_LATIN = str.maketrans(dict(zip(_CYRILLIC, _SOUNDS.split(" "), strict=True)))


class Found(NamedTuple):
    """A thing that was found.

    Attributes:
        thing: the thing.
        kind: its class, in words.
        called: the name by which it was found, where that is not its label.
    """

    thing: Iri
    kind: str
    called: str


def plain(text: str) -> str:
    """Gives text as it is compared: folded, Cyrillic letters as Latin ones, without what is no letter or digit.

    >>> plain("Кортексин"), plain("Alzheimer's disease")
    ('korteksin', 'alzheimers disease')
    """
    latin = text.casefold().translate(_LATIN).replace("_", "")
    return " ".join("".join(c if c.isalnum() or c == "-" else " " if c != "'" else "" for c in latin).split())


class Finder:
    """The names of all things, read once."""

    def __init__(self, names: Names, labels: dict[str, str | None]) -> None:
        self._kinds: dict[str, str] = {}
        self._called: dict[str, dict[str, str]] = {}
        listing = {kind: names.listing(kind) for kind in THING_CLASSES if kind != "moa:Claim"}
        self._labels = labels
        for kind, members in listing.items():
            for iri, called in members.items():
                self._kinds[iri] = spaced(kind.partition(":")[2])
                for name in (*called, local_name(iri).replace("-", " ")):
                    self._called.setdefault(plain(name), {})[iri] = name

    @property
    def things(self) -> list[str]:
        """The IRIs of all things that can be found."""
        return sorted(self._kinds)

    def find(self, asked: str) -> tuple[list[Found], bool]:
        """Gives the things called so, best first, and whether any is called just so.

        In this order: names that are what was typed, that begin with it, have a word that does, hold it, or are
        spelt nearly so.
        """
        from difflib import SequenceMatcher

        wanted = plain(asked)
        if not wanted:
            return [], True
        ranked: dict[str, tuple[float, int, str]] = {}
        for name, things in self._called.items():
            rank = _rank(wanted, name)
            if rank is None:
                matcher = SequenceMatcher(None, wanted, name, autojunk=False)
                if matcher.real_quick_ratio() < 0.72 or matcher.quick_ratio() < 0.72 or matcher.ratio() < 0.72:
                    continue
                rank = 10 - matcher.ratio()
            for iri, called in things.items():
                key = (rank, len(name), called)
                if iri not in ranked or key < ranked[iri]:
                    ranked[iri] = key
        best = sorted(ranked, key=lambda iri: (*ranked[iri][:2], iri))[:MOST]
        found = []
        for iri in best:
            thing = Iri(iri, self._labels.get(iri))
            called = ranked[iri][2]
            found.append(
                Found(thing, self._kinds[iri], "" if called.casefold() == thing.label.casefold() else called)
            )
        return found, any(ranked[iri][0] < 4 for iri in best)


def _rank(wanted: str, name: str) -> float | None:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in name.split()):
        return 2
    return 3 if len(wanted) > 2 and wanted in name else None
