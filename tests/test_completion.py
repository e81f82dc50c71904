"""Completion: what is offered, by asking as the shells ask, and by typing into the shells that are here."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import moagraph
from moagraph import diff, fair, graphs, report, shifts, table
from moagraph.cli import options
from moagraph.cli.completing import SHELLS
from moagraph.compare import cells

Offer = Callable[..., list[str]]


@pytest.fixture(scope="module")
def environment(
    own_cache: Path, real_graph: moagraph.Graph, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """An environment in which `moagraph` is this very code, over a store that is built already."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "moagraph"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m moagraph "$@"\n', "utf-8")
    program.chmod(0o755)
    assert real_graph.policy == "stated"
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "MOAGRAPH_CACHE": str(own_cache)}


@pytest.fixture
def offer(environment: dict[str, str]) -> Offer:
    """Gives a function from a line that is being typed to what bash is offered, each with its kind."""

    def offered(line: str, **env: str) -> list[str]:
        done = subprocess.run(
            ["moagraph"],
            env={
                **environment,
                "_MOAGRAPH_COMPLETE": "bash_complete",
                "COMP_LINE": line,
                "COMP_BREAKS": " =:",
                **env,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0
        assert done.stderr == ""
        return done.stdout.split("\n")[:-1] if done.stdout.strip() else []

    return offered


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("moagraph as", "plain,ask"),
        ("moagraph ask shared-m", "plain,shared-mechanisms"),
        ("moagraph ask shared-mechanisms ", "more,compound="),
        ("moagraph ask studies-of-size at_least=5 ", "more,design="),
        ("moagraph ask shared-mechanisms compound=cor", "plain,cortexin"),
        ("moagraph ask shared-mechanisms compound=compound:cor", "plain,cortexin"),
        ("moagraph ask shared-mechanisms compound=Кортек", "plain,cortexin"),
        ("moagraph ask shared-mechanisms 'compound=cor", "plain,cortexin"),
        ("moagraph ask effects-of-compound compound=cerebrolysin-and", "plain,cerebrolysin-and-similar"),
        ("moagraph ask claims-by-tier tier=", "plain,B"),
        ("moagraph compare cortexin cerebrolysin -f la", "plain,latex"),
        ("moagraph sparql q.rq -f tur", "plain,turtle"),
        ("moagraph check -f sa", "plain,sarif"),
        ("moagraph fmt --check -f git", "plain,github"),
        ("moagraph diff a b -f mark", "plain,markdown"),
        ("moagraph diff a b --policy ", "plain,everything"),
        ("moagraph policy diff s", "plain,stated"),
        ("moagraph policy diff stated e", "plain,everything"),
        ("moagraph policy diff a b -f mark", "plain,markdown"),
        ("moagraph what-if --policy e", "plain,everything"),
        ("moagraph what-if -f j", "plain,json"),
        ("moagraph what-if --without study:car", "plain,cars"),
        ("moagraph what-if --without-reference kurk", "plain,kurkin-2021"),
        ("moagraph what-if --without-study captain-tr", "plain,captain-trial-series"),
        ("moagraph what-if --without-source vialb", "plain,vialbase-notes"),
        ("moagraph what-if --without-line cortexin_binds_am", "plain,cortexin_binds_ampa_1"),
        ("moagraph what-if --without-sponsor gero", "plain,geropharm"),
        ("moagraph what-if --without-author mur", "plain,Muresanu DF"),
        ("moagraph fair -o out", "file,out"),
        ("moagraph ask studies-of-size at_least=", "plain,100"),
        ("moagraph ask shared-mechanisms --pol", "plain,--policy"),
        ("moagraph ask shared-mechanisms --policy s", "plain,stated"),
        ("moagraph ask shared-mechanisms --policy human+in", "plain,human+independent"),
        ("moagraph ask shared-mechanisms --policy human+cited+", "plain,human+cited+trials"),
        ("moagraph push http://localhost/ --policy human+tr", "plain,human+trials"),
        ("moagraph compare cortexin --policy human+cited cereb", "plain,cerebrolysin"),
        ("moagraph ask shared-mechanisms --policy min", "file,min"),
        ("moagraph ask shared-mechanisms --policy ./mine", "file,./mine"),
        ("moagraph ask shared-mechanisms -f j", "plain,json"),
        ("moagraph ask shared-mechanisms -o x", "file,x"),
        ("moagraph list comp", "plain,compounds"),
        ("moagraph compare cortexin cereb", "plain,cerebrolysin"),
        ("moagraph compare cortexin cerebrolysin --table s", "plain,safety"),
        ("moagraph show ampa", "plain,ampa"),
        ("moagraph show receptor:am", "plain,ampa"),
        ("moagraph export tu", "plain,turtle"),
        ("moagraph plot m", "plain,matrix"),
        ("moagraph why cortexin cereb", "plain,cerebrolysin"),
        ("moagraph why cortexin cerebrolysin -f mark", "plain,markdown"),
        ("moagraph alike cort", "plain,cortexin"),
        ("moagraph alike --weights inf", "plain,information"),
        ("moagraph completion f", "plain,fish"),
    ],
)
def test_what_is_offered(line: str, among: str, offer: Offer) -> None:
    assert among in offer(line)


