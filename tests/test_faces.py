"""The faces of the named queries, all from one file each: manual, Python, OpenAPI, examples, drawings and grlc."""

from __future__ import annotations

import inspect
import json
import pydoc
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import openapi_spec_validator
import pyoxigraph as ox
import pytest
import rdflib
import yaml

import moagraph
from moagraph.cli.making import ADDRESSED, EXPORTS
from moagraph.errors import MissingParameter, OutputFailed, UnknownParameter
from moagraph.export import examples as examples_export
from moagraph.export import grlc as grlc_export
from moagraph.export import mermaid as mermaid_export
from moagraph.export import openapi as openapi_export
from moagraph.faces.examples import from_graphs, question
from moagraph.faces.grlc import grlc, name_in_grlc, variable_in_grlc
from moagraph.faces.manual import catalogue, example, manual
from moagraph.faces.mermaid import mermaid
from moagraph.faces.signature import Questions
from moagraph.names import PREFIXES
from moagraph.query import Query
from moagraph.store import EmbeddedStore

SH = PREFIXES["sh"]
EXPORTERS = {
    "openapi": openapi_export.export,
    "examples": examples_export.export,
    "mermaid": mermaid_export.export,
    "grlc": grlc_export.export,
}
INVENTED = Query.parse(
    "amides",
    """#+ summary: Amides
#+ asks: "Which amides has ?compound, but for ?compound_kind?"
#+ params:
#+   compound_kind: { class: [moa:CompoundKind, moa:Agent], example: amide, optional: true, about: what it is }
#+   class: { class: moa:Compound, many: true, example: [alphamide, beta's amide] }
#+   at_least: { type: xsd:decimal, default: 0.50 }
#+   size: { type: xsd:string, enum: [small, large], example: small }
#+ columns: { amide: moa:Compound, claims: moa:Claim*, number: xsd:integer }
#+ tags: [amide]
PREFIX moa: <https://w3id.org/moagraph/vocab#>
SELECT ?amide (GROUP_CONCAT(STR(?claim); SEPARATOR=" ") AS ?claims) (COUNT(?claim) AS ?number) WHERE {
  ?class moa:kind ?compound_kind ; moa:member|<http://example.org/m> ?amide .
  OPTIONAL { ?claim moa:subject ?amide ; moa:note "say \\"x\\"" . FILTER (?at_least < ?size) }
  { ?amide a moa:Compound } UNION { ?amide a moa:CompoundGroup }
  FILTER NOT EXISTS { ?amide moa:member+ ?class }
} GROUP BY ?amide ORDER BY ?amide
""",
)


@pytest.fixture(scope="module")
def every(real_graph: moagraph.Graph) -> list[Query]:
    queries = list(real_graph.library.queries.values())
    assert len(queries) >= 70
    return queries


def test_the_manual_says_all_that_the_header_says() -> None:
    text = manual(INVENTED, 90)
    said = " ".join(text.split())
    for words in (
        "Usage: moagraph ask amides [compound_kind=VALUE] class=VALUE [at_least=VALUE] size=VALUE [OPTIONS]",
        "what it is; a compound kind or an agent, by any name; any unless given; for example compound_kind=amide",
        "a compound, by any name; required; several are asked about together; for example class=alphamide",
        "a decimal number; 0.5 unless given",
        "one of small, large; required; for example size=small",
        "claims claims (moa:Claim*)",
        "number whole number",
        "Tags: amide",
    ):
        assert words in said
    assert text.endswith("  moagraph ask amides class=alphamide 'class=beta'\"'\"'s amide' size=small\n")
    assert max(map(len, text.splitlines())) <= 90


def test_the_example_of_every_query_can_be_asked(every: list[Query], real_graph: moagraph.Graph) -> None:
    for query in every:
        words = {p.name: list(p.examples) if p.many else p.example for p in query.params if p.required}
        assert all(f"{name}=" in example(query) for name in words)
        real_graph.library.ask(query.name, words)


