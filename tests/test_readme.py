"""The README is true: its commands run, its outputs are what they print, its picture is what the program draws."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import moagraph
from moagraph.faces.manual import catalogue

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "tests" / "data" / "overlap.svg"
UPDATE = os.environ.get("MOAGRAPH_UPDATE_GOLDENS") == "1"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
QUERIES = re.compile(r"(?<=<!-- queries -->\n).*?(?=<!-- end of queries -->)", re.DOTALL)


def _run(command: str, cache: Path) -> str:
    """Gives what a shell command of the README prints, with this environment's moagraph in the path."""
    bin_folder = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "MOAGRAPH_CACHE": str(cache)}
    done = subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )
    return done.stdout


def test_outputs_are_what_the_commands_print(own_cache: Path) -> None:
    text = README.read_text("utf-8")
    commands = 0

    def rerun(match: re.Match[str]) -> str:
        nonlocal commands
        printed = []
        for line in match[0].splitlines():
            if line.startswith("$ "):
                commands += 1
                printed.append(f"{line}\n{_run(line[2:], own_cache)}")
        return "".join(printed)

    fresh = BLOCK.sub(rerun, text)
    assert commands >= 5, "the README shows fewer commands than it should"
    if UPDATE:
        README.write_text(fresh, "utf-8")
    assert UPDATE or fresh == text


def test_the_table_of_queries_is_fresh(real_graph: moagraph.Graph) -> None:
    text = README.read_text("utf-8")
    table = catalogue(real_graph.library.queries.values())
    fresh = QUERIES.sub(lambda _: f"\n{table}\n", text, count=1)
    if UPDATE:
        README.write_text(fresh, "utf-8")
    assert UPDATE or fresh == text


def test_the_picture_is_what_the_program_draws(own_cache: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "overlap.svg"
    _run(f"moagraph plot overlap -o {drawn}", own_cache)
    if UPDATE:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(drawn.read_bytes())
    assert PICTURE.read_bytes() == drawn.read_bytes(), "draw it again with MOAGRAPH_UPDATE_GOLDENS=1"


def test_the_policy_of_ones_own_can_be_asked_under(own_cache: Path, tmp_path: Path) -> None:
    found = re.search(r"```sparql\n(#\+ summary.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    path = tmp_path / "blinded.rq"
    path.write_text(found[1], "utf-8")
    for policy in (str(path), f"{path}+no-per-protocol"):
        answer = _run(f"moagraph ask effects-of-compound compound=cerebrolysin -f tsv --policy {policy}", own_cache)
        assert len(answer.splitlines()) > 5
        assert answer.startswith("claim\t")


def test_the_python_example_runs(own_cache: Path) -> None:
    found = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    code = found[1] + "\nassert len(table) > 0\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "MOAGRAPH_CACHE": str(own_cache)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def test_the_first_command_installs_and_answers(tmp_path: Path) -> None:
    if "install" not in os.environ.get("MOAGRAPH_REQUIRE", ""):
        pytest.skip("needs a package index; set MOAGRAPH_REQUIRE=install to run it")
    found = re.search(r"<!-- command: run -->\n```\n(.*)\n```", README.read_text("utf-8"))
    assert found is not None
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, timeout=120)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MOAGRAPH", "PYTHON", "VIRTUAL_ENV"))}
    env["MOAGRAPH_CACHE"] = str(tmp_path / "cache")
    done = subprocess.run(found[1], shell=True, cwd=clone, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    assert "Cerebrolysin" in done.stdout
    assert "VialBase comparison" in done.stdout
