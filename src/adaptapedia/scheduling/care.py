"""What the leading beat looks after each second: retries that are due, runs whose message or worker was lost,
runs that waited for another to end, and runs that were cancelled and do not stop.

Every time is the database's, so the clocks of workers and beats need not agree.
"""

import logging
import threading
from collections.abc import Sequence
from datetime import timedelta

import stamina
from celery import current_app
from celery.app.control import Control
from django.db import DataError, connection, transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Greatest, Now
from django.db.models.lookups import LessThan
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from adaptapedia.scheduling import attempts, tallies
from adaptapedia.scheduling.dispatch import Message
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.terms import spec_for
from adaptapedia.scheduling.timing import timing

log = logging.getLogger(__name__)

State = JobRun.State

AT_ONCE = 1_000
"""Runs that are looked after, or whose messages are sent again, in one round: a fraction of the lease's time."""
TOLD = 20
"""Runs that are named in a line of the log."""
KILLED_WITHIN = timedelta(minutes=10)
"""So long a broker that is away is tried, which is to bring workers the word that an attempt is to be killed."""

BROKER_AWAY = (BrokerError, RedisError, OSError)
EXPIRED = Q(state=State.QUEUED, started_at=None, expires_at__lte=Now())
RETRY_DUE = Q(state=State.WAITING, next_attempt_at__lte=Now())


def needed() -> bool:
    """Whether any run needs care. One query, made each second."""
    return JobRun.objects.filter(EXPIRED | RETRY_DUE | _unsent() | _lost() | _free() | _deaf()).exists()


def tend() -> list[Message]:
    """Do what is to be done; the messages that are now to be sent, in the order of their runs' making."""
    _expire()
    _start_retries()
    _take_from_the_lost()
    _end_the_deaf()
    JobRun.objects.filter(_free()).update(behind=None, sent_at=None, next_attempt_at=Now())
    return _to_send()


def _free() -> Q:
    """Queued runs that waited for another, which goes no more; of those in turn, which has ended."""
    older = JobRun.objects.filter(pk=OuterRef("behind"))
    going = older.filter(state__in=(State.QUEUED, State.RUNNING))
    chained = Q(trigger__in=JobRun.IN_TURN)
    waits = Q(state=State.QUEUED, behind__isnull=False)
    return waits & ((~chained & ~Exists(going)) | (chained & ~Exists(older.filter(state__in=JobRun.OPEN))))


def _deaf() -> Q:
    """Running attempts whose run was cancelled a while ago."""
    patience = Value(timing().cancel_within, DurationField())
    return Q(state=State.RUNNING, cancel_requested_at__lte=Now() - patience)


def _end_the_deaf() -> None:
    """End the runs that were cancelled whose attempts do not stop by themselves, and have those killed.

    The broker, which may be away, is not waited for: a leader that is silent for too long loses its lead.
    """
    ended = [run for run in JobRun.objects.filter(_deaf())[:AT_ONCE] if attempts.cancel(run)]
    for run in ended:
        log.warning("Run %s did not stop when it was cancelled: its attempt is killed on %s", run, run.worker)
    if ended:
        threading.Thread(target=_kill, args=[ended, current_app.control], name="killing", daemon=True).start()


def _kill(ended: Sequence[JobRun], control: Control) -> None:
    """Have the attempts killed, as soon as the broker can be reached."""
    messages = [run.message for run in ended]
    patience = stamina.retry_context(on=BROKER_AWAY, attempts=None, timeout=KILLED_WITHIN, wait_max=3)
    try:
        for attempt in patience:
            with attempt:
                control.revoke(messages, terminate=True, signal="SIGKILL")
    except BROKER_AWAY:
        told = ", ".join(str(run) for run in ended[:TOLD])
        log.exception("Attempts of cancelled runs could not be killed, they go on to their hard limit: %s", told)


def _unsent() -> Q:
    """Queued runs without a message: never sent, or not taken for so long that it may be lost.

    A queue may only be busy, so each wait is as long as all before it: 60 s, 60 s, 2 min, 4 min, …
    """
    waited = ExpressionWrapper(F("sent_at") - Coalesce("next_attempt_at", "created_at"), DurationField())
    patience = Greatest(Value(timing().resend_after, DurationField()), waited)
    return Q(state=State.QUEUED, behind=None) & (Q(sent_at=None) | Q(sent_at__lte=Now() - patience))


def _lost() -> Q:
    """Running attempts without a heartbeat; time with the database down, when none could be shown, does not count."""
    up_since = Func(function="pg_postmaster_start_time", output_field=DateTimeField())
    latest = Now() - Value(timing().lost_after, DurationField())
    return Q(LessThan(up_since, latest), state=State.RUNNING, heartbeat_at__lt=latest)


@transaction.atomic
def _expire() -> None:
    """In one statement: with the workers away, thousands may expire at a time."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE)
        expired = cursor.fetchall()
        for _, _, task in expired:
            tallies.add("scheduling_runs_ended", job=spec_for(task).name, outcome=State.SKIPPED)
        tallies.flush(cursor)
    if expired:
        told = ", ".join(f"{name} #{run_id}" for run_id, name, _ in expired[:TOLD])
        log.warning("%d runs are skipped, nobody started them in time: %s", len(expired), told)


def _start_retries() -> None:
    JobRun.objects.filter(RETRY_DUE).update(
        state=State.QUEUED, attempt=F("attempt") + 1, next_attempt_at=Now(), sent_at=None
    )


@transaction.atomic
def _take_from_the_lost() -> None:
    for run in JobRun.objects.select_for_update(skip_locked=True).filter(_lost())[:AT_ONCE]:
        try:
            with transaction.atomic():
                lost = attempts.lose(run)
        except DataError:  # of one run that cannot be written, the others are not to wait for it
            log.exception("Run %s was lost with its worker, which cannot be put down", run)
            continue
        if lost:
            log.warning("Run %s: attempt %s was lost with its worker %s", run, run.attempt, run.worker)


def _to_send() -> list[Message]:
    """What has no message. It counts as sent when it is (`PostgresStore.mark_sent`)."""
    return [Message.of(run) for run in JobRun.objects.filter(_unsent()).order_by("id")[:AT_ONCE]]


_EXPIRE = """
    UPDATE scheduling_jobrun SET state = 'skipped', finished_at = clock_timestamp(), behind = NULL,
        reason = 'expired: not started by ' || to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
    WHERE state = 'queued' AND started_at IS NULL AND expires_at <= clock_timestamp()
    RETURNING id, schedule_name, task
"""
