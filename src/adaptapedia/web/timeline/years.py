"""From years to places on the axis, and which years are written under it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

LEAST_YEARS = 10
"""What the axis covers at least, so that a film of the book's own year does not stand on a dot."""
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
BREAK_WIDTH = 84.0
LONG_SILENCE = 80
"""Years without anything that are cut out of the axis, when they are more than half of it."""


def plain_year(year: int) -> str:
    return str(year) if year > 0 else f"{-year} BCE"


def count_of(year: int) -> int:
    """The year as a number that can be counted with: 1 BCE, the year before 1, is 0."""
    return year if year > 0 else year + 1


def years_between(earlier: int, later: int) -> int:
    return count_of(later) - count_of(earlier)


@dataclass(frozen=True, slots=True)
class Piece:
    first: float
    last: float
    left: float
    right: float

    @property
    def per_year(self) -> float:
        return (self.right - self.left) / (self.last - self.first) if self.last > self.first else 0.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Straight pieces of axis from left to right; `silence` is the index of the piece that is cut short."""

    pieces: tuple[Piece, ...]
    silence: int | None = None

    def at(self, year: int) -> float:
        count = count_of(year)
        piece = next((piece for piece in self.pieces if count <= piece.last), self.pieces[-1])
        return round(piece.left + (count - piece.first) * piece.per_year, 1)

    @property
    def cut_out(self) -> Piece | None:
        return None if self.silence is None else self.pieces[self.silence]

    def ticks(self, *, room: Callable[[str], float], year_text: Callable[[int], str]) -> Iterator[tuple[int, float]]:
        """Years at even steps, the smallest that leave each label its room, and where they stand."""
        straight = [piece for n, piece in enumerate(self.pieces) if n != self.silence and piece.last > piece.first]
        per_year = max(piece.per_year for piece in straight)
        ends = (self.pieces[0].first, self.pieces[-1].last)
        widest = max(room(year_text(_year_of(int(count)))) for count in ends)
        step = next((step for step in STEPS if step * per_year >= widest), STEPS[-1])
        for piece in straight:
            for year in _multiples(step, piece.first, piece.last):
                yield year, self.at(year)


def make_scale(years: Iterable[int], *, left: float, right: float) -> Scale:
    """On it the first of these years stands at `left`, the last at `right`, unless they are too near each other."""
    counts = sorted({count_of(year) for year in years})
    first, last = counts[0], counts[-1]
    if last - first < LEAST_YEARS:
        first -= (LEAST_YEARS - last + first) // 2
        last = first + LEAST_YEARS
        return Scale((Piece(first, last, left, right),))
    before, after = max(pairwise(counts), key=lambda pair: pair[1] - pair[0])
    silence, rest = after - before, last - first - (after - before)
    if silence < LONG_SILENCE or silence <= rest or rest < LEAST_YEARS:
        return Scale((Piece(first, last, left, right),))
    bend = left + (right - left - BREAK_WIDTH) * (before - first) / rest
    past = bend + BREAK_WIDTH
    return Scale(
        (Piece(first, before, left, bend), Piece(before, after, bend, past), Piece(after, last, past, right)), 1
    )


def _year_of(count: int) -> int:
    return count if count > 0 else count - 1


def _multiples(step: int, first: float, last: float) -> Iterator[int]:
    """The years from `first` to `last`, as counts, that are multiples of `step`; 1 stands for the year 0."""
    year = -(-_year_of(int(first)) // step) * step
    while count_of(year or 1) <= last:
        if count_of(year or 1) >= first:
            yield year or 1
        year += step
