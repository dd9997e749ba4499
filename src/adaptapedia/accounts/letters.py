"""E-mails: written once, as plain text, and set in HTML from the same text, so that the two cannot differ.

A template holds paragraphs with an empty line between them. A paragraph of two lines whose second is an
address becomes a button; the first line is what the button says.
"""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
    """The e-mail of templates `<prefix>_subject.txt` and `<prefix>_message.txt`, in text and HTML."""
    context = {**context, "email": to, "house": request.build_absolute_uri("/"), "host": request.get_host()}
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
    body = render_to_string(f"{prefix}_message.txt", context).strip()
    parts = list(parts_of(body))
    frame = {**context, "subject": subject, "parts": parts, "language": get_language(), "bidi": get_language_bidi()}
    letter = EmailMultiAlternatives(subject, render_to_string("account/email/frame.txt", frame).strip(), sender, [to])
    letter.attach_alternative(render_to_string("account/email/frame.html", frame), "text/html")
    return letter


def parts_of(body: str) -> Iterator[Part]:
    """The paragraphs of a message, in their order."""
    for paragraph in body.split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if len(lines) == 2 and lines[1].startswith(("http://", "https://")):
            yield Part(lines[0].rstrip(":"), address=lines[1])
        elif lines:
            yield Part("\n".join(lines))
