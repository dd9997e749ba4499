"""The fenced steps of a run: claimed, then given back, lost, succeeded, skipped or failed.

Each step is one UPDATE that holds only for the state (and, past the claim, the fence) that it was
decided on, so whoever comes too late writes nothing. Times are the database's.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Now

from adaptapedia.scheduling import tallies
from adaptapedia.scheduling.core.overlap import decide
from adaptapedia.scheduling.core.policies import Overlap, Policies
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.plans import policies_of
from adaptapedia.scheduling.terms import Ask, Counts, spec_for
from adaptapedia.scheduling.timing import timing
from adaptapedia.scheduling.wording import in_words, plain, times

log = logging.getLogger(__name__)

State = JobRun.State

LOST = "its worker was lost"
CUT_OFF = "its connection to the database was lost"
DELETED = "its schedule was deleted while it was queued"
TRACEBACK_LIMIT = 50_000
ERROR_LIMIT = 1_000
TOO_LATE = ExpressionWrapper(Q(expires_at__lte=Now()), BooleanField())
"""Whether a run has expired, by the database's clock; NULL for one that never does."""


def claim(run_id: int, *, worker: str, message: str = "") -> JobRun | None:
    """Take a queued run for this worker; None when there is nothing to do for it (any more).

    That is: another delivery of its message was first, or it waits for an older run of its schedule to end, or it
    ends here as cancelled, as skipped (expired, paused, overlap), or as failed when these keep its retry from starting
    or its schedule was deleted. Claims of one schedule come one after the other, so what its overlap policy forbids
    never starts.
    `message` is Celery's id, by which the attempt can be killed.
    """
    with counted():
        run = _to_start(run_id)
        if run is None:
            return None
        _supersede_unanswered(run)
        _begin(run, worker=worker, message=message)
        return run


def _to_start(run_id: int) -> JobRun | None:
    """The run, locked as is its schedule, when it is queued and may start now; if not, see `_may_start`."""
    name = JobRun.objects.filter(pk=run_id).values_list("schedule_name", flat=True).first()
    if name is None:
        return None
    lock(f"claim {name}")
    queued = JobRun.objects.select_for_update(of=("self",)).select_related("schedule__companion")
    run = queued.annotate(too_late=TOO_LATE).filter(pk=run_id, state=State.QUEUED).first()
    return run if run is not None and _may_start(run, too_late=run.too_late) else None


def _may_start(run: JobRun, *, too_late: bool | None) -> bool:
    """Whether a queued run may start now; if not, it ends here, or waits for another to end."""
    if run.cancel_requested_at is not None:
        _cancel_queued(run)
    elif reason := _reason_to_skip(run, too_late=too_late):
        _end_unstarted(run, reason)
    elif _obeys_schedule(run) and run.schedule is None:
        _fail_queued(run, DELETED)
    else:
        return _is_free(run)
    return False


def _begin(run: JobRun, *, worker: str, message: str) -> None:
    """Write down that this worker has it, under a new fence and with nothing of an earlier attempt left."""
    JobRun.objects.filter(pk=run.pk).update(
        state=State.RUNNING,
        fence=F("fence") + 1,
        worker=worker,
        message=message,
        behind=None,
        started_at=Now(),
        heartbeat_at=Now(),
        next_attempt_at=None,
        done=None,
        total=None,
        step="",
        error="",
        traceback="",
    )
    run.refresh_from_db()


def policies_for(run: JobRun) -> Policies:
    """The policies that hold for a run: its schedule's, its job's, the defaults.

    A row whose own cannot be kept, as SQL may leave it, has no say: a run that was written has to end somehow.
    """
    companion = getattr(run.schedule, "companion", None) if run.schedule else None
    try:
        return policies_of(spec_for(run.task), companion)
    except BadRule as error:
        log.error("Run %s goes by the policies of its job, for those of its schedule cannot be kept: %s", run, error)
        return policies_of(spec_for(run.task), None)


