from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.scheduling.models import JobRun


def test_expired_sessions_go_and_live_ones_stay(run_job: Callable[[str], JobRun]) -> None:
    now = timezone.now()
    Session.objects.bulk_create(
        Session(session_key=f"old{i}", session_data="", expire_date=now - timedelta(seconds=1 + i))
        for i in range(1_100)
    )
    Session.objects.create(session_key="live", session_data="", expire_date=now + timedelta(minutes=5))

    run = run_job("daily-session-cleanup")

    assert (run.state, run.counts, run.done) == (JobRun.State.SUCCEEDED, {"deleted": 1_100, "notes": 0}, 1_100)
    assert Session.objects.get().session_key == "live"


def test_with_nothing_to_do_it_succeeds_with_nothing_deleted(run_job: Callable[[str], JobRun]) -> None:
    assert run_job("daily-session-cleanup").counts == {"deleted": 0, "notes": 0}


def test_notes_of_sessions_go_with_the_sessions_however_those_ended(run_job: Callable[[str], JobRun]) -> None:
    now = timezone.now()
    user = User.objects.create_user("ada")
    Session.objects.create(session_key="expired", session_data="", expire_date=now - timedelta(minutes=5))
    Session.objects.create(session_key="live", session_data="", expire_date=now + timedelta(minutes=5))
    UserSession.objects.bulk_create(
        UserSession(session_key=key, user=user, ip="127.0.0.1")
        for key in ("expired", "live", *(f"ended{number}" for number in range(2_500)))
    )

    run = run_job("daily-session-cleanup")

    assert run.counts == {"deleted": 1, "notes": 2_501}
    assert UserSession.objects.get().session_key == "live"
