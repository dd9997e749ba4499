"""Charts as plain figures for an SVG: scales, ticks, paths. Pure; a template draws what stands here.

Places are in the units of the view box, `width` × `height`, as texts ready for an attribute.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 380, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 6, 10, 28
TICKS = 4
LABELS = 3


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at a place of its axis, and what it stands for."""

    at: str
    value: int


@dataclass(frozen=True, slots=True)
class DayTick:
    at: str
    day: date
    anchor: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line of days. Where days are missing the line has a gap; a day without neighbours is a dot."""

    paths: list[str]
    dots: list[tuple[str, str]]
    ticks: list[Tick]
    days: list[DayTick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int
    share: str
    """Of the longest bar, in per cent, for an attribute."""


def line_chart(points: Sequence[tuple[date, int]]) -> LineChart | None:
    """The chart of these days, in any order, one value a day; None without any."""
    if not points:
        return None
    days = sorted(dict(points).items())
    ticks = nice_ticks(min(value for _, value in days), max(value for _, value in days))
    low, high = ticks[0], ticks[-1]
    first, span = days[0][0], max((days[-1][0] - days[0][0]).days, 1)

    def x(day: date) -> float:
        at = 0.5 if len(days) == 1 else (day - first).days / span
        return LEFT + at * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    runs = _runs(days)
    return LineChart(
        paths=[_path([(x(day), y(value)) for day, value in run]) for run in runs if len(run) > 1],
        dots=[(_place(x(day)), _place(y(value))) for run in runs for day, value in ([run[0]] if len(run) == 1 else [])],
        ticks=[Tick(_place(y(value)), value) for value in ticks],
        days=[DayTick(_place(x(day)), day, anchor) for day, anchor in _labelled([day for day, _ in days])],
    )


def nice_ticks(low: int, high: int) -> list[int]:
    """Some round numbers, evenly spaced, from at or below `low` to at or above `high`; always at least two.

    They begin at nought unless the line would then be a flat one at the top: above two thirds of the height.
    """
    if low < 0:
        raise ValueError("there is less than nothing of something")
    base = 0 if low < high * 2 / 3 else low
    step = _nice_step(max(high - base, 1) / TICKS)
    first = base // step * step
    last = max(math.ceil(high / step) * step, first + step)
    return list(range(first, last + 1, step))


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Each value beside its share of the largest."""
    most = max((value for _, value in values), default=0)
    return [Bar(label, value, f"{100 * value / most:.2f}" if most else "0") for label, value in values]


def _nice_step(least: float) -> int:
    """1, 2 or 5 times a power of ten, not below `least` and not below 1."""
    power = 10 ** max(math.floor(math.log10(least)), 0) if least >= 1 else 1
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least)


def _runs(days: Sequence[tuple[date, int]]) -> list[list[tuple[date, int]]]:
    runs: list[list[tuple[date, int]]] = []
    for day, value in days:
        if runs and day - runs[-1][-1][0] == timedelta(days=1):
            runs[-1].append((day, value))
        else:
            runs.append([(day, value)])
    return runs


def _labelled(days: Sequence[date]) -> list[tuple[date, str]]:
    """Up to three days to name below, evenly chosen, the first and last among them, and how their names stand."""
    if len(days) == 1:
        return [(days[0], "middle")]
    count = min(LABELS, len(days))
    chosen = [days[round(n * (len(days) - 1) / (count - 1))] for n in range(count)]
    return [(day, "start" if day == days[0] else "end" if day == days[-1] else "middle") for day in chosen]


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_place(x)} {_place(y)}" for x, y in places)


def _place(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
