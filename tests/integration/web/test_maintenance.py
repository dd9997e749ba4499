"""Maintenance: who is turned away, who passes, and what happens while cache or database are away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from adaptapedia.web.maintenance import KEY, LOOKED_AT_EVERY, Lookout, begin_maintenance, end_maintenance, maintenance

AWAY = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture(autouse=True)
def off_afterwards() -> Iterator[None]:
    cache.delete(KEY)
    yield
    cache.delete(KEY)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    call_command("maintenance", *words)
    return capsys.readouterr().out


@pytest.mark.parametrize("address", ["/", "/search/?q=dune", "/book/dracula/", "/nowhere", "/accounts/signup/"])
def test_readers_get_a_page_with_503_that_needs_no_database(address: str) -> None:
    begin_maintenance(message="The shelves are being moved.")

    response = Client().get(address)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "300"
    assert "no-store" in response.headers["Cache-Control"]
    assert "The shelves are being moved." in response.content.decode()
    assert response.headers["Content-Security-Policy"]


def test_programs_get_a_problem(client: Client) -> None:
    begin_maintenance(until=timezone.now() + timedelta(minutes=10))

    response = client.post("/api/v1/token/", {})

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert 590 <= int(response.headers["Retry-After"]) <= 600
    assert response.json()["status"] == 503
    assert response.json() == {
        "type": "/api/v1/problems/maintenance/",
        "title": "Maintenance",
        "status": 503,
        "detail": "The site is being worked on. Ask again after the time in Retry-After.",
        "instance": "/api/v1/token/",
    }
    begin_maintenance(message="The shelves are being moved.")
    assert Client().get("/api/v1/works/").json()["detail"] in {
        "The shelves are being moved.",
        "The site is being worked on. Ask again after the time in Retry-After.",  # as it was two seconds ago
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/healthz", 200),
        ("/ops/sign-in/", 302),
        ("/admin/login/", 302),
        ("/accounts/login/", 200),
        ("/static/web/tokens.css", 200),
    ],
)
def test_operators_probes_and_static_files_pass(client: Client, address: str, status: int) -> None:
    begin_maintenance()
    assert client.get(address).status_code == status


@pytest.mark.parametrize("address", ["/healthzz", "/opsy/", "/administration/", "/api/v1/ops/", "/accounts/loginx"])
def test_an_address_that_only_looks_like_an_open_one_is_closed(address: str) -> None:
    begin_maintenance()
    assert Client().get(address).status_code == 503


def test_when_it_should_be_over_has_its_zone_once() -> None:
    begin_maintenance(until=datetime(2126, 11, 24, 3, tzinfo=UTC))
    page = Client().get("/about/").content.decode()
    assert ">24 November 2126, 03:00 UTC</time>." in page
    assert "UTC UTC" not in page


@pytest.mark.parametrize("kept", [True, ("since", "until", "message", "of a newer version")])
def test_a_switch_that_another_version_set_stays_on(kept: object) -> None:
    cache.set(KEY, kept)
    running = maintenance()
    assert running is not None
    assert Client().get("/about/").status_code == 503
    assert end_maintenance()


@pytest.mark.django_db
def test_it_ends_when_it_is_switched_off() -> None:
    begin_maintenance()
    assert Client().get("/about/").status_code == 503
    assert end_maintenance()
    assert not end_maintenance()
    assert Client().get("/healthz").status_code == 200
    assert maintenance() is None


def test_what_an_operator_says_is_text_and_no_markup() -> None:
    begin_maintenance(message="<script>alert(1)</script>")
    assert b"<script>alert" not in Client().get("/").content


def test_a_time_that_has_passed_asks_for_five_minutes_more() -> None:
    begun = begin_maintenance(until=timezone.now() + timedelta(hours=2))
    assert begun.retry_after(begun.since + timedelta(hours=3)) == 300


def test_a_process_looks_every_two_seconds() -> None:
    now = 0.0
    lookout = Lookout(clock=lambda: now)
    assert lookout.maintenance() is None
    begin_maintenance()
    assert lookout.maintenance() is None
    now += LOOKED_AT_EVERY
    assert lookout.maintenance() is not None


def test_while_the_cache_is_away_the_last_answer_stands(settings: Any) -> None:
    now = 0.0
    begin_maintenance()
    knows, new = Lookout(clock=lambda: now), Lookout(clock=lambda: now)
    assert knows.maintenance() is not None

    settings.CACHES = AWAY
    now += LOOKED_AT_EVERY

    assert knows.maintenance() is not None
    assert new.maintenance() is None


def test_the_command_switches_tells_and_keeps_the_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "status") == "Maintenance is off.\n"
    assert "Every process knows within 2 seconds." in said(capsys, "on", "--message", "New shelves.", "--until", "2h")
    begun = maintenance()
    assert begun is not None
    assert begun.until is not None
    assert timedelta(minutes=119) < begun.until - timezone.now() <= timedelta(hours=2)
    said(capsys, "on", "--until", "2199-01-01T00:00+01:00")
    changed = maintenance()
    assert changed is not None
    assert (changed.since, changed.message) == (begun.since, "")
    assert changed.until == datetime(2198, 12, 31, 23, tzinfo=UTC)
    assert "until 2198-12-31 23:00 UTC." in said(capsys, "status")
    assert said(capsys, "off").startswith("Maintenance is off.")
    assert said(capsys, "off") == "Maintenance was off already.\n"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["on", "--until", "soon"], "is no time"),
        (["on", "--until", "2020-01-01"], "has passed"),
        (["on", "--until", "0h"], "is no time"),
        (["on", "--message", "x" * 501], "at most 500"),
        (["sideways"], "invalid choice"),
        ([], "required"),
    ],
)
def test_a_wrong_word_is_refused_with_what_is_wrong(words: list[str], fault: str) -> None:
    with pytest.raises(CommandError, match=fault):
        call_command("maintenance", *words)


def test_without_the_cache_the_command_says_so(settings: Any) -> None:
    settings.CACHES = AWAY
    with pytest.raises(CommandError, match="The cache is out of reach"):
        call_command("maintenance", "on")
