"""Crontabs at random, in every spelling that Celery takes."""

from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from adaptapedia.scheduling.core.rules import Crontab
from tests.unit.scheduling.core import oracle
from tests.unit.scheduling.core.oracle import WEEKDAYS, Cron


def numbers(least: int, most: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    plain = st.integers(least, most).map(str)
    return st.one_of(plain, st.sampled_from(names)) if names else plain


def fields(least: int, most: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """One number, a range (which may wrap around), a step, a list of these."""
    one = numbers(least, most, names)
    span = st.tuples(one, one).map("-".join)
    step = st.tuples(st.one_of(st.just("*"), span), st.integers(1, most).map(str)).map("/".join)
    part = st.one_of(one, one, one, span, step)
    return st.lists(part, min_size=1, max_size=3).map(",".join)


MINUTES, HOURS = fields(0, 59), fields(0, 23)
EARLY_HOURS = st.one_of(HOURS, st.sampled_from(("0", "1", "2", "3", "1-3", "23,0", "2,3", "0-23", "*/2", "*")))
DAYS_OF_MONTH = fields(1, 31)
MONTHS = fields(1, 12, oracle.MONTHS)
DAYS_OF_WEEK = fields(0, 6, (*WEEKDAYS, "FRI", "sunday"))
WEEKDAY = st.one_of(st.sampled_from([name.upper() for name in WEEKDAYS]), st.integers(0, 6).map(str))
TERM = st.one_of(
    st.sampled_from(("L", "LW")),
    st.integers(1, 30).map("L-{}".format),
    st.integers(1, 31).map("{}W".format),
    st.tuples(WEEKDAY, st.integers(1, 5)).map(lambda found: f"{found[0]}#{found[1]}"),
    WEEKDAY.map("{}L".format),
)
TERMS = st.lists(TERM, min_size=1, max_size=2).map(",".join)
NO_TERMS = st.just("")
ANY = st.just("*")


def often(likely: st.SearchStrategy[str], rare: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.integers(0, 4).flatmap(lambda drawn: likely if drawn else rare)


def crons(zones: st.SearchStrategy[str]) -> st.SearchStrategy[Cron]:
    """Crontabs that are due on most days, so that a few days have something to show."""
    days = often(ANY, DAYS_OF_MONTH), often(ANY, MONTHS), often(ANY, DAYS_OF_WEEK)
    written = st.tuples(often(MINUTES, ANY), EARLY_HOURS, *days).map(" ".join)
    return st.builds(Cron, written, zones, often(NO_TERMS, TERMS))


def day_crons() -> st.SearchStrategy[Cron]:
    """Crontabs of one time a day in UTC, and of any days."""
    days = st.tuples(st.one_of(ANY, DAYS_OF_MONTH), st.one_of(ANY, MONTHS), st.one_of(ANY, DAYS_OF_WEEK)).map(" ".join)
    return st.builds(Cron, days.map("0 0 {}".format), days=st.one_of(NO_TERMS, TERMS))


def crontab(cron: Cron) -> Crontab:
    return Crontab(*cron.fields.split(), zone=ZoneInfo(cron.zone), days=cron.days)
