"""When each upstream was last read, as far as this side of the house can know."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.dateparse import parse_datetime
from redis.exceptions import RedisError

LAST_WIKIDATA_READING = "last_wikidata_ingestion"
"""Kept by the job `daily-wikidata-ingestion` for a day: {"timestamp": ISO 8601, "stats": {…}}."""


@dataclass(frozen=True, slots=True)
class Reading:
    """When an upstream was last read whole. `known` is False when that could not be asked: the cache was away."""

    at: datetime | None
    known: bool = True


def last_wikidata_reading() -> Reading:
    """The last reading within a day. None with `known`: there was none in that time."""
    try:
        kept = cache.get(LAST_WIKIDATA_READING)
    except RedisError:
        return Reading(None, known=False)
    stamp = kept.get("timestamp") if isinstance(kept, dict) else None
    return Reading(stamp if isinstance(stamp, datetime) else parse_datetime(str(stamp)) if stamp else None)
