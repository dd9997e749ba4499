"""Asking an upstream a great many things within a run's limits."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Protocol, TypeVar

from adaptapedia.ingest.metadata.asking import Window
from adaptapedia.ingest.metadata.refresh import count
from adaptapedia.ingest.models import Refresh, SourceState
from adaptapedia.kit.budget import BreakerOpen, BudgetError
from adaptapedia.scheduling.jobs import Run
from adaptapedia.sources.errors import NotFound, RateLimited, Rejected, SourceError

log = logging.getLogger(__name__)

Question = TypeVar("Question")
Answer = TypeVar("Answer")

CHUNK = 5_000
"""Questions that are looked up at once."""
REFUSALS = 20
"""So many in a row, and it is us who are refused, not what we ask for."""
PAUSES = 6
"""So often in a row the end of an open breaker is waited for."""
LOOKS_UP_EVERY = 0.5
"""Seconds between two looks at whether to stop, while a breaker is open."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much one run asks for, and how."""

    requests: int = 400_000
    """At 40 a second, under three hours."""
    seconds: float = 5.5 * 3600
    """Nothing more is asked after them: what is under way then comes within the soft limit of a job of six hours."""
    in_flight: int = 64
    """Side by side, those included that wait for their turn: enough for 40 a second at a second and a half each."""
    batch: int = 100
    """Answers a transaction: what a killed worker loses at most, besides those under way."""
    clock: Callable[[], float] = time.monotonic
    """By which the seconds go by."""


class Counting(Protocol):
    """A client that counts the requests it sends."""

    @property
    def requests(self) -> int: ...


class Enquiry:
    """The asking of one refresh. Saves how many requests it took with the answers."""

    def __init__(
        self, refresh: Refresh, run: Run, loop: asyncio.Runner, *, client: Counting, extent: Extent, total: int
    ) -> None:
        """`total` is how much there is to ask for, for showing."""
        self.refresh = refresh
        self._run = run
        self._loop = loop
        self._extent = extent
        self._total = total
        self._until = extent.clock() + extent.seconds
        self._client = client
        self._saved = client.requests
        self._refusals = self._pauses = 0
        self._step = ""

    @property
    def left(self) -> int:
        """Requests that the run may still make. A question that is tried again takes more than was reckoned."""
        made = int(self.refresh.counts["requests"]) + self._client.requests - self._saved
        return max(0, self._extent.requests - made)

    def count(self, **outcomes: int) -> None:
        """Count what is written in the transaction under way, and the requests that it took."""
        made = self._client.requests
        count(self.refresh, {**outcomes, "requests": made - self._saved})
        self._saved = made

    def put(
        self,
        look_up: Callable[[int], Sequence[Question]],
        ask: Callable[[Question], Awaitable[Answer]],
        keep: Callable[[Sequence[Answer]], None],
        *,
        step: str,
        leaving: float = 0.0,
        each: int = 1,
        once: bool = False,
    ) -> None:
        """Ask what `look_up` finds, until it finds nothing more, or the run's requests or its time are used up.

        So large a share of both, of those of the whole run, is left for what comes after. `each` is how many requests
        one question takes at most. With `once` what it finds first is all.
        """
        self._step = step
        kept, until = int(self._extent.requests * leaving), self._until - self._extent.seconds * leaving
        while self._is_before(until) and (room := self._room(kept, each)):
            questions = look_up(room)
            if not questions:
                return
            self._put(questions, ask, keep, until)
            if once and not self._pauses:
                return

    def outcome_of(self, error: SourceError, *, asked: str) -> SourceState.Outcome:
        """What a fault says of what was asked for. Raises it where it says something of everything."""
        if isinstance(error, NotFound):
            self.answered()
            return SourceState.Outcome.GONE
        self._refusals = self._refusals + 1 if isinstance(error, Rejected) else 0
        if isinstance(error, RateLimited) or isinstance(error.__cause__, BudgetError) or self._refusals >= REFUSALS:
            raise error
        log.warning("%s not read: %s", asked, error)
        return SourceState.Outcome.FAILED

    def answered(self) -> None:
        """The upstream does not refuse us."""
        self._refusals = 0

    def _is_before(self, moment: float) -> bool:
        return self._extent.clock() < moment

    def _room(self, kept: int, each: int) -> int:
        """How many questions may be asked now; one alone while the breaker was open a moment ago."""
        room = min(CHUNK, max(0, self.left - kept) // each)
        return min(room, 1) if self._pauses else room

    def _put(
        self,
        questions: Sequence[Question],
        ask: Callable[[Question], Awaitable[Answer]],
        keep: Callable[[Sequence[Answer]], None],
        until: float,
    ) -> None:
        window = Window(questions, ask, width=self._extent.in_flight, in_time=partial(self._is_before, until))
        while not window.is_through:
            answers = self._loop.run(window.answers(self._extent.batch, alive=self._alive))
            if answers:
                keep(answers)
                self._pauses = 0
        try:
            window.check()
        except SourceError as error:
            self._wait_out(error)

    def _alive(self, answers: int) -> None:
        done = int(self.refresh.counts["processed"]) + answers
        self._run.progress(done, max(done, self._total), step=self._step)

    def _wait_out(self, error: SourceError) -> None:
        """Wait until an open breaker lets one question through; raises every other fault."""
        cause = error.__cause__
        self._pauses += 1
        if not isinstance(cause, BreakerOpen) or self._pauses > PAUSES:
            raise error
        log.warning("%s: waiting until %s", self.refresh.source, cause.until)
        while datetime.now(UTC) < cause.until and self._is_before(self._until):
            self._alive(0)
            time.sleep(LOOKS_UP_EVERY)
