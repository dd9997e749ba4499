"""Jobs that go on only as a person says, and results that are not as usual."""

from typing import Any

import pytest
from django.utils import timezone

from adaptapedia.scheduling import attempts
from adaptapedia.scheduling.actions import NotAsked, UnknownAnswer, answer_run, request_run
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.queries import history_of
from tests.integration.scheduling.world import ended, in_state, make_run, make_schedule, starts_of
from tests.processes import Running

State = JobRun.State
QUESTION = {"text": "Delete them?", "answers": [["go-on", "Delete them"], ["keep", "Keep them"]]}


def asking_run(**terms: Any) -> JobRun:
    return make_run("sample_asking", state=State.ASKING, question=QUESTION, started_at=timezone.now(), **terms)


def test_a_run_asks_waits_and_goes_on_as_it_is_told(worker: Running) -> None:
    make_schedule("sample-asking")
    run = in_state(request_run("sample-asking")[0], State.ASKING)
    assert run.question == {
        "text": "310 of 8,000 rows are gone. Delete them?",
        "answers": [["go-on", "Delete them"], ["keep", "Keep them"]],
    }

    answer_run(run, "keep", by="a person")
    done = ended(run)

    assert (done.state, done.counts) == (State.SUCCEEDED, {"told": "keep", "attempt": 1})
    assert (done.answer, done.answered_by) == ("keep", "a person")
    assert done.answered_at is not None
    assert starts_of(run) == 2


@pytest.mark.django_db
def test_a_schedule_with_a_question_open_is_not_started_a_second_time() -> None:
    make_schedule("sample-asking")
    asked = asking_run()

    run, is_new = request_run("sample-asking")

    assert (run.pk, is_new) == (asked.pk, False)
    run.refresh_from_db()
    assert run.state == State.ASKING


@pytest.mark.django_db
def test_the_next_run_takes_the_place_of_one_that_nobody_answered() -> None:
    asked = asking_run()
    following = make_run("sample_asking", schedule=make_schedule("sample-asking"), trigger=JobRun.Trigger.TICK)

    assert attempts.claim(following.pk, worker="w") is not None

    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (State.SKIPPED, f"not answered before run {following.pk} began")
    with pytest.raises(NotAsked, match="is skipped and asks nothing"):
        answer_run(asked, "keep", by="a person")


@pytest.mark.django_db
def test_an_answer_counts_though_the_schedule_is_paused_meanwhile() -> None:
    row = make_schedule("sample-asking", enabled=False)
    asked = asking_run(schedule=row, trigger=JobRun.Trigger.TICK)

    answer_run(asked, "go-on", by="a person")

    claimed = attempts.claim(asked.pk, worker="w")
    assert claimed is not None
    assert claimed.answer == "go-on"


@pytest.mark.django_db
def test_only_one_answer_is_taken_and_only_one_that_was_offered() -> None:
    asked = asking_run()
    with pytest.raises(UnknownAnswer, match=r"'perhaps' is no answer to run \d+\. The answers are: go-on, keep"):
        answer_run(asked, "perhaps", by="a person")

    answer_run(asked, "keep", by="a person")

    with pytest.raises(NotAsked, match="which a person answered with keep"):
        answer_run(asked, "go-on", by="another")


def test_a_result_that_is_not_as_usual_is_told(worker: Running) -> None:
    make_schedule("sample-watched", args=[400])
    for rows in (1000, 1010, 990, 1005):
        make_run("sample_watched", state=State.SUCCEEDED, counts={"rows": {"read": rows}})

    run = ended(request_run("sample-watched")[0])

    assert run.state == State.SUCCEEDED
    assert run.suspicion == "rows.read is 400; 752 to 1,253 were usual in the last 4 runs."
    assert run.counts == {"rows": {"read": 400}, "usual": [751.875, 1253.125]}


def test_a_result_as_usual_is_not_suspicious_and_a_job_may_say_that_it_is(worker: Running) -> None:
    make_schedule("sample-watched", args=[1002], kwargs='{"why": "Every second row was empty."}')
    for rows in (1000, 1010, 990, 1005):
        make_run("sample_watched", state=State.SUCCEEDED, counts={"rows": {"read": rows}})

    run = ended(request_run("sample-watched")[0])

    assert run.suspicion == "Every second row was empty."


@pytest.mark.django_db
def test_what_is_not_as_usual_again_and_again_is_never_usual_unless_a_person_says_so() -> None:
    make_schedule("sample-watched")
    for rows in (1000, 1010, 990, 1005):
        make_run("sample_watched", state=State.SUCCEEDED, counts={"rows": {"read": rows}})
    odd = [
        make_run("sample_watched", state=State.SUCCEEDED, counts={"rows": {"read": 400}}, suspicion="400 rows.")
        for _ in range(12)
    ]
    band = history_of("sample-watched").band("rows.read")
    assert (band and band.of, band and 400 in band) == (4, False)

    with pytest.raises(UnknownAnswer, match=r"The answers are: usual\."):
        answer_run(odd[-1], "go-on", by="a person")
    run = answer_run(odd[-1], "usual", by="a person")

    assert (run.state, run.answered_by, run.is_suspicious) == (State.SUCCEEDED, "a person", False)
    band = history_of("sample-watched").band("rows.read")
    assert band is not None
    assert 400 in band
    assert 1000 in band
    with pytest.raises(NotAsked):
        answer_run(odd[-1], "usual", by="another")


@pytest.mark.django_db
def test_a_run_that_went_on_as_it_was_told_is_usual_and_one_that_kept_things_is_not() -> None:
    make_schedule("sample-watched")
    terms = {"state": State.SUCCEEDED, "counts": {"rows": {"read": 400}}, "suspicion": "400 rows."}
    for answer in ("go-on", "keep"):
        make_run("sample_watched", **terms, answer=answer)

    assert [len(told) for told in (history_of("sample-watched").counts, history_of("sample-watched").accepted)] == [
        1,
        1,
    ]
