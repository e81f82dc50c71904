"""What `moagraph.open()` returns: a Store and a Library under one policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from moagraph.errors import EndpointFailed, InputUnreadable, UnknownPolicy
from moagraph.library import Library
from moagraph.names import ASSERTED, PREFIXES
from moagraph.places import Places, cache, known_generation, manifest_of, packaged
from moagraph.query import Query
from moagraph.store import EmbeddedStore, Store, Triples
from moagraph.table import Table

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    import networkx as nx
    import pyoxigraph as ox
    import rdflib

    from moagraph.compare.cells import SideBySide
    from moagraph.faces.signature import Questions
    from moagraph.sandbox import Limits, Sandboxed
    from moagraph.shifts import Lost, Shifts, WhatIf
    from moagraph.show import Account

DEFAULT_POLICY = "stated"

Progress = Callable[[str], None]


class Graph:
    """A built graph, opened for asking under one policy of evidence. Made by `moagraph.open`.

    Attributes:
        store: the Store.
        library: the named queries.
        policy: name of the policy.
        policies: all policies that can be asked under, with their summaries.
        places: where ontology, data and queries were read from; None for an endpoint, and without packaged data.
        folder: the folder of the embedded store; None for an endpoint.
        manifest: what is known of how it was built: `digest`, `looked_at`.
        unchecked: number of a user's own triples, which no check has seen and from which nothing is derived.
    """

    def __init__(
        self,
        store: Store,
        queries: Mapping[str, Query],
        policies: Mapping[str, str],
        policy: str,
        *,
        places: Places | None = None,
        folder: Path | None = None,
        manifest: Mapping[str, Any] | None = None,
        scratch: TemporaryDirectory[str] | None = None,
    ) -> None:
        if policy not in policies:
            raise UnknownPolicy(policy, policies)
        self.store = store
        self.library = Library(queries, store, policy)
        self.policy = policy
        self.policies = dict(policies)
        self.places = places
        self.folder = folder
        self.manifest = dict(manifest or {})
        self.unchecked = 0
        self._scratch = scratch
        self._sandbox: Sandboxed | None = None

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends worker processes and removes what was kept for a user's own data; the graph is of no use after it."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def ask(self, name: str, **values: object) -> Table:
        """Gives the answer to a named query.

        Args:
            name: the query's name, as `moagraph list queries` shows it.
            values: its parameters; things by label, synonym, CURIE or IRI; a list asks for several.

        Raises:
            MoagraphError: the question was wrong; the message says how to mend it.
        """
        return self.library.ask(name, values)

    @property
    def queries(self) -> Questions:
        """The named queries as functions: `g.queries.shared_mechanisms(compound="cortexin")`."""
        from moagraph.faces.signature import Questions

        return Questions(self.library)

    def sparql(self, query: str, limits: Limits | None = None) -> Table | Triples | bool:
        """Gives the answer to a SPARQL query: a table for SELECT, triples for CONSTRUCT, true or false for ASK.

        Prefixes that moagraph knows need no PREFIX line. The query runs in a process of its own, which is ended
        at the limits; on an endpoint the endpoint's own limits hold.

        Args:
            query: the text.
            limits: of time, rows and memory; 30 s, 100,000 rows and 2 GiB unless given.

        Raises:
            QuerySyntax: it is not SPARQL 1.1.
            QueryRefused: it would write, or reach beyond the graph.
            QueryLimit: it took too long, too much memory, or gave too many rows.
        """
        if self.folder is None:
            from moagraph.endpoint import EndpointStore
            from moagraph.screen import refuse_unsafe

            refuse_unsafe(query)
            if limits is not None and isinstance(self.store, EndpointStore):
                self.store.wait(limits.seconds)
            return self.store.ask(query, self.policy)
        from moagraph.sandbox import Limits, Sandboxed

        wanted = limits or Limits()
        if self._sandbox is None or self._sandbox.sandbox.limits != wanted:
            if self._sandbox is not None:
                self._sandbox.close()
            foreign = self.store.foreign if isinstance(self.store, EmbeddedStore) else ()
            self._sandbox = Sandboxed(self.folder, foreign, wanted)
        return self._sandbox.ask(query, self.policy)

    def show(self, thing: str) -> Account:
        """Gives everything known of a thing, as text or as data.

        Raises:
            UnknownThing, AmbiguousThing: the name names no thing, or several.
        """
        from moagraph.show import account_of

        return account_of(self.library, thing)

    def compare(self, compounds: Sequence[str], table: str = "at-a-glance") -> SideBySide:
        """Gives compounds side by side; no cell is empty.

        Args:
            compounds: two or more, by any of their names; the columns, in this order.
            table: at-a-glance, mechanisms, safety, regimens, evidence or indications.

        Raises:
            MoagraphError: the question was wrong; the message says how to mend it.
        """
        from moagraph.compare import compare

        return compare(self.library, compounds, table)

    def what_if(self, without: Iterable[str] = (), **others: Unpack[Lost]) -> WhatIf:
        """Gives what would be judged otherwise under this policy if all of these were lost.

        Args:
            without: references, studies, sources, evidence lines, or agents with what they assert and sponsor.
            others: the same by class, and `sponsors` and `authors`.

        Raises:
            UnknownThing, AmbiguousThing: a name names nothing, or several things.
            InputTooLarge: the endpoint holds more than can be read into memory.
        """
        from moagraph.build import rules_at
        from moagraph.shifts import what_if

        return what_if(self.library, without, others, *rules_at(self.places or packaged(), self.policy))

    def overlap(self, mechanisms: bool = False, strongest: int | None = None) -> nx.Graph[Any]:
        """Gives the overlap graph: compounds, joined where they share mechanisms.

        Args:
            mechanisms: whether mechanisms are nodes too, each joined to the compounds that have it.
            strongest: how many pairs of compounds to keep, those that share most; all unless given.
        """
        from moagraph.overlap import bipartite_graph, overlap_graph

        if mechanisms:
            return bipartite_graph(self.store, self.policy)
        return overlap_graph(self.store, self.policy, strongest=strongest)

    def alike(self, top: int = 100, at_least: float = 0.0, weights: Mapping[str, int] | None = None) -> Table:
        """Gives the most alike compounds: the overlap of their mechanisms, weighted by evidence.

        Args:
            top: how many pairs at most.
            at_least: the least overlap of a pair, from 0 to 1.
            weights: what a mechanism counts by its tier, A to F, by the weaker side: `moagraph.overlap.TIER_WEIGHTS`
                unless given. Equal weights give the plain Jaccard index.

        Raises:
            BadValue: a tier has no weight, or none above 0.
        """
        from moagraph.overlap import TIER_WEIGHTS, alike

        return alike(self.store, self.policy, weights=weights or TIER_WEIGHTS, top=top, at_least=at_least)

    def matrix(self) -> Table:
        """Gives compounds by mechanisms: verdict and tier of each cell, or why it is blank."""
        from moagraph.overlap import matrix

        return matrix(self.store, self.policy)

    def asserted(self) -> list[ox.Triple]:
        """Gives what curators asserted, each triple once, in the order of its text.

        Literals are as they were written, but for an endpoint, which may have rewritten them.
        """
        if self.places is None:
            triples: Iterable[ox.Triple] = self.store.quads(ASSERTED)
        else:
            from moagraph.corpus import Corpus

            triples = Corpus.read(self.places).triples
        return list(Triples.of(triples))

    def to_rdflib(self) -> rdflib.Graph:
        """Gives what curators asserted as an rdflib graph with our prefixes, literals as `asserted` has them."""
        import rdflib

        if self.places is not None:
            from moagraph.corpus import Corpus

            graph = Corpus.read(self.places).graph
        else:
            lines = "".join(f"{triple} .\n" for triple in self.asserted())
            graph = rdflib.Graph(bind_namespaces="none").parse(data=lines, format="nt")
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        return graph


def open(
    root: str | Path | None = None,
    *,
    policy: str = DEFAULT_POLICY,
    data: str | Path | Sequence[str | Path] = (),
    packaged_data: bool = True,
    endpoint: str | None = None,
    last_good: bool = False,
    progress: Progress | None = None,
) -> Graph:
    """Opens the graph for asking; builds it first where these very files were not built before.

    Args:
        root: a folder that holds `ontology`, `data` and `queries`; the packaged ones unless given.
        policy: name of the policy of evidence that answers are under.
        data: a user's own files, or folders of them: RDF, which every query sees beside the graph, unchecked, and
            `.rq` files, which become named queries.
        packaged_data: whether the graph itself is asked, or `data` alone.
        endpoint: address of a SPARQL 1.1 endpoint that holds the graph, instead of the embedded store.
        last_good: asks the last store that was built from this folder, even where its files have changed since and
            no longer pass the check.
        progress: told what is being done where the graph must be built first.

    Raises:
        DataHasFindings: the data has violations.
        UnknownPolicy: there is no such policy.
        InputUnreadable, NothingToCheck: there is nothing to open.
        EndpointFailed: the endpoint cannot be reached, or holds no whole graph.
    """
    files = [Path(data)] if isinstance(data, str | Path) else [Path(one) for one in data]
    if endpoint is not None:
        if root is not None or files or not packaged_data or last_good:
            raise InputUnreadable("an endpoint is asked as it is", "leave out --root, --data and --last-good")
        return _at_endpoint(endpoint, policy)
    if not packaged_data:
        if not files:
            raise InputUnreadable("there is nothing to ask without packaged data", "name files with --data")
        return _with_data(None, {}, {policy: ""}, policy, files, None, {})
    places = Places.at(Path(root)) if root is not None else packaged()
    folder = known_generation(places, cache(), last_good=last_good)
    if folder is None:
        from moagraph.build import built

        folder = built(places, progress=progress or (lambda _: None))
    manifest = manifest_of(folder)
    queries = {name: Query.from_dict(found) for name, found in manifest["queries"].items()}
    policies: dict[str, str] = manifest["policies"]
    if files:
        return _with_data(folder / "store", queries, policies, policy, files, places, manifest)
    store = EmbeddedStore.open(folder / "store")
    return Graph(store, queries, policies, policy, places=places, folder=folder / "store", manifest=manifest)


def policy_diff(
    old: str,
    new: str,
    root: str | Path | None = None,
    *,
    endpoint: str | None = None,
    progress: Progress | None = None,
) -> Shifts:
    """Gives what is judged otherwise under the policy `new` than under `old`, and the evidence lines responsible.

    Arguments and errors are as for `open`; what an endpoint holds is read into memory, or is `InputTooLarge`.
    """
    from moagraph.shifts import policy_diff as between

    graphs = [open(root, policy=name, endpoint=endpoint, progress=progress) for name in (old, new)]
    before, after = graphs
    return between(before.library, after.library, (before.policies[before.policy], after.policies[after.policy]))


def _with_data(
    store: Path | None,
    queries: Mapping[str, Query],
    policies: Mapping[str, str],
    policy: str,
    files: Sequence[Path],
    places: Places | None,
    manifest: Mapping[str, Any],
) -> Graph:
    """Gives a graph with a user's own triples beside it, in a store of its own."""
    import tempfile

    from moagraph.foreign import DATA_GRAPH, scratch_generation
    from moagraph.library import queries_in

    own = queries_in(files)
    root = cache()
    root.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.TemporaryDirectory(prefix=".data-", dir=root)
    folder = scratch_generation(store, [path for path in files if path.suffix != ".rq"], Path(scratch.name))
    embedded = EmbeddedStore.open(folder, [DATA_GRAPH])
    graph = Graph(
        embedded,
        {**queries, **own},
        policies,
        policy,
        places=places,
        folder=folder,
        manifest=manifest,
        scratch=scratch,
    )
    graph.unchecked = embedded.count(DATA_GRAPH)
    return graph


