"""The jobs of TMDb and Open Library as an operator runs them: a worker, the lab, and the key that nobody may read."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.integration.jobs.conftest import ended
from tests.processes import Processes, Running
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.titles import film, work

if TYPE_CHECKING:
    from adaptapedia.scheduling.models import JobRun


@pytest.fixture
def worker(
    transactional_db: None,
    tmdb_lab: TmdbLab,
    open_library_lab: OpenLibraryLab,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    from django.conf import settings

    from adaptapedia.settings import CONFIG

    cache.clear()
    database = urlsplit(CONFIG.database_address)._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "TMDB_BASE_URL": tmdb_lab.url,
        "TMDB_API_KEY": tmdb_lab.api_key,
        "OPEN_LIBRARY_BASE_URL": open_library_lab.url,
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("metadata"))
    try:
        yield processes.start_worker()
    finally:
        processes.close()


@pytest.fixture
def run(worker: Running) -> "Callable[[str], JobRun]":
    from adaptapedia.scheduling.actions import request_run

    return lambda name: ended(request_run(name)[0])


def test_the_jobs_fill_renew_and_let_go(
    run: "Callable[[str], JobRun]", worker: Running, tmdb_lab: TmdbLab, open_library_lab: OpenLibraryLab
) -> None:
    from adaptapedia.catalogue.freshness import last_readings
    from adaptapedia.catalogue.models import Person, ScreenMetadata, WorkMetadata
    from adaptapedia.ingest.models import SourceState
    from tests.integration.ingest.metadata.samples import screen_work
    from tests.integration.ingest.metadata.samples import work as book

    screen_work("dune", tmdb="movie/841")
    screen_work("dune-2021", tmdb="", year=2021)
    book(key="OL893415W")
    tmdb_lab.add(
        film(841, "Dune", date="1984-12-14", directors="David Lynch"),
        film(438631, "Dune", date="2021-09-15", directors="Denis Villeneuve"),
    )
    open_library_lab.add(work(893415, "Dune", year=1965, record={"description": "A desert planet."}))

    weekly = run("weekly-tmdb-refresh")
    assert (weekly.state, weekly.error) == ("succeeded", "")
    assert weekly.counts is not None
    assert (weekly.counts["processed"], weekly.counts["enriched"]) == (2, 2)
    assert cache.get("last_tmdb_refresh")["stats"] == weekly.counts
    assert set(ScreenMetadata.objects.values_list("tmdb_id", flat=True)) == {841, 438631}

    tmdb_lab.change("movie", 841, overview="Told anew.")
    changes = run("daily-tmdb-changes")
    assert changes.counts is not None
    assert (changes.counts["changed"], changes.counts["enriched"]) == (1, 1)
    assert ScreenMetadata.objects.get(tmdb_id=841).overview == "Told anew."

    books = run("daily-openlibrary-refresh")
    assert books.counts is not None
    assert (books.counts["processed"], books.counts["enriched"]) == (2, 2)
    assert WorkMetadata.objects.get().description == "A desert planet."
    assert set(last_readings()) == {"tmdb", "tmdb_changes", "open_library"}

    SourceState.objects.filter(key="movie/841").update(refreshed_at=timezone.now() - timedelta(days=184))
    expiry = run("daily-metadata-expiry")
    assert expiry.counts is not None
    assert (expiry.counts["expired"], expiry.counts["titles"]) == (1, ["movie/841"])
    assert not Person.objects.filter(name="David Lynch").exists()
    assert tmdb_lab.api_key not in worker.output
