"""What every endpoint does: count the request, check its parameters, answer with JSON that a cache can check."""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from adaptapedia.api import limits, problems
from adaptapedia.api.json import JSONRenderer, written
from adaptapedia.api.limits import Quota, Spent
from adaptapedia.api.problems import Problem

READ = ["get", "head", "options"]
KEPT_FOR = 60
"""Seconds that an answer to a reader may be kept for before it is asked for again."""


class Endpoint(APIView):
    """An address of the API. `parameters` is the form of its query; without one it takes none."""

    renderer_classes = [JSONRenderer]
    parameters: ClassVar[type[Serializer] | None] = None
    spent: Spent | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Counts before anything else, forged tokens as much as none at all."""
        refused: Exception | None = None
        try:
            user = request.user
            signed_in = user.is_authenticated
        except (AuthenticationFailed, Problem) as error:
            refused, signed_in = error, False
        self.spent = (
            limits.spend(limits.signed_in(), str(user.pk))
            if signed_in
            else limits.spend(self.stranger_quota(), limits.address_of(request._request))
        )
        if self.spent.exceeded:
            raise self.spent.refusal()
        if refused:
            raise refused
        super().initial(request, *args, **kwargs)
        self.refuse_unknown_parameters(request)

    def stranger_quota(self) -> Quota:
        return limits.anonymous()

    def refuse_unknown_parameters(self, request: Request) -> None:
        """Raises Problem when the query has a parameter that this address does not know, or one twice."""
        known = list(self.parameters().fields) if self.parameters and request.method in {"GET", "HEAD"} else []
        errors: dict[str, list[str]] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[_shown(name)] = [_unknown(known)]
            elif len(values) > 1:
                errors[name] = [_("This parameter may be given once.")]
        if errors:
            raise problems.invalid(errors)

    def given(self, request: Request) -> dict[str, Any]:
        """The query's parameters by the form, in their types. One that is empty counts as not given."""
        assert self.parameters is not None
        filled = {name: value for name, value in request.query_params.items() if value != ""}
        form = self.parameters(data=filled)
        form.is_valid(raise_exception=True)
        return {name: value for name, value in form.validated_data.items() if value is not None}

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """No more than the header Allow."""
        return HttpResponse(status=204)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        answer: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        if self.spent:
            limits.tell(answer, self.spent)
        if not answer.has_header("Cache-Control"):
            answer["Cache-Control"] = "no-store"
        return answer


def told(data: Any, *, status: int = 200) -> HttpResponse:
    """JSON that nobody keeps."""
    return HttpResponse(written(data), status=status, content_type="application/json")


def told_to_readers(
    request: Request, data: Any, *, headers: Mapping[str, str] | None = None, media_type: str = "application/json"
) -> HttpResponse:
    """JSON that may be kept for a minute, with the ETag of its content; 304 and no content to who has it already.

    Shared caches keep what was said to strangers alone: an account's answers say how much it has left.
    """
    body = written(data)
    etag = quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    if _has_already(request, etag):
        answer = HttpResponse(status=304)
        del answer["Content-Type"]
    else:
        answer = HttpResponse(body, content_type=media_type)
    answer["ETag"] = etag
    scope = "private" if "Authorization" in request.headers else "public"
    answer["Cache-Control"] = f"{scope}, max-age={KEPT_FOR}"
    patch_vary_headers(answer, ["Authorization"])
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def _has_already(request: Request, etag: str) -> bool:
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in known or any(one.removeprefix("W/") == etag for one in known)


def _shown(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:79]}…"


def _unknown(known: list[str]) -> str:
    if not known:
        return _("This address takes no parameters.")
    return _("There is no such parameter. These exist: %(names)s.") % {"names": ", ".join(sorted(known))}
