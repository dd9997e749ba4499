from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adaptapedia.catalogue.models import ImageSizes, ScreenMetadata
from adaptapedia.ingest.metadata.refresh import TooManyFailed
from adaptapedia.ingest.models import Match, SourceState
from adaptapedia.ingest.models import Refresh as Row
from adaptapedia.scheduling.jobs import Ask, Interrupted
from adaptapedia.sources.errors import Rejected, SourceError
from tests.integration.ingest.metadata.films import answered, asked, films
from tests.integration.ingest.metadata.runs import Refresh, Watched
from tests.integration.ingest.metadata.samples import row_versions, screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film, series

pytestmark = pytest.mark.django_db


def test_titles_are_read_once_each_with_one_request(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 3)
    screen_work("thrones", tmdb="tv/1", kind="series", title="Thrones")
    lab.add(series(1, "Thrones", overview="Winter."))

    counts = refresh()

    assert counts == {
        "processed": 4,
        "enriched": 4,
        "unchanged": 0,
        "unmatched": 0,
        "review": 0,
        "gone": 0,
        "errors": 0,
        "requests": 4,
    }
    assert asked(lab) == {"movie/1": 1, "movie/2": 1, "movie/3": 1, "tv/1": 1}
    assert ScreenMetadata.objects.get(kind="tv").overview == "Winter."
    assert set(SourceState.objects.values_list("key", "outcome")) == {
        *((f"movie/{n}", "") for n in (1, 2, 3)),
        ("tv/1", ""),
    }
    sizes = ImageSizes.objects.get()
    assert (sizes.base_url, "w342" in sizes.posters) == ("https://image.tmdb.org/t/p/", True)


def test_a_second_run_over_the_same_titles_writes_nothing_in_the_catalogue(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 3)
    refresh()
    before, read = row_versions(), SourceState.objects.get(key="movie/1").read_at
    counts = refresh()
    assert (counts["processed"], counts["unchanged"], counts["enriched"]) == (3, 3, 0)
    assert row_versions() == before
    state = SourceState.objects.get(key="movie/1")
    assert state.read_at > read
    assert state.refreshed_at == state.read_at
    assert [status for path, status in answered(lab) if path == "movie/1"] == [200, 304]


def test_what_tmdb_changed_is_changed_here(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 2)
    refresh()
    lab.change("movie", 1, overview="Another story.")
    counts = refresh()
    assert (counts["enriched"], counts["unchanged"]) == (1, 1)
    assert ScreenMetadata.objects.get(tmdb_id=1).overview == "Another story."


def test_a_title_that_tmdb_does_not_have_is_noted_and_nothing_is_lost(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 2)
    refresh()
    lab.remove("movie", 1)
    counts = refresh()
    assert (counts["gone"], counts["unchanged"], counts["errors"]) == (1, 1, 0)
    state = SourceState.objects.get(key="movie/1")
    assert state.outcome == "gone"
    assert state.refreshed_at is not None
    assert state.refreshed_at < state.read_at
    assert ScreenMetadata.objects.filter(tmdb_id=1).exists()


def test_when_much_of_what_was_there_is_gone_the_run_asks_first(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 20)
    refresh()
    for n in range(1, 7):
        lab.remove("movie", n)
    with pytest.raises(Ask, match="6 of 20 are gone: movie/1, movie/2"):
        refresh(Watched(500))
    assert set(SourceState.objects.filter(key__in=["movie/1", "movie/6"]).values_list("outcome")) == {("vanished",)}
    lab.log.requests.clear()
    assert refresh(Watched(500, answer="go-on"))["gone"] == 6
    assert lab.requests[1:] == []  # but for the sizes of images
    assert SourceState.objects.filter(outcome="gone").count() == 6
    assert refresh()["gone"] == 6  # they were gone before


def test_what_a_person_keeps_is_there_and_asked_for_again(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 20)
    refresh()
    for n in range(1, 7):
        lab.remove("movie", n)
    with pytest.raises(Ask):
        refresh(Watched(500))
    refresh(Watched(500, answer="keep"))
    assert SourceState.objects.filter(outcome="").count() == 20
    with pytest.raises(Ask):
        refresh()


