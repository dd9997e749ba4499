"""What a crontab means, minute by minute, as simply as it can be told; it shares nothing with what it judges."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMES = {
    **{name: number for number, name in enumerate(WEEKDAYS)},
    **{name: number for number, name in enumerate(MONTHS, start=1)},
}


@dataclass(frozen=True)
class Cron:
    """The fields of a rule in cron's order, its days and its zone, as text."""

    fields: str
    zone: str = "UTC"
    days: str = ""


def number(text: str) -> int:
    return int(text) if text.isdigit() else NAMES[text.lower()[:3]]


def numbers(field: str, least: int, most: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        first, last = (least, most) if span == "*" else (number(low), number(high or low))
        ring = [*range(least, most + 1)] * 2
        begin = ring.index(first)
        found |= set(ring[begin : ring.index(last, begin) + 1][:: int(step or 1)])
    return found


def weekday(day: date) -> int:
    return day.isoweekday() % 7


@cache
def days_of(year: int, month: int) -> list[date]:
    return [day for day in (date(year, month, 1) + n * DAY for n in range(31)) if day.month == month]


def term_holds(term: str, day: date) -> bool:
    month = days_of(day.year, day.month)
    work = [other for other in month if 1 <= weekday(other) <= 5]
    if term == "L":
        return day == month[-1]
    if term.startswith("L-"):
        return day + int(term[2:]) * DAY == month[-1]
    if term == "LW":
        return day == work[-1]
    if term.endswith("W"):
        near = [other for other in month if other.day == int(term[:-1])]
        return bool(near) and day == min(work, key=lambda other: abs(other - near[0]))
    if "#" in term:
        name, _, nth = term.partition("#")
        same = [other for other in month if weekday(other) == number(name)]
        return day in same[int(nth) - 1 : int(nth)]
    return day == [other for other in month if weekday(other) == number(term[:-1])][-1]


@lru_cache(maxsize=1024)
def day_test(cron: Cron) -> Callable[[date], bool]:
    _, _, in_month, months, in_week = cron.fields.split()
    allowed = numbers(in_month, 1, 31), numbers(months, 1, 12), numbers(in_week, 0, 6)

    @cache
    def holds(day: date) -> bool:
        if day.day not in allowed[0] or day.month not in allowed[1] or weekday(day) not in allowed[2]:
            return False
        return not cron.days or any(term_holds(term, day) for term in cron.days.split(","))

    return holds


@lru_cache(maxsize=256)
def clock(zone: str, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Every minute with what a clock on the wall shows."""
    moments = [begin + n * MINUTE for n in range((end - begin) // MINUTE + 1)]
    return [(moment, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) for moment in moments]


def ticks(cron: Cron, begin: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Due times from `begin` to `end`, both whole minutes, with what the preview notes. Begins in an even stretch."""
    minute, hour = cron.fields.split()[:2]
    minutes, hours, holds = numbers(minute, 0, 59), numbers(hour, 0, 23), day_test(cron)

    def named(shown: datetime) -> bool:
        return shown.minute in minutes and shown.hour in hours and holds(shown.date())

    shown_by = clock(cron.zone, begin, end)
    if "*" in minute + hour or "/" in minute + hour:
        return [(moment, "") for moment, shown in shown_by if named(shown)]
    often = Counter(shown for _, shown in shown_by)
    found: list[tuple[datetime, str]] = []
    awaited = shown_by[0][1]
    for moment, shown in shown_by:
        left_out = [awaited + n * MINUTE for n in range((shown - awaited) // MINUTE)]
        if any(named(one) for one in left_out):
            found.append((moment, "gap"))
        elif shown >= awaited and named(shown):
            found.append((moment, "fold" if often[shown] == 2 else ""))
        awaited = max(awaited, shown + MINUTE)
    return found


@lru_cache(maxsize=64)
def shifts(zone: str, first: int, last: int) -> list[datetime]:
    """The hours at whose end the clocks were put forward or back, in the years from `first` to `last`."""

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(ZoneInfo(zone)).utcoffset()

    begin, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    days = [begin + n * DAY for n in range((end - begin) // DAY)]
    shifted = [day for day in days if offset(day) != offset(day + DAY)]
    return [
        next(day + n * HOUR for n in range(24) if offset(day + n * HOUR) != offset(day + (n + 1) * HOUR))
        for day in shifted
    ]


def daily_ticks(cron: Cron, begin: datetime, end: datetime) -> list[datetime]:
    """Due times of a crontab of fixed times, day by day; in gaps of an hour, as it is for long stretches."""
    minute, hour = cron.fields.split()[:2]
    zone, found = ZoneInfo(cron.zone), set[datetime]()
    times = [time(h, m) for h in numbers(hour, 0, 23) for m in numbers(minute, 0, 59)]
    days = [day for day in (begin.date() + n * DAY for n in range((end - begin) // DAY + 1)) if day_test(cron)(day)]
    for shown in (datetime.combine(day, at) for day in days for at in times):
        moment = shown.replace(tzinfo=zone).astimezone(UTC)
        missing = moment.astimezone(zone).replace(tzinfo=None) != shown
        found.add(moment.replace(minute=0) if missing else moment)
    return sorted(found)


def fires(pending: list[datetime], until: datetime, missed: str, bound: int) -> list[datetime]:
    """What fires of pending ticks, in order, said as the policies say it."""
    prompt = [tick for tick in pending if until - tick <= timedelta(seconds=2)]
    if missed == "all":
        return max(prompt, pending[-bound:], key=len)
    if missed == "latest":
        return prompt or pending[-1:]
    return prompt or [tick for tick in pending[-1:] if until - tick <= MINUTE]
