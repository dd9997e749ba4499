"""Who gets into /ops/: moderators look, administrators also start runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from adaptapedia.accounts.models import User


class OperatorRequest(HttpRequest):
    """A request that has got past `operators_only`."""

    user: User
    htmx: HtmxDetails


P = ParamSpec("P")
OperatorView = Callable[Concatenate[OperatorRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def operators_only(view: OperatorView[P]) -> View[P]:
    """Anonymous people are sent to the sign-in page and back; others without the role get 403 and the reason."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.may_operate):
            raise PermissionDenied(_("These pages are for moderators and administrators; your account is neither."))
        return view(cast(OperatorRequest, request), *args, **kwargs)

    return vary_on_headers("HX-Request")(never_cache(login_required(guarded)))


def administrators_only(view: OperatorView[P]) -> View[P]:
    """For what changes something."""

    @wraps(view)
    def guarded(request: OperatorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_start_runs(request.user):
            raise PermissionDenied(_("Only administrators may start a run. As a moderator you can watch."))
        return view(request, *args, **kwargs)

    return operators_only(guarded)


def may_start_runs(user: User) -> bool:
    return user.role == User.Role.ADMINISTRATOR
