"""Builds a graph on an endpoint's own engine, so that the data may be larger than one machine's memory.

Files are read one after the other and sent; rules, policies and derivations run there, as queries and updates; shapes
are checked here, in batches of nodes. In memory there are the names of the files, the ontology, one file, one chunk
and one batch; what is known of each subject's place lies in a file.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, RDFS, SH

from moagraph.build import Derivation, about_policy, as_update, derivations_of, policies_of, queries_of
from moagraph.check import by_queries, shapes_of
from moagraph.corpus import Corpus, digest_of_sums, is_statement_file, paths_in, read_file
from moagraph.endpoint import Arrived, without_credentials
from moagraph.errors import EndpointFailed, NothingToCheck
from moagraph.findings import by_rules, by_shapes, rules_of, together
from moagraph.names import ASSERTED, VOCAB, compact, expand, policy_graph
from moagraph.placement import defined_twice, misplacements
from moagraph.places import Places
from moagraph.policy import Policy
from moagraph.remote.writing import Target, chunks
from moagraph.report import Finding, Report
from moagraph.store import Solutions, Triples, iri_term
from moagraph.validate import Validator
from moagraph.weigh import Evidence, Facts, weighed

BATCH = 200
"""How many nodes are judged by the shapes at once."""

MOST_NAMES = 20_000
"""Among how many names the nearest to a mistyped one is looked for."""

Progress = Callable[[str], None]


@dataclass
class Reading:
    """What is known of files that are read one at a time; it knows where things are said, as a Corpus does.

    Attributes:
        paths: each file by its name.
        findings: faults met while reading.
        digest: of the names and contents of all files.
        triples: how many were read.
    """

    paths: dict[str, Path]
    index: sqlite3.Connection
    findings: list[Finding] = field(default_factory=list)
    digest: str = ""
    triples: int = 0

    def corpus(self, name: str) -> Corpus:
        """Gives one file as a corpus."""
        return Corpus.of([read_file(name, self.paths[name])])

    def lines(self) -> Iterator[str]:
        """Reads all files that hold statements, and gives their triples as lines of N-Triples.

        Faults of the files are collected, and the place of each subject is noted, on the way.
        """
        for name in self.paths:
            if not is_statement_file(name):
                if name.startswith("data/"):
                    self.findings += misplacements(self.corpus(name))
                continue
            corpus = self.corpus(name)
            # What another file defined already is reported as that, not as misplaced too.
            self.findings += corpus.findings
            self.findings += [
                finding
                for finding in misplacements(corpus)
                if finding.code != "misplaced-subject" or not self._known(finding.subject)
            ]
            rows = [(subject, name) for subject in corpus.subjects]
            self.index.executemany("INSERT OR IGNORE INTO place VALUES (?, ?)", rows)
            for triple in dict.fromkeys(corpus.triples):
                self.triples += 1
                yield f"{triple} .\n"
        query = "SELECT a.subject, a.path, b.path FROM place a JOIN place b USING (subject) WHERE a.path < b.path"
        for subject, first, path in self.index.execute(f"{query} ORDER BY 1, 2, 3").fetchall():
            self.findings.append(defined_twice(self.corpus(path), subject, first, path))

    def _known(self, subject: str) -> bool:
        return self.index.execute("SELECT 1 FROM place WHERE subject = ?", (subject,)).fetchone() is not None

    def place(self, subject: str, predicate: str | None = None, value: str | None = None) -> tuple[str, int]:
        """Gives file and line of a statement, else of the predicate, else of the subject; ("", 0) if none."""
        rows = self.index.execute("SELECT path FROM place WHERE subject = ? ORDER BY path", (subject,)).fetchall()
        return self.corpus(rows[0][0]).place(subject, predicate, value) if rows else ("", 0)

    def names_like(self, curie: str) -> list[str]:
        """Gives the CURIEs of what is defined under the prefix of a CURIE; of all, where there is none under it.

        Of very many the first `MOST_NAMES`, in the order of their IRIs.
        """
        within = f"{expand(curie.partition(':')[0] + ':') or ''}*"
        for pattern in (within, "*"):
            query = f"SELECT DISTINCT subject FROM place WHERE subject GLOB ? ORDER BY 1 LIMIT {MOST_NAMES}"
            found = [compact(row[0]) for row in self.index.execute(query, (pattern,))]
            if found:
                break
        return found


def build_at(
    places: Places, target: Target, engine: str = "pyshacl", progress: Progress = lambda _: None
) -> tuple[Report, dict[str, int]]:
    """Builds the graph of these places on an endpoint; gives its report, and the triples of each graph.

    A build that was cut off goes on where it stopped sending. While it runs, and where the report has violations,
    `moagraph.open(endpoint=…)` refuses the endpoint: nothing is derived from data with violations.

    Args:
        places: the files.
        target: where the graph is built; SPARQL Update has to be possible there.
        engine: what validates against the shapes, one of `validate.ENGINES`.
        progress: told what is being done.

    Raises:
        NothingToCheck: there is no data, or no whole ontology.
        EndpointFailed: the endpoint refuses, or holds other than what was sent.
    """
    paths = dict(paths_in(places))
    if not any(name.startswith("data/") and name.endswith(".ttl") for name in paths):
        raise NothingToCheck(f"{places.data} holds no Turtle file", "name a folder that holds data/*/*.ttl")
    ontology = Corpus.of(read_file(name, path) for name, path in paths.items() if not name.startswith("data/"))
    shapes, rules = shapes_of(ontology), rules_of(ontology)
    policies, derivations = policies_of(ontology), derivations_of(ontology)
    if not (rules and policies and derivations and (None, RDF.type, SH.NodeShape) in shapes):
        raise NothingToCheck("the ontology lacks shapes, rules, policies or derivations")
    with tempfile.TemporaryDirectory() as folder:
        index = sqlite3.connect(Path(folder) / "places.db")
        index.execute("CREATE TABLE place (subject TEXT, path TEXT, PRIMARY KEY (subject, path)) WITHOUT ROWID")
        reading = Reading(paths, index)
        progress("digesting the files")
        reading.digest = digest_of_sums((name, read_file(name, path).sha256) for name, path in paths.items())
        _send(reading, target, policies, progress)
        findings = [*reading.findings, *by_queries(ontology, shapes, target.store)]
        progress("running the rules")
        unreadable = {f.path for f in findings if f.code == "query-syntax"}
        sound = [rule for rule in rules if f"ontology/rules/{rule.code}.rq" not in unreadable]
        shaped = _shaped(reading, target, shapes, engine, ontology.triples, progress)
        findings += together(by_rules(sound, target.store, reading), shaped)
        index.close()
    looked_at = {
        "files": len(paths),
        "triples": reading.triples,
        "claims": _members(target, f"{VOCAB}Claim"),
        "evidence lines": _members(target, f"{VOCAB}EvidenceLine"),
        "absences": _members(target, f"{VOCAB}Absence"),
        "shapes": len(set(shapes.subjects(RDF.type, SH.NodeShape))),
        "rules": len(rules),
        "query files": sum(1 for name in paths if name.endswith(".rq")),
    }
    report = Report(tuple(sorted(set(findings))), looked_at, reading.digest)
    counts = {ASSERTED: reading.triples}
    if not report.violations:
        queries_of(ontology)
        facts = Facts.of(target.store, policies[0].name)
        for policy in policies:
            progress(f"deriving under policy {policy.name}")
            counts[policy_graph(policy.name)] = _derive(target, policy, derivations, facts)
        target.note({graph: Arrived(_named(reading), count, count) for graph, count in counts.items()})
    return report, counts


def _named(reading: Reading) -> str:
    return f"files:{reading.digest}"


def _send(reading: Reading, target: Target, policies: Sequence[Policy], progress: Progress) -> None:
    """Sends what the files state; until all is derived, the graphs count as not arrived."""
    arrived = target.store.arrived()
    derived = {policy_graph(policy.name): Arrived(_named(reading), 0, None) for policy in policies}
    there = arrived.get(ASSERTED)
    if there is None or there.digest != _named(reading):
        there = Arrived(_named(reading), 0, None)
        target.note({ASSERTED: there, **derived})
        for graph in {ASSERTED, *arrived, *derived}:
            target.writer.drop(graph)
    else:
        target.note({ASSERTED: there, **derived})
    done = there.done
    for chunk in chunks(reading.lines(), done):
        target.writer.add(ASSERTED, chunk)
        done += len(chunk)
        target.note({ASSERTED: Arrived(_named(reading), done, None), **derived})
        progress(f"sent {done:,} triples")
    held = target.store.count(ASSERTED)
    # A statement that two files make is held once; each such subject is a finding.
    twice = any(finding.code == "defined-twice" for finding in reading.findings)
    if held != reading.triples and not twice:
        target.note({ASSERTED: Arrived("", 0, None), **derived})
        shown = without_credentials(target.store.url)
        raise EndpointFailed(f"{shown} holds {held:,} triples, not {reading.triples:,}", "build again")


def _shaped(
    reading: Reading,
    target: Target,
    shapes: rdflib.Graph,
    engine: str,
    ontology: Sequence[ox.Triple],
    progress: Progress,
) -> Iterator[tuple[Finding, tuple[str, str, str]]]:
    """Gives what the shapes find, batch by batch: a node is judged by its triples and the classes of its values."""
    validator = Validator(shapes, engine)
    wider = [t for t in ontology if t.predicate.value == str(RDFS.subClassOf)]
    judged = 0
    for kind in sorted(_classes(shapes, wider)):
        for batch in _batches(target, kind):
            terms = " ".join(iri_term(node) for node in batch)
            triples = list(wider)
            for what, pattern in (("?s ?p ?o", "?s ?p ?o"), ("?o a ?class", "?s ?p ?o . ?o a ?class")):
                query = f"CONSTRUCT {{ {what} }} WHERE {{ VALUES ?s {{ {terms} }} {pattern} }}"
                answer = target.store.over([ASSERTED], query)
                assert isinstance(answer, Triples)
                triples += answer
            wanted = {ox.NamedNode(node) for node in batch}
            results = [r for r in validator.results(list(dict.fromkeys(triples))) if r.focus in wanted]
            judged += len(batch)
            progress(f"judged {judged:,} nodes by their shapes")
            yield from by_shapes(shapes, results, reading)


def _classes(shapes: rdflib.Graph, wider: Sequence[ox.Triple]) -> set[str]:
    """Gives the classes that shapes judge, with all below them."""
    found = {str(target) for target in shapes.objects(None, SH.targetClass)}
    more = found
    while more:
        more = {
            t.subject.value
            for t in wider
            if isinstance(t.object, ox.NamedNode) and t.object.value in more and isinstance(t.subject, ox.NamedNode)
        } - found
        found |= more
    return found


def _batches(target: Target, kind: str) -> Iterator[list[str]]:
    """Gives the members of a class in order, some at a time.

    Raises:
        EndpointFailed: they are not as many as the endpoint counts; an engine that compares texts otherwise than it
            orders them would skip some, and nobody would judge them.
    """
    last, given, expected = "", 0, _members(target, kind)
    while True:
        query = (
            f"SELECT DISTINCT ?node WHERE {{ ?node a {iri_term(kind)} . FILTER (ISIRI(?node) && "
            f"STR(?node) > {ox.Literal(last)}) }} ORDER BY STR(?node) LIMIT {BATCH}"
        )
        answer = target.store.over([ASSERTED], query)
        assert isinstance(answer, Solutions)
        nodes = [node.value for (node,) in answer.rows if isinstance(node, ox.NamedNode)]
        if not nodes:
            break
        yield nodes
        last = nodes[-1]
        given += len(nodes)
    if given != expected:
        shown = without_credentials(target.store.url)
        raise EndpointFailed(
            f"{shown} gives {given:,} of {expected:,} members of {compact(kind)}", "build it elsewhere"
        )


def _members(target: Target, kind: str) -> int:
    """Gives how many nodes with a name a class has."""
    query = f"SELECT (COUNT(DISTINCT ?node) AS ?n) WHERE {{ ?node a {iri_term(kind)} . FILTER (ISIRI(?node)) }}"
    answer = target.store.over([ASSERTED], query)
    assert isinstance(answer, Solutions)
    return int(getattr(answer.rows[0][0], "value", 0))


def _derive(target: Target, policy: Policy, derivations: Sequence[Derivation], facts: Facts) -> int:
    """Fills the named graph of a policy by updates and by what is weighed here, and gives its number of triples."""
    graph = policy_graph(policy.name)
    target.writer.drop(graph)
    target.writer.add(graph, [f"{triple} .\n" for triple in about_policy(policy)])
    target.update.run(as_update(policy, graph))
    for derivation in derivations:
        target.update.run(as_update(derivation, graph))
    made = (f"{triple} .\n" for triple in weighed(Evidence.of(target.store, policy.name, facts)))
    for chunk in chunks(made, 0):
        target.writer.add(graph, chunk)
    return target.store.count(graph)
