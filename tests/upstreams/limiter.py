"""Limits that really are some: buckets of tokens, as servers count those who ask too fast, too much or wrongly."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


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
        wait = self.wait()
        if wait is None:
            self.spend(1)
        else:
            self.refused += 1
        return wait

    def wait(self) -> int | None:
        """None where there is a token; else whole seconds until that is so again."""
        self._refill()
        return None if self._tokens >= 1 else math.ceil((1 - self._tokens) / self.per_second)

    def spend(self, tokens: float) -> None:
        """Take so many, also such as are still to come back."""
        self._refill()
        self._tokens -= tokens

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
        self._at = now


@dataclass
class _Caller:
    seconds: Limiter
    errors: Limiter
    under_way: int = 0


class QueryLimits:
    """What Wikidata's query service allows to each User-Agent (mediawiki.org, "Wikidata Query Service/User Manual").

    Three queries at once; 60 seconds of query time a minute, of which 120 can be saved up; 30 errors a minute, of
    which 60 can. Addresses are not told apart: all callers have one. Threads may share it.
    """

    MOST_CALLERS = 1_000

    def __init__(
        self,
        *,
        at_once: int = 3,
        seconds_per_minute: float = 60.0,
        errors_per_minute: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.at_once = at_once
        self.seconds_per_minute = seconds_per_minute
        self.errors_per_minute = errors_per_minute
        self._clock = clock
        self._callers: dict[str, _Caller] = {}
        self._mutex = threading.Lock()

    def begin(self, agent: str) -> int | None:
        """None where a query may begin, which `end` must follow; else seconds for `Retry-After`."""
        with self._mutex:
            caller = self._callers.setdefault(agent, self._newcomer())
            waits = [wait for limiter in (caller.seconds, caller.errors) if (wait := limiter.wait()) is not None]
            if caller.under_way >= self.at_once:
                waits.append(1)
            if waits:
                return max(waits)
            caller.under_way += 1
            return None

    def end(self, agent: str, *, seconds: float, failed: bool) -> None:
        """A query is over that took so long, and was an error or not."""
        with self._mutex:
            caller = self._callers[agent]
            caller.under_way -= 1
            caller.seconds.spend(seconds)
            caller.errors.spend(failed)
            if len(self._callers) > self.MOST_CALLERS:
                self._callers = {name: one for name, one in self._callers.items() if one.under_way}

    def _newcomer(self) -> _Caller:
        """Buckets twice as large as what a minute brings."""
        seconds, errors = (
            Limiter(rate / 60, burst=2 * rate, clock=self._clock)
            for rate in (self.seconds_per_minute, self.errors_per_minute)
        )
        return _Caller(seconds, errors)
