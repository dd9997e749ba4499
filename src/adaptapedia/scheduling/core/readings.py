"""The local readings that a crontab names, on a calendar that knows no zone. All datetimes here are naive."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache

from adaptapedia.scheduling.core.days import Days, numbers_of, terms_of
from adaptapedia.scheduling.core.errors import BadRule

ALL_KINDS_OF_YEAR = range(2001, 2029)
"""Leap or not, beginning on each day of the week: a rule that names no day of these never does."""
MONTHS = 12


class Readings:
    """What one crontab names. Made by `readings_of` alone, which keeps them, so that each is one object."""

    def __init__(self, minutes: tuple[int, ...], days: Days) -> None:
        """`minutes` of the day, in order."""
        self.minutes, self.days = minutes, days

    def first(self, begin: datetime, end: datetime) -> datetime | None:
        """The first reading from `begin` on, before `end`."""
        for day in self._dates(begin.date(), end.date()):
            index = bisect_left(self.minutes, _minute(begin)) if day == begin.date() else 0
            if index < len(self.minutes):
                found = _reading(day, self.minutes[index])
                return found if found < end else None
        return None

    def last(self, begin: datetime, end: datetime) -> datetime | None:
        """The last reading before `end`, not before `begin`."""
        for day in self._dates_back(end.date(), begin.date()):
            index = bisect_left(self.minutes, _minute(end)) if day == end.date() else len(self.minutes)
            if index:
                found = _reading(day, self.minutes[index - 1])
                return found if found >= begin else None
        return None

    def count(self, begin: datetime, end: datetime) -> int:
        """How many readings there are from `begin` on, before `end`."""
        if begin >= end:
            return 0
        found = sum(len(self.minutes) for _ in self._dates(begin.date(), end.date()))
        found -= self._of(begin.date()) and bisect_left(self.minutes, _minute(begin))
        return found - (self._of(end.date()) and len(self.minutes) - bisect_left(self.minutes, _minute(end)))

    def _of(self, day: date) -> bool:
        return day.day in _days_within(self, day.year, day.month)

    def _dates(self, first: date, last: date) -> Iterator[date]:
        skipped = bisect_left(_days_within(self, first.year, first.month), first.day)
        for year, month in _months(_index(first), _index(last), 1):
            for day in _days_within(self, year, month)[skipped:]:
                if (found := date(year, month, day)) > last:
                    return
                yield found
            skipped = 0

    def _dates_back(self, last: date, first: date) -> Iterator[date]:
        kept: int | None = bisect_right(_days_within(self, last.year, last.month), last.day)
        for year, month in _months(_index(last), _index(first), -1):
            for day in reversed(_days_within(self, year, month)[:kept]):
                if (found := date(year, month, day)) < first:
                    return
                yield found
            kept = None


@lru_cache(maxsize=8192)
def readings_of(minute: str, hour: str, day_of_month: str, month_of_year: str, day_of_week: str, days: str) -> Readings:
    """The readings that the fields of a crontab name. Raises BadRule, also for a rule that never comes true."""
    minutes = numbers_of("Minute", minute, 60)
    hours = numbers_of("Hour", hour, 24)
    known = Days(
        of_month=numbers_of("Day of month", day_of_month, 31, 1),
        months=numbers_of("Month of year", month_of_year, MONTHS, 1),
        of_week=numbers_of("Day of week", day_of_week, 7),
        terms=terms_of(days),
    )
    if not any(known.within(year, month) for year in ALL_KINDS_OF_YEAR for month in sorted(known.months)):
        fields = " ".join((day_of_month, month_of_year, day_of_week, days)).strip()
        raise BadRule(f"Day of month, month and day of week name a day that never occurs: {fields}.")
    return Readings(tuple(sorted(60 * hour + minute for hour in hours for minute in minutes)), known)


def _index(day: date) -> int:
    return MONTHS * day.year + day.month - 1


@lru_cache(maxsize=32768)
def _days_within(readings: Readings, year: int, month: int) -> tuple[int, ...]:
    return readings.days.within(year, month)


def _months(first: int, last: int, step: int) -> Iterator[tuple[int, int]]:
    return ((index // MONTHS, index % MONTHS + 1) for index in range(first, last + step, step))


def _minute(reading: datetime) -> int:
    """The minute of the day, rounded up."""
    return 60 * reading.hour + reading.minute + bool(reading.second or reading.microsecond)


def _reading(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60)  # noqa: DTZ001 — naive, as all here
