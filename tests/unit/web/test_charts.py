from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.web.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, bars, line_chart, nice_ticks

DAY = date(2026, 11, 1)


def days(*values: int | None) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=n), value) for n, value in enumerate(values) if value is not None]


def test_without_days_there_is_no_chart() -> None:
    assert line_chart([]) is None


def test_one_day_is_a_dot_in_the_middle() -> None:
    chart = line_chart(days(7))
    assert chart is not None
    assert (chart.paths, len(chart.dots)) == ([], 1)
    assert [(day.day, day.anchor) for day in chart.days] == [(DAY, "middle")]


def test_missing_days_are_a_gap_and_a_lonely_day_is_a_dot() -> None:
    chart = line_chart(days(1, 2, None, 5, None, 7, 8, 9))
    assert chart is not None
    assert [path.count("L") for path in chart.paths] == [1, 2]
    assert len(chart.dots) == 1


def test_days_in_any_order_run_from_left_to_right() -> None:
    assert line_chart(days(1, 2, 3)[::-1]) == line_chart(days(1, 2, 3))


def test_the_labels_at_the_ends_lean_inward() -> None:
    chart = line_chart(days(*range(30)))
    assert chart is not None
    assert [day.anchor for day in chart.days] == ["start", "middle", "end"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 0, [0, 1]),
        (3, 3, [3, 4]),
        (0, 4, [0, 1, 2, 3, 4]),
        (10, 87, [0, 50, 100]),
        (7_700, 7_737, [7700, 7710, 7720, 7730, 7740]),
    ],
)
def test_ticks_are_round_and_hold_the_line(low: int, high: int, ticks: list[int]) -> None:
    assert nice_ticks(low, high) == ticks


@given(st.lists(st.none() | st.integers(0, 10**9), max_size=400))
def test_every_line_stays_within_its_frame(values: list[int | None]) -> None:
    chart = line_chart(days(*values))
    if chart is None:
        assert not days(*values)
        return
    places = [place.split() for path in chart.paths for place in path[1:].split("L")] + [
        list(dot) for dot in chart.dots
    ]
    assert all(LEFT <= float(x) <= WIDTH - RIGHT for x, _ in places)
    assert all(TOP - 0.1 <= float(y) <= HEIGHT - BOTTOM + 0.1 for _, y in places)
    assert len(places) == len(days(*values))
    assert 2 <= len(chart.ticks) <= 7


def test_bars_are_shares_of_the_longest() -> None:
    assert [bar.share for bar in bars([("1990s", 50), ("2000s", 200), ("2010s", 0)])] == ["25.00", "100.00", "0.00"]
    assert [bar.share for bar in bars([("1990s", 0)])] == ["0"]
    assert bars([]) == []
