"""Ticks in the engine's rounds: those due, those missed, and what a row says of its time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, PeriodicTask

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import queries, store
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.plans import plan_of
from adaptapedia.scheduling.store import PostgresStore
from tests.integration.scheduling.beats import Beats
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]
State = JobRun.State


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


def test_the_expiry_of_a_tick_counts_from_when_its_jitter_lets_it_fire(sent: list[int], beat: Beats) -> None:
    row = make_schedule("sample-count", expire_seconds=30)
    ScheduleCompanion.objects.update(jitter=timedelta(days=3))
    offset = plan_of(PeriodicTask.objects.get()).offset
    due_at = timezone.now() - offset - timedelta(seconds=1)
    ScheduleCompanion.objects.update(next_due_at=due_at, fires_at=due_at + offset, edited_at=None)
    beat().go_round()
    run = JobRun.objects.get(schedule=row)
    assert (run.due_at, run.expires_at) == (due_at, due_at + offset + timedelta(seconds=30))


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
