"""The settings of workers in tests in which every fault comes: no long pause is sat out.

A silent 429 of TMDb and Open Library is answered with a short one. Wikidata's minute is not waited for in place: the
attempt ends, and the test lets the minute pass.
"""

from adaptapedia.sources.fetching import Patience
from tests.ingestion_settings import *  # noqa: F403 - those settings, but for what follows
from tests.ingestion_settings import WIKIDATA_LIMITS as LIMITS

WIKIDATA_LIMITS = {**LIMITS, "longest_pause": 1.5}
TMDB_WAITS = OPEN_LIBRARY_WAITS = {"patience": Patience(first_wait=0.05, shortest_pause=0.05, unstated_pause=0.2)}
