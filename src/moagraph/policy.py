"""Policies of evidence: those that come with a graph, a user's own files, and combinations such as `human+mine.rq`.

A policy is a query whose rows are the evidence lines that count. It runs over what curators assert, before anything
is derived, so that no policy can ask for a tier or verdict, which follow from the lines that it admits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from moagraph.errors import (
    AdmitsNothing,
    BadPolicy,
    InputUnreadable,
    QueryHeader,
    QueryLimit,
    QueryRefused,
    QuerySyntax,
    UnknownPolicy,
    did_you_mean,
)
from moagraph.names import ASSERTED, PREFIXES, VOCAB, compact, policy_graph

if TYPE_CHECKING:
    import pyoxigraph as ox

    from moagraph.tokens import Token

SUFFIX = ".rq"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

FAULTS = {
    "policy-name": "The name of a policy's file is no name that a policy can be asked for by, since + joins several.",
    "policy-header": "The header of a policy is missing, or lacks its summary, or says other than a policy's does.",
    "policy-form": "A policy is a SELECT query with the one column ?line, whose rows are the lines that count.",
    "policy-term": "A policy names a term that nothing declares, or asks for a property that nobody can state since "
    "it is derived from the lines that a policy admits.",
    "policy-lines": "A policy admits what is no evidence line.",
}
"""Findings about files of policies, by code."""


class Policy(NamedTuple):
    """A rule that says which evidence lines count: a query whose rows are the lines admitted.

    Attributes:
        name: also the last part of its IRI.
        summary: one line.
        text: the query; empty for a combination, which admits what each of several policies does.
        digest: of the texts, where some are a user's own; empty for what comes with the graph.
    """

    name: str
    summary: str
    text: str
    digest: str = ""


class Chosen(NamedTuple):
    """The policy that a user named: one, or several that must all admit a line.

    Attributes:
        parts: names of policies in order, each once.
        files: those that are a user's own, each with its file.
        texts: and their texts.
    """

    parts: tuple[str, ...]
    files: Mapping[str, Path]
    texts: Mapping[str, str]

    @classmethod
    def of(cls, word: str | Path) -> Chosen:
        """Reads what a user named: a name, a file, or several of them joined by `+`, in any order.

        >>> Chosen.of("independent+human+human").name
        'human+independent'

        Raises:
            BadPolicy: a file has a name that no policy can have, or two files have the same.
            InputUnreadable: a file cannot be read.
            UnknownPolicy: a name is missing beside a `+`.
        """
        whole = str(word)
        one = isinstance(word, Path) or (len(whole) < 1000 and Path(whole).is_file())
        words = [whole] if one else whole.split("+")
        files: dict[str, Path] = {}
        names: set[str] = set()
        for part in words:
            name = part
            if isinstance(word, Path) or part.endswith(SUFFIX) or "/" in part or "\\" in part:
                path = Path(part)
                name = name_of(path)
                if files.setdefault(name, path) != path:
                    raise BadPolicy(f"{files[name]} and {path} are two policies named {name}", f"rename {path}")
            elif not part:
                raise UnknownPolicy(whole, [], "name a policy on each side of +, such as human+independent")
            names.add(name)
        return cls(tuple(sorted(names)), files, {name: _read(path) for name, path in sorted(files.items())})

    @property
    def name(self) -> str:
        """The name of the policy: those of its parts, in order, joined by `+`."""
        return "+".join(self.parts)

    @property
    def plain(self) -> bool:
        """Whether it is one policy by name."""
        return len(self.parts) == 1 and not self.files

    @property
    def digest(self) -> str:
        """SHA-256 of what the policies of a user's own say; empty where there is none."""
        return _sha256("".join(f"{name}\n{text}\n" for name, text in self.texts.items())) if self.texts else ""

    def generation(self, base: Path) -> Path:
        """Gives the folder of the generation that holds a built one and what this policy derives from it."""
        return base.with_name(f"{base.name}-{_sha256(f'{self.name} {self.digest}')[:16]}")


def is_plain(policy: str | Path) -> bool:
    """Whether what a user named is one policy by name, so that nothing has to be read.

    >>> is_plain("stated"), is_plain("human+cited"), is_plain("mine.rq")
    (True, False, False)
    """
    return isinstance(policy, str) and not (policy.endswith(SUFFIX) or set(policy) & set("+/\\"))


def _sha256(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode("utf-8")).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(
            f"cannot read the policy {path}: {getattr(error, 'strerror', None) or error}",
            "see moagraph list policies",
        ) from None


def name_of(path: PurePath) -> str:
    """Gives the name of the policy that a file holds.

    Raises:
        BadPolicy: the file has a name that no policy can have.
    """
    if path.suffix != SUFFIX or not _NAME.fullmatch(path.stem):
        raise BadPolicy(
            f"{path.name} is no name of a policy's file",
            f"name it with letters, digits, - and _, such as mine{SUFFIX}",
        )
    return path.stem


