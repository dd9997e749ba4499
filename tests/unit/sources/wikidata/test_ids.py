import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.sources.wikidata.ids import imdb_id, isbn, open_library_id, tmdb_id


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("0-441-17271-7", "0441172717"),
        ("978-0-441-17271-9", "9780441172719"),
        ("080442957x", "080442957X"),
        ("979-10-90636-07-1", "9791090636071"),
        ("978-0-441-17271-8", None),
        ("0-441-17271-8", None),
        ("9770441172719", None),
        ("X804429570", None),
        ("٩٧٨٠٤٤١١٧٢٧١٩", None),
        ("", None),
    ],
)
def test_an_isbn_is_told_by_its_check_digit(raw: str, found: str | None) -> None:
    assert isbn(raw) == found


@given(st.integers(0, 10**9 - 1), st.integers(1, 9), st.integers(0, 8))
def test_one_wrong_digit_makes_an_isbn_wrong(number: int, step: int, place: int) -> None:
    digits = f"978{number:09}"
    check = -sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10
    right = f"{digits}{check}"
    wrong = right[: place + 3] + str((int(right[place + 3]) + step) % 10) + right[place + 4 :]

    assert isbn(right) == right
    assert isbn(wrong) is None


@pytest.mark.parametrize("good", ["tt0087182", "tt12345678", "nm0000636"])
def test_imdb_ids_of_titles_and_people_are_kept(good: str) -> None:
    assert imdb_id(good) == good


@pytest.mark.parametrize("bad", ["tt123", "0087182", "ev0000003", "tt0087182/", "TT0087182", "tt٠٠٨٧١٨٢"])
def test_other_imdb_ids_are_none(bad: str) -> None:
    assert imdb_id(bad) is None


def test_shapes_of_tmdb_and_open_library() -> None:
    assert [tmdb_id(raw) for raw in ("841", "0", "0841", "movie/841")] == ["841", None, None, None]
    assert [open_library_id(raw) for raw in ("OL893415W", "OL1A", "OL5M", "OL5X", "OL0W")] == [
        *("OL893415W", "OL1A", "OL5M"),
        None,
        None,
    ]
