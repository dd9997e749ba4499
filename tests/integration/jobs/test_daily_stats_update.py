from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import redis
from django.core.cache import cache
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Adaptation, DailyStatistics, ScreenWork, TitledEntry, Work
from adaptapedia.catalogue.statistics import count_site, keep_figures
from adaptapedia.scheduling.models import JobRun
from adaptapedia.settings import CONFIG

E = TypeVar("E", bound=TitledEntry)

EMPTY = {
    "works": 0,
    "screen_works": 0,
    "adaptations": 0,
    "films": 0,
    "television": 0,
    "users": 0,
    "users_active_30_days": 0,
}


def make(model: type[E], slug: str, **fields: object) -> E:
    return model._default_manager.create(
        slug=slug, sort_key=slug, search_text=slug, title=slug, title_language="en", **fields
    )


def make_catalogue() -> None:
    """Two works, one film each of three kinds, two series, two adaptations; as many again retired, and one other."""
    now = timezone.now()
    for retired in (None, now):
        mark = "retired-" if retired else ""
        works = [make(Work, f"{mark}book-{i}", retired_at=retired) for i in range(2)]
        screens = [make(ScreenWork, f"{mark}{kind}", kind=kind, retired_at=retired) for kind in ScreenWork.Kind]
        for screen, work in zip(screens, works, strict=False):
            Adaptation.objects.create(
                screen_work=screen, work=work, source="wikidata", first_seen_at=now, retired_at=retired
            )


def test_the_figures_count_what_is_shown_and_nothing_retired(run_job: Callable[[str], JobRun]) -> None:
    make_catalogue()
    now = timezone.now()
    for name, last_login in (("new", None), ("active", now - timedelta(days=29)), ("gone", now - timedelta(days=31))):
        User.objects.create_user(name, last_login=last_login)

    run = run_job("daily-stats-update")

    figures = {
        "works": 2,
        "screen_works": 6,
        "adaptations": 2,
        "films": 3,
        "television": 2,
        "users": 3,
        "users_active_30_days": 1,
    }
    assert (run.state, run.counts) == (JobRun.State.SUCCEEDED, figures)
    assert cache.get("site_statistics") == figures
    assert DailyStatistics.objects.get(day=run.started_at.date()).figures == figures


def test_an_empty_site_has_figures_too(run_job: Callable[[str], JobRun]) -> None:
    assert run_job("daily-stats-update").counts == EMPTY


def test_the_day_keeps_its_newest_figures_and_the_days_before_keep_theirs(transactional_db: None) -> None:
    day = datetime(2026, 11, 22, 1, tzinfo=UTC)
    keep_figures({**EMPTY, "works": 1}, day=(day - timedelta(days=1)).date())
    keep_figures({**EMPTY, "works": 2}, day=day.date())
    keep_figures({**EMPTY, "works": 3}, day=day.date())

    assert [row.figures["works"] for row in DailyStatistics.objects.order_by("day")] == [1, 3]


def test_the_figures_are_cached_for_a_day(transactional_db: None) -> None:
    keep_figures(EMPTY, day=timezone.now().date())

    with redis.Redis.from_url(CONFIG.redis("cache")) as client:
        assert 86_000 < client.ttl(cache.make_key("site_statistics")) <= 86_400


def test_counting_takes_four_queries(transactional_db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        count_site(at=timezone.now())
