"""The page of a film or series: who made it, from what, and what else was made from that."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.models import ScreenCredit, ScreenWork, Work
from adaptapedia.catalogue.pages import ScreenPage, screen_page
from adaptapedia.web.addresses import address_of, elsewhere_or_missing, is_slug, whole
from adaptapedia.web.caching import kept_by_caches
from adaptapedia.web.countries import country_asked
from adaptapedia.web.links import elsewhere
from adaptapedia.web.structured import breadcrumb_data, data_block, screen_data
from adaptapedia.web.told import parts_of, poster_of, runtime_in_words, trailer_of, watch_in
from adaptapedia.web.words import historical, in_a_row, years_between, years_of


@require_safe
@kept_by_caches
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    country = country_asked(request.GET.get("country"))
    page = screen_page(slug, country=country) if is_slug(slug) else None
    if page is None:
        return elsewhere_or_missing(request, ScreenWork, slug)
    links = elsewhere(page.screen_work.wikidata_id, page.external_ids)
    address = whole(request, address_of(page.screen_work))
    sources = [whole(request, address_of(source.entry)) for source in page.sources]
    book = book_of(page)
    context = {
        "page": page,
        "screen_work": page.screen_work,
        "book": book,
        "originals_alone": bool(page.sources) and not any(source.written for source in page.sources),
        "directors": page.credits.get(ScreenCredit.Role.DIRECTOR, ()),
        "creators": page.credits.get(ScreenCredit.Role.CREATOR, ()),
        "screenwriters": page.credits.get(ScreenCredit.Role.SCREENWRITER, ()),
        "told": page.told,
        "poster": poster_of(page.told),
        "cast": parts_of(page.credits.get(ScreenCredit.Role.CAST, ()), page.told),
        "trailer": trailer_of(page.told) if page.told else None,
        "runtime": runtime_in_words(page.told.runtime) if page.told else "",
        "watch": watch_in(page.told, country) if page.told else None,
        "links": links,
        "address": address,
        "gap": _gap(page, book),
        "description": _description(page),
        "data": data_block(
            screen_data(page, address=address, links=links, sources=sources),
            breadcrumb_data(_crumbs(request, page, book)),
        ),
    }
    return render(request, "web/screen.html", context)


def book_of(page: ScreenPage) -> Work | None:
    """The work it was made from, where it was made from one alone."""
    works = [source.entry for source in page.sources if isinstance(source.entry, Work)]
    return works[0] if len(works) == 1 else None


def _crumbs(request: HttpRequest, page: ScreenPage, book: Work | None) -> list[tuple[str, str]]:
    way = [(_("Adaptapedia"), whole(request, "/"))]
    for entry in (book, page.screen_work):
        if entry is not None:
            way.append((entry.title, whole(request, address_of(entry))))
    return way


def _gap(page: ScreenPage, book: Work | None) -> str:
    """How long it took from page to screen, in words; nothing where that is not known or ran backwards."""
    first = page.screen_work.year
    if book is None or book.year is None or first is None:
        return ""
    years = years_between(book.year, first)
    if years < 0:
        return ""
    if years == 0:
        return _("Page and screen in the same year")
    return ngettext("%(years)d year from page to screen", "%(years)d years from page to screen", years) % {
        "years": years
    }


def _description(page: ScreenPage) -> str:
    """One sentence: kind, years, makers and sources."""
    screen = page.screen_work
    parts = [f"{screen.title} ({years_of(screen)})" if years_of(screen) else screen.title]
    if page.makers:
        parts.append(_("by %(makers)s") % {"makers": in_a_row([name.text for name in page.makers])})
    sources = [_source_in_words(source.entry) for source in page.sources]
    if sources:
        parts.append(_("made from %(sources)s") % {"sources": in_a_row(sources)})
    return ", ".join(parts) + "."


def _source_in_words(entry: Work | ScreenWork) -> str:
    year = historical(entry.year)
    return f"{entry.title} ({year})" if year else entry.title
