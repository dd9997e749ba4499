"""The front page: search at once, what this is, how much of it there is and what is new."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.highlights import anniversaries, latest_adaptations, most_adapted
from adaptapedia.catalogue.queries import catalogue_figures
from adaptapedia.web.caching import kept_by_caches


@require_safe
@kept_by_caches
def front(request: HttpRequest) -> HttpResponse:
    """Four queries at most, one when the cache is warm."""
    year = timezone.localdate().year
    context = {
        "figures": catalogue_figures(),
        "latest": latest_adaptations(),
        "anniversaries": [(year - (book.year or year), book) for book in anniversaries(year)],
        "most_adapted": most_adapted(),
        "year": year,
    }
    return render(request, "web/front.html", context)
