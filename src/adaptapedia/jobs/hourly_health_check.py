"""Every hour: a message came all the way from beat to here; does it reach the database and the cache, and how fast?"""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models.functions import Now
from redis.exceptions import RedisError

from adaptapedia.kit.calling import NotTaken, call
from adaptapedia.scheduling.jobs import MINUTE, Counts, Run, job
from adaptapedia.scheduling.models import JobRun

log = logging.getLogger(__name__)

Legs = dict[str, float | None]
"""Milliseconds by leg. None for a leg that this run did not go: one by hand did not come from beat."""

SOFT_LIMIT = MINUTE


class LegFailed(Exception):
    """The way is cut at this leg."""

    def __init__(self, leg: str, fault: str) -> None:
        super().__init__(f"{leg}: {fault}")
        self.leg = leg


@job(
    "hourly-health-check",
    task="health_check",
    cron="0 * * * *",
    queue="quick",
    expires=5 * MINUTE,
    soft_limit=SOFT_LIMIT,
    hard_limit=1.5 * MINUTE,
)
def health_check(run: Run) -> Counts:
    """Proves the way beat → broker → worker → database → cache and times each leg."""
    legs: Legs = {}
    with _leg("database", legs):
        row = write_and_read_row(run.id)
    with _leg("cache", legs):
        write_and_read_key()
    tell_heartbeat()
    return {"status": "ok", "legs": way_here(row) | legs}


def write_and_read_row(run_id: int) -> JobRun:
    """The run's own row, after something written to it came back and is committed. Raises LegFailed."""
    written = f"health check {secrets.token_hex(8)}"
    with transaction.atomic():
        JobRun.objects.filter(pk=run_id).update(heartbeat_at=Now(), step=written)
        row = JobRun.objects.filter(pk=run_id, step=written).first()
    if row is None:
        raise LegFailed("database", "what was written did not come back")
    return row


def write_and_read_key() -> None:
    """Put a value into the cache and get it back. Raises LegFailed."""
    key, written = f"health_check.{secrets.token_hex(8)}", secrets.token_hex(16)
    cache.set(key, written, timeout=60)
    if cache.get(key) != written:
        raise LegFailed("cache", "what was written did not come back")
    cache.delete(key)


def tell_heartbeat() -> None:
    """Call HEARTBEAT_URL, where one is set, once more when it is not taken. The check is good all the same."""
    for attempt in range(2 if settings.HEARTBEAT_URL else 0):
        try:
            call(str(settings.HEARTBEAT_URL))
        except NotTaken as error:
            log.warning("HEARTBEAT_URL, call %d: %s", attempt + 1, error)
        else:
            return


def way_here(row: JobRun) -> Legs:
    """The legs that lie behind the run: due → sent → picked up → at work, when its row was first written to."""
    ticked = row.trigger == JobRun.Trigger.TICK
    return {
        "beat": _between(row.due_at, row.sent_at) if ticked else None,
        "broker": _between(row.sent_at, row.started_at),
        "worker": _between(row.started_at, row.heartbeat_at),
    }


def _between(start: datetime | None, end: datetime | None) -> float | None:
    """Milliseconds; never below nothing, though the clocks of two machines may say so."""
    if start is None or end is None:
        return None
    return max(0.0, round((end - start).total_seconds() * 1000, 1))


@contextmanager
def _leg(name: str, legs: Legs) -> Iterator[None]:
    """Time a leg, and say which one it was when it fails."""
    began = time.perf_counter()
    try:
        yield
    except SoftTimeLimitExceeded as limit:
        raise LegFailed(name, f"no answer within {SOFT_LIMIT.total_seconds():.0f} s") from limit
    except (DatabaseError, RedisError) as error:
        raise LegFailed(name, str(error)) from error
    legs[name] = round((time.perf_counter() - began) * 1000, 1)
