"""Every week: JWT tokens that have long expired go."""

from django.utils import timezone

from adaptapedia.accounts.actions import delete_expired_tokens
from adaptapedia.scheduling.jobs import DAY, HOUR, MINUTE, Counts, Run, job

KEPT_FOR = 30 * DAY


@job(
    "weekly-jwt-cleanup",
    task="cleanup_expired_jwt_tokens",
    cron="0 5 * * 1",
    queue="quick",
    expires=HOUR,
    soft_limit=30 * MINUTE,
    hard_limit=35 * MINUTE,
)
def cleanup_expired_jwt_tokens(run: Run) -> Counts:
    """Removes JWT tokens that expired over 30 days ago."""
    deleted = 0
    for batch in delete_expired_tokens(before=timezone.now() - KEPT_FOR):
        deleted += batch
        run.progress(deleted, step="tokens deleted")
    return {"deleted": deleted}
