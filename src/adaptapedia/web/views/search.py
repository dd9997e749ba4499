"""Search: a plain form, and for those with script the list alone while they type."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.highlights import latest_adaptations, most_adapted
from adaptapedia.catalogue.search import BOUND, PAGE, Found, Side, find_by_identifier, words_of
from adaptapedia.catalogue.search import search as search_titles
from adaptapedia.web.caching import FOR_ONE
from adaptapedia.web.search_form import SearchForm


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`q`, `side`, `decade` and `page`. An identifier of one entry (Q41542, tt0021814, an ISBN) leads there.

    400 for a malformed parameter, 404 for a page beyond the last; the form keeps what was typed.
    """
    fragment = bool(getattr(request, "htmx", False))
    wanted = SearchForm(request.GET)
    if not wanted.is_valid():
        return _answer(request, {"wanted": wanted, "faulty": True}, fragment=fragment, status=400)
    named = find_by_identifier(wanted.cleaned_data["q"])
    if len(named) == 1 and not fragment:
        return HttpResponseRedirect(named[0].address)
    if named:
        found, page = Found(named, len(named)), 1
    else:
        page = wanted.cleaned_data["page"] or 1
        side = Side(wanted.cleaned_data["side"]) if wanted.cleaned_data["side"] else None
        found = search_titles(wanted.cleaned_data["q"], side=side, years=wanted.years(), page=page)
    context = {"wanted": wanted, **_shown(wanted.cleaned_data["q"], found, page=page)}
    beyond = page > 1 and not found.hits and not found.gave_up
    return _answer(request, {**context, "beyond": beyond}, fragment=fragment, status=404 if beyond else 200)


def _shown(text: str, found: Found, *, page: int) -> dict[str, Any]:
    searched = bool(words_of(text))
    first = (page - 1) * PAGE
    return {
        "found": found,
        "searched": searched,
        "text": text.strip(),
        "examples": [] if searched else _examples(),
        "page": page,
        "previous": page - 1,
        "next": page + 1 if first + len(found.hits) < found.total else None,
        "first": first + 1,
        "last": first + len(found.hits),
        "bound": BOUND,
    }


def _examples() -> list[tuple[str, str]]:
    """Titles that are there, each with its language; those that came last where none are known to be famous."""
    if famous := most_adapted():
        return [(book.title, book.title_language) for book in famous]
    newest = {latest.screen_work.title: latest.screen_work.title_language for latest in latest_adaptations()}
    return list(newest.items())


def _answer(request: HttpRequest, context: dict[str, Any], *, fragment: bool, status: int) -> HttpResponse:
    # htmx shows nothing of an answer that is an error, and the reader who types should see what is wrong.
    name = "web/parts/found.html" if fragment else "web/search.html"
    response = render(request, name, context, status=200 if fragment else status)
    # A page names its reader, so no other cache keeps it. A fragment is kept by no browser either: a way back
    # would show it bare.
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    response.headers["Cache-Control"] = "no-store" if fragment else FOR_ONE
    return response
