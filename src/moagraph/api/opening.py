"""Opens a graph for asking: the packaged one or another, with a user's own data, at an endpoint, or of rdflib."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moagraph.api.graph import Graph
from moagraph.errors import EndpointFailed, InputUnreadable, UnknownPolicy
from moagraph.names import ASSERTED
from moagraph.places import MANIFEST, Places, cache, known_generation, manifest_of, packaged
from moagraph.policy import Chosen, is_plain
from moagraph.query import Query
from moagraph.store import EmbeddedStore

if TYPE_CHECKING:
    import rdflib

    from moagraph.shifts import Shifts

DEFAULT_POLICY = "stated"

Progress = Callable[[str], None]


def open(
    root: str | Path | None = None,
    *,
    policy: str | Path = DEFAULT_POLICY,
    data: str | Path | Sequence[str | Path] = (),
    packaged_data: bool = True,
    endpoint: str | None = None,
    last_good: bool = False,
    progress: Progress | None = None,
) -> Graph:
    """Opens the graph for asking; builds it first where these very files were not built before.

    Args:
        root: a folder that holds `ontology`, `data` and `queries`; the packaged ones unless given.
        policy: the policy of evidence that answers are under: its name, a file of your own (`mine.rq`), or several
            that must all admit a line (`human+independent`).
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
        BadPolicy, AdmitsNothing: a policy of your own cannot be used, or no evidence line counts under it.
        InputUnreadable, NothingToCheck: there is nothing to open.
        EndpointFailed: the endpoint cannot be reached, or holds no whole graph.
    """
    files = [Path(data)] if isinstance(data, str | Path) else [Path(one) for one in data]
    if endpoint is not None:
        if root is not None or files or not packaged_data or last_good:
            raise InputUnreadable("an endpoint is asked as it is", "leave out --root, --data and --last-good")
        return _at_endpoint(endpoint, policy)
    chosen = None
    if not is_plain(policy):
        chosen = Chosen.of(policy)
        policy = chosen.name
    policy = str(policy)
    if not packaged_data:
        if not files:
            raise InputUnreadable("there is nothing to ask without packaged data", "name files with --data")
        return _with_data(None, {}, {policy: ""}, policy, files, None, {})
    places = Places.at(Path(root)) if root is not None else packaged()
    folder = known_generation(places, cache(), last_good=last_good)
    if folder is None:
        from moagraph.build import built

        folder = built(places, progress=progress or (lambda _: None))
    if chosen is not None and not chosen.plain:
        base, folder = folder, chosen.generation(folder)
        if not (folder / MANIFEST).is_file():
            from moagraph.build import derived

            folder = derived(base, chosen, progress or (lambda _: None))
    manifest = manifest_of(folder)
    queries = {name: Query.from_dict(found) for name, found in manifest["queries"].items()}
    policies: dict[str, str] = manifest["policies"]
    if files:
        return _with_data(folder / "store", queries, policies, policy, files, places, manifest)
    store = EmbeddedStore.open(folder / "store")
    graph = Graph(store, queries, policies, policy, places=places, folder=folder / "store", manifest=manifest)
    graph.own_policies = dict(chosen.texts) if chosen is not None else {}
    return graph


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

    before, after = (open(root, policy=name, endpoint=endpoint, progress=progress) for name in (old, new))
    summaries = (before.policies[before.policy], after.policies[after.policy])
    return between(before.library, after.library, summaries)


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
    graph.own = tuple(path for path in files if path.suffix != ".rq")
    return graph


def _at_endpoint(url: str, policy: str | Path) -> Graph:
    from moagraph.endpoint import EndpointStore, without_credentials

    chosen = Chosen.of(policy) if not is_plain(policy) else Chosen((str(policy),), {}, {})
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
    if not chosen.plain and (chosen.name not in policies or store.identifier(chosen.name) != chosen.digest):
        for name in chosen.parts:
            if name not in chosen.files and name not in policies:
                raise UnknownPolicy(name, policies)
        raise EndpointFailed(
            f"{shown} holds nothing that is derived under this policy, {chosen.name}",
            f"moagraph push {shown} --policy {policy}; others that it holds are named in the same way, to stay",
        )
    digest = arrived[ASSERTED].digest if ASSERTED in arrived else ""
    there = Graph(store, _packaged_queries(), policies, chosen.name, manifest={"digest": digest, "looked_at": {}})
    there.own_policies = dict(chosen.texts)
    return there


def _packaged_queries() -> dict[str, Query]:
    """Gives the named queries that come with moagraph, without building anything."""
    places = packaged()
    folder = known_generation(places, cache())
    if folder is not None:
        return {name: Query.from_dict(found) for name, found in manifest_of(folder)["queries"].items()}
    return {path.stem: Query.parse(path.stem, path.read_text("utf-8")) for path in places.queries.glob("*.rq")}


def from_rdflib(graph: rdflib.Graph, *, policy: str | Path = DEFAULT_POLICY, packaged_data: bool = False) -> Graph:
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
