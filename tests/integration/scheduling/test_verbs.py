"""The verbs of `adaptapedia jobs` on schedules and on runs that are there."""

import getpass
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.console.printing import terminal
from adaptapedia.scheduling.models import JobRun, RunLine, ScheduleCompanion
from adaptapedia.scheduling.watching import LINES_A_LOOK, watch
from tests.integration.scheduling.world import make_run, make_schedule

pytestmark = pytest.mark.django_db

State = JobRun.State
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def said(capsys: Any, *arguments: str) -> str:
    """What the command prints."""
    capsys.readouterr()
    call_command("jobs", *arguments)
    out: str = capsys.readouterr().out
    return out


def told(capsys: Any, *arguments: str) -> Any:
    """What the command prints with --json."""
    return json.loads(said(capsys, *arguments, "--json"))


@pytest.fixture
def daily(sample_jobs: Any) -> PeriodicTask:
    return make_schedule("sample-count", cron="0 12 * * *", args=[1, 2])


def test_show_tells_a_schedule_with_its_terms_its_ticks_and_who_changed_it(capsys: Any, daily: PeriodicTask) -> None:
    call_command("jobs", "pause", "sample-count")
    shown = said(capsys, "show", "sample-count")
    for words in ("0 12 * * * UTC", "paused", "the latest, once", "of the job", "12:00:00", "Enabled: yes → no"):
        assert words in shown
    as_json = told(capsys, "show", "sample-count")
    assert as_json["terms"]["missed"] == {"value": "latest", "from": "default"}
    assert len(as_json["preview"]["ticks"]) == 5
    assert (as_json["edits"][0]["by"], as_json["enabled"]) == (getpass.getuser(), False)


def test_show_tells_what_was_edited_in_bulk(capsys: Any, daily: PeriodicTask) -> None:
    PeriodicTask.objects.update(enabled=False)
    assert "Enabled: yes → no" in said(capsys, "show", "sample-count")
    edit = told(capsys, "show", "sample-count")["edits"][0]
    assert edit["by"].startswith("somebody in SQL or in bulk (role ")


def test_show_tells_a_run_with_what_it_logged(capsys: Any) -> None:
    run = make_run(state=State.RUNNING)
    RunLine.objects.create(run=run, attempt=1, at=NOON, level="WARNING", logger="x", text="[half] of it is gone")
    assert "12:00:00 WARNING [half] of it is gone" in said(capsys, "show", str(run.pk))
    assert told(capsys, "show", str(run.pk))["lines"][0]["level"] == "WARNING"


def test_show_says_how_many_older_lines_there_are_and_how_to_see_them(capsys: Any) -> None:
    run = make_run(state=State.RUNNING)
    RunLine.objects.bulk_create(
        RunLine(run=run, attempt=1, at=NOON, level="info", logger="x", text=f"line {number}.") for number in range(60)
    )
    shown = said(capsys, "show", str(run.pk))
    assert "older lines: 10 (--lines 1000 shows all that are kept)" in shown
    assert ("line 9." in shown, "line 10." in shown) == (False, True)
    whole = said(capsys, "show", str(run.pk), "--lines", "60")
    assert ("line 0." in whole, "older lines" in whole) == (True, False)
    assert len(told(capsys, "show", str(run.pk))["lines"]) == 60
    assert [line["text"] for line in told(capsys, "show", str(run.pk), "--lines", "1")["lines"]] == ["line 59."]


def test_who_watches_a_run_is_shown_its_newest_lines_and_that_there_are_older_ones(capsys: Any) -> None:
    run = make_run(state=State.SUCCEEDED)
    for number in range(1, LINES_A_LOOK + 3):
        RunLine.objects.create(run=run, attempt=1, at=NOON, level="info", logger="x", text=f"line {number} [bold]")
    watch(run, terminal())
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "… older lines are left out"
    assert lines == [f"12:00:00 info line {number} [bold]" for number in range(3, LINES_A_LOOK + 3)]


