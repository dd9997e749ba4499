"""A person's value wins and stays; what the upstream says otherwise waits beside it."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry, unlock_fields
from adaptapedia.catalogue.models import Person, Work
from adaptapedia.ingest.differences import differences, keep_ours, take_theirs
from adaptapedia.ingest.merging import merge_people
from adaptapedia.ingest.models import Difference
from adaptapedia.ingest.origin import STARTER, Origin
from adaptapedia.sources.wikidata.records import Text
from tests.integration.ingest.test_merging import DUNE, FIRST, HERBERT, SECOND, merge_all, row_versions

pytestmark = pytest.mark.django_db

THIRD = replace(SECOND, run_id=3)


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor", password="a long one for nobody")


@pytest.fixture
def dune(editor: User) -> Work:
    """Dune, in which somebody has written the year 1963 where Wikidata says 1965."""
    merge_all()
    work = Work.objects.get()
    edit_entry(work, {"year": 1963}, by=editor)
    return work


def told() -> list[tuple[str, Any, str, int | None, bool]]:
    return [
        (d.field, d.theirs, d.source, d.run_id, d.kept_at is not None) for d in Difference.objects.order_by("field")
    ]


def test_what_a_person_overwrites_waits_beside_their_value(dune: Work) -> None:
    assert told() == [("year", {"year": 1965}, "wikidata", 1, False)]


def test_a_record_that_differs_from_a_locked_field_waits_and_the_persons_value_stands(dune: Work) -> None:
    merge_all(origin=SECOND, work=replace(DUNE, published=1966, language="fr"))
    dune.refresh_from_db()
    assert (dune.year, dune.original_language) == (1963, "fr")
    assert told() == [("year", {"year": 1966}, "wikidata", 2, False)]


def test_the_same_difference_said_again_writes_nothing(dune: Work) -> None:
    merge_all(origin=SECOND, work=replace(DUNE, published=1966))
    merge_all(origin=THIRD, work=replace(DUNE, published=1966, language="fr"))
    assert told() == [("year", {"year": 1966}, "wikidata", 2, False)]


def test_a_difference_goes_when_the_upstream_agrees_again(dune: Work) -> None:
    merge_all(origin=SECOND, work=replace(DUNE, published=1963))
    assert told() == []


def test_a_difference_goes_when_the_person_agrees(dune: Work, editor: User) -> None:
    edit_entry(dune, {"year": 1965}, by=editor)
    assert told() == []


def test_a_second_persons_value_keeps_what_the_upstream_said(dune: Work, editor: User) -> None:
    edit_entry(dune, {"year": 1962}, by=editor)
    assert told() == [("year", {"year": 1965}, "wikidata", 1, False)]


def test_a_difference_goes_with_the_lock(dune: Work) -> None:
    unlock_fields(dune, ["year"])
    assert told() == []


def test_a_difference_whose_lock_went_some_other_way_goes_with_the_next_record(dune: Work) -> None:
    Work.objects.update(locks={"form": {"by": 1, "at": "2026-11-01"}})
    merge_all(origin=SECOND, work=replace(DUNE, language="fr"))
    assert told() == []


def test_ours_once_kept_stays_kept_until_the_upstream_says_something_else(dune: Work, editor: User) -> None:
    keep_ours(Difference.objects.get(), by=editor)
    assert (list(differences()), [d.kept_by for d in differences(kept=True)]) == ([], [editor])
    merge_all(origin=SECOND, work=replace(DUNE, language="fr"))
    assert told() == [("year", {"year": 1965}, "wikidata", 1, True)]
    merge_all(origin=THIRD, work=replace(DUNE, published=1966))
    assert told() == [("year", {"year": 1966}, "wikidata", 3, False)]


def test_a_decision_on_what_is_no_longer_said_changes_nothing(dune: Work, editor: User) -> None:
    seen = Difference.objects.get()
    merge_all(origin=SECOND, work=replace(DUNE, published=1966))
    keep_ours(seen, by=editor)
    assert not take_theirs(seen)
    assert told() == [("year", {"year": 1966}, "wikidata", 2, False)]


def test_taking_theirs_writes_it_unlocks_the_field_and_names_the_upstream(dune: Work) -> None:
    merge_all(origin=SECOND, work=replace(DUNE, published=1966))
    assert take_theirs(Difference.objects.get())
    dune.refresh_from_db()
    assert (dune.year, dune.locks, dune.wikidata_digest) == (1966, {}, None)
    assert dune.provenance["year"] == ["wikidata", 2, "2026-11-02T02:00:00+00:00"]
    assert told() == []
    merge_all(origin=THIRD, work=replace(DUNE, published=1967))
    assert Work.objects.get().year == 1967


def test_a_title_comes_with_its_language_and_what_is_made_of_it(dune: Work, editor: User) -> None:
    edit_entry(dune, {"title": "Arrakis"}, by=editor)
    merge_all(origin=SECOND, work=replace(DUNE, published=1963, label=Text("Der Wüstenplanet", "de")))
    assert told() == [("title", {"title": "Der Wüstenplanet", "title_language": "de"}, "wikidata", 2, False)]
    take_theirs(Difference.objects.get())
    dune.refresh_from_db()
    assert (dune.title, dune.title_language, dune.search_text, dune.sort_key) == (
        "Der Wüstenplanet", "de", "der wustenplanet", "wustenplanet"
    )  # fmt: skip


def test_people_have_differences_too(editor: User) -> None:
    merge_all()
    herbert = Person.objects.get(wikidata_id=HERBERT.qid)
    edit_entry(herbert, {"name": "Herbert", "birth_year": 1921}, by=editor)
    merge_people([replace(HERBERT, label=Text("Frank P. Herbert", "en"))], origin=SECOND)
    assert told() == [
        ("birth_year", {"birth_year": 1920}, "wikidata", 1, False),
        ("name", {"name": "Frank P. Herbert", "name_language": "en"}, "wikidata", 2, False),
    ]


def test_retiring_is_no_difference_and_neither_is_what_the_starter_catalogue_said(editor: User) -> None:
    merge_all(origin=Origin(STARTER, None, FIRST.at))
    edit_entry(Work.objects.get(), {"retired_at": FIRST.at, "year": 1963}, by=editor)
    assert told() == []


def test_entries_without_locks_cost_no_statement_about_differences(dune: Work) -> None:
    Work.objects.update(locks={})
    with CaptureQueriesContext(connection) as queries:
        merge_all(origin=SECOND, work=replace(DUNE, published=1966))
    assert not [query for query in queries if "ingest_difference" in query["sql"]]


def test_replaying_writes_no_row_where_something_differs(dune: Work) -> None:
    merge_all(origin=SECOND, work=replace(DUNE, published=1966))
    before = row_versions()
    merge_all(origin=THIRD, work=replace(DUNE, published=1966))
    assert row_versions() == before
