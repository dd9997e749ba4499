import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.ops.paging import PAGE
from adaptapedia.scheduling.models import JobRun, RunLine, ScheduleCompanion
from tests.integration.ops.samples import (
    INGESTION_COUNTS,
    make_failed_run,
    make_many_schedules,
    make_run,
    make_schedules,
)

RUN_NOW = "/ops/schedules/daily-wikidata-ingestion/run/"


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_without_runs_the_list_says_what_to_do(moderator: Client) -> None:
    assert "No run yet." in text_of(moderator, "/ops/runs/")


def test_the_list_is_filtered_by_schedule_and_state(moderator: Client) -> None:
    make_schedules()
    wanted = make_failed_run()
    others = [make_run(), make_run("daily-stats-update", state=JobRun.State.FAILED, error="no")]

    page = text_of(moderator, "/ops/runs/?schedule=daily-wikidata-ingestion&state=failed")

    assert f"/ops/runs/{wanted.pk}/" in page
    assert not any(f"/ops/runs/{run.pk}/" in page for run in others)


def test_among_very_many_schedules_one_is_searched_by_its_name_or_a_part_of_it(
    moderator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_many_schedules(130)
    run = make_run("feed-00077")

    with django_assert_max_num_queries(8):
        page = text_of(moderator, "/ops/runs/?state=succeeded")
    assert 'name="schedule"' in page
    assert '<input type="hidden" name="state" value="succeeded">' in page
    assert "feed-00001" not in page
    assert f"/ops/runs/{run.pk}/" in text_of(moderator, "/ops/runs/?schedule=feed-00077")
    meant = text_of(moderator, "/ops/runs/?schedule=D-0007")
    assert "One of these may be meant." in meant
    assert re.findall(r">(feed-\d+)</a>", meant) == [f"feed-0007{n}" for n in range(10)]
    assert "No run is like this." in text_of(moderator, "/ops/runs/?schedule=nobody")


def test_an_unknown_state_filters_nothing(moderator: Client) -> None:
    make_schedules()
    run = make_run()

    assert f"/ops/runs/{run.pk}/" in text_of(moderator, "/ops/runs/?state=astonished")


def test_older_runs_are_on_the_next_page_and_each_is_on_one(moderator: Client) -> None:
    make_schedules()
    pks = sorted((make_run(ago=timedelta(hours=n)).pk for n in range(PAGE + 3)), reverse=True)

    first = text_of(moderator, "/ops/runs/")
    second = text_of(moderator, f"/ops/runs/?before={pks[PAGE - 1]}")

    assert [f"/ops/runs/{pk}/" in first for pk in pks] == [True] * PAGE + [False] * 3
    assert [f"/ops/runs/{pk}/" in second for pk in pks] == [False] * PAGE + [True] * 3
    assert f"?before={pks[PAGE - 1]}" in first
    assert "These are the oldest." in second


def test_a_run_that_succeeded_shows_its_counts(moderator: Client) -> None:
    make_schedules()
    run = make_run(counts=INGESTION_COUNTS)

    page = text_of(moderator, f"/ops/runs/{run.pk}/")

    assert "Succeeded" in page
    assert "2,526" in page
    assert "3 min 12 s from start to end" in page
    assert "hx-get" not in page


def test_a_run_that_failed_says_why_before_its_traceback(moderator: Client) -> None:
    make_schedules()
    run = make_failed_run()

    page = text_of(moderator, f"/ops/runs/{run.pk}/")

    assert page.index("ends in the middle of a token") < page.index("Traceback (most recent call last)")
    assert page.count("Wikidata answered 429 and asks to wait 30 s.") == 2
    assert "<details" in page


def test_a_run_tells_the_retries_of_its_own_schedule(moderator: Client) -> None:
    make_schedules()
    run = make_failed_run()
    assert "<dd>3, each after 1 h</dd>" in text_of(moderator, f"/ops/runs/{run.pk}/")

    own = {"retries": 5, "retry_after": timedelta(minutes=10), "backoff": 2.5}
    ScheduleCompanion.objects.filter(schedule=run.schedule).update(**own)
    page = text_of(moderator, f"/ops/runs/{run.pk}/")
    assert "<dd>5, the first after 10 min, each wait 2.5 times the one before</dd>" in page


def test_a_tick_that_was_skipped_leads_to_why_and_counts_no_attempt(moderator: Client) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.SKIPPED, reason="overlap: run 3 is still going")

    page = text_of(moderator, f"/ops/runs/{run.pk}/")

    assert "Attempt 1" not in page
    assert "Overlap: run 3 is still going" in page
    (why,) = re.findall(r'id="why" href="([^"]+)"', page)
    assert "Another run was still going" in text_of(moderator, why)


