"""How much a mechanism tells of the compounds that have it: its information content under a policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING

from moagraph.names import PREFIXES, VOCAB
from moagraph.weigh.evidence import Evidence, triple

if TYPE_CHECKING:
    import pyoxigraph as ox

_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
_HAS_MECHANISM = f"{VOCAB}hasMechanism"
_SUPPORTED = f"{VOCAB}Supported"


@cache
def millinats(having: int, compounds: int) -> int:
    """Gives the information content of a mechanism: -ln of the share of compounds that have it.

    Args:
        having: how many compounds have the mechanism or something narrower, at least one.
        compounds: how many compounds have any mechanism.

    **Unit**: thousandths of a nat, a whole number, so that sums are exact. The logarithm is that of decimal
    arithmetic, which its specification rounds correctly; that of C may differ from machine to machine.

    **Source**: Resnik 1995, with the share of annotated compounds as probability.

    >>> millinats(3, 21), millinats(21, 21)
    (1946, 0)
    """
    nats = _EXACT.ln(_EXACT.divide(Decimal(compounds), Decimal(having)))
    return int((nats * 1000).to_integral_value(ROUND_HALF_EVEN))


def nats(content: int) -> Decimal:
    """Gives thousandths of a nat as nats, without trailing zeros.

    >>> nats(1946), nats(700), nats(0), nats(20000)
    (Decimal('1.946'), Decimal('0.7'), Decimal('0'), Decimal('20'))
    """
    return Decimal(f"{Decimal(content).scaleb(-3).normalize(_EXACT):f}")


def having_mechanisms(evidence: Evidence) -> dict[str, set[str]]:
    """Gives for each mechanism, by IRI in order, the compounds that have it or something narrower by plain edges."""
    found: dict[str, set[str]] = defaultdict(set)
    for edge in evidence.derivations.values():
        if edge["edgePredicate"] == (_HAS_MECHANISM,) and edge.get("verdict") == (_SUPPORTED,):
            for mechanism in edge.get("impliesObject", ()):
                found[mechanism].update(edge["edgeSubject"])
    return dict(sorted(found.items()))


def informativeness(evidence: Evidence) -> Iterator[ox.Triple]:
    """Gives the information content of each mechanism that some compound has."""
    import pyoxigraph as ox

    having = having_mechanisms(evidence)
    compounds = len({compound for some in having.values() for compound in some})
    for mechanism, some in having.items():
        text = str(nats(millinats(len(some), compounds)))
        content = ox.Literal(text, datatype=ox.NamedNode(f"{PREFIXES['xsd']}decimal"))
        yield triple(mechanism, "informationContent", content)
