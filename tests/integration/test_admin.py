import json
from datetime import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Adaptation, ScreenWork
from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.queries import next_due
from tests.integration.ops.samples import make_clash, make_person, make_rejects, make_run, make_schedules
from tests.processes import Processes

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in REGISTERED if model.__module__.startswith("adaptapedia.")]


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    client.force_login(make_person("ada", User.Role.ADMINISTRATOR))
    return client


@pytest.fixture
def rows(db: None) -> None:
    """Something in the lists that may grow long; of what each line names besides itself, at least two."""
    make_schedules()
    make_run()
    make_rejects(3)
    make_clash()
    first, second = ScreenWork.objects.order_by("pk")
    for remake, original in ((first, second), (second, first)):
        Adaptation.objects.create(
            screen_work=remake, original=original, source="test", first_seen_at=timezone.now(), relation="remake_of"
        )


def address_of(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def name_of(model: type[Model]) -> str:
    return model._meta.label


def test_the_admins_of_other_libraries_are_among_those_that_are_opened() -> None:
    assert {"django_celery_beat", "token_blacklist", "auth"} <= {model._meta.app_label for model in REGISTERED}


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", REGISTERED, ids=name_of)
def test_every_list_of_the_admin_opens_and_searches(administrator: Client, model: type[Model]) -> None:
    assert administrator.get(address_of(model)).status_code == 200
    assert administrator.get(address_of(model), {"q": "42"}).status_code == 200


@pytest.mark.parametrize("model", REGISTERED, ids=name_of)
def test_every_page_to_add_something_opens_or_is_closed_to_everybody(administrator: Client, model: type[Model]) -> None:
    answer = administrator.get(f"{address_of(model)}add/")
    assert answer.status_code == (200 if admin.site._registry[model].has_add_permission(answer.wsgi_request) else 403)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", OURS, ids=name_of)
@pytest.mark.parametrize("asked", [{}, {"q": "Nosferatu"}], ids=["all", "searched"])
def test_no_list_of_ours_counts_twice_or_asks_for_each_line(
    administrator: Client, model: type[Model], asked: dict[str, str]
) -> None:
    with CaptureQueriesContext(connection) as made:
        administrator.get(address_of(model), asked)
    table = f'FROM "{model._meta.db_table}"'
    on_it = [query["sql"] for query in made if table in query["sql"]]
    assert sum("COUNT(*)" in sql for sql in on_it) == 1
    assert len({query["sql"].split("WHERE")[0] for query in made}) >= len(made) - 1, made.captured_queries


@pytest.mark.usefixtures("rows")
def test_runs_are_read_only_in_the_admin(administrator: Client) -> None:
    run = make_run()

    assert administrator.get("/admin/scheduling/jobrun/add/").status_code == 403
    assert administrator.post(f"/admin/scheduling/jobrun/{run.pk}/change/", {"state": "failed"}).status_code == 403
    assert administrator.get(f"/admin/scheduling/jobrun/{run.pk}/change/").status_code == 200


def send_form(client: Client, row: Model, **changes: Any) -> None:
    """Change a row as the browser does: its page, then all its fields back with the changes."""
    address = f"{address_of(type(row))}{row.pk}/change/"
    page = client.get(address).context
    inlines = [inline.formset for inline in page["inline_admin_formsets"]]
    forms = [page["adminform"].form, *(form for lines in inlines for form in (lines.management_form, *lines.forms))]
    values = {form[name].html_name: form[name].value() for form in forms for name in form.fields} | changes
    answer = client.post(
        address, {name: value for name, value in values.items() if value is not None and value is not False}
    )
    assert answer.status_code == 302, answer.content.decode()


def stored(row: PeriodicTask) -> datetime | None:
    """When the schedule is due next, as the running beat has reckoned it."""
    return ScheduleCompanion.objects.filter(schedule=row).values_list("fires_at", flat=True).first()


def test_a_running_beat_takes_what_the_forms_of_schedules_change_within_seconds(
    celery_processes: Processes, client: Client
) -> None:
    client.force_login(make_person("ada", User.Role.ADMINISTRATOR))
    rule = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="1", month_of_year="1", timezone="UTC")
    row = PeriodicTask.objects.create(name="hourly-health-check", task="health_check", crontab=rule)
    celery_processes.start_beat()
    assert wait_until(lambda: stored(row), seconds=60)

    send_form(client, rule, hour="12", minute="30", day_of_month="2")
    row = PeriodicTask.objects.select_related("crontab").get()
    due = next_due(row)
    assert due is not None
    assert (due.day, due.hour, due.minute) == (2, 12, 30)
    assert wait_until(lambda: stored(row) == due, seconds=20)

    send_form(client, row, args=json.dumps([]), enabled=False)
    assert wait_until(lambda: stored(row) is None, seconds=20)
