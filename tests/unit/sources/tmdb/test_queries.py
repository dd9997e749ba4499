from datetime import date

import pytest

from adaptapedia.sources.tmdb import queries
from adaptapedia.sources.tmdb.client import is_read_token
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef

MOVIE, TV = TitleKind.MOVIE, TitleKind.TV


def test_one_request_for_a_title_brings_all_that_belongs_to_it() -> None:
    assert queries.title(TitleRef(MOVIE, 438631)) == (
        "/movie/438631",
        {"append_to_response": "credits,external_ids,watch/providers,keywords,videos,release_dates"},
    )
    assert queries.title(TitleRef(TV, 1399)) == (
        "/tv/1399",
        {"append_to_response": "aggregate_credits,external_ids,watch/providers,keywords,videos,content_ratings"},
    )


def test_a_search_names_the_year_as_its_kind_does() -> None:
    common = {"query": "Dune & Söhne", "page": 2, "include_adult": "false"}

    assert queries.search(MOVIE, "Dune & Söhne", year=1984, page=2) == ("/search/movie", {**common, "year": 1984})
    assert queries.search(TV, "Dune & Söhne", year=2000, page=2) == (
        "/search/tv",
        {**common, "first_air_date_year": 2000},
    )
    assert queries.search(TV, "Dune & Söhne", year=None, page=2) == ("/search/tv", common)


@pytest.mark.parametrize("page", [0, -1, 501])
def test_pages_that_tmdb_does_not_have_are_not_asked_for(page: int) -> None:
    with pytest.raises(ValueError, match="pages 1 to 500"):
        queries.search(MOVIE, "Dune", year=None, page=page)
    with pytest.raises(ValueError, match="pages 1 to 500"):
        queries.changes(MOVIE, start=date(2026, 1, 1), end=date(2026, 1, 2), page=page)


def test_changes_are_asked_for_within_14_days() -> None:
    assert queries.changes(TV, start=date(2026, 1, 1), end=date(2026, 1, 15), page=1) == (
        "/tv/changes",
        {"start_date": "2026-01-01", "end_date": "2026-01-15", "page": 1},
    )
    for start, end in ((date(2026, 1, 1), date(2026, 1, 16)), (date(2026, 1, 2), date(2026, 1, 1))):
        with pytest.raises(ValueError, match="within 14 days"):
            queries.changes(TV, start=start, end=end, page=1)


def test_only_an_id_of_a_title_at_imdb_is_looked_up() -> None:
    assert queries.find_by_imdb("tt0087182") == ("/find/tt0087182", {"external_source": "imdb_id"})
    for raw in ("nm0000001", "tt12", "tt0087182/../../account", "", "tt０087182"):
        with pytest.raises(ValueError, match="no id of a title"):
            queries.find_by_imdb(raw)


def test_a_read_token_is_told_from_a_key() -> None:
    assert is_read_token("eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIxIn0.c2lnbmF0dXJl")
    assert not is_read_token("0123456789abcdef0123456789abcdef")
    assert not is_read_token("eyJ0123456789abcdef")
