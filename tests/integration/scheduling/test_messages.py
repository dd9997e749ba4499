"""Messages of runs: what is in them, where they go, and those that the broker refused or lost."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import current_app
from django_celery_beat.models import PeriodicTask
from kombu import Connection
from kombu.connection import ConnectionPool
from kombu.exceptions import OperationalError
from kombu.pools import ProducerPool

from adaptapedia.scheduling import dispatch
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.dispatch import Message
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.settings import CONFIG
from tests.integration.scheduling.beats import Beats
from tests.integration.scheduling.world import make_run, make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]
State = JobRun.State


def test_a_message_that_the_broker_does_not_take_is_sent_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch, beat: Beats, caplog: Any
) -> None:
    def refuse(messages: Any) -> None:
        raise OperationalError("connection refused")

    miss(make_schedule("sample-count"), hours=1)
    engine = beat()
    monkeypatch.setattr(dispatch, "_send_at_once", refuse)
    monkeypatch.setattr(dispatch, "_away", threading.Event())  # it is said once
    engine.go_round()
    run = JobRun.objects.get()
    assert (run.state, run.sent_at) == (State.QUEUED, None)
    assert "The broker is out of reach, 1 runs wait for it" in caplog.text
    ids: list[int] = []
    monkeypatch.setattr(dispatch, "_send_at_once", lambda messages: ids.extend(it.run_id for it in messages))
    engine._tended_at = 0
    engine.go_round()
    assert ids == [run.pk]


def test_messages_that_a_broker_takes_no_longer_wait_until_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    for _ in range(2):
        make_run(queue="stalled")
    messages = [Message.of(run) for run in JobRun.objects.all()]
    address = CONFIG.celery_redis("broker")
    with (
        redis.Redis.from_url(CONFIG.redis("broker")) as broker,
        Connection(address, transport_options={"socket_timeout": 3}) as connection,
    ):
        monkeypatch.setattr(current_app.amqp, "_producer_pool", ProducerPool(ConnectionPool(connection, 1), limit=1))
        assert dispatch.send(messages) == messages
        broker.client_pause(60_000, all=False)
        try:
            assert dispatch.send(messages) == []
        finally:
            broker.client_unpause()
        assert "The broker is out of reach, 2 runs wait for it: TimeoutError" in caplog.text
        assert dispatch.send(messages) == messages
        broker.delete("stalled")


def test_a_message_lost_in_the_broker_is_sent_again(settings: Any, beat: Beats) -> None:
    settings.SCHEDULING_TIMING = {"resend_after": timedelta(seconds=3)}
    make_schedule("sample-count", queue="lossy")
    engine = beat()
    request_run("sample-count")
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        assert broker.llen("lossy") == 1
        engine.go_round()
        assert broker.llen("lossy") == 1
        broker.delete("lossy")
        time.sleep(3.1)
        for _ in range(2):
            engine._tended_at = 0
            engine.go_round()
        assert broker.llen("lossy") == 1
        broker.delete("lossy")


def test_what_a_row_says_of_its_message_is_in_it(beat: Beats) -> None:
    miss(
        make_schedule("sample-count", queue="nobody-listens", headers='{"trace": "abc"}', priority=3, args=[1]),
        hours=1,
    )
    ScheduleCompanion.objects.update(soft_limit=timedelta(seconds=7), hard_limit=timedelta(seconds=9))
    beat().go_round()
    run = JobRun.objects.get()
    assert run.options == {"headers": {"trace": "abc"}, "priority": 3, "soft_limit": 7.0, "hard_limit": 9.0}
    with current_app.connection() as broker, broker.SimpleQueue("nobody-listens") as queue:
        message = queue.get(timeout=5)
        message.ack()
    assert message.headers["run_id"] == run.pk
    assert message.headers["trace"] == "abc"
    assert message.headers["timelimit"] == [9.0, 7.0]
    assert message.properties["priority"] == 3


def test_many_messages_at_once_reach_each_its_queue_also_where_an_exchange_is_named_without_a_key(beat: Beats) -> None:
    for number in range(4):
        miss(make_schedule(f"plain-{number}", task="sample_count", queue=f"nobody-listens-{number % 2}"), hours=1)
    PeriodicTask.objects.filter(name__in=["plain-0", "plain-1"]).update(exchange="elsewhere")
    beat().go_round()
    with redis.Redis.from_url(CONFIG.redis("broker")) as broker:
        assert [broker.llen(f"nobody-listens-{number}") for number in range(2)] == [2, 2]
        broker.delete("nobody-listens-0", "nobody-listens-1")


def test_a_task_that_is_no_job_gets_a_run_as_well(beat: Beats) -> None:
    miss(make_schedule("cleanup", task="celery.backend_cleanup", queue="nobody-listens"), hours=1)
    engine = beat()
    engine.go_round()
    engine.go_round()
    with current_app.connection() as broker, broker.SimpleQueue("nobody-listens") as queue:
        message = queue.get(timeout=5)
        message.ack()
    run = JobRun.objects.get()
    assert (message.headers["task"], message.headers["run_id"]) == (dispatch.RUN_PLAIN, run.pk)
    assert PeriodicTask.objects.get().total_run_count == 1
