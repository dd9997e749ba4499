"""When a rule is due: against the minute-by-minute oracle, and in the cases that people ask about."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adaptapedia.scheduling.core.rules import (
    BadRule,
    Clocked,
    Crontab,
    Interval,
    Tick,
    count_between,
    ticks_between,
    zone_named,
)
from tests.unit.scheduling.core import oracle
from tests.unit.scheduling.core.crontabs import crons, crontab, day_crons
from tests.unit.scheduling.core.oracle import DAY, HOUR, MINUTE, Cron

SECOND = timedelta(seconds=1)
YEARS = {
    "Europe/Berlin": (2016, 2026),
    "America/New_York": (2016, 2026),
    "Australia/Lord_Howe": (2016, 2026),
    "America/Sao_Paulo": (2008, 2019),
    "Africa/Cairo": (2008, 2026),
    "America/Havana": (2016, 2026),
    "America/St_Johns": (2001, 2011),
    "Pacific/Apia": (2011, 2021),
}
"""Clocks put forward at two, at midnight, by half an hour, by a whole day; put back over midnight."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@st.composite
def shifts(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(sorted(YEARS)))
    return zone, draw(st.sampled_from(oracle.shifts(zone, *YEARS[zone])))


def made(cron: Cron) -> Crontab:
    try:
        return crontab(cron)
    except BadRule as error:
        assume("never occurs" not in str(error))
        raise


@settings(deadline=None)
@given(shifts(), st.data())
def test_a_crontab_is_due_as_the_oracle_says_around_every_shift_of_the_clocks(
    shift: tuple[str, datetime], data: st.DataObject
) -> None:
    zone, around = shift
    cron = data.draw(crons(st.just(zone)))
    rule, begin, end = made(cron), around - 2 * DAY, around + 2 * DAY
    assert [(tick.at, tick.note) for tick in ticks_between(rule, begin - SECOND, end)] == oracle.ticks(cron, begin, end)


@settings(deadline=None)
@given(shifts(), st.data())
def test_looking_forward_back_and_counting_agree_with_the_oracle(
    shift: tuple[str, datetime], data: st.DataObject
) -> None:
    zone, around = shift
    cron = data.draw(crons(st.just(zone)))
    rule, begin, end = made(cron), around - 2 * DAY, around + 2 * DAY
    due = [tick for tick, _ in oracle.ticks(cron, begin, end)]
    seconds = st.integers(0, 4 * 86400 - 1)
    moment, other = sorted(begin + data.draw(seconds) * SECOND for _ in range(2))
    passed, passed_by_other = bisect_right(due, moment), bisect_right(due, other)
    if passed < len(due):
        assert rule.first_after(moment) == due[passed]
    if passed:
        assert rule.last_until(moment) == due[passed - 1]
    assert count_between(rule, moment, other, at_most=5000) == passed_by_other - passed


