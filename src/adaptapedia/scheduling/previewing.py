"""The next ticks of a schedule, by its rule as it stands: what is to come, and what clocks do to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.core.reckoning import Plan
from adaptapedia.scheduling.core.rules import INSTANT, BadRule, Crontab, Tick, ticks_between
from adaptapedia.scheduling.reckonable import reckonable
from adaptapedia.scheduling.wording import in_words

SHOWN = 20
MOST = 1_000
"""Ticks of one preview."""
FURTHEST = timedelta(days=41 * 366)
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Coming:
    """A tick to come: when it is due, in UTC and in the schedule's zone, when it is written, what is odd about it."""

    at: datetime
    local: datetime
    fires_at: datetime
    note: str
    """gap, fold or nothing, as in `core.rules.Tick`."""
    shift: timedelta
    """How far the clocks of the zone were set forward since the tick before (or since now)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The next ticks; `fault` says why there are none to tell."""

    zone: str
    ticks: tuple[Coming, ...]
    fault: str = ""


def preview(schedule: PeriodicTask, *, after: datetime, count: int = SHOWN) -> Preview:
    """The next `count` ticks after a moment, at most `MOST`, as they would come with the schedule enabled."""
    try:
        plan = reckonable(schedule)
    except BadRule as error:
        return Preview("UTC", (), str(error))
    zone = zone_of(plan)
    ticks = islice(ticks_of(plan, after=after, until=after + FURTHEST), 1 if plan.one_off else min(count, MOST))
    return Preview(zone.key, tuple(_coming(ticks, plan, after.astimezone(zone))))


def zone_of(plan: Plan) -> ZoneInfo:
    """The zone that a plan's rule names; UTC for one without."""
    return plan.rule.zone if isinstance(plan.rule, Crontab) else UTC_ZONE


def ticks_of(plan: Plan, *, after: datetime, until: datetime) -> Iterator[Tick]:
    """The ticks of a plan later than `after` and not later than `until`, within its start and expiry."""
    begin = max(after, plan.starts - INSTANT) if plan.starts else after
    end = min(until, plan.expires - INSTANT) if plan.expires else until
    return ticks_between(plan.rule, begin, end) if begin < end else iter(())


def _coming(ticks: Iterable[Tick], plan: Plan, since: datetime) -> Iterator[Coming]:
    before = since
    for tick in ticks:
        local = tick.at.astimezone(since.tzinfo)
        yield Coming(tick.at, local, tick.at + plan.offset, tick.note, _offset(local) - _offset(before))
        before = local


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def noted(tick: Coming) -> str:
    """What clocks do to a tick, for people; empty for most."""
    if tick.note == "gap":
        return _("clocks go forward: its time does not exist that day, so it runs right after the gap")
    if tick.note == "fold":
        return _("clocks go back: its time comes twice that day, and it runs at the first")
    if tick.shift > timedelta():
        return _("clocks have gone forward by %(span)s") % {"span": in_words(tick.shift)}
    if tick.shift < timedelta():
        return _("clocks have gone back by %(span)s") % {"span": in_words(-tick.shift)}
    return ""
