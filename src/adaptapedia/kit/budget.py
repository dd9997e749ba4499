"""The budget of one upstream, shared by all workers through Valkey: turns, tokens, pauses, a breaker.

All workers keep the time of the Valkey, so that their own clocks need not agree.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import LockNotOwnedError
from redis.lock import Lock
from redis.retry import Retry

FORGOTTEN_AFTER = 2 * 86_400
"""Seconds after which the state of an upstream that nobody asks any more is forgotten."""
TRIES = 14
"""To reach the Valkey, over some six seconds: a restart on a busy machine takes longer than redis-py's own two."""
LOOKS_FOR_ITS_TURN_EVERY = 0.2

_SPEND = """
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local now, rate, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local tokens, at = tonumber(state[1] or burst), tonumber(state[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * rate) - cost
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(math.max(now, at)))
redis.call('EXPIRE', KEYS[1], ARGV[5])
return tostring(tokens)
"""

_PAUSE = """
local paused, asked = tonumber(redis.call('HGET', KEYS[1], 'paused_until') or 0), tonumber(ARGV[1])
if asked > paused then redis.call('HSET', KEYS[1], 'paused_until', ARGV[1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""

_FAIL = """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
if failures >= tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'open_until', ARGV[2]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return failures
"""


class BudgetError(Exception):
    """There is no turn to be had now."""


class Paused(BudgetError):
    """The upstream asked for a pause longer than we wait in place; `seconds` of it are left."""

    def __init__(self, name: str, *, until: datetime, seconds: float) -> None:
        super().__init__(f"{name} asked us to pause until {until:%H:%M:%S} UTC")
        self.until = until
        self.seconds = seconds


class BreakerOpen(BudgetError):
    """The upstream failed so often in a row that nobody asks it until `until`."""

    def __init__(self, name: str, *, until: datetime, failures: int) -> None:
        super().__init__(f"{name} is paused until {until:%H:%M:%S} UTC after {failures} failures")
        self.until = until
        self.failures = failures


class Crowded(BudgetError):
    """Others held the upstream the whole time that we waited for a turn."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upstream allows. Tokens are whatever a turn costs: seconds of query time, or requests.

    The defaults are those of Wikidata's query service: 60 s of query time a minute, one query at
    a time (mediawiki.org, Wikidata Query Service/User Manual, "Query limits").
    """

    rate: float = 1.0
    """Tokens that come back each second."""
    burst: float = 60.0
    """Tokens that can be saved up."""
    cost: float | None = None
    """What one turn costs; None: its duration in seconds."""
    one_at_a_time: bool = True
    holder_dies_after: float = 75.0
    """Seconds after which a turn that was never given back is taken for dead: more than any query lasts."""
    patience: float = 300.0
    """Seconds that we wait for others' turns, and for tokens, before giving up."""
    longest_pause: float = 120.0
    """A pause that the upstream asks for is waited for up to so many seconds, otherwise it is an error."""
    failures: int = 5
    """Failures in a row that open the breaker."""
    open_for: float = 300.0
    """Seconds that it stays open; then it may be tried again, and the next failure opens it anew."""


WIKIDATA = Limits()


class Budget:
    """The shared budget of the upstream `name`, in the Valkey at `url`."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        limits: Limits = WIKIDATA,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` gives seconds since 1970, and is the Valkey's own unless a test sets one."""
        self.name = name
        self.limits = limits
        self._redis = redis.Redis.from_url(url, retry=Retry(ExponentialWithJitterBackoff(base=0.1, cap=1), TRIES))
        self._now = clock or self._shared_time
        self._sleep = sleep
        self._key = f"budget:{name.lower()}"
        self._spend_script = self._redis.register_script(_SPEND)
        self._pause_script = self._redis.register_script(_PAUSE)
        self._fail_script = self._redis.register_script(_FAIL)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Our turn to ask: begins when the upstream may be asked, and costs its duration when it ends.

        Raises BreakerOpen, Paused or Crowded instead of waiting longer than the limits say.
        """
        with self._alone() as lock:
            self._check_breaker()
            self._wait(self._pause_left(), lock)
            self._wait(self._refill_time(), lock)
            began = self._now()
            try:
                yield
            finally:
                cost = self.limits.cost
                self.spend(self._now() - began if cost is None else cost)

    def spend(self, cost: float) -> float:
        """Take `cost` tokens; what is left, negative when more was used than there was."""
        limits = self.limits
        arguments = [self._now(), limits.rate, limits.burst, max(0.0, cost), FORGOTTEN_AFTER]
        return float(self._spend_script(keys=[self._key], args=arguments))

    def pause(self, seconds: float) -> None:
        """Let nobody ask for `seconds`. A longer pause that is under way stays."""
        self._pause_script(keys=[self._key], args=[self._now() + seconds, FORGOTTEN_AFTER])

    def failed(self) -> None:
        """Count a failure; one too many in a row opens the breaker."""
        until = self._now() + self.limits.open_for
        self._fail_script(keys=[self._key], args=[self.limits.failures, until, FORGOTTEN_AFTER])

    def succeeded(self) -> None:
        """Close the breaker and forget the failures."""
        self._redis.hdel(self._key, "failures", "open_until")

    def close(self) -> None:
        self._redis.close()

    @contextmanager
    def _alone(self) -> Iterator[Lock | None]:
        if not self.limits.one_at_a_time:
            yield None
            return
        lock = self._redis.lock(f"{self._key}:turn", timeout=self.limits.holder_dies_after, thread_local=False)
        waited = 0.0
        while not lock.acquire(blocking=False):
            if waited >= self.limits.patience:
                raise Crowded(f"Others were asking {self.name} for {waited:.0f} s without a break")
            self._sleep(LOOKS_FOR_ITS_TURN_EVERY)
            waited += LOOKS_FOR_ITS_TURN_EVERY
        try:
            yield lock
        finally:
            # The turn lasted longer than a dead holder's, or the Valkey restarted: what was read is whole all the same.
            with suppress(LockNotOwnedError):
                lock.release()

    def _check_breaker(self) -> None:
        until, failures = self._redis.hmget(self._key, ["open_until", "failures"])
        if until is not None and float(until) > self._now():
            raise BreakerOpen(self.name, until=datetime.fromtimestamp(float(until), UTC), failures=int(failures or 0))

    def _pause_left(self) -> float:
        until = float(self._redis.hget(self._key, "paused_until") or 0.0)
        left = until - self._now()
        if left > self.limits.longest_pause:
            raise Paused(self.name, until=datetime.fromtimestamp(until, UTC), seconds=left)
        return left

    def _refill_time(self) -> float:
        lacking = (self.limits.cost or 0.0) - self.spend(0.0)
        wait = lacking / self.limits.rate
        if wait > self.limits.patience:
            raise Crowded(f"The budget of {self.name} is spent for another {wait:.0f} s")
        return wait

    def _wait(self, seconds: float, lock: Lock | None) -> None:
        """Sleep within our turn, which must not be taken for dead meanwhile."""
        if seconds > 0:
            if lock is not None:
                lock.extend(seconds + self.limits.holder_dies_after, replace_ttl=True)
            self._sleep(seconds)

    def _shared_time(self) -> float:
        seconds, microseconds = self._redis.time()
        return float(seconds) + float(microseconds) / 1e6
