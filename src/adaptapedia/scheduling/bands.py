"""What a job's figures usually are, learned from its own history. Pure.

The band is the median of the last runs, widened by six median absolute deviations, by a quarter of the median or by
a few, whichever is most: a daily growth stays within it, half of what there was a week ago does not. Runs that were
not as usual are no part of it, so that what goes wrong again and again is not usual one day. What a person has
accepted is: at once, and for good when it lasts.
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
FEW = 20
"""So many more or fewer are never odd."""


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high`, both included, in `of` runs."""

    low: float
    high: float
    of: int

    def __contains__(self, figure: float) -> bool:
        return self.low <= figure <= self.high


@dataclass(frozen=True, slots=True)
class History:
    """The counts of a job's last runs, the newest last, and of those among them that a person has accepted."""

    counts: Sequence[Mapping[str, Any]]
    accepted: Sequence[Mapping[str, Any]] = ()

    def band(self, name: str) -> Band | None:
        """What a figure usually is, and whatever near to that a person has accepted; None with too little history."""
        band = band_of(_known(name, self.counts))
        accepted = _known(name, self.accepted)
        if band is None or not accepted:
            return band
        low = min(band.low, *(figure - abs(figure) * SHARE for figure in accepted))
        return Band(low, max(band.high, *(figure + abs(figure) * SHARE for figure in accepted)), band.of)


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
    spread = max(SPREADS * median(abs(figure - middle) for figure in figures), abs(middle) * SHARE, FEW)
    return Band(middle - spread, middle + spread, len(figures))


def figure_of(counts: Mapping[str, Any], name: str) -> float | None:
    """A figure by its dotted name ("works.created"); None where the counts do not have it."""
    found: Any = counts
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return None if isinstance(found, bool) or not isinstance(found, int | float) else found


def outside(names: Sequence[str], counts: Mapping[str, Any], history: History) -> Iterator[Outside]:
    """The named figures that are not what they usually are. A figure that has vanished counts as nought."""
    for name in names:
        figure, band = figure_of(counts, name) or 0, history.band(name)
        if band is not None and figure not in band:
            yield Outside(name, figure, band)


def _known(name: str, past: Sequence[Mapping[str, Any]]) -> list[float]:
    return [figure for counts in past if (figure := figure_of(counts, name)) is not None]
