"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - the unspecified address, bound by nobody


def client_address(request: HttpRequest) -> str:
    """The address of the caller, as far as it can be trusted; UNKNOWN when there is none.

    Behind a proxy of ours it is what that proxy saw: the last entry of X-Forwarded-For. Everything before
    it the caller may have made up, and without a proxy the caller may have made up the whole header.
    """
    seen = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_A_PROXY:
        seen.insert(0, request.headers.get("X-Forwarded-For", "").rpartition(",")[2])
    return next(filter(None, map(_address, seen)), UNKNOWN)


def _address(text: str) -> str | None:
    """An address as it is written usually; None for what is none. A port after it is left out."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address).partition("%")[0]
