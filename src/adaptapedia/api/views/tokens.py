"""Tokens: obtain, refresh, revoke one, revoke all."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from adaptapedia.accounts.tokens import revoke_tokens
from adaptapedia.api import answers, lifetimes, limits, problems, samples, tokens
from adaptapedia.api.limits import Quota
from adaptapedia.api.schema import BODY_PROBLEMS, READ_PROBLEMS, writing
from adaptapedia.api.sign_in import sign_in
from adaptapedia.api.tokens import Pair
from adaptapedia.api.views.base import Endpoint, told

WRITE = ["post", "options"]
REFRESH_PROBLEMS = (*BODY_PROBLEMS, problems.MALFORMED, problems.TOKEN_EXPIRED, problems.TOKEN_REUSED)


class CredentialsForm(serializers.Serializer):
    username = serializers.CharField(max_length=254, help_text=_("The user name or the e-mail address."))
    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, style={"input_type": "password"}, help_text=_("The password.")
    )
    otp = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text=_("The current code of the authenticator app, or a recovery code, where the account has one."),
    )


class RefreshForm(serializers.Serializer):
    refresh = serializers.CharField(max_length=4096, help_text=_("A refresh token."))


class TokenEndpoint(Endpoint):
    """Takes secrets in the body and looks at no header, so that an expired access token is in nobody's way."""

    http_method_names = WRITE
    authentication_classes: list[Any] = []

    def stranger_quota(self) -> Quota:
        return limits.tokens()


@writing(
    "token_obtain",
    _("Obtain tokens"),
    description=_(
        "Sign in by name or e-mail address and password, and with a second factor where the account has one."
    ),
    form=CredentialsForm,
    sent=samples.CREDENTIALS,
    answer=answers.PairAnswer,
    sample=samples.PAIR,
    faults=(
        *BODY_PROBLEMS,
        problems.MALFORMED,
        problems.SIGN_IN_FAILED,
        problems.CODE_REQUIRED,
        problems.EMAIL_UNVERIFIED,
        problems.FORBIDDEN,
    ),
)
class Obtain(TokenEndpoint):
    def post(self, request: Request) -> HttpResponse:
        given = _read(CredentialsForm, request)
        user = sign_in(request._request, name=given["username"], password=given["password"], code=given.get("otp", ""))
        return _told_pair(tokens.issue(user))


@writing(
    "token_refresh",
    _("Refresh tokens"),
    description=_("Uses up a refresh token and gets the next pair. Used twice, it ends all tokens of the account."),
    form=RefreshForm,
    sent=samples.REFRESH,
    answer=answers.PairAnswer,
    sample=samples.PAIR,
    faults=REFRESH_PROBLEMS,
)
class Refresh(TokenEndpoint):
    def post(self, request: Request) -> HttpResponse:
        return _told_pair(tokens.rotate(_read(RefreshForm, request)["refresh"]))


def _said_of_revocation() -> str:
    said = gettext("Ends one refresh token. Access tokens that it got end by themselves, in %(access)s at the latest.")
    return said % {"access": lifetimes.of_access_tokens()}


@writing(
    "token_revoke",
    _("Revoke a token"),
    description=lazy(_said_of_revocation, str)(),
    form=RefreshForm,
    sent=samples.REFRESH,
    faults=REFRESH_PROBLEMS,
)
class Revoke(TokenEndpoint):
    def post(self, request: Request) -> HttpResponse:
        tokens.revoke(_read(RefreshForm, request)["refresh"])
        return HttpResponse(status=204)


@writing(
    "token_revoke_all",
    _("Revoke all tokens"),
    description=_("Ends every token of the account, access tokens too, at once."),
    faults=(*READ_PROBLEMS, problems.SIGN_IN_REQUIRED),
)
class RevokeAll(Endpoint):
    http_method_names = WRITE
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> HttpResponse:
        revoke_tokens(request.user)
        return HttpResponse(status=204)


def _read(form: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    filled = form(data=request.data)
    filled.is_valid(raise_exception=True)
    given: dict[str, Any] = filled.validated_data
    return given


def _told_pair(pair: Pair) -> HttpResponse:
    return told({**asdict(pair), "token_type": "Bearer"})
