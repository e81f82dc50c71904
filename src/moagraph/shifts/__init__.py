"""What is judged otherwise: between two policies of evidence, or where studies, publications or sources are lost.

Both compare two states of judgement over the same claims. A shift is a verdict of a claim that changes, a plain or
contested edge that is won, lost or changes its tier, a mechanism that two compounds share or no longer share, or a
cell of a side-by-side table whose values change; each names the evidence lines responsible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from moagraph.errors import InputTooLarge
from moagraph.library import Library
from moagraph.names import ASSERTED, PREFIXES, policy_graph
from moagraph.policy import Policy
from moagraph.shifts.answer import EXTENSIONS, FORMATS, Shifts, WhatIf
from moagraph.shifts.between import Between
from moagraph.shifts.losses import Lost, loss_of, named
from moagraph.shifts.shift import Bearing, Shift, Standing
from moagraph.shifts.states import State
from moagraph.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from moagraph.build import Derivation

__all__ = [
    "EXTENSIONS",
    "FORMATS",
    "MOST_TRIPLES",
    "Bearing",
    "Lost",
    "Shift",
    "Shifts",
    "Standing",
    "WhatIf",
    "policy_diff",
    "what_if",
]

MOST_TRIPLES = 200_000
"""How much may be asserted at an endpoint that is read into memory; each triple takes about 2 kB."""


def policy_diff(old: Library, new: Library, summaries: tuple[str, str] = ("", "")) -> Shifts:
    """Gives what is judged otherwise under another policy.

    Args:
        old: a store, and the policy to compare with; an endpoint is read into memory first.
        new: the other policy, over the same claims, in the same store or in one of its own.
        summaries: what each policy counts, in words.

    Raises:
        InputTooLarge: an endpoint holds more than can be read into memory.
    """
    if not isinstance(old.store, EmbeddedStore) and old.store is new.store:
        store = _in_memory(old.store, [old.policy, new.policy])
        old, new = (Library({}, store, library.policy) for library in (old, new))
    else:
        old, new = (_embedded(library) for library in (old, new))
    before = State(old)
    between = Between(before, State(new, before.asserted, before))
    return Shifts.of(between, summaries)


def what_if(
    library: Library,
    without: Iterable[str],
    others: Lost,
    admitting: Sequence[str],
    summary: str,
    derivations: Sequence[Derivation],
) -> WhatIf:
    """Gives what would be judged otherwise if studies, publications, sources, agents or lines were lost.

    The policy and all derivations are run again over what is left, so the answer is exact.

    Args:
        library: a store, and the policy; an endpoint is read into memory first.
        without: names of references, studies, sources, agents and evidence lines that are lost.
        others: names of what is lost by what it is lost as.
        admitting: the queries that must all admit a line, for the policy to count it.
        summary: what the policy counts, in words.
        derivations: what derives verdicts and edges, in order.

    Raises:
        UnknownThing, AmbiguousThing: a name names nothing, or several things.
        InputTooLarge: an endpoint holds more than can be read into memory.
    """
    from moagraph.build import derive

    before = State(_embedded(library))
    loss = loss_of(before, named(before, without, others))
    left = before.asserted.without(loss.nodes) if loss.nodes else before.asserted
    store = ox.Store()
    graph = ox.NamedNode(ASSERTED)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in left.triples)
    lines = set.intersection(*(_admitted(store, query) for query in admitting))
    policy = Policy(library.policy, summary, "")
    derive(store, policy, derivations, lines=sorted(lines, key=str), weighing=False)
    after = State(Library({}, EmbeddedStore(store), library.policy), left, before)
    return WhatIf.after(Between(before, after), summary, loss)


def _admitted(store: ox.Store, query: str) -> set[ox.NamedNode]:
    rows = store.query(query, prefixes=dict(PREFIXES), default_graph=[ox.NamedNode(ASSERTED)])
    assert isinstance(rows, ox.QuerySolutions)
    return {line for row in rows if isinstance(line := row["line"], ox.NamedNode)}


def _embedded(library: Library) -> Library:
    if isinstance(library.store, EmbeddedStore):
        return library
    return Library({}, _in_memory(library.store, [library.policy]), library.policy)


def _in_memory(store: Store, policies: list[str]) -> EmbeddedStore:
    """Reads what an endpoint holds of the graph into memory."""
    number = store.count(ASSERTED)
    if number > MOST_TRIPLES:
        raise InputTooLarge(
            f"the endpoint holds {number:,} asserted triples, and at most {MOST_TRIPLES:,} are read into memory",
            "name the project folder that it was pushed from with --root, instead of --endpoint",
        )
    memory = ox.Store()
    for name in (ASSERTED, *map(policy_graph, dict.fromkeys(policies))):
        graph = ox.NamedNode(name)
        memory.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in store.quads(name))
    return EmbeddedStore(memory)
