"""What can be asked of schedules and runs."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.bands import REMEMBERED, History
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.plans import Schedule, companion_of
from adaptapedia.scheduling.reckonable import reckoned
from adaptapedia.scheduling.terms import ACCEPTING, spec_for

BEAT_SEEN = "scheduling.beat_seen"
"""Cache key of beat's last sign of life, ISO 8601."""

RULES = ("crontab", "interval", "clocked", "solar", "companion")


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule as people see it."""

    schedule: PeriodicTask
    name: str
    about: str
    """The first line of its job's docstring; empty for a task that is no job."""
    when: str
    queue: str
    enabled: bool
    next_due: datetime | None
    """None when it is paused or never due again."""
    last_run: JobRun | None
    fault: str
    """Why beat leaves it out; empty for one that it does not."""


def schedules(
    *, among: QuerySet[PeriodicTask] | None = None, after: str = "", at_most: int | None = None
) -> list[ScheduleRow]:
    """Schedules by name, each with its last run, in two queries; of each name one run is read, however many there are.

    Only some, those after a name, and so many, where these are given.
    """
    found = PeriodicTask.objects.all() if among is None else among
    named = found.filter(name__gt=after).select_related(*RULES).order_by("name")
    rows = [*named.annotate(last_id=Subquery(newest_of_each().values("id")[:1]))[:at_most]]
    last_runs = JobRun.objects.defer("traceback").in_bulk([row.last_id for row in rows if row.last_id is not None])
    return [_shown(row, last_runs.get(row.last_id)) for row in rows]


def newest_of_each() -> QuerySet[JobRun]:
    """Runs of the schedule around, the newest first.

    A range and its order are what the index `run_of_schedule` alone gives. Of an equality PostgreSQL may think that
    going back by id comes upon the name soon; for a schedule that runs once a year it reads everything.
    """
    name = OuterRef("name")
    return JobRun.objects.filter(schedule_name__gte=name, schedule_name__lte=name).order_by("schedule_name", "-id")


def schedule_row(schedule: PeriodicTask) -> ScheduleRow:
    """One schedule with its last run; one query where it came with its rule and its companion."""
    return _shown(schedule, runs(schedule.name).defer("traceback").first())


def fault_of(schedule: PeriodicTask) -> str:
    """Why beat leaves a schedule out, or would as soon as it looks; empty for one that it does not."""
    try:
        row = Schedule.of(schedule)
        _ = reckoned(row, timezone.now()), row.arguments, row.options
    except BadRule as error:
        return str(error)
    return row.fault


def _shown(schedule: PeriodicTask, last_run: JobRun | None) -> ScheduleRow:
    spec = spec_for(schedule.task)
    return ScheduleRow(
        schedule=schedule,
        name=schedule.name,
        about=spec.doc,
        when=when(schedule),
        queue=schedule.queue or spec.queue,
        enabled=schedule.enabled,
        next_due=next_due(schedule),
        last_run=last_run,
        fault=fault_of(schedule),
    )


def when(schedule: PeriodicTask) -> str:
    """The rule in one line: "0 2 * * * UTC", "every 10 minutes", "0 2 * * * UTC, on L"."""
    days = companion_of(schedule).days
    return rule_of(schedule) + (f", on {days}" if days else "")


def rule_of(schedule: PeriodicTask) -> str:
    """The rule in one line, as far as django-celery-beat's tables have it."""
    if (rule := schedule.crontab) is not None:
        fields = (rule.minute, rule.hour, rule.day_of_month, rule.month_of_year, rule.day_of_week, rule.timezone)
        return " ".join(str(field).replace(" ", "") for field in fields)
    return str(schedule.scheduler)


def next_due(schedule: PeriodicTask) -> datetime | None:
    """When it is due next; now or earlier for a tick that beat has yet to write.

    None while it is paused, and for a rule that beat leaves out because it cannot be reckoned.
    """
    try:
        found = reckoned(Schedule.of(schedule), timezone.now())
    except BadRule:
        return None
    if not schedule.enabled:
        return None
    return found.fire[0] if found.fire else found.mark.next_due


def runs(name: str | None = None) -> QuerySet[JobRun]:
    """Runs, the newest first; of one schedule when `name` is given."""
    every = JobRun.objects.order_by("-id")
    return every if name is None else every.filter(schedule_name=name)


def oldest_run(name: str) -> JobRun | None:
    """The oldest run of a schedule that is kept."""
    return runs(name).defer("traceback").last()


def last_success(name: str) -> JobRun | None:
    """The newest run of a schedule that succeeded."""
    return runs(name).filter(state=JobRun.State.SUCCEEDED).first()


def history_of(name: str) -> History:
    """The last successful runs of a schedule, but for those that were not as usual and that nobody has accepted."""
    succeeded = runs(name).filter(state=JobRun.State.SUCCEEDED, counts__isnull=False)
    past = succeeded.filter(Q(suspicion="") | Q(answer__in=ACCEPTING))
    rows = [*past.values_list("counts", "suspicion", "answer")[:REMEMBERED]][::-1]
    return History(
        counts=[counts for counts, _, _ in rows if counts is not None],
        accepted=[counts for counts, suspicion, answer in rows if counts is not None and suspicion and answer],
    )


def beat_seen() -> datetime | None:
    """When beat last gave a sign of life (it does so every 5 s); None when it did not within a day.

    Raises redis.RedisError when the cache is out of reach.
    """
    seen: str | None = cache.get(BEAT_SEEN)
    return datetime.fromisoformat(seen) if seen else None
