"""Rows for the pages of books and screen works: real titles, names and years."""

from typing import Any

from django.utils import timezone

from adaptapedia.catalogue.models import (
    Adaptation,
    Person,
    ScreenCredit,
    ScreenExternalId,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
)
from adaptapedia.kit.text import fold, slugify, sort_key


def make_person(name: str, language: str = "en", **fields: Any) -> Person:
    """A person, or the one of that name who is there already."""
    found = Person.objects.filter(name=name).first()
    derived = {"slug": slugify(name) or f"person-{Person.objects.count()}", "sort_key": sort_key(name, language)}
    return found or Person.objects.create(
        name=name, name_language=language, search_text=fold(name), **{**derived, **fields}
    )


def make_work(title: str, *, author: str = "", language: str = "en", **fields: Any) -> Work:
    """A work, with its author when one is given."""
    work = Work.objects.create(title=title, title_language=language, **{**_derived(title, language), **fields})
    if author:
        WorkCredit.objects.create(work=work, person=make_person(author), role="author", position=0, source="wikidata")
    return work


def make_screen_work(title: str, *, director: str = "", language: str = "en", **fields: Any) -> ScreenWork:
    """A film (or what `kind` says), with its director when one is given."""
    terms = {"kind": ScreenWork.Kind.FILM, **_derived(title, language), **fields}
    screen = ScreenWork.objects.create(title=title, title_language=language, **terms)
    if director:
        credit(screen, director)
    return screen


def credit(screen: ScreenWork, name: str, *, role: str = "director", position: int = 0) -> None:
    """Somebody in the credits of a screen work."""
    ScreenCredit.objects.create(
        screen_work=screen, person=make_person(name), role=role, position=position, source="wikidata"
    )


def adapt(screen: ScreenWork, source: Work | ScreenWork, **fields: Any) -> Adaptation:
    """The screen work was made from this work, or is a remake of this screen work."""
    made_from = {"work": source} if isinstance(source, Work) else {"original": source, "relation": "remake_of"}
    terms = {"screen_work": screen, "source": "wikidata", "first_seen_at": timezone.now(), **made_from}
    return Adaptation.objects.create(**{**terms, **fields})


DRACULAS: tuple[tuple[str, int, str, str], ...] = (
    ("Nosferatu", 1922, "F. W. Murnau", "inspired_by"),
    ("Dracula", 1931, "Tod Browning", "based_on"),
    ("Dracula's Daughter", 1936, "Lambert Hillyer", "based_on"),
    ("Dracula", 1958, "Terence Fisher", "based_on"),
    ("Count Dracula", 1970, "Jesús Franco", "based_on"),
    ("Blood for Dracula", 1974, "Paul Morrissey", "loosely_based_on"),
    ("Dracula", 1979, "John Badham", "based_on"),
    ("Bram Stoker's Dracula", 1992, "Francis Ford Coppola", "based_on"),
    ("Dracula: Pages from a Virgin's Diary", 2002, "Guy Maddin", "based_on"),
    ("Dracula 3D", 2012, "Dario Argento", "based_on"),
)


def make_dracula() -> Work:
    """Stoker's novel, ten films and a series, and the remake of the first."""
    book = make_work(
        "Dracula", author="Bram Stoker", form="novel", year=1897, original_language="en", wikidata_id=41_542
    )
    WorkExternalId.objects.create(work=book, scheme="open_library", value="OL85892W", source="wikidata")
    for title, year, director, relation in DRACULAS:
        screen = make_screen_work(title, director=director, year=year, original_language="de" if year == 1922 else "en")
        adapt(screen, book, relation=relation)
    first = ScreenWork.objects.get(year=1922)
    first.original_title, first.title_language = "Nosferatu – Eine Symphonie des Grauens", "de"
    first.save(update_fields=["original_title", "title_language"])
    credit(first, "Henrik Galeen", role="screenwriter")
    ScreenExternalId.objects.create(screen_work=first, scheme="imdb", value="tt0013442", source="wikidata")
    adapt(make_screen_work("Nosferatu the Vampyre", director="Werner Herzog", year=1979), first)
    series = make_screen_work("Dracula", kind="miniseries", year=2020, end_year=2020, slug="dracula-2020")
    credit(series, "Mark Gatiss", role="creator")
    adapt(series, book)
    return book


def make_thing() -> ScreenWork:
    """Who Goes There?, its film of 1951 and that film's remake, which is of the story too."""
    story = make_work("Who Goes There?", author="John W. Campbell", form="novella", year=1938)
    first = make_screen_work("The Thing from Another World", director="Christian Nyby", year=1951)
    second = make_screen_work("The Thing", director="John Carpenter", year=1982)
    adapt(first, story)
    adapt(second, story)
    adapt(second, first)
    return second


def make_family(count: int) -> Work:
    """A play with so many films, for pages that must hold many. The years are only for order."""
    play = make_work("Hamlet", author="William Shakespeare", form="play", year=1603)
    for place in range(count):
        screen = make_screen_work("Hamlet", year=1900 + 2 * place, slug=f"hamlet-{place}")
        adapt(screen, play)
    return play


def _derived(title: str, language: str) -> dict[str, str]:
    """What is made of a title; the slug gets a number where it is taken."""
    slug = free = slugify(title) or "untitled"
    while Work.objects.filter(slug=free).exists() or ScreenWork.objects.filter(slug=free).exists():
        free = f"{slug}-{Work.objects.count() + ScreenWork.objects.count()}"
    return {
        "slug": free,
        "sort_key": sort_key(title, language),
        "search_text": fold(title),
    }
