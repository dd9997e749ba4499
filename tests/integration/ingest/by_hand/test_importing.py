"""What a file of pairs brings in: new and known entries, each once, and taken out again like any run."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work, WorkCredit, WorkExternalId
from adaptapedia.ingest.by_hand import writing
from adaptapedia.ingest.by_hand.importing import import_file
from adaptapedia.ingest.models import Change
from adaptapedia.ingest.reverting.runs import revert_run
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.by_hand.pairs import SOLARIS, STALKER, counts
from tests.integration.ingest.test_merging import SECOND, merge_all, row_versions

pytestmark = pytest.mark.django_db


def test_a_pair_comes_in_with_everything_that_its_row_says(given: Any) -> None:
    outcome = given(SOLARIS)
    assert counts(outcome) == {"adaptations": (1, 0, 0), "works": (1, 0, 0), "screen_works": (1, 0, 0)}
    film = ScreenWork.objects.get()
    assert (film.wikidata_id, film.title, film.title_language, film.original_title) == (
        230494,
        "Solaris",
        "en",
        "Солярис",
    )
    assert (film.year, film.kind, film.slug, film.wikidata_digest) == (1972, "film", "solaris", None)
    assert film.search_text == "solaris солярис"
    assert set(film.external_ids.values_list("scheme", "value", "source")) == {
        ("imdb", "tt0069293", "file"), ("tmdb_movie", "593", "file")
    }  # fmt: skip
    assert list(film.credits.values_list("role", "name", "source")) == [("director", "Andrei Tarkovsky", "file")]
    book = Work.objects.get()
    assert (book.wikidata_id, book.year, book.form) == (1091438, 1961, "novel")
    assert set(book.external_ids.values_list("scheme", "value")) == {
        ("isbn", "9780156027601"), ("open_library", "OL8936W")
    }  # fmt: skip
    pair = Adaptation.objects.get()
    assert (pair.screen_work, pair.work, pair.relation, pair.source) == (film, book, "based_on", "file")
    run = JobRun.objects.get()
    assert (run.pk, run.schedule_name, run.trigger, run.state) == (outcome.run_id, "ingest-file", "manual", "succeeded")
    assert run.arguments == {"args": [], "kwargs": {"file": "pairs.jsonl"}, "by": "ada"}
    assert pair.run_id == film.provenance["*"][1] == book.provenance["*"][1] == run.pk
    assert film.provenance["*"][0] == "file"


def test_entries_without_an_item_have_slugs_of_their_own_and_pages(given: Any, client: Client) -> None:
    other = {**STALKER, "screen_directors": "Another One", "screen_year": 1980, "source_title": "Another"}
    third = {**other, "screen_directors": "A Third One", "source_title": "A Third"}
    given(STALKER, other, third)
    slugs = {film.slug: film.pk for film in ScreenWork.objects.all()}
    last = ScreenWork.objects.latest("pk")
    assert set(slugs) == {"stalker", "stalker-1980", f"stalker-n{last.pk}"}
    assert list(WorkCredit.objects.filter(work__title="Roadside Picnic").values_list("position", "name")) == [
        (0, "Arkady Strugatsky"), (1, "Boris Strugatsky")
    ]  # fmt: skip
    assert set(Adaptation.objects.values_list("relation", flat=True)) == {"loosely_based_on"}
    assert client.get("/screen/stalker/").status_code == client.get("/book/roadside-picnic/").status_code == 200
    assert client.get(f"/api/v1/screen-works/{last.pk}/").status_code == 200


def test_a_preview_says_the_same_and_writes_nothing(given: Any) -> None:
    before = row_versions()
    preview = given(SOLARIS, STALKER, apply=False)
    assert row_versions() == before
    assert not JobRun.objects.exists()
    assert preview.run_id is None
    assert preview.counts == given(SOLARIS, STALKER).counts


def test_a_file_said_again_is_known_and_writes_no_row(given: Any) -> None:
    given(SOLARIS)
    before = row_versions()
    assert counts(given(SOLARIS)) == {"adaptations": (0, 1, 0), "works": (0, 1, 0), "screen_works": (0, 1, 0)}
    assert row_versions() == before


def test_however_many_rows_there_are_they_are_sorted_once_and_not_for_every_batch(
    given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 2)
    numbered = [{**SOLARIS, "screen_item": f"Q{n}", "screen_imdb": "", "screen_tmdb": ""} for n in range(11, 16)]
    unnumbered = [{**STALKER, "screen_year": 1970 + n} for n in range(5)]
    files = [numbered[:1], [*numbered, *unnumbered], [{**row, "screen_language": "de"} for row in numbered]]

    passes = []
    for rows in files:
        with CaptureQueriesContext(connection) as done:
            given(*rows)
        passes.append(sum("stage_file_entity" in query["sql"] for query in done))

    assert passes == [passes[0]] * 3
    assert (ScreenWork.objects.count(), Work.objects.count(), Adaptation.objects.count()) == (10, 2, 10)
    assert ScreenWork.objects.filter(title_language="de").count() == 5


def test_a_known_entry_is_found_by_its_item_and_gets_what_the_file_says(given: Any) -> None:
    merge_all()
    row = {
        "screen_item": "Q114819", "screen_original_title": "Dune (1984)", "source_item": "http://www.wikidata.org/entity/Q190192",
        "source_year": 1963, "source_open_library": "OL893415W", "relation": "inspired_by",
    }  # fmt: skip
    outcome = given(row)
    assert counts(outcome) == {"adaptations": (0, 0, 1), "works": (0, 0, 1), "screen_works": (0, 0, 1)}
    dune = Work.objects.get()
    assert (dune.year, dune.form, dune.title) == (1963, "novel", "Dune"), "an empty cell says nothing"
    assert dune.provenance["year"][:2] == ["file", outcome.run_id]
    assert dune.provenance["external_ids"][:2] == ["file", outcome.run_id]
    assert dune.wikidata_digest is not None, "the value stands until Wikidata's own record changes"
    assert ScreenWork.objects.get(wikidata_id=114819).search_text == "dune dune (1984)"
    pair = Adaptation.objects.get(screen_work__wikidata_id=114819)
    assert (pair.relation, pair.source) == ("inspired_by", "wikidata")
    assert pair.provenance["relation"][:2] == ["file", outcome.run_id], "Wikidata has no such relation"
    assert [other.provenance for other in Adaptation.objects.exclude(pk=pair.pk)] == [{}]


def test_an_import_is_taken_back_like_any_run(given: Any) -> None:
    merge_all()
    before = {dune.pk: (dune.year, dune.provenance) for dune in Work.objects.all()}
    row = {
        "screen_item": "Q114819",
        "source_item": "Q190192",
        "source_year": 1963,
        "source_isbn": "0441172717",
        "relation": "inspired_by",
    }
    outcome = given(row, SOLARIS, STALKER)
    assert Change.objects.filter(run_id=outcome.run_id).count() == 3
    revert_run(outcome.run_id or 0, by="ada")
    assert {dune.pk: (dune.year, dune.provenance) for dune in Work.objects.all()} == before
    assert (ScreenWork.objects.count(), Adaptation.objects.count()) == (2, 2)
    assert all(pair.provenance == {} for pair in Adaptation.objects.all())
    assert set(Adaptation.objects.values_list("relation", flat=True)) == {"based_on"}
    assert set(WorkExternalId.objects.values_list("value", flat=True)) == {"9780441013593"}


def test_wikidata_adopts_what_a_file_brought_under_its_item(given: Any) -> None:
    row = {**SOLARIS, "source_item": "Q190192", "source_title": "Dune, as a file has it", "screen_item": "Q114819"}
    outcome = given(row | {"relation": "inspired_by"})
    assert Adaptation.objects.get().provenance == {}, "it says where it is from itself"
    book = Work.objects.get()
    merge_all(origin=SECOND)
    book.refresh_from_db()
    assert (book.title, book.year, book.provenance["*"][0]) == ("Dune", 1965, "wikidata")
    assert set(book.external_ids.values_list("value", "source")) == {("9780441013593", "wikidata")}
    assert [credit.source for credit in book.credits.all()] == ["wikidata"]
    assert set(Adaptation.objects.values_list("source", flat=True)) == {"wikidata"}
    (finer,) = Adaptation.objects.filter(relation="inspired_by")
    assert finer.provenance["relation"][:2] == ["file", outcome.run_id]


def test_what_a_person_has_locked_stands_and_is_counted(given: Any) -> None:
    merge_all()
    edit_entry(Work.objects.get(), {"year": 1962}, by=User.objects.create_user("editor"))
    outcome = given({"screen_item": "Q114819", "source_item": "Q190192", "source_year": 1963})
    assert (outcome.locked, Work.objects.get().year) == (1, 1962)


def test_external_ids_find_an_entry_where_no_item_is_named(given: Any) -> None:
    merge_all()
    row = {
        "screen_imdb": "tt0087182",
        "screen_title": "Dune",
        "source_isbn": "978-0-441-01359-3",
        "source_title": "Dune",
    }
    assert counts(given(row)) == {"adaptations": (0, 1, 0), "works": (0, 1, 0), "screen_works": (0, 1, 0)}


def test_an_id_that_the_catalogue_knows_under_another_item_finds_nothing(given: Any) -> None:
    merge_all()
    given({**SOLARIS, "screen_imdb": "tt0087182"})
    assert ScreenWork.objects.filter(external_ids__value="tt0087182").count() == 2


def test_an_entry_without_an_item_gets_the_one_that_a_later_file_names(given: Any) -> None:
    bare = {**SOLARIS, "screen_item": "", "source_item": ""}
    given(bare)
    outcome = given(SOLARIS)
    assert counts(outcome) == {"adaptations": (0, 1, 0), "works": (0, 0, 1), "screen_works": (0, 0, 1)}
    assert (ScreenWork.objects.get().wikidata_id, Work.objects.get().wikidata_id) == (230494, 1091438)


def test_rows_of_one_book_make_one_book(given: Any) -> None:
    later = {
        **SOLARIS,
        "screen_item": "Q853180",
        "screen_year": 2002,
        "screen_imdb": "tt0307479",
        "screen_tmdb": "",
        "screen_directors": "Steven Soderbergh",
        "screen_original_title": "",
    }
    by_id = {**later, "source_item": None, "screen_item": "Q1", "screen_title": "Another", "screen_imdb": "tt0000009"}
    given(SOLARIS, later, by_id)
    assert (Work.objects.count(), ScreenWork.objects.count(), Adaptation.objects.count()) == (1, 3, 3)


def test_rows_without_an_item_that_share_an_id_make_one_entry(given: Any) -> None:
    one = {**STALKER, "source_isbn": "0441172717;978-0-441-01359-3"}
    two = {**STALKER, "screen_title": "Another", "source_isbn": "0441172717"}
    three = {**STALKER, "screen_title": "A third", "source_isbn": "978-0-441-01359-3"}
    given(one, two, three)
    assert Work.objects.count() == 1


def test_a_remake_is_made_from_a_screen_work(given: Any) -> None:
    remake = {
        "screen_item": "Q853180", "screen_title": "Solaris", "screen_year": 2002, "screen_kind": "film",
        "source_item": "Q230494", "source_title": "Solaris", "source_original_title": "Солярис",
        "source_language": "en",
        "source_year": 1972, "source_form": "film", "relation": "remake_of",
    }  # fmt: skip
    given(SOLARIS, remake)
    pair = Adaptation.objects.get(relation="remake_of")
    assert (pair.screen_work.year, pair.original and pair.original.year, pair.work) == (2002, 1972, None)
    assert ScreenWork.objects.count() == 2
    assert counts(given(SOLARIS, remake))["adaptations"] == (0, 2, 0)


def test_csv_with_bom_semicolons_and_gzip_is_read_too(tmp_path: Path) -> None:
    text = (
        "\ufeffscreen_title;screen_year;screen_kind;source_title;source_authors\r\n"
        '"Blade Runner";1982;film;"Do Androids Dream; of ""Electric"" Sheep?";Philip K. Dick\r\n'
    )
    path = tmp_path / "pairs.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert import_file(str(path), apply=True, by="ada").run_id is not None
    assert Work.objects.get().title == 'Do Androids Dream; of "Electric" Sheep?'


def test_a_title_with_markup_stays_text(given: Any, client: Client) -> None:
    given({**STALKER, "screen_title": "<script>alert(1)</script>", "screen_directors": "[/red]"})
    page = client.get(f"/screen/{ScreenWork.objects.get().slug}/").content.decode()
    assert "<script>alert(1)" not in page


def test_the_run_of_an_import_is_of_its_time(given: Any) -> None:
    outcome = given(SOLARIS)
    run = JobRun.objects.get(pk=outcome.run_id)
    assert run.started_at is not None
    assert run.finished_at is not None
    assert run.started_at <= run.finished_at
    assert Adaptation.objects.get().first_seen_at == run.started_at
