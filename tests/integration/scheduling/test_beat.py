"""The engine, its rounds made one by one: rows in, runs and messages out."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import redis
from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from kombu.exceptions import OperationalError

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import dispatch, leader, queries, store
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.beat import Engine, Scheduler
from adaptapedia.scheduling.core.engine import Deposed
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.models import JobRun, Lease, ScheduleCompanion
from adaptapedia.scheduling.store import PostgresStore
from adaptapedia.settings import CONFIG
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]
State = JobRun.State


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs whose messages went out, kept from the shared worker."""
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "_send_at_once", lambda messages: ids.extend(message.run_id for message in messages))
    return ids


class Beats:
    """Beats of this process; all end with the test."""

    def __init__(self) -> None:
        self.engines: list[Engine] = []

    def __call__(self) -> Engine:
        self.engines.append(Engine(holder=f"beat {len(self.engines) + 1}"))
        return self.engines[-1]

    def fresh(self) -> Engine:
        """Another one, after those before it have ended."""
        self.close()
        return self()

    def close(self) -> None:
        for engine in self.engines:
            engine.close()


@pytest.fixture
def beat() -> Iterator[Beats]:
    beats = Beats()
    yield beats
    beats.close()


def test_nothing_is_due_before_its_time(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count", every=3600)
    engine = beat()
    engine.go_round()
    engine.go_round()
    assert engine.leads
    assert not JobRun.objects.exists()
    assert sent == []


def test_celery_finds_the_engine_behind_its_own_extension_point(sent: list[int]) -> None:
    miss(make_schedule("sample-count"), hours=1)
    scheduler = Scheduler(app=current_app._get_current_object())
    try:
        assert scheduler.tick() == 0.0
        assert sent == [JobRun.objects.get().pk]
    finally:
        scheduler.close()


def test_a_daily_tick_missed_with_every_beat_down_runs_once_at_restart(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count", expire_seconds=3600, args=[4])
    miss(row, hours=8)
    for _ in range(2):
        restarted = beat.fresh()
        restarted.go_round()
        restarted.go_round()
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


def test_one_of_two_beats_leads_and_writes_a_tick_once(sent: list[int], beat: Beats) -> None:
    one, other = beat(), beat()
    miss(make_schedule("sample-count"), hours=1)
    for engine in (one, other, one, other):
        engine.go_round()
    assert (one.leads, other.leads) == (True, False)
    assert sent == [JobRun.objects.get().pk]
    assert [who for who, _ in [leader.leader() or ("nobody", None)]] == ["beat 1"]


def test_another_beat_leads_at_once_when_the_first_ends(sent: list[int], beat: Beats) -> None:
    one, other = beat(), beat()
    one.go_round()
    other.go_round()
    one.close()
    miss(make_schedule("sample-count"), hours=1)
    other.go_round()
    assert other.leads
    assert Lease.objects.get().epoch >= 2
    assert sent == [JobRun.objects.get().pk]


def test_a_leader_that_hangs_loses_its_session_and_can_write_nothing_when_it_wakes(
    sent: list[int], beat: Beats, caplog: Any
) -> None:
    hanging, other = beat(), beat()
    hanging.go_round()
    session = hanging._session
    assert session is not None
    Lease.objects.update(renewed_at=timezone.now() - timedelta(seconds=6))
    other.go_round()
    other.go_round()
    assert other.leads
    assert "has hung since" in caplog.text
    miss(make_schedule("sample-count"), hours=1)
    with pytest.raises(psycopg.OperationalError):
        PostgresStore(session).write_due()
    assert not JobRun.objects.exists()
    other.go_round()
    assert sent == [JobRun.objects.get().pk]
    for _ in range(2):
        hanging.go_round()
    assert not hanging.leads


def test_a_holder_whose_epoch_is_over_writes_nothing(beat: Beats) -> None:
    engine = beat()
    engine.go_round()
    session = engine._session
    assert session is not None
    Lease.objects.update(epoch=1_000)
    miss(make_schedule("sample-count"), hours=1)
    with pytest.raises(Deposed):
        PostgresStore(session).write_due()
    assert not JobRun.objects.exists()


def test_an_interval_missed_often_runs_once_keeps_its_grid_and_tells_the_rest_in_one_row(
    sent: list[int], beat: Beats
) -> None:
    row = make_schedule("sample-count", every=60)
    first = timezone.now() - timedelta(seconds=190)
    ScheduleCompanion.objects.update(anchor_at=first, next_due_at=first + timedelta(seconds=60), fires_at=first)
    ScheduleCompanion.objects.update(edited_at=None)
    beat().go_round()
    run = JobRun.objects.get(state=State.QUEUED)
    assert run.due_at == first + timedelta(seconds=180)
    gap = JobRun.objects.get(state=State.SKIPPED)
    assert (gap.due_at, gap.due_until) == (first + timedelta(seconds=60), first + timedelta(seconds=120))
    assert (gap.ticks, gap.reason) == (2, "missed")
    assert queries.next_due(PeriodicTask.objects.get(pk=row.pk)) == first + timedelta(seconds=240)
    assert sent == [run.pk]


@pytest.mark.parametrize(("policy", "fired", "skipped"), [("latest", 1, 2), ("all", 3, 0), ("skip", 0, 3)])
def test_what_becomes_of_missed_ticks_is_the_rows_to_say(
    sent: list[int], beat: Beats, policy: str, fired: int, skipped: int
) -> None:
    make_schedule("sample-count", every=3600)
    first = timezone.now() - timedelta(minutes=190)
    ScheduleCompanion.objects.update(
        anchor_at=first, next_due_at=first + timedelta(hours=1), fires_at=first, edited_at=None, missed=policy
    )
    beat().go_round()
    assert len(sent) == fired
    assert sum(run.ticks for run in JobRun.objects.filter(state=State.SKIPPED, reason="missed")) == skipped


def edit_in_sql(row: PeriodicTask, **values: Any) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"UPDATE django_celery_beat_periodictask SET {name} = %s WHERE id = %s", [value, row.pk])


def edit_in_bulk(row: PeriodicTask, **values: Any) -> None:
    PeriodicTask.objects.filter(pk=row.pk).update(**values)


def edit_and_save(row: PeriodicTask, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("edit", [edit_in_sql, edit_in_bulk, edit_and_save])
def test_an_edit_wakes_beat_is_seen_in_its_next_round_and_fires_nothing(
    sent: list[int], beat: Beats, edit: Any
) -> None:
    row = make_schedule("sample-count", cron="0 0 1 1 *")
    engine = beat()
    engine.go_round()
    session = engine._session
    assert session is not None
    while session.wait(0.2):
        pass
    every_minute = CrontabSchedule.objects.create(minute="*", hour="*")
    edit(row, crontab_id=every_minute.pk)
    assert session.wait(5)
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert companion.edited_at is None
    assert companion.next_due_at is not None
    assert timedelta() < companion.next_due_at - timezone.now() <= timedelta(minutes=1)
    assert sent == []


@pytest.mark.parametrize("way", ["crontab", "interval", "clocked"])
def test_an_edit_of_a_shared_rule_is_an_edit_of_each_of_its_schedules(sent: list[int], beat: Beats, way: str) -> None:
    rule: Any
    if way == "crontab":
        rule = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1", month_of_year="1")
    elif way == "interval":
        rule = IntervalSchedule.objects.create(every=400, period="days")
    else:
        rule = ClockedSchedule.objects.create(clocked_time=timezone.now() + timedelta(days=400))
    for name in ("one", "other"):
        PeriodicTask.objects.create(name=name, task="sample_count", one_off=way == "clocked", **{way: rule})
    engine = beat()
    engine.go_round()
    far = timezone.now() + timedelta(days=30)
    if way == "crontab":
        CrontabSchedule.objects.filter(pk=rule.pk).update(month_of_year="*", day_of_month="*", minute="*", hour="*")
    elif way == "interval":
        IntervalSchedule.objects.filter(pk=rule.pk).update(every=1)
    else:
        ClockedSchedule.objects.filter(pk=rule.pk).update(clocked_time=timezone.now() + timedelta(days=1))
    engine.go_round()
    assert {companion.fires_at < far for companion in ScheduleCompanion.objects.all() if companion.fires_at} == {True}
    assert sent == []


def test_days_and_jitter_are_edits_too(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count", cron="0 12 * * *")
    engine = beat()
    engine.go_round()
    ScheduleCompanion.objects.update(days="L", jitter=timedelta(hours=1))
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert companion.next_due_at is not None
    assert companion.fires_at is not None
    assert (companion.next_due_at + timedelta(days=1)).day == 1
    assert timedelta() <= companion.fires_at - companion.next_due_at < timedelta(hours=1)


def test_what_was_due_before_an_edit_is_still_owed(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count")
    miss(row, hours=2)
    due_at = ScheduleCompanion.objects.get().next_due_at
    edit_in_bulk(row, crontab_id=CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1").pk)
    beat().go_round()
    assert sent == [JobRun.objects.get(due_at=due_at).pk]


def test_what_an_edited_rule_would_have_been_due_at_is_not_owed_when_it_was_edited_again(
    sent: list[int], beat: Beats
) -> None:
    row = make_schedule("sample-count", every=3600)
    beat().go_round()
    ago = timezone.now() - timedelta(hours=2)
    ScheduleCompanion.objects.update(edited_at=ago, next_due_at=ago + timedelta(hours=1), fires_at=None)
    edit_in_bulk(row, crontab_id=CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1").pk)
    beat.fresh().go_round()
    assert sent == []
    assert not JobRun.objects.exists()


@pytest.mark.parametrize("edit", [edit_in_sql, edit_in_bulk, edit_and_save])
def test_a_schedule_resumed_waits_for_its_next_tick_and_its_pause_is_told(
    sent: list[int], beat: Beats, edit: Any
) -> None:
    row = make_schedule("sample-count", every=3600)
    engine = beat()
    engine.go_round()
    edit(row, enabled=False)
    engine.go_round()
    companion = ScheduleCompanion.objects.get()
    assert (companion.fires_at, companion.edited_at) == (None, None)
    hours_ago = timezone.now() - timedelta(minutes=150)
    ScheduleCompanion.objects.update(anchor_at=hours_ago, next_due_at=hours_ago, paused_at=hours_ago)
    edit(row, enabled=True)
    engine.go_round()
    assert sent == []
    gap = JobRun.objects.get()
    assert (gap.state, gap.reason, gap.ticks, gap.due_at) == (State.SKIPPED, "paused", 3, hours_ago)
    companion = ScheduleCompanion.objects.get()
    assert companion.next_due_at == hours_ago + timedelta(hours=3)
    assert companion.paused_at is None


def test_a_paused_schedule_writes_no_tick(sent: list[int], beat: Beats) -> None:
    miss(make_schedule("sample-count", enabled=False), hours=1)
    beat().go_round()
    assert not JobRun.objects.exists()


def test_a_clocked_schedule_runs_once_and_is_switched_off(sent: list[int], beat: Beats) -> None:
    clocked = ClockedSchedule.objects.create(clocked_time=timezone.now() + timedelta(seconds=4))
    PeriodicTask.objects.create(name="once", task="sample_count", clocked=clocked, one_off=True)
    engine = beat()
    engine.go_round()
    assert sent == []
    assert wait_until(lambda: timezone.now() > clocked.clocked_time, seconds=10)
    for _ in range(3):
        engine.go_round()
    assert sent == [JobRun.objects.get().pk]
    assert not PeriodicTask.objects.get().enabled


def test_a_clocked_time_that_had_passed_when_the_row_was_made_is_told_as_a_fault(sent: list[int], beat: Beats) -> None:
    clocked = ClockedSchedule.objects.create(clocked_time=timezone.now() - timedelta(hours=1))
    PeriodicTask.objects.create(name="once", task="sample_count", clocked=clocked, one_off=True)
    beat().go_round()
    assert sent == []
    assert ScheduleCompanion.objects.get().fault.startswith("it is never due: its clocked time, ")


def test_start_and_expiry_of_a_row_hold(sent: list[int], beat: Beats) -> None:
    ahead = timezone.now() + timedelta(days=3)
    make_schedule("later", task="sample_count", every=60, start_time=ahead)
    make_schedule("over", task="sample_count", every=60, expires=timezone.now() - timedelta(days=1))
    beat().go_round()
    due = dict(ScheduleCompanion.objects.values_list("schedule__name", "fires_at"))
    assert due == {"later": ahead, "over": None}


def test_a_message_that_the_broker_does_not_take_is_sent_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch, beat: Beats, caplog: Any
) -> None:
    def refuse(messages: Any) -> None:
        raise OperationalError("connection refused")

    miss(make_schedule("sample-count"), hours=1)
    engine = beat()
    monkeypatch.setattr(dispatch, "_send_at_once", refuse)
    engine.go_round()
    run = JobRun.objects.get()
    assert (run.state, run.sent_at) == (State.QUEUED, None)
    assert "The broker is out of reach, 1 runs wait for it" in caplog.text
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "_send_at_once", lambda messages: ids.extend(it.run_id for it in messages))
    engine._tended_at = 0
    engine.go_round()
    assert ids == [run.pk]


def test_a_message_lost_in_the_broker_is_sent_again(settings: Any, beat: Beats) -> None:
    settings.SCHEDULING_TIMING = {"resend_after": timedelta(seconds=3)}
    make_schedule("sample-count", queue="lossy")
    engine = beat()
    request_run("sample-count")
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        assert broker.llen("lossy") == 1
        engine.go_round()
        assert broker.llen("lossy") == 1
        broker.delete("lossy")
        time.sleep(3.1)
        for _ in range(2):
            engine._tended_at = 0
            engine.go_round()
        assert broker.llen("lossy") == 1
        broker.delete("lossy")


def test_what_a_row_says_of_its_message_is_in_it(beat: Beats) -> None:
    miss(
        make_schedule("sample-count", queue="nobody-listens", headers='{"trace": "abc"}', priority=3, args=[1]),
        hours=1,
    )
    ScheduleCompanion.objects.update(soft_limit=timedelta(seconds=7), hard_limit=timedelta(seconds=9))
    beat().go_round()
    run = JobRun.objects.get()
    assert run.options == {"headers": {"trace": "abc"}, "priority": 3, "soft_limit": 7.0, "hard_limit": 9.0}
    with current_app.connection() as broker, broker.SimpleQueue("nobody-listens") as queue:
        message = queue.get(timeout=5)
        message.ack()
    assert message.headers["run_id"] == run.pk
    assert message.headers["trace"] == "abc"
    assert message.headers["timelimit"] == [9.0, 7.0]
    assert message.properties["priority"] == 3


def test_many_messages_at_once_reach_each_its_queue_also_where_an_exchange_is_named_without_a_key(beat: Beats) -> None:
    for number in range(4):
        miss(make_schedule(f"plain-{number}", task="sample_count", queue=f"nobody-listens-{number % 2}"), hours=1)
    PeriodicTask.objects.filter(name__in=["plain-0", "plain-1"]).update(exchange="elsewhere")
    beat().go_round()
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        assert [broker.llen(f"nobody-listens-{number}") for number in range(2)] == [2, 2]
        broker.delete("nobody-listens-0", "nobody-listens-1")


def test_a_task_that_is_no_job_gets_a_run_as_well(beat: Beats) -> None:
    miss(make_schedule("cleanup", task="celery.backend_cleanup", queue="nobody-listens"), hours=1)
    engine = beat()
    engine.go_round()
    engine.go_round()
    with current_app.connection() as broker, broker.SimpleQueue("nobody-listens") as queue:
        message = queue.get(timeout=5)
        message.ack()
    run = JobRun.objects.get()
    assert (message.headers["task"], message.headers["run_id"]) == (dispatch.RUN_PLAIN, run.pk)
    assert PeriodicTask.objects.get().total_run_count == 1


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


def test_a_companion_that_was_deleted_is_made_anew(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count", every=3600)
    ScheduleCompanion.objects.all().delete()
    beat().go_round()
    assert ScheduleCompanion.objects.get().fires_at is not None


def test_what_somebody_is_just_editing_holds_up_no_other(sent: list[int], beat: Beats) -> None:
    miss(make_schedule("sample-count"), hours=1)
    held = make_schedule("held", task="sample_idle")
    miss(held, hours=1)
    engine = beat()
    with transaction.atomic():
        PeriodicTask.objects.filter(pk=held.pk).update(kwargs='{"a": 1}')
        engine.go_round()
        assert [run.schedule_name for run in JobRun.objects.using("default")] == ["sample-count"]
    engine.go_round()
    assert JobRun.objects.filter(schedule_name="held").count() == 1


def test_a_schedule_deleted_in_sql_leaves_its_runs(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count")
    miss(row, hours=1)
    engine = beat()
    engine.go_round()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_celery_beat_periodictask WHERE id = %s", [row.pk])
    engine.go_round()
    run = JobRun.objects.get()
    assert (run.schedule, run.schedule_name) == (None, "sample-count")
    assert not ScheduleCompanion.objects.exists()


def test_an_idle_round_makes_one_statement(
    sent: list[int], beat: Beats, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    make_schedule("sample-count")
    engine = beat()
    for _ in range(3):
        engine.go_round()
    made: list[str] = []
    execute = Session.execute
    monkeypatch.setattr(
        Session, "execute", lambda self, query, *rest: (made.append(query), execute(self, query, *rest))[1]
    )
    with django_assert_num_queries(0):
        engine.go_round()
    assert len(made) == 1, made


def test_a_round_finds_the_runs_that_need_care(sent: list[int], beat: Beats) -> None:
    engine = beat()
    engine.go_round()
    run = JobRun.objects.create(
        schedule_name="sample-count", task="sample_count", state=State.WAITING, next_attempt_at=timezone.now()
    )

    def sent_in_a_round() -> bool:
        engine.go_round()
        return run.pk in sent

    assert wait_until(sent_in_a_round, seconds=5)


def test_beat_gives_a_sign_of_life(sent: list[int], beat: Beats) -> None:
    cache.delete(queries.BEAT_SEEN)
    assert queries.beat_seen() is None
    beat().go_round()
    seen = queries.beat_seen()
    assert seen is not None
    assert timezone.now() - seen < timedelta(seconds=5)


def test_beat_goes_on_when_the_database_comes_back(
    sent: list[int], beat: Beats, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    miss(make_schedule("sample-count"), hours=1)
    engine = beat()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", "1")
        connection.close()
        for _ in range(3):
            engine.go_round()
            assert engine._pause == 1.0
    assert caplog.text.count("out of reach") == 1
    engine.go_round()
    assert sent == [JobRun.objects.get().pk]
    assert "Within reach again" in caplog.text


def test_a_session_that_is_ended_is_made_anew(sent: list[int], beat: Beats) -> None:
    engine = beat()
    engine.go_round()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(backend) FROM scheduling_lease")
    miss(make_schedule("sample-count"), hours=1)
    for _ in range(2):
        engine.go_round()
    assert engine.leads
    assert sent == [JobRun.objects.get().pk]


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


def test_mending_a_row_fires_nothing_that_was_due_only_after_it_broke(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count", cron="0 2 * * *")
    engine = beat()
    engine.go_round()
    PeriodicTask.objects.filter(pk=row.pk).update(args="[1,")
    engine.go_round()
    assert ScheduleCompanion.objects.get().fault
    PeriodicTask.objects.filter(pk=row.pk).update(args="[]")
    later = ScheduleCompanion.objects.get()
    assert later.next_due_at is None
    engine.go_round()
    assert sent == []


def test_what_is_left_out_is_looked_at_again_each_minute(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count")
    ScheduleCompanion.objects.update(fault="its job said something odd", edited_at=None, fires_at=None)
    beat().go_round()
    companion = ScheduleCompanion.objects.get()
    assert (companion.fault, companion.fires_at is None) == ("", False)


def test_what_somebody_holds_without_an_edit_holds_up_no_other_and_nobody_waits(sent: list[int], beat: Beats) -> None:
    miss(make_schedule("sample-count"), hours=1)
    held = make_schedule("held", task="sample_idle")
    miss(held, hours=1)
    engine = beat()
    with transaction.atomic():
        PeriodicTask.objects.filter(pk=held.pk).update(description="being written")
        engine.go_round()
        assert engine.leads
        assert [run.schedule_name for run in JobRun.objects.all()] == ["sample-count"]
    engine.go_round()
    assert JobRun.objects.filter(schedule_name="held").count() == 1


def test_more_missed_ticks_than_fit_go_into_several_transactions(
    sent: list[int], beat: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_RUNS", 25)
    for number in range(4):
        make_schedule(f"every-{number}", task="sample_idle", every=3600)
    first = timezone.now() - timedelta(minutes=610)
    ScheduleCompanion.objects.update(
        anchor_at=first, next_due_at=first + timedelta(hours=1), fires_at=first, edited_at=None, missed="all"
    )
    ScheduleCompanion.objects.update(edited_at=None)
    session = Session("test")
    session.try_to_lead()
    try:
        batches = []
        while (batch := PostgresStore(session).write_due()).messages:
            batches.append(len(batch.messages))
            assert batch.more or len(batches) == 2
    finally:
        session.resign()
    assert batches == [20, 20]
