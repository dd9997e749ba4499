"""What this is, and where it has its facts from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.freshness import last_readings
from adaptapedia.web.caching import kept_by_caches


@require_safe
@kept_by_caches
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about.html")


@require_safe
@kept_by_caches
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "web/sources.html", {"read": last_readings()})
