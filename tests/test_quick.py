"""The short way for plain questions says, word for word, what the commands say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import moagraph
from moagraph.cli import commands, quick

PLAIN = [
    ["ask", "receptors-of-compound", "compound=cortexin"],
    ["ask", "receptors-of-compound", "compound=cortexin", "compound=Cerebrolysin"],
    ["ask", "mechanisms-of-compound", "--policy", "everything", "compound=p21", "-f", "json"],
    ["ask", "receptors-of-compound", "compound=cortexin", "--iris", "--format", "csv"],
    ["ask", "contested-claims", "-f", "text"],
    ["ask", "shard-mechanisms"],
    ["ask", "shared-mechanisms"],
    ["ask", "shared-mechanisms", "compnd=x"],
    ["ask", "shared-mechanisms", "compound=cortexine"],
    ["ask", "contested-claims", "-f", "jsn"],
    ["ask", "contested-claims", "--policy", "statd"],
    ["ask", "contested-claims", "-o", "x.xlsx"],
]
LONG = [
    ["list", "policies"],
    ["ask"],
    ["ask", "--help"],
    ["ask", "contested-claims", "--help"],
    ["ask", "contested-claims", "word"],
    ["ask", "contested-claims", "--root", "/nonexistent"],
    ["ask", "contested-claims", "-f"],
    ["ask", "contested-claims", "-f", "json", "-f", "csv"],
    ["ask", "contested-claims", "--policy=everything"],
    ["--version"],
    [],
]


@pytest.mark.parametrize("words", PLAIN, ids=" ".join)
def test_both_ways_say_the_same(
    words: list[str],
    real_graph: moagraph.Graph,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    assert real_graph.folder is not None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["moagraph", *words])
    short = (quick.answered(words), *capsys.readouterr())
    long = (commands.run(), *capsys.readouterr())
    assert short == long
    assert short[0] is not None
    assert (short[0] == 0) == bool(short[1])


@pytest.mark.parametrize("words", LONG, ids=" ".join)
def test_whatever_says_more_goes_to_the_commands(words: list[str]) -> None:
    assert quick.answered(words) is None


@pytest.mark.parametrize("name", ["_MOAGRAPH_COMPLETE", "MOAGRAPH_ENDPOINT"])
def test_the_environment_may_say_more(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    assert quick.answered(PLAIN[0]) is None
