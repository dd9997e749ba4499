"""Beats, workers and servers killed while jobs run: nothing lost, nothing twice, every run told truthfully."""

import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django_celery_beat.models import PeriodicTask

from adaptapedia.local.postgres import Postgres
from adaptapedia.local.processes import wait_until
from adaptapedia.local.valkey import Valkey
from adaptapedia.scheduling import attempts
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.models import JobRun
from tests.integration.scheduling.conftest import processes, sample_jobs, starts  # noqa: F401 - fixtures
from tests.integration.scheduling.world import ended, in_state, make_schedule, starts_of
from tests.processes import Processes, Running

State = JobRun.State


def signal_group(running: Running, sig: signal.Signals) -> None:
    os.killpg(running.pid, sig)


def test_beats_killed_and_started_at_will_write_each_tick_once(processes: Processes) -> None:  # noqa: F811
    row = make_schedule("sample-count", every=1)
    processes.start_worker()
    processes.start_beat()
    doomed = processes.start_beat()
    runs = JobRun.objects.filter(schedule=row, state=State.SUCCEEDED)
    assert wait_until(lambda: runs.count() >= 2, seconds=60)
    doomed.kill()
    make_schedule("sample-idle", every=1)
    assert wait_until(lambda: JobRun.objects.filter(schedule_name="sample-idle").exists(), seconds=60), (
        "a new row is seen"
    )
    processes.start_beat()
    seen = runs.count()
    assert wait_until(lambda: runs.count() >= seen + 2, seconds=60)
    row.refresh_from_db()
    row.enabled = False
    row.save()
    time.sleep(2)
    under_way = JobRun.objects.filter(schedule=row, state__in=[State.QUEUED, State.RUNNING])
    assert wait_until(lambda: not under_way.exists(), seconds=60)
    settled = JobRun.objects.filter(schedule=row).count()
    time.sleep(1.5)
    all_of_it = [*JobRun.objects.filter(schedule=row).order_by("due_at")]
    assert len(all_of_it) == settled, "a pause is seen"
    fired = [run for run in all_of_it if run.reason not in {"missed", "paused"}]
    assert {(run.state, starts_of(run)) for run in fired} == {(State.SUCCEEDED, 1)}
    # Ticks that nobody was there for are told in one row.
    told = [(run.due_at, run.due_until or run.due_at) for run in all_of_it if run.due_at]
    apart = {following - last for (_, last), (following, _) in pairwise(told) if following and last}
    assert apart == {timedelta(seconds=1)}
    assert PeriodicTask.objects.get(pk=row.pk).total_run_count == len([run for run in fired if run.state != "skipped"])


def begun(run: JobRun, times: int) -> JobRun:
    """The run as it stands when its job has been begun so often."""
    assert wait_until(lambda: starts_of(run) == times, seconds=60)
    return in_state(run, State.RUNNING)


def test_a_run_outlives_a_worker_stopped_one_killed_and_one_that_hangs(processes: Processes) -> None:  # noqa: F811
    make_schedule("sample-long", kwargs='{"seconds": 4}')
    processes.start_beat()
    stopped = processes.start_worker()
    run, _ = request_run("sample-long")
    begun(run, 1)
    stopped.stop()
    run.refresh_from_db()
    assert (run.state, run.attempt, run.earlier_attempts) == (State.QUEUED, 1, [])

    killed = processes.start_worker()
    begun(run, 2)
    killed.kill()
    in_state(run, State.QUEUED)

    hanging = processes.start_worker()
    ghost = begun(run, 3)
    assert ghost.worker.startswith("worker-4@test")
    signal_group(hanging, signal.SIGSTOP)
    in_state(run, State.QUEUED)

    processes.start_worker()
    run = ended(run)
    signal_group(hanging, signal.SIGCONT)
    hanging.wait_for("was taken over; its end is not recorded", seconds=60)
    assert not attempts.succeed(ghost, {"ghost": 1})
    run.refresh_from_db()
    assert (run.state, run.counts, run.attempt, run.fence) == (State.SUCCEEDED, {"steps": 40}, 1, 4)
    assert [past["error"] for past in run.earlier_attempts] == ["its worker was lost"] * 2
    assert run.worker.startswith("worker-5@test")
    assert starts_of(run) == 4


