"""The budget of one upstream, shared by all workers through Valkey: turns, tokens, pauses, a breaker.

All workers keep the time of the Valkey, so that their own clocks need not agree.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import LockError, LockNotOwnedError
from redis.lock import Lock
from redis.retry import Retry

FORGOTTEN_AFTER = 2 * 86_400
"""Seconds after which the state of an upstream that nobody asks any more is forgotten."""
TRIES = 14
"""To reach the Valkey, over some six seconds: a restart on a busy machine takes longer than redis-py's own two."""
LOOKS_FOR_ITS_TURN_EVERY = 0.2

_TAKE = """
local key, now, rate, burst = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cost, patience = tonumber(ARGV[4]), tonumber(ARGV[5])
local longest_pause, probe_for = tonumber(ARGV[6]), tonumber(ARGV[7])
local state = redis.call('HMGET', key, 'tokens', 'at', 'paused_until', 'open_until', 'probe_until', 'failures')
local open_until, probe_until, failures = tonumber(state[4] or 0), tonumber(state[5] or 0), state[6] or '0'
local closed_until = math.max(open_until, open_until > 0 and probe_until or 0)
if closed_until > now then return {'open', tostring(closed_until), failures} end
local pause = math.max(0, tonumber(state[3] or 0) - now)
if pause > longest_pause then return {'paused', tostring(pause), failures} end
local tokens, at = tonumber(state[1] or burst), tonumber(state[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * rate) - cost
local wait = math.max(0, -tokens / rate)
if wait > patience then return {'crowded', tostring(wait), failures} end
redis.call('HSET', key, 'tokens', tostring(tokens), 'at', tostring(math.max(now, at)))
if open_until > 0 then redis.call('HSET', key, 'probe_until', tostring(now + pause + wait + probe_for)) end
redis.call('HINCRBY', key, 'asked', 1)
redis.call('EXPIRE', key, ARGV[8])
return {'wait', tostring(pause + wait), failures}
"""
"""Takes tokens, also such as are still to come back, and says how long to wait for them; or why there are none.
When the breaker has been open for its time, one turn alone is given, as a probe, until it fails or succeeds."""

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
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'paused_until')
local now, rate, burst, asked = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('HINCRBY', KEYS[1], 'limited', 1)
if asked > tonumber(state[3] or 0) then
  local tokens, at = tonumber(state[1] or burst), tonumber(state[2] or now)
  tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
  redis.call('HSET', KEYS[1], 'paused_until', ARGV[4], 'tokens', tostring(tokens), 'at', tostring(math.max(asked, at)))
end
redis.call('HDEL', KEYS[1], 'failures', 'open_until', 'probe_until')
redis.call('EXPIRE', KEYS[1], ARGV[5])
"""
"""No token comes back during a pause: who waits for its end goes on in turn, not all at once. Who asks for one has
answered, so that the breaker is closed: the pause stands in its place."""

_FAIL = """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
redis.call('HINCRBY', KEYS[1], 'failed', 1)
if failures >= tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'open_until', ARGV[2])
  redis.call('HDEL', KEYS[1], 'probe_until')
end
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
    holder_dies_after: float = 90.0
    """Seconds after which a turn that was never given back is taken for dead: more than any query lasts, with what
    it takes to read the answer and to tell the budget of it."""
    patience: float = 300.0
    """Seconds that we wait for others' turns, and for tokens, before giving up."""
    longest_pause: float = 120.0
    """A pause that the upstream asks for is waited for up to so many seconds, otherwise it is an error."""
    failures: int = 5
    """Failures in a row that open the breaker."""
    open_for: float = 300.0
    """Seconds that it stays open; then one turn is given as a probe, and its failure opens the breaker anew."""


WIKIDATA = Limits()


