"""An act of /accounts/ is done wholly or not at all, and says so when it cannot be done."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from adaptapedia.accounts.letters import MailNotSent

View = Callable[..., HttpResponseBase]
SAFE = {"GET", "HEAD", "OPTIONS"}
UNPROCESSABLE = 422
UNAVAILABLE = 503


def all_or_nothing(view: View) -> View:
    """What is asked for happens in one transaction. It is undone when its e-mail cannot be sent.

    Without the cache nobody counts guesses, so nothing is checked either: the page says so, with status 503.
    A form with faults comes back with status 422. Nothing is kept by any cache.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method in SAFE:
                return view(request, *args, **kwargs)
            return _told(_at_once(view, request, *args, **kwargs))
        except MailNotSent:
            return _unavailable(request, "account/mail_not_sent.html", seconds=300)
        except RedisError:
            return _unavailable(request, "account/closed_for_now.html", seconds=30)

    return never_cache(guarded)


def _at_once(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        with transaction.atomic():
            return view(request, *args, **kwargs)
    except IntegrityError:
        # Somebody else was first with a name or an address: the second look finds it taken, and says so.
        with transaction.atomic():
            return view(request, *args, **kwargs)


def _told(response: HttpResponseBase) -> HttpResponseBase:
    form = (getattr(response, "context_data", None) or {}).get("form")
    if isinstance(response, TemplateResponse) and form is not None and form.errors and response.status_code == 200:
        response.status_code = UNPROCESSABLE
    return response


def _unavailable(request: HttpRequest, template: str, *, seconds: int) -> HttpResponseBase:
    response = render(request, template, status=UNAVAILABLE)
    response["Retry-After"] = str(seconds)
    return response
