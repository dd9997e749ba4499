"""What a person writes in the metadata of TMDb and Open Library stands; what these say otherwise waits beside it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import NotEdited, edit_entry, unlock_fields
from adaptapedia.catalogue.editors import edits_of
from adaptapedia.catalogue.merging_entries import merge_entries
from adaptapedia.catalogue.models import ScreenMetadata, ScreenWork, Work, WorkMetadata
from adaptapedia.ingest.differences import differences_of, keep_ours, take_theirs
from adaptapedia.ingest.metadata.expiry import expire_titles
from adaptapedia.ingest.metadata.merging import merge_descriptions, merge_open_library, merge_titles
from adaptapedia.ingest.models import Difference, SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.openlibrary.records import Description
from tests.integration.ingest.metadata.samples import (
    FIRST,
    SECOND,
    open_library_work,
    row_versions,
    screen_work,
    title,
    work,
)

pytestmark = pytest.mark.django_db

THIRD = Origin("tmdb", 3, datetime(2026, 11, 15, 3, tzinfo=UTC))
READ = Origin("open_library", 4, datetime(2026, 11, 2, 3, tzinfo=UTC))
READ_AGAIN = Origin("open_library", 5, datetime(2026, 11, 9, 3, tzinfo=UTC))
OVERVIEW = title().overview
OURS = "A duke's son among the people of the desert."


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor", role=User.Role.MODERATOR)


@pytest.fixture
def dune() -> ScreenMetadata:
    """What TMDb tells of Dune."""
    screen_work()
    refresh(FIRST)
    return ScreenMetadata.objects.get()


@pytest.fixture
def book() -> WorkMetadata:
    """What Open Library tells of Dune, with a description."""
    work()
    read(READ)
    describe("A desert planet.", READ)
    return WorkMetadata.objects.get()


def refresh(origin: Origin, **changes: Any) -> None:
    with transaction.atomic():
        merge_titles([(metadata_key(), title(**changes))], origin=origin)


def metadata_key() -> int:
    return ScreenWork.objects.order_by("pk").values_list("pk", flat=True)[0]


def read(origin: Origin, **changes: Any) -> None:
    with transaction.atomic():
        merge_open_library([(Work.objects.get().pk, open_library_work(**changes))], origin=origin)


def describe(text: str, origin: Origin) -> None:
    with transaction.atomic():
        merge_descriptions([(Work.objects.get().pk, Description("OL893415W", text))], origin=origin)


def told() -> list[tuple[str, str, Any, int | None, bool]]:
    rows = Difference.objects.order_by("field")
    return [(d.kind, d.field, d.theirs[d.field], d.run_id, d.kept_at is not None) for d in rows]


def test_a_persons_field_is_locked_and_put_down_to_them_and_what_tmdb_said_waits(
    dune: ScreenMetadata, editor: User
) -> None:
    changed_at = dune.changed_at
    assert edit_entry(dune, {"overview": OURS, "tagline": dune.tagline}, by=editor) == {"overview"}
    dune.refresh_from_db()
    assert (dune.overview, dune.locks["overview"]["by"], dune.changed_at) == (OURS, editor.pk, changed_at)
    assert (dune.provenance["overview"][:2], dune.provenance["*"][:2]) == (["person", editor.pk], ["tmdb", 1])
    assert told() == [("screen_metadata", "overview", OVERVIEW, 1, False)]
    assert edits_of(editor) == [
        {"kind": "screenmetadata", "id": dune.pk, "slug": "dune", "fields": {"overview": dune.locks["overview"]["at"]}}
    ]


def test_a_refresh_keeps_what_is_locked_writes_the_rest_and_notes_what_it_says_otherwise(
    dune: ScreenMetadata, editor: User
) -> None:
    edit_entry(dune, {"overview": OURS}, by=editor)
    refresh(SECOND, overview="Something new.", runtime=140)
    dune.refresh_from_db()
    assert (dune.overview, dune.runtime, dune.provenance["overview"][0]) == (OURS, 140, "person")
    assert told() == [("screen_metadata", "overview", "Something new.", 2, False)]
    stands = row_versions()
    refresh(THIRD, overview="Something new.", runtime=140)
    assert row_versions() == stands
    refresh(THIRD, overview=OURS, runtime=140)
    assert told() == []


def test_an_unlocked_field_is_tmdbs_again_with_the_next_refresh_though_nothing_has_changed_there(
    dune: ScreenMetadata, editor: User
) -> None:
    SourceState.objects.create(source="tmdb", key="movie/841", read_at=timezone.now(), etag='"one"')
    edit_entry(dune, {"overview": OURS}, by=editor)
    refresh(SECOND, runtime=140)
    unlock_fields(dune, ["overview"])
    assert SourceState.objects.get().etag == ""
    refresh(THIRD, runtime=140)
    dune.refresh_from_db()
    assert (dune.overview, dune.locks, dune.provenance["overview"][:2]) == (OVERVIEW, {}, ["tmdb", 3])
    assert told() == []


def test_taking_theirs_writes_it_and_unlocks_the_field_whatever_kind_it_is(dune: ScreenMetadata, editor: User) -> None:
    edit_entry(dune, {"released": date(1985, 1, 1), "genres": ["Epic"], "runtime": None}, by=editor)
    assert [(field, theirs) for _, field, theirs, *_ in told()] == [
        ("genres", ["Science Fiction", "Adventure"]),
        ("released", "1984-12-14"),
        ("runtime", 137),
    ]
    assert all(take_theirs(difference) for difference in Difference.objects.all())
    dune.refresh_from_db()
    assert (dune.released, dune.genres, dune.runtime) == (date(1984, 12, 14), ["Science Fiction", "Adventure"], 137)
    assert (dune.locks, told()) == ({}, [])
    assert dune.provenance["released"][:2] == ["tmdb", 1]


def test_a_date_said_again_as_the_person_has_it_is_no_difference(dune: ScreenMetadata, editor: User) -> None:
    edit_entry(dune, {"released": date(1985, 1, 1)}, by=editor)
    edit_entry(dune, {"released": date(1984, 12, 14)}, by=editor)
    assert (told(), dune.locks.keys()) == ([], {"released"})


def test_ours_once_kept_stays_until_tmdb_says_something_else(dune: ScreenMetadata, editor: User) -> None:
    edit_entry(dune, {"overview": OURS}, by=editor)
    keep_ours(Difference.objects.get(), by=editor)
    refresh(SECOND, runtime=140)
    assert told() == [("screen_metadata", "overview", OVERVIEW, 1, True)]
    refresh(THIRD, overview="Something new.")
    assert told() == [("screen_metadata", "overview", "Something new.", 3, False)]


def test_descriptions_and_records_of_open_library_wait_each_for_itself(book: WorkMetadata, editor: User) -> None:
    edit_entry(book, {"description": OURS, "first_year": 1963}, by=editor)
    read(READ_AGAIN, editions=121)
    describe("Sand.", READ_AGAIN)
    book.refresh_from_db()
    assert (book.description, book.first_year, book.editions) == (OURS, 1963, 121)
    assert told() == [
        ("work_metadata", "description", "Sand.", 5, False),
        ("work_metadata", "first_year", 1965, 4, False),
    ]


def test_an_unlocked_description_is_asked_for_with_the_next_run(book: WorkMetadata, editor: User) -> None:
    for key in ("OL893415W", "OL893415W/text"):
        SourceState.objects.create(source="open_library", key=key, read_at=timezone.now())
    edit_entry(book, {"description": OURS, "title": "Ours"}, by=editor)
    unlock_fields(book, ["description", "title"])
    assert list(SourceState.objects.values_list("key", flat=True)) == ["OL893415W"]
    describe("A desert planet.", READ_AGAIN)
    read(READ_AGAIN)
    book.refresh_from_db()
    assert (book.description, book.title) == ("A desert planet.", "Dune")


@pytest.mark.parametrize("field", ["votes", "providers", "tmdb_id", "digest", "locks"])
def test_what_the_source_alone_can_know_nobody_writes(dune: ScreenMetadata, editor: User, field: str) -> None:
    with pytest.raises(NotEdited):
        edit_entry(dune, {field: 1}, by=editor)


def test_what_a_person_wrote_in_the_metadata_of_an_entry_moves_with_it_into_another(
    dune: ScreenMetadata, editor: User
) -> None:
    other = screen_work("other")
    with transaction.atomic():
        merge_titles([(other.pk, title(tagline="Another."))], origin=FIRST)
    edit_entry(dune, {"overview": OURS}, by=editor)
    merge_entries(dune.screen_work, into=other)
    kept = ScreenMetadata.objects.get()
    assert (kept.pk, kept.overview, kept.tagline, kept.locks.keys()) == (other.pk, OURS, "Another.", {"overview"})
    assert [one.theirs["overview"] for one in differences_of(kept)] == [OVERVIEW]


def test_metadata_that_only_the_entry_that_goes_has_move_with_what_waits(dune: ScreenMetadata, editor: User) -> None:
    other = screen_work("other", tmdb="")
    edit_entry(dune, {"overview": OURS}, by=editor)
    merge_entries(dune.screen_work, into=other)
    kept = ScreenMetadata.objects.get()
    assert (kept.pk, kept.overview, differences_of(kept).count()) == (other.pk, OURS, 1)


def test_what_a_person_wrote_stays_when_tmdb_has_not_confirmed_the_rest_for_too_long(
    dune: ScreenMetadata, editor: User
) -> None:
    edit_entry(dune, {"overview": OURS, "released": date(1985, 1, 1)}, by=editor)
    late = datetime(2027, 6, 1, tzinfo=UTC)
    assert [gone.keys for gone in expire_titles(before=late, run_id=2)] == [("movie/841",)]
    dune.refresh_from_db()
    assert (dune.overview, dune.released, dune.runtime, dune.title, dune.cast) == (OURS, date(1985, 1, 1), None, "", [])
    assert dune.provenance.keys() == dune.locks.keys() == {"overview", "released"}
    assert list(expire_titles(before=late, run_id=2)) == []
    refresh(SECOND)
    dune.refresh_from_db()
    assert (dune.overview, dune.runtime) == (OURS, 137)
    assert [gone.keys for gone in expire_titles(before=late, run_id=2)] == [("movie/841",)]


def form_of(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back unchanged: its lines end in CR and LF."""
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {
        name: "" if v is None else v.replace("\n", "\r\n") if isinstance(v, str) else v for name, v in values.items()
    }


