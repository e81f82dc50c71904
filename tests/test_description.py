"""The description of the data set: its numbers are those that SPARQL counts, and editors find what they ask for."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery

import moagraph
from moagraph.errors import BadValue, NothingToCheck
from moagraph.export import ontology, release, service, void
from moagraph.export.counting import Counts, counted
from moagraph.names import ASSERTED, BASE, PREFIXES, policy_graph
from moagraph.store import EmbeddedStore
from moagraph.turtle import write

ROOT = Path(__file__).parent.parent
ENDPOINT = "http://localhost:8000/sparql"
VOID = rdflib.Namespace(PREFIXES["void"])
VOID_EXT = rdflib.Namespace(PREFIXES["void-ext"])
DCAT = rdflib.Namespace(PREFIXES["dcat"])
SD = rdflib.Namespace(PREFIXES["sd"])
SPDX = rdflib.Namespace(PREFIXES["spdx"])
DCTERMS = rdflib.Namespace(PREFIXES["dcterms"])
PREPARED = functools.cache(prepareQuery)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the real ontology and invented data."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    shutil.copytree(ROOT / "tests" / "fixtures" / "base" / "data", root / "data")
    shutil.copytree(ROOT / "queries", root / "queries")
    return root


@pytest.fixture(scope="module")
def graph(project: Path) -> moagraph.Graph:
    return moagraph.open(project)


@pytest.fixture(scope="module")
def described(graph: moagraph.Graph) -> rdflib.Graph:
    return parsed(void.description(graph))


def parsed(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Reads what is written; no node may be blank."""
    triples = list(triples)
    found = rdflib.Graph(bind_namespaces="none").parse(data=write(triples), format="turtle")
    assert len(found) == len({str(t) for t in triples}) > 0
    assert not any(isinstance(term, rdflib.BNode) for triple in found for term in triple)
    return found


def as_rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    text = "".join(f"{triple} .\n" for triple in triples)
    return rdflib.Graph(bind_namespaces="none").parse(data=text, format="nt")


def ask(graph: rdflib.Graph, query: str) -> Counter[tuple[str, ...]]:
    """Gives rows of names with a count last."""
    rows: Counter[tuple[str, ...]] = Counter()
    for row in graph.query(PREPARED(query)):
        assert isinstance(row, rdflib.query.ResultRow)
        rows[tuple(str(part) for part in row[:-1])] = int(row[len(row) - 1])
    return rows


def compare(counts: Counts, graph: rdflib.Graph, types: rdflib.Graph) -> None:
    """Compares counts with what SPARQL counts; classes of nodes are asked of `types` too."""
    one = "SELECT (COUNT({}) AS ?n) WHERE {{ ?s ?p ?o {} }}"
    for number, query in (
        (counts.triples, one.format("*", "")),
        (counts.subjects, one.format("DISTINCT ?s", "")),
        (counts.objects, one.format("DISTINCT ?o", "")),
        (len(counts.properties), one.format("DISTINCT ?p", "")),
        (counts.entities, one.format("DISTINCT ?s", f'FILTER (isIRI(?s) && STRSTARTS(STR(?s), "{BASE}"))')),
        (len(counts.classes), "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c FILTER (!isLiteral(?c)) }"),
    ):
        assert ask(graph, query) == Counter({(): number}) or (number == 0 and ask(graph, query)[()] == 0), query
    assert Counter({(k,): n for k, n in counts.properties.items()}) == ask(
        graph, "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
    )
    # The types of both graphs, under a property that neither uses.
    joined = rdflib.Graph(bind_namespaces="none")
    for triple in graph:
        joined.add(triple)
    for source in (graph, types):
        for node, class_ in source.subject_objects(RDF.type):
            if not isinstance(class_, rdflib.Literal):
                joined.add((node, rdflib.URIRef("urn:in"), class_))
    here = "FILTER (?p != <urn:in>)"
    assert Counter({(k,): n for k, n in counts.members.items()}) == ask(
        joined, f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s <urn:in> ?c ; ?p ?o {here} }} GROUP BY ?c"
    )
    uses = {(c, p): use for c, by_property in counts.uses.items() for p, use in by_property.items()}
    assert Counter({key: use.triples for key, use in uses.items()}) == ask(
        joined, f"SELECT ?c ?p (COUNT(*) AS ?n) WHERE {{ ?s <urn:in> ?c ; ?p ?o {here} }} GROUP BY ?c ?p"
    )
    assert Counter({(*key, c): n for key, use in uses.items() for c, n in use.classes.items()}) == ask(
        joined,
        f"SELECT ?c ?p ?d (COUNT(*) AS ?n) WHERE {{ ?s <urn:in> ?c ; ?p ?o . ?o <urn:in> ?d {here} }} "
        "GROUP BY ?c ?p ?d",
    )
    assert Counter({(*key, d): n for key, use in uses.items() for d, n in use.datatypes.items()}) == ask(
        joined,
        f"SELECT ?c ?p ?d (COUNT(*) AS ?n) WHERE {{ ?s <urn:in> ?c ; ?p ?o . FILTER isLiteral(?o) {here} "
        "BIND (DATATYPE(?o) AS ?d) } GROUP BY ?c ?p ?d",
    )


