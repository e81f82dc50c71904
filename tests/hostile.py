"""The hostile queries that `test_hostile.py` runs.

Each says what it tries and how it may end: `refused` (by the screen, or since it is no query), `limit` (stopped),
`answered`, or several where the machine decides.
"""

from __future__ import annotations

from typing import NamedTuple

PORT = 1
"""Stands in the queries for the port of the listener, which is known when the tests run."""

EX = "http://example.org/"
AWAY = f"SERVICE <http://127.0.0.1:{PORT}/> {{ ?x ?y ?z }}"
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
XSD = "<http://www.w3.org/2001/XMLSchema#"
ROW = "BIND('" + "x" * 90_000 + "' AS ?x)"


class Hostile(NamedTuple):
    """A hostile query.

    Attributes:
        why: what it tries.
        text: the query.
        ends: how it may end.
    """

    why: str
    text: str
    ends: str


def grown(text: str, function: str) -> str:
    """Gives a query that applies a function of `$` to a text thirty times over."""
    steps = " ".join(f"BIND({function.replace('$', f'?v{i}')} AS ?v{i + 1})" for i in range(30))
    return f"SELECT (STRLEN(?v30) AS ?n) {{ BIND('{text}' AS ?v0) {steps} }}"


def counted(pattern: str) -> str:
    """Gives a query that counts what a pattern finds."""
    return f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"


def matching(pattern: str) -> str:
    """Gives a query that matches a regular expression with everything."""
    return f"ASK {{ ?s ?p ?o FILTER(REGEX(STR(?o), '{pattern}')) }}"


DEEP = [
    Hostile("braces kill the engine", "SELECT * " + "{" * 40_000 + "}" * 40_000, "refused"),
    Hostile("open braces", "SELECT * " + "{" * 90_000, "refused"),
    Hostile("parentheses kill it", "ASK { FILTER(" + "(" * 40_000 + "1" + ")" * 40_000 + ") }", "refused"),
    Hostile("nodes in nodes", "ASK { ?s ?p " + "[?p " * 10_000 + "1" + "]" * 10_000 + " }", "refused"),
    Hostile("lists in lists: 420 bytes, 28 s", "ASK { ?s ?p " + "(" * 200 + "1" + ")" * 200 + " }", "refused"),
    Hostile("not not not", "ASK { ?s ?p ?o FILTER(" + "!" * 30_000 + "true) }", "refused"),
    Hostile("not not not with blanks", "ASK { ?s ?p ?o FILTER(" + "! \n" * 20_000 + "true) }", "refused"),
    Hostile("inverse of inverse", "ASK { ?s " + "^" * 30_000 + "ex:p ?o }", "refused"),
    Hostile("paths in paths", "ASK { ?s " + "(" * 60 + "moa:p" + ")*" * 60 + " ?o }", "refused"),
    Hostile("stars of stars", "ASK { ?s " + "(" * 12 + f"<{EX}p>" + ")*" * 12 + " ?o }", "limit answered"),
    Hostile("sub-selects in sub-selects", "SELECT * " + "{ SELECT * " * 60 + "{ }" + "}" * 60, "refused"),
    Hostile("a tower of thirty", "SELECT * " + "{ SELECT * " * 30 + "{ ?s ?p ?o }" + "}" * 30, "limit answered"),
    Hostile("OPTIONAL in OPTIONAL", "ASK { " + "OPTIONAL { ?s ?p ?o " * 60 + "}" * 60 + "}", "refused"),
    Hostile("EXISTS in EXISTS", "ASK { " + "FILTER EXISTS { ?s ?p ?o " * 60 + "}" * 60 + "}", "refused"),
    Hostile("MINUS in MINUS", "ASK { " + "?s ?p ?o MINUS { " * 60 + "}" * 60 + "}", "refused"),
    Hostile("GRAPH in GRAPH", "ASK { " + "GRAPH ?g { " * 60 + "}" * 60 + "}", "refused"),
    Hostile("UNION in UNION", "ASK { " + "{ } UNION { " * 60 + "}" * 60 + "}", "refused"),
    Hostile("calls in calls", "SELECT (" + "STR(" * 5_000 + "1" + ")" * 5_000 + " AS ?x) { }", "refused"),
    Hostile("IF in IF", "SELECT (" + "IF(true, 1, " * 60 + "1" + ")" * 60 + " AS ?x) { }", "refused"),
    Hostile("triples in triples", "ASK { ?s ?p " + "<<( ?s ?p " * 5_000 + "1" + " )>>" * 5_000 + " }", "refused"),
    Hostile("CONSTRUCT of nodes in nodes", "CONSTRUCT { ?s ?p " + "[?p " * 99 + "1" + "]" * 99 + "} { }", "refused"),
]

