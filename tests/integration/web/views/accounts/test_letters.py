"""The e-mails, and what happens when the mail server does not take them."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone

from adaptapedia.accounts.models import User
from tests.integration.web.views.accounts.people import (
    OTHER_PASSWORD,
    PASSWORD,
    confirm,
    letter,
    make_member,
    signed_in,
)

pytestmark = pytest.mark.django_db

KINDS = [
    "account/email/email_confirmation_signup",
    "account/email/email_confirmation",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "account/email/password_reset_key",
    "account/email/password_reset",
    "account/email/password_changed",
    "account/email/password_set",
    "account/email/email_changed",
    "account/email/email_deleted",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/recovery_codes_generated",
]
FORM = {"username": "grace", "email": "grace@example.org", "password1": PASSWORD}
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def letter_of(kind: str) -> Any:
    """One e-mail of this kind, as allauth would have it sent."""
    request = RequestFactory(headers={"Host": "localhost"}).get("/")
    about = {
        "user": User(username="ada"),
        "username": "ada",
        "activate_url": "http://localhost/accounts/confirm-email/MQ:1abc:key/",
        "password_reset_url": "http://localhost/accounts/password/reset/key/1-token/",
        "signup_url": "http://localhost/accounts/signup/",
        "from_email": "ada@example.org",
        "to_email": "new@example.org",
        "deleted_email": "old@example.org",
        "ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "timestamp": timezone.now(),
    }
    with context.request_context(request):
        get_adapter().send_mail(kind, "ada@example.org", about)
    return mail.outbox.pop()


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_says_the_same_in_text_and_in_html(kind: str) -> None:
    letter = letter_of(kind)
    ((html, kind_of_html),) = letter.alternatives

    assert kind_of_html == "text/html"
    assert letter.subject.strip()
    assert "\n" not in letter.subject
    assert "{{" not in letter.body + html
    assert "&#x27;" not in letter.body
    assert letter.from_email.startswith("Adaptapedia <")
    assert "http://localhost/" in letter.body
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    for line in letter.body.splitlines():
        if line.strip() and not line.startswith("-- "):
            assert line.strip().removesuffix(":").split(", books")[0] in words.replace("&quot;", '"').replace(
                "&#x27;", "'"
            )
    assert set(re.findall(r"https?://[^\s\"<]+", html)) <= set(re.findall(r"https?://\S+", letter.body))


def test_a_name_with_markup_stays_a_name() -> None:
    request = RequestFactory(headers={"Host": "localhost"}).get("/")
    with context.request_context(request):
        get_adapter().send_mail(
            "account/email/email_confirmation",
            "a@example.org",
            {"user": User(username="<b>&"), "activate_url": "http://localhost/x"},
        )
    letter = mail.outbox.pop()
    assert '"<b>&"' in letter.body
    assert "<b>&" not in letter.alternatives[0][0]


# ---- a mail server that does not take it


@pytest.fixture
def refusing(settings: Any) -> None:
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2


@pytest.fixture
def stalling(settings: Any) -> Iterator[None]:
    """Takes the connection, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.getsockname()[1], 0.2
        yield


@pytest.mark.parametrize("server", ["refusing", "stalling"])
def test_no_account_is_made_when_its_letter_cannot_be_sent(client: Client, request: Any, server: str) -> None:
    request.getfixturevalue(server)

    response = client.post("/accounts/signup/", FORM)

    assert response.status_code == 503
    assert response["Retry-After"] == "300"
    assert "The e-mail was not sent" in response.content.decode()
    assert not User.objects.exists()


def test_after_the_mail_server_is_back_the_same_form_goes_through(client: Client, settings: Any) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert client.post("/accounts/signup/", FORM).status_code == 503
    settings.EMAIL_BACKEND = working

    assert client.post("/accounts/signup/", FORM).status_code == 302

    assert len(mail.outbox) == 1


def test_a_reset_whose_letter_cannot_be_sent_says_so_for_known_and_unknown_alike(
    client: Client, refusing: None
) -> None:
    make_member("ada")
    known = client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 503


def test_a_change_of_address_is_not_half_begun(ada: Client, refusing: None) -> None:
    confirm(ada)
    assert ada.post("/accounts/email/", {"action_add": "", "email": "new@example.org"}).status_code == 503
    assert User.objects.get().emailaddress_set.get().email == "ada@example.org"


def test_a_new_password_holds_even_when_the_letter_about_it_cannot_be_sent(ada: Client, refusing: None) -> None:
    new = {"oldpassword": PASSWORD, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}

    response = ada.post("/accounts/password/change/", new, follow=True)

    assert "could not be sent" in response.content.decode()
    signed_in("ada", password=OTHER_PASSWORD)


def test_without_a_mail_server_the_page_says_where_the_letter_is(client: Client, settings: Any) -> None:
    assert "log of the web server" not in client.get("/accounts/confirm-email/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    for address in ("confirm-email", "password/reset/done"):
        assert "log of the web server" in client.get(f"/accounts/{address}/").content.decode()


def test_without_a_mail_server_the_log_has_the_link(client: Client, settings: Any, capsys: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client.post("/accounts/signup/", FORM)
    assert re.search(r"http://testserver/accounts/confirm-email/\S+/", capsys.readouterr().out)


@pytest.mark.parametrize(
    "sent",
    [
        ("/accounts/signup/", FORM),
        ("/accounts/password/reset/", {"email": "ada@example.org"}),
        ("/accounts/password/reset/", {"email": "nobody@example.org"}),
        ("/accounts/signup/", {**FORM, "email": "ada@example.org"}),
    ],
    ids=["confirm", "reset", "unknown", "twice"],
)
def test_links_lead_to_the_site_whatever_host_the_request_names(client: Client, settings: Any, sent: Any) -> None:
    make_member("ada")
    settings.SITE_ADDRESS = "https://adaptapedia.example.org"
    address, form = sent
    client.post(address, form, headers={"Host": "localhost:1"})

    told = letter()
    for text in (told.body, told.alternatives[0].content):
        assert "https://adaptapedia.example.org/accounts/" in text
        assert "localhost" not in text


def test_without_a_name_of_its_own_the_site_is_where_the_request_came_to(client: Client) -> None:
    client.post("/accounts/signup/", FORM, headers={"Host": "localhost:8000"})
    assert "http://localhost:8000/accounts/confirm-email/" in letter().body


@pytest.mark.parametrize("kind", ["account/email/password_changed", "mfa/email/totp_deactivated"])
def test_what_an_administrator_did_is_told_without_where_they_were(kind: str) -> None:
    request = RequestFactory(headers={"Host": "localhost"}).get("/")
    with context.request_context(request):
        about = {"by_administrator": True, "ip": "203.0.113.7", "user_agent": "Firefox", "timestamp": timezone.now()}
        get_adapter().send_mail(kind, "ada@example.org", about)
    told = letter()
    assert "An administrator of the site did it" in told.body
    assert "203.0.113.7" not in told.body