def admitted(
    store: ox.Store, chosen: Chosen, known: Mapping[str, str], terms: Terms, folder: Path | None = None
) -> tuple[Policy, list[ox.NamedNode]]:
    """Gives a policy that a user named, and the lines that it admits, in order.

    Args:
        store: holds what is asserted, and what the known policies derive.
        chosen: the policy.
        known: the policies that were derived, by name, with their summaries.
        terms: what a policy may name.
        folder: where the store lies on disk; a user's own query is answered from there, or from a copy, by a process
            that can be ended.

    Raises:
        UnknownPolicy: there is no policy of a name.
        BadPolicy: a policy of the user's own cannot be used.
        AdmitsNothing: no line counts.
    """
    import pyoxigraph as ox

    from moagraph.query import header_of

    for name in chosen.parts:
        if name in chosen.files and name in known:
            problem = f"{chosen.files[name]} has the name of a policy that comes with the graph"
            raise BadPolicy(problem, f"rename the file, or say --policy {name}")
        if name not in chosen.files and name not in known:
            raise UnknownPolicy(name, known)
    lines: dict[str, set[ox.NamedNode]] = {}
    summaries = dict(known)
    for name in chosen.parts:
        if name in chosen.files:
            path, text = chosen.files[name], chosen.texts[name]
            lines[name] = _lines_of(store, path, text, terms, folder)
            summaries[name] = str(header_of(text, path.name)["summary"]).strip()
        else:
            graph = ox.NamedNode(policy_graph(name))
            found = store.quads_for_pattern(None, ox.NamedNode(f"{VOCAB}admittedBy"), graph, graph)
            lines[name] = {quad.subject for quad in found if isinstance(quad.subject, ox.NamedNode)}
    together = set.intersection(*lines.values())
    if not together:
        raise _nothing(chosen, lines)
    if len(chosen.parts) == 1:
        policy = Policy(chosen.name, summaries[chosen.name], chosen.texts[chosen.name], chosen.digest)
    else:
        listed = f"{', '.join(chosen.parts[:-1])} and {chosen.parts[-1]}"
        both = "both" if len(chosen.parts) == 2 else "all"
        policy = Policy(chosen.name, f"Only what {listed} {both} admit.", "", chosen.digest)
    return policy, sorted(together, key=str)


def _nothing(chosen: Chosen, lines: Mapping[str, set[ox.NamedNode]]) -> AdmitsNothing:
    """Gives the error that says why no line counts."""
    alone = [name for name in chosen.parts if not lines[name]]
    if alone:
        where = chosen.files.get(alone[0], Path(alone[0]))
        return AdmitsNothing(f"the policy {where} admits no evidence line", "ask for something that lines have")
    for one, other in combinations(chosen.parts, 2):
        if not lines[one] & lines[other]:
            return AdmitsNothing(
                f"{one} and {other} exclude each other: no evidence line is admitted by both", "leave out one of them"
            )
    return AdmitsNothing(
        f"no evidence line is admitted by all of {', '.join(chosen.parts)}, though any two have some in common",
        "leave out one of them",
    )


def _lines_of(store: ox.Store, path: Path, text: str, terms: Terms, folder: Path | None) -> set[ox.NamedNode]:
    """Gives the lines that a user's own policy admits; it is screened, and asked in a process that can be ended."""
    import tempfile

    import pyoxigraph as ox

    from moagraph.sandbox import Limits, Sandbox
    from moagraph.screen import refuse_unsafe
    from moagraph.store import Solutions
    from moagraph.tokens import undeclared_prefixes

    asserted = ox.NamedNode(ASSERTED)
    kind, evidence = ox.NamedNode(f"{PREFIXES['rdf']}type"), ox.NamedNode(f"{VOCAB}EvidenceLine")
    known = {quad.subject for quad in store.quads_for_pattern(None, kind, evidence, asserted)}
    try:
        refuse_unsafe(text)
        for prefix in sorted(undeclared_prefixes(text) - PREFIXES.keys()):
            cure = did_you_mean(prefix, PREFIXES, "declare it with PREFIX")
            raise BadPolicy(f"{path} does not declare the prefix {prefix}:", cure)
        for flaw in flaws(text, path.name, terms):
            raise BadPolicy(f"{path}:{flaw.line}: {flaw.problem}", flaw.cure)
        with tempfile.TemporaryDirectory() as scratch:
            if folder is None:
                folder = Path(scratch) / "store"
                disk = ox.Store(str(folder))
                disk.bulk_extend(store.quads_for_pattern(None, None, None, asserted))
                disk.flush()
                del disk
            with Sandbox(folder, Limits(rows=100_000 + 10 * len(known))) as sandbox:
                answer = sandbox.answer(text, (ASSERTED,))
    except (QuerySyntax, QueryRefused) as error:
        fix = "a policy only reads what curators assert" if "--policy" in error.fix else error.fix
        raise BadPolicy(f"{path} is no policy: {error.problem}", fix) from None
    except QueryLimit as error:
        raise BadPolicy(f"{path} cannot be asked: {error.problem}", "ask for less in it") from None
    assert isinstance(answer, Solutions)
    rows = {row[0] for row in answer.rows}
    stray = sorted(str(row) for row in rows - known)
    if stray:
        nodes = "rows without ?line" if stray[0] == "None" else compact(stray[0].strip("<>"))
        more = f" and {len(stray) - 1:,} more" if len(stray) > 1 else ""
        raise BadPolicy(
            f"{path} gives what is no evidence line: {nodes}{more}", "begin its pattern with ?line a moa:EvidenceLine"
        )
    return {row for row in rows if isinstance(row, ox.NamedNode)}