MANY = [
    Hostile("planning is cubic: OPTIONAL", "ASK { " + "OPTIONAL { ?a ?b ?c } " * 2_000 + "}", "refused"),
    Hostile("6,600 UNIONs kill it", "ASK { { }" + " UNION { }" * 6_600 + "}", "refused"),
    Hostile(
        "patterns: 217 s to plan", "ASK { " + "".join(f"?s ex:p{i} ?o{i} . " for i in range(400)) + "}", "refused"
    ),
    Hostile("objects", "ASK { ?s ?p 1" + ",1" * 300 + " }", "refused"),
    Hostile("predicates", "ASK { ?s ?p 1" + ";?p 1" * 300 + " }", "refused"),
    Hostile("members", "ASK { ?s ?p (" + "1 " * 300 + ") }", "refused"),
    Hostile("nodes", "ASK { ?s ?p []" + ",[]" * 300 + " }", "refused"),
    Hostile("FILTERs", "ASK { " + "FILTER(true) " * 300 + "}", "refused"),
    Hostile("BINDs", "ASK { " + " ".join(f"BIND({i} AS ?v{i})" for i in range(300)) + "}", "refused"),
    Hostile("MINUS", "ASK { ?s ?p ?o " + "MINUS { ?s ?p 1 } " * 300 + "}", "refused"),
    Hostile("sub-selects", "ASK { " + "{ SELECT ?s { ?s ?p ?o } } " * 300 + "}", "refused"),
    Hostile("groups", "ASK { " + "{ ?s ?p ?o } " * 300 + "}", "refused"),
    Hostile("steps", f"ASK {{ ?s <{EX}p>" + f"/<{EX}p>" * 300 + " ?o }", "refused"),
    Hostile("alternatives", "ASK { ?s moa:p" + "|moa:p" * 5_000 + " ?o }", "refused"),
    Hostile("sums kill it", "SELECT (1" + "+1" * 45_000 + " AS ?x) { }", "refused"),
    Hostile("ands kill it", "ASK { FILTER(1" + "&&1" * 30_000 + ") }", "refused"),
    Hostile("rows", "ASK { VALUES ?x { " + "1 " * 40_000 + "} }", "refused"),
    Hostile("150 patterns still take long", "ASK { " + "?s ?p ?o . " * 150 + "}", "limit answered"),
    Hostile(
        "columns", "SELECT * { VALUES (" + " ".join(f"?v{i}" for i in range(9_000)) + ") { } }", "limit answered"
    ),
    Hostile("a long IN", "ASK { ?s ?p ?o FILTER(?o IN (1" + ",1" * 40_000 + ")) }", "limit answered"),
    Hostile("10 MB of blanks", "ASK { }" + " " * 10_000_000, "refused"),
    Hostile("10 MB of comment", "#" + "x" * 10_000_000 + "\nASK { }", "refused"),
    Hostile("10 MB of string", "ASK { ?s ?p '" + "x" * 10_000_000 + "' }", "refused"),
    Hostile("prefixes", "PREFIX a: <x:> " * 10_000 + "ASK { }", "refused"),
]

