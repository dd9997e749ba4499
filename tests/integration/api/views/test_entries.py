"""Works, screen works, adaptations and people for programs."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.accounts.models import User
from adaptapedia.api import tokens
from tests.integration.api.samples import Shelf, adapt, make_screen_work, make_work

pytestmark = pytest.mark.django_db

WORKS = "/api/v1/works/"
ROOT = "http://testserver/"


def read(api: Client, address: str, **query: Any) -> dict[str, Any]:
    answer = api.get(address, query)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def titles(told: dict[str, Any]) -> list[str]:
    return [entry["title"] for entry in told["results"]]


def test_a_work_comes_with_its_people_ids_and_adaptations_in_one_query(
    api: Client, shelf: Shelf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        work = read(api, f"{WORKS}{shelf.work.pk}/")
    assert work["title"] == "Frankenstein"
    assert work["wikidata"] == "Q150827"
    assert work["page"] == f"{ROOT}book/frankenstein/"
    assert work["countries"] == ["Q145"]
    assert [(person["id"], person["name"]) for person in work["authors"]] == [
        (shelf.author.pk, "Mary Shelley"),
        (None, "An unknown hand"),
    ]
    assert work["external_ids"] == [{"scheme": "open_library", "value": "OL450063W"}]
    assert [tie["screen_work"]["year"] for tie in work["adaptations"]] == [1931]


def test_a_screen_work_says_what_it_was_made_from_and_what_was_made_of_it(
    api: Client, shelf: Shelf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        film = read(api, f"/api/v1/screen-works/{shelf.film.pk}/")
    assert [tie["work"]["id"] for tie in film["adaptations"]] == [shelf.work.pk]
    assert [tie["screen_work"]["id"] for tie in film["remakes"]] == [shelf.remake.pk]
    assert [(credit["role"], credit["name"]) for credit in film["credits"]] == [
        ("director", "James Whale"),
        ("screenwriter", "Mary Shelley"),
    ]


def test_a_remake_names_its_original(api: Client, shelf: Shelf) -> None:
    remake = read(api, f"/api/v1/screen-works/{shelf.remake.pk}/")
    assert [(tie["relation"], tie["original"]["id"], tie["work"]) for tie in remake["adaptations"]] == [
        ("remake_of", shelf.film.pk, None)
    ]


def test_a_person_comes_with_works_and_screen_works(api: Client, shelf: Shelf) -> None:
    author = read(api, f"/api/v1/people/{shelf.author.pk}/")
    assert [work["id"] for work in author["works"]] == [shelf.work.pk]
    assert [(film["id"], film["roles"]) for film in author["screen_works"]] == [(shelf.film.pk, ["screenwriter"])]


def test_an_adaptation_names_both_ends(api: Client, shelf: Shelf) -> None:
    told = read(api, f"/api/v1/adaptations/{shelf.adaptation.pk}/")
    assert (told["work"]["id"], told["original"], told["screen_work"]["id"]) == (shelf.work.pk, None, shelf.film.pk)


def test_somebody_retired_is_named_without_a_link(api: Client, shelf: Shelf) -> None:
    shelf.author.retired_at = timezone.now()
    shelf.author.save()
    assert read(api, f"{WORKS}{shelf.work.pk}/")["authors"][0] == {
        "id": None,
        "name": "Mary Shelley",
        "position": 1,
        "url": None,
        "source": "wikidata",
    }


def test_what_is_retired_is_gone_and_in_no_list(api: Client, shelf: Shelf) -> None:
    for address in (f"works/{shelf.retired_work.pk}", f"adaptations/{shelf.retired_adaptation.pk}"):
        answer = api.get(f"/api/v1/{address}/")
        assert (answer.status_code, answer.json()["type"]) == (410, "/api/v1/problems/gone/")
    assert titles(read(api, WORKS)) == ["Frankenstein"]
    assert len(read(api, "/api/v1/adaptations/")["results"]) == 2


def test_an_adaptation_goes_with_an_end_that_is_retired(api: Client, shelf: Shelf) -> None:
    shelf.work.retired_at = timezone.now()
    shelf.work.save()
    assert api.get(f"/api/v1/adaptations/{shelf.adaptation.pk}/").status_code == 410
    assert [tie["relation"] for tie in read(api, "/api/v1/adaptations/")["results"]] == ["remake_of"]


@pytest.mark.parametrize("number", ["0", "999999999", str(2**63), "9" * 400, "9" * 5000, "x", "-1", "1.5", "%00"])
@pytest.mark.parametrize("collection", ["works", "screen-works", "adaptations", "people"])
def test_a_number_that_nothing_has_is_not_found(api: Client, shelf: Shelf, collection: str, number: str) -> None:
    answer = api.get(f"/api/v1/{collection}/{number}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "frank"}, 1),
        ({"q": "FRÁNK stein"}, 1),
        ({"q": "dracula"}, 0),
        ({"q": "100%"}, 0),
        ({"form": "novel"}, 1),
        ({"form": "play"}, 0),
        ({"year_from": 1818, "year_to": 1818}, 1),
        ({"year_from": 1819}, 0),
        ({"language": "en"}, 1),
        ({"language": "de"}, 0),
        ({"country": "Q145"}, 1),
        ({"country": "Q30"}, 0),
        ({"wikidata": "Q150827"}, 1),
        ({"wikidata": "Q1"}, 0),
        ({"slug": "frankenstein"}, 1),
        ({"slug": ""}, 1),
    ],
)
def test_works_are_filtered(api: Client, shelf: Shelf, query: dict[str, Any], found: int) -> None:
    assert len(read(api, WORKS, **query)["results"]) == found


def test_lists_are_filtered_by_what_belongs_together(api: Client, shelf: Shelf) -> None:
    def found(address: str, **query: Any) -> list[int]:
        return [entry["id"] for entry in read(api, f"/api/v1/{address}/", **query)["results"]]

    assert found("works", person=shelf.author.pk) == [shelf.work.pk]
    assert found("works", person=shelf.director.pk) == []
    assert found("screen-works", person=shelf.director.pk) == [shelf.film.pk]
    assert found("screen-works", kind="miniseries") == [shelf.remake.pk]
    assert found("adaptations", work=shelf.work.pk) == [shelf.adaptation.pk]
    assert found("adaptations", screen_work=shelf.remake.pk) == [shelf.remaking.pk]
    assert found("adaptations", original=shelf.film.pk, relation="remake_of") == [shelf.remaking.pk]
    assert found("people", q="whale") == [shelf.director.pk]


@pytest.mark.parametrize("ordering", ["id", "-id", "title", "-title", "year", "-year"])
def test_pages_hold_every_entry_once_in_order_forwards_and_backwards(api: Client, db: None, ordering: str) -> None:
    for number in range(11):
        make_work(f"Story {number % 4}", None if number % 3 == 0 else 1900 + number % 5, slug=f"story-{number}")
    whole = [entry["id"] for entry in read(api, WORKS, ordering=ordering)["results"]]
    pages = [read(api, WORKS, ordering=ordering, page_size=2)]
    while address := pages[-1]["next"]:
        pages.append(read(api, address))
    back = [pages[-1]]
    while address := back[-1]["previous"]:
        back.append(read(api, address))
    assert len(whole) == 11
    assert [entry["id"] for page in pages for entry in page["results"]] == whole
    assert [entry["id"] for page in reversed(back) for entry in page["results"]] == whole
    assert back[-1]["results"] == pages[0]["results"]


@pytest.mark.parametrize("ordering", ["year", "-year"])
def test_entries_without_a_year_come_last(api: Client, db: None, ordering: str) -> None:
    for number, year in enumerate([1900, None, -44, 2001]):
        make_work(f"Story {number}", year)
    years = [entry["year"] for entry in read(api, WORKS, ordering=ordering)["results"]]
    assert years == [*sorted([1900, -44, 2001], reverse=ordering.startswith("-")), None]


def test_an_entry_that_comes_in_meanwhile_moves_nothing(api: Client, db: None) -> None:
    for title in ("B", "D", "F"):
        make_work(title)
    first = read(api, WORKS, ordering="title", page_size=2)
    make_work("A")
    assert titles(first) + titles(read(api, first["next"])) == ["B", "D", "F"]


def test_links_between_pages_are_in_the_header_too(api: Client, db: None) -> None:
    for number in range(3):
        make_work(f"Story {number}")
    answer = api.get(WORKS, {"page_size": 1})
    assert answer["Link"] == f'<{answer.json()["next"]}>; rel="next"'


def test_a_work_with_many_adaptations_names_a_hundred_and_links_to_all(api: Client, shelf: Shelf) -> None:
    for number in range(101):
        adapt(make_screen_work(f"Version {number}", 2000), work=shelf.work)
    work = read(api, f"{WORKS}{shelf.work.pk}/")
    assert len(work["adaptations"]) == 100
    assert len(read(api, work["adaptations_url"], page_size=100)["results"]) == 100
    assert read(api, work["adaptations_url"], page_size=100)["next"]


def test_a_list_takes_one_query_however_much_it_shows(
    api: Client, shelf: Shelf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for collection in ("works", "screen-works", "adaptations", "people"):
        with django_assert_num_queries(1):
            read(api, f"/api/v1/{collection}/", page_size=100)


def test_a_reader_who_has_it_already_is_told_so(api: Client, shelf: Shelf) -> None:
    address = f"{WORKS}{shelf.work.pk}/"
    first = api.get(address)
    again = api.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == "public, max-age=60"
    shelf.work.title = "Frankenstein; or, The Modern Prometheus"
    shelf.work.save()
    assert api.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_other_methods_are_told_which_are_right(api: Client, shelf: Shelf) -> None:
    address = f"{WORKS}{shelf.work.pk}/"
    assert api.head(address).status_code == 200
    options = api.options(address)
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = api.generic(method, address)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert answer["Content-Type"] == "application/problem+json"


def test_what_says_how_much_an_account_has_left_is_kept_by_no_shared_cache(api: Client) -> None:
    user = User.objects.create_user("mary", "", "a lantern in the library")
    headers = {"Authorization": f"Bearer {tokens.issue(user).access}"}
    assert api.get("/api/v1/works/")["Cache-Control"] == "public, max-age=60"
    answer = api.get("/api/v1/works/", headers=headers)
    assert answer["Cache-Control"] == "private, max-age=60"
    assert "Authorization" in answer["Vary"]