@settings(deadline=None, max_examples=50)
@given(day_crons(), st.integers(2000, 2095))
def test_days_are_those_of_the_oracle_over_ten_years(cron: Cron, year: int) -> None:
    rule, begin, end = made(cron), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 10, 1, 1, tzinfo=UTC)
    holds = oracle.day_test(cron)
    expected = [day for day in (begin + n * DAY for n in range((end - begin) // DAY)) if holds(day.date())]
    assert [tick.at for tick in ticks_between(rule, begin - SECOND, end - SECOND)] == expected
    assert count_between(rule, begin - SECOND, end - SECOND, at_most=10_000) == len(expected)
    if expected:
        assert rule.last_until(end - SECOND) == expected[-1]


@settings(deadline=None)
@given(day_crons())
def test_a_rule_is_refused_as_never_due_only_when_no_day_of_28_years_is_meant(cron: Cron) -> None:
    holds = oracle.day_test(cron)
    meant = any(holds(date(1981, 1, 1) + n * DAY) for n in range(28 * 366))
    try:
        crontab(cron)
    except BadRule:
        assert not meant
    else:
        assert meant


@pytest.mark.parametrize("cron", ["*/15 * * * *", "30 2 * * 1-5", "0 0 * * *", "59 23 * feb mon"])
def test_in_a_zone_without_shifts_a_crontab_is_due_as_the_oracle_says(cron: str) -> None:
    begin, end = at("2024-02-20"), at("2024-03-05")
    written = Cron(cron, "Asia/Kolkata")
    assert [(tick.at, tick.note) for tick in ticks_between(crontab(written), begin - SECOND, end)] == oracle.ticks(
        written, begin, end
    )


@pytest.mark.parametrize(
    ("fields", "zone", "moment", "due"),
    [
        ("0 2 * * *", "UTC", "2026-03-01 01:59:59", "2026-03-01 02:00"),
        ("0 2 * * *", "UTC", "2026-03-01 02:00", "2026-03-02 02:00"),
        ("0 2 * * *", "Asia/Kolkata", "2026-03-01 00:00", "2026-03-01 20:30"),
        ("59 23 31 12 *", "UTC", "2026-12-31 23:59", "2027-12-31 23:59"),
        ("0 0 29 2 *", "UTC", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("0 0 29 2 1", "UTC", "2026-01-01 00:00", "2044-02-29 00:00"),
        ("0 0 29 2 0", "UTC", "2088-03-01 00:00", "2128-02-29 00:00"),
        ("0 0 13 * fri", "UTC", "2026-01-01 00:00", "2026-02-13 00:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 01:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25 00:30", "2026-10-26 01:30"),
        ("0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 03:00"),
        ("30 0 30 12 *", "Pacific/Apia", "2011-12-01 00:00", "2011-12-30 10:00"),
        ("*/30 * 30 12 *", "Pacific/Apia", "2011-12-01 00:00", "2012-12-29 10:00"),
    ],
)
def test_a_crontab_is_next_due(fields: str, zone: str, moment: str, due: str) -> None:
    assert crontab(Cron(fields, zone)).first_after(at(moment)) == at(due)


@pytest.mark.parametrize(
    ("days", "fields", "due"),
    [
        ("L", "0 0 * * *", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("L-3", "0 0 * * *", ["2026-01-28", "2026-02-25", "2026-03-28"]),
        ("LW", "0 0 * * *", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("15W", "0 0 * * *", ["2026-01-15", "2026-02-16", "2026-03-16"]),
        ("1W", "0 0 * * *", ["2026-01-01", "2026-02-02", "2026-03-02"]),
        ("31W", "0 0 * * *", ["2026-01-30", "2026-03-31"]),
        ("FRI#2", "0 0 * * *", ["2026-01-09", "2026-02-13", "2026-03-13"]),
        ("5#5", "0 0 * * *", ["2026-01-30"]),
        ("fril", "0 0 * * *", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("1W, L", "0 0 * * *", ["2026-01-01", "2026-01-31", "2026-02-02", "2026-02-28", "2026-03-02", "2026-03-31"]),
        ("L", "0 0 * * 6", ["2026-01-31", "2026-02-28"]),
        ("FRI#2", "0 0 13 * *", ["2026-02-13", "2026-03-13"]),
    ],
)
def test_terms_on_the_day_hold_together_with_the_other_fields(days: str, fields: str, due: list[str]) -> None:
    ticks = ticks_between(crontab(Cron(fields, days=days)), at("2025-12-31 23:59"), at("2026-03-31 23:59"))
    assert [f"{tick.at:%Y-%m-%d}" for tick in ticks] == due


@pytest.mark.parametrize(
    ("fields", "days", "said"),
    [
        ("61 * * * *", "", "Minute '61' is not understood: Invalid end range: 61 > 59."),
        ("* x * * *", "", "Hour 'x' is not understood: Invalid weekday literal 'x'."),
        ("* * 0 * *", "", "Day of month '0'"),
        ("* * * 13 *", "", "Month of year '13'"),
        ("* * * * 7", "", "Day of week '7'"),
        ("*/0 * * * *", "", "Minute '*/0'"),
        ("1,, * * * *", "", "Minute '1,,'"),
        ("-5 * * * *", "", "Minute '-5'"),
        ("* * * * *", "L-31", "Days 'L-31' is none of"),
        ("* * * * *", "FRI#6", "Days 'FRI#6' is none of"),
        ("* * * * *", "XYZ#2", "Days 'XYZ'"),
        ("* * * * *", "L,", "Days '' is none of"),
        ("0 0 30 2 *", "", "name a day that never occurs: 30 2 *."),
        ("0 0 1 * *", "FRI#2", "name a day that never occurs: 1 * * FRI#2."),
    ],
)
def test_a_crontab_that_cannot_be_kept_is_refused_with_its_field(fields: str, days: str, said: str) -> None:
    with pytest.raises(BadRule) as refused:
        crontab(Cron(fields, days=days))
    assert said in str(refused.value)


def test_an_empty_field_is_refused() -> None:
    with pytest.raises(BadRule, match="Hour '' is not understood"):
        Crontab("0", "", "*", "*", "*", zone_named("UTC"))


@pytest.mark.parametrize("name", ["Europe/Bonn", "", "../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(BadRule, match="is not known"):
        zone_named(name)


def test_the_ticks_of_one_gap_fall_together() -> None:
    ticks = ticks_between(crontab(Cron("0,15,30 2,3 * * *", "Europe/Berlin")), at("2026-03-29"), at("2026-03-29 01:20"))
    assert [*ticks] == [Tick(at("2026-03-29 01:00"), "gap"), Tick(at("2026-03-29 01:15"))]


def test_a_step_counts_elapsed_time_in_the_fold() -> None:
    ticks = ticks_between(
        crontab(Cron("*/30 2 * * *", "Europe/Berlin")), at("2026-10-24 12:00"), at("2026-10-25 12:00")
    )
    assert [tick.at - at("2026-10-25") for tick in ticks] == [n * HOUR / 2 for n in range(4)]


def test_clocks_put_back_by_23_hours_make_a_fixed_time_due_once() -> None:
    ticks = [*ticks_between(crontab(Cron("0 12 * * *", "Pacific/Kwajalein")), at("1969-09-29"), at("1969-10-02 12:00"))]
    assert [(tick.at, tick.note) for tick in ticks] == [
        (at("1969-09-29 01:00"), ""), (at("1969-09-30 01:00"), "fold"), (at("1969-10-02 00:00"), ""),
    ]  # fmt: skip


@pytest.mark.parametrize("year", [1, 2, 9997, 9999])
def test_at_the_ends_of_time_a_crontab_is_due_or_not_but_never_fails(year: int) -> None:
    rule, moment = crontab(Cron("0 0 29 2 *", "Europe/Berlin")), datetime(year, 6, 1, tzinfo=UTC)
    assert rule.first_after(moment) is None or year == 1 or year == 2
    assert rule.last_until(moment) is None or year > 2000
    assert count_between(rule, moment, moment + DAY, at_most=5) == 0


@settings(deadline=None)
@given(
    st.timedeltas(min_value=timedelta(microseconds=1), max_value=400 * DAY),
    st.integers(0, 10**8).map(lambda seconds: at("2026-01-01") + seconds * SECOND),
    st.integers(-5, 1000),
    st.booleans(),
)
def test_an_interval_is_due_at_each_multiple_from_its_anchor(
    every: timedelta, anchor: datetime, steps: int, from_anchor: bool
) -> None:
    rule, tick = Interval(every, anchor, from_anchor=from_anchor), anchor + steps * every
    least = 0 if from_anchor else 1
    assert rule.first_after(tick) == anchor + max(steps + 1, least) * every
    assert rule.last_until(tick) == (tick if steps >= least else None)
    assert count_between(rule, anchor - MINUTE, tick, at_most=10_000) == max(steps + 1 - least, 0)
    assert [found.at for found in ticks_between(rule, tick, tick + 3 * every)] == [
        anchor + n * every for n in range(steps + 1, steps + 4) if n >= least
    ]


@pytest.mark.parametrize("every", [timedelta(0), timedelta(seconds=-1)])
def test_an_interval_of_nothing_is_refused(every: timedelta) -> None:
    with pytest.raises(BadRule, match="longer than nothing"):
        Interval(every, at("2026-01-01"))


def test_a_clocked_rule_is_due_once() -> None:
    rule = Clocked(at("2026-01-01"))
    assert [*ticks_between(rule, at("2025-01-01"), at("2027-01-01"))] == [Tick(at("2026-01-01"))]
    assert (rule.first_after(rule.at), rule.last_until(rule.at)) == (None, rule.at)
    assert (rule.first_after(rule.at - SECOND), rule.last_until(rule.at - SECOND)) == (rule.at, None)
    assert count_between(rule, rule.at, at("2027-01-01"), at_most=9) == 0


def test_a_count_stops_at_its_bound() -> None:
    rule = crontab(Cron("* * * * *"))
    assert count_between(rule, at("2000-01-01"), at("2026-01-01"), at_most=1000) == 1000
