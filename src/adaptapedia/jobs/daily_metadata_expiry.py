"""Every day: what TMDb has not confirmed for six months goes, as its terms demand."""

from django.utils import timezone

from adaptapedia.ingest.metadata.expiry import KEPT_FOR, empty_candidates, expire_titles, remove_orphans
from adaptapedia.scheduling.jobs import HOUR, MINUTE, Counts, Run, job

NAMED = 1_000
"""Titles that a run's counts name; the log names all."""


@job(
    "daily-metadata-expiry",
    task="expire_metadata",
    cron="30 5 * * *",
    queue="quick",
    expires=6 * HOUR,
    soft_limit=30 * MINUTE,
    hard_limit=35 * MINUTE,
)
def expire_metadata(run: Run) -> Counts:
    """Removes what TMDb has not confirmed for 183 days: metadata, their credits and people, words of candidates."""
    titles: list[str] = []
    credits = people = expired = matches = 0
    before = timezone.now() - KEPT_FOR
    for gone in expire_titles(before=before):
        expired, credits = expired + len(gone.titles), credits + gone.credits
        titles += gone.titles[: NAMED - len(titles)]
        run.progress(expired, step="titles removed")
    for gone in remove_orphans():
        people += gone.people
        run.progress(people, step="people removed")
    for gone in empty_candidates(before=before):
        matches += gone.matches
        run.progress(matches, step="candidates emptied")
    return {"expired": expired, "credits": credits, "people": people, "matches": matches, "titles": titles}
