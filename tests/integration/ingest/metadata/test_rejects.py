import pytest

from adaptapedia.ingest.metadata.refresh import TooManyFailed
from adaptapedia.ingest.models import Reject
from tests.integration.ingest.metadata.runs import Refresh
from tests.integration.ingest.metadata.samples import screen_work
from tests.integration.ingest.metadata.samples import work as book
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.titles import film, work

pytestmark = pytest.mark.django_db


def rejects() -> dict[tuple[str, str], str]:
    rows = Reject.objects.exclude(source="wikidata").values_list("key", "reason", "payload__value")
    return {(key, reason): value for key, reason, value in rows}


def test_values_of_a_title_that_cannot_be_used_are_rejects_until_they_come_good(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    screen_work("other", tmdb="movie/2", title="Other")
    lab.add(film(1, "Dune", release_date="1984-13-77", runtime=-5), film(2, "Other", runtime="long"))
    refresh()
    assert rejects() == {
        ("movie/1", "malformed_date"): "release_date 1984-13-77",
        ("movie/1", "number_out_of_range"): "runtime -5",
        ("movie/2", "not_a_whole_number"): "runtime long",
    }
    first = Reject.objects.get(reason="malformed_date")
    assert (first.source, first.run_id) == ("tmdb", 1)

    refresh()  # unchanged: nothing comes that could tell
    assert len(rejects()) == 3
    lab.change("movie", 1, release_date="1984-12-14", runtime=-5)
    refresh()
    assert set(rejects()) == {("movie/1", "number_out_of_range"), ("movie/2", "not_a_whole_number")}
    lab.remove("movie", 1)
    refresh()
    assert set(rejects()) == {("movie/2", "not_a_whole_number")}


def test_a_title_that_could_not_be_read_is_a_reject_with_what_was_seen_until_it_is_read(
    lab: TmdbLab, refresh: Refresh
) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Dune"))
    refresh()
    lab.when("movie/1", "502")
    refresh()
    told = Reject.objects.get(key="movie/1")
    assert (told.reason, told.payload["value"]) == ("not_read", "TMDb answered HTTP 502")
    assert "Couldn't connect" in told.payload["evidence"]
    lab.clear()
    refresh()
    assert rejects() == {}


def test_what_searches_bring_that_cannot_be_used_is_a_reject_of_the_screen_work(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="")
    lab.add(film(841, "Dune", date="1984-12-14", directors="David Lynch", body={"vote_count": "many"}))
    refresh()
    assert rejects() == {
        (f"screen/{dune.pk}", "not_a_whole_number"): "results.vote_count many",
        ("movie/841", "not_a_whole_number"): "vote_count many",
    }


def test_works_and_descriptions_of_open_library_have_theirs(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    book(key="OL1W")
    books.add(work(1, "Book", doc={"first_publish_year": 19650}, record={"description": 7}))
    refresh_books()
    assert rejects() == {
        ("OL1W", "number_out_of_range"): "first_publish_year 19650",
        ("OL1W/text", "not_text"): "description 7",
    }


def test_works_that_could_not_be_read_are_rejects(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    for n in range(1, 8):
        book(f"book-{n}", key=f"OL{n}W")
    books.when("/search.json", "500")
    with pytest.raises(TooManyFailed):
        refresh_books()
    assert {reason for _, reason in rejects()} == {"not_read"}
    assert len(rejects()) == 7


def test_pages_of_what_changed_have_theirs(lab: TmdbLab, refresh_what_changed: Refresh) -> None:
    lab.add(film(1, "Dune"))
    lab.change("movie", 1, overview="New.")
    lab.tmdb.odd_changes.append({"id": None})
    refresh_what_changed()
    assert set(rejects()) == {("movie/changes", "no_id"), ("tv/changes", "no_id")}
    lab.tmdb.odd_changes.clear()
    refresh_what_changed()
    assert rejects() == {}