@dataclass(frozen=True, slots=True)
class BudgetState:
    """How an upstream's budget stands. Totals count from when somebody last began to ask, two days of silence ago."""

    tokens: float
    burst: float
    paused_until: datetime | None
    open_until: datetime | None
    """Of the breaker; in the past while a probe is due or under way. None while it is closed."""
    failures: int
    """In a row, the newest ones."""
    asked: int
    limited: int
    failed: int


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
        self._take_script = self._redis.register_script(_TAKE)
        self._spend_script = self._redis.register_script(_SPEND)
        self._pause_script = self._redis.register_script(_PAUSE)
        self._fail_script = self._redis.register_script(_FAIL)
        self.troubled = False
        """Whether failures were on record at the last turn, so that a success is news."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Our turn to ask: begins when the upstream may be asked, and costs what the limits say, or its duration.

        Raises BreakerOpen, Paused or Crowded instead of waiting longer than the limits say.
        """
        with self._alone() as lock:
            while (wait := self._take()) > 0:
                self._wait(wait, lock)
                if not self._is_paused():
                    break
            with self._timed():
                yield

    @asynccontextmanager
    async def aturn(self) -> AsyncIterator[None]:
        """`turn`, one of many at a time. Waits without holding up its event loop, which must be the real clock's."""
        if self.limits.one_at_a_time:
            raise ValueError(f"{self.name} is asked by one at a time")
        while (wait := await asyncio.to_thread(self._take)) > 0:
            await asyncio.sleep(wait)
            if not await asyncio.to_thread(self._is_paused):
                break
        with self._timed():
            yield

    def spend(self, cost: float) -> float:
        """Take `cost` tokens; what is left, negative when more was used than there was."""
        limits = self.limits
        arguments = [self._now(), limits.rate, limits.burst, max(0.0, cost), FORGOTTEN_AFTER]
        return float(self._spend_script(keys=[self._key], args=arguments))

    def pause(self, seconds: float) -> None:
        """Let nobody ask for `seconds`, as the upstream has answered. A longer pause that is under way stays."""
        now, limits = self._now(), self.limits
        self._pause_script(keys=[self._key], args=[now, limits.rate, limits.burst, now + seconds, FORGOTTEN_AFTER])

    def failed(self) -> None:
        """Count a failure; one too many in a row opens the breaker."""
        until = self._now() + self.limits.open_for
        self.troubled = True  # so that whoever is answered next forgets it, though they asked before
        self._fail_script(keys=[self._key], args=[self.limits.failures, until, FORGOTTEN_AFTER])

    def succeeded(self) -> None:
        """Close the breaker and forget the failures."""
        self._redis.hdel(self._key, "failures", "open_until", "probe_until")

    def state(self) -> BudgetState:
        """How the budget stands, without asking for anything. Raises redis.RedisError where the Valkey is lost."""
        now, tokens = self._now(), self._redis.hmget(self._key, ["tokens", "at"])
        level, at = (float(told) if told is not None else None for told in tokens)
        limits = self.limits
        refilled = limits.burst if level is None or at is None else level + max(0.0, now - at) * limits.rate
        pause, opened, *totals = self._redis.hmget(
            self._key, ["paused_until", "open_until", "failures", "asked", "limited", "failed"]
        )
        paused_until = float(pause) if pause is not None and float(pause) > now else None
        return BudgetState(
            min(limits.burst, refilled),
            limits.burst,
            None if paused_until is None else datetime.fromtimestamp(paused_until, UTC),
            None if opened is None else datetime.fromtimestamp(float(opened), UTC),
            *(int(total or 0) for total in totals),
        )

    def close(self) -> None:
        self._redis.close()

    @contextmanager
    def _alone(self) -> Iterator[Lock | None]:
        if not self.limits.one_at_a_time:
            yield None
            return
        lock = self._redis.lock(f"{self._key}:turn", timeout=self.limits.holder_dies_after, thread_local=False)
        self._acquire(lock)
        try:
            yield lock
        finally:
            # The turn lasted longer than a dead holder's, or the Valkey restarted: what was read is whole all the same.
            with suppress(LockError):
                lock.release()

    def _acquire(self, lock: Lock) -> None:
        waited = 0.0
        while not lock.acquire(blocking=False):
            if waited >= self.limits.patience:
                raise Crowded(f"Others were asking {self.name} for {waited:.0f} s without a break")
            self._sleep(LOOKS_FOR_ITS_TURN_EVERY)
            waited += LOOKS_FOR_ITS_TURN_EVERY

    def _hold(self, lock: Lock, seconds: float) -> None:
        """Hold our turn for so long and a query more; take it anew where a restart of the Valkey has lost it."""
        try:
            lock.extend(seconds + self.limits.holder_dies_after, replace_ttl=True)
        except LockNotOwnedError:
            self._acquire(lock)
            lock.extend(seconds + self.limits.holder_dies_after, replace_ttl=True)

    def _take(self) -> float:
        """Take a turn's tokens; seconds to wait before it. Raises what keeps us from it altogether."""
        limits, now = self.limits, self._now()
        arguments = [now, limits.rate, limits.burst, limits.cost or 0.0, limits.patience, limits.longest_pause]
        taken = self._take_script(keys=[self._key], args=[*arguments, limits.holder_dies_after, FORGOTTEN_AFTER])
        verdict, told, failures = taken[0].decode(), float(taken[1]), int(taken[2])
        self.troubled = failures > 0
        if verdict == "open":
            raise BreakerOpen(self.name, until=datetime.fromtimestamp(told, UTC), failures=failures)
        if verdict == "paused":
            raise Paused(self.name, until=datetime.fromtimestamp(now + told, UTC), seconds=told)
        if verdict == "crowded":
            raise Crowded(f"The budget of {self.name} is spent for another {told:.0f} s")
        return told

    def _is_paused(self) -> bool:
        """Whether somebody was asked to pause while we waited for our tokens, which are then taken anew."""
        return float(self._redis.hget(self._key, "paused_until") or 0.0) > self._now()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = self._now() if self.limits.cost is None else 0.0
        try:
            yield
        finally:
            if self.limits.cost is None:
                self.spend(self._now() - began)

    def _wait(self, seconds: float, lock: Lock | None) -> None:
        """Sleep within our turn, which must not be taken for dead meanwhile."""
        if lock is not None:
            self._hold(lock, seconds)
        self._sleep(seconds)
        if lock is not None:
            self._hold(lock, 0.0)

    def _shared_time(self) -> float:
        seconds, microseconds = self._redis.time()
        return float(seconds) + float(microseconds) / 1e6
