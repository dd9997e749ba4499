import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from adaptapedia.jobs.hourly_health_check import LegFailed, way_here, write_and_read_row
from adaptapedia.scheduling import dispatch
from adaptapedia.scheduling.jobs import registry
from adaptapedia.scheduling.models import JobRun
from adaptapedia.settings import CONFIG
from tests.far_ends import listening
from tests.integration.jobs.conftest import ended

LEGS = ["beat", "broker", "worker", "database", "cache"]
State = JobRun.State
CHECK = registry["hourly-health-check"].run


def make_run() -> JobRun:
    return JobRun.objects.create(schedule_name="x", task="health_check", queue="quick", trigger="manual")


def database_address() -> str:
    name = connection.settings_dict["NAME"]
    return urlsplit(CONFIG.database_address)._replace(path=f"/{name}").geturl()


def send_tick(*, due_ago: timedelta) -> JobRun:
    """What beat does with a tick of the health check."""
    schedule = PeriodicTask.objects.create(
        name="hourly-health-check", task="health_check", crontab=CrontabSchedule.objects.create(minute="0")
    )
    now = timezone.now()
    run = JobRun.objects.create(
        schedule=schedule,
        schedule_name=schedule.name,
        task=schedule.task,
        queue="quick",
        trigger=JobRun.Trigger.TICK,
        due_at=now - due_ago,
        expires_at=now + timedelta(minutes=5),
        sent_at=now,
    )
    dispatch.send([dispatch.Message.of(run)])
    return run


@contextmanager
def no_writes_to_cache() -> Iterator[None]:
    """A Valkey that is full: it answers every write with an error."""
    with redis.Redis.from_url(CONFIG.redis("cache")) as client:
        before = client.config_get("maxmemory")["maxmemory"]
        client.config_set("maxmemory", 1)
        try:
            yield
        finally:
            client.config_set("maxmemory", before)


@pytest.mark.usefixtures("worker")
def test_a_tick_is_timed_on_every_leg_of_its_way() -> None:
    run = ended(send_tick(due_ago=timedelta(seconds=2)))

    assert run.state == State.SUCCEEDED, run.traceback
    assert run.counts["status"] == "ok"
    legs = run.counts["legs"]
    assert set(legs) == set(LEGS)
    assert 2_000 <= legs["beat"] < 3_000
    assert all(0 <= legs[leg] < 10_000 for leg in LEGS[1:])
    assert legs["database"] > 0
    assert legs["cache"] > 0


def test_a_check_by_hand_did_not_come_from_beat(run_job: Callable[[str], JobRun]) -> None:
    legs = run_job("hourly-health-check").counts["legs"]

    assert legs["beat"] is None
    assert all(legs[leg] is not None for leg in LEGS[1:])


def test_a_check_leaves_nothing_behind_in_the_cache(run_job: Callable[[str], JobRun]) -> None:
    run_job("hourly-health-check")

    with redis.Redis.from_url(CONFIG.redis("cache")) as client:
        assert list(client.scan_iter("*health_check*")) == []


def test_a_cache_that_takes_no_writes_fails_the_check_by_name(transactional_db: None) -> None:
    run = make_run()

    with no_writes_to_cache(), pytest.raises(LegFailed, match=r"^cache: .*maxmemory") as failed:
        CHECK(run)

    assert failed.value.leg == "cache"


def test_a_database_that_breaks_off_fails_the_check_by_name(transactional_db: None) -> None:
    run = make_run()
    with psycopg.connect(database_address(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    with pytest.raises(LegFailed, match=r"^database: ") as failed:
        CHECK(run)

    connection.close()
    assert failed.value.leg == "database"


def test_a_database_that_hangs_fails_the_check_by_name_within_its_limit(transactional_db: None) -> None:
    """The soft limit, which Celery raises in the middle of whatever hangs."""
    run = make_run()

    def limit_reached(*_: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGALRM, limit_reached)
    try:
        with psycopg.connect(database_address()) as other:
            other.execute("SELECT 1 FROM scheduling_jobrun FOR UPDATE")
            signal.setitimer(signal.ITIMER_REAL, 2)
            with pytest.raises(LegFailed, match=r"^database: no answer within 60 s"):
                CHECK(run)
    finally:
        signal.signal(signal.SIGALRM, before)
        connection.close()


def test_a_row_that_is_gone_fails_the_check_by_name(transactional_db: None) -> None:
    with pytest.raises(LegFailed, match="database: what was written did not come back"):
        write_and_read_row(0)


def test_clocks_that_disagree_never_make_a_leg_shorter_than_nothing() -> None:
    now = timezone.now()
    row = JobRun(trigger="tick", due_at=now, sent_at=now, started_at=now - timedelta(seconds=1), heartbeat_at=now)

    assert way_here(row) == {"beat": 0.0, "broker": 0.0, "worker": 1_000.0}


@dataclass
class Going:
    """As much of its run as the job asks for."""

    id: int


@pytest.mark.django_db
def test_a_good_check_calls_the_heartbeat_once_and_a_cut_one_does_not(settings: Any) -> None:
    with listening() as far_end:
        settings.HEARTBEAT_URL = f"{far_end.address}/token"
        assert CHECK(Going(make_run().pk))["status"] == "ok"
        with pytest.raises(LegFailed):
            CHECK(Going(-1))
        assert [(method, path) for method, path, _ in far_end.calls] == [("GET", "/token")]


@pytest.mark.django_db
def test_a_heartbeat_that_is_not_taken_is_called_again_and_the_check_is_good_all_the_same(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with listening() as far_end:
        settings.HEARTBEAT_URL = f"{far_end.address}/token"
        far_end.plan = [503, 503]
        assert CHECK(Going(make_run().pk))["status"] == "ok"
        assert len(far_end.calls) == 2
    assert "answered 503" in caplog.text
    assert "/token" not in caplog.text
