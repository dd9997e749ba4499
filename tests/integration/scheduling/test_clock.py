"""A clock that is put back or forward by an hour under a running beat: the database's, and the beat's own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, PeriodicTask

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import dispatch
from adaptapedia.scheduling.beat import Engine
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.store import PostgresStore
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
"""Half an hour before Berlin's clocks go forward, so that a step meets one of theirs."""


@pytest.fixture
def store() -> Iterator[PostgresStore]:
    """A leader's, with a crontab, an interval and a clocked time that all begin at BEGIN."""
    make_schedule("cron", task="sample_count", cron="*/5 * * * *")
    make_schedule("fixed", task="sample_count", cron="30 2 * * *")
    CrontabSchedule.objects.filter(hour="2").update(timezone="Europe/Berlin")
    make_schedule("interval", task="sample_count", every=300)
    once = ClockedSchedule.objects.create(clocked_time=BEGIN + 90 * MINUTE)
    PeriodicTask.objects.create(name="once", task="sample_count", clocked=once, one_off=True)
    ScheduleCompanion.objects.update(edited_at=BEGIN, anchor_at=BEGIN)
    session = Session("test")
    assert wait_until(session.try_to_lead, seconds=60), "who led before has ended"
    yield PostgresStore(session)
    session.resign()


def rounds(store: PostgresStore, begin: datetime, end: datetime) -> int:
    """A round each minute by this clock; how many messages came of them."""
    minutes = range((end - begin) // MINUTE + 1)
    return sum(len(store.write_due(now=begin + number * MINUTE).messages) for number in minutes)


def told(name: str) -> list[datetime]:
    """Every tick of a schedule that a row stands for, in order; twice when two do."""
    runs = JobRun.objects.filter(schedule_name=name).order_by("due_at")
    return [run.due_at + number * 5 * MINUTE for run in runs if run.due_at for number in range(run.ticks)]


def every_five_minutes(until: datetime) -> list[datetime]:
    return [BEGIN + number * 5 * MINUTE for number in range(1, (until - BEGIN) // (5 * MINUTE) + 1)]


def test_a_clock_an_hour_back_writes_nothing_twice_and_goes_on_when_it_has_caught_up(store: PostgresStore) -> None:
    until = BEGIN + 3 * HOUR
    assert rounds(store, BEGIN, until) > 0
    before = JobRun.objects.count()
    assert rounds(store, until - HOUR, until) == 0
    assert JobRun.objects.count() == before
    assert rounds(store, until, until + HOUR) > 0
    for name in ("cron", "interval"):
        assert told(name) == every_five_minutes(until + HOUR)
    assert told("fixed") == [BEGIN + 30 * MINUTE]
    assert told("once") == [BEGIN + 90 * MINUTE]


def test_a_clock_an_hour_forward_and_back_writes_nothing_twice_and_tells_what_it_passed(store: PostgresStore) -> None:
    assert rounds(store, BEGIN, BEGIN + HOUR) > 0
    ahead = BEGIN + 2 * HOUR
    assert rounds(store, ahead, ahead) > 0
    before = JobRun.objects.count()
    assert rounds(store, BEGIN + HOUR, ahead) == 0
    assert JobRun.objects.count() == before
    assert rounds(store, ahead, ahead + HOUR) > 0
    for name in ("cron", "interval"):
        assert told(name) == every_five_minutes(ahead + HOUR)
    assert {run.reason for run in JobRun.objects.exclude(reason="")} == {"missed"}
    assert told("once") == [BEGIN + 90 * MINUTE]


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_the_clock_of_the_beats_machine_decides_nothing(off: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(dispatch, "_send_at_once", lambda messages: sent.extend(it.run_id for it in messages))
    miss(make_schedule("due"), hours=2)
    make_schedule("coming", task="sample_idle", every=3000)
    engine = Engine(holder="beat")
    try:
        engine.go_round()
        with time_machine.travel(timezone.now() + off):
            for _ in range(3):
                engine.go_round()
    finally:
        engine.close()
    assert sent == [run.pk for run in JobRun.objects.filter(schedule_name="due")]
    assert JobRun.objects.count() == 1
