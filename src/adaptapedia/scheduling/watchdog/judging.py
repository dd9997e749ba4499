"""What is wrong, judged by rows that were read. Pure: rows in, findings out, and `now` is given."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from adaptapedia.scheduling.bands import band_of
from adaptapedia.scheduling.presence import SILENT_AFTER
from adaptapedia.scheduling.terms import HOUR, MINUTE, SECOND
from adaptapedia.scheduling.wording import roughly

LATE_AFTER = MINUTE
"""A tick is written within two seconds, by the next leader where the last one was killed."""
UNTAKEN_AFTER = MINUTE
WAITS_AT_MOST = HOUR
"""For a worker that is busy, where a run does not expire."""
LEADERLESS_AFTER = timedelta(seconds=30)
CHECK_LATE_AFTER = 10 * MINUTE
"""A health check that does not come through is skipped after some minutes; then it is certain."""
LONGER = 1.25
SHORTER = 0.5
"""Beside the band: so many times the longest and the shortest of the history. Runs of one job may be of two kinds,
as a daily one that does more on Sundays, and the median knows only the more frequent one."""
WORTH_WATCHING = 30 * SECOND
"""A run that takes less than this is not told as too short, and one is too long only by more than this."""


class Kind(StrEnum):
    """Of each there is a page in docs/runbook."""

    LATE = "late-tick"
    MISSING = "missing-run"
    UNPLANNED = "unplanned"
    UNTAKEN = "queued-too-long"
    LONG = "overrunning"
    SHORT = "suspiciously-short"
    FAILED = "failed"
    ASKING = "asking"
    UNUSUAL = "not-as-usual"
    BEAT_GONE = "beat-gone"
    WORKER_GONE = "worker-gone"
    LEADERLESS = "no-leader"
    CHECK = "health-check"


BY_SCHEDULE = (Kind.MISSING, Kind.UNPLANNED, Kind.SHORT, Kind.FAILED, Kind.ASKING, Kind.UNUSUAL)
"""Judged of some schedules at a time; the others of everything, each time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong. `about` tells it from others of its kind: a schedule, a run, a process, a queue."""

    kind: Kind
    about: str
    expected: str
    seen: str
    schedule: str = ""
    run: int | None = None

    @property
    def key(self) -> str:
        return key_of(self.kind, self.about)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A schedule whose next tick should be a row already."""

    name: str
    fires_at: datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """A run that no worker has taken. `allowed` is from its making until it expires."""

    id: int
    name: str
    queue: str
    since: datetime
    allowed: timedelta | None


@dataclass(frozen=True, slots=True)
class Running:
    """An attempt under way. `history` are the seconds that its schedule's last successes took, the newest last."""

    id: int
    name: str
    started_at: datetime
    history: Sequence[float]


