"""Modules import only from lower strata, each stands in the list, and none grows too long or gets a vague name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "moagraph"

STRATA: list[set[str]] = [
    {"errors"},
    {"canonical", "names", "places"},
    {"derived"},
    {"cells", "lines", "terms", "tokens"},
    {"sparql"},
    {"turtle"},
    {"report", "table"},
    {"claims", "values"},
    {"keys", "pattern", "query", "scopes"},
    {"graphs"},
    {"corpus", "lint", "screen", "store", "validate"},
    {"endpoint", "findings", "foreign", "placement", "plan", "revalidate", "sandbox"},
    {"things"},
    {"headers", "policy", "weigh"},
    {"check", "build", "library", "vocabulary"},
    {"audit", "faces", "fair", "lineage", "overlap", "style"},
    {"reader"},
    {"show", "compare", "why"},
    {"shifts"},
    {"diff", "receipts"},
    {"export", "plots", "remote"},
    {"api"},
    {"serve"},
    {"cli"},
    {"notebook"},
]
"""Lowest first. Folders of modules, such as `compare`, `export` or `faces`, are one stratum each."""

TOP = {"__init__", "__main__"}
"""The package's face: it may hand on anything."""

BESIDE = {("build", "check")}
"""Imports within a stratum that are meant."""

HANDED = {("export", "api"), ("receipts", "api"), ("remote", "api")}
"""Exports and settings are handed a Graph and name its type; the graph does not know them."""

MOST_LINES = 400
VAGUE = {"utils", "util", "helpers", "core", "common", "base", "manager", "misc"}

MODULES = sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def stratum_of(name: str) -> int:
    return next(i for i, stratum in enumerate(STRATA) if name in stratum)


def imports_of(path: Path) -> set[str]:
    """Gives the modules of the package that a file imports anywhere, late or for types included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "moagraph":
                found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("moagraph.")}
    return {name for name in found if not name.startswith("_")}


def test_every_module_stands_in_the_list() -> None:
    there = {name_of(path) for path in MODULES} - TOP
    assert len(there) >= 15
    assert there == set().union(*STRATA)


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p) not in TOP], ids=lambda p: p.name)
def test_imports_go_down(path: Path) -> None:
    name = name_of(path)
    wrong = {
        imported
        for imported in imports_of(path) & set().union(*STRATA) - {name}
        if stratum_of(imported) >= stratum_of(name) and (name, imported) not in BESIDE | HANDED
    }
    assert not wrong, f"{path.name} imports what is not below it"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_modules_are_short_and_plainly_named(path: Path) -> None:
    assert path.stem not in VAGUE
    text = path.read_text("utf-8")
    lines = len(text.splitlines())
    docstring = ast.get_docstring(ast.parse(text)) or ""
    assert docstring, "a module says what it holds"
    reason = f"over {MOST_LINES} lines"
    assert lines <= MOST_LINES or reason in docstring, f"{lines} lines: say in the docstring why it is {reason}"
