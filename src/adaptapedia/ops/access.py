"""Who gets into /ops/: moderators look, administrators also start runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers

from adaptapedia.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def operators_only(view: View[P]) -> View[P]:
    """Anonymous people are sent to the sign-in page and back; others without the role get 403 and the reason."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_operate(request):
            raise PermissionDenied(
                _("These pages are for moderators and administrators. You are signed in as a reader.")
            )
        return view(request, *args, **kwargs)

    return vary_on_headers("HX-Request")(never_cache(login_required(guarded)))


def administrators_only(view: View[P]) -> View[P]:
    """For what changes something."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_start_runs(request):
            raise PermissionDenied(_("Only administrators may start a run. As a moderator you can watch."))
        return view(request, *args, **kwargs)

    return operators_only(guarded)


def may_operate(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.may_operate


def may_start_runs(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.role == User.Role.ADMINISTRATOR
