"""The days of a month that a crontab names: Celery's three fields, and what it does not have (L, W, #)."""

import re
from calendar import monthrange
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from celery.schedules import ParseException, crontab_parser

from adaptapedia.scheduling.core.errors import BadRule

WEEK = 7
SATURDAY, SUNDAY = 6, 0
"""Days of the week are counted as in Celery: Sunday is 0, Saturday 6."""


@dataclass(frozen=True, slots=True)
class Month:
    """What there is to know of a month: how many days it has, and which day of the week its first is."""

    length: int
    begins_on: int

    def weekday(self, day: int) -> int:
        """The day of the week of a day of the month."""
        return (self.begins_on + day - 1) % WEEK

    def workday_near(self, day: int) -> int:
        """The day from Monday to Friday that is nearest, within the month."""
        if self.weekday(day) == SATURDAY:
            return day - 1 if day > 1 else day + 2
        if self.weekday(day) == SUNDAY:
            return day + 1 if day < self.length else day - 2
        return day


def month_of(year: int, month: int) -> Month:
    """The month of a year."""
    begins_on, length = monthrange(year, month)
    return Month(length, (begins_on + 1) % WEEK)


class DayTerm(Protocol):
    """One term of `Crontab.days`."""

    def day_in(self, month: Month) -> int | None:
        """The one day of a month that it means; None when the month has no such day."""


@dataclass(frozen=True, slots=True)
class FromLast:
    """L, L-3: so many days before the last one."""

    back: int

    def day_in(self, month: Month) -> int | None:
        """As in DayTerm."""
        return month.length - self.back if month.length > self.back else None


@dataclass(frozen=True, slots=True)
class Workday:
    """15W: the day from Monday to Friday nearest to a day; LW (None): the last one of the month."""

    near: int | None

    def day_in(self, month: Month) -> int | None:
        """As in DayTerm."""
        near = self.near or month.length
        return month.workday_near(near) if near <= month.length else None


@dataclass(frozen=True, slots=True)
class Nth:
    """5#2, FRI#2: the second Friday."""

    weekday: int
    nth: int

    def day_in(self, month: Month) -> int | None:
        """As in DayTerm."""
        day = 1 + (self.weekday - month.begins_on) % WEEK + WEEK * (self.nth - 1)
        return day if day <= month.length else None


@dataclass(frozen=True, slots=True)
class LastOf:
    """5L, FRIL: the last Friday."""

    weekday: int

    def day_in(self, month: Month) -> int | None:
        """As in DayTerm."""
        return month.length - (month.weekday(month.length) - self.weekday) % WEEK


def numbers_of(field: str, text: str, count: int, least: int = 0) -> frozenset[int]:
    """What a field of a crontab names, read as Celery reads it. Raises BadRule, naming the field."""
    try:
        found = crontab_parser(count, least).parse(text)
    except (ParseException, ValueError, LookupError, TypeError) as error:
        raise BadRule(f"{field} {text!r} is not understood: {str(error).rstrip('.')}.") from None
    return frozenset(found)


TERMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], DayTerm]], ...] = (
    (re.compile(r"L"), lambda _: FromLast(0)),
    (re.compile(r"L-(0?[1-9]|[12]\d|30)"), lambda found: FromLast(int(found[1]))),
    (re.compile(r"LW"), lambda _: Workday(None)),
    (re.compile(r"(0?[1-9]|[12]\d|3[01])W"), lambda found: Workday(int(found[1]))),
    (re.compile(r"([0-6]|[A-Z]{3,})#([1-5])"), lambda found: Nth(_weekday(found[1]), int(found[2]))),
    (re.compile(r"([0-6]|[A-Z]{3,})L"), lambda found: LastOf(_weekday(found[1]))),
)


def terms_of(text: str) -> tuple[DayTerm, ...]:
    """The terms of `Crontab.days`; none for an empty text. Raises BadRule."""
    return tuple(_term(part.strip()) for part in text.split(",")) if text.strip() else ()


def _term(text: str) -> DayTerm:
    for pattern, made_of in TERMS:
        if found := pattern.fullmatch(text.upper()):
            return made_of(found)
    raise BadRule(f"Days {text!r} is none of L, L-3, LW, 15W, FRI#2 and FRIL.")


def _weekday(text: str) -> int:
    return next(iter(numbers_of("Days", text, WEEK)))


@dataclass(frozen=True, slots=True)
class Days:
    """Which days are meant: month, day of month, day of week and, where there are terms, one of them must hold."""

    of_month: Collection[int]
    months: Collection[int]
    of_week: Collection[int]
    terms: tuple[DayTerm, ...]

    def within(self, year: int, month: int) -> tuple[int, ...]:
        """Its days of a month, in order."""
        if month not in self.months:
            return ()
        known = month_of(year, month)
        days: Collection[int] = range(1, known.length + 1)
        if self.terms:
            days = sorted({day for term in self.terms if (day := term.day_in(known))})
        return tuple(day for day in days if day in self.of_month and known.weekday(day) in self.of_week)
