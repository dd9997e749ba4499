"""Every day: the books and what was made from them, from Wikidata into the catalogue."""

from django.conf import settings
from django.utils import timezone

from adaptapedia.catalogue.freshness import WIKIDATA, keep_reading
from adaptapedia.ingest.upstreams import Upstream, budget_of
from adaptapedia.ingest.wikidata import sweep_wikidata
from adaptapedia.scheduling.jobs import DAY, HOUR, Counts, Run, job
from adaptapedia.sources.wikidata.client import WikidataClient


@job(
    "daily-wikidata-ingestion",
    task="run_daily_wikidata_ingestion",
    cron="0 2 * * *",
    queue="long",
    retries=3,
    retry_after=HOUR,
    expires=HOUR,
    soft_limit=6 * HOUR,
    hard_limit=6.5 * HOUR,
    remember_as="last_wikidata_ingestion",
    remember_for=DAY,
)
def run_daily_wikidata_ingestion(run: Run) -> Counts:
    """Book → screen adaptations from Wikidata into the catalogue."""
    endpoint = settings.WIKIDATA_SPARQL_ENDPOINT
    budget = budget_of(Upstream.WIKIDATA)
    waits = settings.WIKIDATA_WAITS
    with WikidataClient(endpoint, user_agent=settings.USER_AGENT, budget=budget, **waits) as wikidata:
        counts = sweep_wikidata(wikidata, run, endpoint=endpoint)
    keep_reading(WIKIDATA, at=timezone.now())
    return counts
