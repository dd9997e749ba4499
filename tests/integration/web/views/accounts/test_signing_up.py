"""From the form to the link in the e-mail."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.db import connection
from django.test import Client

from adaptapedia.accounts.adapter import AccountAdapter
from adaptapedia.accounts.models import User
from tests.integration.web.views.accounts.people import OTHER_PASSWORD, PASSWORD, letter, link, make_member, signed_in

pytestmark = pytest.mark.django_db

FORM = {"username": "grace", "email": "grace@example.org", "password1": PASSWORD}


def sign_up(client: Client, **changes: Any) -> Any:
    return client.post("/accounts/signup/", {**FORM, **changes})


def test_the_link_in_the_mail_opens_the_account(client: Client) -> None:
    response = sign_up(client)
    assert response["Location"] == "/accounts/confirm-email/"
    assert client.get("/accounts/")["Location"].startswith("/accounts/login/")

    address = link(letter().body)
    page = client.get(address).content.decode()
    assert "grace@example.org is to be the address of grace" in page
    assert not EmailAddress.objects.get().verified
    assert client.post(address).status_code == 302

    assert EmailAddress.objects.get().verified
    assert client.get("/accounts/").status_code == 200


def test_on_another_device_the_link_confirms_and_leads_to_the_page_to_sign_in(client: Client) -> None:
    sign_up(client)

    response = Client().post(link(letter().body))

    assert response["Location"] == "/accounts/login/"
    assert EmailAddress.objects.get().verified


def test_without_the_link_nobody_is_let_in_and_the_mail_comes_again_only_after_a_while(client: Client) -> None:
    sign_up(client)
    letter()

    response = Client().post("/accounts/login/", {"login": "grace", "password": PASSWORD})

    assert response["Location"] == "/accounts/confirm-email/"
    assert mail.outbox == []


def test_a_link_that_was_followed_does_no_harm_the_second_time(client: Client) -> None:
    sign_up(client)
    address = link(letter().body)
    client.post(address)

    again = Client()
    assert again.get(address).status_code == 200
    again.post(address)
    assert again.get("/accounts/").status_code == 302


@pytest.mark.parametrize("key", ["nonsense", "MQ:1abcde:forged-signature", "x" * 5_000, "Mzk:::::"])
def test_a_forged_link_is_a_page_that_says_what_to_do(client: Client, key: str) -> None:
    page = client.get(f"/accounts/confirm-email/{key}/")
    assert page.status_code == 200
    assert "This link no longer works" in page.content.decode()
    assert client.post(f"/accounts/confirm-email/{key}/").status_code == 404


def test_a_link_expires(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    user = make_member("ada")
    EmailAddress.objects.update(verified=False)
    key = EmailConfirmationHMAC.create(user.emailaddress_set.get()).key
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 0

    assert "This link no longer works" in client.get(f"/accounts/confirm-email/{key}/").content.decode()


def test_an_address_that_is_taken_is_told_to_its_owner_and_to_nobody_else(client: Client) -> None:
    make_member("ada")

    response = sign_up(client, email="ADA@example.org")

    assert response["Location"] == "/accounts/confirm-email/"
    assert not User.objects.filter(username="grace").exists()
    sent = letter()
    assert sent.to == ["ada@example.org"]
    assert "An account has this address already" in sent.body


def test_a_name_that_is_taken_is_refused_in_whatever_case(client: Client) -> None:
    make_member("ada")

    response = sign_up(client, username="ADA")

    assert response.status_code == 422
    assert "Somebody has this name already" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_one_who_comes_second_in_a_race_for_a_name_is_told_so(client: Client, monkeypatch: Any) -> None:
    save = AccountAdapter.save_user

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        """Between the look at the form and the row, somebody else takes the name."""
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_take_name, "GRACE").result()
        return save(*args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "save_user", overtaken)

    response = sign_up(client)

    assert response.status_code == 422
    assert "Somebody has this name already" in response.content.decode()
    assert mail.outbox == []


def _take_name(name: str) -> None:
    User.objects.get_or_create(username=name)
    connection.close()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": ""}, "This field is required"),
        ({"username": "x"}, "between 3 and 40"),
        ({"username": "x" * 10_000}, "characters"),
        ({"username": "ad\0a"}, "Null characters"),
        ({"username": "ada🦉"}, "letters, digits"),
        ({"username": "аdmin"}, "one script"),
        ({"username": "Admin"}, "kept for the house"),
        ({"username": "a d a"}, "letters, digits"),
        ({"email": ""}, "This field is required"),
        ({"email": "nobody"}, "valid email"),
        ({"email": "a" * 10_000 + "@example.org"}, "at most 320"),
        ({"email": "a\0@example.org"}, "Null characters"),
        ({"password1": ""}, "This field is required"),
        ({"password1": "12345678"}, "too common"),
        ({"password1": "grace@example.org"}, "too similar"),
        ({"password1": "x" * 10_000}, "at most 1000"),
        ({"password1": "long enough\0but"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client: Client, changes: dict[str, str], said: str) -> None:
    response = sign_up(client, **changes)

    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    (field,) = changes
    assert f'id="id_{field}_error"' in page
    assert not User.objects.exists()
    assert mail.outbox == []


def test_a_program_that_fills_in_everything_is_told_that_all_went_well(client: Client) -> None:
    response = sign_up(client, website="https://spam.example/")

    assert response["Location"] == "/accounts/confirm-email/"
    assert not User.objects.exists()
    assert mail.outbox == []


def test_the_field_for_programs_is_seen_by_nobody(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()
    trap = page[page.index('<div class="trap"') :]
    assert 'aria-hidden="true"' in trap[:60]
    assert 'tabindex="-1"' in trap[:300]
    assert "style=" not in page


def test_the_password_is_hashed_by_argon2(client: Client, real_hashes: None) -> None:
    sign_up(client)
    assert User.objects.get().password.startswith("argon2$")


def test_an_older_hash_is_renewed_at_sign_in(real_hashes: None) -> None:
    from django.contrib.auth.hashers import make_password

    user = make_member("ada")
    User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))

    signed_in("ada")

    assert User.objects.get().password.startswith("argon2$")


def test_signing_up_many_times_an_hour_is_stopped(client: Client) -> None:
    for number in range(20):
        sign_up(client, username="", email=f"{number}@example.org", password1=OTHER_PASSWORD)

    response = sign_up(client)

    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert not User.objects.exists()


def test_somebody_who_is_signed_in_has_no_use_for_the_form(ada: Client) -> None:
    assert ada.get("/accounts/signup/").status_code == 302
