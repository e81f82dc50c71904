"""What only the build may state: the properties, classes and nodes that are derived, and never written by hand.

The rule `hand-written-edge` forbids them in data; a test holds the two together.
"""

from __future__ import annotations

from moagraph.names import BASE, VOCAB

_PROPERTIES = """
    advises affects assessedAs authorisedFor availableFrom belongsTo beneficialInModels bindsReceptor
    bindsReceptorOrNarrower comparedWith contains contraindicatedIn declares derivedFrom developedBy givenBy
    hasMechanism hasMechanismOrNarrower hasPreparation hasPrice hasProperty hasRegimen hasStatus hasStopRule
    improves interactsWith madeBy madeFrom manufacturedBy memberOf monitoredBy similarTo studiedFor usedFor
    yields
    admittedBy alsoDiffersIn blankIn contradictionKind countedWith counts coveredArea dataSetCount differsIn
    edgeObject edgePredicate edgeSubject explanation fewestStudies flipOf impliesObject includedCount
    inclusionCount inconclusiveIn independentCount informationContent keptBy laboratoryCount lineCount lineTier
    listMissing narrowerIn nullIn opposingLine oppositionTally pooledLine recordedWith refutedBy review
    reviewOverlap sponsorCount studyBehind studyCount supportTally supportedBy supportedIn supportingLine tier
    uncounted uncountedBecause uncountedStudy underPolicy unresolved usesClaim usesLine verdict withoutStudy
    wouldBe
"""
_OF_RECEIPTS = """
    askedApart bearingLine columnType dataDigest hasColumn hasParameter hasRow numberOfRows ownDataDigest
    policyDigest policyName position queryDigest queryName queryText recordedDigest recordedStance
    recordedStatement restsOnJudgement rulesDigest unproven
"""
PROPERTIES = frozenset(f"{VOCAB}{name}" for name in (*_PROPERTIES.split(), *_OF_RECEIPTS.split()))
"""IRIs of derived properties, and of those that receipts alone have."""

CLASSES = frozenset(
    f"{VOCAB}{name}"
    for name in (
        "AnswerColumn",
        "AnswerRow",
        "AskedParameter",
        "ContestedEdge",
        "Contradiction",
        "Derivation",
        "Flip",
        "Indication",
        "Policy",
        "Receipt",
        "ReviewOverlap",
        "Snapshot",
        "Tally",
        "UncountedStudy",
    )
)
"""IRIs of classes whose members are derived or parts of receipts, or to which being derived adds members."""

KINDS = ("contradiction", "derivation", "flip", "graph", "policy", "receipt", "tally")
"""The kinds of derived nodes."""

NODES = tuple(f"{BASE}{kind}/" for kind in KINDS)
"""How their IRIs begin."""
