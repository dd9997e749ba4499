"""Open Library's stand-in: its shapes, and how it sends those away who do not say who they are."""

from collections.abc import Iterator

import httpx
import pytest

from tests.upstreams.lab import OPEN_LIBRARY_PER_SECOND, OpenLibraryLab
from tests.upstreams.limiter import Limiter
from tests.upstreams.titles import work

CONTACT = {"User-Agent": "Adaptapedia/1 (tests@example.org) httpx"}


@pytest.fixture
def client(open_library_lab: OpenLibraryLab) -> Iterator[httpx.Client]:
    open_library_lab.limiter = None
    open_library_lab.add(
        work(893415, "Dune", year=1965, authors="Frank Herbert", languages=("eng",)),
        work(893416, "Dune Messiah", year=1969, authors="Frank Herbert"),
        work(2, redirect="OL893415W"),
    )
    with httpx.Client(base_url=open_library_lab.url, headers=CONTACT) as client:
        yield client


def keys(answer: httpx.Response) -> list[str]:
    return [found["key"] for found in answer.json()["docs"]]


def test_works_are_found_by_many_keys_at_once_with_the_fields_asked_for(client: httpx.Client) -> None:
    asked = {"q": "key:(/works/OL893416W OR /works/OL893415W OR /works/OL2W OR /works/OL99W)", "fields": "key,title"}
    answer = client.get("/search.json", params=asked)

    assert keys(answer) == ["/works/OL893415W", "/works/OL893416W"]
    assert answer.json()["numFound"] == 2
    assert all(found.keys() == {"key", "title"} for found in answer.json()["docs"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "dune herbert"}, ["/works/OL893415W", "/works/OL893416W"]),
        ({"q": 'title:"dune messiah" author:herbert'}, ["/works/OL893416W"]),
        ({"title": "Dune Messiah"}, ["/works/OL893416W"]),
        ({"title": "Dune", "author": "Frank Herbert", "limit": "1"}, ["/works/OL893415W"]),
        ({"q": "dune", "limit": "1", "offset": "1"}, ["/works/OL893416W"]),
        ({"q": "emma"}, []),
    ],
)
def test_works_are_found_by_title_and_author(client: httpx.Client, asked: dict[str, str], found: list[str]) -> None:
    assert keys(client.get("/search.json", params=asked)) == found


def test_a_work_that_was_merged_away_says_where_it_went(client: httpx.Client) -> None:
    told = client.get("/works/OL2W.json").json()

    assert told["type"] == {"key": "/type/redirect"}
    assert told["location"] == "/works/OL893415W"


def test_a_work_that_is_not_there_is_a_404_in_json(client: httpx.Client) -> None:
    answer = client.get("/works/OL404W.json")

    assert (answer.status_code, answer.json()["error"]) == (404, "notfound")


def test_descriptions_come_in_both_shapes_and_covers_with_a_hole(
    client: httpx.Client, open_library_lab: OpenLibraryLab
) -> None:
    open_library_lab.add(*(work(number, "Emma") for number in range(1, 200)))
    told = [client.get(f"/works/OL{number}W.json").json() for number in range(1, 200)]

    assert {type(one.get("description")) for one in told} == {str, dict, type(None)}
    assert any(-1 in one.get("covers", ()) for one in told)


def test_ratings_agree_with_the_search(client: httpx.Client) -> None:
    rated = client.get("/works/OL893415W/ratings.json").json()
    asked = {"q": "key:/works/OL893415W", "fields": "ratings_average,ratings_count"}
    (found,) = client.get("/search.json", params=asked).json()["docs"]

    assert found == {"ratings_average": rated["summary"]["average"], "ratings_count": rated["summary"]["count"]}
    assert sum(rated["counts"].values()) == rated["summary"]["count"]


@pytest.mark.parametrize("agent", ["", "python-httpx/0.28.1", "Adaptapedia/1"])
def test_who_names_no_contact_is_sent_away_with_a_page(client: httpx.Client, agent: str) -> None:
    answer = client.get("/works/OL893415W.json", headers={"User-Agent": agent})

    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/html")


def test_three_a_second_are_allowed(open_library_lab: OpenLibraryLab) -> None:
    open_library_lab.limiter = Limiter(OPEN_LIBRARY_PER_SECOND, clock=lambda: 0.0)
    with httpx.Client(base_url=open_library_lab.url, headers=CONTACT) as client:
        answers = [client.get("/works/OL1W.json") for _ in range(6)]

    assert [answer.status_code for answer in answers[:3]] == [404] * 3
    assert {answer.status_code for answer in answers[3:]} == {429}
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].headers["Content-Type"].startswith("text/html")
