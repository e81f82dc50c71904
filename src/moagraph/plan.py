"""How a query is understood: its algebra as a tree, with the number of triples that each pattern matches alone.

The algebra is the SPARQL specification's, as rdflib translates it; engines reorder patterns within a group as they
like. The numbers are counted in the graph that is asked, so that a pattern that matches much, or nothing, is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.namespace import NamespaceManager
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from moagraph.names import ASSERTED, PREFIXES, compact, policy_graph
from moagraph.store import EmbeddedStore, Solutions, Store

_HIDDEN = {"_vars", "p", "p1", "p2", "part", "triples", "expr", "lazy", "datasetClause", "template", "graph"}


def plan(query: str, store: Store, policy: str) -> str:
    """Gives the explanation of a query as text.

    Args:
        query: SPARQL that the store can read; known prefixes need not be declared.
        store: where patterns are counted.
        policy: name of the policy of evidence.

    Raises:
        QuerySyntax: it is not SPARQL 1.1.
    """
    # Asked of nothing, a query is only read; the engine says line and column of a mistake, rdflib does not.
    EmbeddedStore(ox.Store()).evaluate(query, policy)
    foreign = getattr(store, "foreign", ())
    graphs = ", ".join(compact(graph) for graph in (ASSERTED, policy_graph(policy), *foreign))
    algebra = translateQuery(parseQuery(query), initNs=dict(PREFIXES)).algebra
    return "\n".join([f"default graph: {graphs}", *_lines(algebra, store, policy, 0)]) + "\n"


def _lines(node: Any, store: Store, policy: str, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(node, list):
        for part in node:
            yield from _lines(part, store, policy, depth)
        return
    if not isinstance(node, CompValue):
        return
    yield f"{pad}{_title(node)}".rstrip()
    for triple in _part(node, "triples") or ():
        yield f"{pad}  {_pattern(triple)}   # {_matching(triple, store, policy)}"
    for key in ("p", "p1", "p2", "part", "graph"):
        if key in node:
            yield from _lines(node[key], store, policy, depth + 1)
    for inner in _tests(_part(node, "expr")):
        yield f"{pad}  {'not exists' if 'NOT' in inner.name else 'exists'}:"
        yield from _lines(inner["graph"], store, policy, depth + 2)


def _part(node: CompValue, key: str) -> Any:
    """Gives a part of a node, or None; `CompValue.get` would evaluate it."""
    return node[key] if key in node else None  # noqa: SIM401 - see above


def _title(node: CompValue) -> str:
    words = [str(node.name)]
    if _part(node, "PV"):
        words.append(" ".join(f"?{v}" for v in node["PV"]))
    if node.name in ("Filter", "Extend", "LeftJoin", "OrderBy", "Group") and _part(node, "expr") is not None:
        words.append(_expression(node["expr"]))
    if node.name == "Extend":
        words.append(f"as ?{node['var']}")
    if node.name == "AggregateJoin":
        words.append(", ".join(_expression(a) for a in node["A"]))
    if node.name in ("Graph", "ServiceGraphPattern") and "term" in node:
        words.append(_term(node["term"]))
    if node.name == "ToMultiSet" and "var" in node:
        words.append(" ".join(f"?{v}" for v in node["var"]) + f", {len(_part(node, 'value') or [])} rows")
    if node.name == "Slice":
        words.append(f"from {node['start']}, {node['length']} rows")
    return " ".join(words)


def _tests(expression: Any) -> Iterator[CompValue]:
    """Gives the EXISTS and NOT EXISTS within an expression."""
    if isinstance(expression, list):
        for part in expression:
            yield from _tests(part)
    elif isinstance(expression, CompValue):
        if "EXISTS" in expression.name:
            yield expression
        else:
            for key in ("expr", "other", "arg", "arg1", "arg2", "arg3"):
                yield from _tests(_part(expression, key))


def _expression(expression: Any) -> str:
    if isinstance(expression, list):
        return ", ".join(_expression(part) for part in expression)
    if not isinstance(expression, CompValue):
        return _term(expression)
    name = str(expression.name).strip("_")
    if name == "RelationalExpression":
        return f"{_expression(expression['expr'])} {expression['op']} {_expression(expression['other'])}"
    if name in ("ConditionalAndExpression", "ConditionalOrExpression"):
        word = " && " if "And" in name else " || "
        return word.join(_expression(part) for part in (expression["expr"], *expression["other"]))
    if "EXISTS" in name:
        return "not exists (below)" if "NOT" in name else "exists (below)"
    if name == "OrderCondition":
        order = _part(expression, "order")
        return f"{order}({_expression(expression['expr'])})" if order else _expression(expression["expr"])
    inner = [_expression(v) for k, v in expression.items() if k not in _HIDDEN | {"res"} and v not in (None, [])]
    if "expr" in expression:
        inner.insert(0, _expression(expression["expr"]))
    text = f"{name.replace('Builtin_', '').replace('Aggregate_', '')}({', '.join(inner)})"
    return f"{text} as ?{expression['res']}" if "res" in expression else text


@cache
def _names() -> NamespaceManager:
    manager = NamespaceManager(rdflib.Graph(bind_namespaces="none"), bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        manager.bind(prefix, namespace)
    return manager


def _term(term: Any) -> str:
    if isinstance(term, rdflib.Variable):
        return f"?{term}"
    if isinstance(term, rdflib.URIRef):
        return compact(str(term))
    if isinstance(term, PropertyPath):
        return str(term.n3(_names()))
    return str(term.n3()) if isinstance(term, rdflib.term.Node) else str(term)


def _pattern(triple: Any) -> str:
    return " ".join(_term(part) for part in triple)


def _matching(triple: Any, store: Store, policy: str) -> str:
    if isinstance(triple[1], PropertyPath):
        return "a path"
    terms = (term.n3() if not isinstance(term, rdflib.BNode) else f"?{term}" for term in triple)
    answer = store.answer(f"SELECT (COUNT(*) AS ?n) WHERE {{ {' '.join(terms)} }}", policy)
    assert isinstance(answer, Solutions)
    return f"{int(getattr(answer.rows[0][0], 'value', 0)):,} triples"
