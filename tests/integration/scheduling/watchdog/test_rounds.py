"""What a watchdog sees in the rows, and the troubles that it opens and ends."""

import json
import threading
import time
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import attempts
from adaptapedia.scheduling.actions import answer_run, cancel_run
from adaptapedia.scheduling.models import JobRun, Lease, Presence, ScheduleCompanion, Trouble
from adaptapedia.scheduling.watchdog import alerts, judging, rounds
from adaptapedia.scheduling.watchdog.looking import Looking
from adaptapedia.scheduling.watchdog.rounds import ALONE, go_round
from tests.integration.scheduling.world import make_run, make_schedule
from tests.processes import Processes

pytestmark = pytest.mark.django_db(transaction=True)
State = JobRun.State
QUESTION = {"text": "310 of 8,000 rows are gone.", "answers": [["go-on", "Delete them"], ["keep", "Keep them"]]}


@pytest.fixture(autouse=True)
def _led(db: None, settings: Any) -> None:
    """Somebody leads, and no channel is there."""
    Lease.objects.update_or_create(id=1, defaults={"renewed_at": timezone.now() + timedelta(hours=1)})
    settings.SCHEDULING_PAGES = {"run": "/runs/{}/", "schedule": "/schedules/{}/", "overview": "/"}
    settings.SCHEDULING_ADDRESS = "https://example.org"


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def schedule(name: str = "sample-count", **place: Any) -> PeriodicTask:
    """A schedule that beat has looked at and that is due in an hour, unless `place` says."""
    row = make_schedule(name)
    settled = {"edited_at": None, "next_due_at": ago(-3_600), "fires_at": ago(-3_600), **place}
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults=settled)
    return row


def finished(seconds: float, *, state: str = State.SUCCEEDED, **terms: Any) -> JobRun:
    end = timezone.now()
    return make_run(state=state, started_at=end - timedelta(seconds=seconds), finished_at=end, **terms)


def keys(looking: Looking | None = None) -> list[str]:
    looking = looking or Looking()
    while (findings := go_round(looking)) is None:  # the watchdog of a beat is at it
        time.sleep(0.05)
    return [finding.key for finding in findings]


def open_keys() -> list[str]:
    return [*Trouble.objects.filter(ended_at=None).values_list("key", flat=True)]


def test_a_late_tick_is_one_open_trouble_until_it_is_written() -> None:
    row = schedule(fires_at=ago(100), next_due_at=ago(100))
    for _ in range(3):
        assert keys() == ["late-tick:sample-count"]
    trouble = Trouble.objects.get()
    assert (trouble.page, trouble.ended_at) == ("/schedules/sample-count/", None)

    ScheduleCompanion.objects.filter(schedule=row).update(fires_at=ago(-60), next_due_at=ago(-60))
    assert keys() == []
    trouble.refresh_from_db()
    assert trouble.ended_at is not None

    ScheduleCompanion.objects.filter(schedule=row).update(fires_at=ago(200), next_due_at=ago(200))
    keys()
    assert Trouble.objects.count() == 2, "the next time is a trouble of its own"


def test_a_schedule_that_is_paused_is_not_late_and_one_at_fault_is_told_as_that() -> None:
    schedule("sample-flaky", fires_at=None, fault="solar is not supported")
    row = schedule(fires_at=ago(100), next_due_at=ago(100))
    PeriodicTask.objects.filter(pk=row.pk).update(enabled=False)
    assert keys() == ["unplanned:sample-flaky"]
    assert Trouble.objects.get().seen.endswith("solar is not supported")


def test_a_lease_that_is_not_renewed_and_processes_that_are_silent_are_found() -> None:
    schedule()
    Lease.objects.update(renewed_at=ago(60))
    Presence.objects.create(name="b1", kind="beat", since=ago(900), seen_at=ago(60))
    Presence.objects.create(name="w1", kind="worker", queues=["quick"], since=ago(900), seen_at=ago(60))
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - pg_postmaster_start_time()")
        (up,) = cursor.fetchone()
    found = [] if up < timedelta(seconds=30) else ["no-leader:beat", "worker-gone:w1", "beat-gone:b1"]
    assert sorted(keys()) == sorted(found)


def test_runs_that_nobody_takes_are_found_by_queue_and_those_behind_another_are_not() -> None:
    make_run(queue="long", behind=4)
    make_run(queue="quick")
    JobRun.objects.update(created_at=ago(90))
    assert keys() == ["queued-too-long:quick"]
    assert Trouble.objects.get().page == f"/runs/{JobRun.objects.get(queue='quick').pk}/"


