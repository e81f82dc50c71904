"""Turtle in: every triple with its line, every fault with its place. Turtle out: same triples, same bytes."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest

from moagraph.turtle import TurtleFault, read, write

TEXT = """# alphamide
@prefix compound: <https://w3id.org/moagraph/compound/> .
@prefix moa: <https://w3id.org/moagraph/vocab#> .

compound:alphamide  a moa:Compound ;
    moa:amount 0.050 , 1.0 ;
    moa:note "line one"@en .

compound:betamide  a moa:Compound .
"""


def test_every_triple_has_its_line() -> None:
    document = read(TEXT.encode())
    lines = {(str(s).rsplit("/", 1)[-1], str(o)): line for (s, _, o), line in document.lines}
    assert lines["alphamide", "https://w3id.org/moagraph/vocab#Compound"] == 5
    assert lines["alphamide", "0.050"] == 6
    assert lines["alphamide", "line one"] == 7
    assert lines["betamide", "https://w3id.org/moagraph/vocab#Compound"] == 9
    assert len(document.triples) == len(document.lines) == 5


def test_a_literal_that_begins_a_line_does_not_shift_those_below() -> None:
    """rdflib's parser steps back before such a literal, and its own count of lines then runs ahead."""
    text = '''@prefix : <https://example.org/> .
:a :p
    "x" ;
    :q 1 ,
       2 ,
       "z"@en ,
       """two
lines""" ;
    :r :b .
'''
    lines = {str(o): line for (_, _, o), line in read(text.encode()).lines}
    assert lines == {"x": 3, "1": 8, "2": 8, "z": 8, "two\nlines": 8, "https://example.org/b": 9}


@pytest.mark.parametrize("text", ["<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .", '<a:a> <a:b> "x"@en--ltr .'])
def test_what_came_after_rdf_1_1_is_refused(text: str) -> None:
    with pytest.raises(TurtleFault, match=r"RDF 1\.1"):
        read(b"\n" + text.encode())


def test_literals_stay_as_written() -> None:
    assert '"0.050"^^' in " ".join(str(t) for t in read(TEXT.encode()).triples)
    assert "0.050" in write(read(TEXT.encode()).triples).decode()


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read(b"\xef\xbb\xbf" + TEXT.encode()).triples == read(TEXT.encode()).triples


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (TEXT.replace(" ;\n    moa:note", " ;;;\n    moa:note note").encode(), "turtle-syntax", 7),
        (TEXT.replace("compound:betamide", "nobody:betamide").encode(), "turtle-syntax", 9),
        (TEXT.replace("line one", "line \xe9").encode("latin-1"), "not-utf-8", 7),
        (TEXT.replace("<https://w3id.org/moagraph/compound/>", "<not an iri>").encode(), "turtle-syntax", 2),
        (TEXT[:-3].encode(), "turtle-syntax", 9),
        (b"<#a> <#b> <#c> .\n", "turtle-syntax", 1),
    ],
)
def test_a_fault_says_where(content: bytes, code: str, line: int) -> None:
    with pytest.raises(TurtleFault) as caught:
        read(content)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert caught.value.problem
    assert caught.value.cure


def test_the_order_of_triples_changes_no_byte() -> None:
    triples = list(read(TEXT.encode()).triples)
    expected = write(triples, "one\n\ntwo")
    shuffled = triples * 2
    random.Random(1).shuffle(shuffled)
    assert write(shuffled, "one\n\ntwo") == expected
    assert expected.startswith(b"# one\n#\n# two\n@prefix compound:")


def test_only_the_prefixes_used_are_written_and_it_reads_back() -> None:
    text = write(read(TEXT.encode()).triples)
    assert [line.split()[1] for line in text.decode().splitlines() if line.startswith("@prefix")] == [
        "compound:",
        "moa:",
    ]
    again = {str(q.triple) for q in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert again == {str(t) for t in read(TEXT.encode()).triples}


def test_a_prefix_in_a_string_is_not_used() -> None:
    text = TEXT.replace("line one", 'see \\"skos: and doi:x\\" <http://purl.org/dc/terms/x> dcterms:y, reference:z')
    written = write(read(text.encode()).triples).decode()
    assert [line.split()[1] for line in written.splitlines() if line.startswith("@prefix")] == ["compound:", "moa:"]
    assert {str(q.triple) for q in ox.parse(written, format=ox.RdfFormat.TURTLE)} == {
        str(t) for t in read(text.encode()).triples
    }


def test_triples_are_written_in_the_order_of_their_texts() -> None:
    """Whatever the characters: N-Triples lines, by which `write` sorts, have the order of the texts of triples."""
    subject, predicate = ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/p")
    values = [
        ox.Literal(text)
        for text in ("", "a", "a\nb", "a\u2028b", "a\x85b", 'a"b', "a\\b", "a\tb", "\U0001f9e0", "\uffee")
    ]
    values += [ox.Literal("a", language=tag) for tag in ("en", "en-GB", "de")]
    triples: list[ox.Triple] = [ox.Triple(subject, predicate, value) for value in values]
    triples += [ox.Triple(subject, predicate, ox.NamedNode(f"https://example.org/{n}")) for n in ("a", "a1", "a-")]
    back = [q.triple for q in ox.parse(write(triples[::-1]), format=ox.RdfFormat.TURTLE)]
    assert back == sorted(triples, key=str)
    assert write([]) == b"\n\n"
