import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.sources.wikidata.years import historical_year


@pytest.mark.parametrize(
    ("literal", "year"),
    [
        ("1965-08-01T00:00:00Z", 1965),
        ("1965-08-01", 1965),
        ("1965", 1965),
        ("+1965-08-01T00:00:00Z", 1965),
        ("0000-01-01T00:00:00Z", -1),
        ("-0043-03-15T00:00:00Z", -44),
        ("-12345-01-01T00:00:00Z", -12346),
        ("12345-01-01T00:00:00Z", 12345),
        ("0001-01-01T00:00:00+02:00", 1),
        ("65-08-01", None),
        ("1965-8-1", None),
        ("t12345", None),
        ("1234567890-01-01", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_years_are_historical(literal: str, year: int | None) -> None:
    assert historical_year(literal) == year


@given(st.text())
def test_no_text_makes_a_year_zero(text: str) -> None:
    assert historical_year(text) != 0
