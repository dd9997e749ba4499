"""Errors and times as people read them, counts as PostgreSQL takes them."""

from datetime import timedelta

import pytest

from adaptapedia.scheduling.attempts import storable
from adaptapedia.scheduling.wording import in_a_line, in_words, plain


def test_an_error_is_one_line() -> None:
    assert in_a_line(ConnectionError("no route\n  to host")) == "ConnectionError: no route to host"
    assert in_a_line(TimeoutError()) == "TimeoutError"


@pytest.mark.parametrize(("seconds", "words"), [(90, "90 s"), (600, "10 min"), (10800, "3 h"), (0.5, "0.5 s")])
def test_a_limit_is_said_in_its_largest_whole_unit(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_text_loses_what_postgresql_refuses_and_nothing_else() -> None:
    assert plain("a\0b \ud800 ‏דיונה 🎬") == "ab ? ‏דיונה 🎬"


def test_counts_are_plain_json() -> None:
    assert storable({"works": {"created": 1}, "label": "a\0b"}) == {"works": {"created": 1}, "label": "ab"}
    for wrong in ({"when": object()}, {"share": float("nan")}, [1, 2]):
        with pytest.raises((TypeError, ValueError)):
            storable(wrong)  # type: ignore[arg-type]
