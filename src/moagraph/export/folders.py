"""A folder that is written whole: beside its place, and renamed, so that nobody sees half of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moagraph.errors import OutputFailed


@contextmanager
def folder_at(path: Path, sign: str, what: str) -> Iterator[Path]:
    """Gives a folder to be filled, and puts it at its place when that went well.

    Args:
        path: its place. An earlier folder of its kind is replaced; anything else is not.
        sign: a file that tells such folders from others, relative to them.
        what: what such a folder is called.

    Raises:
        OutputFailed: it cannot be written, or there is a folder of another kind.
    """
    if path.exists() and not (path / sign).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise OutputFailed(f"{path} exists and is no {what}", "name a new folder")
    scratch = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        yield scratch
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
    except OSError as error:
        raise OutputFailed(f"cannot write {path}: {error.strerror}") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
