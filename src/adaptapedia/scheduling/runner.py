"""The one place that runs jobs: claims the run, keeps it alive, and records what became of it.

Only here is `Exception` caught; once recorded it is raised again, for Celery's log and for Sentry.
"""

import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import stamina
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from redis.exceptions import RedisError

from adaptapedia.scheduling import attempts
from adaptapedia.scheduling.attempts import storable
from adaptapedia.scheduling.bands import Band, History, outside
from adaptapedia.scheduling.capture import Capture
from adaptapedia.scheduling.core.policies import LONGEST_WAIT, Policies
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.patience import UNREACHABLE, is_cut_off, patiently
from adaptapedia.scheduling.queries import history_of
from adaptapedia.scheduling.stopping import Stopping
from adaptapedia.scheduling.terms import Ask, Cancelled, Counts, Interrupted, JobSpec, Skip, spec_for
from adaptapedia.scheduling.timing import timing
from adaptapedia.scheduling.wording import in_a_line, in_words

log = logging.getLogger(__name__)

Progress = tuple[int | None, int | None, str]
NO_PROGRESS: Progress = (None, None, "")
LOOK_UP = 0.25
"""Seconds between two looks at whether there is progress to show, or a stop to obey."""
SHOW_EVERY = 1.0
GRACE = 1.0
"""Seconds in which a job may break off by itself once its worker should stop: well below the patience of `up`."""


class TimedOut(Exception):
    """The attempt was beyond the job's soft limit."""

    def __init__(self, limit: timedelta | None) -> None:
        super().__init__("timed out" + (f" after {in_words(limit)}" if limit else ""))


