"""Where ontology, data and queries are, where built stores are kept, and how files are put in place.

A generation is the folder of a built store, named by the digest of what it was built from. Finding the one that
belongs to files as they are must be fast: it happens at every question.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from moagraph.errors import InputUnreadable, OutputFailed

HOME_VARIABLE = "MOAGRAPH_HOME"
CACHE_VARIABLE = "MOAGRAPH_CACHE"

LAYOUT = "3"
"""Raised when generations of an older moagraph can no longer be read; part of their names."""

MANIFEST = "manifest.json"
"""The file in a generation, and in a release, that says what it holds."""


class Places(NamedTuple):
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


def front_end() -> Path:
    """Gives the folder of the bundled front end, inside the installed package or the checkout.

    Raises:
        InputUnreadable: it was not bundled.
    """
    here = Path(__file__).resolve().parent
    shared = here / "share" / "web"
    folder = shared if shared.is_dir() else here.parent / "web" / "dist"
    if not folder.is_dir():
        raise InputUnreadable("the front end is not bundled", "install moagraph again: pip install .")
    return folder


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


def generation_name(digest: str) -> str:
    """Gives the name of a generation's folder: the layout and the start of its input's digest."""
    return f"{LAYOUT}-{digest[:32]}"


def manifest_of(folder: Path) -> dict[str, Any]:
    """Gives the manifest of a generation."""
    import json

    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return manifest


def listing_of(places: Places) -> str:
    """Gives names, sizes and times of all files, which is much faster than reading and digesting them.

    Of an installed package the installer's own record stands for its files, which nobody edits, so that opening
    takes as long for many files as for few.
    """
    from moagraph import __version__

    share = places.data.parent
    record = share.parent.parent / f"moagraph-{__version__}.dist-info" / "RECORD"
    if share.name == "share" and record.is_file():
        status = record.stat()
        return f"{record} {status.st_size} {status.st_mtime_ns}"
    lines = []
    stack = [str(places.data), str(places.ontology), str(places.queries)]
    while stack:
        with os.scandir(stack.pop()) as found:
            for entry in found:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    stack.append(entry.path)
                else:
                    status = entry.stat()
                    lines.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(sorted(lines))


def _pointer(places: Places, root: Path) -> Path:
    """Gives the file that notes which generation belongs to the files of these places."""
    name = "-".join(part for part in places.data.resolve().parent.parts if part.strip("/\\"))
    return root / "known" / f"{LAYOUT}-{name[-120:]}"


def known_generation(places: Places, root: Path, *, last_good: bool = False) -> Path | None:
    """Gives the generation that was built from these files as they are, or None where none is known.

    Args:
        places: the files.
        root: the folder of generations.
        last_good: gives the last generation that was built from these places, whatever their files are now.
    """
    try:
        name, _, listing = _pointer(places, root).read_text("utf-8").partition("\n")
    except OSError:
        return None
    folder = root / name
    fits = last_good or listing == listing_of(places)
    return folder if fits and (folder / MANIFEST).is_file() else None


def remember(places: Places, listing: str, folder: Path, root: Path) -> None:
    """Notes that files as listed make that generation; failing to do so only costs time later.

    Args:
        places: the files.
        listing: what `listing_of` gave before they were read.
        folder: the generation.
        root: the folder of generations.
    """
    pointer = _pointer(places, root)
    try:
        pointer.parent.mkdir(parents=True, exist_ok=True)
        write_file(pointer, f"{folder.name}\n{listing}".encode())
    except (OSError, OutputFailed):
        pass


def checkpoint(store: Path, into: Path) -> None:
    """Makes a store that starts as another one is; tables are written once and never changed, so they are linked.

    The engine's own backup would be shorter, but from a store that is read it leaves out what is only in its log.

    Args:
        store: the folder of a store that nobody writes to.
        into: a folder that is made; on the file system of `store`, it links.
    """
    import shutil

    into.mkdir()
    for file in store.iterdir():
        if file.name == "LOCK" or file.name.startswith("LOG"):
            continue
        if file.suffix == ".sst":
            try:
                os.link(file, into / file.name)
                continue
            except OSError:
                # Another file system, or one that knows no links.
                pass
        shutil.copyfile(file, into / file.name)


def write_file(path: Path, content: bytes) -> None:
    """Writes a file beside its place and renames it, so that nobody sees half of it.

    Raises:
        OutputFailed: it cannot be written; what was there before is unchanged.
    """
    import tempfile

    scratch = None
    try:
        handle, scratch = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(scratch).chmod(0o666 & ~mask)
        Path(scratch).replace(path)
    except OSError as error:
        if scratch is not None:
            Path(scratch).unlink(missing_ok=True)
        raise OutputFailed(f"cannot write {path}: {error.strerror}") from None
