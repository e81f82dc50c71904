"""Export as a release: a folder with the data, the answers of the named queries, and a manifest with checksums."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from moagraph import __version__
from moagraph.api import Graph
from moagraph.errors import OutputFailed
from moagraph.export import nquads, turtle
from moagraph.places import MANIFEST


def export(graph: Graph, path: Path, policy: str | None = None) -> int:
    """Writes a release folder, and gives the number of its files.

    It holds `moagraph.ttl` (asserted), `moagraph.nq` (all graphs), `answers/<query>.tsv` and `.json` under the
    policy, and `manifest.json` with the size, SHA-256 and count of each file.

    Raises:
        OutputFailed: the folder cannot be written, or there is one that is no release.
    """
    if path.exists() and not (path / MANIFEST).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise OutputFailed(f"{path} exists and is no release", "name a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise OutputFailed(f"cannot write {path}: {error.strerror}") from None
    try:
        counts: dict[str, dict[str, int]] = {}
        counts["moagraph.ttl"] = {"triples": turtle.export(graph, scratch / "moagraph.ttl")}
        counts["moagraph.nq"] = {"quads": nquads.export(graph, scratch / "moagraph.nq")}
        (scratch / "answers").mkdir()
        for query in graph.library.queries.values():
            table = graph.library.ask_all(query.name)
            for suffix, text in ((".tsv", table.to_tsv()), (".json", table.to_json())):
                name = f"answers/{query.name}{suffix}"
                (scratch / name).write_text(text, "utf-8", newline="")
                counts[name] = {"rows": len(table)}
        files = {}
        for name, count in sorted(counts.items()):
            content = (scratch / name).read_bytes()
            files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **count}
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
        mask = os.umask(0)
        os.umask(mask)
        scratch.chmod(0o777 & ~mask)
        old = None
        if path.exists():
            old = path.with_name(f".{path.name}-old-{scratch.name}")
            path.rename(old)
        scratch.rename(path)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return len(counts) + 1
