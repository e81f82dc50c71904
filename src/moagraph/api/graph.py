"""What `moagraph.open()` returns: a Store and a Library under one policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from moagraph.errors import UnknownPolicy
from moagraph.library import Library
from moagraph.names import ASSERTED, PREFIXES
from moagraph.places import Places, packaged
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
    from moagraph.receipts.receipt import Receipt
    from moagraph.receipts.verifying import Verification
    from moagraph.sandbox import Limits, Sandboxed
    from moagraph.shifts import Lost, WhatIf
    from moagraph.show import Account
    from moagraph.why import Explanation


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
        own: a user's own files of RDF, and folders of them.
        own_policies: texts of a user's own policies, by name.
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
        self.own: tuple[Path, ...] = ()
        self.own_policies: dict[str, str] = {}
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

    def receipt(self, name: str, **values: object) -> Receipt:
        """Gives the receipt of an answer: the question, what it was asked of, the rows, and the evidence under each.

        Args:
            name: the query's name.
            values: its parameters, as `ask` takes them.

        Raises:
            MoagraphError: the question was wrong; the message says how to mend it.
        """
        from moagraph.receipts.making import receipt_of
        from moagraph.receipts.setting import setting_of

        return receipt_of(self.library, name, values, setting_of(self))

    def verify(self, receipt: Receipt | str | Path) -> Verification:
        """Asks again what a receipt records, and says what changed and because of which evidence line.

        Args:
            receipt: the receipt, or the file that it is in; asked under this graph's policy, not its own.

        Raises:
            NotAReceipt, ReceiptAltered: the file holds no receipt, or one that was changed.
            ReceiptOfAnotherGraph: nothing that it speaks of is in this graph.
            BadRdf, InputUnreadable: the file cannot be read.
        """
        from moagraph.receipts.reading import receipt_at
        from moagraph.receipts.setting import setting_of
        from moagraph.receipts.verifying import verify

        read = receipt_at(Path(receipt)) if isinstance(receipt, str | Path) else receipt
        return verify(read, self.library, setting_of(self))

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

        policies, derivations = rules_at(self.places or packaged())
        texts = {name: policy.text for name, policy in policies.items()} | self.own_policies
        parts = self.policy.split("+")
        for name in parts:
            if name not in texts:
                raise UnknownPolicy(name, texts)
        summary = self.policies[self.policy]
        return what_if(self.library, without, others, [texts[name] for name in parts], summary, derivations)

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

    def alike(
        self, *compounds: str, top: int = 100, at_least: float = 0.0, weights: str | Mapping[str, int] = "tier",
        permutations: int | None = 0, seed: int = 1,
    ) -> Table:  # fmt: skip
        """Gives the most alike compounds: the overlap of their mechanisms, by default weighted by evidence.

        With permutations, p and q say how likely chance makes two compounds so alike, in random graphs in which each
        compound keeps how many mechanisms it has, and each mechanism how many compounds have it.

        Args:
            compounds: by any of their names; one, for its pairs alone, or two, for that pair alone.
            top: how many pairs at most.
            at_least: the least overlap of a pair, from 0 to 1.
            weights: what a mechanism counts: none (the Jaccard index), tier, information (its information content,
                simGIC) or both; or weights by tier, A to F, such as `moagraph.overlap.TIER_WEIGHTS`.
            permutations: how many random graphs to draw; if None, 1,000, but none for more than 20 thousand edges.
            seed: with the same seed, the same graphs are drawn on every machine.

        Raises:
            UnknownThing, AmbiguousThing: a name names no compound, or several.
            BadValue: more than two compounds, or one twice; no such weights, or a tier without one above 0.
        """
        from moagraph.overlap import alike
        from moagraph.table import Iri

        iris = [self.library.names.resolve(name, ["moa:Compound"]) for name in compounds]
        named = [Iri(iri, self.store.label(iri)) for iri in iris]
        return alike(
            self.store, self.policy, weights=weights, top=top, at_least=at_least, compounds=named,
            permutations=permutations, seed=seed,
        )  # fmt: skip

    def why(self, one: str, other: str, permutations: int | None = None, seed: int = 1) -> Explanation:
        """Explains why two compounds are joined in the overlap graph, or are not, and what speaks against it.

        Args:
            one: a compound, by any of its names.
            other: another.
            permutations: how many random graphs to draw for p and q, as for `alike`.
            seed: where their chance begins.

        Raises:
            MoagraphError: a name names no compound, or several, or both the same one.
        """
        from moagraph.why import why

        return why(self.library, one, other, permutations=permutations, seed=seed)

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
