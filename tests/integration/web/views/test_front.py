import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue import queries
from adaptapedia.catalogue.freshness import WIKIDATA, keep_reading
from adaptapedia.catalogue.highlights import MOST_ADAPTED_KEY, anniversaries_key
from adaptapedia.catalogue.queries import FIGURES_KEPT_FOR, FIGURES_KEY
from adaptapedia.settings import CONFIG
from adaptapedia.web.views.faults import server_error, words_of_address
from tests.integration.ops.samples import make_clash
from tests.integration.web.shelf import make_shelf
from tests.integration.web.test_maintenance import AWAY


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """No figures of another test's catalogue, before and after."""
    kept = [FIGURES_KEY, MOST_ADAPTED_KEY, anniversaries_key(timezone.localdate().year)]
    cache.delete_many(kept)
    yield
    cache.delete_many(kept)


@pytest.mark.django_db
def test_the_front_page_says_what_this_is_with_four_figures_within_twelve_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_clash()

    with django_assert_max_num_queries(12):
        page = client.get("/").content.decode()

    assert "Books, and what the screen made of them." in page
    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in page
    assert 'href="/ops/"' in page


def kept_for(key: str) -> int:
    """Seconds that are left to a key of the cache."""
    with redis.Redis.from_url(CONFIG.redis("cache")) as kept:
        return int(kept.ttl(cache.make_key(key)))


@pytest.mark.django_db
def test_figures_that_take_long_to_count_are_kept_the_longer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED_SELDOM", 10_000_000)  # as if they took twenty thousand times as long
    client.get("/")
    assert kept_for(FIGURES_KEY) > 10 * FIGURES_KEPT_FOR


@pytest.mark.django_db
def test_the_figures_are_counted_once_a_minute(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED_SELDOM", 0)  # however long it takes to count
    client.get("/")
    make_clash()

    with django_assert_num_queries(1):  # what came last is asked for each time
        page = client.get("/").content.decode()

    assert '<dt class="kicker">screen works</dt><dd>0</dd>' in page
    assert FIGURES_KEPT_FOR - 5 < kept_for(FIGURES_KEY) < 10 * FIGURES_KEPT_FOR
    cache.delete(FIGURES_KEY)
    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in client.get("/").content.decode()


@pytest.mark.django_db
def test_without_the_cache_the_front_page_counts_for_itself(client: Client, settings: Any) -> None:
    make_clash()
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_full_house_shows_what_is_new_and_what_is_round_within_twelve_queries_then_in_one(
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_shelf()

    with django_assert_max_num_queries(12):
        page = client.get("/").content.decode()
    with django_assert_num_queries(1):
        client.get("/")

    assert 'href="/book/dracula/"' in page
    assert 'href="/screen/rashomon/"' in page
    assert '<span class="age">100</span>' in page
    assert "750 BCE" in page


@pytest.mark.django_db
def test_an_empty_house_says_that_it_fills_itself(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "The catalogue fills itself from Wikidata" in page
    assert "adaptapedia starter load" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "guess"),
    [
        ("/books/the-great-gatsbi/", "books the great gatsbi"),
        ("/rashomon-1950", "rashomon 1950"),
        ("/%E7%BE%85%E7%94%9F%E9%96%80", "羅生門"),
        ("/%FF%FE/", ""),
        ("/" + "a-" * 400, ("a " * 40).strip()),
    ],
)
def test_what_the_address_says_is_offered_as_a_search(client: Client, address: str, guess: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert f'name="q" type="search" value="{guess}"' in response.content.decode()


def test_no_markup_comes_out_of_an_address() -> None:
    assert words_of_address("/<script>alert(1)</script>") == "script alert 1 script"


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "queries"), [("/about/", 0), ("/about/sources/", 1)])
def test_about_needs_no_query_or_one_and_says_what_holds(
    client: Client, address: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(queries):
        page = client.get(address).content.decode()
    assert "creativecommons.org/publicdomain/zero/1.0/" in page


@pytest.mark.django_db
def test_the_sources_say_when_wikidata_was_last_read_however_long_ago(client: Client, settings: Any) -> None:
    assert re.search(r"<dd>not yet\s*</dd>", client.get("/about/sources/").content.decode())
    keep_reading(WIKIDATA, at=datetime(2026, 11, 19, 2, 3, 4, tzinfo=UTC))
    keep_reading(WIKIDATA, at=datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC))
    settings.CACHES = AWAY
    page = client.get("/about/sources/").content.decode()
    assert '<time datetime="2026-11-20T02:03:04+00:00">20 November 2026, 02:03 UTC</time>' in page
    assert "endorsed or certified" in page


@pytest.mark.django_db
def test_a_form_gone_stale_leads_back_to_it() -> None:
    response = Client(enforce_csrf_checks=True).post("/ops/sign-in/", {"username": "ada"})
    assert response.status_code == 403
    assert 'href="/ops/sign-in/"' in response.content.decode()


def test_a_broken_database_and_cache_still_give_the_page_of_a_breakdown(settings: Any) -> None:
    """pytest-django blocks the database of a test that asks for none: whoever touches it raises."""
    settings.CACHES = AWAY
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    client.cookies["theme"] = "dark"

    response = client.get("/search/?q=dracula")

    assert response.status_code == 500
    assert "Something broke here." in response.content.decode()
    assert 'href="/search/?q=dracula"' in response.content.decode()
    assert "readyz" not in response.content.decode()
    assert 'data-theme="dark"' in response.content.decode()


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
    assert b'href="/ops/">Try again' in response.content
