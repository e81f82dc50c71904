"""The pattern of a query as plain records: groups of triples, what is optional, forbidden or computed.

Read by rdflib's parser, whose parse tree nobody else touches. Terms are text: `?variable`, `<iri>`, or a literal as
SPARQL has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from moagraph.names import PREFIXES, compact

KINDS = {
    "string": "STR CONCAT REPLACE STRAFTER STRBEFORE SUBSTR UCASE LCASE ENCODE_FOR_URI LANG",
    "integer": "STRLEN YEAR MONTH DAY HOURS MINUTES",
    "boolean": "EXISTS NOTEXISTS BOUND CONTAINS STRSTARTS STRENDS LANGMATCHES REGEX isIRI isURI isBLANK isLITERAL "
    "isNUMERIC sameTerm",
    "iri": "IRI URI",
}
"""For each kind of value the functions that give it, as rdflib's parser names them."""


class Step(NamedTuple):
    """One step of a property path: a property, and whether it is walked from object to subject."""

    iri: str
    inverse: bool = False


class Path(NamedTuple):
    """A predicate or property path.

    Attributes:
        text: as people read it, with CURIEs.
        firsts: the steps that it can begin with; empty where that cannot be told.
        lasts: the steps that it can end with; empty where that cannot be told.
    """

    text: str
    firsts: frozenset[Step]
    lasts: frozenset[Step]


class Statement(NamedTuple):
    """A triple pattern; the predicate is a variable or a path."""

    subject: str
    predicate: str | Path
    object: str


class Computed(NamedTuple):
    """A variable that an expression gives, by BIND or in SELECT.

    Attributes:
        variable: with its `?`.
        uses: the variables of the expression, in order.
        kind: `string`, `integer`, `number`, `boolean`, `iri`, the variable that it passes on, or "" where unknown.
        how: the name of the outermost aggregate or function, for people.
    """

    variable: str
    uses: tuple[str, ...]
    kind: str
    how: str


@dataclass
class Group:
    """A group of a pattern.

    Attributes:
        kind: where, optional, union, branch, minus, exists, not exists, select, graph, or service.
        statements: its triple patterns.
        computed: what its BINDs and, for a select, its projection compute.
        groups: the groups in it, in order.
        given: variables that a VALUES block of it binds in every row.
        filters: for each FILTER without a pattern the variables that it compares.
        projects: for a select the variables that it hands on.
    """

    kind: str
    statements: list[Statement] = field(default_factory=list)
    computed: list[Computed] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    filters: list[tuple[str, ...]] = field(default_factory=list)
    projects: tuple[str, ...] = ()

    def walk(self) -> Iterator[Group]:
        """Gives this group and all below it."""
        yield self
        for group in self.groups:
            yield from group.walk()

    def bound(self) -> set[str]:
        """Gives the variables that are bound in every solution of the group."""
        found = set(self.given)
        for statement in self.statements:
            ends = (statement.subject, statement.object, statement.predicate)
            found |= {end for end in ends if isinstance(end, str) and end.startswith("?")}
        for group in self.groups:
            if group.kind == "union":
                found |= set.intersection(*(branch.bound() for branch in group.groups))
            elif group.kind in ("branch", "graph"):
                found |= group.bound()
            elif group.kind == "select":
                found |= group.bound() & set(group.projects)
        return found


@lru_cache(maxsize=256)
def pattern_of(text: str) -> Group:
    """Gives the pattern of a SELECT query; what its projection computes stands in the outermost group.

    It is read once for each text, since rdflib's parser takes its time, and is not to be changed.

    Raises:
        ValueError: rdflib cannot parse it.
    """
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        prologue, query = parseQuery(text)
    except (ParseBaseException, RecursionError) as error:
        raise ValueError(str(error)) from None
    declared = {str(p.prefix or ""): str(p.iri) for p in prologue if p.name == "PrefixDecl"}
    return _Reader({**PREFIXES, **declared}).select(query, "where")


