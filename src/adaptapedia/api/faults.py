"""From an exception, ours, Django's or the framework's, to the problem that it is."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions

from adaptapedia.api import problems
from adaptapedia.api.problems import Problem, answer_of
from adaptapedia.catalogue.bounded import TookTooLong

log = logging.getLogger("django.request")


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The framework's handler of exceptions: a problem for each, and what nobody foresaw is logged and signalled."""
    request = context["request"]
    problem = problem_of(error)
    if problem.kind is problems.INTERNAL_ERROR:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        got_request_exception.send(sender=type(context.get("view")), request=request._request)
    elif problem.kind is problems.UNAVAILABLE:
        log.warning("%s %s could not be answered: %s", request.method, request.path, error)
    return answer_of(problem, path=request.path)


def problem_of(error: Exception) -> Problem:
    """The problem that an exception stands for."""
    match error:
        case Problem():
            return error
        case exceptions.ValidationError():
            return problems.invalid(_by_field(error.detail))
        case exceptions.ParseError():
            return Problem(problems.MALFORMED, _("The body cannot be read: %(why)s") % {"why": error.detail})
        case Http404() | exceptions.NotFound():
            return Problem(problems.NOT_FOUND, _("There is nothing at this address."))
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem(problems.FORBIDDEN, _("This account may not do this."))
        case exceptions.NotAuthenticated():
            detail = _("Send an access token: Authorization: Bearer followed by the token.")
            return Problem(problems.SIGN_IN_REQUIRED, detail)
        case RequestDataTooBig():
            return Problem(problems.TOO_LARGE, _("The body is larger than what is read."))
        case SuspiciousOperation() | BadRequest():
            return Problem(problems.MALFORMED, _("The request breaks the rules of HTTP or of this site."))
        case OperationalError() | InterfaceError():
            return problems.unavailable(_("The database did not answer. Nothing has been changed."))
        case RedisError():
            return problems.unavailable(_("The cache did not answer. Nothing has been changed."))
        case TookTooLong():
            detail = _("So little fits these filters that it was not found in time. Narrow them, or ask again later.")
            return Problem(problems.TOO_BROAD, detail)
        case exceptions.APIException() if error.status_code in problems.BY_STATUS:
            return Problem(problems.BY_STATUS[error.status_code], str(error.detail))
    return Problem(problems.INTERNAL_ERROR, _("The fault is ours and has been written down."))


def _by_field(detail: Any, name: str = "") -> dict[str, list[str]]:
    """The errors of a form, nested or not, flat: "a.b" is the field b within a. An error of the whole is at "body"."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            inner = name if key == "non_field_errors" else f"{name}.{key}" if name else str(key)
            found |= _by_field(value, inner)
        return found
    return {name or "body": [str(message) for message in (detail if isinstance(detail, list) else [detail])]}
