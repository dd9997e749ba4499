"""What a job's figures usually are, learned from its own history. Pure.

The band is the median of the last runs, widened by six median absolute deviations or by a quarter of the median,
whichever is more: a daily growth stays within it, half of what there was a week ago does not. As the median
ignores a few outliers, one odd run does not move it, and a lasting change is the new usual after some runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

REMEMBERED = 12
"""Runs that make up a history."""
LEAST = 4
"""Runs without which nothing is usual yet."""
SPREADS = 6
SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high`, both included, in `of` runs."""

    low: float
    high: float
    of: int

    def __contains__(self, figure: float) -> bool:
        return self.low <= figure <= self.high


@dataclass(frozen=True, slots=True)
class Outside:
    """A figure outside its band."""

    name: str
    figure: float
    band: Band


def band_of(history: Sequence[float]) -> Band | None:
    """The band of a figure, the newest of its history last; None while there is too little of it."""
    figures = history[-REMEMBERED:]
    if len(figures) < LEAST:
        return None
    middle = median(figures)
    spread = max(SPREADS * median(abs(figure - middle) for figure in figures), abs(middle) * SHARE)
    return Band(middle - spread, middle + spread, len(figures))


def figure_of(counts: Mapping[str, Any], name: str) -> float | None:
    """A figure by its dotted name ("works.created"); None where the counts do not have it."""
    found: Any = counts
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return None if isinstance(found, bool) or not isinstance(found, int | float) else found


def outside(names: Sequence[str], counts: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> Iterator[Outside]:
    """The named figures that are not what they usually are. A figure that has vanished counts as nought."""
    for name in names:
        past = [figure for one in history if (figure := figure_of(one, name)) is not None]
        figure, band = figure_of(counts, name) or 0, band_of(past)
        if band is not None and figure not in band:
            yield Outside(name, figure, band)
