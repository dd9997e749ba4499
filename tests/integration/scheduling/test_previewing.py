"""The next ticks of a schedule, with what clocks do to them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django_celery_beat.models import ClockedSchedule, PeriodicTask, SolarSchedule

from adaptapedia.scheduling.actions import schedule_named
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.previewing import noted, preview
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db

SPRING = datetime(2026, 3, 27, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 23, tzinfo=UTC)


def in_berlin(cron: str, **companion: Any) -> PeriodicTask:
    row = make_schedule("sample-count", cron=cron)
    row.crontab.timezone = "Europe/Berlin"
    row.crontab.save()
    if companion:
        ScheduleCompanion.objects.update_or_create(schedule=row, defaults=companion)
    return schedule_named(row.name)


def test_a_time_that_does_not_exist_is_marked_and_shown_in_both_zones() -> None:
    coming = preview(in_berlin("30 2 * * *"), after=SPRING, count=4)
    assert coming.zone == "Europe/Berlin"
    assert [f"{tick.at:%d %H:%M}" for tick in coming.ticks] == ["27 01:30", "28 01:30", "29 01:00", "30 00:30"]
    assert [f"{tick.local:%d %H:%M %Z}" for tick in coming.ticks][2:] == ["29 03:00 CEST", "30 02:30 CEST"]
    assert [bool(noted(tick)) for tick in coming.ticks] == [False, False, True, False]
    assert "right after the gap" in noted(coming.ticks[2])


def test_a_time_that_comes_twice_is_marked_and_comes_once() -> None:
    coming = preview(in_berlin("30 2 * * *"), after=AUTUMN, count=4)
    assert [f"{tick.at:%d %H:%M}" for tick in coming.ticks] == ["23 00:30", "24 00:30", "25 00:30", "26 01:30"]
    assert "comes twice" in noted(coming.ticks[2])


def test_where_elapsed_time_counts_the_shift_itself_is_told() -> None:
    coming = preview(in_berlin("0 */6 * * *"), after=datetime(2026, 10, 24, 12, tzinfo=UTC), count=6)
    assert [noted(tick) for tick in coming.ticks].count("clocks have gone back by 1 h") == 1
    assert noted(coming.ticks[0]) == ""


def test_jitter_start_expiry_and_days_are_in_the_preview() -> None:
    row = in_berlin("0 12 * * *", days="L", jitter=timedelta(minutes=10))
    row.start_time, row.expires = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    ticks = preview(row, after=SPRING).ticks
    assert [f"{tick.local:%m-%d %H:%M}" for tick in ticks] == ["06-30 12:00", "07-31 12:00", "08-31 12:00"]
    assert {tick.fires_at - tick.at for tick in ticks} < {timedelta(milliseconds=ms) for ms in range(600_000)}


def test_an_interval_keeps_its_grid_and_the_count_is_what_was_asked_for() -> None:
    ticks = preview(make_schedule("sample-count", every=90), after=SPRING + timedelta(days=999), count=50).ticks
    assert len(ticks) == 50
    assert {after.at - before.at for before, after in pairwise(ticks)} == {timedelta(seconds=90)}


def test_a_clocked_schedule_comes_once_and_a_one_off_once() -> None:
    clocked = ClockedSchedule.objects.create(clocked_time=AUTUMN)
    once = PeriodicTask.objects.create(name="once", task="sample_count", clocked=clocked, one_off=True)
    assert [tick.at for tick in preview(once, after=SPRING).ticks] == [AUTUMN]
    assert preview(once, after=AUTUMN).ticks == ()
    assert len(preview(make_schedule("sample-count", cron="0 0 * * *", one_off=True), after=SPRING).ticks) == 1


def test_what_beat_leaves_out_has_a_fault_instead_of_ticks() -> None:
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    row = PeriodicTask.objects.create(name="sunrise", task="sample_count", solar=solar)
    coming = preview(schedule_named(row.name), after=SPRING)
    assert coming.ticks == ()
    assert "solar" in coming.fault
