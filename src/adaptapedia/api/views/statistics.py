"""The catalogue in figures, now and day by day."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from adaptapedia.api import answers, samples
from adaptapedia.api.parameters import HistoryParameters
from adaptapedia.api.schema import listing, reading
from adaptapedia.api.views.base import READ, Endpoint, told_to_readers
from adaptapedia.api.views.entries import Listed
from adaptapedia.catalogue.paging import Page, Place, Row
from adaptapedia.catalogue.queries import catalogue_figures
from adaptapedia.catalogue.resources import read_history


@reading("statistics_read", _("Read today's figures"), answers.FiguresAnswer, samples.FIGURES, tag="statistics")
class Statistics(Endpoint):
    http_method_names = READ

    def get(self, request: Request) -> HttpResponse:
        figures = {"day": timezone.now().date().isoformat(), **asdict(catalogue_figures())}
        return told_to_readers(request, figures)


def _day(row: Row, root: str) -> Row:
    return {"day": row["day"].isoformat(), "figures": row["figures"]}


@listing(
    "statistics_history",
    _("List the figures of each day"),
    answers.HistoryPage,
    samples.DAY,
    tag="statistics",
    parameters=HistoryParameters,
)
class StatisticsHistory(Listed):
    name, shape, parameters = "statistics-history", _day, HistoryParameters

    def read(self, under: dict[str, Any], size: int, at: Place | None) -> Page:
        return read_history(filters=under, size=size, at=at)
