import pytest
from django.utils import timezone

from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.ingest.models import SourceState
from tests.integration.ingest.metadata.films import asked, films, known_film
from tests.integration.ingest.metadata.runs import Refresh, Watched
from tests.integration.ingest.metadata.samples import screen_work
from tests.integration.ingest.metadata.samples import work as book
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.titles import film, work

pytestmark = pytest.mark.django_db


def test_nothing_starves_behind_titles_that_can_never_be_filled(lab: TmdbLab, refresh: Refresh) -> None:
    """40 titles are not at TMDb; a run has 16 requests, half of them for such titles: five runs ask for them all."""
    films(lab, 40, there=False)
    for n in range(101, 109):
        known_film(n)
        lab.add(film(n, f"Film {n}"))
    SourceState.objects.bulk_create(
        SourceState(source="tmdb", key=f"movie/{n}", read_at=timezone.now(), outcome="gone") for n in range(1, 41)
    )
    refresh(requests=16)
    assert ScreenMetadata.objects.count() == 8
    lab.log.requests.clear()
    for _ in range(5):
        counts = refresh(requests=16)
        assert counts["requests"] == 16
    times = asked(lab)
    assert {f"movie/{n}" for n in range(1, 41)} <= times.keys()
    assert min(times[f"movie/{n}"] for n in range(101, 109)) >= 2


def test_nothing_starves_that_waits_for_a_number_or_to_be_read_again(lab: TmdbLab, refresh: Refresh) -> None:
    """With titles that cannot be filled in plenty, 12 of 48 requests are for each of these classes: 5 screen works to
    be found take 5 x 11 / 12 runs, 24 titles to be read again 24 / 12 of them. What is found to be gone meanwhile
    waits behind those 5."""
    films(lab, 24)
    refresh()
    odd = [screen_work(f"odd-{n}", tmdb="", title=f"Nothing Like It {n}") for n in range(5)]
    for n in range(101, 251):
        known_film(n)
    lab.log.requests.clear()

    for run in range(1, 6):
        refresh(requests=48)
        found = SourceState.objects.filter(key__in=[f"screen/{one.pk}" for one in odd]).count()
        assert found >= min(5, run * 12 // 11)
        if run == 2:
            assert {f"movie/{n}" for n in range(1, 25)} <= asked(lab).keys()
    assert found == 5


def test_where_time_runs_out_each_class_has_its_share_of_it(lab: TmdbLab, refresh: Refresh) -> None:
    """An answer a second and 16 seconds a run: 8 for titles without metadata, 4 for each of the others."""
    films(lab, 12)
    refresh()
    for n in range(101, 141):
        known_film(n)
        lab.add(film(n, f"Film {n}"))
    for n in range(40):
        screen_work(f"odd-{n}", tmdb="", title=f"Nothing Like It {n}")
    for run in range(1, 4):
        lab.log.requests.clear()
        watched = Watched(500 + run)
        counts = refresh(watched, seconds=16, clock=watched.at, in_flight=1)
        assert (counts["enriched"], counts["unmatched"], counts["unchanged"]) == (8, 4, 4)
        assert len(asked(lab)) == 12, "nothing is asked for whose answer is not kept"
    assert (
        SourceState.objects.filter(run_id__in=(501, 502, 503), key__in=[f"movie/{n}" for n in range(1, 13)]).count()
        == 12
    )


def test_when_its_time_is_up_a_run_asks_nothing_more_and_keeps_what_it_has(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    """Of four seconds, an answer each, the records take one; the descriptions, which are all in one chunk, three."""
    for n in range(1, 31):
        book(f"book-{n}", key=f"OL{n}W")
        books.add(work(n, f"Book {n}", record={"description": "Sand."}))
    watched = Watched(500)
    counts = refresh_books(watched, seconds=4, clock=watched.at, in_flight=1)
    described = [request for request in books.requests if request.target.startswith("/works/")]
    assert (len(described), counts["processed"], counts["requests"]) == (3, 30 + 3, 4)
    assert SourceState.objects.filter(key__endswith="/text").count() == 3
