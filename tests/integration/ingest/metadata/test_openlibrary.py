from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adaptapedia.catalogue.models import WorkMetadata
from adaptapedia.ingest.metadata.openlibrary_plan import DESCRIPTIONS_KEPT, RECORDS_KEPT
from adaptapedia.ingest.metadata.refresh import TooManyFailed
from adaptapedia.ingest.models import Reject, SourceState
from adaptapedia.scheduling.jobs import Interrupted
from tests.integration.ingest.metadata.runs import Refresh, Watched
from tests.integration.ingest.metadata.samples import row_versions
from tests.integration.ingest.metadata.samples import work as book
from tests.upstreams.lab import OpenLibraryLab
from tests.upstreams.titles import work

pytestmark = pytest.mark.django_db


def shelf(lab: OpenLibraryLab, number: int) -> None:
    for n in range(1, number + 1):
        book(f"book-{n}", key=f"OL{n}W")
        lab.add(work(n, f"Book {n}", year=1900 + n, record={"description": f"Story {n}."}))


def asked(lab: OpenLibraryLab) -> list[str]:
    return [request.target.partition("?")[0] for request in lab.requests]


def age(**by: int) -> None:
    for state in SourceState.objects.filter(source="open_library"):
        state.read_at -= timedelta(**by)
        state.save(update_fields=["read_at"])


def test_works_come_by_the_hundred_and_their_descriptions_singly(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 120)

    counts = refresh_books()

    assert asked(books).count("/search.json") == 2
    assert len(asked(books)) == 122
    assert counts == {
        "processed": 240,
        "enriched": 240,
        "unchanged": 0,
        "gone": 0,
        "errors": 0,
        "requests": 122,
    }
    told = WorkMetadata.objects.get(key="OL7W")
    assert (told.title, told.first_year, told.description) == ("Book 7", 1907, "Story 7.")
    assert "description" in told.provenance
    assert {request.user_agent.partition("/")[0] for request in books.requests} == {"Adaptapedia"}


def test_what_is_fresh_is_not_asked_for_again(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 3)
    refresh_books()
    books.log.requests.clear()
    assert refresh_books()["processed"] == 0
    assert books.requests == []


