"""Measures moagraph on generated graphs of 10 thousand to 10 million triples, beside what people use now, in one run.

    python tests/benchmarks/scale.py --triples 100000

prints Markdown. Both sides of each ratio are taken in the same minutes on the same machine. It is no test, and
nothing passes or fails by it. `budgets.tsv` has for each named query the milliseconds of the processor that it may
take at 100 thousand triples, five times what was measured by `--update-budgets`; a query over its budget is marked.
"""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import rdflib
from built import POLICY, Built, build, busiest, ontology_files
from generate import joined, pieces, turtle
from rdflib_side import answers
from run import alternately, seconds, seconds_of

from moagraph.check import shapes_of
from moagraph.corpus import Corpus, File
from moagraph.names import ASSERTED, policy_graph

HERE = Path(__file__).parent
BUDGETS = HERE / "budgets.tsv"
BUDGET_SIZE = 100_000

MOST_FOR_RDFLIB = 3_000_000
"""How many triples rdflib is given to load: of ten million it would fill the memory."""

SELECTIVE = [
    "claims-of-reference",
    "compounds-for-indication",
    "compounds-for-mechanism",
    "effects-of-compound",
    "evidence-for-claim",
    "mechanisms-of-compound",
    "receptors-of-compound",
    "shared-mechanisms",
    "studies-of-compound",
]
"""Queries that start from one thing, as most do."""

_STATED = f"<{policy_graph(POLICY)}>"
CONTRADICTIONS = f"""PREFIX moa: <https://w3id.org/moagraph/vocab#>
SELECT DISTINCT ?claim ?supporting ?opposing WHERE {{
  ?supporting moa:stance moa:Supports .
  ?opposing moa:stance moa:Refutes .
  ?supporting moa:bearsOn ?claim ; moa:admittedBy {_STATED} .
  ?opposing moa:bearsOn ?claim ; moa:admittedBy {_STATED} .
}}"""
"""Contradictions as one would write them first, over the evidence lines."""

LINKED = """PREFIX moa: <https://w3id.org/moagraph/vocab#>
SELECT DISTINCT ?claim ?supporting ?opposing WHERE {
  ?claim a moa:Claim ; moa:supportedBy ?supporting ; moa:refutedBy ?opposing .
}"""
"""The same over the links that the build derives."""

_WEIGHED = """{ SELECT ?%s ?mechanism (MAX(?weight) AS ?%s) WHERE {
    VALUES (?tier ?weight) { (moa:TierA 10) (moa:TierB 8) (moa:TierC 6) (moa:TierD 4) (moa:TierE 3) (moa:TierF 1) }
    ?edge moa:edgePredicate moa:hasMechanism ; moa:edgeSubject ?%s ; moa:impliesObject ?mechanism ; moa:tier ?tier .
  } GROUP BY ?%s ?mechanism }"""
OVERLAP = f"""PREFIX moa: <https://w3id.org/moagraph/vocab#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?one ?other (SUM(IF(?mine < ?theirs, ?mine, ?theirs)) AS ?common) WHERE {{
  {_WEIGHED % ("one", "mine", "one", "one")}
  {_WEIGHED % ("other", "theirs", "other", "other")}
  FILTER (STR(?one) < STR(?other))
}}
GROUP BY ?one ?other"""
"""Common weights of all pairs of compounds, as one would write them in SPARQL."""


class Asked(NamedTuple):
    """A named query with values for its parameters.

    Attributes:
        name: its name.
        values: what `ask` is given.
        text: the same with its values bound, for other engines.
    """

    name: str
    values: dict[str, Any]
    text: str


def asked(built: Built) -> dict[str, Asked]:
    """Gives the named queries, each asked of the thing that most is known of; optional parameters are left out.

    Those that ask of a kind of which the graph has nothing are left out too, but none of `SELECTIVE`.
    """
    library, found = built.library, {}
    things = busiest(library)
    for name, query in library.queries.items():
        values: dict[str, Any] = {}
        for p in query.params:
            if p.required and (p.datatype is not None or p.enum):
                values[p.name] = p.example
            elif p.required:
                values[p.name] = next((things[kind] for kind in p.types if kind in things), None)
        if None not in values.values():
            found[name] = Asked(name, values, library.bound(name, values))
    missing = [name for name in SELECTIVE if name not in found]
    assert not missing, f"nothing to ask of {missing}"
    return found


def milliseconds(taken: list[float]) -> str:
    """Gives the median of what was taken."""
    return f"{statistics.median(taken) * 1000:.1f}"