def run_message(spec: JobSpec | None, request: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Counts | None:
    """Do what a message asks for: run the job, unless its run is not to be started (any more).

    A message names its run in the header `run_id`; one without (`.delay()`, the admin's "run selected
    tasks") gets a run of its own. Without a spec the run says which task it is for. Returns the counts, and None
    when nothing ran, when the job had nothing to do or when the attempt was broken off. Raises what the job raised.
    """
    run_id = (request.headers or {}).get("run_id")
    if run_id is None and spec is not None:
        run_id = patiently(lambda: _own_run(spec, request, args, kwargs))
    if run_id is None:
        raise ValueError("a message that names neither a run nor a job")
    worker = f"{request.hostname} {os.getpid()}"
    run = patiently(lambda: attempts.claim(run_id, worker=worker, message=request.id or ""))
    return None if run is None else _attempt(spec or spec_for(run.task), run, args, kwargs)


@transaction.atomic
def _own_run(spec: JobSpec, request: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """The run of a message that names none; the same one when the message is delivered again."""
    attempts.lock(f"message {request.id}")
    name = (request.headers or {}).get("periodic_task_name", spec.name)
    given = JobRun.objects.filter(schedule_name=name, arguments__message=request.id).first()
    run = given or JobRun.objects.create(
        schedule=PeriodicTask.objects.filter(name=name).first(),
        schedule_name=name,
        task=spec.task,
        queue=(request.delivery_info or {}).get("routing_key") or spec.queue,
        arguments={"args": list(args), "kwargs": dict(kwargs), "message": request.id},
        trigger=JobRun.Trigger.MANUAL,
        sent_at=timezone.now(),
    )
    return run.pk


def _attempt(spec: JobSpec, run: JobRun, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Counts | None:
    policies = attempts.policies_for(run)
    with Capture(run) as capture, Pulse(run, policies, capture) as pulse:
        try:
            try:
                counts = storable(spec.run(pulse, *args, **kwargs))
            finally:
                pulse.settle()
        except Skip as reason:
            reason_given = str(reason)
            _record(run, lambda: attempts.skip(run, reason_given))
        except Ask as question:
            asked = question
            if _record(run, lambda: attempts.ask(run, asked)):
                log.warning("Run %s asks: %s", run, asked)
        except Cancelled:
            if _record(run, lambda: attempts.cancel(run)):
                log.info("Run %s: attempt %s has stopped, its run was cancelled", run, run.attempt)
        except Interrupted:
            if not pulse.given_back:
                _record(run, lambda: attempts.give_back(run))
        except UNREACHABLE as error:
            if not is_cut_off(error):
                _record_failure(policies, run, error, traceback.format_exc())
                raise
            log.warning("Run %s: attempt %s lost the database", run, run.attempt, exc_info=True)
            _record(run, lambda: attempts.lose(run, why=attempts.CUT_OFF))
        except SoftTimeLimitExceeded as limit:
            timed_out = TimedOut(policies.soft_limit)
            _record_failure(policies, run, timed_out, "".join(traceback.format_exception(limit)))
            raise timed_out from limit
        except Exception as error:
            _record_failure(policies, run, error, traceback.format_exc())
            raise
        else:
            suspicion = patiently(lambda: _suspicion(spec, run, counts, pulse.suspicions))
            pulse.settle()
            if _record(run, lambda: attempts.succeed(run, counts, suspicion=suspicion)):
                _remember(spec, counts)
            return counts
    return None


def _suspicion(spec: JobSpec, run: JobRun, counts: Counts, told: Sequence[str]) -> str:
    """What is not as usual about a result, as sentences; operators are told of it here and on its page."""
    past = history_of(run.schedule_name) if spec.watched else History([])
    unusual = [
        f"{it.name} is {it.figure:,.0f}; {max(0, it.band.low):,.0f} to {it.band.high:,.0f} were usual "
        f"in the last {it.band.of} runs."
        for it in outside(spec.watched, counts, past)
    ]
    if sentences := " ".join([*told, *unusual]):
        log.error("Run %s succeeded and is suspicious: %s", run, sentences)
    return sentences


def _record(run: JobRun, write: Callable[[], bool]) -> bool:
    """Write the end of an attempt; a false answer after a lost connection may be our own earlier write."""
    written = patiently(write)
    if not written:
        log.warning(
            "Run %s: attempt %s (fence %s) was taken over; its end is not recorded", run, run.attempt, run.fence
        )
    return written


def _record_failure(policies: Policies, run: JobRun, error: Exception, trace: str) -> None:
    retry_in = _retry_in(policies, run, error)
    told = str(error) if isinstance(error, TimedOut) else in_a_line(error)
    _record(run, lambda: attempts.fail(run, error=told, traceback=trace, retry_in=retry_in))


def _retry_in(policies: Policies, run: JobRun, error: Exception) -> timedelta | None:
    """How long the run waits for its next attempt; None when there is none."""
    if run.attempt > policies.retries or not getattr(error, "retryable", True):
        return None
    asked = min(getattr(error, "retry_after", None) or 0, LONGEST_WAIT.total_seconds())
    return max(policies.retry_in(run.attempt), timedelta(seconds=asked))


def _remember(spec: JobSpec, counts: Counts) -> None:
    """Cache the counts of a success under the job's key, where it has one."""
    if spec.remember_as is None:
        return
    value = {"timestamp": timezone.now().isoformat(), "stats": counts}
    try:
        for attempt in stamina.retry_context(on=RedisError, attempts=None, timeout=timing().write_within, wait_max=3):
            with attempt:
                cache.set(spec.remember_as, value, timeout=spec.remember_for.total_seconds())
    except RedisError as error:
        log.error("The counts of %s are recorded but not cached as %s: %s", spec.name, spec.remember_as, error)


class Pulse:
    """The `Run` that a job sees, and the thread behind it that shows the attempt alive.

    The thread has a connection of its own: heartbeat and progress are seen while the job is in the
    middle of a transaction, and do not wait for it. When the worker is asked to stop and the job, in a
    long query or wait, does not notice, the thread gives the run back before the worker is killed.
    """

    def __init__(self, run: JobRun, policies: Policies, capture: Capture) -> None:
        self.id: int = run.pk
        self.attempt = run.attempt
        self.last_attempt = run.attempt > policies.retries
        self.answer = run.answer
        self.suspicions: list[str] = []
        self._run = run
        self._capture = capture
        self._stopping = Stopping()
        self._progress = self._shown = NO_PROGRESS
        self._taken_over = self._cancelled = False
        self.given_back = False
        """Whether the run is queued again, so that whatever the job still does is not recorded."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"pulse of run {run.pk}", daemon=True)

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        """See `Run.progress`."""
        self._progress = (done, total, step)
        if self._cancelled and not self._taken_over:
            raise Cancelled
        if self._taken_over or self._stopping.asked:
            raise Interrupted

    def suspect(self, why: str) -> None:
        """See `Run.suspect`."""
        self.suspicions.append(why)

    def usual(self, figure: str) -> Band | None:
        """See `Run.usual`."""
        return history_of(self._run.schedule_name).band(figure)

    def settle(self) -> None:
        """Write how far the job came and what it logged before its end is recorded."""
        if self._progress != self._shown and not self._taken_over:
            self._show(self._progress)
        self._keep_lines()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _live(self) -> None:
        every = timing().heartbeat.total_seconds()
        shown_at = looked_at = time.monotonic()
        while not (self._ended.wait(LOOK_UP) or self._taken_over):
            now = time.monotonic()
            if self._stopping.asked:
                self._stop()
            elif now - shown_at >= every or (now - shown_at >= min(SHOW_EVERY, every) and self._moved):
                shown_at = now
                self._show(self._progress)
            elif now - looked_at >= SHOW_EVERY:
                looked_at = now
                self._look()
        connection.close()

    @property
    def _moved(self) -> bool:
        return self._progress != self._shown

    def _look(self) -> None:
        """See whether the run has been cancelled, and write what has been logged."""
        with self._unless_away("not looked after"):
            self._cancelled = self._cancelled or attempts.cancel_asked(self._run)
        self._keep_lines()

    def _keep_lines(self) -> None:
        if self._capture.waiting:
            with self._unless_away("what it logged waits"):
                self._capture.flush()

    def _stop(self) -> None:
        """Give the run back, unless the job ends within its grace."""
        if self._ended.wait(GRACE):
            return
        with self._unless_away("not given back"):
            self.given_back = attempts.give_back(self._run)
            self._taken_over = True
            log.info(
                "Run %s: the worker stops, its attempt is %s", self._run, "given back" if self.given_back else "over"
            )

    def _show(self, progress: Progress) -> None:
        done, total, step = progress
        with self._unless_away("no heartbeat"):
            if attempts.beat_heart(self._run, done=done, total=total, step=step):
                self._shown = progress
            else:
                self._taken_over = True

    @contextmanager
    def _unless_away(self, otherwise: str) -> Iterator[None]:
        """Go on without the database while it is away, and log what is otherwise."""
        try:
            yield
        except (DatabaseError, InterfaceError) as error:
            log.warning("Run %s: %s, the database is out of reach: %s", self._run, otherwise, in_a_line(error))
            connection.close()
