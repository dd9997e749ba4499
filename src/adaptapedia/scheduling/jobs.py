"""What a job is: code that runs on a schedule, and the terms on which it runs.

    @job(
        "daily-session-cleanup", task="cleanup_expired_sessions", cron="0 4 * * *", queue="quick",
        expires=HOUR, soft_limit=10 * MINUTE, hard_limit=11 * MINUTE,
    )
    def cleanup_expired_sessions(run: Run) -> Counts: ...

The decorator returns the Celery task, so `.delay()` works on it. Whatever starts it, the runner
(`runner.py`) claims or writes a `JobRun` for it and records what became of it.
"""

from collections.abc import Callable
from typing import Any

from celery import Task, shared_task

from adaptapedia.scheduling.dispatch import RUN_PLAIN
from adaptapedia.scheduling.runner import run_message
from adaptapedia.scheduling.terms import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Ask,
    Cancelled,
    Counts,
    Interrupted,
    JobSpec,
    Run,
    Skip,
    plain,
    registry,
    spec_of_task,
)

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "Ask",
    "Cancelled",
    "Counts",
    "Interrupted",
    "JobSpec",
    "Run",
    "Skip",
    "job",
    "registry",
    "route",
    "schedule_task",
    "spec_of_task",
]


def job(name: str, *, task: str, **terms: Any) -> Callable[[Callable[..., Counts]], Task]:
    """Make a function a job: remember its terms (the fields of `JobSpec`) and register its Celery task.

    Raises ValueError when another job has the name or the task already.
    """

    def register(function: Callable[..., Counts]) -> Task:
        doc = (function.__doc__ or "").strip().partition("\n")[0]
        spec = _register(JobSpec(name=name, task=task, run=function, doc=doc, **terms))

        def body(self: Task, *args: Any, **kwargs: Any) -> Any:
            return run_message(spec, self.request, args, kwargs)

        return shared_task(
            body,
            name=task,
            bind=True,
            soft_time_limit=spec.soft_limit and spec.soft_limit.total_seconds(),
            time_limit=spec.hard_limit and spec.hard_limit.total_seconds(),
        )

    return register


def schedule_task(name: str, *, task: str, **terms: Any) -> JobSpec:
    """Give a Celery task that is no job a schedule, on the terms (the fields of `JobSpec`) that a job states.

    Its runs are rows like any other's. Raises ValueError when another job has the name or the task already.
    """
    return _register(plain(task, name=name, **terms))


def _register(spec: JobSpec) -> JobSpec:
    if spec.name in registry or any(known.task == spec.task for known in registry.values()):
        raise ValueError(f"two jobs are called {spec.name} or have the task {spec.task}")
    registry[spec.name] = spec
    return spec


@shared_task(name=RUN_PLAIN, bind=True)  # type: ignore[untyped-decorator]  # Celery has no types
def run_plain(self: Task, *args: Any, **kwargs: Any) -> Any:
    """Run, as a run like any other, a Celery task that is no job; the run says which."""
    return run_message(None, self.request, args, kwargs)


def route(name: str, *_: Any, **__: Any) -> dict[str, str] | None:
    """A router for Celery's `task_routes`: sends a job's message to its queue, and says nothing of other tasks."""
    spec = spec_of_task(name)
    return {"queue": spec.queue} if spec else None
