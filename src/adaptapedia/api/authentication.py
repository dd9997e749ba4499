"""Who is asking: whoever the access token speaks for. Cookies mean nothing here, so nothing can be forged by them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from adaptapedia.accounts.models import User
from adaptapedia.api import problems, tokens
from adaptapedia.api.problems import Problem


class BearerAuthentication(BaseAuthentication):
    """Authorization: Bearer, and an access token of ours. Anything else in that header is refused, not passed over."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        given = request.META.get("HTTP_AUTHORIZATION", "").split()
        if not given:
            return None
        if len(given) != 2 or given[0].lower() != "bearer":
            detail = _("The header Authorization must be the word Bearer, a space, and an access token.")
            raise Problem(problems.TOKEN_INVALID, detail)
        return tokens.owner_of_access(given[1]), given[1]

    def authenticate_header(self, request: Request) -> str:
        return problems.REALM


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema calls it."""

    target_class = "adaptapedia.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
