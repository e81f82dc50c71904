"""RDF files of a user's own, read beside the graph: nothing is fetched, nothing merged, nothing of ours changed.

Their triples go into one named graph of a scratch store, together with a checkpoint of the built one whose files are
linked, not copied. Named graphs within files are merged into that one graph. Blank nodes of two files stay two, and
are named by their order, so that the same files give the same names.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from moagraph.errors import BadRdf, InputUnreadable, MoagraphError, NothingToCheck, OutputFailed
from moagraph.names import BASE
from moagraph.places import checkpoint

DATA_GRAPH = f"{BASE}graph/data"
"""The named graph of a user's own triples."""

DATA_BASE = f"{DATA_GRAPH}/"
"""What relative IRIs in those files are resolved against, so that no folder of the user's shows."""

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
"""The formats by extension; each may be followed by `.gz`."""

MOST_NESTING = 200
"""JSON-LD may nest so deep: reading takes the cube of the depth."""

MOST_QUOTED = 5_000
"""Triples within triples that the parser survives; they are refused in any number."""

BOMB_SIZE, BOMB_RATIO = 100 * 1024 * 1024, 300
"""A compressed file may unpack to so many bytes, or to so many times its size, whichever is more."""

_CHUNK = 64 * 1024
_MARKS = ((b"\xef\xbb\xbf", ""), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x00\x00\xfe\xff", "UTF-32"))

Progress = Callable[[str], None]


def format_of(path: Path) -> ox.RdfFormat | None:
    """Gives the format that a file's extension says, or None.

    >>> format_of(Path("mine.nt.gz")) == ox.RdfFormat.N_TRIPLES
    True
    """
    name = path.name.lower().removesuffix(".gz")
    return FORMATS.get(name[name.rfind(".") :]) if "." in name else None


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Gives the files of RDF that are named, and those below the folders that are: sorted, hidden ones left out.

    Raises:
        InputUnreadable: there is no such file or folder.
        BadRdf: a named file has no extension of a format.
        NothingToCheck: there is no file of RDF.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(_below(path))
        elif not path.is_file():
            raise InputUnreadable(f"there is no file or folder {path}")
        elif format_of(path) is None:
            raise BadRdf(f"the name of {path} does not say its format", f"one of {', '.join(FORMATS)}, or with .gz")
        else:
            found[path] = None
    if not found:
        raise NothingToCheck("there is no file of RDF", f"extensions are {', '.join(FORMATS)}, and those with .gz")
    return list(found)


def _below(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(parent, name) for name in names if not name.startswith("."))
        found += [file for file in files if format_of(file) is not None and file.is_file()]
    return sorted(found, key=lambda file: file.as_posix())


class _Reader(io.RawIOBase):
    """A file as its parser may see it: unpacked within bounds, without a byte order mark, and without what makes a
    parser fetch, abort or never end.

    It looks at every chunk before the parser does, so that the parser never sees the whole of what is refused.
    """

    def __init__(self, path: Path, packed: BinaryIO, format_: ox.RdfFormat) -> None:
        self._path = path
        self._format = format_
        self._most = max(BOMB_SIZE, BOMB_RATIO * os.fstat(packed.fileno()).st_size)
        self._gzip = path.name.lower().endswith(".gz")
        self._file = cast(BinaryIO, gzip.GzipFile(fileobj=packed)) if self._gzip else packed
        self._seen = 0
        self._tail = b""
        self._quoted = False
        self._depth = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Gives the next bytes; at most a chunk of them."""
        try:
            chunk = self._file.read(_CHUNK if size < 0 else min(size, _CHUNK))
            if self._seen == 0:
                # A short read must not split a mark.
                chunk += self._file.read(4) if chunk else b""
                chunk = self._without_mark(chunk) or self._file.read(_CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise BadRdf(f"{self._path} cannot be unpacked: {error}", "pack it again with gzip") from None
        self._seen += len(chunk)
        if self._gzip and self._seen > self._most:
            raise BadRdf(
                f"{self._path} unpacks to more than {BOMB_RATIO} times its size", "unpack it, if you trust it"
            )
        if self._format == ox.RdfFormat.RDF_XML:
            self._refuse_doctype(chunk)
        elif self._format == ox.RdfFormat.JSON_LD:
            self._refuse_nesting(chunk)
        else:
            self._refuse_quoting(chunk)
        return chunk

    def _without_mark(self, chunk: bytes) -> bytes:
        for mark, encoding in _MARKS:
            if chunk.startswith(mark):
                if encoding:
                    raise BadRdf(f"{self._path}:1:1: the file is {encoding}", "save it as UTF-8")
                return chunk[len(mark) :]
        return chunk

    def _refuse_doctype(self, chunk: bytes) -> None:
        # Entities multiply: half a kilobyte of them ends the process.
        window = self._tail + chunk
        if re.search(rb"<!\s*(?:doctype|entity)", window, re.IGNORECASE):
            raise BadRdf(
                f"{self._path} has a DOCTYPE, whose entities could grow without bound or name other files",
                "remove it, and write in full what its entities stand for",
            )
        self._tail = window[-16:]

    def _refuse_nesting(self, chunk: bytes) -> None:
        window = self._tail + chunk
        if self._quoted:
            end = re.match(rb'(?:[^"\\]|\\.)*+"', window, re.DOTALL)
            self._quoted = end is None
            bare = b"" if end is None else window[end.end() :]
        else:
            bare = window
        bare, quote, _ = re.sub(rb'"(?:[^"\\]|\\.)*+"', b"", bare, flags=re.DOTALL).partition(b'"')
        self._quoted = self._quoted or bool(quote)
        # An escape that is cut in two waits for its other half.
        odd = (len(window) - len(window.rstrip(b"\\"))) % 2
        self._tail = b"\\" if self._quoted and odd else b""
        for bracket in re.findall(rb"[\[\]{}]", bare):
            self._depth += 1 if bracket in b"[{" else -1
            if self._depth > MOST_NESTING:
                raise BadRdf(f"{self._path} nests more than {MOST_NESTING} deep", "nest less deeply")

    def _refuse_quoting(self, chunk: bytes) -> None:
        window = self._tail + chunk
        self._tail = window[-1:] if window.endswith((b"<", b">")) else b""
        if b"<<" in window or self._depth:
            for mark in re.findall(rb'<<|>>|"', window):
                self._depth = 0 if mark == b'"' else max(0, self._depth + (1 if mark == b"<<" else -1))
                if self._depth > MOST_QUOTED:
                    raise BadRdf(f"{self._path} holds triples within triples, which are no RDF 1.1")


def read(path: Path, number: int = 1) -> Iterator[ox.Triple]:
    """Gives the triples of a file as they are read; those of named graphs too, without their graphs.

    Args:
        path: a file whose extension says its format.
        number: its place among the files that are read together, which keeps its blank nodes apart.

    Raises:
        BadRdf: it is not what its extension says, or names what would have to be fetched; says where.
        InputUnreadable: it cannot be read.
    """
    format_ = format_of(path)
    assert format_ is not None, path
    name = _names_of_blank_nodes(number, format_)
    try:
        with path.open("rb") as packed:
            for quad in ox.parse(cast(Any, _Reader(path, packed, format_)), format=format_, base_iri=DATA_BASE):
                subject, value = quad.subject, quad.object
                if isinstance(value, ox.Triple):
                    raise BadRdf(f"{path} holds triples within triples, which are no RDF 1.1")
                if isinstance(subject, ox.BlankNode):
                    subject = name(subject)
                if isinstance(value, ox.BlankNode):
                    value = name(value)
                yield ox.Triple(subject, quad.predicate, value)
    except SyntaxError as error:
        raise _fault(path, format_, error) from None
    except MemoryError as error:
        raise BadRdf(f"{path} holds a term that is too long to read: {error}") from None
    except OSError as error:
        raise InputUnreadable(f"cannot read {path}: {error.strerror or error}") from None


def _names_of_blank_nodes(number: int, format_: ox.RdfFormat) -> Callable[[ox.BlankNode], ox.BlankNode]:
    """Gives what renames the blank nodes of a file; only labels that are random need to be remembered."""
    if format_ in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS):
        return lambda node: ox.BlankNode(f"d{number}-{node.value}")
    known: dict[ox.BlankNode, ox.BlankNode] = {}
    return lambda node: known.get(node) or known.setdefault(node, ox.BlankNode(f"d{number}-{len(known) + 1}"))


def _fault(path: Path, format_: ox.RdfFormat, error: SyntaxError) -> BadRdf:
    line, column = error.lineno, error.offset
    if format_ == ox.RdfFormat.RDF_XML and line is None:
        line, column = _place_in_xml(path)
    where = "".join(f":{number}" for number in (line, column) if number is not None)
    problem = re.sub(r"\A(?:Parser error )?(?:(?:at|between) line [^:]*: )?", "", str(error.msg)).strip()
    if "LoadDocumentCallback" in problem:
        return BadRdf(
            f"{path}{where}: its @context lies elsewhere, and nothing is fetched",
            "put the context's content into the file, or convert the file to N-Quads",
        )
    return BadRdf(f"{path}{where}: {problem}", "mend the file; nothing of it was kept")


def _place_in_xml(path: Path) -> tuple[int | None, int | None]:
    """Gives line and column where a file stops being XML; its own parser does not say."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    try:
        with path.open("rb") as packed:
            reader = _Reader(path, packed, ox.RdfFormat.RDF_XML)
            while chunk := reader.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1
    except (MoagraphError, OSError, ValueError):
        # Only the place is not known then: the problem is.
        pass
    return None, None


def scratch_generation(
    folder: Path | None, files: Iterable[Path], into: Path, progress: Progress | None = None
) -> Path:
    """Makes a store of a built one and of a user's own files, and gives its folder.

    The built store is only read. Files that never change are linked where the file system can, else copied.

    Args:
        folder: the built store; None for none.
        files: files and folders of RDF.
        into: a folder that the caller removes; on the file system of `folder`, it links.
        progress: told which file is being read.

    Raises:
        BadRdf, InputUnreadable, NothingToCheck: a file cannot be read, or there is none; nothing is left behind.
        OutputFailed: the scratch store cannot be written.
    """
    scratch = into / "store"
    chosen = files_of(files)
    graph = ox.NamedNode(DATA_GRAPH)

    def quads() -> Iterator[ox.Quad]:
        for number, path in enumerate(chosen, 1):
            if progress is not None:
                progress(f"reading {path}")
            for triple in read(path, number):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)

    try:
        if folder is not None:
            checkpoint(folder, scratch)
        store = ox.Store(str(scratch))
        store.bulk_extend(quads())
        store.flush()
        del store
    except OSError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise OutputFailed(f"cannot write a scratch store in {into}: {error}", "set TMPDIR") from None
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return scratch
