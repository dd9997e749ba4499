"""What the watchdog finds wrong, and what it leaves alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adaptapedia.scheduling.watchdog.judging import (
    Check,
    Ended,
    Finding,
    Missing,
    Overdue,
    Queued,
    Running,
    Said,
    Shown,
    Sight,
    judge,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WELL = Sight(now=NOW, since=NOW - timedelta(days=9), scheduled=True, led_at=NOW - timedelta(seconds=2))


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def found(**seen: Any) -> list[Finding]:
    return judge(replace(WELL, **seen))


def keys(**seen: Any) -> list[str]:
    return [finding.key for finding in found(**seen)]


def worker(name: str, *, seen: float, since: float = 9_000, queues: tuple[str, ...] = ("quick",)) -> Shown:
    return Shown(name, "worker", queues, ago(since), ago(seen))


def test_nothing_is_wrong_with_what_is_well() -> None:
    assert keys() == []


def test_a_tick_is_late_after_a_minute() -> None:
    assert keys(overdue=[Overdue("fresh", ago(59))]) == []
    (late,) = found(overdue=[Overdue("daily", ago(200))])
    assert (late.key, late.schedule) == ("late-tick:daily", "daily")
    assert late.expected == "a run of daily at 2026-03-01 11:56:40 UTC"
    assert late.seen == "none 3 min 20 s later"


def test_nobody_leads_when_the_lease_is_not_renewed() -> None:
    assert keys(led_at=ago(29)) == []
    assert keys(led_at=ago(31)) == ["no-leader:beat"]
    assert keys(led_at=None) == ["no-leader:beat"]


def test_nobody_needs_to_lead_where_nothing_is_scheduled() -> None:
    assert keys(led_at=None, scheduled=False) == []


def test_silence_while_the_database_was_down_is_no_silence() -> None:
    assert keys(since=ago(20), led_at=ago(500), shown=[worker("a", seen=500)]) == []


def test_a_worker_that_falls_silent_has_gone() -> None:
    (gone,) = found(shown=[worker("a", seen=31), worker("b", seen=3)])
    assert gone.key == "worker-gone:a"
    assert gone.seen == "it was last seen 31 s ago"


def test_a_beat_that_falls_silent_has_gone_though_another_one_leads() -> None:
    shown = [Shown("one", "beat", (), ago(900), ago(60)), Shown("two", "beat", (), ago(900), ago(1))]
    assert keys(shown=shown) == ["beat-gone:one"]


def test_who_comes_in_the_place_of_a_lost_one_makes_it_good() -> None:
    lost = worker("a", seen=60)
    assert keys(shown=[lost, worker("new", seen=1, since=50)]) == []
    assert keys(shown=[lost, worker("new", seen=1, since=50, queues=("long",))]) == ["worker-gone:a"]
    assert keys(shown=[lost, worker("b", seen=70), worker("new", seen=1, since=50)]) == ["worker-gone:a"]


def test_a_queue_without_a_worker_is_told_once_after_a_minute() -> None:
    def queued(pk: int, seconds: float) -> Queued:
        return Queued(pk, "daily", "quick", ago(seconds), timedelta(hours=1))

    assert keys(queued=[queued(1, 59)]) == []
    (waiting,) = found(queued=[queued(1, 90), queued(2, 120), queued(3, 10)])
    assert (waiting.key, waiting.run) == ("queued-too-long:quick", 2)
    assert waiting.seen == "2 runs wait, since 2 min ago run 2 of daily; no worker takes it"


def test_a_busy_worker_has_half_the_time_until_the_run_expires() -> None:
    busy = [worker("a", seen=1)]
    wait = Queued(1, "daily", "quick", ago(1_700), timedelta(hours=1))
    assert keys(queued=[wait], shown=busy) == []
    assert keys(queued=[replace(wait, since=ago(1_900))], shown=busy) == ["queued-too-long:quick"]
    assert keys(queued=[replace(wait, allowed=None, since=ago(3_500))], shown=busy) == []
    assert keys(queued=[replace(wait, allowed=timedelta(minutes=1), since=ago(59))], shown=busy) == []


@pytest.mark.parametrize(
    ("seconds", "history", "told"),
    [
        (10_000, [60, 60, 60], False),  # too few to know
        (80, [60, 61, 59, 60], False),  # within half a minute of the longest
        (95, [60, 61, 59, 60], True),
        (4_000, [600, 600, 3_600, 600, 600, 600], False),  # as long as on Sundays
        (4_600, [600, 600, 3_600, 600, 600, 600], True),
        (25, [0.2, 0.2, 0.3, 0.2], False),  # short jobs are not told for seconds
    ],
)
def test_a_run_overruns_beyond_what_its_history_knows(seconds: float, history: list[float], told: bool) -> None:
    run = Running(7, "daily", ago(seconds), history)
    assert keys(running=[run]) == (["overrunning:7"] if told else [])


@pytest.mark.parametrize(
    ("seconds", "history", "told"),
    [
        (1, [600, 600, 600], False),  # too few to know
        (400, [600, 620, 580, 600], False),
        (250, [600, 620, 580, 600], True),
        (5, [600, 4, 600, 600, 600], False),  # it had nothing to do before, too
        (0.1, [20, 21, 20, 20], False),  # not worth watching
    ],
)
def test_a_success_is_suspiciously_short_below_what_its_history_knows(
    seconds: float, history: list[float], told: bool
) -> None:
    run = Ended(7, "daily", failed=False, error="", seconds=seconds, history=history)
    assert keys(ended=[run]) == (["suspiciously-short:daily"] if told else [])


def test_a_failure_is_told_with_its_error_and_not_as_short() -> None:
    run = Ended(7, "daily", failed=True, error="OSError: the disk is full", seconds=0.1, history=[600] * 5)
    (failed,) = found(ended=[run])
    assert (failed.key, failed.run) == ("failed:daily", 7)
    assert failed.seen == "run 7 failed: OSError: the disk is full"


def test_a_question_and_a_result_that_is_not_as_usual_are_told_with_their_runs() -> None:
    asks, odd = found(asking=[Said(8, "daily", "310 are gone.")], unusual=[Said(7, "daily", "sum is 1.")])
    assert (asks.key, asks.schedule, asks.run) == ("asking:daily", "daily", 8)
    assert asks.seen == "nobody has answered what run 8 asks: 310 are gone."
    assert (odd.key, odd.schedule, odd.run) == ("not-as-usual:daily", "daily", 7)
    assert odd.seen == "run 7 succeeded and is not as usual: sum is 1."


def test_a_tick_that_vanished_and_a_schedule_without_a_time_are_two_troubles() -> None:
    missing, unplanned = [Missing("daily", ago(600))], [("weekly", "there is no 30 February")]
    vanished, never = found(missing=missing, unplanned=unplanned)
    assert (vanished.key, never.key) == ("missing-run:daily", "unplanned:weekly")
    assert never.seen == "it is switched on and will never fire: there is no 30 February"


def test_a_health_check_has_its_period_and_ten_minutes() -> None:
    hour = timedelta(hours=1)
    assert keys(check=Check("check", ago(4_100), hour)) == []
    (late,) = found(check=Check("check", ago(4_300), hour))
    assert late.key == "health-check:check"
    assert late.seen == "it last did 1 h 11 min ago"


def test_a_key_fits_its_column() -> None:
    (finding,) = found(unplanned=[("x" * 500, "")])
    assert len(finding.key) == 300
