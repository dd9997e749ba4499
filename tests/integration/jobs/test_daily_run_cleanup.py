"""What is old goes, and what somebody still needs stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from adaptapedia.ingest.models import Reject
from adaptapedia.scheduling import retention
from adaptapedia.scheduling.models import JobRun, Presence, RunLine, Trouble
from adaptapedia.scheduling.retention import NEWEST_KEPT, delete_old_runs
from adaptapedia.scheduling.sync import sync_schedules

State = JobRun.State


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def make_runs(count: int, *, name: str, days: float, state: str = State.SUCCEEDED) -> list[JobRun]:
    made = JobRun.objects.bulk_create(
        JobRun(
            schedule_name=name,
            task="any",
            queue="quick",
            trigger="tick",
            state=state,
            finished_at=None if state in JobRun.OPEN else days_ago(days),
        )
        for _ in range(count)
    )
    JobRun.objects.filter(pk__in=[run.pk for run in made]).update(created_at=days_ago(days))
    return made


def kept(name: str) -> int:
    return JobRun.objects.filter(schedule_name=name).count()


def test_old_runs_go_with_their_lines_and_the_rest_stays(run_job: Callable[[str], JobRun]) -> None:
    (asking,) = make_runs(1, name="often", days=200, state=State.ASKING)
    old = make_runs(1_100, name="often", days=181)
    make_runs(NEWEST_KEPT, name="often", days=179)
    make_runs(NEWEST_KEPT + 5, name="yearly", days=900)
    for run, days in ((old[0], 181), (asking, 31), (asking, 29)):
        RunLine.objects.create(run=run, attempt=1, at=days_ago(days), level="info", logger="x", text="said")
    Trouble.objects.create(
        key="a",
        kind="failed",
        expected="",
        seen="",
        page="/",
        began_at=days_ago(190),
        ended_at=days_ago(181),
        run=old[0],
    )
    Trouble.objects.create(key="b", kind="failed", expected="", seen="", page="/", began_at=days_ago(400), run=old[0])
    Presence.objects.create(name="dead", kind="beat", since=days_ago(3), seen_at=days_ago(1.1))
    Presence.objects.create(name="gone lately", kind="beat", since=days_ago(3), seen_at=days_ago(0.5))
    for number, days in enumerate((366, 364)):
        reject = Reject.objects.create(source="wikidata", key=f"Q{number}", reason="same_item")
        Reject.objects.filter(pk=reject.pk).update(first_seen_at=days_ago(days))

    run = run_job("daily-run-cleanup")

    assert run.state == State.SUCCEEDED, run.traceback
    assert run.counts == {"runs": 1_105, "lines": 1, "troubles": 1, "dead": 1, "rejects": 1}
    assert (kept("often"), kept("yearly")) == (NEWEST_KEPT + 1, NEWEST_KEPT)
    assert JobRun.objects.filter(pk=asking.pk).exists()
    assert RunLine.objects.filter(run=asking).count() == 1
    assert Trouble.objects.get().run is None
    assert not Presence.objects.filter(name="dead").exists()


@pytest.mark.django_db(transaction=True)
def test_of_a_schedule_that_runs_too_often_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "RUNS_AT_MOST", 20)
    sync_schedules()
    make_runs(3, name="hourly-health-check", days=3, state=State.ASKING)
    made = make_runs(30, name="hourly-health-check", days=2)

    assert sum(delete_old_runs(now=timezone.now())) == 10
    assert kept("hourly-health-check") == 23
    assert JobRun.objects.filter(pk=made[-1].pk).exists()


def test_celerys_own_clean_up_is_a_run_like_any_other(run_job: Callable[[str], JobRun]) -> None:
    sync_schedules()

    run = run_job("daily-result-cleanup")

    assert (run.task, run.state) == ("celery.backend_cleanup", State.SUCCEEDED), run.traceback
