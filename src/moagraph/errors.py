"""One class per mistake that a user can make: a code, the problem, and a fix that can be pasted.

A mistake in the *data* is not an error but a finding (see `moagraph.report`); anything that is neither is a bug
and shows its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class MoagraphError(Exception):
    """The base of all errors of users. Its subclasses say what went wrong and how to mend it.

    Attributes:
        code: short name of the mistake, the word for `moagraph explain`.
        exit_code: what the command line exits with.
        problem: one sentence on what is wrong.
        fix: what to do about it; may be empty.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2

    def __init__(self, problem: str, fix: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        lines = [f"error {self.code}: {self.problem}"]
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)


def nearest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Gives the known words closest to a mistyped one, best first.

    >>> nearest("shard-mechanisms", ["shared-mechanisms", "absences"])
    ['shared-mechanisms']
    """
    import difflib

    by_folded: dict[str, str] = {}
    for candidate in known:
        by_folded.setdefault(candidate.casefold(), candidate)
    close = difflib.get_close_matches(word.casefold(), list(by_folded), n=limit, cutoff=0.5)
    folded = word.casefold()
    containing = sorted((c for c in by_folded if folded and folded in c and c not in close), key=len)
    return [by_folded[c] for c in (close + containing)[:limit]]


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Gives the sentence that offers the nearest known words, or `otherwise` where none is near."""
    close = nearest(word, known)
    return f"did you mean {', '.join(close)}?" if close else otherwise


class UnknownQuery(MoagraphError):
    """No named query has that name. `moagraph list queries` shows those there are."""

    code = "unknown-query"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no query named {name!r}", did_you_mean(name, known, "see moagraph list queries"))


class UnknownParameter(MoagraphError):
    """The query does not take that parameter. Its header lists those it takes."""

    code = "unknown-parameter"

    def __init__(self, query: str, name: str, known: list[str]) -> None:
        takes = f"{query} takes {', '.join(known)}" if known else f"{query} takes no parameters"
        super().__init__(f"{query} has no parameter {name!r}", did_you_mean(name, known, takes))


class MissingParameter(MoagraphError):
    """A required parameter has no value; without it the query would answer for everything."""

    code = "missing-parameter"

    def __init__(self, query: str, name: str, example: str) -> None:
        super().__init__(f"{query} needs a value for {name!r}", f"moagraph ask {query} {name}={example or '…'}")


class BadValue(MoagraphError):
    """A parameter's value is not of the type that the query's header declares."""

    code = "bad-value"


class UnknownThing(MoagraphError):
    """Nothing in the graph has that name, label, synonym or CURIE, in the class that was asked for."""

    code = "unknown-thing"

    def __init__(self, word: str, kind: str, known: Iterable[str]) -> None:
        super().__init__(
            f"nothing known of kind {kind} is called {word!r}",
            did_you_mean(word, known, "see moagraph list for what there is"),
        )


class AmbiguousThing(MoagraphError):
    """Several things have that name; a CURIE says which one is meant."""

    code = "ambiguous-thing"

    def __init__(self, word: str, candidates: list[str]) -> None:
        super().__init__(f"{word!r} may mean several things", f"say one of {', '.join(sorted(candidates))}")


class UnknownFormat(MoagraphError):
    """The format is not one that this command can write."""

    code = "unknown-format"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        known = list(known)
        close = nearest(name, known)
        fix = f"did you mean {', '.join(close)}?" if close else f"known formats: {', '.join(known)}"
        super().__init__(f"cannot write format {name!r}", fix)


class UnknownPolicy(MoagraphError):
    """No policy of evidence has that name. `moagraph list policies` shows those there are."""

    code = "unknown-policy"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no policy named {name!r}", did_you_mean(name, known, "see moagraph list policies")
        )


class UnknownCode(MoagraphError):
    """No error, rule or shape has that code."""

    code = "unknown-code"

    def __init__(self, code: str, known: Iterable[str]) -> None:
        super().__init__(
            f"no error, rule or shape has the code {code!r}",
            did_you_mean(code, known, "codes stand in the output of moagraph check"),
        )


class QuerySyntax(MoagraphError):
    """The text is not a SPARQL 1.1 query. The message points at the place."""

    code = "query-syntax"

    def __init__(self, message: str, text: str, line: int | None = None, column: int | None = None) -> None:
        problem = message
        lines = text.splitlines()
        if line is not None and 1 <= line <= len(lines):
            at = f"{line}:{column}" if column is not None else str(line)
            problem = f"{message} (at {at})\n  {lines[line - 1]}"
            if column is not None:
                problem += f"\n  {' ' * (column - 1)}^"
        super().__init__(problem, "mend the query; known prefixes need no PREFIX line")


class QueryRefused(MoagraphError):
    """The query would write, reach the network or the disk, or is too large to run safely."""

    code = "query-refused"


class QueryHeader(MoagraphError):
    """A query file's header cannot be read, or disagrees with the query below it."""

    code = "query-header"


class NothingToCheck(MoagraphError):
    """There was nothing to look at, so nothing can be said to be fine."""

    code = "nothing-to-check"


class DataHasFindings(MoagraphError):
    """The data has violations, so no store is built from it. `moagraph check` lists them."""

    code = "data-has-findings"
    exit_code = 1


class InputUnreadable(MoagraphError):
    """A file or folder cannot be read."""

    code = "input-unreadable"
    exit_code = 3


class OutputFailed(MoagraphError):
    """A file cannot be written. What was there before is unchanged."""

    code = "output-failed"
    exit_code = 3


class EndpointFailed(MoagraphError):
    """A SPARQL endpoint cannot be reached, refuses access, or answers with something that is no answer."""

    code = "endpoint-failed"
    exit_code = 3


class EndpointTruncated(MoagraphError):
    """A SPARQL endpoint gave only a part of an answer, which must not be taken for the whole."""

    code = "endpoint-truncated"
    exit_code = 3

    def __init__(self, url: str, rows: int) -> None:
        super().__init__(
            f"{url} gave only the first {rows:,} rows of the answer",
            "raise the endpoint's limit (Virtuoso: ResultSetMaxRows in its ini file), or ask for less with LIMIT",
        )


class MissingExtra(MoagraphError):
    """A feature needs a package that is not installed."""

    code = "missing-extra"
