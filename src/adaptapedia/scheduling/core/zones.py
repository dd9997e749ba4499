"""Where a zone's clocks are put forward or back: the years cut into stretches of one offset."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from adaptapedia.scheduling.core.errors import BadRule

YEARS = range(2, 9998)
"""The years in which local readings of every zone can be told."""
PROBE = timedelta(days=1)
"""No zone of the database is put forward and back by as much within a day."""
LOOK_BACK = timedelta(days=2)
"""No clock is put back by so much; the furthest was Kwajalein's, in 1969, by 23 hours."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` until before `end`, within one year (UTC), local readings are UTC and `offset`.

    Local readings are naive. All of them before `passed` were read earlier: where that is later than the first
    reading of the stretch, the clocks were put back at `begin`; where it is earlier, the readings between do not
    exist. Those from `repeated` on come again after `end`.
    """

    begin: datetime
    end: datetime
    offset: timedelta
    passed: datetime
    repeated: datetime

    @property
    def first(self) -> datetime:
        """The local reading at `begin`."""
        return self.reading(self.begin)

    def reading(self, moment: datetime) -> datetime:
        """The local reading at a moment of this stretch."""
        return moment.replace(tzinfo=None) + self.offset

    def moment(self, reading: datetime) -> datetime:
        """The moment at which this stretch has a local reading."""
        return (reading - self.offset).replace(tzinfo=UTC)


def zone_named(name: str) -> ZoneInfo:
    """The zone of a name of the tz database, "Europe/Berlin". Raises BadRule for one that it does not have."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError, TypeError):
        raise BadRule(f"Time zone {name!r} is not known.") from None


def stretch_at(zone: ZoneInfo, moment: datetime) -> Stretch:
    """The stretch in which a moment of `YEARS` lies."""
    return next(stretch for stretch in stretches_of(zone, moment.year) if moment < stretch.end)


@lru_cache(maxsize=8192)
def stretches_of(zone: ZoneInfo, year: int) -> tuple[Stretch, ...]:
    """The stretches of a year in order; they meet, and cover it."""
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found: list[Stretch] = []
    passed = (begin - LOOK_BACK).replace(tzinfo=None) + _offset(zone, begin - LOOK_BACK)
    for since, until in _pieces(zone, begin - LOOK_BACK, end):
        offset, beyond = _offset(zone, since), until.replace(tzinfo=None)
        found.append(Stretch(since, until, offset, passed, beyond + min(offset, _offset(zone, until))))
        passed = max(passed, beyond + offset)
    return tuple(_cut(stretch, begin) for stretch in found if stretch.end > begin)


def _cut(stretch: Stretch, begin: datetime) -> Stretch:
    """What is left of a stretch from `begin` on."""
    if stretch.begin >= begin:
        return stretch
    passed = max(stretch.passed, stretch.reading(begin))
    return Stretch(begin, stretch.end, stretch.offset, passed, stretch.repeated)


def _pieces(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time between, cut wherever the offset changes."""
    since, offset, probe = begin, _offset(zone, begin), begin
    while probe < end:
        later = min(probe + PROBE, end)
        if _offset(zone, later) != offset:
            probe = _shift(zone, probe, later)
            offset = _offset(zone, probe)
            if probe < end:
                yield since, probe
                since = probe
        else:
            probe = later
    yield since, end


def _shift(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first whole second after `low` with another offset, when `high` has another."""
    before = _offset(zone, low)
    while high - low > SECOND:
        middle = low + SECOND * ((high - low) // SECOND // 2)
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    return timedelta(0) if offset is None else offset
