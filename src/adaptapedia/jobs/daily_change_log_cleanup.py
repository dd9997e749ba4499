"""Every day: what runs changed over 180 days ago is forgotten; those runs can no longer be taken back."""

from django.utils import timezone

from adaptapedia.ingest.changes import KEPT_FOR, delete_old_changes
from adaptapedia.scheduling.jobs import HOUR, MINUTE, Counts, Run, job


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
    """Removes what is known of changes that runs made over 180 days ago."""
    deleted = 0
    for batch in delete_old_changes(before=timezone.now() - KEPT_FOR):
        deleted += batch
        run.progress(deleted, step="changes forgotten")
    return {"deleted": deleted}
