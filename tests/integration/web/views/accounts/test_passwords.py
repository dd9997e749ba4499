"""Forgotten and changed passwords."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import RefreshToken

from tests.integration.web.views.accounts.people import (
    OTHER_PASSWORD,
    PASSWORD,
    letter,
    link,
    make_member,
    signed_in,
)

pytestmark = pytest.mark.django_db
NEW = {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}


def ask(client: Client, email: str = "ada@example.org") -> Any:
    return client.post("/accounts/password/reset/", {"email": email})


def follow(client: Client, address: str) -> str:
    """The address of the form that a link leads to; the key is in the session, and out of the address."""
    response = client.get(address)
    assert response.status_code == 302
    return str(response["Location"])


def test_the_link_sets_a_new_password_and_signs_everything_else_out(client: Client) -> None:
    user = make_member("ada")
    elsewhere = signed_in("ada")
    RefreshToken.for_user(user)
    assert ask(client)["Location"] == "/accounts/password/reset/done/"

    form = follow(client, link(letter().body))
    assert "set-password" in form
    assert client.get(form).status_code == 200
    assert client.post(form, NEW)["Location"] == "/accounts/password/reset/key/done/"

    assert elsewhere.get("/accounts/").status_code == 302
    assert BlacklistedToken.objects.count() == 1
    signed_in("ada", password=OTHER_PASSWORD)
    assert letter().subject == "Your password was reset"


def test_a_link_works_once(client: Client) -> None:
    make_member("ada")
    ask(client)
    address = link(letter().body)
    client.post(follow(client, address), NEW)

    again = Client().get(address)

    assert again.status_code == 200
    assert "This link no longer works" in again.content.decode()
    assert client.post(address.rsplit("-", 2)[0] + "-set-password/", NEW).status_code == 200
    signed_in("ada", password=OTHER_PASSWORD)


def test_a_link_holds_for_three_hours(client: Client, settings: Any) -> None:
    make_member("ada")
    ask(client)
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert "This link no longer works" in client.get(link(letter().body)).content.decode()


def test_a_link_for_one_person_opens_no_other(client: Client) -> None:
    make_member("ada")
    other = make_member("grace")
    ask(client)
    address = link(letter().body)
    token = address.rsplit("/key/", 1)[1].split("-", 1)[1]

    from allauth.account.utils import user_pk_to_url_str

    forged = f"/accounts/password/reset/key/{user_pk_to_url_str(other)}-{token}"
    assert "This link no longer works" in client.get(forged).content.decode()


@pytest.mark.parametrize(
    "key", ["1-nonsense", "zzzzzzzzzzzzz-a-b", "Z" * 200 + "-a-b", "0-set-password", "1-" + "x" * 5_000]
)
def test_a_forged_link_is_a_page_that_says_what_to_do(client: Client, key: str) -> None:
    for response in (
        client.get(f"/accounts/password/reset/key/{key}/"),
        client.post(f"/accounts/password/reset/key/{key}/", NEW),
    ):
        assert response.status_code == 200
        assert "This link no longer works" in response.content.decode()


def test_an_address_without_an_account_gets_a_letter_too_and_the_page_says_the_same(client: Client) -> None:
    make_member("ada")
    known = ask(client)
    letter()
    unknown = ask(client, "nobody@example.org")

    assert known["Location"] == unknown["Location"]
    assert "No account has this address" in letter().body


@pytest.mark.parametrize("email", ["", "nobody", "a\0@example.org", "x" * 10_000 + "@example.org", "🦉"])
def test_what_is_no_address_is_a_fault_of_the_field(client: Client, email: str) -> None:
    response = ask(client, email)
    assert response.status_code == 422
    assert 'id="id_email_error"' in response.content.decode()
    assert mail.outbox == []


def test_asking_again_and_again_is_stopped(client: Client) -> None:
    make_member("ada")
    for _ in range(5):
        ask(client)
    response = ask(client)
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert len(mail.outbox) == 5


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", "", "This field is required"),
        (OTHER_PASSWORD, PASSWORD, "same password"),
        ("12345678", "12345678", "too common"),
        ("ada@example.org", "ada@example.org", "too similar"),
        ("x" * 10_000, "x" * 10_000, "at most 1000"),
    ],
)
def test_a_bad_new_password_is_refused_beside_the_field(client: Client, first: str, second: str, said: str) -> None:
    make_member("ada")
    ask(client)
    form = follow(client, link(letter().body))

    response = client.post(form, {"password1": first, "password2": second})

    assert response.status_code == 422
    assert said in response.content.decode()
    signed_in("ada")


def test_changing_the_password_ends_every_other_session_and_the_tokens(ada: Client) -> None:
    from adaptapedia.accounts.models import User

    user = User.objects.get()
    elsewhere = signed_in("ada")
    RefreshToken.for_user(user)

    response = ada.post("/accounts/password/change/", {"oldpassword": PASSWORD, **NEW})

    assert response["Location"] == "/accounts/"
    assert ada.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
    assert BlacklistedToken.objects.count() == 1
    assert letter().subject == "Your password was changed"
    assert "signed in on one device" in ada.get("/accounts/").content.decode()


def test_changing_takes_the_present_password(ada: Client) -> None:
    response = ada.post("/accounts/password/change/", {"oldpassword": "wrong", **NEW})
    assert response.status_code == 422
    assert "not your present password" in response.content.decode()
    assert mail.outbox == []
