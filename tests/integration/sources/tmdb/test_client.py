"""The client against TMDb on loopback, with its shapes, limits and errors."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from adaptapedia.sources.errors import NotFound, Rejected, Unavailable
from adaptapedia.sources.tmdb.client import TmdbClient
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.sources.clients import tmdb
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film, series

Answered = TypeVar("Answered")

MOVIE, TV = TitleKind.MOVIE, TitleKind.TV
DUNE = TitleRef(MOVIE, 841)


@pytest.fixture
def lab(tmdb_lab: TmdbLab) -> TmdbLab:
    tmdb_lab.limiter = None
    tmdb_lab.add(
        film(
            841,
            "Dune",
            date="1984-12-14",
            directors="David Lynch",
            cast=("Kyle MacLachlan", "Sting"),
            imdb="tt0087182",
            wikidata="Q114819",
            countries=("US", "MX"),
            genres=("Science Fiction",),
            runtime=137,
            popularity=40.0,
            overview="Sand.",
        ),
        film(438631, "Dune", date="2021-09-15", popularity=90.0),
        series(
            1399, "Game of Thrones", date="2011-04-17", ended="2019-05-19", directors="David Benioff", imdb="tt0944947"
        ),
    )
    return tmdb_lab


def ask(lab: TmdbLab, question: Callable[[TmdbClient], Awaitable[Answered]], **terms: Any) -> Answered:
    async def asked() -> Answered:
        async with tmdb(lab.url, **{"key": lab.api_key, **terms}) as client:
            return await question(client)

    return asyncio.run(asked())


def test_a_film_is_read_whole_in_one_request(lab: TmdbLab) -> None:
    fetched = ask(lab, lambda client: client.title(DUNE))

    title = fetched.title
    assert title is not None
    assert (title.title, title.released, title.runtime, title.genres) == (
        "Dune",
        date(1984, 12, 14),
        137,
        ("Science Fiction",),
    )
    assert (title.imdb_id, title.wikidata_id, title.countries, title.overview) == (
        "tt0087182",
        114819,
        ("MX", "US"),
        "Sand.",
    )
    assert [person.name for person in title.cast] == ["Kyle MacLachlan", "Sting"]
    assert [person.name for person in title.crew if person.job == "Director"] == ["David Lynch"]
    assert title.problems == ()
    assert fetched.etag
    assert len(lab.requests) == 1


def test_a_series_is_read_with_its_seasons_and_creators(lab: TmdbLab) -> None:
    title = ask(lab, lambda client: client.title(TitleRef(TV, 1399))).title

    assert title is not None
    assert (title.released, title.ended, title.imdb_id) == (date(2011, 4, 17), date(2019, 5, 19), "tt0944947")
    assert [season.number for season in title.seasons if season.number] == list(range(1, 10))
    assert title.episodes == sum(season.episodes for season in title.seasons if season.number)
    assert [person.name for person in title.crew if person.job == "Creator"] == ["David Benioff"]
    assert title.problems == ()
    assert len(lab.requests) == 1


def test_a_title_that_we_have_already_is_told_to_be_as_it_was(lab: TmdbLab) -> None:
    etag = ask(lab, lambda client: client.title(DUNE)).etag

    again = ask(lab, lambda client: client.title(DUNE, etag=etag))
    lab.change("movie", 841, overview="More sand.")
    changed = ask(lab, lambda client: client.title(DUNE, etag=etag))

    assert (again.title, again.etag) == (None, etag)
    assert changed.title is not None
    assert changed.title.overview == "More sand."
    assert changed.etag != etag


def test_a_title_that_is_gone_is_not_found_and_asked_for_once(lab: TmdbLab) -> None:
    lab.remove("movie", 841)

    with pytest.raises(NotFound):
        ask(lab, lambda client: client.title(DUNE))
    assert len(lab.requests) == 1


@pytest.mark.parametrize("kind", ["key", "token"])
def test_a_key_and_a_token_open_it_each_in_its_own_way(lab: TmdbLab, kind: str) -> None:
    key = lab.api_key if kind == "key" else lab.read_token

    assert ask(lab, lambda client: client.title(DUNE), key=key).title is not None
    assert ("api_key" in lab.requests[0].target) == (kind == "key")
    with pytest.raises(Rejected, match="TMDB_API_KEY"):
        ask(lab, lambda client: client.title(DUNE), key=key[:-1] + "x")


def test_a_search_finds_titles_of_one_kind_and_year(lab: TmdbLab) -> None:
    both = ask(lab, lambda client: client.search(MOVIE, "Dune"))
    one = ask(lab, lambda client: client.search(MOVIE, "Dune", year=1984))
    none = ask(lab, lambda client: client.search(TV, "Dune & Söhne?", year=1984))

    assert [hit.ref.tmdb_id for hit in both.hits] == [438631, 841]
    assert [(hit.ref, hit.title, hit.released) for hit in one.hits] == [(DUNE, "Dune", date(1984, 12, 14))]
    assert (none.hits, none.page, none.problems) == ((), 1, ())


def test_the_pages_of_a_search_are_all_there(lab: TmdbLab) -> None:
    lab.add(*(film(number, "Emma", popularity=1.0 + number) for number in range(1, 46)))

    pages = [ask(lab, lambda client, page=page: client.search(MOVIE, "Emma", page=page)) for page in (1, 2, 3)]

    assert [len(page.hits) for page in pages] == [20, 20, 5]
    assert {page.pages for page in pages} == {3}
    assert len({hit.ref for page in pages for hit in page.hits}) == 45


def test_an_imdb_id_finds_nothing_a_film_or_a_film_and_an_episode(lab: TmdbLab) -> None:
    lab.add(film(5, "Both", imdb="tt1234567", with_episode=True))

    assert ask(lab, lambda client: client.find_by_imdb("tt9999999")).hits == ()
    assert [hit.ref for hit in ask(lab, lambda client: client.find_by_imdb("tt0087182")).hits] == [DUNE]
    both = ask(lab, lambda client: client.find_by_imdb("tt1234567"))
    assert ([hit.ref.tmdb_id for hit in both.hits], both.others) == ([5], 1)


def test_changes_are_told_by_page(lab: TmdbLab) -> None:
    now = datetime.now(UTC)
    lab.add(*(film(number, "Emma") for number in range(1, 151)))
    for number in range(1, 151):
        lab.change("movie", number, at=now, overview="New.")
    today = now.date()

    first, second = (
        ask(
            lab,
            lambda client, page=page: client.changes(MOVIE, start=today - timedelta(days=1), end=today, page=page),
        )
        for page in (1, 2)
    )

    assert (len(first.refs), len(second.refs), first.pages) == (100, 50, 2)
    assert {ref.tmdb_id for ref in (*first.refs, *second.refs)} == set(range(1, 151))
    with pytest.raises(ValueError, match="14 days"):
        ask(lab, lambda client: client.changes(MOVIE, start=today - timedelta(days=15), end=today))


def test_the_configuration_tells_how_images_are_addressed(lab: TmdbLab) -> None:
    sizes = ask(lab, lambda client: client.image_sizes())

    assert sizes.base_url == "https://image.tmdb.org/t/p/"
    assert "w500" in sizes.posters


def test_a_script_in_a_title_stays_words(lab: TmdbLab) -> None:
    lab.always("script")

    title = ask(lab, lambda client: client.title(DUNE)).title

    assert title is not None
    assert title.title == "<script>alert('lab')</script>Dune"
    assert title.problems == ()


def test_a_page_instead_of_an_answer_is_no_title_gone(lab: TmdbLab) -> None:
    lab.always("200-html")

    with pytest.raises(Unavailable, match="HTML"):
        ask(lab, lambda client: client.title(DUNE))


def test_hundreds_of_titles_of_the_lab_have_no_problems_and_are_told_from_each_other(lab: TmdbLab) -> None:
    lab.add(*(film(number, f"Film {number}", date="2001-02-03") for number in range(1000, 1100)))
    lab.add(*(series(number, f"Series {number}", date="2001-02-03") for number in range(1000, 1100)))

    async def all_of_them(client: TmdbClient) -> list[Any]:
        refs = [TitleRef(kind, number) for kind in TitleKind for number in range(1000, 1100)]
        return await asyncio.gather(*map(client.title, refs))

    fetched = ask(lab, all_of_them)

    assert all(one.title.ref == one.ref and one.title.title.endswith(f" {one.ref.tmdb_id}") for one in fetched)
    assert {problem for one in fetched for problem in one.title.problems} == set()
    assert len({one.etag for one in fetched}) == 200
