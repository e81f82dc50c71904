"""Passages against documents: are the digests true, and is everything that a document says cited or declared?

The documents are other people's text and are not part of moagraph; whoever has them can prove every passage, and see
which characters no passage cites. A gap without a letter or digit (white space, table markup, punctuation between two
passages) needs no declaration.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from moagraph.errors import InputUnreadable, NothingToCheck, UnknownThing
from moagraph.names import PREFIXES, local_name
from moagraph.store import Store, iri_term
from moagraph.table import Column, Iri, Table

POLICY = "everything"
"""Passages are asserted, so the policy under which they are read makes no difference."""


@dataclass(frozen=True)
class Document:
    """A source document.

    Attributes:
        source: the source's IRI.
        name: the source's name, the last part of the IRI.
        file: its file name.
        text: its text; offsets count code points of it.
        sha256: of its bytes, in hexadecimal.
    """

    source: Iri
    name: str
    file: str
    text: str
    sha256: str


@dataclass(frozen=True)
class Span:
    """A passage or skip range of a document; `skipped` is the reason of a skip range, else empty."""

    iri: str
    start: int
    end: int
    digest: str = ""
    skipped: str = ""


@dataclass(frozen=True)
class Coverage:
    """What of one document is cited.

    Attributes:
        document: the document.
        spans: its passages and skip ranges in order.
        altered: whether the document is another one than the data were curated from.
        wrong: passages whose digest does not fit the text.
        uncovered: spans that nothing cites or declares, as start and end.
    """

    document: Document
    spans: tuple[Span, ...]
    altered: bool
    wrong: tuple[Span, ...]
    uncovered: tuple[tuple[int, int], ...]

    @property
    def proven(self) -> int:
        """Number of passages whose digest fits."""
        return sum(not span.skipped for span in self.spans) - len(self.wrong)

    @property
    def fine(self) -> bool:
        """Whether the document is the right one, every digest fits and nothing is uncovered."""
        return not (self.altered or self.wrong or self.uncovered)

    def count(self, skipped: str | None = None) -> int:
        """Gives the number of letters and digits cited, or skipped for a reason; a cited one counts as cited."""
        marks = ["" for _ in self.document.text]
        for span in self.spans:
            for at in range(span.start, min(span.end, len(marks))):
                if not span.skipped or not marks[at]:
                    marks[at] = span.skipped or "cited"
        wanted = skipped or "cited"
        return sum(mark == wanted and c.isalnum() for mark, c in zip(marks, self.document.text, strict=True))


def documents(store: Store, folder: Path) -> list[Document]:
    """Gives the documents of all sources that have one.

    Raises:
        InputUnreadable: a document is missing or is not UTF-8.
        NothingToCheck: no source has a document.
    """
    table = store.select(
        "SELECT ?source ?file ?sha WHERE { ?source moa:file ?file ; moa:sha256 ?sha } ORDER BY ?source", POLICY
    )
    found = []
    for source, file, _ in table.cells:
        assert isinstance(source, Iri)
        path = folder / str(file)
        try:
            content = path.read_bytes()
            text = content.decode("utf-8")
        except OSError as error:
            fix = "name the folder of the source documents with --sources"
            raise InputUnreadable(f"cannot read {path}: {error.strerror}", fix) from None
        except UnicodeDecodeError:
            raise InputUnreadable(f"{path} is not UTF-8") from None
        found.append(Document(source, local_name(source), str(file), text, hashlib.sha256(content).hexdigest()))
    if not found:
        raise NothingToCheck("no source has a document")
    return found


def audit(store: Store, folder: Path) -> list[Coverage]:
    """Proves every passage of every document, and finds what none cites.

    Args:
        store: the graph.
        folder: where the documents lie, under the file names that their sources give.

    Raises:
        InputUnreadable: a document is missing or is not UTF-8.
        NothingToCheck: no source has a document.
    """
    return [_coverage(store, document) for document in documents(store, folder)]


def _coverage(store: Store, document: Document) -> Coverage:
    oa = PREFIXES["oa"]
    node = iri_term(document.source)
    table = store.select(
        f"""SELECT ?span ?start ?end ?digest ?reason WHERE {{
          ?span moa:inSource {node} ; <{oa}start> ?start ; <{oa}end> ?end .
          OPTIONAL {{ ?span moa:digest ?digest }}
          OPTIONAL {{ ?span moa:skipReason ?reason }}
        }} ORDER BY ?start ?end ?span""",
        POLICY,
    )
    spans = tuple(
        Span(str(iri), int(str(start)), int(str(end)), str(digest or ""), why.label if isinstance(why, Iri) else "")
        for iri, start, end, digest, why in table.cells
    )
    sha = store.select(f"SELECT ?sha WHERE {{ {node} moa:sha256 ?sha }}", POLICY).column("sha")
    text = document.text
    wrong = tuple(
        span
        for span in spans
        if not span.skipped and (span.end > len(text) or digest_of(text[span.start : span.end]) != span.digest)
    )
    return Coverage(document, spans, document.sha256 not in sha, wrong, tuple(_gaps(document.text, spans)))


def _gaps(text: str, spans: tuple[Span, ...]) -> Iterator[tuple[int, int]]:
    covered = bytearray(len(text))
    for span in spans:
        covered[span.start : span.end] = b"\1" * (min(span.end, len(text)) - span.start)
    for gap in re.finditer(rb"\0+", bytes(covered)):
        start, end = gap.span()
        bare = text[start:end]
        if any(c.isalnum() for c in bare):
            yield start + len(bare) - len(bare.lstrip()), end - len(bare) + len(bare.rstrip())


def digest_of(text: str) -> str:
    """Gives the first 16 hexadecimal digits of the SHA-256 of a passage's text in UTF-8.

    >>> digest_of("alphamide")
    'c778b07e71038696'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def coverage_table(coverages: list[Coverage]) -> Table:
    """Gives for each document how many of its letters and digits are cited, skipped and uncovered; these add up."""
    rows = []
    for coverage in coverages:
        reasons = sorted({span.skipped for span in coverage.spans if span.skipped})
        skipped = {reason: coverage.count(reason) for reason in reasons}
        uncovered = sum(c.isalnum() for start, end in coverage.uncovered for c in coverage.document.text[start:end])
        rows.append(
            (
                coverage.document.source,
                sum(map(str.isalnum, coverage.document.text)),
                coverage.count(),
                sum(skipped.values()),
                "; ".join(f"{reason} {number}" for reason, number in skipped.items()),
                uncovered,
                coverage.proven,
                len(coverage.wrong),
            )
        )
    columns = ("letters_and_digits", "cited", "skipped", "reasons", "uncovered", "proven", "wrong")
    types = ["xsd:string" if name == "reasons" else "xsd:integer" for name in columns]
    return Table(
        (Column("source", "moa:Source"), *(Column(n, t) for n, t in zip(columns, types, strict=True))), tuple(rows)
    )


