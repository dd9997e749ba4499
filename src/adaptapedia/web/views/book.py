"""The page of a book: what it is, and everything that was made from it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.family import family_of
from adaptapedia.catalogue.models import Work
from adaptapedia.catalogue.pages import BookPage, book_page
from adaptapedia.web.addresses import address_of, elsewhere_or_missing, is_slug, whole
from adaptapedia.web.caching import kept_by_caches
from adaptapedia.web.family import members_of, source_of
from adaptapedia.web.languages import in_language
from adaptapedia.web.links import elsewhere
from adaptapedia.web.structured import book_data, breadcrumb_data, data_block
from adaptapedia.web.told import SUBJECTS_SHOWN, cover_of
from adaptapedia.web.words import Fate, fate_in_words, form_in_words


@require_safe
@kept_by_caches
def book(request: HttpRequest, slug: str) -> HttpResponse:
    page = book_page(slug) if is_slug(slug) else None
    if page is None:
        return elsewhere_or_missing(request, Work, slug)
    links = elsewhere(page.work.wikidata_id, page.external_ids)
    family = family_of(page.work) if page.on_screen else None
    address = whole(request, address_of(page.work))
    crumbs = [(_("Adaptapedia"), whole(request, "/")), (page.work.title, address)]
    context = {
        "page": page,
        "work": page.work,
        "source": source_of(page.work),
        "members": members_of(family) if family else [],
        "family_total": family.total if family else 0,
        "links": links,
        "address": address,
        "told": page.told,
        "cover": cover_of(page.told),
        "subjects": page.told.subjects[:SUBJECTS_SHOWN] if page.told else (),
        "sentence": _told(page),
        "description": _plainly(page),
        "data": data_block(book_data(page, address=address, links=links), breadcrumb_data(crumbs)),
    }
    return render(request, "web/book.html", context)


def fate_of(page: BookPage) -> Fate:
    """The years of a book and of what was made from it."""
    years = [shown.screen_work.year for shown in page.on_screen]
    known = sorted(year for year in years if year is not None)
    return Fate(written=page.work.year, screened=tuple(known), unknown=len(years) - len(known))


def _sentence(page: BookPage, authors: list[str]) -> str:
    return fate_in_words(fate_of(page), form=form_in_words(page.work), authors=authors)


def _plainly(page: BookPage) -> str:
    return _sentence(page, [name.text for name in page.authors])


def _told(page: BookPage) -> SafeString:
    """The same with each author's name in its own language and direction."""
    told = _sentence(page, [in_language(name.text, name.language) for name in page.authors])
    return mark_safe(told)  # noqa: S308 - names are escaped by in_language, all else are our own words
