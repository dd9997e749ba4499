"""Every day: the books and what was made from them, from Wikidata into the catalogue."""

from django.conf import settings
from django.utils import timezone

from adaptapedia.catalogue.freshness import WIKIDATA, keep_reading
from adaptapedia.ingest.endpoints import ingest_wikidata
from adaptapedia.ingest.upstreams import budget_of_endpoint
from adaptapedia.scheduling.jobs import DAY, HOUR, Counts, Run, job
from adaptapedia.sources.wikidata.client import WikidataClient

OUTCOMES = ("created", "updated", "unchanged", "retired")


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
    watched=(
        *(f"read.{kind}" for kind in ("works", "screen_works", "pairs")),
        *(f"{kind}.{outcome}" for kind in ("works", "screen_works", "adaptations") for outcome in OUTCOMES),
        "rejects",
    ),
)
def run_daily_wikidata_ingestion(run: Run, *, whole: bool = False) -> Counts:
    """Book → screen adaptations from Wikidata into the catalogue.

    What has changed is read daily, everything on Sundays, the first time, and when asked to (`whole`).
    """
    ingested = ingest_wikidata(settings.WIKIDATA_SPARQL_ENDPOINTS, _client, run, whole=whole)
    if ingested.doubt:
        run.suspect(ingested.doubt)
    else:
        keep_reading(WIKIDATA, at=timezone.now())
    return ingested.counts


def _client(endpoint: str) -> WikidataClient:
    """A client of one endpoint, with a budget of that endpoint's own: one's open breaker says nothing of another."""
    budget = budget_of_endpoint(endpoint)
    return WikidataClient(endpoint, user_agent=settings.USER_AGENT, budget=budget, **settings.WIKIDATA_WAITS)