def test_numbers_are_what_sparql_counts(graph: moagraph.Graph) -> None:
    asserted = as_rdflib(graph.store.quads(ASSERTED))
    found = {part.graph: part.counts for part in void.graphs_of(graph)}
    assert set(found) == {ASSERTED, *(policy_graph(name) for name in graph.policies)}
    compare(found[ASSERTED], asserted, rdflib.Graph())
    assert found[ASSERTED].triples > 1_000
    # rdflib takes its time: one lax policy and one strict one.
    for name in ("stated", "trials"):
        derived = as_rdflib(graph.store.quads(policy_graph(name)))
        compare(found[policy_graph(name)], derived, asserted)
        both = rdflib.Graph()
        for triple in [*asserted, *derived]:
            both.add(triple)
        assert graph.places is not None
        compare(void.default_of(moagraph.open(graph.places.data.parent, policy=name)), both, rdflib.Graph())


TERMS = [ox.NamedNode(f"{BASE}compound/{name}") for name in ("alphamide", "betanil", "gammine")]
CLASSES = [ox.NamedNode(f"https://example.org/{name}") for name in ("Potion", "Poison")]
PROPERTIES = [ox.NamedNode(f"https://example.org/{name}") for name in ("likes", "says")]
LITERALS = [
    ox.Literal("x"),
    ox.Literal("x", language="en"),
    ox.Literal("x", language="ru"),
    ox.Literal("1", datatype=ox.NamedNode(f"{PREFIXES['xsd']}integer")),
    ox.Literal("https://example.org/Potion"),
]
TRIPLES = st.lists(
    st.one_of(
        st.builds(ox.Triple, st.sampled_from([*TERMS, *CLASSES]), st.just(ox.NamedNode(str(RDF.type))),
                  st.sampled_from(CLASSES)),
        st.builds(ox.Triple, st.sampled_from([*TERMS, *CLASSES, ox.BlankNode("b")]), st.sampled_from(PROPERTIES),
                  st.sampled_from([*TERMS, *CLASSES, *LITERALS, ox.BlankNode("b")])),
    ),
    max_size=25,
)  # fmt: skip


@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(TRIPLES, TRIPLES)
def test_numbers_of_any_graph_are_what_sparql_counts(triples: list[ox.Triple], others: list[ox.Triple]) -> None:
    """Repeated triples, several classes, languages and blank nodes included; in whatever order."""
    text = "".join(f"{t} .\n" for t in triples).replace("_:b", "<urn:b>")
    triples = [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)]
    others = [t for t in others if not isinstance(t.subject, ox.BlankNode)]
    known = counted(others).known
    counts = counted([*triples, *triples], BASE, known)
    assert counted(reversed(triples), BASE, known) == counts
    compare(counts, as_rdflib(triples), as_rdflib(others))


def test_blank_nodes_are_subjects_but_no_entities() -> None:
    counts = counted([ox.Triple(ox.BlankNode("b"), PROPERTIES[0], TERMS[0])])
    assert (counts.subjects, counts.entities, counts.objects) == (1, 0, 1)


