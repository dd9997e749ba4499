"""What becomes of each tick: fired or told in a gap, each exactly once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adaptapedia.scheduling.core.policies import Missed
from adaptapedia.scheduling.core.reckoning import PAUSED, Former, Gap, Mark, Plan, Reckoning, reckon
from adaptapedia.scheduling.core.rules import Clocked, Interval, Rule, ticks_between
from tests.unit.scheduling.core.crontabs import crontab
from tests.unit.scheduling.core.oracle import DAY, HOUR, MINUTE, Cron, fires

SECOND = timedelta(seconds=1)
BEGIN = datetime(2026, 3, 28, 12, tzinfo=UTC)
RULES: dict[str, Rule] = {
    "each minute": crontab(Cron("* * * * *")),
    "daily at two in Berlin": crontab(Cron("0 2 * * *", "Europe/Berlin")),
    "thrice an hour": crontab(Cron("1,2,40 * * * *", "Australia/Lord_Howe")),
    "each second": Interval(SECOND, BEGIN),
    "every 45 s": Interval(45 * SECOND, BEGIN),
    "every 7 h": Interval(7 * HOUR, BEGIN - DAY),
    "once": Clocked(BEGIN + HOUR),
}


def day(number: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, number, hour, minute, tzinfo=UTC)


def daily(hour: int = 2, **terms: Any) -> Plan:
    return Plan(crontab(Cron(f"0 {hour} * * *")), **terms)


def expand(plan: Plan, gap: Gap) -> list[datetime]:
    return due_between(plan, gap.first - SECOND / 10, gap.last)


def due_between(plan: Plan, after: datetime, until: datetime) -> list[datetime]:
    if isinstance(plan.rule, Interval):
        every, anchor = plan.rule.every, plan.rule.anchor
        return [anchor + n * every for n in range((after - anchor) // every + 1, (until - anchor) // every + 1)]
    return [tick.at for tick in ticks_between(plan.rule, after, until)]


plans = st.builds(
    Plan,
    st.sampled_from(sorted(RULES)).map(RULES.__getitem__),
    missed=st.sampled_from(Missed),
    missed_bound=st.integers(1, 5),
    offset=st.sampled_from((timedelta(0), SECOND / 4, 90 * SECOND)),
)
steps = st.lists(
    st.one_of(
        st.integers(0, 5000).map(lambda found: found * SECOND / 1000),
        st.integers(0, 200).map(lambda found: found * SECOND),
        st.integers(-60, 600).map(lambda found: found * MINUTE / 10),
        st.sampled_from((-HOUR, HOUR, 9 * HOUR)),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(plans, steps)
@example(Plan(RULES["each minute"]), [HOUR, -HOUR, HOUR])
@example(Plan(RULES["each minute"], missed=Missed.ALL), [MINUTE, HOUR, -HOUR, 30 * MINUTE, HOUR])
def test_every_tick_is_fired_or_told_once_by_its_policy_wherever_the_clock_steps(
    plan: Plan, steps: list[timedelta]
) -> None:
    now, mark, told = BEGIN, Mark(edited_at=BEGIN), list[datetime]()
    furthest = BEGIN
    for step in (timedelta(0), *steps):
        now += step
        reckoning = reckon(plan, mark, now)
        pending = due_between(plan, furthest, now - plan.offset)
        furthest = max(furthest, now - plan.offset)
        assert [*reckoning.fire] == fires(pending, now - plan.offset, plan.missed, plan.missed_bound)
        left = [tick for gap in reckoning.gaps for tick in expand(plan, gap)]
        assert sum(gap.ticks for gap in reckoning.gaps) == len(left)
        told += [*left, *reckoning.fire]
        mark = reckoning.mark
        assert mark.next_due == plan.first_after(furthest)
        assert reckoning.fires_at == (mark.next_due + plan.offset if mark.next_due else None)
        assert reckoning.ended == (mark.next_due is None)
    assert told == due_between(plan, BEGIN, furthest)


def test_a_daily_tick_missed_at_two_runs_at_ten_and_again_at_two() -> None:
    late = reckon(daily(), Mark(next_due=day(2, 2)), day(2, 10))
    assert (late.fire, late.gaps, late.fires_at) == ((day(2, 2),), (), day(3, 2))
    assert reckon(daily(), late.mark, day(3)).fire == ()
    assert reckon(daily(), late.mark, day(3, 2)).fire == (day(3, 2),)


@pytest.mark.parametrize(
    ("missed", "fired", "gap"),
    [
        (Missed.LATEST, [9], Gap(day(2, 2), day(8, 2), 7, more=False, reason="missed")),
        (Missed.ALL, [7, 8, 9], Gap(day(2, 2), day(6, 2), 5, more=False, reason="missed: beyond the bound of 3")),
        (Missed.SKIP, [], Gap(day(2, 2), day(9, 2), 8, more=False, reason="missed")),
    ],
)
def test_a_week_missed_is_told_by_its_policy(missed: Missed, fired: list[int], gap: Gap) -> None:
    reckoning = reckon(daily(missed=missed, missed_bound=3), Mark(next_due=day(2, 2)), day(9, 10))
    assert reckoning.fire == tuple(day(number, 2) for number in fired)
    assert reckoning.gaps == (gap,)
    assert reckoning.mark == Mark(next_due=day(10, 2))


def test_a_new_schedule_waits_for_its_first_tick() -> None:
    reckoning = reckon(daily(), Mark(edited_at=day(2, 3)), day(2, 3))
    assert reckoning == Reckoning((), (), Mark(next_due=day(3, 2)), day(3, 2), ended=False)


def test_a_new_schedule_that_no_beat_saw_for_two_days_has_missed_ticks() -> None:
    assert reckon(daily(), Mark(edited_at=day(2, 3)), day(4, 3)).fire == (day(4, 2),)


def test_an_edit_fires_nothing() -> None:
    reckoning = reckon(daily(hour=1), Mark(next_due=day(3, 2), edited_at=day(2, 12)), day(2, 12))
    assert (reckoning.fire, reckoning.gaps, reckoning.fires_at) == ((), (), day(3, 1))


@pytest.mark.parametrize(("missed", "fired"), [(Missed.LATEST, [4]), (Missed.ALL, [2, 4]), (Missed.SKIP, [])])
def test_what_was_due_before_an_edit_is_owed_as_ever_and_the_new_rule_goes_on(missed: Missed, fired: list[int]) -> None:
    mark = Mark(next_due=day(2, 2), edited_at=day(2, 3))
    reckoning = reckon(daily(hour=4, missed=missed), mark, day(2, 5))
    assert reckoning.fire == tuple(day(2, hour) for hour in fired)
    assert sum(gap.ticks for gap in reckoning.gaps) == 2 - len(fired)
    assert reckoning.mark == Mark(next_due=day(3, 4))


HOURLY = Plan(crontab(Cron("0 * * * *")))


@pytest.mark.parametrize("now", [HOURLY, daily(hour=9), None])
@pytest.mark.parametrize(("missed", "fired"), [(Missed.LATEST, 1), (Missed.ALL, 3), (Missed.SKIP, 0)])
def test_an_edit_while_no_beat_was_there_loses_no_tick_whatever_it_edits(
    missed: Missed, fired: int, now: Plan | None
) -> None:
    mark = Mark(day(2, 1), edited_at=day(2, 5, 30), formers=(Former(day(2, 5, 30), HOURLY),))
    ticks = [1, 2, 3, 4, 5] + ([6, 7, 8, 9, 10] if now is HOURLY else [9] if now else [])
    rule = now.rule if now else Clocked(day(2, 3))
    reckoning = reckon(Plan(rule, missed=missed, missed_bound=3), mark, day(2, 10, 30))
    assert reckoning.fire == tuple(day(2, hour) for hour in ticks[len(ticks) - fired :])
    assert [(gap.first, gap.ticks) for gap in reckoning.gaps] == [(day(2, 1), len(ticks) - fired)]


def test_each_of_several_edits_that_no_beat_saw_ends_what_stood_before_it() -> None:
    formers = (Former(day(2, 3), daily(hour=2)), Former(day(2, 6), daily(hour=4)), Former(day(2, 7), None))
    mark = Mark(next_due=day(3, 1), edited_at=day(2, 1), formers=formers)
    reckoning = reckon(daily(hour=9, missed=Missed.ALL), mark, day(2, 10))
    assert reckoning.fire == (day(2, 2), day(2, 4), day(2, 9))
    assert (reckoning.gaps, reckoning.mark) == ((), Mark(next_due=day(3, 9)))


@pytest.mark.parametrize("missed", Missed)
def test_an_edit_between_when_a_tick_is_due_and_when_it_fires_leaves_both_as_they_are(missed: Missed) -> None:
    former = Former(day(2, 2, 10), daily(hour=2))
    plan, mark = daily(hour=3, missed=missed, offset=40 * MINUTE), Mark(day(2, 2), day(2, 2, 10), (former,))
    waiting = reckon(plan, mark, day(2, 2, 10))
    assert waiting == Reckoning((), (), Mark(day(2, 2), formers=(former,)), day(2, 2, 40), ended=False)
    fired = reckon(plan, waiting.mark, day(2, 2, 40))
    assert (fired.fire, fired.gaps, fired.mark) == ((day(2, 2),), (), Mark(day(2, 3)))


def test_an_edit_a_moment_after_a_tick_does_not_make_it_a_missed_one() -> None:
    edited_at = day(2, 2) + 0.3 * SECOND
    mark = Mark(day(2, 2), edited_at, (Former(edited_at, daily()),))
    reckoning = reckon(daily(missed=Missed.SKIP), mark, edited_at)
    assert (reckoning.fire, reckoning.gaps) == ((day(2, 2),), ())


def test_what_was_due_while_it_was_left_out_is_told_when_it_is_mended_and_does_not_fire() -> None:
    mended = Mark(day(2, 2), day(5, 3), (Former(day(5, 3), daily(), "left out: it was odd"),), fault="it was odd")
    reckoning = reckon(daily(), mended, day(5, 3))
    assert (reckoning.fire, reckoning.mark) == ((), Mark(day(6, 2)))
    assert reckoning.gaps == (Gap(day(2, 2), day(5, 2), 4, more=False, reason="left out: it was odd"),)
    by_code = reckon(daily(), Mark(day(2, 2), fault="it was odd"), day(5, 3))
    assert (by_code.fire, by_code.gaps) == ((), reckoning.gaps)


def test_what_was_due_before_an_edit_is_told_where_missed_ticks_are_skipped() -> None:
    mark = Mark(next_due=day(2, 2), edited_at=day(2, 3))
    reckoning = reckon(daily(hour=4, missed=Missed.SKIP), mark, day(2, 3))
    assert (reckoning.fire, reckoning.gaps) == ((), (Gap(day(2, 2), day(2, 2), 1, more=False, reason="missed"),))


def test_a_paused_schedule_is_left_as_it_is() -> None:
    mark = Mark(next_due=day(2, 2), paused_at=day(1))
    assert reckon(daily(enabled=False), mark, day(9)) == Reckoning((), (), mark, None, ended=False)
    edited = replace(mark, edited_at=day(1, 2))
    assert reckon(daily(enabled=False), edited, day(9)).mark == mark


def test_resuming_tells_the_pause_and_fires_nothing_for_before() -> None:
    mark = Mark(next_due=day(2, 2), paused_at=day(1), edited_at=day(5, 2))
    reckoning = reckon(daily(), mark, day(5, 2))
    assert reckoning.fire == ()
    assert reckoning.gaps == (Gap(day(2, 2), day(5, 2), 4, more=False, reason="paused"),)
    assert reckoning.mark == Mark(next_due=day(6, 2))


def test_a_tick_awaited_at_the_pause_counts_as_one_though_the_rule_was_changed_since() -> None:
    mark = Mark(next_due=day(2, 2), paused_at=day(1), edited_at=day(2, 6))
    assert reckon(daily(hour=4), mark, day(2, 6)).gaps == (Gap(day(2, 2), day(2, 4), 2, more=False, reason="paused"),)
    assert reckon(daily(hour=9), mark, day(2, 6)).gaps == (Gap(day(2, 2), day(2, 2), 1, more=False, reason="paused"),)


def test_a_pause_is_told_by_the_rule_that_stood_and_what_follows_the_resume_by_its_policy() -> None:
    formers = (Former(day(2, 12), daily()), Former(day(4, 12), daily(hour=4), PAUSED), Former(day(6), daily(hour=4)))
    mark = Mark(day(2, 2), day(2, 12), formers, paused_at=day(2, 12))
    reckoning = reckon(daily(hour=9), mark, day(6, 10))
    assert reckoning.fire == (day(6, 9),)
    assert [(gap.reason, gap.first, gap.ticks) for gap in reckoning.gaps] == [
        ("paused", day(2, 2), 3),
        ("missed", day(5, 4), 1),
    ]


def test_a_pause_that_no_beat_saw_keeps_what_was_due_before_it() -> None:
    mark = Mark(day(3, 2), day(2, 12), (Former(day(3, 12), daily(hour=1)),), paused_at=day(3, 12))
    reckoning = reckon(daily(hour=1, enabled=False), mark, day(4))
    assert reckoning.mark == Mark(day(3, 1), formers=mark.formers, paused_at=day(3, 12))
    made_paused = Mark(edited_at=day(2), paused_at=day(2))
    assert reckon(daily(enabled=False), made_paused, day(4)).mark == Mark(paused_at=day(2))


def test_a_pause_without_a_tick_leaves_no_gap() -> None:
    mark = Mark(next_due=day(2, 2), paused_at=day(1), edited_at=day(1, 6))
    assert reckon(daily(), mark, day(1, 6)) == Reckoning((), (), Mark(next_due=day(2, 2)), day(2, 2), ended=False)
    assert reckon(daily(), replace(mark, next_due=None), day(1, 6)).gaps == ()


def test_after_a_resume_that_no_beat_saw_ticks_are_missed_as_ever() -> None:
    mark = Mark(next_due=day(2, 2), paused_at=day(1), edited_at=day(3))
    reckoning = reckon(daily(), mark, day(6))
    assert reckoning.fire == (day(5, 2),)
    assert [(gap.reason, gap.ticks) for gap in reckoning.gaps] == [("paused", 1), ("missed", 2)]


def test_a_resume_that_no_trigger_told_of_counts_from_now() -> None:
    reckoning = reckon(daily(), Mark(next_due=day(2, 2), paused_at=day(1)), day(3, 3))
    assert (reckoning.fire, reckoning.mark) == ((), Mark(next_due=day(4, 2)))
    assert [(gap.reason, gap.ticks) for gap in reckoning.gaps] == [("paused", 2)]


def test_a_one_off_fires_once_and_has_ended() -> None:
    reckoning = reckon(daily(one_off=True), Mark(next_due=day(2, 2)), day(2, 2))
    assert reckoning == Reckoning((day(2, 2),), (), Mark(), None, ended=True)
    assert reckon(daily(one_off=True), reckoning.mark, day(9)) == Reckoning((), (), Mark(), None, ended=True)


def test_of_several_ticks_only_the_first_that_fires_is_a_one_off_s() -> None:
    reckoning = reckon(daily(one_off=True, missed=Missed.ALL), Mark(next_due=day(2, 2)), day(5))
    assert (reckoning.fire, reckoning.ended) == ((day(2, 2),), True)
    owed = reckon(daily(hour=4, one_off=True), Mark(next_due=day(2, 2), edited_at=day(2, 3)), day(2, 3))
    assert (owed.fire, owed.ended) == ((day(2, 2),), True)


def test_a_one_off_whose_missed_tick_is_skipped_waits_for_the_next() -> None:
    reckoning = reckon(daily(one_off=True, missed=Missed.SKIP), Mark(next_due=day(2, 2)), day(2, 5))
    assert (reckoning.fire, reckoning.ended, reckoning.fires_at) == ((), False, day(3, 2))


def test_a_start_is_included_and_an_expiry_is_not() -> None:
    plan = daily(starts=day(2, 2), expires=day(4, 2))
    assert reckon(plan, Mark(edited_at=day(1)), day(1)).mark.next_due == day(2, 2)
    last = reckon(plan, Mark(next_due=day(3, 2)), day(3, 2))
    assert (last.fire, last.fires_at, last.ended) == ((day(3, 2),), None, True)
    assert plan.last_until(day(9)) == day(3, 2)
    assert plan.last_until(day(2)) is None
    assert plan.count(day(1), day(9), at_most=99) == 2


def test_a_missed_tick_before_the_expiry_still_fires_after_it() -> None:
    reckoning = reckon(daily(expires=day(4)), Mark(next_due=day(2, 2)), day(9))
    assert (reckoning.fire, reckoning.ended) == ((day(3, 2),), True)


def test_jitter_moves_when_a_tick_fires_and_not_when_it_is_due() -> None:
    plan = daily(offset=5 * MINUTE)
    assert reckon(plan, Mark(next_due=day(2, 2)), day(2, 2, 4)).fire == ()
    reckoning = reckon(plan, Mark(next_due=day(2, 2)), day(2, 2, 5))
    assert (reckoning.fire, reckoning.fires_at) == ((day(2, 2),), day(3, 2, 5))


def test_a_tick_that_was_awaited_is_one_though_the_zone_s_law_was_changed() -> None:
    reckoning = reckon(daily(), Mark(next_due=day(2, 1)), day(2, 1))
    assert (reckoning.fire, reckoning.mark.next_due) == ((day(2, 1),), day(2, 2))


@pytest.mark.parametrize("missed", Missed)
@pytest.mark.parametrize("rule", [Interval(SECOND, BEGIN - 4000 * DAY), RULES["each minute"]])
def test_ten_years_missed_are_reckoned_at_once(rule: Rule, missed: Missed) -> None:
    began = process_time()
    reckoning = reckon(Plan(rule, missed=missed), Mark(next_due=BEGIN - 3650 * DAY), BEGIN + SECOND / 2)
    assert process_time() - began < 1
    assert [(gap.ticks, gap.more, gap.first) for gap in reckoning.gaps] == [(100_000, True, BEGIN - 3650 * DAY)]


def test_an_interval_that_nothing_could_keep_is_bounded() -> None:
    plan = Plan(Interval(timedelta(microseconds=1), BEGIN))
    reckoning = reckon(plan, Mark(edited_at=BEGIN), BEGIN + HOUR)
    assert len(reckoning.fire) == 10_000
    assert reckoning.gaps[0].last + timedelta(microseconds=1) == reckoning.fire[0]
