"""What `moagraph.open()` returns: a Store and a Library under one policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moagraph.errors import UnknownPolicy
from moagraph.library import Library
from moagraph.places import Places, cache, known_generation, manifest_of, packaged
from moagraph.query import Query
from moagraph.screen import refuse_unsafe
from moagraph.store import EmbeddedStore, Triples
from moagraph.table import Table

if TYPE_CHECKING:
    import networkx as nx
    import rdflib

    from moagraph.compare.cells import SideBySide
    from moagraph.show import Account

DEFAULT_POLICY = "stated"


class Graph:
    """A built graph, opened for asking under one policy of evidence. Made by `moagraph.open`.

    Attributes:
        places: where ontology, data and queries were read from.
        folder: the generation that is asked.
        policy: name of the policy.
        store: the Store.
        library: the named queries.
    """

    def __init__(self, places: Places, folder: Path, policy: str) -> None:
        manifest = manifest_of(folder)
        if policy not in manifest["policies"]:
            raise UnknownPolicy(policy, manifest["policies"])
        self.places = places
        self.folder = folder
        self.policy = policy
        self.policies: dict[str, str] = manifest["policies"]
        self.store = EmbeddedStore.open(folder / "store")
        queries = {name: Query.from_dict(data) for name, data in manifest["queries"].items()}
        self.library = Library(queries, self.store, policy)

    def ask(self, name: str, **values: object) -> Table:
        """Gives the answer to a named query.

        Args:
            name: the query's name, as `moagraph list queries` shows it.
            values: its parameters; things by label, synonym, CURIE or IRI; a list asks for several.

        Raises:
            MoagraphError: the question was wrong; the message says how to mend it.
        """
        return self.library.ask(name, values)

    def sparql(self, query: str) -> Table | Triples | bool:
        """Gives the answer to a SPARQL query: a table for SELECT, triples for CONSTRUCT, true or false for ASK.

        Prefixes that moagraph knows need no PREFIX line.

        Raises:
            QuerySyntax: it is not SPARQL 1.1.
            QueryRefused: it would write, or reach beyond the graph.
        """
        refuse_unsafe(query)
        return self.store.ask(query, self.policy)

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

    def overlap(self, mechanisms: bool = False) -> nx.Graph[Any]:
        """Gives the overlap graph: compounds, joined where they share mechanisms.

        Args:
            mechanisms: whether mechanisms are nodes too, each joined to the compounds that have it.
        """
        from moagraph.overlap import bipartite_graph, overlap_graph

        return bipartite_graph(self.store, self.policy) if mechanisms else overlap_graph(self.store, self.policy)

    def matrix(self) -> Table:
        """Gives compounds by mechanisms: verdict and tier of each cell, or why it is blank."""
        from moagraph.overlap import matrix

        return matrix(self.store, self.policy)

    def to_rdflib(self) -> rdflib.Graph:
        """Gives what curators asserted as an rdflib graph, literals as they were written."""
        from moagraph.corpus import Corpus

        return Corpus.read(self.places).graph


def open(
    root: str | Path | None = None,
    *,
    policy: str = DEFAULT_POLICY,
    last_good: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Graph:
    """Opens the graph for asking; builds it first where these very files were not built before.

    Args:
        root: a folder that holds `ontology`, `data` and `queries`; the packaged ones unless given.
        policy: name of the policy of evidence that answers are under.
        last_good: asks the last store that was built from this folder, even where its files have changed since and
            no longer pass the check.
        progress: told what is being done where the graph must be built first.

    Raises:
        DataHasFindings: the data has violations.
        UnknownPolicy: there is no such policy.
        InputUnreadable, NothingToCheck: there is nothing to open.
    """
    places = Places.at(Path(root)) if root is not None else packaged()
    folder = known_generation(places, cache(), last_good=last_good)
    if folder is None:
        from moagraph.build import built

        folder = built(places, progress=progress or (lambda _: None))
    return Graph(places, folder, policy)