@dataclass(frozen=True)
class Match:
    """Where words stand in a document; `likeness` is 1 where they stand just so."""

    start: int
    end: int
    likeness: float


_LIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "−": "-"})


def cite(document: Document, words: str, limit: int = 3) -> list[Match]:
    """Finds words in a document: where they stand just so, else where they stand but for case, quotes, dashes and
    white space, else the places most like them.

    Args:
        document: the document.
        words: what to look for.
        limit: most near misses to give.
    """
    exact = [Match(m.start(), m.end(), 1.0) for m in re.finditer(re.escape(words), document.text)]
    if exact:
        return exact
    plain = document.text.translate(_LIKE)
    pattern = r"\s+".join(re.escape(word) for word in words.translate(_LIKE).split())
    loose = [Match(m.start(), m.end(), 0.99) for m in re.finditer(pattern, plain, re.IGNORECASE)] if pattern else []
    return loose or _near(plain, words.translate(_LIKE), limit)


def _near(text: str, words: str, limit: int) -> list[Match]:
    """Gives the stretches of as many words that are most like those sought, best first and none within another."""
    starts = [m.start() for m in re.finditer(r"\S+", text)]
    ends = [m.end() for m in re.finditer(r"\S+", text)]
    size = max(1, len(words.split()))
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(words.casefold())
    scored = []
    for first in range(len(starts)):
        start, end = starts[first], ends[min(first + size, len(ends)) - 1]
        matcher.set_seq1(text[start:end].casefold())
        if matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6:
            scored.append(Match(start, end, round(matcher.ratio(), 2)))
    best: list[Match] = []
    for match in sorted(scored, key=lambda m: (-m.likeness, m.start)):
        if match.likeness > 0.6 and all(match.end <= b.start or match.start >= b.end for b in best):
            best.append(match)
    return best[:limit]


def context(document: Document, match: Match, around: int = 60) -> str:
    """Gives a match in its line, with what stands around it; the match itself stands between » and «."""
    before = document.text[max(0, match.start - around) : match.start].rpartition("\n")[2]
    after = document.text[match.end : match.end + around].partition("\n")[0]
    return f"{before}»{document.text[match.start : match.end]}«{after}"


def passage_node(document: Document, match: Match) -> str:
    """Gives the Turtle of a passage, to paste into a file of claims."""
    name = f"passage:{document.name}_{match.start}-{match.end}"
    return (
        f"{name}  a moa:Passage ;\n"
        f"    moa:inSource source:{document.name} ;  oa:start {match.start} ;  oa:end {match.end} ;\n"
        f'    moa:digest "{digest_of(document.text[match.start : match.end])}" .\n'
    )


def document_of(store: Store, folder: Path, name: str) -> Document:
    """Gives the document of a source by its name.

    Raises:
        UnknownThing: no source with a document has that name.
    """
    found = documents(store, folder)
    for document in found:
        if name.casefold() in (document.name.casefold(), document.source.label.casefold(), document.source.curie):
            return document
    raise UnknownThing(name, "Source with a document", [document.name for document in found])
