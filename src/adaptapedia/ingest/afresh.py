"""Titles whose next answer is merged whatever it says: what it must fill has been emptied by somebody else."""

from collections.abc import Collection, Set

from adaptapedia.catalogue.actions import after_unlock
from adaptapedia.catalogue.models import Entry, ScreenWork
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import array


def read_titles_afresh(screen_works: Collection[int]) -> None:
    """Send no ETag when these are next asked for, and let no digest stand in the way. In the caller's transaction."""
    if screen_works:
        execute(statement("titles_afresh"), {"keys": array(screen_works)})


@after_unlock
def _fill_credits_again(entry: Entry, fields: Set[str]) -> None:
    """TMDb's credits were passed over while a person held them."""
    if isinstance(entry, ScreenWork) and "credits" in fields:
        read_titles_afresh([entry.pk])
