"""The settings of workers in tests of the ingestion: hearts beat faster, and the loopback has no budget."""

from datetime import timedelta

from adaptapedia.settings import *  # noqa: F403 - the real settings, but for what follows

SCHEDULING_TIMING = {
    "heartbeat": timedelta(seconds=0.5),
    "lost_after": timedelta(seconds=3),
    "resend_after": timedelta(seconds=3),
}
WIKIDATA_LIMITS = {"rate": 1_000.0, "burst": 60_000.0, "holder_dies_after": 4.0}