def _obeys_schedule(run: JobRun) -> bool:
    """Whether the run is its schedule's own: nobody asked for it, and nobody has told it to go on."""
    return run.trigger == JobRun.Trigger.TICK and not run.answer


def _reason_to_skip(run: JobRun, *, too_late: bool | None) -> str:
    if run.started_at is None and too_late:
        return expired(run)
    schedule = run.schedule
    paused = schedule is not None and not schedule.enabled and not schedule.one_off
    return "paused" if paused and _obeys_schedule(run) else ""


def _is_free(run: JobRun) -> bool:
    """Whether its overlap policy lets the run start; if not, it ends here or waits behind the older one."""
    others = JobRun.objects.filter(schedule_name=run.schedule_name, task=run.task).exclude(pk=run.pk)
    going = others.filter(state=State.RUNNING).order_by("pk").last()
    waiting = others.filter(state=State.QUEUED, behind__isnull=False).exclude(trigger__in=JobRun.IN_TURN)
    overlap, first = policies_for(run).overlap, waiting.order_by("pk").last()
    if run.trigger in JobRun.IN_TURN and overlap != Overlap.ALLOW:
        overlap, first = Overlap.QUEUE, None  # all of these are to run
    newer = _newer(run, first, going) if overlap == Overlap.CANCEL else None
    what = decide(overlap, running=going is not None, waiting=first is not None, newer=newer is not None)
    if what == "start" or (other := newer or going) is None:
        return True
    if what == "skip":
        _end_unstarted(run, f"overlap: run {other.pk} is {'newer' if newer else 'still going'}")
        return False
    if what == "replace":
        for older in waiting:
            _skip_queued(older, f"overlap: run {run.pk} takes its place")
        asked = JobRun.objects.filter(pk=other.pk, state=State.RUNNING, cancel_requested_at=None)
        asked.update(cancel_requested_at=Now(), cancelled_by=f"run {run.pk}, which is to follow it")
    JobRun.objects.filter(pk=run.pk).update(behind=other.pk, sent_at=Now())
    return False


def _newer(run: JobRun, *others: JobRun | None) -> JobRun | None:
    """The first of the others that was made after the run; one in turn, whatever its number, is of the past."""
    made_after = (one for one in others if one is not None and one.pk > run.pk)
    return next((one for one in made_after if one.trigger not in JobRun.IN_TURN), None)


def _supersede_unanswered(run: JobRun) -> None:
    """Older runs of the job that still wait for an answer end: the new one asks anew where it has to."""
    asking = JobRun.objects.filter(task=run.task, state=State.ASKING, pk__lt=run.pk)
    ended = asking.update(state=State.SKIPPED, reason=f"not answered before run {run.pk} began", finished_at=Now())
    count_end(run.task, State.SKIPPED, ended)


def _end_unstarted(run: JobRun, reason: str) -> None:
    """Skip the run; one that waited for its retry has failed already, and stays so."""
    if run.attempt == 1:
        _skip_queued(run, reason)
    else:
        _fail_queued(run, reason)


def _fail_queued(run: JobRun, reason: str) -> None:
    """End a run that does not start as failed: its error says why, and first what it had failed of before."""
    error = reason
    if run.attempt > 1:
        failure = next((past["error"] for past in reversed(run.earlier_attempts) if past["attempt"] < run.attempt), "")
        error = f"{failure[: ERROR_LIMIT // 2]}; not tried again: {reason}"
    JobRun.objects.filter(pk=run.pk).update(state=State.FAILED, error=error, finished_at=Now())
    count_end(run.task, State.FAILED)


def expired(run: JobRun) -> str:
    """The reason of a run that nobody started in time."""
    return f"expired: not started by {run.expires_at:%Y-%m-%d %H:%M:%S} UTC"


def _skip_queued(run: JobRun, reason: str) -> None:
    queued = JobRun.objects.filter(pk=run.pk, state=State.QUEUED, fence=run.fence)
    ended = queued.update(state=State.SKIPPED, reason=reason, finished_at=Now())
    count_end(run.task, State.SKIPPED, ended)


