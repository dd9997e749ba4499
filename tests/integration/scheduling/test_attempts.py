"""The fenced steps of a run, each against the real database, without any worker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from adaptapedia.scheduling import actions, attempts, care, tallies
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.terms import Ask
from tests.integration.scheduling.world import make_run, make_schedule

State = JobRun.State
LONG_AGO = timedelta(minutes=5)
SOON = timedelta(hours=1)


def claimed(run: JobRun) -> JobRun:
    taken = attempts.claim(run.pk, worker="test")
    assert taken is not None
    return taken


def silent(run: JobRun) -> None:
    """The run's worker gives no sign of life any more, and the database has been up for long enough to know."""
    JobRun.objects.filter(pk=run.pk).update(
        heartbeat_at=timezone.now() - LONG_AGO, started_at=timezone.now() - LONG_AGO
    )


@pytest.fixture
def impatient(settings: Any) -> None:
    settings.SCHEDULING_TIMING = {"lost_after": timedelta(seconds=0.01)}


@pytest.mark.django_db
def test_a_claim_takes_a_queued_run_once() -> None:
    run = make_run()
    assert claimed(run).state == State.RUNNING
    assert attempts.claim(run.pk, worker="late") is None
    assert attempts.claim(run.pk + 1000, worker="lost") is None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_run_and_two_runs_never_start_together() -> None:
    one, other = make_run(), make_run()

    def contend(run: JobRun) -> JobRun | None:
        try:
            return attempts.claim(run.pk, worker="contender")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [run for run in pool.map(contend, [one, other] * 4) if run]
    assert len(taken) == 1
    assert sorted(JobRun.objects.values_list("state", flat=True)) == [State.RUNNING, State.SKIPPED]
    assert JobRun.objects.get(state=State.SKIPPED).reason == f"overlap: run {taken[0].pk} is still going"


@pytest.mark.django_db
def test_a_run_not_started_in_time_is_skipped_as_expired() -> None:
    due_at = timezone.now() - timedelta(hours=2)
    run = make_run(due_at=due_at, expires_at=due_at + timedelta(hours=1), trigger="tick")
    assert attempts.claim(run.pk, worker="late") is None
    run.refresh_from_db()
    assert run.state == State.SKIPPED
    assert run.reason == f"expired: not started by {run.expires_at:%Y-%m-%d %H:%M:%S} UTC"


@pytest.mark.django_db
def test_a_retry_does_not_expire() -> None:
    run = claimed(make_run(expires_at=timezone.now() + timedelta(seconds=60)))
    attempts.fail(run, error="no", retry_in=timedelta())
    JobRun.objects.update(expires_at=timezone.now() - LONG_AGO)
    care.tend()
    assert claimed(run).attempt == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("trigger", "starts"), [("tick", False), ("manual", True)])
def test_a_pause_holds_ticks_and_nothing_else(trigger: str, starts: bool) -> None:
    run = make_run(schedule=make_schedule("sample-count", enabled=False), trigger=trigger)
    assert (attempts.claim(run.pk, worker="test") is not None) is starts
    run.refresh_from_db()
    assert run.reason == ("" if starts else "paused")


@pytest.mark.django_db
def test_who_lost_the_run_writes_nothing() -> None:
    ghost = claimed(make_run())
    attempts.give_back(ghost)
    holder = claimed(ghost)
    for late in (
        attempts.succeed(ghost, {"ghost": 1}),
        attempts.fail(ghost, error="ghost", retry_in=None),
        attempts.skip(ghost, "ghost"),
        attempts.give_back(ghost),
        attempts.beat_heart(ghost, done=1, total=1, step="ghost"),
    ):
        assert not late
    assert attempts.succeed(holder, {"holder": 1})
    holder.refresh_from_db()
    assert (holder.state, holder.counts, holder.step) == (State.SUCCEEDED, {"holder": 1}, "")
    assert not attempts.fail(holder, error="too late", retry_in=None)


@pytest.mark.django_db
@pytest.mark.usefixtures("impatient")
def test_a_run_whose_worker_is_silent_is_queued_again_with_the_same_attempt() -> None:
    run = claimed(make_run())
    silent(run)
    assert [sent.run_id for sent in care.tend()] == [run.pk]
    again = claimed(run)
    assert (again.attempt, again.fence) == (1, 2)
    assert again.earlier_attempts[0]["error"] == "its worker was lost"


