"""The screen that a stranger's query passes before any engine sees it: it reads, stays inside, and is small enough.

Engines follow SERVICE and FROM to the network, and deep nesting kills their process, so this looks at the text alone.
"""

from __future__ import annotations

from moagraph.errors import QueryRefused
from moagraph.query import tokens

MAX_CHARACTERS = 100_000
MAX_NESTING = 40
_WRITING = {
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "USING",
}  # fmt: skip


def refuse_unsafe(text: str) -> None:
    """Lets only a query through that reads the graph, and nothing but the graph, and is small enough to plan.

    Raises:
        QueryRefused: says why.
    """
    if len(text) > MAX_CHARACTERS:
        raise QueryRefused(f"the query has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed")
    outside = []
    depth = deepest = 0
    for match in tokens().finditer(text):
        if match["mark"]:
            depth += 1 if match["mark"] in "{(" else -1
            deepest = max(deepest, depth)
        if match["word"]:
            outside.append(match["word"].upper())
        if match["other"] == "\\":
            raise QueryRefused("the query has an escape outside a string", "write the character itself")
    if deepest > MAX_NESTING:
        raise QueryRefused(f"the query nests {deepest} deep; {MAX_NESTING} are allowed")
    if outside.count("OPTIONAL") + outside.count("UNION") > 200:
        raise QueryRefused("the query has more than 200 OPTIONALs and UNIONs")
    words = set(outside)
    if "SERVICE" in words:
        raise QueryRefused("SERVICE would reach the network", "ask the graph alone")
    if "FROM" in words:
        raise QueryRefused("FROM would choose other graphs", "use --policy to choose what is asked")
    first = next((w for w in outside if w not in ("PREFIX", "BASE") and not w.endswith(":")), "")
    writing = sorted(words & _WRITING) if first not in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE") else []
    if writing:
        raise QueryRefused(
            f"{writing[0]} would change the graph", "only SELECT, ASK, CONSTRUCT and DESCRIBE are allowed"
        )