def _cancel_queued(run: JobRun) -> None:
    """End a run that was cancelled and is queued all the same; what its last attempt failed of stays with it."""
    JobRun.objects.filter(pk=run.pk).update(
        state=State.CANCELLED, reason=cancelled(run.cancelled_by), finished_at=Now()
    )
    count_end(run.task, State.CANCELLED)


def cancelled(by: str | None) -> str:
    """The reason of a run that somebody has cancelled."""
    return plain(f"cancelled by {by}" if by else "cancelled")


def cancel_asked(run: JobRun) -> bool:
    """Whether the attempt, which still holds its run, is to stop because that was cancelled."""
    return _held(run).filter(cancel_requested_at__isnull=False).exists()


def cancel(run: JobRun, *, error: str = "", traceback: str = "") -> bool:
    """End the attempt of a run that somebody has cancelled; false when it has been taken over.

    `error` is what the attempt failed of meanwhile.
    """
    by = JobRun.objects.filter(pk=run.pk).values_list("cancelled_by", flat=True).first()
    told = {"reason": cancelled(by), "error": error, "traceback": traceback}
    return _end(run, state=State.CANCELLED, **told, finished_at=Now(), step="")


def beat_heart(run: JobRun, *, done: int | None, total: int | None, step: str) -> bool:
    """Show that the attempt lives, and how far it is; false when it has been taken over."""
    return bool(_held(run).update(heartbeat_at=Now(), done=done, total=total, step=plain(step)[:200]))


def succeed(run: JobRun, counts: Counts, *, suspicion: str = "") -> bool:
    """Write the result; false when the attempt has been taken over. `counts` is `storable`."""
    told = {"counts": counts, "suspicion": plain(suspicion)}
    return _end(run, state=State.SUCCEEDED, **told, finished_at=Now(), step="")


def ask(run: JobRun, question: Ask) -> bool:
    """Let the attempt wait for a person's answer, unless its run was cancelled; false when it has been taken over."""
    told = {"text": plain(str(question)), "answers": [*question.answers.items()]}
    fresh = {"answer": "", "answered_by": "", "answered_at": None}
    return _end_unless_cancelled(run, state=State.ASKING, question=told, **fresh, step="")


def skip(run: JobRun, reason: str) -> bool:
    """End the attempt as skipped; false when it has been taken over."""
    return _end(run, state=State.SKIPPED, reason=plain(reason), finished_at=Now())


def give_back(run: JobRun) -> bool:
    """Queue an attempt again that its worker had to break off, unless its run was cancelled.

    False when it has been taken over.
    """
    return _end_unless_cancelled(run, state=State.QUEUED, next_attempt_at=Now(), sent_at=None)


def fail(run: JobRun, *, error: str, traceback: str = "", retry_in: timedelta | None) -> bool:
    """End the attempt as failed: the run waits for `retry_in`, or has failed when that is None.

    One that somebody has cancelled is cancelled, and keeps the error. False when the attempt has been taken over.
    """
    told: dict[str, Any] = {"error": plain(error)[:ERROR_LIMIT], "traceback": plain(traceback)[-TRACEBACK_LIMIT:]}
    if retry_in is not None:
        told["earlier_attempts"] = [*run.earlier_attempts, _ended(run, error=told["error"])]
    return _end_unless_cancelled(run, **told, **_after_failure(retry_in))


def _after_failure(retry_in: timedelta | None) -> dict[str, Any]:
    """The state of a run whose attempt has failed: it waits for its retry, or has failed when there is none."""
    if retry_in is None:
        return {"state": State.FAILED, "finished_at": Now()}
    return {"state": State.WAITING, "next_attempt_at": Now() + retry_in}


