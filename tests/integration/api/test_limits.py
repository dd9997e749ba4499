"""Requests are counted by every process alike, headers say where one stands, and a lost cache lets readers in alone."""

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from redis import Redis

from adaptapedia.api import limits
from adaptapedia.api.problems import Problem

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/"


@pytest.mark.usefixtures("within_a_window")
def test_every_answer_says_how_much_is_left(api: Client, settings: LazySettings) -> None:
    settings.API_ANONYMOUS_REQUESTS = 5
    for number, address in enumerate(("", "works/?page_size=x", "works/99999/", "nowhere/"), start=1):
        answer = api.get(f"{ROOT}{address}")
        assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("5", str(5 - number))
        assert 0 < int(answer["RateLimit-Reset"]) <= 60
        assert answer["RateLimit-Policy"] == '"anonymous";q=5;w=60'


def test_who_asks_too_often_is_told_how_long_to_wait(api: Client, settings: LazySettings) -> None:
    settings.API_ANONYMOUS_REQUESTS = 2
    settings.API_WINDOW = 10_000  # no window ends meanwhile
    assert [api.get(ROOT).status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get(ROOT)
    assert refused.json()["type"] == "/api/v1/problems/too-many-requests/"
    assert refused["Retry-After"] == refused["RateLimit-Reset"]
    assert Client(REMOTE_ADDR="192.0.2.9").get(ROOT).status_code == 200


def test_forged_tokens_are_counted_too(api: Client, settings: LazySettings) -> None:
    settings.API_ANONYMOUS_REQUESTS = 1
    settings.API_WINDOW = 10_000
    forged = {"Authorization": "Bearer x"}
    assert [api.get(ROOT, headers=forged).status_code for _ in range(2)] == [401, 429]


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "0.0.0.0"),
    ],
)
def test_an_address_counts_for_itself_and_one_of_ipv6_for_its_network(address: str, who: str) -> None:
    assert limits.address_of(RequestFactory().get("/", REMOTE_ADDR=address)) == who


@pytest.fixture
def cache_away(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setattr(limits, "_counters", lambda: Redis(port=1, socket_connect_timeout=0.2))
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}


@pytest.mark.usefixtures("cache_away")
def test_without_the_cache_readers_are_let_in_and_it_is_logged(api: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert api.get(ROOT).status_code == 200
    assert api.get(f"{ROOT}works/").status_code == 200
    assert "Requests are not counted" in caplog.text


@pytest.mark.usefixtures("cache_away")
@pytest.mark.parametrize("address", ["token/", "token/refresh/", "token/revoke/"])
def test_without_the_cache_nobody_guesses_and_the_answer_says_when_to_try_again(api: Client, address: str) -> None:
    for _ in range(2):  # the second finds the cache known to be away
        answer = api.post(f"{ROOT}{address}", {"username": "mary", "password": "x"}, content_type="application/json")
        assert (answer.status_code, answer.json()["type"]) == (503, "/api/v1/problems/unavailable/")
        assert answer["Retry-After"] == "5"


@pytest.mark.usefixtures("cache_away")
def test_a_try_that_was_counted_and_right_is_not_refused_for_what_cannot_be_given_back() -> None:
    with pytest.raises(Problem):
        limits.spend(limits.guesses(), "mary")
    assert limits.spend(limits.guesses(), "mary", cost=-1).count == 0
