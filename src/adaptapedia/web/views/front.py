"""The front page: what this is, and how much of it there is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.queries import catalogue_figures


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "web/front.html", {"figures": catalogue_figures()})
