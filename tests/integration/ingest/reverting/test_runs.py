"""A run is taken back: what it changed and nobody has changed since, what it made and nobody has touched since."""

from dataclasses import replace

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import change_slug, edit_entry
from adaptapedia.catalogue.models import (
    Adaptation,
    Person,
    ScreenCredit,
    ScreenExternalId,
    ScreenWork,
    Work,
    WorkCredit,
)
from adaptapedia.ingest.differences import keep_ours
from adaptapedia.ingest.models import Change, Difference, Reversal, Sweep
from adaptapedia.ingest.origin import FILE, STARTER, Origin
from adaptapedia.ingest.reverting.runs import preview_revert, revert_run
from adaptapedia.scheduling.models import JobRun
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.ingest.reverting.world import CHANGED, counts, everything, make_run
from tests.integration.ingest.test_merging import (
    DUNE,
    DUNE_1984,
    DUNE_2021,
    FIRST,
    HERBERT,
    LYNCH,
    SECOND,
    merge_all,
    row_versions,
)

pytestmark = pytest.mark.django_db


def test_a_run_that_changed_entries_is_taken_back_to_the_last_field_credit_and_id() -> None:
    merge_all()
    before = everything()
    merge_all(
        origin=SECOND,
        work=CHANGED,
        people=[replace(HERBERT, died=1987), LYNCH],
        screens=[replace(DUNE_1984, directors=(), countries=(30, 96), imdb=()), DUNE_2021],
    )
    assert everything() != before
    report = revert_run(2, by="ada")
    assert everything() == before
    assert counts(report) == {"people": (1, 0, 0), "screen_works": (1, 0, 0), "works": (1, 0, 0)}
    assert report.examples[0] == {"kind": "people", "name": "Frank Herbert", "what": "back: death_year"}


def test_a_run_that_made_everything_leaves_nothing_and_frees_the_slugs() -> None:
    merge_all()
    report = revert_run(1, by="ada")
    models = (Work, ScreenWork, Person, Adaptation, WorkCredit, ScreenCredit, ScreenExternalId)
    assert [model._default_manager.count() for model in models] == [0] * 7
    assert counts(report) == {
        "adaptations": (0, 2, 0), "screen_works": (0, 2, 0), "works": (0, 1, 0), "people": (0, 2, 0)
    }  # fmt: skip
    merge_all(origin=SECOND)
    assert Work.objects.get().slug == "dune"


def test_the_next_ingestion_brings_everything_again() -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    wanted = everything()
    revert_run(2, by="ada")
    merge_all(origin=SECOND, work=CHANGED)
    assert everything() == wanted


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    before, log = row_versions(), Change.objects.count()
    previews = [preview_revert(run) for run in (2, 1)]
    assert row_versions() == before
    assert (Change.objects.count(), Reversal.objects.count(), JobRun.objects.count()) == (log, 0, 2)
    done = revert_run(2, by="ada")
    assert (previews[0].counts, previews[0].examples, previews[0].left) == (done.counts, done.examples, done.left)


def test_a_field_that_a_person_or_another_run_has_changed_since_is_left_and_told(editor: User) -> None:
    merge_all()
    merge_all(origin=SECOND, work=replace(DUNE, published=1963, language="fr", label=Text("Arrakis", "fr")))
    merge_all(
        origin=replace(SECOND, run_id=3), work=replace(DUNE, published=1964, language="fr", label=Text("Arrakis", "fr"))
    )
    edit_entry(Work.objects.get(), {"title": "Dune, by the fire"}, by=editor)
    report = revert_run(2, by="ada")
    dune = Work.objects.get()
    assert (dune.title, dune.year, dune.original_language) == ("Dune, by the fire", 1964, "en")
    assert report.left == {"changed since by a person": 1, "changed since by run 3": 1}
    assert counts(report) == {"works": (1, 0, 2)}


def test_an_entry_that_somebody_has_touched_since_stays_and_keeps_what_it_needs(editor: User) -> None:
    merge_all()
    edit_entry(ScreenWork.objects.get(year=1984), {"year": 1985}, by=editor)
    change_slug(ScreenWork.objects.get(year=2021), to="dune-part-one")
    report = revert_run(1, by="ada")
    assert set(ScreenWork.objects.values_list("slug", flat=True)) == {"dune", "dune-part-one"}
    assert [person.name for person in Person.objects.all()] == ["David Lynch"], "who is in credits that stay"
    assert not Work.objects.exists()
    assert report.left == {
        "changed since by a person": 1, "its address has changed since": 1, "screen credits that stay hang on it": 1
    }  # fmt: skip