def test_in_the_admin_only_what_was_changed_is_locked(client: Client, dune: ScreenMetadata, editor: User) -> None:
    client.force_login(editor)
    page = f"/admin/catalogue/screenmetadata/{dune.pk}/change/"
    assert page in client.get(f"/admin/catalogue/screenwork/{dune.pk}/change/").content.decode()
    refresh(SECOND, genres=("Action, Adventure", "Drama"), overview="One.  Two.")
    asked = form_of(client, page)
    assert "cast" not in asked
    assert client.post(page, {"overview": "One."}).status_code == 200, "an empty field is not one that did not come"
    assert client.post(page, asked).status_code == 302
    dune.refresh_from_db()
    assert dune.locks == {}
    asked |= {"genres": "Action, Adventure\r\n\r\n Drama \r\nEpic", "runtime": "140"}
    assert client.post(page, asked).status_code == 302
    dune.refresh_from_db()
    assert (dune.genres, dune.runtime) == (["Action, Adventure", "Drama", "Epic"], 140)
    assert dune.locks.keys() == {"genres", "runtime"}
    assert "editor" in client.get(page).content.decode()
    assert "140" in client.get(f"/admin/catalogue/screenmetadata/{dune.pk}/history/").content.decode()
    client.post(f"/admin/catalogue/screenmetadata/{dune.pk}/unlock/", {"fields_locked": ["genres"]})
    dune.refresh_from_db()
    assert (dune.locks.keys(), dune.digest) == ({"runtime"}, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("homepage", "javascript:alert(1)"), ("poster_path", "//elsewhere.example/a.jpg"), ("runtime", "0")],
)
def test_a_value_that_pages_could_make_nothing_good_of_is_refused(
    client: Client, dune: ScreenMetadata, editor: User, field: str, value: str
) -> None:
    client.force_login(editor)
    page = f"/admin/catalogue/screenmetadata/{dune.pk}/change/"
    answer = client.post(page, form_of(client, page) | {field: value})
    assert (answer.status_code, [*answer.context["adminform"].form.errors]) == (200, [field])


