from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import update_last_login
from django.core.management import call_command
from django.db import IntegrityError

from adaptapedia.accounts.models import User

pytestmark = pytest.mark.django_db
Role = User.Role


def test_an_account_begins_as_a_user_who_may_not_operate() -> None:
    user = User.objects.create_user("ada")

    assert (user.role, user.is_staff, user.is_superuser, user.may_operate) == (Role.USER, False, False, False)


@pytest.mark.parametrize(
    ("role", "staff", "superuser"),
    [
        (Role.USER, False, False),
        (Role.TRUSTED_EDITOR, False, False),
        (Role.MODERATOR, True, False),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_the_flags_follow_the_role(role: User.Role, staff: bool, superuser: bool) -> None:
    user = User.objects.create_user("ada")

    user.role = role
    user.save(update_fields=["role"])

    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, user.may_operate) == (staff, superuser, staff)


def test_createsuperuser_makes_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")
    call_command("createsuperuser", interactive=False, username="root", email="root@example.org")

    root = User.objects.get(username="root")
    assert (root.role, root.is_staff, root.is_superuser) == (Role.ADMINISTRATOR, True, True)
    assert root.check_password("a long enough password")


def test_a_superuser_made_asynchronously_is_an_administrator_too() -> None:
    assert async_to_sync(User.objects.acreate_superuser)("root").role == Role.ADMINISTRATOR


def test_a_sign_in_does_not_bring_back_a_role_that_was_taken_away_meanwhile() -> None:
    signing_in = User.objects.create_superuser("ada")
    demoted = User.objects.get()
    demoted.role = Role.USER
    demoted.save()

    update_last_login(None, signing_in)

    demoted.refresh_from_db()
    assert (demoted.is_staff, demoted.is_superuser) == (False, False)
    assert demoted.last_login is not None


def test_the_database_refuses_flags_that_do_not_follow_the_role() -> None:
    User.objects.create_user("ada", last_login=datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(IntegrityError, match=r"user_(staff|superuser)_by_role"):
        User.objects.update(role=Role.ADMINISTRATOR)
