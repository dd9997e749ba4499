"""Every day: what TMDb says has changed since the last time, of what the catalogue has."""

from datetime import timedelta

from django.utils import timezone

from adaptapedia.catalogue.freshness import TMDB_CHANGES, keep_reading, last_reading
from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.ingest.metadata.changes import refresh_changed
from adaptapedia.ingest.metadata.opening import tmdb, tmdb_extent
from adaptapedia.scheduling.jobs import HOUR, Counts, Run, Skip, job

AT_FIRST = timedelta(days=14)
"""So far back the feed is read the first time."""


@job(
    "daily-tmdb-changes",
    task="read_tmdb_changes",
    cron="0 6 * * *",
    queue="long",
    retries=3,
    retry_after=HOUR,
    expires=6 * HOUR,
    soft_limit=6 * HOUR,
    hard_limit=6.5 * HOUR,
    watched=("processed", "gone"),
)
def read_tmdb_changes(run: Run) -> Counts:
    """Screen metadata that TMDb says has changed since the last time."""
    began = timezone.now()
    with tmdb() as (loop, client):
        if not ScreenMetadata.objects.exists():
            raise Skip("There is no metadata yet that could have changed.")
        since = last_reading(TMDB_CHANGES) or began - AT_FIRST
        counts = refresh_changed(client, run, loop, extent=tmdb_extent(), since=since.date(), until=began.date())
    if counts["left"]:
        run.suspect(
            f"{counts['left']:,} titles that changed are still to be read: the next run reads these days again."
        )
    else:
        keep_reading(TMDB_CHANGES, at=began)
    return counts
