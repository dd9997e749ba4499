"""Sends the messages of queued runs; what cannot be sent stays queued, and beat sends it later."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from celery import current_app
from django.db import transaction
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import OperationalError

from adaptapedia.scheduling.models import JobRun

log = logging.getLogger(__name__)

BRIEF_RETRY = {"max_retries": 1, "interval_start": 0}
"""Once more at once, for a connection that the broker's restart left behind."""


def arguments_of(schedule: PeriodicTask) -> dict[str, Any]:
    """What the schedule's row gives its task, as `JobRun.arguments`. Raises ValueError when it is no JSON."""
    return {"args": json.loads(schedule.args or "[]"), "kwargs": json.loads(schedule.kwargs or "{}")}


def send_after_commit(runs: Iterable[JobRun]) -> None:
    """Send the messages of runs whose rows, with `sent_at` already set, this transaction commits."""
    told = list(runs)
    transaction.on_commit(lambda: _send(told))


def _send(runs: list[JobRun]) -> None:
    for index, run in enumerate(runs):
        try:
            _message(run)
        except OperationalError as error:
            unsent = [run.pk for run in runs[index:]]
            log.warning("The broker is out of reach, %d queued runs wait for it: %s", len(unsent), error)
            JobRun.objects.filter(pk__in=unsent, state=JobRun.State.QUEUED).update(sent_at=None)
            return


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
