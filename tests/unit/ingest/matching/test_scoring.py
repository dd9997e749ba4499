from datetime import date
from typing import Any

import pytest

from adaptapedia.ingest.matching.records import ScreenFacts
from adaptapedia.ingest.matching.scoring import ACCEPTED, is_clear, ranked, weigh
from adaptapedia.sources.tmdb.records import SearchHit, TitleKind, TitleRef

FACTS: dict[str, Any] = {
    "screen_work_id": 1,
    "titles": ("The Trial", "Le Procès"),
    "original_title": "Le Procès",
    "year": 1962,
    "end_year": None,
    "kind": "film",
    "language": "fr",
    "directors": (),
    "imdb": (),
}


def facts(**values: Any) -> ScreenFacts:
    return ScreenFacts(**{**FACTS, **values})


def hit(number: int = 1, **values: Any) -> SearchHit:
    terms: dict[str, Any] = {"title": "The Trial", "original_title": "Le Procès", "year": 1962, "language": "fr"}
    terms |= values
    ref = TitleRef(terms.pop("kind", TitleKind.MOVIE), number)
    year = terms.pop("year")
    released = date(year, 5, 1) if year else None
    return SearchHit(ref, terms["title"], terms["original_title"], terms["language"], released, 1.0, 0)


def best(ours: ScreenFacts, *hits: SearchHit) -> tuple[int, bool]:
    """The number of the best candidate, and whether it would be taken."""
    found = ranked(weigh(ours, one) for one in hits)
    return found[0].ref.tmdb_id, is_clear(found)


@pytest.mark.parametrize(
    ("case", "ours", "hits", "expected"),
    [
        ("alone, all agrees", {}, [{}], (1, True)),
        ("the same title, other years", {}, [{"year": 1993}, {}, {"year": 2010}], (2, True)),
        ("a remake within a year", {"original_title": ""}, [{}, {"year": 1963}], (1, False)),
        ("two of one year", {}, [{}, {}], (1, False)),
        ("two of one year, of two languages", {}, [{"language": "en", "original_title": "The Trial"}, {}], (2, True)),
        ("a year off by one, the original title too", {}, [{"year": 1963}], (1, True)),
        ("a year off by one, nothing else", {"original_title": ""}, [{"year": 1963}], (1, False)),
        ("a year off by three", {}, [{"year": 1965}], (1, False)),
        ("the year is not known", {"year": None}, [{}], (1, False)),
        ("its date is not known", {}, [{"year": None}], (1, False)),
        ("of a film the series", {}, [{"kind": TitleKind.TV}], (1, False)),
        ("film and series of one name", {}, [{"kind": TitleKind.TV}, {}], (2, True)),
        ("a miniseries filed as a film", {"kind": "miniseries"}, [{}], (1, True)),
        ("the original title alone", {}, [{"title": "Der Prozess"}], (1, True)),
        ("the translated title alone", {"titles": ("The Trial",)}, [{"original_title": "Процесс"}], (1, True)),
        ("neither title", {}, [{"title": "Der Prozess", "original_title": "Der Prozess"}], (1, False)),
        ("without accents", {"titles": ("Le Proces",)}, [{}], (1, True)),
        ("the second part", {}, [{"title": "The Trial II", "original_title": "The Trial II"}], (1, False)),
        (
            "parts are told apart",
            {"titles": ("Dune: Part One",), "original_title": "", "year": 2021, "language": "en"},
            [
                {"title": "Dune: Part Two", "original_title": "Dune: Part Two", "year": 2021, "language": "en"},
                {"title": "Dune: Part 1", "original_title": "Dune", "year": 2021, "language": "en"},
            ],
            (2, True),
        ),
        ("another language", {"titles": ("The Trial",), "original_title": ""}, [{"language": "ja"}], (1, False)),
    ],
)
def test_hard_pairs_are_taken_or_left(
    case: str, ours: dict[str, Any], hits: list[dict[str, Any]], expected: tuple[int, bool]
) -> None:
    found = [hit(number, **values) for number, values in enumerate(hits, 1)]

    assert best(facts(**ours), *found) == expected, case


def test_candidates_share_one_probability_with_none_of_them() -> None:
    found = ranked(weigh(facts(), hit(number, year=1962 + number % 3)) for number in range(5))

    assert sum(one.score for one in found) < 1
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.score < ACCEPTED for one in found)


def test_without_candidates_nothing_is_clear() -> None:
    assert not is_clear(ranked([]))
