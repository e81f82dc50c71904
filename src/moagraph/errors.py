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

    def __init__(self, query: str, names: list[str], examples: str) -> None:
        quoted = " and ".join(map(repr, names))
        super().__init__(f"{query} needs a value for {quoted}", f"moagraph ask {query} {examples}")


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


class UnknownEngine(MoagraphError):
    """No engine of that name can validate. Those there are stand in the help of moagraph check."""

    code = "unknown-engine"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        known = list(known)
        super().__init__(
            f"there is no engine named {name!r}", did_you_mean(name, known, f"known engines: {', '.join(known)}")
        )


class UnknownPolicy(MoagraphError):
    """No policy of evidence has that name. `moagraph list policies` shows those there are."""

    code = "unknown-policy"

    def __init__(
        self,
        name: str,
        known: Iterable[str],
        fix: str = "see moagraph list policies; one of your own is named by its file",
    ) -> None:
        super().__init__(f"there is no policy named {name!r}", did_you_mean(name, known, fix))


class BadPolicy(MoagraphError):
    """A file of a policy cannot be used: it is no SELECT query of ?line, would reach beyond what curators assert, has
    no summary, names what nothing declares, gives what is no evidence line, takes too long, or has the name of a
    policy that comes with the graph. Those in ontology/policy are examples.
    """

    code = "bad-policy"


class AdmitsNothing(MoagraphError):
    """No evidence line counts under the policy, so that every answer would be empty and look like a finding. Of a
    combination a line counts only where all its policies admit it, and some exclude each other.
    """

    code = "admits-nothing"


class UnknownCode(MoagraphError):
    """No error, rule or shape has that code."""

    code = "unknown-code"

    def __init__(self, code: str, known: Iterable[str]) -> None:
        super().__init__(
            f"no error, rule or shape has the code {code!r}",
            did_you_mean(code, known, "codes stand in the output of moagraph check"),
        )


def pointed(problem: str, text: str, line: int | None = None, column: int | None = None) -> str:
    """Gives a problem with the line of a text that it is about, and a caret below the place.

    Long lines are cut to what stands around the place; what a terminal would obey is replaced.

    Args:
        problem: the sentence.
        text: the text; only a line feed ends a line, as engines count them.
        line: from 1; without it, or beyond the text, the problem stands alone.
        column: from 1, in characters.

    >>> print(pointed("no such thing", "SELECT *\\nWHERE nothing", 2, 7))
    no such thing (at 2:7)
      WHERE nothing
            ^
    """
    lines = text.split("\n")
    if line is None or not 1 <= line <= len(lines):
        return problem
    before = 0 if column is None else max(0, column - 1 - _AROUND)
    shown = "".join(
        c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in lines[line - 1]
    )
    head = "…" if before else ""
    tail = "…" if len(shown) > before + 2 * _AROUND else ""
    excerpt = f"{head}{shown[before : before + 2 * _AROUND]}{tail}".rstrip()
    if column is None:
        return f"{problem} (at {line})\n  {excerpt}"
    return f"{problem} (at {line}:{column})\n  {excerpt}\n  {' ' * (column - 1 - before + len(head))}^"


_AROUND = 60


class QuerySyntax(MoagraphError):
    """The text is not a SPARQL 1.1 query. The message points at the place."""

    code = "query-syntax"

    def __init__(self, message: str, text: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(pointed(message, text, line, column), "mend the query; known prefixes need no PREFIX line")


class QueryRefused(MoagraphError):
    """The query would write, reach the network or the disk, or is too large to run safely. The message points at
    the place.
    """

    code = "query-refused"

    def __init__(
        self, message: str, fix: str = "", text: str = "", line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(pointed(message, text, line, column), fix)


class QueryLimit(MoagraphError):
    """A query was stopped at a limit of time, rows, size or memory, so it has no answer: a part of one would look
    like the whole. The message names the option that raises the limit.

    Attributes:
        limit: which one: time, rows, size or memory.
    """

    code = "query-limit"

    def __init__(self, limit: str, problem: str, fix: str) -> None:
        super().__init__(problem, fix)
        self.limit = limit


class BadRdf(MoagraphError):
    """A file of RDF cannot be read, or would reach for another. The message says file, line and column."""

    code = "bad-rdf"
    exit_code = 3


class QueryHeader(MoagraphError):
    """A query file's header cannot be read, or disagrees with the query below it.

    Attributes:
        line: line of the file, from 1.
    """

    code = "query-header"

    def __init__(self, problem: str, fix: str = "", line: int = 1) -> None:
        super().__init__(problem, fix)
        self.line = line


class NothingToCheck(MoagraphError):
    """There was nothing to look at, so nothing can be said to be fine."""

    code = "nothing-to-check"


class CannotCompare(MoagraphError):
    """What was named is no version of the graph, or none that can be compared: its data has violations, say."""

    code = "cannot-compare"


class DataHasFindings(MoagraphError):
    """The data has violations, so no store is built from it. `moagraph check` lists them."""

    code = "data-has-findings"
    exit_code = 1


class InputUnreadable(MoagraphError):
    """A file or folder cannot be read."""

    code = "input-unreadable"
    exit_code = 3


class InputTooLarge(MoagraphError):
    """An endpoint holds more than can be read into memory. What was built in a folder is read with --root instead."""

    code = "input-too-large"


class NotAReceipt(MoagraphError):
    """The file holds no receipt of an answer: one that `moagraph ask NAME … --receipt FILE` wrote, whole."""

    code = "not-a-receipt"


class ReceiptAltered(MoagraphError):
    """What a receipt says does not fit the digest that it is named by, so it was changed after it was written."""

    code = "receipt-altered"


class ReceiptOfAnotherGraph(MoagraphError):
    """Nothing that a receipt speaks of is in the graph at hand, so comparing them would say nothing."""

    code = "receipt-of-another-graph"


class BlankNodesAlike(MoagraphError):
    """Blank nodes that nothing tells apart would come out in another order each time; many are too slow to order."""

    code = "blank-nodes-alike"

    def __init__(self, alike: int, connected: int) -> None:
        super().__init__(
            f"nothing tells {alike} of {connected} connected blank nodes apart, so they have no one order",
            "give the nodes IRIs",
        )


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


class AskedWrongly(MoagraphError):
    """The words after a magic of a notebook are not what it takes."""

    code = "asked-wrongly"


class MissingExtra(MoagraphError):
    """A feature needs a package that is not installed."""

    code = "missing-extra"
