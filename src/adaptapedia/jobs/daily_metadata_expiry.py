"""Every day: what TMDb has not confirmed for six months goes, as its terms demand, and what is not an entry's title."""

from datetime import datetime

from django.utils import timezone

from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.ingest.limits import warn_where_much_is_about_to_expire
from adaptapedia.ingest.metadata.expiry import (
    KEPT_FOR,
    count_expired,
    empty_candidates,
    expire_titles,
    remove_orphans,
)
from adaptapedia.ingest.metadata.removing import untie_all
from adaptapedia.scheduling.jobs import DAY, HOUR, MINUTE, Counts, Run, job

NAMED = 1_000
"""Titles that a run's counts name; the removals (`Removal`) name all."""
NOTICE = 14 * DAY
"""So long before they go people are told, where they are many."""


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
    """Removes what TMDb has not confirmed for 183 days, and what is told of entries by numbers that are not theirs.

    With metadata go their credits and people, and of matches the words of candidates. Nobody is asked: the terms
    allow to keep none of it. Suspicious where much will go soon.
    """
    before = timezone.now() - KEPT_FOR
    titles: list[str] = []
    credits = expired = untied = people = matches = 0
    for gone in expire_titles(before=before, run_id=run.id):
        expired, credits = expired + len(gone.keys), credits + gone.credits
        titles += gone.keys[: NAMED - len(titles)]
        run.progress(expired, step="titles removed")
    for gone in untie_all(run_id=run.id):
        untied, credits = untied + len(gone.keys), credits + gone.credits
        run.progress(untied, step="titles and works that are not the entry's removed")
    for others in remove_orphans(run_id=run.id):
        people += others.people
        run.progress(people, step="people removed")
    for others in empty_candidates(before=before):
        matches += others.matches
        run.progress(matches, step="candidates emptied")
    told = {"expired": expired, "untied": untied, "credits": credits, "people": people, "matches": matches}
    return {**told, "soon": _told_of_soon(before + NOTICE, run), "titles": titles}


def _told_of_soon(before: datetime, run: Run) -> int:
    """How many titles go within the notice, unless they are refreshed; where they are many, people are told."""
    soon = count_expired(before=before)
    warn_where_much_is_about_to_expire(soon, run, of=ScreenMetadata.objects.count(), days=NOTICE.days)
    return soon
