"""Looking for titles at TMDb's stand-in, over HTTP, as a refresh does."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from adaptapedia.ingest.matching.finding import find_title
from adaptapedia.ingest.matching.records import ScreenFacts, Verdict
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.sources.clients import tmdb
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film, series

DUNE = TitleRef(TitleKind.MOVIE, 841)
NEW_DUNE = TitleRef(TitleKind.MOVIE, 438631)
FACTS: dict[str, Any] = {
    "screen_work_id": 1,
    "titles": ("Dune",),
    "original_title": "",
    "year": 1984,
    "end_year": None,
    "kind": "film",
    "language": "en",
    "directors": ("David Lynch",),
    "imdb": (),
}


@pytest.fixture
def lab(tmdb_lab: TmdbLab) -> TmdbLab:
    tmdb_lab.limiter = None
    tmdb_lab.add(
        film(841, "Dune", date="1984-12-14", directors="David Lynch", imdb="tt0087182", popularity=40.0),
        film(438631, "Dune", date="2021-09-15", directors="Denis Villeneuve", imdb="tt1160419", popularity=90.0),
        film(693134, "Dune: Part Two", date="2024-02-27", directors="Denis Villeneuve", popularity=99.0),
        series(5, "Frank Herbert's Dune", date="2000-12-03", directors="John Harrison"),
    )
    return tmdb_lab


def find(lab: TmdbLab, **values: Any) -> Verdict:
    async def found() -> Verdict:
        async with tmdb(lab.url, key=lab.api_key) as client:
            return await find_title(ScreenFacts(**{**FACTS, **values}), client)

    return asyncio.run(found())


def asked(lab: TmdbLab) -> list[str]:
    return [urlsplit(request.target).path.removeprefix("/3/") for request in lab.requests]


def told(verdict: Verdict) -> tuple[str, TitleRef | None]:
    return verdict.outcome, verdict.ref


def test_a_hit_by_imdbs_id_is_taken_without_being_read(lab: TmdbLab) -> None:
    verdict = find(lab, imdb=("tt0087182",))

    assert told(verdict) == ("accepted", DUNE)
    assert verdict.evidence["how"] == "imdb"
    assert verdict.fetched is None
    assert asked(lab) == ["find/tt0087182"]


def test_of_a_film_and_a_series_with_one_imdb_id_the_right_kind_is_taken(lab: TmdbLab) -> None:
    lab.add(series(6, "Dune", date="1984-01-01", imdb="tt0087182"))

    assert told(find(lab, imdb=("tt0087182",))) == ("accepted", DUNE)
    assert told(find(lab, imdb=("tt0087182",), kind="series", directors=())) == ("accepted", TitleRef(TitleKind.TV, 6))


def test_an_imdb_id_of_something_else_is_for_a_person(lab: TmdbLab) -> None:
    assert told(find(lab, imdb=("tt1160419",))) == ("review", NEW_DUNE)


def test_an_imdb_id_that_tmdb_does_not_know_leads_to_a_search(lab: TmdbLab) -> None:
    assert told(find(lab, imdb=("tt9999999",))) == ("accepted", DUNE)


def test_a_search_takes_the_right_year_not_the_first_hit_and_reads_it_once(lab: TmdbLab) -> None:
    verdict = find(lab)

    assert told(verdict) == ("accepted", DUNE)
    assert verdict.score > 0.99
    assert [part[:2] for part in verdict.evidence["parts"]][-1] == ["director", "same"]
    assert verdict.fetched is not None
    assert asked(lab) == ["search/movie", "movie/841"]


def test_who_made_it_decides_between_two_of_a_year(lab: TmdbLab) -> None:
    lab.add(film(9, "Dune", date="1984-03-01", directors="Somebody Else", popularity=99.0))

    assert told(find(lab)) == ("accepted", DUNE)
    assert told(find(lab, directors=()))[0] == "review"


def test_a_namesake_made_by_others_is_not_taken(lab: TmdbLab) -> None:
    lab.remove("movie", 841)
    lab.add(film(9, "Dune", date="1984-03-01", directors="Somebody Else"))

    assert find(lab).outcome != "accepted"


def test_a_part_is_not_taken_for_the_whole_nor_for_another_part(lab: TmdbLab) -> None:
    part_one = {"titles": ("Dune: Part One",), "year": 2024, "directors": ("Denis Villeneuve",)}

    assert find(lab, **part_one).ref != TitleRef(TitleKind.MOVIE, 693134)
    assert told(find(lab, **{**part_one, "titles": ("Dune: Part 2",)})) == (
        "accepted",
        TitleRef(TitleKind.MOVIE, 693134),
    )


def test_a_title_found_by_an_alternative_one_is_taken_for_who_made_it(lab: TmdbLab) -> None:
    lab.add(
        film(10, "The Sixth Sense of Sand", date="1990-01-01", directors="Alia Kynes", also=("Arrakis",), language="en")
    )
    arrakis = {"titles": ("Arrakis",), "year": 1990, "directors": ("Alia Kynes",)}

    assert told(find(lab, **arrakis)) == ("accepted", TitleRef(TitleKind.MOVIE, 10))


def test_what_a_person_refused_is_not_proposed_again(lab: TmdbLab) -> None:
    verdict = find(lab, refused=(DUNE,), imdb=("tt0087182",))

    assert DUNE not in [one.ref for one in verdict.candidates]


def test_what_tmdb_does_not_have_ends_as_nothing_within_a_few_requests(lab: TmdbLab) -> None:
    verdict = find(lab, titles=("Der Schimmelreiter", "Der Schimmelreiter: Ein Film"), year=1934)

    assert told(verdict) == ("nothing", None)
    assert len(lab.requests) == verdict.evidence["requests"] <= 9


def test_without_a_title_nothing_is_asked(lab: TmdbLab) -> None:
    assert told(find(lab, titles=())) == ("nothing", None)
    assert asked(lab) == []


def test_more_results_than_a_page_are_narrowed_by_the_year(lab: TmdbLab) -> None:
    lab.remove("movie", 841)
    lab.add(*(film(1_000 + n, "Dune", date=f"{1930 + n}-01-01", directors="X Y", popularity=50.0) for n in range(40)))
    lab.add(film(2_000, "Dune", date="1984-05-01", directors="David Lynch", popularity=0.6))

    assert told(find(lab)) == ("accepted", TitleRef(TitleKind.MOVIE, 2_000))
