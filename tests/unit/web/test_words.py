import pytest

from adaptapedia.catalogue.models import ScreenWork
from adaptapedia.web.words import Fate, fate_in_words, historical, in_a_row, years_between, years_of


def told(written: int | None, *screened: int, unknown: int = 0, authors: tuple[str, ...] = ("Bram Stoker",)) -> str:
    return fate_in_words(Fate(written, tuple(sorted(screened)), unknown), form="novel", authors=authors)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (told(1897, 1922), "once in this catalogue, after 25 years, in 1922."),
        (
            told(1897, *range(1922, 2018, 7), 2014),
            "fifteen times in this catalogue, first after 25 years, last in 2014.",
        ),
        (told(1897, 1898, 1931), "twice in this catalogue, first after 1 year, last in 1931."),
        (told(1897, 1897), "once in this catalogue, in the year it was published, 1897."),
        (told(1897, 1897, 1931), "twice in this catalogue, first in the year it was published, last in 1931."),
        (told(1997, 1990), "once in this catalogue, in 1990, before it was published."),
        (told(1997, 1990, 2001), "twice in this catalogue, first in 1990, before it was published, last in 2001."),
        (told(None, 1922), "once in this catalogue, in 1922."),
        (told(None, 1922, 1931), "twice in this catalogue, first in 1922, last in 1931."),
        (told(1897, 1931, 1931), "twice in this catalogue, both in 1931."),
        (told(1897, 1931, 1931, 1931), "three times in this catalogue, all in 1931."),
        (told(1897, unknown=1), "once in this catalogue."),
        (told(1897, unknown=21), "21 times in this catalogue."),
        (
            told(1897, 1922, 1931, unknown=1),
            "three times in this catalogue, as far as is known first in 1922, last in 1931.",
        ),
        (told(1897, 1922, unknown=1), "twice in this catalogue, as far as is known in 1922."),
        (told(-441, 1961), "once in this catalogue, after 2401 years, in 1961."),
    ],
)
def test_the_sentence_says_what_is_known_and_no_more(sentence: str, expected: str) -> None:
    assert sentence == f"Bram Stoker’s novel has reached the screen {expected}"


def test_a_book_without_a_film_is_said_to_be_without() -> None:
    assert told(1897) == "Bram Stoker’s novel has not reached the screen in this catalogue."
    assert told(1897, authors=()) == "This novel has not reached the screen in this catalogue."
    assert told(1897, authors=("A", "B")) == "This novel by A and B has not reached the screen in this catalogue."


def test_no_year_stands_between_1_bce_and_1() -> None:
    assert years_between(-1, 1) == 1
    assert (historical(-44), historical(1), historical(None)) == ("44 BCE", "1", "")


def test_a_series_is_a_span_of_years() -> None:
    def years(first: int | None, last: int | None) -> str:
        return years_of(ScreenWork(year=first, end_year=last))

    assert [years(2010, 2017), years(2020, 2020), years(2010, None), years(None, 2017), years(None, None)] == [
        "2010–2017", "2020", "2010", "2017", "",
    ]  # fmt: skip


def test_of_many_names_the_first_stands_for_all() -> None:
    assert in_a_row(["A", "B", "C"]) == "A, B and C"
    assert in_a_row(["A", "B", "C", "D"]) == "A and others"
    assert in_a_row([]) == ""
