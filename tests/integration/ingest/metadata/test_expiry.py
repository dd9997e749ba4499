from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from adaptapedia.catalogue.models import Person, ScreenCredit, ScreenMetadata, ScreenWork
from adaptapedia.ingest.merging import merge_people, merge_screen_works
from adaptapedia.ingest.metadata.expiry import KEPT_FOR, Expired, expire_titles, remove_orphans
from adaptapedia.ingest.models import SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.ingest.metadata.runs import Refresh
from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film

pytestmark = pytest.mark.django_db


def expire() -> list[Expired]:
    return [*expire_titles(before=timezone.now() - KEPT_FOR), *remove_orphans()]


def age(key: str, *, days: int) -> None:
    SourceState.objects.filter(key=key).update(refreshed_at=timezone.now() - timedelta(days=days))


def test_what_was_not_refreshed_for_183_days_goes_with_its_credits_and_people(lab: TmdbLab, refresh: Refresh) -> None:
    for n in (1, 2):
        screen_work(f"film-{n}", tmdb=f"movie/{n}")
        lab.add(film(n, f"Film {n}", directors=f"Director {n}", cast=("Star",)))
    refresh()
    age("movie/1", days=184)
    age("movie/2", days=182)

    assert expire() == [Expired(("movie/1",), credits=3), Expired(people=2)]  # with the writer whom the lab makes up

    assert list(ScreenMetadata.objects.values_list("tmdb_id", flat=True)) == [2]
    names = set(Person.objects.values_list("name", flat=True))
    assert {"Director 2", "Star"} <= names
    assert "Director 1" not in names
    assert ScreenWork.objects.count() == 2
    assert expire() == []


def test_being_asked_for_in_vain_does_not_keep_it(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Film"))
    refresh()
    age("movie/1", days=184)
    lab.remove("movie", 1)
    refresh()
    assert expire()[0].titles == ("movie/1",)


def test_being_confirmed_unchanged_keeps_it(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Film"))
    refresh()
    age("movie/1", days=184)
    refresh()
    assert expire() == []


def test_after_its_removal_a_title_is_read_whole_again(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Film", cast=("Star",)))
    refresh()
    age("movie/1", days=184)
    expire()
    assert refresh()["enriched"] == 1
    assert ScreenMetadata.objects.get().title == "Film"


def test_credits_of_wikidata_and_people_whom_it_knows_or_somebody_mended_stay(lab: TmdbLab, refresh: Refresh) -> None:
    origin = Origin("wikidata", 1, timezone.now())
    with transaction.atomic():
        merge_people([Item(qid=2071, label=Text("David Lynch", "en"), tmdb_person=("5602",))], origin=origin)
        merge_screen_works(
            [(Item(qid=1, label=Text("Dune", "en"), directors=(2071,), tmdb_movie=("1",)), "film")], origin=origin
        )
    lab.add(film(1, "Dune", cast=("Star", "Mended")))
    refresh()
    Person.objects.filter(name="Mended").update(locks={"name": {"by": 1, "at": "2026-11-01"}})
    age("movie/1", days=184)
    expire()
    assert set(Person.objects.values_list("name", flat=True)) == {"David Lynch", "Mended"}
    assert list(ScreenCredit.objects.values_list("role", "source")) == [("director", "wikidata")]
