"""Every day: Celery's own clean-up of results, for a backend that does not let them expire by itself."""

from adaptapedia.scheduling.jobs import HOUR, MINUTE, schedule_task

schedule_task(
    "daily-result-cleanup",
    task="celery.backend_cleanup",
    cron="15 4 * * *",
    queue="quick",
    expires=HOUR,
    soft_limit=10 * MINUTE,
    hard_limit=11 * MINUTE,
    doc="Removes results of Celery's tasks that have expired.",
)
