"""A run is taken back: what it changed and nobody has changed since, what it made and nobody has touched since."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

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
from adaptapedia.ingest.changes import KEPT_FOR
from adaptapedia.ingest.differences import keep_ours
from adaptapedia.ingest.models import Change, Difference, Reversal, SourceState, Sweep
from adaptapedia.ingest.origin import FILE, STARTER, Origin
from adaptapedia.ingest.reverting import changed, runs
from adaptapedia.ingest.reverting.report import Report
from adaptapedia.ingest.reverting.runs import (
    AlreadyReverted,
    CannotRevert,
    LogTooOld,
    RevertsItself,
    RunStillOpen,
    UnknownRun,
    preview_revert,
    revert_run,
)
from adaptapedia.scheduling.models import JobRun
from adaptapedia.sources.wikidata.records import Item, Text
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

CHANGED = replace(DUNE, label=Text("Arrakis", "fr"), published=1963, isbn=("9780000000000",), authors=(2071,))


@pytest.fixture(autouse=True)
def both_runs(db: None) -> None:
    """Run 1 and run 2, both over; ids of later runs are far from theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('scheduling_jobrun', 'id'), 5000)")
    for number in (1, 2):
        make_run(number)


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor", password="a long one for nobody")


def make_run(number: int, **fields: Any) -> JobRun:
    terms = {"schedule_name": "daily-wikidata-ingestion", "task": "t", "queue": "long", "trigger": "tick"}
    return JobRun.objects.create(pk=number, **{**terms, "state": JobRun.State.SUCCEEDED, **fields})


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the catalogue, but for bookkeeping that a reversal touches."""
    left_out = {"wikidata_digest", "updated_at"}
    told = {}
    with connection.cursor() as cursor:
        for table in sorted(name for name in connection.introspection.table_names() if name.startswith("catalogue_")):
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            wanted = [c for c in columns if c not in left_out and not (c == "id" and table.endswith(("credit", "id")))]
            cursor.execute(
                f"SELECT row ({', '.join(map(connection.ops.quote_name, wanted))})::text FROM {table} ORDER BY 1"
            )
            told[table] = cursor.fetchall()
    return told


def counts(report: Report) -> dict[str, tuple[int, int, int]]:
    return {kind: (row["restored"], row["deleted"], row["left"]) for kind, row in report.counts.items()}


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


def test_what_goes_with_a_run_is_told_by_its_reversal_and_not_row_by_row() -> None:
    merge_all()
    kept = LogEntry.objects.count()
    revert_run(1, by="ada")
    assert LogEntry.objects.count() == kept


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
    assert Adaptation.objects.get(screen_work__year=1984).missing_since == FIRST.at


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


def test_the_reversal_is_recorded_as_a_run_and_its_own_changes_are_logged() -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    report = revert_run(2, by="ada")
    reversal = Reversal.objects.get()
    assert (reversal.reverted_run_id, reversal.run_id, reversal.by) == (2, report.reverted_by, "ada")
    recorded = JobRun.objects.get(pk=reversal.run_id)
    assert (recorded.schedule_name, recorded.state, recorded.trigger) == ("ingest-revert", "succeeded", "manual")
    assert recorded.arguments["by"] == "ada"
    assert recorded.counts == {
        "works": {"restored": 1, "deleted": 0, "left": 0}, "left_because": {}, "reverted_run": 2
    }  # fmt: skip
    logged = {
        name: told for before in Change.objects.filter(run_id=recorded.pk) for name, told in before.before.items()
    }
    assert logged["year"][0] == 1963
    assert [row[:2] for row in logged["external_ids"][0]] == [["isbn", "9780000000000"]]


def test_digests_and_freshness_go_so_that_the_next_reading_compares_afresh() -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    for qid in (DUNE.qid, DUNE_1984.qid):
        SourceState.objects.create(source="wikidata", key=f"Q{qid}", read_at=SECOND.at)
    revert_run(2, by="ada")
    assert Work.objects.get().wikidata_digest is None
    assert [state.key for state in SourceState.objects.all()] == [f"Q{DUNE_1984.qid}"]


def test_differences_that_the_run_told_and_a_sweep_that_it_left_open_go_too(editor: User) -> None:
    merge_all()
    edit_entry(Work.objects.get(), {"form": "play"}, by=editor)
    Difference.objects.update(run_id=2)
    Sweep.objects.create(source="wikidata", run_id=2, endpoint="https://example.org")
    revert_run(2, by="ada")
    assert not Difference.objects.exists()
    assert not Sweep.objects.exists()


def test_a_difference_about_which_a_person_has_decided_stays(editor: User) -> None:
    merge_all()
    edit_entry(Work.objects.get(), {"form": "play"}, by=editor)
    Difference.objects.update(run_id=2)
    keep_ours(Difference.objects.get(), by=editor)
    revert_run(2, by="ada")
    assert Difference.objects.get().kept_by == editor


def test_a_run_is_taken_back_once() -> None:
    merge_all()
    revert_run(1, by="ada")
    with pytest.raises(AlreadyReverted, match=r"Run 1 was already taken back by ada on .* UTC, as run \d+\."):
        revert_run(1, by="grace")
    with pytest.raises(AlreadyReverted):
        preview_revert(1)


def test_a_reversal_is_not_taken_back_itself() -> None:
    merge_all()
    report = revert_run(1, by="ada")
    with pytest.raises(RevertsItself):
        preview_revert(report.reverted_by or 0)


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({}, UnknownRun, "There is no run 99"),
        ({"state": "running"}, RunStillOpen, "is still running"),
        ({"state": "queued"}, RunStillOpen, "is still queued"),
        ({"state": "succeeded"}, LogTooOld, "kept for 180 days"),
    ],
)
def test_what_cannot_be_taken_back_is_said_clearly(
    fields: dict[str, str], error: type[CannotRevert], words: str
) -> None:
    if fields:
        make_run(99, **fields)
        JobRun.objects.filter(pk=99).update(created_at=timezone.now() - KEPT_FOR - timedelta(days=1))
    with pytest.raises(error, match=words):
        revert_run(99, by="ada")
    assert not Reversal.objects.exists()


def test_a_reversal_that_was_broken_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    merge_all()
    before = everything()
    merge_all(
        origin=SECOND,
        work=CHANGED,
        people=[replace(HERBERT, died=1987), LYNCH],
        screens=[replace(DUNE_1984, published=1983)],
    )
    monkeypatch.setattr(changed, "BATCH", 1)
    whole, calls = changed.restore, []

    def breaks_at_the_second(*args: Any, **kwargs: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(*args, **kwargs)

    monkeypatch.setattr(changed, "restore", breaks_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        revert_run(2, by="ada")
    assert Reversal.objects.get().finished_at is None
    report = revert_run(2, by="ada")
    assert everything() == before
    assert counts(report) == {"people": (1, 0, 0), "screen_works": (1, 0, 0), "works": (1, 0, 0)}
    assert runs.JobRun.objects.filter(schedule_name="ingest-revert").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_run_back_at_once_one_does_it_and_the_other_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    merge_all()
    merge_all(origin=SECOND, work=CHANGED)
    whole = changed.restore
    told: list[str] = []

    def second() -> None:
        try:
            revert_run(2, by="grace")
        except CannotRevert as error:
            told.append(str(error))
        finally:
            connection.close()

    def while_another_tries(*args: Any, **kwargs: Any) -> None:
        if not told:
            other = Thread(target=second)
            other.start()
            other.join()
        whole(*args, **kwargs)

    monkeypatch.setattr(changed, "restore", while_another_tries)
    report = revert_run(2, by="ada")

    assert told == ["Run 2 is being taken back at this moment."]
    assert Work.objects.get().title == "Dune"
    assert (Reversal.objects.get().by, JobRun.objects.get(pk=report.reverted_by).state) == ("ada", "succeeded")


def test_the_command_shows_first_and_does_it_with_apply(capsys: pytest.CaptureFixture[str]) -> None:
    merge_all()
    merge_all(origin=SECOND, work=replace(DUNE, label=Text("Dune [/bold] [red]", "en")))
    call_command("ingest", "revert", "2")
    shown = capsys.readouterr().out
    assert "Taking run 2 back would do this." in shown
    assert "Dune (1965)" in shown
    assert "Say it again with --apply" in shown
    assert Work.objects.get().title == "Dune [/bold] [red]"
    call_command("ingest", "revert", "2", "--apply", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["applied"], told["counts"]["works"]["restored"]) == (True, 1)
    assert Work.objects.get().title == "Dune"


def test_the_command_says_what_is_wrong_in_a_sentence() -> None:
    with pytest.raises(CommandError, match=r"There is no run 4711\."):
        call_command("ingest", "revert", "4711")
    for word in ("-1", "1.5", "abc", "٣", str(2**63)):
        with pytest.raises(CommandError):
            call_command("ingest", "revert", word)


def test_a_run_that_changed_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ingest", "revert", "2")
    assert "has changed nothing" in capsys.readouterr().out


def test_the_starter_catalogue_is_taken_back_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("starter", "load")
    capsys.readouterr()
    call_command("ingest", "revert", "starter")
    assert json.loads(capsys.readouterr().out)["works"] == Work.objects.count() > 0
    call_command("ingest", "revert", "starter", "--apply")
    assert not Work.objects.exists()
