"""The words of scheduling: what a job states, sees and returns. `jobs.py` is where to import them from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from celery import current_app

from adaptapedia.scheduling.bands import Band

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

RESULT_SHOWN = 1_000
"""Characters kept of what a task that is no job returns, when that is no dict."""

Counts = Mapping[str, Any]
"""What a job returns: JSON-serialisable figures by name, the same names whenever it succeeds."""

GO_ON = "go-on"
"""The answer that lets a run do what it asks about, which is usual from then on."""
USUAL = "usual"
"""What a person may answer to a run that has succeeded and is not as usual."""
ACCEPTING = (GO_ON, USUAL)


class Skip(Exception):
    """Raised by a job that has nothing to do; its text, a sentence, is the reason that people see."""


class Ask(Exception):
    """Raised by a job that goes on only as a person says; its text is the question. Its run waits for the answer.

    When somebody has answered, the same attempt goes on, and the job finds the key in `run.answer`.
    """

    def __init__(self, question: str, *, answers: Mapping[str, str]) -> None:
        """`answers` are at least one: key (as typed on a command line) → what it does, in a few words."""
        super().__init__(question)
        self.answers = dict(answers)


class Run(Protocol):
    """What a job sees of its own run."""

    id: int
    attempt: int
    last_attempt: bool
    """Whether a failure of this one would be the run's."""
    answer: str
    """The key that somebody chose after `Ask`; empty until then."""

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        """Tell how far the job is. Cheap to call often: written at most once a second.

        Raises `Interrupted` when the worker is asked to stop or the run has been taken over, and `Cancelled`
        when somebody has cancelled it, so a long job calls it between batches and keeps what it has done in
        the database.
        """

    def suspect(self, why: str) -> None:
        """Mark the run as suspicious, with a sentence that says why. It still succeeds, and operators are told."""

    def usual(self, figure: str) -> Band | None:
        """What a figure of the counts ("works.created") was in the last runs; None while too few are known."""


class Interrupted(Exception):
    """The attempt must end now; the run goes on later, as the same attempt."""


class Cancelled(Interrupted):
    """The attempt must end now, because somebody has cancelled the run."""


class UnknownTask(LookupError):
    """No worker knows a task of this name, so no retry would help."""

    retryable = False

    def __init__(self, task: str) -> None:
        super().__init__(f"this worker knows no task {task!r}: was its code removed, or is the worker an older one?")
        self.task = task


@dataclass(frozen=True, slots=True)
class JobSpec:
    """The terms of one job, as its file in `jobs/` states them."""

    name: str
    """The schedule's name, and the job's on the command line."""
    task: str
    """Celery's name of the task."""
    cron: str
    """Minute, hour, day of month, month, day of week, in `zone`."""
    queue: str
    run: Callable[..., Counts]
    """Called with its `Run`, then with the arguments of the message, which a schedule rarely has."""
    expires: timedelta | None
    """A run not started within this time of being due, jitter included, is skipped as expired."""
    soft_limit: timedelta | None
    """An attempt beyond it fails as timed out. None, as the two others, only for a task that is no job."""
    hard_limit: timedelta | None
    """An attempt beyond it is killed."""
    zone: str = "UTC"
    """Of `cron`, by its name in the database of time zones."""
    days: str = ""
    """More on the day, beside `cron`: L, L-3, LW, 15W, FRI#2, FRIL; several with commas."""
    retries: int = 0
    retry_after: timedelta = HOUR
    backoff: float = 1.0
    """Each wait for a retry is so many times the one before."""
    backoff_max: timedelta | None = None
    missed: str = "latest"
    """What becomes of ticks that found every beat down: `latest`, `all` or `skip` (`core.policies.Missed`)."""
    missed_bound: int = 100
    """Under `all`, at most so many run."""
    overlap: str = "skip"
    """What becomes of a run that finds another going: `skip`, `queue`, `cancel`, `allow` (`core.policies.Overlap`)."""
    jitter: timedelta = timedelta()
    """Runs start up to so much later, each schedule by a span of its own."""
    remember_as: str | None = None
    """Cache key of {"timestamp": ISO 8601, "stats": counts}, written by a success only."""
    remember_for: timedelta = DAY
    watched: tuple[str, ...] = ()
    """Figures of the counts, by dotted name, that make a run suspicious when they leave their band (`bands.py`)."""
    plain: bool = False
    """Whether its task is no job but any of Celery's, which knows nothing of runs and is run for one."""
    doc: str = field(default="", compare=False)
    """First line of the job's docstring, shown to operators."""


registry: dict[str, JobSpec] = {}
"""Every job by its name. Filled by importing the files of `jobs/`."""


def spec_of_task(task: str) -> JobSpec | None:
    """The job behind a Celery task's name; None when the task is none of ours."""
    return next((spec for spec in registry.values() if spec.task == task and not spec.plain), None)


def spec_for(task: str) -> JobSpec:
    """The job behind a Celery task's name; for one that is no job its terms in the registry, or the defaults."""
    return next((spec for spec in registry.values() if spec.task == task), None) or plain(task)


def plain(task: str, **terms: Any) -> JobSpec:
    """A Celery task that is no job as one: without a schedule of its own, unless the terms give it one."""

    def run(_: Run, *args: Any, **kwargs: Any) -> Counts:
        if task not in current_app.tasks:
            raise UnknownTask(task)
        result = current_app.tasks[task](*args, **kwargs)
        return result if isinstance(result, dict) else {"result": repr(result)[:RESULT_SHOWN]}

    defaults: dict[str, Any] = {"name": task, "cron": "", "queue": "", "expires": None}
    limits: dict[str, Any] = {"soft_limit": None, "hard_limit": None}
    return JobSpec(task=task, run=run, plain=True, **{**defaults, **limits, **terms})