def test_a_run_beyond_its_history_overruns_and_one_far_below_it_is_too_short() -> None:
    schedule()
    for _ in range(5):
        finished(60)
    running = make_run(state=State.RUNNING, started_at=ago(300))
    assert keys() == [f"overrunning:{running.pk}"]

    JobRun.objects.filter(pk=running.pk).update(state=State.SUCCEEDED, finished_at=ago(299))
    assert keys() == ["suspiciously-short:sample-count"]
    finished(60)
    assert keys() == []
    assert open_keys() == []


def test_a_failure_is_a_trouble_until_a_run_succeeds() -> None:
    schedule()
    finished(1, state=State.FAILED, error="OSError: full")
    assert keys() == ["failed:sample-count"]
    make_run(state=State.SKIPPED)
    assert keys() == ["failed:sample-count"]
    finished(1)
    assert keys() == []


def test_a_failure_of_a_schedule_that_is_paused_is_a_trouble_no_more() -> None:
    row = schedule()
    finished(1, state=State.FAILED)
    keys()
    PeriodicTask.objects.filter(pk=row.pk).update(enabled=False)
    keys()
    assert open_keys() == []


def ask(**terms: Any) -> JobRun:
    return make_run(state=State.ASKING, question=QUESTION, started_at=timezone.now(), **terms)


def next_run() -> JobRun:
    """The next run of the schedule, begun by a worker."""
    run = attempts.claim(make_run().pk, worker="w")
    assert run is not None
    return run


@pytest.mark.parametrize("answer", ["go-on", "keep"])
def test_a_question_is_one_trouble_through_all_runs_that_ask_it_until_somebody_answers(answer: str) -> None:
    schedule()
    finished(1)
    first = ask()
    assert keys() == keys() == ["asking:sample-count"]
    assert Trouble.objects.get().page == f"/runs/{first.pk}/"

    second = next_run()
    assert keys() == ["asking:sample-count"], "it has given way, and the next has not come as far"
    JobRun.objects.filter(pk=second.pk).update(state=State.FAILED, finished_at=timezone.now())
    assert sorted(keys()) == ["asking:sample-count", "failed:sample-count"], "a failure is no answer"
    JobRun.objects.filter(pk=second.pk).update(state=State.ASKING, question=QUESTION, finished_at=None)
    assert keys() == ["asking:sample-count"]
    trouble = Trouble.objects.get(kind="asking")
    assert (trouble.run_id, trouble.page) == (second.pk, f"/runs/{second.pk}/")
    assert f"run {second.pk} asks: 310 of 8,000" in trouble.seen

    answer_run(second, answer, by="a person")
    assert keys() == []
    assert open_keys() == []


@pytest.mark.parametrize("trigger", JobRun.Trigger)
def test_a_question_that_gave_way_is_settled_by_a_success_whoever_asked_for_the_runs(trigger: str) -> None:
    schedule()
    ask(trigger=trigger)
    run = next_run()
    assert keys() == ["asking:sample-count"]
    attempts.succeed(run, {})
    assert keys() == []
    assert open_keys() == []


def test_a_question_of_a_schedule_that_is_paused_is_told_while_it_can_be_answered() -> None:
    row = schedule()
    asked = ask()
    keys()
    PeriodicTask.objects.filter(pk=row.pk).update(enabled=False)
    assert keys() == ["asking:sample-count"]
    cancel_run(asked, by="a person")
    PeriodicTask.objects.filter(pk=row.pk).update(enabled=True)
    assert keys() == [], "who cancels it has dealt with it"

    ask()
    next_run()
    PeriodicTask.objects.filter(pk=row.pk).update(enabled=False)
    assert keys() == [], "it has given way, and no run is to come"
    assert open_keys() == []


@pytest.mark.parametrize("trigger", JobRun.Trigger)
def test_a_result_that_is_not_as_usual_is_a_trouble_until_somebody_accepts_it_or_the_next_is(trigger: str) -> None:
    row = schedule()
    odd = finished(1, suspicion="sum is 1; 50 to 60 were usual.", trigger=trigger)
    assert keys() == ["not-as-usual:sample-count"]
    assert Trouble.objects.get().page == f"/runs/{odd.pk}/"

    PeriodicTask.objects.filter(pk=row.pk).update(enabled=False)
    finished(1, state=State.FAILED)
    assert keys() == ["not-as-usual:sample-count"], "neither a failure nor a pause makes it usual"
    answer_run(odd, "usual", by="a person")
    assert keys() == []

    finished(1, suspicion="sum is 2; 50 to 60 were usual.", answer="keep")
    assert keys() == ["not-as-usual:sample-count"], "to keep what was there is not to accept it"
    finished(1)
    assert keys() == []
    assert open_keys() == []


