"""What a job is: code that runs on a schedule, and the terms on which it runs.

    @job(
        "daily-session-cleanup", task="cleanup_expired_sessions", cron="0 4 * * *", queue="quick",
        expires=HOUR, soft_limit=10 * MINUTE, hard_limit=11 * MINUTE,
    )
    def cleanup_expired_sessions(run: Run) -> Counts: ...

The decorator returns the Celery task, so `.delay()` works on it. Whatever starts it, the runner
(`runner.py`) claims or writes a `JobRun` for it and records what became of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from celery import Task, shared_task

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Counts = Mapping[str, Any]
"""What a job returns: JSON-serialisable figures by name, the same names whenever it succeeds."""


class Skip(Exception):  # noqa: N818 - not an error: a way to end
    """Raised by a job that has nothing to do; its text, a sentence, is the reason that people see."""


class Run(Protocol):
    """What a job sees of its own run."""

    id: int
    attempt: int

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        """Tell how far the job is. Cheap to call often: written at most once a second.

        Raises `Interrupted` when the worker is asked to stop or the run has been taken over, so a
        long job calls it between batches and keeps what it has done in the database.
        """


class Interrupted(Exception):  # noqa: N818 - not an error of the job
    """The attempt must end now; the run goes on later, as the same attempt."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """The terms of one job, as its file in `jobs/` states them."""

    name: str
    """The schedule's name, and the job's on the command line."""
    task: str
    """Celery's name of the task."""
    cron: str
    """Minute, hour, day of month, month, day of week, in UTC."""
    queue: str
    run: Callable[[Run], Counts]
    expires: timedelta
    """A run not started within this time of being due is skipped as expired."""
    soft_limit: timedelta
    """An attempt beyond it fails as timed out."""
    hard_limit: timedelta
    """An attempt beyond it is killed."""
    retries: int = 0
    retry_after: timedelta = HOUR
    remember_as: str | None = None
    """Cache key of {"timestamp": ISO 8601, "stats": counts}, written by a success only."""
    remember_for: timedelta = DAY
    doc: str = field(default="", compare=False)
    """First line of the job's docstring, shown to operators."""


registry: dict[str, JobSpec] = {}
"""Every job by its name. Filled by importing the files of `jobs/`."""


def job(name: str, *, task: str, **terms: Any) -> Callable[[Callable[[Run], Counts]], Task]:
    """Make a function a job: remember its terms and register its Celery task."""

    def register(function: Callable[[Run], Counts]) -> Task:
        doc = (function.__doc__ or "").strip().partition("\n")[0]
        spec = JobSpec(name=name, task=task, run=function, doc=doc, **terms)
        if name in registry:
            raise ValueError(f"two jobs are called {name}")
        registry[name] = spec

        def body(self: Task, *args: Any, **kwargs: Any) -> Any:
            from adaptapedia.scheduling.runner import run_message

            return run_message(spec, self.request, args, kwargs)

        return shared_task(
            body,
            name=task,
            bind=True,
            queue=spec.queue,
            soft_time_limit=spec.soft_limit.total_seconds(),
            time_limit=spec.hard_limit.total_seconds(),
        )

    return register
