"""Running what did not run: a run for each tick of a time that is past, oldest first, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.actions import schedule_named
from adaptapedia.scheduling.attempts import lock
from adaptapedia.scheduling.core.policies import Overlap
from adaptapedia.scheduling.core.rules import INSTANT, BadRule
from adaptapedia.scheduling.dispatch import send_after_commit
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.plans import Schedule, companion_of, policies_of, queue_of
from adaptapedia.scheduling.previewing import ticks_of
from adaptapedia.scheduling.reckonable import reckonable
from adaptapedia.scheduling.wording import in_utc

LIMIT = 1_000
"""Runs that one backfill makes unless told otherwise."""
MOST = 100_000
LOOKED_AT = 100_000
"""Ticks that are looked through for those without a success."""

State = JobRun.State


class CannotBackfill(ValueError):
    """What was asked for is no time that can be filled; the message says why."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The ticks of a schedule from `begin` to `end` that no run has done, the oldest first."""

    name: str
    begin: datetime
    end: datetime
    ticks: tuple[datetime, ...]
    more: bool
    """Whether there are more than were asked for."""
    left_to_beat: int
    """Ticks of this time that beat has yet to write, and that are therefore not among them."""


def backlog(name: str, begin: datetime, end: datetime, *, limit: int = LIMIT) -> Backlog:
    """What `backfill` would run; at most `limit` ticks are told.

    A tick is done when a run of its due time has succeeded, and is not told either while one is open, nor while beat
    has yet to write it. They are the ticks of the rule as it stands, from `begin` to `end`, both included. Raises
    UnknownSchedule and CannotBackfill.
    """
    return _backlog(schedule_named(name), begin, end, limit=limit)


def backfill(
    name: str, begin: datetime, end: datetime, *, by: str, limit: int = LIMIT
) -> tuple[Backlog, Sequence[JobRun]]:
    """Make the runs of a backlog, and start the first; each of the others starts when the one before it has ended.

    Where overlap is allowed, all start at once. `by` says who asked. Twice makes no second run of a due time.
    Raises UnknownSchedule and CannotBackfill, also where there are more than `limit`.
    """
    with transaction.atomic():
        lock(f"backfill {name}")
        schedule = schedule_named(name)
        found = _backlog(schedule, begin, end, limit=limit)
        if found.more:
            raise CannotBackfill(
                _("There are more than %(limit)s ticks without a success. Take a shorter time, or a higher limit.")
                % {"limit": f"{limit:,}"}
            )
        try:
            return found, _write(schedule, found.ticks, by=by)
        except BadRule as error:
            raise CannotBackfill(str(error)) from None


def _backlog(schedule: PeriodicTask, begin: datetime, end: datetime, *, limit: int) -> Backlog:
    if not 1 <= limit <= MOST:
        raise CannotBackfill(_("A limit is a number from 1 to %(most)s.") % {"most": f"{MOST:,}"})
    if begin > end:
        raise CannotBackfill(_("It would begin after its end."))
    if end > timezone.now():
        raise CannotBackfill(_("%(end)s has not come yet: what is due then runs by itself.") % {"end": in_utc(end)})
    try:
        coming = ticks_of(reckonable(schedule), after=begin - INSTANT, until=end)
    except BadRule as error:
        raise CannotBackfill(str(error)) from None
    ticks = [tick.at for tick in islice(coming, LOOKED_AT + 1)]
    if len(ticks) > LOOKED_AT:
        raise CannotBackfill(_("There are more than %(most)s ticks in this time.") % {"most": f"{LOOKED_AT:,}"})
    owed, done = _owed_from(schedule), _done(schedule, begin, end)
    told = [at for at in ticks if owed is None or at < owed]
    undone = [at for at in told if at not in done]
    more, left = len(undone) > limit, len(ticks) - len(told)
    return Backlog(schedule.name, begin, end, tuple(undone[:limit]), more=more, left_to_beat=left)


def _owed_from(schedule: PeriodicTask) -> datetime | None:
    """The first tick that beat has yet to write; it makes nothing of those that fall due during a pause."""
    return companion_of(schedule).next_due_at if schedule.enabled else None


def _done(schedule: PeriodicTask, begin: datetime, end: datetime) -> set[datetime | None]:
    """The due times of runs that have succeeded or may yet."""
    runs = JobRun.objects.filter(schedule_name=schedule.name, due_at__range=(begin, end))
    kept = runs.filter(Q(state=State.SUCCEEDED) | Q(state__in=JobRun.OPEN))
    return set(kept.values_list("due_at", flat=True))


def _write(schedule: PeriodicTask, ticks: Sequence[datetime], *, by: str) -> list[JobRun]:
    """The runs, of which only the first has a message: beat sends those of the others, each in its turn."""
    row = Schedule.of(schedule)
    common = {
        "schedule": schedule,
        "schedule_name": row.name,
        "task": row.task,
        "queue": queue_of(row),
        "arguments": {**row.arguments, "by": by},
        "options": row.options,
        "trigger": JobRun.Trigger.BACKFILL,
    }
    runs = JobRun.objects.bulk_create([JobRun(due_at=at, **common) for at in ticks])
    if policies_of(row.spec, row.policies).overlap != Overlap.ALLOW:
        _chain(runs)
    for first in runs[:1]:
        JobRun.objects.filter(pk=first.pk).update(sent_at=Now())
        first.refresh_from_db()
        send_after_commit(first)
    return runs


def _chain(runs: Sequence[JobRun]) -> None:
    for before, run in pairwise(runs):
        run.behind = before.pk
    JobRun.objects.bulk_update(runs, ["behind"], batch_size=LIMIT)