def test_description_says_the_numbers(graph: moagraph.Graph, described: rdflib.Graph) -> None:
    for part in void.graphs_of(graph):
        node = rdflib.URIRef(part.name)
        assert {(node, RDF.type, VOID.Dataset), (node, RDF.type, DCAT.Dataset)} <= set(described)
        for name, number in (
            ("triples", part.counts.triples),
            ("entities", part.counts.entities),
            ("classes", len(part.counts.classes)),
            ("properties", len(part.counts.properties)),
            ("distinctSubjects", part.counts.subjects),
            ("distinctObjects", part.counts.objects),
        ):
            assert described.value(node, VOID[name]) == rdflib.Literal(number), name
        classes = set(described.objects(node, VOID.classPartition))
        assert len(classes) == len(part.counts.members) > 3
        assert {
            (str(described.value(c, VOID["class"])), int(str(described.value(c, VOID.entities)))) for c in classes
        } == set(part.counts.members.items())
    whole = rdflib.URIRef(void.DATASET)
    for name in ("title", "description", "license", "creator", "publisher", "created", "issued", "modified"):
        assert described.value(whole, DCTERMS[name]) is not None, name
    assert described.value(whole, DCAT.version) == rdflib.Literal("0.1.0")
    assert described.value(whole, VOID.uriSpace) == rdflib.Literal(BASE)
    assert rdflib.URIRef(PREFIXES["moa"]) in set(described.objects(whole, VOID.vocabulary))
    examples = list(described.objects(whole, VOID.exampleResource))
    assert len(examples) == 3
    asserted = as_rdflib(graph.store.quads(ASSERTED))
    assert all((example, RDF.type, None) in asserted for example in examples)


def sib(graph: rdflib.Graph) -> set[tuple[str, ...]]:
    """Asks for partitions as SIB's editor does: class, property, and class or datatype of the values."""
    query = """
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
        SELECT DISTINCT ?class ?property ?kind WHERE {
          ?cp void:class ?class ; void:propertyPartition ?pp .
          ?pp void:property ?property .
          OPTIONAL { { ?pp void:classPartition [ void:class ?kind ] }
            UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?kind ] } } }"""
    found = set()
    for row in graph.query(query):
        assert isinstance(row, rdflib.query.ResultRow)
        found.add(tuple(str(part or "") for part in row))
    return found


def test_sibs_editor_finds_the_partitions(graph: moagraph.Graph, described: rdflib.Graph) -> None:
    wanted = set()
    for part in void.graphs_of(graph):
        for class_, by_property in part.counts.uses.items():
            for property_, use in by_property.items():
                wanted |= {(class_, property_, kind) for kind in [*use.classes, *use.datatypes] or [""]}
    assert sib(described) == wanted
    moa, xsd = PREFIXES["moa"], PREFIXES["xsd"]
    assert (f"{moa}Claim", f"{moa}subject", f"{moa}Compound") in wanted
    assert (f"{moa}Quantity", f"{moa}asReported", f"{xsd}string") in wanted
    assert (f"{moa}Compound", f"{moa}bindsReceptor", f"{moa}Receptor") in wanted, "what a policy derives is found too"


def test_service_description(graph: moagraph.Graph) -> None:
    example = ox.Triple(
        ox.NamedNode(f"{ENDPOINT}#q"), ox.NamedNode(str(RDF.type)), ox.NamedNode(str(SH.SPARQLExecutable))
    )
    found = parsed(service.service(graph, ENDPOINT, more=[example]))
    node = rdflib.URIRef(ENDPOINT)
    assert (node, RDF.type, SD.Service) in found
    assert found.value(node, SD.endpoint) == node
    assert found.value(node, SD.supportedLanguage) == SD.SPARQL11Query
    assert (rdflib.URIRef(void.DATASET), VOID.sparqlEndpoint, node) in found
    assert not set(found.objects(node, SD.feature)), "none is claimed: SERVICE is refused, the default graph no union"
    dataset = found.value(node, SD.defaultDataset)
    default = found.value(dataset, SD.defaultGraph)
    assert found.value(default, VOID.triples) == rdflib.Literal(void.default_of(graph).triples)
    names = {}
    for named in found.objects(dataset, SD.namedGraph):
        assert (named, RDF.type, SD.NamedGraph) in found
        names[str(found.value(named, SD.name))] = found.value(named, SD.graph)
    assert set(names) == {ASSERTED, *(policy_graph(name) for name in graph.policies)}
    assert all(found.value(g, VOID.triples) is not None for g in names.values())
    assert all((g, VOID.classPartition, None) in found for g in names.values())
    assert {str(f).rpartition("/")[2] for f in found.objects(node, SD.resultFormat)} == set(service.RESULT_FORMATS)
    assert (None, RDF.type, SH.SPARQLExecutable) in found, "room for the examples of others"
    assert sib(found) == sib(parsed(void.description(graph)))


@pytest.mark.parametrize("url", ["", "sparql", "file:///etc/passwd", "http://", "http://a b/sparql"])
def test_an_address_that_is_none_is_refused(url: str, graph: moagraph.Graph) -> None:
    with pytest.raises(BadValue):
        service.service(graph, url)


