"""JSON-LD in the words of schema.org: what a page says to programs that read it. Data, which no browser runs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from adaptapedia.catalogue.models import ScreenCredit, ScreenWork, Work
from adaptapedia.catalogue.pages import BookPage, ScreenPage
from adaptapedia.catalogue.shown import Name
from adaptapedia.web.languages import NAMELESS
from adaptapedia.web.links import Link

WORK_TYPES = {
    Work.Form.NOVEL: "Book",
    Work.Form.NOVELLA: "Book",
    Work.Form.BOOK: "Book",
    Work.Form.SHORT_STORY: "ShortStory",
    Work.Form.PLAY: "Play",
    Work.Form.COMIC: "ComicStory",
    Work.Form.MANGA: "ComicStory",
    Work.Form.BOOK_SERIES: "BookSeries",
}
SCREEN_TYPES = {
    ScreenWork.Kind.FILM: "Movie",
    ScreenWork.Kind.TELEVISION_FILM: "Movie",
    ScreenWork.Kind.SHORT: "Movie",
    ScreenWork.Kind.SERIES: "TVSeries",
    ScreenWork.Kind.MINISERIES: "TVSeries",
}
_ENDS_NO_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}

Thing = dict[str, Any]


def book_data(page: BookPage, *, address: str, links: Sequence[Link]) -> Thing:
    """The book of a page."""
    isbn = [external.value for external in page.external_ids if external.scheme == "isbn"]
    thing = _work(page.work, page.authors) | {"url": address, "sameAs": [link.address for link in links if link.same]}
    if isbn and thing["@type"] == "Book":
        thing["isbn"] = isbn[0]
    return thing


def screen_data(page: ScreenPage, *, address: str, links: Sequence[Link], sources: Sequence[str]) -> Thing:
    """The film or series of a page; `sources` are the addresses of what it was made from, in the page's order."""
    thing = _screen(page.screen_work) | {"url": address, "sameAs": [link.address for link in links if link.same]}
    thing["director"] = _people(page.credits.get(ScreenCredit.Role.DIRECTOR, ()))
    thing["creator"] = _people(page.credits.get(ScreenCredit.Role.CREATOR, ()))
    thing["author"] = _people(page.credits.get(ScreenCredit.Role.SCREENWRITER, ()))
    thing["isBasedOn"] = [
        (_work(source.entry, source.makers) if isinstance(source.entry, Work) else _screen(source.entry)) | {"url": url}
        for source, url in zip(page.sources, sources, strict=True)
    ]
    return {name: value for name, value in thing.items() if value}


def breadcrumb_data(crumbs: Iterable[tuple[str, str]]) -> Thing:
    """The way to a page: names and whole addresses, from the front page on."""
    places = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(crumbs, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": places}


def data_block(*things: Thing) -> SafeString:
    """The things as one data block of a page. Nothing in a title can end it: <, > and & are written as escapes."""
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False)
    block = f'<script type="application/ld+json">{text.translate(_ENDS_NO_SCRIPT)}</script>'
    return mark_safe(block)  # noqa: S308 - the signs that matter are escaped in the line above


def _work(work: Work, authors: Sequence[Name]) -> Thing:
    thing = _titled(work, WORK_TYPES.get(Work.Form(work.form), "CreativeWork"))
    return thing | ({"author": _people(authors)} if authors else {})


def _screen(screen: ScreenWork) -> Thing:
    thing = _titled(screen, SCREEN_TYPES.get(ScreenWork.Kind(screen.kind), "CreativeWork"))
    if thing["@type"] == "TVSeries" and "datePublished" in thing:
        thing["startDate"] = thing.pop("datePublished")
        if screen.end_year is not None:
            thing["endDate"] = _date(screen.end_year)
    return thing


def _titled(entry: Work | ScreenWork, kind: str) -> Thing:
    thing: Thing = {"@type": kind, "name": entry.title}
    if entry.original_title and entry.original_title != entry.title:
        thing["alternateName"] = entry.original_title
    if entry.year is not None:
        thing["datePublished"] = _date(entry.year)
    if entry.original_language not in NAMELESS:
        thing["inLanguage"] = entry.original_language
    return thing


def _date(year: int) -> str:
    """ISO 8601 counts 1 BCE as the year 0."""
    return f"{year:04d}" if year > 0 else f"{year + 1:05d}" if year < -1 else "0000"


def _people(names: Iterable[Name]) -> list[Thing]:
    return [{"@type": "Person", "name": name.text} for name in names]