def lose(run: JobRun, *, why: str = LOST) -> bool:
    """Take a running attempt from a worker that shows no life, or lost its database; whether it was running.

    It is queued again with the same number. The attempt that was killed at its hard limit has timed
    out instead, and at its third loss an attempt has failed: it is the job that kills its workers. A run that was
    cancelled ends.
    """
    policies = policies_for(run)
    retry_in = policies.retry_in(run.attempt) if run.attempt <= policies.retries else None
    if policies.hard_limit is not None and _reached(policies.hard_limit, run):
        error = f"timed out: killed after {in_words(policies.hard_limit)}"
        return fail(run, error=error, retry_in=retry_in)
    losses = [*run.earlier_attempts, _ended(run, error=why)]
    reasons = [past["error"] for past in losses if past["attempt"] == run.attempt]
    if len(reasons) >= timing().losses:
        error = f"{' and '.join(dict.fromkeys(reasons))}, {times(len(reasons))} in all"
        return _end_unless_cancelled(run, error=error, earlier_attempts=losses, **_after_failure(retry_in))
    again: dict[str, Any] = {"state": State.QUEUED, "next_attempt_at": Now(), "sent_at": None}
    return _end_unless_cancelled(run, **again, earlier_attempts=losses)


def _reached(limit: timedelta, run: JobRun) -> bool:
    if run.started_at is None or run.heartbeat_at is None:
        return False
    return run.heartbeat_at - run.started_at >= limit - 2 * timing().heartbeat


def _end_unless_cancelled(run: JobRun, *, state: JobRun.State, **fields: Any) -> bool:
    """Write the end of an attempt after which its run goes on, or has failed; of one that was cancelled, the last.

    Whether it was is asked in the same statement, so that no cancelling is missed. False when it has been taken over.
    """
    if _written(_held(run).filter(cancel_requested_at=None), run, state, fields):
        return True
    return cancel(run, error=fields.get("error", ""), traceback=fields.get("traceback", ""))


def _end(run: JobRun, *, state: JobRun.State, **fields: Any) -> bool:
    """Write the end of an attempt; false when it has been taken over."""
    return _written(_held(run), run, state, fields)


def _written(held: QuerySet[JobRun], run: JobRun, state: JobRun.State, fields: Mapping[str, Any]) -> bool:
    """Write and count what has become of an attempt, both or neither; whether the row is `held`."""
    with counted():
        if not held.update(state=state, **fields):
            return False
        job = spec_for(run.task).name
        if state in {State.QUEUED, State.ASKING}:
            return True
        if state == State.WAITING:
            tallies.add("scheduling_retries", job=job)
        else:
            count_end(run.task, state)
        if run.started_at is not None:
            took = _now() - run.started_at
            tallies.observe("scheduling_duration_seconds", took.total_seconds(), job=job, outcome=state)
        return True


@contextmanager
def counted() -> Iterator[None]:
    """A transaction that writes at its end what was counted in it, so that both are kept or neither.

    At its end: rows of runs are locked before those of figures, by everybody, so nobody waits crosswise.
    """
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                tallies.flush(cursor)
    except BaseException:
        tallies.forget()
        raise


def count_end(task: str, outcome: JobRun.State, ended: int = 1) -> None:
    """Count runs of a task as ended, within `counted`."""
    if ended:
        tallies.add("scheduling_runs_ended", ended, job=spec_for(task).name, outcome=outcome)


def _held(run: JobRun) -> QuerySet[JobRun]:
    """The row, while this attempt holds it."""
    return JobRun.objects.filter(pk=run.pk, fence=run.fence, state=State.RUNNING)


def _ended(run: JobRun, *, error: str) -> dict[str, Any]:
    return {
        "attempt": run.attempt,
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": _now().isoformat(),
        "error": error,
    }


def _now() -> datetime:
    """The database's now: the clock of a worker may be another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
        return cast(datetime, now)


def lock(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until ours ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"adaptapedia.scheduling {name}"])


def storable(counts: Counts) -> Counts:
    """The counts as JSON that PostgreSQL takes; raises TypeError for what is no JSON."""
    if not isinstance(counts, dict):
        raise TypeError(f"a job returns its counts as a dict, not {type(counts).__name__}")
    stored: Counts = json.loads(plain(json.dumps(counts, allow_nan=False)).replace("\\u0000", ""))
    return stored
