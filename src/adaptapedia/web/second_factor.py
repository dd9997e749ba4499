"""Keeps /ops/ and /admin/ closed to operators without a second factor, and says how to set one up."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from adaptapedia.accounts.models import User
from adaptapedia.accounts.second_factor import has_second_factor, must_have_second_factor

CLOSED = ("/ops/", "/admin/")
OPEN = ("/ops/sign-in/", "/ops/sign-out/", "/admin/login/", "/admin/logout/")


class SecondFactorOfOperators:
    """Middleware. What is asked of whom is settled in `accounts.second_factor`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_closed(request.path_info) and _lacks_factor(request):
            return redirect_to_login(request.get_full_path(), reverse("web:second-factor"))
        return self.get_response(request)


def _is_closed(path: str) -> bool:
    return path.startswith(CLOSED) and path not in OPEN


def _lacks_factor(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and must_have_second_factor(user) and not has_second_factor(user)