def test_an_error_is_text_and_never_markup(moderator: Client) -> None:
    make_schedules()
    run = make_failed_run(error="<script>alert(1)</script>")

    assert "<script>alert" not in text_of(moderator, f"/ops/runs/{run.pk}/")


def test_an_open_run_keeps_asking_and_a_finished_one_stops(moderator: Client) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING, done=10, total=20)
    address = f"/ops/runs/{run.pk}/"

    assert 'hx-trigger="every 1s"' in text_of(moderator, address)
    JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.SUCCEEDED)
    fragment = moderator.get(address, headers={"hx-request": "true"}).content.decode()

    assert fragment.strip().startswith('<div id="run"')
    assert "hx-trigger" not in fragment


def test_a_run_that_waits_for_its_retry_can_be_tried_now(administrator: Client, moderator: Client) -> None:
    make_schedules()
    soon = timezone.now() + timedelta(minutes=20)
    run = make_run(state=JobRun.State.WAITING, error="Wikidata cannot be reached.", next_attempt_at=soon)

    assert "Try it again now" in text_of(administrator, f"/ops/runs/{run.pk}/")
    assert "Try it again now" not in text_of(moderator, f"/ops/runs/{run.pk}/")
    assert f"/ops/runs/{run.pk}/retry/" in text_of(administrator, f"/ops/runs/{run.pk}/")
    administrator.post(f"/ops/runs/{run.pk}/retry/")

    run.refresh_from_db()
    assert (run.state, run.attempt) == (JobRun.State.QUEUED, 2)


def test_a_run_without_worker_says_so(moderator: Client) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.QUEUED, ago=timedelta(seconds=40))

    page = text_of(moderator, f"/ops/runs/{run.pk}/")
    assert re.search(r"No worker has taken it for [45]\d s; is <code>make up</code> running\?", page)


def test_a_run_that_is_not_there_is_404(moderator: Client) -> None:
    response = moderator.get("/ops/runs/4711/")

    assert response.status_code == 404
    assert "Not in this edition." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_administrator_starts_a_run_and_is_led_to_it(administrator: Client) -> None:
    make_schedules()

    response = administrator.post(RUN_NOW)

    run = JobRun.objects.get()
    assert response["Location"] == f"/ops/runs/{run.pk}/"
    assert (run.trigger, run.schedule_name) == (JobRun.Trigger.MANUAL, "daily-wikidata-ingestion")
    assert run.arguments["by"] == "administrator"


def test_a_second_request_leads_to_the_run_under_way(administrator: Client) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING)

    response = administrator.post(RUN_NOW, follow=True)

    assert response.redirect_chain == [(f"/ops/runs/{run.pk}/", 302)]
    assert "was under way already" in response.content.decode()
    assert JobRun.objects.count() == 1


def test_a_moderator_may_not_start_a_run(moderator: Client) -> None:
    make_schedules()

    response = moderator.post(RUN_NOW)

    assert response.status_code == 403
    assert "Only administrators may start a run." in response.content.decode()
    assert not JobRun.objects.exists()


