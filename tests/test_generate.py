"""Generated graphs: fit for `moagraph check`, the same for the same seed, and with exactly the faults planted."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from moagraph.check import check
from moagraph.corpus import Corpus
from moagraph.places import Places
from moagraph.report import Report

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

import faults  # noqa: E402
import generate  # noqa: E402

SIZE = 6000


def report(root: Path) -> Report:
    """Gives the report on a generated `data` beside the real ontology, without queries: their examples are real."""
    shutil.copytree(ROOT / "ontology", root / "ontology")
    (root / "queries").mkdir()
    return check(Corpus.read(Places.at(root)))


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_graph_without_faults_passes_the_check(tmp_path: Path) -> None:
    generate.main(["--triples", str(SIZE), "--seed", "3", "-o", str(tmp_path)])
    found = report(tmp_path)
    assert not found.findings, [str(finding) for finding in found.findings[:3]]
    # Nothing is missing of what makes it realistic.
    data = Corpus.read(Places.at(tmp_path)).graph
    used = {str(o).rpartition("#")[2] for o in data.objects() if "vocab#" in str(o)}
    assert used >= {"Supports", "Refutes", "NullResult", "Inconclusive"}
    assert used >= {"Human", "Animal", "InVitro", "InSilico", "SystemNotStated"}
    assert used >= {"Grouping", "Finding", "Quantity", "Absence", "Reference", "Study", "Passage", "Receptor"}
    assert found.looked_at["triples"] > SIZE


def test_planted_faults_are_found_and_nothing_else(tmp_path: Path) -> None:
    number = len(faults.KINDS)
    generate.main(["--triples", str(SIZE), "--faults", str(number), "-o", str(tmp_path)])
    planted = json.loads((tmp_path / "faults.json").read_text("utf-8"))
    assert len(planted) == number > 20
    found = report(tmp_path)
    assert sorted((f.code, f.subject) for f in found.findings) == sorted((f["code"], f["subject"]) for f in planted)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", "1"), ("again", "1"), ("other", "2")):
        generate.main(["--triples", "3000", "--seed", seed, "--faults", "3", "-o", str(tmp_path / name)])
    one, again, other = (contents(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_ntriples_are_sorted_and_the_same_triples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "_RUN", 700)  # several runs to merge
    made = list(generate.pieces(3000, 1, []))
    out = io.BytesIO()
    number = generate.write_sorted(generate.ntriples(made), out)
    lines = out.getvalue().splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == number > 3000
    generate.write_files(made, tmp_path)
    files = {str(q.triple) for path in tmp_path.rglob("*.ttl") for q in ox.parse(path=path)}
    assert {str(q.triple) for q in ox.parse(out.getvalue(), format=ox.RdfFormat.N_TRIPLES)} == files
    generate.main(["--triples", "3000", "--nt", "-o", str(tmp_path / "all.nt")])
    assert (tmp_path / "all.nt").read_bytes() == out.getvalue()


def test_mechanisms_are_shared_unevenly() -> None:
    named: dict[str, int] = {}
    for piece in generate.pieces(60_000, 1, []):
        for node in piece.nodes:
            for _, objects in node.statements:
                for term in objects:
                    if node.subject.startswith("claim:") and term.startswith("mechanism:"):
                        named[term] = named.get(term, 0) + 1
    counts = sorted(named.values(), reverse=True)
    assert sum(counts[: len(counts) // 10]) > 0.25 * sum(counts)