def test_a_tick_that_passes_without_a_row_is_missing_until_the_next_run() -> None:
    row = schedule(next_due_at=ago(61), fires_at=ago(61))
    looking = Looking()
    assert keys(looking) == ["late-tick:sample-count"]
    ScheduleCompanion.objects.filter(schedule=row).update(fires_at=ago(-60), next_due_at=ago(-60))

    assert keys(looking) == ["missing-run:sample-count"]
    assert keys(looking) == keys(Looking()) == ["missing-run:sample-count"], "whoever looks"
    make_run(schedule=row, trigger="tick", due_at=timezone.now())
    assert keys(Looking()) == []
    assert open_keys() == []


@pytest.mark.parametrize("told_in_a_gap", [False, True])
def test_a_tick_that_has_a_run_or_is_told_of_in_a_gap_is_not_missing(told_in_a_gap: bool) -> None:
    due_at = ago(61)
    row = schedule(next_due_at=due_at, fires_at=due_at)
    looking = Looking()
    keys(looking)
    span = {"due_at": ago(900), "due_until": timezone.now()} if told_in_a_gap else {"due_at": due_at}
    make_run(schedule=row, trigger="tick", state=State.SKIPPED, **span)
    ScheduleCompanion.objects.filter(schedule=row).update(fires_at=ago(-60), next_due_at=ago(-60))
    assert keys(looking) == []


def test_a_schedule_that_repeats_and_has_no_next_time_is_found() -> None:
    row = schedule(next_due_at=None, fires_at=None)
    assert keys() == ["unplanned:sample-count"]
    ScheduleCompanion.objects.filter(schedule=row).update(next_due_at=ago(-60), fires_at=ago(-60))
    assert keys() == []
    assert open_keys() == []


def test_the_health_check_is_found_when_it_has_not_come_through_for_too_long(settings: Any) -> None:
    settings.SCHEDULING_HEALTH_CHECK = "sample-count"
    row = schedule(next_due_at=ago(-600), fires_at=ago(-600))
    make_run(schedule=row, trigger="tick", due_at=ago(3_000), state=State.SKIPPED)
    assert keys() == [], "an hour, and ten minutes more, since it was made"
    PeriodicTask.objects.filter(pk=row.pk).update(date_changed=ago(4_500))
    assert keys() == ["health-check:sample-count"]
    finished(1, trigger="manual")
    assert keys() == []


def test_histories_are_read_in_turn_where_there_are_many_schedules() -> None:
    for name in ("a", "b", "c"):
        schedule(name)
    finished(1, state=State.FAILED, schedule_name="a")
    finished(1, suspicion="sum is 1.", schedule_name="b")
    make_run(state=State.SKIPPED, question=QUESTION, schedule_name="c")
    looking = Looking(in_turn=2)

    assert sorted(keys(looking)) == ["failed:a", "not-as-usual:b"]
    for _ in range(3):
        found = sorted(keys(looking))
        assert found == ["asking:c", "failed:a", "not-as-usual:b"], "what is in trouble is looked at each time"
    assert len(open_keys()) == Trouble.objects.count() == 3


def test_of_two_watchdogs_one_goes_its_round() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(ALONE)
            assert go_round(Looking()) is None
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert go_round(Looking()) == []


