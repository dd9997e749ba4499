"""The fenced steps of a run: claimed, then given back, lost, succeeded, skipped or failed.

Each step is one UPDATE that holds only for the state (and, past the claim, the fence) that it was
decided on, so whoever comes too late writes nothing. Times are the database's.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import stamina
from django.db import InterfaceError, OperationalError, connection, transaction
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

T = TypeVar("T")
State = JobRun.State

LOST = "its worker was lost"
CUT_OFF = "its connection to the database was lost"
DELETED = "its schedule was deleted while it was queued"
UNREACHABLE = (OperationalError, InterfaceError)
CONNECTION_EXCEPTION = "08"
"""Class of SQLSTATE; the client's own errors have no state at all."""
SHUTTING_DOWN = {"57P01", "57P02", "57P03"}
"""admin_shutdown, crash_shutdown, cannot_connect_now: PostgreSQL's manual, appendix A."""
TRACEBACK_LIMIT = 50_000
ERROR_LIMIT = 1_000
TOO_LATE = ExpressionWrapper(Q(expires_at__lte=Now()), BooleanField())
"""Whether a run has expired, by the database's clock; NULL for one that never does."""


def claim(run_id: int, *, worker: str, message: str = "") -> JobRun | None:
    """Take a queued run for this worker; None when there is nothing to do for it (any more).

    That is: another delivery of its message was first, or it waits for an older run of its schedule to end, or it
    ends here as skipped (expired, paused, overlap), or as failed when these keep its retry from starting or its
    schedule was deleted. Claims of one schedule come one after the other, so what its overlap policy forbids never
    starts.
    `message` is Celery's id, by which the attempt can be killed.
    """
    with counted():
        run = JobRun.objects.filter(pk=run_id).first()
        if run is None:
            return None
        lock(f"claim {run.schedule_name}")
        waiting = JobRun.objects.select_for_update(of=("self",)).select_related("schedule__companion")
        run = waiting.annotate(too_late=TOO_LATE).get(pk=run_id)
        if run.state != State.QUEUED:
            return None
        if reason := _reason_to_skip(run, too_late=run.too_late):
            _end_unstarted(run, reason)
            return None
        if _obeys_schedule(run) and run.schedule is None:
            _fail_queued(run, DELETED)
            return None
        if not _may_start(run):
            return None
        _supersede_unanswered(run)
        _begin(run, worker=worker, message=message)
        return run


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


def _may_start(run: JobRun) -> bool:
    """Whether its overlap policy lets the run start; if not, it is skipped or waits behind the older one."""
    others = JobRun.objects.filter(schedule_name=run.schedule_name, task=run.task).exclude(pk=run.pk)
    going = others.filter(state=State.RUNNING).order_by("pk").last()
    waiting = others.filter(state=State.QUEUED, behind__isnull=False).exclude(trigger=JobRun.Trigger.BACKFILL)
    overlap, waits = policies_for(run).overlap, waiting.exists()
    if run.trigger == JobRun.Trigger.BACKFILL and overlap != Overlap.ALLOW:
        overlap, waits = Overlap.QUEUE, False  # all of a backfill are to run, each in its turn
    what = decide(overlap, running=going is not None, waiting=waits)
    if what == "start" or going is None:
        return True
    if what == "skip":
        _end_unstarted(run, f"overlap: run {going.pk} is still going")
        return False
    if what == "replace":
        for older in waiting:
            _skip_queued(older, f"overlap: run {run.pk} takes its place")
        asked = JobRun.objects.filter(pk=going.pk, cancel_requested_at=None)
        asked.update(cancel_requested_at=Now(), cancelled_by=f"run {run.pk}, which is to follow it")
    JobRun.objects.filter(pk=run.pk).update(behind=going.pk, sent_at=Now())
    return False


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


def skip_queued(run: JobRun, reason: str) -> bool:
    """End a run that has not started (or waits to start again) as skipped; whether it was still queued."""
    with counted():
        return _skip_queued(run, reason)


def _skip_queued(run: JobRun, reason: str) -> bool:
    queued = JobRun.objects.filter(pk=run.pk, state=State.QUEUED, fence=run.fence)
    ended = queued.update(state=State.SKIPPED, reason=reason, finished_at=Now())
    count_end(run.task, State.SKIPPED, ended)
    return bool(ended)


def cancel_asked(run: JobRun) -> bool:
    """Whether the attempt, which still holds its run, is to stop because that was cancelled."""
    return _held(run).filter(cancel_requested_at__isnull=False).exists()


def cancel(run: JobRun) -> bool:
    """End the attempt of a run that somebody has cancelled; false when it has been taken over."""
    by = JobRun.objects.filter(pk=run.pk).values_list("cancelled_by", flat=True).first()
    reason = f"cancelled by {by}" if by else "cancelled"
    return _end(run, state=State.CANCELLED, reason=plain(reason), finished_at=Now(), step="")


