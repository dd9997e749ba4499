"""The statistics page in each of its states, and the history as CSV."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.models import DailyStatistics
from adaptapedia.catalogue.statistics import CACHE_KEY, SPREAD_KEY, Spread, count_spread, keep_figures, keep_spread
from tests.integration.web.shelf import make_shelf
from tests.integration.web.test_maintenance import AWAY

pytestmark = pytest.mark.django_db

FIGURES = {
    "works": 1_873,
    "screen_works": 2_409,
    "adaptations": 2_526,
    "films": 2_000,
    "television": 409,
    "users": 12,
    "users_active_30_days": 3,
}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.delete_many([CACHE_KEY, SPREAD_KEY])
    yield
    cache.delete_many([CACHE_KEY, SPREAD_KEY])


def make_days(*ago: int, **figures: int) -> None:
    today = timezone.now().date()
    for days in ago:
        counted = {**FIGURES, "works": 2_000 - days, **figures}
        DailyStatistics.objects.create(day=today - timedelta(days=days), figures=counted)


def page_of(client: Client, status: int = 200, **parameters: str) -> str:
    response = client.get("/statistics/", parameters)
    assert response.status_code == status
    return response.content.decode()


def test_before_the_first_count_it_says_so(client: Client) -> None:
    page = page_of(client)
    assert "Nothing has been counted yet." in page
    assert "There is no history yet." in page


def test_one_day_is_a_dot(client: Client) -> None:
    make_days(0)
    page = page_of(client)
    assert "One day so far" in page
    assert page.count('class="dot"') == 3
    assert '<path class="line"' not in page


def test_a_month_is_three_lines_with_their_table_in_two_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_days(*range(40))
    with django_assert_num_queries(2):
        page = page_of(client)
    assert page.count('<path class="line"') == 3
    assert page.count('<th scope="row" class="nowrap">') == 30
    assert page_of(client, period="all").count('<th scope="row" class="nowrap">') == 40


def test_missing_days_part_the_line(client: Client) -> None:
    make_days(0, 1, 2, 5, 6)
    assert page_of(client).count('<path class="line"') == 6


def test_a_day_without_a_figure_is_a_dash_and_no_nought(client: Client) -> None:
    make_days(0, 1)
    DailyStatistics.objects.create(day=timezone.now().date() - timedelta(days=2), figures={"works": 5, "films": None})
    page = page_of(client)
    assert '<td class="number">–</td>' in page


def test_figures_of_today_come_from_the_cache_and_else_from_the_last_day(client: Client, settings: Any) -> None:
    keep_figures({**FIGURES, "works": 4_321}, day=date(2026, 1, 2))
    assert "<dd>4,321</dd>" in page_of(client)
    settings.CACHES = AWAY
    page = page_of(client)
    assert "<dd>4,321</dd>" in page
    assert "As last counted, on 2 January 2026." in page


def test_no_day_in_the_period_leads_to_all_days(client: Client) -> None:
    make_days(400)
    assert "No day of this period was counted." in page_of(client, period="30")


@pytest.mark.parametrize("period", ["7", "", "abc", "-1", "9" * 40, "\x00"])
def test_another_period_is_400_with_what_there_is(client: Client, period: str) -> None:
    make_days(0, 1)
    assert "A period is 30, 365 or all" in page_of(client, 400, period=period)
    refused = client.get("/statistics/history.csv", {"period": period})
    assert refused.status_code == 400
    assert "stale-while-revalidate" not in refused["Cache-Control"]


def test_the_history_as_csv_has_the_same_figures(client: Client) -> None:
    make_days(1, 0)
    DailyStatistics.objects.create(day=date(2020, 2, 29), figures={"works": 7})
    response = client.get("/statistics/history.csv")
    rows = list(csv.reader(response.content.decode().splitlines()))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[0][:3] == ["day", "works", "screen_works"]
    assert rows[1] == ["2020-02-29", "7", "", "", "", "", "", ""]
    assert [row[1] for row in rows[2:]] == ["1999", "2000"]


def test_adaptations_are_spread_over_decades_and_gaps() -> None:
    make_shelf()
    spread = count_spread()
    assert dict(spread.decades) == {1920: 1, 1930: 1, 1950: 1, 1970: 1, 2000: 1, 2020: 1}
    assert dict(spread.gaps) == {20: 2, 30: 1, 50: 1, 100: 2}


def test_the_spread_is_drawn_when_it_was_counted(client: Client) -> None:
    assert "Drawn from the daily count" in page_of(client)
    keep_spread(Spread([(1990, 5), (2000, 10)], [(0, 4), (100, 1)]))
    page = page_of(client)
    assert "1990s" in page
    assert "100 and more" in page
    assert 'width="50.00"' in page
