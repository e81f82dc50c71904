"""Where ontology, data and queries are, and where built stores are kept."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from moagraph.errors import InputUnreadable

HOME_VARIABLE = "MOAGRAPH_HOME"
CACHE_VARIABLE = "MOAGRAPH_CACHE"


@dataclass(frozen=True)
class Places:
    """The three folders that a graph is read from."""

    ontology: Path
    data: Path
    queries: Path

    @classmethod
    def at(cls, root: Path) -> Places:
        """Gives the places below a root folder, which must hold `ontology`, `data` and `queries`.

        Raises:
            InputUnreadable: a folder is missing.
        """
        places = cls(root / "ontology", root / "data", root / "queries")
        for folder in (places.ontology, places.data, places.queries):
            if not folder.is_dir():
                raise InputUnreadable(
                    f"there is no folder {folder}", "name a folder that holds ontology, data and queries"
                )
        return places


def packaged() -> Places:
    """Gives the places named by MOAGRAPH_HOME, else those inside the installed package or the checkout."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Places.at(Path(home))
    here = Path(__file__).resolve().parent
    shared = here / "share"
    return Places.at(shared if shared.is_dir() else here.parent.parent)


def cache() -> Path:
    """Gives the folder of built stores: MOAGRAPH_CACHE, else the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "moagraph"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "moagraph"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "moagraph"
