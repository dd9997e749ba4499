"""Taking back what a run of an ingestion has changed in the catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from adaptapedia.catalogue.metadata import Metadata, ScreenMetadata, WorkMetadata
from adaptapedia.catalogue.models import Adaptation, Entry, Person, ScreenWork, Work
from adaptapedia.ingest.changes import KEPT_FOR
from adaptapedia.ingest.matching.decisions import forget_findings
from adaptapedia.ingest.merging import lock_catalogue
from adaptapedia.ingest.models import Change, Difference, Match, Reversal, Sweep
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reverting import changed, made
from adaptapedia.ingest.reverting.report import Report
from adaptapedia.ingest.starter.removal import Removed, remove_starter
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.records import record_run, reserve_run_id

RUN_NAME = "ingest-revert"
SOURCE = "revert"
DRY_RUN = 0
"""The run that a dry run's notes are put down to, until they are undone."""
MADE: tuple[type[Entry], ...] = (ScreenWork, Work, Person)
"""Kinds of entries in the order of their going: people are in the credits of the others."""

METADATA: tuple[type[Metadata], ...] = (ScreenMetadata, WorkMetadata)


class CannotRevert(Exception):
    """This run cannot be taken back; the message says why."""


class UnknownRun(CannotRevert):
    """There is no such run."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"There is no run {run_id}. `adaptapedia jobs runs` lists the latest.")


class RunStillOpen(CannotRevert):
    """The run may still change something."""

    def __init__(self, run: JobRun) -> None:
        super().__init__(f"Run {run.pk} of {run.schedule_name} is still {run.state}. Wait for its end.")


class LogTooOld(CannotRevert):
    """What the run changed is no longer known."""

    def __init__(self, run: JobRun) -> None:
        began = f"{run.created_at:%Y-%m-%d}"
        super().__init__(f"Run {run.pk} is of {began}; what runs changed is kept for {KEPT_FOR.days} days.")


class AlreadyReverted(CannotRevert):
    """Somebody has taken the run back before."""

    def __init__(self, reversal: Reversal) -> None:
        at = f"{reversal.finished_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(
            f"Run {reversal.reverted_run_id} was already taken back by {reversal.by} on {at}, as run {reversal.run_id}."
        )


class BeingReverted(CannotRevert):
    """Somebody is at it."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} is being taken back at this moment.")


