"""What the watchdog reads. Each look takes a bounded number of queries and rows, however many schedules there are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.models import JobRun, Lease, Presence, ScheduleCompanion, Trouble
from adaptapedia.scheduling.queries import last_success, runs
from adaptapedia.scheduling.terms import ACCEPTING, MINUTE
from adaptapedia.scheduling.watchdog.judging import (
    BY_SCHEDULE,
    LATE_AFTER,
    Check,
    Ended,
    Kind,
    Missing,
    Overdue,
    Queued,
    Running,
    Said,
    Shown,
    Sight,
)

State = JobRun.State

AT_MOST = 1_000
"""Rows of each kind that one look reads, the oldest first."""
IN_TURN = 200
"""Schedules whose history is read in one look, beside those that something goes on with."""
REMEMBERED_RUNS = 20
"""Of each schedule: a dozen that succeeded are among them, as a rule."""
ABOUT_TO_FIRE = 2 * MINUTE
ENDS = (State.SUCCEEDED, State.FAILED)

# Runs by name, in the order of the index `run_of_schedule`.
HISTORY = """
SELECT wanted.name, run.id, run.state, run.error, run.created_at,
    extract(epoch FROM run.finished_at - run.started_at)::float8, run.question ->> 'text', run.answer, run.suspicion
FROM unnest(%s::text[]) AS wanted (name) CROSS JOIN LATERAL (
    SELECT id, state, error, created_at, started_at, finished_at, question, answer, suspicion FROM scheduling_jobrun
    WHERE schedule_name = wanted.name ORDER BY id DESC LIMIT %s
) AS run
"""
# What a schedule was about to run, and has neither run nor told why not, although it has moved on.
VANISHED = """
SELECT schedule.name, awaited.due_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS awaited (schedule_id, due_at)
JOIN django_celery_beat_periodictask AS schedule ON schedule.id = awaited.schedule_id
JOIN scheduling_schedulecompanion AS companion ON companion.schedule_id = schedule.id
WHERE companion.next_due_at > awaited.due_at AND NOT EXISTS (
    SELECT FROM scheduling_jobrun AS run WHERE run.schedule_id = schedule.id AND run.trigger = 'tick'
    AND run.due_at <= awaited.due_at AND coalesce(run.due_until, run.due_at) >= awaited.due_at
)
"""


class Looking:
    """Looks again and again, and remembers between looks what was about to happen."""

    def __init__(self, *, in_turn: int | None = IN_TURN) -> None:
        """`in_turn` None reads the history of every schedule in each look: for one who looks once."""
        self._in_turn = in_turn
        self._reached = 0
        self._went_on: set[str] = set()
        self._awaited: dict[int, datetime] = {}
        self.known: set[str] = set()
        """The schedules that the last look told of by kinds of `BY_SCHEDULE`."""

    def look(self) -> Sight:
        """What stands in the rows now. Call it within a transaction."""
        now, since = _clock()
        running = [*JobRun.objects.filter(state=State.RUNNING).order_by("id")[:AT_MOST]]
        self.known = self._names()
        history = _History([*self.known, *(run.schedule_name for run in running)])
        self._went_on = {run.schedule_name for run in running}
        lease = Lease.objects.first()
        return Sight(
            now=now,
            since=since,
            scheduled=PeriodicTask.objects.filter(enabled=True).exists(),
            led_at=lease.renewed_at if lease else None,
            overdue=_overdue(now),
            queued=_queued(now),
            running=[
                Running(run.pk, run.schedule_name, run.started_at, history.seconds(run.schedule_name))
                for run in running
                if run.started_at is not None
            ],
            shown=[
                Shown(one.name, one.kind, tuple(one.queues), one.since, one.seen_at) for one in Presence.objects.all()
            ],
            ended=[ended for name in _enabled(self.known) if (ended := history.ended(name))],
            asking=_asking(history, self.known),
            unusual=[said for name in sorted(self.known) if (said := history.unusual(name))],
            missing=[*self._vanished(now), *_still_missing(history)],
            unplanned=_unplanned(self.known),
            check=_check(),
        )

    def _names(self) -> set[str]:
        """Those that something is known or going on of, and the next in turn."""
        troubled = Trouble.objects.filter(ended_at=None, kind__in=BY_SCHEDULE)
        names = {*self._went_on, *troubled.values_list("schedule_name", flat=True)}
        rows = PeriodicTask.objects.order_by("pk").values_list("pk", "name")
        if self._in_turn is None:
            return names | {name for _, name in rows}
        turn = [*rows.filter(pk__gt=self._reached)[: self._in_turn]]
        self._reached = turn[-1][0] if len(turn) == self._in_turn else 0
        return names | {name for _, name in turn}

    def _vanished(self, now: datetime) -> list[Missing]:
        """The ticks that were seen to be due soon, and of which nothing is to be seen now."""
        due = {pk: due_at for pk, due_at in self._awaited.items() if due_at < now - LATE_AFTER}
        found: list[Missing] = []
        if due:
            with connection.cursor() as cursor:
                cursor.execute(VANISHED, [[*due], [*due.values()]])
                found = [Missing(name, due_at) for name, due_at in cursor.fetchall()]
        soon = ScheduleCompanion.objects.filter(fires_at__lte=now + ABOUT_TO_FIRE, next_due_at__isnull=False)
        awaited = soon.order_by("fires_at").values_list("pk", "next_due_at")[:AT_MOST]
        waits = {pk: due_at for pk, due_at in self._awaited.items() if pk not in due}
        self._awaited = {**{pk: due_at for pk, due_at in awaited if due_at is not None}, **waits}
        return found


class _Past(NamedTuple):
    """A run of the history, in the order of its query's columns."""

    id: int
    state: str
    error: str
    created_at: datetime
    seconds: float | None
    question: str | None
    answer: str
    suspicion: str


