from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import ClockedSchedule, PeriodicTask, SolarSchedule
from pytest_django import DjangoAssertNumQueries

from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.ops.samples import INGESTION_COUNTS, make_history, make_run, make_schedules

NAME = "daily-wikidata-ingestion"
PAGE = f"/ops/schedules/{NAME}/"


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_schedule_shows_its_rule_its_terms_its_ticks_and_its_runs(moderator: Client) -> None:
    make_schedules()
    run = make_run(counts=INGESTION_COUNTS)

    page = text_of(moderator, PAGE)

    assert "Daily 02:00 UTC" in page
    assert page.count("02:00 UTC</time>") >= 20
    assert "the latest, once" in page
    assert "(the default)" in page
    assert f"/ops/runs/{run.pk}/" in page
    assert "Made it." in page


def test_ticks_are_shown_in_the_schedules_zone_with_what_clocks_do(moderator: Client) -> None:
    make_schedules()
    rule = PeriodicTask.objects.get(name=NAME).crontab
    rule.timezone, rule.minute = "Europe/Berlin", "30"
    rule.month_of_year, rule.day_of_month, rule.day_of_week = "3", "25-31", "0"
    rule.save()

    page = text_of(moderator, PAGE)

    assert "Europe/Berlin" in page
    assert "03:00 CEST" in page
    assert "it runs right after the gap" in page


def test_a_schedule_that_beat_leaves_out_says_why_here_and_on_the_overview(moderator: Client) -> None:
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    PeriodicTask.objects.create(name="at sunrise/twice", task="health_check", solar=solar)

    assert text_of(moderator, "/ops/schedules/at%20sunrise/twice/").count("olar schedules are not supported") == 1
    overview = text_of(moderator, "/ops/")
    assert "Beat leaves at sunrise/twice out: solar schedules are not supported" in overview
    assert "/ops/schedules/at%20sunrise/twice/" in overview


def test_a_schedule_whose_companion_was_deleted_is_shown_as_beat_will_find_it(administrator: Client) -> None:
    make_schedules()
    ScheduleCompanion.objects.all().delete()

    page = text_of(administrator, PAGE)
    assert "Never due again" not in page
    assert page.count("02:00 UTC</time>") > 20
    assert "02:00 UTC</time>" in text_of(administrator, "/ops/")
    assert "It was due at" in text_of(administrator, f"{PAGE}explain/?when=2026-03-04T02:00Z")
    assert administrator.post(f"{PAGE}run/").status_code == 302
    assert JobRun.objects.get().state == JobRun.State.QUEUED


def test_an_administrator_pauses_and_resumes_and_the_page_says_who(administrator: Client, moderator: Client) -> None:
    make_schedules()

    paused = administrator.post(f"{PAGE}pause/", follow=True).content.decode()
    assert "It is paused." in paused
    assert "It waits to be resumed" in paused
    assert not PeriodicTask.objects.get(name=NAME).enabled
    assert "It was paused already." in administrator.post(f"{PAGE}pause/", follow=True).content.decode()
    resumed = administrator.post(f"{PAGE}resume/", follow=True).content.decode()
    assert "waits for its next tick" in resumed
    assert resumed.count('<p class="small">administrator</p>') == 2
    assert "yes → no" in resumed

    assert moderator.post(f"{PAGE}pause/").status_code == 403
    assert "Pause" not in text_of(moderator, PAGE)
    assert administrator.get(f"{PAGE}pause/").status_code == 405


@pytest.mark.parametrize(
    ("row", "policies", "fault"),
    [
        ({"kwargs": "{whole"}, {}, "its kwargs are no JSON"),
        ({"headers": "[]"}, {}, "its headers are no JSON object"),
        ({}, {"overlap": "perhaps"}, "a policy that nobody knows"),
        ({"crontab": None}, {}, ""),
        ({"crontab": None, "clocked_id": 1}, {}, ""),
        ({"expires": timezone.now(), "expire_seconds": 60}, {}, ""),
    ],
)
def test_every_act_on_a_schedule_that_is_left_out_says_what_is_wrong_or_is_done(
    administrator: Client, row: dict[str, Any], policies: dict[str, str], fault: str
) -> None:
    make_schedules()
    ClockedSchedule.objects.create(pk=1, clocked_time=datetime(2020, 1, 1, tzinfo=UTC))
    PeriodicTask.objects.filter(name=NAME).update(**row)
    ScheduleCompanion.objects.filter(schedule__name=NAME).update(**policies)

    for act in ("pause/", "resume/", "run/"):
        assert administrator.post(f"{PAGE}{act}").status_code == 302, act
    assert PeriodicTask.objects.get(name=NAME).enabled
    assert JobRun.objects.exists() is not bool(fault)
    said = text_of(administrator, PAGE)
    assert ("It cannot run until its row is mended" in said) is bool(fault)
    assert fault in said
    span = {"begin": "2026-03-01", "end": "2026-03-04"}
    for path in ("explain/", "backfill/"):
        assert administrator.get(f"{PAGE}{path}", span if path == "backfill/" else {}).status_code == 200
    assert administrator.post(f"{PAGE}backfill/", span).status_code in {200, 302}


