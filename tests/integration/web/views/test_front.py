from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.queries import FIGURES_KEPT_FOR, FIGURES_KEY
from adaptapedia.settings import CONFIG
from tests.integration.ops.samples import make_clash


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """No figures of another test's catalogue, before and after."""
    cache.delete(FIGURES_KEY)
    yield
    cache.delete(FIGURES_KEY)


@pytest.mark.django_db
def test_the_front_page_says_what_this_is_with_four_figures_in_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_clash()

    with django_assert_num_queries(1):
        page = client.get("/").content.decode()

    assert "Books, and what the screen made of them." in page
    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in page
    assert 'href="/ops/"' in page


@pytest.mark.django_db
def test_the_figures_are_counted_once_a_minute(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/")
    make_clash()

    with django_assert_num_queries(0):
        page = client.get("/").content.decode()

    assert '<dt class="kicker">screen works</dt><dd>0</dd>' in page
    with redis.Redis.from_url(CONFIG.redis("cache")) as kept:
        assert 0 < kept.ttl(cache.make_key(FIGURES_KEY)) <= FIGURES_KEPT_FOR <= 60
    cache.delete(FIGURES_KEY)
    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in client.get("/").content.decode()


@pytest.mark.django_db
def test_without_the_cache_the_front_page_counts_for_itself(client: Client, settings: Any) -> None:
    make_clash()
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in client.get("/").content.decode()


@pytest.mark.django_db
def test_an_address_without_a_page_is_404_in_the_look(client: Client) -> None:
    response = client.get("/book/nowhere/")

    assert response.status_code == 404
    assert "Not in this edition." in response.content.decode()


@pytest.mark.django_db
def test_the_page_of_a_breakdown_needs_no_database(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = server_error(rf.get("/ops/"))

    assert response.status_code == 500
    assert b'href="/readyz"' in response.content
