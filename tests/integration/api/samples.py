"""A shelf of entries for the API: works, screen works made from them, a remake, people, something retired."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from adaptapedia.catalogue.derived import search_text, sort_key
from adaptapedia.catalogue.models import (
    Adaptation,
    Person,
    PersonExternalId,
    ScreenCredit,
    ScreenExternalId,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
)
from adaptapedia.kit.text import slugify


@dataclass(frozen=True)
class Shelf:
    work: Work
    retired_work: Work
    film: ScreenWork
    remake: ScreenWork
    adaptation: Adaptation
    remaking: Adaptation
    retired_adaptation: Adaptation
    author: Person
    director: Person


def make_work(title: str, year: int | None = None, **fields: Any) -> Work:
    return Work.objects.create(**_titled(title, year, fields))


def make_screen_work(title: str, year: int | None = None, **fields: Any) -> ScreenWork:
    return ScreenWork.objects.create(**{"kind": "film", **_titled(title, year, fields)})


def make_person(name: str, **fields: Any) -> Person:
    names = {"slug": slugify(name), "name": name, "name_language": "en"}
    derived = {"sort_key": sort_key(name, "en"), "search_text": search_text(name)}
    return Person.objects.create(**{**names, **derived, **fields})


def adapt(screen_work: ScreenWork, **fields: Any) -> Adaptation:
    return Adaptation.objects.create(
        screen_work=screen_work, **{"source": "wikidata", "first_seen_at": timezone.now(), **fields}
    )


def make_shelf() -> Shelf:
    author = make_person("Mary Shelley", wikidata_id=47152, birth_year=1797, death_year=1851)
    director = make_person("James Whale", wikidata_id=95125, birth_year=1889)
    work = make_work(
        "Frankenstein", 1818, form="novel", wikidata_id=150827, original_language="en", countries=[145], genres=[193606]
    )
    film = make_screen_work("Frankenstein", 1931, wikidata_id=211372, original_language="en", countries=[30])
    remake = make_screen_work("Фра́нкенштейн", 1973, slug="frankenshtein", kind="miniseries", title_language="ru")
    WorkCredit.objects.create(work=work, person=author, role="author", position=1, source="wikidata")
    WorkCredit.objects.create(work=work, name="An unknown hand", role="author", position=2, source="wikidata")
    ScreenCredit.objects.create(screen_work=film, person=director, role="director", position=1, source="wikidata")
    ScreenCredit.objects.create(screen_work=film, person=author, role="screenwriter", position=1, source="wikidata")
    WorkExternalId.objects.create(work=work, scheme="open_library", value="OL450063W", source="wikidata")
    ScreenExternalId.objects.create(screen_work=film, scheme="imdb", value="tt0021884", source="wikidata")
    PersonExternalId.objects.create(person=director, scheme="imdb", value="nm0001843", source="wikidata")
    retired_work = make_work("Frankenstein, doubled", 1818, retired_at=timezone.now())
    return Shelf(
        work=work,
        retired_work=retired_work,
        film=film,
        remake=remake,
        adaptation=adapt(film, work=work),
        remaking=adapt(remake, original=film, relation="remake_of"),
        retired_adaptation=adapt(remake, work=work, retired_at=timezone.now()),
        author=author,
        director=director,
    )


def _titled(title: str, year: int | None, fields: dict[str, Any]) -> dict[str, Any]:
    names = {"slug": slugify(title) or "untitled", "title": title, "title_language": "en", "year": year}
    derived = {"sort_key": sort_key(title, "en"), "search_text": search_text(title)}
    return {**names, **derived, **fields}
