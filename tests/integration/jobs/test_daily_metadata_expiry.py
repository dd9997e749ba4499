"""What is due goes on its day, however much it is; people are told before."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from adaptapedia.catalogue.models import ScreenExternalId, ScreenMetadata, WorkExternalId, WorkMetadata
from adaptapedia.ingest.metadata.merging import merge_open_library
from adaptapedia.ingest.models import Removal
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.metadata.samples import FIRST, open_library_work, screen_work, work

NAME = "daily-metadata-expiry"
State = JobRun.State


def titles(number: int, *, days: int, first: int = 1) -> None:
    """So many titles that were last confirmed so long ago."""
    for n in range(first, first + number):
        ScreenMetadata.objects.create(
            screen_work=screen_work(f"film-{n}", tmdb=f"movie/{n}"),
            kind="movie",
            tmdb_id=n,
            digest=0,
            changed_at=timezone.now() - timedelta(days=days),
        )


def usually(*numbers: int) -> None:
    for number in numbers:
        JobRun.objects.create(
            schedule_name=NAME, task="t", queue="quick", trigger="tick", state=State.SUCCEEDED,
            counts={"expired": number},
        )  # fmt: skip


@pytest.mark.usefixtures("worker")
def test_what_is_due_goes_without_a_question_and_every_title_of_it_is_told(run_job: Callable[[str], JobRun]) -> None:
    usually(0, 1, 0, 2, 0)
    titles(25, days=184)

    run = run_job(NAME)

    assert run.counts is not None
    assert (run.state, run.counts["expired"], ScreenMetadata.objects.count()) == (State.SUCCEEDED, 25, 0)
    assert run.suspicion.startswith("expired is 25; 0 to 20 were usual")
    told = set(Removal.objects.values_list("key", "reason", "run_id"))
    assert told == {(f"movie/{n}", "expired", run.pk) for n in range(1, 26)}


@pytest.mark.usefixtures("worker")
def test_where_much_is_about_to_go_the_run_is_suspicious_before(run_job: Callable[[str], JobRun]) -> None:
    titles(6, days=170)
    titles(20, days=160, first=7)

    run = run_job(NAME)

    assert run.counts is not None
    assert (run.counts["expired"], run.counts["soon"], ScreenMetadata.objects.count()) == (0, 6, 26)
    assert run.suspicion.startswith("6 of 26 titles of TMDb's have not been refreshed for long, and go within 14 days")


@pytest.mark.usefixtures("worker")
def test_what_is_told_by_a_number_that_is_not_the_entrys_goes_within_a_day(run_job: Callable[[str], JobRun]) -> None:
    titles(3, days=1)
    ScreenExternalId.objects.filter(value="1").delete()
    ScreenExternalId.objects.filter(value="2").update(value="9")
    for key in ("OL1W", "OL2W"):
        book = work(key.lower(), key=key)
        with transaction.atomic():
            merge_open_library([(book.pk, open_library_work(key))], origin=FIRST)
    WorkExternalId.objects.filter(value="OL1W").delete()

    run = run_job(NAME)

    assert run.counts is not None
    assert (run.counts["untied"], run.counts["expired"]) == (3, 0)
    assert [str(left) for left in ScreenMetadata.objects.all()] == ["movie/3"]
    assert [str(left) for left in WorkMetadata.objects.all()] == ["OL2W"]
    assert set(Removal.objects.values_list("source", "key", "reason", "run_id")) == {
        ("tmdb", "movie/1", "untied", run.pk),
        ("tmdb", "movie/2", "untied", run.pk),
        ("open_library", "OL1W", "untied", run.pk),
    }


@pytest.mark.usefixtures("worker")
def test_as_many_as_usual_go_without_a_word(run_job: Callable[[str], JobRun]) -> None:
    usually(0, 1, 0, 2, 0)
    titles(12, days=184)
    titles(5, days=170, first=13)

    run = run_job(NAME)

    assert (run.state, run.suspicion, ScreenMetadata.objects.count()) == (State.SUCCEEDED, "", 5)
