"""Something behind every address, and the addresses that lead there."""

from __future__ import annotations

import re

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Adaptation, Person, ScreenMetadata, ScreenWork, Work, WorkMetadata
from adaptapedia.ingest.models import Difference, Match
from adaptapedia.scheduling.models import JobRun
from tests.integration.ops.samples import make_differences, make_match, make_rejects, make_run, make_schedules

TITLED = {"sort_key": "dracula", "search_text": "dracula", "title": "Dracula", "title_language": "en"}

WRITTEN_AS_PATTERN = {
    "^confirm-email/": "/accounts/confirm-email/forged/",
    "^password/reset/key/": "/accounts/password/reset/key/1-forged/",
    "^(?P<app_label>": "/admin/catalogue/",
    "(?P<url>.*)$": "/admin/no-such-page/",
}
"""Beginnings of what is written as a regular expression, and an address that it matches."""

MODELS_OF_LISTS: dict[str, type[Model]] = {
    "works": Work,
    "screen-works": ScreenWork,
    "adaptations": Adaptation,
    "people": Person,
}
PARTS = {
    "<str:slug>": "dracula",
    "<path:name>": "hourly-health-check",
    "<slug:name>": "not-found",
    "<slug:operation>": "works_list",
    "<path:rest>": "no-such-thing",
}


def make_rows() -> None:
    make_schedules()
    make_run()
    make_rejects(2)
    make_differences(1)
    work = Work.objects.create(**TITLED, wikidata_id=41542, slug="dracula", year=1897, form=Work.Form.NOVEL)
    film = ScreenWork.objects.create(**TITLED, wikidata_id=1, slug="dracula", year=1931, kind=ScreenWork.Kind.FILM)
    Person.objects.create(
        name="Bram Stoker", name_language="en", sort_key="stoker", search_text="bram stoker", slug="bram-stoker"
    )
    make_match(film)
    ScreenMetadata.objects.create(screen_work=film, kind="movie", tmdb_id=138, digest=1, changed_at=timezone.now())
    WorkMetadata.objects.create(work=work, key="OL85892W", digest=1, changed_at=timezone.now())
    Adaptation.objects.create(work=work, screen_work=film, source="wikidata", first_seen_at=timezone.now())


def address_of(route: str) -> str:
    """An address of this route that leads to something of `make_rows`. Raises KeyError for a part nobody has named."""
    if "(?P<" in route:
        return next(address for pattern, address in WRITTEN_AS_PATTERN.items() if pattern in route)
    return "/" + re.sub(r"<[^>]+>", lambda part: _part(route, part[0]), route)


def _part(route: str, part: str) -> str:
    if part == "<path:object_id>":
        return _key(Work if route.startswith("admin/r/") else apps.get_model(*route.split("/")[1:3]))
    if part == "<int:id>":
        return _key(MODELS_OF_LISTS[route.split("/")[2]])
    if part == "<int:run_id>":
        return _key(JobRun)
    if part == "<int:match_id>":
        return _key(Match)
    if part == "<int:difference_id>":
        return _key(Difference)
    if part == "<id>":
        return _key(User)
    if part == "<path:content_type_id>":
        return str(ContentType.objects.get_for_model(Work).pk)
    return PARTS[part]


def _key(model: type[Model]) -> str:
    """Of the first row of a table; 1 where it has none."""
    row = model._default_manager.order_by("pk").first()
    return str(row.pk) if row else "1"