class RevertsItself(CannotRevert):
    """What a reversal took back is brought again by its upstream, not by reverting once more."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} took another run back itself. What it took back comes with the next ingestion.")


def preview_revert(run_id: int) -> Report:
    """What taking a run back would do: it is done and undone, so that nothing is guessed. Raises CannotRevert.

    Bulk writers wait meanwhile, as they would for the thing itself.
    """
    run = _revertible(run_id)
    report = Report(run_id, applied=False)
    with transaction.atomic():
        reversal = Reversal(reverted_run_id=run_id, run_id=DRY_RUN, started_at=timezone.now())
        _revert(run, reversal, report)
        transaction.set_rollback(True)
    return report


def revert_run(run_id: int, *, by: str) -> Report:
    """Take back what a run has changed, as far as nobody has changed it since. Raises CannotRevert.

    In transactions of a thousand rows each; one that was broken off goes on where it stopped. It is recorded as a
    run of its own.
    """
    with _alone(run_id):
        return _revert_alone(_revertible(run_id), by=by)


def _revert_alone(run: JobRun, *, by: str) -> Report:
    run_id, began = run.pk, timezone.now()
    reversal, _ = Reversal.objects.get_or_create(
        reverted_run_id=run_id, defaults={"run_id": reserve_run_id(), "by": by}
    )
    report = Report(run_id, applied=True, reverted_by=reversal.run_id)
    report.counts = {kind: {**told, "left": 0} for kind, told in reversal.counts.items()}
    _revert(run, reversal, report)
    with transaction.atomic():
        reversal.finished_at = timezone.now()
        reversal.save(update_fields=["finished_at"])
        record_run(reversal.run_id, RUN_NAME, by=by, began=began, counts=report.recorded)
    return report


def revert_starter(*, apply: bool) -> dict[str, int]:
    """What taking the starter catalogue out does, or would do; see `remove_starter`."""
    with transaction.atomic():
        removed: Removed = remove_starter()
        transaction.set_rollback(not apply)
    return asdict(removed)


@contextmanager
def _alone(run_id: int) -> Iterator[None]:
    """Keep everybody else from taking the same run back meanwhile: two would share one reversal. Raises BeingReverted.

    The lock is the connection's, beyond its many transactions, and ends with it when we are killed.
    """
    name = [f"adaptapedia.ingest revert {run_id}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
        (is_ours,) = cursor.fetchone() or (False,)
        if not is_ours:
            raise BeingReverted(run_id)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


def _revertible(run_id: int) -> JobRun:
    run = JobRun.objects.filter(pk=run_id).first()
    if run is None:
        raise UnknownRun(run_id)
    if run.state in JobRun.OPEN:
        raise RunStillOpen(run)
    if run.schedule_name == RUN_NAME:
        raise RevertsItself(run_id)
    done = Reversal.objects.filter(reverted_run_id=run_id, finished_at__isnull=False).first()
    if done is not None:
        raise AlreadyReverted(done)
    if run.created_at < timezone.now() - KEPT_FOR:
        raise LogTooOld(run)
    return run


def _revert(run: JobRun, reversal: Reversal, report: Report) -> None:
    origin = Origin(SOURCE, reversal.run_id, reversal.started_at)
    source = _source_of(run.pk)
    for table in changed.tables_changed(run.pk):
        _restore_table(table, run.pk, source, origin, reversal, report)
    _forget_findings(run.pk, reversal, report)
    _delete_adaptations(run.pk, reversal, report)
    for kind in METADATA:
        _delete_metadata(kind, run.pk, reversal, report)
    for model in MADE:
        _delete_entries(model, run.pk, source, reversal, report)
    with transaction.atomic():
        Difference.objects.filter(run_id=run.pk, kept_at__isnull=True).delete()
        _forget_sweeps(run.pk, source)


def _forget_sweeps(run_id: int, source: str) -> None:
    """Let nothing that the run has read be carried over, nor written once more: the next sweep reads everything.

    Later ones of its upstream may have carried it over already.
    """
    Sweep.objects.filter(Q(run_id=run_id) | Q(source=source, run_id__gt=run_id)).delete()


def _restore_table(table: str, run_id: int, source: str, origin: Origin, reversal: Reversal, report: Report) -> None:
    after = 0
    while True:
        with transaction.atomic():
            lock_catalogue()
            rows = changed.next_rows(table, reverted=run_id, origin=origin, after=after)
            if not rows:
                return
            changed.restore(table, rows, reverted=run_id, source=source, origin=origin, report=report)
            _save_counts(reversal, report)
        after = rows[-1]


def _forget_findings(run_id: int, reversal: Reversal, report: Report) -> None:
    with transaction.atomic():
        if forgotten := forget_findings(run_id):
            report.count(changed.kind_name(Match._meta.db_table), "deleted", forgotten)
            _save_counts(reversal, report)


def _delete_adaptations(run_id: int, reversal: Reversal, report: Report) -> None:
    after = 0
    while True:
        with transaction.atomic():
            lock_catalogue()
            keys = made.next_made(Adaptation, reverted=run_id, after=after)
            if not keys:
                return
            made.delete_adaptations(keys, report=report)
            _save_counts(reversal, report)
        after = keys[-1]


def _delete_metadata(model: type[Metadata], run_id: int, reversal: Reversal, report: Report) -> None:
    after = 0
    while True:
        with transaction.atomic():
            lock_catalogue()
            keys = made.next_made(model, reverted=run_id, after=after)
            if not keys:
                return
            made.delete_metadata(model, keys, reverted=run_id, report=report)
            _save_counts(reversal, report)
        after = keys[-1]


def _delete_entries(model: type[Entry], run_id: int, source: str, reversal: Reversal, report: Report) -> None:
    after = 0
    while True:
        with transaction.atomic():
            lock_catalogue()
            keys = made.next_made(model, reverted=run_id, after=after)
            if not keys:
                return
            made.delete_entries(model, keys, reverted=run_id, source=source, report=report)
            _save_counts(reversal, report)
        after = keys[-1]


def _save_counts(reversal: Reversal, report: Report) -> None:
    reversal.counts = report.counts
    if reversal.pk is not None:
        reversal.save(update_fields=["counts"])


def _source_of(run_id: int) -> str:
    """The source that a run's values are put down to; empty for a run that wrote none."""
    source = Change.objects.filter(run_id=run_id).values_list("source", flat=True).first()
    if source is None:
        source = (
            Adaptation.objects.filter(run_id=run_id).exclude(source="person").values_list("source", flat=True).first()
        )
    stamped: tuple[type[Metadata | Entry], ...] = () if source else (*METADATA, *MADE)
    for model in stamped:
        stamp = model._default_manager.filter(**{"provenance__*__1": run_id}).exclude(**{"provenance__*__0": "person"})
        if (entry := stamp.only("provenance").first()) is not None:
            return str(entry.provenance["*"][0])
    return source or ""
