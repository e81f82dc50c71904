"""Two versions compared in words: what was stated or withdrawn, what follows from it, and which answers change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moagraph.diff.answers import AnswerChange, answered, rewordings
from moagraph.diff.bump import Bump, bump_of
from moagraph.diff.causes import Causes
from moagraph.diff.changes import Change, Changes
from moagraph.diff.judged import PolicyChanges, judged
from moagraph.diff.sides import Side, side_at
from moagraph.errors import CannotCompare, UnknownFormat, UnknownPolicy
from moagraph.policy import Chosen, is_plain

DEFAULT_POLICY = "stated"


@dataclass(frozen=True)
class Difference:
    """All that differs between two versions.

    Attributes:
        old, new: the sides.
        policy: the policy that answers are under.
        changes: claims, absences, things, terms and passages, with their parts, in order.
        policies: what changed of what each policy derives, for the policies that both sides have.
        answers: the queries of which answers changed.
        bump: what it means for the version number of the data.
        compared: how much was looked at, in the order to print.
    """

    old: Side
    new: Side
    policy: str
    changes: tuple[Change, ...]
    policies: tuple[PolicyChanges, ...]
    answers: tuple[AnswerChange, ...]
    bump: Bump
    compared: dict[str, int]

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes or self.answers or any(p.differs for p in self.policies))

    def to_json(self) -> str:
        """Gives all differences as JSON, however many they are."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Gives all differences as data."""

        def side(side: Side) -> dict[str, Any]:
            return {"name": side.name, "kind": side.kind, "triples": side.triples, "notes": list(side.notes)}

        return {
            "old": side(self.old),
            "new": side(self.new),
            "differs": self.differs,
            "policy": self.policy,
            "changes": [change.to_dict() for change in self.changes],
            "policies": {changed.policy: changed.to_dict() for changed in self.policies},
            "answers": [change.to_dict() for change in self.answers],
            "version": {"bump": self.bump.level, "because": list(self.bump.reasons)},
            "compared": self.compared,
        }

    def to(self, format: str, *, everything: bool = False) -> str:
        """Gives the differences in a named format: text, markdown or json.

        Args:
            format: the name.
            everything: lists all, where text and markdown else list the first of many.

        Raises:
            UnknownFormat: the format is not one of `FORMATS`.
        """
        from moagraph.diff.words import told

        if format not in FORMATS:
            raise UnknownFormat(format, FORMATS)
        return (
            self.to_json() if format == "json" else told(self, markdown=format == "markdown", everything=everything)
        )


FORMATS = ("text", "markdown", "json")
EXTENSIONS = {".txt": "text", ".md": "markdown", ".json": "json"}
"""The format that a file's extension means."""


def diff(
    old: str | Path,
    new: str | Path,
    policy: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Difference:
    """Compares two versions: project folders, releases, or files of an export.

    Args:
        old: where the old version lies.
        new: where the new one lies.
        policy: the policy that answers are under, as `moagraph.open` takes it; `stated` where both sides have it.
            What a side does not hold of it is derived.
        progress: told what is being done.

    Raises:
        BadPolicy, AdmitsNothing: a policy of your own cannot be used, or no evidence line counts under it.
        CannotCompare: a side is no version of the graph, or its data has violations.
        InputUnreadable: a side cannot be read.
        UnknownPolicy: the sides do not both have the policy.
    """
    say = progress or (lambda _: None)
    chosen = Chosen.of(policy) if policy is not None and not is_plain(policy) else None
    name = chosen.name if chosen is not None else policy
    return between(side_at(Path(old), say, chosen), side_at(Path(new), say, chosen), name, say)


def between(before: Side, after: Side, policy: str | Path | None, say: Callable[[str], None]) -> Difference:
    """Compares two sides that were read: see `diff`."""
    shared = [name for name in before.policies if name in after.policies]
    if not shared:
        raise CannotCompare("the two sides have no policy in common", "export them with the same policy")
    asked = str(policy or "") or (DEFAULT_POLICY if DEFAULT_POLICY in shared else shared[0])
    if asked not in shared:
        raise UnknownPolicy(asked, shared)
    say("comparing what is stated")
    changes = Changes(before, after, asked)
    causes = Causes(changes, shared)
    policies = tuple(judged(before, after, name, changes, causes) for name in shared)
    compared = {
        "statements": max(before.triples, after.triples),
        "claims": max(before.number("Claim"), after.number("Claim")),
        "evidence lines": max(before.number("EvidenceLine"), after.number("EvidenceLine")),
        "policies": len(policies),
        "verdicts": sum(changed.compared["verdicts"] for changed in policies),
        "edges": sum(changed.compared["edges"] for changed in policies),
    }
    if not compared["statements"]:
        raise CannotCompare("there is nothing on either side", "name versions that hold statements")
    answers: tuple[AnswerChange, ...] = ()
    if changes.roots or any(changed.differs for changed in policies) or rewordings(before, after):
        edges = next(changed.edges for changed in policies if changed.policy == asked)
        answers, asked_for = answered(before, after, asked, causes, edges, say)
        compared |= asked_for
    return Difference(before, after, asked, changes.roots, policies, answers, bump_of(changes.roots), compared)
