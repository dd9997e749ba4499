"""What is usual, from what was."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.scheduling.bands import LEAST, REMEMBERED, History, band_of, figure_of, outside


@pytest.mark.parametrize(
    ("history", "figure", "is_usual"),
    [
        ([8000, 8010, 8020, 8030], 8040, True),
        ([8000, 8010, 8020, 8030], 4000, False),
        ([8000, 8010, 8020, 8030], 12_000, False),
        ([8000, 8010, 20, 8030, 8040], 8050, True),
        ([0, 0, 0, 0], 0, True),
        ([0, 0, 0, 0], 20, True),
        ([0, 0, 0, 0], 21, False),
        ([10, 400, 30, 250, 90], 500, True),
        ([4000] * 5 + [8000] * 7, 8000, True),
    ],
)
def test_a_figure_is_usual_or_not(history: Sequence[float], figure: float, is_usual: bool) -> None:
    band = band_of(history)
    assert band is not None
    assert (figure in band) is is_usual


def test_with_too_little_history_nothing_is_usual_and_nothing_is_odd() -> None:
    assert band_of([5] * (LEAST - 1)) is None
    assert list(outside(["rows"], {"rows": 0}, History([{"rows": 5}] * (LEAST - 1)))) == []


def test_what_is_long_past_does_not_count() -> None:
    band = band_of([1.0] * 50 + [100.0] * REMEMBERED)
    assert band is not None
    assert 1.0 not in band


def test_a_figure_that_has_vanished_counts_as_nought() -> None:
    (it,) = outside(["works.read"], {}, History([{"works": {"read": 70}}] * LEAST))
    assert (it.name, it.figure, it.band.of) == ("works.read", 0, LEAST)


def test_names_go_into_groups_and_what_is_no_figure_is_none() -> None:
    counts = {"works": {"read": 3}, "ok": True, "said": "three"}
    assert figure_of(counts, "works.read") == 3
    assert [figure_of(counts, name) for name in ("works", "ok", "said", "works.read.more", "other")] == [None] * 5


@given(st.lists(st.integers(0, 10**9), min_size=LEAST, max_size=40))
def test_the_median_of_a_history_is_always_usual(history: list[int]) -> None:
    band = band_of(history)
    assert band is not None
    assert sorted(history[-REMEMBERED:])[len(history[-REMEMBERED:]) // 2] >= band.low
    assert band.low <= band.high


def test_what_a_person_has_accepted_is_usual_beside_what_was() -> None:
    history = History([{"rows": 1_000}] * 5 + [{"rows": 100}], accepted=[{"rows": 100}])
    band = history.band("rows")
    assert band is not None
    assert [figure in band for figure in (1_250, 1_000, 400, 80, 60)] == [True, True, True, True, False]
