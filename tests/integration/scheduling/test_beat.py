"""The scheduler, its rounds made one by one: rows in, runs and messages out."""

import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, PeriodicTask, PeriodicTasks, SolarSchedule
from kombu.exceptions import OperationalError

from adaptapedia.scheduling import dispatch, queries
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.beat import Scheduler
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.settings import CONFIG
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]
State = JobRun.State


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs whose messages went out, kept from the shared worker."""
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "_message", lambda run: ids.append(run.pk))
    return ids


def beat() -> Scheduler:
    return Scheduler(app=current_app._get_current_object())


def test_nothing_is_due_before_its_time(sent: list[int]) -> None:
    make_schedule("sample-count", every=3600)
    assert beat().tick() == 1.0
    assert not JobRun.objects.exists()
    assert sent == []


def test_a_daily_tick_missed_with_every_beat_down_runs_once_at_restart(sent: list[int]) -> None:
    row = make_schedule("sample-count", expire_seconds=3600, args=[4])
    miss(row, hours=8)
    for _ in range(2):
        restarted = beat()
        restarted.tick()
        restarted.tick()
    run = JobRun.objects.get()
    assert sent == [run.pk]
    assert (run.trigger, run.queue, run.arguments["args"], run.schedule) == (JobRun.Trigger.TICK, "quick", [4], row)
    assert run.due_at is not None
    assert timezone.now() - run.due_at < timedelta(hours=8, minutes=2)
    assert run.expires_at is not None
    assert run.expires_at > timezone.now() + timedelta(minutes=59)
    row.refresh_from_db()
    assert row.total_run_count == 1
    next_due = queries.next_due(row)
    assert next_due is not None
    assert next_due - run.due_at == timedelta(days=1)


def test_two_beats_write_a_tick_once(sent: list[int]) -> None:
    one, other = beat(), beat()
    miss(make_schedule("sample-count"), hours=1)
    for scheduler in (one, other, one, other):
        scheduler.tick()
    assert sent == [JobRun.objects.get().pk]


def test_an_interval_missed_often_runs_once_and_keeps_its_grid(sent: list[int]) -> None:
    row = make_schedule("sample-count", every=60)
    first = timezone.now() - timedelta(seconds=190)
    PeriodicTask.objects.filter(pk=row.pk).update(last_run_at=first)
    beat().tick()
    run = JobRun.objects.get()
    assert run.due_at == first + timedelta(seconds=180)
    row.refresh_from_db()
    assert row.last_run_at == run.due_at
    assert queries.next_due(row) == first + timedelta(seconds=240)


def test_an_edit_does_not_fire_for_a_time_that_has_passed(sent: list[int]) -> None:
    row = make_schedule("sample-count", cron="0 0 1 1 *")
    scheduler = beat()
    scheduler.tick()
    earlier = timezone.now() - timedelta(minutes=2)
    CrontabSchedule.objects.filter(pk=row.crontab_id).update(minute=str(earlier.minute), hour=str(earlier.hour))
    row.crontab.refresh_from_db()
    row.crontab.month_of_year = row.crontab.day_of_month = "*"
    row.crontab.save()
    scheduler.tick()
    beat().tick()
    assert sent == []
    assert ScheduleCompanion.objects.get().next_due_at == queries.next_due(PeriodicTask.objects.get())


@pytest.mark.parametrize("way", ["save", "update"])
def test_a_schedule_resumed_waits_for_its_next_tick(sent: list[int], way: str) -> None:
    row = make_schedule("sample-count", every=1)
    scheduler = beat()
    scheduler.tick()
    switch(row, enabled=False, way=way)
    scheduler.tick()
    miss_interval = timezone.now() - timedelta(seconds=30)
    PeriodicTask.objects.filter(pk=row.pk).update(last_run_at=miss_interval if way == "update" else None)
    switch(row, enabled=True, way=way)
    scheduler.tick()
    assert sent == []


def switch(row: PeriodicTask, *, enabled: bool, way: str) -> None:
    if way == "save":
        row.enabled = enabled
        row.save()
    else:
        PeriodicTask.objects.filter(pk=row.pk).update(enabled=enabled)
        PeriodicTasks.update_changed()


def test_a_paused_schedule_writes_no_tick(sent: list[int]) -> None:
    miss(make_schedule("sample-count", enabled=False), hours=1)
    beat().tick()
    assert not JobRun.objects.exists()


def test_a_clocked_schedule_runs_once_and_is_switched_off(sent: list[int]) -> None:
    clocked = ClockedSchedule.objects.create(clocked_time=timezone.now() - timedelta(seconds=1))
    row = PeriodicTask.objects.create(name="once", task="sample_count", clocked=clocked, one_off=True)
    PeriodicTask.objects.filter(pk=row.pk).update(date_changed=timezone.now() - timedelta(hours=1))
    scheduler = beat()
    for _ in range(3):
        scheduler.tick()
    assert sent == [JobRun.objects.get().pk]
    assert not PeriodicTask.objects.get().enabled


def test_a_message_that_the_broker_does_not_take_is_sent_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(run: JobRun) -> None:
        raise OperationalError("connection refused")

    miss(make_schedule("sample-count"), hours=1)
    scheduler = beat()
    monkeypatch.setattr(dispatch, "_message", refuse)
    scheduler.tick()
    run = JobRun.objects.get()
    assert (run.state, run.sent_at) == (State.QUEUED, None)
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "_message", lambda run: ids.append(run.pk))
    scheduler.tick()
    assert ids == [run.pk]


def test_a_message_lost_in_the_broker_is_sent_again(settings: Any) -> None:
    settings.SCHEDULING_TIMING = {"resend_after": timedelta(seconds=0.2)}
    make_schedule("sample-count", queue="lossy")
    scheduler = beat()
    request_run("sample-count")
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        assert broker.llen("lossy") == 1
        scheduler.tick()
        assert broker.llen("lossy") == 1
        broker.delete("lossy")
        time.sleep(0.3)
        scheduler.tick()
        scheduler.tick()
        assert broker.llen("lossy") == 1
        broker.delete("lossy")


def test_a_task_that_is_no_job_is_sent_without_a_run() -> None:
    miss(make_schedule("cleanup", task="celery.backend_cleanup", queue="nobody-listens"), hours=1)
    scheduler = beat()
    scheduler.tick()
    scheduler.tick()
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        assert broker.llen("nobody-listens") == 1
        broker.delete("nobody-listens")
    assert not JobRun.objects.exists()
    assert PeriodicTask.objects.get().total_run_count == 1


def test_a_row_that_cannot_be_reckoned_is_left_out_and_holds_up_no_other(sent: list[int], caplog: Any) -> None:
    miss(make_schedule("sample-count"), hours=1)
    make_schedule("impossible", task="sample_idle", cron="0 0 30 2 *")
    solar = SolarSchedule.objects.create(event="sunrise", latitude=50, longitude=8)
    PeriodicTask.objects.create(name="sunny", task="sample_idle", solar=solar)
    PeriodicTask.objects.filter(pk=make_schedule("garbled", task="sample_idle").pk).update(args="[1,")
    beat().tick()
    assert len(sent) == 1
    for name in ("impossible", "sunny", "garbled"):
        assert f"Schedule {name} is left out" in caplog.text


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
    ],
)
@pytest.mark.parametrize("loaded", [True, False], ids=["after it was loaded", "before"])
def test_a_row_broken_in_sql_is_left_out_and_holds_up_no_other(
    sent: list[int], caplog: Any, breakage: str, loaded: bool
) -> None:
    miss(make_schedule("broken", task="sample_idle"), hours=1)
    miss(make_schedule("sample-count"), hours=1)
    scheduler = beat()
    for _ in range(2 if loaded else 0):  # the second look finds out that nothing has changed since
        assert set(scheduler.schedule) == {"broken", "sample-count"}
    with connection.cursor() as cursor:
        cursor.execute(breakage)
    for _ in range(3):
        scheduler.tick()
    assert sent == [JobRun.objects.get().pk]
    # A beat loads its schedules twice at its start.
    assert caplog.text.count("Schedule broken is left out until it is mended: ") == (1 if loaded else 2)


def test_an_idle_round_makes_one_query(sent: list[int]) -> None:
    make_schedule("sample-count")
    scheduler = beat()
    for _ in range(3):
        scheduler.tick()
    with CaptureQueriesContext(connection) as made:
        scheduler.tick()
    assert len(made) == 1, made.captured_queries


def test_beat_gives_a_sign_of_life(sent: list[int]) -> None:
    cache.delete(queries.BEAT_SEEN)
    assert queries.beat_seen() is None
    beat().tick()
    seen = queries.beat_seen()
    assert seen is not None
    assert timezone.now() - seen < timedelta(seconds=5)


def test_beat_goes_on_when_the_database_comes_back(
    sent: list[int], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    miss(make_schedule("sample-count"), hours=1)
    scheduler = beat()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", "1")
        connection.close()
        for _ in range(3):
            assert scheduler.tick() == 1.0
    assert caplog.text.count("out of reach") == 1
    scheduler.tick()
    assert sent == [JobRun.objects.get().pk]
    assert "Within reach again" in caplog.text
