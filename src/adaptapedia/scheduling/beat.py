"""Beat: writes a run for every tick before it sends it, and sends again what was lost.

    celery -A … beat --scheduler adaptapedia.scheduling.beat:Scheduler

Of django-celery-beat's scheduler it keeps the rows, their loading and the notice of changes. Any number
of beats may run: each works under the lock of the schedule's row, and a tick's run is unique.
"""

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from celery.schedules import ParseException
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from adaptapedia.scheduling import care, dispatch, due
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.queries import BEAT_SEEN, RULES
from adaptapedia.scheduling.terms import DAY, MINUTE, JobSpec, spec_of_task
from adaptapedia.scheduling.wording import in_a_line

log = logging.getLogger(__name__)

ROUND = 1.0
"""Seconds between two looks at the database; a tick that is due earlier shortens one."""
SEEN_EVERY = 5.0
UNREACHABLE = (DatabaseError, InterfaceError, RedisError, BrokerError)
UNRECKONABLE = (ValueError, OverflowError, ParseException)
"""What a row that was broken in SQL may raise."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule, and when to look at it again."""

    id: int
    name: str
    at: datetime | None


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # Celery and its beat have no types
    """django-celery-beat's scheduler with a run for each tick. It outlives its database and its broker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._care_needed = True
        self._last_timestamp: datetime | None = None
        self._seen_at = -SEEN_EVERY
        self._out_of_reach_since: float | None = None
        super().__init__(*args, **{**kwargs, "max_interval": ROUND})

    def setup_schedule(self) -> None:
        """Install nothing: the rows are what `setup_periodic_tasks` and the operators wrote."""

    def sync(self) -> None:
        """Write nothing: what a tick changes is written with its run."""

    def tick(self, *_: Any, **__: Any) -> float:
        """Write and send what is due; the seconds until the next round."""
        try:
            self._go_round()
        except UNREACHABLE as error:
            self._note_out_of_reach(error)
            return ROUND
        self._note_within_reach()
        return self._pause()

    def schedule_changed(self) -> bool:
        """Whether any schedule was changed since the last look, which also tells if runs need care."""
        before = self._last_timestamp
        self._last_timestamp, self._care_needed = care.glance()
        return bool(before != self._last_timestamp)

    def all_as_schedule(self) -> dict[str, Entry]:
        """All enabled schedules by name. What was reckoned as their next due times is stored."""
        paused = ScheduleCompanion.objects.filter(schedule__enabled=False, next_due_at__isnull=False)
        paused.update(next_due_at=None)
        rows = PeriodicTask.objects.filter(enabled=True).select_related(*RULES)
        return {row.name: entry for row in rows if (entry := _entry(row))}

    def _go_round(self) -> None:
        entries: dict[str, Entry] = self.schedule
        ready: list[JobRun] = []
        try:
            for name, entry in entries.items():
                if entry.at is not None and entry.at <= timezone.now():
                    entries[name], run = _fire_or_leave_out(entry)
                    ready += [run] if run else []
            if self._care_needed:
                ready += care.tend()
        finally:
            dispatch.send(ready)
        self._show_life()

    def _show_life(self) -> None:
        if time.monotonic() - self._seen_at >= SEEN_EVERY:
            cache.set(BEAT_SEEN, timezone.now().isoformat(), timeout=DAY.total_seconds())
            self._seen_at = time.monotonic()

    def _pause(self) -> float:
        """The seconds until the next due time, at most one round."""
        entries: dict[str, Entry] = self._schedule
        spans = [(entry.at - timezone.now()).total_seconds() for entry in entries.values() if entry.at]
        return max(0.01, min([ROUND, *spans]))

    def _note_out_of_reach(self, error: Exception) -> None:
        if self._out_of_reach_since is None:
            self._out_of_reach_since = time.monotonic()
            log.warning("Database or broker out of reach, trying again each second: %s", in_a_line(error))
        if isinstance(error, DatabaseError | InterfaceError):
            connection.close()
            self._initial_read = True

    def _note_within_reach(self) -> None:
        if self._out_of_reach_since is not None:
            log.warning("Within reach again after %.0f s", time.monotonic() - self._out_of_reach_since)
            self._out_of_reach_since = None


def _entry(row: PeriodicTask) -> Entry | None:
    """The row's entry; None, with a line in the log, for one that cannot be reckoned."""
    try:
        if not due.supported(row):
            raise ValueError("only crontab, interval and clocked rules are supported")
        dispatch.arguments_of(row)
        standing = due.standing(row, now=timezone.now())
    except UNRECKONABLE as error:
        _note_left_out(row.name, error)
        return None
    if not standing.due:
        _await(row, standing.at)
    return Entry(row.pk, row.name, standing.at)


