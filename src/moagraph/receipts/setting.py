"""What an answer depends on beside its question: the data, the policy and the rules, each by a digest.

The digest of the data is that of what curators stated, as sorted lines of N-Triples with literals as written, and not
of files: comments and the layout of files change no answer. It is what `moagraph push` notes at an endpoint too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from moagraph.corpus import Corpus
from moagraph.errors import InputUnreadable
from moagraph.foreign import files_of, read
from moagraph.places import Places, cache, known_generation, manifest_of, packaged
from moagraph.query import bare
from moagraph.receipts.receipt import sha256
from moagraph.store import Triples

if TYPE_CHECKING:
    from moagraph.api import Graph


@dataclass(frozen=True)
class Setting:
    """What an answer depends on beside its question.

    Attributes:
        data, policy, rules: digests; empty where one cannot be told.
        own: digests of a user's own files.
        unproven: what cannot be told, as sentences.
    """

    data: str
    policy: str
    rules: str
    own: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


def setting_of(graph: Graph) -> Setting:
    """Gives the setting of a graph under its policy."""
    if graph.places is not None:
        return setting_of_places(graph.places, graph.manifest, graph.policy, graph.own, graph.own_policies)
    if graph.own:
        return setting_of_own(graph.own)
    return setting_at_endpoint(str(graph.manifest.get("digest", "")), graph.policy)


def setting_of_places(
    places: Places,
    manifest: Mapping[str, Any],
    policy: str,
    own: Iterable[Path] = (),
    own_policies: Mapping[str, str] = MappingProxyType({}),
) -> Setting:
    """Gives the setting of a graph that was built from files.

    Args:
        places: the files.
        manifest: that of the generation.
        policy: name of the policy.
        own: a user's own files of RDF, and folders of them.
        own_policies: texts of a user's own policies, by name.
    """
    said = _of_policy(places, policy, own_policies)
    unproven = [] if said else [f"the text of policy {policy} is not among the files of the graph"]
    return Setting(
        str(manifest.get("statements", "")),
        said,
        _of_rules(places),
        *_own(own, unproven),
    )


def setting_of_own(own: Iterable[Path]) -> Setting:
    """Gives the setting of a user's own files alone, from which nothing is derived."""
    return Setting("", "", "", *_own(own, ["only data that nobody checked were asked: nothing is derived from them"]))


def setting_at_endpoint(digest: str, policy: str) -> Setting:
    """Gives the setting of an endpoint, as far as what was pushed there tells.

    Args:
        digest: that of the data, as the endpoint notes it.
        policy: name of the policy.
    """
    places = packaged()
    statements, files = _packaged_digests(places)
    if digest in (statements, files):
        return setting_of_places(places, {"statements": statements}, policy)
    unproven = ["the endpoint does not tell the texts of its policies and rules"]
    if not digest:
        unproven.append("the endpoint does not tell the digest of its data")
    return Setting(digest, "", "", (), tuple(unproven))


def _packaged_digests(places: Places) -> tuple[str, str]:
    """Gives the two digests by which an endpoint may name the data that come with moagraph."""
    folder = known_generation(places, cache())
    if folder is not None:
        manifest = manifest_of(folder)
        return str(manifest["statements"]), f"files:{manifest['digest']}"
    corpus = Corpus.read(places)
    return Triples.of(corpus.triples).digest, f"files:{corpus.digest}"


def _own(files: Iterable[Path], unproven: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    given = list(files)
    paths = files_of(given) if given else []
    digests = tuple(sorted(Triples.of(read(path)).digest for path in paths))
    if digests:
        unproven = [*unproven, "data of the asker's own were asked too, which nobody checked"]
    return digests, tuple(unproven)


def _of_policy(places: Places, name: str, own: Mapping[str, str]) -> str:
    """Gives the digest of a policy's text; of a combination (`human+cited`), of those of its parts."""
    digests = []
    for part in name.split("+"):
        path = places.ontology / "policy" / f"{part}.rq"
        if part in own:
            digests.append(sha256(bare(own[part])))
        elif re.fullmatch(r"[\w-]+", part) and path.is_file():
            digests.append(_of_file(path))
        else:
            return ""
    return digests[0] if len(digests) == 1 else sha256("\n".join(sorted(digests)))


def _of_rules(places: Places) -> str:
    whole = hashlib.sha256()
    for path in sorted((places.ontology / "derive").glob("*.rq")):
        whole.update(f"{path.stem}\0{_of_file(path)}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def _of_file(path: Path) -> str:
    try:
        return sha256(bare(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
