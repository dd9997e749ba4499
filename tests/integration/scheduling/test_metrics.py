"""What /metrics tells of schedules: out of rows that any process has written, and out of the broker."""

from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from adaptapedia.scheduling import tallies
from adaptapedia.scheduling.metrics import SchedulingMetrics, messages_in
from adaptapedia.scheduling.models import JobRun, Presence, Trouble
from adaptapedia.settings import CONFIG
from tests.integration.scheduling.world import make_run

pytestmark = pytest.mark.django_db


def told() -> dict[str, float]:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SchedulingMetrics())
    lines = generate_latest(registry).decode().splitlines()
    return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def flush() -> None:
    with connection.cursor() as cursor:
        tallies.flush(cursor)


def test_a_histogram_is_cumulative_and_has_its_sum_and_count() -> None:
    for seconds in (0.2, 0.3, 40):
        tallies.observe("scheduling_duration_seconds", seconds, job="daily", outcome="succeeded")
    flush()

    of = 'job="daily",outcome="succeeded"'
    figures = told()
    buckets = {
        bound: figures[f'scheduling_duration_seconds_bucket{{job="daily",le="{bound}",outcome="succeeded"}}']
        for bound in ("0.1", "0.5", "15.0", "60.0", "+Inf")
    }
    assert buckets == {"0.1": 0, "0.5": 2, "15.0": 2, "60.0": 3, "+Inf": 3}
    assert figures[f"scheduling_duration_seconds_count{{{of}}}"] == 3
    assert figures[f"scheduling_duration_seconds_sum{{{of}}}"] == 40.5


def test_counters_are_told_by_label_and_those_without_begin_at_nought() -> None:
    tallies.add("scheduling_ticks", 7, outcome="missed")
    flush()

    figures = told()
    assert figures['scheduling_ticks_total{outcome="missed"}'] == 7
    assert figures["scheduling_leader_changes_total"] == 0
    assert figures["scheduling_lateness_seconds_count"] == 0


def test_runs_are_told_by_state_and_queues_by_what_waits_and_for_how_long() -> None:
    make_run(queue="quick")
    make_run(queue="quick")
    make_run(queue="long", state="running")
    JobRun.objects.filter(queue="quick").update(created_at=timezone.now() - timedelta(minutes=5))

    figures = told()
    assert figures['scheduling_runs{state="queued"}'] == 2
    assert figures['scheduling_runs{state="running"}'] == 1
    assert figures['scheduling_runs{state="waiting"}'] == 0
    assert figures['scheduling_queued{queue="quick"}'] == 2
    assert figures['scheduling_queued{queue="long"}'] == 0
    assert 300 <= figures['scheduling_oldest_queued_seconds{queue="quick"}'] < 400


def test_messages_are_counted_in_the_broker_whatever_their_priority() -> None:
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        broker.delete("errands", "errands\x06\x163")
        broker.rpush("errands", "a", "b")
        broker.rpush("errands\x06\x163", "c")
        assert messages_in(["errands", "none"]) == {"errands": 3, "none": 0}
        broker.delete("errands", "errands\x06\x163")


def test_a_broker_that_is_away_leaves_its_figure_out_and_the_others_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.current_app.conf.broker_read_url", "redis://127.0.0.1:1/0")
    figures = told()
    assert not any(series.startswith("scheduling_queue_messages") for series in figures)
    assert figures['scheduling_runs{state="queued"}'] == 0


def test_who_lives_and_what_is_wrong_is_counted() -> None:
    now = timezone.now()
    # Beats, for the worker that tests of this folder share shows its own life all the time.
    Presence.objects.create(name="a", kind="beat", since=now, seen_at=now)
    Presence.objects.create(name="b", kind="beat", since=now, seen_at=now - timedelta(minutes=1))
    Trouble.objects.create(key="failed:daily", kind="failed", expected="", seen="", page="/", began_at=now)
    Trouble.objects.create(key="failed:old", kind="failed", expected="", seen="", page="/", began_at=now, ended_at=now)

    figures = told()
    assert figures['scheduling_alive{kind="beat"}'] == 1
    assert 'scheduling_alive{kind="worker"}' in figures
    assert figures['scheduling_troubles{kind="failed"}'] == 1
