"""The site with three addresses more, behind which something goes wrong."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from adaptapedia import urls

FAULTS = {"400": SuspiciousOperation, "403": PermissionDenied, "500": RuntimeError}


def fail(request: HttpRequest, fault: str) -> HttpResponse:
    raise FAULTS[fault]


urlpatterns = [*urls.urlpatterns, path("faulty/<fault>/", fail)]
handler404, handler500, handler429 = urls.handler404, urls.handler500, urls.handler429
