"""Schedules that are all due in one minute: how long until the last of their messages is in Valkey."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from threading import Event, Thread

from benchmarks.common import result
from benchmarks.scheduler_beats import DCB, OURS, QUEUE, REDBEAT, Beat, Kind, beat_of, clear

PATIENCE = 120.0
"""Seconds after which one that has not sent everything is stopped."""
LOADING = {OURS.name: 20.0, REDBEAT.name: 20.0, DCB.name: 60.0}
"""Seconds that a beat has at the least between its start and the due time; it ends the benchmark when it needs more."""
EVERY = 0.002


@dataclass
class Arrivals:
    """How many messages were in Valkey when."""

    seen: list[tuple[float, int]] = field(default_factory=list)
    """Time of day and number, one entry for each time that there were more."""

    @property
    def count(self) -> int:
        return self.seen[-1][1] if self.seen else 0

    def reached(self, count: int) -> float | None:
        """When there were so many; None when there never were."""
        return next((at for at, number in self.seen if number >= count), None)


@contextmanager
def watched(arrivals: Arrivals) -> Iterator[Arrivals]:
    """Look at the queue every 2 ms for the length of a block. Nobody takes anything out of it."""
    ended = Event()
    watcher = Thread(target=_watch, args=(arrivals, ended))
    watcher.start()
    try:
        yield arrivals
    finally:
        ended.set()
        watcher.join()


def _watch(arrivals: Arrivals, ended: Event) -> None:
    import redis

    from adaptapedia.settings import CONFIG

    with redis.Redis.from_url(CONFIG.redis("broker")) as server:
        while not ended.wait(EVERY):
            if (count := int(server.llen(QUEUE))) > arrivals.count:
                arrivals.seen.append((time.time(), count))


@dataclass(frozen=True)
class Dispatch:
    """What came of one kind with so many schedules. What was not reached in time is extrapolated."""

    count: int
    sent: int
    due: float
    arrivals: Arrivals
    cpu_percent: float
    mib: float

    @property
    def said(self) -> str:
        """The unit of its times, with what has to be said of them."""
        return "s" if self.sent == self.count else f"s (extrapolated: {self.sent} were sent in {PATIENCE:.0f} s)"

    def lateness(self, share: float) -> float:
        """After how many seconds so large a share of all was sent."""
        wanted = ceil(self.count * share)
        at = self.arrivals.reached(wanted)
        return PATIENCE * wanted / max(1, self.sent) if at is None else at - self.due


def measure_dispatch(*, counts: list[int], kinds: list[Kind], log: Path) -> None:
    for count in counts:
        seconds = {kind.name: _measure(kind, count=count, log=log) for kind in kinds}
        if count == max(counts) and DCB.name in seconds and OURS.name in seconds:
            result("scheduler.times_dcb", seconds[DCB.name] / seconds[OURS.name], "times")


def _measure(kind: Kind, *, count: int, log: Path) -> float:
    got = dispatch(kind, count=count, log=log)
    name = f"scheduler.dispatch_{count}"
    result(f"{name}_s{kind.suffix}", got.lateness(1.0), got.said)
    result(f"{name}_lateness_p50_s{kind.suffix}", got.lateness(0.5), got.said)
    result(f"{name}_lateness_p99_s{kind.suffix}", got.lateness(0.99), got.said)
    result(f"{name}_cpu_percent{kind.suffix}", got.cpu_percent, "% of a core, until the last was sent")
    result(f"{name}_mib{kind.suffix}", got.mib, "MiB")
    return got.lateness(1.0)


def dispatch(kind: Kind, *, count: int, log: Path) -> Dispatch:
    """Fill, start a beat, let it load, and watch what comes at the due time."""
    clear()
    due = due_in(LOADING[kind.name] + count / 500)
    kind.fill(count, due)
    with beat_of(kind, log=log) as beat:
        beat.settle(seconds=(due - datetime.now(UTC)).total_seconds() - 1)
        with watched(Arrivals()) as arrivals:
            return _until_sent(beat, arrivals, count=count, due=due.timestamp())


def _until_sent(beat: Beat, arrivals: Arrivals, *, count: int, due: float) -> Dispatch:
    time.sleep(max(0.0, due - time.time() - 0.2))
    if arrivals.count:
        raise SystemExit(f"{arrivals.count} messages were sent before their time")
    began, before, mib = time.time(), beat.cpu_seconds, 0.0
    while arrivals.count < count and time.time() < due + PATIENCE:
        time.sleep(0.05)
        mib = max(mib, beat.mib)
    used = (beat.cpu_seconds - before) / (time.time() - began)
    time.sleep(1)
    if arrivals.count > count:
        raise SystemExit(f"{arrivals.count} messages were sent of {count} schedules")
    return Dispatch(count, arrivals.count, due, arrivals, 100 * used, mib)


def due_in(seconds: float) -> datetime:
    """The first full minute that is at least so far ahead."""
    ahead = datetime.now(UTC) + timedelta(seconds=seconds)
    return ahead.replace(second=0, microsecond=0) + timedelta(minutes=1)