@pytest.mark.django_db
@pytest.mark.usefixtures("impatient")
def test_a_run_that_loses_three_workers_has_failed() -> None:
    run = make_run()
    for _ in range(3):
        silent(claimed(run))
        care.tend()
    run.refresh_from_db()
    assert (run.state, run.error, run.attempt) == (State.FAILED, "its worker was lost, three times in all", 1)
    assert len(run.earlier_attempts) == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("impatient", "sample_jobs")
def test_an_attempt_that_loses_three_workers_is_retried_where_its_job_has_retries() -> None:
    run = make_run("sample_flaky")
    for _ in range(3):
        silent(claimed(run))
        care.tend()
    run.refresh_from_db()
    assert (run.state, run.error, run.attempt) == (State.WAITING, "its worker was lost, three times in all", 1)
    assert (run.finished_at, len(run.earlier_attempts)) == (None, 3)
    JobRun.objects.update(next_attempt_at=timezone.now())
    care.tend()
    assert claimed(run).attempt == 2


def failed_once(schedule: Any = None, **terms: Any) -> JobRun:
    """A run that is queued for its second attempt."""
    run = claimed(make_run(schedule=schedule, **terms))
    attempts.fail(run, error="TimeoutError: no answer", traceback="Traceback …", retry_in=timedelta())
    care.tend()
    run.refresh_from_db()
    return run


@pytest.mark.django_db
def test_a_retry_that_finds_another_run_going_has_failed_and_says_both() -> None:
    run = failed_once()
    going = claimed(make_run())
    assert attempts.claim(run.pk, worker="test") is None
    run.refresh_from_db()
    error = f"TimeoutError: no answer; not tried again: overlap: run {going.pk} is still going"
    assert (run.state, run.error, run.reason, run.traceback) == (State.FAILED, error, "", "Traceback …")
    assert run.finished_at is not None


def replacing() -> Any:
    """A schedule whose overlap policy is `cancel`."""
    row = make_schedule("sample-count")
    ScheduleCompanion.objects.filter(schedule=row).update(overlap="cancel")
    return row


@pytest.mark.django_db
def test_under_cancel_a_retry_gives_way_to_a_newer_run_and_to_one_that_waits() -> None:
    row = replacing()
    older, further = failed_once(row), failed_once(row)
    going = claimed(make_run(schedule=row))
    assert attempts.claim(older.pk, worker="test") is None
    older.refresh_from_db()
    error = f"TimeoutError: no answer; not tried again: overlap: run {going.pk} is newer"
    assert (older.state, older.error) == (State.FAILED, error)

    newest = make_run(schedule=row)
    assert attempts.claim(newest.pk, worker="test") is None
    assert attempts.claim(further.pk, worker="test") is None
    going.refresh_from_db()
    newest.refresh_from_db()
    further.refresh_from_db()
    assert going.cancelled_by == f"run {newest.pk}, which is to follow it"
    assert (newest.state, newest.behind) == (State.QUEUED, going.pk)
    assert further.error.endswith(f"not tried again: overlap: run {newest.pk} is newer")


@pytest.mark.django_db
@pytest.mark.usefixtures("impatient")
def test_under_cancel_a_run_that_lost_its_worker_gives_way_to_a_newer_one() -> None:
    row = replacing()
    lost = claimed(make_run(schedule=row))
    silent(lost)
    care.tend()
    going = claimed(make_run(schedule=row))
    assert attempts.claim(lost.pk, worker="test") is None
    lost.refresh_from_db()
    going.refresh_from_db()
    assert (lost.state, lost.reason) == (State.SKIPPED, f"overlap: run {going.pk} is newer")
    assert (going.state, going.cancel_requested_at) == (State.RUNNING, None)


@pytest.mark.django_db
def test_under_cancel_a_retry_goes_before_a_backfill_whose_number_is_higher() -> None:
    row = replacing()
    run = failed_once(row)
    past = claimed(make_run(schedule=row, trigger="backfill"))
    assert attempts.claim(run.pk, worker="test") is None
    run.refresh_from_db()
    past.refresh_from_db()
    assert (run.state, run.behind) == (State.QUEUED, past.pk)
    assert past.cancelled_by == f"run {run.pk}, which is to follow it"


