"""Every day: old runs go, with what they logged, troubles that are long over, the dead, and old rejects."""

from django.utils import timezone

from adaptapedia.ingest.rejects import delete_old_rejects
from adaptapedia.scheduling.jobs import HOUR, MINUTE, Counts, Run, job
from adaptapedia.scheduling.retention import delete_old_lines, delete_old_runs, delete_old_troubles, forget_the_dead


@job(
    "daily-run-cleanup",
    task="clean_up_runs",
    cron="45 4 * * *",
    queue="quick",
    expires=HOUR,
    soft_limit=30 * MINUTE,
    hard_limit=35 * MINUTE,
)
def clean_up_runs(run: Run) -> Counts:
    """Removes old runs and what they logged, troubles long over, beats and workers long dead, old rejects."""
    now = timezone.now()
    ways = {
        "runs": delete_old_runs(now=now),
        "lines": delete_old_lines(now=now),
        "troubles": delete_old_troubles(now=now),
        "dead": forget_the_dead(),
        "rejects": delete_old_rejects(now=now),
    }
    counts = dict.fromkeys(ways, 0)
    for what, batches in ways.items():
        for batch in batches:
            counts[what] += batch
            run.progress(sum(counts.values()), step=f"{what} deleted")
    return counts