@pytest.mark.parametrize(("field", "value"), [("languages", "english"), ("first_year", "0"), ("cover_id", "-1")])
def test_so_is_one_of_a_book(client: Client, book: WorkMetadata, editor: User, field: str, value: str) -> None:
    client.force_login(editor)
    page = f"/admin/catalogue/workmetadata/{book.pk}/change/"
    asked = form_of(client, page)
    assert client.post(page, asked).status_code == 302
    answer = client.post(page, asked | {field: value})
    assert (answer.status_code, [*answer.context["adminform"].form.errors]) == (200, [field])
    book.refresh_from_db()
    assert book.locks == {}


def test_what_waits_is_named_by_the_entry_and_settled_where_all_differences_are(
    client: Client, dune: ScreenMetadata, editor: User
) -> None:
    client.force_login(editor)
    edit_entry(dune, {"overview": OURS}, by=editor)
    page = client.get("/ops/differences/").content.decode()
    assert all(text in page for text in ("Dune (1984)", "Overview", OVERVIEW, "the people of the desert"))
    asked = {"keep": "theirs", "theirs": json.dumps({"overview": OVERVIEW})}
    assert client.post(f"/ops/differences/{Difference.objects.get().pk}/", asked).status_code == 302
    dune.refresh_from_db()
    assert (dune.overview, dune.locks, told()) == (OVERVIEW, {}, [])
