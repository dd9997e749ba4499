"""Work on a long table in batches, each of which holds nobody up."""

import time
from collections.abc import Callable, Iterator

FIRST_BATCH = 1_000
LARGEST_BATCH = 8_000
BATCH_SECONDS = 0.15


def in_batches(delete: Callable[[int, int], tuple[int, int | None]]) -> Iterator[int]:
    """How many rows each batch deleted, as it is done.

    `delete` takes the key after which to go on and how many rows to look at; it returns how many it deleted and
    the key that it reached, or None when there is nothing left to look at.
    """
    after: int | None = 0
    size = FIRST_BATCH
    while after is not None:
        began = time.monotonic()
        deleted, after = delete(after, size)
        size = _next_size(size, seconds=time.monotonic() - began)
        yield deleted


def _next_size(size: int, *, seconds: float) -> int:
    if seconds > BATCH_SECONDS:
        return max(size // 2, 1)
    return min(size * 2, LARGEST_BATCH) if seconds < BATCH_SECONDS / 2 else size
