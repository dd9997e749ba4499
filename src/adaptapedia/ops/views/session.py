"""Signing in and out of /ops/: the one way in is that of everybody."""

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """To the page where everybody signs in, and from there to `next`, or to where this was asked for."""
    asked = request.GET.get("next", "")
    area = "/admin/" if request.path_info.startswith("/admin/") else "/ops/"
    goal = asked if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}) else area
    if not request.user.is_authenticated:
        return redirect_to_login(goal)
    if not request.user.may_operate:
        raise PermissionDenied(_("These pages are for moderators and administrators; your account is neither."))
    return redirect(goal)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("account_login")
