"""When each upstream was last read whole."""

from datetime import datetime

from adaptapedia.catalogue.models import LastReading

WIKIDATA = "wikidata"


def keep_reading(source: str, *, at: datetime) -> None:
    """An upstream was read whole, and what it says is in the catalogue."""
    LastReading.objects.update_or_create(source=source, defaults={"at": at})


def last_wikidata_reading() -> datetime | None:
    """None when it never was."""
    return LastReading.objects.filter(source=WIKIDATA).values_list("at", flat=True).first()
