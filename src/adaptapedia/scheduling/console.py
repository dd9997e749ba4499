"""Schedules and runs for a terminal, and as JSON for programs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.queries import ScheduleRow

State = JobRun.State

COLOURS = {
    State.SUCCEEDED: "green",
    State.FAILED: "red",
    State.RUNNING: "cyan",
    State.WAITING: "yellow",
    State.ASKING: "yellow",
}


def told_schedule(row: ScheduleRow) -> dict[str, Any]:
    """A schedule as JSON: times in ISO 8601."""
    return {
        "name": row.name,
        "about": row.about,
        "when": row.when,
        "queue": row.queue,
        "enabled": row.enabled,
        "next_due": _iso(row.next_due),
        "last_run": told_run(row.last_run) if row.last_run else None,
    }


def told_run(run: JobRun) -> dict[str, Any]:
    """A run as JSON: times in ISO 8601, `seconds` of its last attempt."""
    return {
        "id": run.pk,
        "schedule": run.schedule_name,
        "trigger": run.trigger,
        "state": run.state,
        "reason": run.reason,
        "attempt": run.attempt,
        "worker": run.worker,
        "due_at": _iso(run.due_at),
        "created_at": _iso(run.created_at),
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
        "next_attempt_at": _iso(run.next_attempt_at),
        "seconds": run.duration.total_seconds() if run.duration else None,
        "done": run.done,
        "total": run.total,
        "step": run.step,
        "counts": run.counts,
        "question": run.question,
        "answer": run.answer,
        "answered_by": run.answered_by,
        "answered_at": _iso(run.answered_at),
        "suspicion": run.suspicion,
        "error": run.error,
        "earlier_attempts": run.earlier_attempts,
    }


def schedules_table(rows: Iterable[ScheduleRow]) -> Table:
    table = _table("schedule", "when", "queue", "next due (UTC)", "last run", "state")
    for row in rows:
        last = row.last_run
        table.add_row(
            row.name,
            row.when,
            row.queue,
            _time(row.next_due) if row.enabled else "paused",
            f"{last.pk}, {_time(last.finished_at or last.created_at)}" if last else "never",
            _state(last) if last else "",
        )
    return table


def runs_table(runs: Iterable[JobRun]) -> Table:
    table = _table("run", "schedule", "trigger", "began (UTC)", "took", "state", "")
    for run in runs:
        table.add_row(
            str(run.pk), run.schedule_name, run.trigger, _time(run.started_at), _took(run), _state(run), _outcome(run)
        )
    return table


def show_run(run: JobRun) -> RenderableType:
    """A run in full: what became of it, its counts as a table, its error with the traceback."""
    facts = Table.grid(padding=(0, 2))
    told: list[tuple[str, str | Text]] = [
        ("schedule", run.schedule_name),
        ("state", _state(run)),
        ("reason", run.reason),
        ("attempt", str(run.attempt)),
        ("due", _time(run.due_at)),
        ("began", _time(run.started_at)),
        ("took", _took(run)),
        ("worker", run.worker),
        ("progress", _progress(run)),
        ("next attempt", _time(run.next_attempt_at)),
        ("suspicious", run.suspicion),
        ("error", run.error),
        *_question(run),
    ]
    for name, value in told:
        if value:
            facts.add_row(name, value if isinstance(value, Text) else Text(value))
    parts: list[RenderableType] = [Text(f"Run {run.pk}", style="bold"), facts]
    parts += [Text(f"attempt {past['attempt']}: {past['error']}") for past in run.earlier_attempts]
    parts += [_counts_table(run.counts)] if run.counts else []
    return Group(*parts, *([Text(run.traceback)] if run.traceback else []))


def _question(run: JobRun) -> Iterable[tuple[str, str]]:
    """What a run asks, each answer with the command that gives it; or what it was told."""
    if run.question is None:
        return
    yield "asks", run.question["text"]
    if run.state == State.ASKING:
        for key, does in run.question["answers"]:
            yield f"“{key}”", f"{does}: adaptapedia jobs answer {run.pk} {key}"
    elif run.answer:
        yield "answered", f"{run.answer}, by {run.answered_by}"


def _counts_table(counts: dict[str, Any]) -> Table:
    table = _table("count", "")
    table.columns[1].justify = "right"
    for name, value in _flat(counts):
        table.add_row(name, _figure(value))
    return table


def _figure(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _flat(counts: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in counts.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, dict):
            yield from _flat(value, f"{label}, ")
        else:
            yield label, value


def _table(*columns: str) -> Table:
    return Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)


def _state(run: JobRun) -> Text:
    return Text(run.state, style=COLOURS.get(State(run.state), ""))


def _outcome(run: JobRun) -> str:
    if run.state == State.ASKING and run.question:
        return str(run.question["text"])
    return run.error or run.reason or run.suspicion or _progress(run)


def _progress(run: JobRun) -> str:
    if run.done is None:
        return run.step
    of = f" of {run.total:,}" if run.total is not None else ""
    return f"{run.done:,}{of} {run.step}".strip()


def _took(run: JobRun) -> str:
    return f"{run.duration.total_seconds():.1f} s" if run.duration else ""


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else ""


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
