"""Every day, before the ingestion: how large the site is."""

from django.utils import timezone

from adaptapedia.catalogue.highlights import keep_highlights
from adaptapedia.catalogue.statistics import count_site, count_spread, keep_figures, keep_spread
from adaptapedia.scheduling.jobs import HOUR, MINUTE, Counts, Run, job


@job(
    "daily-stats-update",
    task="update_site_statistics",
    cron="0 1 * * *",
    queue="quick",
    expires=HOUR,
    soft_limit=10 * MINUTE,
    hard_limit=11 * MINUTE,
)
def update_site_statistics(run: Run) -> Counts:
    """Site statistics: cached for the pages, kept as a daily history; and what is counted over the whole catalogue."""
    now = timezone.now()
    figures = count_site(at=now)
    keep_figures(figures, day=now.date())
    keep_spread(count_spread())
    keep_highlights(year=now.year)
    return figures
