"""Rows whose times no calendar holds: people are told so, and everything else on the page too."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from adaptapedia.api.tokens import issue
from adaptapedia.scheduling.describing import terms_of
from adaptapedia.scheduling.explaining import explain
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.previewing import preview
from tests.integration.ops.samples import make_person
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db

NAME = "sample-count"
YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


def begin_in_the_year_one(row: PeriodicTask) -> None:
    PeriodicTask.objects.filter(pk=row.pk).update(start_time=YEAR_ONE)


def expire_in_the_year_one(row: PeriodicTask) -> None:
    PeriodicTask.objects.filter(pk=row.pk).update(expires=YEAR_ONE)


def spread_over_a_million_years(row: PeriodicTask) -> None:
    ScheduleCompanion.objects.filter(schedule=row).update(jitter=timedelta(days=365_000_000))


def come_every_two_billion_days(row: PeriodicTask) -> None:
    every = IntervalSchedule.objects.create(every=2_000_000_000, period="days")
    PeriodicTask.objects.filter(pk=row.pk).update(crontab=None, interval=every)


@pytest.fixture(
    params=[
        begin_in_the_year_one,
        expire_in_the_year_one,
        spread_over_a_million_years,
        come_every_two_billion_days,
    ]
)
def row(request: Any, sample_jobs: Any) -> PeriodicTask:
    row = make_schedule(NAME, cron="0 12 * * *")
    make_schedule("sample-sound", cron="0 12 * * *")
    break_it: Callable[[PeriodicTask], None] = request.param
    break_it(row)
    return PeriodicTask.objects.get(pk=row.pk)


def test_every_page_with_such_a_row_answers_and_shows_the_others(client: Client, row: PeriodicTask) -> None:
    client.force_login(make_person("ada", "administrator"))
    admin = "/admin/django_celery_beat/periodictask/"

    for address in ("/ops/", f"/ops/schedules/{NAME}/", admin, f"{admin}{row.pk}/change/"):
        assert client.get(address).status_code == 200, address
    assert "sample-sound" in client.get(admin).content.decode()


def test_programs_are_told_of_it(client: Client, row: PeriodicTask) -> None:
    headers = {"Authorization": f"Bearer {issue(make_person('grace', 'moderator')).access}"}

    listed = client.get("/api/v1/ops/schedules/", headers=headers)
    alone = client.get(f"/api/v1/ops/schedules/{NAME}/", headers=headers)

    assert (listed.status_code, alone.status_code) == (200, 200)
    found = {one["name"]: one for one in listed.json()["results"]}
    assert found["sample-sound"]["next_due"]
    assert not found[NAME]["next_due"] or not found[NAME]["fault"]


def test_the_command_line_tells_of_it(capsys: Any, row: PeriodicTask) -> None:
    call_command("jobs", "list", "--json")
    assert "sample-sound" in capsys.readouterr().out
    call_command("jobs", "simulate", "--from", "2026-03-27", "--to", "2026-03-31", "--json")
    records = json.loads(capsys.readouterr().out)["records"]
    assert len([one for one in records if one["schedule"] == "sample-sound"]) == 4


def test_its_ticks_are_explained_and_previewed_as_far_as_they_go(row: PeriodicTask) -> None:
    now = timezone.now()

    assert explain(NAME, at=now, now=now).sentences or preview(row, after=now).fault
    assert preview(row, after=now).fault or not preview(row, after=now).ticks


def test_an_interval_beyond_any_calendar_is_a_fault(sample_jobs: Any) -> None:
    row = make_schedule(NAME)
    come_every_two_billion_days(row)

    assert preview(PeriodicTask.objects.get(pk=row.pk), after=timezone.now()).fault


def test_a_policy_that_nobody_knows_is_told_by_its_name(sample_jobs: Any) -> None:
    row = make_schedule(NAME)
    ScheduleCompanion.objects.filter(schedule=row).update(missed="sometimes")

    terms = {term.name: term for term in terms_of(PeriodicTask.objects.get(pk=row.pk))}

    assert terms["missed"].in_words == "sometimes"