def test_pause_and_resume_say_what_they_did(capsys: Any, daily: PeriodicTask) -> None:
    assert "sample-count is paused" in said(capsys, "pause", "sample-count")
    assert "was paused already" in said(capsys, "pause", "sample-count")
    assert told(capsys, "resume", "sample-count")["enabled"] is True
    assert "was not paused" in said(capsys, "resume", "sample-count")


def test_preview_lists_as_many_ticks_as_are_asked_for(capsys: Any, daily: PeriodicTask) -> None:
    assert len(told(capsys, "preview", "sample-count")["ticks"]) == 20
    assert said(capsys, "preview", "sample-count", "--count", "3").count("12:00:00") == 3


def test_every_verb_works_on_a_schedule_whose_companion_was_deleted(capsys: Any, daily: PeriodicTask) -> None:
    ScheduleCompanion.objects.all().delete()
    assert "12:00:00" in said(capsys, "list")
    shown = told(capsys, "show", "sample-count")
    assert (shown["fault"], len(shown["preview"]["ticks"])) == ("", 5)
    assert shown["terms"]["overlap"] == {"value": "skip", "from": "default"}
    assert shown["next_due"] == shown["preview"]["ticks"][0]["due_at"]
    assert len(told(capsys, "preview", "sample-count", "--count", "3")["ticks"]) == 3
    assert told(capsys, "explain", "sample-count")["tick"].endswith("T12:00:00+00:00")
    assert "12:00:00" in said(capsys, "simulate", "--from", "2026-03-01", "--to", "2026-03-02")
    assert len(told(capsys, "backfill", "sample-count", "2026-03-01", "2026-03-04", "--dry-run")["ticks"]) == 3
    assert told(capsys, "run", "sample-count")["state"] == State.QUEUED
    assert "is paused" in said(capsys, "pause", "sample-count")
    assert "waits for its next tick" in said(capsys, "resume", "sample-count")
    assert not ScheduleCompanion.objects.exists(), "only beat, or an edit in the admin, makes it anew"


def test_explain_answers_in_sentences(capsys: Any, daily: PeriodicTask) -> None:
    make_run(schedule=daily, trigger="tick", due_at=NOON, state=State.SKIPPED, reason="overlap: run 3 is still going")
    shown = said(capsys, "explain", "sample-count", "2026-03-04T12:00Z")
    assert "It was due at 2026-03-04 12:00:00 UTC." in shown
    assert "another one was still going" in shown
    as_json = told(capsys, "explain", "sample-count", "2026-03-04T12:00Z")
    assert (as_json["verdict"], as_json["tick"]) == ("overlap", "2026-03-04T12:00:00+00:00")
    assert told(capsys, "explain", "sample-count")["at"] > "2026-03-04"


def test_backfill_lists_first_and_then_makes_the_runs(capsys: Any, daily: PeriodicTask) -> None:
    span = ("backfill", "sample-count", "2026-03-01", "2026-03-04")
    assert said(capsys, *span, "--dry-run").count("12:00:00") == 3
    assert told(capsys, *span, "--dry-run")["ticks"][0] == "2026-03-01T12:00:00+00:00"
    assert not JobRun.objects.exists()
    made = told(capsys, *span)
    assert made["runs"] == list(JobRun.objects.order_by("pk").values_list("pk", flat=True))
    assert JobRun.objects.filter(trigger="backfill").count() == 3
    assert "There is nothing to run." in said(capsys, *span)


def test_retry_runs_the_same_again(capsys: Any, daily: PeriodicTask) -> None:
    arguments = {"args": [7], "kwargs": {}, "by": "somebody"}
    run = make_run(schedule=daily, due_at=NOON, state=State.FAILED, error="no", arguments=arguments)
    again = JobRun.objects.get(pk=told(capsys, "retry", str(run.pk))["id"])
    assert (again.trigger, again.due_at, again.state) == ("retry", NOON, State.QUEUED)
    assert again.arguments == {"args": [7], "kwargs": {}, "by": getpass.getuser()}
    assert f"Run {again.pk} of sample-count is under way already" in said(capsys, "retry", str(run.pk))


