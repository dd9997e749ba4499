"""Cells → what they say, or what is wrong with them."""

from typing import Any

import pytest

from adaptapedia.ingest.by_hand.columns import Fault, PairOfFile, Side, checked

GOOD = {"screen_title": "Stalker", "source_title": "Roadside Picnic"}
NOTHING: dict[str, Any] = {
    "item": None, "title": None, "original_title": None, "language": None, "year": None, "end_year": None,
    "what": None, "ids": (), "names": (),
}  # fmt: skip


def pair(**cells: str) -> PairOfFile:
    found = checked(7, {**GOOD, **cells}, this_year=2026)
    assert isinstance(found, PairOfFile), found
    return found


def reasons(**cells: str) -> list[tuple[str, str]]:
    found = checked(7, {**GOOD, **cells}, this_year=2026)
    assert isinstance(found, list), found
    assert {fault.line for fault in found} == {7}
    return [(fault.column, fault.reason) for fault in found]


def test_a_row_with_little_says_little() -> None:
    assert pair() == PairOfFile(
        7, Side(**{**NOTHING, "title": "Stalker"}), Side(**{**NOTHING, "title": "Roadside Picnic"}), None
    )


def test_a_row_with_everything_says_everything() -> None:
    found = pair(
        screen_item="q230494", screen_original_title=" Сталкер ", screen_language="ru", screen_year="1979",
        screen_end_year="1980", screen_kind="series", screen_imdb="tt0079944", screen_tmdb="1398",
        screen_directors=" Andrei Tarkovsky ; ;Andrei Tarkovsky;  Another", relation="inspired_by",
        source_item="https://www.wikidata.org/wiki/Q1091438", source_year="-44", source_form="play",
        source_isbn="0-441-17271-7; 9780441013593", source_open_library="OL8936W", source_authors="A. Strugatsky",
        note="\tanything",
    )  # fmt: skip
    assert found.screen == Side(
        230494, "Stalker", "Сталкер", "ru", 1979, 1980, "series", ("imdb:tt0079944", "tmdb_tv:1398"),
        ("Andrei Tarkovsky", "Another"),
    )  # fmt: skip
    assert found.source == Side(
        1091438, "Roadside Picnic", None, None, -44, None, "play",
        ("isbn:0441172717", "isbn:9780441013593", "open_library:OL8936W"), ("A. Strugatsky",),
    )  # fmt: skip
    assert (found.relation, found.is_remake) == ("inspired_by", False)


@pytest.mark.parametrize(
    ("cells", "id_"),
    [
        ({"screen_tmdb": "movie/603"}, "tmdb_movie:603"),
        ({"screen_tmdb": "tv/1399", "screen_kind": "film"}, "tmdb_tv:1399"),
        ({"screen_tmdb": "603", "screen_kind": "short"}, "tmdb_movie:603"),
        ({"screen_tmdb": "1399", "screen_kind": "miniseries"}, "tmdb_tv:1399"),
    ],
)
def test_a_tmdb_number_is_a_films_or_a_series(cells: dict[str, str], id_: str) -> None:
    assert pair(**cells).screen.ids == (id_,)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("screen_item", "Q0", "no item of Wikidata"),
        ("screen_item", "P144", "no item of Wikidata"),
        ("screen_item", "42", "no item of Wikidata"),
        ("source_item", "Q٤٢", "no item of Wikidata"),
        ("source_item", "Q1234567890123456789", "no item of Wikidata"),
        ("screen_kind", "movie", "none of film, television_film, short, series, miniseries, other"),
        ("source_form", "scroll", "none of novel, "),
        ("relation", "sequel_of", "none of based_on, "),
        ("screen_year", "1869", "nothing was on a screen before 1870"),
        ("screen_year", "2999", "a year out of range"),
        ("screen_year", "nineteen", "no year"),
        ("screen_year", "1984.0", "no year"),
        ("source_year", "0", "there was no year 0"),
        ("source_year", "-9000", "a year out of range"),
        ("screen_title", "x" * 1_001, "1,001 characters, and 1,000 are the most"),
        ("source_authors", "Ann;" + "y" * 1_001, "1,001 characters"),
        ("screen_title", "\u200e\u200b", "there is nothing here that can be seen"),
        ("screen_title", "Sta\0lker", "holds a NUL"),
        ("note", "\0", "holds a NUL"),
        ("source_title", "\ud800", "lone surrogate"),
        ("screen_language", "english language", "no language tag"),
        ("screen_language", "en-" + "-".join(["abcdefgh"] * 5), "no language tag"),
        ("screen_imdb", "0087182", "no IMDb id"),
        ("screen_imdb", "nm0000186", "no IMDb id of a title"),
        ("screen_tmdb", "movie/0", "no TMDb id"),
        ("screen_tmdb", "person/5", "no TMDb id"),
        ("screen_tmdb", "603", "film or series?"),
        ("source_isbn", "9780441013594", "check digit"),
        ("source_isbn", "9780441013593; 123", "check digit"),
        ("source_open_library", "OL26320A", "no work of Open Library"),
    ],
)
def test_what_may_not_stand_in_a_column_is_told_with_the_reason(column: str, value: str, reason: str) -> None:
    told = reasons(**{column: value})
    assert any(at == column and reason in why for at, why in told), told


def test_everything_that_is_wrong_with_a_row_is_told_at_once() -> None:
    told = reasons(screen_item="x", source_year="y", screen_kind="z", source_isbn="1; 2")
    wrong = ["screen_item", "screen_kind", "source_isbn", "source_isbn", "source_year"]
    assert sorted(column for column, _ in told) == wrong


def test_a_side_without_title_and_item_is_told() -> None:
    assert reasons(screen_title=" ") == [("screen_title", "neither a title nor an item of Wikidata nor another id")]
    assert pair(screen_title=" ", screen_imdb="tt0079944").screen.title is None


def test_a_series_does_not_end_before_it_begins() -> None:
    assert reasons(screen_year="1990", screen_end_year="1989") == [("screen_end_year", "before its first year, 1990")]


def test_nothing_is_made_from_itself() -> None:
    assert reasons(screen_item="Q5", source_item="q5") == [("source_item", "a screen work is not made from itself")]


def test_the_source_of_a_remake_is_a_screen_work() -> None:
    assert pair(relation="remake_of", source_form="film").source.what == "film"
    told = reasons(relation="remake_of", source_form="novel", source_authors="Lem", source_year="1800")
    assert [column for column, _ in told] == ["source_form", "source_year", "source_authors"]


def test_long_values_are_told_in_part() -> None:
    (fault,) = checked(7, {**GOOD, "screen_imdb": "tt\n" + "9" * 500}, this_year=2026)  # type: ignore[misc]
    assert isinstance(fault, Fault)
    assert len(fault.value) == 61
    assert fault.as_json["line"] == 7
