"""Help and cached answers start fast because they import little: guarded by what is imported, never by time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import moagraph

HEAVY = {"rdflib", "pyshacl", "networkx", "matplotlib", "numpy", "pandas", "scipy", "rich", "yaml", "csv", "html"}
HEAVY |= {"difflib", "httpx"}


def _imported(words: list[str], cache: Path) -> set[str]:
    """Gives the modules that a command has imported when it ends."""
    code = (
        "import sys, json, moagraph.cli as c, io\n"
        f"sys.argv = {['moagraph', *words]!r}\n"
        "out, sys.stdout = sys.stdout, io.StringIO()\n"
        "code = c._run()\n"
        "sys.stdout = out\n"
        "print(json.dumps([code, sorted(sys.modules)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "MOAGRAPH_CACHE": str(cache)},
    )
    exit_code, modules = json.loads(done.stdout)
    assert exit_code == 0
    return set(modules)


def test_help_imports_no_library(own_cache: Path) -> None:
    modules = _imported(["--help"], own_cache)
    assert "click" in modules, "the probe sees what is imported"
    assert not modules & (HEAVY | {"pyoxigraph"})
    ours = {m for m in modules if m.startswith("moagraph")}
    assert ours - {m for m in ours if m.startswith("moagraph.cli")} == {"moagraph", "moagraph.errors"}


def test_a_cached_answer_parses_neither_turtle_nor_yaml(own_cache: Path, real_graph: moagraph.Graph) -> None:
    assert real_graph.folder is not None
    assert real_graph.folder.is_dir()
    modules = _imported(["ask", "shared-mechanisms", "compound=cortexin"], own_cache)
    assert "pyoxigraph" in modules, "the probe sees what is imported"
    assert not modules & (HEAVY - {"csv"} | {"click", "dataclasses", "inspect"})
    assert not modules & {f"moagraph.{m}" for m in ("turtle", "corpus", "check", "build", "report", "claims", "show")}


def test_the_manual_of_a_query_needs_no_engine_but_the_stored_headers(
    own_cache: Path, real_graph: moagraph.Graph
) -> None:
    assert len(real_graph.library.queries) > 50
    modules = _imported(["ask", "shared-mechanisms", "--help"], own_cache)
    assert "moagraph.faces.manual" in modules, "the probe sees what is imported"
    assert not modules & (HEAVY - {"csv"})