def test_retry_of_several_runs_lets_each_start_when_what_is_open_has_ended(capsys: Any, daily: PeriodicTask) -> None:
    failed = [
        make_run(schedule=daily, due_at=NOON + timedelta(days=day), state=State.FAILED, error="no") for day in range(2)
    ]
    going = make_run(schedule=daily, state=State.RUNNING)
    first = said(capsys, "retry", str(failed[0].pk))
    again = JobRun.objects.latest("pk")
    assert f"Run {again.pk} of sample-count is queued.\nIt starts when run {going.pk} has ended." in first
    assert told(capsys, "retry", str(failed[1].pk))["behind"] == again.pk
    assert told(capsys, "retry", str(failed[0].pk))["id"] == again.pk, "it is being run again already"
    assert f"run {going.pk}" in said(capsys, "show", str(again.pk))


def test_retry_of_a_run_that_waits_for_its_own_retry_brings_it_forward(capsys: Any, daily: PeriodicTask) -> None:
    waiting = make_run(schedule=daily, state=State.WAITING, next_attempt_at=timezone.now() + timedelta(hours=1))
    brought = told(capsys, "retry", str(waiting.pk))
    assert (brought["id"], brought["state"], brought["attempt"], brought["behind"]) == (
        *(waiting.pk, State.QUEUED, 2, None),
    )
    JobRun.objects.filter(pk=waiting.pk).update(state=State.WAITING)
    going = make_run(schedule=daily, state=State.RUNNING)
    assert told(capsys, "retry", str(waiting.pk))["behind"] == going.pk, "at once, it would find that one going"


def test_retry_starts_at_once_where_runs_may_go_side_by_side(capsys: Any, daily: PeriodicTask) -> None:
    ScheduleCompanion.objects.update(overlap="allow")
    failed = make_run(schedule=daily, state=State.FAILED, error="no")
    make_run(schedule=daily, state=State.RUNNING)
    assert told(capsys, "retry", str(failed.pk))["behind"] is None


def test_cancel_ends_what_has_not_begun_and_asks_what_runs(capsys: Any) -> None:
    queued, running = make_run(), make_run(state=State.RUNNING)
    assert f"Run {queued.pk} of sample-count is cancelled." in said(capsys, "cancel", str(queued.pk))
    assert "has been asked to stop" in said(capsys, "cancel", str(running.pk))
    assert told(capsys, "show", str(running.pk))["cancelled_by"] == getpass.getuser()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "nobody"), "no schedule 'nobody'"),
        (("pause", "nobody"), "no schedule 'nobody'"),
        (("preview", "nobody"), "no schedule 'nobody'"),
        (("explain", "nobody"), "no schedule 'nobody'"),
        (("explain", "sample-count", "yesterday"), "is no moment"),
        (("backfill", "nobody", "2026-03-01", "2026-03-02"), "no schedule 'nobody'"),
        (("backfill", "sample-count", "2026-03-04", "2026-03-01"), "begin after its end"),
        (("backfill", "sample-count", "2026-03-04", "2099-03-01"), "has not come yet"),
        (("backfill", "sample-count", "2026-03-01", "2026-03-05", "--limit", "2"), "more than 2 ticks"),
        (("cancel", "99999"), "no run 99999"),
        (("retry", "99999999999999999999"), "no run"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_code_2(
    daily: PeriodicTask, arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        call_command("jobs", *arguments)
    assert caught.value.returncode == 2


def test_what_has_ended_is_not_cancelled_and_a_gap_is_not_retried(daily: PeriodicTask) -> None:
    gap = make_run(
        schedule=daily, state=State.SKIPPED, due_at=NOON, due_until=NOON + timedelta(days=2), ticks=3, reason="missed"
    )
    with pytest.raises(CommandError, match="nothing left to cancel") as caught:
        call_command("jobs", "cancel", str(gap.pk))
    assert caught.value.returncode == 2
    again = "jobs backfill sample-count 2026-03-04T12:00:00Z 2026-03-06T12:00:00Z"
    with pytest.raises(CommandError, match=again) as caught:
        call_command("jobs", "retry", str(gap.pk))
    assert caught.value.returncode == 2
    assert JobRun.objects.filter(created_at__lte=timezone.now()).count() == 1