class _History:
    """The last runs of some schedules, in one query."""

    def __init__(self, names: Iterable[str]) -> None:
        self._of: dict[str, list[_Past]] = {name: [] for name in names}
        with connection.cursor() as cursor:
            cursor.execute(HISTORY, [[*self._of], REMEMBERED_RUNS])
            for name, *run in cursor.fetchall():
                self._of[name].append(_Past(*run))

    def seconds(self, name: str, *, before: int | None = None) -> list[float]:
        """How long the successes took, the newest last; only runs with a lower id than `before`."""
        took = [
            run.seconds
            for run in self._of.get(name, [])
            if run.state == State.SUCCEEDED and run.seconds is not None and (before is None or run.id < before)
        ]
        return took[::-1]

    def ended(self, name: str) -> Ended | None:
        """The newest run that succeeded or failed."""
        run = next((run for run in self._of.get(name, []) if run.state in ENDS), None)
        if run is None:
            return None
        failed, history = run.state == State.FAILED, self.seconds(name, before=run.id)
        return Ended(run.id, name, failed, run.error, run.seconds or 0.0, history)

    def unanswered(self, name: str) -> Said | None:
        """The newest question, where it gave way to a run that has not succeeded; a failure answers nothing."""
        run = next((run for run in self._of.get(name, []) if run.question or run.state == State.SUCCEEDED), None)
        if run is None or run.state != State.SKIPPED or run.answer or not run.question:
            return None
        return Said(run.id, name, run.question)

    def unusual(self, name: str) -> Said | None:
        """The newest success, where that is not as usual and nobody has said that it is (`JobRun.is_suspicious`)."""
        run = next((run for run in self._of.get(name, []) if run.state == State.SUCCEEDED), None)
        if run is None or not run.suspicion or run.answer in ACCEPTING:
            return None
        return Said(run.id, name, run.suspicion)

    def newest(self, name: str) -> datetime | None:
        """When the newest run was made."""
        return next((run.created_at for run in self._of.get(name, [])), None)


