"""A user's own files are read without reaching for anything, kept apart, and added to a copy that costs little."""

from __future__ import annotations

import gc
import gzip
import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from listening import Listener
from moagraph.errors import BadRdf, InputUnreadable, MoagraphError, NothingToCheck
from moagraph.foreign import DATA_BASE, DATA_GRAPH, FORMATS, _Reader, files_of, format_of, read, scratch_generation
from moagraph.names import ASSERTED
from moagraph.sandbox import Sandboxed
from moagraph.store import EmbeddedStore, Solutions

EX = "http://example.org/"
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/"'
BODY = '<rdf:Description rdf:about="http://example.org/alphamide"><ex:is>1</ex:is></rdf:Description>'

ONE = {
    "one.ttl": f'<{EX}alphamide> <{EX}is> "1" .',
    "one.nt": f'<{EX}alphamide> <{EX}is> "1" .\n',
    "one.nq": f'<{EX}alphamide> <{EX}is> "1" <{EX}g> .\n',
    "one.trig": f'<{EX}g> {{ <{EX}alphamide> <{EX}is> "1" }}',
    "one.jsonld": f'{{"@id": "{EX}alphamide", "{EX}is": "1"}}',
    "one.rdf": f"{RDF}>{BODY}</rdf:RDF>",
    "one.xml": f"{RDF}>{BODY}</rdf:RDF>",
    "one.owl": f'<?xml version="1.0" encoding="utf-8"?>\n{RDF}>{BODY}</rdf:RDF>',
}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Gives digest, time and inode of each file."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.iterdir())
    }


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A store of invented things, as a build leaves it."""
    path = tmp_path / "generation" / "store"
    path.parent.mkdir()
    store = ox.Store(str(path))
    asserted, is_ = ox.NamedNode(ASSERTED), ox.NamedNode(f"{EX}is")
    store.bulk_extend(
        ox.Quad(ox.NamedNode(f"{EX}beta-receptor-{i}"), is_, ox.Literal(str(i)), asserted) for i in range(20_000)
    )
    store.optimize()
    store.flush()
    del store
    gc.collect()
    return path


def test_every_format_is_tried() -> None:
    assert {Path(name).suffix for name in ONE} == set(FORMATS)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_formats_are_told_by_the_extension(tmp_path: Path, name: str, packed: bool, mark: bytes) -> None:
    content = mark + ONE[name].encode()
    path = written(
        tmp_path, f"{name}.gz" if packed else name.upper(), gzip.compress(content, mtime=0) if packed else content
    )
    assert [str(triple) for triple in read(path)] == [f'<{EX}alphamide> <{EX}is> "1"']


def test_folders_are_read_sorted_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/two.ttl", "a.nt", "b/one.nq.gz", ".hidden.ttl", ".git/x.ttl", "notes.txt", "b/.x/y.ttl"):
        written(tmp_path, name, b"")
    other = written(tmp_path.parent, "other.ttl", b"")
    found = files_of([other, tmp_path, tmp_path / "a.nt"])
    assert [path.name for path in found] == ["other.ttl", "a.nt", "one.nq.gz", "two.ttl"]


def test_what_is_no_file_of_rdf_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadRdf, match="does not say its format") as error:
        files_of([written(tmp_path, "notes.txt", b"")])
    assert ".ttl" in error.value.fix
    with pytest.raises(InputUnreadable, match="no file or folder"):
        files_of([tmp_path / "nothing.ttl"])
    with pytest.raises(InputUnreadable, match="no file or folder"):
        files_of([Path("-")])
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToCheck):
        files_of([tmp_path / "empty"])
    with pytest.raises(NothingToCheck):
        files_of([])


def test_relative_names_do_not_tell_where_the_file_is(tmp_path: Path) -> None:
    path = written(tmp_path, "mine.ttl", "<a> <#p> <>, <../../x> .")
    text = " ".join(str(triple) for triple in read(path))
    assert f"<{DATA_BASE}a> <{DATA_BASE}#p> <{DATA_BASE}>" in text
    assert str(tmp_path) not in text
    assert "file:" not in text


def test_blank_nodes_of_two_files_stay_two_and_have_the_same_names_each_time(tmp_path: Path) -> None:
    turtle = written(tmp_path, "one.ttl", f"_:a <{EX}p> _:b, [], (1) .")
    lines = written(tmp_path, "two.nt", f"_:a <{EX}p> _:b .\n")
    first = [str(t) for number, path in enumerate((turtle, lines), 1) for t in read(path, number)]
    again = [str(t) for number, path in enumerate((turtle, lines), 1) for t in read(path, number)]
    assert first == again
    nodes = [
        {word for word in " ".join(lines).split() if word.startswith("_:")} for lines in (first[:-1], first[-1:])
    ]
    assert len(nodes[0]) == 4
    assert len(nodes[1]) == 2
    assert not nodes[0] & nodes[1]


HOSTILE: dict[str, str | bytes] = {
    "remote-context.jsonld": '{"@context": "http://127.0.0.1:PORT/c", "@id": "x:a", "p": 1}',
    "context-in-a-list.jsonld": '[{"@context": [{"q": "x:q"}, "http://127.0.0.1:PORT/c"], "@id": "x:a", "p": 1}]',
    "scoped-context.jsonld": '{"@context": {"p": {"@id": "x:p", "@context": "http://127.0.0.1:PORT/c"}}, "p": {}}',
    "imported-context.jsonld": '{"@context": {"@version": 1.1, "@import": "http://127.0.0.1:PORT/c"}, "@id": "x:a"}',
    "file-context.jsonld": '{"@context": "file:///etc/passwd", "@id": "x:a", "p": 1}',
    "relative-context.jsonld": '{"@context": "context.jsonld", "@id": "x:a", "p": 1}',
    "dtd.rdf": f'<!DOCTYPE x SYSTEM "http://127.0.0.1:PORT/x.dtd">{RDF}>{BODY}</rdf:RDF>',
    "lower-dtd.rdf": f'<!doctype x SYSTEM "http://127.0.0.1:PORT/x.dtd">{RDF}>{BODY}</rdf:RDF>',
    "late-dtd.rdf": f'{RDF}>{BODY}<!DOCTYPE x SYSTEM "http://127.0.0.1:PORT/x.dtd"></rdf:RDF>',
    "far-dtd.rdf": f"<!--{' ' * 65_500}--><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>{RDF}/>",
    "laughs.rdf": "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i + 1} '{f'&a{i};' * 10}'>" for i in range(9))
    + f"]>{RDF}>{BODY.replace('1', '&a9;')}</rdf:RDF>",
    "utf-16.rdf": f'<?xml version="1.0" encoding="UTF-16"?>{RDF}/>'.encode("utf-16"),
    "utf-7.rdf": f'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x>{RDF}/>',
    "include.rdf": f'{RDF} xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="http://127.0.0.1:PORT/x"/>{BODY}',
    "latin-1.ttl": b'<x:a> <x:b> "\xe9" .',
    "utf-16.ttl": '<x:a> <x:b> "1" .'.encode("utf-16"),
    "half.ttl": '<x:a> <x:b> "\\uD800" .',
    "quoted.ttl": "<x:a> <x:b> <<( <x:a> <x:b> 1 )>> .",
    "deeply-quoted.nt": "<x:a> <x:b> " + "<<( <x:a> <x:b> " * 100_000 + '"1"' + " )>>" * 100_000 + " .",
    "deep.jsonld": '{"x:p": {"@list": [' * 5_000 + "1" + "]}}" * 5_000,
    "deeper.jsonld": "[" * 3_000_000,
    "bomb.nt.gz": gzip.compress(b"# nothing to see\n" * 12_000_000, 9, mtime=0),
    "cut.nt.gz": gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 1_000, mtime=0)[:-9],
    "not-packed.nt.gz": b"<x:a> <x:b> <x:c> .\n",
    "long.ttl": b'<x:a> <x:b> "' + b"x" * 20_000_000 + b'" .',
    "open.ttl": '<x:a> <x:b> """' + "x" * 100_000,
    "html.owl": "<!DOCTYPE html><html><body>404</body></html>",
    "turtle.owl": "<x:a> <x:b> <x:c> .",
}  # fmt: skip

