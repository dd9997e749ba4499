"""One refreshing of metadata by a run: what it has counted, its transactions, and when it is too much for a run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from adaptapedia.ingest.models import Refresh, SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.vanished import BREAKER, EXAMPLES, GO_ON, KEEP
from adaptapedia.scheduling.jobs import Ask, Counts, Interrupted, Run
from adaptapedia.sources.errors import SourceError

Outcome = SourceState.Outcome

TOLERATED = 0.02
"""So many of what was asked for may fail for good; more, and the run says so and fails."""
FEW = 5
"""Failures that are never too many, and so many may be gone."""
FORGOTTEN_AT_ONCE = 5_000
ANSWERS = {GO_ON: "Take it for gone", KEEP: "Take it for there, and ask for it again"}


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


def forget_refreshes(*, before: datetime) -> int:
    """Delete refreshes that began before then; nobody goes on with them any more. How many."""
    deleted, _ = Refresh.objects.filter(started_at__lt=before).delete()
    return deleted


def forget_states(*, before: datetime) -> Iterator[int]:
    """Delete states of what nobody has asked for since then: it has left the catalogue, or its upstream. How many in
    each batch, committed."""
    states = SourceState.objects.filter(read_at__lt=before)
    while keys := list(states.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        SourceState.objects.filter(pk__in=keys).delete()
        yield len(keys)


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


def finish(refresh: Refresh, run: Run) -> Counts:
    """The counts of a refresh that is through. Raises TooManyFailed when too much could not be read, and Ask when
    too much of what was there is gone."""
    asked, failed = refresh.counts["processed"], refresh.counts["errors"]
    if failed > max(FEW, asked * TOLERATED):
        raise TooManyFailed(refresh.source, failed=failed, asked=asked)
    with step(refresh):
        _settle_vanished(refresh.source, run)
        refresh.finished_at = timezone.now()
    return dict(refresh.counts)


def _settle_vanished(source: str, run: Run) -> None:
    """What has vanished is gone, or there after all, as somebody said where it is more than a little."""
    states = SourceState.objects.filter(source=source)
    vanished = states.filter(outcome=Outcome.VANISHED)
    number, there = vanished.count(), states.filter(outcome=Outcome.THERE).count()
    if number > max(FEW, (number + there) * BREAKER) and not run.answer:
        first = ", ".join(vanished.order_by("key").values_list("key", flat=True)[:EXAMPLES])
        raise Ask(f"{source}: {number:,} of {number + there:,} are gone: {first}, …", answers=ANSWERS)
    vanished.update(outcome=Outcome.THERE if run.answer == KEEP else Outcome.GONE)
