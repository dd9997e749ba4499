"""E-mails: written once, as plain text, and set in HTML from the same text, so that the two cannot differ.

A template holds paragraphs with an empty line between them. A paragraph of two lines whose second is an
address becomes a button; the first line is what the button says.
"""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi

MAIL_FAULTS = (smtplib.SMTPException, OSError)
"""What a mail server that is down, stalls or refuses us ends in."""


class MailNotSent(Exception):
    """The mail server did not take an e-mail; nothing of what was asked for has been done."""


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph; with an `address` a button that leads there."""

    text: str
    address: str = ""


def make_letter(
    prefix: str, *, to: str, sender: str, context: dict[str, Any], request: HttpRequest
) -> EmailMultiAlternatives:
    """The e-mail of templates `<prefix>_subject.txt` and `<prefix>_message.txt`, in text and HTML.

    Addresses of ours in the context (`…_url`) lead to the house, whatever host they were made with.
    """
    house = house_of(request)
    ours = {name: house + _path(address) for name, address in context.items() if name.endswith("_url")}
    context = {**context, **ours, "email": to, "house": f"{house}/", "host": urlsplit(house).netloc}
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
    body = render_to_string(f"{prefix}_message.txt", context).strip()
    parts = list(parts_of(body))
    frame = {**context, "subject": subject, "parts": parts, "language": get_language(), "bidi": get_language_bidi()}
    letter = EmailMultiAlternatives(subject, render_to_string("account/email/frame.txt", frame).strip(), sender, [to])
    letter.attach_alternative(render_to_string("account/email/frame.html", frame), "text/html")
    return letter


def house_of(request: HttpRequest) -> str:
    """The site's address, without a slash at its end: settings.SITE_ADDRESS, and only without one the request's host.

    The header Host is the caller's own; a link made of it could take the key in the letter anywhere.
    """
    return settings.SITE_ADDRESS or f"{request.scheme}://{request.get_host()}"


def _path(address: str) -> str:
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def parts_of(body: str) -> Iterator[Part]:
    """The paragraphs of a message, in their order."""
    for paragraph in body.split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if len(lines) == 2 and lines[1].startswith(("http://", "https://")):
            yield Part(lines[0].rstrip(":"), address=lines[1])
        elif lines:
            yield Part("\n".join(lines))
