"""Workers under virtual time: what becomes of the runs of a history that take their time, fail and are tried again.

It does what `attempts.py` and `care.py` do in PostgreSQL; `check` says what must hold of it under each overlap policy.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Literal, TypeVar

from hypothesis import strategies as st

from adaptapedia.scheduling.core.overlap import decide
from adaptapedia.scheduling.core.policies import NOTHING, Overlap

T = TypeVar("T")

SECOND = timedelta(seconds=1)
TENDED = SECOND
"""Beat looks so often for runs that waited for another."""
PARTS = st.sampled_from((0.0, 0.1, 0.3, 0.7, 1.2, 2.5, 6.0))

State = Literal["queued", "running", "waiting", "succeeded", "failed", "skipped", "cancelled"]
Act = Literal["claim", "end", "retry", "free"]
How = Literal["", "succeed", "fail", "cancel"]


@dataclass(frozen=True)
class Work:
    """What the runs of a schedule are like: each of these in turn, by the number of the run.

    Spans are told as parts of what lies between two runs on average.
    """

    lasts: tuple[float, ...] = (0.5,)
    taken_after: tuple[float, ...] = (0.0,)
    """From when a run is queued until a worker takes its message: a later one may come first."""
    fails: tuple[bool, ...] = (False,)
    """By the number of the run and its attempt together."""
    retries: int = 0
    retry_after: float = 1.0
    stops_within: float = 0.1
    """After so long an attempt has stopped that was asked to."""


works = st.builds(
    Work,
    lasts=st.lists(PARTS, min_size=1, max_size=3).map(tuple),
    taken_after=st.lists(PARTS, min_size=1, max_size=3).map(tuple),
    fails=st.lists(st.booleans(), min_size=1, max_size=4).map(tuple),
    retries=st.integers(0, 2),
    retry_after=PARTS,
    stops_within=PARTS,
)


@dataclass(eq=False)
class Run:
    """A run, and what has become of it."""

    number: int
    state: State = "queued"
    attempt: int = 1
    behind: "Run | None" = None
    asked_by: "Run | None" = None
    """The run for which it is to stop."""
    ended_at: datetime | None = None
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When its attempts ran."""
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When it waited behind another."""


@dataclass(frozen=True)
class Step:
    """What a worker or beat did with a run, and how an attempt of it ended."""

    act: Act
    run: Run
    how: How = ""


class Workers:
    """Workers, as many as it takes, for the runs of one schedule."""

    def __init__(self, work: Work, overlap: Overlap, queued: Iterable[datetime], *, until: datetime) -> None:
        """Let everything happen that follows from runs queued at these times."""
        self.work, self.overlap = work, overlap
        times = sorted(queued)
        self._between = (times[-1] - times[0]) / max(len(times) - 1, 1) if times else NOTHING
        self.runs: list[Run] = []
        self.steps: list[Step] = []
        self.until = until
        self._open: list[Run] = []
        self._to_come: list[tuple[datetime, int, Act, Run, int]] = []
        self._order = count()
        for number, at in enumerate(times):
            self.runs.append(Run(number))
            self._await(at + _of(work.taken_after, number) * self._between, "claim", self.runs[-1])
        while self._to_come and self._to_come[0][0] <= until:
            at, _, act, run, attempt = heappop(self._to_come)
            self._do(at, act, run, attempt)

    def _await(self, at: datetime, act: Act, run: Run) -> None:
        heappush(self._to_come, (at, next(self._order), act, run, run.attempt))

    def _do(self, at: datetime, act: Act, run: Run, attempt: int) -> None:
        if act == "claim" and run.state == "queued":
            self.steps.append(Step(act, run))
            self._claim(at, run)
        elif act == "end" and run.state == "running" and run.attempt == attempt:
            self._end(at, run)
        elif act == "retry":
            self.steps.append(Step(act, run))
            run.state, run.attempt = "queued", run.attempt + 1
            self._await(at, "claim", run)
        elif act == "free" and run.behind:
            self._free(at, run, run.behind)

    def _free(self, at: datetime, run: Run, older: Run) -> None:
        if older.state in {"queued", "running"}:  # it is tried again
            return
        self.steps.append(Step("free", run))
        run.waits[-1] = (run.waits[-1][0], at)
        run.behind = None
        self._await(at, "claim", run)

    def _claim(self, at: datetime, run: Run) -> None:
        self._open = [one for one in self._open if one.state == "running" or one.behind]
        others = [one for one in self._open if one is not run]
        going = max((one for one in others if one.state == "running"), key=_number, default=None)
        waiting = [one for one in others if one.behind]
        newer = [one for one in (*waiting, going) if one and one.number > run.number]
        what = decide(self.overlap, running=going is not None, waiting=bool(waiting), newer=bool(newer))
        self._open.append(run)
        if what == "start":
            run.state = "running"
            run.spans.append((at, self.until))
            self._await(at + self._lasts(run), "end", run)
        elif what == "skip":
            self._leave(at, run, "skipped" if run.attempt == 1 else "failed")
        elif going is not None:
            self._wait(at, run, going, waiting if what == "replace" else [])

    def _wait(self, at: datetime, run: Run, going: Run, replaced: list[Run]) -> None:
        if self.overlap == Overlap.CANCEL:
            for older in replaced:
                older.waits[-1] = (older.waits[-1][0], at)
                self._leave(at, older, "skipped")
            if not going.asked_by:
                going.asked_by = run
                self._await(at + self.work.stops_within * self._between, "end", going)
        run.behind = going
        run.waits.append((at, self.until))

    def _end(self, at: datetime, run: Run) -> None:
        run.spans[-1] = (run.spans[-1][0], at)
        in_full = at - run.spans[-1][0] >= self._lasts(run)
        failed = in_full and _of(self.work.fails, run.number + run.attempt)
        how: How = "fail" if failed else "succeed" if in_full else "cancel"
        self.steps.append(Step("end", run, how))
        if failed and run.attempt <= self.work.retries and not run.asked_by:
            run.state = "waiting"
            self._await(at + self.work.retry_after * self._between, "retry", run)
        elif failed:
            self._leave(at, run, "cancelled" if run.asked_by else "failed")
        else:
            self._leave(at, run, "succeeded" if in_full else "cancelled")
        for one in self._open:
            if one.behind is run:
                self._await(at + TENDED, "free", one)

    def _lasts(self, run: Run) -> timedelta:
        return _of(self.work.lasts, run.number) * self._between

    @staticmethod
    def _leave(at: datetime, run: Run, state: State) -> None:
        run.state, run.behind, run.ended_at = state, None, at


def _of(given: tuple[T, ...], number: int) -> T:
    return given[number % len(given)]


def _number(run: Run) -> int:
    return run.number


def check(workers: Workers) -> None:
    """The promise about overlap: what the policy says of runs that meet. Raises AssertionError."""
    overlap, runs = workers.overlap, workers.runs
    unstarted = [run for run in runs if run.state in {"skipped", "failed"} and not _ended_by_itself(run)]
    if overlap == Overlap.ALLOW:
        assert [run for run in runs if run.waits or run in unstarted] == [], "runs side by side"
        return
    going = sorted((begin, end, run.number) for run in runs for begin, end in run.spans)
    assert all(before[1] <= after[0] for before, after in pairwise(going)), "two at a time"
    waits = sorted((begin, end, run.number) for run in runs for begin, end in run.waits)
    assert all(before[1] <= after[0] for before, after in pairwise(waits)), "two wait"
    assert not waits or overlap != Overlap.SKIP
    for run in unstarted:
        assert run.ended_at is not None
        then = _others(run, going, run.ended_at), _others(run, waits, run.ended_at)
        if overlap == Overlap.CANCEL:
            assert any(number > run.number for found in then for number in found), "skipped for no newer one"
        else:
            assert then[0], "skipped though it could have run"
            assert then[1] or overlap == Overlap.SKIP, "skipped though it could have waited"
    if overlap == Overlap.CANCEL:
        for at, _, number in going:
            met = [other for begin, end, other in waits if begin < at < end and other > number]
            assert met == [], "the older went before the newer"
    for run in runs:
        if run.asked_by is not None:
            assert overlap == Overlap.CANCEL
            assert run.asked_by.number > run.number, "the newer was to stop for the older"


def _ended_by_itself(run: Run) -> bool:
    return bool(run.spans) and run.spans[-1][1] == run.ended_at


def _others(run: Run, spans: list[tuple[datetime, datetime, int]], at: datetime) -> list[int]:
    """The numbers of other runs at a moment: those that had begun, and had not ended before it."""
    return [number for begin, end, number in spans if begin <= at <= end and number != run.number]