def other_side(answer: dict[str, Any] | None, ours: list[float]) -> str:
    """Gives two cells of a table: what the other side took, and how many times as long that is."""
    if answer is None:
        return "not tried | "
    if "over" in answer:
        return f"> {answer['over'] * 1000:.0f} | > {answer['over'] / statistics.median(ours):.0f}"
    ratio = statistics.median(answer["seconds"]) / statistics.median(ours)
    return f"{milliseconds(answer['seconds'])} | {ratio:.{0 if ratio >= 10 else 1}f}"


def job(name: str, query: str, runs: int, limit: float) -> dict[str, Any]:
    """Gives a job for rdflib's process."""
    return {"name": name, "query": query, "runs": runs, "limit": limit}


# Sections


def load(built: Built, runs: int, folder: Path) -> Iterator[str]:
    """Loading N-Triples."""

    def into(store: ox.Store) -> None:
        for path, graph in ((built.asserted, ASSERTED), (built.derived, policy_graph(POLICY))):
            store.bulk_load(path=path, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))

    def on_disk() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            store = ox.Store(place)
            into(store)
            store.flush()

    def by_rdflib() -> None:
        import rdflib

        graph = rdflib.Graph(bind_namespaces="none")
        for path in (built.asserted, built.derived):
            graph.parse(path, format="nt")

    memory, disk = seconds(lambda: into(ox.Store()), runs), seconds(on_disk, runs)
    theirs = {"seconds": seconds(by_rdflib, runs)} if built.triples < MOST_FOR_RDFLIB else None
    yield "| load | ms | rdflib ms | ratio |\n|---|---:|---:|---:|"
    yield f"| into memory | {milliseconds(memory)} | {other_side(theirs, memory)} |"
    yield f"| into a store on disk | {milliseconds(disk)} | {other_side(theirs, disk)} |"


def queries(built: Built, runs: int, limit: float) -> Iterator[str]:
    """Warm, selective named queries."""
    found = asked(built)
    jobs = [job(name, found[name].text, runs + 1, limit) for name in SELECTIVE]
    theirs = {a["name"]: a for a in answers([built.asserted, built.derived], jobs, 3600)}
    yield "| query | rows | ms | rdflib ms | ratio |\n|---|---:|---:|---:|---:|"
    for name in SELECTIVE:
        ours = seconds(lambda n=name: built.library.ask(n, found[n].values), runs)  # type: ignore[misc]
        rows = len(built.library.ask(name, found[name].values))
        answer = theirs.get(name)
        if answer and "rows" in answer:
            assert answer["rows"] == rows, f"{name}: the engines differ"
        yield f"| {name} | {rows} | {milliseconds(ours)} | {other_side(answer, ours)} |"


def heavy(built: Built, runs: int, limit: float) -> Iterator[str]:
    """Contradictions and weighted overlap, beside the plain formulation on rdflib."""
    from moagraph.overlap import alike

    store = built.library.store
    jobs = [job("contradictions", CONTRADICTIONS, 1, limit), job("weighted overlap", OVERLAP, 1, limit)]
    theirs = {a["name"]: a for a in answers([built.asserted, built.derived], jobs, 3600)}
    yield "| question | rows | ms | rdflib ms, once | ratio |\n|---|---:|---:|---:|---:|"
    actions: dict[str, tuple[Callable[[], Any], int]] = {
        "contradictions": (lambda: store.answer(LINKED, POLICY), len(store.select(LINKED, POLICY))),
        "weighted overlap": (lambda: alike(store, POLICY, top=10**7), len(alike(store, POLICY, top=10**7))),
    }
    for name, (action, rows) in actions.items():
        ours, answer = seconds(action, runs), theirs.get(name)
        if answer and "rows" in answer:
            assert answer["rows"] == rows, f"{name}: {rows} rows here, {answer['rows']} there"
        yield f"| {name} | {rows} | {milliseconds(ours)} | {other_side(answer, ours)} |"
    plain = seconds(lambda: store.answer(CONTRADICTIONS, POLICY), runs)
    assert len(store.select(CONTRADICTIONS, POLICY)) == actions["contradictions"][1]
    yield f"\nThe plain formulation of contradictions takes the embedded store {milliseconds(plain)} ms."


