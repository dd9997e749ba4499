"""Works, screen works, adaptations and people: each as a list and alone."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from adaptapedia.api import answers, cursors, problems, samples, shapes
from adaptapedia.api.parameters import (
    LARGEST_ID,
    AdaptationParameters,
    PersonParameters,
    ScreenWorkParameters,
    WorkParameters,
)
from adaptapedia.api.problems import Problem
from adaptapedia.api.schema import alone, listing
from adaptapedia.api.views.base import READ, Endpoint, told_to_readers
from adaptapedia.catalogue import resources
from adaptapedia.catalogue.paging import Page, Place, Row
from adaptapedia.catalogue.resources import Resource, read_list, read_one

Shape = Callable[[Row, str], Row]
READERS_OWN = {"cursor", "page_size"}
"""Parameters that say where in a list one is, not which list."""


class Listed(Endpoint, ABC):
    """A list in pages."""

    http_method_names = READ
    name: ClassVar[str]
    shape: ClassVar[Shape]

    def get(self, request: Request) -> HttpResponse:
        given = self.given(request)
        under = {name: value for name, value in given.items() if name not in READERS_OWN}
        at = cursors.read(given["cursor"], of=self.name, under=under) if "cursor" in given else None
        page = self.read(under, given["page_size"], at)
        root = request.build_absolute_uri("/")
        links = self._links(request, page, under)
        results = [type(self).shape(row, root) for row in page.rows]
        relations = {"next": links["next"], "prev": links["previous"]}
        link = ", ".join(f'<{address}>; rel="{name}"' for name, address in relations.items() if address)
        return told_to_readers(request, {**links, "results": results}, headers={"Link": link} if link else None)

    @abstractmethod
    def read(self, under: dict[str, Any], size: int, at: Place | None) -> Page:
        """At most `size` rows after or before `at`, of those that the parameters in `under` leave."""

    def _links(self, request: Request, page: Page, under: dict[str, Any]) -> dict[str, str | None]:
        asked = {name: value for name, value in request.query_params.items() if value and name != "cursor"}

        def to(place: Place | None) -> str | None:
            if place is None:
                return None
            cursor = cursors.written(place, of=self.name, under=under)
            query = urlencode({**asked, "cursor": cursor})
            return f"{request.build_absolute_uri(request.path)}?{query}"

        return {"next": to(page.following), "previous": to(page.previous)}


class EntryList(Listed):
    resource: ClassVar[Resource]

    def read(self, under: dict[str, Any], size: int, at: Place | None) -> Page:
        filters = {name: value for name, value in under.items() if name != "ordering"}
        return read_list(self.resource, filters=filters, order=under.get("ordering", "id"), size=size, at=at)


class EntryAlone(Endpoint):
    http_method_names = READ
    resource: ClassVar[Resource]
    shape: ClassVar[Shape]

    def get(self, request: Request, id: int) -> HttpResponse:
        row = read_one(self.resource, id) if id <= LARGEST_ID else None
        if row is None:
            raise Problem(problems.NOT_FOUND, gettext("There is nothing with this number here."))
        if not row["standing"]:
            raise Problem(problems.GONE, gettext("What had this number has been retired from the catalogue."))
        return told_to_readers(request, type(self).shape(row, request.build_absolute_uri("/")))


@listing("works", _("List works"), answers.WorkPage, samples.WORK, tag="works", parameters=WorkParameters)
class WorkList(EntryList):
    name, resource, shape, parameters = "works", resources.WORKS, shapes.work, WorkParameters


@alone("works", _("Read a work"), answers.WorkAloneAnswer, samples.WORK_ALONE, tag="works")
class WorkAlone(EntryAlone):
    resource, shape = resources.WORKS, shapes.work_alone


@listing(
    "screen_works",
    _("List screen works"),
    answers.ScreenWorkPage,
    samples.SCREEN_WORK,
    tag="screen-works",
    parameters=ScreenWorkParameters,
)
class ScreenWorkList(EntryList):
    name, resource, shape, parameters = (
        "screen-works",
        resources.SCREEN_WORKS,
        shapes.screen_work,
        ScreenWorkParameters,
    )


@alone(
    "screen_works",
    _("Read a screen work"),
    answers.ScreenWorkAloneAnswer,
    samples.SCREEN_WORK_ALONE,
    tag="screen-works",
)
class ScreenWorkAlone(EntryAlone):
    resource, shape = resources.SCREEN_WORKS, shapes.screen_work_alone


@listing(
    "adaptations",
    _("List adaptations"),
    answers.AdaptationPage,
    samples.ADAPTATION,
    tag="adaptations",
    parameters=AdaptationParameters,
)
class AdaptationList(EntryList):
    name, resource, shape, parameters = "adaptations", resources.ADAPTATIONS, shapes.adaptation, AdaptationParameters


@alone("adaptations", _("Read an adaptation"), answers.AdaptationAnswer, samples.ADAPTATION, tag="adaptations")
class AdaptationAlone(EntryAlone):
    resource, shape = resources.ADAPTATIONS, shapes.adaptation


@listing("people", _("List people"), answers.PersonPage, samples.PERSON, tag="people", parameters=PersonParameters)
class PersonList(EntryList):
    name, resource, shape, parameters = "people", resources.PEOPLE, shapes.person, PersonParameters


@alone("people", _("Read a person"), answers.PersonAloneAnswer, samples.PERSON_ALONE, tag="people")
class PersonAlone(EntryAlone):
    resource, shape = resources.PEOPLE, shapes.person_alone