def test_the_catalogue_has_a_row_for_each() -> None:
    row = catalogue([INVENTED]).splitlines()[-1]
    assert row == (
        "| `amides` | Which amides has ?compound, but for ?compound_kind? | `compound_kind` (CompoundKind or Agent, "
        "optional), `class` (Compound, several), `at_least` (decimal, 0.5 unless given), `size` (small, large) |"
    )


def test_queries_are_python_functions(real_graph: moagraph.Graph) -> None:
    questions = Questions(real_graph.library)
    assert [name.replace("_", "-") for name in dir(questions)] == list(questions) == list(real_graph.library.queries)
    ask = questions.shared_mechanisms
    assert str(inspect.signature(ask)).startswith("(compound: str | list[str])")
    assert ask(compound="cortexin").cells == ask("cortexin").cells
    assert ask("cortexin").cells == real_graph.ask("shared-mechanisms", compound="cortexin").cells
    assert questions["compounds-of-class"](class_="nootropic").cells
    assert questions.studies_of_size().cells == questions.studies_of_size(at_least=100, design=None).cells
    text = pydoc.render_doc(questions.studies_of_size, renderer=pydoc.plaintext)  # type: ignore[attr-defined]
    assert "studies_of_size(at_least: int | list[int] = 100, design: str | list[str] | None = None)" in text
    assert "at_least: the smallest number of participants; a whole number; 100 unless given" in text
    assert len(questions.table()) == len(questions)
    assert "shared_mechanisms(compound)" in repr(questions)
    assert "<table>" in questions._repr_html_()


def test_a_function_asked_wrongly_says_how_to_ask(real_graph: moagraph.Graph) -> None:
    questions = Questions(real_graph.library)
    with pytest.raises(MissingParameter, match="needs a value for 'compound'"):
        questions.shared_mechanisms()
    with pytest.raises(UnknownParameter, match="no parameter 'compnd'"):
        questions.shared_mechanisms(compnd="cortexin")
    with pytest.raises(TypeError, match="several values for compound"):
        questions.shared_mechanisms("cortexin", compound="cortexin")
    with pytest.raises(TypeError, match="too many positional"):
        questions.shared_mechanisms("cortexin", "selank")
    with pytest.raises(AttributeError, match="did you mean shared_mechanisms"):
        _ = questions.shard_mechanisms
    assert not hasattr(questions, "__wrapped__")


def test_the_openapi_description_is_valid(real_graph: moagraph.Graph, every: list[Query]) -> None:
    document = json.loads(openapi_export.description(real_graph))
    openapi_spec_validator.validate(document)
    assert list(document["paths"]) == [f"/api/{query.name}" for query in every]
    parameters = document["paths"]["/api/claims-by-tier"]["get"]["parameters"]
    assert parameters[0]["schema"]["items"]["enum"] == ["A", "B", "C", "D", "E", "F"]
    assert parameters[1] == {"$ref": "#/components/parameters/policy"}
    assert document["components"]["parameters"]["policy"]["schema"]["default"] == "stated"
    (size, design, _) = document["paths"]["/api/studies-of-size"]["get"]["parameters"]
    assert (size["required"], size["schema"]["default"], size["schema"]["items"]["type"]) == (False, [100], "integer")
    assert not design["required"]
    del document["info"]["title"]
    with pytest.raises(Exception, match="title"):
        openapi_spec_validator.validate(document)


def test_answers_are_as_described(real_graph: moagraph.Graph, every: list[Query]) -> None:
    document = json.loads(openapi_export.description(real_graph))
    rows = 0
    for query in every:
        schema = document["paths"][f"/api/{query.name}"]["get"]["responses"]["200"]["content"]["application/json"]
        whole = {**schema["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator.check_schema(whole)
        validator = jsonschema.Draft202012Validator(whole)
        required = {p.name: list(p.examples) if p.many else p.example for p in query.params if p.required}
        each = {p.name: [p.example] for p in query.params if not p.many}
        for values in (required, {**required, **each}):
            answer = json.loads(real_graph.library.ask(query.name, values).to_json())
            rows += len(answer["rows"])
            validator.validate(answer)
    assert rows > 500
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"columns": [], "rows": [{"nonsense": 1}]})


