"""Runs of what no worker does: a command that somebody gives, recorded when it has ended.

A worker's run is a row before it starts, so that it is found again when it is lost. A command is
seen by whoever gave it, and nobody starts it again for them: its row comes with its end, best in the
transaction of what it did.
"""

from datetime import datetime

from django.db import connection
from django.db.models.functions import Now

from adaptapedia.scheduling.attempts import ERROR_LIMIT, storable
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.terms import Counts
from adaptapedia.scheduling.wording import plain


def reserve_run_id() -> int:
    """The id of a run that is to be recorded, to put things down to before that. Unused ids do no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('scheduling_jobrun', 'id'))")
        (run_id,) = cursor.fetchone()
        return int(run_id)


def record_run(
    run_id: int, name: str, *, by: str, began: datetime, counts: Counts | None = None, error: str = ""
) -> JobRun:
    """Write what a command has done under a reserved id: it succeeded with counts, or failed with an error."""
    return JobRun.objects.create(
        pk=run_id,
        schedule_name=name,
        task=name,
        queue="",
        arguments={"args": [], "kwargs": {}, "by": by},
        trigger=JobRun.Trigger.MANUAL,
        state=JobRun.State.FAILED if error else JobRun.State.SUCCEEDED,
        started_at=began,
        finished_at=Now(),
        counts=None if counts is None else storable(counts),
        error=plain(error)[:ERROR_LIMIT],
    )
