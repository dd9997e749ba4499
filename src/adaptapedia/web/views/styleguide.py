"""Every component in every state, in the templates that the pages use: for DEBUG and for staff."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.catalogue.pages import OnScreen, Source
from adaptapedia.catalogue.shown import Name
from adaptapedia.web.specimens import COLOURS, FIELDS, SCREEN_WORKS, WORKS


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    context = {
        "colours": COLOURS,
        "fields": FIELDS,
        "works": [Source(work, Adaptation.Relation.BASED_ON, makers) for work, makers in map(_work, enumerate(WORKS))],
        "screen_works": [_screen_work(place, specimen) for place, specimen in enumerate(SCREEN_WORKS)],
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
