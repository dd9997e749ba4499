"""What Django shows of settings, requests and variables when something breaks, without the secrets.

Django goes by names, which tell some of them alone: the password of REDIS_URL is also in what is made of it, and in
whatever variable holds that. So it is the secrets themselves that are looked for.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from pprint import pformat
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from adaptapedia.config import KEYS, SERVERS, UPSTREAMS
from adaptapedia.kit.addresses import secrets_of
from adaptapedia.sources.fetching import spellings


def hide_secrets(text: str) -> str:
    """`text` without the secrets of the settings, however they are spelt: in an address, in HTML, in Python."""
    return _secrets().sub("…", text)


class Filter(SafeExceptionReporterFilter):
    """Settings, headers and variables."""

    def cleanse_setting(self, key: str | int, value: Any) -> Any:
        cleansed = super().cleanse_setting(key, value)
        return hide_secrets(cleansed) if isinstance(cleansed, str) else cleansed

    def get_traceback_frame_variables(self, request: HttpRequest, tb_frame: FrameType) -> Any:
        """Hidden here already: what is long is cut off later, perhaps within a secret."""
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return [(name, _Hiding(value)) for name, value in variables]


class Report(ExceptionReporter):
    """All of the page, also what the error itself says."""

    def get_traceback_html(self) -> SafeString:
        return SafeString(hide_secrets(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        return SafeString(hide_secrets(super().get_traceback_text()))


class _Hiding:
    """Prints as a value does, without secrets."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        return hide_secrets(pformat(self._value))


@cache
def _secrets() -> re.Pattern[str]:
    spelt = {form for word in spellings(_words()) for form in (word, repr(word)[1:-1])}
    return re.compile("|".join(re.escape(form) for form in _longest_first({*spelt, *map(escape, spelt)})))


def _longest_first(words: set[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _words() -> Iterator[str]:
    """The secrets, as they were set."""
    yield from (settings.SECRET_KEY, str(settings.SIMPLE_JWT["SIGNING_KEY"]), *_values(KEYS))
    yield urlsplit(settings.SENTRY_DSN or "").username or ""
    for address in _values(UPSTREAMS):
        yield from secrets_of(address)
    for address in _values(SERVERS):
        yield from secrets_of(_without_options(address))


def _values(names: set[str]) -> Iterator[str]:
    for name in names:
        value: str | tuple[str, ...] | None = getattr(settings.CONFIG, name.lower())
        if isinstance(value, str):
            yield value
        else:
            yield from value or ()


def _without_options(address: str) -> str:
    """An address of a server with its passwords alone: the other options are words such as `True`."""
    parts = urlsplit(address)
    passwords = [(name, value) for name, value in parse_qsl(parts.query) if "pass" in name]
    return parts._replace(query=urlencode(passwords)).geturl()
