"""When a stand-in misbehaves: as planned request by request, by rule, or at random with a seed."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

PASSING = (
    "429", "429-0", "429-silent", "500", "502", "503", "504", "200-html", "200-cut", "200-chunks-end", "200-empty",
    "200-latin-1", "200-list", "200-null", "200-number", "slow", "reset",
)  # fmt: skip
"""What every upstream does now and then, and a client gets over by asking again; both servers know all of these."""
HOSTILE = (
    "gigabyte", "gigabyte-announced", "gzip-bomb", "nested", "script", "endless-redirect", "dripping", "429-3600",
    "429-date",
)  # fmt: skip
"""What none of them should ever do, and a client has to bear within bounds of time and memory."""

REMEMBERED = 200_000
"""Requests of which chance knows how often they have come; then those that came longest ago count from nought."""


@dataclass
class _Rule:
    fault: str
    applies: Callable[[str], bool]
    times: float
    every: int = 1
    seen: int = field(default=0)

    def hits(self, request: str) -> bool:
        if self.times <= 0 or not self.applies(request):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class _Chance:
    seed: int
    one_in: int
    among: tuple[str, ...]
    asked: OrderedDict[bytes, int] = field(default_factory=OrderedDict)

    def draw(self, request: str) -> str | None:
        key = hashlib.sha256(request.encode()).digest()
        times = self.asked.pop(key, 0) + 1
        self.asked[key] = times
        if len(self.asked) > REMEMBERED:
            self.asked.popitem(last=False)
        drawn = hashlib.sha256(b"%d %d %b" % (self.seed, times, key)).digest()
        if int.from_bytes(drawn[:8]) % self.one_in:
            return None
        return self.among[int.from_bytes(drawn[8:16]) % len(self.among)]


class Misbehaviour:
    """Which fault befalls which request; without a plan none does. Faults go by the names in `known`.

    A request is told by a text: for Wikidata its query, for the others its target (`/3/movie/1?page=2`).
    Several threads may plan and ask at once. What is planned comes before rules, and rules before chance.
    """

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self._planned: deque[str | None] = deque()
        self._rules: list[_Rule] = []
        self._chance: _Chance | None = None
        self._mutex = threading.Lock()
        self._released = threading.Event()
        self._released.set()
        self._reached = threading.Event()

    def plan(self, *faults: str | None) -> None:
        """What happens to the next requests, in this order; None passes one on."""
        self._check(faults)
        with self._mutex:
            self._planned.extend(faults)

    def always(self, fault: str) -> None:
        """Do this to every request."""
        self.when("", fault)

    def every(self, nth: int, fault: str) -> None:
        """Do this to each nth request."""
        self._check([fault])
        self._rules.append(_Rule(fault, lambda _request: True, float("inf"), every=nth))

    def when(self, contained: str | Callable[[str], bool], fault: str, *, times: float = float("inf")) -> None:
        """Do this, so many times, to requests whose text contains this or fulfils a condition."""
        self._check([fault])
        applies = contained if callable(contained) else lambda request: contained in request
        self._rules.append(_Rule(fault, applies, times))

    def at_random(self, seed: int, one_in: int, *, among: Sequence[str] = PASSING) -> None:
        """Let one request in so many fail, each in one of these ways.

        What happens hangs on the seed, the request and how often it has come, and not on the order in
        which different requests come: a run with several workers meets the same faults as one before.
        """
        self._check(among)
        if one_in < 1 or not among:
            raise ValueError("one request in 1 or more can fail, in one way or more")
        self._chance = _Chance(seed, one_in, tuple(among))

    def hold(self, contained: str | Callable[[str], bool] = "") -> None:
        """Let requests whose text contains this or fulfils a condition wait until `release`."""
        self._released.clear()
        self._reached.clear()
        self.when(contained, "hold")

    @property
    def is_holding(self) -> bool:
        """Whether a request has come in that is held."""
        return self._reached.is_set()

    def wait_until_held(self, timeout: float = 120.0) -> None:
        """Return when a request has come in that is held."""
        if not self._reached.wait(timeout):
            raise TimeoutError(f"no request came to be held within {timeout} s")

    def release(self) -> None:
        """Pass on what is held, and hold nothing more."""
        self._rules = [rule for rule in self._rules if rule.fault != "hold"]
        self._released.set()

    def clear(self) -> None:
        """Forget every plan, rule and chance, and pass everything on."""
        with self._mutex:
            self._planned.clear()
            self._rules.clear()
            self._chance = None
        self._released.set()

    def next_fault(self, request: str) -> str | None:
        """What is to be done to a request that has just come in."""
        with self._mutex:
            if self._planned:
                return self._planned.popleft()
            fault = next((rule.fault for rule in self._rules if rule.hits(request)), None)
            return self._chance.draw(request) if fault is None and self._chance else fault

    def wait_for_release(self) -> None:
        """For who answers: block while requests are held."""
        self._reached.set()
        self._released.wait(120)

    def _check(self, faults: Iterable[str | None]) -> None:
        for fault in faults:
            if fault is not None and fault not in self.known:
                raise KeyError(f"no fault is called {fault}; there are {', '.join(self.known)}")
