"""The one step before the application starts: from tables and static files to something to read."""

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import redis
from django.core.management import call_command
from django.db import OperationalError, connection

from adaptapedia.accounts.models import User
from adaptapedia.config import Config
from adaptapedia.ingest.starter.loading import CatalogueNotEmpty, load_starter
from adaptapedia.kit.addresses import without_secrets
from adaptapedia.local.errors import LocalError
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.models import JobRun
from adaptapedia.web.collected import collect

PATIENCE = 60
"""Seconds that the two servers have to come up; a PostgreSQL that recovers from a crash may need some."""
LABS_PATIENCE = 300
"""Seconds that the lab has: its first start makes a universe and loads a graph."""
LOCK = 0x41444150  # "ADAP": any number that nothing else in this database locks
FIRST_INGESTION = "daily-wikidata-ingestion"

Say = Callable[[str], None]


def prepare(config: Config, *, say: Say) -> None:
    """Bring database and broker to where the application can start. Doing it twice changes nothing.

    Several may call it at once: one works, the others wait for it. Raises LocalError when a server does not answer.
    """
    _wait_for("PostgreSQL", connection.ensure_connection, OperationalError, say=say)
    with redis.Redis.from_url(config.redis("broker")) as broker:
        _wait_for("Valkey", broker.ping, redis.exceptions.ConnectionError, say=say)
    with _alone():
        call_command("migrate", interactive=False, verbosity=0)
        call_command("setup_periodic_tasks")
        collect_static_files(say=say)
        make_first_administrator(config, say=say)
        fill_empty_catalogue(say=say)
    if config.adaptapedia_lab:
        wait_for_the_lab(config, say=say)
    start_first_ingestion(config, say=say)


def wait_for_the_lab(config: Config, *, say: Say) -> None:
    """Until it is there, an ingestion would find nobody and come back in an hour. Open Library is there last."""
    parts = urlsplit(config.open_library_base_url)

    def connect() -> None:
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=5).close()

    _wait_for("The upstream lab", connect, OSError, say=say, patience=LABS_PATIENCE)


def collect_static_files(*, say: Say) -> None:
    """Collect them under lasting names, compressed; where no folder can be written they are served as they are."""
    try:
        collect()
    except OSError as error:
        say(f"Static files are served uncompressed: {error.filename} cannot be written ({error.strerror}).")


def make_first_administrator(config: Config, *, say: Say) -> None:
    """While nobody is an administrator, make one and tell the name and password, this once."""
    if User.objects.filter(role=User.Role.ADMINISTRATOR).exists():
        return
    name = next(name for name in _names("admin") if not User.objects.filter(username=name).exists())
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(name, password=password)
    say(f"The first administrator is {name}, with the password {password} (told only now).")
    say(f"Sign in at {_address(config)}/ops/")


def fill_empty_catalogue(*, say: Say) -> None:
    """While no ingestion has ever succeeded, let nobody find an empty catalogue: the network may be away."""
    if _has_been_ingested():
        return
    with suppress(CatalogueNotEmpty):
        loaded = load_starter()
        say(
            f"Loaded a starter catalogue of {loaded.works} works and {loaded.screen_works} screen works; "
            "Wikidata takes its place."
        )


def start_first_ingestion(config: Config, *, say: Say) -> None:
    """While none has ever succeeded, start an ingestion now instead of at its hour."""
    if _has_been_ingested():
        return
    run, _ = request_run(FIRST_INGESTION)
    endpoint = without_secrets(config.wikidata_sparql_endpoint[0])
    say(f"No ingestion has succeeded yet: filling the catalogue from {endpoint} now.")
    say(f"Watch run {run.pk} at {_address(config)}/ops/")
    if "contact" not in config.model_fields_set:
        say(f"Wikidata is told {config.contact} as the contact; set CONTACT=you@example.org to be reachable.")


def _has_been_ingested() -> bool:
    return JobRun.objects.filter(schedule_name=FIRST_INGESTION, state=JobRun.State.SUCCEEDED).exists()


def _wait_for(
    server: str, connect: Callable[[], object], refusal: type[Exception], *, say: Say, patience: int = PATIENCE
) -> None:
    """Call `connect` until it succeeds; after a while say what is in the way, and give up after `patience`."""
    began = time.monotonic()
    told = False
    while True:
        try:
            connect()
            return
        except refusal as error:
            waited = time.monotonic() - began
            if waited > patience:
                raise LocalError(f"{server} does not answer after {patience} s: {str(error).strip()}") from None
            if waited > 3 and not told:
                say(f"Waiting for {server}: {str(error).strip()}")
                told = True
        time.sleep(0.05)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock of this database. It is asked for again and again: a session that waits inside one statement
    would hold a snapshot, for which the other's CREATE INDEX CONCURRENTLY would wait in turn."""
    while not _asked("SELECT pg_try_advisory_lock(%s)"):
        time.sleep(0.2)
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s)")


def _asked(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [LOCK])
        (answer,) = cursor.fetchone()
    return bool(answer)


def _names(first: str) -> Iterator[str]:
    yield first
    yield from (f"{first}-{number}" for number in range(2, 1000))


def _address(config: Config) -> str:
    return f"http://localhost:{config.port}"
