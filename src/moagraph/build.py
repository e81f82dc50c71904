"""Corpus and Report become a Store: policies, derivations, and an immutable generation on disk.

A generation is a folder named by the digest of what it was built from. It is written beside the others under
another name, verified, and put in place by one rename, so that a reader never sees half of one; what was there
before stays usable. Its `manifest.json` holds counts, the policies, and the headers of the queries, so that a
later `ask` parses neither Turtle nor YAML.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from moagraph.errors import DataHasFindings, NothingToCheck, OutputFailed
from moagraph.names import ASSERTED, PREFIXES, VOCAB, policy_graph
from moagraph.places import (
    LAYOUT,
    MANIFEST,
    Places,
    cache,
    checkpoint,
    generation_name,
    known_generation,
    listing_of,
    manifest_of,
    remember,
)
from moagraph.policy import Chosen, Policy, Terms, admitted
from moagraph.query import Query, bind, header_of, opening_of

if TYPE_CHECKING:
    import pyoxigraph as ox

    from moagraph.corpus import Corpus
    from moagraph.report import Report
    from moagraph.weigh import Facts

Progress = Callable[[str], None]


def _quiet(_: str) -> None:
    """Reports nothing."""


RULES = "rules.json"
"""The file in a generation that says how what follows under a policy is derived."""


class Derivation(NamedTuple):
    """A CONSTRUCT query that derives triples under a policy; lower `order` runs first and is seen by the later."""

    name: str
    order: int
    makes: str
    text: str


class Rules(NamedTuple):
    """How what follows under a policy is derived.

    Attributes:
        derivations: in the order in which they run.
        terms: what a policy may name.
    """

    derivations: list[Derivation]
    terms: Terms

    @classmethod
    def of(cls, corpus: Corpus) -> Rules:
        """Gives those of a corpus's ontology."""
        from moagraph.check import shapes_of, terms_of

        return cls(derivations_of(corpus), terms_of(corpus, shapes_of(corpus)))

    @classmethod
    def read(cls, generation: Path) -> Rules:
        """Gives those by which a generation was built."""
        plain = json.loads((generation / RULES).read_text("utf-8"))
        return cls([Derivation(*one) for one in plain["derivations"]], Terms(plain["declared"], plain["stated"]))

    def write(self, generation: Path) -> None:
        """Writes them into a generation."""
        plain = {"derivations": self.derivations, **self.terms._asdict()}
        (generation / RULES).write_text(json.dumps(plain, ensure_ascii=False, indent=1), "utf-8")


_TYPE = f"{PREFIXES['rdf']}type"


def derivations_of(corpus: Corpus) -> list[Derivation]:
    """Gives the derivations of the corpus's ontology in the order in which they run."""
    found = []
    for file in corpus.matching("ontology/derive", ".rq"):
        header = header_of(file.text, file.path)
        found.append(Derivation(file.name, int(header["order"]), str(header["makes"]), file.text))
    return sorted(found, key=lambda d: (d.order, d.name))


def policies_of(corpus: Corpus) -> list[Policy]:
    """Gives the policies of the corpus's ontology by name."""
    return [
        Policy(file.name, str(header_of(file.text, file.path)["summary"]), file.text)
        for file in corpus.matching("ontology/policy", ".rq")
    ]


def queries_of(corpus: Corpus) -> list[Query]:
    """Gives the named queries of the corpus by name.

    Raises:
        QueryHeader: a header is malformed or disagrees with its query.
    """
    return [Query.parse(file.name, file.text) for file in corpus.matching("queries", ".rq")]


def rules_at(places: Places) -> tuple[dict[str, Policy], list[Derivation]]:
    """Gives the policies by name and the derivations, in the order in which they run, that lie at places."""
    from moagraph.corpus import Corpus, paths_in, read_file

    rules = [(name, path) for name, path in paths_in(places) if name.startswith("ontology/") and name.endswith(".rq")]
    corpus = Corpus.of([read_file(name, path) for name, path in rules])
    return {policy.name: policy for policy in policies_of(corpus)}, derivations_of(corpus)


