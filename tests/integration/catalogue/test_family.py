"""Who belongs to the family of a work."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.family import AT_MOST, GENERATIONS, family_of
from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def dracula() -> Work:
    names = {"title": "Dracula", "title_language": "en", "sort_key": "dracula", "search_text": "dracula"}
    return Work.objects.create(slug="dracula", year=1897, **names)


def screen(title: str, year: int | None = None, **more: Any) -> ScreenWork:
    slug = title.lower().replace(" ", "-")
    names = {"title_language": "en", "sort_key": slug, "search_text": slug}
    return ScreenWork.objects.create(title=title, slug=slug, year=year, **{"kind": "film", **names, **more})


def made(screen_work: ScreenWork, *, of: Work | ScreenWork, **more: Any) -> ScreenWork:
    side = {"work": of} if isinstance(of, Work) else {"original": of, "relation": "remake_of"}
    Adaptation.objects.create(
        screen_work=screen_work, source="wikidata", first_seen_at=timezone.now(), **{**side, **more}
    )
    return screen_work


def titles(work: Work) -> list[str]:
    return [relative.title for relative in family_of(work).relatives]


def test_a_work_without_adaptations_has_no_family(dracula: Work) -> None:
    assert (family_of(dracula).relatives, family_of(dracula).total) == ((), 0)


def test_adaptations_then_remakes_and_remakes_of_remakes_come_by_year_in_one_query(
    dracula: Work, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    talkie = made(screen("Dracula", 1931), of=dracula)
    silent = made(screen("Nosferatu", 1922), of=dracula, relation="loosely_based_on")
    series = made(screen("Dracula BBC", 2020, kind="miniseries", end_year=2021), of=dracula)
    made(screen("Lost"), of=dracula)
    herzog = made(screen("Nosferatu the Vampyre", 1979), of=silent)
    made(screen("Nosferatu Again", 2024), of=herzog)
    made(screen("Another Book", 1950), of=Work.objects.create(slug="other", title="Other", title_language="en"))

    with django_assert_num_queries(1):
        family = family_of(dracula)

    assert family.total == 6
    found = [(relative.title, relative.relation, relative.original_id) for relative in family.relatives]
    assert found == [
        ("Nosferatu", "loosely_based_on", None),
        ("Dracula", "based_on", None),
        ("Dracula BBC", "based_on", None),
        ("Lost", "based_on", None),
        ("Nosferatu the Vampyre", "remake_of", silent.pk),
        ("Nosferatu Again", "remake_of", herzog.pk),
    ]
    assert family.relatives[1].id == talkie.pk
    assert (family.relatives[2].kind, family.relatives[2].end_year) == ("miniseries", series.end_year)


def test_what_is_made_from_the_work_and_a_remake_too_is_there_once_with_both(dracula: Work) -> None:
    silent = made(screen("Nosferatu", 1922), of=dracula)
    made(made(screen("Nosferatu the Vampyre", 1979), of=silent), of=dracula, relation="inspired_by")
    last = family_of(dracula).relatives[-1]
    assert (last.title, last.relation, last.original_id) == ("Nosferatu the Vampyre", "inspired_by", silent.pk)


def test_a_circle_of_remakes_ends(dracula: Work) -> None:
    one, two = screen("One", 1950), screen("Two", 1960)
    made(one, of=dracula)
    made(two, of=one)
    made(one, of=two)
    assert titles(dracula) == ["One", "Two"]


def test_the_retired_are_left_out_and_what_is_known_through_them(dracula: Work) -> None:
    now = timezone.now()
    gone = made(screen("Gone", 1930, retired_at=now), of=dracula)
    made(screen("Remake of the gone", 1940), of=gone)
    made(screen("Not made from it after all", 1950), of=dracula, retired_at=now)
    made(screen("Stands", 1960), of=dracula)
    assert titles(dracula) == ["Stands"]


def test_so_many_generations_and_so_many_members_are_read_and_all_are_counted(dracula: Work) -> None:
    latest = made(screen("Generation 0", 1900), of=dracula)
    for n in range(1, GENERATIONS + 3):
        latest = made(screen(f"Generation {n}", 1900 + n), of=latest)
    assert titles(dracula)[-1] == f"Generation {GENERATIONS}"

    for n in range(AT_MOST):
        made(screen(f"Film {n}", 1950), of=dracula)
    family = family_of(dracula)
    assert (len(family.relatives), family.total) == (AT_MOST, AT_MOST + GENERATIONS + 1)
