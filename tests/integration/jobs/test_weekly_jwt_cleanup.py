from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from adaptapedia.accounts.models import User
from adaptapedia.scheduling.models import JobRun


def issue_token(user: User, *, expired_ago: timedelta, blacklisted: bool = False) -> OutstandingToken:
    """A token as simplejwt makes it, moved in time."""
    token = RefreshToken.for_user(user)
    if blacklisted:
        token.blacklist()
    OutstandingToken.objects.filter(jti=token["jti"]).update(expires_at=timezone.now() - expired_ago)
    return OutstandingToken.objects.get(jti=token["jti"])


def test_tokens_go_that_expired_over_thirty_days_ago_blacklisted_or_not(run_job: Callable[[str], JobRun]) -> None:
    ada = User.objects.create_user("ada")
    month, day = timedelta(days=30), timedelta(days=1)
    for blacklisted in (True, False):
        issue_token(ada, expired_ago=month + day, blacklisted=blacklisted)
    kept = {
        issue_token(ada, expired_ago=month - day, blacklisted=True),
        issue_token(ada, expired_ago=month - day),
        issue_token(ada, expired_ago=-day),
    }

    run = run_job("weekly-jwt-cleanup")

    assert (run.state, run.counts, run.done) == (JobRun.State.SUCCEEDED, {"deleted": 2}, 2)
    assert set(OutstandingToken.objects.all()) == kept
    assert BlacklistedToken.objects.count() == 1
    assert User.objects.get() == ada
