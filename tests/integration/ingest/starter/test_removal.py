"""The starter catalogue goes out again, and takes with it nothing that is not its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import change_slug, edit_entry
from adaptapedia.catalogue.models import (
    Adaptation,
    Person,
    ScreenCredit,
    ScreenMetadata,
    ScreenWork,
    Work,
    WorkCredit,
)
from adaptapedia.ingest.merging import merge_adaptations, merge_people, merge_screen_works, merge_works
from adaptapedia.ingest.metadata.merging import merge_titles
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.rows import PairRow
from adaptapedia.ingest.starter.facts import starter_facts
from adaptapedia.ingest.starter.loading import load_starter
from adaptapedia.ingest.starter.removal import Removed, remove_starter
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.ingest.metadata.samples import title
from tests.integration.ingest.test_merging import row_versions

pytestmark = pytest.mark.django_db

WIKIDATA = Origin("wikidata", 7, datetime(2026, 11, 24, 2, tzinfo=UTC))
DRACULA, STOKER, NOSFERATU, DRACULA_1931 = 41542, 36184, 151895, 1102110


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    load_starter()


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor", password="a long one for nobody")


def rows() -> list[int]:
    models = (Work, ScreenWork, Person, Adaptation, WorkCredit, ScreenCredit)
    return [model._default_manager.count() for model in models]


def stayed(removed: Removed) -> tuple[int, int, int]:
    return removed.adopted, removed.changed, removed.needed


def test_everything_goes_where_nothing_has_happened_since() -> None:
    facts = starter_facts()
    assert remove_starter() == Removed(
        works=len(facts.works),
        screen_works=len(facts.screen_works),
        adaptations=len(facts.pairs),
        people=len(facts.people),
        adopted=0,
        changed=0,
        needed=0,
    )
    assert rows() == [0] * 6


def test_doing_it_twice_is_doing_it_once() -> None:
    remove_starter()
    before = row_versions()
    assert remove_starter() == Removed(0, 0, 0, 0, 0, 0, 0)
    assert row_versions() == before
    assert load_starter().works == len(starter_facts().works), "and it may come in again"


def test_what_a_person_has_changed_stays_with_its_credits(editor: User) -> None:
    edit_entry(Work.objects.get(wikidata_id=DRACULA), {"title": "Dracula, by the fire"}, by=editor)
    change_slug(ScreenWork.objects.get(wikidata_id=NOSFERATU), to="nosferatu-the-first")
    ScreenWork.objects.filter(wikidata_id=DRACULA_1931).update(retired_at=timezone.now())
    removed = remove_starter()
    assert Work.objects.get().title == "Dracula, by the fire"
    assert {screen.wikidata_id for screen in ScreenWork.objects.all()} == {NOSFERATU, DRACULA_1931}
    assert {person.name for person in Person.objects.all()} == {"Bram Stoker", "F. W. Murnau", "Tod Browning"}
    assert stayed(removed) == (0, 3, 3)
    assert not Adaptation.objects.exists()


def test_an_adaptation_that_a_person_has_retired_stays_with_its_two_sides() -> None:
    Adaptation.objects.filter(screen_work__wikidata_id=NOSFERATU).update(retired_at=timezone.now())
    removed = remove_starter()
    assert (Work.objects.get().wikidata_id, ScreenWork.objects.get().wikidata_id) == (DRACULA, NOSFERATU)
    assert Adaptation.objects.get().retired_at is not None
    assert stayed(removed) == (0, 0, 4)


def test_what_wikidata_has_adopted_stays() -> None:
    merge_people([Item(STOKER, label=Text("Bram Stoker", "en"), born=1847)], origin=WIKIDATA)
    merge_works(
        [(Item(DRACULA, label=Text("Dracula", "en"), published=1897, authors=(STOKER,)), "novel")], origin=WIKIDATA
    )
    merge_screen_works([(Item(NOSFERATU, label=Text("Nosferatu", "en"), published=1922), "film")], origin=WIKIDATA)
    merge_adaptations([PairRow(NOSFERATU, DRACULA, False)], origin=WIKIDATA)
    removed = remove_starter()
    assert rows() == [1, 1, 1, 1, 1, 0]
    assert stayed(removed) == (3, 0, 0)


def test_what_something_from_wikidata_refers_to_stays() -> None:
    """A film of Wikidata's own, by a director and from a book that only the starter catalogue has."""
    murnau = Person.objects.get(name="F. W. Murnau").wikidata_id
    assert murnau is not None
    film = Item(1, label=Text("A film", "en"), published=1930, directors=(murnau,))
    merge_screen_works([(film, "film")], origin=WIKIDATA)
    merge_adaptations([PairRow(1, DRACULA, False)], origin=WIKIDATA)
    removed = remove_starter()
    assert Work.objects.get().wikidata_id == DRACULA
    assert ScreenWork.objects.get().wikidata_id == 1
    assert {person.name for person in Person.objects.all()} == {"F. W. Murnau", "Bram Stoker"}
    assert stayed(removed) == (0, 0, 3)
    merge_screen_works([(replace(film, directors=()), "film")], origin=WIKIDATA)
    Adaptation.objects.all().delete()
    assert stayed(remove_starter()) == (0, 0, 0)
    assert rows() == [0, 1, 0, 0, 0, 0]


def test_what_tmdb_told_of_an_entry_goes_with_it() -> None:
    film = ScreenWork.objects.order_by("pk")[0]
    with transaction.atomic():
        merge_titles([(film.pk, title())], origin=Origin("tmdb", 1, timezone.now()))
    film.external_ids.create(scheme="tmdb_movie", value="841", source="tmdb")
    remove_starter()
    assert not ScreenWork.objects.filter(pk=film.pk).exists()
    assert not ScreenMetadata.objects.exists()


def test_the_command_says_what_went_and_what_stayed(capsys: pytest.CaptureFixture[str], editor: User) -> None:
    edit_entry(Work.objects.get(wikidata_id=DRACULA), {"year": 1898}, by=editor)
    merge_screen_works([(Item(NOSFERATU, label=Text("Nosferatu", "en")), "film")], origin=WIKIDATA)
    call_command("starter", "remove")
    told = capsys.readouterr().out.splitlines()
    works, screen_works, people = (
        len(facts) for facts in (starter_facts().works, starter_facts().screen_works, starter_facts().people)
    )
    assert told == [
        f"Removed {works - 1} works, {screen_works - 1} screen works, {len(starter_facts().pairs)} adaptations "
        f"and {people - 1} people.",
        "1 entry stayed: Wikidata brings it too, and it is its own now.",
        "1 entry stayed: a person has changed it.",
        "1 entry stayed: something that stays refers to it.",
    ]
    call_command("starter", "remove")
    assert capsys.readouterr().out.splitlines() == ["There was nothing of the starter catalogue to remove.", *told[1:]]


def test_an_adaptation_that_a_moderator_has_mended_stays(client: Client) -> None:
    client.force_login(User.objects.create_user("grace", role=User.Role.MODERATOR))
    mended = Adaptation.objects.get(screen_work__wikidata_id=NOSFERATU)
    sent = {"relation": "loosely_based_on", "confidence": "90"}
    assert client.post(f"/admin/catalogue/adaptation/{mended.pk}/change/", sent).status_code == 302
    remove_starter()
    assert [row.pk for row in Adaptation.objects.all()] == [mended.pk]
    assert Work.objects.get().wikidata_id == DRACULA
