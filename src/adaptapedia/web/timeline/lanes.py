"""Finds each label a lane in which it touches no other, near the axis, and crosses few lines."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field

GAP = 14.0
"""Between two things in one lane."""
REACH = 9.0
"""From the middle of a mark to the nearest thing beside it."""
COST_OF_CROSSING = 1.7
COST_OF_LEFTWARD = 1.2
"""In lanes: what a line through a label, and a label before its mark, may cost in height."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A mark from `x` to `end`, its label `width` wide, and a line at `line` from lane `base` (-1: the axis).

    What reaches further than mark and label (a branch, a span under its label) reaches from `first` to `last`.
    """

    x: float
    end: float
    width: float
    first: float
    last: float
    line: float
    base: int = -1


@dataclass(frozen=True, slots=True)
class Berth:
    lane: int
    leftward: bool


@dataclass(slots=True)
class Lanes:
    """The lanes on one side of the axis, 0 beside it. At most as many as there are members on that side."""

    left: float
    right: float
    taken: list[list[tuple[float, float]]] = field(default_factory=list)
    labels: list[tuple[float, float, int]] = field(default_factory=list)
    lines: list[tuple[float, int, int]] = field(default_factory=list)

    def take(self, wish: Wish) -> Berth:
        """The cheapest berth for this one, kept for it."""
        hidden = [lane for first, last, lane in self.labels if lane > wish.base and first < wish.line < last]
        best = (float("inf"), Berth(0, leftward=False))
        for leftward in self._sides(wish):
            best = self._cheaper(wish, best, leftward=leftward, hidden=hidden)
        self._keep(wish, best[1])
        return best[1]

    def _sides(self, wish: Wish) -> tuple[bool, ...]:
        """A label stands behind its mark, or before it; not on its own branch unless there is no other room."""
        behind, before = (
            first >= self.left and last <= self.right for first, last in (_label(wish), _label(wish, leftward=True))
        )
        if behind and (wish.first < wish.x or not before):
            return (False,)
        return (False, True) if behind else (True,)

    def _cheaper(
        self, wish: Wish, best: tuple[float, Berth], *, leftward: bool, hidden: list[int]
    ) -> tuple[float, Berth]:
        """A berth on this side that costs less than `best`, or `best`."""
        first, last = _label(wish, leftward=leftward)
        through = self._lines_between(first, last)
        reach = min(first, wish.first, wish.x - REACH) - GAP, max(last, wish.last, wish.end + REACH) + GAP
        cost = COST_OF_LEFTWARD if leftward else 0.0
        for lane in range(wish.base + 1, len(self.taken) + 1):
            cost += 1
            if cost >= best[0]:
                break
            if not self._is_free(lane, *reach):
                continue
            crossed = sum([low < lane < high for _, low, high in through]) + sum([other < lane for other in hidden])
            if cost + COST_OF_CROSSING * crossed < best[0]:
                best = (cost + COST_OF_CROSSING * crossed, Berth(lane, leftward))
        return best

    def _lines_between(self, first: float, last: float) -> list[tuple[float, int, int]]:
        return self.lines[bisect_left(self.lines, (first,)) : bisect_left(self.lines, (last,))]

    def _is_free(self, lane: int, first: float, last: float) -> bool:
        if lane < len(self.taken):
            for start, end in self.taken[lane]:  # not any(): asked a thousand times a drawing
                if start < last and first < end:
                    return False
        return True

    def _keep(self, wish: Wish, berth: Berth) -> None:
        while len(self.taken) <= berth.lane:
            self.taken.append([])
        first, last = _label(wish, leftward=berth.leftward)
        reach = min(first, wish.first, wish.x - REACH), max(last, wish.last, wish.end + REACH)
        self.taken[berth.lane].append(reach)
        self.labels.append((first, last, berth.lane))
        insort(self.lines, (wish.line, wish.base, berth.lane))


def _label(wish: Wish, *, leftward: bool = False) -> tuple[float, float]:
    if leftward:
        return wish.x - REACH - wish.width, wish.x - REACH
    return wish.end + REACH, wish.end + REACH + wish.width
