"""What can go wrong under /api/: every kind of problem, with its stable type and its own page (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adaptapedia.api import lifetimes

MEDIA_TYPE = "application/problem+json"
PAGES = "/api/v1/problems/"
REALM = 'Bearer realm="Adaptapedia"'
TRY_AGAIN_AFTER = 5
"""Seconds, when the database or the cache is away."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the status it goes with, its title, and what its page says of cause and remedy."""

    name: str
    status: int
    title: str | Promise
    meaning: str | Promise

    @property
    def address(self) -> str:
        """The `type` of problems of this kind, which is also where its page stands."""
        return f"{PAGES}{self.name}/"


class Problem(Exception):
    """An answer other than the one that was asked for; `detail` is a sentence about this very case."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.members = dict(members or {})
        self.headers = dict(headers or {})


def answer_of(problem: Problem, *, path: str) -> HttpResponse:
    """The problem as an answer to a request for this path."""
    body = {
        "type": problem.kind.address,
        "title": str(problem.kind.title),
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": path,
        **problem.members,
    }
    answer = HttpResponse(orjson.dumps(body), status=problem.kind.status, content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "no-store"
    if problem.kind.status == 401:
        about_token = problem.kind.name.startswith("token-")
        answer["WWW-Authenticate"] = f'{REALM}, error="invalid_token"' if about_token else REALM
    for name, value in problem.headers.items():
        answer[name] = value
    return answer


def invalid(errors: Mapping[str, list[str]]) -> Problem:
    """Parameters or fields that cannot be read; for each of them what is wrong."""
    named = ", ".join(sorted(errors))
    return Problem(
        INVALID, _("What was given cannot be used: %(names)s.") % {"names": named}, members={"errors": errors}
    )


def unavailable(detail: str) -> Problem:
    """Something that an answer stands on is away for the moment."""
    return Problem(UNAVAILABLE, detail, headers={"Retry-After": str(TRY_AGAIN_AFTER)})


_KINDS: list[Kind] = []


def _said_of_expiry() -> str:
    return _(
        "Access tokens live for %(access)s and refresh tokens for %(refresh)s. Obtain a new access token with the "
        "refresh token, or sign in again where that has expired too."
    ) % {"access": lifetimes.of_access_tokens(), "refresh": lifetimes.of_refresh_tokens()}


def _kind(name: str, status: int, title: str | Promise, meaning: str | Promise) -> Kind:
    _KINDS.append(Kind(name, status, title, meaning))
    return _KINDS[-1]


INVALID = _kind(
    "invalid",
    400,
    gettext_lazy("A parameter or field cannot be used"),
    gettext_lazy(
        "A query parameter or a field of the body is unknown, missing, or has a value of the wrong kind. "
        "The member errors names each of them and says what is wrong with it. Correct them and ask again."
    ),
)
INVALID_CURSOR = _kind(
    "invalid-cursor",
    400,
    gettext_lazy("The cursor does not belong here"),
    gettext_lazy(
        "A cursor is valid for the list, the filters and the order that it was given out for, and cannot be made up. "
        "Take it from the members next and previous as it stands, or begin again without one."
    ),
)
MALFORMED = _kind(
    "malformed",
    400,
    gettext_lazy("The request cannot be read"),
    gettext_lazy(
        "The body is not JSON, not UTF-8 or nested too deeply, or the request breaks the rules of HTTP. "
        "The member detail says where reading stopped."
    ),
)
SIGN_IN_REQUIRED = _kind(
    "sign-in-required",
    401,
    gettext_lazy("This needs an access token"),
    gettext_lazy(
        "Only somebody who is signed in may do this. Obtain an access token and send it as Authorization: Bearer."
    ),
)
SIGN_IN_FAILED = _kind(
    "sign-in-failed",
    401,
    gettext_lazy("Name or password is wrong"),
    gettext_lazy(
        "No active account has this name or e-mail address with this password. Which of them is wrong is not said. "
        "A forgotten password can be reset on the site."
    ),
)
CODE_REQUIRED = _kind(
    "code-required",
    401,
    gettext_lazy("A one-time code is needed"),
    gettext_lazy(
        "This account signs in with a second factor. Send the current code of the authenticator app, or one of the "
        "recovery codes, as the field otp, together with name and password."
    ),
)
TOKEN_INVALID = _kind(
    "token-invalid",
    401,
    gettext_lazy("The token is not valid"),
    gettext_lazy(
        "The token is not one of ours, is of the other sort (an access token is not a refresh token), has been "
        "revoked, or belongs to an account that is closed or whose password has changed since. Sign in again."
    ),
)
TOKEN_EXPIRED = _kind(
    "token-expired",
    401,
    gettext_lazy("The token has expired"),
    lazy(_said_of_expiry, str)(),
)
TOKEN_REUSED = _kind(
    "token-reused",
    401,
    gettext_lazy("The refresh token has been used before"),
    gettext_lazy(
        "A refresh token can be used once, and this one was. Either two programs share it or somebody has stolen it, "
        "so every token of the account has been revoked. Sign in again, and change the password if this is a surprise."
    ),
)
FORBIDDEN = _kind(
    "forbidden",
    403,
    gettext_lazy("This is not allowed"),
    gettext_lazy("The account is known, but may not do this. The member detail says what is missing."),
)
EMAIL_UNVERIFIED = _kind(
    "email-unverified",
    403,
    gettext_lazy("The e-mail address has not been confirmed"),
    gettext_lazy(
        "Tokens are given to accounts whose e-mail address is confirmed. Follow the link in the e-mail that came when "
        "the account was made, or have it sent again by signing in on the site."
    ),
)
NOT_FOUND = _kind(
    "not-found",
    404,
    gettext_lazy("There is nothing at this address"),
    gettext_lazy("No entry has this number, or no part of the API has this address. The root, /api/v1/, links to all."),
)
METHOD_NOT_ALLOWED = _kind(
    "method-not-allowed",
    405,
    gettext_lazy("The method is not for this address"),
    gettext_lazy("The address exists, but does not answer to this method. The header Allow lists those it answers to."),
)
NOT_ACCEPTABLE = _kind(
    "not-acceptable",
    406,
    gettext_lazy("There is no such representation"),
    gettext_lazy("Answers are application/json, problems application/problem+json. Allow these in the header Accept."),
)
GONE = _kind(
    "gone",
    410,
    gettext_lazy("The entry has been retired"),
    gettext_lazy(
        "The entry stood here once and has been taken out of the catalogue, for instance as a duplicate. Its number is "
        "never given to another. Forget it."
    ),
)
TOO_LARGE = _kind(
    "too-large",
    413,
    gettext_lazy("The body is too large"),
    gettext_lazy("No request to this API needs a body of more than 64 KiB. Send only the fields that are described."),
)
UNSUPPORTED_MEDIA_TYPE = _kind(
    "unsupported-media-type",
    415,
    gettext_lazy("The body is of a kind that is not read"),
    gettext_lazy("Bodies are read as JSON. Send them with Content-Type: application/json."),
)
TOO_BROAD = _kind(
    "too-broad",
    422,
    gettext_lazy("The query takes too long"),
    gettext_lazy(
        "A list is read for half a second at the most, and was not found in that time: its filters fit few entries "
        "among very many. Add one that says more (q, wikidata, slug, person, or years with ordering=year), or ask "
        "again when the site is less busy."
    ),
)
TOO_MANY_REQUESTS = _kind(
    "too-many-requests",
    429,
    gettext_lazy("Too many requests"),
    gettext_lazy(
        "The limit for this address or account is used up. Wait the seconds that the header Retry-After gives. Access "
        "tokens raise the limit; the headers RateLimit say how much is left."
    ),
)
INTERNAL_ERROR = _kind(
    "internal-error",
    500,
    gettext_lazy("Something failed on our side"),
    gettext_lazy("The fault is ours and has been written down. Trying again later may work."),
)
UNAVAILABLE = _kind(
    "unavailable",
    503,
    gettext_lazy("This cannot be answered now"),
    gettext_lazy(
        "The database or the cache is away or too busy to answer. Without the cache the catalogue can be read, but "
        "nobody signs in. Try again after the seconds that the header Retry-After gives."
    ),
)
MAINTENANCE = _kind(
    "maintenance",
    503,
    gettext_lazy("Maintenance"),
    gettext_lazy(
        "The site is being worked on, and answers nobody meanwhile. Nothing is lost. The member detail says what the "
        "operators have to say; ask again after the seconds that the header Retry-After gives."
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
BY_STATUS: Mapping[int, Kind] = {
    400: MALFORMED,
    401: SIGN_IN_REQUIRED,
    403: FORBIDDEN,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    406: NOT_ACCEPTABLE,
    410: GONE,
    413: TOO_LARGE,
    415: UNSUPPORTED_MEDIA_TYPE,
    429: TOO_MANY_REQUESTS,
    500: INTERNAL_ERROR,
    503: UNAVAILABLE,
}
"""Which kind an answer is of that was given with no more than a status, by Django itself for instance."""
