"""Members, and what is in their mail."""

import re
import time
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from adaptapedia.accounts.models import User

PASSWORD = "a lantern in the library"
OTHER_PASSWORD = "an owl beneath the attic stairs"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_member(name: str, role: str = "user", **more: Any) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD, role=role, **more)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def signed_in(name: str, *, password: str = PASSWORD, **headers: Any) -> Client:
    """A browser of its own, gone through the page to sign in."""
    client = Client(**headers)
    response = client.post("/accounts/login/", {"login": name, "password": password})
    assert response.status_code == 302, response.content.decode()
    return client


def confirm(client: Client, *, password: str = PASSWORD) -> None:
    """Say once more that it is you, as the page before a dangerous act asks."""
    response = client.post("/accounts/reauthenticate/", {"password": password})
    assert response.status_code == 302, response.content.decode()


def give_second_factor(user: User) -> list[str]:
    """The app is set up with SECRET; returns the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).generate_codes()


def code_now(secret: str = SECRET) -> str:
    """What the app shows, waiting for the next when this one is about to go."""
    while time.time() % 30 > 20:
        time.sleep(0.1)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def letter() -> Any:
    """The one e-mail that was sent; the box is empty afterwards."""
    (sent,) = mail.outbox
    mail.outbox.clear()
    return sent


def link(text: str) -> str:
    """The path of the one address of ours in a letter that leads anywhere."""
    (found,) = set(re.findall(r"https?://[^/\s]+(/\S+)", text))
    return str(found)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type="totp").exists()
