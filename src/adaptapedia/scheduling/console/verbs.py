"""What each verb of `adaptapedia jobs` does: asks or acts, then tells."""

import getpass
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime

from django.core.management.base import CommandError
from django.utils import timezone
from rich.console import Console

from adaptapedia.desk.changes import made_by
from adaptapedia.scheduling import backfilling, pausing, queries, telling
from adaptapedia.scheduling.actions import (
    answer_run,
    cancel_run,
    request_run,
    retry_run,
    schedule_named,
)
from adaptapedia.scheduling.capture import KEPT
from adaptapedia.scheduling.changing import edits_of
from adaptapedia.scheduling.console import schedules, simulating
from adaptapedia.scheduling.console.printing import tell
from adaptapedia.scheduling.console.runs import runs_table, show_run
from adaptapedia.scheduling.describing import terms_of
from adaptapedia.scheduling.explaining import explain
from adaptapedia.scheduling.lines import kept_lines, newest_lines
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.moments import moment_of
from adaptapedia.scheduling.previewing import preview
from adaptapedia.scheduling.terms import registry
from adaptapedia.scheduling.watching import Detached, watch

RUNS_SHOWN = 20
LINES_SHOWN = 50
TICKS_SHOWN = 5
State = JobRun.State


def list_schedules(console: Console, asked: Namespace) -> None:
    rows = queries.schedules()
    said = [telling.told_schedule(row) for row in rows]
    tell(console, said if asked.as_json else schedules.schedules_table(rows))


def show(console: Console, asked: Namespace) -> None:
    """A run by its number, a schedule by its name."""
    if asked.what.isdecimal():
        _show_run(console, _found(int(asked.what)), as_json=asked.as_json, at_most=asked.lines)
    else:
        _show_schedule(console, asked.what, as_json=asked.as_json)


def run(console: Console, asked: Namespace) -> None:
    started, new = request_run(asked.name, by=getpass.getuser(), arguments=dict(asked.given))
    if asked.given and not new:
        raise CommandError(
            f"Run {started.pk} of {asked.name} is under way already ({started.state}) and keeps its own arguments.",
            returncode=2,
        )
    _follow(console, started, new=new, wait=asked.wait, as_json=asked.as_json)


def retry(console: Console, asked: Namespace) -> None:
    started, new = retry_run(_found(asked.run), by=getpass.getuser())
    _follow(console, started, new=new, wait=asked.wait, as_json=asked.as_json)


def cancel(console: Console, asked: Namespace) -> None:
    run = cancel_run(_found(asked.run), by=getpass.getuser())
    if asked.as_json:
        tell(console, telling.told_run(run))
    elif run.state == State.CANCELLED:
        tell(console, f"Run {run.pk} of {run.schedule_name} is cancelled.")
    else:
        tell(console, f"Run {run.pk} of {run.schedule_name} has been asked to stop. See it with `jobs show {run.pk}`.")


def runs(console: Console, asked: Namespace) -> None:
    shown = list(queries.runs(asked.name)[:RUNS_SHOWN])
    if asked.name is not None and not shown and asked.name not in registry:
        schedule_named(asked.name)
    tell(console, [telling.told_run(run) for run in shown] if asked.as_json else runs_table(shown))


def answer(console: Console, asked: Namespace) -> None:
    found = answer_run(_found(asked.run), asked.answer, by=getpass.getuser())
    does = "is usual from now on" if found.finished_at else f"goes on: {asked.answer}"
    tell(console, telling.told_run(found) if asked.as_json else f"Run {found.pk} of {found.schedule_name} {does}.")


def pause(console: Console, asked: Namespace) -> None:
    with made_by(getpass.getuser()):
        changed = pausing.pause(asked.name)
    said = "is paused; a run under way goes on" if changed else "was paused already"
    _switched(console, asked, said)


def resume(console: Console, asked: Namespace) -> None:
    with made_by(getpass.getuser()):
        changed = pausing.resume(asked.name)
    _switched(console, asked, "waits for its next tick" if changed else "was not paused")


def show_preview(console: Console, asked: Namespace) -> None:
    coming = preview(schedule_named(asked.name), after=timezone.now(), count=asked.count)
    tell(console, telling.told_preview(coming) if asked.as_json else schedules.preview_table(coming))


