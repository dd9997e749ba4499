"""Requests are counted by every process alike, headers say where one stands, and a lost cache lets everybody in."""

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from redis import Redis

from adaptapedia.api import limits

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/"


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


def test_without_the_cache_everybody_is_let_in_and_it_is_logged(
    api: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "_counters", lambda: Redis(port=1, socket_connect_timeout=0.2))
    assert api.get(ROOT).status_code == 200
    assert "Requests are not counted" in caplog.text
