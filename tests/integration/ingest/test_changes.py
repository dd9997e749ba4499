"""What runs change is logged, in the statement that changes it, and nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.ingest.changes import KEPT_FOR, delete_old_changes, execute_logged
from adaptapedia.ingest.merging import merge_adaptations, merge_people, merge_screen_works, merge_works
from adaptapedia.ingest.models import Change
from adaptapedia.ingest.origin import FILE, STARTER, Origin
from adaptapedia.ingest.rows import PairRow
from benchmarks.pairs import sample
from benchmarks.scale import provenance_percent
from tests.integration.ingest.test_merging import DUNE, DUNE_1984, DUNE_2021, FIRST, HERBERT, SECOND, merge_all

STAMP_OF_FIRST = ["wikidata", 1, "2026-11-01T02:00:00+00:00"]
STAMP_OF_SECOND = ["wikidata", 2, "2026-11-02T02:00:00+00:00"]


def logged() -> list[tuple[str, int, dict[str, object]]]:
    return list(Change.objects.order_by("id").values_list("table_name", "row_id", "before"))


@pytest.mark.django_db
def test_what_a_run_brings_new_and_what_it_finds_unchanged_is_not_logged() -> None:
    merge_all()
    merge_all(origin=SECOND)
    assert logged() == []


@pytest.mark.django_db
def test_a_changed_entry_is_logged_with_what_it_was_and_whose() -> None:
    merge_all()
    merge_all(origin=SECOND, work=replace(DUNE, published=1963, language="fr"))
    merge_all(origin=replace(SECOND, run_id=3), work=replace(DUNE, published=1964, language="fr"))
    dune = Work.objects.get()
    assert logged() == [
        ("catalogue_work", dune.pk, {"year": [1965, None], "original_language": ["en", None]}),
        ("catalogue_work", dune.pk, {"year": [1963, STAMP_OF_SECOND]}),
    ]
    change = Change.objects.earliest("id")
    assert (change.run_id, change.source, change.at) == (2, "wikidata", SECOND.at)


@pytest.mark.django_db
def test_a_record_that_differs_in_nothing_that_an_entry_says_is_not_logged() -> None:
    merge_all()
    Work.objects.update(wikidata_digest=None)
    merge_all(origin=SECOND)
    assert logged() == []


@pytest.mark.django_db
def test_credits_and_ids_are_logged_whole_and_their_provenance_kept() -> None:
    merge_all()
    screen, herbert = ScreenWork.objects.get(year=1984), Person.objects.get(name="Frank Herbert")
    lynch = Person.objects.get(name="David Lynch")
    changed = replace(DUNE_1984, directors=(HERBERT.qid, 2071), imdb=("tt0000001",))
    merge_all(origin=SECOND, screens=[changed, DUNE_2021])
    before = {name: value for table, row, told in logged() if row == screen.pk for name, value in told.items()}
    assert before == {
        "credits": [[["director", 0, lynch.pk, "", "wikidata"]], None],
        "external_ids": [[["imdb", "tt0087182", "wikidata"]], None],
    }
    screen.refresh_from_db()
    assert screen.provenance == {"*": STAMP_OF_FIRST, "credits": STAMP_OF_SECOND, "external_ids": STAMP_OF_SECOND}
    assert [credit.person for credit in screen.credits.all()] == [herbert, lynch]


@pytest.mark.django_db
@pytest.mark.parametrize("source", [STARTER, FILE])
def test_an_adoption_is_logged_with_the_former_source(source: str) -> None:
    merge_all(origin=Origin(source, None, FIRST.at))
    merge_all(origin=SECOND)
    assert set(Adaptation.objects.values_list("source", "run_id")) == {("wikidata", 2)}
    former = {(table, str(before)) for table, _, before in logged() if "*" in before or "source" in before}
    stamp = [source, None, "2026-11-01T02:00:00+00:00"]
    assert former == {
        *((f"catalogue_{table}", str({"*": [None, stamp]})) for table in ("person", "work", "screenwork")),
        ("catalogue_adaptation", str({"run_id": [None, None, 2], "source": [source, None, "wikidata"]})),
    }


@pytest.mark.django_db
def test_an_adaptation_found_again_is_logged_with_both_values() -> None:
    merge_all()
    Adaptation.objects.filter(screen_work__year=1984).update(missing_since=FIRST.at)
    merge_all(origin=SECOND)
    ((table, _, before),) = logged()
    assert (table, before) == ("catalogue_adaptation", {"missing_since": ["2026-11-01T02:00:00+00:00", None, None]})
    assert Adaptation.objects.get(screen_work__year=1984).provenance["missing_since"][:2] == ["wikidata", 2]


@pytest.mark.django_db
def test_any_statement_that_writes_a_table_can_be_logged() -> None:
    merge_all()
    dune = Work.objects.get()
    insert = f"""
        INSERT INTO catalogue_work AS t (id, slug, sort_key, search_text, provenance, locks, created_at, updated_at,
            title, title_language, original_title, original_language, countries, genres, series, form)
        SELECT id, slug, sort_key, search_text, provenance, locks, created_at, updated_at,
            title, title_language, 'Arrakis', original_language, countries, genres, series, form
        FROM catalogue_work WHERE id = {dune.pk}
        ON CONFLICT (id) DO UPDATE SET original_title = excluded.original_title,
            provenance = t.provenance || jsonb_build_object('original_title', %(stamp)s::jsonb)
    """
    assert execute_logged(insert, table="catalogue_work", origin=SECOND) == 1
    assert logged() == [("catalogue_work", dune.pk, {"original_title": ["", None]})]


@pytest.mark.django_db(transaction=True)
def test_what_is_older_than_180_days_is_deleted_in_batches() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    ages = [timedelta(days=1), KEPT_FOR - timedelta(seconds=1), KEPT_FOR + timedelta(seconds=1), timedelta(days=400)]
    Change.objects.bulk_create(
        Change(run_id=1, source="wikidata", table_name="catalogue_work", row_id=n, at=now - age, before={})
        for age in ages
        for n in range(1_200)
    )
    first, *later = delete_old_changes(before=now - KEPT_FOR)
    assert (first, sum(later)) == (1_000, 1_400)  # how large the later ones are depends on how long the first took
    assert Change.objects.count() == 2_400
    assert not Change.objects.filter(at__lt=now - KEPT_FOR).exists()


@pytest.mark.django_db(transaction=True)
def test_provenance_locks_and_log_take_less_than_three_tenths_of_what_the_catalogue_takes() -> None:
    """Where a second run has changed one entry in ten, with all indexes of catalogue and log."""
    everything = sample(2_000, rich=True)
    people, works = everything.people, [(item, "novel") for item in everything.works]
    screens = [(item, "film") for item in everything.screen_works]
    with transaction.atomic():
        merge_people(people, origin=FIRST)
        merge_works(works, origin=FIRST)
        merge_screen_works(screens, origin=FIRST)
        merge_adaptations([PairRow(pair.subject, pair.source, False) for pair in everything.pairs], origin=FIRST)
    with transaction.atomic():
        merge_works([(replace(item, published=1901), what) for item, what in works[::10]], origin=SECOND)
        merge_screen_works([(replace(item, published=1902), what) for item, what in screens[::10]], origin=SECOND)
    assert Change.objects.count() > 300
    assert 0 < provenance_percent() < 30
