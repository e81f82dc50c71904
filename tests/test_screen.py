"""Strangers' queries that would do harm are refused before an engine sees them; harmless words pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from moagraph.errors import MoagraphError, QueryRefused, QuerySyntax
from moagraph.screen import MAX_GROUPS, MAX_NESTING, MAX_PATTERNS, MAX_ROWS, refuse_unsafe

ROOT = Path(__file__).parent.parent
AWAY = "SERVICE <http://127.0.0.1/> { ?a ?b ?c }"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "select ?s where { service silent ?x { ?s ?p ?o } }",
        "SELECT ?s WHERE { \\u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT ?s FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "LOAD <http://127.0.0.1/>",
        "PREFIX x: <x:> DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "SELECT * WHERE " + "{" * (MAX_NESTING + 1) + "}" * (MAX_NESTING + 1),
        "SELECT * WHERE { " + "OPTIONAL { ?a ?b ?c } " * 300 + "}",
        "SELECT * WHERE { ?a ?b '" + "x" * 200_000 + "' }",
    ],
)
def test_strangers_queries_that_would_do_harm_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused):
        refuse_unsafe(text)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?s ?p ?o.{AWAY} }}",
        f"SELECT * {{ ?s ?p true{AWAY} }}",
        f"SELECT * {{ ?s ?p 1e5{AWAY} }}",
        f"SELECT * {{ ?s ?p x:.{AWAY} }}",
        f"SELECT * {{ ?s ?p x:a.b.{AWAY} }}",
        f"SELECT * {{ # ends here\r{AWAY} }}",
        f'SELECT * {{ ?s ?p """a\\"""" {AWAY} #"\n }}',
        f'SELECT * {{ VALUES ?x {{ """a" }} {AWAY} #\\x """\n }}',
        f"SELECT * {{ ?s <urn:x#y> ?o . {AWAY} }}",
        "SELECT * { FILTER(?a<1)SERVICE#>\n <http://127.0.0.1/> { ?a ?b ?c } }",
        f"SELECT * {{ FILTER(1<'>'){AWAY} #'\n }}",
        f"SELECT * {{ FILTER(1<1#>'''\n){AWAY} #'''\n }}",
        f"SELECT (COUNT(DISTINCTtrue<1#>'''\n) AS ?n) {{ {AWAY} #'''\n }}",
        f"SELECT (COUNT(DISTINCT1<1#>'''\n) AS ?n) {{ {AWAY} #'''\n }}",
        f"PREFIX x: <http://a:8> SELECT * {{ ?s ?p x:{AWAY} }}",
        f"PREFIX x: <http://a:8> SELECT * {{ ?s x:1{AWAY} }}",
        "PREFIX \ufffd: <http://127.0.0.1/> SELECT * { ?s ?p moa:SERVICE\ufffd:y{ ?a ?b ?c } }",
        "PREFIX : <http://127.0.0.1/> SELECT * { SERVICE:x{ ?a ?b ?c } }",
        "SELECT * { SERVICESILENT<http://127.0.0.1/>{ ?a ?b ?c } }",
        "SELECT * { \u017fervice <http://127.0.0.1/> { ?a ?b ?c } }",
        "ASKFROM<http://127.0.0.1/>{ }",
        "ASK FROMNAMED<http://127.0.0.1/>{ }",
        "DESCRIBE ?x FROM:x { ?x ?y ?z }",
    ],
)
def test_what_engines_cut_otherwise_hides_nothing(text: str) -> None:
    """Each of these was followed by an engine, or would be, where words are cut at blanks alone."""
    with pytest.raises(QueryRefused):
        refuse_unsafe(text)


def test_a_prefix_that_is_not_seen_as_one_is_no_query() -> None:
    with pytest.raises(QuerySyntax):
        refuse_unsafe(f"PREFIXx: <http://a:8> SELECT * {{ ?s ?p x:{AWAY} }}")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('SELECT ?s WHERE { ?s ?p "SERVICE FROM DELETE \\\\ {{{" } # FROM SERVICE', "SELECT"),
        ("ASK { ?s <http://example.org/SERVICE> ?o }", "ASK"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE ?s WHERE { ?s moa:from ?service }", "DESCRIBE"),
        ("BASE <http://x.org/> PREFIX ex: <http://x.org/ns#> ASK { <#a> ex:service <service#from> }", "ASK"),
        ("# a comment\nprefix : <urn:x:>\nselect * { :from :service-of ?from ; ^:p/(:q|!:r)* 'it''s' . }", "SELECT"),
        ("SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x ?p ?y FILTER(?y<5&&?x>3 || ?y < 2) } GROUP BY ?p", "SELECT"),
        ("ASK { ?x ?p ?y FILTER(?y IN (" + ",".join(f"<http://x/{i}#y>" for i in range(2_000)) + ")) }", "ASK"),
        ("SELECT * { VALUES (?x ?y) { " + "(<http://x/a#b> 1.5)" * 1_000 + " } }", "SELECT"),
        ("ASK { ?s ?p '''it's a \"SERVICE\"''', \"\", '', \"\\t\\\"\", \"x\"@en-GB, 'é\\u00e9' }", "ASK"),
        ("ASK { ?s ?p -1.5e-3, (1 2 3), [ ?p 1 ] }", "ASK"),
        ('SELECT * { ?s ?p "\u202eSERVICE\u2066" } # \u202e', "SELECT"),
        ("SELECT * { << ?s ?p ?o >> ?q <<( ?s ?p ?o )>> }", "SELECT"),
    ],
)  # fmt: skip
def test_ordinary_queries_pass(text: str, form: str) -> None:
    assert refuse_unsafe(text) == form