def servers(built: Built, runs: int, folder: Path) -> Iterator[str]:
    """Named queries on servers: both sides give the same table, with the labels that each has looked up before."""
    from served import Endpoint, oxigraph, virtuoso, virtuoso_is_there

    from moagraph.endpoint import EndpointStore
    from moagraph.library import Library

    found = asked(built)
    kinds: dict[str, Callable[[], AbstractContextManager[Endpoint]]] = {"oxigraph": lambda: oxigraph(built)}
    if virtuoso_is_there():
        kinds["virtuoso"] = lambda: virtuoso(built, folder / "virtuoso")
    times: dict[str, list[str]] = {name: [] for name in found}
    slower: dict[str, list[str]] = {kind: [] for kind in kinds}
    unequal: list[str] = []
    for kind, start in kinds.items():
        with start() as endpoint:
            there = Library(built.library.queries, EndpointStore(endpoint.url), POLICY)
            for name, query in found.items():
                try:
                    ours, theirs = alternately(
                        lambda q=query: built.library.ask(q.name, q.values),  # type: ignore[misc]
                        lambda q=query, t=there: t.ask(q.name, q.values),  # type: ignore[misc]
                        runs,
                    )
                except Exception as error:  # a server that fails a query is no reason to stop
                    times[name] += ["", type(error).__name__]
                    continue
                times[name] += [milliseconds(ours), milliseconds(theirs)]
                if there.ask(name, query.values) != built.library.ask(name, query.values):
                    unequal.append(f"{name} on {kind}")
                if statistics.median(ours) > statistics.median(theirs):
                    slower[kind].append(f"{name} ({statistics.median(ours) / statistics.median(theirs):.2f})")
    yield f"| query |{''.join(f' embedded ms | {kind} ms |' for kind in kinds)}\n|---|{'---:|' * 2 * len(kinds)}"
    for name, cells in times.items():
        yield f"| {name} | {' | '.join(cells)} |"
    for kind, names in slower.items():
        yield f"\nSlower embedded than on {kind}, and how many times as slow: {', '.join(names) or 'none'}."
    yield f"\nAnother table than embedded: {', '.join(unequal) or 'none'}."


def budgets(built: Built, runs: int, update: bool) -> Iterator[str]:
    """Every named query beside its budget."""
    kept = dict(line.split("\t") for line in BUDGETS.read_text("utf-8").splitlines()[1:]) if BUDGETS.is_file() else {}
    medians: dict[str, float] = {}
    yield "| query | rows | processor ms | budget ms | |\n|---|---:|---:|---:|---|"
    for name, query in asked(built).items():
        # The processor's time, which others on the same machine change less than that on the wall.
        taken = seconds(
            lambda q=query: built.library.ask(q.name, q.values),  # type: ignore[misc]
            runs,
            time.process_time,
        )
        medians[name] = statistics.median(taken) * 1000
        over = "**none**" if name not in kept else "**over**" if medians[name] > float(kept[name]) else ""
        rows = len(built.library.ask(name, query.values))
        yield f"| {name} | {rows} | {medians[name]:.1f} | {kept.get(name, '')} | {over} |"
    if update:
        lines = [f"{name}\t{max(1, round(5 * median))}" for name, median in sorted(medians.items())]
        BUDGETS.write_text("\n".join(["query\tmilliseconds", *lines]) + "\n", "utf-8")
        yield f"\nWrote {BUDGETS.name}."


def overlap(runs: int, limit: float) -> Iterator[str]:
    """Overlap of all pairs of many compounds."""

    def side(*words: str) -> dict[str, Any] | None:
        command = [sys.executable, str(HERE / "overlap_side.py"), *words]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return None
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    yield "| compounds | increments | side | ms | processor ms | peak MB | ratio | ratio of processor |"
    yield "|---:|---:|---|---:|---:|---:|---:|---:|"
    for compounds in (1000, 10_000, 50_000):
        ours = side(str(compounds), str(runs))
        assert ours is not None
        start = f"| {compounds:,} | {ours['increments']:,} |"
        times = f"{milliseconds(ours['seconds'])} | {milliseconds(ours['cpu'])} | {ours['peak']}"
        yield f"{start} moagraph | {times} | 1 | 1 |"
        if compounds <= 10_000:
            theirs = side(str(compounds), "1", "networkx")
            if theirs is None:
                yield f"{start} networkx, once | > {limit * 1000:.0f} | | | | |"
                continue
            times = f"{milliseconds(theirs['seconds'])} | {milliseconds(theirs['cpu'])} | {theirs['peak']}"
            ratios = [statistics.median(theirs[kind]) / statistics.median(ours[kind]) for kind in ("seconds", "cpu")]
            yield f"{start} networkx, once | {times} | {ratios[0]:.0f} | {ratios[1]:.0f} |"


def stable_turtle(built: Built, runs: int, limit: float) -> Iterator[str]:
    """Writing Turtle that differs little from one version to the next."""
    from moagraph.turtle import write

    triples = [quad.triple for quad in ox.parse(path=built.asserted, format=ox.RdfFormat.N_TRIPLES)]
    ours = seconds(lambda: write(triples), runs)
    theirs = {a["name"]: a for a in answers([built.asserted], [job("turtle", "", runs, limit)], 3600)}
    yield "| Turtle | ms | rdflib ms | ratio |\n|---|---:|---:|---:|"
    yield f"| {len(triples):,} triples | {milliseconds(ours)} | {other_side(theirs.get('turtle'), ours)} |"


