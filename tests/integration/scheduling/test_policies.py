"""The policies of a schedule's row, and cancelling, on a real worker."""

import threading
import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from adaptapedia.local.processes import is_alive, wait_until
from adaptapedia.scheduling import care, dispatch, runner
from adaptapedia.scheduling.actions import NotCancellable, cancel_run, request_run
from adaptapedia.scheduling.core.policies import LONGEST_WAIT, Policies
from adaptapedia.scheduling.dispatch import Message
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.scheduling.world import ENDED, ended, in_state, make_run, make_schedule, starts_of
from tests.processes import Processes

State = JobRun.State


def schedule(name: str, *, task: str, kwargs: str = "{}", **policies: Any) -> Any:
    row = make_schedule(name, task=task, kwargs=kwargs)
    ScheduleCompanion.objects.filter(schedule=row).update(**policies)
    return row


def tick(row: Any, *, queue: str = "long", **kwargs: Any) -> JobRun:
    """A run of the row, its message sent."""
    given = {"schedule": row, "schedule_name": row.name, "queue": queue, "trigger": "tick"}
    run = make_run(row.task, arguments={"args": [], "kwargs": kwargs}, **given)
    send(run)
    return run


def send(run: JobRun) -> None:
    (message,) = dispatch.send([Message.of(run)])
    JobRun.objects.filter(pk=message.run_id).update(sent_at=run.created_at)


def tend_until(run: JobRun, *states: str) -> JobRun:
    """What beat does each second, faster, until the run is in one of these states."""
    for _ in range(200):
        dispatch.send(care.tend())
        run.refresh_from_db()
        if run.state in states:
            return run
        time.sleep(0.1)
    raise AssertionError(f"{run} is still {run.state}")


def waits_behind(run: JobRun, older: JobRun) -> bool:
    return wait_until(lambda: JobRun.objects.filter(pk=run.pk, behind=older.pk).exists(), seconds=60)


@pytest.mark.usefixtures("worker")
def test_under_queue_one_run_waits_for_the_older_and_a_further_one_is_skipped() -> None:
    row = schedule("in-turn", task="sample_long", overlap="queue")
    first = in_state(tick(row, seconds=8), State.RUNNING)
    second = tick(row, seconds=0.2)
    assert waits_behind(second, first)
    third = ended(tick(row, seconds=0.2))
    assert (third.state, third.reason) == (State.SKIPPED, f"overlap: run {first.pk} is still going")
    second = tend_until(second, *ENDED)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.SUCCEEDED, State.SUCCEEDED)
    assert first.finished_at is not None
    assert second.started_at is not None
    assert second.started_at >= first.finished_at


@pytest.mark.usefixtures("worker")
def test_under_cancel_the_older_run_is_asked_to_stop_and_the_newest_follows_it() -> None:
    row = schedule("replaced", task="sample_long", overlap="cancel")
    first = in_state(tick(row, seconds=20), State.RUNNING)
    second = tick(row, seconds=0.2)
    second = tend_until(second, *ENDED)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.CANCELLED, State.SUCCEEDED)
    assert first.reason == f"cancelled by run {second.pk}, which is to follow it"


@pytest.mark.usefixtures("worker")
def test_under_cancel_a_run_that_waits_gives_way_to_a_newer_one() -> None:
    row = schedule("replaced", task="sample_deaf", overlap="cancel")
    first = in_state(tick(row, seconds=8), State.RUNNING)
    second = tick(row, seconds=0.1)
    assert waits_behind(second, first)
    third = tick(row, seconds=0.1)
    assert waits_behind(third, first)
    second.refresh_from_db()
    assert (second.state, second.reason) == (State.SKIPPED, f"overlap: run {third.pk} takes its place")
    assert tend_until(third, *ENDED).state == State.SUCCEEDED


