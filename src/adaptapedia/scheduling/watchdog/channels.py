"""Where people are told of troubles: by e-mail, by a webhook that chats take, in Sentry; each where a setting says."""

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sentry_sdk
from django.conf import settings
from django.core.mail import EmailMessage

from adaptapedia.kit.calling import NotTaken, call
from adaptapedia.scheduling.wording import in_a_line

SENT_WITHIN = 3.0
"""Seconds for Sentry's client to hand its events over."""


class NotTold(Exception):
    """A channel did not take a message; the text holds no secret."""


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told: a line, all of it as text, and the same for programs."""

    line: str
    text: str
    fields: Mapping[str, Any]


Channel = Callable[[Message], None]


def channels() -> dict[str, Channel]:
    """The ways that the settings give, by name. Each takes seconds at the most, and raises NotTold."""
    known: dict[str, tuple[Channel, str]] = {
        "email": (by_email, "ALERT_EMAIL"),
        "webhook": (by_webhook, "ALERT_WEBHOOK"),
        "sentry": (to_sentry, "SENTRY_DSN"),
    }
    return {name: tell for name, (tell, setting) in known.items() if getattr(settings, setting, None)}


def by_email(message: Message) -> None:
    """To ALERT_EMAIL, one address or several; EMAIL_TIMEOUT bounds each step."""
    try:
        EmailMessage(message.line[:200], message.text, to=[*settings.ALERT_EMAIL]).send()
    except (OSError, smtplib.SMTPException) as error:
        raise NotTold(f"the mail server does not take it ({in_a_line(error)})") from None


def by_webhook(message: Message) -> None:
    """To ALERT_WEBHOOK. Slack, Mattermost and Teams show `text`, Discord `content`; other fields are for programs."""
    try:
        call(
            str(settings.ALERT_WEBHOOK), told={"text": message.text, "content": message.text[:2_000], **message.fields}
        )
    except NotTaken as error:
        raise NotTold(str(error)) from None


def to_sentry(message: Message) -> None:
    """As a message, an error at the beginning and an info at the end; what begins and ends together is one issue."""
    with sentry_sdk.new_scope() as scope:
        scope.fingerprint = ["adaptapedia.scheduling", *sorted(message.fields["keys"])[:20]]
        scope.set_context("trouble", dict(message.fields))
        sentry_sdk.capture_message(message.line, level="error" if message.fields["event"] == "began" else "info")
    sentry_sdk.flush(SENT_WITHIN)
