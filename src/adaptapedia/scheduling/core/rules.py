"""When a schedule is due by its rule alone. All moments are aware datetimes in UTC, in and out.

A crontab whose minute and hour hold neither `*` nor `/` names fixed local times: one that does not exist comes at
the first instant after the gap, and one that comes twice only the first time. With any other, elapsed time
counts: every real minute whose local reading matches. Day of month and day of week must both hold, as in Celery.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from adaptapedia.scheduling.core.errors import BadRule
from adaptapedia.scheduling.core.readings import Readings, readings_of
from adaptapedia.scheduling.core.zones import YEARS, Stretch, stretch_at, zone_named

__all__ = (
    "INSTANT", "BadRule", "Clocked", "Crontab", "Interval", "Rule", "Tick", "count_between", "ticks_between",
    "zone_named",
)  # fmt: skip

INSTANT = timedelta(microseconds=1)
FURTHEST = timedelta(days=41 * 366)
"""A rule that matches at all does so within forty years: 29 February on each day of the week, across 2100."""
EARLIEST = datetime(YEARS.start, 1, 1, tzinfo=UTC)
LATEST = datetime(YEARS.stop, 1, 1, tzinfo=UTC)
GAP, FOLD = "gap", "fold"


@dataclass(frozen=True, slots=True)
class Tick:
    """A due time. `note` is "gap" when it was moved out of one, "fold" for the first of two, else empty."""

    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Crontab:
    """Fields in Celery's spelling. Raises BadRule for one that it does not take, and for a rule that never comes true.

    `days` says more on the day, in terms separated by commas, of which one must hold besides the other fields:
    L (the last of the month), L-3, LW (the last from Monday to Friday), 15W (that nearest to the 15th, in the
    same month), FRI#2 or 5#2 (the second Friday), FRIL or 5L (the last one).
    """

    minute: str
    hour: str
    day_of_month: str
    month_of_year: str
    day_of_week: str
    zone: ZoneInfo
    days: str = ""

    def __post_init__(self) -> None:
        _ = self._readings

    def first_after(self, moment: datetime) -> datetime | None:
        """The first due time later than `moment`; None when there is none any more."""
        tick = self.tick_after(moment)
        return tick.at if tick else None

    def tick_after(self, moment: datetime) -> Tick | None:
        """The first tick later than `moment`, with its note."""
        since = max(moment + INSTANT, EARLIEST)
        beyond = min(since, LATEST - FURTHEST) + FURTHEST
        while since < beyond:
            stretch = stretch_at(self.zone, since)
            if tick := self._first_in(stretch, since):
                return tick
            since = stretch.end
        return None

    def last_until(self, moment: datetime) -> datetime | None:
        """The last due time not later than `moment`; None when there was none yet."""
        until = min(moment, LATEST - INSTANT)
        before = max(until, EARLIEST + FURTHEST) - FURTHEST
        while until >= before:
            stretch = stretch_at(self.zone, until)
            if found := self._last_in(stretch, until + INSTANT):
                return found
            until = stretch.begin - INSTANT
        return None

    def count(self, after: datetime, until: datetime, *, at_most: int) -> int:
        """How many due times are later than `after` and not later than `until`."""
        since, end = max(after + INSTANT, EARLIEST), min(until + INSTANT, LATEST)
        found = 0
        while since < end and found < at_most:
            stretch = stretch_at(self.zone, since)
            found += self._count_in(stretch, since, min(end, stretch.end))
            since = stretch.end
        return min(found, at_most)

    @property
    def _readings(self) -> Readings:
        return readings_of(
            self.minute, self.hour, self.day_of_month, self.month_of_year, self.day_of_week, self.days
        )  # fmt: skip

    @property
    def _fixed(self) -> bool:
        return not any(sign in field for field in (self.minute, self.hour) for sign in "*/")

    def _begin(self, stretch: Stretch, since: datetime) -> datetime:
        """The first local reading that counts: with fixed times what was read before counts no more."""
        reading = stretch.reading(since)
        return max(reading, stretch.passed) if self._fixed else reading

    def _comes_out_of_gap(self, stretch: Stretch) -> bool:
        """Whether the beginning of the stretch is due for a local time that was left out there."""
        return (
            self._fixed
            and stretch.passed < stretch.first
            and self._readings.first(stretch.passed, stretch.first) is not None
        )

    def _first_in(self, stretch: Stretch, since: datetime) -> Tick | None:
        if since == stretch.begin and self._comes_out_of_gap(stretch):
            return Tick(since, GAP)
        found = self._readings.first(self._begin(stretch, since), stretch.reading(stretch.end))
        if found is None:
            return None
        return Tick(stretch.moment(found), FOLD if self._fixed and found >= stretch.repeated else "")

    def _last_in(self, stretch: Stretch, end: datetime) -> datetime | None:
        found = self._readings.last(self._begin(stretch, stretch.begin), stretch.reading(end))
        if found is not None:
            return stretch.moment(found)
        return stretch.begin if self._comes_out_of_gap(stretch) else None

    def _count_in(self, stretch: Stretch, since: datetime, end: datetime) -> int:
        if since == stretch.begin and self._comes_out_of_gap(stretch):
            return 1 + self._readings.count(stretch.first + INSTANT, stretch.reading(end))
        return self._readings.count(self._begin(stretch, since), stretch.reading(end))


@dataclass(frozen=True, slots=True)
class Interval:
    """Due at `anchor` + k times `every`, for each k from 1 on, and for 0 too where it goes `from_anchor`.

    Raises BadRule unless `every` is positive.
    """

    every: timedelta
    anchor: datetime
    from_anchor: bool = False

    def __post_init__(self) -> None:
        if self.every <= timedelta(0):
            raise BadRule(f"Every {self.every} is no interval: it must be longer than nothing.")

    def first_after(self, moment: datetime) -> datetime | None:
        """The first due time later than `moment`; None beyond what a datetime can tell."""
        return self._at(max(self._steps(moment) + 1, self._least))

    def last_until(self, moment: datetime) -> datetime | None:
        """The last due time not later than `moment`; None when there was none yet."""
        steps = self._steps(moment)
        return self._at(steps) if steps >= self._least else None

    def count(self, after: datetime, until: datetime, *, at_most: int) -> int:
        """How many due times are later than `after` and not later than `until`."""
        found = self._steps(until) - max(self._steps(after), self._least - 1)
        return min(max(found, 0), at_most)

    @property
    def _least(self) -> int:
        return 0 if self.from_anchor else 1

    def _steps(self, moment: datetime) -> int:
        return (moment - self.anchor) // self.every

    def _at(self, steps: int) -> datetime | None:
        try:
            return self.anchor + self.every * steps
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Clocked:
    """Due once."""

    at: datetime

    def first_after(self, moment: datetime) -> datetime | None:
        """The due time, when it is later than `moment`."""
        return self.at if self.at > moment else None

    def last_until(self, moment: datetime) -> datetime | None:
        """The due time, when it is not later than `moment`."""
        return self.at if self.at <= moment else None

    def count(self, after: datetime, until: datetime, *, at_most: int) -> int:
        """1 when the due time is later than `after` and not later than `until`, else 0."""
        return min(int(after < self.at <= until), at_most)


Rule = Crontab | Interval | Clocked


def ticks_between(rule: Rule, after: datetime, until: datetime) -> Iterator[Tick]:
    """The ticks later than `after` and not later than `until`, in order, with their notes."""
    tick = _tick_after(rule, after)
    while tick and tick.at <= until:
        yield tick
        tick = _tick_after(rule, tick.at)


def count_between(rule: Rule, after: datetime, until: datetime, *, at_most: int) -> int:
    """How many ticks are later than `after` and not later than `until`; `at_most` when there are more."""
    return rule.count(after, until, at_most=at_most)


def _tick_after(rule: Rule, moment: datetime) -> Tick | None:
    if isinstance(rule, Crontab):
        return rule.tick_after(moment)
    at = rule.first_after(moment)
    return Tick(at) if at else None
