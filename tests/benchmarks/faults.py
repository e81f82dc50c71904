"""Faults to plant into a generated graph: each is one mistake that a curator could make, and gives one finding.

A fault comes with a mechanism, a document and a claim of its own, so that it disturbs nothing else. The list of what
is planted says which finding must be reported, by its code and its subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from world import Node, Piece, Statement, text

from moagraph.names import BASE


@dataclass
class Fault:
    """A fault, the finding it must give, and the nodes it consists of.

    Attributes:
        code: the code of the finding.
        number: which of those planted it is; part of the names of its nodes.
        subject: IRI of the subject of the finding.
    """

    code: str
    number: int
    subject: str = ""
    nodes: dict[str, Node] = field(default_factory=dict, repr=False)
    """By role: mechanism, source, agent, compound, claim, line, passage, and what the fault adds."""

    def __post_init__(self) -> None:
        name = f"planted-{self.number}"
        document = f"{name}-page"
        passage = f"passage:{document}_0-40"
        claim = f"{name}_has-mechanism_{name}-increase"
        label = name.replace("-", " ")

        def names(label: str) -> list[Statement]:
            return [("skos:prefLabel", (text(label),)), ("skos:definition", (text(f"A planted {label}."),))]

        def node(role: str, subject: str, *said: tuple[str, str]) -> None:
            self.nodes[role] = Node(subject, [(p, (o,)) for p, o in said])

        self.nodes["agent"] = Node(
            f"agent:{name}", [("a", ("moa:Agent",)), *names(label), ("moa:kind", ("moa:Website",))]
        )
        self.nodes["compound"] = Node(
            f"compound:{name}", [("a", ("moa:Compound",)), *names(label), ("moa:kind", ("moa:Peptide",))]
        )
        self.nodes["target"] = self.concept("target", name, label, "Target")
        self.nodes["mechanism"] = self.concept("mechanism", f"{name}-increase", f"{label} increase", "Mechanism")
        self.nodes["mechanism"].statements[3:3] = [
            ("moa:actsOn", (f"target:{name}",)), ("moa:sign", ("moa:SignIncreases",)),
        ]  # fmt: skip
        self.nodes["source"] = Node(
            f"source:{document}",
            [
                ("a", ("moa:Source",)), *names(f"{label} page"), ("moa:file", (text(f"{document}.txt", ""),)),
                ("moa:characters", ("5000",)), ("moa:sha256", (text(f"{self.number:064x}", ""),)),
            ],
        )  # fmt: skip
        node(
            "claim", f"claim:{claim}", ("a", "moa:Claim"), ("moa:subject", f"compound:{name}"),
            ("moa:predicate", "moa:hasMechanism"), ("moa:object", f"mechanism:{name}-increase"),
        )  # fmt: skip
        node(
            "line", f"evidence:{claim}_1", ("a", "moa:EvidenceLine"), ("moa:bearsOn", f"claim:{claim}"),
            ("moa:stance", "moa:Supports"), ("moa:statedIn", f"source:{document}"), ("moa:passage", passage),
            ("moa:system", "moa:SystemNotStated"), ("moa:strength", "moa:Asserted"),
            ("moa:assertedBy", f"agent:{name}"),
        )  # fmt: skip
        node(
            "passage", passage, ("a", "moa:Passage"), ("moa:inSource", f"source:{document}"), ("oa:start", "0"),
            ("oa:end", "40"), ("moa:digest", text("0123456789abcdef", "")),
        )  # fmt: skip
        role = KINDS[self.code](self)
        self.subject = _iri(self.nodes[role].subject)

    def concept(self, kind: str, name: str, label: str, class_name: str) -> Node:
        """Gives a concept of a kind that no other is broader than."""
        said = [
            ("a", (f"moa:{class_name}", "skos:Concept")), ("skos:prefLabel", (text(label),)),
            ("skos:definition", (text(f"A planted {kind}."),)), ("skos:topConceptOf", (f"scheme:{kind}s",)),
            ("skos:inScheme", (f"scheme:{kind}s",)),
        ]  # fmt: skip
        return Node(f"{kind}:{name}", said)

    # What a fault does to the nodes

    def drop(self, role: str, *predicates: str) -> str:
        """Removes statements of a node; gives the role."""
        node = self.nodes[role]
        node.statements[:] = [(p, o) for p, o in node.statements if p not in predicates]
        return role

    def put(self, role: str, predicate: str, *objects: str) -> str:
        """Sets the objects of a predicate of a node; gives the role."""
        said = self.nodes[role].statements
        at = next((i for i, (p, _) in enumerate(said) if p == predicate), len(said))
        said[at : at + 1] = [(predicate, objects)]
        return role

    def copy(self, role: str, subject: str) -> str:
        """Adds a node that says the same as another; gives its role."""
        self.nodes[f"second {role}"] = Node(subject, list(self.nodes[role].statements))
        return f"second {role}"

    def quantity(self, *said: tuple[str, str]) -> str:
        """Adds a finding with a quantity to the line; gives the role of the quantity."""
        name = self.nodes["line"].subject.partition(":")[2]
        found: list[Statement] = [("a", ("moa:Quantity",)), *((p, (o,)) for p, o in said)]
        found += [("moa:unit", (text("1", ""),)), ("moa:asReported", (text("some", ""),))]
        self.nodes["quantity"] = Node(f"quantity:{name}.1", found)
        self.nodes["finding"] = Node(
            f"finding:{name}.1",
            [("a", ("moa:Finding",)), ("moa:measure", ("moa:RiskRatio",)), ("moa:estimate", (f"quantity:{name}.1",))],
        )
        self.put("line", "moa:finding", f"finding:{name}.1")
        return "quantity"

    def rename_passage(self, start: int, end: int) -> str:
        """Moves the passage to other offsets, under the name that belongs to them; gives its role."""
        old = self.nodes["passage"]
        new = Node(f"{old.subject.rpartition('_')[0]}_{start}-{end}", old.statements)
        self.nodes["passage"] = new
        self.put("passage", "oa:start", str(start))
        self.put("passage", "oa:end", str(end))
        self.put("line", "moa:passage", new.subject)
        return "passage"

    def pieces(self) -> Iterator[Piece]:
        """Gives the files of the fault."""
        inside = []
        for node in self.nodes.values():
            kind, _, name = node.subject.partition(":")
            if kind in ("agent", "compound", "condition", "mechanism", "source", "target"):
                yield Piece(f"data/{kind}/{name}.ttl", f"{name}: {kind}.", [node])
            else:
                inside.append(node)
        name = f"planted-{self.number}"
        yield Piece(f"data/claim/{name}/mechanisms.ttl", f"{name}: claims on mechanisms.", inside)


def _iri(curie: str) -> str:
    return BASE + curie.replace(":", "/", 1)


def _ring(fault: Fault) -> str:
    """Two mechanisms, each broader than the other; the first by its IRI is reported."""
    fault.copy("mechanism", f"{fault.nodes['mechanism'].subject}-late")
    one, other = fault.nodes["mechanism"], fault.nodes["second mechanism"]
    fault.put("second mechanism", "skos:prefLabel", text(f"planted {fault.number} late increase"))
    for role, above in (("mechanism", other), ("second mechanism", one)):
        fault.drop(role, "skos:topConceptOf")
        fault.put(role, "skos:broader", above.subject)
    return "mechanism"


def _changed_sign(fault: Fault) -> str:
    fault.copy("mechanism", f"{fault.nodes['mechanism'].subject}-late")
    fault.put("second mechanism", "skos:prefLabel", text(f"planted {fault.number} late decrease"))
    fault.put("second mechanism", "moa:sign", "moa:SignDecreases")
    fault.drop("second mechanism", "skos:topConceptOf")
    return fault.put("second mechanism", "skos:broader", fault.nodes["mechanism"].subject)


def _second_claim(fault: Fault) -> str:
    role = fault.copy("claim", f"{fault.nodes['claim'].subject}_again")
    fault.copy("line", f"{fault.nodes['claim'].subject.replace('claim:', 'evidence:')}_again_1")
    fault.put("second line", "moa:bearsOn", fault.nodes[role].subject)
    return role


def _shared_label(fault: Fault) -> str:
    return fault.copy("compound", f"{fault.nodes['compound'].subject}-twin")


def _no_evidence(fault: Fault) -> str:
    del fault.nodes["line"], fault.nodes["passage"]
    return "claim"


def _p_value(fault: Fault) -> str:
    role = fault.quantity(("moa:amount", "1.7"))
    fault.nodes["finding"].statements[-1] = ("moa:pValue", (fault.nodes[role].subject,))
    return role


def _on_condition(fault: Fault, predicate: str) -> str:
    """Makes the claim one on a condition, which its predicate is said of."""
    name = f"planted-{fault.number}"
    fault.nodes["condition"] = fault.concept("condition", name, name.replace("-", " "), "Condition")
    fault.put("condition", "moa:kind", "moa:Disease")
    fault.put("claim", "moa:object", f"condition:{name}")
    return fault.put("claim", "moa:predicate", predicate)


def _measured(*parts: tuple[str, str]) -> Callable[[Fault], str]:
    """Gives a fault of a line that reports a quantity of these parts."""
    return lambda fault: fault.quantity(*parts)


_BOUNDS = (("moa:lowerBound", "0.9"), ("moa:upperBound", "0.4"))
_INTERVAL = (("moa:boundsKind", "moa:ConfidenceInterval"), ("moa:confidenceLevel", "95.0"))

KINDS: dict[str, Callable[[Fault], str]] = {
    "authorisation-without-jurisdiction": lambda f: _on_condition(f, "moa:authorisedFor"),
    "bounds-without-kind": _measured(("moa:lowerBound", "0.4"), ("moa:upperBound", "0.9")),
    "broader-changes-sign": _changed_sign,
    "claim-predicate": lambda f: f.put("claim", "moa:predicate", "moa:qualifier"),
    "claim-without-evidence": _no_evidence,
    "concept-without-scheme": lambda f: f.drop("mechanism", "skos:inScheme"),
    "cycle-in-hierarchy": _ring,
    "dangling-reference": lambda f: f.put("line", "moa:restsOn", f"reference:nobody-{f.number}"),
    "duplicate-claim": _second_claim,
    "duplicate-line": lambda f: f.copy("line", f"{f.nodes['line'].subject.removesuffix('_1')}_2"),
    "effect-without-direction": lambda f: _on_condition(f, "moa:affects"),
    "evidence-line-closed": lambda f: f.put("line", "moa:level", "moa:LowCertainty"),
    "evidence-line-stance": lambda f: f.drop("line", "moa:stance"),
    "interval-excludes-estimate": _measured(
        ("moa:amount", "2.0"), ("moa:lowerBound", "0.4"), ("moa:upperBound", "0.9"), *_INTERVAL
    ),
    "interval-reversed": _measured(*_BOUNDS, *_INTERVAL),
    "interval-without-level": _measured(("moa:lowerBound", "0.4"), ("moa:upperBound", "0.9"), _INTERVAL[0]),
    "mechanism-without-target": lambda f: f.drop("mechanism", "moa:sign"),
    "object-of-wrong-kind": lambda f: f.put("claim", "moa:object", f"target:planted-{f.number}"),
    "p-out-of-range": _p_value,
    "passage-digest": lambda f: f.put("passage", "moa:digest", text("not a digest", "")),
    "passage-misnamed": lambda f: f.put("passage", "oa:end", "41"),
    "passage-past-end": lambda f: f.rename_passage(4990, 5010),
    "passage-too-long": lambda f: f.rename_passage(0, 700),
    "quantity-without-number": _measured(),
    "shared-label": _shared_label,
    "species-contradicts-system": lambda f: (
        f.put("line", "moa:species", "moa:Rat") and f.put("line", "moa:system", "moa:Human")
    ),
    "untyped-concept": lambda f: f.put("mechanism", "a", "moa:Mechanism"),
}  # fmt: skip
"""Kinds of faults by the code of their finding: each changes the nodes, and gives the role of its subject."""


def plant(number: int) -> list[Fault]:
    """Gives this many faults, of each kind in turn."""
    codes = list(KINDS)
    return [Fault(codes[i % len(codes)], i) for i in range(number)]
