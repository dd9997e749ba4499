"""A refresh is taken back: metadata, the credits and people it brought."""

import pytest
from django.db import transaction
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import Person, ScreenCredit, ScreenMetadata, ScreenWork, WorkMetadata
from adaptapedia.ingest.metadata.merging import merge_descriptions, merge_open_library, merge_titles
from adaptapedia.ingest.models import Change, SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reverting.runs import preview_revert, revert_run
from adaptapedia.sources.openlibrary.records import Description
from tests.integration.ingest.metadata.samples import FIRST, SECOND, open_library_work, screen_work, title, work

pytestmark = pytest.mark.django_db


def merge(screen: ScreenWork, *, origin: Origin, **changes: object) -> None:
    with transaction.atomic():
        merge_titles([(screen.pk, title(**changes))], origin=origin)


def test_a_first_refresh_goes_away_with_its_people() -> None:
    dune = screen_work()
    merge(dune, origin=FIRST)
    assert ScreenCredit.objects.filter(screen_work=dune, source="tmdb").exists()

    report = revert_run(1, by="editor")

    assert not ScreenMetadata.objects.exists()
    assert not ScreenCredit.objects.exists()
    assert not Person.objects.exists()
    assert report.counts["metadata_of_screen_works"]["deleted"] == 1
    assert ScreenWork.objects.filter(pk=dune.pk).exists()


def test_a_later_refresh_goes_back_to_what_the_first_one_told() -> None:
    dune = screen_work()
    merge(dune, origin=FIRST)
    first = ScreenMetadata.objects.get()
    cast = set(ScreenCredit.objects.values_list("role", "position", "person__name"))
    merge(dune, origin=SECOND, overview="Nonsense.", votes=1, cast=())
    SourceState.objects.create(source="tmdb", key="movie/841", read_at=timezone.now(), etag='"second"')

    preview = preview_revert(2)
    revert_run(2, by="editor")

    assert preview.counts["metadata_of_screen_works"]["restored"] == 1
    back = ScreenMetadata.objects.get()
    assert (back.overview, back.votes, back.cast) == (first.overview, first.votes, first.cast)
    assert back.provenance.keys() == {"*"}
    assert set(ScreenCredit.objects.values_list("role", "position", "person__name")) == cast
    assert back.digest == 0, "the next record is compared afresh"
    assert SourceState.objects.get(key="movie/841").etag == "", "and asked for whole"


def test_a_title_that_is_the_same_once_more_is_not_logged() -> None:
    dune = screen_work()
    merge(dune, origin=FIRST)
    logged = Change.objects.count()
    merge(dune, origin=SECOND)
    assert Change.objects.count() == logged


def test_what_a_person_wrote_into_a_credited_person_stays_with_them() -> None:
    editor = User.objects.create_user("editor", password="a long one for nobody")
    merge(screen_work(), origin=FIRST)
    lynch = Person.objects.get(name="David Lynch")
    edit_entry(lynch, {"name": "David K. Lynch"}, by=editor)

    report = revert_run(1, by="editor")

    assert [person.name for person in Person.objects.all()] == ["David K. Lynch"]
    assert report.left["changed since by a person"] == 1


def test_books_go_back_too() -> None:
    dune = work()
    with transaction.atomic():
        merge_open_library([(dune.pk, open_library_work())], origin=FIRST)
        merge_descriptions([(dune.pk, Description("OL893415W", "Sand."))], origin=SECOND)

    revert_run(2, by="editor")
    assert WorkMetadata.objects.get().description == ""
    revert_run(1, by="editor")
    assert not WorkMetadata.objects.exists()


def test_what_wikidata_brought_goes_though_tmdb_told_of_it_since() -> None:
    stamp = {"*": ["wikidata", 1, "2026-11-01T03:00:00Z"]}
    dune = screen_work(provenance=stamp, wikidata_id=114819)
    merge(dune, origin=SECOND)

    revert_run(1, by="editor")

    assert not ScreenWork.objects.exists()
    assert not ScreenMetadata.objects.exists()
