from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from adaptapedia.scheduling.models import JobRun


def test_expired_sessions_go_and_live_ones_stay(run_job: Callable[[str], JobRun]) -> None:
    now = timezone.now()
    Session.objects.bulk_create(
        Session(session_key=f"old{i}", session_data="", expire_date=now - timedelta(seconds=1 + i))
        for i in range(1_100)
    )
    Session.objects.create(session_key="live", session_data="", expire_date=now + timedelta(minutes=5))

    run = run_job("daily-session-cleanup")

    assert (run.state, run.counts, run.done) == (JobRun.State.SUCCEEDED, {"deleted": 1_100}, 1_100)
    assert Session.objects.get().session_key == "live"


def test_with_nothing_to_do_it_succeeds_with_nothing_deleted(run_job: Callable[[str], JobRun]) -> None:
    assert run_job("daily-session-cleanup").counts == {"deleted": 0}