def test_a_week_later_records_are_read_again_and_nothing_is_written(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    shelf(books, 3)
    refresh_books()
    age(days=RECORDS_KEPT.days, minutes=1)
    books.log.requests.clear()
    before = row_versions()
    counts = refresh_books()
    assert (counts["processed"], counts["unchanged"]) == (3, 3)
    assert asked(books) == ["/search.json"]
    assert row_versions() == before


def test_three_months_later_a_description_that_was_filled_is_read_again(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    shelf(books, 1)
    refresh_books()
    age(days=DESCRIPTIONS_KEPT.days, minutes=1)
    books.change("OL1W", record={"description": {"type": "/type/text", "value": "Another story."}})
    refresh_books()
    assert WorkMetadata.objects.get().description == "Another story."


def test_a_work_that_is_not_there_is_noted(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    book(key="OL1W")
    counts = refresh_books()
    assert (counts["gone"], counts["processed"]) == (1, 1)
    assert SourceState.objects.get(key="OL1W").outcome == "gone"


def test_the_description_of_a_work_that_was_merged_away_is_the_other_ones(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    shelf(books, 1)
    books.add(work(2, "Book", record={"description": "Moved."}))
    books.when("/works/OL1W", "500")
    refresh_books()
    books.clear()
    books.add(work(1, redirect="OL2W"))
    refresh_books()
    assert WorkMetadata.objects.get().description == "Moved."


def test_a_work_that_was_merged_away_gets_the_record_of_the_other(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    dune = book(key="OL1W")
    books.add(work(1, redirect="OL2W"), work(2, "Dune", record={"description": "Sand."}))
    counts = refresh_books()
    assert (counts["processed"], counts["enriched"], counts["unchanged"], counts["gone"]) == (3, 2, 1, 0)
    told = WorkMetadata.objects.get()
    assert (told.key, told.title, told.description) == ("OL2W", "Dune", "Sand.")
    ids = dune.external_ids.order_by("value").values_list("value", "source")
    assert list(ids) == [("OL1W", "wikidata"), ("OL2W", "open_library")]
    dune.refresh_from_db()
    assert dune.provenance["external_ids"][0] == "open_library"
    assert SourceState.objects.get(key="OL1W").outcome == "moved"
    age(days=RECORDS_KEPT.days, minutes=1)
    books.log.requests.clear()
    before = row_versions()
    refresh_books()
    assert asked(books) == ["/search.json"]
    assert row_versions() == before


def test_a_work_that_was_merged_away_twice_is_followed(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    book(key="OL1W")
    books.add(work(1, redirect="OL2W"), work(2, redirect="OL3W"), work(3, "Dune"))
    for _ in range(2):
        refresh_books()
    assert WorkMetadata.objects.get().key == "OL3W"


def test_a_description_that_has_moved_twice_leaves_the_one_we_have(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    shelf(books, 1)
    refresh_books()
    SourceState.objects.filter(key="OL1W/text").update(read_at=timezone.now() - DESCRIPTIONS_KEPT - timedelta(1))
    books.add(work(1, redirect="OL2W"), work(2, redirect="OL3W"), work(3, "Book"))
    assert refresh_books()["unchanged"] == 1
    assert WorkMetadata.objects.get().description == "Story 1."


def test_ids_that_a_person_has_locked_are_not_added_to(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    dune = book(key="OL1W")
    dune.locks = {"external_ids": {"by": 1, "at": "2026-11-02"}}
    dune.save()
    books.add(work(1, redirect="OL2W"), work(2, "Dune"))
    refresh_books()
    assert list(dune.external_ids.values_list("value", flat=True)) == ["OL1W"]


def test_a_work_that_only_the_search_has_lost_is_not_gone(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 3)
    refresh_books()
    age(days=RECORDS_KEPT.days, minutes=1)
    for n in (1, 2, 3):
        books.open_library.shown_instead[f"OL{n}W"] = "OL404W"
    counts = refresh_books()
    assert (counts["processed"], counts["unchanged"], counts["gone"]) == (3, 3, 0)
    assert set(Reject.objects.values_list("key", "reason")) == {(f"OL{n}W", "not_in_search") for n in (1, 2, 3)}
    books.open_library.shown_instead.clear()
    age(days=RECORDS_KEPT.days, minutes=1)
    refresh_books()
    assert not Reject.objects.exists()


def test_a_work_whose_asking_failed_before_it_was_missing_is_counted_once(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    for n in range(1, 8):
        book(f"book-{n}", key=f"OL{n}W")
    books.when("/search.json", "500")
    with pytest.raises(TooManyFailed, match="7 of 7"):
        refresh_books(Watched(5))
    books.clear()
    books.when("/works/", "500")
    with pytest.raises(TooManyFailed, match="7 of 7"):
        refresh_books(Watched(5))
    books.clear()
    counts = refresh_books(Watched(5))
    assert (counts["processed"], counts["gone"], counts["errors"]) == (7, 7, 0)


def test_what_fails_is_told_and_asked_for_again_by_the_next_attempt(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    shelf(books, 8)
    books.when("/search.json", "500")
    with pytest.raises(TooManyFailed, match="8 of 8"):
        refresh_books(Watched(5))
    books.clear()
    counts = refresh_books(Watched(5))
    assert (counts["processed"], counts["enriched"], counts["errors"]) == (16, 16, 0)


def test_one_odd_work_costs_no_other(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 100)
    books.open_library.counted_only.add("OL42W")
    counts = refresh_books()
    assert counts["errors"] == 1
    assert WorkMetadata.objects.count() == 99
    assert SourceState.objects.get(key="OL42W").outcome == "failed"


def test_an_odd_work_opens_no_breaker(books: OpenLibraryLab, refresh_books: Refresh, settings: Any) -> None:
    settings.OPEN_LIBRARY_LIMITS = {**settings.OPEN_LIBRARY_LIMITS, "failures": 8}
    shelf(books, 100)
    books.open_library.counted_only.add("OL1W")
    assert refresh_books()["errors"] == 1


def test_a_search_that_shows_another_work_in_place_of_one_costs_no_other(
    books: OpenLibraryLab, refresh_books: Refresh
) -> None:
    shelf(books, 5)
    books.add(work(9, "Another"))
    books.open_library.shown_instead["OL3W"] = "OL9W"
    assert refresh_books()["errors"] == 0
    assert WorkMetadata.objects.count() == 4


def test_descriptions_have_their_share_of_the_requests(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 30)
    counts = refresh_books(requests=11)
    assert counts["requests"] <= 11
    assert WorkMetadata.objects.exclude(description="").count() == 9
    for _ in range(3):
        refresh_books(requests=11)
    assert WorkMetadata.objects.exclude(description="").count() == 30


def test_an_interrupted_run_counts_nothing_twice(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 30)
    with pytest.raises(Interrupted):
        refresh_books(Watched(5, breaks_after=9), batch=3)
    counts = refresh_books(Watched(5), batch=3)
    assert (counts["processed"], counts["enriched"]) == (60, 60)


def test_a_key_of_more_digits_than_there_are_is_not_asked_for(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    shelf(books, 1)
    book("odd", key="OL12345678901W")
    assert refresh_books()["processed"] == 2


def test_retired_works_are_not_asked_for(books: OpenLibraryLab, refresh_books: Refresh) -> None:
    one = book(key="OL1W")
    one.retired_at = timezone.now()
    one.save()
    assert refresh_books()["processed"] == 0