HARMLESS = {
    "imports.ttl": "<x:a> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:PORT/x>, <file:///etc/passwd> .",
    "imports.owl": f'{RDF} xmlns:owl="http://www.w3.org/2002/07/owl#"><owl:Ontology rdf:about="x:a">'
    '<owl:imports rdf:resource="http://127.0.0.1:PORT/x"/></owl:Ontology></rdf:RDF>',
    "see-also.nt": "<x:a> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <http://127.0.0.1:PORT/x> .\n",
    "schema-location.rdf": f'{RDF} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="http://example.org/ http://127.0.0.1:PORT/x.xsd">{BODY}</rdf:RDF>',
    "style-sheet.rdf": f'<?xml-stylesheet href="http://127.0.0.1:PORT/x.xsl"?>{RDF} xml:base="http://127.0.0.1:PORT/">'
    f"{BODY}</rdf:RDF>",
    "base.ttl": "@base <http://127.0.0.1:PORT/> . @prefix x: <http://127.0.0.1:PORT/x#> . <a> x:b <c> .",
    "inline-context.jsonld": '{"@context": {"@base": "http://127.0.0.1:PORT/", "p": "x:p"}, "@id": "a", "p": 1}',
    "brackets.jsonld": '{"x:p": ["' + "[[{{" * 50_000 + '\\"[[", "]"]}',
    "marks.ttl": '<x:a> <x:b> "' + "<< " * 4_000 + '", "' + "<< " * 4_000 + '" .',
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_and_fetch_nothing(tmp_path: Path, listener: Listener, name: str) -> None:
    content = HOSTILE[name]
    content = content.replace("PORT", str(listener.port)) if isinstance(content, str) else content
    path = written(tmp_path, name, content)
    written(tmp_path, "context.jsonld", '{"@context": {"p": "x:p"}}')
    started = time.monotonic()
    with pytest.raises(BadRdf) as error:
        for _ in read(path):
            pass
    assert time.monotonic() - started < 60
    assert str(error.value.problem).startswith(str(path))
    assert len(str(error.value)) < 1_000 + len(str(path))
    assert listener.connections == 0
    if name.endswith(".jsonld") and "context" in name:
        assert "nothing is fetched" in error.value.problem
        assert error.value.fix


@pytest.mark.parametrize("size", [1, 7, 4_096])
def test_what_is_refused_is_seen_across_the_pieces_that_a_file_is_read_in(tmp_path: Path, size: int) -> None:
    for name, content in {
        "x.rdf": f"<!DOCTYPE x>{RDF}/>",
        "x.jsonld": '{"x:[": ' * 201 + "1" + "}" * 201,
        "x.nt": "<x:a> <x:b> " + "<<( <x:a> <x:b> " * 5_001 + '"1"' + " )>>" * 5_001 + " .",
    }.items():
        path = written(tmp_path, name, content)
        format_ = format_of(path)
        assert format_ is not None
        with path.open("rb") as file:
            reader = _Reader(path, file, format_)
            with pytest.raises(BadRdf):
                list(iter(lambda: reader.read(size), b""))  # noqa: B023 - it is read here


@pytest.mark.parametrize("size", [1, 7, 4_096])
def test_brackets_in_strings_do_not_nest_however_a_file_is_read(tmp_path: Path, size: int) -> None:
    string = '"' + '[{\\"\\\\' * 300 + '"'
    content = f'{{"x:p": [{string}, {string}], "x:q": {string}}}'
    path = written(tmp_path, "x.jsonld", content)
    assert len(list(read(path))) == 3
    with path.open("rb") as file:
        reader = _Reader(path, file, FORMATS[".jsonld"])
        assert b"".join(iter(lambda: reader.read(size), b"")) == content.encode()


@pytest.mark.parametrize("name", HARMLESS)
def test_names_of_other_files_are_only_names(tmp_path: Path, listener: Listener, name: str) -> None:
    path = written(tmp_path, name, HARMLESS[name].replace("PORT", str(listener.port)))
    assert list(read(path))
    assert listener.connections == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
@pytest.mark.parametrize("context", ["context.jsonld", "file:PATH", "file://PATH", "PATH"])
def test_a_context_in_a_file_is_not_opened(tmp_path: Path, context: str) -> None:
    """The context is a pipe that nobody writes to: whoever opened it would wait for ever."""
    os.mkfifo(tmp_path / "context.jsonld")
    context = context.replace("PATH", str(tmp_path / "context.jsonld"))
    path = written(tmp_path, "x.jsonld", f'{{"@context": "{context}", "@id": "x:a", "p": 1}}')
    code = (
        "import sys\nfrom pathlib import Path\nfrom moagraph.errors import BadRdf\n"
        "from moagraph.foreign import read\n"
        "try:\n    list(read(Path(sys.argv[1])))\nexcept BadRdf as error:\n    print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "bad-rdf\n"


def test_the_listener_hears_who_comes(listener: Listener) -> None:
    before = listener.connections
    socket.create_connection(("127.0.0.1", listener.port)).close()
    end = time.monotonic() + 60
    while listener.connections == before and time.monotonic() < end:
        time.sleep(0.01)
    assert listener.connections == before + 1
    listener.connections = 0


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("x.ttl", "<x:a> <x:b> 1 .\n<x:a> <x:b> .", ":2:13: "),
        ("x.nt", "<x:a> <x:b> <x:c> .\nnothing", ":2:1: "),
        ("x.ttl", b'<x:a> <x:b> 1 .\n<x:a> <x:b> "\xff" .', ":2:14: "),
        ("x.ttl", "\ufeff<x:a> .", ":1:7: "),
        ("x.rdf", f"{RDF}>\n<rdf:Description><ex:p>x</ex:q></rdf:Description></rdf:RDF>", ":2:27: "),
        ("x.jsonld", '{"x:p":\n 1', ":2:"),
        ("x.ttl.gz", gzip.compress(b"<x:a> <x:b> .\n", mtime=0), ":1:13: "),
    ],
)
def test_errors_say_file_line_and_column(tmp_path: Path, name: str, content: str | bytes, where: str) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(BadRdf) as error:
        list(read(path))
    assert str(error.value).startswith(f"error bad-rdf: {path}{where}")
    assert error.value.exit_code == 3


