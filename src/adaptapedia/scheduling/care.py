"""What beat looks after each second: retries that are due, and runs whose message or worker was lost.

Every time is the database's, so the clocks of workers and beats need not agree.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Coalesce, Greatest, Now
from django.db.models.lookups import LessThan
from django_celery_beat.models import PeriodicTasks

from adaptapedia.scheduling import attempts
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.terms import spec_of_task
from adaptapedia.scheduling.timing import timing

log = logging.getLogger(__name__)

State = JobRun.State

EXPIRED = Q(state=State.QUEUED, started_at=None, expires_at__lte=Now())
RETRY_DUE = Q(state=State.WAITING, next_attempt_at__lte=Now())


def glance() -> tuple[datetime | None, bool]:
    """When a schedule was last changed, and whether any run needs care. One query, made each second."""
    needy = JobRun.objects.filter(EXPIRED | RETRY_DUE | _unsent() | _lost())
    seen = PeriodicTasks.objects.filter(ident=1).values_list("last_update", Exists(needy)).first()
    return seen or (None, True)


def tend() -> list[JobRun]:
    """Do what is to be done; the runs whose messages are now to be sent, in the order of their making."""
    _expire()
    _start_retries()
    _take_from_the_lost()
    return _mark_sent()


def _unsent() -> Q:
    """Queued runs without a message: never sent, or not taken for so long that it may be lost.

    A queue may only be busy, so each wait is as long as all before it: 60 s, 60 s, 2 min, 4 min, …
    """
    waited = ExpressionWrapper(F("sent_at") - Coalesce("next_attempt_at", "created_at"), DurationField())
    patience = Greatest(Value(timing().resend_after, DurationField()), waited)
    return Q(state=State.QUEUED) & (Q(sent_at=None) | Q(sent_at__lte=Now() - patience))


def _lost() -> Q:
    """Running attempts without a heartbeat; time with the database down, when none could be shown, does not count."""
    up_since = Func(function="pg_postmaster_start_time", output_field=DateTimeField())
    latest = Now() - Value(timing().lost_after, DurationField())
    return Q(LessThan(up_since, latest), state=State.RUNNING, heartbeat_at__lt=latest)


def _expire() -> None:
    for run in JobRun.objects.filter(EXPIRED):
        if attempts.skip_queued(run, attempts.expired(run)):
            log.warning("Run %s is skipped: %s", run, attempts.expired(run))


def _start_retries() -> None:
    JobRun.objects.filter(RETRY_DUE).update(
        state=State.QUEUED, attempt=F("attempt") + 1, next_attempt_at=Now(), sent_at=None
    )


@transaction.atomic
def _take_from_the_lost() -> None:
    for run in JobRun.objects.select_for_update(skip_locked=True).filter(_lost()):
        if attempts.lose(run, spec_of_task(run.task)):
            log.warning("Run %s: attempt %s was lost with its worker %s", run, run.attempt, run.worker)


@transaction.atomic
def _mark_sent() -> list[JobRun]:
    runs = list(JobRun.objects.select_for_update(skip_locked=True).filter(_unsent()).order_by("id"))
    JobRun.objects.filter(pk__in=[run.pk for run in runs]).update(sent_at=Now())
    return runs
