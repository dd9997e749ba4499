"""When a schedule is due: pure reckoning on the row, its rule and a moment. No IO.

Every function raises ValueError or Celery's ParseException for a rule that Celery does not take.
Day of month and day of week must both hold, as in Celery (and other than in cron).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from celery.schedules import crontab
from django_celery_beat.models import PeriodicTask

INSTANT = timedelta(microseconds=1)
FURTHEST = timedelta(days=40 * 366)
"""A rule that matches at all does so within forty years: 29 February on each day of the week."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a schedule stands: `at` is its due time, and `due` whether that has come."""

    at: datetime | None
    due: bool


def standing(schedule: PeriodicTask, *, now: datetime) -> Standing:
    """The tick to write now (of several missed ones the latest), or the next one.

    A tick is due when the time that was last reckoned to be the next has come and is still one of the
    rule. So a rule that was changed, or a schedule that was resumed, fires for no time before that.
    """
    awaited = _awaited(schedule)
    if awaited and awaited <= now and first_after(schedule, awaited - INSTANT) == awaited:
        return Standing(latest_until(schedule, now), due=True)
    return Standing(first_after(schedule, now), due=False)


def _awaited(schedule: PeriodicTask) -> datetime | None:
    """The due time that was last reckoned; for a row that we do not know yet, from its last run or its making.

    None after a pause: beat then empties it, and django-celery-beat the time of the last run.
    """
    if schedule.last_run_at is None and schedule.total_run_count:
        return None
    if (companion := getattr(schedule, "companion", None)) is not None:
        awaited: datetime | None = companion.next_due_at
        return awaited
    return first_after(schedule, schedule.last_run_at or schedule.date_changed)


def first_after(schedule: PeriodicTask, moment: datetime) -> datetime | None:
    """The first due time later than `moment`; None when there is none any more."""
    moment = max(moment, schedule.start_time - INSTANT) if schedule.start_time else moment
    found = _first_after(schedule, moment)
    return None if found is None or (schedule.expires and found >= schedule.expires) else found


def latest_until(schedule: PeriodicTask, now: datetime) -> datetime | None:
    """The last due time that is not later than `now`; None when none was yet."""
    until = min(now, schedule.expires - INSTANT) if schedule.expires else now
    found = _latest_until(schedule, until)
    return None if found is None or (schedule.start_time and found < schedule.start_time) else found


def supported(schedule: PeriodicTask) -> bool:
    """Whether its kind of rule is one that can be reckoned: crontab, interval or clocked; not solar."""
    return bool(schedule.crontab or schedule.interval or schedule.clocked)


def _first_after(schedule: PeriodicTask, moment: datetime) -> datetime | None:
    if schedule.crontab:
        times = _crontab_times(schedule.crontab.schedule, moment, step=1)
        return next((time for time in times if time > moment), None)
    if schedule.interval:
        anchor, every = _grid(schedule)
        first = 0 if schedule.start_time and not schedule.last_run_at else 1
        return anchor + every * max((moment - anchor) // every + 1, first)
    return _clocked(schedule, lambda time: time > moment)


def _latest_until(schedule: PeriodicTask, until: datetime) -> datetime | None:
    if schedule.crontab:
        times = _crontab_times(schedule.crontab.schedule, until, step=-1)
        return next((time for time in times if time <= until), None)
    if schedule.interval:
        anchor, every = _grid(schedule)
        return anchor + every * ((until - anchor) // every)
    return _clocked(schedule, lambda time: time <= until)


def _grid(schedule: PeriodicTask) -> tuple[datetime, timedelta]:
    anchor: datetime = schedule.last_run_at or schedule.start_time or schedule.date_changed
    every: timedelta = schedule.interval.schedule.run_every
    return anchor, every


def _clocked(schedule: PeriodicTask, fits: Callable[[datetime], bool]) -> datetime | None:
    if schedule.clocked is None:
        return None
    time: datetime = schedule.clocked.clocked_time
    return time if fits(time) else None


def _crontab_times(rule: crontab, start: datetime, *, step: int) -> Iterator[datetime]:
    """All times of the rule from the day of `start` on, forwards (step 1) or backwards (step -1), in UTC."""
    first = start.astimezone(rule.tz).date()
    hours, minutes = sorted(rule.hour)[::step], sorted(rule.minute)[::step]
    for days in range(FURTHEST.days):
        day = first + timedelta(days=step * days)
        if _matches(rule, day):
            for hour in hours:
                for minute in minutes:
                    yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=rule.tz).astimezone(UTC)


def _matches(rule: crontab, day: date) -> bool:
    return day.month in rule.month_of_year and day.day in rule.day_of_month and day.isoweekday() % 7 in rule.day_of_week
