"""Sends the messages of queued runs; what cannot be sent stays queued, and beat sends it later."""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from celery import current_app, uuid
from django.db import transaction
from kombu.exceptions import BatchPublishError, OperationalError
from redis.exceptions import RedisError

from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.terms import spec_of_task
from adaptapedia.scheduling.wording import in_a_line

log = logging.getLogger(__name__)

BRIEF_RETRY = {"max_retries": 1, "interval_start": 0}
"""Once more at once, for a connection that the broker's restart left behind."""
RUN_PLAIN = "scheduling.run"
"""The task that runs what is no job (`jobs.py`)."""
AT_ONCE = 500
"""Messages that go out in one round trip."""


_away = threading.Event()
"""Set while the broker is known to be out of reach."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent for a run: its number, and what Celery needs to bring that to a worker."""

    run_id: int
    task: str
    queue: str
    schedule_name: str
    arguments: Mapping[str, Any]
    options: Mapping[str, Any]

    @classmethod
    def of(cls, run: JobRun) -> Self:
        return cls(run.pk, run.task, run.queue, run.schedule_name, run.arguments, run.options)


def send_after_commit(run: JobRun) -> None:
    """Send the message of a run whose row, with `sent_at` already set, this transaction commits."""

    def try_to_send() -> None:
        if send([Message.of(run)]):
            return
        JobRun.objects.filter(pk=run.pk, state=JobRun.State.QUEUED).update(sent_at=None)

    transaction.on_commit(try_to_send)


def send(messages: Iterable[Message]) -> list[Message]:
    """Send messages of runs whose rows are committed, many at once; those that the broker has taken for sure.

    What it may not have taken stays queued; the log says so once, until the broker is back. A message sent twice
    does no harm.
    """
    waiting, sent = list(messages), []
    try:
        while waiting:
            part = waiting[:AT_ONCE]
            _send_at_once(part)
            sent += part
            del waiting[:AT_ONCE]
            if _away.is_set():
                _away.clear()
                log.warning("The broker is within reach again")
    except (OperationalError, RedisError, OSError) as error:
        if not _away.is_set():
            _away.set()
            log.warning("The broker is out of reach, %d runs wait for it: %s", len(waiting), in_a_line(error))
    return sent


def _send_at_once(messages: list[Message]) -> None:
    """Raises what the broker raised, also where kombu wraps that as an uncertain batch."""
    with current_app.producer_pool.acquire(block=True, timeout=10) as producer:
        if len(messages) == 1:
            _message(messages[0], producer=producer)
            return
        try:
            _send_batch(messages, producer)
        except BatchPublishError as uncertain:
            raise (uncertain.__cause__ or uncertain) from None


def _send_batch(messages: list[Message], producer: Any) -> None:
    known: set[str] = set()
    with producer.batch(max_size=AT_ONCE):
        for message in messages:
            _message(message, producer=producer, declare=() if message.queue in known else None)
            known.add(message.queue)


def _message(message: Message, *, producer: Any, declare: tuple[()] | None = None) -> None:
    """Send one; `declare` is empty where its queue is known to be there, as for all but the first of a batch.

    By the two steps of Celery's `send_task`, which takes twice as long, for what is settled here already: where the
    message goes, and that nobody waits for a result.
    """
    options, amqp = dict(message.options), current_app.amqp
    name = message.task if spec_of_task(message.task) else RUN_PLAIN
    named: dict[str, Any] = {key: options[key] for key in ("exchange", "routing_key", "priority") if key in options}
    made = amqp.create_task_message(
        uuid(),
        name,
        message.arguments.get("args", []),
        message.arguments.get("kwargs", {}),
        reply_to=current_app.thread_oid,
        time_limit=options.get("hard_limit"),
        soft_time_limit=options.get("soft_limit"),
        create_sent_event=current_app.conf.task_send_sent_event,
        ignore_result=True,
    )
    headers = {"run_id": message.run_id, "periodic_task_name": message.schedule_name}
    amqp.send_task_message(
        producer,
        name,
        made,
        queue=message.queue,
        **named,
        headers={**options.get("headers", {}), **headers},
        retry_policy=BRIEF_RETRY,
        declare=declare,
    )
