"""The settings of workers in tests in which every fault comes: pauses and open breakers are lived through, but short.

Breakers open after few failures, and whoever was killed is soon taken for dead.
"""

from datetime import timedelta

from adaptapedia.sources.fetching import Patience
from tests.ingestion_settings import *  # noqa: F403 - those settings, but for what follows
from tests.ingestion_settings import SCHEDULING_TIMING as TIMING
from tests.ingestion_settings import TMDB_LIMITS as QUICK
from tests.ingestion_settings import WIKIDATA_LIMITS as LIMITS
from tests.ingestion_settings import WIKIDATA_WAITS as WAITS

SCHEDULING_TIMING = {**TIMING, "lost_after": timedelta(seconds=1.5)}
# What Wikidata asks for is longer than is waited for in place: the attempt ends, and the next one comes after it.
WIKIDATA_LIMITS = {**LIMITS, "holder_dies_after": 2.0, "longest_pause": 0.5, "failures": 3, "open_for": 1.0}
WIKIDATA_WAITS = {**WAITS, "shortest_pause": 0.1, "unstated_pause": 1.0}
TMDB_LIMITS = OPEN_LIBRARY_LIMITS = {**QUICK, "failures": 5, "open_for": 1.0, "holder_dies_after": 2.0}
TMDB_WAITS = OPEN_LIBRARY_WAITS = {"patience": Patience(first_wait=0.05, shortest_pause=0.05, unstated_pause=0.2)}
