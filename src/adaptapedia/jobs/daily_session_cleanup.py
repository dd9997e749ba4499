"""Every day: sessions that have expired go, and with them what their owners saw of them."""

from django.utils import timezone

from adaptapedia.accounts.actions import delete_expired_sessions, delete_notes_of_sessions
from adaptapedia.scheduling.jobs import HOUR, MINUTE, Counts, Run, job


@job(
    "daily-session-cleanup",
    task="cleanup_expired_sessions",
    cron="0 4 * * *",
    queue="quick",
    expires=HOUR,
    soft_limit=30 * MINUTE,
    hard_limit=35 * MINUTE,
)
def cleanup_expired_sessions(run: Run) -> Counts:
    """Removes expired sessions, and the notes of where they were used."""
    deleted = 0
    for batch in delete_expired_sessions(before=timezone.now()):
        deleted += batch
        run.progress(deleted, step="sessions deleted")
    return {"deleted": deleted, "notes": sum(delete_notes_of_sessions())}
