"""A small catalogue for the pages that lead into it."""

from django.utils import timezone

from adaptapedia.catalogue.derived import search_text
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
from adaptapedia.kit.text import slugify, sort_key

STOKER = "Bram Stoker"


def make_work(title: str, *, slug: str = "", language: str = "en", original: str = "", **fields: object) -> Work:
    return Work.objects.create(
        title=title,
        title_language=language,
        original_title=original,
        slug=slug or slugify(title),
        sort_key=sort_key(title, language),
        search_text=search_text(title, original),
        **fields,
    )


def make_screen(
    title: str, *, slug: str = "", language: str = "en", original: str = "", kind: str = "film", **fields: object
) -> ScreenWork:
    return ScreenWork.objects.create(
        title=title,
        title_language=language,
        original_title=original,
        slug=slug or slugify(title),
        sort_key=sort_key(title, language),
        search_text=search_text(title, original),
        kind=kind,
        **fields,
    )


def adapt(work: Work, screen: ScreenWork) -> Adaptation:
    return Adaptation.objects.create(screen_work=screen, work=work, source="wikidata", first_seen_at=timezone.now())


def make_shelf() -> None:
    """Dracula with three screen works, and titles of other scripts, lengths and times."""
    dracula = make_work("Dracula", form="novel", year=1897, wikidata_id=41542)
    stoker = Person.objects.create(
        name=STOKER, name_language="en", slug="bram-stoker", sort_key="bram stoker", search_text="bram stoker"
    )
    WorkCredit.objects.create(work=dracula, person=stoker, role="author", position=0, source="wikidata")
    WorkExternalId.objects.create(work=dracula, scheme="isbn", value="9780141439846", source="wikidata")
    nosferatu = make_screen(
        "Nosferatu", original="Nosferatu – Eine Symphonie des Grauens", original_language="de", year=1922
    )
    ScreenCredit.objects.create(
        screen_work=nosferatu, name="F. W. Murnau", role="director", position=0, source="wikidata"
    )
    film = make_screen("Dracula", slug="dracula-1931", year=1931, wikidata_id=696657)
    ScreenExternalId.objects.create(screen_work=film, scheme="imdb", value="tt0021814", source="wikidata")
    series = make_screen("Dracula", slug="dracula-2020", kind="miniseries", year=2020, end_year=2021)
    for screen in (nosferatu, film, series):
        adapt(dracula, screen)
    grove = make_work("In a Grove", original="藪の中", original_language="ja", form="short_story", year=1922)
    adapt(grove, make_screen("Rashomon", original="羅生門", original_language="ja", year=1950))
    adapt(
        make_work("الأيام", slug="al-ayyam", language="ar", form="novel", year=1929),
        make_screen("الأيام", slug="al-ayyam", language="ar", kind="series", year=1979),
    )
    adapt(make_work("Ilias", form="poem", year=-750), make_screen("Troy", year=2004))
    long = "The Unabridged, Annotated and Illustrated Chronicle of Everything that Happened in the House by the River"
    adapt(make_work(long, form="novel", year=timezone.localdate().year - 100), make_screen(f"{long}: The Film"))
    make_work("Été à la mer", language="fr", year=1960)
    make_work("It's Here", year=1961)
    make_screen("100% Wolf", year=2020)
    make_screen("The Hidden", year=1987, retired_at=timezone.now())