def beat_heart(run: JobRun, *, done: int | None, total: int | None, step: str) -> bool:
    """Show that the attempt lives, and how far it is; false when it has been taken over."""
    return bool(_held(run).update(heartbeat_at=Now(), done=done, total=total, step=plain(step)[:200]))


def succeed(run: JobRun, counts: Counts, *, suspicion: str = "") -> bool:
    """Write the result; false when the attempt has been taken over. `counts` is `storable`."""
    told = {"counts": counts, "suspicion": plain(suspicion)}
    return _end(run, state=State.SUCCEEDED, **told, finished_at=Now(), step="")


def ask(run: JobRun, question: Ask) -> bool:
    """Let the attempt wait for a person's answer; false when it has been taken over."""
    told = {"text": plain(str(question)), "answers": [*question.answers.items()]}
    fresh = {"answer": "", "answered_by": "", "answered_at": None}
    return bool(_held(run).update(state=State.ASKING, question=told, **fresh, step=""))


def skip(run: JobRun, reason: str) -> bool:
    """End the attempt as skipped; false when it has been taken over."""
    return _end(run, state=State.SKIPPED, reason=plain(reason), finished_at=Now())


def give_back(run: JobRun) -> bool:
    """Queue an attempt again that its worker had to break off; false when it has been taken over."""
    return bool(_held(run).update(state=State.QUEUED, next_attempt_at=Now(), sent_at=None))


def fail(run: JobRun, *, error: str, traceback: str = "", retry_in: timedelta | None) -> bool:
    """End the attempt as failed: the run waits for `retry_in`, or has failed when that is None.

    False when the attempt has been taken over.
    """
    told: dict[str, Any] = {"error": plain(error)[:ERROR_LIMIT], "traceback": plain(traceback)[-TRACEBACK_LIMIT:]}
    if retry_in is not None:
        told["earlier_attempts"] = [*run.earlier_attempts, _ended(run, error=told["error"])]
    return _end(run, **told, **_after_failure(retry_in))


def _after_failure(retry_in: timedelta | None) -> dict[str, Any]:
    """The state of a run whose attempt has failed: it waits for its retry, or has failed when there is none."""
    if retry_in is None:
        return {"state": State.FAILED, "finished_at": Now()}
    return {"state": State.WAITING, "next_attempt_at": Now() + retry_in}


def lose(run: JobRun, *, why: str = LOST) -> bool:
    """Take a running attempt from a worker that shows no life, or lost its database; whether it was running.

    It is queued again with the same number. The attempt that was killed at its hard limit has timed
    out instead, and at its third loss an attempt has failed: it is the job that kills its workers.
    """
    if run.cancel_requested_at is not None:
        return cancel(run)
    policies = policies_for(run)
    retry_in = policies.retry_in(run.attempt) if run.attempt <= policies.retries else None
    if policies.hard_limit is not None and _reached(policies.hard_limit, run):
        error = f"timed out: killed after {in_words(policies.hard_limit)}"
        return fail(run, error=error, retry_in=retry_in)
    losses = [*run.earlier_attempts, _ended(run, error=why)]
    reasons = [past["error"] for past in losses if past["attempt"] == run.attempt]
    if len(reasons) >= timing().losses:
        error = f"{' and '.join(dict.fromkeys(reasons))}, {times(len(reasons))} in all"
        return _end(run, error=error, earlier_attempts=losses, **_after_failure(retry_in))
    queued = {"state": State.QUEUED, "next_attempt_at": Now(), "sent_at": None}
    return bool(_held(run).update(**queued, earlier_attempts=losses))


def _reached(limit: timedelta, run: JobRun) -> bool:
    if run.started_at is None or run.heartbeat_at is None:
        return False
    return run.heartbeat_at - run.started_at >= limit - 2 * timing().heartbeat


def _end(run: JobRun, *, state: JobRun.State, **fields: Any) -> bool:
    """Write the end of an attempt and count it, both or neither; false when it has been taken over."""
    with counted():
        if not _held(run).update(state=state, **fields):
            return False
        job = spec_for(run.task).name
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


def is_cut_off(error: OperationalError | InterfaceError) -> bool:
    """Whether the connection is gone or the server going: not a lock or a query that took too long."""
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(CONNECTION_EXCEPTION) or state in SHUTTING_DOWN


def patiently(write: Callable[[], T]) -> T:
    """Do `write` again on a fresh connection while the database is away, for as long as `timing` says."""
    for attempt in stamina.retry_context(
        on=UNREACHABLE, attempts=None, timeout=timing().write_within, wait_initial=0.2, wait_max=3
    ):
        with attempt:
            try:
                return write()
            except UNREACHABLE:
                connection.close()
                raise
    raise AssertionError("stamina raises when its time is up")


def storable(counts: Counts) -> Counts:
    """The counts as JSON that PostgreSQL takes; raises TypeError for what is no JSON."""
    if not isinstance(counts, dict):
        raise TypeError(f"a job returns its counts as a dict, not {type(counts).__name__}")
    stored: Counts = json.loads(plain(json.dumps(counts, allow_nan=False)).replace("\\u0000", ""))
    return stored
