"""Every day: books as Open Library has them."""

from django.utils import timezone

from adaptapedia.catalogue.freshness import OPEN_LIBRARY, keep_reading
from adaptapedia.ingest.metadata.opening import open_library, open_library_extent
from adaptapedia.ingest.metadata.openlibrary import refresh_works
from adaptapedia.scheduling.jobs import HOUR, Counts, Run, job


@job(
    "daily-openlibrary-refresh",
    task="refresh_openlibrary_metadata",
    cron="0 7 * * *",
    queue="long",
    retries=3,
    retry_after=2 * HOUR,
    expires=6 * HOUR,
    soft_limit=4 * HOUR,
    hard_limit=4.5 * HOUR,
    watched=("processed", "gone"),
)
def refresh_openlibrary_metadata(run: Run) -> Counts:
    """Book metadata from Open Library: records that are a week old, then descriptions that are three months old."""
    with open_library() as (loop, client):
        counts = refresh_works(client, run, loop, extent=open_library_extent())
    keep_reading(OPEN_LIBRARY, at=timezone.now())
    return counts