def test_the_page_shows_what_was_edited_in_bulk(moderator: Client) -> None:
    make_schedules()
    PeriodicTask.objects.update(enabled=False)

    page = text_of(moderator, PAGE)

    assert "somebody in SQL or in bulk (role " in page
    assert "yes → no" in page


def test_a_moment_is_explained(moderator: Client) -> None:
    make_schedules()
    due = datetime(2026, 3, 4, 2, tzinfo=UTC)
    row = PeriodicTask.objects.get(name=NAME)
    run = make_run(due_at=due, schedule=row, state=JobRun.State.SKIPPED, reason="overlap: run 3 is still going")

    page = text_of(moderator, f"{PAGE}explain/?when=2026-03-04T02:00Z")

    assert "Another run was still going" in page
    assert "It was due at 2026-03-04 02:00:00 UTC." in page
    assert f"/ops/runs/{run.pk}/" in page
    assert 'value="2026-03-04T02:00Z"' in page


def test_what_is_no_moment_is_said_beside_the_field_and_kept(moderator: Client) -> None:
    make_schedules()

    page = text_of(moderator, f"{PAGE}explain/?when=yesterday")

    assert "is no moment. Write 2026-11-24T02:00Z" in page
    assert 'value="yesterday"' in page
    assert 'aria-invalid="true"' in page


@pytest.mark.django_db(transaction=True)
def test_a_backfill_is_shown_first_and_then_run(administrator: Client, moderator: Client) -> None:
    make_schedules()
    span = {"begin": "2026-03-01", "end": "2026-03-04"}

    shown = administrator.get(f"{PAGE}backfill/", span).content.decode()
    assert "3 ticks" in shown
    assert "Run all 3" in shown
    assert not JobRun.objects.exists()

    done = administrator.post(f"{PAGE}backfill/", span, follow=True)
    assert done.redirect_chain == [(f"/ops/runs/?schedule={NAME}", 302)]
    assert "3 runs were queued, the oldest first." in done.content.decode()
    assert set(JobRun.objects.values_list("trigger", flat=True)) == {"backfill"}
    assert "Nothing to fill" in administrator.get(f"{PAGE}backfill/", span).content.decode()
    assert "Run all" not in moderator.get(f"{PAGE}backfill/", span).content.decode()
    assert moderator.post(f"{PAGE}backfill/", span).status_code == 403


@pytest.mark.parametrize(
    ("begin", "end", "said"),
    [
        ("2026-03-04", "2026-03-01", "It would begin after its end."),
        ("2026-03-04", "2099-03-01", "has not come yet"),
        ("2026-03-04", "soon", "is no moment"),
        ("", "2026-03-01", "This field is required."),
    ],
)
def test_a_backfill_that_cannot_be_says_why_and_keeps_what_was_typed(
    administrator: Client, begin: str, end: str, said: str
) -> None:
    make_schedules()

    for answer in (
        administrator.get(f"{PAGE}backfill/", {"begin": begin, "end": end}),
        administrator.post(f"{PAGE}backfill/", {"begin": begin, "end": end}),
    ):
        page = answer.content.decode()
        assert said in page
        assert f'value="{end}"' in page
    assert not JobRun.objects.exists()


def test_every_address_of_a_schedule_that_is_not_there_is_404(administrator: Client) -> None:
    for path in ("", "explain/", "backfill/?begin=2026-03-01&end=2026-03-02"):
        assert administrator.get(f"/ops/schedules/nightly-nonsense/{path}").status_code == 404
    for path in ("run/", "pause/", "resume/"):
        assert administrator.post(f"/ops/schedules/nightly-nonsense/{path}").status_code == 404


def test_few_queries_however_much_there_is(
    administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_schedules()
    make_history()
    row = PeriodicTask.objects.get(name=NAME)
    for n in range(30):
        make_run(ago=timedelta(hours=n), counts=INGESTION_COUNTS)
        row.queue = f"queue-{n}"
        row.save()
    companion, _ = ScheduleCompanion.objects.get_or_create(schedule=row)
    companion.overlap = "queue"
    companion.save(update_fields=["overlap"])
    now = timezone.now().isoformat()
    cache.clear()

    for address in (PAGE, f"{PAGE}explain/?when={now[:16]}", f"{PAGE}backfill/?begin=2026-03-01&end=2026-03-20"):
        with django_assert_max_num_queries(12):
            text_of(administrator, address)
