"""Every day: what TMDb has not confirmed for six months goes, as its terms demand."""

from django.utils import timezone

from adaptapedia.ingest.limits import stop_where_too_much_expires
from adaptapedia.ingest.metadata.expiry import (
    KEPT_FOR,
    count_expired,
    empty_candidates,
    expire_titles,
    remove_orphans,
)
from adaptapedia.ingest.vanished import KEEP
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
    watched=("expired", "credits", "people"),
)
def expire_metadata(run: Run) -> Counts:
    """Removes what TMDb has not confirmed for 183 days: metadata, their credits and people, words of candidates.

    Asks before it removes far more titles than usual.
    """
    before = timezone.now() - KEPT_FOR
    due = count_expired(before=before)
    stop_where_too_much_expires(due, run)
    kept = due if run.answer == KEEP else 0
    titles: list[str] = []
    credits = people = expired = matches = 0
    for gone in () if kept else expire_titles(before=before):
        expired, credits = expired + len(gone.titles), credits + gone.credits
        titles += gone.titles[: NAMED - len(titles)]
        run.progress(expired, step="titles removed")
    for gone in remove_orphans():
        people += gone.people
        run.progress(people, step="people removed")
    for gone in empty_candidates(before=before):
        matches += gone.matches
        run.progress(matches, step="candidates emptied")
    told = {"expired": expired, "credits": credits, "people": people, "matches": matches}
    return {**told, "kept": kept, "titles": titles}
