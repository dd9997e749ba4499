from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client

from adaptapedia.accounts.models import User
from adaptapedia.api.tokens import issue

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
FORM = {
    "username": "ada",
    "is_active": "on",
    "role": "user",
    "date_joined_0": "2026-01-01",
    "date_joined_1": "00:00",
}


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_people_are_found_by_name_and_by_role(administrator: Client) -> None:
    User.objects.create_user("ada", role=User.Role.MODERATOR)
    User.objects.create_user("bob")

    for query in ({"q": "ada"}, {"q": "moderator"}, {"role__exact": "moderator"}):
        found = administrator.get(USERS, query).content.decode()
        assert ">ada</a>" in found
        assert ">bob</a>" not in found


def test_a_person_is_added_with_a_role(administrator: Client) -> None:
    password = {"usable_password": "true", "password1": "orchard-hinge-41", "password2": "orchard-hinge-41"}
    answer = administrator.post(f"{USERS}add/", {"username": "ada", "role": "moderator", **password})

    assert answer.status_code == 302
    ada = User.objects.get(username="ada")
    assert (ada.role, ada.is_staff) == (User.Role.MODERATOR, True)
    assert ada.check_password("orchard-hinge-41")


def test_a_new_role_changes_what_a_person_may_do(administrator: Client) -> None:
    ada = User.objects.create_user("ada", role=User.Role.MODERATOR)

    answer = administrator.post(f"{USERS}{ada.pk}/change/", {**FORM, "role": "user"})

    assert answer.status_code == 302, answer.content.decode()
    ada.refresh_from_db()
    assert (ada.role, ada.is_staff) == (User.Role.USER, False)


# What is sent after the commit is sent: these tests commit.
commits = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(db: None) -> User:
    person = User.objects.create_user("ada", "ada@example.org", "orchard-hinge-41")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def test_a_promotion_in_the_admin_ends_the_tokens_of_a_reader(administrator: Client, ada: User) -> None:
    issue(ada)
    administrator.post(f"{USERS}{ada.pk}/change/", {**FORM, "email": ada.email, "role": "moderator"})
    ada.refresh_from_db()
    assert ada.role == "moderator"
    assert ada.tokens_valid_from is not None


@commits
def test_an_address_given_by_an_administrator_is_the_only_one_and_has_to_be_confirmed(
    administrator: Client, ada: User
) -> None:
    EmailAddress.objects.create(user=ada, email="waiting@example.org")
    answer = administrator.post(f"{USERS}{ada.pk}/change/", {**FORM, "email": "New@example.org"})

    assert answer.status_code == 302, answer.content.decode()
    ada.refresh_from_db()
    assert ada.email == "new@example.org"
    assert [*EmailAddress.objects.values_list("email", "verified", "primary")] == [("new@example.org", False, True)]
    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert told.keys() == {"ada@example.org", "new@example.org"}
    assert "/accounts/confirm-email/" in told["new@example.org"]
    assert "from ada@example.org to new@example.org" in told["ada@example.org"]


@commits
def test_an_address_can_be_taken_away(administrator: Client, ada: User) -> None:
    administrator.post(f"{USERS}{ada.pk}/change/", {**FORM, "email": ""})
    assert not EmailAddress.objects.exists()
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]


@commits
def test_an_address_that_stays_keeps_what_is_known_of_it(administrator: Client, ada: User) -> None:
    administrator.post(f"{USERS}{ada.pk}/change/", {**FORM, "email": ada.email, "first_name": "Ada"})
    assert EmailAddress.objects.get().verified
    assert mail.outbox == []


def test_an_address_that_another_account_has_confirmed_is_refused(administrator: Client, ada: User) -> None:
    grace = User.objects.create_user("grace")
    answer = administrator.post(f"{USERS}{grace.pk}/change/", {**FORM, "username": "grace", "email": ada.email})
    assert answer.status_code == 200
    assert "Another account has this address" in answer.content.decode()


@commits
def test_an_address_is_changed_even_while_no_mail_goes_out(administrator: Client, ada: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = administrator.post(f"{USERS}{ada.pk}/change/", {**FORM, "email": "new@example.org"})
    assert answer.status_code == 302
    assert EmailAddress.objects.get().email == "new@example.org"


@commits
def test_a_new_password_by_an_administrator_signs_its_owner_out_and_tells_them(
    administrator: Client, ada: User
) -> None:
    reader = Client()
    reader.force_login(ada)
    issue(ada)
    given = {"password1": "an owl beneath the stairs", "password2": "an owl beneath the stairs"}
    answer = administrator.post(
        f"{USERS}{ada.pk}/password/", {**given, "usable_password": "true", "set-password": "Change password"}
    )

    assert answer.status_code == 302, answer.content.decode()
    ada.refresh_from_db()
    assert ada.check_password("an owl beneath the stairs")
    assert ada.tokens_valid_from is not None
    assert reader.get("/accounts/").status_code == 302
    assert administrator.get("/admin/").status_code == 200
    (told,) = mail.outbox
    assert told.to == ["ada@example.org"]
    assert "An administrator of the site did it" in told.body
    assert "127.0.0.1" not in told.body


@commits
def test_a_password_that_is_refused_tells_nobody_anything(administrator: Client, ada: User) -> None:
    administrator.get(f"{USERS}{ada.pk}/password/")
    administrator.post(f"{USERS}{ada.pk}/password/", {"password1": "a", "password2": "b"})
    assert administrator.get(f"{USERS}nobody/password/").status_code == 404
    assert mail.outbox == []


@commits
@pytest.mark.parametrize("way", ["one", "list"])
def test_a_second_factor_goes_with_its_recovery_codes_and_its_owner_is_told(
    administrator: Client, ada: User, way: str
) -> None:
    factor = TOTP.activate(ada, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").instance
    codes = RecoveryCodes.activate(ada).instance
    pages = "/admin/mfa/authenticator/"
    if way == "one":
        administrator.post(f"{pages}{factor.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [factor.pk, codes.pk], "post": "yes"}
        administrator.post(pages, chosen)

    assert not Authenticator.objects.exists()
    (told,) = mail.outbox
    assert (told.to, told.subject) == (["ada@example.org"], "The second factor was turned off")


@pytest.mark.parametrize("address", ["password_change/", "password_change/done/"])
def test_there_is_one_page_for_a_new_password(administrator: Client, address: str) -> None:
    assert administrator.get(f"/admin/{address}")["Location"] == "/accounts/password/change/"
    assert administrator.post(f"/admin/{address}")["Location"] == "/accounts/password/change/"


def test_the_list_of_acts_says_how_long_they_stay(administrator: Client) -> None:
    assert "An act goes with the account that did it" in administrator.get("/admin/admin/logentry/").content.decode()
