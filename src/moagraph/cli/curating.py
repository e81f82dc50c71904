"""Commands for curators: check, build, audit, cite and explain."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from moagraph.cli.options import REPORT_FORMATS, output_options, places_at, root_option, target_options
from moagraph.cli.output import format_for, say, write_out
from moagraph.errors import NothingToCheck, UnknownFormat, UnknownThing, did_you_mean

if TYPE_CHECKING:
    from moagraph.api import Graph
    from moagraph.corpus import Corpus
    from moagraph.places import Places

F = TypeVar("F", bound=Callable[..., Any])


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@root_option
@output_options(*REPORT_FORMATS, default="text")
@click.option(
    "--engine",
    type=click.Choice(["pyshacl", "shacl"]),
    default="pyshacl",
    help="What validates against the shapes; shacl is much faster and needs moagraph[fast]. [default: pyshacl]",
)
def check(paths: tuple[str, ...], root: Path | None, format_: str | None, output: str, engine: str) -> None:
    """Check the data against all shapes and rules, and report every finding with its file and line.

    With PATHs, files or folders, only what concerns these is reported: faults in them, in what they point to, and in
    what points to them.
    """
    from moagraph import report as reports
    from moagraph.check import check as run
    from moagraph.corpus import Corpus

    chosen = format_for(format_, output, reports.EXTENSIONS, "text")
    if chosen not in reports.FORMATS:
        raise UnknownFormat(chosen, reports.FORMATS)
    places = places_at(root)
    corpus = Corpus.read(places)
    report = run(corpus, engine, files_at(places, corpus, paths))
    write_out(report.to(chosen), output)
    if output != "-" or chosen != "text":
        click.echo(report.summary(), err=True)
    sys.exit(report.exit_code)


def files_at(places: Places, corpus: Corpus, paths: tuple[str, ...]) -> list[str]:
    """Gives the files of a corpus that lie at or below paths: on disk, or as findings name them.

    Raises:
        NothingToCheck: at a path there is none.
    """
    found: set[str] = set()
    for path in paths:
        at = PurePosixPath(path).as_posix().rstrip("/")
        for top in places:
            if Path(path).resolve().is_relative_to(top.resolve()):
                at = (PurePosixPath(top.name) / Path(path).resolve().relative_to(top.resolve()).as_posix()).as_posix()
        below = {file.path for file in corpus.files if file.path == at or file.path.startswith(f"{at}/")}
        if not below:
            raise NothingToCheck(
                f"{path} is no file or folder of data, ontology or queries",
                did_you_mean(at, [file.path for file in corpus.files], "name one that a finding could stand in"),
            )
        found |= below
    return sorted(found)


@click.command()
@root_option
@click.option("--endpoint", metavar="URL", help="Build on this SPARQL endpoint's engine instead of here.")
@target_options
def build(root: Path | None, endpoint: str | None, graph_store: str | None, update: str | None) -> None:
    """Build the store that questions are asked of; it is kept, and reused while the files stay the same.

    With --endpoint, files are sent there one after the other, and rules, policies and derivations run on its engine.
    """
    if endpoint is not None:
        from moagraph.endpoint import without_credentials
        from moagraph.remote.building import build_at
        from moagraph.remote.writing import Target

        report, counts = build_at(places_at(root), Target(endpoint, graph_store, update), progress=say)
        if report.findings:
            click.echo(report.to("text"), nl=False)
        if report.violations:
            sys.exit(report.exit_code)
        where = without_credentials(endpoint)
    else:
        from moagraph.build import built
        from moagraph.places import manifest_of

        folder = built(places_at(root), progress=say)
        counts, where = manifest_of(folder)["quads"], str(folder)
    for graph, number in counts.items():
        click.echo(f"{number:>8,} triples  {graph}")
    click.echo(f"store: {where}")


@click.command()
@click.argument("code")
@root_option
def explain(code: str, root: Path | None) -> None:
    """Explain the code of an error, a rule or a shape: what it means, why, and how to mend it."""
    from moagraph.check import explanations
    from moagraph.corpus import Corpus
    from moagraph.errors import UnknownCode
    from moagraph.style import CODES

    texts = explanations(Corpus.read(places_at(root)))
    texts |= {style: f"{style}: departure from the house style\n  {why}" for style, why in CODES.items()}
    if code not in texts:
        raise UnknownCode(code, texts)
    click.echo(texts[code])


def _sources_option(command: F) -> F:
    return click.option(
        "--sources",
        type=click.Path(path_type=Path),
        envvar="MOAGRAPH_SOURCES",
        help="Folder of the source documents. [default: MOAGRAPH_SOURCES]",
    )(command)


def _opened(root: Path | None) -> Graph:
    from moagraph import api

    return api.open(root, policy="everything", progress=say)


@click.command()
@_sources_option
@click.option("--show", "claim", metavar="CLAIM", help="Print a claim and the text of its passages instead.")
@root_option
def audit(sources: Path | None, claim: str | None, root: Path | None) -> None:
    """Prove every passage against the source documents, and find what no passage cites.

    Exit code 1 if a digest does not fit or something is uncovered, 2 without the documents.
    """
    from moagraph import audit as auditing

    if sources is None:
        raise NothingToCheck(
            "digests and coverage cannot be checked without the source documents",
            "moagraph audit --sources DIR, or set MOAGRAPH_SOURCES",
        )
    graph = _opened(root)
    if claim is not None:
        from moagraph.show import passages_text

        write_out(passages_text(graph.library, sources, claim), "-")
        return
    coverages = auditing.audit(graph.store, sources)
    for coverage in coverages:
        name = coverage.document.name
        if coverage.altered:
            click.echo(f"{name}: the document is not the one that the data were curated from")
        for span in coverage.wrong:
            click.echo(f"{name}: the digest of {span.start}-{span.end} does not fit: {span.iri}")
        for start, end in coverage.uncovered:
            text = " ".join(coverage.document.text[start:end].split())
            click.echo(f"{name}: uncovered {start}-{end}: {text if len(text) <= 90 else text[:87] + '...'}")
    write_out(auditing.coverage_table(coverages).to_text(), "-")
    sys.exit(0 if all(coverage.fine for coverage in coverages) else 1)


@click.command()
@click.argument("source")
@click.argument("words")
@_sources_option
@root_option
def cite(source: str, words: str, sources: Path | None, root: Path | None) -> None:
    """Find words in a source document, and print the passage node to paste.

    For example: moagraph cite selfhacked-cerebrolysin "new brain cells" --sources DIR
    """
    from moagraph import audit as auditing

    if sources is None:
        raise NothingToCheck(
            "words cannot be found without the source documents", "name their folder with --sources DIR"
        )
    document = auditing.document_of(_opened(root).store, sources, source)
    matches = auditing.cite(document, words)
    if not matches:
        raise UnknownThing(words, f"words of {document.name}", [])
    if matches[0].likeness < 1:
        click.echo("not found just so; the nearest:", err=True)
    for match in matches:
        click.echo(f"# {document.name} {match.start}-{match.end}: {auditing.context(document, match)}")
        click.echo(auditing.passage_node(document, match))
    sys.exit(0 if matches[0].likeness >= 0.99 else 1)
