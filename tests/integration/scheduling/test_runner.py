"""A real worker, and everything that may become of an attempt."""

import time
from datetime import timedelta

import pytest
from celery import current_app
from django.core.cache import cache
from django.utils import timezone

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import care, dispatch
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.models import JobRun
from tests.integration.scheduling.world import ended, in_state, make_run, make_schedule, starts_of
from tests.processes import Running

State = JobRun.State
pytestmark = pytest.mark.usefixtures("worker")


def started(name: str) -> JobRun:
    run, _ = request_run(name)
    return run


def tend_until_ended(run: JobRun) -> JobRun:
    """What beat does each second, faster."""
    for _ in range(100):
        dispatch.send(care.tend())
        run.refresh_from_db()
        if run.state not in JobRun.OPEN:
            return run
        time.sleep(0.2)
    raise AssertionError(f"{run} is still {run.state}")


def test_a_run_succeeds_with_its_counts_and_they_are_remembered() -> None:
    make_schedule("sample-count", args=[2, 3], kwargs='{"factor": 10}')
    run = ended(started("sample-count"))
    assert (run.state, run.counts, run.error, run.attempt, run.fence) == (
        State.SUCCEEDED, {"sum": 50, "attempt": 1}, "", 1, 1
    )  # fmt: skip
    assert run.worker.startswith("worker-1@shared ")
    assert run.started_at is not None
    assert run.finished_at is not None
    assert wait_until(lambda: cache.get("sample_last") is not None, seconds=60), "it is cached once it is recorded"
    remembered = cache.get("sample_last")
    assert remembered["stats"] == run.counts
    assert remembered["timestamp"].startswith(f"{timezone.now():%Y-%m-%d}")


def test_delay_writes_a_run_and_its_result_is_the_counts() -> None:
    row = make_schedule("sample-count")
    result = current_app.tasks["sample_count"].delay(1, 2, factor=2)
    assert result.get(timeout=60) == {"sum": 6, "attempt": 1}
    run = ended("sample-count")
    assert (run.trigger, run.schedule_id, run.arguments["args"]) == (JobRun.Trigger.MANUAL, row.pk, [1, 2])


def test_what_the_admin_starts_belongs_to_the_row_it_was_started_from() -> None:
    row = make_schedule("counting-on", task="sample_count")
    current_app.tasks["sample_count"].apply_async(headers={"periodic_task_name": "counting-on"}).get(timeout=60)
    assert ended("counting-on").schedule_id == row.pk


def test_a_message_delivered_twice_runs_once() -> None:
    task = current_app.tasks["sample_count"]
    task.apply_async(task_id="one-message").get(timeout=60)
    task.apply_async(task_id="one-message")
    run = ended("sample-count")
    for _ in range(3):
        dispatch.send([dispatch.Message.of(run)])
    task.delay().get(timeout=60)
    assert starts_of(run) == 1
    assert JobRun.objects.filter(arguments__message="one-message").count() == 1


def test_a_failure_is_retried_until_it_succeeds() -> None:
    run = tend_until_ended(started("sample-flaky"))
    assert (run.state, run.counts, run.error, run.fence) == (State.SUCCEEDED, {"attempt": 3}, "", 3)
    assert [past["attempt"] for past in run.earlier_attempts] == [1, 2]
    assert run.earlier_attempts[0]["error"] == "ConnectionError: no luck at attempt 1 and a second line with  in it"


def test_a_retry_waits_in_the_database_for_its_time() -> None:
    run = in_state(started("sample-flaky"), State.WAITING)
    assert run.next_attempt_at is not None
    assert run.started_at is not None
    assert run.next_attempt_at - run.started_at >= timedelta(seconds=0.3)
    assert "Traceback" in run.traceback
    assert run.finished_at is None


def test_an_error_that_no_retry_mends_fails_at_once() -> None:
    run = ended(started("sample-broken"))
    assert (run.state, run.error, run.attempt) == (State.FAILED, "NeverAgainError: the disk is full", 1)
    assert 'raise NeverAgainError("the disk is full")' in run.traceback
    assert starts_of(run) == 1


def test_a_job_with_nothing_to_do_is_skipped_with_its_sentence() -> None:
    run = ended(started("sample-idle"))
    assert (run.state, run.reason, run.counts) == (State.SKIPPED, "no source yet", None)


