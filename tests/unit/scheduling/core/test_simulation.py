"""Beats under virtual time, case by case."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from adaptapedia.scheduling.core.engine import LEASE, Deposed, Standing, settle
from adaptapedia.scheduling.core.memory import MemoryStore
from adaptapedia.scheduling.core.policies import Missed, offset_of
from adaptapedia.scheduling.core.reckoning import Mark, Plan
from adaptapedia.scheduling.core.rules import Clocked, Interval
from adaptapedia.scheduling.core.simulation import (
    FAILOVER,
    Add,
    Continue,
    Cut,
    Edit,
    Event,
    Kill,
    Mend,
    Pause,
    Record,
    Remove,
    Resume,
    Start,
    Stop,
    World,
    simulate,
)
from tests.unit.scheduling.core.crontabs import crontab
from tests.unit.scheduling.core.oracle import DAY, HOUR, MINUTE, Cron

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def cron(fields: str) -> Plan:
    return Plan(crontab(Cron(fields)))


MINUTELY = cron("* * * * *")


def minutes(plan: Plan, *events: Event, until: int = 10, beats: int = 2) -> list[tuple[float, float, str]]:
    """What came of a schedule from noon on: when, of what due time (in minutes) and, if it is a gap, why."""
    found = simulate({"it": plan}, NOON, NOON + until * MINUTE, events, beats=beats)
    return [((one.at - NOON) / MINUTE, (one.due_at - NOON) / MINUTE, one.reason) for one in found]


def test_without_events_every_tick_fires_at_its_time() -> None:
    assert minutes(MINUTELY, until=3) == [(1, 1, ""), (2, 2, ""), (3, 3, "")]


def test_a_killed_leader_is_followed_within_two_seconds() -> None:
    kill = Kill(NOON + MINUTE - SECOND, 0)
    assert minutes(MINUTELY, kill, until=2) == [(1 + 1 / 60, 1, ""), (2, 2, "")]


def test_with_every_beat_killed_ticks_are_missed_until_one_starts() -> None:
    events = [Kill(NOON + 90 * SECOND, 0), Kill(NOON + 90 * SECOND, 1), Start(NOON + 5.5 * MINUTE, 1)]
    assert minutes(MINUTELY, *events, until=6) == [(1, 1, ""), (5.5, 2, "missed"), (5.5, 5, ""), (6, 6, "")]


def test_a_leader_that_hangs_amid_a_step_is_deposed_and_writes_nothing() -> None:
    events = [Stop(NOON + 90 * SECOND, 0, amid=True), Continue(NOON + 150 * SECOND, 0)]
    late = 2 + LEASE / MINUTE
    assert minutes(MINUTELY, *events, until=3) == [(1, 1, ""), (late, 2, ""), (3, 3, "")]


def test_a_leader_that_hangs_for_less_than_its_lease_goes_on_and_writes_what_it_had_read() -> None:
    events = [Stop(NOON + 90 * SECOND, 0, amid=True), Continue(NOON + 123 * SECOND, 0)]
    assert minutes(MINUTELY, *events, until=3) == [(1, 1, ""), (2.05, 2, ""), (3, 3, "")]


def test_an_edit_under_a_hanging_leader_is_reckoned_anew() -> None:
    events = [
        Stop(NOON + 90 * SECOND, 0, amid=True),
        Edit(NOON + 122 * SECOND, "it", cron("*/4 * * * *")),
        Continue(NOON + 123 * SECOND, 0),
    ]
    assert minutes(MINUTELY, *events, until=5) == [(1, 1, ""), (2.05, 2, ""), (4, 4, "")]


def test_a_cut_store_leaves_ticks_to_their_policy_and_refuses_edits() -> None:
    events = [Cut(NOON + 90 * SECOND), Pause(NOON + 2 * MINUTE, "it"), Mend(NOON + 4.5 * MINUTE)]
    plan = Plan(MINUTELY.rule, missed=Missed.ALL, missed_bound=2)
    back = 4.5 + FAILOVER / MINUTE
    assert minutes(plan, *events, until=5) == [
        (1, 1, ""), (back, 2, "missed: beyond the bound of 2"), (back, 3, ""), (back, 4, ""), (5, 5, ""),
    ]  # fmt: skip


def test_a_pause_is_told_at_the_resume_and_fires_nothing_for_before() -> None:
    events = [Pause(NOON + 90 * SECOND, "it"), Resume(NOON + 4 * MINUTE, "it")]
    found = [*simulate({"it": MINUTELY}, NOON, NOON + 5 * MINUTE, events)]
    assert found[1] == Record(
        NOON + 4 * MINUTE, "it", NOON + 2 * MINUTE, "gap", "paused", ticks=3, until=NOON + 4 * MINUTE
    )
    assert [one.due_at for one in found if one.what == "run"] == [NOON + MINUTE, NOON + 5 * MINUTE]


def test_a_schedule_removed_fires_no_more_and_one_added_does() -> None:
    events = [
        Remove(NOON + 90 * SECOND, "it"),
        Add(NOON + 3 * MINUTE, "it", Plan(Clocked(NOON + 4 * MINUTE))),
        Add(NOON + 3 * MINUTE, "it", MINUTELY),
        Remove(NOON + 3 * MINUTE, "nothing"),
    ]
    assert minutes(MINUTELY, *events) == [(1, 1, ""), (4, 4, "")]


def test_a_change_of_jitter_alone_moves_when_the_next_tick_fires() -> None:
    edit = Edit(NOON + SECOND, "it", Plan(MINUTELY.rule, offset=30 * SECOND))
    assert minutes(MINUTELY, edit, until=2) == [(1.5, 1, "")]


def test_a_rule_replaced_before_it_was_due_fires_nothing_though_no_beat_saw_either_edit() -> None:
    daily = [cron(f"0 {hour} * * *") for hour in (14, 17, 19)]
    events = [
        Kill(NOON, 0),
        Edit(NOON + HOUR, "it", daily[1]),
        Edit(NOON + 3 * HOUR, "it", daily[2]),
        Start(NOON + 4 * HOUR, 0),
    ]
    assert minutes(daily[0], *events, until=8 * 60, beats=1) == [(7 * 60, 7 * 60, "")]


@pytest.mark.parametrize("missed", Missed)
def test_edits_while_every_beat_is_down_lose_no_tick(missed: Missed) -> None:
    plan = Plan(MINUTELY.rule, missed=missed)
    events = [Kill(NOON + 90 * SECOND, 0), Edit(NOON + 4.5 * MINUTE, "it", plan), Edit(NOON + 6.5 * MINUTE, "it", plan)]
    found = [*simulate({"it": plan}, NOON, NOON + 10 * MINUTE, [*events, Start(NOON + 9.5 * MINUTE, 0)])]
    assert sum(one.ticks for one in found) == 10
    assert {one.due_at for one in found if one.what == "gap"} == ({NOON + 2 * MINUTE} if missed != "all" else set())


def test_events_after_the_end_do_not_happen() -> None:
    assert minutes(MINUTELY, Kill(NOON + 99 * MINUTE, 0), until=1) == [(1, 1, "")]


def test_a_year_of_the_project_s_schedules_takes_seconds() -> None:
    hours = {"hourly": "0 * * * *", "tmdb": "0 3 * * 0", "tokens": "0 5 * * 1"}
    daily = {f"daily {hour}": f"0 {hour} * * *" for hour in (1, 2, 4, 6, 7)}
    began = process_time()
    records = simulate(
        {name: cron(fields) for name, fields in (hours | daily).items()}, NOON, NOON + 365 * DAY, beats=3
    )
    runs = Counter(record.schedule for record in records)
    assert process_time() - began < 10
    assert (runs["hourly"], runs["daily 2"], runs["tmdb"], runs.total()) == (8760, 365, 52, 8760 + 5 * 365 + 52 + 52)


def test_a_thousand_schedules_of_one_moment_all_fire_in_it() -> None:
    plans = {f"schedule {n}": cron("30 12 * * *") for n in range(2500)}
    records = [*simulate(plans, NOON, NOON + HOUR)]
    assert {record.at for record in records} == {NOON + 30 * MINUTE}
    assert len(records) == 2500


def test_with_jitter_they_spread() -> None:
    rule = crontab(Cron("30 12 * * *"))
    plans = {f"schedule {n}": Plan(rule, offset=offset_of(f"schedule {n}", 5 * MINUTE)) for n in range(50)}
    records = [*simulate(plans, NOON, NOON + HOUR)]
    assert len({record.at for record in records}) == 50
    assert {record.due_at for record in records} == {NOON + 30 * MINUTE}


def test_a_schedule_that_cannot_be_reckoned_is_left_out_and_reported() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    broken = Standing(1, "broken", Plan(Clocked(last), offset=HOUR), Mark(edited_at=NOON))
    sound = Standing(2, "sound", Plan(Interval(HOUR, NOON)), Mark(edited_at=NOON))
    refused: list[tuple[Standing, Exception]] = []
    assert [outcome.name for outcome in settle([broken, sound], NOON, refused=refused)] == ["sound"]
    assert [(standing.name, type(error)) for standing, error in refused] == [("broken", OverflowError)]
    assert [outcome.name for outcome in settle([broken, sound], NOON)] == ["sound"]


def test_the_world_goes_on_with_a_schedule_that_cannot_be_reckoned() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    world = World(NOON)
    world.store.add("broken", Plan(Clocked(last), offset=HOUR))
    world.store.add("sound", MINUTELY)
    assert len([*world.advance(NOON + 5 * MINUTE)]) == 5
    assert [standing.name for standing, _ in world.refused] == ["broken"]


def test_an_epoch_that_is_over_neither_reads_nor_writes() -> None:
    store = MemoryStore(NOON)
    store.add("it", MINUTELY)
    ours = store.take_over()
    outcomes = settle(store.due(ours, limit=9), NOON + HOUR)
    store.take_over()
    for act in (lambda: store.due(ours, limit=9), lambda: store.write(ours, outcomes)):
        with pytest.raises(Deposed):
            act()
    assert (store.ticks, store.gaps, [row.fires_at for row in store.rows.values()]) == (set(), [], [None])


def test_a_tick_is_inserted_once_even_when_it_is_written_twice() -> None:
    store = MemoryStore(NOON)
    store.add("it", MINUTELY)
    epoch = store.take_over()
    outcomes = settle(store.due(epoch, limit=9), NOON + MINUTE)
    assert store.write(epoch, outcomes) == [(1, NOON + MINUTE)]
    assert store.write(epoch, outcomes) == []