def test_a_release_says_what_its_files_are(graph: moagraph.Graph, tmp_path: Path) -> None:
    release.export(graph, tmp_path / "release")
    found = rdflib.Graph().parse(tmp_path / "release" / "void.ttl", format="turtle")
    manifest = json.loads((tmp_path / "release" / "manifest.json").read_text("utf-8"))
    files = set()
    for file in found.subjects(RDF.type, DCAT.Distribution):
        name = str(found.value(file, DCTERMS.title))
        content = (tmp_path / "release" / name).read_bytes()
        assert str(found.value(file, DCAT.byteSize)) == str(len(content))
        checksum = found.value(file, SPDX.checksum)
        assert found.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        assert str(found.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()
        assert str(found.value(file, DCAT.downloadURL)).endswith(f"/release/0.1.0/{name}")
        media_type = str(found.value(file, DCAT.mediaType)).removeprefix(void.MEDIA_TYPES)
        assert media_type == {
            "ttl": "text/turtle", "nq": "application/n-quads", "tsv": "text/tab-separated-values",
            "json": "application/json",
        }[name.rpartition(".")[2]]  # fmt: skip
        (owner,) = found.subjects(DCAT.distribution, file)
        assert (owner, RDF.type, DCAT.Dataset) in found
        files.add(name)
    assert files == set(manifest["files"]) - {"void.ttl"}
    whole = rdflib.URIRef(void.DATASET)
    own = {str(found.value(file, DCTERMS.title)) for file in found.objects(whole, DCAT.distribution)}
    assert own == {"moagraph.ttl", "moagraph.nq", "ontology.ttl"}
    assert len(set(found.objects(whole, VOID.dataDump))) == 3
    assert len(set(found.objects(whole, DCTERMS.hasPart))) == len(graph.library.queries)


def test_twice_gives_the_same_bytes(graph: moagraph.Graph, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert void.export(graph, tmp_path / f"{name}.ttl") > 1_000
        assert service.export(graph, tmp_path / f"{name}-service.ttl", endpoint_url=ENDPOINT) > 1_000
        assert ontology.export(graph, tmp_path / f"{name}-ontology.ttl") > 1_000
    for name in ("", "-service", "-ontology"):
        assert (tmp_path / f"a{name}.ttl").read_bytes() == (tmp_path / f"b{name}.ttl").read_bytes()


def test_exported_vocabulary_is_the_published_form(graph: moagraph.Graph, tmp_path: Path) -> None:
    number = ontology.export(graph, tmp_path / "a.ttl")
    found = rdflib.Graph().parse(tmp_path / "a.ttl", format="turtle")
    assert len(found) == number
    definition = rdflib.URIRef(f"{PREFIXES['obo']}IAO_0000115")
    term = rdflib.URIRef(f"{PREFIXES['moa']}Claim")
    assert found.value(term, definition) == found.value(term, rdflib.SKOS.definition)
    assert not list(found.subjects(RDF.type, term)), "data are no part of the vocabulary"


def test_without_a_header_nothing_is_described(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "bare")
    path = tmp_path / "bare" / "ontology" / "moagraph.ttl"
    text = path.read_text("utf-8")
    path.write_text(text.replace('dcterms:modified "2026', 'dcterms:modified "1999', 1), "utf-8")
    changed = parsed(void.description(moagraph.open(tmp_path / "bare")))
    assert str(changed.value(rdflib.URIRef(void.DATASET), DCTERMS.modified)).startswith("1999"), (
        "dates are the header's"
    )

    class Empty(moagraph.Graph):
        def __init__(self, graph: moagraph.Graph) -> None:
            self.__dict__.update(graph.__dict__)
            self.store = EmbeddedStore(ox.Store())

    with pytest.raises(NothingToCheck):
        void.description(Empty(moagraph.open(project)))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["void"], 0, "triples to"),
        (["ontology"], 0, "triples to"),
        (["service", "--endpoint-url", ENDPOINT], 0, "triples to"),
        (["service"], 2, "--endpoint-url https://"),
        (["void", "-f", "xml"], 2, "cannot write format 'xml'"),
    ],
    ids=["void", "ontology", "service", "service-nowhere", "void-xml"],
)
def test_commands(words: list[str], code: int, said: str, project: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "moagraph", "export", *words, "--root", str(project), "-o", str(tmp_path / "a.ttl")],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert (tmp_path / "a.ttl").is_file() == (code == 0)
