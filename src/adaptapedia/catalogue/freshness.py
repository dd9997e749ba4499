"""When each upstream was last read whole."""

from datetime import datetime

from adaptapedia.catalogue.models import LastReading

WIKIDATA = "wikidata"
TMDB = "tmdb"
TMDB_CHANGES = "tmdb_changes"
OPEN_LIBRARY = "open_library"


def keep_reading(source: str, *, at: datetime) -> None:
    """An upstream was read whole, and what it says is in the catalogue."""
    LastReading.objects.update_or_create(source=source, defaults={"at": at})


def last_wikidata_reading() -> datetime | None:
    """None when it never was."""
    return last_reading(WIKIDATA)


def last_reading(source: str) -> datetime | None:
    """None when it never was."""
    return LastReading.objects.filter(source=source).values_list("at", flat=True).first()


def last_readings() -> dict[str, datetime]:
    """Of every upstream that was read."""
    return dict(LastReading.objects.values_list("source", "at"))