def _clock() -> tuple[datetime, datetime]:
    """The database's now, and since when it is up: time in which nobody could write does not count as silence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), pg_postmaster_start_time()")
        now, since = cursor.fetchone()
        return now, since


def _overdue(now: datetime) -> list[Overdue]:
    late = ScheduleCompanion.objects.filter(fires_at__lt=now - LATE_AFTER, schedule__enabled=True, fault="")
    rows = late.order_by("fires_at").values_list("schedule__name", "fires_at")[:AT_MOST]
    return [Overdue(name, fires_at) for name, fires_at in rows if fires_at is not None]


def _queued(now: datetime) -> list[Queued]:
    """Runs that wait for a worker, not for another run."""
    old_enough = Q(created_at__lt=now - MINUTE)
    rows = JobRun.objects.filter(old_enough, state=State.QUEUED, behind=None).order_by("id")[:AT_MOST]
    return [
        Queued(
            id=run.pk,
            name=run.schedule_name,
            queue=run.queue,
            since=run.next_attempt_at or run.created_at,
            allowed=run.expires_at - run.created_at if run.expires_at and run.started_at is None else None,
        )
        for run in rows
    ]


def _asking(history: _History, names: Iterable[str]) -> list[Said]:
    """Of each schedule one question: that which stands, whoever asked for its run, or one that gave way unanswered."""
    given_way = {name: said for name in _enabled(names) if (said := history.unanswered(name))}
    rows = JobRun.objects.filter(state=State.ASKING).order_by("id")[:AT_MOST]
    standing = {
        run.schedule_name: Said(run.pk, run.schedule_name, run.question["text"]) for run in rows if run.question
    }
    return [*{**given_way, **standing}.values()]


def _enabled(names: Iterable[str]) -> list[str]:
    """Nobody waits for a schedule that is paused or gone."""
    return [*PeriodicTask.objects.filter(enabled=True, name__in=names).values_list("name", flat=True)]


def _unplanned(names: Iterable[str]) -> list[tuple[str, str]]:
    """Schedules that beat leaves out, and those that go on for ever and have no next due time."""
    endless = Q(one_off=False, expires=None) & (Q(crontab__isnull=False) | Q(interval__isnull=False))
    faulty, idle = ~Q(companion__fault=""), endless & Q(companion__next_due_at=None)
    rows = PeriodicTask.objects.filter(faulty | idle, enabled=True, name__in=names, companion__edited_at=None)
    return [*rows.values_list("name", "companion__fault")]


def _still_missing(history: _History) -> list[Missing]:
    """A run that was missing stays so, for whoever looks, until there is a newer one."""
    enabled = PeriodicTask.objects.filter(enabled=True).values("name")
    rows = Trouble.objects.filter(ended_at=None, kind=Kind.MISSING, schedule_name__in=enabled)
    return [
        Missing(name, began_at)
        for name, began_at in rows.values_list("schedule_name", "began_at")
        if (newest := history.newest(name)) is None or newest <= began_at
    ]


def _check() -> Check | None:
    """The schedule that the settings name as the health check, once it has had a tick; None while it is paused."""
    name = getattr(settings, "SCHEDULING_HEALTH_CHECK", None)
    schedule = PeriodicTask.objects.filter(name=name, enabled=True).select_related("companion").first()
    tick = runs(name).filter(trigger=JobRun.Trigger.TICK, due_at__isnull=False).first() if schedule else None
    companion = getattr(schedule, "companion", None)
    if schedule is None or tick is None or tick.due_at is None or companion is None or companion.next_due_at is None:
        return None
    success = last_success(schedule.name)
    last = (success and success.finished_at) or schedule.date_changed
    return Check(schedule.name, last, max(companion.next_due_at - tick.due_at, timedelta()))
