from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
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


@pytest.mark.parametrize("role", ["moderator", "administrator"])
@pytest.mark.parametrize("fields", [None, ["role"]])
def test_who_is_made_an_operator_loses_the_tokens_of_a_reader(role: str, fields: list[str] | None) -> None:
    ada = User.objects.create_user("ada", role="trusted_editor")
    RefreshToken.for_user(ada)
    ada.role = role
    ada.save(update_fields=fields)

    ada.refresh_from_db()
    assert (ada.role, ada.is_staff) == (role, True)
    assert ada.tokens_valid_from is not None
    assert BlacklistedToken.objects.count() == 1


def test_an_operator_who_stays_one_and_a_reader_keep_their_tokens() -> None:
    for name, role, becomes in (("ada", "moderator", "administrator"), ("grace", "user", "trusted_editor")):
        person = User.objects.create_user(name, role=role)
        RefreshToken.for_user(person)
        person.role = becomes
        person.save()
        person.save(update_fields=["last_login"])

    assert BlacklistedToken.objects.count() == 0
    assert not User.objects.exclude(tokens_valid_from=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_revocation_that_waits_for_the_row_takes_its_time_after_the_wait() -> None:
    ada = User.objects.create_user("ada")

    def revoke() -> None:
        try:
            revoke_tokens(ada)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=ada.pk)
            done = other.submit(revoke)
            wait_until_somebody_waits()
            held_until = timezone.now()
        done.result()

    kept = User.objects.get().tokens_valid_from
    assert kept is not None
    assert kept >= held_until


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT pg_sleep(0.01), count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
    pytest.fail("nobody waits for the row")
