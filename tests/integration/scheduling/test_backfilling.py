"""Runs for ticks of the past that no run has done."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import care, dispatch
from adaptapedia.scheduling.actions import UnknownSchedule
from adaptapedia.scheduling.attempts import claim
from adaptapedia.scheduling.backfilling import CannotBackfill, backfill, backlog
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.scheduling.world import ENDED, make_run, make_schedule
from tests.processes import Running

pytestmark = pytest.mark.django_db

State = JobRun.State
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=4)
NOONS = [BEGIN + timedelta(days=day, hours=12) for day in range(4)]


def at_noon(**terms: Any) -> Any:
    return make_schedule("sample-count", cron="0 12 * * *", **terms)


def test_each_tick_without_a_success_is_told_the_oldest_first() -> None:
    row = at_noon()
    make_run(schedule=row, trigger="tick", due_at=NOONS[0], state=State.SUCCEEDED)
    make_run(schedule=row, trigger="tick", due_at=NOONS[1], state=State.FAILED)
    make_run(schedule=row, trigger="tick", due_at=NOONS[2], state=State.SKIPPED, reason="missed", ticks=2)
    found = backlog("sample-count", BEGIN, END)
    assert found.ticks == (NOONS[1], NOONS[2], NOONS[3])
    assert not found.more
    assert backlog("sample-count", BEGIN, END, limit=2).more
    assert backlog("sample-count", NOONS[1], NOONS[2]).ticks == (NOONS[1], NOONS[2])


def test_what_beat_has_yet_to_write_is_left_to_it_and_said(sample_jobs: Any) -> None:
    row = at_noon()
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults={"next_due_at": NOONS[2], "edited_at": None})

    found = backlog("sample-count", BEGIN, END)
    _, runs = backfill("sample-count", BEGIN, END, by="ada")

    assert (found.ticks, found.left_to_beat) == (tuple(NOONS[:2]), 2)
    assert [run.due_at for run in runs] == NOONS[:2]


def test_of_a_pause_nothing_is_left_to_beat() -> None:
    row = at_noon(enabled=False)
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults={"next_due_at": NOONS[2], "paused_at": NOONS[1]})

    found = backlog("sample-count", BEGIN, END)

    assert (found.ticks, found.left_to_beat) == (tuple(NOONS), 0)


def test_a_backfill_makes_a_chain_of_runs_with_their_due_times(sample_jobs: Any) -> None:
    row = at_noon(args=[1, 2], priority=3)
    _, runs = backfill("sample-count", BEGIN, END, by="ada")
    made = list(JobRun.objects.order_by("pk"))
    assert [run.due_at for run in made] == NOONS
    assert [run.behind for run in made] == [None, *(run.pk for run in made[:-1])]
    assert {(run.trigger, run.state, run.schedule_id, run.queue) for run in made} == {
        ("backfill", State.QUEUED, row.pk, "quick")
    }
    assert made[0].arguments == {"args": [1, 2], "kwargs": {}, "by": "ada"}
    assert [run.pk for run in runs] == [run.pk for run in made]
    assert [run.sent_at is not None for run in made] == [True, False, False, False]


def test_twice_makes_no_second_run_of_a_due_time(sample_jobs: Any) -> None:
    at_noon()
    backfill("sample-count", BEGIN, END, by="ada")
    JobRun.objects.filter(due_at=NOONS[0]).update(state=State.SUCCEEDED)
    JobRun.objects.filter(due_at=NOONS[1]).update(state=State.FAILED)
    _, again = backfill("sample-count", BEGIN, END, by="ada")
    assert [run.due_at for run in again] == [NOONS[1]]


def test_where_overlap_is_allowed_none_waits_for_another(sample_jobs: Any) -> None:
    row = at_noon()
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults={"overlap": "allow"})
    backfill("sample-count", BEGIN, END, by="ada")
    assert set(JobRun.objects.values_list("behind", flat=True)) == {None}


def test_nonsense_is_refused_with_a_sentence(sample_jobs: Any) -> None:
    at_noon()
    with pytest.raises(CannotBackfill, match="begin after its end"):
        backlog("sample-count", END, BEGIN)
    with pytest.raises(CannotBackfill, match="has not come yet"):
        backlog("sample-count", BEGIN, timezone.now() + timedelta(hours=1))
    with pytest.raises(CannotBackfill, match="more than 2 ticks"):
        backfill("sample-count", BEGIN, END, by="ada", limit=2)
    with pytest.raises(CannotBackfill, match="number from 1"):
        backlog("sample-count", BEGIN, END, limit=0)
    with pytest.raises(UnknownSchedule):
        backlog("nobody", BEGIN, END)
    make_schedule("sample-long", every=1, start_time=BEGIN)
    with pytest.raises(CannotBackfill, match="more than 100,000 ticks"):
        backlog("sample-long", BEGIN, END)
    assert not JobRun.objects.exists()


def test_all_of_a_backfill_run_one_after_the_other_even_where_overlap_is_skipped(worker: Running) -> None:
    at_noon(args=[1, 2])
    backfill("sample-count", BEGIN, END, by="ada")

    def all_ended() -> bool:
        dispatch.send(care.tend())
        return not JobRun.objects.exclude(state__in=ENDED).exists()

    assert wait_until(all_ended, seconds=60)
    runs = JobRun.objects.order_by("pk")
    assert {run.state for run in runs} == {State.SUCCEEDED}
    assert all(before.finished_at <= after.started_at for before, after in pairwise(runs))


def test_a_backfill_waits_behind_a_tick_that_runs_and_stands_in_no_ticks_way(sample_jobs: Any) -> None:
    row = at_noon()
    going = make_run(schedule=row, trigger="tick", state=State.RUNNING)
    filling = make_run(schedule=row, trigger="backfill", due_at=NOONS[0])
    assert claim(filling.pk, worker="w") is None
    filling.refresh_from_db()
    assert (filling.state, filling.behind) == (State.QUEUED, going.pk)
    ScheduleCompanion.objects.filter(schedule=row).update(overlap="queue")
    tick = make_run(schedule=row, trigger="tick", due_at=NOONS[1])
    assert claim(tick.pk, worker="w") is None
    tick.refresh_from_db()
    assert (tick.state, tick.behind) == (State.QUEUED, going.pk)