@dataclass(frozen=True, slots=True)
class Shown:
    """A beat or a worker, dead or alive. `kind` is one of `Presence.Kind`."""

    name: str
    kind: str
    queues: tuple[str, ...]
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The newest run of a schedule that succeeded or failed, and the seconds of the successes before it."""

    id: int
    name: str
    failed: bool
    error: str
    seconds: float
    history: Sequence[float]


@dataclass(frozen=True, slots=True)
class Said:
    """What a run has to say to people, and nobody has answered: a question, or why its result is not as usual."""

    id: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A tick that has passed without a row of any kind."""

    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """How the health check stands: when one last came through, how far apart they are."""

    name: str
    last: datetime
    every: timedelta


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that was seen in one look. `since` is when the database began to answer: silence before is its own."""

    now: datetime
    since: datetime
    scheduled: bool
    """Whether any schedule is switched on, so that somebody has to lead."""
    led_at: datetime | None
    overdue: Sequence[Overdue] = ()
    queued: Sequence[Queued] = ()
    running: Sequence[Running] = ()
    shown: Sequence[Shown] = ()
    ended: Sequence[Ended] = ()
    asking: Sequence[Said] = ()
    """Of each schedule the newest question, also one that gave way to the next run."""
    unusual: Sequence[Said] = ()
    """Of each schedule the newest success, where that is not as usual."""
    missing: Sequence[Missing] = ()
    unplanned: Sequence[tuple[str, str]] = ()
    """Schedules that are on and will never fire, each with the fault that beat found, if it found one."""
    check: Check | None = None


def key_of(kind: Kind, about: str) -> str:
    """What tells a trouble from all others, as long as it is open."""
    return f"{kind}:{about}"[:300]


def judge(sight: Sight) -> list[Finding]:
    """All that is wrong, each with a key of its own."""
    return [
        *_leaderless(sight),
        *_gone(sight),
        *_late(sight),
        *_missing(sight.missing),
        *_unplanned(sight.unplanned),
        *_untaken(sight),
        *_long(sight),
        *_short(sight.ended),
        *_failed(sight.ended),
        *_asking(sight.asking),
        *_unusual(sight.unusual),
        *_check(sight),
    ]


def _leaderless(sight: Sight) -> Iterator[Finding]:
    led_at = max(sight.led_at or sight.since, sight.since)
    if sight.scheduled and sight.now - led_at > LEADERLESS_AFTER:
        said = f"the lease was last renewed {_ago(sight.now, sight.led_at)}" if sight.led_at else "there is no lease"
        yield Finding(Kind.LEADERLESS, "beat", "a beat leads and writes what is due", said)


def _gone(sight: Sight) -> Iterator[Finding]:
    """Who has fallen silent, unless another one has come in its place: same kind, same queues, since then."""
    alive = [one for one in sight.shown if _lives(one, sight)]
    places = sorted(alive, key=lambda one: one.since)
    for lost in sorted((one for one in sight.shown if one not in alive), key=lambda one: one.seen_at):
        if heir := next((one for one in places if _takes_the_place(one, lost)), None):
            places.remove(heir)
            continue
        kind = Kind.BEAT_GONE if lost.kind == "beat" else Kind.WORKER_GONE
        does = "shows" if lost.kind == "beat" else f"takes {' and '.join(lost.queues) or 'messages'} and shows"
        expected = f"{lost.kind} {lost.name} {does} every few seconds that it lives, or is stopped"
        yield Finding(kind, lost.name, expected, f"it was last seen {_ago(sight.now, lost.seen_at)}")


def _lives(one: Shown, sight: Sight) -> bool:
    return sight.now - max(one.seen_at, sight.since) <= SILENT_AFTER


def _takes_the_place(one: Shown, lost: Shown) -> bool:
    return (one.kind, one.queues) == (lost.kind, lost.queues) and one.since > lost.seen_at


def _late(sight: Sight) -> Iterator[Finding]:
    for one in sight.overdue:
        if sight.now - one.fires_at > LATE_AFTER:
            expected = f"a run of {one.name} at {_at(one.fires_at)}"
            yield Finding(Kind.LATE, one.name, expected, f"none {roughly(sight.now - one.fires_at)} later", one.name)


def _missing(missing: Iterable[Missing]) -> Iterator[Finding]:
    for one in missing:
        expected = f"a run of {one.name} for {_at(one.due_at)}, or a row that says why there is none"
        seen = "neither, and the schedule has moved on"
        yield Finding(Kind.MISSING, one.name, expected, seen, one.name)


def _unplanned(unplanned: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    for name, fault in unplanned:
        seen = "it is switched on and will never fire" + (f": {fault}" if fault else "")
        yield Finding(Kind.UNPLANNED, name, f"{name} has a next due time", seen, name)


def _untaken(sight: Sight) -> Iterator[Finding]:
    """One finding a queue, however many wait there."""
    takers: dict[str, list[str]] = {}
    for one in sight.shown:
        if one.kind == "worker" and _lives(one, sight):
            for queue in one.queues:
                takers.setdefault(queue, []).append(one.name)
    waiting: dict[str, list[Queued]] = {}
    for run in sight.queued:
        if sight.now - run.since > _patience(run, attended=run.queue in takers):
            waiting.setdefault(run.queue, []).append(run)
    for queue, runs in waiting.items():
        oldest = min(runs, key=lambda run: run.since)
        count = "one run waits" if len(runs) == 1 else f"{len(runs)} runs wait"
        workers = f"it is taken by {', '.join(takers[queue])}" if queue in takers else "no worker takes it"
        seen = f"{count}, since {_ago(sight.now, oldest.since)} run {oldest.id} of {oldest.name}; {workers}"
        expected = f"a worker takes what is queued in {queue}"
        yield Finding(Kind.UNTAKEN, queue, expected, seen, oldest.name, oldest.id)


def _patience(run: Queued, *, attended: bool) -> timedelta:
    if not attended:
        return UNTAKEN_AFTER
    return WAITS_AT_MOST if run.allowed is None else max(UNTAKEN_AFTER, run.allowed / 2)


def _long(sight: Sight) -> Iterator[Finding]:
    for run in sight.running:
        took = (sight.now - run.started_at).total_seconds()
        if (band := band_of(run.history)) is None:
            continue
        usual = max(band.high, LONGER * max(run.history), max(run.history) + WORTH_WATCHING.total_seconds())
        if took > usual:
            expected = f"{run.name} takes at most {_long_is(usual)}, as its last {band.of} runs tell"
            seen = f"run {run.id} has been going for {_long_is(took)}"
            yield Finding(Kind.LONG, f"{run.id}", expected, seen, run.name, run.id)


def _short(ended: Iterable[Ended]) -> Iterator[Finding]:
    for run in ended:
        if run.failed or (band := band_of(run.history)) is None:
            continue
        usual = min(band.low, SHORTER * min(run.history))
        if run.seconds < usual and min(run.history) >= WORTH_WATCHING.total_seconds():
            expected = f"{run.name} takes at least {_long_is(usual)}, as its last {band.of} runs tell"
            seen = f"run {run.id} succeeded after {_long_is(run.seconds)}"
            yield Finding(Kind.SHORT, run.name, expected, seen, run.name, run.id)


def _failed(ended: Iterable[Ended]) -> Iterator[Finding]:
    for run in ended:
        if run.failed:
            seen = f"run {run.id} failed: {run.error or 'it does not say why'}"
            yield Finding(Kind.FAILED, run.name, f"{run.name} succeeds", seen, run.name, run.id)


def _asking(asking: Iterable[Said]) -> Iterator[Finding]:
    for run in asking:
        expected = f"{run.name} goes on by itself, or somebody says how"
        seen = f"nobody has answered what run {run.id} asks: {run.text}"
        yield Finding(Kind.ASKING, run.name, expected, seen, run.name, run.id)


def _unusual(unusual: Iterable[Said]) -> Iterator[Finding]:
    for run in unusual:
        expected = f"{run.name} ends as usual, or somebody says that this is usual now"
        seen = f"run {run.id} succeeded and is not as usual: {run.text}"
        yield Finding(Kind.UNUSUAL, run.name, expected, seen, run.name, run.id)


def _check(sight: Sight) -> Iterator[Finding]:
    check = sight.check
    if check is None:
        return
    within = check.every + CHECK_LATE_AFTER
    if sight.now - check.last > within:
        expected = f"{check.name} comes through from beat to worker, database and cache every {roughly(check.every)}"
        seen = f"it last did {_ago(sight.now, check.last)}"
        yield Finding(Kind.CHECK, check.name, expected, seen, check.name)


def _long_is(seconds: float) -> str:
    return roughly(timedelta(seconds=seconds))


def _ago(now: datetime, moment: datetime) -> str:
    return f"{roughly(now - moment)} ago"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
