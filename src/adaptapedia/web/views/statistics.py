"""The figures of the site today, their daily history, and how adaptations spread over time."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from adaptapedia.catalogue.models import DailyStatistics
from adaptapedia.catalogue.statistics import history, site_figures, spread_of_adaptations
from adaptapedia.web.caching import kept_by_caches
from adaptapedia.web.charts import Bar, LineChart, bars, line_chart

NAMES: dict[str, Promise] = {
    "works": _("works"),
    "screen_works": _("screen works"),
    "adaptations": _("adaptations"),
    "films": _("films"),
    "television": _("series"),
    "users": _("accounts"),
    "users_active_30_days": _("active in 30 days"),
}
DRAWN = ("works", "screen_works", "adaptations")
PERIODS: dict[str, tuple[Promise, int | None]] = {
    "30": (_("30 days"), 30),
    "365": (_("a year"), 365),
    "all": (_("all"), None),
}
FIRST_PERIOD = "30"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure with its chart; no chart when no day of the period has it."""

    key: str
    name: Promise
    chart: LineChart | None
    first: int | None
    last: int | None


@require_safe
@kept_by_caches
def statistics(request: HttpRequest) -> HttpResponse:
    """`period` is 30, 365 or all; another is 400, with the page of the first one."""
    period = request.GET.get("period", FIRST_PERIOD)
    known = period in PERIODS
    days = _days(period if known else FIRST_PERIOD)
    counted, spread = site_figures(), spread_of_adaptations()
    context = {
        "counted": counted,
        "figures": [(name, counted.figures.get(key)) for key, name in NAMES.items()] if counted else [],
        "periods": [(key, name) for key, (name, _length) in PERIODS.items()],
        "period": period if known else FIRST_PERIOD,
        "faulty": not known,
        "days": len(days),
        "drawn": [_drawn(key, days) for key in DRAWN] if days else [],
        "names": NAMES.values(),
        "rows": [(row.day, [row.figures.get(key) for key in NAMES]) for row in reversed(days)],
        "decades": bars([(_("%ds") % first, count) for first, count in spread.decades]) if spread else [],
        "gaps": _gaps(spread.gaps) if spread else [],
    }
    return render(request, "web/statistics.html", context, status=200 if known else 400)


@require_safe
@kept_by_caches
def statistics_history(request: HttpRequest) -> HttpResponse:
    """The same days as CSV, the first first; an empty cell where a day lacks a figure."""
    period = request.GET.get("period", "all")
    if period not in PERIODS:
        return HttpResponse(
            _("The period is 30, 365 or all.").encode(), status=400, content_type="text/plain; charset=utf-8"
        )
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="adaptapedia-statistics.csv"'},
    )
    csv.writer(response).writerows(_as_rows(_days(period)))
    return response


def _as_rows(days: Sequence[DailyStatistics]) -> Iterator[list[object]]:
    yield ["day", *NAMES]
    for row in days:
        yield [row.day.isoformat(), *(row.figures.get(key, "") for key in NAMES)]


def _days(period: str) -> list[DailyStatistics]:
    length = PERIODS[period][1]
    since: date | None = None if length is None else timezone.now().date() - timedelta(days=length - 1)
    return history(since=since)


def _drawn(key: str, days: Sequence[DailyStatistics]) -> Drawn:
    points = [(row.day, value) for row in days if isinstance(value := row.figures.get(key), int) and value >= 0]
    ends = (points[0][1], points[-1][1]) if points else (None, None)
    return Drawn(key, NAMES[key], line_chart(points), *ends)


def _gaps(counts: Sequence[tuple[int, int]]) -> list[Bar]:
    def named(gap: int) -> str:
        return str(_("100 and more")) if gap == 100 else f"{gap}–{gap + 9}"

    return bars([(named(gap), count) for gap, count in counts])
