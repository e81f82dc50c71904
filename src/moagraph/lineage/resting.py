"""What evidence lines rest on beside what they say themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

NAMED = ("bearsOn", "statedIn", "assertedBy", "relayedBy", "fromStudy", "restsOn")
"""The properties of a line that lead to what it rests on."""

FURTHER = ("includesStudy", "sponsor")
"""The properties of that which lead on."""


def resting_on(
    line: str, things: Callable[..., Iterable[str]], reported_by: Callable[[str], Iterable[str]]
) -> set[str]:
    """Gives what a line rests on: its claim, source, asserters, studies and publications, and what those rest on.

    A study leads to studies that it includes, to its sponsors, and to the publications that report it. A publication
    leads to the studies that it reports only for a line that names no study itself.

    Args:
        line: the line.
        things: gives the things that some properties of a node lead to, by their local names.
        reported_by: gives the publications that report a study.
    """
    left = list(things(line, *NAMED))
    if not things(line, "fromStudy"):
        left += [study for reference in things(line, "restsOn") for study in things(reference, "reports")]
    reached: set[str] = set()
    while left:
        node = left.pop()
        if node not in reached:
            reached.add(node)
            left += [*things(node, *FURTHER), *reported_by(node)]
    return reached - {line}