@pytest.mark.usefixtures("worker")
def test_under_allow_runs_go_side_by_side() -> None:
    row = schedule("at-side", task="sample_long", overlap="allow")
    first, second = tick(row, seconds=8), tick(row, seconds=8)
    running = JobRun.objects.filter(pk__in=[first.pk, second.pk], state=State.RUNNING)
    assert wait_until(lambda: running.count() == 2, seconds=60)
    assert [ended(run).state for run in (first, second)] == [State.SUCCEEDED] * 2


@pytest.mark.usefixtures("worker")
def test_a_running_job_that_is_cancelled_stops_where_it_tells_its_progress() -> None:
    make_schedule("sample-long", kwargs='{"seconds": 20}')
    run = in_state(request_run("sample-long")[0], State.RUNNING)
    cancel_run(run, by="ada")
    run = ended(run)
    assert (run.state, run.reason, run.counts) == (State.CANCELLED, "cancelled by ada", None)
    with pytest.raises(NotCancellable):
        cancel_run(run, by="bob")


@pytest.mark.usefixtures("worker")
def test_a_deaf_job_that_is_cancelled_is_killed_as_soon_as_the_broker_answers_and_its_worker_goes_on(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SCHEDULING_TIMING = {"cancel_within": timedelta(seconds=0.5)}
    answers, revoke, refused = threading.Event(), current_app.control.revoke, list[str]()

    def revoke_at_last(messages: list[str], **how: Any) -> None:
        answers.wait(60)
        if not refused:
            refused.extend(messages)
            raise OperationalError("connection refused")
        revoke(messages, **how)

    monkeypatch.setattr(current_app.control, "revoke", revoke_at_last)
    make_schedule("sample-deaf", kwargs='{"seconds": 60}')
    run = in_state(request_run("sample-deaf")[0], State.RUNNING)
    assert wait_until(lambda: starts_of(run) == 1, seconds=60)
    process = int(run.worker.split()[-1])
    cancel_run(run, by="ada")
    run = tend_until(run, *ENDED)
    assert (run.state, run.reason) == (State.CANCELLED, "cancelled by ada")
    assert is_alive(process)
    answers.set()
    assert wait_until(lambda: not is_alive(process), seconds=60)
    assert refused == [run.message]
    make_schedule("sample-count")
    assert ended(request_run("sample-count")[0]).state == State.SUCCEEDED
    run.refresh_from_db()
    assert (run.state, starts_of(run)) == (State.CANCELLED, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [State.QUEUED, State.WAITING, State.ASKING])
def test_a_run_that_does_not_run_is_cancelled_at_once(state: str) -> None:
    run = cancel_run(make_run(state=state), by="ada")
    assert (run.state, run.reason, run.cancelled_by) == (State.CANCELLED, "cancelled by ada", "ada")
    assert run.finished_at is not None
    assert care.tend() == []


@pytest.mark.usefixtures("worker")
def test_retries_and_back_off_of_the_row_hold() -> None:
    longer = {"retries": 3, "retry_after": timedelta(seconds=0.4), "backoff": 3.0, "backoff_max": timedelta(seconds=1)}
    run = tick(schedule("stubborn", task="sample_flaky", **longer), queue="quick")
    run = tend_until(run, *ENDED)
    assert (run.state, run.attempt) == (State.SUCCEEDED, 3)
    ends = [datetime.fromisoformat(past["finished_at"]) for past in run.earlier_attempts]
    starts = [datetime.fromisoformat(past["started_at"]) for past in run.earlier_attempts] + [run.started_at]
    waited = [begin - end for end, begin in zip(ends, starts[1:], strict=True)]
    assert waited[0] >= timedelta(seconds=0.39)
    assert waited[1] >= timedelta(seconds=0.99), "three times as long, but no longer than the longest"

    run = tick(schedule("soon-tired", task="sample_flaky", retries=0), queue="quick")
    run = tend_until(run, *ENDED)
    assert (run.state, run.attempt) == (State.FAILED, 1)


@pytest.mark.usefixtures("worker")
def test_limits_of_the_row_hold(settings: Any) -> None:
    settings.SCHEDULING_TIMING = {"heartbeat": timedelta(seconds=0.5), "lost_after": timedelta(seconds=2)}
    soft = {"soft_limit": timedelta(seconds=1), "hard_limit": timedelta(seconds=30)}
    schedule("sample-deaf", task="sample_deaf", kwargs='{"seconds": 20}', **soft)
    run = ended(request_run("sample-deaf")[0])
    assert (run.state, run.error) == (State.FAILED, "timed out after 1 s")

    hard = {"soft_limit": timedelta(seconds=1), "hard_limit": timedelta(seconds=2)}
    schedule("sample-stubborn", task="sample_stubborn", **hard)
    run = tend_until(request_run("sample-stubborn")[0], *ENDED)
    assert (run.state, run.error) == (State.FAILED, "timed out: killed after 2 s")


@pytest.mark.usefixtures("worker")
def test_a_plain_celery_task_is_run_with_its_arguments_and_its_result_is_kept() -> None:
    make_schedule("plain", task="celery.accumulate", args=[1, 2], kwargs='{"index": 1}', queue="quick")
    run = ended(request_run("plain")[0])
    assert (run.state, run.counts) == (State.SUCCEEDED, {"result": "2"})


@pytest.mark.usefixtures("worker")
def test_a_job_that_no_longer_exists_fails_with_its_reason_and_is_not_tried_again() -> None:
    row = schedule("forgotten", task="gone_for_good", retries=3)
    run = ended(tick(row, queue="quick"))
    assert (run.state, run.attempt) == (State.FAILED, 1)
    assert "this worker knows no task 'gone_for_good'" in run.error


@pytest.mark.usefixtures("worker")
def test_a_run_whose_schedule_was_deleted_while_it_was_queued_fails_with_the_reason() -> None:
    row = make_schedule("sample-count")
    run = make_run(schedule=row, trigger="tick")
    row.delete()
    send(JobRun.objects.get(pk=run.pk))
    run = ended(run)
    assert (run.state, run.error, starts_of(run)) == (State.FAILED, "its schedule was deleted while it was queued", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sample_jobs")
def test_beat_does_not_die_of_a_lost_run_whose_row_has_policies_that_nobody_can_keep(settings: Any) -> None:
    settings.SCHEDULING_TIMING = {"lost_after": timedelta(seconds=0.01)}
    row = schedule("odd", task="sample_count", overlap="sometimes", backoff=0.5)
    long_ago = datetime.fromisoformat("2020-01-01T00:00Z")
    run = make_run(schedule=row, state=State.RUNNING, heartbeat_at=long_ago, started_at=long_ago)
    assert [message.run_id for message in care.tend()] == [run.pk]


def test_a_retry_that_waits_three_times_the_visibility_timeout_is_executed_once(processes: Processes) -> None:
    patient = {"retries": 2, "retry_after": timedelta(seconds=6)}
    row = schedule("sample-flaky", task="sample_flaky", **patient)
    row.queue = "apart"  # from the worker that the other tests share
    row.save()
    processes.environment["SAMPLE_VISIBILITY"] = "2"
    processes.start_worker("apart", concurrency=2)
    processes.start_beat()
    run = ended(request_run("sample-flaky")[0], seconds=60)
    assert (run.state, run.attempt, run.fence) == (State.SUCCEEDED, 3, 3)
    time.sleep(3)
    assert starts_of(run) == 3
    begun = [datetime.fromisoformat(past["started_at"]) for past in run.earlier_attempts] + [run.started_at]
    assert all(later - earlier >= timedelta(seconds=6) for earlier, later in pairwise(begun))


def test_no_error_puts_its_retry_off_for_longer_than_can_be_told() -> None:
    error = RuntimeError("come back in a million years")
    error.retry_after = 3e13  # type: ignore[attr-defined]  # as any error may have it
    assert runner._retry_in(Policies(retries=1), JobRun(attempt=1), error) == LONGEST_WAIT
