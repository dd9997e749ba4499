"""Far more than usual does not go before somebody has said so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.actions import answer_run, request_run
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.metadata.samples import screen_work

NAME = "daily-metadata-expiry"
State = JobRun.State


def expired_titles(number: int) -> None:
    for n in range(number):
        ScreenMetadata.objects.create(
            screen_work=screen_work(f"film-{n}", tmdb=""),
            kind="movie",
            tmdb_id=n + 1,
            digest=0,
            changed_at=timezone.now() - timedelta(days=184),
        )


def usually(*numbers: int) -> None:
    for number in numbers:
        JobRun.objects.create(
            schedule_name=NAME, task="t", queue="quick", trigger="tick", state=State.SUCCEEDED,
            counts={"expired": number},
        )  # fmt: skip


def settled(run: JobRun) -> JobRun:
    busy = JobRun.objects.filter(pk=run.pk, state__in=(State.QUEUED, State.RUNNING))
    assert wait_until(lambda: not busy.exists(), seconds=60)
    run.refresh_from_db()
    return run


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("answer", "left", "kept"), [("go-on", 0, 0), ("keep", 25, 25)])
def test_far_more_than_usual_is_asked_about_and_nothing_goes_before(answer: str, left: int, kept: int) -> None:
    usually(0, 1, 0, 2, 0)
    expired_titles(25)

    run = settled(request_run(NAME)[0])
    assert (run.state, ScreenMetadata.objects.count()) == (State.ASKING, 25)
    assert run.question is not None
    assert run.question["text"].startswith("25 titles of TMDb's were not refreshed for six months, and would go; 20 at")

    run = settled(answer_run(run, answer, by="a person"))
    assert run.counts is not None
    assert (run.state, run.counts["expired"], run.counts["kept"]) == (State.SUCCEEDED, 25 - kept, kept)
    assert ScreenMetadata.objects.count() == left


@pytest.mark.usefixtures("worker")
def test_as_many_as_usual_go_without_a_word() -> None:
    usually(0, 1, 0, 2, 0)
    expired_titles(12)

    run = settled(request_run(NAME)[0])

    assert (run.state, run.suspicion, ScreenMetadata.objects.count()) == (State.SUCCEEDED, "", 0)
