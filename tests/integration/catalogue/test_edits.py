"""What a person changes in an entry: locked against upstreams, put down to the person, searched by its new names."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test import Client
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import NameMissing, NotEdited, edit_entry
from adaptapedia.catalogue.models import Adaptation, Entry, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import named
from adaptapedia.ingest.merging import merge_people, merge_works
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.wikidata.records import Item, Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", role=User.Role.ADMINISTRATOR)


@pytest.fixture
def admin(client: Client, ada: AbstractBaseUser) -> Client:
    client.force_login(ada)
    return client


def upstream() -> Origin:
    return Origin("wikidata", None, timezone.now())


def bring_work(**fields: Any) -> Work:
    """Dune as Wikidata has it, with these fields."""
    item = Item(qid=190192, **{"label": Text("Dune", "en"), "original_title": None, "published": 1965} | fields)
    merge_works([(item, "novel")], origin=upstream())
    return Work.objects.get(wikidata_id=190192)


def form_of(client: Client, entry: Entry) -> dict[str, Any]:
    """What the browser would send back unchanged from the entry's page in the admin."""
    form = client.get(address_of(entry)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if name != "retired_at"}
    return {name: "" if value is None else value for name, value in values.items()}


def address_of(entry: Entry) -> str:
    return f"/admin/catalogue/{entry._meta.model_name}/{entry.pk}/change/"


def test_an_edited_title_is_locked_found_and_sorted_by_and_stands_against_upstream(ada: User) -> None:
    work = bring_work()
    before = work.updated_at
    written = edit_entry(work, {"title": "Le Désert", "title_language": "fr", "year": 1965}, by=ada)
    assert written == {"title", "title_language", "sort_key", "search_text"}
    assert (work.sort_key, work.search_text) == ("desert", "le desert")
    assert work.updated_at > before

    work = bring_work(label=Text("Dune, the Novel", "en"), published=1966)

    assert (work.title, work.title_language, work.year) == ("Le Désert", "fr", 1966)
    assert (work.sort_key, work.search_text) == ("desert", "le desert")
    assert set(work.locks) == {"title"}
    assert work.locks["title"]["by"] == ada.pk
    assert work.provenance["title"] == ["person", ada.pk, work.locks["title"]["at"]]
    assert work.provenance["search_text"] == work.provenance["title"]
    assert work.provenance["year"][0] == "wikidata"


def test_an_edited_language_stands_against_upstream_with_its_title(ada: User) -> None:
    edit_entry(bring_work(), {"title_language": "de"}, by=ada)
    assert bring_work(published=1966).title_language == "de"


def test_an_edited_name_of_a_person_stands_against_upstream(ada: User) -> None:
    merge_people([Item(qid=7934, label=Text("Frank Herbert", "en"))], origin=upstream())
    edit_entry(Person.objects.get(), {"name": "Frank Patrick Herbert"}, by=ada)
    merge_people([Item(qid=7934, label=Text("F. Herbert", "en"), born=1920)], origin=upstream())
    person = Person.objects.get()
    assert (person.name, person.search_text, person.birth_year) == (
        "Frank Patrick Herbert",
        "frank patrick herbert",
        1920,
    )


def test_a_value_that_stands_already_locks_nothing(ada: User) -> None:
    work = bring_work()
    before = work.updated_at
    assert edit_entry(work, {"title": " Dune\0", "year": 1965}, by=ada) == frozenset()
    work.refresh_from_db()
    assert (work.locks, work.updated_at) == ({}, before)


@pytest.mark.parametrize("field", ["slug", "wikidata_id", "search_text", "locks", "wikidata_digest"])
def test_nobody_writes_what_is_derived_or_has_an_act_of_its_own(ada: User, field: str) -> None:
    with pytest.raises(NotEdited, match=field):
        edit_entry(bring_work(), {field: "x"}, by=ada)


def test_a_title_of_nothing_that_can_be_seen_is_refused(ada: User) -> None:
    with pytest.raises(NameMissing, match="title"):
        edit_entry(bring_work(), {"title": "\u200b"}, by=ada)


def test_the_admin_edits_through_the_act_and_leaves_the_rest_alone(admin: Client, ada: User) -> None:
    work = bring_work()
    page = form_of(admin, work)
    assert not page.keys() & {"slug", "wikidata_id", "sort_key", "search_text", "provenance", "locks"}

    sent = page | {"title": "Amélie", "slug": "hijacked", "wikidata_id": "1", "retired_at_0": "", "retired_at_1": ""}
    assert admin.post(address_of(work), sent).status_code == 302

    work.refresh_from_db()
    assert (work.title, work.search_text, work.slug, work.wikidata_id) == ("Amélie", "amelie", "dune", 190192)
    assert set(work.locks) == {"title"}
    assert work.locks["title"]["by"] == ada.pk


def test_the_admin_says_that_a_title_cannot_be_seen(admin: Client) -> None:
    work = bring_work()
    answer = admin.post(address_of(work), form_of(admin, work) | {"title": "\u200b"})
    assert "nothing here that can be seen" in answer.content.decode()


@pytest.mark.parametrize(
    "asked", ["Amélie", "AMELIE", "amelie fabuleux", "Q484048", "484048", "q484048", "amelie-2001"]
)
def test_the_admin_finds_an_entry_whatever_its_accents_and_by_its_item(admin: Client, asked: str) -> None:
    common: dict[str, Any] = {"title_language": "fr", "kind": ScreenWork.Kind.FILM, "sort_key": "x"}
    film = ScreenWork.objects.create(
        title="Amélie", wikidata_id=484048, slug="amelie-2001", search_text="amelie fabuleux destin", **common
    )
    ScreenWork.objects.create(title="484", wikidata_id=4840480, slug="b", search_text="484", **common)
    Adaptation.objects.create(screen_work=film, work=bring_work(), source="test", first_seen_at=timezone.now())
    for kind in ("screenwork", "adaptation"):
        found = admin.get(f"/admin/catalogue/{kind}/", {"q": asked}).context["cl"]
        assert found.result_count == 1


def test_a_number_of_any_length_may_be_searched_for(admin: Client) -> None:
    assert admin.get("/admin/catalogue/work/", {"q": "9" * 40}).context["cl"].result_count == 0


def test_a_search_goes_through_the_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Work.objects.filter(named("Amélie Q42")).explain()
    assert "work_search_trgm" in plan
    assert "Seq Scan" not in plan