@pytest.mark.django_db
@pytest.mark.parametrize("overlap", ["skip", "queue", "cancel"])
def test_what_people_run_again_waits_its_turn_and_neither_stops_nor_holds_up_what_is_due(
    sent: list[int], overlap: str
) -> None:
    row = make_schedule("sample-count")
    ScheduleCompanion.objects.filter(schedule=row).update(overlap=overlap)
    old = make_run(schedule=row, state=State.FAILED, due_at=timezone.now() - LONG_AGO)
    older = make_run(schedule=row, state=State.FAILED, due_at=timezone.now() - 2 * LONG_AGO)
    going = claimed(make_run(schedule=row))
    first, second = actions.retry_run(old)[0], actions.retry_run(older)[0]
    assert (first.behind, second.behind, care.tend()) == (going.pk, first.pk, [])

    attempts.fail(going, error="no", retry_in=SOON)
    assert care.tend() == [], "it has yet to end"
    JobRun.objects.filter(pk=going.pk).update(state=State.FAILED)
    assert [message.run_id for message in care.tend()] == [first.pk]
    tick = claimed(make_run(schedule=row, trigger="tick"))
    assert attempts.claim(first.pk, worker="test") is None
    first.refresh_from_db()
    tick.refresh_from_db()
    assert (first.state, first.behind, tick.cancel_requested_at) == (State.QUEUED, tick.pk, None)

    attempts.succeed(tick, {})
    assert [message.run_id for message in care.tend()] == [first.pk]
    attempts.succeed(claimed(first), {})
    assert [message.run_id for message in care.tend()] == [second.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("given_back", [False, True])
def test_a_retry_of_a_paused_schedule_has_failed_and_says_both(given_back: bool) -> None:
    schedule = make_schedule("sample-count")
    run = failed_once(schedule, trigger="tick")
    if given_back:
        attempts.give_back(claimed(run))
    schedule.enabled = False
    schedule.save()
    assert attempts.claim(run.pk, worker="test") is None
    run.refresh_from_db()
    assert (run.state, run.error) == (State.FAILED, "TimeoutError: no answer; not tried again: paused")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("end", "error"),
    [
        (lambda run: attempts.fail(run, error="no answer", traceback="Traceback …", retry_in=SOON), "no answer"),
        (lambda run: attempts.fail(run, error="no answer", traceback="Traceback …", retry_in=None), "no answer"),
        (attempts.give_back, ""),
        (lambda run: attempts.ask(run, Ask("Delete them?", answers={"keep": "Keep them"})), ""),
        (attempts.lose, ""),
    ],
    ids=["fails and would be tried again", "fails for good", "is given back", "asks", "is lost"],
)
def test_an_attempt_whose_run_was_cancelled_meanwhile_is_its_last_however_it_ends(
    sample_jobs: Any, end: Callable[[JobRun], bool], error: str
) -> None:
    tallies.forget()
    run = claimed(make_run())
    actions.cancel_run(run, by="ada")

    assert end(run)

    run.refresh_from_db()
    assert (run.state, run.reason, run.error) == (State.CANCELLED, "cancelled by ada", error)
    assert run.traceback == ("Traceback …" if error else "")
    assert run.finished_at is not None
    assert (care.tend(), ends()) == ([], {("sample-count", "cancelled"): 1})
    assert not end(run), "it is over"


@pytest.mark.django_db
def test_what_a_cancelled_run_has_achieved_all_the_same_is_kept() -> None:
    run = claimed(make_run())
    actions.cancel_run(run, by="ada")
    assert attempts.succeed(run, {"sum": 1})
    run.refresh_from_db()
    assert (run.state, run.counts) == (State.SUCCEEDED, {"sum": 1})


@pytest.mark.django_db
def test_a_queued_run_that_was_cancelled_does_not_start(sample_jobs: Any) -> None:
    tallies.forget()
    run = failed_once()
    JobRun.objects.update(cancel_requested_at=timezone.now(), cancelled_by="ada", error="no answer")

    assert attempts.claim(run.pk, worker="test") is None

    run.refresh_from_db()
    assert (run.state, run.reason, run.error) == (State.CANCELLED, "cancelled by ada", "no answer")
    assert ends() == {("sample-count", "cancelled"): 1}


@pytest.mark.django_db
def test_a_run_that_shows_life_is_left_alone() -> None:
    run = claimed(make_run())
    assert care.tend() == []
    run.refresh_from_db()
    assert run.state == State.RUNNING