def test_several_watchdogs_open_one_trouble() -> None:
    schedule(fires_at=ago(100), next_due_at=ago(100))

    def watch() -> None:
        for _ in range(5):
            go_round(Looking())
        connection.close()

    threads = [threading.Thread(target=watch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Trouble.objects.count() == 1


def test_a_look_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        name = f"sample-{number}"
        schedule(name, fires_at=ago(100), next_due_at=ago(100))
        finished(1, state=State.FAILED, schedule_name=name)
    with django_assert_max_num_queries(30):
        keys()


def test_the_last_beat_that_is_killed_is_told_by_who_looks_from_outside_until_another_leads(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SILENT_AFTER", "LEADERLESS_AFTER"):
        monkeypatch.setattr(judging, name, timedelta(seconds=8))
    schedule()
    beat = processes.start_beat()
    led_at = timezone.now() - timedelta(minutes=1)
    Lease.objects.update(renewed_at=led_at)
    assert wait_until(lambda: Lease.objects.get().renewed_at != led_at, seconds=60)
    assert wait_until(lambda: Presence.objects.filter(kind="beat").exists(), seconds=60)
    (name,) = Presence.objects.filter(kind="beat").values_list("name", flat=True)

    beat.kill()
    gone = {"no-leader:beat", f"beat-gone:{name}"}
    assert wait_until(lambda: gone <= {*keys()}, seconds=60)

    processes.start_beat()
    assert wait_until(lambda: not gone & {*keys()}, seconds=60), open_keys()
    assert not gone & {*open_keys()}


def test_the_command_tells_what_is_open_and_ends_with_1() -> None:
    schedule(fires_at=ago(100), next_due_at=ago(100))
    output = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("watchdog", "--once", "--json", stdout=output)
    (told,) = json.loads(output.getvalue())

    assert ended.value.code == 1
    assert (told["kind"], told["schedule"]) == ("late-tick", "sample-count")
    assert told["page"] == "https://example.org/schedules/sample-count/"


def test_the_command_tells_of_runs_that_ask_and_of_results_that_are_not_as_usual() -> None:
    schedule()
    odd, asked = finished(1, suspicion="sum is 1; 50 to 60 were usual."), ask()
    output, as_json = StringIO(), StringIO()
    for written, arguments in ((output, ["--once"]), (as_json, ["--once", "--json"])):
        with pytest.raises(SystemExit):
            call_command("watchdog", *arguments, stdout=written)

    told = {one["kind"]: one for one in json.loads(as_json.getvalue())}
    assert {kind: one["run"] for kind, one in told.items()} == {"asking": asked.pk, "not-as-usual": odd.pk}
    assert told["asking"]["page"] == f"https://example.org/runs/{asked.pk}/"
    assert told["asking"]["runbook"].endswith("docs/runbook/asking.md")
    assert f"310 of 8,000 rows are gone. https://example.org/runs/{asked.pk}/" in output.getvalue()


def test_the_command_ends_with_0_when_all_is_well() -> None:
    output = StringIO()
    call_command("watchdog", "--once", stdout=output)
    assert output.getvalue() == "All is well.\n"


def test_a_health_check_without_its_companion_is_none(settings: Any) -> None:
    settings.SCHEDULING_HEALTH_CHECK = "sample-count"
    row = schedule()
    make_run(schedule=row, trigger="tick", due_at=ago(60), state=State.SUCCEEDED)
    ScheduleCompanion.objects.filter(schedule=row).delete()

    assert "health-check:sample-count" not in keys()


def runs_on_after_an_error(thread: threading.Thread, stop: threading.Event, rounds_made: list[int]) -> bool:
    thread.start()
    try:
        return wait_until(lambda: len(rounds_made) >= 3, seconds=60)
    finally:
        stop.set()
        thread.join(30)


def test_a_watchdog_that_stumbles_says_so_once_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[int] = []

    def stumble(_: Looking) -> None:
        made.append(1)
        raise LookupError("a row that nobody has thought of")

    monkeypatch.setattr(rounds, "go_round", stumble)
    monkeypatch.setattr(rounds, "SILENT_AFTER", timedelta())
    monkeypatch.setattr(rounds, "timing", lambda: SimpleNamespace(watch_every=timedelta(milliseconds=10)))
    stop, news = threading.Event(), threading.Event()

    assert runs_on_after_an_error(rounds.Watchdog(stop, news), stop, made)
    assert [line.message for line in caplog.records if "stumbled" in line.message] == [
        "The watchdog stumbled, and goes on with its next round"
    ]
    assert not news.is_set()


def test_a_teller_that_stumbles_says_so_once_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[int] = []
    stop, news = threading.Event(), threading.Event()
    news.set()

    def stumble(_: alerts.Telling) -> int:
        made.append(1)
        news.set()
        raise LookupError("a channel that nobody has thought of")

    monkeypatch.setattr(alerts.Telling, "tell", stumble)

    assert runs_on_after_an_error(alerts.Teller(stop, news), stop, made)
    assert [line.message for line in caplog.records if "stumbled" in line.message] == [
        "Telling of troubles stumbled, and is tried again after the next round"
    ]