def test_a_schedule_that_is_not_there_is_404(administrator: Client) -> None:
    assert administrator.post("/ops/schedules/nightly-nonsense/run/").status_code == 404


def test_starting_a_run_takes_a_post_with_a_token(administrator: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = administrator.cookies

    assert administrator.get(RUN_NOW).status_code == 405
    response = strict.post(RUN_NOW)
    assert response.status_code == 403
    assert "The form has gone stale." in response.content.decode()


def test_few_queries_however_many_runs(
    administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cache.clear()
    make_schedules()
    for n in range(PAGE + 10):
        make_run(ago=timedelta(hours=n), counts=INGESTION_COUNTS)

    with django_assert_max_num_queries(12):
        text_of(administrator, "/ops/runs/")
    with django_assert_max_num_queries(12):
        text_of(administrator, f"/ops/runs/{JobRun.objects.latest('id').pk}/")


def asking_run() -> JobRun:
    question = {
        "text": "310 of 8,000 pairs have vanished.",
        "answers": [["go-on", "Retire them"], ["keep", "Keep them"]],
    }
    return make_run(state=JobRun.State.ASKING, question=question)


def test_a_run_that_asks_is_answered_by_an_administrator(administrator: Client) -> None:
    make_schedules()
    run = asking_run()
    page = text_of(administrator, f"/ops/runs/{run.pk}/")
    assert "310 of 8,000 pairs have vanished." in page
    assert "Retire them" in page
    assert "310 of 8,000 pairs have vanished." in text_of(administrator, "/ops/")

    answered = administrator.post(f"/ops/runs/{run.pk}/answer/", {"answer": "keep"}, follow=True)

    run.refresh_from_db()
    assert (run.state, run.answer) == (JobRun.State.QUEUED, "keep")
    assert "Answered with “keep”" in answered.content.decode()


def test_a_second_or_unknown_answer_changes_nothing_and_says_so(administrator: Client) -> None:
    run = asking_run()
    unknown = administrator.post(f"/ops/runs/{run.pk}/answer/", {"answer": "perhaps"}, follow=True)
    assert "is no answer to run" in unknown.content.decode()
    administrator.post(f"/ops/runs/{run.pk}/answer/", {"answer": "keep"})

    second = administrator.post(f"/ops/runs/{run.pk}/answer/", {"answer": "go-on"}, follow=True)

    assert "asks nothing" in second.content.decode()
    run.refresh_from_db()
    assert run.answer == "keep"


def test_a_moderator_sees_the_question_and_may_not_answer(moderator: Client) -> None:
    run = asking_run()
    page = text_of(moderator, f"/ops/runs/{run.pk}/")
    assert "An administrator may answer." in page
    assert moderator.post(f"/ops/runs/{run.pk}/answer/", {"answer": "keep"}).status_code == 403


def test_a_result_that_is_not_as_usual_stands_on_the_run_and_the_overview(moderator: Client) -> None:
    make_schedules()
    run = make_run(counts=INGESTION_COUNTS, suspicion="pairs is 3,900; 7,400 to 8,100 were usual in the last 8 runs.")

    assert "7,400 to 8,100 were usual" in text_of(moderator, f"/ops/runs/{run.pk}/")
    assert "is not as usual: pairs is 3,900" in text_of(moderator, "/ops/")


def test_a_run_that_has_ended_is_run_again_with_its_arguments_and_due_time(administrator: Client) -> None:
    make_schedules()
    run = make_failed_run(arguments={"args": [], "kwargs": {"whole": True}})
    assert "Run it again now" in text_of(administrator, f"/ops/runs/{run.pk}/")

    response = administrator.post(f"/ops/runs/{run.pk}/retry/")

    again = JobRun.objects.latest("id")
    assert response["Location"] == f"/ops/runs/{again.pk}/"
    assert (again.trigger, again.due_at) == (JobRun.Trigger.RETRY, run.due_at)
    assert again.arguments == {"args": [], "kwargs": {"whole": True}, "by": "administrator"}


def test_a_run_is_run_again_after_the_one_that_is_open_and_the_page_says_which(administrator: Client) -> None:
    make_schedules()
    run = make_failed_run()
    going = make_run(state=JobRun.State.RUNNING)

    page = administrator.post(f"/ops/runs/{run.pk}/retry/", follow=True).content.decode()

    again = JobRun.objects.latest("id")
    assert again.trigger == JobRun.Trigger.RETRY
    assert f"It starts when run {going.pk} has ended." in page
    JobRun.objects.filter(pk=again.pk).update(created_at=timezone.now() - timedelta(hours=1))
    assert "No worker has taken" not in text_of(administrator, f"/ops/runs/{again.pk}/")
    assert "No worker has taken" not in text_of(administrator, "/ops/")

    second = administrator.post(f"/ops/runs/{run.pk}/retry/", follow=True)
    assert second.redirect_chain == [(f"/ops/runs/{again.pk}/", 302)]
    assert "was under way already" in second.content.decode()


def test_a_run_whose_schedule_is_gone_can_be_run_again(administrator: Client) -> None:
    run = make_failed_run()
    assert run.schedule is None
    assert f"/ops/runs/{run.pk}/retry/" in text_of(administrator, f"/ops/runs/{run.pk}/")

    administrator.post(f"/ops/runs/{run.pk}/retry/")

    assert JobRun.objects.latest("id").task == run.task


def test_ticks_that_were_skipped_together_are_filled_not_retried(administrator: Client) -> None:
    make_schedules()
    due = timezone.now() - timedelta(days=4)
    terms = {"due_at": due, "due_until": due + timedelta(days=2), "ticks": 3, "reason": "missed"}
    run = make_run(state=JobRun.State.SKIPPED, **terms)

    page = text_of(administrator, f"/ops/runs/{run.pk}/")
    assert "3 ticks" in page
    assert "/backfill/?begin=" in page
    refused = administrator.post(f"/ops/runs/{run.pk}/retry/", follow=True).content.decode()
    assert "jobs backfill" in refused
    assert JobRun.objects.count() == 1


def test_a_run_is_cancelled_after_it_was_asked_whether(administrator: Client, moderator: Client) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING)
    queued = make_run("daily-stats-update", state=JobRun.State.QUEUED)
    assert f"/ops/runs/{run.pk}/cancel/" in text_of(administrator, f"/ops/runs/{run.pk}/")

    asked = text_of(administrator, f"/ops/runs/{run.pk}/cancel/")
    assert "Cancel daily-wikidata-ingestion?" in asked
    run.refresh_from_db()
    assert run.cancel_requested_at is None

    told = administrator.post(f"/ops/runs/{run.pk}/cancel/", follow=True).content.decode()
    assert "It has been asked to stop, by administrator." in told
    assert "It is cancelled." in administrator.post(f"/ops/runs/{queued.pk}/cancel/", follow=True).content.decode()
    assert "nothing left to cancel" in administrator.get(f"/ops/runs/{queued.pk}/cancel/", follow=True).content.decode()
    assert moderator.post(f"/ops/runs/{run.pk}/cancel/").status_code == 403


def test_what_a_run_logs_is_shown_as_it_comes(moderator: Client) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING)
    now = timezone.now()
    RunLine.objects.bulk_create(
        RunLine(run=run, attempt=1, at=now, level="ERROR" if n == 109 else "INFO", logger="x", text=f"<b>line {n}</b>")
        for n in range(110)
    )

    page = moderator.get(f"/ops/runs/{run.pk}/", headers={"hx-request": "true"}).content.decode()

    assert page.index("&lt;b&gt;line 109") < page.index("line 108")
    assert "<b>line" not in page
    assert "line 9&lt;" not in page
    whole = text_of(moderator, f"/ops/runs/{run.pk}/lines/")
    assert whole.index("line 0&lt;") < whole.index("line 109")
    assert 'data-level="error"' in whole
