"""Keeps answers that were made: what is served does not change while it is served."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

MOST = 64 * 1024 * 1024
"""Bytes that are kept at most."""

Key = tuple[str, str]


class Kept:
    """Answers by what was asked; those asked for longest ago go first when there are too many."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._answers: OrderedDict[Key, Response] = OrderedDict()

    def get(self, key: Key) -> Response | None:
        """Gives the answer that was made, or None."""
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def put(self, key: Key, answer: Response) -> None:
        """Keeps a whole answer; one that says what is wrong, or is very large, is not kept."""
        size = len(answer.body) + sum(map(len, key))
        if answer.status_code != 200 or key in self._answers or size > self._most // 8:
            return
        self._answers[key] = answer
        self._size += size
        while self._size > self._most:
            old, gone = self._answers.popitem(last=False)
            self._size -= len(gone.body) + sum(map(len, old))
