"""Brings a built graph, with what is derived under each policy, to an endpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from moagraph.api import Graph
from moagraph.endpoint import Arrived, without_credentials
from moagraph.errors import EndpointFailed
from moagraph.names import ASSERTED, policy_graph
from moagraph.remote.writing import Target, chunks


def push(
    graph: Graph, target: Target, progress: Callable[[str], None] = lambda _: None, also: Sequence[Graph] = ()
) -> dict[str, int]:
    """Writes all graphs, and gives for each how many triples were sent: none where they were there already.

    A push that was cut off goes on where it stopped; a graph of other data is removed first. Until all has
    arrived, `moagraph.open(endpoint=…)` refuses the endpoint.

    Args:
        graph: what is brought.
        target: where to.
        progress: told what is being done.
        also: the same graph opened under policies of a user's own or combinations, whose graphs are brought too;
            others that are there, of an earlier push, are removed.

    Raises:
        EndpointFailed: the endpoint refuses, or holds in the end other than what was sent.
    """
    arrived = target.store.arrived()
    texts = {ASSERTED: [f"{triple} .\n" for triple in graph.asserted()]}
    for opened in (graph, *also):
        for name in map(policy_graph, opened.policies):
            if name not in texts:
                texts[name] = sorted(f"{triple} .\n" for triple in opened.store.quads(name))
    wanted = {name: _digest(lines) for name, lines in texts.items()}
    sent = dict.fromkeys(texts, 0)
    for name in [name for name in arrived if name not in texts]:
        # Derived under a policy that is no more. Noted first, so that nothing is said to be there that is not.
        del arrived[name]
        target.note(arrived)
        target.writer.drop(name)
    for name, lines in texts.items():
        there = arrived.get(name)
        if there is None or there.digest != wanted[name]:
            arrived[name] = Arrived(wanted[name], 0, len(lines))
            target.note(arrived)
            target.writer.drop(name)
    for name, lines in texts.items():
        done = arrived[name].done
        for chunk in chunks(lines, done):
            target.writer.add(name, chunk)
            done += len(chunk)
            sent[name] += len(chunk)
            arrived[name] = Arrived(wanted[name], done, len(lines))
            target.note(arrived)
            progress(f"{name.rpartition('moagraph/')[2]}: {done:,} of {len(lines):,} triples")
    for name, lines in texts.items():
        held = target.store.count(name)
        if held != len(lines):
            target.note(arrived | {name: Arrived("", 0, len(lines))})
            shown = without_credentials(target.store.url)
            raise EndpointFailed(f"{shown} holds {held:,} triples of {name}, not {len(lines):,}", "push again")
    return sent


def _digest(lines: list[str]) -> str:
    return f"sha256:{hashlib.sha256(''.join(lines).encode('utf-8')).hexdigest()}"
