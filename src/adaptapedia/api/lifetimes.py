"""For how long tokens live, in words."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext


def of_access_tokens() -> str:
    return _in_words("ACCESS_TOKEN_LIFETIME")


def of_refresh_tokens() -> str:
    return _in_words("REFRESH_TOKEN_LIFETIME")


def _in_words(setting: str) -> str:
    """In days where these are whole, else in minutes."""
    settled: Any = settings.SIMPLE_JWT
    length: timedelta = settled[setting]
    if length.days and not length % timedelta(days=1):
        return ngettext("%(count)d day", "%(count)d days", length.days) % {"count": length.days}
    minutes = round(length / timedelta(minutes=1))
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
