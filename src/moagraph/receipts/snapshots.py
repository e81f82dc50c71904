"""What is said of evidence lines and of what they rest on, as text, so that a later change can be named.

Of a line that is all but its note: stance, strength, claim, source, passages with their digests, findings with their
numbers, and the tier that the policy gives it. It rests on its claim, source, asserters, studies and references, and
through them on studies that those include, on publications that report them, and on sponsors. Labels, definitions and
notes are left out: they change no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pyoxigraph as ox

from moagraph import derived
from moagraph.lineage import PARTS, Nodes, quantities_of, statement_text
from moagraph.lineage.resting import FURTHER, NAMED, resting_on
from moagraph.names import PREFIXES, VOCAB
from moagraph.receipts.receipt import Snapshot

_SILENT = frozenset(
    {
        f"{PREFIXES['rdf']}type",
        f"{PREFIXES['rdfs']}label",
        f"{PREFIXES['rdfs']}isDefinedBy",
        *(f"{PREFIXES['skos']}{name}" for name in ("prefLabel", "altLabel", "definition", "example")),
        f"{VOCAB}note",
        *derived.PROPERTIES,
    }
) - {f"{VOCAB}lineTier", f"{VOCAB}unresolved"}
"""Properties that say nothing of evidence, or what was derived from it, but how a policy ranks a line."""

_OF_LINES = frozenset(VOCAB + name for name in ("passage", "unresolved"))
"""Properties that count for lines alone: other things' passages say where they were described."""

_OF_PASSAGES = frozenset(VOCAB + name for name in ("digest", "passageRole"))
"""What is kept of a passage: its name tells source, start and end."""

_REPORTS = f"{VOCAB}reports"


def snapshots_of(nodes: Nodes, lines: Iterable[str]) -> dict[str, Snapshot]:
    """Gives what is said of some evidence lines, and of all that they rest on, by IRI.

    Args:
        nodes: the graph.
        lines: the evidence lines.
    """
    wanted = sorted(set(lines))
    nodes.read(wanted)
    under = _under(nodes, wanted)
    things = set().union(*under.values()) if under else set()
    parts = {part for line in wanted for part in nodes.things(line, *PARTS)}
    nodes.read(parts | things)
    nodes.read({q for one in parts | things for q in quantities_of(nodes.of(one))})
    found = {}
    for line in wanted:
        stance = next(iter(nodes.things(line, "stance")), "")
        found[line] = Snapshot(line, stance, _said(nodes, line), tuple(sorted(under[line])))
    for thing in sorted(things):
        found[thing] = Snapshot(thing, "", _said(nodes, thing), ())
    return found


def _under(nodes: Nodes, lines: list[str]) -> dict[str, set[str]]:
    """Gives for each line the nodes that it rests on; what is looked at on the way is read a level at a time."""
    known: set[str] = set()
    here = {thing for line in lines for thing in nodes.things(line, *NAMED)}
    while here:
        known |= here
        nodes.read(here)
        nodes.read_into(_REPORTS, here)
        further = {thing for node in here for thing in nodes.things(node, *FURTHER, "reports")}
        here = further.union(*(nodes.into(_REPORTS, node) for node in here)) - known
    return {line: resting_on(line, nodes.things, partial(nodes.into, _REPORTS)) for line in lines}


def _said(nodes: Nodes, iri: str) -> tuple[str, ...]:
    """Gives the statements on a node, its findings, certainties and passages, and the quantities of all these."""
    line = nodes.is_line(iri)
    passages = set(nodes.things(iri, "passage")) if line else set()
    own = [iri, *nodes.things(iri, *PARTS)] if line else [iri]
    own += sorted({q for one in own for q in quantities_of(nodes.of(one))})
    return tuple(
        sorted(
            {
                statement_text(one, name, value)
                for one in own
                for name, values in nodes.of(one).items()
                if (name in _OF_PASSAGES if one in passages else name not in _SILENT)
                if line or name not in _OF_LINES
                for value in values
                if not isinstance(value, ox.BlankNode)
            }
        )
    )
