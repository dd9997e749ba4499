"""The site's figures: counted once a day, cached for the pages, kept as history."""

from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q
from redis.exceptions import RedisError

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Adaptation, DailyStatistics, ScreenWork, Work
from adaptapedia.catalogue.shapes import key_of

CACHE_KEY = "site_statistics"
CACHED_FOR = timedelta(hours=24)
SPREAD_CACHED_FOR = timedelta(hours=48)
ACTIVE_WITHIN = timedelta(days=30)

FILMS = (ScreenWork.Kind.FILM, ScreenWork.Kind.TELEVISION_FILM, ScreenWork.Kind.SHORT)
"""A film made for television is a film here, as it is to Wikidata and TMDb."""
TELEVISION = (ScreenWork.Kind.SERIES, ScreenWork.Kind.MINISERIES)

Figures = dict[str, int]


def count_site(*, at: datetime) -> Figures:
    """The site's figures at a time: works, screen works, adaptations, films, television, users, active users.

    What is retired is hidden and does not count. Whoever signed in within the last 30 days is active.
    """
    shown = Q(retired_at=None)
    screen = ScreenWork.objects.filter(shown).aggregate(
        screen_works=Count("pk"),
        films=Count("pk", filter=Q(kind__in=FILMS)),
        television=Count("pk", filter=Q(kind__in=TELEVISION)),
    )
    people = User.objects.aggregate(
        users=Count("pk"), users_active_30_days=Count("pk", filter=Q(last_login__gt=at - ACTIVE_WITHIN))
    )
    return {
        "works": Work.objects.filter(shown).count(),
        "adaptations": Adaptation.objects.filter(shown).count(),
        **screen,
        **people,
    }


def keep_figures(figures: Figures, *, day: date) -> None:
    """Make these the figures of the day, in the history and, for 24 hours, in the cache as `site_statistics`."""
    DailyStatistics.objects.update_or_create(day=day, defaults={"figures": figures})
    cache.set(CACHE_KEY, figures, timeout=CACHED_FOR.total_seconds())


@dataclass(frozen=True, slots=True)
class Counted:
    """The site's figures, and the day they were counted; None: today, within the last 24 hours."""

    figures: Figures
    day: date | None


def site_figures() -> Counted | None:
    """What was counted last: from the cache, else the last day of the history; None when nothing ever was."""
    with suppress(RedisError):
        if kept := cache.get(CACHE_KEY):
            return Counted(kept, None)
    last = DailyStatistics.objects.order_by("-day").first()
    return Counted(last.figures, last.day) if last else None


def history(*, since: date | None = None) -> list[DailyStatistics]:
    """The days from `since` on (all without it), the first first."""
    days = DailyStatistics.objects.order_by("day")
    return list(days if since is None else days.filter(day__gte=since))


@dataclass(frozen=True, slots=True)
class Spread:
    """How adaptations spread over time, both in order: (first year of a decade, how many came to the screen then),
    and (years from book to screen, 0 to 9 as 0, and so on up to 100 and more as 100; how many)."""

    decades: list[tuple[int, int]]
    gaps: list[tuple[int, int]]


SPREAD_KEY = key_of("spread_of_adaptations", Spread)


def spread_of_adaptations() -> Spread | None:
    """As counted last; None when it was not, or the cache is away."""
    with suppress(RedisError):
        if kept := cache.get(SPREAD_KEY):
            return Spread(*kept)
    return None


def count_spread() -> Spread:
    """Of all adaptations of books whose years are known; a screen work older than its book is left out of the gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN grouping(decade) = 0 THEN 'decades' ELSE 'gaps' END, coalesce(decade, gap), count(*)
            FROM (
                SELECT s.year - mod(s.year, 10) AS decade,
                       CASE WHEN s.year >= w.year THEN least((s.year - w.year) / 10 * 10, 100) END AS gap
                FROM catalogue_adaptation AS a
                JOIN catalogue_screenwork AS s ON s.id = a.screen_work_id AND s.retired_at IS NULL
                LEFT JOIN catalogue_work AS w ON w.id = a.work_id AND w.retired_at IS NULL
                WHERE a.retired_at IS NULL AND s.year > 0
            ) AS pairs
            GROUP BY GROUPING SETS ((decade), (gap))
            HAVING coalesce(decade, gap) IS NOT NULL
            ORDER BY 1, 2
            """
        )
        rows = cursor.fetchall()
    return Spread(*([(n, count) for name, n, count in rows if name == kind] for kind in ("decades", "gaps")))


def keep_spread(spread: Spread) -> None:
    """For the pages, until the day after tomorrow's count should have replaced it."""
    cache.set(SPREAD_KEY, astuple(spread), timeout=SPREAD_CACHED_FOR.total_seconds())
