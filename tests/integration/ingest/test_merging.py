from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from adaptapedia.catalogue.models import Adaptation, Person, ScreenExternalId, ScreenWork, Work, WorkCredit
from adaptapedia.ingest.merging import Merged, merge_adaptations, merge_people, merge_screen_works, merge_works
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.rows import PairRow
from adaptapedia.sources.wikidata.records import Item, Text

pytestmark = pytest.mark.django_db

FIRST = Origin("wikidata", 1, datetime(2026, 11, 1, 2, tzinfo=UTC))
SECOND = Origin("wikidata", 2, datetime(2026, 11, 2, 2, tzinfo=UTC))

HERBERT = Item(qid=7934, label=Text("Frank Herbert", "en"), born=1920, died=1986, imdb=("nm0378541",))
LYNCH = Item(qid=2071, label=Text("David Lynch", "en"), born=1946)
DUNE = Item(
    qid=190192, label=Text("Dune", "en"), published=1965, authors=(7934,), language="en", isbn=("9780441013593",)
)
DUNE_1984 = Item(
    qid=114819, label=Text("Dune", "en"), published=1984, directors=(2071,), countries=(30,), imdb=("tt0087182",)
)
DUNE_2021 = Item(qid=60834962, label=Text("Dune", "en"), published=2021, imdb=("tt1160419",))


def merge_all(
    *, origin: Origin = FIRST, people: list[Item] | None = None, work: Item = DUNE, screens: list[Item] | None = None
) -> list[Merged]:
    screens = [DUNE_1984, DUNE_2021] if screens is None else screens
    with transaction.atomic():
        return [
            merge_people([HERBERT, LYNCH] if people is None else people, origin=origin),
            merge_works([(work, "novel")], origin=origin),
            merge_screen_works([(screen, "film") for screen in screens], origin=origin),
            merge_adaptations([PairRow(screen.qid, work.qid, False) for screen in screens], origin=origin),
        ]