def _note_left_out(name: str, error: Exception) -> None:
    log.error("Schedule %s is left out until it is mended: %s", name, in_a_line(error))


def _await(row: PeriodicTask, at: datetime | None) -> None:
    """Store the next due time, if it is another than what is stored."""
    companion = getattr(row, "companion", None)
    if companion is None or companion.next_due_at != at:
        ScheduleCompanion.objects.bulk_create(
            [ScheduleCompanion(schedule=row, next_due_at=at)],
            update_conflicts=True,
            update_fields=["next_due_at"],
            unique_fields=["schedule"],
        )


def _fire_or_leave_out(entry: Entry) -> tuple[Entry, JobRun | None]:
    """What `_fire` returns; a row that was broken since it was loaded is looked at again when schedules change."""
    try:
        return _fire(entry)
    except UNRECKONABLE as error:
        _note_left_out(entry.name, error)
        return replace(entry, at=None), None


@transaction.atomic
def _fire(entry: Entry) -> tuple[Entry, JobRun | None]:
    """Write the run of a due tick, unless another beat has it or the row has changed; when to look again.

    For a task that is no job the message itself is sent before the commit: should that fail, the tick stays due.
    """
    if not PeriodicTask.objects.select_for_update().filter(pk=entry.id, enabled=True).exists():
        return replace(entry, at=None), None
    row = PeriodicTask.objects.select_related(*RULES).get(pk=entry.id)
    now = timezone.now()
    standing = due.standing(row, now=now)
    if not standing.due or standing.at is None:
        return replace(entry, at=standing.at), None
    spec = spec_of_task(row.task)
    run = _write_tick(row, spec, due_at=standing.at, now=now) if spec else None
    if spec is None:
        _send_foreign(row)
    return replace(entry, at=_advance(row, standing.at, now=now)), run


def _write_tick(row: PeriodicTask, spec: JobSpec, *, due_at: datetime, now: datetime) -> JobRun | None:
    run, new = JobRun.objects.get_or_create(
        schedule=row,
        due_at=due_at,
        trigger=JobRun.Trigger.TICK,
        defaults={
            "schedule_name": row.name,
            "task": row.task,
            "queue": row.queue or spec.queue,
            "arguments": dispatch.arguments_of(row),
            "expires_at": _expires_at(row, spec, due_at=due_at, now=now),
            "sent_at": now,
        },
    )
    if new:
        log.info("Due: %s at %s, run %s", row.name, due_at.isoformat(), run.pk)
    return run if new else None


def _expires_at(row: PeriodicTask, spec: JobSpec, *, due_at: datetime, now: datetime) -> datetime:
    """The row's own expiry, else the job's, from the due time on; a tick found late counts from now."""
    within = spec.expires if row.expire_seconds is None else timedelta(seconds=row.expire_seconds)
    begin = due_at if now - due_at < MINUTE else now
    return begin + within


def _advance(row: PeriodicTask, due_at: datetime, *, now: datetime) -> datetime | None:
    """Move the row past its tick; the next due time. A queryset's update, so that no change is announced.

    The last run of an interval is its due time, so that its grid holds.
    """
    row.last_run_at, row.total_run_count = (due_at if row.interval else now), row.total_run_count + 1
    PeriodicTask.objects.filter(pk=row.pk).update(
        last_run_at=row.last_run_at, total_run_count=F("total_run_count") + 1, enabled=not row.one_off
    )
    at = None if row.one_off else due.first_after(row, now)
    _await(row, at)
    return at


def _send_foreign(row: PeriodicTask) -> None:
    given = dispatch.arguments_of(row)
    options = {name: getattr(row, name) for name in ("queue", "exchange", "routing_key", "priority")}
    current_app.send_task(
        row.task,
        args=given["args"],
        kwargs=given["kwargs"],
        headers={**dispatch.given(row.headers, dict), "periodic_task_name": row.name},
        expires=row.expire_seconds,
        retry_policy=dispatch.BRIEF_RETRY,
        **{name: value for name, value in options.items() if value is not None},
    )
    log.info("Due: %s, sent as %s", row.name, row.task)
