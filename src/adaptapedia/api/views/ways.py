"""The root, which links to everything, and every address that leads nowhere."""

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from adaptapedia.api import answers, problems, samples
from adaptapedia.api.problems import Problem
from adaptapedia.api.schema import reading
from adaptapedia.api.views.base import READ, Endpoint, told_to_readers

LINKED = {
    "works": "api:works",
    "screen_works": "api:screen-works",
    "adaptations": "api:adaptations",
    "people": "api:people",
    "statistics": "api:statistics",
    "statistics_history": "api:statistics-history",
    "token": "api:token",
    "token_refresh": "api:token-refresh",
    "token_revoke": "api:token-revoke",
    "token_revoke_all": "api:token-revoke-all",
    "schema": "api:schema",
    "docs": "api:docs",
    "problems": "api:problems",
}
SAMPLED = {"screen_works": "screen-works", "token_revoke_all": "token/revoke-all"}
"""Where the words of a name are no folders of its address: no address can be asked for while views are made."""


@reading(
    "root_read",
    gettext_lazy("Find everything"),
    answers.RootAnswer,
    {name: f"{samples.API}{SAMPLED.get(name, name.replace('_', '/'))}/" for name in LINKED},
    tag="ways",
)
class Root(Endpoint):
    http_method_names = READ

    def get(self, request: Request) -> HttpResponse:
        links = {name: request.build_absolute_uri(reverse(view)) for name, view in LINKED.items()}
        return told_to_readers(request, links)


class Nowhere(Endpoint):
    """Whatever is asked of an address that does not exist, it is the address that is wrong."""

    schema = None
    http_method_names = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]

    def refuse_unknown_parameters(self, request: Request) -> None:
        """The address is wrong, whatever stands behind it."""

    def _refuse(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        whole = f"{request.path_info}/"
        if request.path_info.endswith("/") or not _leads_somewhere(whole):
            raise Problem(problems.NOT_FOUND, _("The API has no such address. Its root, /api/v1/, links to all."))
        if request.method in {"GET", "HEAD"}:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{whole}?{query}" if query else whole)
        detail = _("Addresses of the API end in a slash: %(address)s") % {"address": whole}
        raise Problem(problems.NOT_FOUND, detail)

    get = post = put = patch = delete = trace = options = _refuse


def _leads_somewhere(address: str) -> bool:
    try:
        return resolve(address).view_name not in {"api:nowhere", "api-nowhere"}
    except Resolver404:
        return False