def derive(
    store: ox.Store,
    policy: Policy,
    derivations: Sequence[Derivation],
    facts: Facts | None = None,
    lines: Sequence[ox.NamedNode] | None = None,
    *,
    weighing: bool = True,
) -> int:
    """Fills the named graph of a policy from the asserted graph, and gives the number of its triples.

    Args:
        store: holds what is asserted.
        policy: whose graph is filled.
        derivations: in the order in which they run.
        facts: what is asserted as weighing needs it, where it was read already.
        lines: those that the policy admits, where they are known already.
        weighing: whether the evidence is weighed too; no verdict and no edge depends on it.
    """
    import pyoxigraph as ox

    from moagraph.store import EmbeddedStore
    from moagraph.weigh import Evidence, weighed

    graph = ox.NamedNode(policy_graph(policy.name))
    asserted = ox.NamedNode(ASSERTED)
    admitted = ox.NamedNode("https://w3id.org/moagraph/vocab#admittedBy")
    if lines is None:
        rows = store.query(policy.text, prefixes=dict(PREFIXES), default_graph=[asserted])
        assert isinstance(rows, ox.QuerySolutions)
        lines = [row["line"] for row in rows]
    store.extend(ox.Quad(line, admitted, graph, graph) for line in lines)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in about_policy(policy))
    for derivation in derivations:
        text = bind(derivation.text, opening_of(derivation.text), {"policy": [str(graph)]})
        triples = store.query(text, default_graph=[asserted, graph])
        assert isinstance(triples, ox.QueryTriples)
        store.extend([ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples])
    if weighing:
        evidence = Evidence.of(EmbeddedStore(store), policy.name, facts)
        store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in weighed(evidence))
    return sum(1 for _ in store.quads_for_pattern(None, None, None, graph))


def about_policy(policy: Policy) -> list[ox.Triple]:
    """Gives what the graph of a policy says of the policy itself."""
    import pyoxigraph as ox

    graph = ox.NamedNode(policy_graph(policy.name))
    said = [
        ox.Triple(graph, ox.NamedNode(_TYPE), ox.NamedNode(f"{VOCAB}Policy")),
        ox.Triple(graph, ox.NamedNode(f"{PREFIXES['skos']}definition"), ox.Literal(policy.summary, language="en")),
    ]
    if policy.digest:
        said.append(ox.Triple(graph, ox.NamedNode(f"{PREFIXES['dcterms']}identifier"), ox.Literal(policy.digest)))
    return said


def as_update(rule: Policy | Derivation, graph: str) -> str:
    """Gives the SPARQL Update by which an engine itself puts into a policy's graph what a policy or derivation gives.

    Args:
        rule: a policy, whose rows become the lines admitted, or a derivation.
        graph: the policy's graph, which is also the policy.
    """
    from moagraph.tokens import tokens_of

    using = f"USING <{ASSERTED}> USING <{graph}>"
    if isinstance(rule, Policy):
        start = next(token.at for token in tokens_of(rule.text) if token.upper == "SELECT")
        made = f"?line <{VOCAB}admittedBy> <{graph}>"
        return (
            f"{rule.text[:start]}INSERT {{ GRAPH <{graph}> {{ {made} }} }} {using} "
            f"WHERE {{ {{ {rule.text[start:]} }} }}"
        )
    text = bind(rule.text, opening_of(rule.text), {"policy": [f"<{graph}>"]})
    tokens = iter(tokens_of(text))
    construct, where = (next(token for token in tokens if token.upper == word) for word in ("CONSTRUCT", "WHERE"))
    prologue, template = text[: construct.at], text[construct.at + len(construct.text) : where.at]
    return f"{prologue}INSERT {{ GRAPH <{graph}> {template} }} {using} {text[where.at :]}"


