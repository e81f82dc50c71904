"""Files become a Corpus: the triples of ontology and data, each with its file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from moagraph import turtle
from moagraph.errors import InputUnreadable, NothingToCheck
from moagraph.names import compact
from moagraph.places import Places
from moagraph.report import Finding
from moagraph.terms import as_rdflib

if TYPE_CHECKING:
    import rdflib


@dataclass(frozen=True)
class File:
    """One file that was read.

    Attributes:
        path: relative to the folder that holds `ontology`, `data` and `queries`, with `/`.
        content: its bytes.
    """

    path: str
    content: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return Path(self.path).stem

    @property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def text(self) -> str:
        """The content as text.

        Raises:
            InputUnreadable: it is not UTF-8.
        """
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError:
            raise InputUnreadable(f"{self.path} is not UTF-8", "save the file as UTF-8") from None


def paths_in(places: Places) -> list[tuple[str, Path]]:
    """Gives all files of ontology, data and queries in order, each by the name that `File.path` has.

    Hidden files and READMEs are left out.
    """
    found = []
    for top in (places.data, places.ontology, places.queries):
        for path in top.rglob("*"):
            relative = path.relative_to(top)
            if not path.is_file() or any(part.startswith(".") for part in relative.parts):
                continue
            if relative.name != "README.md":
                found.append((f"{top.name}/{relative.as_posix()}", path))
    return sorted(found)


def read_file(name: str, path: Path) -> File:
    """Reads one file.

    Raises:
        InputUnreadable: it cannot be read.
    """
    try:
        return File(name, path.read_bytes())
    except OSError as error:
        raise InputUnreadable(f"cannot read {path}: {error.strerror}") from None


def read_files(places: Places) -> list[File]:
    """Gives all files of ontology, data and queries, as `paths_in` has them.

    Raises:
        InputUnreadable: a file cannot be read.
    """
    return [read_file(name, path) for name, path in paths_in(places)]


def digest_of(files: Iterable[File]) -> str:
    """Gives the SHA-256 over paths and contents, in hexadecimal: the name of what is built from them."""
    return digest_of_sums(sorted((file.path, file.sha256) for file in files))


def digest_of_sums(sums: Iterable[tuple[str, str]]) -> str:
    """Gives what `digest_of` does, of paths in order with the SHA-256 of each file."""
    whole = hashlib.sha256()
    for path, digest in sums:
        whole.update(f"{path}\0{digest}\n".encode())
    return whole.hexdigest()


@dataclass(frozen=True)
class Corpus:
    """What was read: triples with their places, and what could not be read.

    Attributes:
        files: all files, of whatever kind.
        triples: pyoxigraph triples of ontology and data, literals as written.
        findings: faults met while reading.
        digest: SHA-256 of the input.
    """

    files: tuple[File, ...]
    triples: tuple[ox.Triple, ...]
    findings: tuple[Finding, ...]
    digest: str
    documents: dict[str, turtle.Document] = field(repr=False)
    """What each Turtle file of ontology and data says, by path."""
    subjects: dict[str, list[str]] = field(repr=False)
    """For each subject the files that say something of it, in order."""
    _places: dict[str, dict[tuple[str, str | None, str | None], tuple[str, int]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The triples as an rdflib graph, for Python users."""
        return as_rdflib(self.triples)

    @cached_property
    def blank_nodes(self) -> tuple[tuple[str, int], ...]:
        """Path and line of each statement that speaks of a blank node."""
        from rdflib import BNode

        return tuple(
            sorted(
                {
                    (path, line)
                    for path, document in self.documents.items()
                    if any(isinstance(t.subject, ox.BlankNode) for t in document.triples)
                    or any(isinstance(t.object, ox.BlankNode) for t in document.triples)
                    for (s, _, o), line in document.lines
                    if isinstance(s, BNode) or isinstance(o, BNode)
                }
            )
        )

    @classmethod
    def read(cls, places: Places) -> Corpus:
        """Reads all files below the three folders.

        A file that cannot be parsed becomes a finding; the others are read all the same.

        Raises:
            NothingToCheck: there is no Turtle file below `data`.
            InputUnreadable: a file cannot be read.
        """
        files = read_files(places)
        if not any(f.path.startswith("data/") and f.path.endswith(".ttl") for f in files):
            raise NothingToCheck(f"{places.data} holds no Turtle file", "name a folder that holds data/*/*.ttl")
        return cls.of(files)

    @classmethod
    def of(cls, files: Iterable[File]) -> Corpus:
        """Makes a corpus of files that are at hand, in whatever order."""
        files = sorted(files, key=lambda f: f.path)
        triples: list[ox.Triple] = []
        findings: list[Finding] = []
        documents: dict[str, turtle.Document] = {}
        subjects: dict[str, list[str]] = {}
        for file in files:
            if not is_statement_file(file.path):
                continue
            try:
                document = turtle.read(file.content)
            except turtle.TurtleFault as fault:
                findings.append(
                    Finding(fault.code, "violation", file.path, fault.line, "", fault.problem, fault.cure)
                )
                continue
            documents[file.path] = document
            triples.extend(document.triples)
            for name in dict.fromkeys(_name(t) for t in document.triples):
                subjects.setdefault(name, []).append(file.path)
        return cls(
            files=tuple(files),
            triples=tuple(triples),
            findings=tuple(findings),
            digest=digest_of(files),
            documents=documents,
            subjects=subjects,
        )

    def place(self, subject: str, predicate: str | None = None, value: str | None = None) -> tuple[str, int]:
        """Gives file and line of a statement, else of the predicate, else of the subject; ("", 0) if none."""
        paths = self.subjects.get(subject, [])
        places = [self._places_in(path) for path in paths]
        for key in ((subject, predicate, value), (subject, predicate, None), (subject, None, None)):
            for place in places:
                if key in place:
                    return place[key]
        return (paths[0] if paths else "", 0)

    def _places_in(self, path: str) -> dict[tuple[str, str | None, str | None], tuple[str, int]]:
        """Gives for what a file says of each subject the first place where it says so; kept, once it was asked."""
        if path not in self._places:
            where = self._places[path] = {}
            for (s, p, o), line in self.documents[path].lines:
                for key in ((str(s), None, None), (str(s), str(p), None), (str(s), str(p), str(o))):
                    where.setdefault(key, (path, line))
        return self._places[path]

    def names_like(self, curie: str) -> list[str]:
        """Gives the CURIEs of what is defined under the prefix of a CURIE; all, where there is none under it."""
        names = [compact(subject) for subject in self.subjects]
        prefix = curie.partition(":")[0] + ":"
        return [name for name in names if name.startswith(prefix)] or names

    def text(self, path: str) -> str:
        """Gives the text of a file of the corpus."""
        return next(f for f in self.files if f.path == path).text

    def matching(self, folder: str, suffix: str) -> list[File]:
        """Gives the files directly below a folder with a suffix, in the order of their paths."""
        return [f for f in self.files if f.path.rpartition("/")[0] == folder and f.path.endswith(suffix)]


def is_statement_file(path: str) -> bool:
    """Tells whether a file holds statements of the graph: data, vocabulary or concept schemes."""
    if not path.endswith(".ttl"):
        return False
    return path.startswith(("data/", "ontology/scheme/")) or Path(path).parent.as_posix() == "ontology"


def _name(triple: ox.Triple) -> str:
    """Gives the IRI of a triple's subject, or the label of its blank node."""
    assert not isinstance(triple.subject, ox.Triple)
    return triple.subject.value