def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = written(tmp_path, "large.nt", "".join(f'<x:{i}> <x:p> "{i}" .\n' for i in range(100_000)))
    triples = read(path)
    first = next(triples)
    assert str(first) == '<x:0> <x:p> "0"'
    path.write_bytes(path.read_bytes()[:70_000] + b"nothing\n")
    with pytest.raises(BadRdf):
        list(triples)


def test_a_scratch_store_has_both_and_leaves_the_built_one_as_it_was(built: Path, tmp_path: Path) -> None:
    before = fingerprint(built)
    mine = written(tmp_path, "mine.ttl", f"<{EX}alphamide> <{EX}is> 'mine', [] .")
    more = written(tmp_path, "more.trig", f"<{EX}g> {{ <{EX}alphamide> <{EX}is> 'more', _:b0 }}")
    into = tmp_path / "scratch"
    into.mkdir()
    told: list[str] = []
    with Sandboxed(built) as reading:
        assert reading.answer("ASK { ?s ?p '7' }", "stated") is True
        folder = scratch_generation(built, [mine, more], into, told.append)
        assert reading.answer("ASK { ?s ?p 'mine' }", "stated") is False
    assert told == [f"reading {mine}", f"reading {more}"]
    store = EmbeddedStore.open(folder, [DATA_GRAPH])
    query = f"SELECT ?o {{ <{EX}alphamide> <{EX}is> ?o FILTER(ISLITERAL(?o)) }} ORDER BY ?o"
    answer = store.answer(query, "stated")
    assert isinstance(answer, Solutions)
    assert [str(row[0]) for row in answer.rows] == ['"mine"', '"more"']
    assert len(list(store.quads(DATA_GRAPH))) == 4
    assert len(list(store.quads(ASSERTED))) == 20_000
    with Sandboxed(folder, [DATA_GRAPH]) as sandboxed:
        assert sandboxed.answer(query, "stated") == answer
    del store
    assert fingerprint(built) == before


