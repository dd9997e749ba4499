"""Schedules in the admin: policies beside the row, errors beside the field, acts on schedules and runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from adaptapedia.scheduling import queries
from adaptapedia.scheduling.admin.runs import OfSchedule
from adaptapedia.scheduling.changing import edits_of
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.ops.samples import (
    make_failed_run,
    make_many_schedules,
    make_person,
    make_run,
    make_schedules,
)
from tests.integration.test_admin import send_form

pytestmark = pytest.mark.django_db

SCHEDULES = "/admin/django_celery_beat/periodictask/"
RUNS = "/admin/scheduling/jobrun/"


@pytest.fixture
def ada(client: Client) -> Client:
    client.force_login(make_person("ada", "administrator"))
    make_schedules()
    return client


def daily() -> PeriodicTask:
    return PeriodicTask.objects.select_related("crontab", "companion").get(name="daily-stats-update")


def values_of(client: Client, row: PeriodicTask) -> dict[str, Any]:
    """All fields of the page of a schedule, as a browser would send them back."""
    page = client.get(f"{SCHEDULES}{row.pk}/change/").context
    inlines = [inline.formset for inline in page["inline_admin_formsets"]]
    forms = [page["adminform"].form, *(form for lines in inlines for form in (lines.management_form, *lines.forms))]
    values = {form[name].html_name: form[name].value() for form in forms for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def faults(client: Client, **changes: Any) -> dict[str, list[str]]:
    """What the page says beside its fields when these are sent."""
    row = daily()
    sent = values_of(client, row) | changes
    answer = client.post(f"{SCHEDULES}{row.pk}/change/", {name: it for name, it in sent.items() if it is not None})
    assert answer.status_code == 200, "it was taken"
    beside: dict[str, list[str]] = dict(answer.context["adminform"].form.errors)
    for inline in answer.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            beside |= dict(form.errors)
    return beside


def test_policies_stand_beside_the_schedule_and_only_they_are_written(ada: Client) -> None:
    row = daily()
    soon = timezone.now() + timedelta(hours=3)
    sent = values_of(ada, row) | {
        "companion-0-overlap": "queue",
        "companion-0-days": "L",
        "companion-0-retry_after": "00:10:00",
    }
    ScheduleCompanion.objects.filter(schedule=row).update(next_due_at=soon, fires_at=soon, edited_at=None)

    assert ada.post(f"{SCHEDULES}{row.pk}/change/", sent).status_code == 302

    companion = ScheduleCompanion.objects.get(schedule=row)
    assert (companion.overlap, companion.days, companion.retry_after) == ("queue", "L", timedelta(minutes=10))
    assert companion.next_due_at == soon
    (newest, *_) = edits_of(daily())
    assert newest.by == "ada"
    assert "let one wait" in str(newest)


def test_what_the_page_of_a_schedule_or_rule_saves_is_kept_once_as_its_persons(ada: Client) -> None:
    row = daily()
    LogEntry.objects.all().delete()

    send_form(ada, row, **{"queue": "long", "companion-0-retry_after": "36:00:00", "companion-0-backoff": "2"})
    send_form(ada, row.crontab, minute="17")

    assert [edit.by for edit in edits_of(daily())] == ["ada"] * 3
    assert LogEntry.objects.count() == 3


def test_a_new_schedule_is_made_with_its_policies(ada: Client) -> None:
    rule = CrontabSchedule.objects.create(minute="1", timezone="UTC")
    page = ada.get(f"{SCHEDULES}add/").context
    inline = page["inline_admin_formsets"][0].formset
    forms = [page["adminform"].form, inline.management_form, *inline.forms]
    values = {form[name].html_name: form[name].value() for form in forms for name in form.fields}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    sent |= {"name": "new", "task": "health_check", "crontab": rule.pk, "companion-0-missed": "all"}

    answer = ada.post(f"{SCHEDULES}add/", sent)

    assert answer.status_code == 302, answer.context["errors"]
    companion = ScheduleCompanion.objects.get(schedule__name="new")
    assert companion.missed == "all"
    assert companion.edited_at is not None


def test_a_schedule_whose_companion_was_deleted_is_shown_as_beat_will_find_it(ada: Client) -> None:
    due = queries.next_due(daily())
    ScheduleCompanion.objects.all().delete()
    for page in (SCHEDULES, f"{SCHEDULES}{PeriodicTask.objects.get(name='daily-stats-update').pk}/change/"):
        shown = ada.get(page).content.decode()
        assert date_format(due, "SHORT_DATETIME_FORMAT") in shown
        assert "left out" not in shown


def test_a_companion_that_was_deleted_is_made_anew(ada: Client) -> None:
    row = daily()
    ScheduleCompanion.objects.filter(schedule=row).delete()
    send_form(ada, row, **{"companion-0-missed": "skip"})
    assert ScheduleCompanion.objects.get(schedule=row).missed == "skip"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("days", "Z9", ""),
        ("jitter", "-00:00:10", "Cannot be negative."),
        ("backoff", "0.5", "Must be 1 or more"),
        ("missed_bound", "0", "Must be 1 or more."),
        ("retries", "-1", ""),
        ("backoff_max", "-00:00:10", "Cannot be negative."),
        ("backoff_max", "3651 00:00:00", "Cannot be longer than 3,650 days."),
        ("retry_after", "4000000 00:00:00", "Cannot be longer than 3,650 days."),
        ("hard_limit", "30 00:00:00", "hands its message out again"),
        ("soft_limit", "00:11:00", "Must be below the hard limit, 11 min."),
        ("soft_limit", "00:00:00", "Must be longer than nothing."),
        ("jitter", "soon", ""),
    ],
)
def test_a_policy_that_cannot_be_kept_is_said_beside_its_field(ada: Client, field: str, value: str, said: str) -> None:
    found = faults(ada, **{f"companion-0-{field}": value})
    assert list(found) == [field]
    assert said in found[field][0]


def test_days_go_with_a_crontab_alone(ada: Client) -> None:
    interval = IntervalSchedule.objects.create(every=1, period="hours")
    found = faults(ada, crontab=None, interval=interval.pk, **{"companion-0-days": "L"})
    assert found == {"days": ["Days go with a crontab alone."]}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kwargs", "{whole", "JSON"),
        ("kwargs", "[1]", "no JSON object"),
        ("args", "{}", "no JSON list"),
        ("headers", "[", ""),
        ("name", "hourly-health-check", "already exists"),
        ("expire_seconds", "-1", ""),
    ],
)
def test_a_field_of_a_schedule_that_cannot_be_read_is_said_beside_it(
    ada: Client, field: str, value: str, said: str
) -> None:
    found = faults(ada, **{field: value})
    assert field in found
    assert any(said in text for text in found[field])


def test_solar_rules_and_times_that_have_passed_are_refused_with_a_sentence(ada: Client) -> None:
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    past = ClockedSchedule.objects.create(clocked_time=datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone()))
    assert "Solar schedules are not supported" in faults(ada, crontab=None, solar=solar.pk)["solar"][0]
    assert "That has passed" in faults(ada, crontab=None, clocked=past.pk, one_off=True)["clocked"][0]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("intervalschedule", {"every": "0", "period": "seconds"}),
        ("crontabschedule", {"minute": "61", "hour": "*", "day_of_month": "*", "month_of_year": "*"}),
        ("crontabschedule", {"minute": "0", "hour": "0", "day_of_month": "30", "month_of_year": "2"}),
        ("crontabschedule", {"minute": "0", "hour": "0", "day_of_month": "*", "timezone": "Mars/Olympus"}),
    ],
)
def test_a_rule_that_cannot_be_is_refused_on_its_page(ada: Client, path: str, sent: dict[str, str]) -> None:
    whole = {"month_of_year": "*", "day_of_week": "*", "timezone": "UTC"} | sent
    answer = ada.post(f"/admin/django_celery_beat/{path}/add/", whole)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_the_list_says_why_beat_leaves_a_schedule_out(ada: Client) -> None:
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    PeriodicTask.objects.create(name="at sunrise", task="health_check", solar=solar)
    assert "left out: solar schedules are not supported" in ada.get(SCHEDULES).content.decode()


def test_a_schedule_is_paused_and_resumed_from_its_page(ada: Client) -> None:
    row = daily()
    assert "does not run" in ada.get(f"{SCHEDULES}{row.pk}/pause/").content.decode()
    assert daily().enabled
    assert "It is paused." in ada.post(f"{SCHEDULES}{row.pk}/pause/", follow=True).content.decode()
    assert not daily().enabled
    ada.post(f"{SCHEDULES}{row.pk}/resume/")
    assert daily().enabled


def test_runs_are_cancelled_and_run_again_from_their_page_and_from_the_list(ada: Client) -> None:
    failed, queued, running = make_failed_run(), make_run(state="queued"), make_run(state="running")
    assert "asked to stop" in ada.post(f"{RUNS}{running.pk}/cancel/", follow=True).content.decode()
    assert "nothing left to cancel" in ada.post(f"{RUNS}{failed.pk}/cancel/").content.decode()
    told = ada.post(RUNS, {"action": "cancel_selected", "_selected_action": [queued.pk, failed.pk]}, follow=True)
    assert "It is cancelled." in told.content.decode()
    assert "nothing left to cancel" in told.content.decode()
    JobRun.objects.filter(pk=running.pk).update(state="cancelled")
    ada.post(f"{RUNS}{failed.pk}/retry/")
    again = JobRun.objects.latest("id")
    assert (again.trigger, again.due_at, again.arguments["by"]) == ("retry", failed.due_at, "ada")


def test_runs_that_are_run_again_together_are_each_run_one_after_the_other(ada: Client) -> None:
    failed = [make_failed_run(ago=timedelta(hours=hours)) for hours in (50, 26, 2)]

    told = ada.post(RUNS, {"action": "retry_selected", "_selected_action": [run.pk for run in failed]}, follow=True)

    again = JobRun.objects.filter(trigger="retry").order_by("pk")
    assert [run.due_at for run in again] == [run.due_at for run in failed]
    assert [run.behind for run in again] == [None, again[0].pk, again[1].pk]
    assert f"as run {again[2].pk}, which starts when run {again[1].pk} has ended." in told.content.decode()


def test_moderators_neither_cancel_nor_run_again(ada: Client) -> None:
    failed, queued = make_failed_run(), make_run(state="queued")
    grace = Client()
    grace.force_login(make_person("grace", "moderator"))
    assert grace.post(f"{RUNS}{queued.pk}/cancel/").status_code == 403
    assert grace.post(f"{RUNS}{failed.pk}/retry/").status_code == 403
    for act in ("cancel_selected", "retry_selected"):
        grace.post(RUNS, {"action": act, "_selected_action": [queued.pk, failed.pk]})
    assert JobRun.objects.get(pk=queued.pk).state == "queued"
    assert JobRun.objects.count() == 2
    ScheduleCompanion.objects.filter(schedule=daily()).update(overlap="queue")
    page = grace.get(f"{SCHEDULES}{daily().pk}/change/").content.decode()
    assert "let one wait" in page
    assert 'name="companion-0-overlap"' not in page


def test_runs_are_filtered_by_a_schedule_out_of_few_alone(ada: Client) -> None:
    def offered(asked: str = "") -> list[str]:
        filters = ada.get(f"{RUNS}{asked}").context["cl"].filter_specs
        return [name for one in filters if isinstance(one, OfSchedule) for name, _ in one.lookup_choices]

    run = make_run("daily-stats-update")
    assert "weekly-jwt-cleanup" in offered()
    make_many_schedules(60)
    make_run("feed-00007")
    assert offered() == []
    assert offered("?schedule_name=daily-stats-update") == ["daily-stats-update"]
    (only,) = ada.get(f"{RUNS}?schedule_name=daily-stats-update").context["cl"].result_list
    assert only.pk == run.pk


def test_links_lead_where_the_setting_says(ada: Client, settings: Any) -> None:
    settings.SCHEDULING_PAGES = {"run": "/elsewhere/r{}", "schedule": "/elsewhere/s/{}", "overview": "/elsewhere/"}
    run = make_run("daily-stats-update")

    listed = ada.get(SCHEDULES).content.decode()
    alone = ada.get(f"{SCHEDULES}{daily().pk}/change/").content.decode()

    assert f'href="/elsewhere/r{run.pk}"' in listed
    assert 'href="/elsewhere/s/daily-stats-update"' in alone
    assert f'href="/elsewhere/r{run.pk}"' in alone
    assert f'href="/elsewhere/r{run.pk}"' in ada.get(f"{RUNS}{run.pk}/change/").content.decode()