def cached_ask(built: Built, runs: int) -> Iterator[str]:
    """A question to a built store, as a whole process."""
    name = "mechanisms-of-compound"
    text = asked(built)[name].text
    code = (
        "import sys; from pathlib import Path; from moagraph.store import EmbeddedStore; "
        "print(len(EmbeddedStore.open(Path(sys.argv[1])).select(sys.argv[2], sys.argv[3])))"
    )
    words = [sys.executable, "-c", code, str(built.store), text, POLICY]
    taken = seconds(lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL), runs)
    yield f"A whole process that opens the store and asks {name} takes {milliseconds(taken)} ms."


def pyshacl_alone(shapes: rdflib.Graph, triples: Sequence[ox.Triple]) -> None:
    """Validates as the manual of pySHACL says, shapes as they are written; `check` puts them into a faster form."""
    import pyshacl

    from moagraph.terms import as_rdflib
    from moagraph.validate import copy_of

    pyshacl.validate(as_rdflib(triples), shacl_graph=copy_of(shapes), inplace=True, advanced=False)


def validation(triples: int, seed: int, runs: int) -> Iterator[str]:
    """Validating against the shapes: pySHACL, the fast engine, and one claim that was changed."""
    try:
        validate, revalidate = (importlib.import_module(f"moagraph.{name}") for name in ("validate", "revalidate"))
        importlib.import_module("shacl")
    except ImportError as error:
        yield f"No engine beside pySHACL here: {error}."
        return
    made = [File(p.path, turtle(p.title, p.nodes).encode()) for p in joined(pieces(triples, seed, []))]
    corpus = Corpus.of([*ontology_files(), *made])
    shapes = shapes_of(corpus)
    slow = [seconds_of(lambda: validate.validate(shapes, corpus.triples, "pyshacl"))]
    as_written = [seconds_of(lambda: pyshacl_alone(shapes, corpus.triples))]
    fast = seconds(lambda: validate.validate(shapes, corpus.triples, "shacl"), runs)
    yield "| validation | ms | pySHACL ms, once | ratio |\n|---|---:|---:|---:|"
    for words, theirs in (
        ("the shapes as they are written", as_written),
        ("shapes as `check` gives them to pySHACL", slow),
    ):
        all_ = f"all {len(corpus.triples):,} triples, {words}"
        yield f"| {all_} | {milliseconds(fast)} | {other_side({'seconds': theirs}, fast)} |"
    claim = next(t.subject for t in corpus.triples if "/claim/" in str(t.subject))
    own = [t for t in corpus.triples if t.subject == claim]
    for engine in ("shacl", "pyshacl"):
        graph = revalidate.Revalidator(shapes, corpus.triples, engine)
        again = seconds(lambda g=graph: g.results(g.change(own, own)), runs)  # type: ignore[misc]
        yield f"| one claim again, by {engine} | {milliseconds(again)} | {other_side({'seconds': slow}, again)} |"


SECTIONS = ["load", "queries", "heavy", "servers", "budgets", "turtle", "cached-ask", "validation", "overlap"]


def main() -> None:
    """Prints the sections that are asked for; a hang ends the run after two hours."""
    signal.alarm(7200)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--triples", type=int, default=BUDGET_SIZE, help=f"size of the graph ({BUDGET_SIZE})")
    parser.add_argument("--seed", type=int, default=1, help="seed of the graph (1)")
    parser.add_argument("--runs", type=int, default=5, help="how many runs a median is of (5)")
    parser.add_argument(
        "--limit", type=float, default=300, help="seconds that one job of the other side may take (300)"
    )
    parser.add_argument("--update-budgets", action="store_true", help="write budgets.tsv from this run")
    parser.add_argument("sections", nargs="*", default=SECTIONS, help=f"which of {', '.join(SECTIONS)} (all)")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        built = build(words.triples, words.seed, folder) if {*words.sections} - {"overlap"} else None
        made: dict[str, Callable[[Built], Iterator[str]]] = {
            "load": lambda b: load(b, words.runs, folder),
            "queries": lambda b: queries(b, words.runs, words.limit),
            "heavy": lambda b: heavy(b, words.runs, words.limit),
            "servers": lambda b: servers(b, words.runs, folder),
            "budgets": lambda b: budgets(b, words.runs, words.update_budgets),
            "turtle": lambda b: stable_turtle(b, words.runs, words.limit),
            "cached-ask": lambda b: cached_ask(b, words.runs),
            "validation": lambda _: validation(words.triples, words.seed, words.runs),
        }
        if built:
            print(f"{built.triples:,} triples, asserted and derived\n")
        for section in words.sections:
            for line in (
                overlap(words.runs, words.limit) if built is None or section == "overlap" else made[section](built)
            ):
                print(line, flush=True)
            print()


if __name__ == "__main__":
    main()
