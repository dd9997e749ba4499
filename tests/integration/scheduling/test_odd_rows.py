"""Rows that cannot be reckoned are left out, say why, hold up no other, and go on once mended."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask, SolarSchedule

from adaptapedia.scheduling.beat import ADOPT_EVERY
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.store import PostgresStore
from tests.integration.scheduling.beats import Beats
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]


def test_a_row_that_cannot_be_reckoned_is_left_out_says_why_and_holds_up_no_other(
    sent: list[int], beat: Beats, caplog: Any
) -> None:
    miss(make_schedule("sample-count"), hours=1)
    make_schedule("impossible", task="sample_idle", cron="0 0 30 2 *")
    solar = SolarSchedule.objects.create(event="sunrise", latitude=50, longitude=8)
    PeriodicTask.objects.create(name="sunny", task="sample_idle", solar=solar)
    PeriodicTask.objects.filter(pk=make_schedule("garbled", task="sample_idle").pk).update(args="[1,")
    engine = beat()
    engine.go_round()
    engine.go_round()
    assert len(sent) == 1
    faults = dict(ScheduleCompanion.objects.exclude(fault="").values_list("schedule__name", "fault"))
    assert set(faults) == {"impossible", "sunny", "garbled"}
    assert faults["sunny"].startswith("solar schedules are not supported")
    for name in faults:
        assert caplog.text.count(f"Schedule {name} is left out until it is mended") == 1


@pytest.mark.parametrize(
    "breakage",
    [
        "UPDATE django_celery_beat_periodictask SET args = '[1,' WHERE name = 'broken'",
        "UPDATE django_celery_beat_periodictask SET args = '5' WHERE name = 'broken'",
        "UPDATE django_celery_beat_periodictask SET kwargs = '[]' WHERE name = 'broken'",
        "UPDATE django_celery_beat_crontabschedule SET minute = 'often' FROM django_celery_beat_periodictask AS task"
        " WHERE task.name = 'broken' AND task.crontab_id = django_celery_beat_crontabschedule.id",
        "UPDATE django_celery_beat_crontabschedule SET day_of_month = '99' FROM django_celery_beat_periodictask AS task"
        " WHERE task.name = 'broken' AND task.crontab_id = django_celery_beat_crontabschedule.id",
        "UPDATE django_celery_beat_crontabschedule SET timezone = 'Mars/Olympus'"
        " FROM django_celery_beat_periodictask AS task"
        " WHERE task.name = 'broken' AND task.crontab_id = django_celery_beat_crontabschedule.id",
    ],
)
def test_a_row_broken_in_sql_is_left_out_until_it_is_mended(
    sent: list[int], beat: Beats, caplog: Any, breakage: str
) -> None:
    row = make_schedule("broken", task="sample_idle")
    miss(row, hours=1)
    miss(make_schedule("sample-count"), hours=1)
    with connection.cursor() as cursor:
        cursor.execute(breakage)
    engine = beat()
    for _ in range(3):
        engine.go_round()
    assert sent == [JobRun.objects.get().pk]
    assert caplog.text.count("Schedule broken is left out until it is mended: ") == 1
    mended = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1", month_of_year="1")
    PeriodicTask.objects.filter(pk=row.pk).update(args="[]", kwargs="{}", crontab=mended)
    engine.go_round()
    companion = ScheduleCompanion.objects.get(schedule=row)
    assert (companion.fault, companion.fires_at is None) == ("", False)


def broken_in_sql(name: str, statement: str) -> PeriodicTask:
    """A schedule that is due, then made odd behind everybody's back."""
    row = make_schedule(name, task="sample_idle")
    miss(row, hours=1)
    with connection.cursor() as cursor:
        cursor.execute(statement, [row.pk])
    return row


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE django_celery_beat_periodictask SET args = '[NaN]' WHERE id = %s",
        "UPDATE django_celery_beat_periodictask SET args = '[1e999]' WHERE id = %s",
        """UPDATE django_celery_beat_periodictask SET kwargs = '{"a": ["\\u0000"]}' WHERE id = %s""",
        """UPDATE django_celery_beat_periodictask SET headers = '{"a": "\\ud800"}' WHERE id = %s""",
        "UPDATE django_celery_beat_periodictask SET args = repeat('[', 100000) WHERE id = %s",
        "UPDATE django_celery_beat_periodictask SET expires = 'infinity' WHERE id = %s",
        "UPDATE django_celery_beat_periodictask SET start_time = '20000-01-01' WHERE id = %s",
        "UPDATE scheduling_schedulecompanion SET missed = 'bogus', edited_at = now() WHERE schedule_id = %s",
        "UPDATE scheduling_schedulecompanion SET missed_bound = 2000000000 WHERE schedule_id = %s",
        """WITH rule AS (INSERT INTO django_celery_beat_intervalschedule (every, period)
            VALUES (2000000000, 'days') RETURNING id)
        UPDATE django_celery_beat_periodictask SET crontab_id = NULL, interval_id = (SELECT id FROM rule)
        WHERE id = %s""",
        """WITH rule AS (INSERT INTO django_celery_beat_intervalschedule (every, period)
            VALUES (1, 'months') RETURNING id)
        UPDATE django_celery_beat_periodictask SET crontab_id = NULL, interval_id = (SELECT id FROM rule)
        WHERE id = %s""",
        """WITH rule AS (INSERT INTO django_celery_beat_intervalschedule (every, period)
            VALUES (1, 'microseconds') RETURNING id)
        UPDATE django_celery_beat_periodictask SET crontab_id = NULL, interval_id = (SELECT id FROM rule)
        WHERE id = %s""",
    ],
)
def test_no_row_however_odd_stops_beat_or_another_schedule(sent: list[int], beat: Beats, statement: str) -> None:
    odd = broken_in_sql("odd", statement)
    for number in range(3):
        miss(make_schedule(f"sound-{number}", task="sample_idle"), hours=1)
    engine = beat()
    for _ in range(3):
        engine.go_round()
    assert engine.leads
    assert len(sent) == 3
    assert ScheduleCompanion.objects.get(schedule_id=odd.pk).fault != ""


