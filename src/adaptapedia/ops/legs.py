"""The parts that everything stands on, each asked whether it answers, in bounded time.

Each check opens a connection of its own with short timeouts (seconds: `PATIENCE`) and closes it, so that
neither a connection that Django keeps nor a server that hangs can hold up the answer.
"""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from adaptapedia.scheduling.queries import beat_seen

PATIENCE = 2
BEAT_SILENT_AFTER = timedelta(seconds=30)


class State(StrEnum):
    WELL = "well"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Leg:
    """One part: its state, what is to be known about it in a few words, what to do, and how long it took to answer."""

    name: str
    state: State
    detail: str = ""
    remedy: str = ""
    milliseconds: float | None = None


def legs() -> list[Leg]:
    """Database, migrations, cache, broker and beat, in this order. Takes at most some eight seconds."""
    database = _database()
    migrations = _migrations() if database.state is State.WELL else _unknown("migrations", State.DOWN, database)
    cache = _valkey("cache", State.DOWN)
    beat = _beat() if cache.state is State.WELL else _unknown("beat", State.DEGRADED, cache)
    return [database, migrations, cache, _valkey("broker", State.DEGRADED), beat]


def _unknown(name: str, state: State, cause: Leg) -> Leg:
    return Leg(name, state, _("cannot be known without the %s") % cause.name)


def _database() -> Leg:
    return _timed("database", State.DOWN, lambda: _ask_database("SELECT 1"), psycopg.Error)


def _migrations() -> Leg:
    try:
        applied = set(_ask_database("SELECT app, name FROM django_migrations"))
    except psycopg.errors.UndefinedTable:
        applied = set()
    except psycopg.Error as error:
        return Leg("migrations", State.DOWN, _first_line(error))
    missing = sorted(newest_migrations() - applied)
    if missing:
        named = ", ".join(f"{app} {name}" for app, name in missing[:3])
        return Leg("migrations", State.DOWN, _("not applied: %s") % named, _("Run adaptapedia migrate."))
    return Leg("migrations", State.WELL)


@functools.cache
def newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app as the code has them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _valkey(role: str, when_lost: State) -> Leg:
    def ping() -> None:
        with redis.Redis.from_url(
            settings.CONFIG.redis(role),
            socket_connect_timeout=PATIENCE,
            socket_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()

    return _timed(role, when_lost, ping, redis.RedisError, OSError)


def _beat() -> Leg:
    seen = beat_seen()
    silence = None if seen is None else timezone.now() - seen
    if silence is None or silence > BEAT_SILENT_AFTER:
        detail = _("not seen") if silence is None else _("not seen for %d s") % silence.total_seconds()
        return Leg("beat", State.DEGRADED, detail, _("No tick is written meanwhile. Is “make up” running?"))
    return Leg("beat", State.WELL, _("seen %d s ago") % silence.total_seconds())


def _timed(name: str, when_lost: State, ask: Callable[[], object], *lost: type[Exception]) -> Leg:
    began = time.perf_counter()
    try:
        ask()
    except lost as error:
        return Leg(name, when_lost, _first_line(error), _("Is its server running?"))
    return Leg(name, State.WELL, milliseconds=round((time.perf_counter() - began) * 1000, 1))


def _ask_database(statement: str) -> list[tuple[str, ...]]:
    parameters = {
        **connection.get_connection_params(),
        "connect_timeout": PATIENCE,
        "options": f"-c statement_timeout={PATIENCE}s",
    }
    with psycopg.connect(**parameters) as direct:
        return direct.execute(statement).fetchall()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
