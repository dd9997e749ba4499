"""What is tried again and what is not, and what the budget is told."""

import asyncio
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings

from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.sources.errors import NotFound, RateLimited, Rejected, SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.fetching import Fetcher, Patience, pause_of
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.sources.clients import FREE, new_budget, tmdb
from tests.upstreams.hostile import HostileServer, sends, whole
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film

NEVER_IN_TIME = {"slow", "dripping"}
DUNE = TitleRef(TitleKind.MOVIE, 841)
PATIENT = Patience(timeout=10.0, tries=4, first_wait=0.01, shortest_pause=0.01, unstated_pause=0.05)


@pytest.fixture
def lab(tmdb_lab: TmdbLab) -> TmdbLab:
    tmdb_lab.limiter = None
    tmdb_lab.slow_seconds = 3.0
    tmdb_lab.add(film(841, "Dune"))
    return tmdb_lab


def read(lab: TmdbLab, **terms: Any) -> Any:
    async def asked() -> Any:
        async with tmdb(lab.url, **{"key": lab.api_key, "patience": PATIENT, **terms}) as client:
            return await client.title(DUNE)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "fault",
    [
        "500", "502", "503", "504", "429", "429-0", "429-silent", "200-html", "200-cut", "200-chunks-end", "200-empty",
        "200-latin-1", "200-list", "200-null", "200-number", "reset", "nested", "slow", "dripping", "gzip-bomb",
    ],
)  # fmt: skip
def test_a_short_fault_is_tried_again(lab: TmdbLab, fault: str) -> None:
    lab.plan(fault, fault)

    assert read(lab, patience=patience_for(fault)).title.title == "Dune"
    assert [asked.fault for asked in lab.requests] == [fault, fault, None]


@pytest.mark.parametrize(
    ("fault", "kind", "requests"),
    [
        ("500", Unavailable, 4),
        ("200-cut", Truncated, 4),
        ("200-list", Unavailable, 4),
        ("slow", TimedOut, 4),
        ("401", Rejected, 1),
        ("403-html", Rejected, 1),
        ("429-3600", RateLimited, 1),
        ("429-date", RateLimited, 1),
    ],
)
def test_what_lasts_is_the_error_of_the_last_try(
    lab: TmdbLab, fault: str, kind: type[SourceError], requests: int
) -> None:
    lab.always(fault)

    with pytest.raises(kind) as raised:
        read(lab, patience=patience_for(fault))
    assert type(raised.value) is kind
    assert len(lab.requests) == requests


def test_a_pause_that_was_asked_for_is_kept_by_every_worker(lab: TmdbLab) -> None:
    budget = new_budget()
    lab.plan("429")

    async def asked() -> None:
        first, second = (with_budget(lab, budget.name) for _ in range(2))
        async with first, second:
            began = time.monotonic()
            meets_it = asyncio.create_task(first.get("/movie/841", params={"api_key": lab.api_key}))
            while budget.state().paused_until is None:
                await asyncio.sleep(0.01)
            await second.get("/movie/841", params={"api_key": lab.api_key})
            assert time.monotonic() - began > 1
            await meets_it

    asyncio.run(asked())
    refused, *others = lab.requests
    assert refused.status == 429
    assert [asked.status for asked in others] == [200, 200]
    assert min(asked.at for asked in others) - refused.at >= 0.95


def test_the_breaker_opens_tells_until_when_and_one_probe_closes_it(lab: TmdbLab) -> None:
    limits = Limits(rate=1000.0, burst=1000.0, cost=1.0, one_at_a_time=False, failures=3, open_for=3.0)
    name = new_budget().name
    once = Patience(timeout=10.0, tries=1)
    lab.plan("500", "200-list", "200-cut")

    async def asked() -> None:
        async with with_budget(lab, name, limits=limits, patience=once) as fetcher:
            for kind in (Unavailable, Unavailable, Truncated):
                with pytest.raises(kind):
                    await fetcher.read("/movie/841", must_be_an_object, params={"api_key": lab.api_key})
            with pytest.raises(Unavailable, match="is paused until"):
                await fetcher.get("/movie/841")
            assert len(lab.requests) == 3
            await asyncio.sleep(3.1)
            for _ in range(2):
                await fetcher.get("/movie/841", params={"api_key": lab.api_key})

    asyncio.run(asked())
    assert [asked.status for asked in lab.requests[3:]] == [200, 200]


