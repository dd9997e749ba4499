import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from adaptapedia.config import Config
from adaptapedia.ops import legs
from adaptapedia.scheduling.queries import BEAT_SEEN
from tests.ports import free_port

SECRET_KEY = "a key that is long enough and is nobody's: 0123456789 abcdef"


@pytest.fixture
def beat() -> Iterator[None]:
    """Beat as it looks when it runs."""
    cache.set(BEAT_SEEN, timezone.now().isoformat())
    yield
    cache.delete(BEAT_SEEN)


@pytest.fixture
def closed_port() -> int:
    return free_port()


@pytest.fixture
def hanging_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


def without_valkey(settings: Settings, port: int) -> None:
    settings.CONFIG = Config(redis_url=f"redis://127.0.0.1:{port}/0", secret_key=SECRET_KEY, allowed_hosts="testserver")


def without_database(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(port))


def test_the_process_answers_without_asking_anybody(client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client, beat: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "ok"
    assert list(answer["legs"]) == ["database", "migrations", "cache", "broker", "beat"]
    assert all(leg["status"] == "ok" for leg in answer["legs"].values())


@pytest.mark.django_db
def test_a_beat_never_seen_is_degraded_and_still_ready(client: Client) -> None:
    cache.delete(BEAT_SEEN)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["legs"]["beat"] == {"status": "degraded"}


@pytest.mark.django_db
def test_a_beat_silent_for_half_a_minute_is_degraded(client: Client, beat: None) -> None:
    cache.set(BEAT_SEEN, (timezone.now() - timezone.timedelta(seconds=31)).isoformat())

    assert client.get("/readyz").json()["legs"]["beat"] == {"status": "degraded"}


@pytest.mark.django_db
def test_not_ready_without_the_cache(client: Client, settings: Settings, closed_port: int) -> None:
    without_valkey(settings, closed_port)

    response = client.get("/readyz")

    assert response.status_code == 503
    answer = response.json()
    assert answer["status"] == "unavailable"
    assert answer["legs"]["cache"] == {"status": "unavailable"}
    assert answer["legs"]["broker"] == {"status": "degraded"}
    assert answer["legs"]["database"]["status"] == "ok"


@pytest.mark.django_db
def test_not_ready_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    without_database(monkeypatch, closed_port)

    response = client.get("/readyz")

    assert response.status_code == 503
    answer = response.json()
    assert answer["legs"]["database"] == {"status": "unavailable"}
    assert answer["legs"]["migrations"] == {"status": "unavailable"}
    assert answer["legs"]["cache"]["status"] == "ok"


@pytest.mark.django_db
def test_an_answer_comes_in_time_when_both_servers_hang(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, hanging_port: int
) -> None:
    monkeypatch.setattr(legs, "PATIENCE", 1)
    without_valkey(settings, hanging_port)
    without_database(monkeypatch, hanging_port)
    began = time.monotonic()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert time.monotonic() - began < 8


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client: Client, beat: None, transactional_db: None) -> None:
    newest = MigrationLoader(connection).graph.leaf_nodes("ingest")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = %s AND name = %s RETURNING app, name, applied", newest
        )
        row = cursor.fetchone()
    try:
        response = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)

    assert response.status_code == 503
    assert response.json()["legs"]["migrations"] == {"status": "unavailable"}


@pytest.mark.django_db
def test_no_address_or_error_text_is_told_to_strangers(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    without_valkey(settings, closed_port)
    without_database(monkeypatch, closed_port)

    body = client.get("/readyz").content.decode()

    assert "127.0.0.1" not in body
    assert str(closed_port) not in body
    assert "refused" not in body
