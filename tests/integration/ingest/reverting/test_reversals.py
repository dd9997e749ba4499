"""A reversal is a run too: recorded, made once, refused in a sentence, gone on with where it was broken off."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.utils import timezone

from adaptapedia.catalogue.models import Work
from adaptapedia.ingest.changes import KEPT_FOR
from adaptapedia.ingest.models import Change, Reversal
from adaptapedia.ingest.reverting import changed, runs
from adaptapedia.ingest.reverting.runs import (
    AlreadyReverted,
    CannotRevert,
    LogTooOld,
    RevertsItself,
    RunStillOpen,
    UnknownRun,
    preview_revert,
    revert_run,
)
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.reverting.world import CHANGED, counts, everything, make_run
from tests.integration.ingest.test_merging import DUNE_1984, HERBERT, LYNCH, SECOND, merge_all

pytestmark = pytest.mark.django_db


def test_what_goes_with_a_run_is_told_by_its_reversal_and_not_row_by_row() -> None:
    merge_all()
    kept = LogEntry.objects.count()
    revert_run(1, by="ada")
    assert LogEntry.objects.count() == kept


def test_the_reversal_is_recorded_as_a_run_and_its_own_changes_are_logged() -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    report = revert_run(2, by="ada")
    reversal = Reversal.objects.get()
    assert (reversal.reverted_run_id, reversal.run_id, reversal.by) == (2, report.reverted_by, "ada")
    recorded = JobRun.objects.get(pk=reversal.run_id)
    assert (recorded.schedule_name, recorded.state, recorded.trigger) == ("ingest-revert", "succeeded", "manual")
    assert recorded.arguments["by"] == "ada"
    assert recorded.counts == {
        "works": {"restored": 1, "deleted": 0, "left": 0}, "left_because": {}, "reverted_run": 2
    }  # fmt: skip
    logged = {
        name: told for before in Change.objects.filter(run_id=recorded.pk) for name, told in before.before.items()
    }
    assert logged["year"][0] == 1963
    assert [row[:2] for row in logged["external_ids"][0]] == [["isbn", "9780000000000"]]


def test_a_run_is_taken_back_once() -> None:
    merge_all()
    revert_run(1, by="ada")
    with pytest.raises(AlreadyReverted, match=r"Run 1 was already taken back by ada on .* UTC, as run \d+\."):
        revert_run(1, by="grace")
    with pytest.raises(AlreadyReverted):
        preview_revert(1)


def test_a_reversal_is_not_taken_back_itself() -> None:
    merge_all()
    report = revert_run(1, by="ada")
    with pytest.raises(RevertsItself):
        preview_revert(report.reverted_by or 0)


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({}, UnknownRun, "There is no run 99"),
        ({"state": "running"}, RunStillOpen, "is still running"),
        ({"state": "queued"}, RunStillOpen, "is still queued"),
        ({"state": "succeeded"}, LogTooOld, "kept for 180 days"),
    ],
)
def test_what_cannot_be_taken_back_is_said_clearly(
    fields: dict[str, str], error: type[CannotRevert], words: str
) -> None:
    if fields:
        make_run(99, **fields)
        JobRun.objects.filter(pk=99).update(created_at=timezone.now() - KEPT_FOR - timedelta(days=1))
    with pytest.raises(error, match=words):
        revert_run(99, by="ada")
    assert not Reversal.objects.exists()


def test_a_reversal_that_was_broken_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    merge_all()
    before = everything()
    merge_all(
        origin=SECOND,
        work=CHANGED,
        people=[replace(HERBERT, died=1987), LYNCH],
        screens=[replace(DUNE_1984, published=1983)],
    )
    monkeypatch.setattr(changed, "BATCH", 1)
    whole, calls = changed.restore, []

    def breaks_at_the_second(*args: Any, **kwargs: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(*args, **kwargs)

    monkeypatch.setattr(changed, "restore", breaks_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        revert_run(2, by="ada")
    assert Reversal.objects.get().finished_at is None
    report = revert_run(2, by="ada")
    assert everything() == before
    assert counts(report) == {"people": (1, 0, 0), "screen_works": (1, 0, 0), "works": (1, 0, 0)}
    assert runs.JobRun.objects.filter(schedule_name="ingest-revert").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_run_back_at_once_one_does_it_and_the_other_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    whole = changed.restore
    told: list[str] = []

    def second() -> None:
        try:
            revert_run(2, by="grace")
        except CannotRevert as error:
            told.append(str(error))
        finally:
            connection.close()

    def while_another_tries(*args: Any, **kwargs: Any) -> None:
        if not told:
            other = Thread(target=second)
            other.start()
            other.join()
        whole(*args, **kwargs)

    monkeypatch.setattr(changed, "restore", while_another_tries)
    report = revert_run(2, by="ada")

    assert told == ["Run 2 is being taken back at this moment."]
    assert Work.objects.get().title == "Dune"
    assert (Reversal.objects.get().by, JobRun.objects.get(pk=report.reverted_by).state) == ("ada", "succeeded")
