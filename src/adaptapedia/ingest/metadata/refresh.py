"""One refreshing of metadata by a run: what it has counted, its transactions, and when it is too much for a run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from adaptapedia.ingest.models import Refresh
from adaptapedia.ingest.origin import Origin
from adaptapedia.scheduling.jobs import Counts, Interrupted
from adaptapedia.sources.errors import SourceError

TOLERATED = 0.02
"""So many of what was asked for may fail for good; more, and the run says so and fails."""
FEW = 5
"""Failures that are never too many."""


class TooManyFailed(SourceError):
    """Much of what was asked for was not answered. What was, is kept; the next attempt asks for the rest."""

    def __init__(self, source: str, *, failed: int, asked: int) -> None:
        super().__init__(f"{source}: {failed} of {asked} could not be read; the others are kept")
        self.failed = failed
        self.asked = asked


def open_refresh(source: str, *, run_id: int, names: tuple[str, ...]) -> Refresh:
    """The refresh of this run, gone on with by a later attempt; `names` are those of its counts."""
    refresh, _ = Refresh.objects.get_or_create(
        run_id=run_id,
        defaults={"source": source, "started_at": timezone.now(), "counts": dict.fromkeys(names, 0)},
    )
    return refresh


@contextmanager
def step(refresh: Refresh) -> Iterator[Origin]:
    """One transaction of a refresh, which moves its counts together with what it writes.

    Raises Interrupted when another attempt has counted something since this one looked: of two
    attempts only one goes on, and nothing is counted twice.
    """
    seen = dict(refresh.counts)
    try:
        with transaction.atomic():
            stored = Refresh.objects.select_for_update().get(pk=refresh.pk)
            if stored.counts != seen or stored.finished_at:
                raise Interrupted("another attempt goes on with this refresh")
            yield Origin(refresh.source, refresh.run_id, timezone.now())
            refresh.save(update_fields=["counts", "finished_at"])
    except BaseException:
        refresh.counts = seen
        raise


def count(refresh: Refresh, outcomes: Mapping[str, int]) -> None:
    """Add to the counts. Saved by `step`."""
    for name, number in outcomes.items():
        refresh.counts[name] += number


def finish(refresh: Refresh) -> Counts:
    """The counts of a refresh that is through. Raises TooManyFailed when too much could not be read."""
    asked, failed = refresh.counts["processed"], refresh.counts["errors"]
    if failed > max(FEW, asked * TOLERATED):
        raise TooManyFailed(refresh.source, failed=failed, asked=asked)
    with step(refresh):
        refresh.finished_at = timezone.now()
    return dict(refresh.counts)
