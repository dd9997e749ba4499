"""Runs in this process against the upstreams on loopback, and how little patience they have with a fault."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis

from tests.upstreams.lab import OpenLibraryLab, TmdbLab

if TYPE_CHECKING:
    from adaptapedia.scheduling.jobs import Counts
    from tests.integration.ingest.metadata.runs import Refresh, Watched

FAST = {"rate": 1_000.0, "burst": 1_000.0, "failures": 1_000, "open_for": 1.0}


@pytest.fixture(autouse=True)
def fresh_budgets(settings: Any) -> Iterator[None]:
    """Nobody has asked anything, everybody asks fast, and no fault is waited for long."""
    from adaptapedia.sources.fetching import Patience

    patience = Patience(timeout=30.0, tries=2, first_wait=0.01, shortest_pause=0.01, unstated_pause=0.01)
    settings.TMDB_LIMITS = settings.OPEN_LIBRARY_LIMITS = FAST
    settings.TMDB_WAITS = settings.OPEN_LIBRARY_WAITS = {"patience": patience}
    valkey = Redis.from_url(settings.BUDGET_URL)
    valkey.delete("budget:tmdb", "budget:open library")
    yield
    valkey.delete("budget:tmdb", "budget:open library")
    valkey.close()


@pytest.fixture
def lab(tmdb_lab: TmdbLab, settings: Any) -> TmdbLab:
    """TMDb as the settings have it, without a limit."""
    tmdb_lab.limiter = None
    settings.TMDB_BASE_URL, settings.TMDB_API_KEY = tmdb_lab.url, tmdb_lab.api_key
    return tmdb_lab


@pytest.fixture
def books(open_library_lab: OpenLibraryLab, settings: Any) -> OpenLibraryLab:
    """Open Library as the settings have it, without a limit."""
    open_library_lab.limiter = None
    settings.OPEN_LIBRARY_BASE_URL = open_library_lab.url
    return open_library_lab


@pytest.fixture
def refresh(lab: TmdbLab, settings: Any) -> "Refresh":
    """One weekly run, under a number of its own unless it is a run's later attempt."""
    from adaptapedia.ingest.metadata.opening import tmdb, tmdb_extent
    from adaptapedia.ingest.metadata.tmdb import refresh_titles
    from tests.integration.ingest.metadata.runs import Watched

    numbers = iter(range(1, 1_000))

    def run(run: "Watched | None" = None, **extent: Any) -> "Counts":
        settings.TMDB_EXTENT = extent
        with tmdb() as (loop, client):
            return refresh_titles(client, run or Watched(next(numbers)), loop, extent=tmdb_extent())

    return run


@pytest.fixture
def refresh_what_changed(lab: TmdbLab) -> "Refresh":
    from django.utils import timezone

    from adaptapedia.ingest.metadata.changes import refresh_changed
    from adaptapedia.ingest.metadata.opening import tmdb, tmdb_extent
    from tests.integration.ingest.metadata.runs import Watched

    numbers = iter(range(10_000, 11_000))

    def run(run: "Watched | None" = None, **days: Any) -> "Counts":
        today = timezone.now().date()
        with tmdb() as (loop, client):
            return refresh_changed(
                client,
                run or Watched(next(numbers)),
                loop,
                extent=tmdb_extent(),
                **{"since": today, "until": today, **days},
            )

    return run


@pytest.fixture
def refresh_books(books: OpenLibraryLab, settings: Any) -> "Refresh":
    from adaptapedia.ingest.metadata.opening import open_library, open_library_extent
    from adaptapedia.ingest.metadata.openlibrary import refresh_works
    from tests.integration.ingest.metadata.runs import Watched

    numbers = iter(range(20_000, 21_000))

    def run(run: "Watched | None" = None, **extent: Any) -> "Counts":
        settings.OPEN_LIBRARY_EXTENT = extent
        with open_library() as (loop, client):
            return refresh_works(client, run or Watched(next(numbers)), loop, extent=open_library_extent())

    return run
