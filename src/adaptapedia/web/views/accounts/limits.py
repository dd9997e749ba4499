"""Too many guesses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WAITS = {
    "account_signup": 3600,
    "account_login": 300,
    "account_reauthenticate": 300,
    "mfa_authenticate": 300,
    "mfa_reauthenticate": 300,
    "mfa_activate_totp": 300,
    "delete-account": 300,
}
"""Seconds after which it is possible again at the latest: the longest window of settings.ACCOUNT_RATE_LIMITS."""
OTHERWISE = 60


def too_many(request: HttpRequest) -> HttpResponse:
    """The page with status 429: allauth calls it, by the name handler429 in our urls."""
    address = request.resolver_match.url_name if request.resolver_match else None
    seconds = WAITS.get(address or "", OTHERWISE)
    response = render(request, "account/too_many.html", {"minutes": seconds // 60}, status=429)
    response["Retry-After"] = str(seconds)
    return response
