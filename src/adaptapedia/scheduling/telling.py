"""Schedules, runs and what is asked of them as JSON, for the command line and the API: times in ISO 8601."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from adaptapedia.scheduling.backfilling import Backlog
from adaptapedia.scheduling.changing import Edit
from adaptapedia.scheduling.describing import Term
from adaptapedia.scheduling.explaining import Explanation
from adaptapedia.scheduling.models import JobRun, RunLine
from adaptapedia.scheduling.previewing import Preview
from adaptapedia.scheduling.queries import ScheduleRow

Told = dict[str, Any]


def told_schedule(row: ScheduleRow) -> Told:
    return {
        "name": row.name,
        "about": row.about,
        "task": row.schedule.task,
        "when": row.when,
        "queue": row.queue,
        "enabled": row.enabled,
        "next_due": _iso(row.next_due),
        "fault": row.fault,
        "last_run": told_run(row.last_run) if row.last_run else None,
    }


def told_terms(terms: Iterable[Term]) -> Told:
    """By name its value (seconds for a span) and where that comes from: row, job, default."""
    return {term.name: {"value": term.as_json, "from": term.source} for term in terms}


def told_preview(preview: Preview) -> Told:
    return {
        "zone": preview.zone,
        "fault": preview.fault,
        "ticks": [
            {
                "due_at": _iso(tick.at),
                "local": _iso(tick.local),
                "fires_at": _iso(tick.fires_at),
                "note": tick.note,
                "shift_seconds": tick.shift.total_seconds(),
            }
            for tick in preview.ticks
        ],
    }


def told_edits(edits: Iterable[Edit]) -> list[Told]:
    return [
        {
            "at": _iso(edit.at),
            "by": edit.by,
            "made": edit.made,
            "changes": [{"field": one.field, "from": one.before, "to": one.after} for one in edit.differences],
        }
        for edit in edits
    ]


def told_explanation(explanation: Explanation) -> Told:
    return {
        "schedule": explanation.name,
        "at": _iso(explanation.at),
        "verdict": explanation.verdict,
        "sentences": list(explanation.sentences),
        "tick": _iso(explanation.tick),
        "run": told_run(explanation.run) if explanation.run else None,
        "before": _iso(explanation.before),
        "after": _iso(explanation.after),
    }


def told_backlog(backlog: Backlog, runs: Iterable[JobRun] | None = None) -> Told:
    """The ticks to be filled; with `runs` also those that were made of them."""
    said: Told = {
        "schedule": backlog.name,
        "from": _iso(backlog.begin),
        "to": _iso(backlog.end),
        "ticks": [_iso(at) for at in backlog.ticks],
        "more": backlog.more,
        "left_to_beat": backlog.left_to_beat,
    }
    return said if runs is None else {**said, "runs": [run.pk for run in runs]}


def told_run(run: JobRun) -> Told:
    """`seconds` are those of its last attempt."""
    return {
        "id": run.pk,
        "schedule": run.schedule_name,
        "trigger": run.trigger,
        "state": run.state,
        "reason": run.reason,
        "attempt": run.attempt,
        "worker": run.worker,
        "due_at": _iso(run.due_at),
        "due_until": _iso(run.due_until),
        "ticks": run.ticks,
        "created_at": _iso(run.created_at),
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
        "next_attempt_at": _iso(run.next_attempt_at),
        "cancel_requested_at": _iso(run.cancel_requested_at),
        "cancelled_by": run.cancelled_by,
        "behind": run.behind,
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


def told_whole_run(run: JobRun, lines: Iterable[RunLine]) -> Told:
    """A run by itself: with its traceback and these of its lines, the oldest first."""
    return {**told_run(run), "traceback": run.traceback, "lines": told_lines(lines)}


def told_lines(lines: Iterable[RunLine]) -> list[Told]:
    """What a run logged, the oldest first."""
    return [
        {"at": _iso(line.at), "attempt": line.attempt, "level": line.level, "logger": line.logger, "text": line.text}
        for line in lines
    ]


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