def test_titles_that_are_gone_never_open_the_breaker(lab: TmdbLab) -> None:
    limits = Limits(rate=1000.0, burst=1000.0, cost=1.0, one_at_a_time=False, failures=2)
    lab.remove("movie", 841)

    async def asked() -> None:
        async with tmdb(lab.url, key=lab.api_key, limits=limits) as client:
            for _ in range(6):
                with pytest.raises(NotFound):
                    await client.title(DUNE)

    asyncio.run(asked())
    assert len(lab.requests) == 6


def test_an_upstream_that_is_not_there_is_unavailable(lab: TmdbLab) -> None:
    url = lab.url
    lab.down()

    with pytest.raises(Unavailable, match="cannot be reached at http://127"):
        read(lab)
    assert url.startswith("http://127")


def test_many_side_by_side_stay_within_the_budget(lab: TmdbLab) -> None:
    limits = Limits(rate=40.0, burst=10.0, cost=1.0, one_at_a_time=False)
    lab.latency = 0.5

    async def asked() -> float:
        async with tmdb(lab.url, key=lab.api_key, limits=limits, patience=Patience(timeout=30.0)) as client:
            began = time.monotonic()
            await asyncio.gather(*(client.title(DUNE) for _ in range(70)))
            return time.monotonic() - began

    took = asyncio.run(asked())

    assert 1.4 < took < 25, "one by one they take 35 s"
    assert lab.log.most_at_once > 1


@pytest.mark.parametrize("etag", [b'"%s"' % (b"x" * 300), b'"\xe9"', b'"a b"', b'"a\tb"'])
def test_an_etag_that_cannot_be_sent_back_is_none(etag: bytes) -> None:
    async def asked() -> str:
        async with Fetcher("Test", server.url, budget=new_budget(), user_agent="Test") as fetcher:
            return (await fetcher.get("/")).etag

    with HostileServer(sends(whole(b"{}", b"ETag: " + etag))) as server:
        assert asyncio.run(asked()) == ""


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 2.0),
        ("-3", 10.0),
        (None, 10.0),
        ("soon", 10.0),
        ("9" * 400, 86_400.0),
        ("nan", 10.0),
        ("Fri, 01 Jan 2027 00:01:00 GMT", 60.0),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 86_400.0),
        ("Fri, 01 Jan 1999 00:00:00 GMT", 2.0),
        ("²", 10.0),
    ],
)
def test_a_pause_is_read_as_seconds_or_a_date_within_bounds(stated: str | None, seconds: float) -> None:
    now = datetime.fromisoformat("2027-01-01T00:00:00+00:00")

    assert pause_of(stated, unstated=10.0, shortest=2.0, now=now) == seconds


def patience_for(fault: str) -> Patience:
    return replace(PATIENT, timeout=2.5) if fault in NEVER_IN_TIME else PATIENT


def must_be_an_object(body: Any) -> Any:
    if not isinstance(body, dict):
        raise Unavailable("That is no object")
    return body


def with_budget(lab: TmdbLab, name: str, *, limits: Limits = FREE, patience: Patience = PATIENT) -> Fetcher:
    """A fetcher as in a worker of its own, on the budget of that name."""
    budget = Budget(name, settings.BUDGET_URL, limits=limits)
    return Fetcher("TMDb", lab.url, budget=budget, user_agent="Test (a@example.org)", patience=patience)
