"""Code → rows: each trap that others fell into."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.queries import next_due
from adaptapedia.scheduling.sync import Change, sync_schedules
from adaptapedia.scheduling.terms import HOUR, JobSpec, registry
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def spec(sample_jobs: dict[str, JobSpec]) -> JobSpec:
    return sample_jobs["sample-count"]


def row_of(spec: JobSpec) -> PeriodicTask:
    return PeriodicTask.objects.get(name=spec.name)


def edit(spec: JobSpec, **terms: Any) -> None:
    row = row_of(spec)
    for name, value in terms.items():
        setattr(row, name, value)
    row.save()


def told(changes: list[Change]) -> list[tuple[str, set[str]]]:
    return [(change.what, set(change.terms)) for change in changes]


@pytest.fixture
def written(spec: JobSpec) -> JobSpec:
    """A job whose row the sync has written."""
    assert told(sync_schedules([spec])) == [("created", set())]
    return spec


def test_a_new_job_gets_its_row(written: JobSpec) -> None:
    row = row_of(written)
    assert (row.task, row.queue, row.expire_seconds, row.expires, row.enabled, row.description) == (
        "sample_count", "quick", 3600, None, True, "Adds its arguments up."
    )  # fmt: skip
    assert (row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == ("3", "0", "UTC")
    assert (row.args, row.kwargs, row.last_run_at) == ("[]", "{}", None)
    due = next_due(row)
    assert due is not None
    assert due.hour == 3


def test_a_second_sync_writes_nothing(written: JobSpec) -> None:
    edit(written, enabled=False, queue="long")
    sync_schedules([written])
    with CaptureQueriesContext(connection) as made:
        assert sync_schedules([written]) == []
    assert [query["sql"] for query in made if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))] == []


def test_the_code_updates_what_nobody_else_changed(written: JobSpec) -> None:
    before = PeriodicTasks.last_change()
    changes = sync_schedules([replace(written, cron="30 4 * * *", queue="long", expires=2 * HOUR, doc="New.")])
    assert told(changes) == [("updated", {"when", "queue", "expire_seconds", "description"})]
    row = row_of(written)
    assert (row.crontab.hour, row.crontab.minute, row.queue, row.expire_seconds) == ("4", "30", "long", 7200)
    assert CrontabSchedule.objects.count() == 1
    assert PeriodicTasks.last_change() > before


def test_an_operators_change_survives_a_deploy_that_did_not_touch_the_field(written: JobSpec) -> None:
    edit(written, enabled=False, queue="elsewhere", crontab=CrontabSchedule.objects.create(minute="5", hour="5"))
    assert told(sync_schedules([replace(written, expires=2 * HOUR)])) == [("updated", {"expire_seconds"})]
    row = row_of(written)
    assert (row.enabled, row.queue, row.crontab.hour, row.expire_seconds) == (False, "elsewhere", "5", 7200)


def test_where_both_changed_the_operators_stands_and_this_is_said(written: JobSpec) -> None:
    edit(written, queue="elsewhere")
    changed = replace(written, queue="long")
    for _ in range(2):
        (change,) = sync_schedules([changed])
        assert str(change) == (
            "kept sample-count: queue stays elsewhere, the code says long (--reset sample-count takes the code's)"
        )
    assert row_of(written).queue == "elsewhere"


def test_an_operators_interval_stands(written: JobSpec) -> None:
    edit(written, crontab=None, interval=IntervalSchedule.objects.create(every=10, period="minutes"))
    assert sync_schedules([written]) == []
    assert row_of(written).interval is not None


def test_reset_takes_the_codes_terms(written: JobSpec) -> None:
    interval = IntervalSchedule.objects.create(every=10, period="minutes")
    edit(written, crontab=None, interval=interval, enabled=False, queue="elsewhere", expire_seconds=None)
    PeriodicTask.objects.update(expires="2099-01-01T00:00Z")
    (change,) = sync_schedules([written], reset=written.name)
    assert told([change]) == [("updated", {"when", "enabled", "queue", "expire_seconds"})]
    row = row_of(written)
    assert (row.interval, row.crontab.hour, row.enabled, row.queue, row.expire_seconds, row.expires) == (
        None, "3", True, "quick", 3600, None
    )  # fmt: skip
    assert sync_schedules([written]) == []


def test_reset_of_a_time_leaves_others_that_share_the_crontab(written: JobSpec) -> None:
    shared = CrontabSchedule.objects.create(minute="5", hour="5")
    edit(written, crontab=shared)
    make_schedule("theirs", task="x").delete()
    other = PeriodicTask.objects.create(name="theirs", task="x", crontab=shared)
    sync_schedules([written], reset=written.name)
    other.crontab.refresh_from_db()
    assert (other.crontab.hour, row_of(written).crontab.hour) == ("5", "3")


def test_each_schedule_has_a_crontab_of_its_own(sample_jobs: dict[str, JobSpec]) -> None:
    sync_schedules(sample_jobs.values())
    assert PeriodicTask.objects.values("crontab").distinct().count() == len(sample_jobs)


def test_a_schedule_whose_job_is_gone_is_removed_and_its_runs_stay(written: JobSpec) -> None:
    run = JobRun.objects.create(
        schedule=row_of(written), schedule_name=written.name, task=written.task, queue="quick", trigger="tick"
    )
    make_schedule("by-hand", task="sample_idle")
    assert told(sync_schedules([])) == [("removed", set())]
    assert [row.name for row in PeriodicTask.objects.all()] == ["by-hand"]
    assert CrontabSchedule.objects.count() == 1
    run.refresh_from_db()
    assert (run.schedule, run.schedule_name) == (None, written.name)


def test_a_row_of_that_name_made_by_hand_is_kept_as_it_is_and_never_removed(spec: JobSpec) -> None:
    make_schedule(spec.name, cron="7 7 * * *", queue="theirs", kwargs='{"factor": 2}')
    (change,) = sync_schedules([spec])
    assert (change.what, "when" in change.terms, "queue" in change.terms) == ("kept", True, True)
    row = row_of(spec)
    assert (row.queue, row.crontab.hour, row.kwargs) == ("theirs", "7", '{"factor": 2}')
    assert sync_schedules([]) == []
    assert PeriodicTask.objects.filter(name=spec.name).exists()


def test_a_schedule_that_an_operator_renamed_is_not_made_again(written: JobSpec) -> None:
    edit(written, name="our-own-name")
    assert sync_schedules([written]) == []
    assert PeriodicTask.objects.count() == 1


def test_the_last_run_is_left_alone(written: JobSpec) -> None:
    PeriodicTask.objects.update(last_run_at="2026-01-01T03:00Z", total_run_count=7)
    sync_schedules([replace(written, cron="30 4 * * *")])
    row = row_of(written)
    assert (row.last_run_at.year, row.total_run_count) == (2026, 7)


def test_the_command_says_what_it_did(written: JobSpec, capsys: Any) -> None:
    call_command("setup_periodic_tasks")
    out = capsys.readouterr().out
    assert out.count("created") == len(registry) - 1
    call_command("setup_periodic_tasks")
    assert "nothing to write" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No job is called 'nobody'") as caught:
        call_command("setup_periodic_tasks", reset="nobody")
    assert caught.value.returncode == 2
    assert ScheduleCompanion.objects.count() == len(registry)
