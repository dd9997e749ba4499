"""Every component in every state, in the templates that the pages use: for DEBUG and for staff."""

from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.highlights import Highlight, Latest
from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.catalogue.pages import OnScreen, Source
from adaptapedia.catalogue.shown import Name
from adaptapedia.web.charts import bars, line_chart
from adaptapedia.web.specimens import (
    BOOK_TOLD,
    CODES,
    COLOURS,
    DECADES,
    LINKS,
    MEMBERS,
    SCREEN_TOLD,
    SCREEN_WORKS,
    SEARCHES,
    WORKS,
    filled_form,
)
from adaptapedia.web.timeline import Source as Beginning
from adaptapedia.web.told import parts_of, runtime_in_words, trailer_of, watch_in
from adaptapedia.web.views.statistics import Drawn

SHEETS = (
    "web/search.css",
    "web/home.css",
    "web/charts.css",
    "web/accounts.css",
    "web/timeline.css",
    "web/timeline-list.css",
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    context = {
        "colours": COLOURS,
        "form": filled_form(),
        "works": [Source(work, Adaptation.Relation.BASED_ON, makers) for work, makers in map(_work, enumerate(WORKS))],
        "screen_works": [_screen_work(place, specimen) for place, specimen in enumerate(SCREEN_WORKS)],
        "sheets": SHEETS,
        "searches": SEARCHES,
        "pairs": _pairs(),
        "shelf": [(100, _highlight())],
        "drawn": _drawn(),
        "bars": bars(DECADES),
        "codes": CODES,
        "links": LINKS,
        "source": Beginning("Dracula", "en", 1897),
        "members": MEMBERS,
        "book_told": BOOK_TOLD,
        "screen_told": SCREEN_TOLD,
        "runtime": runtime_in_words(SCREEN_TOLD.runtime),
        "trailer": trailer_of(SCREEN_TOLD),
        "cast": parts_of([Name("Jonathan Rhys Meyers", "en")], SCREEN_TOLD),
        "watch": watch_in(SCREEN_TOLD, "DE"),
        "states": ["succeeded", "failed", "running", "queued", "skipped"],
    }
    return render(request, "web/styleguide.html", context)


def _work(numbered: tuple[int, tuple[str, str, str, int | None]]) -> tuple[Work, tuple[Name, ...]]:
    place, (title, language, author, year) = numbered
    work = Work(pk=place, wikidata_id=place + 1, slug=f"specimen-{place}", title=title, title_language=language)
    work.year, work.form = year, list(Work.Form)[place % len(Work.Form)]
    return work, (Name(author, language),) if author else ()


def _screen_work(place: int, specimen: tuple[str, str, str, int | None, int | None]) -> OnScreen:
    title, language, director, year, end_year = specimen
    screen_work = ScreenWork(
        pk=place, wikidata_id=place + 1, slug=f"specimen-{place}", title=title, title_language=language
    )
    screen_work.year, screen_work.end_year = year, end_year
    screen_work.kind = list(ScreenWork.Kind)[place % len(ScreenWork.Kind)]
    relation = list(Adaptation.Relation)[place % len(Adaptation.Relation)]
    return OnScreen(screen_work, relation, (Name(director, language),) if director else ())


def _pairs() -> list[Latest]:
    """A film made from a book, and one from a film."""
    book = _work((0, WORKS[0]))[0]
    first, second = (_screen_work(place, SCREEN_WORKS[place]).screen_work for place in range(2))
    return [Latest(first, book), Latest(second, first)]


def _highlight() -> Highlight:
    return Highlight(1, None, "dracula", "Dracula", "en", 1897, ["Bram Stoker"], adaptations=19)


def _drawn() -> list[Drawn]:
    """A line with a gap, a single day, and nothing."""
    begun = date(2026, 10, 1)
    month = [(begun + timedelta(days=n), 7_000 + n * n) for n in range(30) if n not in {11, 12}]
    return [
        Drawn("a-line", _("works"), line_chart(month), month[0][1], month[-1][1]),
        Drawn("a-day", _("screen works"), line_chart(month[:1]), month[0][1], month[0][1]),
        Drawn("nothing", _("adaptations"), None, None, None),
    ]