class _Reader:
    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes

    def select(self, query: Any, kind: str) -> Group:
        group = self.group(query.where, kind)
        names = []
        for item in query.projection or []:
            if not hasattr(item, "items"):
                continue  # the star
            if item.evar is not None:
                group.computed.append(self.computed(f"?{item.evar}", item.expr))
            names.append(f"?{item.var if item.evar is None else item.evar}")
        group.projects = tuple(names)
        return group

    def group(self, tree: Any, kind: str) -> Group:
        if tree.name == "SubSelect":
            return self.select(tree, kind)
        group = Group(kind)
        for part in tree.part or []:
            self.part(part, group)
        return group

    def part(self, part: Any, group: Group) -> None:
        if part.name == "TriplesBlock":
            for run in part.triples:
                for i in range(0, len(run), 3):
                    subject, predicate, value = run[i : i + 3]
                    group.statements.append(Statement(self.term(subject), self.path(predicate), self.term(value)))
        elif part.name == "OptionalGraphPattern":
            group.groups.append(self.group(part.graph, "optional"))
        elif part.name == "MinusGraphPattern":
            group.groups.append(self.group(part.graph, "minus"))
        elif part.name in ("GraphGraphPattern", "ServiceGraphPattern"):
            group.groups.append(self.group(part.graph, part.name.removesuffix("GraphPattern").lower()))
        elif part.name == "GroupOrUnionGraphPattern":
            branches = [self.group(one, "select" if one.name == "SubSelect" else "branch") for one in part.graph]
            group.groups.append(branches[0] if len(branches) == 1 else Group("union", groups=branches))
        elif part.name == "Bind":
            group.computed.append(self.computed(f"?{part.var}", part.expr))
            group.groups += self.exists(part.expr)
        elif part.name == "Filter":
            inner = self.exists(part.expr)
            group.groups += inner
            uses = tuple(dict.fromkeys(self.variables(part.expr)))
            if len(uses) > 0:
                group.filters.append(uses)
        elif part.name == "InlineData":
            rows = part.value if isinstance(part.value[0], list) else [[v] for v in part.value]
            for i, variable in enumerate(part.var):
                if all(str(row[i]) != "UNDEF" for row in rows):
                    group.given.add(f"?{variable}")

    def exists(self, tree: Any) -> list[Group]:
        """Gives the groups of EXISTS and NOT EXISTS within an expression."""
        kinds = {"Builtin_EXISTS": "exists", "Builtin_NOTEXISTS": "not exists"}
        name = getattr(tree, "name", "")
        if name in kinds:
            return [self.group(tree.graph, kinds[name])]
        return [group for child in _children(tree) for group in self.exists(child)]

    def variables(self, tree: Any) -> Iterator[str]:
        """Gives the variables of an expression; those of patterns in it are none of its own."""
        from rdflib.term import Variable

        if isinstance(tree, Variable):
            yield f"?{tree}"
        elif getattr(tree, "name", "") not in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            for child in _children(tree):
                yield from self.variables(child)

    def term(self, tree: Any) -> str:
        from rdflib.term import BNode, URIRef, Variable

        if isinstance(tree, Variable):
            return f"?{tree}"
        if isinstance(tree, URIRef):
            return f"<{tree}>"
        if isinstance(tree, BNode):
            return f"?{tree}"
        if getattr(tree, "name", "") == "pname":
            return f"<{self.prefixes.get(str(tree.prefix or ''), '')}{tree.localname or ''}>"
        if getattr(tree, "name", "") == "literal":
            return f'"{tree.string}"' + (f"@{tree.lang}" if tree.lang else "")
        return str(tree)

    def path(self, tree: Any) -> str | Path:
        term = self.term(tree) if not getattr(tree, "name", "").startswith("Path") else ""
        if term.startswith("?"):
            return term
        if term:
            iri = term[1:-1]
            step = frozenset([Step(iri)])
            return Path("a" if iri == PREFIXES["rdf"] + "type" else compact(iri), step, step)
        return self.steps(tree)

    def steps(self, tree: Any) -> Path:
        if tree.name in ("PathAlternative", "PathSequence"):
            parts = [
                p if isinstance(p, Path) else Path(p, frozenset(), frozenset()) for p in map(self.path, tree.part)
            ]
            if len(parts) == 1:
                return parts[0]
            if tree.name == "PathSequence":
                return Path("/".join(p.text for p in parts), parts[0].firsts, parts[-1].lasts)
            known = all(p.firsts and p.lasts for p in parts)
            firsts = frozenset().union(*(p.firsts for p in parts)) if known else frozenset()
            lasts = frozenset().union(*(p.lasts for p in parts)) if known else frozenset()
            return Path("|".join(p.text for p in parts), firsts, lasts)
        inner = tree.part
        if getattr(inner, "name", "") == "PathNegatedPropertySet":
            return Path("!(…)", frozenset(), frozenset())
        path = self.path(inner)
        assert isinstance(path, Path)
        if tree.name == "PathEltOrInverse":
            turned = [frozenset(Step(s.iri, not s.inverse) for s in side) for side in (path.lasts, path.firsts)]
            return Path(f"^{path.text}", turned[0], turned[1])
        if tree.mod is None:
            return path
        text = f"({path.text})" if set(path.text) & set("/|") else path.text
        zero = tree.mod in ("*", "?")
        unknown: frozenset[Step] = frozenset()
        return Path(f"{text}{tree.mod}", unknown if zero else path.firsts, unknown if zero else path.lasts)

    def computed(self, variable: str, expression: Any) -> Computed:
        inner = _inner(expression)
        how = getattr(inner, "name", "").removeprefix("Builtin_").removeprefix("Aggregate_").upper()
        short = {"GROUPCONCAT": "GROUP_CONCAT", "NOTEXISTS": "NOT EXISTS"}.get(how, how)
        uses = tuple(dict.fromkeys(self.variables(expression)))
        return Computed(variable, uses, self.kind(expression), "" if short.endswith("EXPRESSION") else short)

    def kind(self, expression: Any) -> str:
        """Gives what kind of value an expression has, where its form tells."""
        from rdflib.term import Literal, Variable

        tree = _inner(expression)
        name = getattr(tree, "name", "")
        builtin = name.removeprefix("Builtin_")
        if isinstance(tree, Variable):
            return f"?{tree}"
        if isinstance(tree, Literal):
            datatype = str(tree.datatype or "").removeprefix(PREFIXES["xsd"])
            return {"": "string", "integer": "integer", "boolean": "boolean", "decimal": "number"}.get(datatype, "")
        if name == "literal":
            return "string"
        for kind, functions in KINDS.items():
            if builtin in functions.split():
                return kind
        if name == "Aggregate_Count":
            return "integer"
        if name == "Aggregate_GroupConcat":
            return "string"
        if name in ("Aggregate_Sum", "Aggregate_Avg"):
            return "number"
        if name in ("Aggregate_Min", "Aggregate_Max", "Aggregate_Sample"):
            return self.kind(tree.vars)
        if name in (
            "RelationalExpression",
            "ConditionalAndExpression",
            "ConditionalOrExpression",
        ):
            return "boolean"
        if name in ("AdditiveExpression", "MultiplicativeExpression"):
            return "number"
        if builtin == "IF":
            kinds = {self.kind(tree.arg2), self.kind(tree.arg3)}
        elif builtin == "COALESCE":
            kinds = {self.kind(one) for one in tree.arg}
        else:
            return ""
        return kinds.pop() if len(kinds) == 1 else ""


_WRAPPERS = (
    "ConditionalOrExpression",
    "ConditionalAndExpression",
    "RelationalExpression",
    "AdditiveExpression",
    "MultiplicativeExpression",
)


def _inner(tree: Any) -> Any:
    """Gives the expression inside the layers that rdflib's parser wraps around each."""
    while getattr(tree, "name", "") in _WRAPPERS and not tree.other:
        tree = tree.expr
    return tree


def _children(tree: Any) -> list[Any]:
    from rdflib.plugins.sparql.parserutils import CompValue

    # Not by what it has: pyparsing's results answer to every name.
    if isinstance(tree, CompValue):
        return [value for _, value in tree.items()]
    if isinstance(tree, str) or not hasattr(tree, "__iter__"):
        return []
    return list(tree)
