"""What tests of scheduling ask of rows and runs."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.plans import CRON_FIELDS
from adaptapedia.scheduling.terms import JobSpec, registry

CHECKOUT = Path(__file__).resolve().parents[3]
ENDED = (JobRun.State.SUCCEEDED, JobRun.State.FAILED, JobRun.State.SKIPPED, JobRun.State.CANCELLED)
ONCE_A_YEAR = "0 0 1 1 *"

_others = dict(registry)
from tests.integration.scheduling.sample import jobs  # noqa: E402 - what it registers is told from the real jobs

SAMPLES: dict[str, JobSpec] = {name: registry.pop(name) for name in [*registry] if name not in _others}
"""The sample jobs by name, out of the registry."""


def sample_environment(starts: Path) -> dict[str, str]:
    """What workers and beats need to know the sample jobs, and where these note their starts."""
    starts.touch()
    return {
        "DJANGO_SETTINGS_MODULE": "tests.integration.scheduling.sample.settings",
        "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
        jobs.STARTS: str(starts),
    }


def make_schedule(
    name: str,
    *,
    every: int | None = None,
    cron: str = ONCE_A_YEAR,
    task: str | None = None,
    args: Any = (),
    **terms: Any,
) -> PeriodicTask:
    """The row of a sample job: due every so many seconds, at a crontab, or (by default) once a year."""
    if every is None:
        terms["crontab"] = CrontabSchedule.objects.create(**dict(zip(CRON_FIELDS, cron.split(), strict=True)))
    else:
        terms["interval"] = IntervalSchedule.objects.create(every=every, period="seconds")
    return PeriodicTask.objects.create(name=name, task=task or name.replace("-", "_"), args=json.dumps(args), **terms)


def miss(row: PeriodicTask, *, hours: int) -> None:
    """Make the row a daily one whose tick, so many hours ago, found every beat down."""
    due_at = (timezone.now() - timedelta(hours=hours)).replace(second=0, microsecond=0)
    row.crontab.minute, row.crontab.hour = str(due_at.minute), str(due_at.hour)
    row.crontab.day_of_month = row.crontab.month_of_year = "*"
    row.crontab.save()
    place = {"next_due_at": due_at, "fires_at": due_at if row.enabled else None, "edited_at": None, "formers": []}
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults=place)


def make_run(task: str = "sample_count", **terms: Any) -> JobRun:
    """A queued run that no message has been sent for."""
    given: dict[str, Any] = {"schedule_name": task.replace("_", "-"), "queue": "quick", "trigger": "manual", **terms}
    return JobRun.objects.create(task=task, **given)


def ended(run: JobRun | str, *, seconds: float = 60) -> JobRun:
    """The run, or the only one of a schedule, once it has ended."""
    runs = JobRun.objects.filter(**({"schedule_name": run} if isinstance(run, str) else {"pk": run.pk}))
    wait_until(lambda: runs.filter(state__in=ENDED).exists(), seconds=seconds)
    return runs.get()


def in_state(run: JobRun, state: str, *, seconds: float = 60) -> JobRun:
    """The run once it is in this state, or as it stands when time is up."""
    wait_until(lambda: JobRun.objects.filter(pk=run.pk, state=state).exists(), seconds=seconds)
    return JobRun.objects.get(pk=run.pk)


def starts_of(run: JobRun) -> int:
    """How often the body of its job was begun."""
    return jobs.starts_of(run.pk)
