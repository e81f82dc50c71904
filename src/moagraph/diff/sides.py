"""The two sides of a comparison: a project folder, a release, or a file of an export, as statements and a store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from moagraph import canonical
from moagraph.build import Rules, built, derivations_of, derive, derived, policies_of, queries_of
from moagraph.corpus import Corpus, File, is_statement_file, read_files
from moagraph.derived import CLASSES, NODES, PROPERTIES
from moagraph.errors import CannotCompare, DataHasFindings, InputUnreadable
from moagraph.library import Library
from moagraph.names import ASSERTED, PREFIXES, VOCAB, policy_graph
from moagraph.places import MANIFEST, Places, manifest_of, packaged
from moagraph.policy import Chosen, admitted
from moagraph.query import Query
from moagraph.reader import Reader
from moagraph.store import EmbeddedStore, Term

Progress = Callable[[str], None]
Node = dict[str, set[Term]]
"""What is said of a node: values by the IRI of their property."""

TYPE = f"{PREFIXES['rdf']}type"
_SELECTOR = ox.NamedNode(f"{PREFIXES['oa']}TextPositionSelector")
_ONTOLOGY = ox.NamedNode(f"{PREFIXES['owl']}Ontology")


@dataclass(frozen=True)
class Side:
    """One side of a comparison.

    Attributes:
        name: as the user named it.
        kind: what it is, in words.
        notes: what a reader must know of how it was read, as sentences.
        nodes: what is asserted, by node.
        store: asserted and derived graphs.
        policies: names of the policies under which something is derived, in order.
        queries: the named queries by name.
        own_queries: whether the queries are its own, and not lent by the package.
    """

    name: str
    kind: str
    notes: tuple[str, ...]
    nodes: dict[str, Node] = field(repr=False)
    store: EmbeddedStore = field(repr=False)
    policies: tuple[str, ...]
    queries: dict[str, Query] = field(repr=False)
    own_queries: bool

    @property
    def triples(self) -> int:
        """How many statements are asserted."""
        return sum(len(values) for node in self.nodes.values() for values in node.values())

    def number(self, name: str) -> int:
        """Gives how many nodes there are of one of our classes."""
        cls = ox.NamedNode(f"{VOCAB}{name}")
        return sum(cls in node.get(TYPE, ()) for node in self.nodes.values())

    def library(self, policy: str) -> Library:
        """Gives the named queries over this side under a policy."""
        return Library(self.queries, self.store, policy)

    def reader(self, policy: str) -> Reader:
        """Gives a reader of this side's claims under a policy."""
        return Reader(self.store, policy)

    def derived(self, policy: str) -> Iterable[ox.Triple]:
        """Gives what is derived under a policy, in no order."""
        return self.store.quads(policy_graph(policy))


def side_at(path: Path, progress: Progress, chosen: Chosen | None = None) -> Side:
    """Gives what lies at a path: a folder with ontology, data and queries; a release; a Turtle or an N-Quads file.

    Args:
        path: the path.
        progress: told what is being done.
        chosen: a policy of a user's own, or a combination, under which the side is to be judged too.

    Raises:
        CannotCompare: it is none of those, or its data has violations.
        InputUnreadable: it cannot be read, or a release is not what its manifest says.
        UnknownPolicy, BadPolicy, AdmitsNothing: it cannot be judged under the policy.
    """
    if chosen is None or chosen.plain:
        return _side_at(path, progress, None)
    if (path / "ontology").is_dir():
        return _side_at(path, progress, chosen)
    side = _side_at(path, progress, None)
    if chosen.name in side.policies and not chosen.files:
        return side
    rules = Rules.of(Corpus.of(f for f in read_files(packaged()) if f.path.startswith("ontology/")))
    store = side.store.store
    store.remove_graph(ox.NamedNode(policy_graph(chosen.name)))  # that of another text may have its name
    known = {name: "" for name in side.policies if name != chosen.name}
    policy, lines = admitted(store, chosen, known, rules.terms)
    progress(f"{path}: deriving under policy {policy.name}")
    derive(store, policy, rules.derivations, lines=lines)
    note = f"what follows under {policy.name} is derived by the package"
    return replace(side, policies=tuple(sorted({*side.policies, policy.name})), notes=(*side.notes, note))


def _side_at(path: Path, progress: Progress, chosen: Chosen | None) -> Side:
    if not path.exists():
        raise InputUnreadable(f"there is no file or folder {path}", "name a project folder, a release or an export")
    if path.is_dir() and (path / "ontology").is_dir() and (path / "data").is_dir():
        return _project(path, progress, chosen)
    if path.is_dir() and (path / MANIFEST).is_file() and (path / "moagraph.nq").is_file():
        return _release(path, progress)
    if path.is_file() and path.suffix.lower() == ".nq":
        return _quads(path, path, "N-Quads file", progress)
    if path.is_file() and path.suffix.lower() in (".ttl", ".nt"):
        return _triples(path, progress)
    raise CannotCompare(
        f"{path} is no version of the graph",
        "name a folder with ontology, data and queries, a release, or a file that ends in .ttl or .nq",
    )


