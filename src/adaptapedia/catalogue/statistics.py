"""The site's figures: counted once a day, cached for the pages, kept as history."""

from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Q

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Adaptation, DailyStatistics, ScreenWork, Work

CACHE_KEY = "site_statistics"
CACHED_FOR = timedelta(hours=24)
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
