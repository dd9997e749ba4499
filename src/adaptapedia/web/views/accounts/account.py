"""A person's own pages: the overview, the sessions, the tokens, the data, the end."""

from collections.abc import Callable
from typing import cast

import orjson
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from adaptapedia.accounts.belongings import account_data
from adaptapedia.accounts.deletion import LastAdministrator, delete_account, is_last_administrator
from adaptapedia.accounts.models import User
from adaptapedia.accounts.second_factor import has_second_factor, must_have_second_factor
from adaptapedia.accounts.sessions import end_sessions, sessions_of
from adaptapedia.accounts.tokens import revoke_tokens
from adaptapedia.catalogue.editors import edits_of
from adaptapedia.web.forms import DeleteAccountForm
from adaptapedia.web.views.accounts.all_or_nothing import View, all_or_nothing

confirmed = cast(Callable[[View], View], reauthentication_required)  # has said once more that it is they


@all_or_nothing
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What the account is, and the way to everything that can be done with it."""
    user = cast(User, request.user)
    tokens = OutstandingToken.objects.filter(
        user=user, expires_at__gt=timezone.now(), blacklistedtoken__isnull=True
    ).count()
    context = {
        "address": EmailAddress.objects.get_primary(user),
        "pending": EmailAddress.objects.get_new(user),
        "sessions": len(sessions_of(user)),
        "second_factor": has_second_factor(user),
        "tokens": tokens,
    }
    return render(request, "account/overview.html", context)


@all_or_nothing
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in; POST ends one session (`session`), or all others without a number."""
    user = cast(User, request.user)
    if request.method == "POST":
        return _end(request, user)
    context = {"sessions": sessions_of(user), "here": request.session.session_key}
    return render(request, "usersessions/usersession_list.html", context)


def _end(request: HttpRequest, user: User) -> HttpResponse:
    here = request.session.session_key
    number = request.POST.get("session", "")
    if not number:
        ended = end_sessions(user, except_key=here)
        messages.success(
            request, ngettext("%(n)s other session ended.", "%(n)s other sessions ended.", ended) % {"n": ended}
        )
        return redirect("usersessions_list")
    theirs = next((one for one in sessions_of(user) if str(one.pk) == number), None)
    if theirs is None:
        raise Http404
    if theirs.session_key == here:
        logout(request)
        return redirect("account_login")
    end_sessions(user, only=theirs.pk)
    messages.success(request, _("The session has ended."))
    return redirect("usersessions_list")


@all_or_nothing
@login_required
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """End all programs' tokens."""
    ended = revoke_tokens(cast(User, request.user))
    told = ngettext("Done: %(n)s program is signed out.", "Done: %(n)s programs are signed out.", ended) % {"n": ended}
    messages.success(request, told)
    return redirect("web:account")


@all_or_nothing
@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why an operator cannot go on, and what to do."""
    user = cast(User, request.user)
    if has_second_factor(user) or not must_have_second_factor(user):
        return redirect("web:account")
    return render(request, "account/second_factor_required.html")


@all_or_nothing
@login_required
@confirmed
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Everything that the site holds on the person, as a file of JSON."""
    user = cast(User, request.user)
    held = {"made_at": timezone.now(), **account_data(user), "edits": edits_of(user)}
    text = orjson.dumps(held, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="adaptapedia-account-{user.pk}.json"'
    return response


@all_or_nothing
@login_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Says what goes, asks for password and name, and deletes the account."""
    user = cast(User, request.user)
    form = DeleteAccountForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            delete_account(user)
        except LastAdministrator:
            return render(request, "account/delete.html", {"form": form, "last": True}, status=409)
        logout(request)
        return redirect("web:account-deleted")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "last": is_last_administrator(user)}
    return render(request, "account/delete.html", context, status=status)


@require_safe
def deleted(request: HttpRequest) -> HttpResponseBase:
    return render(request, "account/deleted.html")
