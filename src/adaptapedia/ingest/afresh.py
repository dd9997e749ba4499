"""What is read again whole, though its upstream has not changed it: what it must fill was emptied, or held back."""

from collections.abc import Collection, Set

from adaptapedia.catalogue.actions import Held, after_unlock
from adaptapedia.catalogue.models import ScreenMetadata, ScreenWork, WorkMetadata
from adaptapedia.ingest.metadata.rows import OPEN_LIBRARY
from adaptapedia.ingest.models import SourceState
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import array


def read_titles_afresh(screen_works: Collection[int]) -> None:
    """Send no ETag when these are next asked for, and let no digest stand in the way. In the caller's transaction."""
    if screen_works:
        execute(statement("titles_afresh"), {"keys": array(screen_works)})


@after_unlock
def _read_again(row: Held, fields: Set[str]) -> None:
    """What TMDb and Open Library said was passed over while a person held it, and they have not changed it since."""
    if isinstance(row, ScreenMetadata) or (isinstance(row, ScreenWork) and "credits" in fields):
        read_titles_afresh([row.pk])
    if isinstance(row, WorkMetadata) and "description" in fields:
        SourceState.objects.filter(source=OPEN_LIBRARY, key=f"{row.key}/text").delete()
