"""Numbers of the universe's own: none of them tells anything of the item that it was given to."""

from __future__ import annotations

import random
from collections.abc import Hashable


class Numbers:
    """Hands out numbers of a range in an order that hangs on a seed and a name; a key always gets the same one."""

    def __init__(self, name: str, seed: int, first: int, last: int) -> None:
        self._random = random.Random(f"{name} {seed}")
        self._first, self._last = first, last
        self._given: dict[Hashable, int] = {}
        self._taken: set[int] = set()

    def of(self, key: Hashable) -> int:
        if key not in self._given:
            self._given[key] = self._fresh()
        return self._given[key]

    def _fresh(self) -> int:
        while (number := self._random.randint(self._first, self._last)) in self._taken:
            pass
        self._taken.add(number)
        return number