def test_a_worker_killed_soon_after_it_was_asked_to_stop_has_given_its_deaf_run_back(
    processes: Processes,  # noqa: F811
) -> None:
    make_schedule("sample-deaf", kwargs='{"seconds": 30}')
    processes.environment["SAMPLE_TIMING"] = '{"heartbeat": 5, "lost_after": 30}'
    worker = processes.start_worker()
    run, _ = request_run("sample-deaf")
    in_state(run, State.RUNNING)
    assert wait_until(lambda: starts_of(run) == 1, seconds=60)
    worker.stop(seconds=4)  # as `up` has it
    run.refresh_from_db()
    assert (run.state, run.attempt, run.earlier_attempts, run.sent_at) == (State.QUEUED, 1, [], None), worker.output


def test_what_a_deaf_job_ends_with_after_its_run_was_given_back_is_not_recorded(
    processes: Processes,  # noqa: F811
) -> None:
    make_schedule("sample-deaf", kwargs='{"seconds": 4}')
    worker = processes.start_worker()
    run, _ = request_run("sample-deaf")
    in_state(run, State.RUNNING)
    worker.stop()
    run.refresh_from_db()
    assert (run.state, run.counts, run.earlier_attempts) == (State.QUEUED, None, [])
    assert "was taken over; its end is not recorded" in worker.output


@pytest.fixture
def servers() -> Iterator[tuple[Postgres, Valkey]]:
    """A PostgreSQL and a Valkey of this test's own, to be stopped and started."""
    with tempfile.TemporaryDirectory(prefix="ada-") as name:
        Path(name).chmod(0o711)
        home = Path(name)
        yield Postgres(home / "data" / "postgres", home / "run"), Valkey(home / "data" / "valkey", home / "run")


MAKE_SCHEDULES = """
from tests.integration.scheduling.world import make_schedule
make_schedule("sample-count", every=1)
make_schedule("sample-deaf", every=3, kwargs='{"seconds": 2.5}')
"""
PAUSE = "UPDATE django_celery_beat_periodictask SET enabled = false"
TELL_BEAT = "UPDATE django_celery_beat_periodictasks SET last_update = now()"
OUTCOMES = "SELECT schedule_name, state, reason, error, earlier_attempts, id FROM scheduling_jobrun ORDER BY id"


def test_servers_restarted_under_load_leave_every_run_told_truthfully_and_none_twice(
    servers: tuple[Postgres, Valkey],
    starts: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    postgres, valkey = servers
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost",
        **starts,
    }
    python = (sys.executable, "-m", "adaptapedia")

    def ask(query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def succeeded() -> int:
        return int(ask("SELECT count(*) FROM scheduling_jobrun WHERE state = 'succeeded'")[0][0])

    def grown(since: int) -> Callable[[], bool]:
        return lambda: succeeded() > since

    def one_is_running() -> bool:
        return bool(ask("SELECT 1 FROM scheduling_jobrun WHERE state = 'running' AND task = 'sample_deaf'"))

    with ExitStack() as stack:
        database, broker = stack.enter_context(ExitStack()), stack.enter_context(ExitStack())
        database.enter_context(postgres.running())
        broker.enter_context(valkey.running())
        hurt = Processes(environment=environment, logs=tmp_path)
        stack.callback(hurt.close)
        for command in (["migrate", "-v", "0"], ["shell", "-c", MAKE_SCHEDULES]):
            done = hurt.start(*python, *command)
            assert done.wait(seconds=60) == 0, done.output
        worker, beat = hurt.start_worker(concurrency=3), hurt.start_beat()
        assert wait_until(grown(3), seconds=60)

        assert wait_until(one_is_running, seconds=60)
        database.close()
        time.sleep(3)
        database.enter_context(postgres.running())
        assert wait_until(grown(succeeded() + 2), seconds=60)

        assert wait_until(one_is_running, seconds=60)
        broker.close()
        time.sleep(3)
        broker.enter_context(valkey.running())
        assert wait_until(grown(succeeded() + 2), seconds=60)

        ask(PAUSE)
        ask(TELL_BEAT)
        wait_until(lambda: all(row[1] in ("succeeded", "skipped", "failed") for row in ask(OUTCOMES)), seconds=30)
        outcomes = ask(OUTCOMES)
        story = f"{outcomes}\n{beat.output[-3000:]}\n{worker.output[-6000:]}"
        assert {row[1] for row in outcomes} <= {"succeeded", "skipped"}, story
        assert all(row[2].startswith(("overlap", "paused", "missed")) for row in outcomes if row[1] == "skipped"), story
        begun = Path(starts["SAMPLE_STARTS"]).read_text().split()
        assert all(begun.count(str(row[5])) == 1 + len(row[4]) for row in outcomes if row[1] == "succeeded"), story
        assert all(str(row[5]) not in begun for row in outcomes if row[1] == "skipped"), story
        assert worker.process.poll() is None
        assert beat.process.poll() is None
        assert beat.output.count("out of reach") <= 4, beat.output
