"""Why did it not run? Told in sentences out of the rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, SolarSchedule

from adaptapedia.desk.changes import made_by
from adaptapedia.scheduling import pausing
from adaptapedia.scheduling.actions import UnknownSchedule
from adaptapedia.scheduling.explaining import VERDICTS, Explanation, explain
from adaptapedia.scheduling.models import JobRun, Lease, ScheduleCompanion, Trouble
from tests.integration.scheduling.world import make_run, make_schedule

pytestmark = pytest.mark.django_db

State = JobRun.State
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def daily(sample_jobs: Any) -> PeriodicTask:
    """A schedule of long ago, due each noon."""
    row = make_schedule("sample-count", cron="0 12 * * *")
    connection.cursor().execute("UPDATE auditlog_logentry SET timestamp = %s", [NOON - 99 * DAY])
    stand(row, next_due_at=NOON + DAY, fires_at=NOON + DAY, edited_at=None)
    return row


def stand(row: PeriodicTask, **place: Any) -> None:
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults=place)


def lead(*, seen: datetime, since: datetime | None = None) -> None:
    Lease.objects.update_or_create(
        pk=1, defaults={"holder": "host 42", "since": since or seen - DAY, "renewed_at": seen, "epoch": 3}
    )


def tick(row: PeriodicTask, **terms: Any) -> JobRun:
    """A run of the noon, written on time unless told otherwise."""
    written = terms.pop("created_at", NOON)
    run = make_run(schedule=row, trigger="tick", **{"due_at": NOON, **terms})
    JobRun.objects.filter(pk=run.pk).update(created_at=written)
    return run


def asked(at: datetime = NOON, *, now: datetime = NOON + timedelta(hours=2)) -> tuple[Explanation, str]:
    explanation = explain("sample-count", at=at, now=now)
    assert explanation.verdict in VERDICTS
    return explanation, " ".join(explanation.sentences)


def test_a_tick_that_ran_is_told_with_its_run(daily: PeriodicTask) -> None:
    run = tick(daily, state=State.SUCCEEDED, started_at=NOON, finished_at=NOON + timedelta(seconds=75))
    found, said = asked(NOON + timedelta(seconds=20))
    assert (found.verdict, found.run, found.tick) == ("succeeded", run, NOON)
    assert said.startswith("It was due at 2026-03-04 12:00:00 UTC.")
    assert f"Run {run.pk} began at 2026-03-04 12:00:00 UTC, took 1 min 15 s and succeeded." in said


def test_a_moment_that_is_no_tick_is_told_with_those_around_it(daily: PeriodicTask) -> None:
    tick(daily, state=State.FAILED, error="the disk is full", finished_at=NOON)
    found, said = asked(NOON + timedelta(hours=1))
    assert "It was not due at 2026-03-04 13:00:00 UTC. The tick before that is 2026-03-04 12:00:00 UTC." in said
    assert "is 2026-03-05 12:00:00 UTC" in said
    assert "the disk is full" in said
    assert (found.before, found.after) == (NOON, NOON + DAY)


@pytest.mark.parametrize(
    ("terms", "verdict", "words"),
    [
        ({"state": State.SKIPPED, "reason": "overlap: run 3 is still going"}, "overlap", "another one was still going"),
        ({"state": State.SKIPPED, "reason": "expired: not started by 13:00"}, "expired", "no worker had taken it"),
        ({"state": State.SKIPPED, "reason": "There is no key."}, "skipped", "was skipped: There is no key."),
        ({"state": State.CANCELLED, "cancelled_by": "grace", "finished_at": NOON}, "cancelled", "by grace"),
        ({"state": State.QUEUED}, "queued", "no worker of queue quick has taken it yet"),
        ({"state": State.QUEUED, "behind": 7}, "queued", "waits for run 7 to end"),
        ({"state": State.RUNNING, "started_at": NOON, "worker": "quick@x"}, "running", "since 2026-03-04 12:00:00"),
        ({"state": State.WAITING, "error": "no", "next_attempt_at": NOON + DAY}, "waiting", "the next one is due at"),
        ({"state": State.ASKING}, "asking", "waits for somebody to answer"),
    ],
)
def test_every_state_of_a_run_is_an_answer(daily: PeriodicTask, terms: Any, verdict: str, words: str) -> None:
    tick(daily, **terms)
    found, said = asked()
    assert found.verdict == verdict
    assert words in said


def test_a_gap_that_covers_the_tick_says_that_no_beat_led(daily: PeriodicTask) -> None:
    lead(seen=NOON + 3 * DAY, since=NOON + 3 * DAY)
    first = NOON - 2 * DAY
    gap = tick(
        daily,
        due_at=first,
        due_until=NOON + DAY,
        ticks=4,
        state=State.SKIPPED,
        reason="missed",
        created_at=NOON + 2 * DAY,
    )
    found, said = asked(NOON, now=NOON + 3 * DAY)
    assert (found.verdict, found.run, found.tick) == ("missed", gap, NOON)
    assert "It is one of 4 ticks from 2026-03-02 12:00:00 UTC to 2026-03-05 12:00:00 UTC" in said
    assert "No beat wrote it when it was due" in said
    assert "The beat that leads now, host 42, has led since 2026-03-07 12:00:00 UTC." in said


def test_a_gap_of_a_row_that_was_left_out_says_why_that_was(daily: PeriodicTask) -> None:
    tick(daily, state=State.SKIPPED, reason="left out: its args are no JSON", created_at=NOON + timedelta(hours=1))
    found, said = asked()
    assert found.verdict == "left_out"
    assert found.verdict in VERDICTS
    assert "beat left it out until that was mended (left out: its args are no JSON)." in said


def test_a_gap_of_a_pause_says_who_paused_it(daily: PeriodicTask) -> None:
    with made_by("grace"):
        pausing.pause("sample-count")
    connection.cursor().execute(
        "UPDATE auditlog_logentry SET timestamp = %s WHERE action = 1", [NOON - timedelta(hours=1)]
    )
    pausing.resume("sample-count")
    tick(daily, state=State.SKIPPED, reason="paused", created_at=NOON + timedelta(hours=1))
    found, said = asked()
    assert found.verdict == "paused"
    assert "grace paused it at 2026-03-04 11:00:00 UTC." in said


def test_a_schedule_that_is_paused_says_since_when_and_by_whom(daily: PeriodicTask) -> None:
    with made_by("grace"):
        pausing.pause("sample-count")
    stand(daily, paused_at=NOON - timedelta(hours=3), next_due_at=NOON)
    found, said = asked(now=timezone.now())
    assert found.verdict == "paused"
    assert "It has been paused since 2026-03-04 09:00:00 UTC, by grace." in said


def test_without_a_leader_it_says_when_the_last_one_was_seen_and_what_will_become_of_it(daily: PeriodicTask) -> None:
    stand(daily, next_due_at=NOON, fires_at=NOON)
    lead(seen=NOON - timedelta(minutes=5))
    found, said = asked()
    assert found.verdict == "no_leader"
    assert "No beat leads: the last one, host 42, showed its last sign of life at 2026-03-04 11:55:00 UTC." in said
    assert "one run, for the latest" in said
    Lease.objects.all().delete()
    assert "No beat has ever led here." in asked()[1]


def test_a_tick_that_waits_for_its_jitter_says_when_it_comes(daily: PeriodicTask) -> None:
    stand(daily, jitter=timedelta(days=1))
    stand(daily, next_due_at=NOON, fires_at=NOON)
    lead(seen=NOON)
    found, said = asked(now=NOON + timedelta(seconds=1))
    assert found.verdict == "not_yet"
    assert "(jitter)" in said


def test_a_rule_that_was_changed_since_is_told_with_who_changed_it(daily: PeriodicTask) -> None:
    with made_by("grace"):
        daily.crontab.hour = "13"
        daily.crontab.save()
    found, said = asked(NOON + timedelta(hours=1))
    assert found.verdict == "edited"
    assert "grace changed its rule after that" in said
    assert "12 → 13" in said


def test_a_run_by_an_older_rule_is_told_all_the_same(daily: PeriodicTask) -> None:
    run = tick(daily, state=State.SUCCEEDED, started_at=NOON, finished_at=NOON)
    daily.crontab.hour = "11"
    daily.crontab.save()
    found, said = asked()
    assert found.run == run
    assert "It was edited since" in said


def test_a_schedule_made_later_was_not_there(sample_jobs: Any) -> None:
    make_schedule("sample-count", cron="0 12 * * *")
    assert asked(now=timezone.now())[0].verdict == "made_later"


def test_what_beat_leaves_out_says_why(sample_jobs: Any) -> None:
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    PeriodicTask.objects.create(name="sample-count", task="sample_count", solar=solar)
    found, said = asked()
    assert found.verdict == "left_out"
    assert "solar" in said


def test_what_was_cleared_away_is_not_guessed_at(daily: PeriodicTask) -> None:
    make_run(schedule=daily, state=State.SUCCEEDED)
    assert asked(now=timezone.now())[0].verdict == "forgotten"
    JobRun.objects.all().delete()
    assert asked(now=timezone.now())[0].verdict == "unknown"


def test_what_is_to_come_and_what_never_comes_are_told(daily: PeriodicTask) -> None:
    found, said = asked(NOON + 5 * DAY)
    assert (found.verdict, found.tick) == ("to_come", NOON + 5 * DAY)
    PeriodicTask.objects.update(start_time=NOON + 10 * DAY)
    found, said = asked()
    assert found.verdict == "never_due"
    assert "It was never due until 2026-03-04 12:00:00 UTC" in said


def test_later_runs_of_the_same_due_time_and_troubles_are_told_beside(daily: PeriodicTask) -> None:
    tick(daily, state=State.FAILED, error="no", finished_at=NOON)
    again = make_run(schedule=daily, trigger="backfill", due_at=NOON, state=State.SUCCEEDED)
    Trouble.objects.create(key="late", kind="late", expected="a run", seen="nobody led", page="/", began_at=NOON)
    said = asked()[1]
    assert f"Run {again.pk} of the same due time (Backfill): Succeeded." in said
    assert "The watchdog noted from 2026-03-04 12:00:00 UTC on: nobody led." in said


def test_a_schedule_that_is_gone_is_told_by_its_runs_and_a_name_that_never_was_is_refused(daily: PeriodicTask) -> None:
    run = tick(daily, state=State.SUCCEEDED, started_at=NOON, finished_at=NOON)
    daily.delete()
    found, said = asked()
    assert (found.verdict, found.run) == ("deleted", run)
    assert "There is no schedule of this name any more." in said
    with pytest.raises(UnknownSchedule):
        explain("nobody", at=NOON, now=NOON)


def test_the_zone_of_the_schedule_is_told_beside_utc(daily: PeriodicTask) -> None:
    daily.crontab.timezone = "Europe/Berlin"
    daily.crontab.hour = "13"
    daily.crontab.save()
    connection.cursor().execute("UPDATE auditlog_logentry SET timestamp = %s", [NOON - 99 * DAY])
    assert "It was due at 2026-03-04 12:00:00 UTC (13:00:00 CET)." in asked()[1]
