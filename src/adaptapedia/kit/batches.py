"""Work on a long table in batches, each of which holds nobody up."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

FIRST_BATCH = 1_000
LARGEST_BATCH = 8_000
BATCH_SECONDS = 0.15
"""What a batch should take. A second is the limit, and a busy disk may make one five times as long."""

Key = TypeVar("Key")


def in_batches(delete: Callable[[Key, int], tuple[int, Key | None]], *, begin: Key) -> Iterator[int]:
    """How many rows each batch deleted, as it is done.

    `delete` takes the key from which to go on, at first `begin`, and how many rows to look at; it returns how many it
    deleted and the key that it reached, or None when there is nothing left to look at.
    """
    reached: Key | None = begin
    size = FIRST_BATCH
    while reached is not None:
        began = time.monotonic()
        deleted, reached = delete(reached, size)
        size = next_size(size, seconds=time.monotonic() - began)
        if deleted or reached is not None:
            yield deleted


def next_size(size: int, *, seconds: float) -> int:
    """How many rows to look at after a batch of `size` that took so long."""
    if seconds > BATCH_SECONDS:
        return max(size // 2, 1)
    return min(size * 2, LARGEST_BATCH) if seconds < BATCH_SECONDS / 2 else size
