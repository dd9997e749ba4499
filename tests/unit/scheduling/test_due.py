"""When a schedule is due, reckoned on rows that no database knows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.scheduling.due import first_after, latest_until, standing
from adaptapedia.scheduling.models import ScheduleCompanion

FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def crontab(rule: str, *, zone: str = "UTC", awaited: datetime | None = None, **terms: Any) -> PeriodicTask:
    cron = CrontabSchedule(timezone=ZoneInfo(zone), **dict(zip(FIELDS, rule.split(), strict=True)))
    row = PeriodicTask(id=1, crontab=cron, **terms)
    row.companion = ScheduleCompanion(schedule=row, next_due_at=awaited)
    return row


def interval(seconds: int, **terms: Any) -> PeriodicTask:
    return PeriodicTask(interval=IntervalSchedule(every=seconds, period="seconds"), **terms)


@pytest.mark.parametrize(
    ("rule", "moment", "expected"),
    [
        ("0 2 * * *", "2026-03-01 01:59:59", "2026-03-01 02:00"),
        ("0 2 * * *", "2026-03-01 02:00", "2026-03-02 02:00"),
        ("0 3 * * 0", "2026-03-02 00:00", "2026-03-08 03:00"),
        ("*/30 2 * * *", "2026-03-01 02:00", "2026-03-01 02:30"),
        ("59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59"),
        ("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("0 0 29 2 1", "2026-01-01 00:00", "2044-02-29 00:00"),
    ],
)
def test_a_crontab_is_next_due_at_its_first_match(rule: str, moment: str, expected: str) -> None:
    assert first_after(crontab(rule), at(moment)) == at(expected)


def test_day_of_month_and_day_of_week_must_both_hold() -> None:
    assert first_after(crontab("0 0 13 * 5"), at("2026-01-01 00:00")) == at("2026-02-13 00:00")


def test_a_rule_that_matches_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="never occurs"):
        first_after(crontab("0 0 30 2 *"), at("2026-01-01 00:00"))


def test_a_crontab_keeps_to_its_own_zone() -> None:
    row = crontab("0 2 * * *", zone="Europe/Berlin")
    assert first_after(row, at("2026-01-10 00:00")) == at("2026-01-10 01:00")
    assert first_after(row, at("2026-07-10 00:30")) == at("2026-07-11 00:00")


@given(
    rule=st.sampled_from(["0 2 * * *", "*/7 * * * *", "5 4 * * 1", "0 0 1 * *", "30 */6 1-15 2,3 *"]),
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - made UTC below
)
def test_no_match_lies_between_a_due_time_and_the_next(rule: str, moment: datetime) -> None:
    row, moment = crontab(rule), moment.replace(tzinfo=UTC)
    following = first_after(row, moment)
    assert following is not None
    assert following > moment
    assert latest_until(row, following) == following
    previous = latest_until(row, following - timedelta(microseconds=1))
    assert previous is not None
    assert previous <= moment
    assert first_after(row, previous) == following


def test_an_interval_keeps_its_grid() -> None:
    row = interval(10, last_run_at=at("2026-01-01 00:00:03"))
    assert first_after(row, at("2026-01-01 00:00:20")) == at("2026-01-01 00:00:23")
    assert first_after(row, at("2026-01-01 00:00:23")) == at("2026-01-01 00:00:33")
    assert latest_until(row, at("2026-01-01 00:01:00")) == at("2026-01-01 00:00:53")


def test_an_interval_that_never_ran_counts_from_its_making() -> None:
    row = interval(10, date_changed=at("2026-01-01 00:00"))
    assert first_after(row, at("2026-01-01 00:00")) == at("2026-01-01 00:00:10")


def test_an_interval_with_a_start_is_first_due_then() -> None:
    row = interval(10, date_changed=at("2026-01-01 00:00"), start_time=at("2026-01-02 00:00"))
    assert first_after(row, at("2026-01-01 00:00")) == at("2026-01-02 00:00")


def test_a_clocked_schedule_is_due_once() -> None:
    row = PeriodicTask(clocked=ClockedSchedule(clocked_time=at("2026-01-01 12:00")))
    assert first_after(row, at("2026-01-01 00:00")) == at("2026-01-01 12:00")
    assert first_after(row, at("2026-01-01 12:00")) is None


def test_nothing_is_due_before_the_start_or_after_the_end() -> None:
    row = crontab("0 2 * * *", start_time=at("2026-01-10 02:00"), expires=at("2026-01-12 02:00"))
    assert first_after(row, at("2026-01-01 00:00")) == at("2026-01-10 02:00")
    assert first_after(row, at("2026-01-11 02:00")) is None
    assert latest_until(row, at("2026-02-01 00:00")) == at("2026-01-11 02:00")
    assert latest_until(row, at("2026-01-09 00:00")) is None


def test_of_missed_ticks_the_latest_is_due() -> None:
    row = crontab("0 2 * * *", awaited=at("2026-01-03 02:00"))
    now = standing(row, now=at("2026-01-05 10:00"))
    assert (now.due, now.at) == (True, at("2026-01-05 02:00"))


def test_a_changed_rule_is_not_due_for_a_time_before_the_change() -> None:
    row = crontab("0 9 * * *", awaited=at("2026-01-05 02:00"))
    now = standing(row, now=at("2026-01-05 10:00"))
    assert (now.due, now.at) == (False, at("2026-01-06 09:00"))


def test_a_changed_rule_takes_effect_before_the_old_one_was_due() -> None:
    row = crontab("*/10 * * * *", awaited=at("2026-01-06 02:00"))
    assert standing(row, now=at("2026-01-05 10:03")).at == at("2026-01-05 10:10")


def test_a_resumed_schedule_waits_for_its_next_tick() -> None:
    emptied_by_beat = crontab("0 2 * * *", last_run_at=at("2026-01-01 02:00"), total_run_count=3)
    assert standing(emptied_by_beat, now=at("2026-01-05 10:00")).at == at("2026-01-06 02:00")
    emptied_by_the_admin = crontab("0 2 * * *", awaited=at("2026-01-02 02:00"), total_run_count=3)
    assert not standing(emptied_by_the_admin, now=at("2026-01-05 10:00")).due


def test_a_row_made_in_sql_counts_from_its_last_run() -> None:
    row = interval(60, last_run_at=at("2026-01-01 00:00"))
    now = standing(row, now=at("2026-01-01 00:10:30"))
    assert (now.due, now.at) == (True, at("2026-01-01 00:10"))
