"""TMDb's stand-in: the shapes, errors, limits and headers of its developer docs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.upstreams.catalogue import Catalogue
from tests.upstreams.lab import TmdbLab
from tests.upstreams.limiter import Limiter
from tests.upstreams.titles import film, series

APPENDED = "credits,external_ids,watch/providers,keywords,release_dates,videos"


@pytest.fixture
def client(tmdb_lab: TmdbLab) -> Iterator[httpx.Client]:
    tmdb_lab.add(
        film(841, "Dune", date="1984-12-14", directors="David Lynch", imdb="tt0087182", popularity=40.0),
        film(438631, "Dune", date="2021-09-15", directors="Denis Villeneuve", popularity=90.0),
        film(
            2,
            "Leon",
            original_title="Léon",
            language="fr",
            also=("The Professional",),
            years=(1995,),
            date="1994-09-14",
        ),
        series(90228, "Dune: Prophecy", date="2024-11-17", ended="2026-01-05", directors="Diane Ademu-John"),
    )
    with httpx.Client(base_url=tmdb_lab.url, params={"api_key": tmdb_lab.api_key}) as client:
        yield client


def ids(answer: httpx.Response) -> list[int]:
    return [hit["id"] for hit in answer.json()["results"]]


def test_a_film_comes_with_everything_that_is_appended(client: httpx.Client) -> None:
    told = client.get("/movie/841", params={"append_to_response": f"{APPENDED},nothing_like_it"}).json()

    assert (told["title"], told["release_date"], told["imdb_id"]) == ("Dune", "1984-12-14", "tt0087182")
    assert {*APPENDED.split(",")} <= told.keys()
    assert [one["name"] for one in told["credits"]["crew"] if one["job"] == "Director"] == ["David Lynch"]
    assert "nothing_like_it" not in told


def test_a_series_has_its_imdb_id_among_the_external_ones_alone(client: httpx.Client) -> None:
    told = client.get("/tv/90228", params={"append_to_response": "external_ids,aggregate_credits"}).json()

    assert "imdb_id" not in told
    assert "imdb_id" in told["external_ids"]
    assert [one["name"] for one in told["created_by"]] == ["Diane Ademu-John"]
    assert {"air_date", "episode_count", "season_number"} <= told["seasons"][0].keys()
    assert "roles" in told["aggregate_credits"]["cast"][0]


def test_members_that_a_test_names_stand_in_the_answer_as_they_are(tmdb_lab: TmdbLab, client: httpx.Client) -> None:
    tmdb_lab.add(film(5, "Odd", release_date="", poster_path=None, external_ids={"wikidata_id": None}))
    told = client.get("/movie/5", params={"append_to_response": "external_ids"}).json()

    assert (told["release_date"], told["poster_path"]) == ("", None)
    assert told["external_ids"].keys() >= {"wikidata_id", "imdb_id"}


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/movie/9", 404, 34),
        ("/nothing", 404, 34),
        ("/search/movie?query=dune&page=501", 400, 22),
        ("/search/movie?query=dune&page=0", 400, 22),
        ("/movie/changes?start_date=2024-01-01&end_date=2024-01-20", 422, 20),
        ("/movie/changes?start_date=yesterday", 400, 23),
        ("/movie/841?append_to_response=" + ",".join(["videos"] * 21), 400, 27),
        ("/find/tt0087182", 422, 5),
        ("/movie/841?api_key=wrong", 401, 7),
    ],
)
def test_errors_have_tmdbs_own_codes(client: httpx.Client, address: str, status: int, code: int) -> None:
    key = "" if "api_key" in address else f"{'&' if '?' in address else '?'}{client.params}"
    answer = httpx.get(f"{client.base_url}{address.removeprefix('/')}{key}")

    assert (answer.status_code, answer.json()["status_code"], answer.json()["success"]) == (status, code, False)


def test_a_read_token_opens_as_a_bearer_and_not_as_a_key(tmdb_lab: TmdbLab, client: httpx.Client) -> None:
    address = f"{tmdb_lab.url}/configuration"
    bearer = httpx.get(address, headers={"Authorization": f"Bearer {tmdb_lab.read_token}"})

    assert bearer.json()["images"]["secure_base_url"] == "https://image.tmdb.org/t/p/"
    assert httpx.get(address, params={"api_key": tmdb_lab.read_token}).status_code == 401
    assert httpx.get(address, headers={"Authorization": f"Bearer {tmdb_lab.api_key}"}).status_code == 401


def test_a_search_sorts_whole_titles_first_and_then_by_popularity(client: httpx.Client, tmdb_lab: TmdbLab) -> None:
    tmdb_lab.add(film(6, "The Making of Dune", popularity=99.0))

    assert ids(client.get("/search/movie", params={"query": "dune"})) == [438631, 841, 6]
    assert ids(client.get("/search/tv", params={"query": "dune"})) == [90228]
    assert ids(client.get("/search/movie", params={"query": "dune messiah"})) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"query": "leon"}, [2]),
        ({"query": "Léon", "primary_release_year": "1994"}, [2]),
        ({"query": "the professional", "year": "1995"}, [2]),
        ({"query": "leon", "primary_release_year": "1995"}, []),
        ({"query": "leon", "year": "1996"}, []),
    ],
)
def test_a_search_finds_original_and_other_titles_and_years(
    client: httpx.Client, query: dict[str, str], found: list[int]
) -> None:
    assert ids(client.get("/search/movie", params=query)) == found


def test_the_year_of_a_series_is_its_first_or_any_of_its_broadcasts(client: httpx.Client) -> None:
    asked = [{"first_air_date_year": "2024"}, {"first_air_date_year": "2025"}, {"year": "2025"}, {"year": "2027"}]
    found = [ids(client.get("/search/tv", params={"query": "prophecy", **year})) for year in asked]

    assert found == [[90228], [], [90228], []]


def test_a_search_has_twenty_results_a_page(client: httpx.Client, tmdb_lab: TmdbLab) -> None:
    tmdb_lab.add(*(film(1000 + number, "Carmen", popularity=float(number)) for number in range(45)))
    pages = [client.get("/search/movie", params={"query": "carmen", "page": page}).json() for page in (1, 3, 4)]

    assert [len(page["results"]) for page in pages] == [20, 5, 0]
    assert (pages[0]["total_results"], pages[0]["total_pages"]) == (45, 3)
    assert pages[1]["results"][-1]["id"] == 1000


def test_find_answers_five_lists_and_a_miss_is_five_empty_ones(client: httpx.Client) -> None:
    asked = {"external_source": "imdb_id"}
    hit, miss = client.get("/find/tt0087182", params=asked).json(), client.get("/find/tt1", params=asked).json()

    assert [one["id"] for one in hit["movie_results"]] == [841]
    assert len(miss) == 5
    assert not any(miss.values())


def test_who_has_it_already_is_told_so_until_it_changes(client: httpx.Client, tmdb_lab: TmdbLab) -> None:
    first = client.get("/movie/841")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/movie/841", headers=known)
    tmdb_lab.change("movie", 841, overview="Sand.", title="Dune!")
    after = client.get("/movie/841", headers=known)

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "max-age" in first.headers["Cache-Control"]
    assert (after.status_code, after.json()["overview"], after.json()["title"]) == (200, "Sand.", "Dune!")


def test_changes_are_those_of_a_day_unless_asked_for_more(client: httpx.Client, tmdb_lab: TmdbLab) -> None:
    now = datetime.now(UTC)
    tmdb_lab.change("movie", 841, popularity=41.0)
    tmdb_lab.change("movie", 438631, at=now - timedelta(days=5), popularity=91.0)
    tmdb_lab.change("tv", 90228, popularity=3.0)
    since = {"start_date": (now - timedelta(days=7)).date().isoformat(), "end_date": now.date().isoformat()}

    assert ids(client.get("/movie/changes")) == [841]
    assert ids(client.get("/tv/changes")) == [90228]
    assert ids(client.get("/movie/changes", params=since)) == [841, 438631]


def test_changes_come_a_hundred_a_page(client: httpx.Client, tmdb_lab: TmdbLab) -> None:
    for number in range(1000, 1130):
        tmdb_lab.add(film(number, "Carmen"))
        tmdb_lab.change("movie", number, popularity=2.0)
    pages = [client.get("/movie/changes", params={"page": page}).json() for page in (1, 2)]

    assert [len(page["results"]) for page in pages] == [100, 30]
    assert pages[0]["total_pages"] == 2


def test_what_is_removed_is_gone(client: httpx.Client, tmdb_lab: TmdbLab) -> None:
    tmdb_lab.remove("movie", 841)

    assert client.get("/movie/841").status_code == 404
    assert ids(client.get("/search/movie", params={"query": "dune"})) == [438631]
    assert client.get("/find/tt0087182", params={"external_source": "imdb_id"}).json()["movie_results"] == []


def test_one_request_too_many_is_really_refused() -> None:
    now = [0.0]
    with TmdbLab(Catalogue([film(1, "A")])) as lab, httpx.Client(base_url=lab.url) as client:
        lab.limiter = Limiter(2.0, clock=lambda: now[0])
        answers = [client.get("/movie/1", params={"api_key": lab.api_key}) for _ in range(5)]
        now[0] += 0.5
        later = [client.get("/movie/1", params={"api_key": lab.api_key}) for _ in range(2)]

    assert [answer.status_code for answer in (*answers, *later)] == [200, 200, 429, 429, 429, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"
    assert answers[2].json()["status_code"] == 25
    assert lab.log.count(429) == lab.limiter.refused == 4


def test_by_default_forty_a_second_are_allowed() -> None:
    with TmdbLab() as lab:
        assert lab.limiter is not None
        assert (lab.limiter.per_second, lab.limiter.burst) == (40.0, 40.0)


def test_the_same_title_makes_the_same_bytes_in_another_server() -> None:
    found = []
    for _ in range(2):
        with TmdbLab(Catalogue([film(1, "A", date="1999-01-02")])) as lab:
            address = f"{lab.url}/movie/1?append_to_response={APPENDED}&api_key={lab.api_key}"
            found.append(httpx.get(address).content)

    assert found[0] == found[1]
