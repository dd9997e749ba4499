"""Too many guesses."""

import math

from allauth.core.internal.ratelimit import get_rates
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

COUNTED = {
    "account_signup": ("signup",),
    "account_login": ("login", "login_failed"),
    "account_email": ("manage_email",),
    "account_reset_password": ("reset_password",),
    "account_reset_password_from_key": ("reset_password_from_key",),
    "account_change_password": ("change_password", "login_failed"),
    "account_set_password": ("change_password",),
    "account_reauthenticate": ("reauthenticate", "login_failed"),
    "mfa_authenticate": ("login_failed",),
    "mfa_reauthenticate": ("reauthenticate", "login_failed"),
    "mfa_activate_totp": ("login_failed",),
    "delete-account": ("reauthenticate", "login_failed"),
}
"""What allauth counts at which address, and answers with 429. (Confirmations too many it does not send, silently.)"""
OTHERWISE = 60


def too_many(request: HttpRequest) -> HttpResponse:
    """The page with status 429: allauth calls it, by the name handler429 in our urls."""
    address = request.resolver_match.url_name if request.resolver_match else None
    seconds = _longest(COUNTED.get(address or "", ()))
    response = render(request, "account/too_many.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _longest(actions: tuple[str, ...]) -> int:
    """Seconds after which it is possible again at the latest: the longest window that may have been used up."""
    windows = [rate.duration for action in actions for rate in get_rates(app="allauth.account", action=action)]
    return math.ceil(max(windows, default=OTHERWISE))
