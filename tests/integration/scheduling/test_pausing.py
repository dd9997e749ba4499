"""Pausing and resuming: who did it is put down, and nothing of the schedule's history is lost."""

from typing import Any

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.desk.changes import made_by
from adaptapedia.scheduling import pausing
from adaptapedia.scheduling.actions import UnknownSchedule
from adaptapedia.scheduling.changing import edits_of, paused_by
from adaptapedia.scheduling.models import ScheduleCompanion
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db


def test_a_schedule_is_paused_once_and_resumed_once(sample_jobs: Any) -> None:
    row = make_schedule("sample-count")
    assert (pausing.pause(row.name), pausing.pause(row.name)) == (True, False)
    assert ScheduleCompanion.objects.get(schedule=row).paused_at is not None
    assert (pausing.resume(row.name), pausing.resume(row.name)) == (True, False)
    with pytest.raises(UnknownSchedule):
        pausing.pause("nobody")


def test_the_time_of_the_last_run_outlives_a_pause() -> None:
    last = timezone.now()
    make_schedule("sample-count", last_run_at=last, total_run_count=4)
    pausing.pause("sample-count")
    assert PeriodicTask.objects.values_list("last_run_at", "total_run_count").get() == (last, 4)


def test_who_paused_it_on_a_command_line_is_put_down_by_name() -> None:
    row = make_schedule("sample-count")
    with made_by("grace"):
        pausing.pause(row.name)
    pausing.resume(row.name)
    newest, pause, made = edits_of(row)
    assert (newest.by, str(newest)) == ("the system", "Enabled: no → yes")
    assert (pause.by, str(pause)) == ("grace", "Enabled: yes → no")
    assert made.made
    assert paused_by(row, at=timezone.now()) == pause


def test_edits_of_the_rule_and_of_the_policies_are_the_schedules() -> None:
    row = make_schedule("sample-count", cron="0 12 * * *")
    row.crontab.hour = "13"
    row.crontab.save()
    companion, _ = ScheduleCompanion.objects.get_or_create(schedule=row)
    companion.overlap = "queue"
    companion.save(update_fields=["overlap"])
    policy, rule, *_ = edits_of(PeriodicTask.objects.select_related("companion", "crontab").get())
    assert (str(policy), policy.moved) == ("overlap: – → let one wait", False)
    assert "12 → 13" in str(rule)
    assert rule.moved