def test_our_own_queries_pass() -> None:
    files = sorted(ROOT.glob("queries/*.rq")) + sorted(ROOT.glob("ontology/**/*.rq"))
    assert len(files) > 60
    for file in files:
        assert refuse_unsafe(file.read_text("utf-8")) in ("SELECT", "CONSTRUCT")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT * {\n  ?s ?p ?o .\n  SERVICE <x:y> { } }", "SERVICE would reach the network (at 3:3)\n"),
        ("\ufeffASK { }", "byte order mark"),
        ("ASK { ?s ?p '\x00' }", "0x00"),
        ("ASK { ?s ?p '\ud800' }", "half a character"),
        ("ASK { ?s ?p '\\uD800' }", "escape"),
        ("ASK { ?s ?p '\\u0027' }", "escape"),
        ("ASK { ?s moa:a\\-b ?o }", "escape outside a string"),
        ("ASK { ?s ?p ?o FILTER(" + "!" * (MAX_NESTING + 1) + "?o) }", f"more than {MAX_NESTING} ! or ^"),
        ("ASK { ?s ?p " + "(" * (MAX_NESTING + 1), f"nest more than {MAX_NESTING} deep"),
        ("ASK { ?s ?p " + "[ ?p " * (MAX_NESTING + 1), f"nest more than {MAX_NESTING} deep"),
        ("ASK { " + "{ } " * (MAX_GROUPS + 1) + "}", f"more than {MAX_GROUPS} groups"),
        ("ASK { ?s ?p 1" + ", 1" * (MAX_PATTERNS + 1) + " }", f"more than {MAX_PATTERNS} triple patterns"),
        ("ASK { ?s ?p (" + " 1" * (MAX_PATTERNS // 2 + 2) + ") }", f"more than {MAX_PATTERNS} triple patterns"),
        ("ASK { ?s moa:a" + "/moa:a" * (MAX_PATTERNS + 1) + " ?o }", f"more than {MAX_PATTERNS} triple patterns"),
        ("ASK { VALUES ?x {" + " 1" * (MAX_ROWS + 1) + "} }", f"more than {MAX_ROWS:,} rows"),
        ("ASK { VALUES (?x) {" + " (1)" * (MAX_ROWS + 1) + "} }", f"more than {MAX_ROWS:,} rows"),
        ("ASK { FILTER(1" + "+1" * 1_001 + ") }", "more than 1,000 operators"),
        ("ASK {" + " FILTER(1)" * 201 + " }", "more than 200 OPTIONAL, UNION"),
        ("ASK { } ; DROP ALL", "DROP would change the graph (at 1:11)"),
        ("SELCT * { }", "begins with SELECT, ASK, CONSTRUCT or DESCRIBE (at 1:1)"),
        ("", "begins with SELECT"),
        ("# nothing\n", "begins with SELECT"),
        ("ASK { ?s ?p 'open }", "does not end"),
        ("ASK { ?s ?p 'bad \\x' }", "escape that is none (at 1:13)"),
    ],
)  # fmt: skip
def test_refusals_say_what_and_where(text: str, says: str) -> None:
    with pytest.raises(MoagraphError) as error:
        refuse_unsafe(text)
    assert says in str(error.value)
    assert isinstance(error.value, QueryRefused | QuerySyntax)


def test_the_message_is_short_and_harmless_whatever_the_query_holds() -> None:
    with pytest.raises(QueryRefused) as error:
        refuse_unsafe("ASK { ?s ?p '" + "\u202e\x85" * 20_000 + "' SERVICE <x:y> { } " + "x" * 10_000 + "}")
    message = str(error.value)
    assert len(message) < 500
    assert "\u202e" not in message
    head, excerpt, caret, *_ = message.split("\n")
    assert excerpt[caret.index("^") :].startswith("SERVICE"), head