OUTSIDE = [
    Hostile("SERVICE", f"SELECT * {{ {AWAY} }}", "refused"),
    Hostile("lower case", f"SELECT * {{ {AWAY.lower()} }}", "refused"),
    Hostile("mixed case, SILENT", f"SELECT * {{ {AWAY.replace('SERVICE', 'SeRvIcE sIlEnT')} }}", "refused"),
    Hostile(
        "to a variable", f"SELECT * {{ VALUES ?u {{ <http://127.0.0.1:{PORT}/> }} SERVICE ?u {{ }} }}", "refused"
    ),
    Hostile("with a comment between", f"SELECT * {{ {AWAY.replace(' <', '# }' + chr(10) + '<')} }}", "refused"),
    Hostile("an escape", f"SELECT * {{ {AWAY.replace('S', chr(92) + 'u0053', 1)} }}", "refused"),
    Hostile("a long escape", f"SELECT * {{ {AWAY.replace('S', chr(92) + 'U00000053', 1)} }}", "refused"),
    Hostile("an escaped quote", f'SELECT * {{ ?s ?p "\\u0022 . {AWAY} #"\n }}', "refused"),
    Hostile("right after a variable", f"SELECT * {{ ?s ?p ?o.{AWAY} }}", "refused"),
    Hostile("right after true", f"SELECT * {{ ?s ?p true{AWAY} }}", "refused"),
    Hostile("right after a number", f"SELECT * {{ ?s ?p 1e5{AWAY} }}", "refused"),
    Hostile("right after a name", f"SELECT * {{ ?s ?p moa:.{AWAY} }}", "refused"),
    Hostile("in a name that falls apart", f"PREFIX a: <http://a:8> SELECT * {{ ?s ?p a:{AWAY} }}", "refused"),
    Hostile("to a name", f"PREFIX : <http://127.0.0.1:{PORT}/> SELECT * {{ SERVICE:x{{ }} }}", "refused"),
    Hostile("one word", f"SELECT * {{ {AWAY.replace('CE ', 'CESILENT')} }}", "refused"),
    Hostile("after a carriage return", f"SELECT * {{ # hidden\r{AWAY} }}", "refused"),
    Hostile("behind four quotes", f'SELECT * {{ ?s ?p """a\\"""" {AWAY} #"\n }}', "refused"),
    Hostile("behind a comparison", f"SELECT * {{ FILTER(1<'>'){AWAY} #'\n }}", "refused"),
    Hostile("behind a comment in a comparison", f"SELECT * {{ FILTER(1<1#>'''\n){AWAY} #'''\n }}", "refused"),
    Hostile("in OPTIONAL", f"SELECT * {{ OPTIONAL {{ {AWAY} }} }}", "refused"),
    Hostile("in EXISTS", f"ASK {{ FILTER NOT EXISTS {{ {AWAY} }} }}", "refused"),
    Hostile("in a sub-select", f"ASK {{ {{ SELECT * {{ {AWAY} }} }} }}", "refused"),
    Hostile("in LATERAL", f"SELECT * {{ ?s ?p ?o LATERAL {{ {AWAY} }} }}", "refused"),
    Hostile("in CONSTRUCT", f"CONSTRUCT WHERE {{ {AWAY} }}", "refused"),
    Hostile("a letter that folds to s", f"SELECT * {{ {AWAY.replace('S', chr(0x17F), 1)} }}", "refused"),
    Hostile("FROM a file", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "refused"),
    Hostile("FROM the network", f"SELECT * FROM <http://127.0.0.1:{PORT}/> {{ ?s ?p ?o }}", "refused"),
    Hostile("FROM NAMED", f"SELECT * from named <http://127.0.0.1:{PORT}/> {{ GRAPH ?g {{ ?s ?p ?o }} }}", "refused"),
    Hostile("FROM as one word", f"ASKFROM<http://127.0.0.1:{PORT}/>{{ }}", "refused"),
    Hostile("LOAD", f"LOAD <http://127.0.0.1:{PORT}/>", "refused"),
    Hostile("LOAD SILENT", f"LOAD SILENT <file:///etc/passwd> INTO GRAPH <{EX}g>", "refused"),
    Hostile("INSERT DATA", f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }}", "refused"),
    Hostile("INSERT WHERE", "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", "refused"),
    Hostile("DELETE after a comment", "# ASK { }\nDELETE WHERE { ?s ?p ?o }", "refused"),
    Hostile("DELETE after a prefix", "PREFIX a: <x:> DELETE DATA { a:a a:a a:a }", "refused"),
    Hostile("WITH", f"WITH <{EX}g> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", "refused"),
    Hostile("DROP", "DROP ALL", "refused"),
    Hostile("CLEAR", "CLEAR SILENT DEFAULT", "refused"),
    Hostile("CREATE", f"CREATE GRAPH <{EX}g>", "refused"),
    Hostile("COPY", f"COPY DEFAULT TO <{EX}g>", "refused"),
    Hostile("MOVE", f"MOVE <{EX}g> TO DEFAULT", "refused"),
    Hostile("ADD", f"ADD <{EX}g> TO DEFAULT", "refused"),
    Hostile("a tail", "ASK { } ; DROP ALL", "refused"),
    Hostile("a tail without a semicolon", "SELECT * { } INSERT DATA { <x:a> <x:a> 1 }", "refused"),
]

