"""Sends the messages of queued runs; what cannot be sent stays queued, and beat sends it later."""

import json
import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from celery import current_app
from django.db import transaction
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import OperationalError

from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.wording import in_a_line

T = TypeVar("T", list[Any], dict[str, Any])

log = logging.getLogger(__name__)

BRIEF_RETRY = {"max_retries": 1, "interval_start": 0}
"""Once more at once, for a connection that the broker's restart left behind."""


def arguments_of(schedule: PeriodicTask) -> dict[str, Any]:
    """What the schedule's row gives its task, as `JobRun.arguments`. Raises ValueError when it is no such JSON."""
    return {"args": given(schedule.args, list), "kwargs": given(schedule.kwargs, dict)}


def given(text: str | None, kind: type[T]) -> T:
    """A list or an object that a row holds as JSON, empty when it holds none. Raises ValueError for anything else."""
    value = json.loads(text) if text else kind()
    if not isinstance(value, kind):
        raise ValueError(f"{text!r} is not a JSON {'list' if kind is list else 'object'}")
    return value


def send_after_commit(run: JobRun) -> None:
    """Send the message of a run whose row, with `sent_at` already set, this transaction commits."""

    def try_to_send() -> None:
        try:
            send([run])
        except OperationalError as error:
            log.warning("The broker is out of reach, run %s waits for it: %s", run.pk, in_a_line(error))

    transaction.on_commit(try_to_send)


def send(runs: Iterable[JobRun]) -> None:
    """Send the messages of runs whose committed rows say that they are sent.

    Raises kombu's OperationalError when the broker is out of reach; what it did not take is then marked unsent.
    """
    waiting = list(runs)
    try:
        while waiting:
            _message(waiting[0])
            waiting.pop(0)
    finally:
        if waiting:
            unsent = [run.pk for run in waiting]
            JobRun.objects.filter(pk__in=unsent, state=JobRun.State.QUEUED).update(sent_at=None)


def _message(run: JobRun) -> None:
    current_app.send_task(
        run.task,
        args=run.arguments.get("args", []),
        kwargs=run.arguments.get("kwargs", {}),
        queue=run.queue,
        headers={"run_id": run.pk, "periodic_task_name": run.schedule_name},
        ignore_result=True,
        retry_policy=BRIEF_RETRY,
    )
