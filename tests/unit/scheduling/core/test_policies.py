"""Policies: waits before retries, the spread of jitter, overlap."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.scheduling.core.overlap import decide
from adaptapedia.scheduling.core.policies import Missed, Overlap, Policies, offset_of
from adaptapedia.scheduling.core.rules import BadRule

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


def test_the_policies_of_a_schedule_that_states_none() -> None:
    policies = Policies()
    assert (policies.missed, policies.missed_bound, policies.overlap) == (Missed.LATEST, 100, Overlap.SKIP)
    assert (policies.retries, policies.retry_in(1), policies.retry_in(3)) == (0, HOUR, HOUR)


def test_each_wait_is_longer_by_the_factor_up_to_the_bound() -> None:
    policies = Policies(retry_after=MINUTE, backoff=2.0, backoff_max=timedelta(minutes=6))
    assert [policies.retry_in(attempt) / MINUTE for attempt in (1, 2, 3, 4, 5)] == [1, 2, 4, 6, 6]


@pytest.mark.parametrize("most", [None, HOUR])
def test_a_wait_beyond_all_time_is_bounded(most: timedelta | None) -> None:
    policies = Policies(backoff=10.0, backoff_max=most)
    assert policies.retry_in(10_000) == policies.retry_in(20) == (most or timedelta(days=3650))
    assert Policies(backoff=1e8, backoff_max=most).retry_in(2) == (most or timedelta(days=3650))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"missed_bound": 0}, "bound of missed ticks"),
        ({"jitter": -MINUTE}, "Jitter"),
        ({"retries": -1}, "Retries"),
        ({"retry_after": -MINUTE}, "wait before a retry"),
        ({"retry_after": timedelta(days=3651)}, "longer than 3,650 days"),
        ({"backoff_max": timedelta(days=4_000_000)}, "longer than 3,650 days"),
        ({"backoff": 0.5}, "Back-off"),
        ({"backoff": float("nan")}, "Back-off"),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(terms: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRule, match=said):
        Policies(**terms)


@given(st.text(), st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=7)))
def test_an_offset_is_whole_milliseconds_below_the_jitter_and_always_the_same(name: str, jitter: timedelta) -> None:
    offset = offset_of(name, jitter)
    assert timedelta(0) <= offset < max(jitter, MILLISECOND)
    assert offset % MILLISECOND == timedelta(0)
    assert offset == offset_of(name, jitter)


def test_an_offset_does_not_change_from_one_release_to_the_next() -> None:
    assert offset_of("hourly-health-check", HOUR) == timedelta(milliseconds=2007764)


def test_offsets_spread_over_the_jitter() -> None:
    offsets = {offset_of(f"schedule {number}", MINUTE) // timedelta(seconds=6) for number in range(200)}
    assert offsets == set(range(10))


@pytest.mark.parametrize(
    ("overlap", "alone", "one_running", "one_waiting_too"),
    [
        (Overlap.SKIP, "start", "skip", "skip"),
        (Overlap.QUEUE, "start", "wait", "skip"),
        (Overlap.CANCEL, "start", "replace", "replace"),
        (Overlap.ALLOW, "start", "start", "start"),
    ],
)
def test_overlap_is_decided_by_who_is_there(
    overlap: Overlap, alone: str, one_running: str, one_waiting_too: str
) -> None:
    assert decide(overlap, running=False, waiting=False) == alone
    assert decide(overlap, running=True, waiting=False) == one_running
    assert decide(overlap, running=True, waiting=True) == one_waiting_too


@given(
    st.sampled_from((Overlap.SKIP, Overlap.QUEUE, Overlap.CANCEL)),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 20)), max_size=30),
)
def test_at_most_one_runs_and_one_waits_and_every_run_starts_or_is_skipped(
    overlap: Overlap, ticks: list[tuple[int, int]]
) -> None:
    """Ticks come after so long and run for so long; one that is asked to stop does so within 1."""
    started: list[int] = []
    skipped: list[int] = []
    now, ends_at, waiting = 0, 0, None
    lasts = [duration for _, duration in ticks]
    for run, (wait, _) in enumerate(ticks):
        now += wait
        if waiting is not None and ends_at <= now:
            started, ends_at, waiting = [*started, waiting], ends_at + lasts[waiting], None
        match decide(overlap, running=ends_at > now, waiting=waiting is not None):
            case "start":
                assert ends_at <= now
                started, ends_at = [*started, run], now + lasts[run]
            case "skip":
                skipped.append(run)
            case "wait":
                assert waiting is None
                waiting = run
            case "replace":
                skipped += [] if waiting is None else [waiting]
                waiting, ends_at = run, min(ends_at, now + 1)
    assert sorted([*started, *skipped, *([] if waiting is None else [waiting])]) == [*range(len(ticks))]
    assert started == sorted(started)