def build(corpus: Corpus, report: Report, into: Path | None = None, progress: Progress = _quiet) -> Path:
    """Builds the generation of a corpus that passed its check, and gives its folder.

    Args:
        corpus: what was read.
        report: the report of checking that very corpus.
        into: the folder of generations; the user's cache unless given.
        progress: told what is being done.

    Raises:
        DataHasFindings: the report has violations, or is of another corpus.
        NothingToCheck: the corpus has no policy, derivation or query.
        OutputFailed: the folder cannot be written.
    """
    import pyoxigraph as ox

    from moagraph.store import EmbeddedStore, Triples
    from moagraph.weigh import Facts

    if report.violations:
        raise DataHasFindings(
            f"the data has {len(report.violations)} violations, so nothing is built from it", "moagraph check"
        )
    if report.digest != corpus.digest:
        raise DataHasFindings("the report is of other data than these", "check the corpus that is to be built")
    policies, derivations, queries = policies_of(corpus), derivations_of(corpus), queries_of(corpus)
    if not (policies and derivations):
        raise NothingToCheck("the ontology has no policies or no derivations")
    root = into or cache()
    folder = root / generation_name(corpus.digest)
    with _beside(root) as scratch:
        # Derivation works on memory: the store on disk is written once, when all quads are known.
        memory = ox.Store()
        graph = ox.NamedNode(ASSERTED)
        memory.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in corpus.triples)
        counts = {"asserted": sum(1 for _ in memory.quads_for_pattern(None, None, None, graph))}
        facts = Facts.of(EmbeddedStore(memory), policies[0].name)
        for policy in policies:
            progress(f"deriving under policy {policy.name}")
            counts[f"policy:{policy.name}"] = derive(memory, policy, derivations, facts)
        progress("writing the store")
        disk = ox.Store(str(scratch / "store"))
        disk.bulk_extend(iter(memory))
        disk.optimize()
        disk.flush()
        written = len(disk)
        del disk
        if written != sum(counts.values()):
            raise OutputFailed(f"the store holds {written} quads, not {sum(counts.values())}", "build again")
        manifest = {
            "layout": LAYOUT,
            "digest": corpus.digest,
            "statements": Triples.of(corpus.triples).digest,
            "quads": counts,
            "looked_at": report.looked_at,
            "policies": {policy.name: policy.summary for policy in policies},
            "queries": {query.name: query.to_dict() for query in queries},
        }
        _write_manifest(scratch, manifest)
        Rules.of(corpus).write(scratch)
        _put_in_place(scratch, folder)
    return folder


def derived(base: Path, chosen: Chosen, progress: Progress = _quiet) -> Path:
    """Derives under a policy of a user's own, or a combination, and gives the folder of the generation that holds it.

    Args:
        base: the folder of a generation that was built; it stays as it is.
        chosen: the policy.
        progress: told what is being done.

    Raises:
        UnknownPolicy, BadPolicy, AdmitsNothing: there is no such policy, or no answer could be had under it.
        OutputFailed: the folder cannot be written.
    """
    import pyoxigraph as ox

    folder = chosen.generation(base)
    if (folder / MANIFEST).is_file():
        return folder
    manifest, rules = manifest_of(base), Rules.read(base)
    built = ox.Store.read_only(str(base / "store"))
    policy, lines = admitted(built, chosen, manifest["policies"], rules.terms, base / "store")
    progress(f"deriving under policy {policy.name}")
    # Derivation works on memory, as in `build`.
    memory = ox.Store()
    memory.bulk_extend(built.quads_for_pattern(None, None, None, ox.NamedNode(ASSERTED)))
    count = derive(memory, policy, rules.derivations, lines=lines)
    with _beside(base.parent) as scratch:
        checkpoint(base / "store", scratch / "store")
        disk = ox.Store(str(scratch / "store"))
        disk.bulk_extend(memory.quads_for_pattern(None, None, None, ox.NamedNode(policy_graph(policy.name))))
        disk.flush()
        del disk
        manifest["quads"][f"policy:{policy.name}"] = count
        manifest["policies"][policy.name] = policy.summary
        _write_manifest(scratch, manifest)
        _put_in_place(scratch, folder)
    return folder


@contextmanager
def _beside(root: Path) -> Iterator[Path]:
    """Gives a folder to make a generation in, beside the others; whatever was not put in place is removed."""
    scratch = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
        yield scratch
    except OSError as error:
        raise OutputFailed(f"cannot write below {root}: {error.strerror or error}", "set MOAGRAPH_CACHE") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")


def _put_in_place(scratch: Path, folder: Path) -> None:
    try:
        scratch.rename(folder)
    except OSError as error:
        # Another process was faster: the same digest means the same generation.
        if not (folder / MANIFEST).is_file():
            raise OutputFailed(f"cannot put {folder} in place: {error.strerror}") from None


def built(places: Places, into: Path | None = None, progress: Progress = _quiet) -> Path:
    """Gives the folder of the generation of these places, building it where there is none yet.

    Raises:
        DataHasFindings: the data has violations; the generation that was there before stays.
        NothingToCheck: there is no data.
    """
    root = into or cache()
    folder = known_generation(places, root)
    if folder is not None:
        return folder
    from moagraph.check import check
    from moagraph.corpus import Corpus

    progress("reading")
    listing = listing_of(places)
    corpus = Corpus.read(places)
    folder = root / generation_name(corpus.digest)
    if not (folder / MANIFEST).is_file():
        progress("checking")
        folder = build(corpus, check(corpus), root, progress)
    remember(places, listing, folder, root)
    return folder