def _at_endpoint(url: str, policy: str) -> Graph:
    from moagraph.endpoint import EndpointStore, without_credentials

    store = EndpointStore(url)
    policies = store.policies()
    shown = without_credentials(url)
    if not policies:
        raise EndpointFailed(f"{shown} holds no graph of moagraph", f"moagraph push {shown}")
    arrived = store.arrived()
    for graph, part in arrived.items():
        if not part.whole:
            size = "" if part.total is None else f" of {part.total:,}"
            raise EndpointFailed(
                f"{shown} holds only {part.done:,}{size} triples of {graph}",
                f"finish the push: moagraph push {shown}",
            )
    digest = arrived[ASSERTED].digest if ASSERTED in arrived else ""
    return Graph(store, _packaged_queries(), policies, policy, manifest={"digest": digest, "looked_at": {}})


def _packaged_queries() -> dict[str, Query]:
    """Gives the named queries that come with moagraph, without building anything."""
    places = packaged()
    folder = known_generation(places, cache())
    if folder is not None:
        return {name: Query.from_dict(found) for name, found in manifest_of(folder)["queries"].items()}
    return {path.stem: Query.parse(path.stem, path.read_text("utf-8")) for path in places.queries.glob("*.rq")}


def from_rdflib(graph: rdflib.Graph, *, policy: str = DEFAULT_POLICY, packaged_data: bool = False) -> Graph:
    """Opens an rdflib graph for asking, alone or beside the packaged data; unchecked, so nothing is derived from it.

    Args:
        graph: the triples; of a Dataset, those of all its graphs.
        policy: name of the policy of evidence that answers are under.
        packaged_data: whether the packaged data are asked too.
    """
    import tempfile

    import rdflib

    named = isinstance(graph, rdflib.Dataset | rdflib.ConjunctiveGraph)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("graph.nq" if named else "graph.nt")
        graph.serialize(path, format="nquads" if named else "nt", encoding="utf-8")
        return open(policy=policy, data=path, packaged_data=packaged_data)
