from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from adaptapedia.catalogue.freshness import TMDB_CHANGES, last_reading
from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.ingest.metadata.changes import windows
from adaptapedia.scheduling.jobs import registry
from adaptapedia.sources.errors import Truncated, Unavailable
from tests.integration.ingest.metadata.films import known_film
from tests.integration.ingest.metadata.runs import Refresh, Watched
from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film, series

pytestmark = pytest.mark.django_db


def test_windows_are_of_14_days_at_most_and_meet() -> None:
    assert list(windows(date(2026, 1, 1), date(2026, 2, 1))) == [
        (date(2026, 1, 1), date(2026, 1, 15)),
        (date(2026, 1, 15), date(2026, 1, 29)),
        (date(2026, 1, 29), date(2026, 2, 1)),
    ]
    assert list(windows(date(2026, 1, 1), date(2026, 1, 1))) == [(date(2026, 1, 1), date(2026, 1, 1))]


def test_only_what_changed_and_is_here_is_read_again(
    lab: TmdbLab, refresh: Refresh, refresh_what_changed: Refresh
) -> None:
    for n in (1, 2, 3):
        known_film(n)
        lab.add(film(n, f"Film {n}"))
    screen_work("thrones", tmdb="tv/2", kind="series", title="Thrones")
    lab.add(series(2, "Thrones"), film(9, "Not here"))
    refresh()
    lab.change("movie", 1, overview="Another story.")
    lab.change("tv", 2, overview="Another winter.")
    lab.change("movie", 9, overview="Nobody asks.")
    lab.log.requests.clear()

    counts = refresh_what_changed()

    assert (counts["changed"], counts["processed"], counts["enriched"]) == (3, 2, 2)
    assert sorted(r.target.partition("?")[0] for r in lab.requests) == [
        *("/3/movie/1", "/3/movie/changes", "/3/tv/2", "/3/tv/changes")
    ]
    assert ScreenMetadata.objects.get(kind="tv").overview == "Another winter."


def test_a_long_time_is_read_in_windows_that_tmdb_takes_page_by_page(
    lab: TmdbLab, refresh: Refresh, refresh_what_changed: Refresh
) -> None:
    now = timezone.now()
    for n in range(1, 251):
        lab.add(film(n, f"Film {n}"))
        lab.change("movie", n, at=now - timedelta(days=20), overview="Changed.")
    known_film(250)
    refresh()
    counts = refresh_what_changed(since=(now - timedelta(days=30)).date())
    assert (counts["changed"], counts["processed"]) == (250, 1)


def test_a_window_of_more_pages_than_tmdb_shows_is_read_in_halves(
    lab: TmdbLab, refresh: Refresh, refresh_what_changed: Refresh
) -> None:
    now = timezone.now()
    lab.tmdb.changes_a_page = 1
    for n in range(1, 502):
        lab.add(film(n, f"Film {n}"))
        lab.change("movie", n, at=now - timedelta(days=12 if n <= 251 else 1), overview="Changed.")
    known_film(1)
    known_film(501)
    refresh()
    counts = refresh_what_changed(since=(now - timedelta(days=13)).date())
    assert (counts["changed"], counts["processed"]) == (501, 2)


def test_a_day_of_more_pages_than_tmdb_shows_fails_the_run(
    lab: TmdbLab, refresh: Refresh, refresh_what_changed: Refresh
) -> None:
    lab.tmdb.changes_a_page = 1
    for n in range(1, 502):
        lab.add(film(n, f"Film {n}"))
        lab.change("movie", n, overview="Changed.")
    with pytest.raises(Truncated, match="501 pages of movie changes"):
        refresh_what_changed()


def test_days_of_which_something_is_left_are_read_again(lab: TmdbLab, refresh: Refresh, settings: Any) -> None:
    for n in range(1, 7):
        known_film(n)
        lab.add(film(n, f"Film {n}"))
    refresh()
    for n in range(1, 7):
        lab.change("movie", n, overview="Another story.")
    settings.TMDB_EXTENT = {"requests": 6}  # of which two read the feed
    job = registry["daily-tmdb-changes"].run

    first = Watched(501)
    assert job(first)["left"] == 2
    assert first.suspicions == ["2 titles that changed are still to be read: the next run reads these days again."]
    assert last_reading(TMDB_CHANGES) is None
    second = Watched(502)
    assert job(second)["left"] == 2  # those that the first has read
    assert ScreenMetadata.objects.filter(overview="Another story.").count() == 6
    settings.TMDB_EXTENT = {}
    third = Watched(503)
    assert job(third)["left"] == 0
    assert third.suspicions == []
    assert last_reading(TMDB_CHANGES) is not None


def test_a_feed_that_cannot_be_read_whole_fails_the_run(
    lab: TmdbLab, refresh: Refresh, refresh_what_changed: Refresh
) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Dune"))
    refresh()
    lab.when("/3/tv/changes", "500")
    with pytest.raises(Unavailable):
        refresh_what_changed()