CHARACTERS = [
    Hostile("a byte order mark", "\ufeffASK { }", "refused"),
    Hostile("NUL", "ASK { ?s ?p '\0' }", "refused"),
    Hostile("a control character", "ASK { ?s ?p '\x1b[2J' }", "refused"),
    Hostile("half a character", "ASK { ?s ?p '\ud800' }", "refused"),
    Hostile("bytes that are no UTF-8", b"ASK { ?s ?p '\xff\xfe' }".decode("utf-8", "surrogateescape"), "refused"),
    Hostile("half a character as an escape", "ASK { ?s ?p '\\uD800\\uDC00' }", "refused"),
    Hostile("beyond all characters", "ASK { ?s ?p '\\U00110000' }", "refused"),
    Hostile("letters that run backwards", "ASK { ?s ?p '\u202e\u2066' } # \u202e", "answered"),
    Hostile("letters that run backwards, outside", "ASK { ?s \u202e?p ?o }", "refused"),
    Hostile("a blank that is none", "ASK\u00a0{ }", "refused"),
    Hostile("an open string", "ASK { ?s ?p 'x }", "refused"),
    Hostile("an open long string", "ASK { ?s ?p '''x }", "refused"),
    Hostile("an open IRI", "ASK { ?s ?p <http://x }", "refused"),
    Hostile("nothing", "", "refused"),
    Hostile("only a comment", "# nothing", "refused"),
    Hostile("quotes", "ASK { " + "'\"" * 40_000, "refused"),
    Hostile("backslashes", "ASK { ?s ?p '" + "\\" * 80_001 + "' }", "refused"),
    Hostile("less-than signs", "ASK { FILTER(" + "1<" * 40_000 + "1) }", "refused"),
    Hostile("IRIs of scripts", "SELECT (<javascript:alert(1)> AS ?x) (<data:text/html,x> AS ?y) { }", "answered"),
    Hostile("IRIs of files", "DESCRIBE <file:///etc/passwd>", "answered"),
    Hostile("a name of 90,000 letters", "ASK { ?s moa:" + "a" * 90_000 + " ?o }", "answered"),
]

