"""Who changed which schedule from what to what: its row, its rule and its policies together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from django.db.models import Q
from django_celery_beat.models import PeriodicTask

from adaptapedia.desk import changes
from adaptapedia.desk.changes import Difference

RULES = ("crontab", "interval", "clocked", "solar")
MOVING = {*RULES, "start_time", "expires", "one_off", "days"}
"""Fields of a schedule and its companion that say when it is due."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of a person or a program on a schedule."""

    at: datetime
    by: str
    made: bool
    """Whether it made the schedule."""
    moved: bool
    """Whether it changed when the schedule is due."""
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        return "; ".join(f"{one.field}: {one.before or '–'} → {one.after or '–'}" for one in self.differences)


def edits_of(schedule: PeriodicTask, *, since: datetime | None = None, newest: int = 20) -> list[Edit]:
    """The newest edits of a schedule, the newest first; of one that was made in SQL, its making is not kept."""
    found = _entries(schedule)
    kept = found if since is None else found.filter(timestamp__gt=since)
    return [_edit(change) for change in changes.read(kept[:newest])]


def paused_by(schedule: PeriodicTask, *, at: datetime) -> Edit | None:
    """The edit that paused a schedule, the last one until `at`; None when nobody's is kept."""
    pauses = changes.of_row(schedule).filter(timestamp__lte=at, changes__enabled__1="False")
    return next((_edit(change) for change in changes.read(pauses[:1])), None)


def _entries(schedule: PeriodicTask) -> Any:
    """The making of its rule and of its companion is left out: it says what the making of the schedule says."""
    rules = [rule for name in RULES if (rule := getattr(schedule, name)) is not None]
    companion = getattr(schedule, "companion", None)
    found = changes.of_rows([schedule, *rules, *([companion] if companion else [])])
    return found.exclude(~Q(content_type__model="periodictask"), action=LogEntry.Action.CREATE)


def _edit(change: changes.Change) -> Edit:
    entry = change.entry
    made = entry.action == LogEntry.Action.CREATE
    of_rule = entry.content_type.model not in {"periodictask", "schedulecompanion"}
    return Edit(
        entry.timestamp,
        changes.who(entry),
        made=made,
        moved=not made and (of_rule or not MOVING.isdisjoint(entry.changes or {})),
        differences=change.differences,
    )
