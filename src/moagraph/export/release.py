"""Export as a release: a folder with the data, the answers of the named queries, and a manifest with checksums."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from moagraph import __version__
from moagraph.api import Graph
from moagraph.export import nquads, ontology, turtle, void
from moagraph.export.folders import folder_at
from moagraph.places import MANIFEST
from moagraph.turtle import write


def export(graph: Graph, path: Path, policy: str | None = None) -> int:
    """Writes a release folder, and gives the number of its files.

    It holds `moagraph.ttl` (asserted), `moagraph.nq` (all graphs), `ontology.ttl` (the vocabulary as published),
    `answers/<query>.tsv` and `.json` under the policy, `void.ttl` (what the data set holds, with size and SHA-256 of
    the files named before), and `manifest.json` with the size, SHA-256 and count of each file.

    Raises:
        OutputFailed: the folder cannot be written, or there is one that is no release.
    """
    with folder_at(path, MANIFEST, "release") as scratch:
        counts: dict[str, dict[str, int]] = {}
        counts["moagraph.ttl"] = {"triples": turtle.export(graph, scratch / "moagraph.ttl")}
        counts["moagraph.nq"] = {"quads": nquads.export(graph, scratch / "moagraph.nq")}
        counts["ontology.ttl"] = {"triples": ontology.export(graph, scratch / "ontology.ttl")}
        (scratch / "answers").mkdir()
        for query in graph.library.queries.values():
            table = graph.library.answers(query.name)
            for suffix, text in ((".tsv", table.to_tsv()), (".json", table.to_json())):
                name = f"answers/{query.name}{suffix}"
                (scratch / name).write_text(text, "utf-8", newline="")
                counts[name] = {"rows": len(table)}
        files = {name: _entry(scratch / name, count) for name, count in sorted(counts.items())}
        titles = {query.name: query.summary for query in graph.library.queries.values()}
        described = void.description(graph)
        described += void.distributions(files, void.Header.of(graph).version, titles)
        (scratch / "void.ttl").write_bytes(write(described, void.COMMENT))
        files["void.ttl"] = _entry(scratch / "void.ttl", {"triples": len({str(t) for t in described})})
        manifest = {
            "moagraph": __version__,
            "digest": graph.manifest["digest"],
            "policy": graph.policy if policy is None else policy,
            "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
            "notice": "Claims as stated by the sources; not medical advice.",
            "looked_at": graph.manifest["looked_at"],
            "files": files,
        }
        (scratch / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return len(files) + 1


def _entry(path: Path, count: dict[str, int]) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **count}