def row_versions() -> dict[str, list[tuple[object, ...]]]:
    """Where every row of the catalogue lies and which transaction wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'catalogue\\_%'")
        tables = [name for (name,) in cursor.fetchall()]
        versions = {}
        for table in tables:
            cursor.execute(f"SELECT ctid::text, xmin::text FROM {table} ORDER BY 1")
            versions[table] = cursor.fetchall()
    return versions


def test_new_records_become_entries_with_credits_ids_and_adaptations() -> None:
    assert merge_all() == [
        Merged(created=2, attached=1),
        Merged(created=1, attached=2),
        Merged(created=2, attached=3),
        Merged(created=2),
    ]
    dune = Work.objects.get()
    assert (dune.title, dune.year, dune.form, dune.slug, dune.sort_key) == ("Dune", 1965, "novel", "dune", "dune")
    assert [credit.person.name for credit in dune.credits.select_related("person") if credit.person] == [
        "Frank Herbert"
    ]
    assert {(screen.slug, screen.year) for screen in ScreenWork.objects.all()} == {("dune", 1984), ("dune-2021", 2021)}
    assert set(Adaptation.objects.values_list("screen_work__wikidata_id", "work", "relation", "run_id")) == {
        (114819, dune.pk, "based_on", 1),
        (60834962, dune.pk, "based_on", 1),
    }


def test_replaying_a_batch_writes_no_row() -> None:
    merge_all()
    before = row_versions()
    assert merge_all(origin=SECOND) == [
        Merged(unchanged=2),
        Merged(unchanged=1),
        Merged(unchanged=2),
        Merged(unchanged=2),
    ]
    assert row_versions() == before


def test_a_changed_field_is_updated_and_knows_where_it_came_from() -> None:
    merge_all()
    _, works, screens, _ = merge_all(origin=SECOND, work=replace(DUNE, published=1963))
    assert (works.updated, screens.unchanged) == (1, 2)
    dune = Work.objects.get()
    assert dune.year == 1963
    assert dune.provenance == {
        "*": ["wikidata", 1, "2026-11-01T02:00:00+00:00"],
        "year": ["wikidata", 2, "2026-11-02T02:00:00+00:00"],
    }
    assert (dune.created_at, dune.updated_at) == (FIRST.at, SECOND.at)


def test_a_new_title_does_not_change_the_slug() -> None:
    merge_all()
    merge_all(origin=SECOND, work=replace(DUNE, label=Text("Dune, the Novel", "en")))
    dune = Work.objects.get()
    assert (dune.title, dune.slug, dune.sort_key) == ("Dune, the Novel", "dune", "dune, the novel")


def test_a_persons_title_stands_and_is_found_with_the_original_title_of_today() -> None:
    merge_all()
    Work.objects.update(title="Dune (Herbert)", locks={"title": {"by": 3, "at": "2026-11-01"}})
    renamed = replace(DUNE, label=Text("Der Wüstenplanet", "de"), original_title=Text("Arrakis", "en"), published=1963)
    merge_all(origin=SECOND, work=renamed)
    dune = Work.objects.get()
    assert (dune.title, dune.title_language, dune.original_title, dune.year) == (
        "Dune (Herbert)", "en", "Arrakis", 1963
    )  # fmt: skip
    assert (dune.search_text, dune.sort_key) == ("dune (herbert) arrakis", "dune (herbert)")
    assert "title" not in dune.provenance


def test_a_persons_original_title_stands_and_is_found_with_the_title_of_today() -> None:
    merge_all()
    Work.objects.update(original_title="Arrakis", locks={"original_title": {"by": 3, "at": "2026-11-01"}})
    merge_all(origin=SECOND, work=replace(DUNE, label=Text("Der Wüstenplanet", "de"), original_title=None))
    dune = Work.objects.get()
    assert (dune.title, dune.original_title, dune.search_text) == (
        "Der Wüstenplanet", "Arrakis", "der wustenplanet arrakis"
    )  # fmt: skip


def test_a_persons_name_stands() -> None:
    merge_all()
    Person.objects.filter(name=HERBERT.label.text).update(name="Herbert", locks={"name": {"by": 3, "at": "2026-11-01"}})
    merge_all(origin=SECOND, people=[replace(HERBERT, label=Text("Frank P. Herbert", "en"), born=1921), LYNCH])
    herbert = Person.objects.get(wikidata_id=HERBERT.qid)
    assert (herbert.name, herbert.search_text, herbert.birth_year) == ("Herbert", "herbert", 1921)


def test_credits_and_ids_that_are_gone_upstream_are_removed_but_only_our_own() -> None:
    merge_all()
    screen = ScreenWork.objects.get(year=1984)
    ScreenExternalId.objects.create(screen_work=screen, scheme="tmdb_movie", value="841", source="tmdb")
    _, _, screens, _ = merge_all(
        origin=SECOND, screens=[replace(DUNE_1984, directors=(), imdb=("tt0000001",)), DUNE_2021]
    )
    assert (screens.updated, screens.attached, screens.detached) == (1, 1, 2)
    assert set(screen.external_ids.values_list("scheme", "value")) == {("imdb", "tt0000001"), ("tmdb_movie", "841")}
    assert not screen.credits.exists()


def test_a_credit_of_a_nameless_person_appears_when_the_name_does() -> None:
    merge_all(people=[HERBERT])
    assert not ScreenWork.objects.get(year=1984).credits.exists()
    _, _, screens, _ = merge_all(origin=SECOND)
    assert (screens.updated, screens.unchanged) == (1, 1)
    credits = ScreenWork.objects.get(year=1984).credits.all()
    assert [credit.person for credit in credits] == [Person.objects.get(name="David Lynch")]


def test_authors_known_by_name_only_are_credited_without_a_person() -> None:
    merge_all(work=replace(DUNE, authors=(), author_names=("F. Herbert",)))
    assert list(WorkCredit.objects.values_list("person", "name")) == [(None, "F. Herbert")]


def test_a_screen_work_as_source_makes_a_remake() -> None:
    remake = Item(qid=5, label=Text("The Ring", "en"), published=2002)
    ring = Item(qid=4, label=Text("リング", "ja"), published=1998, language="ja")
    with transaction.atomic():
        merge_screen_works([(ring, "film"), (remake, "film")], origin=FIRST)
        assert merge_adaptations([PairRow(5, 4, True)], origin=FIRST) == Merged(created=1)
        assert merge_adaptations([PairRow(5, 4, True)], origin=SECOND) == Merged(unchanged=1)
    adaptation = Adaptation.objects.select_related("original").get()
    assert adaptation.original is not None
    assert (adaptation.relation, adaptation.work, adaptation.original.slug) == ("remake_of", None, "ringu")


def test_an_adaptation_that_was_missing_is_no_longer_missing_when_seen_again() -> None:
    merge_all()
    Adaptation.objects.filter(screen_work__year=1984).update(missing_since=FIRST.at)
    *_, adaptations = merge_all(origin=SECOND)
    assert adaptations == Merged(updated=1, unchanged=1)
    assert not Adaptation.objects.filter(missing_since__isnull=False).exists()


def test_two_items_with_one_imdb_id_are_both_kept() -> None:
    merge_all(screens=[DUNE_1984, replace(DUNE_2021, imdb=DUNE_1984.imdb)])
    assert ScreenExternalId.objects.filter(scheme="imdb", value="tt0087182").count() == 2


@pytest.mark.parametrize(
    ("title", "year", "slug"),
    [
        ("Война и мир", 1869, "voyna-i-mir"),
        ("🐉", None, "dragon"),
        ("…", None, "q9"),
        ("الخيميائي", 1988, "lkhymyiy"),
        ("Dune", 1965, "dune"),
        ("Meditations", -170, "meditations"),
    ],
)
def test_slugs_are_transliterated(title: str, year: int | None, slug: str) -> None:
    merge_works([(Item(qid=9, label=Text(title, "en"), published=year), "novel")], origin=FIRST)
    assert Work.objects.get().slug == slug


def test_slugs_of_one_title_are_told_apart_in_qid_order_whatever_the_order_of_the_batch() -> None:
    years = {9: 1984, 3: 1984, 7: 1984, 5: None}
    dunes = [Item(qid=qid, label=Text("Dune", "en"), published=year) for qid, year in years.items()]
    dunes.append(Item(qid=4, label=Text("Dune 1984", "en")))
    with CaptureQueriesContext(connection) as queries:
        merge_works([(dune, "novel") for dune in dunes], origin=FIRST)
    assert sum("former" in query["sql"] for query in queries) == 2
    assert dict(Work.objects.order_by("wikidata_id").values_list("wikidata_id", "slug")) == {
        3: "dune",
        4: "dune-1984",
        5: "dune-q5",
        7: "dune-q7",
        9: "dune-q9",
    }


def test_a_title_that_is_a_word_of_sql_takes_its_slug_once() -> None:
    for qid, title in ((8, "Null"), (9, "NULL")):
        merge_works([(Item(qid=qid, label=Text(title, "en")), "novel")], origin=FIRST)
    assert list(Work.objects.order_by("wikidata_id").values_list("slug", flat=True)) == ["null", "null-q9"]


def test_a_record_that_changed_in_nothing_that_is_shown_writes_no_row() -> None:
    merge_all()
    before = row_versions()
    merge_all(origin=SECOND, work=replace(DUNE, modified=SECOND.at, classes=(8261, 571)))
    assert row_versions() == before


def test_pairs_without_an_entry_are_left_out_and_not_counted() -> None:
    merge_all()
    assert merge_adaptations([PairRow(1, 2, False)], origin=SECOND) == Merged()