class Terms(NamedTuple):
    """What a policy may name.

    Attributes:
        declared: IRIs of the terms of our vocabulary.
        stated: IRIs of the properties that curators may state, since some shape takes them.
    """

    declared: Collection[str]
    stated: Collection[str]


def stray(text: str) -> str:
    """Gives the query for a node that a policy admits though it is no evidence line."""
    from moagraph.tokens import tokens_of

    start = next(token.at for token in tokens_of(text) if token.upper == "SELECT")
    return (
        f"{text[:start]}SELECT ?line WHERE {{ {{ {text[start:]} }} "
        f"FILTER (!BOUND(?line) || !EXISTS {{ ?line a <{VOCAB}EvidenceLine> }}) }} ORDER BY ?line LIMIT 1"
    )


class Flaw(NamedTuple):
    """What is wrong with a policy's text: code, line of the file from 1, fault and cure."""

    code: str
    line: int
    problem: str
    cure: str


def flaws(text: str, where: str, terms: Terms) -> Iterator[Flaw]:
    """Gives what is wrong with the text of a policy, so far as the text alone shows; it must be SPARQL.

    Args:
        text: the query with its header.
        where: the file, for messages.
        terms: what it may name.
    """
    from moagraph.query import form_of, header_lines, header_of, selected_variables
    from moagraph.tokens import tokens_of

    try:
        header, lines = header_of(text, where), header_lines(text)
    except QueryHeader as error:
        yield Flaw("policy-header", error.line, error.problem, error.fix or "mend the header")
    else:
        for key in sorted(header.keys() - {"summary", "admits"}, key=str):
            cure = did_you_mean(str(key), ["summary", "admits"], "it takes summary and admits")
            yield Flaw("policy-header", lines[(str(key),)], f"the header says {key!r}, which no policy's does", cure)
        if not isinstance(header.get("summary"), str) or not header["summary"].strip():
            yield Flaw("policy-header", 1, "the header has no summary", "say in a line '#+ summary: …' what counts")
    form = form_of(text)
    selected = selected_variables(text) if form == "SELECT" else []
    line = next((token.line for token in tokens_of(text) if token.upper == form), 1)
    if form != "SELECT":
        yield Flaw("policy-form", line, f"a policy is a SELECT query, and this is {form or 'none'}", "SELECT ?line")
    elif selected != ["line"]:
        columns = ", ".join(f"?{name}" for name in selected) or "*"
        yield Flaw("policy-form", line, f"a policy has the one column ?line, and this has {columns}", "SELECT ?line")
    yield from _of_terms(text, terms)


def _of_terms(text: str, terms: Terms) -> Iterator[Flaw]:
    from moagraph.scopes import Outline
    from moagraph.sparql import Unreadable
    from moagraph.tokens import tokens_of

    tokens = tokens_of(text)
    expand = _expander(tokens)
    for token in tokens:
        iri = expand(token.text)
        if iri.startswith(VOCAB) and iri != VOCAB and iri not in terms.declared:
            # Classes and values begin with a capital, properties do not, and nearness knows no case.
            alike = [one for one in terms.declared if _is_capital(one) == _is_capital(iri)]
            cure = did_you_mean(compact(iri), map(compact, sorted(alike)), "see ontology/moagraph.ttl")
            yield Flaw("policy-term", token.line, f"no vocabulary declares {compact(iri)}", cure)
    try:
        outline = Outline.of(text, frozenset(), frozenset(), frozenset())
    except Unreadable:
        return  # whoever asks the engine hears of it
    for triple in outline.triples:
        for iri in map(expand, triple.path):
            if iri.startswith(VOCAB) and iri in terms.declared and iri not in terms.stated:
                yield Flaw(
                    "policy-term", triple.line,
                    f"{compact(iri)} is derived from the lines that a policy admits, so no policy can ask for it",
                    "ask for what is stated of lines and studies, such as moa:system and moa:design",
                )  # fmt: skip


def _is_capital(term: str) -> bool:
    return term.removeprefix(VOCAB)[:1].isupper()


def _expander(tokens: Sequence[Token]) -> Callable[[str], str]:
    """Gives a function from a term as the query writes it to its IRI, or the empty string."""
    prefixes = dict(PREFIXES)
    for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.upper == "PREFIX":
            prefixes[name.text.removesuffix(":")] = iri.text[1:-1]

    def expand(text: str) -> str:
        if text.startswith("<"):
            return text[1:-1]
        prefix, colon, local = text.partition(":")
        return prefixes[prefix] + local if colon and prefix in prefixes else ""

    return expand
