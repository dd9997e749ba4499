"""Runs of what no worker does: a command that somebody gives, recorded when it has ended.

A worker's run is a row before it starts, so that it is found again when it is lost. A command is
seen by whoever gave it, and nobody starts it again for them: its row comes with its end, best in the
transaction of what it did.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.db.models.functions import Now

from adaptapedia.scheduling.attempts import storable
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.terms import Counts


def reserve_run_id() -> int:
    """The id of a run that is to be recorded, to put things down to before that. Unused ids do no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('scheduling_jobrun', 'id'))")
        (run_id,) = cursor.fetchone()
        return int(run_id)


def record_run(
    run_id: int, name: str, *, by: str, began: datetime, counts: Counts, about: Mapping[str, str] | None = None
) -> JobRun:
    """Write under a reserved id that a command has succeeded; `about` is what it was given."""
    return JobRun.objects.create(
        pk=run_id,
        schedule_name=name,
        task=name,
        queue="",
        arguments={"args": [], "kwargs": dict(about or {}), "by": by},
        trigger=JobRun.Trigger.MANUAL,
        state=JobRun.State.SUCCEEDED,
        started_at=began,
        finished_at=Now(),
        counts=storable(counts),
    )