def test_examples_run_as_they_are(real_graph: moagraph.Graph, every: list[Query], tmp_path: Path) -> None:
    path = tmp_path / "examples.ttl"
    assert examples_export.export(real_graph, path, None, "https://example.org/sparql/") == len(every)
    graph = rdflib.Graph().parse(path, format="turtle")
    assert not [node for triple in graph for node in triple if isinstance(node, rdflib.BNode)]
    assert isinstance(real_graph.store, EmbeddedStore)
    nodes = list(graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{SH}SPARQLExecutable")))
    assert len(nodes) == len(every)
    for node in nodes:
        assert str(node).startswith("https://example.org/sparql/.well-known/sparql-examples/")
        query = real_graph.library.find(str(node).rsplit("/", 1)[-1])
        assert str(graph.value(node, rdflib.RDFS.comment)) == question(query)
        assert "?" not in question(query).rstrip("?").replace("? ", " ")
        keywords = {str(word) for word in graph.objects(node, rdflib.URIRef("https://schema.org/keywords"))}
        assert keywords == set(query.tags)
        # The default graph of this call is empty: the text itself says which graphs it asks.
        answer = real_graph.store.store.query(str(graph.value(node, rdflib.URIRef(f"{SH}select"))))
        assert isinstance(answer, ox.QuerySolutions)
        values = {p.name: list(p.examples) if p.many else p.example for p in query.params}
        assert len(list(answer)) == len(real_graph.library.ask(query.name, values))
    prefixes = {str(p) for p in graph.objects(None, rdflib.URIRef(f"{SH}prefix"))}
    assert prefixes >= {"moa", "rdf", "skos"}


def test_without_an_endpoint_examples_name_no_graph(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    examples_export.export(real_graph, tmp_path / "a.ttl")
    text = (tmp_path / "a.ttl").read_text("utf-8")
    assert "FROM <" not in text
    assert "schema:target" not in text
    assert "<https://w3id.org/moagraph/query/shared-mechanisms>" in text


LINES = re.compile(
    r'flowchart LR|(  )+((v\d+(\("[^"]*"\)|\(\["[^"]*"\]\)|>"[^"]*"\])|t\d+\["[^"]*"\])|'
    r'[vt]\d+ (-->|-\.->|-\.-)\|"[^"]*"\| [vt]\d+|subgraph g\d+ \["[A-Z ]+"\]|end|'
    r"classDef (param|column) stroke-width:\dpx|class v\d+(,v\d+)* (param|column))"
)


def test_every_drawing_is_mermaid(every: list[Query]) -> None:
    for query in [*every, INVENTED]:
        text = mermaid(query)
        lines = text.splitlines()
        for line in lines:
            assert LINES.fullmatch(line), line
        words = [line.split() for line in lines]
        assert sum(w[0] == "subgraph" for w in words) == sum(w[0] == "end" for w in words)
        made = [re.match(r"[vt]\d+", w[0])[0] for w in words if re.match(r"[vt]\d+\W", w[0])]  # type: ignore[index]
        assert len(made) == len(set(made))
        used = {n for line in lines if "|" in line for n in re.findall(r"\b[vt]\d+\b", re.sub(r'"[^"]*"', "", line))}
        assert used <= set(made)
        for parameter in query.params:
            assert f'>"?{parameter.name}"]' in text


def test_a_drawing_shows_what_is_optional_forbidden_and_either() -> None:
    text = mermaid(INVENTED)
    assert re.findall(r'subgraph g\d+ \["([A-Z ]+)"\]', text) == [
        "OPTIONAL",
        "UNION",
        "EITHER",
        "EITHER",
        "NOT EXISTS",
    ]
    assert '|"moa:member#124;http://example.org/m"|' in text
    assert "say #92;#quot;x#92;#quot;" in text
    assert re.search(r'-\.->\|"COUNT"\| v\d+', text)


IN_GRLC = re.compile(
    r"\?(?P<required>_{1,2})(?P<name>[a-zA-Z0-9]+)_(?:(?P<iri>iri)|(?P<integer>integer)|xsd_(?P<other>\w+))"
)
"""How grlc's documentation says that parameters are named."""


def _as_grlc_asks(text: str, values: dict[str, str]) -> str:
    """Puts values into a query as grlc does: the text of a value where its variable stands."""

    def value(match: re.Match[str]) -> str:
        word = values.get(match["name"])
        if word is None:
            assert len(match["required"]) == 2, f"{match['name']} is required"
            return match[0]
        return f"<{word}>" if match["iri"] else f'"{word}"^^xsd:{match["integer"] or match["other"]}'

    return IN_GRLC.sub(value, text)


def test_grlc_gives_the_same_answers(real_graph: moagraph.Graph, every: list[Query]) -> None:
    assert isinstance(real_graph.store, EmbeddedStore)
    library = real_graph.library
    for query in every:
        text = grlc(library, query, "https://example.org/sparql")
        header = yaml.safe_load("\n".join(line[2:] for line in text.splitlines() if line.startswith("#+")))
        assert header["summary"] == query.summary
        assert header["endpoint"] == "https://example.org/sparql"
        body = text[text.rindex("#+") :].partition("\n")[2]
        ox.Store().query(body)  # grlc parses it before it puts values in
        assert [match[0] for match in IN_GRLC.finditer(body)] == [variable_in_grlc(p) for p in query.params]
        for optional in (True, False):
            given = [p for p in query.params if p.required or optional]
            values = {
                name_in_grlc(p): p.example if p.datatype else library.names.resolve(p.example, p.types) for p in given
            }
            answer = real_graph.store.store.query(_as_grlc_asks(body, values))
            assert isinstance(answer, ox.QuerySolutions)
            assert [v.value for v in answer.variables] == [column.name for column in query.columns]
            assert len(list(answer)) == len(library.ask(query.name, {p.name: p.example for p in given}))


def test_grlc_takes_names_of_letters_and_digits() -> None:
    named = {p.name: variable_in_grlc(p) for p in INVENTED.params}
    assert named == {
        "compound_kind": "?__compoundKind_iri",
        "class": "?_class_iri",
        "at_least": "?__atLeast_xsd_decimal",
        "size": "?_size_xsd_string",
    }


def test_graphs_are_named_before_the_outermost_where() -> None:
    text = 'SELECT ("WHERE {" AS ?x) WHERE { { SELECT ?y WHERE { } } }'
    assert from_graphs(text, ["x:a", "x:b"]) == (
        'SELECT ("WHERE {" AS ?x)\nFROM <x:a>\nFROM <x:b>\nWHERE { { SELECT ?y WHERE { } } }'
    )


@pytest.mark.parametrize("what", EXPORTERS)
def test_twice_gives_the_same_bytes(what: str, real_graph: moagraph.Graph, tmp_path: Path) -> None:
    assert what in EXPORTS
    exporter: Callable[..., int] = EXPORTERS[what]
    more = {"endpoint_url": "https://example.org/sparql"} if what in ADDRESSED else {}
    numbers = {exporter(real_graph, tmp_path / name, None, **more) for name in ("a", "b", "b")}
    assert len(numbers) == 1
    one, two = (
        {
            p.relative_to(tmp_path / name).as_posix(): p.read_bytes()
            for p in (tmp_path / name).rglob("*")
            if p.is_file()
        }
        or {"": (tmp_path / name).read_bytes()}
        for name in ("a", "b")
    )
    assert one == two
    assert len(one) == (numbers.pop() if what == "grlc" else 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_folder_for_grlc_holds_queries_alone_at_the_top(real_graph: moagraph.Graph, tmp_path: Path) -> None:
    grlc_export.export(real_graph, tmp_path / "g", None, "https://example.org/sparql")
    top = {p.name for p in (tmp_path / "g").iterdir()}
    assert top == {f"{name}.rq" for name in real_graph.library.queries} | {"README.md", "endpoint.txt", "faces"}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", "utf-8")
    with pytest.raises(OutputFailed, match="is no folder for grlc"):
        grlc_export.export(real_graph, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "x"
