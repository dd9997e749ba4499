"""Runs in this process, as jobs see them."""

from collections.abc import Callable

from adaptapedia.scheduling.bands import Band
from adaptapedia.scheduling.jobs import Counts, Interrupted

Refresh = Callable[..., Counts]


class Watched:
    """A run that remembers what it was told, and breaks off when a step begins so often."""

    def __init__(self, number: int, *, breaks_after: int | None = None, answer: str = "") -> None:
        self.id = number
        self.attempt = 1
        self.last_attempt = False
        self.answer = answer
        self.suspicions: list[str] = []
        self.told: list[tuple[int, int | None, str]] = []
        self._breaks_after = breaks_after

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        self.told.append((done, total, step))
        if self._breaks_after is not None and len(self.told) > self._breaks_after:
            raise Interrupted

    def at(self) -> float:
        """A clock on which a second goes by with each answer."""
        return float(len(self.told))

    def suspect(self, why: str) -> None:
        self.suspicions.append(why)

    def usual(self, figure: str) -> Band | None:
        return None
