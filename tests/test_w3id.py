"""The draft of redirects for w3id.org: followed for each kind of IRI, by the few directives that it uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from moagraph.names import KINDS

FOLDER = Path(__file__).parent.parent / "ontology" / "w3id"
TEXT = (FOLDER / ".htaccess").read_text("utf-8")
HOST = "https://moagraph.example/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "text/turtle, application/rdf+xml;q=0.8, text/html;q=0.1"


def follow(path: str, accept: str) -> tuple[int, str] | None:
    """Gives status and address that Apache would answer with: the first rule whose conditions hold."""
    conditions: list[str] = []
    for line in TEXT.splitlines():
        directive, *words = line.split() or [""]
        if directive == "RewriteCond":
            assert words[0] == "%{HTTP_ACCEPT}"
            conditions.append(words[1])
        elif directive == "RewriteRule":
            pattern, target, flags = words
            found = re.search(pattern, path)
            holds = all((re.search(c.removeprefix("!"), accept) is None) == c.startswith("!") for c in conditions)
            if found and holds:
                status = re.fullmatch(r"\[R=(\d{3}),L\]", flags)
                assert status is not None, line
                return int(status[1]), found.expand(re.sub(r"\$(\d)", r"\\\1", target))
            conditions = []
        else:
            assert not directive or line.startswith(("#", "Options -MultiViews", "RewriteEngine on")), line
    return None


@pytest.mark.parametrize(
    ("path", "html", "turtle"),
    [
        ("vocab", (303, "vocab.html"), (303, "vocab.ttl")),
        ("vocab/0.1.0", (303, "release/0.1.0/ontology.html"), (303, "release/0.1.0/ontology.ttl")),
        ("vocab/logo.svg", (302, "vocab/logo.svg"), (302, "vocab/logo.svg")),
        ("dataset", (303, "void.ttl"), (303, "void.ttl")),
        ("dataset/asserted/moa_Claim", (303, "void.ttl"), (303, "void.ttl")),
        (".well-known/void", (303, "void.ttl"), (303, "void.ttl")),
        ("release/0.1.0/answers/makers.tsv",) + 2 * ((302, "release/0.1.0/answers/makers.tsv"),),
        ("sparql", (307, "sparql"), (307, "sparql")),
        ("", (302, ""), (302, "")),
        *((f"{kind}/a-b_c", (303, f"{kind}/a-b_c.html"), (303, f"{kind}/a-b_c.ttl")) for kind in KINDS),
        ("derivation/stated/a/b/c", (303, "derivation/stated/a/b/c.html"), (303, "derivation/stated/a/b/c.ttl")),
    ],
)
def test_every_kind_of_iri_is_redirected(path: str, html: tuple[int, str], turtle: tuple[int, str]) -> None:
    assert follow(path, BROWSER) == (html[0], HOST + html[1])
    for accept in ("text/turtle", RDFLIB, "", "*/*"):
        assert follow(path, accept) == (turtle[0], HOST + turtle[1]), accept


def test_what_is_none_of_ours_is_not_redirected() -> None:
    assert follow("nothing", "text/turtle") is None


def test_it_says_that_it_is_not_registered() -> None:
    assert "NOT registered" in TEXT
    assert "not\nregistered" in (FOLDER / "README.md").read_text("utf-8")
