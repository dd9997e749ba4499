from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from adaptapedia.catalogue.models import Person, ScreenCredit, ScreenMetadata, ScreenWork
from adaptapedia.ingest.merging import merge_people, merge_screen_works
from adaptapedia.ingest.metadata.expiry import KEPT_FOR, Expired, empty_candidates, expire_titles, remove_orphans
from adaptapedia.ingest.metadata.removing import Removed
from adaptapedia.ingest.models import Match, Reject, Removal, SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.ingest.metadata.films import known_film
from tests.integration.ingest.metadata.runs import Refresh
from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film, number_of

pytestmark = pytest.mark.django_db


def expire(run_id: int = 90) -> list[Removed | Expired]:
    before = timezone.now() - KEPT_FOR
    titles, people = expire_titles(before=before, run_id=run_id), remove_orphans(run_id=run_id)
    return [*titles, *people, *empty_candidates(before=before)]


def age(key: str, *, days: int) -> None:
    SourceState.objects.filter(key=key).update(refreshed_at=timezone.now() - timedelta(days=days))


def test_what_was_not_refreshed_for_183_days_goes_with_its_credits_and_people(lab: TmdbLab, refresh: Refresh) -> None:
    for n in (1, 2):
        known_film(n)
        lab.add(film(n, f"Film {n}", directors=f"Director {n}", cast=("Star",)))
    refresh()
    age("movie/1", days=184)
    age("movie/2", days=182)

    assert expire() == [Removed(("movie/1",), credits=3), Expired(people=2)]  # with the writer whom the lab makes up

    assert list(ScreenMetadata.objects.values_list("tmdb_id", flat=True)) == [2]
    names = set(Person.objects.values_list("name", flat=True))
    assert {"Director 2", "Star"} <= names
    assert "Director 1" not in names
    assert ScreenWork.objects.count() == 2
    assert expire() == []


def test_being_asked_for_in_vain_does_not_keep_it(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Dune"))
    refresh()
    age("movie/1", days=184)
    lab.remove("movie", 1)
    refresh()
    assert ("movie/1",) in [gone[0] for gone in expire()]


def test_being_confirmed_unchanged_keeps_it(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Dune"))
    refresh()
    age("movie/1", days=184)
    refresh()
    assert expire() == []


def test_after_its_removal_a_title_is_read_whole_again(lab: TmdbLab, refresh: Refresh) -> None:
    screen_work(tmdb="movie/1")
    lab.add(film(1, "Dune", cast=("Star",)))
    refresh()
    age("movie/1", days=184)
    expire()
    assert refresh()["enriched"] == 1
    assert ScreenMetadata.objects.get().title == "Dune"


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


def test_the_words_of_candidates_go_after_183_days_and_come_back_with_the_next_finding(
    lab: TmdbLab, refresh: Refresh
) -> None:
    screen_work("dune", tmdb="")
    lab.add(film(841, "Dune", date="1984-12-14"), film(842, "Dune", date="1984-12-14"))
    refresh()
    found = Match.objects.get()
    assert [one["title"] for one in found.candidates] == ["Dune", "Dune"]
    Match.objects.update(found_at=timezone.now() - timedelta(days=184))
    assert expire() == []  # it was found again a moment ago
    SourceState.objects.update(read_at=timezone.now() - timedelta(days=184))
    assert expire() == [Expired(matches=1)]

    emptied = Match.objects.get()
    assert emptied.state == Match.State.OPEN
    told, _ = emptied.candidates
    assert (told["ref"], told["title"], told["original_title"], told["year"]) == ("movie/841", "", "", None)
    assert (told["score"], told["parts"]) == (found.candidates[0]["score"], found.candidates[0]["parts"])
    assert expire() == []
    refresh()
    assert Match.objects.get().candidates == found.candidates


def test_rejects_go_with_their_title_and_with_time(lab: TmdbLab, refresh: Refresh) -> None:
    for n in (1, 2, 3):
        known_film(n)
        lab.add(film(n, f"Film {n}", runtime="long"))
    refresh()
    age("movie/1", days=184)
    old = timezone.now() - timedelta(days=184)
    Reject.objects.update(first_seen_at=old)
    SourceState.objects.filter(key="movie/2").update(read_at=old)
    expire()
    assert list(Reject.objects.values_list("key", flat=True)) == ["movie/3"]


def test_every_title_and_person_that_goes_is_told_in_a_row_and_nothing_of_what_was_said(
    lab: TmdbLab, refresh: Refresh
) -> None:
    dune, other = screen_work(tmdb="movie/1"), screen_work("other", tmdb="movie/1", locks={"credits": {"by": 1}})
    lab.add(film(1, "Dune", directors="Director", cast="Star"))
    refresh()
    keys = dict(Person.objects.values_list("name", "pk"))
    age("movie/1", days=184)
    refreshed = SourceState.objects.get(key="movie/1").refreshed_at
    ScreenCredit.objects.filter(screen_work=other).delete()
    expire(run_id=91)

    titles = Removal.objects.filter(reason="expired").order_by("entry_id")
    assert [(one.key, one.entry_id, one.credits) for one in titles] == [
        ("movie/1", dune.pk, 3),
        ("movie/1", other.pk, 0),
    ]
    assert {(one.source, one.run_id, one.refreshed_at) for one in titles} == {("tmdb", 91, refreshed)}
    gone = dict(Removal.objects.filter(reason="uncredited").values_list("entry_id", "key"))
    assert gone.keys() == set(keys.values())
    assert gone[keys["Star"]] == f"person/{number_of('Star')}"
