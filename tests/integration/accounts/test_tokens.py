from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from adaptapedia.accounts.models import User
from adaptapedia.accounts.tokens import revoke_tokens

pytestmark = pytest.mark.django_db


def test_all_refresh_tokens_of_one_person_end_and_nobody_elses() -> None:
    ada, grace = User.objects.create_user("ada"), User.objects.create_user("grace")
    for _ in range(3):
        RefreshToken.for_user(ada)
    RefreshToken.for_user(grace)

    assert revoke_tokens(ada) == 3

    assert set(BlacklistedToken.objects.values_list("token__user", flat=True)) == {ada.pk}
    assert BlacklistedToken.objects.count() == 3


def test_access_tokens_issued_until_now_are_no_longer_valid() -> None:
    ada = User.objects.create_user("ada")
    before = timezone.now()

    revoke_tokens(ada)

    kept = User.objects.get(pk=ada.pk).tokens_valid_from
    assert kept == ada.tokens_valid_from
    assert kept is not None
    assert before <= kept <= timezone.now()


def test_revoking_twice_finds_nothing_the_second_time() -> None:
    ada = User.objects.create_user("ada")
    RefreshToken.for_user(ada)
    revoke_tokens(ada)

    assert revoke_tokens(ada) == 0


def test_what_has_expired_is_left_alone() -> None:
    ada = User.objects.create_user("ada")
    RefreshToken.for_user(ada)
    OutstandingToken.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert revoke_tokens(ada) == 0