def test_what_another_run_has_hung_on_an_entry_keeps_it() -> None:
    merge_all()
    sequel = Item(qid=5, label=Text("Dune: Part Two", "en"), published=2024)
    merge_all(origin=SECOND, screens=[DUNE_1984, DUNE_2021, sequel])
    ScreenExternalId.objects.create(
        screen_work=ScreenWork.objects.get(year=1984), scheme="tmdb_movie", value="841", source="person"
    )
    report = revert_run(1, by="ada")
    assert {work.title for work in Work.objects.all()} == {"Dune"}
    assert set(ScreenWork.objects.values_list("year", flat=True)) == {1984, 2024}
    assert report.left["adaptations that stay hang on it"] == 1
    assert report.left["screen external ids that stay hang on it"] == 1


def test_an_adaptation_that_a_person_made_theirs_or_retired_stays() -> None:
    merge_all()
    Adaptation.objects.filter(screen_work__year=1984).update(source="person")
    Adaptation.objects.filter(screen_work__year=2021).update(retired_at=SECOND.at)
    report = revert_run(1, by="ada")
    assert Adaptation.objects.count() == 2
    assert report.counts["adaptations"] == {"restored": 0, "deleted": 0, "left": 2}


@pytest.mark.parametrize("source", [STARTER, FILE])
def test_what_a_run_adopted_goes_back_to_whose_it_was(source: str) -> None:
    merge_all(origin=Origin(source, None, FIRST.at))
    before = everything()
    merge_all(origin=SECOND, work=replace(DUNE, published=1963))
    assert everything() != before
    revert_run(2, by="ada")
    assert everything() == before


def test_an_adaptation_is_missing_again_when_the_run_that_found_it_is_taken_back() -> None:
    merge_all()
    Adaptation.objects.filter(screen_work__year=1984).update(missing_since=FIRST.at)
    merge_all(origin=SECOND)
    revert_run(2, by="ada")
    again = Adaptation.objects.get(screen_work__year=1984)
    assert (again.missing_since, again.provenance) == (FIRST.at, {})


def test_a_run_that_changed_a_field_twice_is_taken_back_to_before_both() -> None:
    merge_all()
    before = everything()
    merge_all(origin=SECOND, work=replace(DUNE, published=1963))
    merge_all(origin=SECOND, work=replace(DUNE, published=1962))
    revert_run(2, by="ada")
    assert everything() == before


def test_a_person_whose_number_is_the_runs_is_not_taken_for_it() -> None:
    make_run(777)
    by = User.objects.create_user("other", pk=777)
    merge_all()
    merge_all(origin=replace(SECOND, run_id=by.pk), work=replace(DUNE, published=1963))
    edit_entry(Work.objects.get(), {"year": 1961}, by=by)
    revert_run(by.pk, by="ada")
    assert Work.objects.get().year == 1961


def test_digests_go_so_that_the_next_reading_compares_afresh() -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    revert_run(2, by="ada")
    assert Work.objects.get().wikidata_digest is None


def test_differences_that_the_run_told_and_a_sweep_that_it_left_open_go_too(editor: User) -> None:
    merge_all()
    edit_entry(Work.objects.get(), {"form": "play"}, by=editor)
    Difference.objects.update(run_id=2)
    for run, finished in ((1, FIRST.at), (3, SECOND.at), (2, None)):
        Sweep.objects.create(source="wikidata", run_id=run, endpoint="https://example.org", finished_at=finished)
    revert_run(2, by="ada")
    assert not Difference.objects.exists()
    assert set(Sweep.objects.values_list("run_id", flat=True)) == {1, 3}, "the run itself has changed nothing"


def test_a_difference_about_which_a_person_has_decided_stays(editor: User) -> None:
    merge_all()
    edit_entry(Work.objects.get(), {"form": "play"}, by=editor)
    Difference.objects.update(run_id=2)
    keep_ours(Difference.objects.get(), by=editor)
    revert_run(2, by="ada")
    assert Difference.objects.get().kept_by == editor
