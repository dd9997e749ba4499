"""Two entries that are one: what moves, what stands, and what rooms further out may add."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue import merging_entries
from adaptapedia.catalogue.actions import change_slug, edit_entry
from adaptapedia.catalogue.merging_entries import NotAlike, before_merging, merge_entries
from adaptapedia.catalogue.models import Adaptation, Entry, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import find_by_slug

pytestmark = pytest.mark.django_db

FIRST_SEEN = datetime(2026, 11, 1, tzinfo=UTC)


def work(number: int, **fields: Any) -> Work:
    given = {"title": f"Work {number}", "title_language": "en", "slug": f"work-{number}", "sort_key": "w"} | fields
    return Work.objects.create(wikidata_id=number, search_text="w", provenance={"*": ["wikidata", 1, ""]}, **given)


def film(number: int) -> ScreenWork:
    names = {"title": "F", "title_language": "en", "sort_key": "f", "search_text": "f"}
    return ScreenWork.objects.create(wikidata_id=number, slug=f"film-{number}", kind="film", **names)


def person(number: int) -> Person:
    names = {"name": "P", "name_language": "en", "sort_key": "p", "search_text": "p"}
    return Person.objects.create(wikidata_id=number, slug=f"person-{number}", **names)


def made_from(screen: ScreenWork, book: Work, /, **fields: Any) -> Adaptation:
    given = {"source": "wikidata", "first_seen_at": FIRST_SEEN} | fields
    return Adaptation.objects.create(screen_work=screen, work=book, **given)


@pytest.fixture
def ada(django_user_model: type[User]) -> User:
    return django_user_model.objects.create(username="ada")


def test_adaptations_credits_ids_and_addresses_move(ada: User) -> None:
    old, new, author = work(1), work(2), person(3)
    change_slug(old, to="moved")
    made_from(film(4), old)
    old.credits.create(role="author", position=0, person=author, source="wikidata")
    old.external_ids.create(scheme="isbn", value="9780441013593", source="wikidata")
    merge_entries(old, into=new)
    assert (new.adaptations.count(), new.credits.get().person, new.external_ids.get().scheme) == (1, author, "isbn")
    for slug in ("work-1", "moved"):
        assert find_by_slug(Work, slug) == (new, True)
    assert Work.objects.get() == new
    assert new.wikidata_digest is None


def test_what_both_have_stands_once() -> None:
    old, new, screen = work(1), work(2), film(4)
    for entry in (old, new):
        made_from(screen, entry)
        entry.credits.create(role="author", position=0, name=f"of {entry.pk}", source="wikidata")
        entry.external_ids.create(scheme="isbn", value="9780441013593", source="wikidata")
    made_from(film(5), old)
    merge_entries(old, into=new)
    assert (new.adaptations.count(), new.credits.get().name, new.external_ids.count()) == (2, f"of {new.pk}", 1)


def test_a_persons_adaptation_takes_the_place_of_an_upstreams() -> None:
    old, new, screen = work(1), work(2), film(4)
    theirs = made_from(screen, old, source="person", relation="inspired_by")
    made_from(screen, new)
    merge_entries(old, into=new)
    assert (new.adaptations.get(), new.adaptations.get().relation) == (theirs, "inspired_by")


def test_locks_of_the_one_that_stays_win_and_the_others_are_kept_where_it_has_none(ada: User) -> None:
    old, new = work(1), work(2)
    edit_entry(old, {"title": "Theirs", "year": 1961, "original_title": "Ihres"}, by=ada)
    edit_entry(new, {"year": 1962}, by=ada)
    merge_entries(old, into=new)
    new.refresh_from_db()
    assert (new.title, new.original_title, new.year) == ("Theirs", "Ihres", 1962)
    assert new.locks.keys() == {"title", "original_title", "year"}
    assert (new.search_text, new.sort_key) == ("theirs ihres", "theirs")
    assert (new.provenance["title"][0], new.provenance["*"][0]) == ("person", "wikidata")


def test_locked_credits_are_one_whole_list() -> None:
    old, new = work(1, locks={"credits": {"by": 1, "at": ""}}), work(2)
    old.credits.create(role="author", position=1, name="A person's", source="person")
    new.credits.create(role="author", position=0, name="An upstream's", source="wikidata")
    merge_entries(old, into=new)
    assert (new.credits.get().name, "credits" in new.locks) == ("A person's", True)


def test_whether_the_one_was_retired_is_not_the_others_affair(ada: User) -> None:
    old, new = work(1), work(2)
    edit_entry(old, {"retired_at": FIRST_SEEN}, by=ada)
    merge_entries(old, into=new)
    assert (new.retired_at, new.locks) == (None, {})


def test_a_film_merged_into_its_own_original_is_no_remake_of_itself() -> None:
    old, new = film(1), film(2)
    Adaptation.objects.create(
        screen_work=old, original=new, relation="remake_of", source="wikidata", first_seen_at=FIRST_SEEN
    )
    merge_entries(old, into=new)
    assert not Adaptation.objects.exists()


def test_people_are_merged_with_all_that_they_are_credited_for() -> None:
    old, new = person(1), person(2)
    work(3).credits.create(role="author", position=0, person=old, source="wikidata")
    film(4).credits.create(role="director", position=0, person=old, source="wikidata")
    merge_entries(old, into=new)
    assert (new.workcredits.count(), new.screencredits.count()) == (1, 1)
    assert find_by_slug(Person, "person-1") == (new, True)


def test_only_two_different_entries_of_one_kind_can_be_merged() -> None:
    entry = work(1)
    for other in (entry, film(2)):
        with pytest.raises(NotAlike):
            merge_entries(entry, into=other)


@pytest.fixture
def no_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging_entries, "_hooks", [])


@pytest.mark.usefixtures("no_hooks")
def test_a_room_further_out_is_told_before_anything_moves() -> None:
    old, new = work(1), work(2)
    made_from(film(4), old)
    told: list[tuple[Entry, Entry, int]] = []

    @before_merging
    def note(entry: Entry, into: Entry) -> None:
        told.append((entry, into, Adaptation.objects.filter(work=entry.pk).count()))

    before_merging(note)
    key = old.pk
    merge_entries(old, into=new)
    assert [(entry.slug, into, moved) for entry, into, moved in told] == [("work-1", new, 1)], "once, however often"
    assert not Work.objects.filter(pk=key).exists()


@pytest.mark.usefixtures("no_hooks")
def test_a_room_further_out_that_fails_lets_nothing_happen() -> None:
    old, new = work(1), work(2)

    @before_merging
    def refuse(_entry: Entry, _into: Entry) -> None:
        raise RuntimeError("not now")

    with pytest.raises(RuntimeError):
        merge_entries(old, into=new)
    assert Work.objects.count() == 2
