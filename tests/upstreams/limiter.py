"""A limit that really is one: a bucket of tokens, as servers count those who ask too fast."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Limiter:
    """`per_second` requests a second, and `burst` of them at once after a pause (a second's worth unless told).

    One bucket for everybody who asks: all of them come from one address.
    """

    def __init__(
        self, per_second: float, *, burst: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_second = per_second
        self.burst = max(1.0, per_second if burst is None else burst)
        self.refused = 0
        self._clock = clock
        self._tokens = self.burst
        self._at = clock()

    def take(self) -> int | None:
        """None where one more is allowed; else whole seconds until that is so again, for `Retry-After`."""
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return None
        self.refused += 1
        return math.ceil((1 - self._tokens) / self.per_second)
