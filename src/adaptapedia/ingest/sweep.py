"""One whole reading of Wikidata into the catalogue, resumed where it stopped.

First everything is read and kept (`reading.py`), then it is written in QID order (`writing.py`):
the catalogue changes only when a sweep has come whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from adaptapedia.ingest.models import Sweep
from adaptapedia.scheduling.jobs import Interrupted

MOVING = ("phase", "cursor", "expected", "counts", "finished_at")
"""What a step saves; the class tree, which is large, is saved once by whoever reads it."""
STALE_AFTER = timedelta(hours=20)
"""An unfinished sweep older than this is begun anew: its facts would be of yesterday."""


def open_sweep(source: str, *, endpoint: str, run_id: int) -> Sweep:
    """The sweep under way, or a new one. What older sweeps had read is dropped with them.

    A run that finished its sweep and was killed before it could say so finds it finished here.
    """
    fresh = timezone.now() - STALE_AFTER
    with transaction.atomic():
        current = Sweep.objects.select_for_update().filter(source=source).order_by("-id").first()
        if current and current.finished_at and current.run_id == run_id:
            return current
        if current and not current.finished_at and current.endpoint == endpoint and current.started_at > fresh:
            current.run_id = run_id
            current.save(update_fields=["run_id"])
            return current
        Sweep.objects.filter(source=source).delete()
        return Sweep.objects.create(source=source, endpoint=endpoint, run_id=run_id)


@contextmanager
def step(sweep: Sweep) -> Iterator[None]:
    """One transaction of a sweep, which moves its phase or cursor together with what it writes.

    Raises Interrupted when another attempt has moved the sweep since this one looked: of two
    attempts only one goes on, and nothing is counted twice.
    """
    seen = (sweep.phase, sweep.cursor)
    with transaction.atomic():
        stored = Sweep.objects.select_for_update().filter(pk=sweep.pk, finished_at=None).first()
        if stored is None or (stored.phase, stored.cursor) != seen:
            raise Interrupted("another attempt goes on with this sweep")
        yield
        sweep.save(update_fields=MOVING)


def enter(sweep: Sweep, phase: Sweep.Phase, cursor: dict[str, Any] | None = None) -> None:
    """Turn to a phase, from its beginning unless a cursor says otherwise. Saved by `step`."""
    sweep.phase, sweep.cursor = phase, cursor or {}
