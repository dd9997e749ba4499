"""Under /api/ every refusal is a problem, also one that Django or maintenance gives before or beside the endpoints."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from adaptapedia.api import problems
from adaptapedia.api.problems import MEDIA_TYPE, Problem, answer_of


class Problems:
    """Gives a refusal without a problem (a page of HTML, an empty answer) the body of one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if answer.status_code < 400 or not request.path_info.startswith("/api/"):
            return answer
        if answer.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return answer
        return _retold(request, answer)


def _retold(request: HttpRequest, answer: HttpResponseBase) -> HttpResponse:
    kind = problems.BY_STATUS.get(
        answer.status_code, problems.MALFORMED if answer.status_code < 500 else problems.UNAVAILABLE
    )
    kept = {name: value for name, value in answer.headers.items() if name in {"Allow", "Retry-After"}}
    detail = _("%(title)s.") % {"title": kind.title}
    if said := getattr(request, "maintenance", None):  # left there by the middleware that refused it
        kind = problems.MAINTENANCE
        detail = said.message or _("The site is being worked on. Ask again after the time in Retry-After.")
    return answer_of(Problem(kind, detail, headers=kept), path=request.path)