def explain_tick(console: Console, asked: Namespace) -> None:
    explanation = explain(asked.name, at=_moment(asked.when or "now"), now=timezone.now())
    told = telling.told_explanation(explanation)
    tell(console, told if asked.as_json else schedules.show_explanation(explanation))


def backfill(console: Console, asked: Namespace) -> None:
    begin, end = _moment(asked.begin), _moment(asked.end)
    if asked.dry_run:
        found = backfilling.backlog(asked.name, begin, end, limit=asked.limit)
        if asked.as_json:
            tell(console, telling.told_backlog(found))
            return
        tell(console, schedules.backlog_table(found))
        if found.more:
            tell(console, f"And there are more than these {len(found.ticks):,}.")
        _tell_left(console, found)
        return
    found, made = backfilling.backfill(asked.name, begin, end, by=getpass.getuser(), limit=asked.limit)
    told = f"{len(made):,} runs of {asked.name} are queued, the oldest first." if made else "There is nothing to run."
    tell(console, telling.told_backlog(found, made) if asked.as_json else told)
    if not asked.as_json:
        _tell_left(console, found)


def _tell_left(console: Console, found: backfilling.Backlog) -> None:
    if said := schedules.left_to_beat(found):
        tell(console, said)


Verb = Callable[[Console, Namespace], None]

VERBS: dict[str, Verb] = {
    "list": list_schedules,
    "show": show,
    "run": run,
    "runs": runs,
    "retry": retry,
    "cancel": cancel,
    "answer": answer,
    "pause": pause,
    "resume": resume,
    "preview": show_preview,
    "explain": explain_tick,
    "backfill": backfill,
    "simulate": simulating.simulate,
}


def _show_run(console: Console, run: JobRun, *, as_json: bool, at_most: int | None = None) -> None:
    """With its newest lines: unless told how many, a page of them for people, and all that are kept for programs."""
    lines = newest_lines(run, at_most or (KEPT if as_json else LINES_SHOWN))
    if as_json:
        tell(console, telling.told_whole_run(run, lines))
    else:
        tell(console, show_run(run, lines, older=kept_lines(run) - len(lines)))


def _show_schedule(console: Console, name: str, *, as_json: bool) -> None:
    row = queries.schedule_row(schedule_named(name))
    terms, edits = terms_of(row.schedule), edits_of(row.schedule)
    coming = preview(row.schedule, after=timezone.now(), count=TICKS_SHOWN)
    if not as_json:
        tell(console, schedules.show_schedule(row, terms=terms, coming=coming, edits=edits))
        return
    said = {"terms": telling.told_terms(terms), "preview": telling.told_preview(coming)}
    tell(console, {**telling.told_schedule(row), **said, "edits": telling.told_edits(edits)})


def _switched(console: Console, asked: Namespace, said: str) -> None:
    row = queries.schedule_row(schedule_named(asked.name))
    tell(console, telling.told_schedule(row) if asked.as_json else f"{asked.name} {said}.")


def _follow(console: Console, run: JobRun, *, new: bool, wait: bool, as_json: bool) -> None:
    """Tell of a run that was asked for; with `wait` until it ends, and as it ends."""
    if not as_json:
        how = "queued" if new else f"under way already ({run.state})"
        console.print(f"Run {run.pk} of {run.schedule_name} is {how}.")
        run.refresh_from_db()
        if run.behind is not None:
            console.print(f"It starts when run {run.behind} has ended.")
        elif run.state == State.QUEUED and run.sent_at is None:
            console.print("The broker is out of reach; beat sends the run when it is back.")
    if wait:
        try:
            run = watch(run, console, quiet=as_json)
        except Detached:
            console.print(f"\nThe run goes on. See it with `adaptapedia jobs show {run.pk}`.")
            return
    if as_json:
        _show_run(console, run, as_json=True)
    elif wait:
        tell(console, show_run(run))
    if run.state == State.FAILED:
        raise CommandError(f"Run {run.pk} failed: {run.error}", returncode=1)


def _found(run: int) -> JobRun:
    found = JobRun.objects.filter(pk=run).first() if run < 2**63 else None
    if found is None:
        raise CommandError(f"There is no run {run}. `adaptapedia jobs runs` lists the latest.", returncode=2)
    return found


def _moment(text: str) -> datetime:
    return moment_of(text, now=timezone.now())
