"""One reading of Wikidata into the catalogue, resumed where it stopped.

First everything is read and kept (`reading.py`), then it is written in QID order (`writing.py`):
the catalogue changes only when a sweep has come whole. A sweep is bound to one endpoint, and where that is not the
first it is a fallback: what it says is told second-hand (`second_hand.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from adaptapedia.ingest.models import Sweep
from adaptapedia.scheduling.jobs import Interrupted, Run

MOVING = ("phase", "cursor", "expected", "counts", "finished_at", "asked_by")
"""What a step saves; the class tree, which is large, is saved once by whoever reads it."""
STALE_AFTER = timedelta(hours=20)
"""An unfinished sweep older than this is begun anew: its facts would be of yesterday."""
WHOLE_EVERY = timedelta(days=7)
SUNDAY = 6
LAG = timedelta(days=2)
"""An edit may reach an endpoint so much later than it was made."""
VERSION = 1
"""To be raised when more is kept of an item than before: items of an earlier version are not carried over."""


def open_sweep(source: str, *, endpoint: str, is_fallback: bool, run: Run, whole: bool) -> Sweep:
    """The sweep under way at this endpoint, or a new one. What other unfinished sweeps had read is dropped.

    A new one reads everything when asked to (`whole`), on Sundays, when that is a week ago, and where there is
    no finished sweep of the same endpoint to carry items over from. A run that finished its sweep and was killed
    before it could say so finds it finished here.
    """
    with transaction.atomic():
        current = Sweep.objects.select_for_update().filter(source=source).order_by("-id").first()
        if current and current.finished_at and current.run_id == run.id:
            return current
        is_ours = current and not current.finished_at and _is_of(current, endpoint=endpoint, is_fallback=is_fallback)
        if current and is_ours and _goes_on(current, run=run, whole=whole):
            return _taken_over(current, run)
        Sweep.objects.filter(source=source, finished_at=None).delete()
        return _new_sweep(source, endpoint=endpoint, is_fallback=is_fallback, run=run, whole=whole)


def endpoint_under_way(source: str, run: Run) -> str | None:
    """Where an unfinished sweep with which this run would go on has read something already."""
    found = Sweep.objects.filter(source=source, finished_at=None).exclude(phase=Sweep.Phase.CLASSES).first()
    return found.endpoint if found and (not _is_stale(found) or _is_answered(found, run)) else None


def last_good(source: str) -> Sweep | None:
    """The last good snapshot: the last finished sweep of the first endpoint, else of another."""
    return _finished(source).order_by("is_fallback", "-id").first()


def forget_older(sweep: Sweep) -> None:
    """Drop the sweeps before a finished one, but for the last good snapshot."""
    snapshot = last_good(sweep.source) or sweep
    Sweep.objects.filter(source=sweep.source, pk__lt=sweep.pk).exclude(pk=snapshot.pk).delete()


def base_of(sweep: Sweep) -> Sweep | None:
    """The finished sweep whose unchanged items this one carries over; None when it reads everything."""
    return Sweep.objects.filter(pk=sweep.base_id).first() if sweep.base_id else None


@contextmanager
def step(sweep: Sweep) -> Iterator[None]:
    """One transaction of a sweep, which moves its phase or cursor together with what it writes.

    Raises Interrupted when another attempt has moved the sweep since this one looked: of two
    attempts only one goes on, and nothing is counted twice.
    """
    seen = (sweep.phase, sweep.cursor)
    with transaction.atomic():
        if sweep.is_snapshot:
            yield
            return
        stored = Sweep.objects.select_for_update().filter(pk=sweep.pk, finished_at=None).first()
        if stored is None or (stored.phase, stored.cursor) != seen:
            raise Interrupted("another attempt goes on with this sweep")
        yield
        sweep.save(update_fields=MOVING)


def enter(sweep: Sweep, phase: Sweep.Phase, cursor: dict[str, Any] | None = None) -> None:
    """Turn to a phase, from its beginning unless a cursor says otherwise. Saved by `step`."""
    sweep.phase, sweep.cursor = phase, cursor or {}


def _finished(source: str) -> QuerySet[Sweep]:
    return Sweep.objects.filter(source=source).exclude(finished_at=None)


def _is_of(sweep: Sweep, *, endpoint: str, is_fallback: bool) -> bool:
    """Whether a sweep was begun at this endpoint in this rank, by this version."""
    return (sweep.endpoint, sweep.is_fallback, sweep.version) == (endpoint, is_fallback, VERSION)


def _goes_on(sweep: Sweep, *, run: Run, whole: bool) -> bool:
    if whole and sweep.base_id is not None:
        return False
    return not _is_stale(sweep) or _is_answered(sweep, run)


def _is_stale(sweep: Sweep) -> bool:
    return (sweep.answered_at or sweep.started_at) < timezone.now() - STALE_AFTER


def _is_answered(sweep: Sweep, run: Run) -> bool:
    """Whether somebody has just answered what this very sweep asked."""
    return sweep.asked_by == run.id and bool(run.answer) and not sweep.answer


def _taken_over(sweep: Sweep, run: Run) -> Sweep:
    sweep.run_id = run.id
    if _is_answered(sweep, run):
        sweep.answer, sweep.answered_at = run.answer, timezone.now()
    sweep.save(update_fields=["run_id", "answer", "answered_at"])
    return sweep


def _new_sweep(source: str, *, endpoint: str, is_fallback: bool, run: Run, whole: bool) -> Sweep:
    now = timezone.now()
    base = None
    if not whole and now.astimezone(UTC).weekday() != SUNDAY:
        base = _base(source, endpoint=endpoint, is_fallback=is_fallback, now=now)
    return Sweep.objects.create(
        source=source,
        endpoint=endpoint,
        is_fallback=is_fallback,
        run_id=run.id,
        version=VERSION,
        base_id=base.pk if base else None,
        whole_at=base.whole_at if base else now,
    )


def _base(source: str, *, endpoint: str, is_fallback: bool, now: datetime) -> Sweep | None:
    """The last finished sweep, where it was read at the same endpoint: another may lag behind, or know less."""
    found = _finished(source).order_by("-id").first()
    if found is None or found.whole_at is None or found.whole_at <= now - WHOLE_EVERY:
        return None
    return found if _is_of(found, endpoint=endpoint, is_fallback=is_fallback) else None
