"""Runs for a terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adaptapedia.scheduling.capture import KEPT
from adaptapedia.scheduling.console.printing import facts, stamp, table
from adaptapedia.scheduling.models import JobRun, RunLine

State = JobRun.State

COLOURS = {
    State.SUCCEEDED: "green",
    State.FAILED: "red",
    State.RUNNING: "cyan",
    State.WAITING: "yellow",
    State.ASKING: "yellow",
}


def runs_table(runs: Iterable[JobRun]) -> Table:
    shown = table("run", "schedule", "trigger", "began (UTC)", "took", "state", "")
    for run in runs:
        shown.add_row(
            str(run.pk), run.schedule_name, run.trigger, stamp(run.started_at), _took(run), state(run), _outcome(run)
        )
    return shown


def show_run(run: JobRun, lines: Iterable[RunLine] = (), *, older: int = 0) -> RenderableType:
    """A run in full: what became of it, its counts as a table, its log lines, its error with the traceback.

    `older` lines are kept beside these, which is said.
    """
    told: list[tuple[str, str | Text]] = [
        ("schedule", run.schedule_name),
        ("state", state(run)),
        ("reason", run.reason),
        ("attempt", str(run.attempt)),
        ("due", _due(run)),
        ("began", stamp(run.started_at)),
        ("took", _took(run)),
        ("worker", run.worker),
        ("progress", _progress(run)),
        ("next attempt", stamp(run.next_attempt_at)),
        ("starts after", f"run {run.behind}" if run.behind else ""),
        ("suspicious", run.suspicion),
        ("cancelled by", run.cancelled_by),
        ("error", run.error),
        *_question(run),
    ]
    parts: list[RenderableType] = [Text(f"Run {run.pk}", style="bold"), facts(told)]
    parts += [Text(f"attempt {past['attempt']}: {past['error']}") for past in run.earlier_attempts]
    parts += [_counts_table(run.counts)] if run.counts else []
    parts += [Text(f"older lines: {older:,} (--lines {KEPT} shows all that are kept)")] if older else []
    parts += [log_line(line) for line in lines]
    return Group(*parts, *([Text(run.traceback)] if run.traceback else []))


def log_line(line: RunLine) -> Text:
    return Text(f"{line.at:%H:%M:%S} {line.level} {line.text}")


def _due(run: JobRun) -> str:
    if run.due_until is None or run.ticks == 1:
        return stamp(run.due_at)
    return f"{stamp(run.due_at)} to {stamp(run.due_until)}, {run.ticks:,} ticks"


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
    shown = table("count", "")
    shown.columns[1].justify = "right"
    for name, value in _flat(counts):
        shown.add_row(name, _figure(value))
    return shown


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


def state(run: JobRun) -> Text:
    return Text(run.state, style=COLOURS.get(State(run.state), ""))


def _outcome(run: JobRun) -> str:
    if run.state == State.ASKING and run.question:
        return str(run.question["text"])
    return run.reason or run.error or run.suspicion or _progress(run)


def _progress(run: JobRun) -> str:
    if run.done is None:
        return run.step
    of = f" of {run.total:,}" if run.total is not None else ""
    return f"{run.done:,}{of} {run.step}".strip()


def _took(run: JobRun) -> str:
    return f"{run.duration.total_seconds():.1f} s" if run.duration else ""
