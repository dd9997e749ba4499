"""Jobs that the tests of scheduling run in real workers. They note each of their starts in a file."""

import logging
import os
import signal
import time
from typing import Any

from django.db import connection, connections, transaction

from adaptapedia.scheduling.jobs import HOUR, MINUTE, SECOND, Ask, Counts, Interrupted, Run, Skip, job
from adaptapedia.scheduling.models import JobRun

log = logging.getLogger(__name__)

STARTS = "SAMPLE_STARTS"
"""The variable that names the file with one line, the run's id, for each start."""


def _note_start(run: Run) -> None:
    with open(os.environ[STARTS], "a") as notes:
        notes.write(f"{run.id}\n")


def starts_of(run_id: int) -> int:
    """How often the body of a run's job was begun."""
    with open(os.environ[STARTS]) as notes:
        return notes.read().splitlines().count(str(run_id))


LEDGER = "SAMPLE_LEDGER"
"""The variable that names the file with one line, "run attempt fence", for each time that `sample_ledger` ended."""


SHORT: dict[str, Any] = {"queue": "quick", "expires": HOUR, "soft_limit": MINUTE, "hard_limit": 2 * MINUTE}


@job("sample-count", task="sample_count", cron="0 3 * * *", remember_as="sample_last", **SHORT)
def sample_count(run: Run, *numbers: int, factor: int = 1) -> Counts:
    """Adds its arguments up.

    The second line is not shown.
    """
    _note_start(run)
    return {"sum": sum(numbers) * factor, "attempt": run.attempt}


@job("sample-long", task="sample_long", cron="0 3 * * *", **{**SHORT, "queue": "long"})
def sample_long(run: Run, seconds: float = 3.0) -> Counts:
    """Takes its time and tells how far it is, from the middle of a transaction."""
    _note_start(run)
    log.info("it lies down")
    steps = int(seconds * 10)
    with transaction.atomic():
        for step in range(steps):
            run.progress(step, steps, step="sleeping")
            time.sleep(0.1)
    run.progress(steps, steps)
    log.info("it [has] slept")
    return {"steps": steps}


@job("sample-deaf", task="sample_deaf", cron="0 3 * * *", **{**SHORT, "queue": "long"})
def sample_deaf(run: Run, seconds: float = 3.0) -> Counts:
    """Takes its time and listens to nobody."""
    _note_start(run)
    time.sleep(seconds)
    return {"slept": seconds}


@job("sample-flaky", task="sample_flaky", cron="0 3 * * *", retries=2, retry_after=0.3 * SECOND, **SHORT)
def sample_flaky(run: Run) -> Counts:
    """Succeeds at the third attempt."""
    _note_start(run)
    if run.attempt < 3:
        raise ConnectionError(f"no luck at attempt {run.attempt}\nand a second line with \0 in it")
    return {"attempt": run.attempt}


class NeverAgainError(Exception):
    retryable = False


@job("sample-broken", task="sample_broken", cron="0 3 * * *", retries=2, retry_after=0.3 * SECOND, **SHORT)
def sample_broken(run: Run) -> Counts:
    """Fails in a way that no retry mends."""
    _note_start(run)
    raise NeverAgainError("the disk is full")


@job("sample-idle", task="sample_idle", cron="0 3 * * *", **SHORT)
def sample_idle(run: Run) -> Counts:
    """Has nothing to do."""
    raise Skip("no source yet")


@job(
    "sample-slow", task="sample_slow", cron="0 3 * * *", queue="quick", expires=HOUR,
    soft_limit=1 * SECOND, hard_limit=20 * SECOND,
)  # fmt: skip
def sample_slow(run: Run) -> Counts:
    """Is slower than its soft limit allows."""
    time.sleep(10)
    return {}


@job(
    "sample-stubborn", task="sample_stubborn", cron="0 3 * * *", queue="quick", expires=HOUR,
    soft_limit=1 * SECOND, hard_limit=3 * SECOND,
)  # fmt: skip
def sample_stubborn(run: Run) -> Counts:
    """Ignores its soft limit, so that only the hard one ends it."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    time.sleep(20)
    return {}


def _cut_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()


@job("sample-cut", task="sample_cut", cron="0 3 * * *", **SHORT)
def sample_cut(run: Run) -> Counts:
    """Loses its own database connection and ends well."""
    _cut_connection()
    return {"cut": 1}


@job("sample-cut-off", task="sample_cut_off", cron="0 3 * * *", **SHORT)
def sample_cut_off(run: Run, times: int = 1) -> Counts:
    """Loses its database connection in the middle of its work at the first starts, so many `times`."""
    _note_start(run)
    if starts_of(run.id) <= times:
        _cut_connection()
        connection.cursor().execute("SELECT 1")
    return {"starts": starts_of(run.id)}


@job("sample-locked", task="sample_locked", cron="0 3 * * *", **SHORT)
def sample_locked(run: Run) -> Counts:
    """Waits longer for a lock than it may."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '100ms'; SELECT pg_sleep(5)")
    return {}


@job("sample-unprintable", task="sample_unprintable", cron="0 3 * * *", **SHORT)
def sample_unprintable(run: Run) -> Counts:
    """Returns what is no JSON."""
    return {"when": object()}


@job("sample-nul", task="sample_nul", cron="0 3 * * *", **SHORT)
def sample_nul(run: Run) -> Counts:
    """Returns a NUL, which PostgreSQL does not take."""
    return {"label": "a\0b"}


@job("sample-interrupted", task="sample_interrupted", cron="0 3 * * *", **SHORT)
def sample_interrupted(run: Run) -> Counts:
    """Is broken off at its first start."""
    _note_start(run)
    if starts_of(run.id) == 1:
        raise Interrupted
    return {"attempt": run.attempt}


@job("sample-asking", task="sample_asking", cron="0 3 * * *", **SHORT)
def sample_asking(run: Run) -> Counts:
    """Goes on only as it is told."""
    _note_start(run)
    if not run.answer:
        raise Ask("310 of 8,000 rows are gone. Delete them?", answers={"go-on": "Delete them", "keep": "Keep them"})
    return {"told": run.answer, "attempt": run.attempt}


@job("sample-watched", task="sample_watched", cron="0 3 * * *", watched=("rows.read",), **SHORT)
def sample_watched(run: Run, rows: int, why: str = "") -> Counts:
    """Counts what it was given, and may find it odd by itself."""
    usual = run.usual("rows.read")
    if why:
        run.suspect(why)
    return {"rows": {"read": rows}, "usual": usual and [usual.low, usual.high]}


@job("sample-ledger", task="sample_ledger", cron="0 3 * * *", **{**SHORT, "queue": "long"})
def sample_ledger(run: Run, seconds: float = 0.1) -> Counts:
    """Takes its time, listens, and enters its end in a ledger that no server holds."""
    (fence,) = JobRun.objects.filter(pk=run.id).values_list("fence", flat=True)
    for step in range(int(seconds * 10)):
        run.progress(step)
        time.sleep(0.1)
    with open(os.environ[LEDGER], "a") as ledger:
        ledger.write(f"{run.id} {run.attempt} {fence}\n")
    return {"fence": fence}
