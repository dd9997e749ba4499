"""Every week: films and series as TMDb has them, those that lack something first."""

from django.utils import timezone

from adaptapedia.catalogue.freshness import TMDB, keep_reading
from adaptapedia.ingest.metadata.opening import tmdb, tmdb_extent
from adaptapedia.ingest.metadata.tmdb import refresh_titles
from adaptapedia.scheduling.jobs import DAY, HOUR, Counts, Run, job


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
    watched=("processed", "unmatched", "gone"),
)
def refresh_tmdb_metadata(run: Run) -> Counts:
    """Screen metadata from TMDb: what has an id and no metadata, what has no id, then the stalest."""
    with tmdb() as (loop, client):
        counts = refresh_titles(client, run, loop, extent=tmdb_extent())
    keep_reading(TMDB, at=timezone.now())
    return counts
