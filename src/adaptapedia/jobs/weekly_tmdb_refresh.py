"""Every week: screen metadata from TMDb, once there is a source for it."""

from adaptapedia.scheduling.jobs import DAY, HOUR, Counts, Run, Skip, job


@job(
    "weekly-tmdb-refresh",
    task="refresh_tmdb_metadata",
    cron="0 3 * * 0",
    queue="long",
    retries=3,
    retry_after=2 * HOUR,
    expires=2 * HOUR,
    soft_limit=6 * HOUR,
    hard_limit=6.5 * HOUR,
    remember_as="last_tmdb_refresh",
    remember_for=7 * DAY,
)
def refresh_tmdb_metadata(run: Run) -> Counts:
    """Screen metadata from TMDb."""
    raise Skip("no TMDb source yet")
