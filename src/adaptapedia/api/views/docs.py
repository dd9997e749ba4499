"""The pages about the API: every operation with a form to try it, and every kind of problem."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from adaptapedia.api import problems
from adaptapedia.api.reference import operation_of, operations_by_tag, titles

with_the_readers_name = cache_control(private=True, no_cache=True)
"""For pages that show who is signed in: kept by nobody else, and asked for anew."""


@require_safe
@with_the_readers_name
def docs(request: HttpRequest) -> HttpResponse:
    """Everything that the schema says, for people."""
    operations = operations_by_tag()
    site = request.build_absolute_uri("/")
    parts = [(tag, title, [one.at(site) for one in operations.get(tag, ())]) for tag, title in titles().items()]
    limits = {
        "window": settings.API_WINDOW,
        "anonymous": settings.API_ANONYMOUS_REQUESTS,
        "signed_in": settings.API_SIGNED_IN_REQUESTS,
    }
    root = request.build_absolute_uri(reverse("api:root"))
    return render(request, "api/docs.html", {"parts": parts, "limits": limits, "root": root})


@require_safe
def open_operation(request: HttpRequest, operation: str) -> HttpResponse:
    """From the numbers given in a form to the address that has them in its path."""
    wanted = operation_of(operation)
    if wanted is None or wanted.method != "GET":
        raise Http404
    address = wanted.path
    for value in wanted.in_path:
        given = request.GET.get(value.name, "")
        if not (given.isascii() and given.isdigit() and len(given) <= 19):
            raise Http404
        address = address.replace(f"{{{value.name}}}", given)
    return redirect(address)


@require_safe
@with_the_readers_name
def problem_pages(request: HttpRequest) -> HttpResponse:
    """All kinds of problem."""
    return render(request, "api/problems.html", {"kinds": problems.KINDS.values()})


@require_safe
@with_the_readers_name
def problem_page(request: HttpRequest, name: str) -> HttpResponse:
    """What a kind of problem means, and what to do: where its `type` leads."""
    kind = problems.KINDS.get(name)
    if kind is None:
        raise Http404
    return render(request, "api/problem.html", {"kind": kind})
