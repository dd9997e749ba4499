"""The settings of workers in tests of the ingestion: hearts beat faster, the loopback is asked at any rate."""

from datetime import timedelta

from adaptapedia.settings import *  # noqa: F403 - the real settings, but for what follows

SCHEDULING_TIMING = {
    "heartbeat": timedelta(seconds=0.5),
    "lost_after": timedelta(seconds=3),
    "resend_after": timedelta(seconds=3),
}
WIKIDATA_LIMITS = {"rate": 1_000.0, "burst": 60_000.0, "holder_dies_after": 4.0}
WIKIDATA_WAITS = {"first_wait": 0.01}
TMDB_LIMITS = OPEN_LIBRARY_LIMITS = {"rate": 1_000.0, "burst": 1_000.0}
TMDB_EXTENT = OPEN_LIBRARY_EXTENT = {"batch": 20}