def _project(path: Path, progress: Progress, chosen: Chosen | None) -> Side:
    places = Places.at(path)
    try:
        folder = built(places, progress=lambda word: progress(f"{path}: {word}"))
    except DataHasFindings as error:
        raise CannotCompare(f"{path}: {error.problem}", f"moagraph check --root {path}") from None
    if chosen is not None:
        folder = derived(folder, chosen, lambda word: progress(f"{path}: {word}"))
    manifest = manifest_of(folder)
    triples = (
        quad.triple
        for file in read_files(places)
        if is_statement_file(file.path)
        for quad in ox.parse(file.content.removeprefix(b"\xef\xbb\xbf"), format=ox.RdfFormat.TURTLE)
    )
    return Side(
        name=str(path),
        kind="project folder",
        notes=(),
        nodes=_nodes(triples),
        store=EmbeddedStore.open(folder / "store"),
        policies=tuple(sorted(manifest["policies"])),
        queries={name: Query.from_dict(data) for name, data in manifest["queries"].items()},
        own_queries=True,
    )


def _release(path: Path, progress: Progress) -> Side:
    file = path / "moagraph.nq"
    said = manifest_of(path).get("files", {}).get("moagraph.nq", {}).get("sha256")
    if said != hashlib.sha256(_content(file)).hexdigest():
        raise InputUnreadable(f"{file} is not the file that {path / MANIFEST} describes", "export the release again")
    return _quads(path, file, "release", progress)


def _quads(name: Path, file: Path, kind: str, progress: Progress) -> Side:
    progress(f"{name}: reading")
    quads = _parsed(file, ox.RdfFormat.N_QUADS)
    graph = ox.NamedNode(ASSERTED)
    if not any(quad.graph_name == graph for quad in quads):
        return _statements(name, kind, [quad.triple for quad in quads], progress)
    notes = [] if kind == "release" else ["not checked: compared as it stands"]
    store = ox.Store()
    store.bulk_extend(quads)
    embedded = EmbeddedStore(store)
    policies = tuple(embedded.policies())
    queries = {query.name: query for query in queries_of(_packaged())}
    notes.append("it has no queries: those of the package are asked")
    triples = (quad.triple for quad in quads if quad.graph_name == graph)
    return Side(str(name), kind, tuple(notes), _nodes(triples), embedded, policies, queries, own_queries=False)


def _triples(path: Path, progress: Progress) -> Side:
    progress(f"{path}: reading")
    turtle = path.suffix.lower() == ".ttl"
    quads = _parsed(path, ox.RdfFormat.TURTLE if turtle else ox.RdfFormat.N_TRIPLES)
    kind = "Turtle file" if turtle else "N-Triples file"
    return _statements(path, kind, [quad.triple for quad in quads], progress)


def _statements(name: Path, kind: str, everything: list[ox.Triple], progress: Progress) -> Side:
    """Derives what follows from statements that come without anything derived."""
    said = ["not checked: compared as it stands"]
    asserted = canonical.named(triple for triple in everything if not _is_derived(triple))
    left = len(everything) - len(asserted)
    if left:
        said.append(f"{left:,} derived statements of the file are left out, and derived again")
    if not any(triple.object == _ONTOLOGY for triple in asserted):
        said.append("it has no vocabulary: the ontology of the package is taken for its own")
        files = [f for f in read_files(packaged()) if f.path.startswith("ontology/") and is_statement_file(f.path)]
        asserted += Corpus.of(files).triples
    said.append("derivations, policies and queries are those of the package")
    store = ox.Store()
    graph = ox.NamedNode(ASSERTED)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in asserted)
    package = _packaged()
    derivations, policies = derivations_of(package), policies_of(package)
    for policy in policies:
        progress(f"{name}: deriving under policy {policy.name}")
        derive(store, policy, derivations)
    return Side(
        name=str(name),
        kind=kind,
        notes=tuple(said),
        nodes=_nodes(asserted),
        store=EmbeddedStore(store),
        policies=tuple(sorted(policy.name for policy in policies)),
        queries={query.name: query for query in queries_of(package)},
        own_queries=False,
    )


def _packaged() -> Corpus:
    """Gives the queries of the package, those that derive and admit included."""
    places = packaged()
    files: list[File] = [f for f in read_files(places) if f.path.endswith(".rq")]
    return Corpus.of(files)


def _is_derived(triple: ox.Triple) -> bool:
    return (
        triple.predicate.value in PROPERTIES
        or (triple.predicate.value == TYPE and getattr(triple.object, "value", "") in CLASSES)
        or getattr(triple.subject, "value", "").startswith(NODES)
    )


def _nodes(triples: Iterable[ox.Triple]) -> dict[str, Node]:
    """Gives what is said of each node, without what only exports add."""
    nodes: dict[str, Node] = {}
    for triple in triples:
        if triple.object == _SELECTOR and triple.predicate.value == TYPE:
            continue
        subject = triple.subject.value if isinstance(triple.subject, ox.NamedNode) else str(triple.subject)
        nodes.setdefault(subject, {}).setdefault(triple.predicate.value, set()).add(triple.object)
    return nodes


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputUnreadable(f"cannot read {path}: {error.strerror}") from None


def _parsed(path: Path, syntax: ox.RdfFormat) -> list[ox.Quad]:
    try:
        quads = list(ox.parse(_content(path).removeprefix(b"\xef\xbb\xbf"), format=syntax))
    except SyntaxError as error:
        raise InputUnreadable(f"{path}:{error.lineno or 1}: {error.msg}", "mend the syntax") from None
    if not quads:
        raise CannotCompare(f"{path} holds no statement", "name an export that holds some")
    return quads