def test_a_row_whose_policy_is_mended_goes_on(sent: list[int], beat: Beats) -> None:
    row = broken_in_sql(
        "odd", "UPDATE scheduling_schedulecompanion SET missed = 'bogus', edited_at = now() WHERE schedule_id = %s"
    )
    engine = beat()
    engine.go_round()
    assert ScheduleCompanion.objects.get().fault
    ScheduleCompanion.objects.update(missed="latest")
    engine.go_round()
    companion = ScheduleCompanion.objects.get(schedule=row)
    assert (companion.fault, companion.fires_at is None) == ("", False)


@pytest.mark.parametrize("way", ["edit", "deploy"])
def test_what_was_due_while_a_row_was_left_out_is_told_once_it_is_mended_and_does_not_fire(
    sent: list[int], beat: Beats, way: str
) -> None:
    row = make_schedule("sample-count", cron="0 * * * *")
    engine = beat()
    engine.go_round()
    PeriodicTask.objects.filter(pk=row.pk).update(args="[1,")
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert companion.fault
    assert companion.next_due_at is not None
    hours_ago = companion.next_due_at - timedelta(hours=3)
    ScheduleCompanion.objects.update(next_due_at=hours_ago, formers=[])
    PeriodicTask.objects.filter(pk=row.pk).update(args="[]")
    if way == "deploy":  # no edit tells of it
        ScheduleCompanion.objects.update(edited_at=None, formers=[])
        beat.fresh().go_round()
    engine.go_round()
    assert sent == []
    gap = JobRun.objects.get()
    assert (gap.state, gap.due_at) == (JobRun.State.SKIPPED, hours_ago)
    assert gap.ticks in {3, 4}  # should the hour turn meanwhile
    assert gap.reason == f"left out: {companion.fault}"
    mended = ScheduleCompanion.objects.get()
    assert (mended.fault, mended.formers) == ("", [])


def test_a_row_that_was_never_sound_tells_its_ticks_too_once_it_is(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count", cron="0 * * * *", args=[1])
    PeriodicTask.objects.filter(pk=row.pk).update(args="[1,")
    beat().go_round()
    assert ScheduleCompanion.objects.get().next_due_at is not None


def test_what_is_left_out_is_looked_at_again_each_minute(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count")
    ScheduleCompanion.objects.update(fault="its job said something odd", edited_at=None, fires_at=None)
    beat().go_round()
    companion = ScheduleCompanion.objects.get()
    assert (companion.fault, companion.fires_at is None) == ("", False)


def test_what_is_left_out_holds_beat_up_neither_by_its_number_nor_while_somebody_edits_it(
    sent: list[int], beat: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresStore.look_again, "__kwdefaults__", {"limit": 2})
    rows = [make_schedule(f"odd-{number}", task="sample_idle") for number in range(3)]
    ScheduleCompanion.objects.update(fault="its job said something odd", edited_at=None)
    miss(make_schedule("sample-count"), hours=1)
    engine = beat()
    with transaction.atomic():
        PeriodicTask.objects.filter(pk=rows[0].pk).update(kwargs='{"a": 1}')
        engine.go_round()
        assert engine.leads
    assert len(sent) == 1
    assert [*ScheduleCompanion.objects.exclude(fault="").values_list("schedule", flat=True)] == [rows[0].pk]
    ScheduleCompanion.objects.exclude(schedule__name="sample-count").update(fault="odd", edited_at=None)
    for left in (3, 1, 0):  # it had come to the last one
        engine._adopted_at = -ADOPT_EVERY
        engine.go_round()
        assert ScheduleCompanion.objects.exclude(fault="").count() == left