@pytest.mark.django_db
def test_a_message_is_sent_again_at_growing_distances() -> None:
    now = timezone.now()

    def is_sent_again(*, queued: float, sent: float) -> bool:
        JobRun.objects.all().delete()
        run = make_run(sent_at=now - timedelta(seconds=sent))
        JobRun.objects.filter(pk=run.pk).update(created_at=now - timedelta(seconds=queued))
        return care.needed() and run.pk in [ready.run_id for ready in care.tend()]

    assert not is_sent_again(queued=50, sent=50)
    assert is_sent_again(queued=61, sent=61)
    assert not is_sent_again(queued=300, sent=100)
    assert is_sent_again(queued=300, sent=151)
    JobRun.objects.all().delete()
    never = make_run()
    assert [ready.run_id for ready in care.tend()] == [never.pk]
    JobRun.objects.update(sent_at=now)
    assert care.tend() == []
    assert not care.needed()


@pytest.mark.django_db
def test_a_queued_run_expires_without_any_worker() -> None:
    run = make_run(expires_at=timezone.now() - timedelta(seconds=1), sent_at=timezone.now())
    care.tend()
    run.refresh_from_db()
    assert (run.state, run.reason[:8]) == (State.SKIPPED, "expired:")


@pytest.fixture
def fast_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """This worker's clock is a day ahead of the database's."""
    ahead = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: ahead)


@pytest.mark.django_db
def test_a_worker_whose_clock_is_fast_skips_nothing_that_has_not_expired(fast_clock: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() + interval '1 hour', now() - interval '1 hour'")
        in_an_hour, an_hour_ago = cursor.fetchone()

    assert claimed(make_run(task="sample_count", expires_at=in_an_hour))
    late = make_run(task="sample_long", expires_at=an_hour_ago)
    assert attempts.claim(late.pk, worker="test") is None
    assert JobRun.objects.get(pk=late.pk).reason.startswith("expired")


@pytest.mark.django_db
def test_how_long_an_attempt_took_and_when_it_failed_is_by_the_databases_clock(fast_clock: None) -> None:
    tallies.forget()
    run = claimed(make_run())

    attempts.fail(run, error="no such book", retry_in=timedelta(seconds=60))

    (took,) = (one for one in tallies.tallied() if one.metric == "scheduling_duration_seconds")
    assert took.total < 3_600
    run.refresh_from_db()
    (attempt,) = run.earlier_attempts
    assert run.next_attempt_at is not None
    assert abs(datetime.fromisoformat(attempt["finished_at"]) - run.next_attempt_at) < timedelta(hours=1)


def ends() -> dict[tuple[str, str], float]:
    """How many runs have ended, by job and outcome."""
    told = [one for one in tallies.tallied() if one.metric == "scheduling_runs_ended"]
    return {(one.labels["job"], one.labels["outcome"]): one.count for one in told}


@pytest.mark.django_db
def test_a_run_that_never_starts_is_counted_as_ended(sample_jobs: Any) -> None:
    tallies.forget()
    past = timezone.now() - LONG_AGO
    assert attempts.claim(make_run(expires_at=past).pk, worker="test") is None
    make_run(expires_at=past)
    care.tend()
    row = make_schedule("sample-count", enabled=False)
    assert attempts.claim(make_run(schedule=row, trigger="tick").pk, worker="test") is None
    assert ends() == {("sample-count", "skipped"): 3}

    claimed(make_run())
    assert attempts.claim(make_run().pk, worker="test") is None
    assert ends() == {("sample-count", "skipped"): 4}, "overlap counts too"

    actions.cancel_run(make_run("sample_long"), by="ada")
    assert ends()["sample-long", "cancelled"] == 1


@pytest.mark.django_db
def test_a_run_that_is_not_tried_again_is_counted_as_failed(sample_jobs: Any) -> None:
    tallies.forget()
    row = make_schedule("sample-count", enabled=False)
    past = [{"attempt": 1, "error": "no such book", "started_at": None, "finished_at": None}]
    run = make_run(schedule=row, trigger="tick", attempt=2, earlier_attempts=past)

    assert attempts.claim(run.pk, worker="test") is None

    assert JobRun.objects.get(pk=run.pk).state == State.FAILED
    assert ends() == {("sample-count", "failed"): 1}


@pytest.mark.django_db(transaction=True)
def test_an_end_that_is_taken_back_is_not_counted(sample_jobs: Any) -> None:
    tallies.forget()

    def count_in_vain() -> None:
        with attempts.counted():
            attempts.count_end("sample_count", State.SKIPPED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        count_in_vain()
    with connection.cursor() as cursor:
        tallies.flush(cursor)

    assert ends() == {}
