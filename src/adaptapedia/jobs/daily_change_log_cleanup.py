"""Every day: what runs changed over 180 days ago is forgotten; those runs can no longer be taken back.

So are states of what nobody has asked for in a year.
"""

from django.utils import timezone

from adaptapedia.ingest.changes import KEPT_FOR, delete_old_changes
from adaptapedia.ingest.metadata.refresh import forget_refreshes, forget_states
from adaptapedia.scheduling.jobs import DAY, HOUR, MINUTE, Counts, Run, job

STATES_KEPT_FOR = 365 * DAY
"""Everything that is there is asked for far more often."""


@job(
    "daily-change-log-cleanup",
    task="cleanup_change_log",
    cron="30 4 * * *",
    queue="quick",
    expires=HOUR,
    soft_limit=30 * MINUTE,
    hard_limit=35 * MINUTE,
)
def cleanup_change_log(run: Run) -> Counts:
    """Removes what is known of changes that runs made over 180 days ago, and states of what nobody asks for."""
    deleted = 0
    for batch in delete_old_changes(before=timezone.now() - KEPT_FOR):
        deleted += batch
        run.progress(deleted, step="changes forgotten")
    states = 0
    for batch in forget_states(before=timezone.now() - STATES_KEPT_FOR):
        states += batch
        run.progress(deleted + states, step="states forgotten")
    return {"deleted": deleted, "states": states, "refreshes": forget_refreshes(before=timezone.now() - KEPT_FOR)}
