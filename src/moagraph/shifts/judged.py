"""What is derived under a policy, as judgements: of claims, of edges, and of the lines that count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as ox

from moagraph.names import PREFIXES, VOCAB, local_name, spaced

LINKS = ("supportedBy", "refutedBy", "nullIn", "inconclusiveIn")
"""Properties from what is judged to the lines that it is judged by."""

_ENDS = tuple(VOCAB + part for part in ("edgeSubject", "edgePredicate", "edgeObject"))
_TYPE = f"{PREFIXES['rdf']}type"


JUDGING = (
    *(
        VOCAB + name
        for name in (*LINKS, "admittedBy", "lineTier", "tier", "unresolved", "usesClaim", "usesLine", "verdict")
    ),
    *_ENDS,
    _TYPE,
)
"""The properties that judgements are made of; what else is derived follows from them, or is weighed beside them."""


class Judgement(NamedTuple):
    """Verdict and tier, as local names; empty where there is none. A tier that ends in `?` is unresolved."""

    verdict: str
    tier: str

    @property
    def text(self) -> str:
        """The judgement in words."""
        if not self.verdict:
            return "none"
        verdict = spaced(self.verdict)
        tier = self.tier.removeprefix("Tier").removesuffix("?")
        unresolved = ", unresolved" if self.tier.endswith("?") else ""
        return f"{verdict} (tier {tier}{unresolved})" if tier else verdict

    def to_dict(self) -> dict[str, str | bool | None]:
        """Gives the judgement as data."""
        return {
            "verdict": self.verdict or None,
            "tier": self.tier.removeprefix("Tier").removesuffix("?") or None,
            "unresolved": self.tier.endswith("?"),
        }


NONE = Judgement("", "")
"""Where nothing is judged."""

SHOWN = {"Supported": "plain edge", "Contested": "contested edge"}
"""The verdicts with which a derivation is an edge, and which edge."""


def change_of(old: str, new: str) -> str:
    """Gives in words what became of an edge.

    >>> change_of("plain edge", "contested edge")
    'plain edge becomes contested edge'
    """
    if old == new:
        return f"{new} of another tier"
    if old and new:
        return f"{old} becomes {new}"
    return f"{new} won" if new else f"{old} lost"


EdgeKey = tuple[str, str, str]
"""Subject, predicate and object."""


class Edge(NamedTuple):
    """A derivation: how it is judged, and by which claims and lines."""

    judgement: Judgement
    claims: frozenset[str]
    lines: frozenset[str]

    @property
    def shown(self) -> str:
        """What it is in the graph: a plain edge, a contested edge, or nothing."""
        return SHOWN.get(self.judgement.verdict, "")


NO_EDGE = Edge(NONE, frozenset(), frozenset())
"""Where nothing is derived."""


class Derived:
    """What is derived under one policy.

    Attributes:
        edges: derivations by their edge.
        claims: how claims are judged.
        used: by which lines claims are judged; lines that record readings of ambiguous wording are not among them.
        lines: the lines that the policy admits, each `Counted` with its tier.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        said: dict[str, dict[str, set[str]]] = {}
        for triple in triples:
            value = getattr(triple.object, "value", str(triple.object))
            node = said.setdefault(getattr(triple.subject, "value", ""), {})
            node.setdefault(triple.predicate.value, set()).add(value)
        self.edges: dict[EdgeKey, Edge] = {}
        self.claims: dict[str, Judgement] = {}
        self.used: dict[str, frozenset[str]] = {}
        self.lines: dict[str, Judgement] = {}
        for iri, node in said.items():

            def one(name: str, node: dict[str, set[str]] = node) -> str:
                return local_name(min(node.get(VOCAB + name, {""})))

            unsure = "?" if "true" in node.get(f"{VOCAB}unresolved", ()) else ""
            if f"{VOCAB}Derivation" in node.get(_TYPE, ()):
                subject, predicate, object_ = (min(node.get(end, {""})) for end in _ENDS)
                claims, lines = (frozenset(node.get(VOCAB + name, ())) for name in ("usesClaim", "usesLine"))
                judged = Judgement(one("verdict"), one("tier") + unsure)
                self.edges[subject, predicate, object_] = Edge(judged, claims, lines)
            elif f"{VOCAB}admittedBy" in node:
                self.lines[iri] = Judgement("Counted", one("lineTier") + unsure)
            elif f"{VOCAB}verdict" in node:
                self.claims[iri] = Judgement(one("verdict"), one("tier") + unsure)
                self.used[iri] = frozenset().union(*(node.get(VOCAB + link, ()) for link in LINKS))
