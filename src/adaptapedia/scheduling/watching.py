"""Watches one run until it ends, on a terminal or in a log: how far it is, and what it logs as that is kept."""

import time
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adaptapedia.scheduling.console.runs import log_line
from adaptapedia.scheduling.lines import newest_lines
from adaptapedia.scheduling.models import JobRun

LOOK_EVERY = 0.5
LINES_A_LOOK = 50
"""Of a run that logs more between two looks, or had before the first, only the newest lines are shown."""
PATIENCE = 10.0
"""Seconds after which we ask whether any worker takes the queue at all."""


class Detached(Exception):
    """The person watching has had enough; the run goes on."""


def watch(run: JobRun, console: Console, *, quiet: bool = False) -> JobRun:
    """The run as it stands when it has ended, its progress and what it logs shown until then.

    A run that failed and waits for its retry is waited for too; one that asks something is not.
    Raises Detached on Ctrl-C.
    """
    try:
        if quiet:
            return _follow(run, lambda _: None, console=None)
        if console.is_terminal:
            return _with_bar(run, console)
        return _with_lines(run, console)
    except KeyboardInterrupt:
        raise Detached from None


def _with_bar(run: JobRun, console: Console) -> JobRun:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(run.schedule_name, total=None)

        def show(now: JobRun) -> None:
            progress.update(bar, completed=now.done or 0, total=now.total, description=_stage(now))

        return _follow(run, show, console=console)


def _with_lines(run: JobRun, console: Console) -> JobRun:
    told = ""

    def show(now: JobRun) -> None:
        nonlocal told
        line = _stage(now) + (f": {_how_far(now)}" if now.done is not None else "")
        if line != told:
            console.print(line)
            told = line

    return _follow(run, show, console=console)


def _follow(run: JobRun, show: Any, *, console: Console | None) -> JobRun:
    asked, began, told = console is None, time.monotonic(), 0
    while True:
        run.refresh_from_db()
        if console:
            told = _tell_lines(run, console, after=told)
        if run.state not in JobRun.OPEN or run.state == JobRun.State.ASKING:
            return run
        show(run)
        if not asked and console and run.state == JobRun.State.QUEUED and time.monotonic() - began > PATIENCE:
            asked = True
            _tell_when_unattended(run, console)
        time.sleep(LOOK_EVERY)


def _tell_lines(run: JobRun, console: Console, *, after: int) -> int:
    """Print the lines after one, by its id; that of the last one. A run's lines are kept before its end is."""
    lines = newest_lines(run, LINES_A_LOOK + 1, after=after)
    if len(lines) > LINES_A_LOOK:
        console.print("… older lines are left out")
    for line in lines[-LINES_A_LOOK:]:
        console.print(log_line(line))
    return lines[-1].pk if lines else after


def _stage(run: JobRun) -> str:
    if run.state == JobRun.State.WAITING and run.next_attempt_at:
        return f"attempt {run.attempt} failed ({run.error}), the next at {run.next_attempt_at:%H:%M:%S} UTC"
    return run.step or run.state


def _how_far(run: JobRun) -> str:
    return f"{run.done:,}" if run.total is None else f"{run.done:,} of {run.total:,}"


def _tell_when_unattended(run: JobRun, console: Console) -> None:
    try:
        queues = current_app.control.inspect(timeout=1.0).active_queues() or {}
    except (BrokerError, RedisError):
        console.print("The broker is out of reach; beat sends the run when it is back.")
        return
    if not any(queue["name"] == run.queue for taken in queues.values() for queue in taken):
        console.print(f"No worker takes the queue {run.queue}: start one that does. The run waits for it.")