def test_a_job_beyond_its_soft_limit_has_timed_out() -> None:
    run = ended(started("sample-slow"))
    assert (run.state, run.error) == (State.FAILED, "timed out after 1 s")
    assert "SoftTimeLimitExceeded" in run.traceback


def test_a_job_killed_at_its_hard_limit_has_timed_out(settings: object) -> None:
    settings.SCHEDULING_TIMING = {"heartbeat": timedelta(seconds=0.5), "lost_after": timedelta(seconds=2)}  # type: ignore[attr-defined]
    run = tend_until_ended(started("sample-stubborn"))
    assert (run.state, run.error) == (State.FAILED, "timed out: killed after 3 s")


def test_progress_is_seen_while_the_job_is_in_a_transaction() -> None:
    run = started("sample-long")
    assert wait_until(lambda: (JobRun.objects.get(pk=run.pk).done or 0) > 3, seconds=60)
    run.refresh_from_db()
    assert (run.state, run.total, run.step) == (State.RUNNING, 30, "sleeping")
    run = ended(run)
    assert (run.state, run.done, run.total, run.step) == (State.SUCCEEDED, 30, 30, "")


def test_the_result_survives_a_lost_connection() -> None:
    run = ended(started("sample-cut"))
    assert (run.state, run.counts) == (State.SUCCEEDED, {"cut": 1})


def test_an_attempt_that_loses_its_database_goes_on_with_the_same_number() -> None:
    run = tend_until_ended(started("sample-cut-off"))
    assert (run.state, run.attempt, run.fence, run.counts) == (State.SUCCEEDED, 1, 2, {"starts": 2})
    assert [past["error"] for past in run.earlier_attempts] == ["its connection to the database was lost"]


def test_an_attempt_that_loses_its_database_three_times_has_failed() -> None:
    make_schedule("sample-cut-off", kwargs='{"times": 9}')
    run = tend_until_ended(started("sample-cut-off"))
    assert (run.state, run.attempt, starts_of(run)) == (State.FAILED, 1, 3)
    assert run.error == "its connection to the database was lost, three times in all"


def test_a_query_that_takes_too_long_is_the_jobs_own_failure() -> None:
    run = tend_until_ended(started("sample-locked"))
    assert (run.state, run.earlier_attempts) == (State.FAILED, [])
    assert "statement timeout" in run.error


def test_counts_that_are_no_json_fail_the_run_and_a_nul_does_not() -> None:
    unprintable, nul = ended(started("sample-unprintable")), ended(started("sample-nul"))
    assert unprintable.state == State.FAILED
    assert unprintable.error.startswith("TypeError: Object of type object is not JSON serializable")
    assert (nul.state, nul.counts) == (State.SUCCEEDED, {"label": "ab"})


def test_an_attempt_broken_off_goes_on_with_the_same_number() -> None:
    run = tend_until_ended(started("sample-interrupted"))
    assert (run.state, run.counts, run.fence, starts_of(run)) == (State.SUCCEEDED, {"attempt": 1}, 2, 2)


def test_two_runs_of_one_schedule_never_overlap() -> None:
    first = in_state(started("sample-long"), State.RUNNING)
    second = make_run("sample_long", queue="long", sent_at=timezone.now())
    dispatch.send([dispatch.Message.of(second)])
    second = ended(second)
    assert (second.state, second.reason) == (State.SKIPPED, f"overlap: run {first.pk} is still going")
    assert starts_of(second) == 0
    assert ended(first).state == State.SUCCEEDED


def test_the_result_of_a_skipped_message_is_none() -> None:
    in_state(started("sample-long"), State.RUNNING)
    result = current_app.tasks["sample_long"].delay()
    assert result.get(timeout=60) is None


def test_a_run_that_was_taken_over_writes_nothing_more(worker: Running) -> None:
    run = in_state(started("sample-deaf"), State.RUNNING)
    JobRun.objects.filter(pk=run.pk).update(fence=run.fence + 1, worker="another")
    assert wait_until(lambda: f"run {run.pk}" in worker.output or "was taken over" in worker.output, seconds=60)
    run.refresh_from_db()
    assert (run.state, run.worker, run.counts) == (State.RUNNING, "another", None)