def test_what_never_changes_is_linked_not_copied(built: Path, tmp_path: Path) -> None:
    tables = {path.name: path.stat().st_ino for path in built.glob("*.sst")}
    assert tables
    into = tmp_path / "scratch"
    into.mkdir()
    folder = scratch_generation(built, [written(tmp_path, "mine.ttl", f"<{EX}a> <{EX}b> 1 .")], into)
    linked = {path.stat().st_ino for path in folder.glob("*.sst")}
    assert set(tables.values()) <= linked
    others = {path.stat().st_ino for path in folder.iterdir() if path.suffix != ".sst"}
    assert others
    assert not others & {path.stat().st_ino for path in built.iterdir()}


def test_what_a_store_only_has_in_its_log_is_not_lost(tmp_path: Path) -> None:
    code = (
        "import os, sys, pyoxigraph as ox\nstore = ox.Store(sys.argv[1])\n"
        "store.add(ox.Quad(*[ox.NamedNode('x:a')] * 3))\nos._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "store")], check=True, timeout=60)
    assert max(path.stat().st_size for path in (tmp_path / "store").glob("*.log")) > 100, "it is in the log"
    (tmp_path / "scratch").mkdir()
    mine = written(tmp_path, "mine.ttl", f"<{EX}a> <{EX}b> 1 .")
    folder = scratch_generation(tmp_path / "store", [mine], tmp_path / "scratch")
    assert len(EmbeddedStore.open(folder).store) == 2


def test_where_nothing_can_be_linked_it_is_copied(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise OSError("no links here")

    before = fingerprint(built)
    mine = written(tmp_path, "mine.ttl", f"<{EX}a> <{EX}b> 1 .")
    into = tmp_path / "scratch"
    into.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("os.link", link)
        folder = scratch_generation(built, [mine], into)
    assert len(EmbeddedStore.open(folder).store) == 20_001
    assert fingerprint(built) == before


def test_a_scratch_store_can_hold_foreign_triples_alone(tmp_path: Path) -> None:
    folder = scratch_generation(None, [written(tmp_path, "mine.ttl", f"<{EX}a> <{EX}b> 1 .")], tmp_path)
    store = EmbeddedStore.open(folder, [DATA_GRAPH])
    assert store.answer("SELECT * { ?s ?p ?o }", "stated") != Solutions(("o", "p", "s"), [])
    assert len(store.store) == 1


def test_a_bad_file_leaves_no_scratch_behind(built: Path, tmp_path: Path) -> None:
    before = fingerprint(built)
    good = written(tmp_path, "good.ttl", f"<{EX}a> <{EX}b> 1 .")
    bad = written(tmp_path, "bad.ttl", f"<{EX}a> <{EX}b> 1 .\n<{EX}a> nothing")
    into = tmp_path / "scratch"
    into.mkdir()
    for files in ([good, bad], [tmp_path / "nothing"], []):
        with pytest.raises(MoagraphError):
            scratch_generation(built, files, into)
        assert list(into.iterdir()) == []
    assert fingerprint(built) == before
