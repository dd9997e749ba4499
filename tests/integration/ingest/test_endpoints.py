"""Several endpoints in order, and the last good snapshot when none of them answers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings

from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.ingest.endpoints import Ingested, ingest_wikidata
from adaptapedia.ingest.models import Sweep
from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.sources.errors import Rejected, SourceError, Unavailable
from adaptapedia.sources.wikidata.client import WikidataClient
from tests.integration.ingest.test_merging import row_versions
from tests.integration.ingest.test_sweep import (  # noqa: F401 - a fixture, used by its name
    ARRAKIS,
    Watched,
    fresh_budget,
    reader,
)
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
ITEMS, CLASSES = "VALUES ?item", "P279"


@pytest.fixture
def first(serve_wikidata: Serve) -> FaultProxy:
    return serve_wikidata(ARRAKIS)


@pytest.fixture
def second(first: FaultProxy) -> Iterator[FaultProxy]:
    """Another address with the same graph behind it."""
    with FaultProxy(first.target) as proxy:
        yield proxy


def ingest(*upstreams: FaultProxy, run: Watched | None = None) -> Ingested:
    proxies = {upstream.url: upstream for upstream in upstreams}

    def open_reader(endpoint: str) -> AbstractContextManager[WikidataClient]:
        return reader(proxies[endpoint], budget_of=uuid4().hex)

    return ingest_wikidata([*proxies], open_reader, run or Watched())


def test_the_first_endpoint_is_read_and_named_on_the_run(first: FaultProxy, second: FaultProxy) -> None:
    ingested = ingest(first, second)
    assert (ingested.counts["read_from"], ingested.doubt, second.requests) == (first.url, "", [])
    assert "failed_endpoints" not in ingested.counts


@pytest.mark.parametrize("fault", ["down", "403-html", "429-3600", "200-html"])
def test_an_endpoint_that_refuses_before_anything_was_read_is_left_for_the_next_at_once(
    first: FaultProxy, second: FaultProxy, fault: str
) -> None:
    if fault == "down":
        first.down()
    else:
        first.always(fault)
    counts = ingest(first, second).counts
    assert (counts["read_from"], [*counts["failed_endpoints"]]) == (second.url, [first.url])
    assert Adaptation.objects.count() == 1
    assert Sweep.objects.get().endpoint == second.url


def test_a_failure_in_the_middle_ends_the_attempt_and_the_next_goes_on_there(
    first: FaultProxy, second: FaultProxy
) -> None:
    first.when(ITEMS, "500-broken")
    run = Watched()
    with pytest.raises(Unavailable):
        ingest(first, second, run=run)
    assert second.requests == []
    first.clear()
    asked = len(first.requests)
    assert ingest(first, second, run=run).counts["read_from"] == first.url
    assert all(ITEMS in request.query for request in first.requests[asked:]), "what was read is not read again"


def test_an_attempt_goes_on_at_the_second_endpoint_when_it_was_begun_there(
    first: FaultProxy, second: FaultProxy
) -> None:
    first.down()
    second.when(ITEMS, "500-broken")
    with pytest.raises(Unavailable):
        ingest(first, second)
    first.up()
    second.clear()
    assert ingest(first, second).counts["read_from"] == second.url


def test_the_last_attempt_turns_to_the_next_endpoint_even_in_the_middle(first: FaultProxy, second: FaultProxy) -> None:
    first.when(ITEMS, "500-broken")
    counts = ingest(first, second, run=Watched(last_attempt=True)).counts
    assert (counts["read_from"], [*counts["failed_endpoints"]]) == (second.url, [first.url])
    assert any(CLASSES in request.query for request in second.requests)


def test_when_all_fail_on_the_last_attempt_the_last_good_snapshot_is_written_again(
    first: FaultProxy, second: FaultProxy
) -> None:
    ingest(first, second)
    before = row_versions()
    snapshot = Sweep.objects.values().get()
    first.down()
    second.down()
    with pytest.raises(SourceError):
        ingest(first, second)
    ingested = ingest(first, second, run=Watched(last_attempt=True))
    assert ingested.doubt
    assert ingested.counts["read_from"].startswith("the last good snapshot, of 20")
    assert ingested.counts["read_from"].endswith(f" from {first.url}")
    assert [*ingested.counts["failed_endpoints"]] == [first.url, second.url]
    assert ingested.counts["adaptations"]["unchanged"] == 1
    assert row_versions() == before
    assert Sweep.objects.filter(pk=snapshot["id"]).values().get() == snapshot


def test_the_snapshot_brings_back_what_the_catalogue_has_lost(first: FaultProxy) -> None:
    ingest(first)
    ScreenWork.objects.all().delete()
    first.down()
    counts = ingest(first, run=Watched(last_attempt=True)).counts
    assert (counts["screen_works"]["created"], counts["adaptations"]["created"]) == (1, 1)
    assert (Work.objects.count(), ScreenWork.objects.count(), Adaptation.objects.count()) == (1, 1, 1)


def test_without_a_snapshot_the_last_attempt_fails_with_the_error_of_the_first_endpoint(
    first: FaultProxy, second: FaultProxy
) -> None:
    first.down()
    second.always("500-broken")
    with pytest.raises(Unavailable, match=first.url):
        ingest(first, second, run=Watched(last_attempt=True))


def test_a_refusal_that_an_operator_must_mend_is_told_and_not_covered_by_the_snapshot(first: FaultProxy) -> None:
    ingest(first)
    first.always("403-html")
    with pytest.raises(Rejected, match="set CONTACT"):
        ingest(first, run=Watched(last_attempt=True))


def test_a_sweep_begun_at_one_endpoint_a_day_ago_does_not_decide_where_to_read_today(
    first: FaultProxy, second: FaultProxy
) -> None:
    first.down()
    second.when(ITEMS, "500-broken")
    with pytest.raises(Unavailable):
        ingest(first, second)
    first.up()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=21), tick=True):
        assert ingest(first, second).counts["read_from"] == first.url


def test_a_run_that_was_killed_before_it_could_say_so_tells_where_it_had_read(
    first: FaultProxy, second: FaultProxy
) -> None:
    first.down()
    run = Watched()
    ingest(first, second, run=run)
    first.up()
    assert ingest(first, second, run=run).counts["read_from"] == second.url
    assert first.requests == []


def at_address(address: str, run: Watched) -> Ingested:
    """An ingestion from an address that may hold secrets."""

    def open_reader(endpoint: str) -> AbstractContextManager[WikidataClient]:
        budget = Budget(uuid4().hex, settings.BUDGET_URL, limits=Limits(rate=1e3, burst=1e6))
        return WikidataClient(endpoint, user_agent="Test (t@example.org)", budget=budget, sleep=lambda _seconds: None)

    return ingest_wikidata([address], open_reader, run)


def test_no_secret_of_an_endpoint_is_told(first: FaultProxy) -> None:
    ingest(first)
    first.down()
    secret = first.url.replace("http://", "http://ada:secret@") + "?key=secret"
    with pytest.raises(Unavailable) as told:
        at_address(secret, Watched())
    counts = at_address(secret, Watched(last_attempt=True)).counts
    assert [*counts["failed_endpoints"]] == [first.url]
    assert "secret" not in f"{counts} {told.value} {told.value.evidence} {told.value.__cause__!r}"


def test_a_sweep_keeps_no_secret_and_goes_on_when_the_password_is_another(first: FaultProxy) -> None:
    first.when(ITEMS, "500-broken")
    with pytest.raises(Unavailable):
        at_address(first.url.replace("http://", "http://ada:secret@"), Watched())
    assert Sweep.objects.get().endpoint == first.url
    first.clear()
    asked = len(first.requests)
    at_address(first.url.replace("http://", "http://ada:changed@"), Watched())
    assert all(ITEMS in request.query for request in first.requests[asked:]), "what was read is not read again"