def test_the_number_that_is_still_there_is_asked_for_when_another_is_gone(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work(tmdb="movie/1")
    dune.external_ids.create(scheme="tmdb_movie", value="2", source="wikidata")
    lab.add(film(2, "Dune"))
    counts = refresh()
    assert (counts["gone"], counts["enriched"]) == (1, 1)
    assert ScreenMetadata.objects.get().tmdb_id == 2


def test_a_number_of_ten_digits_is_asked_for(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1234567890")
    lab.add(film(1234567890, "Dune"))
    assert refresh()["enriched"] == 1


def test_two_screen_works_of_one_title_cost_one_request(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work("one", tmdb="movie/1")
    screen_work("two", tmdb="movie/1")
    lab.add(film(1, "Dune"))
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["requests"]) == (2, 2, 1)


def test_retired_screen_works_are_not_asked_for(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1", retired_at=timezone.now())
    assert refresh()["processed"] == 0


def test_a_title_that_fails_is_tried_again_later_in_the_run(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 5)
    lab.when("movie/2", "500", times=2)
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (5, 5, 0)
    assert [status for path, status in answered(lab) if path == "movie/2"] == [500, 500, 200]


def test_every_try_is_a_request(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 5)
    lab.when("movie/2", "500", times=3)
    counts = refresh()
    assert (counts["enriched"], counts["requests"]) == (5, 8)
    assert len(lab.requests) == 8 + 1  # the sizes of images are asked for before


def test_what_another_run_failed_to_read_is_not_this_ones(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 3)
    SourceState.objects.create(
        source="tmdb", key="movie/2", read_at=timezone.now() + timedelta(hours=1), outcome="failed", run_id=77
    )
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (2, 2, 0)


def test_a_few_titles_that_stay_broken_are_told_and_the_run_succeeds(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 6)
    lab.when("movie/2", "500")
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (6, 5, 1)
    assert SourceState.objects.get(key="movie/2").outcome == "failed"
    lab.clear()
    assert refresh()["enriched"] == 1


def test_a_run_in_which_much_fails_fails_and_its_next_attempt_asks_for_the_rest(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 20)
    for n in range(1, 8):
        lab.when(f"movie/{n}?", "500")
    with pytest.raises(TooManyFailed, match="7 of 20"):
        refresh(Watched(500))
    assert ScreenMetadata.objects.count() == 13
    lab.clear()
    lab.log.requests.clear()
    counts = refresh(Watched(500))
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (20, 20, 0)
    assert sorted(asked(lab)) == [f"movie/{n}" for n in range(1, 8)]


def test_a_wrong_key_fails_at_once_and_is_nowhere_told(lab: TmdbLab, refresh: Refresh, settings: Any) -> None:
    films(lab, 30)
    settings.TMDB_API_KEY = "not-the-key-at-all"
    with pytest.raises(Rejected, match="TMDB_API_KEY is wrong") as caught:
        refresh()
    assert not caught.value.retryable
    assert "not-the-key-at-all" not in f"{caught.value!r} {caught.value.__notes__}"
    assert len(lab.requests) == 1


def test_an_interrupted_run_keeps_what_it_has_and_counts_nothing_twice(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 30)
    with pytest.raises(Interrupted):
        refresh(Watched(500, breaks_after=12), batch=5, in_flight=4)
    kept = ScreenMetadata.objects.count()
    assert 10 <= kept < 30
    assert Row.objects.get(run_id=500).counts["processed"] == kept
    before = asked(lab)
    counts = refresh(Watched(500), batch=5, in_flight=4)
    assert (counts["processed"], counts["enriched"]) == (30, 30)
    again = {path for path, times in (asked(lab) - before).items() if path in before}
    assert len(again) <= 4  # those under way when it broke off


def test_a_run_that_has_finished_is_not_done_again(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 2)
    first = refresh(Watched(500))
    lab.log.requests.clear()
    assert refresh(Watched(500)) == first
    assert lab.requests == []


def test_without_metadata_comes_before_the_stalest(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 3)
    refresh()
    SourceState.objects.filter(key="movie/3").update(read_at=timezone.now() - timedelta(days=9))
    screen_work("new", tmdb="movie/9", title="New")
    lab.add(film(9, "New"))
    lab.log.requests.clear()
    refresh(in_flight=1, requests=3)
    assert [path for path, _ in answered(lab)] == [
        "movie/9",
        "movie/3",
        "movie/1",
    ]


def test_a_run_stays_within_its_requests(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 30)
    counts = refresh(requests=12)
    assert (counts["requests"], counts["processed"], ScreenMetadata.objects.count()) == (12, 12, 12)


def test_the_progress_of_a_run_is_told(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 4)
    run = Watched(500)
    refresh(run, in_flight=1)
    assert [(done, total) for done, total, _ in run.told] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_screen_work_without_a_number_gets_its_title(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="")
    lab.add(film(841, "Dune", date="1984-12-14", directors="David Lynch"))
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["unmatched"]) == (1, 1, 0)
    assert list(dune.external_ids.values_list("scheme", "value", "source")) == [("tmdb_movie", "841", "tmdb")]
    assert ScreenMetadata.objects.get(screen_work=dune).tmdb_id == 841
    lab.log.requests.clear()
    assert refresh()["unchanged"] == 1
    assert answered(lab) == [("movie/841", 304)]


def test_what_cannot_be_found_is_unmatched_and_asked_for_again_in_its_turn(lab: TmdbLab, refresh: Refresh) -> None:
    for n in range(4):
        screen_work(f"film-{n}", tmdb="", title=f"Nothing Like It {n}")
    for _ in range(4):
        counts = refresh(requests=12)
        assert (counts["processed"], counts["unmatched"]) == (1, 1)
    assert SourceState.objects.filter(outcome="unmatched").count() == 4


def test_what_a_person_said_tmdb_does_not_have_is_not_asked_for(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work(tmdb="")
    Match.objects.create(screen_work=dune, state=Match.State.NONE, found_at=timezone.now())
    assert refresh()["processed"] == 0


@pytest.mark.parametrize("source", ["wikidata", "person"])
def test_a_number_that_a_person_refused_is_not_read_unless_a_person_gave_it(
    lab: TmdbLab, refresh: Refresh, source: str
) -> None:
    dune = screen_work(tmdb="movie/841", source=source)
    lab.add(film(841, "Dune", date="1984-12-14"))
    Match.objects.create(
        screen_work=dune, state=Match.State.REFUSED, ref="movie/841", refused=["movie/841"], found_at=timezone.now()
    )
    refresh()
    assert ScreenMetadata.objects.exists() == (source == "person")


def test_a_title_whose_id_a_person_keeps_out_brings_nothing(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work("dune", tmdb="", locks={"external_ids": {"by": 1, "at": "2026"}})
    lab.add(film(841, "Dune", date="1984-12-14"))
    refresh()
    assert not ScreenMetadata.objects.exists()


def test_a_search_that_fails_is_tried_again_later_in_the_run(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work("dune", tmdb="")
    lab.add(film(841, "Dune", date="1984-12-14", directors="David Lynch"))
    lab.when("/3/search/movie", "500", times=2)
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (1, 1, 0)


def test_an_id_at_imdb_that_tmdb_answers_404_for_leads_to_a_search(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="")
    dune.external_ids.create(scheme="imdb", value="tt0087182", source="wikidata")
    lab.add(film(841, "Dune", date="1984-12-14", directors="David Lynch"))
    lab.when("/3/find/", "404")
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (1, 1, 0)
    assert SourceState.objects.get(key=f"screen/{dune.pk}").outcome == ""


def test_a_search_that_tmdb_answers_404_for_has_failed_and_is_no_answer(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="")
    lab.when("/3/search/", "404")
    counts = refresh()
    assert (counts["processed"], counts["unmatched"], counts["errors"]) == (1, 0, 1)
    assert SourceState.objects.get(key=f"screen/{dune.pk}").outcome == "failed"


def test_a_run_waits_until_an_open_breaker_lets_it_ask_again(lab: TmdbLab, refresh: Refresh, settings: Any) -> None:
    settings.TMDB_LIMITS = {**settings.TMDB_LIMITS, "failures": 3, "open_for": 0.5}
    films(lab, 12)
    lab.when("/3/movie/", "500", times=8)
    counts = refresh(in_flight=3, batch=5)
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (12, 12, 0)


def test_a_breaker_that_opens_again_and_again_fails_the_run_and_keeps_what_was_read(
    lab: TmdbLab, refresh: Refresh, settings: Any
) -> None:
    settings.TMDB_LIMITS = {**settings.TMDB_LIMITS, "failures": 2, "open_for": 0.1}
    films(lab, 8)
    lab.when("/3/movie/", "500")
    with pytest.raises(SourceError) as caught:
        refresh(in_flight=2, batch=2)
    assert caught.value.retryable
    assert ScreenMetadata.objects.count() == 0
