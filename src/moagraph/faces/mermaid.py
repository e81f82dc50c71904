"""A drawing of a query's pattern for Mermaid: what is joined, what is optional, forbidden or computed.

Parameters are flags, columns of the answer are round, other variables are plain, fixed terms are boxed; a dotted
arrow is a value that is computed. The text is the same for the same query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from moagraph.faces.examples import without_header
from moagraph.names import PREFIXES, compact
from moagraph.pattern import Group, Path, pattern_of
from moagraph.query import Query

_TITLES = {
    "optional": "OPTIONAL",
    "branch": "EITHER",
    "union": "UNION",
    "minus": "MINUS",
    "exists": "EXISTS",
    "not exists": "NOT EXISTS",
    "select": "SELECT",
    "graph": "GRAPH",
    "service": "SERVICE",
}


def label(text: str) -> str:
    """Gives text as a quoted label, in which nothing is taken for Mermaid's own marks.

    >>> print(label('a|b "c" <d>'))
    "a#124;b #quot;c#quot; #lt;d#gt;"
    """
    marks = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "|": "#124;", "#": "#35;", "`": "#96;", "\\": "#92;"}
    return '"' + "".join(marks.get(c, " " if c in "\r\n\t" else c) for c in text) + '"'


def mermaid(query: Query) -> str:
    """Gives the drawing of a query's pattern, a flowchart from left to right."""
    return "\n".join(_Drawing(query).lines()) + "\n"


def gallery(queries: list[Query]) -> str:
    """Gives a Markdown page with the drawing of each query under its question."""
    parts = ["# The patterns of the named queries\n"]
    parts += [f"## {q.name}\n\n{q.asks}\n\n```mermaid\n{mermaid(q)}```\n" for q in queries]
    return "\n".join(parts)


class _Drawing:
    def __init__(self, query: Query) -> None:
        self.query = query
        self.pattern = pattern_of(without_header(query.text))
        self.nodes: dict[str, str] = {}
        self.groups = 0
        self.fixed = 0
        self.params = {f"?{p.name}" for p in query.params}
        self.columns = {f"?{c.name}" for c in query.columns}

    def lines(self) -> Iterator[str]:
        yield "flowchart LR"
        yield from self._group(self.pattern, "  ", "", {})
        yield "  classDef param stroke-width:3px"
        yield "  classDef column stroke-width:2px"
        for kind, names in (("param", self.params), ("column", self.columns - self.params)):
            of_kind = sorted((self.nodes[name] for name in names if name in self.nodes), key=lambda n: int(n[1:]))
            if of_kind:
                yield f"  class {','.join(of_kind)} {kind}"

    def _group(self, group: Group, indent: str, scope: str, outer: Mapping[str, str]) -> Iterator[str]:
        """Gives the lines of a group; each sub-select has variables of its own, but for those it hands out."""
        hidden, shown = scope, outer
        if group.kind == "select":
            hidden = f"{scope}s{self.groups}."
            shown = {variable: outer.get(variable, scope) for variable in group.projects}

        def name(term: str) -> str:
            return shown.get(term, hidden) + term

        for s in group.statements:
            start, made = self._node(name(s.subject), s.subject)
            yield from (f"{indent}{line}" for line in made)
            end, made = self._node(name(s.object), s.object)
            yield from (f"{indent}{line}" for line in made)
            words = s.predicate.text if isinstance(s.predicate, Path) else s.predicate
            yield f"{indent}{start} -->|{label(_plain(words))}| {end}"
        for c in group.computed:
            end, made = self._node(name(c.variable), c.variable)
            yield from (f"{indent}{line}" for line in made)
            for used in c.uses:
                if used == c.variable:
                    continue
                start, made = self._node(name(used), used)
                yield from (f"{indent}{line}" for line in made)
                yield f"{indent}{start} -.->|{label(c.how or 'AS')}| {end}"
        for used_by in group.filters:
            nodes = []
            # One variable against a constant joins nothing.
            for variable in used_by if len(used_by) > 1 else ():
                node, made = self._node(name(variable), variable)
                yield from (f"{indent}{line}" for line in made)
                nodes.append(node)
            for start, end in pairwise(nodes):
                yield f"{indent}{start} -.-|{label('FILTER')}| {end}"
        for inner in group.groups:
            self.groups += 1
            yield f"{indent}subgraph g{self.groups} [{label(_TITLES[inner.kind])}]"
            yield from self._group(inner, f"{indent}  ", hidden, shown)
            yield f"{indent}end"

    def _node(self, key: str, term: str) -> tuple[str, list[str]]:
        """Gives the id of a term's node, and the line that makes it where it is new; fixed terms are made anew."""
        if term.startswith("?"):
            if key in self.nodes:
                return self.nodes[key], []
            node = self.nodes[key] = f"v{len(self.nodes) + 1}"
            text = label(term)
            if key in self.params:
                return node, [f"{node}>{text}]"]
            return node, [f"{node}([{text}])" if key in self.columns else f"{node}({text})"]
        self.fixed += 1
        node = f"t{self.fixed}"
        return node, [f"{node}[{label(compact(term[1:-1]) if term.startswith('<') else term)}]"]


def _plain(path: str) -> str:
    """Gives a predicate without the angle brackets of IRIs that have no prefix."""
    return re.sub(r"<([^<>]*)>", r"\1", path).replace(PREFIXES["rdf"] + "type", "a")