HEAVY = [
    Hostile("a product, counted", counted(CROSS), "limit"),
    Hostile("a product, printed", f"SELECT * {{ {CROSS} }}", "limit"),
    Hostile("a product, different rows", f"SELECT DISTINCT ?a ?d ?g {{ {CROSS} }}", "limit"),
    Hostile("a product, sorted", f"SELECT * {{ {CROSS} }} ORDER BY ?i ?a", "limit"),
    Hostile("a product, sorted for one row", f"SELECT * {{ {CROSS} }} ORDER BY DESC(?i) LIMIT 1", "limit"),
    Hostile("a product, grouped", f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d ?g", "limit"),
    Hostile("a product, filtered away", f"ASK {{ {CROSS} FILTER(?a = ?c && ?d = ?f && ?g = 1) }}", "limit answered"),
    Hostile("a product, skipped", f"SELECT * {{ {CROSS} }} OFFSET 999999999999", "limit"),
    Hostile("a product, constructed", f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {CROSS} }}", "limit"),
    Hostile("a product, described", f"DESCRIBE ?a ?d ?g WHERE {{ {CROSS} }}", "limit"),
    Hostile("a product, concatenated", f"SELECT (GROUP_CONCAT(STR(?a)) AS ?x) {{ {CROSS} }}", "limit"),
    Hostile(
        "a product of OPTIONALs", "ASK { OPTIONAL{?a ?b ?c} OPTIONAL{?d ?e ?f} FILTER(?a = 1) }", "limit answered"
    ),
    Hostile(
        "a product of sub-selects",
        "ASK { {SELECT ?a {?a ?b ?c}} {SELECT ?d {?d ?e ?f}} FILTER(?a=1) }",
        "limit answered",
    ),
    Hostile(
        "a product of rows",
        "SELECT (COUNT(*) AS ?n) { "
        + "".join(f"VALUES ?{name} {{ {' '.join(str(i) for i in range(2_000))} }} " for name in "abc")
        + "}",
        "limit",
    ),
    Hostile("LATERAL for every row", counted("?a ?b ?c LATERAL { ?d ?e ?f . ?g ?h ?i }"), "limit"),
    Hostile(
        "EXISTS for every pair",
        "ASK { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?a ?x ?d . ?d ?y ?a } FILTER(?c = ?f && ?a = 1) }",
        "limit answered",
    ),
    Hostile("paths over a ring", counted(f"?s <{EX}next>* ?o"), "limit"),
    Hostile("plus over a ring", f"SELECT * {{ ?s <{EX}next>+ ?o }} ORDER BY ?o", "limit"),
    Hostile("back and forth on a ring", counted(f"?s (<{EX}next>|^<{EX}next>)* ?o"), "limit"),
    Hostile("anything but", counted(f"?s (!<{EX}nothing>|^<{EX}next>)* ?o . ?o ?p ?q"), "limit"),
    Hostile("a complete graph", counted(f"?s (<{EX}to>|!<{EX}x>|<{EX}y>)* ?o . ?o ?p ?q"), "limit"),
    Hostile("steps on a complete graph", counted(f"?s {'/'.join([f'<{EX}to>'] * 9)} ?o"), "limit"),
    Hostile(
        "round a ring to itself",
        f"ASK {{ ?s (<{EX}next>/<{EX}next>/<{EX}next>)+ ?s FILTER(?s = 1) }}",
        "limit answered",
    ),
    Hostile(
        "cliques",
        "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?v{i} <{EX}to> ?v{j} ." for i in range(6) for j in range(i)) + " }",
        "limit",
    ),
    Hostile("strings double", grown("0123456789", "CONCAT($, $)"), "limit"),
    Hostile("REPLACE doubles", grown("aa", "REPLACE($, 'a', 'aa')"), "limit"),
    Hostile("codes triple", grown("é%", "ENCODE_FOR_URI(CONCAT($, $))"), "limit"),
    Hostile(
        "everything in one string",
        "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f }",
        "limit",
    ),
    Hostile(
        "a long separator",
        "SELECT (GROUP_CONCAT(STR(?p); separator='" + "x" * 90_000 + "') AS ?x) { ?s ?p ?o }",
        "limit",
    ),
    Hostile("long rows", f"SELECT ?x {{ ?a ?b ?c {ROW} }}", "limit"),
    Hostile("hashes", f"SELECT (COUNT(SHA512(CONCAT(STR(?a), STR(?f)))) AS ?n) {{ {CROSS} }}", "limit"),
    Hostile("chance", f"ASK {{ {CROSS} FILTER(RAND() > 2) }}", "limit answered"),
    Hostile("new names", f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ {CROSS} BIND(UUID() AS ?u) }}", "limit"),
    Hostile("now", f"ASK {{ {CROSS} FILTER(NOW() < '1999-01-01T00:00:00Z'^^{XSD}dateTime>) }}", "limit answered"),
    Hostile(
        "a pattern that backtracks", "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '^(a+)+$')) } LIMIT 9", "answered"
    ),
    Hostile("a pattern that backtracks, with a tail", matching("(a|aa)+(a|aa)+(a|aa)+!"), "limit answered"),
    Hostile("a pattern of a million", matching("((a{100}){100}){100}"), "limit answered"),
    Hostile("a pattern in brackets", matching("(" * 20_000 + ")" * 20_000), "limit answered refused"),
    Hostile(
        "a pattern for every row",
        counted("?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT(STR(?f), '.*x')))"),
        "limit",
    ),
    Hostile("a large integer", f"SELECT ({XSD}integer>('{'9' * 80_000}') AS ?x) {{ }}", "answered"),
    Hostile("a large decimal", f"SELECT ({XSD}decimal>('{'9' * 40_000}.{'9' * 40_000}') AS ?x) {{ }}", "answered"),
    Hostile("a large double", "SELECT (1e99999 AS ?x) (1e-99999 AS ?y) (-1e400 * 1e400 AS ?z) { }", "answered"),
    Hostile("a product of integers", "SELECT (9223372036854775807 * 9223372036854775807 + 1 AS ?x) { }", "answered"),
    Hostile(
        "the least integer, divided", "SELECT ((-9223372036854775807 - 1) / -1 AS ?x) (1 / 0 AS ?y) { }", "answered"
    ),
    Hostile(
        "a year that is none",
        f"SELECT ('9999999999-01-01T00:00:00Z'^^{XSD}dateTime> + 'P9999999Y'^^{XSD}duration> AS ?x) {{ }}",
        "answered",
    ),
    Hostile(
        "SUBSTR out of bounds",
        "SELECT (SUBSTR('é', -9223372036854775807, 9223372036854775807) AS ?x) { }",
        "answered",
    ),
    Hostile("LIMIT beyond all numbers", "SELECT * { } LIMIT 99999999999999999999999", "refused answered"),
    Hostile("a function of nobody", f"SELECT (<{EX}system>('rm -rf /') AS ?x) {{ }}", "answered refused"),
    Hostile("a function of the engine", "SELECT (<http://oxigraph.org/x>(1) AS ?x) { }", "answered refused"),
    Hostile(
        "a name that is no IRI", "SELECT (IRI('not an IRI') AS ?x) (IRI('../../etc/passwd') AS ?y) { }", "answered"
    ),
    Hostile("triples about triples", "SELECT * { << ?s ?p ?o >> ?q ?r . <<( ?s ?p ?o )>> ?t ?u }", "answered limit"),
    Hostile("all there is", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "limit"),
    Hostile("all that is described", "DESCRIBE * WHERE { ?s ?p ?o }", "limit"),
    Hostile(
        "other graphs",
        "SELECT * { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?x ?y ?z } }",
        "limit answered",
    ),
]

HOSTILE = DEEP + MANY + OUTSIDE + CHARACTERS + HEAVY
