"""`adaptapedia jobs …`, as a person and as a program would use it."""

import json
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from kombu.exceptions import OperationalError

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import dispatch, queries
from adaptapedia.scheduling.actions import request_run, retry_run
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.sync import sync_schedules
from tests.integration.scheduling.world import ended, in_state, make_run, make_schedule
from tests.processes import Processes, Running

State = JobRun.State


def jobs(capsys: Any, *arguments: str) -> Any:
    """What the command prints with --json."""
    capsys.readouterr()
    call_command("jobs", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def command(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-m", "adaptapedia", "jobs", *arguments)


@pytest.mark.django_db
def test_list_shows_every_schedule_with_its_last_run_and_next_time(sample_jobs: Any, capsys: Any) -> None:
    sync_schedules()
    run = make_run(state=State.SUCCEEDED, counts={"sum": 1})
    listed = {row["name"]: row for row in jobs(capsys, "list")}
    assert set(listed) == set(sample_jobs)
    row = listed["sample-count"]
    assert (row["when"], row["queue"], row["about"]) == ("0 3 * * * UTC", "quick", "Adds its arguments up.")
    assert row["last_run"]["id"] == run.pk
    assert "T03:00:00" in row["next_due"]
    call_command("jobs", "list")
    out = capsys.readouterr().out
    assert "sample-count" in out
    assert "succeeded" in out


@pytest.mark.django_db
def test_runs_and_show_tell_counts_and_errors(capsys: Any) -> None:
    good = make_run(state=State.SUCCEEDED, counts={"works": {"created": 12345}})
    bad = make_run(state=State.FAILED, error="Unavailable: 503", traceback="Traceback …")
    assert [run["id"] for run in jobs(capsys, "runs", "sample-count")] == [bad.pk, good.pk]
    assert jobs(capsys, "show", str(bad.pk))["error"] == "Unavailable: 503"
    call_command("jobs", "show", str(good.pk))
    out = capsys.readouterr().out
    assert "works, created" in out
    assert "12,345" in out
    call_command("jobs", "show", str(bad.pk))
    assert "Traceback …" in capsys.readouterr().out
    call_command("jobs", "runs")
    assert "Unavailable: 503" in capsys.readouterr().out


@pytest.mark.django_db
def test_an_unknown_name_is_answered_with_the_names_there_are(sample_jobs: Any) -> None:
    for arguments in (("run", "nobody"), ("runs", "nobody")):
        with pytest.raises(CommandError, match=r"no schedule 'nobody'.*sample-") as caught:
            call_command("jobs", *arguments)
        assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="no run 99") as caught:
        call_command("jobs", "show", "99")
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_a_schedule_of_a_task_that_is_no_job_can_be_run_as_well() -> None:
    make_schedule("cleanup", task="celery.backend_cleanup")
    run, new = request_run("cleanup")
    assert (run.task, run.queue, new) == ("celery.backend_cleanup", "quick", True)


@pytest.mark.django_db
def test_a_run_under_way_is_attached_to(sample_jobs: Any) -> None:
    row = make_schedule("sample-count", queue="elsewhere", args=[1])
    run, new = request_run("sample-count", by="somebody")
    assert (new, run.queue, run.schedule, run.trigger) == (True, "elsewhere", row, "manual")
    assert run.arguments == {"args": [1], "kwargs": {}, "by": "somebody"}
    assert request_run("sample-count") == (run, False)
    JobRun.objects.update(state=State.SUCCEEDED)
    again, new = retry_run(run)
    assert (new, again.trigger) == (True, "retry")
    assert queries.last_success("sample-count") == run


@pytest.mark.django_db
def test_a_run_that_waits_for_its_retry_is_brought_forward(sample_jobs: Any) -> None:
    waiting = make_run(state=State.WAITING, attempt=1, next_attempt_at="2099-01-01T00:00Z")
    run, new = request_run("sample-count")
    assert (run.pk, new, run.state, run.attempt) == (waiting.pk, False, State.QUEUED, 2)


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_away_the_run_waits_for_beat(sample_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(messages: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(dispatch, "_send_at_once", refuse)
    monkeypatch.setattr(dispatch, "_away", threading.Event())
    run, _ = request_run("sample-count")
    run.refresh_from_db()
    assert (run.state, run.sent_at) == (State.QUEUED, None)


def test_servers_out_of_reach_are_one_sentence(processes: Processes) -> None:
    nowhere = processes.start(*command("list"), DATABASE_URL="postgres://nobody@127.0.0.1:1/nowhere")
    unsent = processes.start(*command("run", "sample-count"), REDIS_URL="redis://127.0.0.1:1/0")
    assert (nowhere.wait(), unsent.wait()) == (3, 0)
    assert nowhere.output.startswith("CommandError: The database is out of reach. OperationalError: ")
    assert "The broker is out of reach; beat sends the run when it is back." in unsent.output
    assert "Traceback" not in nowhere.output + unsent.output


def test_run_wait_shows_progress_counts_and_what_is_logged(worker: Running, processes: Processes, capsys: Any) -> None:
    make_schedule("sample-long", kwargs='{"seconds": 6}')
    running = processes.start(*command("run", "sample-long", "--wait"))
    assert running.wait(seconds=90) == 0
    assert "of 60" in running.output
    assert "steps" in running.output
    assert "succeeded" in running.output
    assert [running.output.count(said) for said in ("info it lies down", "info it [has] slept")] == [1, 1]

    again = jobs(capsys, "retry", str(JobRun.objects.get().pk), "--wait")
    assert [line["text"] for line in again["lines"]] == ["it lies down", "it [has] slept"]


def test_run_wait_exits_with_1_when_the_run_fails(worker: Running, processes: Processes) -> None:
    running = processes.start(*command("run", "sample-broken", "--wait"))
    assert running.wait(seconds=90) == 1
    assert "NeverAgainError: the disk is full" in running.output


def test_ctrl_c_detaches_and_the_run_goes_on(worker: Running, processes: Processes) -> None:
    make_schedule("sample-long", kwargs='{"seconds": 8}')
    running = processes.start(*command("run", "sample-long", "--wait"))
    assert wait_until(lambda: JobRun.objects.filter(state=State.RUNNING).exists(), seconds=60)
    run = in_state(JobRun.objects.get(), State.RUNNING)
    running.wait_for("sleeping")
    running.send(signal.SIGINT)
    assert running.wait(seconds=60) == 0
    assert f"The run goes on. See it with `adaptapedia jobs show {run.pk}`." in running.output
    assert "Traceback" not in running.output
    assert ended(run).state == State.SUCCEEDED


def test_nobody_taking_the_queue_is_said(processes: Processes) -> None:
    make_schedule("sample-long", queue="nobody-listens")
    running = processes.start(*command("run", "sample-long", "--wait"))
    running.wait_for("No worker takes the queue nobody-listens: start one that does.", seconds=60)
    running.kill()


@pytest.mark.django_db
def test_show_tells_what_a_run_asks_and_answer_answers(capsys: Any) -> None:
    question = {"text": "310 rows are gone.", "answers": [["go-on", "Delete them"], ["keep", "Keep them"]]}
    run = make_run(state=State.ASKING, question=question)
    call_command("jobs", "show", str(run.pk))
    out = capsys.readouterr().out
    assert "310 rows are gone." in out
    assert f"Keep them: adaptapedia jobs answer {run.pk} keep" in out
    call_command("jobs", "runs")
    assert "310 rows are gone." in capsys.readouterr().out

    assert jobs(capsys, "answer", str(run.pk), "keep")["answer"] == "keep"

    call_command("jobs", "show", str(run.pk))
    assert "keep, by " in capsys.readouterr().out
    with pytest.raises(CommandError, match="asks nothing") as caught:
        call_command("jobs", "answer", str(run.pk), "keep")
    assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="There is no run 99"):
        call_command("jobs", "answer", "99999", "keep")


@pytest.mark.django_db
def test_show_tells_what_is_not_as_usual(capsys: Any) -> None:
    run = make_run(state=State.SUCCEEDED, counts={"sum": 1}, suspicion="sum is 1; 50 to 60 were usual.")
    call_command("jobs", "show", str(run.pk))
    assert "50 to 60 were usual" in capsys.readouterr().out
    assert jobs(capsys, "show", str(run.pk))["suspicion"] == run.suspicion