def test_the_formats_offered_are_those_there_are() -> None:
    assert set(options.TABLE_FORMATS) == set(cells.FORMATS) == set(fair.FORMATS)
    assert set(options.ANSWER_FORMATS) == set(table.FORMATS)
    assert set(options.GRAPH_FORMATS) == set(graphs.FORMATS)
    assert set(options.REPORT_FORMATS) == set(report.FORMATS)
    assert set(options.DIFF_FORMATS) == set(diff.FORMATS)
    assert set(options.SHIFT_FORMATS) == set(shifts.FORMATS)


def test_only_what_begins_so_is_offered(offer: Offer) -> None:
    assert offer("moagraph ask mechanisms-of-compound compound=cortexi") == ["plain,cortexin"]
    assert offer("moagraph ask no-such-query compound=") == []
    assert offer("moagraph ask mechanisms-of-compound no_such=") == []
    assert offer("moagraph ask --root /nonexistent sh") == []
    assert offer("moagraph list things --policy human+hum") == ["file,human+hum"]


def test_without_a_store_nothing_is_built(offer: Offer, tmp_path: Path) -> None:
    assert "plain,shared-mechanisms" in offer("moagraph ask shared-m", MOAGRAPH_CACHE=str(tmp_path))
    assert offer("moagraph ask shared-mechanisms compound=", MOAGRAPH_CACHE=str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_completing_imports_no_heavy_library(environment: dict[str, str]) -> None:
    code = (
        "import sys, json, os, io, moagraph.cli as c\n"
        "sys.argv = ['moagraph']; out, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO())\n"
        "c._run(); sys.stdout = out; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **environment,
            "_MOAGRAPH_COMPLETE": "bash_complete",
            "COMP_LINE": "moagraph ask shared-mechanisms compound=cor",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    modules = set(re.findall(r'"([\w.]+)"', done.stdout))
    assert "pyoxigraph" in modules, "the probe sees what is imported"
    assert not modules & {"rdflib", "pyshacl", "networkx", "matplotlib", "numpy", "pandas", "rich", "yaml"}


START = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "--interactive"],
}
LOADS = {
    "bash": 'eval "$(moagraph completion bash)"',
    "zsh": 'autoload -Uz compinit; compinit -u -D; eval "$(moagraph completion zsh)"',
    "fish": "moagraph completion fish | source",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_in_the_shell_itself(shell: str, environment: dict[str, str], tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        assert shell not in os.environ.get("MOAGRAPH_REQUIRE", ""), f"{shell} is required here"
        pytest.skip(f"{shell} is not installed")
    answers = {
        f"moagraph ask mechanisms-of-comp\tcompound=cortexi\t--iris > {tmp_path}/one": "one",
        f"moagraph ask mechanisms-of-compound comp\tcortexi\t-f cs\t> {tmp_path}/two": "two",
        f"moagraph list rece\t> {tmp_path}/three": "three",
        f"moagraph show receptor:amp\t> {tmp_path}/four": "four",
    }
    home = {**environment, "HOME": str(tmp_path), "TERM": "xterm", "PS1": "> ", "HISTFILE": ""}
    process, terminal = pty.fork()
    if process == 0:
        os.execve(program, [program, *START[shell]], home)
    try:
        _type(terminal, f"{LOADS[shell]}; touch {tmp_path}/loaded\r", tmp_path / "loaded")
        for line, name in answers.items():
            _type(terminal, f"{line}; touch {tmp_path}/{name}-done\r", tmp_path / f"{name}-done")
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    one, two, three, four = ((tmp_path / name).read_text("utf-8") for name in ("one", "two", "three", "four"))
    assert one.startswith("mechanism\t")
    assert "https://w3id.org/moagraph/mechanism/neuroprotection" in one
    assert two.startswith("mechanism,verdict")
    assert "AMPA receptor" in three
    assert four.startswith("AMPA receptor  (receptor:ampa)")


def _type(terminal: int, keys: str, sign: Path, patience: float = 60) -> None:
    """Types keys as a person does, one key after the other, until a file shows that the line has run."""
    for part in re.split(r"(?<=\t)", keys):
        os.write(terminal, part.encode())
        _read(terminal, 0.1)
    end = time.monotonic() + patience
    while not sign.exists():
        assert time.monotonic() < end, f"{keys!r} did not run"
        _read(terminal, 0.1)


def _read(terminal: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            os.read(terminal, 65536)
