"""Addresses of entries: whole ones, and the way from a slug that was changed or mistyped to the right one."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.catalogue.pages import current_slug
from adaptapedia.kit.text import slugify

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
LONGEST_SLUG = 120
_PAGES: dict[type[Work] | type[ScreenWork], str] = {Work: "/book/{}/", ScreenWork: "/screen/{}/"}
"""As web.urls has them: `reverse` takes a tenth of a page's time."""


def is_slug(text: str) -> bool:
    """Whether an entry could have this slug."""
    return len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None


def address_of(entry: Work | ScreenWork) -> str:
    """The path of an entry's page."""
    return address_at(type(entry), entry.slug)


def address_at(model: type[Work] | type[ScreenWork], slug: str) -> str:
    """The path of the page of an entry with this slug."""
    return _PAGES[model].format(slug)


def whole(request: HttpRequest, path: str) -> str:
    """A path as a whole address of this site."""
    return f"{request.scheme}://{request.get_host()}{path}"


def elsewhere_or_missing(request: HttpRequest, model: type[Work] | type[ScreenWork], slug: str) -> HttpResponse:
    """301 to the entry that a former or mistyped slug means, the query kept; else 404 with what could be meant."""
    meant = slug.lower() if is_slug(slug.lower()) else slugify(slug[:LONGEST_SLUG])
    if meant and (current := _current(model, meant)):
        return _moved(request, address_at(model, current))
    other: type[Work] | type[ScreenWork] = ScreenWork if model is Work else Work
    found = _current(other, meant) if meant else None
    context = {
        "words": meant.replace("-", " "),
        "other": address_at(other, found) if found else "",
        "is_book": model is Work,
    }
    return render(request, "web/no_such_entry.html", context, status=404)


def _current(model: type[Work] | type[ScreenWork], slug: str) -> str | None:
    return current_slug(Work, slug) if model is Work else current_slug(ScreenWork, slug)


def _moved(request: HttpRequest, path: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
